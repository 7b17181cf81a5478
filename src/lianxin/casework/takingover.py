"""What stood before the house was used: whom the register says was paid goes on without being asked anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from lianxin.casework import states, subjects
from lianxin.casework.models import Case, Move
from lianxin.casework.moving import SOME, entered, place
from lianxin.casework.opening import insert, numbered
from lianxin.casework.periods import RECURRING, period_of
from lianxin.casework.refusals import Unfit
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.outcomes import queries as register
from lianxin.people import identities

CHUNK = 4000
LEDGER = "ledger"


def take_over(
    *, service: str, paid_since: dt.date, from_on: dt.date, by: Actor, at: dt.datetime, words: str = ""
) -> int:
    """Let the decisions stand of everyone whom the register says was paid ``service`` on or after ``paid_since``.

    From the period of ``from_on`` on it is paid from here; a period that the register holds already is not paid again.
    Nobody is told: nothing changes for them. Whom the file does not bear out is reviewed by a person when the period is
    judged, like everybody else. Who has a case of the service already is left as they are, so a repeat changes nothing.
    Returns how many. Raises :class:`Unfit` for a service that is not paid by the period.
    """
    found = in_force(clock.day(at)).get(service)
    if found is None or found.service.repeat not in RECURRING or found.service.amount is None:
        raise Unfit(f"{service} is not paid by the period")
    count, merged = 0, identities.survivors()
    paid = {merged.get(one.person, one.person): one for one in register.last_paid(service=service, since=paid_since)}
    for some in _chunks(list(paid.items())):
        made = _cases(found, some, from_on, at)
        if not made:
            continue
        with transaction.atomic(), entered(made, "case.open", by, at, None) as writer:
            numbered(made, at)
            place(made, at=at)
            for case in made:
                case.due_at = None
            insert(made)
            writer.add([_move(case, by, at, words) for case in made])
        count += len(made)
    return count


Paid = list[tuple[int, register.LastPaid]]  # whose file it is today, and what was paid


def _chunks(paid: Paid) -> Iterator[Paid]:
    for start in range(0, len(paid), CHUNK):
        yield paid[start : start + CHUNK]


def _cases(found: Published, paid: Paid, from_on: dt.date, at: dt.datetime) -> list[Case]:
    service, persons = found.service, [person for person, _ in paid]
    have: set[int | None] = set()
    for start in range(0, len(persons), SOME):
        rows = Case.objects.filter(service=service.code, person__in=persons[start : start + SOME])
        have |= set(rows.exclude(state__in=states.ENDED).values_list("person_id", flat=True))
    homes = subjects.homes(persons, ())[0]
    step = max(index for index, one in enumerate(service.route) if one.step == "deliver" and one.as_ == "payment")
    return [
        Case(
            service=service.code, version_id=found.version_id, mode=service.mode, sealed=service.sealed,
            person_id=person, area=homes.get(person) or one.area, channel=LEDGER, state=states.STANDING,
            step=step, amount=one.amount, opened_at=at, moved_at=at,
            stands_from=_first_day(service.repeat, one.on, from_on),
        )
        for person, one in paid if person not in have
    ]  # fmt: skip


def _first_day(repeat: str, paid_on: dt.date, from_on: dt.date) -> dt.date:
    """The first day from which it is paid here: ``from_on``, or where its period is paid already the next period."""
    if period_of(repeat, paid_on) < period_of(repeat, from_on):
        return from_on
    return _after(repeat, paid_on)


def _after(repeat: str, day: dt.date) -> dt.date:
    """The first day of the period after the one of ``day``."""
    months = {"monthly": 1, "quarterly": 3, "yearly": 12}[repeat]
    start = (day.year * 12 + day.month - 1) // months * months + months
    return dt.date(start // 12, start % 12 + 1, 1)


def _move(case: Case, by: Actor, at: dt.datetime, words: str) -> Move:
    return Move(
        case_id=case.pk, at=at, by_account=by.account, by_name=by.name, office=by.office, verb="stand", from_state="",
        to_state=case.state, to_step=case.step, words=words,
    ).seen(case)  # fmt: skip
