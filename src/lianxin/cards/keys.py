"""The keys that sign credentials: secrets in the keys file, public halves in the database and at a public address.

A key is published some days before it signs, so that a verifier that was offline meanwhile knows it by then. A key that
no longer signs is still believed until it is withdrawn; withdrawn, nothing under it counts.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access import keyring
from lianxin.access.permissions import require
from lianxin.cards.models import SigningKey
from lianxin.cards.refusals import NotNow
from lianxin.engine import cose, sm2
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

ALGORITHMS = {"Ed25519": cose.EDDSA, "SM2": cose.SM2}
AHEAD = dt.timedelta(days=14)  # a key is published before it signs
_PART = "cards"  # of the keys file


@dataclass(frozen=True, slots=True)
class Signing:
    """The key that signs now."""

    number: int
    signer: cose.Signer


@dataclass(frozen=True, slots=True)
class Key:
    """A key as operators see it; ``held`` says whether this home has its secret."""

    number: int
    algorithm: str
    state: str  # coming | signs | checks | withdrawn
    signs_from: dt.datetime
    withdrawn_at: dt.datetime | None
    held: bool


def signing(*, by: Actor, at: dt.datetime) -> Signing:
    """The key that signs; the first one is made when it is first needed. A home without its secrets makes a new one."""
    found = _signing(at)
    if found is None:
        made = _make(algorithm=settings.CARD_ALGORITHM, signs_from=at, by=by, at=at)
        found = Signing(made.number, _of(made.algorithm, _secrets()[str(made.number)]))
    return found


def _signing(at: dt.datetime) -> Signing | None:
    held = _secrets()
    rows = SigningKey.objects.filter(signs_from__lte=at, withdrawn_at__isnull=True).order_by("-signs_from", "-number")
    for row in rows:
        signer = _of(row.algorithm, held[str(row.number)]) if str(row.number) in held else None
        if signer is not None and signer.verifier().public() == bytes(row.public):  # not a key of another home's file
            return Signing(row.number, signer)
    return None


@lru_cache(maxsize=8)
def _of(algorithm: str, secret: str) -> cose.Signer:
    return cose.signer(ALGORITHMS[algorithm], bytes.fromhex(secret))


def _secrets() -> dict[str, str]:
    found: dict[str, str] = keyring.read().get(_PART, {})
    return found


@transaction.atomic
def _make(*, algorithm: str, signs_from: dt.datetime, by: Actor, at: dt.datetime) -> SigningKey:
    if algorithm not in ALGORITHMS:
        raise NotNow(_("There are two ways to sign credentials: Ed25519 and SM2."))
    number = max((0, *SigningKey.objects.values_list("number", flat=True))) + 1
    if number > 255:
        raise NotNow(_("The ring is full: 255 keys were used."))
    secret = secrets.token_bytes(32) if algorithm == "Ed25519" else _of_sm2()
    public = cose.signer(ALGORITHMS[algorithm], secret).verifier().public()
    row = SigningKey(number=number, algorithm=algorithm, public=public, made_at=at, signs_from=signs_from)
    with journal.entry(action="card.key", by=by, at=at, key=number, algorithm=algorithm) as writer:
        writer.add([row])
    keyring.keep(_PART, lambda held: {**held, str(number): secret.hex()})  # a secret without a row harms nobody
    return row


def _of_sm2() -> bytes:
    return (secrets.randbelow(sm2.N - 2) + 1).to_bytes(32, "big")


def rotate(*, algorithm: str, by: Actor, at: dt.datetime, now: bool = False) -> Key:
    """A new key: published at once, signing after :data:`AHEAD` (at once where ``now``: the old one is in other hands)."""
    require(by, "card.key")
    row = _make(algorithm=algorithm, signs_from=at if now else at + AHEAD, by=by, at=at)
    return next(one for one in ring(at) if one.number == row.number)


def withdraw(*, number: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """Nothing that this key signed is believed any more; whoever holds it is given a new credential."""
    require(by, "card.key")
    if not reason.strip():
        raise NotNow(_("Say why the key is withdrawn."))
    row = SigningKey.objects.filter(number=number, withdrawn_at__isnull=True).first()
    if row is None:
        raise NotNow(_("There is no such key that counts."))
    with transaction.atomic(), journal.entry(action="card.key.withdraw", by=by, at=at, key=number, reason=reason[:120]):
        SigningKey.objects.filter(pk=row.pk).update(withdrawn_at=at, reason=reason[:120])
        keyring.keep(_PART, lambda held: {kept: one for kept, one in held.items() if kept != str(number)})


def ring(at: dt.datetime) -> list[Key]:
    """All keys, as they stand at ``at``."""
    held, now = _secrets(), _signing(at)
    made = []
    for row in SigningKey.objects.order_by("number"):
        state = "checks"
        if row.withdrawn_at is not None:
            state = "withdrawn"
        elif row.signs_from > at:
            state = "coming"
        elif now is not None and now.number == row.number:
            state = "signs"
        known = str(row.number) in held
        made.append(Key(row.number, row.algorithm, state, row.signs_from, row.withdrawn_at, known))
    return made


def verifiers() -> dict[int, cose.Verifier]:
    """The keys that count, by number."""
    rows = SigningKey.objects.filter(withdrawn_at__isnull=True)
    return {row.number: cose.verifier(ALGORITHMS[row.algorithm], bytes(row.public)) for row in rows}


def published(at: dt.datetime) -> dict[str, Any]:
    """The keys that count as a JWK set (RFC 7517, 8037), with whose they are: what verifiers keep."""
    keys = []
    for row in SigningKey.objects.filter(withdrawn_at__isnull=True).order_by("number"):
        said = {"kid": _text(bytes([row.number])), "use": "sig", "nbf": int(row.signs_from.timestamp())}
        if row.algorithm == "Ed25519":
            keys.append({**said, "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": _text(bytes(row.public))})
        else:
            x, y = sm2.unpacked(bytes(row.public))
            point = {"x": _text(x.to_bytes(32, "big")), "y": _text(y.to_bytes(32, "big"))}
            keys.append({**said, "kty": "EC", "crv": "SM2", "alg": "SM2", **point})
    return {"issuer": settings.CITY, "at": int(at.timestamp()), "keys": keys}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
