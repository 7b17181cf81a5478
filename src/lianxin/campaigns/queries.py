"""Who can help with what, near by and now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, DateTimeField, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lianxin.access.models import Office
from lianxin.access.queries import NOTHING, under, within
from lianxin.access.tree import serving
from lianxin.campaigns.hours import open_at
from lianxin.campaigns.hoursgiven import Did, Given, confirmed, did, helpers_of, hours
from lianxin.campaigns.models import Giver, Hours
from lianxin.casework.models import Dispatch
from lianxin.engine import clock
from lianxin.engine.scope import Scope

__all__ = ["Did", "Given", "confirmed", "did", "helpers_of", "hours"]
Near = Literal["village", "township", "county", "city"]
_NEAR: tuple[tuple[int, Near], ...] = ((12, "village"), (9, "township"), (6, "county"), (4, "city"))
OPEN = ("offered", "accepted")


@dataclass(frozen=True, slots=True)
class Offer:
    """An office that could be asked: how near, whether open at that instant, and how much it has in hand."""

    id: int
    office: int
    name: str
    name_en: str
    office_kind: str
    kind: str
    area: str
    office_area: str
    phone: str
    hours: str
    near: Near
    open_now: bool
    load: int
    weekdays: str = ""
    per_week: int | None = None
    this_week: int = 0  # taken since Monday
    paused_until: dt.date | None = None
    thing: str = ""
    asked_at: dt.datetime | None = None  # last

    @property
    def full(self) -> bool:
        """Whether they gave as much this week as they said."""
        return self.per_week is not None and self.this_week >= self.per_week

    @property
    def paused(self) -> bool:
        """Whether a pause is written down; :func:`givers` leaves those out while it lasts."""
        return self.paused_until is not None


def givers(kind: str, area: str, at: dt.datetime, *, limit: int = 20) -> list[Offer]:
    """Offices that answer asks of ``kind`` for a household in ``area``: open now and not yet full this week first, then
    the nearest, the least busy, and whoever was asked longest ago.

    An offer for ``other`` answers every kind; who pauses is left out. One query, whatever the number of offers.
    """
    day = clock.day(at)
    over = [area[:length] for length, _ in _NEAR if len(area) >= length]
    found = (
        _in_force(day).filter(kind__in=[kind, "other"], area__in=over, office__open=True).exclude(paused_until__gte=day)
    )
    offers: dict[int, Offer] = {}
    for one in _offers(found, at, area):
        best = offers.get(one.office)
        if best is None or (best.kind != kind and one.kind == kind):
            offers[one.office] = one
    nearness = [name for _, name in _NEAR]
    never = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    ranked = sorted(offers.values(), key=lambda one: (
        not one.open_now, one.full, nearness.index(one.near), one.load, one.asked_at or never, one.name))  # fmt: skip
    return ranked[:limit]


def offered(
    scope: Scope, at: dt.datetime, *, kind: str = "", text: str = "", state: str = "", after: int = 0, limit: int = 50
) -> list[Offer]:  # fmt: skip
    """Offers for households of the scope, those of the areas over it too, by id after ``after`` (keyset)."""
    found = _in_force(clock.day(at)).filter(serving(scope, "area"), pk__gt=after).order_by("pk")
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(
            Q(office__name__contains=text) | Q(office__name_en__icontains=text) | Q(thing__contains=text)
        )
    if state == "paused":
        found = found.filter(paused_until__gte=clock.day(at))
    elif state == "open":
        found = found.exclude(paused_until__gte=clock.day(at))
    return list(_offers(found[:limit], at, ""))


def offer_of(scope: Scope, pk: int, at: dt.datetime) -> Offer | None:
    """One offer in force, for staff over its area or the giver's own people."""
    mine = within(scope, "area") | (Q(office__in=scope.offices) if scope.offices else NOTHING)
    return next(_offers(_in_force(clock.day(at)).filter(mine, pk=pk), at, ""), None)


def offers_by(scope: Scope, at: dt.datetime) -> list[Offer]:
    """What one's own offices offer, by kind."""
    if not scope.offices:
        return []
    return list(_offers(_in_force(clock.day(at)).filter(office__in=scope.offices).order_by("kind", "pk"), at, ""))


def _in_force(day: dt.date) -> QuerySet[Giver]:
    return Giver.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        superseded_at__isnull=True,
    )  # fmt: skip


def _offers(found: QuerySet[Giver], at: dt.datetime, area: str) -> Iterator[Offer]:
    day = clock.day(at)
    monday = clock.midnight(day - dt.timedelta(days=day.weekday()))
    theirs = Dispatch.objects.filter(office=OuterRef("office")).order_by().values("office")
    in_hand = theirs.filter(answer__in=OPEN).annotate(n=Count("pk")).values("n")
    taken = theirs.filter(answer__in=("accepted", "done"), offered_at__gte=monday).annotate(n=Count("pk")).values("n")
    counted = found.select_related("office").annotate(
        load=Coalesce(Subquery(in_hand, output_field=IntegerField()), 0),
        week=Coalesce(Subquery(taken, output_field=IntegerField()), 0),
        asked=Subquery(theirs.annotate(last=Max("offered_at")).values("last"), output_field=DateTimeField()),
    )
    for one in counted:
        office = one.office
        on_duty = (not one.weekdays or str(day.isoweekday()) in one.weekdays) and open_at(one.hours, at)
        yield Offer(
            one.pk, office.pk, office.name, office.name_en or office.name, office.kind, one.kind, one.area,
            office.area_id, office.phone, one.hours, _near(office.area_id, area or office.area_id), on_duty, one.load,
            one.weekdays, one.per_week, one.week,
            one.paused_until if one.paused_until is not None and one.paused_until >= day else None, one.thing, one.asked,
        )  # fmt: skip


def _near(office: str, area: str) -> Near:
    for length, name in _NEAR:
        if len(office) >= length and office[:length] == area[:length]:
            return name
    return "city"


def offices_near(area: str) -> list[tuple[int, str, str]]:
    """Givers' offices in or over an area, or under it: id and names, for whoever says who helped at an event."""
    near = Q(area__in=[area[:length] for length, _ in _NEAR if len(area) >= length]) | under(area, "area_id")
    rows = Office.objects.filter(near, kind__in=("volunteer", "partner", "unit", "member"), open=True).order_by("name")
    return [(pk, name, english or name) for pk, name, english in rows.values_list("pk", "name", "name_en")[:100]]


def helped_at(event: int) -> list[tuple[str, str, int]]:
    """Who gave how many minutes at an event; the caller has shown that it keeps the event."""
    rows = Hours.objects.filter(event=event, superseded_at__isnull=True).order_by("office__name")
    return [(name, english or name, minutes) for name, english, minutes in
            rows.values_list("office__name", "office__name_en", "minutes")]  # fmt: skip
