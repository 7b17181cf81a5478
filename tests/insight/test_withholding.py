"""An attacker who adds and subtracts everything that was ever told never works out a number about too few people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lianxin.insight import withholding
from lianxin.insight.withholding import Atom, Block

LEAST = 5
AREAS, YEARS = ("419901", "419902", "419903"), (2021, 2022, 2023)
ATOMS = [(area, year) for area in AREAS for year in YEARS]


def _basis(rows: Sequence[Sequence[int]]) -> list[tuple[int, list[Fraction]]]:
    """What can be worked out by adding and subtracting: a reduced basis with its pivots."""
    made: list[tuple[int, list[Fraction]]] = []
    for given_row in rows:
        row = _rest(made, [Fraction(value) for value in given_row])
        pivot = next((place for place, value in enumerate(row) if value), None)
        if pivot is None:
            continue
        row = [value / row[pivot] for value in row]
        made = [(at, [a - b * other[pivot] for a, b in zip(other, row, strict=True)]) for at, other in made]
        made.append((pivot, row))
    return made


def _rest(basis: Sequence[tuple[int, list[Fraction]]], row: list[Fraction]) -> list[Fraction]:
    for pivot, other in basis:
        if row[pivot]:
            factor = row[pivot]
            row = [a - factor * b for a, b in zip(row, other, strict=True)]
    return row


def found_out(told: Sequence[frozenset[object]], parts: Mapping[object, set[int]]) -> list[frozenset[object]]:
    """Every union of parts that follows from what was told and speaks of too few people."""
    names = [name for name, people in parts.items() if people]
    basis = _basis([[int(name in one) for name in names] for one in told])
    bad = []
    for size in range(1, len(names) + 1):
        for some in combinations(names, size):
            people = len(set().union(*(parts[name] for name in some)))
            if 0 < people < LEAST and not any(_rest(basis, [Fraction(name in some) for name in names])):
                bad.append(frozenset(some))
    return bad


people_of = st.dictionaries(st.sampled_from(ATOMS), st.sets(st.integers(0, 14), max_size=9), max_size=9)


@given(people_of)
def test_nothing_follows_from_one_release(people: dict[Atom, set[int]]) -> None:
    made = withholding.plan(people, AREAS, YEARS, LEAST)
    if made is None:
        assert 0 < len(set().union(*people.values())) < LEAST
        return
    assert sorted(atom for block in made.blocks for atom in block) == sorted(ATOMS)
    assert found_out(made.told, {atom: set(people.get(atom, ())) for atom in ATOMS}) == []


@given(people_of, people_of, people_of, st.booleans())
def test_nothing_follows_from_two_releases(stays: dict[Atom, set[int]], goes: dict[Atom, set[int]],
                                           comes: dict[Atom, set[int]], both: bool) -> None:  # fmt: skip
    areas, years = AREAS[:2], YEARS[:2]
    rows = {(kind, atom): set(some.get(atom, ()))
            for kind, some in (("stays", stays), ("goes", goes), ("comes", comes))
            for atom in ATOMS if atom[0] in areas and atom[1] in years}  # fmt: skip
    seen: dict[str, dict[Atom, set[int]]] = {
        when: {atom: rows["stays", atom] | rows[kind, atom] for _k, atom in rows}
        for when, kind in (("before", "goes"), ("now", "comes"))
    }
    last = years if both else years[:1]  # the earlier one may know one year less
    first = withholding.plan(seen["before"], areas, last, LEAST)
    second = withholding.plan(seen["now"], areas, years, LEAST) if first is None else withholding.extended(
        first, seen["now"], areas, years, LEAST
    )  # fmt: skip
    moved = {atom: rows["goes", atom] | rows["comes", atom] for _k, atom in rows}
    told: list[frozenset[object]] = []
    if first is not None:
        told += [_spread(one, ("stays", "goes")) for one in first.told]
    if second is not None and not (first is not None and withholding.tells(first.blocks, second.blocks, moved, LEAST)):
        told += [_spread(one, ("stays", "comes")) for one in second.told]
    assert found_out(told, dict(rows)) == []


def _spread(block: Block, kinds: tuple[str, str]) -> frozenset[object]:
    return frozenset((kind, atom) for atom in block for kind in kinds)


def keyed(people: Mapping[Atom, set[int]]) -> dict[Atom, set[tuple[int, int]]]:
    return {atom: {(one, one) for one in some} for atom, some in people.items()}


def test_one_household_counted_in_two_parts_is_not_told() -> None:
    twice = set(range(LEAST))

    people = {("419901", 2021): twice | set(range(40, 60)), ("419902", 2021): twice | set(range(10, 30))}
    for home, alone in ((None, frozenset(AREAS[:2])), (-7, frozenset())):
        keys = {atom: {(home if home and one in twice else one, one) for one in some} for atom, some in people.items()}
        made = withholding.plan(people, AREAS[:2], [2021], LEAST, keys)
        assert made is not None and made.shown[2021,] == alone


def test_one_person_counted_in_two_parts_is_not_told() -> None:
    many = {("419901", 2021): set(range(20)), ("419902", 2021): {*range(100, 120), 3}}
    made = withholding.plan(many, AREAS[:2], [2021], LEAST, keyed(many))
    assert made is not None
    assert (made.shown[2021,], made.sums) == (frozenset(), frozenset())
    apart = {("419901", 2021): set(range(20)), ("419902", 2021): set(range(100, 120))}
    made = withholding.plan(apart, AREAS[:2], [2021], LEAST, keyed(apart))
    assert made is not None and made.sums == frozenset(AREAS[:2])
