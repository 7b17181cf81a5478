"""The one inbox and the one list of cases: due first, paged by key, filtered, counted to a bound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lianxin.access.queries import under
from lianxin.access.standing import manned
from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.casework.scopes import visible_cases
from lianxin.casework.shown import CaseRow, Desk, Page
from lianxin.catalogue.queries import version
from lianxin.engine import clock, masking, workdays
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor, Scope
from lianxin.people import identities

MOST = 1000  # counts stop here: a page never counts a whole table
FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
WORKED = (states.OPEN, states.REVIEW)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; shared as an address. Empty is everything.

    ``light``: ``red`` (overdue) or ``amber`` (due by the next working day); ``mine``: taken up by the viewer.
    """

    service: str = ""
    step: str = ""
    state: str = ""
    kind: str = ""
    area: str = ""
    light: str = ""
    desk: str = ""
    mine: bool = False
    number: str = ""


Seats = Mapping[int, frozenset[str]]


def inbox(
    actor: Actor, filters: Filters | None = None, *, at: dt.datetime, after: str = "", limit: int = 50,
    seated: Seats | None = None,
) -> Page:  # fmt: skip
    """What waits on the actor's own desk, due first. Without a state: what can be worked on now.

    Proposals wait for the family's word with the township's and the village's office over the residence. ``seated``:
    who sits where, from :func:`seats`, for a page that asks several things of one desk.
    """
    wanted = filters or Filters()
    rows = _narrowed(_desk(actor, at, wanted.state, seated), wanted, actor, at)
    return page_of(rows, at=at, after=after, limit=limit, masked=False)


def seats(actor: Actor, *, at: dt.datetime) -> Seats:
    """At which desks of the actor's offices somebody sits: office → names of desks."""
    return manned(actor.scope.offices, clock.day(at)) if actor.scope.offices else {}


def _desk(actor: Actor, at: dt.datetime, state: str, seated: Seats | None) -> QuerySet[Case]:
    if state == states.PROPOSED:  # it waits for a word that is given at the counter over the residence
        mine = actor.may("case.accept") and actor.scope.reach == "area"
        return Case.objects.filter(visible_cases(actor.scope, at)) if mine else Case.objects.none()
    if not actor.scope.offices:
        return Case.objects.none()
    rows = Case.objects.filter(visible_cases(actor.scope, at), office__in=actor.scope.offices)
    for office, names in (seats(actor, at=at) if seated is None else seated).items():
        rows = rows.exclude(office=office, desk__in=names - actor.desks)  # a desk at which nobody sits is everybody's
    return rows if state else rows.filter(state__in=WORKED)


def services_at(actor: Actor, state: str = "", *, at: dt.datetime, seated: Seats | None = None) -> set[str]:
    """The services of which something waits on the actor's own desk: what a filter of :func:`inbox` may offer."""
    rows = _narrowed(_desk(actor, at, state, seated), Filters(state=state), actor, at)
    return set(rows.order_by().values_list("service", flat=True).distinct())


def counts(actor: Actor, *, at: dt.datetime, seated: Seats | None = None) -> dict[str, int]:
    """How much waits, each counted to 1,000 at most.

    ``all`` that can be worked on, ``red`` overdue, ``amber`` due soon, ``waiting``, ``publicised``, ``underway``,
    ``proposed``.
    """
    workable, any_state = _desk(actor, at, "", seated), _desk(actor, at, states.WAITING, seated)
    proposed = _desk(actor, at, states.PROPOSED, seated)
    found = {}
    for name, rows, wanted in (
        ("all", workable, Filters()), ("red", workable, Filters(light="red")), ("amber", workable, Filters(light="amber")),
        ("waiting", any_state, Filters(state=states.WAITING)), ("publicised", any_state, Filters(state=states.PUBLICISED)),
        ("underway", any_state, Filters(state=states.UNDERWAY)), ("proposed", proposed, Filters(state=states.PROPOSED)),
    ):  # fmt: skip
        found[name] = _narrowed(rows, wanted, actor, at).order_by()[:MOST].count()
    return found


def cases(
    scope: Scope, filters: Filters | None = None, *, at: dt.datetime, after: str = "", limit: int = 50,
    masked: bool = False,
) -> Page:  # fmt: skip
    """Every case that the scope covers, due first, ended ones last."""
    wanted = filters or Filters()
    rows = _narrowed(Case.objects.filter(visible_cases(scope, at)), wanted, Actor(account=scope.account), at)
    return page_of(rows, at=at, after=after, limit=limit, masked=masked)


def of_person(scope: Scope, person: int, *, at: dt.datetime, limit: int = 50, masked: bool = False) -> list[CaseRow]:
    """The cases of one person that the scope may see, newest first."""
    rows = Case.objects.filter(visible_cases(scope, at), person=person).select_related("office").order_by("-pk")
    return rows_of(list(rows[:limit]), at=at, masked=masked)


