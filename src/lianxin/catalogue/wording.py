"""What somebody writes, cut into what can be compared: pairs of characters, pairs of sounds, English stems, letters.

Sounds are compared without tone and as many people in the south say them (zh as z, ing as in), so that a word of the same
sound and pinyin find the same thing. Nothing here knows a service.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from lianxin.people.names import HAN, sound
from lianxin.people.readings import SYLLABLES

PARTICLES = frozenset("的得地了着过吗呢吧啊呀嘛")  # two of them say nothing
LONGEST = 60  # characters of a question that are read; people write a sentence
_HAN_OR_DIGIT = re.compile(rf"(?:{HAN.pattern}|\d)+")
_LATIN = re.compile(r"[a-z]+")
_ENDS = ("ings", "ing", "ies", "ed", "es", "s")
Pair = tuple[str, str]


def plain(text: str) -> str:
    """Full width as half width, small letters, letters without their tones (suí as sui)."""
    wide = unicodedata.normalize("NFKC", text).lower().replace("ü", "v").replace("'", " ").replace("’", " ")
    bare = unicodedata.normalize("NFD", wide)
    return unicodedata.normalize("NFC", "".join(one for one in bare if unicodedata.category(one) != "Mn"))


def runs(text: str) -> list[str]:
    """The stretches of Chinese characters and digits of a plain text."""
    return _HAN_OR_DIGIT.findall(text)


def letters(text: str) -> list[str]:
    """The stretches of Latin letters of a plain text."""
    return _LATIN.findall(text)


@lru_cache(4096)
def syllables(run: str) -> tuple[str, ...]:
    """How a stretch of characters is said, as it is compared; a digit is itself."""
    from pypinyin import Style, lazy_pinyin

    said = lazy_pinyin(run, style=Style.NORMAL, v_to_u=False, errors="default")
    made: list[str] = []
    for one in said:
        made += one if one.isdecimal() else [loose(one.replace("ü", "v"))]
    return tuple(made)


def spelled(run: str) -> str:
    """The pinyin of a stretch of characters in one piece, exactly as it is written."""
    return "".join(sound(one) for one in run)


def initials(run: str) -> str:
    """The first letters of the sounds of a stretch of characters."""
    return "".join(sound(one)[:1] for one in run)


def loose(syllable: str) -> str:
    """A syllable as those say it who do not tell zh from z, or ing from in."""
    if syllable[:2] in {"zh", "ch", "sh"}:
        syllable = syllable[0] + syllable[2:]
    return syllable[:-1] if syllable.endswith(("ing", "eng", "ang")) else syllable


def cut(words: Iterable[str]) -> tuple[str, ...]:
    """Pinyin, spaced or not, as compared syllables; empty where some letters are no syllable."""
    made: list[str] = []
    for word in words:
        found = _cut(word)
        if not found:
            return ()
        made += found
    return tuple(map(loose, made))


@lru_cache(1024)
def _cut(word: str) -> tuple[str, ...]:
    """Fewest whole syllables, the longer ones first (xian as xian, not xi an)."""
    ends: list[tuple[str, ...] | None] = [()]
    for place in range(1, len(word) + 1):
        best: tuple[str, ...] | None = None
        for size in range(min(6, place), 0, -1):
            before, piece = ends[place - size], word[place - size : place]
            if before is not None and piece in SYLLABLES and (best is None or len(before) + 1 < len(best)):
                best = (*before, piece)
        ends.append(best)
    return ends[-1] or ()


def stem(word: str) -> str:
    """An English word without the ending that only bends it."""
    for end in _ENDS:
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)]
    return word


def slips(wanted: str, text: str, most: int) -> int:
    """How many letters must be changed, added, left out or swapped with their neighbour until ``wanted`` stands in
    ``text``; ``most + 1`` where it takes more."""
    before: list[int] = []
    row = [0] * (len(text) + 1)  # it may begin anywhere
    for place, letter in enumerate(wanted, 1):
        last, older = row, before
        row = [place]
        for at, other in enumerate(text, 1):
            cost = min(last[at - 1] + (letter != other), last[at] + 1, row[at - 1] + 1)
            swapped = place > 1 and at > 1 and letter == text[at - 2] and wanted[place - 2] == other
            row.append(min(cost, older[at - 2] + 1) if swapped else cost)
        before = last
        if min(row) > most:
            return most + 1
    return min(*row, most + 1)
