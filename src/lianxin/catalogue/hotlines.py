"""The hotlines, and the words at which they are shown: read from ``alarm.yaml`` of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from lianxin.engine import documents
from lianxin.engine.alarm import Alarm

FILE = "alarm.yaml"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number to call at once: what it is called and when it is the right one, in Chinese and English."""

    number: str
    name: Pair
    when: Pair


@dataclass(frozen=True)
class List:
    """The list in force."""

    hotlines: tuple[Hotline, ...]
    alarm: Alarm


def for_words(*texts: str) -> tuple[Hotline, ...]:
    """The hotlines where one of the texts is alarming; none otherwise. Nothing is kept of the question."""
    said = in_force()
    return said.hotlines if any(text and said.alarm.heard(text) for text in texts) else ()


def everyone() -> tuple[Hotline, ...]:
    """The hotlines, for a page that shows them to everybody."""
    return in_force().hotlines


def in_force() -> List:
    """The list as the catalogue says it now."""
    path = Path(settings.CATALOGUE) / FILE
    if not path.is_file():
        return List((), Alarm(()))
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _written: int) -> List:
    said: Any = documents.plain(documents.read(path))
    words = [str(word) for group in said["words"].values() for some in group.values() for word in some]
    unless = [str(word) for some in said.get("unless", {}).values() for word in some]
    lines = [
        Hotline(str(one["number"]), _pair(one["name"]), _pair(one["when"])) for one in said["hotlines"] if one["number"]
    ]
    return List(tuple(lines), Alarm(tuple(words), tuple(unless)))


def _pair(said: dict[str, str]) -> Pair:
    return str(said["zh"]), str(said["en"])
