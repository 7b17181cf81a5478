"""The ground of the generated city: where its counties and townships lie. The same for every size; from the seed alone.

It lies in the open sea, east of no coast: whatever map is laid beneath it, no invented place is a real one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from math import atan2, hypot, sin
from random import Random

from lianxin.access.outlines import Rings
from lianxin.demo import recipe

Cell = tuple[int, int]
Corner = tuple[float, float]
SIZE = 70  # squares from side to side
WEST, SOUTH = 122_380_000, 34_520_000  # in millionths of a degree
WIDE, HIGH = 16_300, 13_300  # of a square: about a kilometre and a half each way
# Where the counties begin, in parts of the half width, and how much slower than the others they spread.
_BEGIN: Mapping[str, tuple[float, float, float]] = {
    "419902": (0.16, 0.1, 2.1), "419903": (-0.22, 0.02, 2.1), "419904": (0.0, 0.34, 2.1),
    "419921": (0.62, -0.3, 1.0), "419922": (-0.55, -0.42, 1.0), "419981": (-0.3, 0.74, 1.0),
}  # fmt: skip


class Ground:
    """Which square belongs to which area, and the outlines that follow from it."""

    def __init__(self, townships: Iterable[str]) -> None:
        self._rng = Random(f"{recipe.SEED}/ground")  # noqa: S311  an invented city needs no secrecy
        land = self._land()
        middle = SIZE / 2
        seeds = {
            code: _nearest(land, middle + x * middle, middle + y * middle) for code, (x, y, _slow) in _BEGIN.items()
        }
        self.counties = self._spread(land, seeds, {code: slow for code, (_x, _y, slow) in _BEGIN.items()})
        self.townships: dict[Cell, str] = {}
        inside: dict[str, list[Cell]] = defaultdict(list)
        for cell, code in self.counties.items():
            inside[code].append(cell)
        below: dict[str, list[str]] = defaultdict(list)
        for code in townships:
            below[code[:6]].append(code)
        for county, codes in below.items():
            begun = dict(zip(codes, _apart(inside[county], len(codes)), strict=True))
            self.townships |= self._spread(set(inside[county]), begun, {})
        self._cells: dict[str, list[Cell]] = defaultdict(list)
        for cell in sorted(self.townships):
            code = self.townships[cell]
            if all(self.counties.get(one) == code[:6] for one in _around(cell)):
                self._cells[code].append(cell)  # away from the county's edge, which is drawn more softly than squares
        self._corners = self._softened()

    def outlines(self) -> dict[str, Rings]:
        """The outlines of the city, its counties and its townships."""
        made: dict[str, Rings] = {recipe.CITY: self._rings(set(self.counties))}
        for owners in (self.counties, self.townships):
            cells: dict[str, set[Cell]] = defaultdict(set)
            for cell, code in owners.items():
                cells[code].add(cell)
            made |= {code: self._rings(held) for code, held in sorted(cells.items())}
        return made

    def point(self, code: str, rng: Random) -> tuple[int, int]:
        """A point inside a township (or a county), latitude and longitude in millionths."""
        if len(code) < 9:
            code = rng.choice(sorted(one for one in self._cells if one.startswith(code)))
        x, y = rng.choice(
            self._cells[code[:9]] or sorted(cell for cell, one in self.townships.items() if one == code[:9])
        )
        return _millionths(x + 0.15 + 0.7 * rng.random(), y + 0.15 + 0.7 * rng.random())

    def _land(self) -> set[Cell]:
        """The squares of a coast that bulges here and there."""
        middle, waves = SIZE / 2, [(self._rng.uniform(0, 6.3), self._rng.uniform(0.02, 0.07)) for _ in range(5)]
        found = set()
        for x in range(SIZE):
            for y in range(SIZE):
                away, turn = hypot(x + 0.5 - middle, y + 0.5 - middle), atan2(y - middle, x - middle)
                if away < middle * (
                    0.84 + sum(high * sin((place + 2) * turn + at) for place, (at, high) in enumerate(waves))
                ):
                    found.add((x, y))
        return found

    def _spread(self, land: set[Cell], seeds: Mapping[str, Cell], slow: Mapping[str, float]) -> dict[Cell, str]:
        """Every square to the seed from which it is reached first: each area stays in one piece."""
        owner: dict[Cell, str] = {}
        ahead = [(0.0, place, cell, code) for place, (code, cell) in enumerate(seeds.items())]
        number = len(ahead)
        while ahead:
            cost, _place, cell, code = heappop(ahead)
            if cell in owner:
                continue
            owner[cell] = code
            for one in _around(cell):
                if one in land and one not in owner:
                    number += 1
                    heappush(ahead, (cost + slow.get(code, 1.0) * self._rng.uniform(0.6, 1.4), number, one, code))
        return owner

    def _softened(self) -> dict[Cell, Corner]:
        """The corners of squares on borders, each drawn towards its neighbours on the border: shared by all who share it."""
        beside: dict[Cell, set[Cell]] = defaultdict(set)
        for cell, code in self.townships.items():
            for side, (one, other) in zip(_around(cell), _edges(cell), strict=True):
                if self.townships.get(side) != code:
                    beside[one].add(other)
                    beside[other].add(one)
        corners: dict[Cell, Corner] = {corner: (float(corner[0]), float(corner[1])) for corner in beside}
        for _ in range(2):
            corners = {
                corner: (
                    (sum(corners[one][0] for one in near) / len(near) + at[0]) / 2,
                    (sum(corners[one][1] for one in near) / len(near) + at[1]) / 2,
                )
                for corner, at in corners.items() for near in [beside[corner]]
            }  # fmt: skip
        return corners

    def _rings(self, cells: set[Cell]) -> Rings:
        """The outline of some squares: one polygon whose first ring is the longest, the others are holes."""
        ahead: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in sorted(cells):
            for side, (one, other) in zip(_around(cell), _edges(cell), strict=True):
                if side not in cells:
                    ahead[one].append(other)
        rings: list[list[int]] = []
        while ahead:
            first = next(iter(ahead))
            ring, at = [first], first
            while True:
                following = ahead[at].pop()
                if not ahead[at]:
                    del ahead[at]
                ring.append(following)
                at = following
                if at == first:
                    break
            points = [_millionths(*self._corners[corner]) for corner in ring]
            rings.append([number for latitude, longitude in points for number in (longitude, latitude)])
        return [sorted(rings, key=len, reverse=True)]


def _millionths(x: float, y: float) -> tuple[int, int]:
    return SOUTH + round(y * HIGH), WEST + round(x * WIDE)


def _around(cell: Cell) -> tuple[Cell, Cell, Cell, Cell]:
    x, y = cell
    return (x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)


def _edges(cell: Cell) -> tuple[tuple[Cell, Cell], ...]:
    """The sides of a square towards :func:`_around`, counter-clockwise."""
    x, y = cell
    south_west, south_east, north_east, north_west = (x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)
    return (south_west, south_east), (south_east, north_east), (north_east, north_west), (north_west, south_west)


def _nearest(cells: Iterable[Cell], x: float, y: float) -> Cell:
    return min(cells, key=lambda cell: ((cell[0] - x) ** 2 + (cell[1] - y) ** 2, cell))


def _apart(cells: list[Cell], count: int) -> list[Cell]:
    """So many squares, each as far from those before it as can be; the first nearest the middle."""
    middle = (sum(cell[0] for cell in cells) / len(cells), sum(cell[1] for cell in cells) / len(cells))
    chosen = [_nearest(cells, *middle)]
    away = {cell: (cell[0] - chosen[0][0]) ** 2 + (cell[1] - chosen[0][1]) ** 2 for cell in sorted(cells)}
    while len(chosen) < count:
        far = max(away, key=away.__getitem__)
        chosen.append(far)
        for cell, before in away.items():
            away[cell] = min(before, (cell[0] - far[0]) ** 2 + (cell[1] - far[1]) ** 2)
    return chosen
