"""What the room refuses."""

from __future__ import annotations

from lianxin.engine.refusal import Refusal


class LedgerRefused(Refusal):
    """A ledger that cannot be read at all; nothing was written."""


class TooLarge(LedgerRefused):
    """A workbook that would unpack to too much."""


class PersonRefused(Refusal):
    """Something about one file that cannot be done; nothing was changed."""
