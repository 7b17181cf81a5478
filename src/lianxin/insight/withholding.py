"""Which cells of a table of areas and years may be told, so that nothing can be subtracted from anything. Pure.

The table is cut into *blocks*: each has nobody in it, or as many people as may be shown. Whatever is told (a cell, a year, an
area's sum, the whole) is a union of blocks. So whatever somebody works out from it by adding and subtracting is made of
whole blocks too, and speaks of enough people. A later release is cut as the first one was, and the people of rows that came
or went in a block between two of them are nobody or enough; else the later one repeats the earlier one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

_One = TypeVar("_One")
Atom = tuple[str, int]  # an area and a year
People = Collection[int]
Keys = Collection[tuple[int, Any]]  # who is counted, each after the household that it is of
Block = frozenset[Atom]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is told of one figure. ``shown``: for each period (years together) the areas that stand alone; all other areas
    of that period stand together. ``sums``: the areas whose sum over all years is told."""

    areas: tuple[str, ...]
    periods: tuple[tuple[int, ...], ...]
    shown: Mapping[tuple[int, ...], frozenset[str]]
    sums: frozenset[str]

    @property
    def blocks(self) -> list[Block]:
        """The parts of which everything told is made."""
        made = []
        for years in self.periods:
            alone = self.shown[years]
            made += [frozenset((area, year) for year in years) for area in sorted(alone)]
            rest = frozenset((area, year) for area in self.areas if area not in alone for year in years)
            made += [rest] if rest else []
        return made

    @property
    def told(self) -> list[Block]:
        """Every sum that is told: single cells, periods, areas, the whole."""
        made = [
            frozenset((area, year) for year in years) for years in self.periods for area in sorted(self.shown[years])
        ]
        made += [frozenset((area, year) for area in self.areas for year in years) for years in self.periods]
        every = [year for years in self.periods for year in years]
        made += [frozenset((area, year) for year in every) for area in sorted(self.sums)]
        return [*made, frozenset((area, year) for area in self.areas for year in every)]


def enough(people: int, least: int) -> bool:
    """Nobody at all, or as many as may be shown."""
    return people == 0 or people >= least


def plan(
    people: Mapping[Atom, People], areas: Sequence[str], years: Sequence[int], least: int,
    keys: Mapping[Atom, Keys] | None = None,
) -> Plan | None:  # fmt: skip
    """What may be told of a figure behind whose cells these people stand; None: nothing at all.

    ``keys``: of a count of distinct people or households, who is counted in each cell. Who is counted in two parts is
    counted once in their sum, so what is over says how many those are: nobody or enough, or the parts are not told.
    """
    if not enough(len(_joined(people, areas, years)), least):
        return None
    periods = _periods(people, areas, years, least)
    if keys is not None and _few_twice([_joined(keys, areas, some) for some in periods], least):
        periods = [tuple(years)]
    shown = {}
    for some in periods:
        hidden = _hidden({area: _joined(people, [area], some) for area in areas}, least)
        alone = frozenset(areas) - hidden
        if keys is not None and _few_twice(
            [*(_joined(keys, [area], some) for area in alone), _joined(keys, hidden, some)], least
        ):
            alone = frozenset()
        shown[some] = alone
    return Plan(tuple(areas), tuple(periods), shown, _sums(areas, periods, shown, least, keys))


def _sums(
    areas: Sequence[str], periods: Sequence[tuple[int, ...]], shown: Mapping[tuple[int, ...], frozenset[str]], least: int,
    keys: Mapping[Atom, Keys] | None,
) -> frozenset[str]:  # fmt: skip
    """The areas whose sum over all years is told: those that stand alone in each period."""
    sums = frozenset(area for area in areas if all(area in shown[some] for some in periods))
    if keys is None:
        return sums
    every = [year for some in periods for year in some]
    sums = frozenset(area for area in sums if not _few_twice([_joined(keys, [area], some) for some in periods], least))
    parts = [_joined(keys, [area], every) for area in sorted(sums)]
    parts.append(_joined(keys, [area for area in areas if area not in sums], every))
    return frozenset() if _few_twice(parts, least) else sums


