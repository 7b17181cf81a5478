"""What other rooms hand to the register: one thing delivered, before it has an id."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

KINDS = frozenset({
    "visit", "payment", "card", "placement", "appointment", "honour", "seat", "plaque", "advice", "errand", "case",
    "site", "event", "meeting", "project", "task", "need", "record",
})  # fmt: skip
LEVELS = frozenset({"", "nation", "province", "city", "county", "township", "village"})
SOURCE_LENGTH = 110  # the column holds 120: a reversal appends a mark of its own


class UnfitOutcome(ValueError):  # noqa: N818  names what is wrong, in one sentence for the log
    """An outcome that the register cannot take. Nothing of the batch is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One thing delivered.

    ``source`` is the stable name of the delivery (``case:12:1``, ``line:77``, ``visit:5``): posting it again changes
    nothing. A second delivery after a reversal is another delivery and needs a source of its own (count the attempt).
    ``quantity`` counts pieces in ``unit``; ``amount`` is fen; ``happened_on`` a day in Shanghai; ``area`` the 4 to 12
    digit code as it was on that day. ``sealed`` hides the row from everyone off the service's access list.
    """

    kind: str
    service: str
    area: str
    happened_on: dt.date
    source: str
    person: int | None = None
    family: int | None = None
    organisation: int | None = None
    place: int | None = None
    case: int | None = None
    programme: str = ""
    category: str = ""
    level: str = ""
    ended_on: dt.date | None = None
    quantity: int = 1
    unit: str = ""
    amount: int | None = None
    sealed: bool = False

    def check(self) -> None:
        """Raise :class:`UnfitOutcome` for what no register row may be."""
        if self.kind not in KINDS:
            raise UnfitOutcome(f"{self.kind!r} is not a kind of outcome")
        if self.level not in LEVELS:
            raise UnfitOutcome(f"{self.level!r} is not a level")
        if not self.service or not self.area or not self.source:
            raise UnfitOutcome("an outcome needs a service, an area and a source")
        if len(self.source) > SOURCE_LENGTH:
            raise UnfitOutcome(f"the source of an outcome has at most {SOURCE_LENGTH} characters")
        if self.quantity < 0 or (self.amount is not None and self.amount < 0):
            raise UnfitOutcome("quantities and amounts are never negative; what was wrong is reversed")
        if self.ended_on is not None and self.ended_on < self.happened_on:
            raise UnfitOutcome("an outcome cannot end before it happened")
