"""The two secrets of a day, under which a card's number becomes a pseudonym: made for the day, destroyed after it.

Devices are given the day's *key* and write pseudonyms with it; the house adds its own *pepper* before it keeps one, so
that a key that somebody kept opens nothing. Both lie in the keys file: in no database and in no backup
(docs/decisions/0034-use-and-settlement.md).
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import transaction

from lianxin.access import keyring
from lianxin.cards.models import Count

_PART = "days"  # of the keys file


@dataclass(frozen=True, slots=True)
class Day:
    """What one day is counted under."""

    key: bytes
    pepper: bytes


def _held() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = keyring.read().get(_PART, {})
    return found


def of(day: dt.date) -> Day | None:
    """The secrets of ``day``; None where there were none, or they are destroyed."""
    found = _held().get(day.isoformat())
    return Day(bytes.fromhex(found["key"]), bytes.fromhex(found["pepper"])) if found else None


def make(today: dt.date) -> dict[dt.date, Day]:
    """The secrets of today and tomorrow, made where there are none; those of before yesterday go with it."""
    days = (today, today + dt.timedelta(days=1))
    if any(day.isoformat() not in _held() for day in days):
        with transaction.atomic():  # one process after another: two would make two keys of one day
            Count.objects.select_for_update().get_or_create(kind="days", year=0)
            held, oldest = _held(), (today - dt.timedelta(days=1)).isoformat()
            kept = {day: said for day, said in held.items() if day >= oldest}
            for day in days:
                kept.setdefault(day.isoformat(), {"key": secrets.token_hex(32), "pepper": secrets.token_hex(32)})
            keyring.keep(_PART, kept)
    return {day: found for day in days if (found := of(day)) is not None}


def destroy(today: dt.date) -> int:
    """The secrets of every day before ``today`` are gone; says of how many days."""
    held = _held()
    kept = {day: said for day, said in held.items() if day >= today.isoformat()}
    if kept != held:
        with transaction.atomic():
            Count.objects.select_for_update().get_or_create(kind="days", year=0)
            keyring.keep(_PART, {day: said for day, said in _held().items() if day >= today.isoformat()})
    return len(held) - len(kept)
