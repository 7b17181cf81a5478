"""Run a ledger into the files: resumable chunks under one run, each in a transaction of its own.

New files stay invisible until the last chunk is in; then the run becomes visible in one transaction. A killed run is
taken up again by sending the same file; sending another file first undoes it.
"""

# ruff: noqa: E501  (a sentence is one line)

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.engine import clock, effects
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal import looks
from lianxin.journal.actions import Writing
from lianxin.people import identify, kinship, nameindex, previewing, returned, undoing
from lianxin.people.attributes import attribute_columns
from lianxin.people.entering import ANCHOR, file
from lianxin.people.errors import LedgerRefused
from lianxin.people.gathered import KIN_LOADED, LOADED, Filing, Given, Typed
from lianxin.people.ledgers import Kind
from lianxin.people.models import Family, Import, Kin, Person, Refused
from lianxin.people.preparing import begin, prepared, refuse, settled
from lianxin.people.reading import UID, Fault, Ledger
from lianxin.people.results import ImportResult, Progress

CHUNK = 4000


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked: which file, as which ledger (None: as what it looks like), how, by whom."""

    path: Path
    kind: Kind | None
    by: Actor
    at: dt.datetime
    area: str = ""
    dry: bool = False
    weigh: bool = False  # with ``dry``: also judge who would gain or lose what
    errors: Path | None = None
    as_previewed: str = ""


@dataclass(slots=True)
class Run:
    """One import under way."""

    made: Import
    by: Actor
    at: dt.datetime
    ledger: Ledger
    persons: dict[int, int] = field(default_factory=dict)  # uid → person
    before: set[int] = field(default_factory=set)  # persons on file before
    families: dict[str, int] = field(default_factory=dict)
    new_families: set[str] = field(default_factory=set)
    attributes: tuple[str, ...] = ()
    changed: set[int] = field(default_factory=set)
    preview: previewing.Gathering | None = None  # of a dry run
    added: int = 0

    @property
    def dry(self) -> bool:
        """Whether nothing is written."""
        return self.preview is not None

    @property
    def scope(self) -> Scope | None:
        """Whose files may be changed; None at the machine."""
        return self.by.scope if self.by.account is not None and self.by.scope.areas else None


def matched(run: Run) -> None:
    """Say who each row is; new people and households are given their ids. A narrow ledger opens no files."""
    found = run.ledger
    if not found.kind.opens:
        known = identify.on_file(found.rows, run.scope)
        refuse(found, known.faults)
        run.persons = {uid: known.persons[uid] for uid in found.rows[UID].to_list()}
        run.before = set(run.persons.values())
        found.rows = settled(found.rows, found.kind)
        return
    known = identify.known(found.rows, run.scope)
    refuse(found, known.faults)
    refuse(found, identify.strange(found.rows, known.persons, run.scope))
    uids = found.rows[UID].to_list()
    run.persons = {uid: known.persons[uid] for uid in uids if uid in known.persons}
    run.before = set(run.persons.values())
    codes = found.rows["household"].drop_nulls().unique(maintain_order=True).to_list()
    run.families = identify.families(codes)
    fresh = [uid for uid in uids if uid not in run.persons]
    homeless = [code for code in codes if code not in run.families]
    if run.dry:
        first, first_family = -len(fresh), -len(homeless)
    else:
        with transaction.atomic():
            first = identify.reserve(Person._meta.db_table, len(fresh)) if fresh else 0
            first_family = identify.reserve(Family._meta.db_table, len(homeless)) if homeless else 0
    run.persons |= dict(zip(fresh, range(first, first + len(fresh)), strict=True))
    run.families |= dict(zip(homeless, range(first_family, first_family + len(homeless)), strict=True))
    run.new_families = set(homeless)


def chunks(run: Run, progress: Progress | None) -> None:
    """File every row, a chunk at a time."""
    rows = run.ledger.rows
    total = rows.height
    if not run.dry and run.made.pk is None:
        run.made.chunks = -(-total // CHUNK)
        run.made.save()
    for start in range(0, total, CHUNK):
        part = rows.slice(start, CHUNK)
        if run.preview is not None:
            run.preview.take(_plan(run, part, 0))
        else:
            with journal.entry(
                action="people.import", by=run.by, at=run.at, run=run.made.run, chunk=start // CHUNK
            ) as writing:
                filing = _plan(run, part, writing.id)
                write(filing, writing, run.by)
                added = len(filing.persons) + len(filing.revived)
                _count(run, filing, writing, added)
        if progress:
            progress(_("Importing people"), min(start + CHUNK, total), total)


def _plan(run: Run, part: pl.DataFrame, entry: int) -> Filing:
    cells = Typed(part.to_dict(as_series=False), part.height)
    ids = [run.persons[uid] for uid in cells[UID]]
    old = identify.anchors([person for person in ids if person in run.before]) if run.before else {}
    filing = Filing(run.at, clock.day(run.at), vouched=run.by.account is None)
    if run.preview is not None:
        filing.changes = []
    given = Given(cells, ids, old, run.families, run.ledger.awards, run.attributes)
    file(filing, given, run=run.made.run, entry=entry, visible=False)
    fresh = {row[0] for row in filing.persons} | set(filing.revived)
    run.changed |= filing.touched - fresh
    run.added += len(fresh)
    _households(run, filing, cells)
    return filing


def _households(run: Run, filing: Filing, cells: Mapping[str, list[Any]]) -> None:
    """New households of this chunk, where their head lives."""
    made: dict[str, tuple[str, str]] = {}
    for code, home, address, role in zip(
        cells["household"], cells["home"], cells["address"], cells["role"], strict=True
    ):
        if code in run.new_families and (code not in made or role == "head"):
            made[code] = (home or "", address or "")
    filing.families = [(run.families[code], code, *where) for code, where in made.items()]
    run.new_families -= made.keys()


def write(filing: Filing, writing: Writing, by: Actor) -> None:
    """Write what is planned: households, files, their rows, the index of names."""
    writing.load(Family, ("id", "code", "home", "address"), filing.families)
    journal.insert(Person, ANCHOR, filing.persons)
    for model, rows in filing.adds.items():
        writing.load(model, LOADED[model], rows)
    for model, ids in filing.supersedes.items():
        writing.supersede(model, ids, filing.at)
    _anchors(filing)
    nameindex.settle()
    if filing.moved:
        effects.announce("person-moved", ids=filing.moved, by=by, at=filing.at)
    if filing.died:
        effects.announce("person-died", ids=filing.died, by=by, at=filing.at)


def _anchors(filing: Filing) -> None:
    """Bring the picture of today up to date for persons on file."""
    by_fields: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for pk, change in filing.anchors.items():
        names = tuple(sorted(change))
        by_fields.setdefault(names, []).append((*(change[name] for name in names), pk))
    for names, rows in by_fields.items():
        fields: list[Any] = [Person._meta.get_field(name) for name in names]
        columns = ", ".join(f'"{field.column}" = %s' for field in fields)
        values = [
            (*(field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=False)), row[-1])
            for row in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE people_person SET {columns} WHERE id = %s", values)


def _count(run: Run, filing: Filing, writing: Writing, added: int) -> None:
    changed = len(filing.touched - {row[0] for row in filing.persons} - set(filing.revived))
    writing.say(added=added, changed=changed)
    made = run.made
    made.added += added
    made.changed += changed
    made.done_chunks += 1
    made.save(update_fields=["added", "changed", "done_chunks"])


def link(run: Run, progress: Progress | None) -> list[Fault]:
    """Store the kin that the ledger states; answers the remarks about relatives nobody knows."""
    found, remarks = kinship.pairs(run.ledger, run.persons, run.scope)
    touched = run.before if run.ledger.kind.opens else {person for pair in found for person in pair[:2]}
    ties = kinship.plan(found, touched, run.at)
    run.changed |= ties.persons & run.before
    if run.preview is not None:
        run.preview.tie(ties)
        return remarks
    size = CHUNK * 5
    for start in range(0, len(ties.adds), size):
        some = ties.adds[start : start + size]
        with journal.entry(action="people.import", by=run.by, at=run.at, run=run.made.run, kin=True) as writing:
            writing.supersede(Kin, ties.gone if start == 0 else (), run.at)
            writing.load(Kin, KIN_LOADED, some)
            writing.say(added=len(some))
        if progress:
            progress(_("Linking families"), min(start + size, len(ties.adds)), len(ties.adds))
    return remarks


def show(run: Run) -> None:
    """Make the run visible as one, and tell the other rooms."""
    found = run.ledger
    with journal.entry(
        action="people.imported", by=run.by, at=run.at, run=run.made.run, purpose=run.made.file_name
    ) as writing:
        Person.objects.filter(run=run.made.run, visible=False).update(visible=True)
        made = run.made
        made.state, made.read, made.refused = "done", found.read, len(found.refused)
        made.changed = max(made.changed, len(run.changed - _own(run)))
        made.unchanged = max(found.read - made.added - made.changed - made.refused, 0)
        made.save()
        _keep_refused(run)
        writing.say(ledger=found.kind.code, read=made.read, added=made.added, changed=made.changed,
                    refused=made.refused)  # fmt: skip
        ids = sorted({*run.persons.values()} - run.before | run.changed)
        looks.contains(writing.id, ids)  # so that each of them reads which ledger said something of them
        effects.announce("person-changed", ids=ids, by=run.by, at=run.at)


def _keep_refused(run: Run) -> None:
    """Which rows came back and why, without what stood in them."""
    found = run.ledger
    Refused.objects.filter(run=run.made.run).delete()
    places = {
        uid: (sheet, row) for uid, sheet, row in found.places.filter(pl.col(UID).is_in(list(found.refused))).iter_rows()
    }
    Refused.objects.bulk_create(
        [
            Refused(run=run.made.run, sheet=str(places[fault.uid][0]), row=places[fault.uid][1], column=fault.column,
                    reason=fault.reason)
            for fault in found.faults if fault.uid in places
        ],
        batch_size=2000,
    )  # fmt: skip


def _own(run: Run) -> set[int]:
    """Persons that an earlier part of this same run added, before it was killed."""
    if not run.before:
        return set()
    return set(Person.objects.filter(run=run.made.run).values_list("pk", flat=True)) & run.before


def run_ledger(order: Order, progress: Progress | None) -> ImportResult:
    """Read, match, file, link and show one ledger; see :func:`lianxin.people.actions.import_ledger`."""
    halfway = None if order.dry else undoing.halfway(digest(order.path))
    at = halfway.at if halfway is not None else order.at
    found = prepared(order.path, order.by, at, order.area, order.kind)
    made = halfway or begin(order.path, digest(order.path), order.by, at, order.area, found.kind)
    undone = "" if order.dry else _stale(made, order.by, order.at)
    if order.dry:
        return _looked_at(order, made, found, progress)
    if order.as_previewed and halfway is None and not previewing.still(order.as_previewed):
        again = Order(order.path, found.kind, order.by, at, order.area, dry=True)
        seen = _looked_at(again, copy(made), prepared(order.path, order.by, at, order.area, found.kind), None)
        if seen.preview is None or not previewing.same(order.as_previewed, seen.preview.token):
            raise LedgerRefused(
                _("The files have changed since you looked, and the ledger would now do something else. Nothing was changed; look at it again.")
            )  # fmt: skip
    run = _started(made, order.by, found, None)
    chunks(run, progress)
    remarks = link(run, progress)
    found.faults += remarks
    show(run)
    if order.errors is not None and (found.refused or remarks):
        returned.write(order.path, Path(order.errors), found)
    return _result(made, found, remarks, resumed=halfway is not None, undone=undone)


def digest(path: Path) -> str:
    """What tells one file from another."""
    found = hashlib.sha256()
    with path.open("rb") as data:
        while piece := data.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def _started(made: Import, by: Actor, found: Ledger, gathering: previewing.Gathering | None) -> Run:
    city = tuple(column.code for column in attribute_columns() if column.code in found.rows.columns)
    run = Run(made, by, made.at, found, attributes=city, preview=gathering)
    matched(run)
    return run


def _looked_at(order: Order, made: Import, found: Ledger, progress: Progress | None) -> ImportResult:
    """A dry run: what would be done, and who would gain or lose what."""
    with previewing.Gathering(made.file_digest, weigh=order.weigh) as gathering:
        run = _started(made, order.by, found, gathering)
        chunks(run, progress)
        remarks = link(run, None)
        found.faults += remarks
        made.added, made.changed, made.refused, made.read = run.added, len(run.changed), len(found.refused), found.read
        made.unchanged = max(made.read - made.added - made.changed - made.refused, 0)
        preview = gathering.told(run.changed, clock.day(run.at), order.by)
    if order.errors is not None and (found.refused or remarks):
        returned.write(order.path, Path(order.errors), found)
    return _result(made, found, remarks, preview=preview)


def _result(made: Import, found: Ledger, remarks: Sequence[Fault], **more: Any) -> ImportResult:
    return ImportResult(
        made.read, made.added, made.changed, made.unchanged, made.refused, made.run, len(remarks),
        tuple(found.unknown), ledger=found.kind.code, looks=found.looks, **more,
    )  # fmt: skip


def _stale(made: Import, by: Actor, at: dt.datetime) -> str:
    """Undo the run of another file that was killed halfway; returns its name."""
    names = []
    for other in Import.objects.filter(state="applying").exclude(run=made.run):
        undoing.undo(run=other.run, by=by, at=at)
        names.append(other.file_name)
    return ", ".join(names)
