"""Numbers that strangers can check without seeing people: a tree over sealed rows, a draw from a public seed, and what a
sample proves. Pure; ``tools/check_draw.py`` says the same once more for whoever does not trust this code (decision 24).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from math import comb
from typing import Literal

Side = Literal["left", "right"]
Proof = list[tuple[Side, bytes]]
LARGEST = 500  # rows of one draw


def leaf(salt: bytes, digest: bytes) -> bytes:
    """A row's place in the tree: its digest sealed with a salt that only the register's keeper knows."""
    return hashlib.sha256(b"\x00" + salt + digest).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _levels(leaves: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The tree from its leaves to its top; a node without a neighbour goes up as it is (as in RFC 6962)."""
    level = list(leaves)
    yield level
    while len(level) > 1:
        level = [
            _node(level[at], level[at + 1]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)
        ]
        yield level


def root(leaves: Sequence[bytes]) -> bytes:
    """The commitment to these leaves, in this order, and to how many there are."""
    top: Sequence[bytes] = [hashlib.sha256(b"").digest()]
    for level in _levels(leaves):
        top = level or top
    return _rooted(len(leaves), top[0])


def _rooted(count: int, top: bytes) -> bytes:
    return hashlib.sha256(b"\x02" + count.to_bytes(8, "big") + top).digest()


def proof(leaves: Sequence[bytes], index: int) -> Proof:
    """What stands beside the way from leaf ``index`` to the root. Raises ``IndexError`` where there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    found: Proof = []
    for level in _levels(leaves):
        beside = index ^ 1
        if beside < len(level):
            found.append(("left" if beside < index else "right", level[beside]))
        index //= 2
    return found


def holds(one: bytes, beside: Proof, count: int, committed: bytes) -> bool:
    """Whether a leaf with what stands beside its way makes the committed root over ``count`` leaves."""
    for side, other in beside:
        one = _node(other, one) if side == "left" else _node(one, other)
    return _rooted(count, one) == committed


def draw(committed: bytes, seed: str, count: int, size: int) -> list[int]:
    """``size`` different places below ``count``, in the order in which they are drawn.

    The n-th try is SHA-256 of ``<root in hex>:<seed>:<n>`` as a number; one at or above the largest multiple of
    ``count`` below 2**256 is thrown away, so that every place is as likely; the rest of the division is the place.
    """
    size = min(size, count)
    limit = 2**256 - 2**256 % count if count else 0
    drawn: dict[int, None] = {}
    number = 0
    while len(drawn) < size:
        made = int.from_bytes(hashlib.sha256(f"{committed.hex()}:{seed}:{number}".encode()).digest(), "big")
        number += 1
        if made < limit:
            drawn.setdefault(made % count)
    return list(drawn)


def most_false(count: int, size: int, found: int, confidence: float = 0.95) -> int:
    """How many of ``count`` rows may be false at most, when ``size`` were drawn and ``found`` of them were false.

    Exact and one-sided (hypergeometric, as Clopper and Pearson bound a share): the largest number that would show as few
    false rows with a chance above ``1 - confidence``. 60 of 60 out of many bounds the share below 5 %.
    """
    if not 0 <= found <= size <= count:
        raise ValueError("a sample is part of its rows, and what was found part of the sample")
    low, high = found, count - (size - found)  # as few as were seen, as many as leave room for the good ones
    while low < high:
        middle = (low + high + 1) // 2
        if _as_few(count, size, found, middle) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def _as_few(count: int, size: int, found: int, false: int) -> float:
    """The chance to draw ``found`` false rows or fewer where ``false`` of all are."""
    ways = sum(comb(false, some) * comb(count - false, size - some) for some in range(found + 1))
    return ways / comb(count, size)
