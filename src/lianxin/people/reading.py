"""What a ledger is once it is read: typed rows, faults, and what was not understood."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from lianxin.people.columns import Column
from lianxin.people.ledgers import EVERY, PEOPLE, Kind
from lianxin.people.results import Unknown

SHEET, ROW, UID = "#sheet", "#row", "uid"


@dataclass(frozen=True, slots=True)
class Told:
    """What a ledger says about a relation besides that there is one; None and blank say nothing."""

    since: dt.date | None = None
    until: dt.date | None = None
    ended_by: str = ""
    basis: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative that a row names: their number, what the row's person is to them, the column that says so."""

    number: str
    kind: str
    column: str
    told: Told = Told()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row came back, or what about it was left out (``remark``)."""

    uid: int
    column: str
    reason: str
    remark: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Where a sheet's header stands and which place each column has."""

    sheet: int
    header: int
    placed: dict[tuple[str, int], int]


@dataclass(slots=True)
class Ledger:
    """A ledger as read: good rows typed, one for each person; faults; what was not understood."""

    rows: pl.DataFrame
    places: pl.DataFrame  # uid → sheet, row (counted from 1, as Excel shows it)
    tables: list[Table]
    faults: list[Fault]
    unknown: list[Unknown]
    awards: dict[int, list[tuple[str, dt.date | None, bool]]]
    kin: dict[int, list[Relative]]
    read: int
    kind: Kind = PEOPLE
    columns: dict[str, Column] = field(default_factory=lambda: EVERY)
    looks: str = "people"  # the ledger that the headers look like
    joined: int = 0  # rows that said more about a person of an earlier row
    refused: set[int] = field(default_factory=set)


def where(ledger: Ledger, uids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """uid → (sheet, row)."""
    found = ledger.places.filter(pl.col(UID).is_in(list(uids)))
    return {uid: (sheet, row) for uid, sheet, row in found.iter_rows()}


def by_uid(faults: Iterable[Fault]) -> dict[int, list[Fault]]:
    """The faults of each row."""
    found: dict[int, list[Fault]] = defaultdict(list)
    for fault in faults:
        found[fault.uid].append(fault)
    return found
