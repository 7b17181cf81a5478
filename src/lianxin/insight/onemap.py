"""One map (一张图): the city's public places with what they offer, its outlines, a drawing without scripts, open GeoJSON.

Nothing about persons comes here: no count of them, no colour by them, no point of theirs. No question takes a point.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from typing import Any

from django.conf import settings

from lianxin.access import outlines
from lianxin.access.outlines import Rings
from lianxin.access.queries import area_names
from lianxin.cards import sceneread
from lianxin.engine import civil, coordinates
from lianxin.engine.coordinates import Datum
from lianxin.partners import placeread
from lianxin.partners.placeread import OnMap

WIDE = 1000  # units of a drawing from west to east
CELL = 62  # units: places nearer to each other than about this are one mark
FINE = 0.8  # units: points of an outline nearer than this to the last are left out
# Which scene of the table of rights a kind of place is.
SCENES: Mapping[str, str] = {
    "line": "bus",
    "scenic": "scenic",
    "hospital": "hospital",
    "shop": "shop",
    "window": "window",
}
PLACES = 5  # decimals of a degree that a page needs: one metre


@dataclass(frozen=True, slots=True)
class Shown:
    """A place with what it offers: a partner's own words, and the rights that the card gives there (Chinese, English)."""

    place: OnMap
    offer: str
    rights: tuple[tuple[str, str], ...]
    metres: int | None = None


def listed(day: dt.date, *, area: str = "", kind: str = "", text: str = "", near: OnMap | None = None) -> list[Shown]:
    """The places that somebody looks for, in the order of their areas, or by how far they lie from one of the map."""
    places = placeread.on_map(day, area=area, kind=kind, text=text)
    offices = [one.office for one in places if one.office is not None and one.kind == "shop"]
    offers = placeread.offers(offices, day) if offices else {}
    rights = _rights(day)
    found = [Shown(one, offers.get(one.office or 0, ""), _held(one, rights)) for one in places]
    return found if near is None else by_distance(found, near)


def by_distance(shown: Iterable[Shown], start: OnMap) -> list[Shown]:
    """Places by how far they lie from one of the map; that one itself left out."""
    held = {one.place.id: one for one in shown}
    pairs = placeread.nearest([one.place for one in held.values()], start)
    return [replace(held[place.id], metres=metres) for place, metres in pairs]


def one(pk: int, day: dt.date) -> Shown | None:
    """One open place with what it offers."""
    found = placeread.place(pk)
    if found is None or not placeread.open_now(found, day):
        return None
    offers = placeread.offers([found.office], day) if found.office is not None else {}
    return Shown(found, offers.get(found.office or 0, ""), _held(found, _rights(day)))


def _rights(day: dt.date) -> dict[str, list[sceneread.Scene]]:
    found: dict[str, list[sceneread.Scene]] = defaultdict(list)
    for row in sceneread.scene_table(day):
        found[row.scene].append(row)
    return found


