"""What a device sends, read strictly: the counts that it signed, and beside them what is kept for a while only.

``counts`` is a text of JSON that is signed and kept for good: device, batch, line, ``[day, hour, kind, uses]`` and the
digest of the rest. ``rest`` is another text: pseudonyms, and military identity cards by month. Its digest is salted, so
that what stays behind says nothing of it. Knows no database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from lianxin.cards.scenes import CLASSES

LARGEST = 640 * 1024  # bytes of a request
ROWS = 5000  # in each of its lists
MILITARY = "military"
OLDEST = 30  # days
AHEAD = dt.timedelta(minutes=10)  # by which a device's clock may run ahead
MOST = 20_000  # uses in one row that can be read; what one device counts in an hour is bounded by CARD_HOUR
MOST_OF_ONE = 200  # of one pseudonym in an hour
PREFIX = b"lianxin-uses-1\n"
PREFIX_DAY = b"lianxin-day-1\n"
_SURROGATE = re.compile("[\ud800-\udfff\x00]")
_HEX = re.compile(r"[0-9a-f]{16}")
_SALT = re.compile(r"[0-9a-f]{32,64}")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FORCES_ALONE = 200  # military identity cards in one batch beyond the uses that were signed in it

Hour = tuple[dt.date, int, str]  # day, hour, kind


class Unfit(ValueError):  # noqa: N818  an answer to a device, not a fault of ours
    """What was sent cannot be taken; ``code`` says why (:data:`lianxin.api.problems.SAID`)."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code, self.more = code, more


@dataclass(slots=True)
class Read:
    """A batch as it was read."""

    device: int
    batch: int
    line: str
    counts: dict[Hour, int] = field(default_factory=dict)
    cards: list[tuple[dt.date, int, str, int, int]] = field(default_factory=list)  # day, hour, kind, pseudonym, uses
    rates: list[tuple[dt.date, int, int]] = field(default_factory=list)  # day, pseudonym, uses
    military: dict[dt.date, int] = field(default_factory=dict)  # by month


