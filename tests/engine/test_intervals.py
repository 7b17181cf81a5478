"""Intervals and funnels against plain sums of binomial chances."""

from __future__ import annotations

from math import comb

from hypothesis import given
from hypothesis import strategies as st

from lianxin.engine import intervals


def plain(found: int, of: int, share: float) -> float:
    return sum(comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(found + 1))


@given(st.integers(1, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), st.floats(0.01, 0.99))
def test_chances_intervals_and_funnels_are_the_binomial_ones(case: tuple[int, int], share: float) -> None:
    found, of = case
    assert abs(intervals.at_most(found, of, share) - plain(found, of, share)) < 1e-9
    low, high = intervals.share(found, of)
    assert 0 <= low <= found / of <= high <= 1
    assert found == of or abs(plain(found, of, high) - 0.025) < 1e-6  # so few would show so seldom above it
    assert found == 0 or abs(1 - plain(found - 1, of, low) - 0.025) < 1e-6
    least, most = intervals.funnel(of, share)
    assert plain(least - 1, of, share) <= 0.025 + 1e-9 if least else True
    assert 1 - plain(most, of, share) <= 0.025 + 1e-9
    assert plain(least, of, share) > 0.025 - 1e-9


def test_known_values_and_large_counts() -> None:
    low, high = intervals.share(0, 60)
    assert (low, round(high, 4)) == (0.0, 0.0596)  # the familiar bound of none among sixty, two-sided
    assert [round(one, 4) for one in intervals.share(5, 100)] == [0.0164, 0.1128]
    low, high = intervals.share(40_000, 120_000)
    assert 0.330 < low < 1 / 3 < high < 0.337
    assert intervals.share(0, 0) == (0.0, 1.0)
