"""What a demo home says about itself: ``demo.json``, whose existence makes it one."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings


def path(home: Path | None = None) -> Path:
    """Where it stands."""
    return (home or settings.HOME) / "demo.json"


def read(home: Path | None = None) -> dict[str, Any]:
    """What it says; an empty one where it is half written."""
    try:
        said: dict[str, Any] = json.loads(path(home).read_text())
    except (OSError, ValueError):
        return {}
    return said


def write(said: dict[str, Any], home: Path | None = None) -> None:
    """Replace it as one."""
    draft = path(home).with_suffix(".draft")
    draft.write_text(json.dumps(said, ensure_ascii=False, indent=1))
    os.replace(draft, path(home))


@lru_cache(maxsize=1)
def _complete(stamp: int) -> dict[str, Any]:
    del stamp
    return read()


def current() -> dict[str, Any]:
    """What it says now, read again only when it changed."""
    try:
        return _complete(path().stat().st_mtime_ns)
    except OSError:
        return {}