def _joined(people: Mapping[Atom, Collection[_One]], areas: Iterable[str], years: Iterable[int]) -> set[_One]:
    every = list(years)
    return set().union(*(people.get((area, year), ()) for area in areas for year in every))


def _periods(
    people: Mapping[Atom, People], areas: Sequence[str], years: Sequence[int], least: int
) -> list[tuple[int, ...]]:
    """Years, put together with the next ones until enough people stand in each period."""
    made: list[tuple[int, ...]] = []
    some: list[int] = []
    for year in years:
        some.append(year)
        if enough(len(_joined(people, areas, some)), least):
            made.append(tuple(some))
            some = []
    while some:  # the last ones are too few: they go with those before
        if not made:
            return [tuple(years)]
        some = [*made.pop(), *some]
        if enough(len(_joined(people, areas, some)), least):
            made.append(tuple(some))
            some = []
    return made


def _hidden(parts: Mapping[str, set[int]], least: int) -> frozenset[str]:
    """The areas that do not stand alone: too few, and the next smallest until those together are two with enough people."""
    hidden = [area for area, some in parts.items() if not enough(len(some), least)]
    rest = sorted((len(some), area) for area, some in parts.items() if some and area not in hidden)
    while hidden and rest and (len(hidden) < 2 or len(set().union(*(parts[area] for area in hidden))) < least):
        hidden.append(rest.pop(0)[1])
    return frozenset(hidden)


def _few_twice(parts: Sequence[set[tuple[int, Any]]], least: int) -> bool:
    """Whether somebody, but too few households, is counted in more than one part."""
    seen: set[tuple[int, Any]] = set()
    twice: set[tuple[int, Any]] = set()
    for part in parts:
        twice |= seen & part
        seen |= part
    return not enough(len({home for home, _key in twice}), least)


def extended(
    old: Plan, people: Mapping[Atom, People], areas: Sequence[str], years: Sequence[int], least: int,
    keys: Mapping[Atom, Keys] | None = None,
) -> Plan | None:  # fmt: skip
    """What a later release tells: the parts of the first one again, years that are new to it in periods of their own.

    A finer or coarser cut would give parts of the earlier one away, where some of its rows stayed as they were. None:
    the parts hold too few people by now; then nothing new is told.
    """
    if set(areas) != set(old.areas):
        return None
    held = {year for some in old.periods for year in some}
    periods = [some for some in old.periods if set(some) <= set(years)]
    shown = {some: old.shown[some] for some in periods}
    for some in (
        [year for year in years if year < min(held)],
        [year for year in years if year > max(held)],
    ):
        fresh = plan(people, areas, some, least, keys) if some else None
        if fresh is not None:
            periods += fresh.periods
            shown |= fresh.shown
    made = Plan(tuple(areas), tuple(sorted(periods)), shown, frozenset())
    if not periods or any(
        not enough(len({one for atom in block for one in people.get(atom, ())}), least) for block in made.blocks
    ):
        return None
    if keys is not None and (_few_twice([_joined(keys, areas, some) for some in periods], least) or any(
        _few_twice([_joined(keys, [area], some) for area in areas], least) for some in periods if shown[some]
    )):  # fmt: skip
        return None
    return Plan(made.areas, made.periods, shown, _sums(areas, made.periods, shown, least, keys))


def tells(before: Sequence[Block], now: Sequence[Block], moved: Mapping[Atom, People], least: int) -> bool:
    """Whether two releases side by side would speak of too few people: they are cut otherwise, or too few people stand
    behind the rows of a part that only one of them counts (``moved``, by cell)."""
    kept = set(before)
    return any(
        not enough(len({one for atom in part for one in moved.get(atom, ())}), least)
        if part in kept
        else any(part & other for other in before)
        for part in now
    )
