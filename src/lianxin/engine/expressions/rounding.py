"""The arithmetic that the format fixes and engines disagree on. One place, in plain Python."""

from __future__ import annotations

import math

from lianxin.engine.facts import INT64

CLEAN_BELOW = 1e9  # decimals smaller than this are cleaned to six places before they are rounded


def clean(value: float) -> float:
    """sign·floor(|d|·10⁶ + 0.5)/10⁶ for |d| < 10⁹; larger decimals as they are."""
    if abs(value) >= CLEAN_BELOW:
        return value
    return math.copysign(math.floor(abs(value) * 1e6 + 0.5) / 1e6, value)


def whole(function: str, value: int | float | None) -> int | None:
    """``ROUND`` (half away from zero), ``FLOOR`` or ``CEIL`` of a number; None when it does not fit 64 bits."""
    if value is None or isinstance(value, int):
        return value
    if not math.isfinite(value):
        return None
    value = clean(value)
    if function == "ROUND":
        found = int(math.copysign(1, value)) * math.floor(abs(value) + 0.5)
    else:
        found = math.floor(value) if function == "FLOOR" else math.ceil(value)
    return fitting(found)


def fitting(value: int) -> int | None:
    """``value`` where it fits 64 bits, else None (unknown)."""
    return value if INT64[0] <= value <= INT64[1] else None


def finite(value: float) -> float | None:
    """``value`` where it is a number, else None (unknown)."""
    return value if math.isfinite(value) else None


def arithmetic(operator: str, left: int | float, right: int | float, *, decimal: bool) -> int | float | None:
    """One sum, difference, product or quotient; None (unknown) on overflow and division by zero."""
    if not decimal:
        one, two = int(left), int(right)
        return fitting(one + two if operator == "+" else one - two if operator == "-" else one * two)
    a, b = float(left), float(right)
    if operator == "/":
        return finite(a / b) if b != 0 else None
    return finite(a + b if operator == "+" else a - b if operator == "-" else a * b)
