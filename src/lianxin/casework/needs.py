"""The two lists (双清单): what the forces need of the locality, and the locality of the forces; each a case like any other.

Nobody's home stands behind a need, and no unit: who brought it speaks for it, the office that has it owns it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from lianxin.casework import states, viewing
from lianxin.casework.inbox import rows_of
from lianxin.casework.models import Case, Dispatch
from lianxin.casework.opening import NEEDS
from lianxin.casework.scopes import PLACE_NEEDS, UNIT_NEEDS, offered_to, visible_cases
from lianxin.casework.shown import CaseRow, CaseView
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import clock
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor

LISTS = (UNIT_NEEDS, PLACE_NEEDS)
RUNNING = (states.OPEN, states.WAITING, states.UNDERWAY, states.REVIEW)
DECLINED = (states.REFUSED,)


@dataclass(frozen=True, slots=True)
class Need:
    """One need: which list, in whose words, wished until when, who has it, until when, what became of it."""

    id: int
    row: CaseRow
    need: str
    wished: str  # an ISO day, or blank
    helper: Name | None  # the office that took it on or is asked
    mine: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """One list in numbers: how many run, are overdue, were done and declined since a day."""

    service: str
    running: int
    overdue: int
    done: int
    declined: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of needs is narrowed to: which list, its state (running, overdue, done, declined), a kind, one's own."""

    service: str = ""
    state: str = ""
    kind: str = ""
    mine: bool = False


def may_bring(actor: Actor) -> list[Published]:
    """The lists into which this actor brings needs, as they stand in the catalogue today."""
    known = in_force(clock.today())
    found = [known[code] for code in LISTS if code in known]
    return [one for one in found if actor.may(NEEDS.get(one.service.subject, "*"))]


def _seen(actor: Actor, at: dt.datetime) -> QuerySet[Case]:
    hands = Dispatch.objects.filter(offered_to(actor.scope), answer__in=["offered", "accepted", "done"])
    mine = Q(pk__in=hands.values("case"))  # whoever declined reads no further
    return Case.objects.filter(
        visible_cases(actor.scope, at) | mine, service__in=LISTS, person__isnull=True, family__isnull=True
    )


def _in_state(state: str, at: dt.datetime) -> Q:
    return {
        "running": Q(state__in=RUNNING), "overdue": Q(state__in=RUNNING, due_at__lt=at, paused_at__isnull=True),
        "done": Q(state=states.DELIVERED), "declined": Q(state__in=DECLINED),
    }.get(state, Q())  # fmt: skip


def needs(actor: Actor, asked: Asked, *, at: dt.datetime, after: int | None = None, limit: int = 50) -> list[Need]:
    """The needs that exist for this actor, the newest first, after an id."""
    rows = _seen(actor, at).filter(_in_state(asked.state, at)).select_related("office").order_by("-pk")
    exact = {"service": asked.service, "kind": asked.kind, "opened_by": actor.account if asked.mine else None}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows[:limit])
    return _shown(found, actor, at)


def _shown(found: list[Case], actor: Actor, at: dt.datetime) -> list[Need]:
    helpers: dict[int, Name] = {}
    for offer in (
        Dispatch.objects.filter(case__in=found, answer__in=["offered", "accepted", "done"])
        .select_related("office")
        .order_by("pk")
    ):
        helpers[offer.case_id] = Name(offer.office.name, offer.office.name_en or offer.office.name)
    return [
        Need(case.pk, row, str(case.form.get("need", "")), str(case.form.get("by", "")), helpers.get(case.pk),
             case.opened_by is not None and case.opened_by == actor.account)
        for case, row in zip(found, rows_of(found, at=at, masked=True), strict=True)
    ]  # fmt: skip


def counted(actor: Actor, *, since: dt.datetime, at: dt.datetime) -> list[Counted]:
    """Both lists in numbers, each over what the list page opens; done and declined since an instant."""
    rows, late = _seen(actor, at), Q(closed_at__gte=since)
    return [
        Counted(
            service, *(
                rows.filter(_in_state(state, at), more, service=service).count()
                for state, more in (("running", Q()), ("overdue", Q()), ("done", late), ("declined", late))
            )
        )
        for service in LISTS
    ]  # fmt: skip


def need(actor: Actor, pk: int, *, at: dt.datetime) -> tuple[Need, CaseView] | None:
    """One need with its steps and its history; None where it does not exist for the actor, or is no need."""
    case = _seen(actor, at).select_related("office").filter(pk=pk).first()
    view: Any = viewing.case(actor, pk, at=at) if case is not None else None
    if case is None or view is None:
        return None
    return _shown([case], actor, at)[0], view
