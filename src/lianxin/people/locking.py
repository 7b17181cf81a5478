"""One import at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from lianxin.people.errors import LedgerRefused


@contextmanager
def alone() -> Iterator[None]:
    """Only one import at a time: another one would plan against files that this one is changing."""
    refused = LedgerRefused(_("Another import is running. Nothing was changed; send the ledger again when it is done."))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(734211)")
            if not cursor.fetchone()[0]:
                raise refused
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(734211)")
        return
    path = Path(settings.HOME) / "import.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise refused from error
        with _unmapped():
            yield


@contextmanager
def _unmapped() -> Iterator[None]:
    """SQLite without its map of the file: an import meets every page once, and mapped pages only swell its memory."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA mmap_size")
        before = int((cursor.fetchone() or (0,))[0])
        cursor.execute("PRAGMA mmap_size = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA mmap_size = {before}")
