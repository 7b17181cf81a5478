"""Areas side by side: where one stands follows from the binomial law, reckoned here on its own."""

from math import comb

import pytest

from lianxin.insight import fair


def below(most: int) -> float:
    """The chance of ``most`` or fewer heads of a hundred."""
    return sum(comb(100, heads) for heads in range(most + 1)) / 2**100


@pytest.mark.parametrize(("found", "stands"), [
    (50, "within"), (40, "within"), (39, "doubtful"), (35, "doubtful"), (34, "outside"), (60, "within"), (61, "doubtful"),
    (65, "doubtful"), (66, "outside"),
])  # fmt: skip
def test_an_area_is_called_outside_only_where_chance_hardly_ever_does_it(found: int, stands: str) -> None:
    chance = 2 * below(min(found, 100 - found))
    assert stands == ("within" if chance >= 0.05 else "doubtful" if chance >= 0.002 else "outside")
    line = fair._line("419902", found, 100, 0.5)
    assert (line.stands, line.above) == (stands, found > 50)


def test_too_few_say_nothing() -> None:
    assert fair._line("419902", None, None, 0.5) == fair.Line("419902", None, None)
