"""What chance alone allows a share: the exact interval of Clopper and Pearson, and the limits of a funnel. Pure."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p

STEPS = 60  # halvings: more than a float tells apart
TINY = 1e-300


def _continued(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function (Lentz's way of working it out)."""
    c, d = 1.0, 1.0 / ((1.0 - (a + b) * x / (a + 1)) or TINY)
    found = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / ((1.0 + even * d) or TINY)
        c = (1.0 + even / c) or TINY
        found *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / ((1.0 + odd * d) or TINY)
        c = (1.0 + odd / c) or TINY
        step = d * c
        found *= step
        if abs(step - 1.0) < 1e-12:
            break
    return found


def beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function: the chance that a share drawn from Beta(a, b) is at most ``x``."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _continued(x, a, b) / a
    return 1.0 - front * _continued(1.0 - x, b, a) / b


def at_most(found: int, of: int, share: float) -> float:
    """The chance of ``found`` or fewer among ``of`` where each is one with the chance ``share``."""
    if found >= of:
        return 1.0
    return 0.0 if found < 0 else 1.0 - beta(share, found + 1, of - found)


def share(found: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The shares under which ``found`` of ``of`` is not unlikely: exact, never narrower than ``level`` says."""
    if not 0 <= found <= of or of == 0:
        return 0.0, 1.0
    tail = (1.0 - level) / 2
    low = 0.0 if found == 0 else _solved(lambda x: beta(x, found, of - found + 1), tail)
    high = 1.0 if found == of else _solved(lambda x: beta(x, found + 1, of - found), 1.0 - tail)
    return low, high


def _solved(rising: Callable[[float], float], aim: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if rising(middle) < aim:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def funnel(of: int, whole: float, level: float = 0.95) -> tuple[int, int]:
    """How few and how many of ``of`` are still no surprise where the share is ``whole`` everywhere: each beyond is
    less likely than half of what ``level`` leaves."""
    tail = (1.0 - level) / 2
    low = _first(lambda n: at_most(n, of, whole) > tail, of)
    high = _first(lambda n: at_most(n, of, whole) >= 1.0 - tail, of)
    return low, high


def _first(holds: Callable[[int], bool], of: int) -> int:
    low, high = 0, of
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
