"""Write the register: post what was delivered, reverse what was not. Nothing is ever edited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.outcomes.imports import COLUMN_NAMES as COLUMNS
from lianxin.outcomes.imports import ImportResult, import_outcomes
from lianxin.outcomes.models import Outcome
from lianxin.outcomes.posted import Posted, UnfitOutcome

__all__ = ["ImportResult", "Posted", "UnfitOutcome", "import_outcomes", "post", "reverse"]
REVERSED = "/reversed"
Piece = TypeVar("Piece", Posted, Outcome)
MANY = 200  # from here on rows are loaded and read back
SOME = 900  # names asked for in one query: below every database's limit of parameters


def post(*, outcomes: Sequence[Posted], by: Actor, at: dt.datetime, writer: Writing | None = None) -> list[Outcome]:
    """Post deliveries to the register; returns one row for each of ``outcomes``, in order.

    One or a hundred thousand alike. A source that the register already holds (or that stands twice in the batch)
    is written once and its existing row returned, whatever else it says now. Give the ``writer`` of the action in
    whose transaction the delivery happens; without one the posting is an action of its own.
    Raises :class:`UnfitOutcome` before anything is written.
    """
    for outcome in outcomes:
        outcome.check()
    held = _held(one.source for one in outcomes)
    fresh = {one.source: one for one in reversed(outcomes) if one.source not in held}
    ordered = [fresh.pop(one.source) for one in outcomes if one.source in fresh]
    for service, some in _apart(ordered) if writer is None else [("", ordered)]:
        with _writing(writer, "outcomes.post", by, at, service) as writing:
            held.update(_written(writing, some, at))
            if writer is None:
                writing.say(posted=len(some))
    return [held[one.source] for one in outcomes]


def reverse(
    *, sources: Sequence[str], by: Actor, at: dt.datetime, reason: str, writer: Writing | None = None
) -> list[Outcome]:
    """Reverse posted rows by their sources: appends one row each that takes quantity and amount back.

    The reversal keeps the day, place and people of what it reverses, so that every period and area cancels; when it
    became known is its ``recorded_at``. Reversing again changes nothing and returns the reversal already there.
    Raises :class:`UnfitOutcome` for a source that the register does not hold, or that is a reversal itself.
    ``reason`` names no person; it goes to the journal (with a ``writer``, the caller's entry says it).
    """
    wanted = list(dict.fromkeys(sources))
    held = _held(wanted)
    lost = [source for source in wanted if source not in held]
    if lost:
        raise UnfitOutcome(f"the register holds no outcome from {lost[0]}")
    if any(row.reverses_id is not None for row in held.values()):
        raise UnfitOutcome("a reversal is not reversed: post what was delivered under a source of its own")
    done = _held(source + REVERSED for source in wanted)
    todo = [held[source] for source in wanted if source + REVERSED not in done]
    for service, some in _apart(todo) if writer is None else [("", todo)]:
        with _writing(writer, "outcomes.reverse", by, at, service) as writing:
            done.update(_taken_back(writing, some, at))
            if writer is None:
                writing.say(reversed=len(some), reason=reason)
    return [done[source + REVERSED] for source in sources]


@contextmanager
def _writing(writer: Writing | None, action: str, by: Actor, at: dt.datetime, service: str) -> Iterator[Writing]:
    if writer is not None:
        yield writer
        return
    with journal.entry(action=action, by=by, at=at, service=service) as made:
        yield made


def _apart(rows: Sequence[Piece]) -> list[tuple[str, list[Piece]]]:
    """Open rows together, those of each sealed service under an entry that only its access list may read."""
    groups: dict[str, list[Piece]] = {}
    for row in rows:
        groups.setdefault(row.service if row.sealed else "", []).append(row)
    return list(groups.items())


def _held(sources: Iterable[str]) -> dict[str, Outcome]:
    """The rows that the register already holds, by source."""
    names = list(dict.fromkeys(sources))
    found: dict[str, Outcome] = {}
    for start in range(0, len(names), SOME):
        for row in Outcome.objects.filter(source__in=names[start : start + SOME]):
            found[row.source] = row
    return found


def _written(writing: Writing, some: Sequence[Posted], at: dt.datetime) -> dict[str, Outcome]:
    """The rows of fresh deliveries, by source: many go through the database's fastest road and are read back."""
    values = [_values(one, at) for one in some]
    if len(some) < MANY:
        made = writing.add([Outcome(**dict(zip(COLUMNS, row, strict=True))) for row in values])
        return {row.source: row for row in made}
    writing.load(Outcome, COLUMNS, values)
    return _held(one.source for one in some)


def _values(one: Posted, at: dt.datetime) -> tuple[Any, ...]:
    return (
        one.kind, one.service, one.programme, one.category, one.level, one.area, one.person, one.family,
        one.organisation, one.place, one.case, one.happened_on, one.ended_on, one.quantity, one.unit, one.amount,
        one.source, None, one.sealed, at,
    )  # fmt: skip


def _taken_back(writing: Writing, some: Sequence[Outcome], at: dt.datetime) -> dict[str, Outcome]:
    """The reversing rows, by source."""
    places = {name: place for place, name in enumerate(COLUMNS)}
    values = []
    for one in some:
        row = [getattr(one, name) for name in COLUMNS]
        row[places["quantity"]] = -one.quantity
        row[places["amount"]] = None if one.amount is None else -one.amount
        row[places["source"]], row[places["reverses_id"]] = one.source + REVERSED, one.pk
        row[places["recorded_at"]] = at
        values.append(tuple(row))
    if len(some) < MANY:
        made = writing.add([Outcome(**dict(zip(COLUMNS, row, strict=True))) for row in values])
        return {row.source: row for row in made}
    writing.load(Outcome, COLUMNS, values)
    return _held(one.source + REVERSED for one in some)
