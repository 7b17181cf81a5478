"""Who is whose: pairs of a ledger resolved to files and stored once, in one direction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from lianxin.access import seal
from lianxin.engine.scope import Scope
from lianxin.people.hits import opened
from lianxin.people.identities import some
from lianxin.people.models import Kin, Person
from lianxin.people.reading import UID, Fault, Ledger, Told

Pair = tuple[int, int, str]
_SYMMETRIC = ("spouse", "sibling")
_TURNED = {"child": "parent", "ward": "guardian", "fostered": "fosterer", "supported": "supporter"}


def canonical(person: int, relative: int, kind: str) -> Pair:
    """The one way a pair is stored: parents of children, guardians of wards, and the older file first of equals."""
    if kind in _TURNED:
        return relative, person, _TURNED[kind]
    if kind in _SYMMETRIC and person > relative:
        return relative, person, kind
    return person, relative, kind


def pairs(
    ledger: Ledger, persons: Mapping[int, int], scope: Scope | None = None
) -> tuple[dict[Pair, Told], list[Fault]]:
    """All pairs that the ledger states and what it says of each; remarks where a relative is nowhere to be found.

    ``persons``: uid → person of every row that was filed. A link is written into both files, so with a ``scope`` a
    relative outside it is nowhere.
    """
    found = dict.fromkeys(_roles(ledger.rows, persons), Told())
    numbers = ledger.rows.filter(pl.col("id_number").is_not_null()).select("id_number", UID)
    here = {number: persons[uid] for number, uid in numbers.iter_rows() if uid in persons}
    wanted = {one.number for uid, kin in ledger.kin.items() if uid in persons for one in kin}
    here |= _on_file(wanted - here.keys(), scope)
    faults: list[Fault] = []
    for uid, kin in ledger.kin.items():
        person = persons.get(uid)
        if person is None:
            continue
        for one in kin:
            relative = here.get(one.number)
            if relative is None:
                faults.append(Fault(uid, one.column, "relative-unknown", remark=True))
            elif relative != person:
                pair = canonical(person, relative, one.kind)
                if pair not in found or one.told != Told():
                    found[pair] = one.told
    return found, faults


def _on_file(numbers: Iterable[str], scope: Scope | None) -> dict[str, int]:
    there = Person.objects.all() if scope is None else opened(scope)
    marks = seal.marked([number for number in numbers if not number.startswith("CC")], "id")
    files = [number for number in numbers if number.startswith("CC")]
    found: dict[str, int] = {}
    for part in some(marks):
        for mark, pk in there.filter(id_mark__in=part).values_list("id_mark", "pk"):
            if mark is not None:
                found[marks[bytes(mark)]] = pk
    for some_files in some(files):
        found.update(there.filter(file_number__in=some_files).values_list("file_number", "pk"))
    return found


def _roles(rows: pl.DataFrame, persons: Mapping[int, int]) -> Iterable[Pair]:
    """Relations to the head of the same household, where the ledger names exactly one head."""
    held = rows.filter(pl.col("role").is_not_null() & pl.col("household").is_not_null()).select(
        UID, "household", "role"
    )
    heads = held.filter(pl.col("role") == "head").unique("household", keep="none").select("household", head=UID)
    others = held.filter(~pl.col("role").is_in(["head", "other"])).join(heads, on="household")
    for uid, role, head in others.select(UID, "role", "head").iter_rows():
        if uid in persons and head in persons and persons[uid] != persons[head]:
            yield canonical(persons[uid], persons[head], role)


@dataclass(slots=True)
class Ties:
    """What is to be written about relations: rows to supersede, rows to add."""

    gone: list[int] = field(default_factory=list)
    adds: list[tuple[object, ...]] = field(default_factory=list)
    persons: set[int] = field(default_factory=set)

    def add(self, pair: Pair, since: dt.date | None, says: tuple[str, str, str], until: dt.date | None,
            at: dt.datetime, paper: str) -> None:  # fmt: skip
        """A new row."""
        self.adds.append((*pair, *says, since, until, at, paper))
        self.persons |= {pair[0], pair[1]}


Held = tuple[int, dt.date | None, dt.date | None, str, str, str]


def plan(found: Mapping[Pair, Told], touched: Iterable[int], at: dt.datetime) -> Ties:
    """What differs from the relations on file, asking only about persons who were there before (``touched``).

    A relation that ended is not opened again by a ledger that only names it; one that begins later than it ended is.
    """
    held: dict[Pair, dict[int, Held]] = {}
    names = ("person_id", "relative_id", "kind", "pk", "valid_from", "valid_to", "basis", "ended_by", "maintained")
    for part in some(touched):
        rows = Kin.objects.filter(superseded_at__isnull=True)
        for side in ({"person_id__in": part}, {"relative_id__in": part}):
            for person, relative, kind, *row in rows.filter(**side).values_list(*names):
                held.setdefault((person, relative, kind), {})[row[0]] = (row[0], *row[1:])
    ties = Ties()
    for pair, told in sorted(found.items(), key=lambda item: item[0]):
        _tie(ties, pair, told, list(held.get(pair, {}).values()), at)
    return ties


def _tie(ties: Ties, pair: Pair, told: Told, rows: list[Held], at: dt.datetime) -> None:
    old = next((row for row in rows if row[2] is None), None)
    if old is None and told.until is not None:
        old = next((row for row in rows if row[2] == told.until), None)
    if old is None:
        ended = max((row[2] for row in rows if row[2] is not None), default=None)
        if ended is None or told.until is not None or (told.since is not None and told.since > ended):
            ties.add(pair, told.since, (told.basis, told.ended_by, ""), told.until, at, told.paper)
        return
    number, since, until, basis, ended_by, maintained = old
    new = (told.since or since, told.until or until, told.basis or basis, told.ended_by or ended_by)
    if new != (since, until, basis, ended_by):
        ties.gone.append(number)
        ties.add(pair, new[0], (new[2], new[3], maintained), new[1], at, told.paper)
