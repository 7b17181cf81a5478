"""What an import answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A header, or a whole sheet where ``header`` is blank, that was not read; and the nearest header there is."""

    sheet: str
    header: str
    nearest: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a ledger. ``unknown`` are headers nobody knows; ``remarks`` are cells of good rows left out."""

    read: int
    added: int
    changed: int
    unchanged: int
    refused: int
    run: str
    remarks: int = 0
    unknown: tuple[Unknown, ...] = ()
    resumed: bool = False
    undone: str = ""  # the run of another file that had been interrupted, and was undone first

    def summary(self) -> dict[str, int]:
        """The counts that commands print."""
        return {"read": self.read, "added": self.added, "changed": self.changed, "unchanged": self.unchanged,
                "refused": self.refused}  # fmt: skip
