"""Coordinates: WGS-84, which the earth's satellites say, and GCJ-02, which maps sold in China are drawn in. Pure.

GCJ-02 moves each point by some hundred metres. Its formula was never published by its authors; what stands here is the
one that public implementations agree on (Krasovsky's ellipsoid and two sums of sines, as in ``eviltransform`` and
``PRCoords``), checked against the pairs that they publish. Back goes by iteration, to a millimetre. Outside the box
that the formula is meant for nothing moves.

Points are kept as whole millionths of a degree (0.11 m): exact, and the same in every database and digest.
"""

from __future__ import annotations

from math import asin, cos, pi, radians, sin, sqrt
from typing import Literal

Datum = Literal["wgs84", "gcj02"]
DATUMS: tuple[Datum, ...] = ("wgs84", "gcj02")
Point = tuple[float, float]  # latitude, longitude, in degrees

MILLION = 1_000_000
EARTH = 6_371_008.8  # metres: the mean radius (IUGG)
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.00669342162296594323  # Krasovsky 1940: half the great axis, and its e²
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
_STEPS = 30


def inside(latitude: float, longitude: float) -> bool:
    """Whether GCJ-02 moves a point at all: the box around China that the formula is used in."""
    return _SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST


def _waves(slow: float, fast: float, first: float, second: float) -> float:
    """The sums of sines of the formula, in metres."""
    shared = 20 * sin(6 * fast * pi) + 20 * sin(2 * fast * pi)
    own = 20 * sin(slow * pi) + 40 * sin(slow * pi / 3)
    wide = first * sin(slow * pi / 12) + second * sin(slow * pi / 30)
    return (shared + own + wide) * 2 / 3


def _moved(latitude: float, longitude: float) -> Point:
    """A point as GCJ-02 has it, wherever it lies."""
    x, y = longitude - 105, latitude - 35
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(y, x, 160, 320)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x, x, 150, 300)
    flat = 1 - _ECCENTRICITY * sin(radians(latitude)) ** 2
    along = _AXIS * (1 - _ECCENTRICITY) / (flat * sqrt(flat))
    across = _AXIS / sqrt(flat) * cos(radians(latitude))
    return latitude + north * 180 / (along * pi), longitude + east * 180 / (across * pi)


def to_gcj02(latitude: float, longitude: float) -> Point:
    """A WGS-84 point as maps sold in China show it; outside China unchanged."""
    return _moved(latitude, longitude) if inside(latitude, longitude) else (latitude, longitude)


def to_wgs84(latitude: float, longitude: float) -> Point:
    """The point that :func:`to_gcj02` moves here, found by iteration; unchanged where no point of China is."""
    found = (latitude, longitude)
    for _ in range(_STEPS):
        there = _moved(*found)
        off = (latitude - there[0], longitude - there[1])
        found = (found[0] + off[0], found[1] + off[1])
        if max(abs(off[0]), abs(off[1])) < 1e-9:
            break
    return found if inside(*found) else (latitude, longitude)


def millionths(latitude: float, longitude: float, datum: Datum = "wgs84") -> tuple[int, int]:
    """A point of either datum as it is kept: WGS-84 in millionths of a degree."""
    if datum == "gcj02":
        latitude, longitude = to_wgs84(latitude, longitude)
    return round(latitude * MILLION), round(longitude * MILLION)


def degrees(latitude: int, longitude: int, datum: Datum = "wgs84") -> Point:
    """A kept point in degrees of a datum."""
    found = (latitude / MILLION, longitude / MILLION)
    return to_gcj02(*found) if datum == "gcj02" else found


def metres(one: tuple[int, int], other: tuple[int, int]) -> float:
    """The distance between two kept points along the ground."""
    half = radians((other[0] - one[0]) / MILLION) / 2, radians((other[1] - one[1]) / MILLION) / 2
    first, second = radians(one[0] / MILLION), radians(other[0] / MILLION)
    return 2 * EARTH * asin(min(1.0, sqrt(sin(half[0]) ** 2 + cos(first) * cos(second) * sin(half[1]) ** 2)))


def read(text: str) -> float | None:
    """A latitude or longitude as people write it in a cell: ``113.123456``, ``113.123456°``, ``E113.1``; None where it is none."""
    said = text.strip().strip("°度EWNSewns东西南北经纬 ")
    try:
        found = float(said)
    except ValueError:
        return None
    return found if -180 <= found <= 180 else None
