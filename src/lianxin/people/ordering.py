"""An import from the file to its result: one ledger, or several of which the next is read while one is written."""

# ruff: noqa: E501  (a sentence is one line)

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lianxin.engine import clock
from lianxin.engine.beside import Here
from lianxin.engine.scope import Actor
from lianxin.people import ahead, importing, previewing, returned, undoing
from lianxin.people.attributes import attribute_columns
from lianxin.people.errors import LedgerRefused
from lianxin.people.ledgers import Kind
from lianxin.people.models import Import
from lianxin.people.preparing import Reading, begin, prepared, reading
from lianxin.people.reading import Fault, Ledger
from lianxin.people.results import ImportResult, Progress


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked: which file, as which ledger (None: as what it looks like), how, by whom."""

    path: Path
    kind: Kind | None
    by: Actor
    at: dt.datetime
    area: str = ""
    dry: bool = False
    weigh: bool = False  # with ``dry``: also judge who would gain or lose what
    errors: Path | None = None
    as_previewed: str = ""


@dataclass(slots=True)
class Begun:
    """A ledger that is being read: the run it goes on with where there is one, and the rows, to be waited for."""

    halfway: Import | None
    at: dt.datetime
    read: Reading


def begun(order: Order, helper: Here) -> Begun:
    """Begin to read a ledger."""
    halfway = None if order.dry else undoing.halfway(digest(order.path))
    at = halfway.at if halfway is not None else order.at
    return Begun(halfway, at, reading(helper, order.path, order.by, at, order.area, order.kind))


def run_each(orders: Iterable[Order], progress: Callable[[int], Progress | None]) -> Iterator[ImportResult]:
    """Ledgers one after the other: the next is read while the last rows of the one before are written."""
    waiting = iter(orders)
    order = next(waiting, None)
    with ahead.opened(wanted=order is not None and ahead.wanted(order.path)) as helper:
        here = begun(order, helper) if order is not None else None
        number = 0
        while order is not None and here is not None:
            following: list[tuple[Order, Begun]] = []

            def follow(following: list[tuple[Order, Begun]] = following) -> None:
                if (more := next(waiting, None)) is not None:
                    following.append((more, begun(more, helper)))

            yield run_ledger(order, progress(number), helper, here, follow)
            order, here = following[0] if following else (None, None)
            number += 1


def run_alone(order: Order, progress: Progress | None) -> ImportResult:
    """One ledger; see :func:`lianxin.people.actions.import_ledger`."""
    with ahead.opened(wanted=not order.dry and ahead.wanted(order.path)) as helper:
        return run_ledger(order, progress, helper, begun(order, helper))


def run_ledger(
    order: Order, progress: Progress | None, helper: Here, begun: Begun, follow: Callable[[], None] | None = None
) -> ImportResult:
    """Read, match, file, link and show one ledger, with a helper beside; ``follow`` begins the next one."""
    halfway, at = begun.halfway, begun.at
    found = prepared(begun.read, order.by, order.area)
    made = halfway or begin(order.path, digest(order.path), order.by, at, order.area, found.kind)
    undone = "" if order.dry else _stale(made, order.by, order.at)
    if order.dry:
        return _looked_at(order, made, found, progress)
    if order.as_previewed and halfway is None and not previewing.still(order.as_previewed):
        again = Order(order.path, found.kind, order.by, at, order.area, dry=True)
        anew = reading(helper, order.path, order.by, at, order.area, found.kind)
        seen = _looked_at(again, copy(made), prepared(anew, order.by, order.area), None)
        if seen.preview is None or not previewing.same(order.as_previewed, seen.preview.token):
            raise LedgerRefused(
                _("The files have changed since you looked, and the ledger would now do something else. Nothing was changed; look at it again.")
            )  # fmt: skip
    run = _started(made, order.by, found, None)
    run.helper, run.following = helper, follow
    importing.chunks(run, progress)
    if run.following is not None:  # a ledger without rows
        run.following()
    remarks = importing.link(run, progress)
    found.faults += remarks
    importing.show(run)
    if order.errors is not None and (found.refused or remarks):
        returned.write(order.path, Path(order.errors), found)
    return _result(made, found, remarks, resumed=halfway is not None, undone=undone)


def digest(path: Path) -> str:
    """What tells one file from another."""
    found = hashlib.sha256()
    with path.open("rb") as data:
        while piece := data.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def _started(made: Import, by: Actor, found: Ledger, gathering: previewing.Gathering | None) -> importing.Run:
    city = tuple(column.code for column in attribute_columns() if column.code in found.rows.columns)
    run = importing.Run(made, by, made.at, found, attributes=city, preview=gathering)
    importing.matched(run)
    return run


def _looked_at(order: Order, made: Import, found: Ledger, progress: Progress | None) -> ImportResult:
    """A dry run: what would be done, and who would gain or lose what."""
    with previewing.Gathering(made.file_digest, weigh=order.weigh) as gathering:
        run = _started(made, order.by, found, gathering)
        importing.chunks(run, progress)
        remarks = importing.link(run, None)
        found.faults += remarks
        made.added, made.changed, made.refused, made.read = run.added, len(run.changed), len(found.refused), found.read
        made.unchanged = max(made.read - made.added - made.changed - made.refused, 0)
        preview = gathering.told(run.changed, clock.day(run.at), order.by)
    if order.errors is not None and (found.refused or remarks):
        returned.write(order.path, Path(order.errors), found)
    return _result(made, found, remarks, preview=preview)


def _result(made: Import, found: Ledger, remarks: Sequence[Fault], **more: Any) -> ImportResult:
    return ImportResult(
        made.read, made.added, made.changed, made.unchanged, made.refused, made.run, len(remarks),
        tuple(found.unknown), ledger=found.kind.code, looks=found.looks, **more,
    )  # fmt: skip


def _stale(made: Import, by: Actor, at: dt.datetime) -> str:
    """Undo the run of another file that was killed halfway; returns its name."""
    names = []
    for other in Import.objects.filter(state="applying").exclude(run=made.run):
        undoing.undo(run=other.run, by=by, at=at)
        names.append(other.file_name)
    return ", ".join(names)