def household(scope: Scope, family: int, *, at: dt.datetime, limit: int = 50, masked: bool = False) -> list[CaseRow]:
    """The cases of a household and of its members that the scope may see, newest first."""
    rows = Case.objects.filter(Q(family=family) | Q(person__family=family), visible_cases(scope, at))
    return rows_of(list(rows.select_related("office").order_by("-pk")[:limit]), at=at, masked=masked)


def _narrowed(rows: QuerySet[Case], wanted: Filters, actor: Actor, at: dt.datetime) -> QuerySet[Case]:
    exact = {"service": wanted.service, "step_name": wanted.step, "state": wanted.state, "kind": wanted.kind,
             "desk": wanted.desk, "number": wanted.number}  # fmt: skip
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.area:
        rows = rows.filter(under(wanted.area, "area"))
    if wanted.mine:
        rows = rows.filter(assignee__in=[actor.account, actor.stands_for or actor.account])
    if wanted.light == "red":
        rows = rows.filter(due_at__lt=at, paused_at__isnull=True)
    elif wanted.light == "amber":
        rows = rows.filter(due_at__gte=at, due_at__lte=soon(at), paused_at__isnull=True)
    return rows


def soon(at: dt.datetime) -> dt.datetime:
    """Until when a due case shows amber."""
    return max(workdays.end_of(workdays.nth_working_day(clock.day(at), 1)), at + dt.timedelta(hours=4))


def page_of(rows: QuerySet[Case], *, at: dt.datetime, after: str, limit: int, masked: bool = False) -> Page:
    """Keyset paging over (due, id): those with a due day first, then the others by id, newest first."""
    due, pk = _key(after)
    ordered = rows.select_related("office")
    found: list[Case] = []
    if due is not None or not after:
        dated = ordered.filter(due_at__isnull=False)
        if due is not None:
            dated = dated.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk))
        found = list(dated.order_by("due_at", "pk")[: limit + 1])
    if len(found) <= limit:
        undated = ordered.filter(due_at__isnull=True)
        if after and due is None:
            undated = undated.filter(pk__lt=pk)
        found += list(undated.order_by("-pk")[: limit + 1 - len(found)])
    more = len(found) > limit
    found = found[:limit]
    last = found[-1] if found else None
    key = "" if not more or last is None else f"{last.due_at.isoformat() if last.due_at else ''}~{last.pk}"
    return Page(rows_of(found, at=at, masked=masked), key)


def _key(after: str) -> tuple[dt.datetime | None, int]:
    if not after:
        return None, 0
    due, _, pk = after.rpartition("~")
    try:
        return (dt.datetime.fromisoformat(due) if due else None), int(pk)
    except ValueError:
        return None, 0


def rows_of(found: Sequence[Case], *, at: dt.datetime, masked: bool) -> list[CaseRow]:
    """Cases as rows: two queries more, for names of persons and codes of households."""
    names = identities.names(case.person_id for case in found if case.person_id is not None)
    codes = identities.family_codes(case.family_id for case in found if case.family_id is not None)
    return [_row(case, at, names, codes, masked) for case in found]


def _row(case: Case, at: dt.datetime, names: dict[int, str], codes: dict[int, str], masked: bool) -> CaseRow:
    service = version(case.version_id).service
    kind = service.kind(case.kind)
    who = names.get(case.person_id or 0, "")
    who = (masking.name(who) if masked else who) or codes.get(case.family_id or 0, "")
    who = who or str(case.form.get("need", ""))[:40]  # a need of a unit or of the locality is nobody's
    paused = case.paused_at is not None
    return CaseRow(
        id=case.pk, number=case.number, service=case.service, service_name=service.name, kind=case.kind,
        kind_name=kind.name if kind else None, person=case.person_id, family=case.family_id, who=who, area=case.area,
        state=case.state, step=case.step_name, desk=desk_of(case), section=case.desk, assignee=case.assignee,
        due_at=case.due_at, light=workdays.light(case.due_at, at, paused=paused), opened_at=case.opened_at,
        moved_at=case.moved_at, amount=case.amount, channel=case.channel, sealed=case.sealed, lock=case.version_lock,
        paused=paused,
    )  # fmt: skip


def desk_of(case: Case) -> Desk | None:
    """The office that has a case (read with it)."""
    office = case.office
    if office is None:
        return None
    return Desk(office.pk, Name(office.name, office.name_en or office.name), office.phone, office.level, office.address)


def rows_numbered(scope: Scope, ids: Sequence[int], *, at: dt.datetime, masked: bool = False) -> list[CaseRow]:
    """Those of these cases that the scope may see, in their order."""
    found = Case.objects.filter(visible_cases(scope, at), pk__in=list(ids)).select_related("office").order_by("pk")
    return rows_of(list(found), at=at, masked=masked)


def numbered(scope: Scope, number: str, *, at: dt.datetime) -> int | None:
    """The id of the case with this number, where the scope may see it."""
    return Case.objects.filter(visible_cases(scope, at), number=number).values_list("pk", flat=True).first()
