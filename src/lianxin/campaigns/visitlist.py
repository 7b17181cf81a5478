"""Read lists of visits: who goes where, what was found, what waits for a decision; and what is taken along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from lianxin.access.models import Account
from lianxin.access.queries import within
from lianxin.campaigns.models import Part, Report, Stop, Taken, VisitList
from lianxin.casework.inbox import rows_of
from lianxin.casework.models import Case
from lianxin.casework.scopes import visible_cases
from lianxin.engine.scope import Actor
from lianxin.people import homes

RUNNING = frozenset({"open", "waiting", "publicised", "underway", "proposed", "review"})


@dataclass(frozen=True, slots=True)
class Visits:
    """One list: ``planned`` households are still to be visited, ``waits`` parts wait for a decision."""

    id: int
    name: str
    occasion: str
    area: str
    account: int
    who: str
    for_on: dt.date
    state: str
    households: int
    visited: int
    away: int
    waits: int
    out: bool  # it is on a device now


@dataclass(frozen=True, slots=True)
class StopShown:
    """One household of a list, in the order of the route."""

    id: int
    place: int
    family: int
    home: homes.Home | None  # None: no longer in the reader's area
    why: str
    words: str
    state: str
    visited_on: dt.date | None
    case: int | None
    reports: Sequence[ReportShown]


@dataclass(frozen=True, slots=True)
class ReportShown:
    """What one visit found."""

    id: int
    outcome: str
    at: dt.datetime
    who: str
    words: str
    signer: str
    signed: bool
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Running:
    """A case of the household as the worker takes it along."""

    id: int
    number: str
    name: str
    where: str
    lock: int


@dataclass(frozen=True, slots=True)
class Page:
    """Lists, newest first, and the key after which older ones follow (blank: none)."""

    rows: Sequence[Visits]
    next: str


def _seen(actor: Actor) -> Q:
    own = Q(account=actor.account or 0)
    return own | within(actor.scope, "area") if actor.scope.reach == "area" else own


def lists(
    actor: Actor, *, at: dt.datetime, state: str = "", mine: bool = False, after: str = "", limit: int = 50
) -> Page:
    """The lists of one's area and one's own."""
    rows = VisitList.objects.filter(Q(account=actor.account or 0) if mine else _seen(actor))
    if state:
        rows = rows.filter(state=state)
    if after.isascii() and after.isdigit():
        rows = rows.filter(pk__lt=int(after[:18]))
    found = _counted(rows.order_by("-pk")[: limit + 1], at)
    return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else "")


def _counted(rows: QuerySet[VisitList], at: dt.datetime) -> list[Visits]:
    found = list(rows)
    ids = [one.pk for one in found]
    counts = {
        row["list"]: row
        for row in Stop.objects.filter(list__in=ids).order_by().values("list").annotate(
            n=Count("pk", filter=~Q(state="dropped")), visited=Count("pk", filter=Q(state="visited")),
            away=Count("pk", filter=Q(state="away")),
        )
    }  # fmt: skip
    waits = dict(
        Part.objects.filter(report__stop__list__in=ids, state="conflict").order_by().values_list("report__stop__list")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    out = set(Taken.objects.filter(list__in=ids, ended_at__isnull=True, until__gt=at).values_list("list", flat=True))
    names = dict(Account.objects.filter(pk__in={one.account for one in found}).values_list("pk", "name"))
    blank = {"n": 0, "visited": 0, "away": 0}
    return [
        Visits(one.pk, one.name, one.occasion, one.area, one.account, names.get(one.account, ""), one.for_on, one.state,
               counts.get(one.pk, blank)["n"], counts.get(one.pk, blank)["visited"], counts.get(one.pk, blank)["away"],
               waits.get(one.pk, 0), one.pk in out)
        for one in found
    ]  # fmt: skip


def one(actor: Actor, visits: int, *, at: dt.datetime) -> Visits | None:
    """One list, where it exists for the actor."""
    found = _counted(VisitList.objects.filter(_seen(actor), pk=visits).order_by("pk"), at)
    return found[0] if found else None


def stops(actor: Actor, visits: int, *, day: dt.date, stop: int | None = None) -> list[StopShown]:
    """The households of a list that was shown to exist, in the order of the route; with what was found."""
    rows = Stop.objects.filter(list=visits).exclude(state="dropped").order_by("place", "pk")
    if stop is not None:
        rows = rows.filter(pk=stop)
    found = list(rows)
    there = homes.many(actor.scope, [row.family_id for row in found], day)
    reports: dict[int, list[ReportShown]] = {}
    for row in Report.objects.filter(stop__in=found).order_by("pk").prefetch_related("parts"):
        reports.setdefault(row.stop_id, []).append(ReportShown(
            row.pk, row.outcome, row.happened_at, row.by_name, row.words, row.signer, bool(row.signature),
            sorted(row.parts.all(), key=lambda part: part.pk),
        ))  # fmt: skip
    return [
        StopShown(row.pk, row.place, row.family_id, there.get(row.family_id), row.why, row.words, row.state,
                  row.visited_on, row.case, reports.get(row.pk, ()))
        for row in found
    ]  # fmt: skip


def list_of(stop: int) -> int | None:
    """The list on which a stop stands."""
    return Stop.objects.filter(pk=stop).values_list("list_id", flat=True).first()


def signature_of(actor: Actor, report: int, *, at: dt.datetime) -> str | None:
    """The digest of a visit's signature, where its list exists for the actor."""
    row = Report.objects.filter(pk=report).exclude(signature="").select_related("stop").first()
    return row.signature if row is not None and one(actor, row.stop.list_id, at=at) is not None else None


def running(actor: Actor, families: Sequence[int], *, at: dt.datetime) -> dict[int, list[Running]]:
    """What runs for some households and may be taken along: never a sealed case."""
    found: dict[int, list[Running]] = {}
    rows = Case.objects.filter(
        Q(family__in=families) | Q(person__family__in=families), visible_cases(actor.scope, at), sealed=False, state__in=RUNNING
    ).select_related("office", "person").order_by("pk")  # fmt: skip
    shown = {row.id: row for row in rows_of(list(rows), at=at, masked=False)}
    for case in rows:
        family = case.family_id or (case.person.family_id if case.person else None)
        row = shown[case.pk]
        if family is not None:
            found.setdefault(family, []).append(
                Running(row.id, row.number, row.name, row.desk.words if row.desk else row.state_words, row.lock)
            )
    return found


def locks(cases: Sequence[int]) -> dict[int, int]:
    """The locks of the cases that visits deliver."""
    return dict(Case.objects.filter(pk__in=list(cases)).values_list("pk", "version_lock"))


def held_by(actor: Actor, *, at: dt.datetime) -> list[tuple[str, int, str, dt.datetime]]:
    """The copies on the actor's devices that still open: key, list, its name, until when."""
    rows = Taken.objects.filter(account=actor.account or 0, ended_at__isnull=True, until__gt=at, list__state="open",
                                list__account=actor.account or 0).select_related("list").order_by("pk")  # fmt: skip
    return [(row.key, row.list_id, row.list.name, row.until) for row in rows]
