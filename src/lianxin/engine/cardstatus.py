"""Which credentials no longer count: two lists of bits, one for withdrawn and one for lost, signed as one.

The form follows the token status list of the IETF's OAuth group (one bit a number, zlib), with a second list beside
it. Numbers are handed out in no order (:mod:`lianxin.engine.cardnumbers`), so a bit tells nobody whose card it is.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass

from lianxin.engine import cbor, cose
from lianxin.engine.credential import IAT, ISS, NUMBERS

TYPE, STATUS, LOST = 16, 65533, -65539  # header of the kind; claim of the list; the second list
KIND = "application/statuslist+cwt"
LARGEST = 1 << 20  # bytes of the signed list that are read


class NoList(ValueError):  # noqa: N818  an answer about what was read
    """What was read is no list of this city under a key that counts; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists as of ``made`` (seconds since 1970)."""

    made: int
    withdrawn: bytes
    lost: bytes

    def says(self, number: int) -> str:
        """``lost``, ``withdrawn``, or nothing. A number beyond the list is none that was withdrawn."""
        place, bit = divmod(number, 8)
        for name, bits in (("lost", self.lost), ("withdrawn", self.withdrawn)):
            if place < len(bits) and bits[place] >> bit & 1:
                return name
        return ""


def bits(numbers: Collection[int], size: int) -> bytes:
    """A list of ``size`` bits in which those of ``numbers`` stand; the first number is the lowest bit of a byte."""
    made = bytearray((size + 7) // 8)
    for one in numbers:
        made[one >> 3] |= 1 << (one & 7)
    return bytes(made)


def sign(*, issuer: str, made: int, withdrawn: Collection[int], lost: Collection[int], size: int, key: cose.Signer,
         number: int) -> bytes:  # fmt: skip
    """The signed lists over numbers below ``size``."""
    packed = [zlib.compress(bits(one, size), 9) for one in (withdrawn, lost)]
    said = {ISS: issuer, IAT: made, STATUS: {"bits": 1, "lst": packed[0]}, LOST: packed[1]}
    return cose.sign(cbor.encode(said), key, {cose.KID: bytes([number]), TYPE: KIND})


def read(data: bytes, *, issuer: str, keys: dict[int, cose.Verifier]) -> Lists:
    """The lists, believed. Raises :class:`NoList`."""
    try:
        message = cose.read(data, largest=LARGEST, tagged=True)
        kid = message.protected.get(cose.KID)
        if message.protected.get(TYPE) != KIND or not isinstance(kid, bytes) or len(kid) != 1 or message.unprotected:
            raise NoList("garbage")
        if kid[0] not in keys:
            raise NoList("unknown-key")
        if not cose.verified(message, keys[kid[0]]):
            raise NoList("forged")
        said = cbor.decode(message.payload, largest=LARGEST)
        if said[ISS] != issuer:
            raise NoList("other-city")
        if said[STATUS]["bits"] != 1:
            raise NoList("garbage")
        return Lists(said[IAT], _unpacked(said[STATUS]["lst"]), _unpacked(said[LOST]))
    except cose.NotSigned as error:
        raise NoList(error.code) from None
    except (cbor.NotCbor, KeyError, TypeError, IndexError, zlib.error):
        raise NoList("garbage") from None


def _unpacked(packed: bytes) -> bytes:
    reader = zlib.decompressobj()
    found = reader.decompress(packed, NUMBERS // 8)
    if reader.unconsumed_tail or not reader.eof:
        raise NoList("garbage")
    return found
