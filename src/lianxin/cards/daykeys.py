"""The two secrets of a day, under which a card's number becomes a pseudonym: made for the day, destroyed after it.

Devices are given the day's *key* and write pseudonyms with it; the house adds its own *pepper* before it keeps one, so
that a key that somebody kept opens nothing. Both lie in a file of their own in the home, which nobody copies: in no
database, in no backup, and not among the keys whose copy a city keeps (docs/decisions/0034-use-and-settlement.md).
The key of tomorrow is made today, since devices ride out before they can ask again; its pepper when that day begins.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from lianxin.access import keyring
from lianxin.engine import secretfile

_BEFORE = "days"  # the part of the keys file in which they lay once


@dataclass(frozen=True, slots=True)
class Day:
    """What one day is counted under; no pepper before it begins."""

    key: bytes
    pepper: bytes | None


def path() -> Path:
    """Where they lie."""
    return Path(settings.DAYS_FILE)


def _held() -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads(path().read_text())
    except (FileNotFoundError, ValueError):
        return {}  # lost: the day begins anew, and what comes under the lost key is other cards
    return found


def of(day: dt.date) -> Day | None:
    """The secrets of ``day``; None where there were none, or they are destroyed."""
    found = _held().get(day.isoformat())
    return Day(bytes.fromhex(found["key"]), bytes.fromhex(found.get("pepper", "")) or None) if found else None


def make(today: dt.date) -> dict[dt.date, Day]:
    """The keys of today and tomorrow and the pepper of today, made where there are none; those of before yesterday go."""
    days = (today, today + dt.timedelta(days=1))
    held = _held()
    if any(day.isoformat() not in held for day in days) or "pepper" not in held[today.isoformat()]:
        with secretfile.locked(path()):
            oldest = (today - dt.timedelta(days=1)).isoformat()
            kept = {day: said for day, said in _held().items() if day >= oldest}
            for day in days:
                kept.setdefault(day.isoformat(), {"key": secrets.token_hex(32)})
            kept[today.isoformat()].setdefault("pepper", secrets.token_hex(32))
            secretfile.write(path(), kept)
    return {day: found for day in days if (found := of(day)) is not None}


def peppers(days: Iterable[dt.date], today: dt.date) -> dict[dt.date, bytes]:
    """The peppers under which rows of these days are kept now; a day that is over, or has not begun, has none."""
    held = of(today)
    if held is not None and held.pepper is None:
        make(today)
    return {day: found.pepper for day in days if (found := of(day)) is not None and found.pepper is not None}


def destroy(today: dt.date) -> int:
    """The secrets of every day before ``today`` are gone; says of how many days."""
    if _BEFORE in keyring.read():
        keyring.keep(_BEFORE, lambda _held: {})
    gone = [day for day in _held() if day < today.isoformat()]
    if gone:
        with secretfile.locked(path()):
            secretfile.write(path(), {day: said for day, said in _held().items() if day >= today.isoformat()})
    return len(gone)
