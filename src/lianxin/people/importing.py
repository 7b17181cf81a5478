"""Run a ledger into the files: resumable chunks under one run, each in a transaction of its own.

New files stay invisible until the last chunk is in; then the run becomes visible in one transaction. A killed run is
taken up again by sending the same file; sending another file first undoes it.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.engine import clock, effects
from lianxin.engine.beside import Here
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal import looks
from lianxin.journal.actions import Writing
from lianxin.people import ahead, identify, kinship, nameindex, previewing
from lianxin.people.entering import ANCHOR, file
from lianxin.people.gathered import KIN_LOADED, LOADED, Filing, Given, Typed
from lianxin.people.models import Family, Import, Kin, Person, Refused
from lianxin.people.preparing import refuse, settled
from lianxin.people.reading import UID, Fault, Ledger
from lianxin.people.results import Progress

CHUNK = 4000
AHEAD = 3  # chunks that are ready or being made ready before they are written


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
    helper: Here = field(default_factory=Here)  # who reads and makes ready ahead
    following: Callable[[], object] | None = None  # to be called when this ledger keeps the helper busy no more

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
    """File every row, a chunk at a time; new files are made ready some chunks ahead."""
    rows = run.ledger.rows
    total = rows.height
    if not run.dry and run.made.pk is None:
        run.made.chunks = -(-total // CHUNK)
        run.made.save()
    waiting: deque[tuple[pl.DataFrame, Callable[[], ahead.Files] | None]] = deque()
    starts = range(0, total, CHUNK)
    for place, start in enumerate(starts):
        while len(waiting) < AHEAD and place + len(waiting) < len(starts):
            part = rows.slice(starts[place + len(waiting)], CHUNK)
            waiting.append((part, _begun(run, part)))
        if place + len(waiting) == len(starts) and run.following is not None:
            run.following()
            run.following = None
        part, files = waiting.popleft()
        if run.preview is not None:
            run.preview.take(_plan(run, part, 0))
        elif files is not None:
            ready = files()
            with _chunk(run, start) as writing:
                ahead.write(ready, writing)
                run.added += ready.count
                _count(run, writing, ready.count, 0)
        else:
            with _chunk(run, start) as writing:
                filing = _plan(run, part, writing.id)
                write(filing, writing, run.by)
                fresh = {row[0] for row in filing.persons} | set(filing.revived)
                _count(run, writing, len(fresh), len(filing.touched - fresh))
        if progress:
            progress(_("Importing people"), min(start + CHUNK, total), total)


def _chunk(run: Run, start: int) -> AbstractContextManager[Writing]:
    return journal.entry(action="people.import", by=run.by, at=run.at, run=run.made.run, chunk=start // CHUNK)


def _begun(run: Run, part: pl.DataFrame) -> Callable[[], ahead.Files] | None:
    """Begin to make the new files of a chunk ready; None where somebody of it is on file and must be asked about first."""
    if run.dry or not run.ledger.kind.opens or not run.before.isdisjoint(run.persons[uid] for uid in part[UID]):
        return None
    asked = ahead.part_of(
        part, run.persons, run.families, run.new_families, run.ledger.awards, attributes=run.attributes, at=run.at,
        run=run.made.run, vouched=run.by.account is None, today=clock.today(),
    )  # fmt: skip
    run.new_families -= asked.homeless
    return run.helper.ask(ahead.new_files, asked)


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
    made = ahead.households(run.new_families, cells)
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


def _count(run: Run, writing: Writing, added: int, changed: int) -> None:
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
