"""What the application's log may hold: no identity numbers, phones or accounts, whatever an error's text says."""

from __future__ import annotations

import logging
import re
import unicodedata

_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:[1-9][0-9]{16}[0-9Xx]|[0-9]{12,24}|1[3-9][0-9]{9})(?![0-9A-Za-z])")
_QUERY = re.compile(r"(\?)[^\s\"'<>]+")


class Scrubbed(logging.Formatter):
    """Formats as usual, traceback included, then takes out every number that could be somebody's, and what addresses ask."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        return scrub(super().format(record))


def scrub(text: str) -> str:
    """The text without ID numbers, phones, accounts and the searched words of addresses."""
    plain = unicodedata.normalize("NFKC", text) if not text.isascii() else text
    return _QUERY.sub(r"\1…", _NUMBERS.sub(lambda met: f"[{len(met[0])} digits]", plain))
