"""The city's credential: few claims, signed, small enough for a code that a cheap camera reads.

A credential is a CWT (RFC 8392) in a COSE_Sign1: who issues (the city's prefix), a number that says nothing, from when
until when, and one list ``[form, kind, classes]``. No name, no ID number, no unit, no place. As text it is the decimal
writing of its bytes, which a QR code packs at 10 bits for three digits and which no reader, link or keyboard alters.
The code holds an address with the text behind ``#``: what follows ``#`` never leaves the phone.

In the app the credential names the phone's key (``cnf``, RFC 8747) and is good only inside a *showing*: the phone
signs it together with the moment, anew every few seconds. A picture of the screen is old within a minute.
docs/decisions/0023-credential.md says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from lianxin.engine import cbor, cose

ISS, EXP, NBF, IAT, CTI, CNF = 1, 4, 5, 6, 7, 8  # claims (RFC 8392, 8747)
OURS = -65537  # [form, kind, classes], from the range for private use
CARD, APP, PAPER = 0, 1, 2  # forms
FORMS = {CARD: "card", APP: "app", PAPER: "paper"}
KINDS = {1: "veteran", 2: "bereaved"}
CLASSES = 32  # numbered from 0; each is a bit
NUMBERS = 1 << 24
LONGEST = 720  # digits: a showing signed with any algorithm has fewer
FRESH = 60  # seconds for which a showing is good
AHEAD = 30  # seconds by which a phone's clock may run ahead
SHOWS_EVERY = 20  # seconds after which the phone signs anew
WHEN = 1 << 40  # no time beyond this is read

CODES = ("empty", "oversized", "garbage", "algorithm", "other-city", "unknown-key", "forged", "not-yet", "expired",
         "copied", "stale", "ahead")  # fmt: skip


class Refused(ValueError):  # noqa: N818  an answer about a code, not a fault of ours
    """A code that is not believed; ``code`` is one of :data:`CODES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Credential(NamedTuple):
    """What a credential says. Times are seconds since 1970, ``until`` the first moment at which it is over."""

    issuer: str
    number: int
    form: int
    kind: int
    classes: frozenset[int]
    since: int
    until: int
    holder: bytes = b""  # the phone's key (33 bytes of P-256); only in the app


class Checked(NamedTuple):
    """A credential that was believed, under which key, and when the phone showed it (None for paper and card)."""

    credential: Credential
    key: int
    algorithm: int
    shown: int | None


def payload(said: Credential) -> bytes:
    """The claims as they are signed."""
    claims: dict[int, object] = {
        ISS: said.issuer, EXP: said.until, NBF: said.since, CTI: said.number.to_bytes(3, "big"),
        OURS: [said.form, said.kind, sum(1 << one for one in said.classes)],
    }  # fmt: skip
    if said.holder:
        claims[CNF] = {1: {1: 2, -1: 1, -2: said.holder[1:], -3: said.holder[0] == 3}}
    return cbor.encode(claims)


def sign(said: Credential, key: cose.Signer, number: int) -> bytes:
    """The signed credential, under the ``number`` of the key."""
    return cose.sign(payload(said), key, {cose.KID: bytes([number])})


def show(signed: bytes, key: cose.Signer, at: int) -> bytes:
    """A showing: the credential and the moment, signed by the phone. Phones do this in the browser."""
    return cose.sign(cbor.encode([at, signed]), key)


def text(data: bytes) -> str:
    """The decimal writing of a token."""
    return str(int.from_bytes(data, "big"))


def data(said: str) -> bytes:
    """The bytes of a token's text, or of the address that carries it behind ``#``. Raises :class:`Refused`."""
    digits = said.strip().rpartition("#")[2].strip()
    if not digits:
        raise Refused("empty")
    if len(digits) > LONGEST:
        raise Refused("oversized")
    if not (digits.isascii() and digits.isdigit()) or digits[0] == "0":
        raise Refused("garbage")
    number = int(digits)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def check(said: str, *, issuer: str, keys: Mapping[int, cose.Verifier], now: int) -> Checked:
    """Read and believe a token, or raise :class:`Refused` with the one reason that helps whoever stands there.

    ``keys`` are the public keys of ``issuer`` that count; ``now`` seconds since 1970. Whether the card was lost, and
    what its holder is entitled to here, is asked elsewhere (:mod:`lianxin.engine.cardstatus`).
    """
    message = _message(data(said))
    if message.protected == {cose.ALG: cose.ES256}:
        at, inner = _shown(message)
        checked = _believed(_message(inner), issuer, keys, now)
        if checked.credential.form != APP:
            raise Refused("garbage")
        _fresh(message, checked.credential.holder, at, now)
        return Checked(checked.credential, checked.key, checked.algorithm, at)
    checked = _believed(message, issuer, keys, now)
    if checked.credential.form == APP:
        raise Refused("copied")
    return checked


def _message(token: bytes) -> cose.Sign1:
    try:
        message = cose.read(token, tagged=True)
    except cose.NotSigned:
        raise Refused("garbage") from None
    if message.unprotected:
        raise Refused("garbage")
    return message


def _believed(message: cose.Sign1, issuer: str, keys: Mapping[int, cose.Verifier], now: int) -> Checked:
    if message.algorithm not in (cose.EDDSA, cose.SM2):
        raise Refused("algorithm")
    kid = message.protected.get(cose.KID)
    if message.protected.keys() != {cose.ALG, cose.KID} or not isinstance(kid, bytes) or len(kid) != 1:
        raise Refused("garbage")
    said = claims(message.payload)
    if said.issuer != issuer:
        raise Refused("other-city")
    key = keys.get(kid[0])
    if key is None:
        raise Refused("unknown-key")
    try:
        if not cose.verified(message, key):
            raise Refused("forged")
    except cose.NotSigned:
        raise Refused("algorithm") from None
    if now < said.since:
        raise Refused("not-yet")
    if now >= said.until:
        raise Refused("expired")
    return Checked(said, kid[0], key.algorithm, None)


def claims(written: bytes) -> Credential:
    """What the claims say, each of its kind and within its bounds. Raises :class:`Refused` (``garbage``)."""
    try:
        said = cbor.decode(written)
    except cbor.NotCbor:
        raise Refused("garbage") from None
    if not isinstance(said, dict) or said.keys() - {CNF} != {ISS, EXP, NBF, CTI, OURS}:
        raise Refused("garbage")
    ours, number, issuer = said[OURS], said[CTI], said[ISS]
    since, until = said[NBF], said[EXP]
    if not isinstance(ours, list) or len(ours) != 3:
        raise Refused("garbage")
    form, kind, bits = ours
    # exactly whole numbers: True is one in Python, and none here
    if (
        not (type(form) is type(kind) is type(bits) is type(since) is type(until) is int)
        or min(form, kind, bits, since, until) < 0
    ):
        raise Refused("garbage")
    if not isinstance(number, bytes) or len(number) != 3 or not isinstance(issuer, str) or len(issuer) > 12:
        raise Refused("garbage")
    if form not in FORMS or kind not in KINDS or bits >= 1 << CLASSES or max(since, until) > WHEN:
        raise Refused("garbage")
    holder = _holder(said.get(CNF))
    if bool(holder) != (form == APP):
        raise Refused("garbage")
    return Credential(issuer, int.from_bytes(number, "big"), form, kind, _classes(bits), since, until, holder)


@lru_cache(maxsize=256)
def _classes(bits: int) -> frozenset[int]:
    return frozenset(one for one in range(CLASSES) if bits >> one & 1)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _holder(said: object) -> bytes:
    if said is None:
        return b""
    key = said.get(1) if isinstance(said, dict) and len(said) == 1 else None
    if not isinstance(key, dict) or key.keys() != {1, -1, -2, -3} or key[1] != 2 or key[-1] != 1:
        raise Refused("garbage")
    x, odd = key[-2], key[-3]
    if not isinstance(x, bytes) or len(x) != 32 or not isinstance(odd, bool):
        raise Refused("garbage")
    return bytes([2 + odd]) + x


def _shown(message: cose.Sign1) -> tuple[int, bytes]:
    try:
        said = cbor.decode(message.payload)
    except cbor.NotCbor:
        raise Refused("garbage") from None
    if not isinstance(said, list) or len(said) != 2 or not _whole(said[0]) or not isinstance(said[1], bytes):
        raise Refused("garbage")
    return said[0], said[1]


def _fresh(message: cose.Sign1, holder: bytes, at: int, now: int) -> None:
    try:
        believed = cose.verified(message, cose.verifier(cose.ES256, holder))
    except ValueError:  # a key that is no point of its curve
        believed = False
    if not believed:
        raise Refused("forged")
    if now - at >= FRESH:
        raise Refused("stale")
    if at - now > AHEAD:
        raise Refused("ahead")
