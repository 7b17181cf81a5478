"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905): the curve, a signer and a verifier.

No library in the base knows the curve (docs/decisions/0023-credential.md). Verifying handles public values only. The
signer is hardened as whole numbers in Python allow: the nonce comes from the key, the message and fresh randomness, is
lengthened by a random multiple of the order, and the multiplication does the same steps for every nonce. It signs in
batches behind the counter and answers no stranger.
"""

from __future__ import annotations

import hmac
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SM3, Hash

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0
IDENTITY = b"1234567812345678"  # whose signature it is, where nobody says otherwise (GM/T 0009)
ALGORITHM = -65538  # as lianxin.engine.cose numbers it
WINDOW = 4  # bits of one place
MASK = (1 << WINDOW) - 1
Jacobian = tuple[int, int, int]
Point = tuple[int, int]
NOWHERE: Jacobian = (1, 1, 0)


def sm3(*pieces: bytes) -> bytes:
    """The digest of the pieces one after the other, 32 bytes."""
    made = Hash(SM3())
    for piece in pieces:
        made.update(piece)
    return made.finalize()


def _double(point: Jacobian) -> Jacobian:
    x, y, z = point
    if not z or not y:
        return NOWHERE
    zz = z * z % P
    yy = y * y % P
    slope = 3 * (x - zz) * (x + zz) % P  # a = -3
    s = 4 * x * yy % P
    out = (slope * slope - 2 * s) % P
    return out, (slope * (s - out) - 8 * yy * yy) % P, 2 * y * z % P


def _add(one: Jacobian, other: Jacobian) -> Jacobian:
    if not one[2]:
        return other
    if not other[2]:
        return one
    x1, y1, z1 = one
    x2, y2, z2 = other
    zz1 = z1 * z1 % P
    u1, u2, s1, s2 = x1, x2 * zz1 % P, y1, y2 * zz1 * z1 % P
    if z2 != 1:  # points of a table are flat
        zz2 = z2 * z2 % P
        u1, s1 = x1 * zz2 % P, y1 * zz2 * z2 % P
    h, r = (u2 - u1) % P, (s2 - s1) % P
    if not h:
        return _double(one) if not r else NOWHERE
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - s1 * hhh) % P, z1 * z2 * h % P


def _flat(point: Jacobian) -> Point:
    x, y, z = point
    inverse = pow(z, -1, P)
    square = inverse * inverse % P
    return x * square % P, y * square * inverse % P


@lru_cache(maxsize=16)
def _table(x: int, y: int) -> list[list[Jacobian]]:
    """Multiples of a fixed point: for each place of ``WINDOW`` bits its values 0 to 16; some places above 256 bits."""
    tables, base = [], (x, y, 1)
    for _ in range(256 // WINDOW + 12):
        row: list[Jacobian] = [NOWHERE, base]
        for _ in range(1 << WINDOW):
            row.append((*_flat(_add(row[-1], base)), 1))
        tables.append(row[: (1 << WINDOW) + 1])
        base = row[1 << WINDOW]
    return tables


def _times(number: int, point: Point) -> Jacobian:
    found = NOWHERE
    for row in _table(*point):
        found = _add(found, row[number & MASK])
        number >>= WINDOW
    return found


def _times_evenly(number: int) -> Point:
    """A secret multiple of the base point: a place with zero adds sixteen and borrows one, so that each place adds."""
    start = secrets.randbelow(P - 2) + 2  # another writing of the same point each time
    found: Jacobian = NOWHERE
    for row in _table(GX, GY):
        digit = number & MASK or 1 << WINDOW
        number = (number - digit) >> WINDOW
        x, y, _ = row[digit]
        if found is NOWHERE:
            square = start * start % P
            found = x * square % P, y * square * start % P, start
        else:
            found = _add(found, (x, y, 1))
        if not number:
            return _flat(found)
    raise ArithmeticError("a number of more places than the table has")


def on_curve(x: int, y: int) -> bool:
    """Whether the point is one of the curve."""
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def packed(point: Point) -> bytes:
    """33 bytes: which half of the curve, then x."""
    return bytes([2 + (point[1] & 1)]) + point[0].to_bytes(32, "big")


def unpacked(data: bytes) -> Point:
    """The point again. Raises ``ValueError`` where there is none."""
    if len(data) != 33 or data[0] not in (2, 3):
        raise ValueError("no public key of SM2")
    x = int.from_bytes(data[1:], "big")
    square = (x * x * x + A * x + B) % P
    y = pow(square, (P + 1) // 4, P)
    if x >= P or y * y % P != square:
        raise ValueError("no point of the curve")
    return x, y if y & 1 == data[0] & 1 else P - y


def _digest(point: Point, data: bytes, identity: bytes) -> int:
    """What is signed: the digest of who signs (ZA) and the message (GB/T 32918.2 §5.5, §6.1)."""
    of_curve = b"".join(one.to_bytes(32, "big") for one in (A, B, GX, GY, *point))
    who = sm3((8 * len(identity)).to_bytes(2, "big"), identity, of_curve)
    return int.from_bytes(sm3(who, data), "big")


class Verifier:
    """A public key, as 33 bytes."""

    algorithm = ALGORITHM

    def __init__(self, public: bytes, identity: bytes = IDENTITY) -> None:
        self.point, self._identity, self._public = unpacked(public), identity, public

    def verify(self, data: bytes, signature: bytes, /) -> bool:
        """Whether ``signature`` (r and s, 32 bytes each) was made over ``data``."""
        if len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        t = (r + s) % N
        if not (0 < r < N and 0 < s < N and t):
            return False
        found = _add(_times(s, (GX, GY)), _times(t, self.point))
        return bool(found[2]) and (_digest(self.point, data, self._identity) + _flat(found)[0]) % N == r

    def public(self) -> bytes:
        """33 bytes."""
        return self._public


class Signer:
    """A private key: 32 bytes, a number from 1 to the order less 2."""

    algorithm = ALGORITHM

    def __init__(self, secret: bytes, identity: bytes = IDENTITY) -> None:
        self._secret = int.from_bytes(secret, "big")
        if len(secret) != 32 or not 0 < self._secret < N - 1:
            raise ValueError("no private key of SM2")
        self._inverse = pow(1 + self._secret, -1, N)
        self._bytes, self._identity = secret, identity
        self.point = _times_evenly(self._secret + N)

    def sign(self, data: bytes, /) -> bytes:
        """64 bytes: r and s."""
        e = _digest(self.point, data, self._identity)
        while True:
            seed = hmac.digest(self._bytes + secrets.token_bytes(32), e.to_bytes(32, "big"), "sha512")
            k = int.from_bytes(seed, "big") % (N - 1) + 1
            made = self._signed(e, k)
            if made:
                return made

    def _signed(self, e: int, k: int) -> bytes | None:
        """The signature with a given nonce, None where the nonce does not serve (once in 2^256)."""
        x, _ = _times_evenly(k + N * (1 << 32 | secrets.randbits(32)))
        r = (e + x) % N
        s = self._inverse * (k - r * self._secret) % N
        if not r or not s or (r + k) % N == 0:
            return None
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(packed(self.point), self._identity)
