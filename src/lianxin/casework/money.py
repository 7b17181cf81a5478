"""What the bank said about lines of cases: paid ones arrive, returned ones wait to be mended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lianxin.casework import states
from lianxin.casework.delivering import tell_ends
from lianxin.casework.models import Case, Period
from lianxin.casework.moving import SOME, Moving, locked
from lianxin.engine.deliveries import Paid
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing

ARRIVES = frozenset({states.UNDERWAY})
STANDS = frozenset({states.STANDING, states.REVIEW})


def paid(*, payments: Sequence[Paid], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Lines that the bank has paid: their periods are done, their cases go on or stand. What tops a period up is noted."""
    cases = _cases(payments)
    _mark(payments, "done", at)
    moving = Moving(writer, by, at, list(cases.values()))
    for one in payments:
        case = cases[one.case]
        verb = "arrive" if case.state in ARRIVES else "period" if case.state in STANDS else "note"
        verb = "note" if one.beside else verb
        moving.follow(case, verb, reason=one.period)
    moving.settle()
    tell_ends(moving, [case for case in cases.values() if case.state == states.OPEN])


def returned(*, payments: Sequence[Paid], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Lines that came back: nothing is lost, the case says what has to be mended."""
    cases = _cases(payments)
    _mark(payments, "returned", at)
    moving = Moving(writer, by, at, list(cases.values()))
    for one in payments:
        case = cases[one.case]
        verb = "bounce" if case.state in ARRIVES | STANDS and not one.beside else "note"
        moving.follow(case, verb, reason=one.fault or "other", words=one.period)
    moving.settle()


def _cases(payments: Sequence[Paid]) -> dict[int, Case]:
    return {case.pk: case for case in locked([one.case for one in payments])}


def _mark(payments: Sequence[Paid], state: str, at: dt.datetime) -> None:
    wanted = {(one.case, one.period): one for one in payments if not one.beside}
    ids = list(dict.fromkeys(case for case, _period in wanted))
    by_day: dict[dt.date, list[int]] = {}
    for start in range(0, len(ids), SOME):
        rows = Period.objects.filter(case__in=ids[start : start + SOME], source__startswith="payment:")
        for pk, case, period in rows.values_list("pk", "case_id", "period"):
            if (case, period) in wanted:
                by_day.setdefault(wanted[case, period].on, []).append(pk)
    for on, pks in by_day.items():
        for start in range(0, len(pks), SOME):
            Period.objects.filter(pk__in=pks[start : start + SOME]).update(
                state=state, on=on if state == "done" else None, moved_at=at
            )
