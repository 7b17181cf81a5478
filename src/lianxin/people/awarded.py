"""Which award was given to whom on a day: the word under which a delivery for it is counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from lianxin.people.models import Award

ORDER = ("title", "first", "second", "third", "commendation")
SOME = 900


def merits(asked: Iterable[tuple[int, dt.date]]) -> dict[tuple[int, dt.date], str]:
    """The highest merit of each (person id, day of the award); pairs without an award are left out."""
    pairs = set(asked)
    persons = sorted({person for person, _ in pairs})
    found: dict[tuple[int, dt.date], str] = {}
    for start in range(0, len(persons), SOME):
        rows = Award.objects.filter(
            person_id__in=persons[start : start + SOME], superseded_at__isnull=True, valid_from__isnull=False
        )
        for person, day, merit in rows.values_list("person_id", "valid_from", "merit"):
            key = (person, day)
            if day is not None and key in pairs and (key not in found or _rank(merit) < _rank(found[key])):
                found[key] = merit
    return found


def _rank(merit: str) -> int:
    return ORDER.index(merit) if merit in ORDER else len(ORDER)
