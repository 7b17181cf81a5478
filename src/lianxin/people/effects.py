"""What lower rooms ask of the files, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from lianxin.engine import clock
from lianxin.engine.effects import handles, listens
from lianxin.people import handing, identities, redistricting
from lianxin.people.queries import acted_for

__all__ = ["handing", "redistricting"]

MANY = 2000  # more changed files than this wait for the nightly look over everyone


@handles("persons-acted-for")
def persons_acted_for(*, person: int, day: dt.date) -> tuple[int, ...]:
    """Those for whom a person holds a mandate on a day."""
    return acted_for(person, day)


@listens("person-changed", "people")
def person_changed(*, ids: Sequence[int], at: dt.datetime, **_: Any) -> None:
    """What was mended leaves the list of contradictions at once, and what a small ledger brought comes onto it."""
    from lianxin.people import turning  # it brings polars

    if len(ids) <= MANY:
        turning.look(day=clock.day(at), ids=list(ids))


@handles("persons-as-one")
def persons_as_one(*, person: int) -> tuple[int, ...]:
    """The files of one natural person: this one, and all that were merged into the same file."""
    last = identities.survivors()
    stands = last.get(person, person)
    return (stands, *(pk for pk, into in last.items() if into == stands))
