"""What of an import needs no database, so that a second process can do it ahead: reading a ledger, and making the rows of
new files ready.

Rows of people who are on file already are planned where they are written, against what the file says in that moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.utils import translation

from lianxin.engine import beside, clock
from lianxin.journal import actions as journal
from lianxin.journal.actions import Ready
from lianxin.people import entering, ledger, nameindex, workbook
from lianxin.people.columns import Column
from lianxin.people.gathered import LOADED, Filing, Given, Typed
from lianxin.people.ledgers import Kind
from lianxin.people.models import Family, Particulars, Person, Service, Standing
from lianxin.people.reading import UID, Ledger
from lianxin.people.recognising import Templates
from lianxin.people.residences import Residences

LARGE = 3_000_000  # bytes of a ledger from which on a second process earns its start


@dataclass(frozen=True, slots=True)
class Knows:
    """What the database said of the city before a ledger is read."""

    residences: Residences
    day: dt.date
    attributes: Sequence[Column]
    kinds: Sequence[Kind]
    templates: Templates
    language: str


def wanted(path: Path) -> bool:
    """Whether a ledger is large enough for two processes."""
    return path.is_file() and path.stat().st_size * (5 if path.suffix.lower() == ".xlsx" else 1) >= LARGE


KNOWS_MODELS = "django:setup"


def opened(*, wanted: bool) -> Any:
    """The process that reads ahead, or none: it knows the models and opens no database."""
    return beside.opened(KNOWS_MODELS, wanted=wanted)


def read(path: Path, kind: Kind | None, knows: Knows) -> Ledger:
    """The ledger as read and checked; see :func:`lianxin.people.ledger.read`."""
    with translation.override(knows.language):
        return ledger.read(
            workbook.open_book(path), knows.residences, knows.day, knows.attributes, kind=kind, kinds=knows.kinds,
            templates=knows.templates,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a ledger, all of people who are new: who each is to be, and what is said of all."""

    rows: pl.DataFrame
    ids: list[int]
    families: Mapping[str, int]
    homeless: frozenset[str]  # the households among them that are new
    awards: Mapping[int, Sequence[tuple[str, dt.date | None, bool]]]
    attributes: tuple[str, ...]
    at: dt.datetime
    run: str
    vouched: bool
    today: dt.date


@dataclass(frozen=True, slots=True)
class Files:
    """New files ready to be written: households, persons (their entry still blank), dated rows, the index of names."""

    families: Ready
    persons: list[Sequence[Any]]
    adds: list[Ready]
    index: nameindex.Entries
    count: int


def new_files(part: Part) -> Files:
    """Make the rows of new files ready."""
    cells = Typed(part.rows.to_dict(as_series=False), part.rows.height)
    filing = Filing(part.at, clock.day(part.at), vouched=part.vouched)
    given = Given(cells, part.ids, {}, part.families, part.awards, part.attributes)
    entering.file(filing, given, run=part.run, entry=0, visible=False)
    homes = [(part.families[code], code, *where) for code, where in households(part.homeless, cells).items()]
    return Files(
        families=journal.ready(Family, ("id", "code", "home", "address"), homes),
        persons=journal.adapted(Person, entering.ANCHOR, list(zip(*filing.persons, strict=True))),
        adds=[journal.ready(model, LOADED[model], rows) for model, rows in filing.adds.items()],
        index=nameindex.entries(_said(filing, part.today)),
        count=len(filing.persons),
    )  # fmt: skip


def households(new: frozenset[str] | set[str], cells: Mapping[str, list[Any]]) -> dict[str, tuple[str, str]]:
    """New households among some rows: home and address, of their head where the rows name one."""
    made: dict[str, tuple[str, str]] = {}
    for code, home, address, role in zip(
        cells["household"], cells["home"], cells["address"], cells["role"], strict=True
    ):
        if code in new and (code not in made or role == "head"):
            made[code] = (home or "", address or "")
    return made


_HOME, _ADDRESS = entering.ANCHOR.index("home"), entering.ANCHOR.index("address")


def _said(filing: Filing, today: dt.date) -> dict[int, nameindex.Said]:
    """What the index of names is to know of the new files."""
    held: dict[int, set[str]] = {}
    for person, code, *_rest in filing.adds.get(Standing, ()):
        held.setdefault(person, set()).add(code)
    for person, _kind, _since, until, *_rest in filing.adds.get(Service, ()):
        held.setdefault(person, set()).update(nameindex.served(until, today))
    names = {person: [name, former] if former else [name] for person, name, former, *_ in filing.adds[Particulars]}
    return {
        row[0]: nameindex.said(row[_HOME], row[_ADDRESS], names[row[0]], held.get(row[0], ())) for row in filing.persons
    }


def write(files: Files, writing: journal.Writing) -> None:
    """Write new files; the database is asked nothing."""
    writing.put(files.families)
    at = entering.ANCHOR.index("entry")
    journal.put_columns(Person, entering.ANCHOR, [
        [writing.id] * files.count if place == at else column for place, column in enumerate(files.persons)
    ])  # fmt: skip
    for rows in files.adds:
        writing.put(rows)
    nameindex.put(files.index)


def part_of(rows: pl.DataFrame, persons: Mapping[int, int], families: Mapping[str, int], homeless: set[str],
            awards: Mapping[int, Sequence[Any]], **about: Any) -> Part:  # fmt: skip
    """Some rows with what of the whole run concerns them."""
    uids = rows[UID].to_list()
    codes = rows["household"].drop_nulls().unique().to_list()
    return Part(
        rows, [persons[uid] for uid in uids], {code: families[code] for code in codes},
        frozenset(homeless.intersection(codes)), {uid: awards[uid] for uid in uids if uid in awards}, **about,
    )  # fmt: skip
