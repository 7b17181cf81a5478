"""Files sealed on disk by the digest of their content: case papers, pictures in the file, copies of one's data.

A file's name is its digest, so the same content lies there once. Its key is derived from a key of the ring and the
digest; the head names the key (files of before have no head and lie under the first key).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from lianxin.access import keyring
from lianxin.access.keyring import Key

_HEAD = b"lianxin\x01"
_NONCE = 12


def keep(data: bytes) -> str:
    """Seal and store some bytes; answers their digest, by which they are read again."""
    digest = hashlib.sha256(data).hexdigest()
    path = where(digest)
    if not path.exists():
        _write(path, _sealed(data, digest))
    return digest


def read(digest: str) -> bytes:
    """The content of a stored file. Raises ``FileNotFoundError``, or ``ValueError`` where it was altered on disk."""
    sealed = where(digest).read_bytes()
    try:
        key, body = _key_of(sealed)
        return key.box(_salt(digest)).decrypt(body[:_NONCE], body[_NONCE:], digest.encode())
    except Exception as broken:
        raise ValueError("this paper was altered on disk") from broken


def remove(digest: str) -> bool:
    """Take a file away for good. The caller has made sure that nothing names it any more."""
    path = where(digest)
    if not path.exists():
        return False
    path.unlink()
    return True


def stored(after: str = "", limit: int = 200) -> list[str]:
    """Digests of stored files in their order, for work that goes through all of them."""
    found: list[str] = []
    for digest in _all(after[:2]):
        if digest > after:
            found.append(digest)
            if len(found) == limit:
                break
    return found


def _all(first: str) -> Iterator[str]:
    root = Path(settings.MEDIA_ROOT)
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if folder.is_dir() and len(folder.name) == 2 and folder.name >= first:
            yield from sorted(file.name for file in folder.iterdir() if len(file.name) == 64)


def reseal(digest: str) -> bool:
    """Put a file under the active key; answers whether it lay under another."""
    active = keyring.ring().active
    path = where(digest)
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        return False
    if _key_of(sealed)[0].id == active.id:
        return False
    _write(path, _sealed(read(digest), digest))
    return True


def where(digest: str) -> Path:
    """A stored file's place; only a digest has one."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise FileNotFoundError("no such paper")
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def _salt(digest: str) -> bytes:
    return b"paper:" + digest.encode()


def _key_of(sealed: bytes) -> tuple[Key, bytes]:
    if not sealed.startswith(_HEAD):
        return keyring.holding(1), sealed
    return keyring.holding(sealed[len(_HEAD)]), sealed[len(_HEAD) + 1 :]


def _sealed(data: bytes, digest: str) -> bytes:
    key, nonce = keyring.ring().active, os.urandom(_NONCE)
    return _HEAD + key.version + nonce + key.box(_salt(digest)).encrypt(nonce, data, digest.encode())


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: written beside, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
