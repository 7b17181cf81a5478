"""Find who the rows of a ledger are: on file already, or new. Reads only.

The key is the file number where given, else the ID number, else name + birth date + township + phone or household code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db import connection

from lianxin.access import seal
from lianxin.engine.scope import Scope
from lianxin.people.gathered import VALUES, Anchor, Held
from lianxin.people.identities import some, survivors
from lianxin.people.models import Family, Particulars, Person
from lianxin.people.reading import UID, Fault


@dataclass(slots=True)
class Known:
    """Rows and persons: ``persons`` uid → person on file; ``faults`` of rows that cannot be told apart."""

    persons: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def known(rows: pl.DataFrame, scope: Scope | None = None) -> Known:
    """Who of the rows is on file. With a scope, a file outside it cannot be changed (fault ``outside``)."""
    found = Known()
    if not Person.objects.exists():
        found.faults = [
            Fault(uid, "file_number", "file-unknown")
            for uid in rows.filter(pl.col("file_number").is_not_null())[UID].to_list()
        ]
        return found
    homes: dict[int, str] = {}
    _by_file(rows, found, homes)
    _by_number(rows, found, homes)
    _by_key(rows, found, homes)
    refused = {fault.uid for fault in found.faults}
    seen: dict[int, int] = {}
    for uid, person in sorted(found.persons.items()):
        if person in seen:
            found.faults.append(Fault(uid, "name", "twice"))
        elif scope is not None and uid not in refused and homes.get(person) and not _within(scope, homes[person]):
            found.faults.append(Fault(uid, "home", "outside"))
        seen.setdefault(person, uid)
    return found


def _within(scope: Scope, home: str) -> bool:
    return scope.covers(home)


def _by_file(rows: pl.DataFrame, found: Known, homes: dict[int, str]) -> None:
    given = rows.filter(pl.col("file_number").is_not_null()).select(UID, "file_number", "id_number")
    held: dict[str, tuple[int, bytes | None, str]] = {}
    for part in some(given["file_number"].to_list()):
        for number, pk, mark, home in Person.objects.filter(file_number__in=part).values_list(
            "file_number", "pk", "id_mark", "home"
        ):
            held[number] = (pk, bytes(mark) if mark is not None else None, home)
    for uid, number, identity in given.iter_rows():
        row = held.get(number)
        if row is None:
            found.faults.append(Fault(uid, "file_number", "file-unknown"))
        elif identity and row[1] is not None and row[1] not in seal.marks(identity, "id"):
            found.faults.append(Fault(uid, "id_number", "file-differs"))
        else:
            found.persons[uid] = row[0]
            homes[row[0]] = row[2]


def _by_number(rows: pl.DataFrame, found: Known, homes: dict[int, str]) -> None:
    given = rows.filter(pl.col("id_number").is_not_null() & pl.col("file_number").is_null()).select(UID, "id_number")
    uids = {number: uid for uid, number in given.iter_rows()}
    marks = {mark: uids[number] for mark, number in seal.marked(uids, "id").items()}
    for part in some(marks):
        for mark, pk, home in Person.objects.filter(id_mark__in=part).values_list("id_mark", "pk", "home"):
            if mark is not None:
                found.persons[marks[bytes(mark)]] = pk
                homes[pk] = home


def _by_key(rows: pl.DataFrame, found: Known, homes: dict[int, str]) -> None:
    """Rows without a number, and rows whose number is new but whose person may be on file without one."""
    rest = rows.filter(
        pl.col("file_number").is_null()
        & ~pl.col(UID).is_in(list(found.persons))
        & pl.col("born_on").is_not_null()
        & pl.col("home").is_not_null()
    ).select(UID, "name", "born_on", "home", "phone", "household", "id_number")
    unnumbered = Person.objects.filter(id_mark__isnull=True).exists()
    if not unnumbered:
        rest = rest.filter(pl.col("id_number").is_null())
    if not rest.height:
        return
    held: dict[tuple[str, Any, str], list[tuple[int, bytes | None, str | None, bool]]] = defaultdict(list)
    for part in some(rest["name"].to_list()):
        for pk, name, born, home, phone, family, mark in Person.objects.filter(name__in=part).values_list(
            "pk", "name", "born_on", "home", "phone_mark", "family__code", "id_mark"
        ):
            phone = bytes(phone) if phone is not None else None
            held[(name, born, home[:9])].append((pk, phone, family, mark is not None))
            homes[pk] = home
    for uid, name, born, home, phone, household, number in rest.iter_rows():
        alike = held.get((name, born, home[:9]), ())
        marks = seal.marks(phone, "phone") if phone else ()
        same = [
            pk
            for pk, held_phone, family, numbered in alike
            if not (number and numbered)
            and ((held_phone is not None and held_phone in marks) or (household is not None and household == family))
        ]
        if len(same) > 1:
            found.faults.append(Fault(uid, "id_number", "ambiguous"))
        elif same:
            found.persons[uid] = same[0]


def on_file(rows: pl.DataFrame, scope: Scope | None) -> Known:
    """Who of the rows of a ledger that opens no files is on file: by file number, ID number, or name + birth + township.

    Faults: ``nobody``, ``ambiguous``, ``name-differs`` (the number is another person's), ``moved-from-differs``,
    ``outside``, ``twice``.
    """
    found = Known()
    held = _standing_for(rows)
    alike: dict[tuple[str, Any, str], list[int]] = defaultdict(list)
    keyless = rows.filter(pl.col("file_number").is_null() & pl.col("id_number").is_null())
    for part in some(keyless["name"].to_list()):
        for pk, name, born, home in Person.objects.filter(
            name__in=part, visible=True, survivor__isnull=True
        ).values_list("pk", "name", "born_on", "home"):
            alike[(name, born, home[:9])].append(pk)
            held[pk] = (pk, (name,), home, None)
    wanted = rows.select(UID, "file_number", "id_number", "name", "born_on", "home", "moved_from")
    seen: dict[int, int] = {}
    for uid, file, number, name, born, home, left in wanted.iter_rows():
        marks = seal.marks(number, "id") if number else []
        key: Any = file or next((one for one in marks if one in held), marks[0] if marks else None)
        column = "file_number" if file else "id_number" if number else "name"
        same = [key] if key in held else [] if key is not None else alike.get((name, born, (home or "")[:9]), [])
        if len(same) != 1:
            found.faults.append(Fault(uid, column, "ambiguous" if same else "nobody"))
            continue
        person, names, lives, mark = held[same[0]]
        if file and number and mark is not None and mark not in marks:
            found.faults.append(Fault(uid, "id_number", "file-differs"))
        elif name is not None and name not in names:
            found.faults.append(Fault(uid, "name", "name-differs"))
        elif scope is not None and not scope.covers(lives):
            found.faults.append(Fault(uid, column, "nobody"))
        elif left is not None and not lives.startswith(left) and not left.startswith(lives):
            found.faults.append(Fault(uid, "moved_from", "moved-from-differs"))
        elif seen.setdefault(person, uid) != uid:
            found.faults.append(Fault(uid, column, "twice"))
        else:
            found.persons[uid] = person
    return found


def _standing_for(rows: pl.DataFrame) -> dict[Any, tuple[int, tuple[str, ...], str, bytes | None]]:
    """File number or mark of the ID number → (the file that stands for it, its names, where it is, its mark)."""
    files = rows["file_number"].drop_nulls().to_list()
    marks = list(seal.marked(rows["id_number"].drop_nulls().to_list(), "id"))
    reached: dict[Any, int] = {}
    for part in some(files):
        reached.update(Person.objects.filter(file_number__in=part, visible=True).values_list("file_number", "pk"))
    for some_marks in some(marks):
        for mark, pk in Person.objects.filter(id_mark__in=some_marks, visible=True).values_list("id_mark", "pk"):
            reached[bytes(mark or b"")] = pk
    into = survivors()
    reached = {key: into.get(pk, pk) for key, pk in reached.items()}
    about: dict[int, tuple[str, str, bytes | None]] = {}
    for part_ids in some(reached.values()):
        for pk, name, home, number in Person.objects.filter(pk__in=part_ids).values_list(
            "pk", "name", "home", "id_mark"
        ):
            about[pk] = (name, home, bytes(number) if number is not None else None)
    former = _former_names(reached.values())
    return {key: (pk, (about[pk][0], *former.get(pk, ())), *about[pk][1:]) for key, pk in reached.items()}


def _former_names(persons: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Other names that these files hold."""
    found: dict[int, tuple[str, ...]] = {}
    for part in some(persons):
        rows = Particulars.objects.filter(person_id__in=part).exclude(former_name="")
        for person, name in rows.values_list("person_id", "former_name").distinct():
            found[person] = (*found.get(person, ()), name)
    return found


def anchors(persons: Sequence[int]) -> dict[int, Anchor]:
    """Everything open in the files of these persons that a ledger may change."""
    found: dict[int, Anchor] = {}
    for part in some(persons):
        for pk, salt, number, phone in Person.objects.filter(pk__in=part).values_list(
            "pk", "salt", "id_mark", "phone_mark"
        ):
            found[pk] = Anchor(
                pk,
                bytes(salt),
                bytes(number) if number is not None else None,
                bytes(phone) if phone is not None else None,
            )
        for model, names in VALUES.items():
            _held(model, names, part, found)
    return found


def _held(model: Any, names: Sequence[str], part: Sequence[int], found: Mapping[int, Anchor]) -> None:
    rows = model._base_manager.filter(person_id__in=part, superseded_at__isnull=True, valid_to__isnull=True)
    for person, pk, start, *values in rows.order_by("pk").values_list("person_id", "pk", "valid_from", *names):
        plain = tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)
        found[person].rows[model].append(Held(pk, start, plain))


