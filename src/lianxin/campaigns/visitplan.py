"""Whom to visit: households of a place by what they may need, by when somebody last went by, by what the desk asks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _

from lianxin.access.queries import under
from lianxin.campaigns.models import Stop
from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.casework.scopes import visible_cases
from lianxin.catalogue.queries import version
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Scope
from lianxin.notices.models import Notice
from lianxin.outcomes.models import Outcome
from lianxin.people import homes
from lianxin.people.models import Family, Person

OCCASIONS = ("festival", "first-need", "round", "asked")
LATELY = 180  # days after which a household counts as not visited lately [illustrative]
MOST = 3000  # households that one plan looks through: a township
SOME = 800
# Whose doors a festival's visits go to: 军人地位和权益保障法 art. 30 (soldiers' families, the bereaved), 退役军人保障法 art. 59.
HONOURED = ("bereaved", "away", "disabled", "veteran")
IN_NEED = ("old-alone", "very-old", "disabled", "guarded", "one-adult", "baby", "old-only")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A household that could be visited: why, when somebody last went by, a case that waits for this visit."""

    home: homes.Home
    why: str
    visited_on: dt.date | None
    case: int | None
    planned: bool  # it stands on an open list already


def candidates(
    scope: Scope, *, area: str, occasion: str, day: dt.date, at: dt.datetime, since: int = LATELY, mark: str = ""
) -> list[Candidate]:
    """Households under ``area`` for an occasion, in the order of a way through the streets (round: longest ago first).

    ``mark`` narrows to one mark or need of :mod:`lianxin.people.homes`. Raises :class:`Refusal` for too large a place.
    """
    ids = list(Family.objects.filter(under(area, "home")).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST or not scope.covers(area):
        raise Refusal(_("Choose a township or a community of your own area."))
    last, asked, planned = last_visits(ids), waiting(scope, area, at), _planned(ids)
    if occasion == "round":
        ids = [one for one in ids if one not in last or (day - last[one]).days >= since]
    elif occasion == "asked":
        ids = [one for one in ids if one in asked]
    made = []
    for pk, home in homes.many(scope, ids, day).items():
        why = _why(home, occasion, mark)
        if why and home.members:
            made.append(Candidate(home, why, last.get(pk), asked.get(pk), pk in planned))
    first = dt.date.min
    made.sort(key=lambda one: ((one.visited_on or first) if occasion == "round" else first, way(one.home)))
    return made


def _why(home: homes.Home, occasion: str, mark: str) -> str:
    marks = [one for member in home.members for one in member.marks]
    if mark and mark not in {*marks, *home.needs}:
        return ""
    if occasion == "festival":
        return next((one for one in HONOURED if one in marks), "")
    if occasion == "first-need":
        return next((one for one in IN_NEED if one in home.needs or one in marks), "")
    return "not-lately" if occasion == "round" else "asked"


def way(home: homes.Home) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """Where a household comes on the way: by area, street, number, stair and floor, numbers as numbers."""
    return home.household.home, along(home.household.address)


def along(address: str) -> tuple[tuple[int, int, str], ...]:
    """An address as it sorts: 2 before 10."""
    parts = re.findall(r"\d+|\D+", address)
    return tuple((0, int(one), "") if one.isdecimal() else (1, 0, one.strip()) for one in parts)


def last_visits(ids: Sequence[int]) -> dict[int, dt.date]:
    """The day of the last visit of each household, reversed ones left out."""
    found: dict[int, dt.date] = {}
    for start in range(0, len(ids), SOME):
        rows = Outcome.objects.filter(family__in=ids[start : start + SOME], kind="visit", reverses__isnull=True)
        rows = rows.filter(~Exists(Outcome.objects.filter(reverses=OuterRef("pk"))))
        found.update(
            {pk: on for pk, on in rows.values_list("family").annotate(on=Max("happened_on")) if pk is not None}
        )
    return found


def waiting(scope: Scope, area: str, at: dt.datetime) -> dict[int, int | None]:
    """Households to which the desk wants somebody to go: a case that a visit delivers, or a message nobody could give.

    Household → the case that the visit delivers, None where there is none. Sealed cases are not among them.
    """
    found: dict[int, int | None] = {}
    rows = Case.objects.filter(
        visible_cases(scope, at), under(area, "area"), state=states.OPEN, step_name="deliver", sealed=False
    ).select_related("person").order_by("-pk")[:MOST]  # fmt: skip
    to_print = Notice.objects.filter(under(area, "area"), channel="print", state="pending").values("person")[:MOST]
    for family in Person.objects.filter(
        pk__in=list(to_print.values_list("person", flat=True)), family__isnull=False
    ).values_list("family_id", flat=True):
        found[family or 0] = None
    for case in rows:
        family_id = case.family_id or (case.person.family_id if case.person else None)
        if family_id is not None and version(case.version_id).service.route[case.step].as_ == "visit":
            found[family_id] = case.pk
    return found


def _planned(ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(ids), SOME):
        rows = Stop.objects.filter(family__in=ids[start : start + SOME], state="planned", list__state="open")
        found.update(rows.values_list("family_id", flat=True))
    return found


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many households of a place there are, and how many were visited in a time."""

    households: int
    visited: int

    @property
    def not_visited(self) -> int:
        """Those to whom nobody went."""
        return self.households - self.visited


def coverage(scope: Scope, *, area: str, from_on: dt.date, to_on: dt.date) -> Coverage:
    """Households under ``area`` and those visited between two days, both included; counted in the database."""
    if not scope.covers(area):
        return Coverage(0, 0)
    live = Person.objects.filter(family=OuterRef("pk"), visible=True, died_on__isnull=True, survivor__isnull=True)
    all_ = Family.objects.filter(Exists(live), under(area, "home"))
    visits = Outcome.objects.filter(family=OuterRef("pk"), kind="visit", reverses__isnull=True, happened_on__gte=from_on,
                                    happened_on__lte=to_on)  # fmt: skip
    visits = visits.filter(~Exists(Outcome.objects.filter(reverses=OuterRef("pk"))))
    return Coverage(all_.count(), all_.filter(Exists(visits)).count())