def _held(place: OnMap, rights: Mapping[str, Sequence[sceneread.Scene]]) -> tuple[tuple[str, str], ...]:
    """The rights of the table that hold at a place: those of its office or name, and those of all of its kind there."""
    rows = rights.get(SCENES.get(place.kind, ""), ())
    return tuple(
        (row.name, row.name_en or row.name) for row in rows
        if place.area.startswith(row.area) and (
            row.office == place.office if row.office is not None else row.place in {"", place.name})
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """Which piece of the earth a drawing shows, in millionths of a degree, and how large it is."""

    west: int
    south: int
    east: int
    north: int

    @property
    def scale(self) -> float:
        """Units for each millionth of a degree of longitude."""
        return WIDE / max(self.east - self.west, 1)

    @property
    def stretch(self) -> float:
        """How much longer a degree of latitude is than one of longitude here."""
        return 1 / cos(radians((self.south + self.north) / 2 / coordinates.MILLION))

    @property
    def high(self) -> int:
        """The drawing's height in units."""
        return max(round((self.north - self.south) * self.scale * self.stretch), 1)

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a kept point lies in the drawing."""
        return (longitude - self.west) * self.scale, (self.north - latitude) * self.scale * self.stretch


@dataclass(frozen=True, slots=True)
class Shape:
    """An area in a drawing: its path, its names, where they are written."""

    code: str
    names: tuple[str, str]
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One place, or several that lie too near to each other to be told apart."""

    x: int
    y: int
    count: int
    size: int
    one: OnMap | None
    area: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map without scripts."""

    wide: int
    high: int
    shapes: list[Shape]
    marks: list[Mark]
    courses: list[str]


def _frame(shapes: Iterable[Rings], places: Sequence[OnMap]) -> Frame | None:
    """Around these outlines, or where there are none around the places."""
    edges = [ring for rings in shapes for polygon in rings for ring in polygon[:1]]
    xs = [x for ring in edges for x in ring[::2]] or [one.longitude for one in places]
    ys = [y for ring in edges for y in ring[1::2]] or [one.latitude for one in places]
    if not xs:
        return None
    wide, high = max(max(xs) - min(xs), 2000), max(max(ys) - min(ys), 2000)
    return Frame(min(xs) - wide // 40, min(ys) - high // 40, max(xs) + wide // 40, max(ys) + high // 40)


def draw(shown: Sequence[Shown], *, area: str) -> Drawing | None:
    """The places and the outlines of an area: of the city its counties, of a county its townships."""
    places = [one.place for one in shown]
    inner = outlines.drawn(area, 9) if len(area) >= 6 else outlines.drawn(area, 6)
    if not inner and len(area) >= 6:
        inner = outlines.drawn(area[:6], 6)
    frame = _frame(inner.values(), places)
    if frame is None:
        return None
    names = area_names(list(inner))
    shapes = [_shape(code, rings, names.get(code, ("", "")), frame) for code, rings in inner.items()]
    courses = ["M" + "L".join("{:.1f} {:.1f}".format(*frame.at(*point)) for point in one.course)
               for one in places if len(one.course) > 1]  # fmt: skip
    return Drawing(WIDE, frame.high, shapes, _marks(places, frame), courses)


def _shape(code: str, rings: Rings, names: tuple[str, str], frame: Frame) -> Shape:
    parts: list[str] = []
    longest: list[tuple[float, float]] = []
    for polygon in rings:
        for ring in polygon:
            points = _thinned([frame.at(ring[at + 1], ring[at]) for at in range(0, len(ring), 2)])
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
            longest = max(longest, points, key=len)
    x, y = _middle(longest)
    return Shape(code, names, "".join(parts), round(x), round(y))


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    kept = [points[0]]
    for x, y in points[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= FINE:
            kept.append((x, y))
    return kept


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The centre of a ring's area."""
    area = x = y = 0.0
    for (one_x, one_y), (two_x, two_y) in zip(ring, [*ring[1:], ring[0]], strict=True):
        turn = one_x * two_y - two_x * one_y
        area, x, y = area + turn, x + (one_x + two_x) * turn, y + (one_y + two_y) * turn
    return (x / area / 3, y / area / 3) if abs(area) > 1e-9 else ring[0]


def _marks(places: Sequence[OnMap], frame: Frame) -> list[Mark]:
    """The places gathered by the squares of a grid, the fuller marks first so that small ones lie on top."""
    squares: dict[tuple[int, int], list[tuple[float, float, OnMap]]] = defaultdict(list)
    for place in places:
        x, y = frame.at(place.latitude, place.longitude)
        if -CELL <= x <= WIDE + CELL and -CELL <= y <= frame.high + CELL:
            squares[int(x // CELL), int(y // CELL)].append((x, y, place))
    made = []
    for held in squares.values():
        count = len(held)
        x, y = sum(one[0] for one in held) / count, sum(one[1] for one in held) / count
        size = 13 if count == 1 else min(16 + 4 * len(str(count)) + count // 40, 30)
        made.append(Mark(round(x), round(y), count, size, held[0][2] if count == 1 else None, held[0][2].area[:6]))
    return sorted(made, key=lambda mark: -mark.count)


def points(shown: Iterable[Shown], datum: Datum, language: int) -> list[list[Any]]:
    """Places for a page's script: id, kind, latitude, longitude, name, address, phone, hours, words, course."""
    made = []
    for one in shown:
        place = one.place
        said = "；".join(part for part in (one.offer, *(pair[language] for pair in one.rights), place.words) if part)
        made.append([
            place.id, place.kind, *_rounded(place.point, datum), (place.name_en or place.name) if language else place.name,
            place.address, place.phone, place.hours, said, [_rounded(point, datum) for point in place.course],
        ])  # fmt: skip
    return made


def _rounded(point: Sequence[int], datum: Datum) -> tuple[float, float]:
    latitude, longitude = coordinates.degrees(point[0], point[1], datum)
    return round(latitude, PLACES), round(longitude, PLACES)


def shapes(area: str, datum: Datum, language: int) -> list[dict[str, Any]]:
    """The outlines for a page's script: the counties of the city, and within a county its townships."""
    found = outlines.drawn(settings.CITY, 6)
    if len(area) >= 6:
        found |= outlines.drawn(area[:6], 9)
    names = area_names(list(found))
    return [
        {"code": code, "name": names.get(code, ("", ""))[language],
         "rings": [[[_rounded((ring[at + 1], ring[at]), datum) for at in range(0, len(ring), 2)] for ring in polygon]
                   for polygon in rings]}
        for code, rings in found.items()
    ]  # fmt: skip


def geojson(shown: Iterable[Shown]) -> dict[str, Any]:
    """Open data: every place as a feature, in WGS-84 as RFC 7946 wants it."""
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": one.place.number, "geometry": _geometry(one.place), "properties": {
            "kind": one.place.kind, "kind_zh": civil.KINDS[one.place.kind].zh, "name": one.place.name,
            "name_en": one.place.name_en, "area": one.place.area, "address": one.place.address, "phone": one.place.phone,
            "hours": one.place.hours, "offer": one.offer, "rights": [zh for zh, _en in one.rights],
            "since": one.place.since.isoformat() if one.place.since else None,
        }} for one in shown
    ]}  # fmt: skip


def _geometry(place: OnMap) -> dict[str, Any]:
    def pair(point: Sequence[int]) -> list[float]:
        return [point[1] / coordinates.MILLION, point[0] / coordinates.MILLION]

    if len(place.course) > 1:
        return {"type": "LineString", "coordinates": [pair(point) for point in place.course]}
    return {"type": "Point", "coordinates": pair(place.point)}
