"""Run a ledger into the files: resumable chunks under one run, each in a transaction of its own.

New files stay invisible until the last chunk is in; then the run becomes visible in one transaction. A killed run is
taken up again by sending the same file; sending another file first undoes it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.access.models import Area
from lianxin.engine import clock, effects, secrecy
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import guard
from lianxin.journal.actions import Writing
from lianxin.people import identify, kinship, ledger, nameindex, returned, undoing, workbook
from lianxin.people.attributes import attribute_columns
from lianxin.people.entering import ANCHOR, file
from lianxin.people.gathered import KIN_LOADED, LOADED, Filing, Given
from lianxin.people.models import Family, Import, Kin, Person, Refused
from lianxin.people.reading import UID, Fault, Ledger
from lianxin.people.residences import Residences
from lianxin.people.results import ImportResult, Progress

CHUNK = 4000


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
    dry: bool = False
    added: int = 0


def residences() -> Residences:
    """The city's areas for reading."""
    return Residences(dict(Area.objects.values_list("code", "name")), settings.CITY)


def digest(path: Path) -> str:
    """What tells one file from another."""
    found = hashlib.sha256()
    with path.open("rb") as data:
        while piece := data.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def begin(path: Path, by: Actor, at: dt.datetime, area: str, *, dry: bool) -> tuple[Import, bool]:
    """The run of this file: the one that was killed halfway, or a new one. A file nobody can read makes none."""
    told = digest(path)
    guard.check(path.name)
    if not dry:
        halfway = Import.objects.filter(ledger="people", file_digest=told, state="applying").first()
        if halfway is not None:
            return halfway, True
    name = f"people-{at:%Y%m%d-%H%M%S}-{told[:8]}"
    again = Import.objects.filter(run__startswith=name).count()
    made = Import(
        run=f"{name}-{again + 1}" if again else name, ledger="people", file_name=path.name[:200], file_digest=told,
        account=by.account, area=area, at=at, state="applying",
    )  # fmt: skip
    return made, False


def prepared(path: Path, by: Actor, at: dt.datetime, area: str) -> Ledger:
    """The ledger as read and checked, rows outside the area refused."""
    attributes = attribute_columns()
    found = ledger.read(workbook.open_book(path), residences(), clock.day(at), attributes)
    inside = area or ("" if not by.scope.areas or by.account is None else None)
    allowed = (area,) if inside else by.scope.areas if inside is None else ()
    if allowed:
        under = pl.any_horizontal(pl.col("home").str.starts_with(prefix) for prefix in allowed).fill_null(True)
        elsewhere = found.rows.filter(~under)[UID].to_list()
        refuse(found, [Fault(uid, "home", "outside") for uid in elsewhere])
    refuse(found, _secrets(found.rows))
    return found


def _secrets(rows: pl.DataFrame) -> list[Fault]:
    """Cells that say what must never be stored: the row comes back; a doubtful text is set aside as well."""
    faults = []
    for code, kind in rows.schema.items():
        values = rows[code].drop_nulls().unique().to_list() if kind == pl.String and not code.startswith("#") else []
        if not secrecy.suspicious(values):
            continue
        met = {value: found for value in values if (found := guard.look(value)) is not None}
        for value, found in met.items():
            guard.doubt(found, value)
        held = rows.filter(pl.col(code).is_in(list(met))).select(UID, code)
        faults += [Fault(uid, code, "secret" if met[value].certain else "doubtful") for uid, value in held.iter_rows()]
    return faults


def refuse(found: Ledger, faults: Sequence[Fault]) -> None:
    """Take rows out of a ledger, with the reason."""
    if not faults:
        return
    found.faults += faults
    found.refused |= {fault.uid for fault in faults}
    found.rows = found.rows.filter(~pl.col(UID).is_in([fault.uid for fault in faults]))


