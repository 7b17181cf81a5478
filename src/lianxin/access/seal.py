"""Sealed values: identity numbers, phones and accounts at rest, and the exact search over them.

AES-256-GCM under a key derived for one person from the installation's key and the person's salt: destroying the salt
destroys the values. The first byte is the key's version. Search goes over an HMAC that only this installation can make.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = b"\x01"
Sealed = bytes | memoryview  # PostgreSQL hands out views


@cache
def _key(name: str) -> bytes:
    return bytes.fromhex(settings.KEYS[name])


def salt() -> bytes:
    """A new person's salt."""
    return os.urandom(16)


def seal(value: str, person_salt: Sealed, field: str) -> bytes:
    """The sealed form of ``value``; ``field`` (``id``, ``phone``, ``account``) is bound into it."""
    key = hmac.digest(_key("seal"), bytes(person_salt), "sha256")
    nonce = os.urandom(12)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, value.encode(), field.encode())


class Sealer:
    """Seals several values of one person with the key derived once."""

    __slots__ = ("_box",)

    def __init__(self, person_salt: Sealed) -> None:
        self._box = AESGCM(hmac.digest(_key("seal"), bytes(person_salt), "sha256"))

    def seal(self, value: str, field: str) -> bytes:
        """As :func:`seal`."""
        nonce = os.urandom(12)
        return VERSION + nonce + self._box.encrypt(nonce, value.encode(), field.encode())


def unseal(sealed: Sealed, person_salt: Sealed, field: str) -> str:
    """The value again. Raises ``ValueError`` for a value that was altered or sealed under another key."""
    sealed = bytes(sealed)
    if sealed[:1] != VERSION:
        raise ValueError("sealed under an unknown key version")
    key = hmac.digest(_key("seal"), bytes(person_salt), "sha256")
    try:
        return AESGCM(key).decrypt(sealed[1:13], sealed[13:], field.encode()).decode()
    except Exception as error:
        raise ValueError("this sealed value cannot be opened") from error


def mark(value: str, field: str) -> bytes:
    """What an exact search compares: 16 bytes of a keyed hash, the same for the same value."""
    return hmac.digest(_key("search"), f"{field}:{value}".encode(), hashlib.sha256)[:16]
