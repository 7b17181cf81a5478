"""What became of cards that cases had ordered: handed over, their cases arrive; not coming, their desks decide anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lianxin.casework import states
from lianxin.casework.delivering import tell_ends
from lianxin.casework.models import Case, Period
from lianxin.casework.moving import SOME, Moving, locked
from lianxin.engine.deliveries import HandedOver
from lianxin.engine.effects import listens
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing


@listens("cards-handed", "casework")
def handed(*, cards: Sequence[HandedOver], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Cards that their holders have: the case goes on past its delivery."""
    cases = _follow(cards, "arrive", by=by, at=at, writer=writer)
    _mark(cards, "done", at)
    tell_ends(Moving(writer, by, at, cases), [case for case in cases if case.state != states.UNDERWAY])


@listens("cards-fell", "casework")
def fell(*, cards: Sequence[HandedOver], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Cards that will not come: the case lies at the desk again, with why."""
    _follow(cards, "fall-through", by=by, at=at, writer=writer)
    _mark(cards, "returned", at)


def _follow(cards: Sequence[HandedOver], verb: str, *, by: Actor, at: dt.datetime, writer: Writing) -> list[Case]:
    cases = {case.pk: case for case in locked([one.case for one in cards])}
    moving = Moving(writer, by, at, list(cases.values()))
    for one in cards:
        case = cases[one.case]
        moving.follow(case, verb if case.state == states.UNDERWAY else "note", reason=one.reason)
    moving.settle()
    return list(cases.values())


def _mark(cards: Sequence[HandedOver], state: str, at: dt.datetime) -> None:
    days: dict[dt.date, list[str]] = {}
    for one in cards:
        days.setdefault(one.on, []).append(one.source)
    for on, sources in days.items():
        for start in range(0, len(sources), SOME):
            Period.objects.filter(source__in=sources[start : start + SOME]).update(
                state=state, on=on if state == "done" else None, moved_at=at
            )