def matched(run: Run) -> None:
    """Say of every row who it is, and give ids to new persons and new households."""
    found = run.ledger
    scope = run.by.scope if run.by.account is not None and run.by.scope.areas else None
    known = identify.known(found.rows, scope)
    refuse(found, known.faults)
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
        if run.dry:
            _plan(run, part, 0)
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
    cells = part.to_dict(as_series=False)
    ids = [run.persons[uid] for uid in cells[UID]]
    old = identify.anchors([person for person in ids if person in run.before]) if run.before else {}
    filing = Filing(run.at, clock.day(run.at))
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
    found, remarks = kinship.pairs(run.ledger, run.persons)
    missing = kinship.new(found, run.before)
    run.changed |= {pk for pair in missing for pk in pair[:2] if pk in run.before}
    if run.dry:
        return remarks
    size = CHUNK * 5
    for start in range(0, len(missing), size):
        with journal.entry(action="people.import", by=run.by, at=run.at, run=run.made.run, kin=True) as writing:
            writing.load(Kin, KIN_LOADED, kinship.tuples(missing[start : start + size], run.at))
            writing.say(added=len(missing[start : start + size]))
        if progress:
            progress(_("Linking families"), min(start + size, len(missing)), len(missing))
    return remarks


def show(run: Run) -> None:
    """Make the run visible as one, and tell the other rooms."""
    found = run.ledger
    with journal.entry(action="people.imported", by=run.by, at=run.at, run=run.made.run) as writing:
        Person.objects.filter(run=run.made.run, visible=False).update(visible=True)
        made = run.made
        made.state, made.read, made.refused = "done", found.read, len(found.refused)
        made.changed = max(made.changed, len(run.changed - _own(run)))
        made.unchanged = max(found.read - made.added - made.changed - made.refused, 0)
        made.save()
        Refused.objects.filter(run=made.run).delete()
        places = {
            uid: (sheet, row)
            for uid, sheet, row in found.places.filter(pl.col(UID).is_in(list(found.refused))).iter_rows()
        }
        Refused.objects.bulk_create(
            [
                Refused(run=made.run, sheet=str(places[fault.uid][0]), row=places[fault.uid][1], column=fault.column,
                        reason=fault.reason)
                for fault in found.faults if fault.uid in places
            ],
            batch_size=2000,
        )  # fmt: skip
        writing.say(read=made.read, added=made.added, changed=made.changed, refused=made.refused)
        ids = sorted({*run.persons.values()} - run.before | run.changed)
        effects.announce("person-changed", ids=ids, by=run.by, at=run.at)


def _own(run: Run) -> set[int]:
    """Persons that an earlier part of this same run added, before it was killed."""
    if not run.before:
        return set()
    return set(Person.objects.filter(run=run.made.run).values_list("pk", flat=True)) & run.before


def run_ledger(
    path: Path, by: Actor, at: dt.datetime, dry_run: bool, errors: Path | None, area: str, progress: Progress | None
) -> ImportResult:
    """Read, match, file, link and show one ledger; see :func:`lianxin.people.actions.import_people`."""
    made, resumed = begin(path, by, at, area, dry=dry_run)
    found = prepared(path, by, made.at, area)
    undone = "" if dry_run else _stale(made, by, at)
    city = [column.code for column in attribute_columns() if column.code in found.rows.columns]
    run = Run(made, by, made.at, found, attributes=tuple(city), dry=dry_run)
    matched(run)
    chunks(run, progress)
    remarks = link(run, progress)
    found.faults += remarks
    if dry_run:
        made.added, made.changed, made.refused, made.read = run.added, len(run.changed), len(found.refused), found.read
        made.unchanged = made.read - made.added - made.changed - made.refused
    else:
        show(run)
    if errors is not None and (found.refused or remarks):
        returned.write(path, Path(errors), found)
    return ImportResult(
        made.read, made.added, made.changed, made.unchanged, made.refused, made.run, len(remarks),
        tuple(found.unknown), resumed, undone,
    )  # fmt: skip


def _stale(made: Import, by: Actor, at: dt.datetime) -> str:
    """Undo the run of another file that was killed halfway; returns its name."""
    names = []
    for other in Import.objects.filter(ledger="people", state="applying").exclude(run=made.run):
        undoing.undo(run=other.run, by=by, at=at)
        names.append(other.file_name)
    return ", ".join(names)
