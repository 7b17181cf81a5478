"""Files of lists that were taken away: under the home, their owner's alone, gone after a day."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

KEPT = dt.timedelta(hours=24)


def _folder() -> Path:
    folder = Path(settings.HOME) / "taken"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def begin(account: int, at: dt.datetime, **said: Any) -> str:
    """A new file to be made for an account; returns its token."""
    token = secrets.token_hex(16)
    write(token, account=account, at=at.isoformat(), state="working", rows=0, **said)
    return token


def write(token: str, **more: Any) -> None:
    """Say more of a file (its state, how many rows are in it)."""
    note = _folder() / f"{token}.json"
    said = {**(json.loads(note.read_text()) if note.exists() else {}), **more}
    draft = note.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(said, ensure_ascii=False))
    draft.replace(note)


def read(token: str, at: dt.datetime) -> dict[str, Any] | None:
    """What is said of a file; None when there is none or its day is over."""
    note = _folder() / f"{token}.json"
    if not token.isalnum() or not note.exists():
        return None
    said: dict[str, Any] = json.loads(note.read_text())
    return said if dt.datetime.fromisoformat(said["at"]) + KEPT > at else None


def put(token: str, data: bytes) -> None:
    """The file itself, readable for this service only."""
    path = _folder() / f"{token}.xlsx"
    path.touch(mode=0o600)
    path.write_bytes(data)


def content(token: str, at: dt.datetime) -> bytes | None:
    """The file's content while its day lasts."""
    path = _folder() / f"{token}.xlsx"
    return path.read_bytes() if read(token, at) is not None and path.exists() else None


def sweep(at: dt.datetime) -> int:
    """Take away what is older than a day; returns how many."""
    gone = 0
    for note in _folder().glob("*.json"):
        if read(note.stem, at) is None:
            note.with_suffix(".xlsx").unlink(missing_ok=True)
            note.unlink(missing_ok=True)
            gone += 1
    return gone
