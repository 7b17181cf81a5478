"""Change the files: read ledgers in and take them back; write into one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from lianxin.engine.scope import Actor
from lianxin.people import undoing
from lianxin.people.filing import attest, change_account, reveal, verify_account
from lianxin.people.locking import alone
from lianxin.people.mandates import end_mandate, give_mandate
from lianxin.people.recording import Photo, end_row, keep_portrait, record, verify_row, withdraw
from lianxin.people.registering import OnFile, Opened, Wrong, alike, register
from lianxin.people.results import ImportResult, Progress
from lianxin.people.undoing import Undone

__all__ = [
    "ImportResult", "OnFile", "Opened", "Photo", "Undone", "Wrong", "alike", "attest", "change_account",
    "end_mandate", "end_row", "give_mandate", "import_each", "import_ledger", "import_people", "keep_portrait", "ready_to_read",
    "record", "register", "reveal", "turn", "undo_import", "verify_account", "verify_row", "withdraw",
]  # fmt: skip


def import_ledger(
    *,
    ledger: str,
    path: Path,
    by: Actor,
    at: dt.datetime,
    dry_run: bool = False,
    weigh: bool = False,
    errors: Path | None = None,
    area: str = "",
    as_previewed: str = "",
    progress: Progress | None = None,
) -> ImportResult:
    """Read a ledger into the files: one of :data:`ledgers.KINDS`, an exchange format, or ``auto`` (by its headers).

    Good rows load; refused ones come back in ``errors``, the same workbook with cell, reason and fix. Safe to repeat
    (what is on file already counts as unchanged) and safe to kill: the same file sent again resumes its run. With
    ``area`` only rows under that area are taken. A dry run writes nothing and answers a preview, with ``weigh`` also of
    who would gain or lose what; ``as_previewed`` (its token) refuses to load anything else than was seen. Raises
    ``LedgerRefused`` where the file cannot be read at all, or is no such ledger.
    """
    from lianxin.people import exchanges, ordering  # they bring polars

    kind = exchanges.kind(ledger)
    order = ordering.Order(Path(path), kind, by, at, area, dry_run, weigh, errors, as_previewed)
    with alone():
        return ordering.run_alone(order, progress)


def turn(*, day: dt.date, by: Actor, at: dt.datetime) -> list[int]:
    """Tell the other rooms whose files changed by the day alone; see :mod:`lianxin.people.turning`."""
    from lianxin.people import turning  # it brings polars

    return turning.turn(day=day, by=by, at=at)


def import_people(*, path: Path, by: Actor, at: dt.datetime, **given: Any) -> ImportResult:
    """A ledger of people; see :func:`import_ledger`."""
    return import_ledger(ledger="people", path=path, by=by, at=at, **given)


def import_each(
    *, paths: Iterable[Path], by: Actor, at: dt.datetime, progress: Callable[[int], Progress | None]
) -> Iterator[ImportResult]:
    """Ledgers of people one after the other, each as by :func:`import_people`, on two cores where there are two: the next
    is read while the one before is written. ``progress`` gives each ledger, counted from 0, who is told how far it is."""
    from lianxin.people import ordering  # it brings polars
    from lianxin.people.ledgers import PEOPLE

    with alone():
        yield from ordering.run_each((ordering.Order(Path(path), PEOPLE, by, at) for path in paths), progress)


def ready_to_read() -> None:
    """Large ledgers will come in a moment: start the process that reads them beside this one."""
    from lianxin.engine import beside
    from lianxin.people import ahead  # it brings polars

    beside.early(ahead.KNOWS_MODELS)


def undo_import(*, run: str, by: Actor, at: dt.datetime) -> Undone:
    """Take a whole import back, as one; says which persons stay because they were used since."""
    with alone():
        return undoing.undo(run=run, by=by, at=at)
