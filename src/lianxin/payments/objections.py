"""A family objects to what is asked back: a case of its own, with its clock; until it is decided, asking waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.casework import actions as casework
from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.catalogue import queries as catalogue
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.payments.replaymodels import Recovery
from lianxin.people import identities

SERVICE = "recovery-objection"
OVER = frozenset({states.REFUSED, states.WITHDRAWN, states.CLOSED})  # the objection did not hold, or was taken back
SOME = 900


@dataclass(frozen=True, slots=True)
class Waits:
    """The objection for which asking back waits; ``upheld``: it was found right, so the money is not asked for."""

    case: int
    number: str
    upheld: bool


def waiting(debts: Iterable[Recovery]) -> dict[int, Waits]:
    """Which of these debts wait, by id. An objection speaks of what was asked back when it was made, of the same person
    under whichever file; a claim made later is another."""
    every = list(debts)
    whole = identities.survivors()
    mine: dict[int, list[Recovery]] = {}
    for debt in every:
        mine.setdefault(whole.get(debt.person_id, debt.person_id), []).append(debt)
    found: dict[int, Waits] = {}
    files = identities.files_of(sorted(mine))
    for start in range(0, len(files), SOME):
        rows = Case.objects.filter(person__in=files[start : start + SOME], service=SERVICE).exclude(state__in=OVER)
        for one in rows.order_by("pk"):
            for debt in mine.get(whole.get(one.person_id or 0, one.person_id or 0), []):
                meant = one.cause in {"", debt.service} and debt.created_at <= one.opened_at
                if meant and not (debt.pk in found and found[debt.pk].upheld):
                    found[debt.pk] = Waits(one.pk, one.number, one.state == states.DELIVERED)
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked back of one person and service, as their family reads it: fen still open, for which periods, why."""

    person: int
    service: str
    fen: int
    periods: tuple[str, ...]
    reasons: tuple[str, ...]
    waits: Waits | None


def asked_of(persons: Sequence[int]) -> list[Asked]:
    """What is asked back of these persons, by person and service, what is objected to apart; of sealed services nothing
    is said here."""
    whole = identities.survivors()
    rows = list(
        Recovery.objects.filter(person__in=identities.files_of(persons), state="open", sealed=False)
        .order_by("person", "service", "pk")
        .select_related("correction__replay")
    )
    held = waiting(rows)
    groups: dict[tuple[int, str, int], list[Recovery]] = {}
    for one in rows:
        case = held[one.pk].case if one.pk in held else 0
        groups.setdefault((whole.get(one.person_id, one.person_id), one.service, case), []).append(one)
    return [
        Asked(person, service, sum(one.amount - one.returned - one.waived for one in some),
              tuple(one.period for one in some), tuple(dict.fromkeys(one.correction.replay.reason for one in some)),
              held.get(some[0].pk))
        for (person, service, _case), some in groups.items()
    ]  # fmt: skip


def free(debts: Sequence[Recovery]) -> list[Recovery]:
    """Those of these debts that may be asked for. Raises :class:`Refusal` where the family objected to every one of them."""
    held = waiting(debts)
    found = [one for one in debts if one.pk not in held]
    if found or not debts:
        return found
    number = held[debts[0].pk].number
    if all(one.upheld for one in held.values()):
        raise Refusal(_("The family was found to be right (case %(number)s): this is written off, not taken.")
                      % {"number": number})  # fmt: skip
    raise Refusal(
        _("The family has objected (case %(number)s): asking back waits until that is decided. If they would rather "
          "give it back, let them withdraw the objection first.") % {"number": number}
    )  # fmt: skip


def object_to(*, person: int, service: str, words: str, by: Actor, at: dt.datetime) -> Case:
    """The family says that what is asked back of a service is wrong, and why: a case with its clock. Raises
    :class:`Refusal` where nothing is asked back, or an objection is being looked at already."""
    if not words.strip():
        raise Refusal(_("Say in a few words what is wrong; nothing was lost."))
    with transaction.atomic():
        files = identities.files_of([person])
        rows = Recovery.objects.filter(person__in=files, service=service, state="open", sealed=False)
        debts = list(rows.select_for_update().order_by("pk"))  # whoever says it twice at once says it once
        if not debts:
            raise Refusal(_("Nothing of this is asked back any more."))
        held = waiting(debts)
        if all(one.pk in held for one in debts):
            raise Refusal(_("Your objection is being looked at already: case %(number)s.")
                          % {"number": held[debts[0].pk].number})  # fmt: skip
        spoken = catalogue.in_force(clock.day(at)).get(SERVICE)
        if spoken is None:
            raise Refusal(_("This cannot be said here yet; please tell the desk, and nothing is asked back meanwhile."))
        opening = Opening(
            version=spoken.version_id, service=SERVICE, person=person, channel="app", words=words, cause=service
        )
        return casework.open_cases(openings=[opening], by=by, at=at)[0]
