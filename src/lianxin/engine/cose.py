"""Signed messages: COSE_Sign1 (RFC 9052 §4.2), and the three ways of signing that are known here.

A signer holds a private key, a verifier its public half; both say which algorithm they are for, so that a message is
never checked by another algorithm than its key's. SM2 (GB/T 32918) has no number at IANA: it carries one from the
range for private use.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from lianxin.engine import cbor, sm2

ALG, CRIT, KID = 1, 2, 4  # headers
EDDSA, ES256, SM2 = -8, -7, -65538
NAMES = {EDDSA: "Ed25519", SM2: "SM2", ES256: "ES256"}
SIGN1 = 18  # the tag
SIGNATURE = 64  # bytes, with each of them


class NotSigned(ValueError):  # noqa: N818  an answer about a message, not a fault of ours
    """The message is no COSE_Sign1, or names what is not understood; ``code`` says which."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(why or code)
        self.code = code


class Signer(Protocol):
    """Holds a private key."""

    algorithm: int

    def sign(self, data: bytes, /) -> bytes:
        """64 bytes."""

    def verifier(self) -> Verifier:
        """The public half."""


class Verifier(Protocol):
    """Holds a public key."""

    algorithm: int

    def verify(self, data: bytes, signature: bytes, /) -> bool:
        """Whether ``signature`` was made over ``data``."""

    def public(self) -> bytes:
        """The key itself: 32 bytes of Ed25519, else 33 (which half of the curve, then x)."""


class Ed25519:
    """The public half of an Ed25519 key (RFC 8032)."""

    algorithm = EDDSA

    def __init__(self, public: bytes) -> None:
        self._public, self._key = public, Ed25519PublicKey.from_public_bytes(public)

    def verify(self, data: bytes, signature: bytes, /) -> bool:
        """Whether ``signature`` was made over ``data``."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def public(self) -> bytes:
        """32 bytes."""
        return self._public


class Ed25519Signer:
    """An Ed25519 key; ``secret`` is its seed of 32 bytes."""

    algorithm = EDDSA

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    def sign(self, data: bytes, /) -> bytes:
        """64 bytes."""
        return self._key.sign(data)

    def verifier(self) -> Verifier:
        """The public half."""
        return Ed25519(self._key.public_key().public_bytes_raw())


class P256:
    """The public half of an ES256 key: what phones hold, since every browser can keep one that nobody takes out."""

    algorithm = ES256

    def __init__(self, public: bytes) -> None:
        self._public = public
        self._key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)

    def verify(self, data: bytes, signature: bytes, /) -> bool:
        """Whether ``signature`` (r and s, 32 bytes each) was made over ``data``."""
        if len(signature) != SIGNATURE:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            self._key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def public(self) -> bytes:
        """33 bytes."""
        return self._public


class P256Signer:
    """An ES256 key, as a phone would hold it: for tests and measurements; phones sign in the browser."""

    algorithm = ES256

    def __init__(self, secret: bytes) -> None:
        self._key = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())

    def sign(self, data: bytes, /) -> bytes:
        """64 bytes: r and s."""
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verifier(self) -> Verifier:
        """The public half."""
        point = self._key.public_key().public_numbers()
        return P256(bytes([2 + (point.y & 1)]) + point.x.to_bytes(32, "big"))


def signer(algorithm: int, secret: bytes) -> Signer:
    """The signer for a secret of 32 bytes. Raises :class:`NotSigned` (``algorithm``)."""
    if algorithm == EDDSA:
        return Ed25519Signer(secret)
    if algorithm == SM2:
        return sm2.Signer(secret)
    raise NotSigned("algorithm")


def verifier(algorithm: int, public: bytes) -> Verifier:
    """The verifier for a public key. Raises :class:`NotSigned` (``algorithm``), ``ValueError`` where it is no key."""
    if algorithm == EDDSA:
        return Ed25519(public)
    if algorithm == ES256:
        return P256(public)
    if algorithm == SM2:
        return sm2.Verifier(public)
    raise NotSigned("algorithm")


class Sign1(NamedTuple):
    """A message with one signature, as it was read."""

    protected: Mapping[Any, Any]
    raw: bytes  # the protected headers as they were signed
    unprotected: Mapping[Any, Any]
    payload: bytes
    signature: bytes

    @property
    def algorithm(self) -> Any:
        """What it says it is signed with, in a signed header, else in an unsigned one."""
        return self.protected.get(ALG, self.unprotected.get(ALG))


def to_sign(raw: bytes, payload: bytes, external: bytes = b"") -> bytes:
    """What a signature covers (RFC 9052 §4.4)."""
    return b"".join((b"\x84\x6aSignature1", cbor.head(2, len(raw)), raw, cbor.head(2, len(external)), external,
                     cbor.head(2, len(payload)), payload))  # fmt: skip


def sign(payload: bytes, key: Signer, headers: Mapping[int, Any] | None = None) -> bytes:
    """A tagged COSE_Sign1; algorithm and ``headers`` are covered by the signature, nothing stands outside it."""
    raw = cbor.encode({ALG: key.algorithm, **(headers or {})})
    signature = key.sign(to_sign(raw, payload))
    return b"".join((b"\xd2\x84", cbor.head(2, len(raw)), raw, b"\xa0", cbor.head(2, len(payload)), payload, b"\x58\x40",
                     signature))  # fmt: skip


def read(data: bytes, *, largest: int = cbor.LARGEST, tagged: bool = False, ordered: bool = True) -> Sign1:
    """A message, taken apart and not yet believed. Raises :class:`NotSigned` (``garbage``, ``critical``).

    ``tagged`` asks for the tag; without it a message may do without. A header that must be understood and is not known
    here (RFC 9052 §3.1) refuses the message.
    """
    try:
        said = cbor.decode(data, largest=largest, ordered=ordered)
        if isinstance(said, cbor.Tagged):
            if said.tag != SIGN1:
                raise NotSigned("garbage", "another tag")
            said = said.value
        elif tagged:
            raise NotSigned("garbage", "no tag")
        if not isinstance(said, list) or len(said) != 4:
            raise NotSigned("garbage", "not four parts")
        raw, unprotected, payload, signature = said
        if not (isinstance(raw, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
            raise NotSigned("garbage", "parts of another kind")
        protected = _headers(raw, ordered)
    except cbor.NotCbor as error:
        raise NotSigned("garbage", str(error)) from None
    if not isinstance(protected, dict) or not isinstance(unprotected, dict):
        raise NotSigned("garbage", "headers of another kind")
    if unprotected and protected.keys() & unprotected.keys():
        raise NotSigned("garbage", "a header twice")
    if CRIT in unprotected:
        raise NotSigned("garbage", "crit outside the signature")
    if CRIT in protected:
        critical = protected[CRIT]
        if not isinstance(critical, list) or not critical or any(one not in (ALG, CRIT, KID) for one in critical):
            raise NotSigned("critical", "a header that must be understood")
    return Sign1(protected, raw if protected else b"", unprotected, payload, signature)


@lru_cache(maxsize=64)
def _headers(raw: bytes, ordered: bool) -> Any:
    """Signed headers, of which a city has a handful; who reads them changes nothing in them."""
    return cbor.decode(raw, largest=256, ordered=ordered) if raw else {}


def verified(message: Sign1, key: Verifier, external: bytes = b"") -> bool:
    """Whether ``key`` signed the message. Raises :class:`NotSigned` (``algorithm``) where it names another algorithm."""
    if message.algorithm != key.algorithm or isinstance(message.algorithm, bool):
        raise NotSigned("algorithm")
    return key.verify(to_sign(message.raw, message.payload, external), message.signature)
