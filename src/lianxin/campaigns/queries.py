"""Who can help with what, near by and now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from lianxin.access.queries import within
from lianxin.campaigns.hours import open_at
from lianxin.campaigns.models import Giver, Hours
from lianxin.casework.models import Dispatch
from lianxin.engine import clock
from lianxin.engine.scope import Scope
from lianxin.outcomes.models import Outcome

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


def givers(kind: str, area: str, at: dt.datetime, *, limit: int = 20) -> list[Offer]:
    """Offices that answer asks of ``kind`` for a household in ``area``: open now, then nearest, then least in hand.

    An offer for ``other`` answers every kind. One query, whatever the number of offers.
    """
    day = clock.day(at)
    over = [area[:length] for length, _ in _NEAR if len(area) >= length]
    found = _in_force(day).filter(kind__in=[kind, "other"], area__in=over, office__open=True)
    offers: dict[int, Offer] = {}
    for one in _offers(found, at, area):
        best = offers.get(one.office)
        if best is None or (best.kind != kind and one.kind == kind):
            offers[one.office] = one
    nearness = [name for _, name in _NEAR]
    ranked = sorted(offers.values(), key=lambda one: (not one.open_now, nearness.index(one.near), one.load, one.name))
    return ranked[:limit]


def offered(scope: Scope, at: dt.datetime, *, kind: str = "", after: int = 0, limit: int = 50) -> list[Offer]:
    """Offers of offices in the scope, by id after ``after`` (keyset)."""
    found = _in_force(clock.day(at)).filter(within(scope, "area"), pk__gt=after).order_by("pk")
    if kind:
        found = found.filter(kind=kind)
    return list(_offers(found[:limit], at, ""))


def _in_force(day: dt.date) -> QuerySet[Giver]:
    return Giver.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        superseded_at__isnull=True,
    )  # fmt: skip


def _offers(found: QuerySet[Giver], at: dt.datetime, area: str) -> Iterator[Offer]:
    in_hand = Dispatch.objects.filter(office=OuterRef("office"), answer__in=OPEN).order_by().values("office")
    load = Subquery(in_hand.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    for one in found.select_related("office").annotate(load=Coalesce(load, 0)):
        office = one.office
        yield Offer(
            one.pk, office.pk, office.name, office.name_en or office.name, office.kind, one.kind, one.area,
            office.area_id, office.phone, one.hours, _near(office.area_id, area or office.area_id),
            open_at(one.hours, at), one.load,
        )  # fmt: skip


def _near(office: str, area: str) -> Near:
    for length, name in _NEAR:
        if len(office) >= length and office[:length] == area[:length]:
            return name
    return "city"


@dataclass(frozen=True, slots=True)
class Given:
    """What an office gave in a time: how often, how many minutes were written down."""

    office: int
    name: str
    times: int
    minutes: int


def hours(scope: Scope, *, from_on: dt.date, to_on: dt.date, office: int | None = None) -> list[Given]:
    """Times and minutes by office; a help that the household said it did not get does not count."""
    taken_back = Outcome.objects.filter(case=OuterRef("case"), kind="errand", reverses__isnull=False)
    mine = Q(office_id__in=scope.offices) if scope.reach == "assigned" else within(scope, "office__area")
    found = Hours.objects.filter(
        mine, ~Exists(taken_back), valid_from__gte=from_on, valid_from__lte=to_on, superseded_at__isnull=True
    )
    if office is not None:
        found = found.filter(office_id=office)
    sums = found.order_by("office__name").values_list("office_id", "office__name")
    return [Given(pk, name, n, minutes) for pk, name, n, minutes in
            sums.annotate(n=Count("pk"), sum=Sum("minutes"))]  # fmt: skip
