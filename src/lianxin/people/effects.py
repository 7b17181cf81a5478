"""What lower rooms ask of the files, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from lianxin.engine import clock
from lianxin.engine.effects import handles, listens
from lianxin.people import handing, identities, redistricting
from lianxin.people.models import Person
from lianxin.people.queries import ActedFor, acted_for

__all__ = ["handing", "redistricting"]

MANY = 2000  # more changed files than this wait for the nightly look over everyone


@handles("persons-acted-for")
def persons_acted_for(*, person: int, day: dt.date) -> ActedFor:
    """Those for whom a person holds a mandate on a day: in everything, and in named services."""
    return acted_for(person, day)


@listens("person-changed", "people")
def person_changed(*, ids: Sequence[int], at: dt.datetime, **_: Any) -> None:
    """What was mended leaves the list of contradictions at once, and what a small ledger brought comes onto it."""
    from lianxin.people import turning  # it brings polars

    if len(ids) <= MANY:
        turning.look(day=clock.day(at), ids=list(ids))


@handles("phone-marks")
def phone_marks(*, persons: Sequence[int]) -> dict[int, bytes | None]:
    """The marks of the phones in these files; the dead and those merged away are left out."""
    rows = Person.objects.filter(pk__in=list(persons), died_on__isnull=True, survivor__isnull=True, visible=True)
    return {pk: None if mark is None else bytes(mark) for pk, mark in rows.values_list("pk", "phone_mark")}


@handles("person-by-mark")
def person_by_mark(*, mark: bytes) -> tuple[int, str] | None:
    """The living person with this ID number's mark: id and name."""
    rows = Person.objects.filter(id_mark=mark, died_on__isnull=True, survivor__isnull=True, visible=True)
    return rows.values_list("pk", "name").first()


@handles("id-marks")
def id_marks(*, persons: list[int]) -> tuple[bytes, ...]:
    """The marks of these persons' ID numbers."""
    rows = Person.objects.filter(pk__in=persons).values_list("id_mark", flat=True)
    return tuple(bytes(mark) for mark in rows if mark is not None)


@handles("persons-as-one")
def persons_as_one(*, person: int) -> tuple[int, ...]:
    """The files of one natural person: this one, and all that were merged into the same file."""
    last = identities.survivors()
    stands = last.get(person, person)
    return (stands, *(pk for pk, into in last.items() if into == stands))
