"""Outlines of areas as maps draw them: read from GeoJSON with checks, kept as WGS-84, asked whether a point lies inside."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models.functions import Length
from django.utils.translation import gettext

from lianxin.access.models import Area, Outline
from lianxin.access.permissions import require
from lianxin.access.queries import successions, under
from lianxin.engine import coordinates
from lianxin.engine.coordinates import Datum
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

Rings = list[list[list[int]]]  # polygons of rings of longitude, latitude, longitude, latitude, …
Segment = tuple[int, int, int, int]
CODES = ("code", "adcode", "区划代码", "行政区划代码", "代码")  # what the properties of a shape call its area's code
MOST_BYTES, MOST_POINTS, MOST_RING = 40 * 1024 * 1024, 400_000, 20_000
NEAR = 300  # metres beside an outline that still count as inside: outlines are drawn roughly


def _refuse(text: str, **given: object) -> Refusal:
    return Refusal(text % given)


def read_geojson(data: bytes, *, datum: Datum) -> dict[str, Rings]:
    """The outlines of a GeoJSON file (RFC 7946), whose coordinates are of ``datum``. One fault refuses the whole file.

    Each shape is a Polygon or a MultiPolygon whose properties name its area's code. Rings are closed, have an inside and
    do not cross themselves.
    """
    if len(data) > MOST_BYTES:
        raise Refusal(gettext("The file is larger than 40 MB; simplify the outlines first. Nothing was changed."))
    try:
        said = json.loads(data)
        shapes = said["features"] if said["type"] == "FeatureCollection" else [said]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(gettext("This is not GeoJSON with a list of shapes. Nothing was changed.")) from error
    found: dict[str, Rings] = {}
    for place, shape in enumerate(shapes, 1):
        try:
            code, kind, given = _shape(shape)
        except (KeyError, TypeError, AttributeError) as error:
            raise _refuse(gettext("Shape %(place)s has no code of an area or no polygon. Nothing was changed."),
                          place=place) from error  # fmt: skip
        if code in found:
            raise _refuse(gettext("The area %(code)s stands in the file twice. Nothing was changed."), code=code)
        polygons = given if kind == "MultiPolygon" else [given]
        found[code] = [[_ring(ring, code, datum) for ring in polygon] for polygon in polygons]
    if (
        not found
        or sum(len(ring) for rings in found.values() for polygon in rings for ring in polygon) > MOST_POINTS * 2
    ):
        raise Refusal(gettext("The file holds no outline, or far more points than a map needs. Nothing was changed."))
    return found


def _shape(shape: Any) -> tuple[str, str, Any]:
    properties, geometry = shape["properties"], shape["geometry"]
    code = next(str(properties[name]).strip() for name in CODES if properties.get(name))
    if geometry["type"] not in {"Polygon", "MultiPolygon"} or not geometry["coordinates"]:
        raise TypeError
    for whole, noughts, length in ((12, "00000000", 4), (12, "000000", 6), (12, "000", 9), (6, "00", 4)):
        if len(code) == whole and code.endswith(noughts):
            code = code[:length]  # official lists fill codes up with noughts
    return code, geometry["type"], geometry["coordinates"]


def _ring(points: Any, code: str, datum: Datum) -> list[int]:
    """One ring as it is kept. Raises :class:`Refusal` for one that bounds nothing."""
    made: list[int] = []
    try:
        for point in points:
            longitude, latitude = float(point[0]), float(point[1])
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise ValueError
            kept = coordinates.millionths(latitude, longitude, datum)
            made += [kept[1], kept[0]]
    except (TypeError, ValueError, IndexError) as error:
        raise _refuse(
            gettext("The outline of %(code)s has a point that is none. Nothing was changed."), code=code
        ) from error
    if len(made) < 8 or made[:2] != made[-2:] or len(made) > MOST_RING * 2:
        raise _refuse(gettext("The outline of %(code)s is not closed or has too few or too many points. Nothing was changed."),
                      code=code)  # fmt: skip
    if _crosses(made):
        raise _refuse(gettext("The outline of %(code)s crosses itself. Nothing was changed."), code=code)
    return made


def _segments(ring: Sequence[int]) -> Iterator[Segment]:
    for at in range(0, len(ring) - 2, 2):
        yield ring[at], ring[at + 1], ring[at + 2], ring[at + 3]


def _crosses(ring: Sequence[int]) -> bool:
    """Whether two edges of a ring cross: a sweep from west to east over those that overlap."""
    edges = sorted(_segments(ring), key=lambda one: min(one[0], one[2]))
    active: list[Segment] = []
    for edge in edges:
        west, low, high = min(edge[0], edge[2]), min(edge[1], edge[3]), max(edge[1], edge[3])
        active = [one for one in active if max(one[0], one[2]) >= west]
        for one in active:
            if max(one[1], one[3]) >= low and min(one[1], one[3]) <= high and _cross(one, edge):
                return True
        active.append(edge)
    return False


def _side(one: Segment, x: int, y: int) -> int:
    found = (one[2] - one[0]) * (y - one[1]) - (one[3] - one[1]) * (x - one[0])
    return (found > 0) - (found < 0)


def _cross(one: Segment, other: Segment) -> bool:
    """Whether two edges cross between their ends; touching at a corner is none."""
    return _side(one, *other[:2]) * _side(one, *other[2:]) < 0 and _side(other, *one[:2]) * _side(other, *one[2:]) < 0


def put(*, outlines: Mapping[str, Rings], source: str, by: Actor, at: dt.datetime) -> int:
    """Keep the outlines of areas in being, in place of earlier ones; returns how many are new or changed."""
    require(by, "areas.manage")
    known = set(Area.objects.filter(code__in=outlines, successor="").values_list("code", flat=True))
    for code in outlines:
        if code not in known or not by.scope.covers(code):
            raise _refuse(gettext("There is no area %(code)s of yours in being. Nothing was changed."), code=code[:20])
    held = {row.area: row for row in Outline.objects.filter(area__in=outlines, superseded_at__isnull=True)}
    fresh = {code: rings for code, rings in outlines.items() if code not in held or held[code].rings != rings}
    if not fresh:
        return 0
    lent = [old for old, heir in successions().items() if heir in fresh]
    gone = [held[code].pk for code in fresh if code in held]
    gone += Outline.objects.filter(area__in=lent, superseded_at__isnull=True).values_list("pk", flat=True)
    with journal.entry(
        action="access.outlines", by=by, at=at, area=min(fresh, key=len), purpose=source[:200]
    ) as writing:
        writing.supersede(Outline, gone, at)
        writing.add(
            [Outline(area=code, rings=rings, recorded_at=at, paper=source[:120]) for code, rings in fresh.items()]
        )
        writing.say(outlines=len(fresh))
    return len(fresh)


def stamp() -> tuple[Any, ...]:
    """Changes with every outline that is read in and every area that is redrawn."""
    newest = Outline.objects.order_by("-pk").values_list("pk", "recorded_at").first()
    return (newest, tuple(sorted(successions().items())))


def drawn(prefix: str, digits: int) -> dict[str, Rings]:
    """The outlines of the areas in being under ``prefix`` whose codes have so many digits.

    An area that ended lends its outline to the one that took it over, until that one's own is read in.
    """
    heirs = successions()
    rows = Outline.objects.filter(under(prefix[:4] if heirs else prefix, "area"), superseded_at__isnull=True)
    found: dict[str, Rings] = {}
    for area, rings in (
        rows.annotate(digits=Length("area")).filter(digits=digits).order_by("area").values_list("area", "rings")
    ):
        code = heirs.get(area, area)
        if code.startswith(prefix) and len(code) == digits:
            found[code] = [*found.get(code, ()), *rings]
    return found


def inside(rings: Rings, latitude: int, longitude: int) -> bool:
    """Whether a kept point lies inside an outline (even number of walls: outside)."""
    found = False
    for polygon in rings:
        for ring in polygon:
            for x, y, ahead_x, ahead_y in _segments(ring):
                if (y > latitude) != (ahead_y > latitude) and longitude < x + (latitude - y) * (ahead_x - x) / (
                    ahead_y - y
                ):
                    found = not found
    return found


def near(rings: Rings, latitude: int, longitude: int) -> bool:
    """Whether a kept point lies inside an outline or hardly beside it."""
    if inside(rings, latitude, longitude):
        return True
    here = (latitude, longitude)
    for polygon in rings:
        for ring in polygon:
            for x, y, ahead_x, ahead_y in _segments(ring):
                long = (ahead_x - x) ** 2 + (ahead_y - y) ** 2
                part = ((longitude - x) * (ahead_x - x) + (latitude - y) * (ahead_y - y)) / long if long else 0.0
                part = min(max(part, 0.0), 1.0)
                if coordinates.metres(here, (round(y + part * (ahead_y - y)), round(x + part * (ahead_x - x)))) <= NEAR:
                    return True
    return False
