"""Trees, draws and bounds: any single change shows, proofs hold and wrong ones do not, the bound is the exact one."""

from __future__ import annotations

import hashlib
from collections import Counter
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import check_draw

from lianxin.engine import commitments as c

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)


@given(LEAVES, st.data())
def test_any_single_change_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    made = c.root(leaves)
    at = data.draw(st.integers(0, len(leaves) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(leaves[at], "big") ^ (1 << bit)).to_bytes(32, "big")
    others = [leaves[:at] + [flipped] + leaves[at + 1 :], leaves[:at] + leaves[at + 1 :], [*leaves, leaves[at]],
              [*leaves, b"\0" * 32]]  # fmt: skip
    if len(leaves) > 1:
        others.append(leaves[1:] + leaves[:1])
    assert made not in {c.root(one) for one in others}
    assert check_draw.root(leaves) == made


@given(LEAVES, st.data())
def test_proofs_hold_and_wrong_ones_do_not(leaves: list[bytes], data: st.DataObject) -> None:
    made, count = c.root(leaves), len(leaves)
    at = data.draw(st.integers(0, count - 1))
    beside = c.proof(leaves, at)
    assert c.holds(leaves[at], beside, count, made)
    assert check_draw.climbs(leaves[at], [[side, one.hex()] for side, one in beside], count) == made.hex()
    assert not c.holds(hashlib.sha256(leaves[at]).digest(), beside, count, made)
    assert not c.holds(leaves[at], beside, count + 1, made)
    for place, (side, one) in enumerate(beside):
        other = "left" if side == "right" else "right"
        assert not c.holds(leaves[at], [*beside[:place], (other, one), *beside[place + 1 :]], count, made)
        assert not c.holds(leaves[at], beside[:place] + beside[place + 1 :], count, made)
    with pytest.raises(IndexError):
        c.proof(leaves, count)


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=20), st.integers(1, 300), st.integers(1, 80))
def test_a_draw_is_places_once_each_and_the_stranger_draws_the_same(
    root: bytes, seed: str, count: int, size: int
) -> None:
    places = c.draw(root, seed, count, size)
    assert len(places) == len(set(places)) == min(size, count)
    assert all(0 <= place < count for place in places)
    assert places == check_draw.draw(root.hex(), seed, count, size)
    assert places[: size // 2] == c.draw(root, seed, count, size // 2)


def test_every_place_is_as_likely() -> None:
    drawn = Counter(place for seed in range(4000) for place in c.draw(b"\1" * 32, str(seed), 10, 2))
    assert sum((count - 800) ** 2 / 800 for count in drawn.values()) < 30  # chi-square, 9 degrees: one in 2,000


def test_the_rule_is_written_down_once_and_for_all() -> None:
    """A change of the rule would make every published draw another one."""
    leaves = [hashlib.sha256(str(number).encode()).digest() for number in range(5)]
    assert c.draw(c.root(leaves), "03 11 17 22 29 33 + 08", 975, 5) == check_draw.draw(
        c.root(leaves).hex(), "03 11 17 22 29 33 + 08", 975, 5
    )
    top = hashlib.sha256(b"\x01" + hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest() + leaves[2]).digest()
    assert c.root(leaves[:3]) == hashlib.sha256(b"\x02" + (3).to_bytes(8, "big") + top).digest()


@pytest.mark.parametrize(("size", "found", "share"), [
    (60, 0, 0.0487), (59, 0, 0.0495), (58, 0, 0.0503), (100, 0, 0.0295), (100, 1, 0.0466), (100, 5, 0.1022), (20, 0, 0.1391),
])  # fmt: skip
def test_the_bound_is_that_of_the_tables(size: int, found: int, share: float) -> None:
    """One-sided Clopper–Pearson bounds at 95 %, as tables of acceptance sampling give them; many rows come near them."""
    assert c.most_false(1_000_000, size, found) / 1_000_000 == pytest.approx(share, abs=0.0001)


@given(st.integers(1, 60), st.data())
def test_the_bound_is_exact(count: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, count))
    found = data.draw(st.integers(0, size))

    def chance(false: int) -> float:
        return sum(comb(false, some) * comb(count - false, size - some) for some in range(found + 1)) / comb(
            count, size
        )

    possible = [false for false in range(found, count - size + found + 1) if chance(false) > 0.05]
    assert c.most_false(count, size, found) == max(possible, default=found)


def test_all_rows_seen_leave_nothing_open() -> None:
    assert c.most_false(60, 60, 0) == 0
    assert c.most_false(60, 60, 3) == 3
    assert c.most_false(975, 60, 0) < 975 * 0.05
    with pytest.raises(ValueError, match="sample"):
        c.most_false(10, 11, 0)
