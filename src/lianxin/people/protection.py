"""What the law and the city set for personal data: read from ``protection.yaml`` of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from lianxin.engine import documents

FILE = "protection.yaml"


@dataclass(frozen=True, slots=True)
class Term:
    """How many years after its end something is kept; ``archive``: shut away until then, not deleted early."""

    years: int
    archive: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The age below which a guardian agrees, the version of the texts, and the terms."""

    guardian_below: int
    version: str
    terms: dict[str, Term]


def rules() -> Rules:
    """The rules in force."""
    path = Path(settings.CATALOGUE) / FILE
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _written: int) -> Rules:
    said: Any = documents.plain(documents.read(path))
    terms = {code: Term(int(one["years"]), bool(one["archive"])) for code, one in said["retention"].items()}
    return Rules(int(said["consent"]["guardian_below"]), str(said["consent"]["version"]), terms)
