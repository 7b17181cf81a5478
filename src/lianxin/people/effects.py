"""What lower rooms ask of the files, by name."""

from __future__ import annotations

import datetime as dt

from lianxin.engine.effects import handles
from lianxin.people.queries import acted_for


@handles("persons-acted-for")
def persons_acted_for(*, person: int, day: dt.date) -> tuple[int, ...]:
    """Those for whom a person holds a mandate on a day."""
    return acted_for(person, day)
