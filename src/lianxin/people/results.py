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
    elsewhere: bool = False  # a column of another ledger: known, but not to be changed by this one


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one file before and after, in words, numbers masked; blank where there is nothing.

    ``field`` is the code of the ledger's column, or of the group where several values change together.
    """

    person: int
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one service would become for those whom a ledger touches: who gains it, loses it, gets another amount.

    Amounts are sums in fen over the touched, before and after. ``gained`` and ``lost`` name some of them, for opening.
    """

    service: str
    zh: str
    en: str
    subject: str
    gains: int
    loses: int
    differs: int
    before: int
    after: int
    gained: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a ledger would do. ``lines`` are the first changes of files that there are, ``counts`` all of them by field.

    ``token`` tells this very plan; give it back when loading, so that nothing else is loaded. ``weighed`` is None where
    nobody asked who would gain or lose.
    """

    token: str
    lines: tuple[Line, ...]
    counts: dict[str, int]
    died: int
    moved: int
    weighed: tuple[Weighed, ...] | None


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
    ledger: str = "people"
    looks: str = "people"  # the ledger that the headers look like
    preview: Preview | None = None  # of a dry run

    def summary(self) -> dict[str, int]:
        """The counts that commands print."""
        return {"read": self.read, "added": self.added, "changed": self.changed, "unchanged": self.unchanged,
                "refused": self.refused}  # fmt: skip
