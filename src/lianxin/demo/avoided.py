"""Names that nobody in the generated city may bear, kept as digests so that they stand nowhere in clear."""

from __future__ import annotations

import hashlib
from pathlib import Path

AVOIDED: frozenset[str] = frozenset(Path(__file__).with_name("avoided.txt").read_text().split())


def digest(name: str) -> str:
    """What is kept of a name that is avoided."""
    return hashlib.blake2b(name.encode(), digest_size=6, person=b"lianxin").hexdigest()


def avoided(name: str) -> bool:
    """Whether ``name`` is a real, well-known person's."""
    return digest(name) in AVOIDED
