"""How large a number can get, so that overflow guards stand only where they are needed."""

from __future__ import annotations

from collections.abc import Mapping

from lianxin.engine.expressions import tree
from lianxin.engine.facts import INT64

Bounds = tuple[float, float]  # of ints: exact Python integers
ANY_DECIMAL: Bounds = (float("-inf"), float("inf"))
SAFE_DECIMAL = 1e300  # beyond this a decimal operation keeps its guard


def counted_facts(*nodes: tree.Node) -> tuple[str, ...]:
    """The numeric facts that ``nodes`` calculate with: those whose range is worth knowing."""
    names: dict[str, None] = {}
    for node in nodes:
        for found in tree.walk(node):
            if isinstance(found, tree.Arithmetic | tree.Negate | tree.Call):
                names |= {
                    part.name: None
                    for part in tree.walk(found)
                    if isinstance(part, tree.Fact) and part.type in ("int", "decimal")
                }
    return tuple(names)


def of_type(kind: str) -> Bounds:
    """The bounds of a number of which nothing is known."""
    return INT64 if kind == "int" else ANY_DECIMAL


def fits(bounds: Bounds, kind: str) -> bool:
    """Whether a result within ``bounds`` needs no overflow guard."""
    if kind == "int":
        return INT64[0] <= bounds[0] and bounds[1] <= INT64[1]
    return bounds[0] > -SAFE_DECIMAL and bounds[1] < SAFE_DECIMAL


def clipped(bounds: Bounds, kind: str) -> Bounds:
    """``bounds`` after the guard has made everything outside unknown."""
    if kind == "int":
        return max(bounds[0], INT64[0]), min(bounds[1], INT64[1])
    return bounds


def hull(several: list[Bounds]) -> Bounds:
    """The smallest bounds around all of ``several``."""
    return min(low for low, _ in several), max(high for _, high in several)


def of_arithmetic(operator: str, left: Bounds, right: Bounds, kind: str) -> Bounds:
    """Where a sum, difference, product or quotient can lie before any guard."""
    if operator == "/" and right[0] <= 0 <= right[1]:
        return ANY_DECIMAL
    if kind == "decimal" and any(abs(end) >= SAFE_DECIMAL for end in (*left, *right)):
        return ANY_DECIMAL
    a, b = left
    c, d = right
    if kind == "decimal":
        a, b, c, d = float(a), float(b), float(c), float(d)
    if operator == "+":
        return a + c, b + d
    if operator == "-":
        return a - d, b - c
    ends = [x * y for x in (a, b) for y in (c, d)] if operator == "*" else [x / y for x in (a, b) for y in (c, d)]
    return min(ends), max(ends)


def of_column(low: object, high: object, kind: str) -> Bounds:
    """The bounds of a column whose least and greatest values are known (None: it is empty)."""
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return (0, 0)
    return (low, high) if kind == "int" else (float(low), float(high))


Known = Mapping[str, Bounds]
