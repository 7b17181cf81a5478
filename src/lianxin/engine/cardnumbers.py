"""Numbers of credentials that say nothing, and the short codes that somebody types.

The n-th credential gets a number from a keyed shuffle of blocks, so that a number tells neither when nor to whom it was
given, yet numbers stay small and a list of bits over them stays short. A short code is a number and 22 zero bits under
the same kind of shuffle: only whoever holds the key can make one or read it, and one guess in four million is a code.
"""

from __future__ import annotations

import hmac

BLOCK = 18  # bits: a block holds 262,144 numbers
NUMBER, CHECK = 23, 22  # bits of a short code
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U, which are misread
_SEEN_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
LENGTH = (NUMBER + CHECK) // 5


def _shuffled(value: int, bits: int, key: bytes, *, back: bool = False) -> int:
    """A keyed permutation of numbers of ``bits`` bits: eight unbalanced Feistel rounds with HMAC-SHA-256."""
    low = bits // 2
    high = bits - low
    for turn in range(7, -1, -1) if back else range(8):
        # even turns change the low half by the high one, odd turns the high half by the low one
        left, right = value >> low, value & (1 << low) - 1
        source, width = (left, low) if turn % 2 == 0 else (right, high)
        said = hmac.digest(key, b"%d:%d:%d" % (bits, turn, source), "sha256")
        mask = int.from_bytes(said[:8], "big") & (1 << width) - 1
        value = (left << low | right ^ mask) if turn % 2 == 0 else ((left ^ mask) << low | right)
    return value


def hidden(value: int, key: bytes) -> int:
    """Another number of eight bytes for each one; only whoever holds the key can tell them apart or lead them back."""
    return _shuffled(value, 64, key)


def shown(value: int, key: bytes) -> int:
    """What :func:`hidden` made, led back."""
    return _shuffled(value, 64, key, back=True)


def number(place: int, key: bytes) -> int:
    """The number of the credential that was the ``place``-th (from 0) to be given out."""
    block, within = divmod(place, 1 << BLOCK)
    return block << BLOCK | _shuffled(within, BLOCK, key + b"%d" % block)


def size(given: int) -> int:
    """How many numbers a list must cover when ``given`` were given out: whole blocks."""
    return max(1, (given + (1 << BLOCK) - 1) >> BLOCK) << BLOCK


def short(of: int, key: bytes) -> str:
    """The short code of a number: nine letters and digits in threes."""
    value = _shuffled(of << CHECK, NUMBER + CHECK, key)
    letters = "".join(LETTERS[value >> 5 * place & 31] for place in reversed(range(LENGTH)))
    return "-".join(letters[start : start + 3] for start in range(0, LENGTH, 3))


def of_short(said: str, key: bytes) -> int | None:
    """The number behind a typed code, None where it is none; case, blanks and dashes do not matter."""
    letters = "".join(one for one in said.upper() if one.isalnum()).translate(_SEEN_AS)
    if len(letters) != LENGTH or any(one not in LETTERS for one in letters):
        return None
    value = 0
    for one in letters:
        value = value << 5 | LETTERS.index(one)
    found = _shuffled(value, NUMBER + CHECK, key, back=True)
    return None if found & (1 << CHECK) - 1 else found >> CHECK
