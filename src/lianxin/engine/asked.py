"""What an address or a form says, read without trust: numbers that a database can hold, or nothing."""

from __future__ import annotations

import unicodedata

MOST = 18  # digits: the longest that every database takes as a whole number


def number_of(text: str) -> int | None:
    """The whole number that ``text`` says in plain digits; None for anything else, however much it looks like one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST else None


def typed_number(text: str) -> int | None:
    """The number that somebody typed by hand: with full-width digits too, as a keyboard for Chinese writes them."""
    return number_of(unicodedata.normalize("NFKC", text).strip())
