"""What a decided case hands to the room that delivers it.

Casework performs the effect ``deliver-<as>`` with ``deliveries=[Delivery, …], by, at, writer`` inside the transaction
of its own action. The handler returns one :class:`Delivered` for each delivery, in order, so that casework knows
whether the case is finished with it or waits (a payment is delivered when the bank has paid).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

FILE_MARK = "x-file"  # in a form's property: which column of the people ledger it changes
FILE_COLUMNS = frozenset({
    "name", "former_name", "id_number", "sex", "born_on", "died_on", "phone", "home", "address", "hukou", "employment",
    "unemployment_registered", "employer_insured", "monthly_income", "education_stage", "in_education", "able_to_work",
    "school", "graduates_on", "household", "bank", "account", "holder", "changed_on",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to be delivered under one case.

    ``case`` and ``version`` are ids of casework and catalogue; at least one of ``person`` (id) and ``family`` (id) is
    given, and both where both are known. ``step`` is the index of the deliver step in the version's route; ``kind`` the
    case's kind (the register's category); ``category`` overrides it where the figures count another word (an award's
    class). ``amount`` is fen, ``None`` where nothing is paid. ``period`` names what is delivered once: ``2026-11``,
    ``2026``, ``2026Q4``, ``once`` or, for per-event services, the event's ISO day; case and period together are unique.
    ``area`` is the 12-digit residence as the case knows it, ``event_on`` the event's day, ``happened_on`` the Shanghai
    day on which it was done. ``giver`` is the office that did it, ``giver_account`` who in it, ``minutes`` how long it
    took. ``words`` is what a person may be shown about it; it never enters the register.
    """

    case: int
    service: str
    version: int
    area: str
    happened_on: dt.date
    person: int | None = None
    family: int | None = None
    step: int = 0
    kind: str = ""
    category: str = ""
    programme: str = ""
    level: str = ""
    amount: int | None = None
    period: str = "once"
    event_on: dt.date | None = None
    sealed: bool = False
    giver: int | None = None
    giver_account: int | None = None
    minutes: int | None = None
    words: str = ""

    @property
    def counted_as(self) -> str:
        """The register's category: the given one, else the case's kind."""
        return self.category or self.kind

    def source(self, prefix: str = "case") -> str:
        """The register's stable name of this delivery."""
        return f"{prefix}:{self.case}:{self.step}:{self.period}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of one delivery: ``done`` (posted to the register now) or ``underway`` (posted later, in its day)."""

    case: int
    state: Literal["done", "underway"]
    source: str
    fresh: bool = True  # False: it had been delivered before and nothing changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What the bank said about one line. Announced in sets as ``payments-paid`` and ``payments-returned``."""

    line: int
    case: int
    person: int
    service: str
    period: str
    amount: int
    on: dt.date
    fault: str = ""  # of a returned payment: closed, frozen, name, number, other
    beside: bool = False  # tops up another line of the same period, whose state it does not change


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What became of a card that a case ordered. Announced in sets as ``cards-handed`` and ``cards-fell``."""

    case: int
    source: str
    on: dt.date
    reason: str = ""  # of one that will not come: turned-down, died, notice, two-files
