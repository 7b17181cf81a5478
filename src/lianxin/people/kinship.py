"""Who is whose: pairs of a ledger resolved to files and stored once, in one direction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import polars as pl

from lianxin.access import seal
from lianxin.people.identities import some
from lianxin.people.models import Kin, Person
from lianxin.people.reading import UID, Fault, Ledger

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


def pairs(ledger: Ledger, persons: Mapping[int, int]) -> tuple[list[Pair], list[Fault]]:
    """All pairs that the ledger states, by person; remarks where a relative is nowhere to be found.

    ``persons``: uid → person of every row that was filed.
    """
    found = set(_roles(ledger.rows, persons))
    numbers = ledger.rows.filter(pl.col("id_number").is_not_null()).select("id_number", UID)
    here = {number: persons[uid] for number, uid in numbers.iter_rows() if uid in persons}
    wanted = {number for uid, kin in ledger.kin.items() if uid in persons for number, _k, _c in kin}
    here |= _on_file(wanted - here.keys())
    faults: list[Fault] = []
    for uid, kin in ledger.kin.items():
        person = persons.get(uid)
        if person is None:
            continue
        for number, kind, column in kin:
            relative = here.get(number)
            if relative is None:
                faults.append(Fault(uid, column, "relative-unknown", remark=True))
            elif relative != person:
                found.add(canonical(person, relative, kind))
    return sorted(found), faults


def _on_file(numbers: Iterable[str]) -> dict[str, int]:
    marks = {seal.mark(number, "id"): number for number in numbers if not number.startswith("CC")}
    files = [number for number in numbers if number.startswith("CC")]
    found: dict[str, int] = {}
    for part in some(marks):
        for mark, pk in Person.objects.filter(id_mark__in=part).values_list("id_mark", "pk"):
            if mark is not None:
                found[marks[bytes(mark)]] = pk
    for some_files in some(files):
        found.update(Person.objects.filter(file_number__in=some_files).values_list("file_number", "pk"))
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


def new(found: list[Pair], touched: Iterable[int]) -> list[Pair]:
    """The pairs that are not on file yet, asking only about persons who were there before (``touched``)."""
    held: set[Pair] = set()
    for part in some(touched):
        rows = Kin.objects.filter(superseded_at__isnull=True, valid_to__isnull=True)
        held.update(rows.filter(person_id__in=part).values_list("person_id", "relative_id", "kind"))
        held.update(rows.filter(relative_id__in=part).values_list("person_id", "relative_id", "kind"))
    return [pair for pair in found if pair not in held]


def tuples(found: Iterable[Pair], at: dt.datetime) -> list[tuple[object, ...]]:
    """Rows to load."""
    return [(person, relative, kind, None, None, at, "") for person, relative, kind in found]
