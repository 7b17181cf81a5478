"""The key ring: the keys under which values and files lie sealed, and the search keys beside them.

It lives in the keys file, never in the database and never in a backup. Each key has an id (the first byte of what is
sealed under it), a cipher, a day and a state: ``active`` (one: it seals), ``decrypt-only`` (it opens and searches) or
``retired`` (its secret is gone). A running process looks at the file once a second, so that a key that was added is
known everywhere before it becomes active: nothing stops while keys change.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianxin.engine import secretfile
from lianxin.engine.refusal import Refusal

AES, SM4 = "AES-256-GCM", "SM4-GCM"
CIPHERS = (AES, SM4)
ACTIVE, OLD, RETIRED = "active", "decrypt-only", "retired"
LOOKS_EVERY = 1.0  # second: how old a process's picture of the file may be
_TAG = 16


class Box(Protocol):
    """A cipher under one derived key: what it makes carries its own proof."""

    def encrypt(self, nonce: bytes, data: bytes, bound: bytes, /) -> bytes:
        """The sealed bytes with their tag."""

    def decrypt(self, nonce: bytes, data: bytes, bound: bytes, /) -> bytes:
        """The bytes again; raises ``InvalidTag`` where they were altered."""


class Sm4Gcm:
    """SM4 (GB/T 32907) in Galois/Counter mode as RFC 8998 has it; 12-byte nonce, 16-byte tag behind the text."""

    def __init__(self, key: bytes) -> None:
        self._sm4 = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, bound: bytes, /) -> bytes:
        """The sealed bytes with their tag."""
        made = Cipher(self._sm4, modes.GCM(nonce)).encryptor()
        made.authenticate_additional_data(bound)
        return made.update(data) + made.finalize() + made.tag

    def decrypt(self, nonce: bytes, data: bytes, bound: bytes, /) -> bytes:
        """The bytes again; raises ``InvalidTag`` where they were altered."""
        if len(data) < _TAG:
            raise InvalidTag
        opened = Cipher(self._sm4, modes.GCM(nonce, data[-_TAG:])).decryptor()
        opened.authenticate_additional_data(bound)
        return opened.update(data[:-_TAG]) + opened.finalize()


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the ring; its secrets are hexadecimal and blank once it is retired."""

    id: int
    state: str
    cipher: str
    created: str
    seal: str = ""
    search: str = ""

    @property
    def hash(self) -> str:
        """What it derives and marks with: SHA-256, and SM3 (GB/T 32905) beside SM4."""
        return "sm3" if self.cipher == SM4 else "sha256"

    @property
    def version(self) -> bytes:
        """The first byte of what is sealed under it."""
        return bytes([self.id])

    def box(self, salt: bytes) -> Box:
        """The cipher for one salt."""
        derived = hmac.digest(secret(self.seal), salt, self.hash)
        return Sm4Gcm(derived[:16]) if self.cipher == SM4 else AESGCM(derived)

    def fingerprint(self) -> str:
        """Tells this key from any other and says nothing of it."""
        return hmac.digest(secret(self.seal), b"lianxin key " + secret(self.search), "sha256").hex()[:32]


@cache
def secret(text: str) -> bytes:
    """A secret of the keys file as bytes."""
    return bytes.fromhex(text)


@dataclass(frozen=True)
class Ring:
    """All keys by id."""

    keys: Mapping[int, Key]

    @cached_property
    def active(self) -> Key:
        """The one that seals."""
        return next(key for key in self.keys.values() if key.state == ACTIVE)

    @cached_property
    def live(self) -> list[Key]:
        """Those that open and search, the active one first."""
        found = [key for key in self.keys.values() if key.state != RETIRED]
        return sorted(found, key=lambda key: (key.state != ACTIVE, -key.id))


_lock = threading.Lock()
_seen: tuple[float, tuple[int, int] | None, Ring] | None = None


def ring(*, fresh: bool = False) -> Ring:
    """The ring as the file has it, looked at once a second (at once where ``fresh``)."""
    global _seen
    now = time.monotonic()
    held = _seen
    if held is not None and not fresh and now - held[0] < LOOKS_EVERY:
        return held[2]
    with _lock:
        mark = _mark(path())
        if held is not None and held[1] == mark:
            _seen = (now, mark, held[2])
            return held[2]
        made = _ring(read())
        _seen = (now, mark, made)
        return made


