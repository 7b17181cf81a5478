"""A mistake inside the text of a condition; the loader adds the file and its line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at ``word``, on the ``line``-th line of the text (from 0)."""

    line: int
    word: str
    zh: str
    en: str
    nearest: str = ""


class ExpressionError(Exception):
    """The text is not a condition of this language."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.en for fault in faults))