def plain(text: str | bytes, keys: Collection[str]) -> dict[str, Any]:
    """One object of JSON with exactly these keys. Raises :class:`Unfit`."""
    try:
        if _SURROGATE.search(text if isinstance(text, str) else ""):
            raise ValueError(text)
        said = json.loads(text, parse_constant=_never, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Unfit("garbage") from None
    if not isinstance(said, dict) or said.keys() != set(keys):
        raise Unfit("garbage")
    return said


def _never(word: str) -> None:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _value in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    if any(_SURROGATE.search(part) for pair in pairs for part in pair if isinstance(part, str)):
        raise ValueError("half a sign")  # no database and no digest takes it
    return dict(pairs)


def signed(counts: str) -> bytes:
    """The bytes over which a device signs its counts."""
    return PREFIX + counts.encode("utf-8", "surrogatepass")


def read(counts: str, rest: str, at: dt.datetime, today: dt.date) -> Read:
    """A batch, each value of its kind and within its bounds. Raises :class:`Unfit`."""
    said = plain(counts, ("device", "batch", "line", "counts", "rest"))
    more = plain(rest, ("salt", "cards", "rates", "military"))
    if said["rest"] != hashlib.sha256(rest.encode("utf-8", "surrogatepass")).hexdigest():
        raise Unfit("rest")
    if not isinstance(more["salt"], str) or not _SALT.fullmatch(more["salt"]) or not isinstance(said["line"], str):
        raise Unfit("garbage")
    made = Read(whole(said["device"], 1, 1 << 62), whole(said["batch"], 1, 1 << 53), said["line"])
    hours = _Hours(at, today)
    made.counts = counted(said["counts"], hours)
    of_cards: dict[Hour, int] = {}
    for row in _rows(more["cards"], 5):
        hour = hours.of(row[0], row[1], row[2])
        uses = whole(row[4], 1, MOST_OF_ONE)
        made.cards.append((*hour, number(row[3]), uses))
        of_cards[hour] = of_cards.get(hour, 0) + uses
    if any(uses > made.counts.get(hour, 0) for hour, uses in of_cards.items()):
        raise Unfit("sums")  # pseudonyms for uses that were not signed
    days: dict[dt.date, int] = {}
    for row in _rows(more["rates"], 3):
        day, uses = hours.day(row[0]), whole(row[2], 1, MOST)
        made.rates.append((day, number(row[1]), uses))
        days[day] = days.get(day, 0) + uses
    if any(uses > sum(n for hour, n in made.counts.items() if hour[0] == day) for day, uses in days.items()):
        raise Unfit("sums")
    made.military = _military(more["military"], today)
    if not made.counts and not made.military:
        raise Unfit("nothing")
    if sum(made.military.values()) > sum(made.counts.values()) + FORCES_ALONE:
        raise Unfit("too-much")
    return made


def counted(given: object, hours: _Hours | None = None) -> dict[Hour, int]:
    """The signed rows added up; without ``hours`` as they were believed once."""
    found: dict[Hour, int] = {}
    for row in _rows(given, 4):
        hour = hours.of(row[0], row[1], row[2]) if hours else (dt.date.fromisoformat(row[0]), int(row[1]), str(row[2]))
        found[hour] = found.get(hour, 0) + whole(row[3], 1, MOST)
    return found


def _rows(given: object, wide: int) -> list[list[Any]]:
    if not isinstance(given, list) or not all(isinstance(row, list) and len(row) == wide for row in given):
        raise Unfit("garbage")
    if len(given) > ROWS:
        raise Unfit("oversized")
    return given


def whole(value: object, least: int, most: int) -> int:
    """A whole number within bounds. Raises :class:`Unfit`."""
    if type(value) is not int or not least <= value <= most:
        raise Unfit("number")
    return value


def number(value: object) -> int:
    """A pseudonym: sixteen hexadecimal digits, as a signed number of eight bytes."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise Unfit("garbage")
    return int.from_bytes(bytes.fromhex(value), "big", signed=True)


class _Hours:
    """Days and hours as they are believed at one moment; most rows say the same few, which are read once."""

    def __init__(self, at: dt.datetime, today: dt.date) -> None:
        self._at, self._today = at, today
        self._days: dict[object, dt.date] = {}
        self._hours: dict[tuple[object, object, object], Hour] = {}

    def day(self, said: object) -> dt.date:
        if isinstance(said, str) and said in self._days:
            return self._days[said]
        if not isinstance(said, str) or not _DAY.fullmatch(said):
            raise Unfit("garbage")
        try:
            found = dt.date.fromisoformat(said)
        except ValueError:
            raise Unfit("garbage") from None
        if found > self._today + dt.timedelta(days=1):
            raise Unfit("future")
        if found < self._today - dt.timedelta(days=OLDEST):
            raise Unfit("old")
        self._days[said] = found
        return found

    def of(self, day: object, hour: object, kind: object) -> Hour:
        if type(hour) is not int or not isinstance(kind, str) or not isinstance(day, str):
            raise Unfit("garbage")
        known = self._hours.get((day, hour, kind))
        if known is not None:
            return known
        on, when = self.day(day), whole(hour, 0, 23)
        if kind not in CLASSES:
            raise Unfit("kind")
        begins = dt.datetime.combine(on, dt.time(when), self._at.tzinfo)
        if begins > self._at + AHEAD:
            raise Unfit("future")
        self._hours[day, hour, kind] = on, when, kind
        return on, when, kind


def _military(given: object, today: dt.date) -> dict[dt.date, int]:
    if not isinstance(given, Mapping) or len(given) > 3:
        raise Unfit("garbage")
    found = {}
    for month, uses in given.items():
        if not _MONTH.fullmatch(month):
            raise Unfit("garbage")
        first = dt.date.fromisoformat(f"{month}-01")
        if first > today:
            raise Unfit("future")
        if (first + dt.timedelta(days=31)) < today - dt.timedelta(days=OLDEST):
            raise Unfit("old")
        found[first] = whole(uses, 1, MOST * 10)
    return found