def holding(number: int) -> Key:
    """The key with this id; raises ``ValueError`` where the ring does not hold it (any more)."""
    for fresh in (False, True):  # a key that another process added a moment ago is looked for once more
        found = ring(fresh=fresh).keys.get(number)
        if found is not None and found.seal:
            return found
    raise ValueError("sealed under a key that the keys file does not hold")


def path() -> Path:
    """Where the keys lie."""
    return Path(settings.KEYS_FILE)


def _mark(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def read() -> dict[str, Any]:
    """What the keys file says. Raises :class:`Refusal` where it is lost or no keys file."""
    try:
        said = json.loads(path().read_text())
    except FileNotFoundError as lost:
        raise Refusal(str(_("The keys file is gone: put it back; without it no sealed value can be read."))) from lost
    except (OSError, ValueError) as broken:
        raise Refusal(str(_("The keys file cannot be read: put back the copy you keep of it."))) from broken
    if not isinstance(said, dict) or not ("ring" in said or {"seal", "search"} <= said.keys()):
        raise Refusal(str(_("The keys file holds no keys: put back the copy you keep of it.")))
    return said


def of(said: Mapping[str, Any]) -> list[Key]:
    """The keys that a keys file names. A file of before has one: what it names ``seal`` and ``search``."""
    if "ring" in said:
        return [Key(**one) for one in said["ring"]]
    return [Key(1, ACTIVE, AES, "", said["seal"], said["search"])]


def _ring(said: Mapping[str, Any]) -> Ring:
    found = of(said)
    if sum(key.state == ACTIVE for key in found) != 1:
        raise Refusal(str(_("The keys file names no active key, or several: put back the copy you keep of it.")))
    return Ring({key.id: key for key in found})


def add(*, cipher: str, day: str) -> Key:
    """Put a new key on the ring: it opens and searches, but does not seal yet."""
    if cipher not in CIPHERS:
        raise Refusal(str(_("There are two ciphers: AES-256-GCM and SM4-GCM.")))
    with secretfile.locked(path()):
        said = read()
        held = of(said)
        waiting = [key for key in held if key.state == OLD and key.id > _ring(said).active.id]
        if waiting:
            return waiting[-1]  # begun before and stopped: it goes on with the same key
        number = max(key.id for key in held) + 1
        if number > 255:
            raise Refusal(str(_("The ring is full: 255 keys were used.")))
        made = Key(number, OLD, cipher, day, secrets.token_hex(32), secrets.token_hex(32))
        _write(said, [*held, made])
    return made


def activate(number: int) -> None:
    """From now on this key seals; the one before opens and searches."""
    change = {True: ACTIVE, False: OLD}
    with secretfile.locked(path()):
        said = read()
        _write(
            said, [key if key.state == RETIRED else replace(key, state=change[key.id == number]) for key in of(said)]
        )


def retire(number: int) -> None:
    """Destroy the secrets of a key. The caller has made sure that nothing is sealed under it any more."""
    with secretfile.locked(path()):
        said = read()
        held = of(said)
        if any(key.id == number and key.state == ACTIVE for key in held):
            raise Refusal(str(_("This key seals: make another one active first.")))
        _write(said, [replace(key, state=RETIRED, seal="", search="") if key.id == number else key for key in held])


def keep(name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Keep something of another room in the keys file, under a name of its own: never in a database or a backup.

    ``change`` is given what stands there, under the lock, and answers what is to stand there; nothing: the name goes.
    """
    with secretfile.locked(path()):
        said = read()
        _write({**said, name: change(said.get(name, {}))}, of(said))


def _write(said: Mapping[str, Any], keys: list[Key]) -> None:
    """The file again, whole or not at all; readable by its owner only."""
    made = {name: value for name, value in said.items() if value and name not in {"seal", "search", "ring"}}
    made["ring"] = [asdict(key) for key in keys]
    secretfile.write(path(), made)
    ring(fresh=True)
