"""A file of secrets: changed by one process after another, written whole or not at all, no draft of it left lying.

A change reads, alters and writes under one lock (:func:`locked`); a draft that a process left behind when it was killed
goes with the next change and at the next start (:func:`sweep`).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile. Not to be entered twice by one process."""
    with os.fdopen(os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sweep(path)
        yield


def write(path: Path, said: Mapping[str, Any]) -> None:
    """The file again, readable by its owner only; the caller holds the lock."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(said, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def sweep(path: Path) -> int:
    """Drafts of processes that are no more are deleted; says how many there were."""
    done = 0
    for draft in (*path.parent.glob(f".{path.name}.*"), *path.parent.glob(f"{path.stem}.*")):
        pid = draft.suffix[1:]
        if pid.isdigit() and not _runs(int(pid)):
            draft.unlink(missing_ok=True)
            done += 1
    return done


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return pid != os.getpid()  # our own number of before: we are not writing while we sweep
