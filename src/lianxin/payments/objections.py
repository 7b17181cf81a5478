"""A family objects to what is asked back: a case of its own, with its clock; until it is decided, asking waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max
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


def waiting(persons: Sequence[int]) -> dict[tuple[int, str], Waits]:
    """For which persons and services asking back waits. An objection speaks of what was open when it was made."""
    found: dict[tuple[int, str], Waits] = {}
    every = sorted(set(persons))
    for start in range(0, len(every), SOME):
        some = every[start : start + SOME]
        newest = Recovery.objects.filter(person__in=some, state="open").order_by().values_list("person", "service")
        since = {(person, service): at for person, service, at in newest.annotate(at=Max("created_at"))}
        rows = Case.objects.filter(person__in=some, service=SERVICE).exclude(state__in=OVER).order_by("pk")
        for one in rows:
            for (person, service), at in since.items():
                if person == one.person_id and one.cause in {"", service} and at <= one.opened_at:
                    found[person, service] = Waits(one.pk, one.number, one.state == states.DELIVERED)
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
    """What is asked back of these persons, by person and service; of sealed services nothing is said here."""
    rows = Recovery.objects.filter(person__in=list(persons), state="open", sealed=False).order_by(
        "person", "service", "pk"
    )
    groups: dict[tuple[int, str], list[Recovery]] = {}
    for one in rows.select_related("correction__replay"):
        groups.setdefault((one.person_id, one.service), []).append(one)
    held = waiting(list(persons))
    return [
        Asked(person, service, sum(one.amount - one.returned - one.waived for one in some),
              tuple(one.period for one in some), tuple(dict.fromkeys(one.correction.replay.reason for one in some)),
              held.get((person, service)))
        for (person, service), some in groups.items()
    ]  # fmt: skip


def must_not_wait(person: int, service: str) -> None:
    """Raise :class:`Refusal` while the family's objection to this recovery is being looked at."""
    held = waiting([person]).get((person, service))
    if held is not None and not held.upheld:
        raise Refusal(
            _("The family has objected (case %(number)s): asking back waits until that is decided. If they would rather "
              "give it back, let them withdraw the objection first.") % {"number": held.number}
        )  # fmt: skip


def object_to(*, person: int, service: str, words: str, by: Actor, at: dt.datetime) -> Case:
    """The family says that what is asked back of a service is wrong, and why: a case with its clock. Raises
    :class:`Refusal` where nothing is asked back, or an objection is being looked at already."""
    if not words.strip():
        raise Refusal(_("Say in a few words what is wrong; nothing was lost."))
    rows = Recovery.objects.filter(
        person__in=identities.files_of([person]), service=service, state="open", sealed=False
    )
    if not rows.exists():
        raise Refusal(_("Nothing of this is asked back any more."))
    held = waiting([person]).get((person, service))
    if held is not None:
        raise Refusal(_("Your objection is being looked at already: case %(number)s.") % {"number": held.number})
    spoken = catalogue.in_force(clock.day(at)).get(SERVICE)
    if spoken is None:
        raise Refusal(_("This cannot be said here yet; please tell the desk, and nothing is asked back meanwhile."))
    opening = Opening(
        version=spoken.version_id, service=SERVICE, person=person, channel="app", words=words, cause=service
    )
    return casework.open_cases(openings=[opening], by=by, at=at)[0]
