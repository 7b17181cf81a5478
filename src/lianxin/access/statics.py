"""Stylesheets, scripts and drawings: each address carries its content's digest, so that a phone fetches a file once."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@lru_cache(maxsize=512)
def _digest(path: str, changed: int) -> str:
    del changed  # a file that was edited while the server runs gets another address
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def digest(name: str) -> str:
    """The first ten characters of a file's digest; blank where there is no such file."""
    path = finders.find(name)
    if not isinstance(path, str):
        return ""
    return _digest(path, Path(path).stat().st_mtime_ns)


class Versioned(StaticFilesStorage):
    """Addresses as ``…/ui.css?v=5f1d3c…``: the same file under the same address for good."""

    def url(self, name: str | None) -> str:
        """The address of a file, with its digest."""
        plain: str = super().url(name)
        found = digest(name or "")
        return f"{plain}?v={found}" if found else plain