def families(codes: Iterable[str]) -> dict[str, int]:
    """Household code → family for those that there are."""
    found: dict[str, int] = {}
    for part in some(codes):
        found.update(Family.objects.filter(code__in=part).values_list("code", "pk"))
    return found


def strange(rows: pl.DataFrame, known: Mapping[int, int], scope: Scope | None) -> list[Fault]:
    """Rows that would put somebody into a household outside the scope (fault ``outside``); who is in it may stay."""
    if scope is None:
        return []
    given = rows.filter(pl.col("household").is_not_null()).select(UID, "household")
    homes: dict[str, tuple[int, str]] = {}
    for part in some(given["household"].to_list()):
        found = Family.objects.filter(code__in=part).values_list("code", "pk", "home")
        homes.update({code: (pk, home) for code, pk, home in found if home and not scope.covers(home)})
    asked = [(uid, homes[code][0]) for uid, code in given.iter_rows() if code in homes]
    member: dict[int, int | None] = {}
    for part_ids in some(known[uid] for uid, _ in asked if uid in known):
        member.update(Person.objects.filter(pk__in=part_ids).values_list("pk", "family_id"))
    return [Fault(uid, "household", "outside") for uid, family in asked if member.get(known.get(uid, 0)) != family]


def reserve(table: str, count: int) -> int:
    """Set a block of ids aside and return the first; a block that a killed run leaves behind is simply not used."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            sequence = cursor.fetchone()[0]
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])
            cursor.execute("SELECT nextval(%s)", [sequence])
            first = int(cursor.fetchone()[0])
            cursor.execute("SELECT setval(%s, %s)", [sequence, first + count])
            return first
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (int(row[0]) if row else 0) + 1
        if row:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [first + count - 1, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first + count - 1])
        return first
