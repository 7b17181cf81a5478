"""Money is an integer number of fen (分). Nothing here is a float."""

from __future__ import annotations

import re

_YUAN = re.compile(r"^\s*(-?)\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?\s*$")


def yuan(fen: int) -> str:
    """900000 → ``9,000.00``."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{part:02d}"


def plain_yuan(fen: int) -> str:
    """900000 → ``9000.00``: the form that banks and ledgers read."""
    return yuan(fen).replace(",", "")


def fen(text: str) -> int:
    """``9,000.5`` → 900050. Raises ``ValueError`` for anything that is not an amount in yuan."""
    found = _YUAN.match(text)
    if not found:
        raise ValueError(f"not an amount in yuan: {text[:20]!r}")
    sign, whole, part = found.groups()
    value = int(whole.replace(",", "")) * 100 + int((part or "0").ljust(2, "0"))
    return -value if sign else value
