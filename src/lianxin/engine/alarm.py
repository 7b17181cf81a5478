"""Whether words say that somebody is in danger: one of the list in the catalogue, false friends taken out first.

A yes or a no for the page that shows the hotlines, and nothing else: no score, and nothing is kept of the answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_BETWEEN = re.compile(r"[\s\W_]+", re.UNICODE)
Pattern = re.Pattern[str] | None
_STAND_IN = "□"  # in place of a false friend: what stands before and behind it does not join


@dataclass(frozen=True)
class Alarm:
    """The list: words of which one is enough, and words taken out before."""

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def heard(self, text: str) -> bool:
        """Whether the text holds one of the words."""
        words, unless = self._patterns
        for said, found, but in zip((spaced(text), folded(text)), words, unless, strict=True):
            if found is not None and found.search(but.sub(_STAND_IN, said) if but is not None else said):
                return True
        return False

    def plain(self) -> dict[str, tuple[list[str], list[str]]]:
        """The list as a page takes it along: English and Chinese words, each longest first."""
        return {"words": _apart(self.words), "unless": _apart(self.unless)}

    @cached_property
    def _patterns(self) -> tuple[tuple[Pattern, Pattern], tuple[Pattern, Pattern]]:
        return (_latin(self.words), _han(self.words)), (_latin(self.unless), _han(self.unless))


def spaced(text: str) -> str:
    """The text in plain forms and small letters, single spaces between words: English is compared so."""
    return _BETWEEN.sub(" ", unicodedata.normalize("NFKC", text).lower().replace("’", "").replace("'", ""))


def folded(text: str) -> str:
    """The text with nothing between its characters: Chinese is compared so."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).lower())


def _apart(words: Iterable[str]) -> tuple[list[str], list[str]]:
    kept = tuple(words)
    return _longest(spaced(word).strip() for word in kept if word.isascii()), _longest(
        folded(word) for word in kept if not word.isascii()
    )


def _latin(words: Iterable[str]) -> Pattern:
    kept = _apart(words)[0]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, kept))})\b") if kept else None


def _han(words: Iterable[str]) -> Pattern:
    kept = _apart(words)[1]
    return re.compile("|".join(map(re.escape, kept))) if kept else None


def _longest(words: Iterable[str]) -> list[str]:
    return sorted(set(words) - {""}, key=lambda word: (-len(word), word))
