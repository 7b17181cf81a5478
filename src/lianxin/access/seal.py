"""Sealed values: identity numbers, phones and accounts at rest, and the exact search over them.

Each value lies under a key derived for one person from a key of the ring and the person's salt: destroying the salt
destroys the values. The first byte is the key's id. Search goes over a keyed hash that only this installation can make;
while keys change there are two of them, and a search asks for both (:func:`marks`).
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable

from lianxin.access import keyring
from lianxin.access.keyring import Key

Sealed = bytes | memoryview  # PostgreSQL hands out views
NONCE = 12
MARK = 16


def salt() -> bytes:
    """A new person's salt."""
    return os.urandom(16)


def seal(value: str, person_salt: Sealed, field: str) -> bytes:
    """The sealed form of ``value``; ``field`` (``id``, ``phone``, ``account``) is bound into it."""
    return Sealer(person_salt).seal(value, field)


class Sealer:
    """Seals several values of one person with the key derived once."""

    __slots__ = ("_box", "_version")

    def __init__(self, person_salt: Sealed) -> None:
        key = keyring.ring().active
        self._version = key.version
        self._box = key.box(bytes(person_salt))

    def seal(self, value: str, field: str) -> bytes:
        """As :func:`seal`."""
        nonce = os.urandom(NONCE)
        return self._version + nonce + self._box.encrypt(nonce, value.encode(), field.encode())


def unseal(sealed: Sealed, person_salt: Sealed, field: str) -> str:
    """The value again. Raises ``ValueError`` for a value that was altered or sealed under another key."""
    sealed = bytes(sealed)
    key = key_of(sealed)
    try:
        box = key.box(bytes(person_salt))
        return box.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], field.encode()).decode()
    except Exception as error:
        raise ValueError("this sealed value cannot be opened") from error


def key_of(sealed: bytes) -> Key:
    """The key of the ring that opens a value; raises ``ValueError`` where the ring does not hold it (any more)."""
    return keyring.holding(sealed[0] if sealed else 0)


def mark(value: str, field: str, held: Iterable[Sealed | None] = ()) -> bytes:
    """What an exact search compares: 16 bytes of a keyed hash, the same for the same value under the same key.

    Of marks that are ``held`` already, the one of this same value is given back, whichever key made it.
    """
    made = marks(value, field)
    before = {bytes(one) for one in held if one is not None}
    return next((one for one in made if one in before), made[0])


def marks(value: str, field: str) -> list[bytes]:
    """The marks of a value under every key that still searches, the active one first: what a look-up asks for."""
    return [mark_under(key, value, field) for key in keyring.ring().live]


def marked(values: Iterable[str], field: str) -> dict[bytes, str]:
    """Mark → value for all marks of some values: what a look-up of many asks for."""
    keys = keyring.ring().live
    return {mark_under(key, value, field): value for value in values for key in keys}


def mark_under(key: Key, value: str, field: str) -> bytes:
    """The mark of a value under one key."""
    return hmac.digest(keyring.secret(key.search), f"{field}:{value}".encode(), key.hash)[:MARK]
