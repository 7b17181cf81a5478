"""Which office has a step: the one of the step's level over the subject's residence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lianxin.access.models import Grant, Office
from lianxin.casework.refusals import NoDesk
from lianxin.engine import clock

LENGTH = {"village": 12, "township": 9, "county": 6, "city": 4}
UPWARDS = ("village", "township", "county", "city")
OURS = ("station", "centre", "bureau")
COUNSEL = "counsel"  # an office of those who listen: it receives what it stands on the access list of, nothing else
KINDS = {
    "liaison": ("liaison",), "unit": ("unit", "liaison"), "member": ("member", "court", COUNSEL), "partner": ("partner",),
    "volunteer": ("volunteer",),
}  # fmt: skip
GIVERS = frozenset({"partner", "volunteer", "unit"})  # handed out by name, never found by level
SOME = 800


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a step asks for: a place of the format and the area of the subject; sealed: the service's code."""

    at: str
    area: str
    sealed: str = ""


def offices_for(wanted: Iterable[Wanted], at: dt.datetime, *, strict: bool = True) -> dict[Wanted, Office]:
    """The office for each wanted desk, found in one query for all of an ordinary kind.

    Where no office of the level stands over the area, the next higher one has it: nothing is left without a desk.
    A sealed step goes to an office in which somebody stands on the service's access list, where there is one.
    Raises :class:`NoDesk` where not even the city has an office; not ``strict``: such a one is left out.
    """
    asked = list(dict.fromkeys(wanted))
    if not asked:
        return {}
    over: dict[tuple[str, str], list[Office]] = {}
    for office in _candidates(asked):
        over.setdefault((office.kind, office.area_id), []).append(office)
    listed = _listed_offices({one.sealed for one in asked if one.sealed}, at)
    found: dict[Wanted, Office] = {}
    for one in asked:
        chosen = _choose(one, over, listed.get(one.sealed, frozenset()))
        if chosen is None:
            if not strict:
                continue
            raise NoDesk(
                _("No open office stands over area %(area)s. Nothing was saved: add the office, then try again.")
                % {"area": one.area or "—"}
            )
        found[one] = chosen
    return found


def _candidates(asked: Sequence[Wanted]) -> list[Office]:
    heads = {one.area[:length] for one in asked for length in LENGTH.values() if one.area}
    heads |= {one.area[:4] for one in asked if one.area}
    kinds = {*OURS, *(kind for one in asked for kind in KINDS.get(one.at, ()))}
    found: list[Office] = []
    ordered = sorted(heads)
    for start in range(0, len(ordered), SOME):
        some = ordered[start : start + SOME]
        # With each ask; written by hand, because building the query took longer than running it.
        areas, of_kinds = ", ".join(["%s"] * len(some)), ", ".join(["%s"] * len(kinds))
        found += Office.objects.raw(
            f'SELECT * FROM "{Office._meta.db_table}" WHERE area_id IN ({areas}) AND kind IN ({of_kinds}) AND open '
            "ORDER BY id",
            [*some, *kinds],
        )
    return found


def _choose(one: Wanted, over: dict[tuple[str, str], list[Office]], listed: frozenset[int]) -> Office | None:
    kinds = KINDS.get(one.at, OURS)
    first = UPWARDS.index(one.at) if one.at in UPWARDS else 0
    ranks = [(kinds, first)] if kinds is OURS else [(kinds, 0), (OURS, 1)]
    second: Office | None = None
    for some_kinds, start in ranks:
        for level in UPWARDS[start:]:
            for kind in some_kinds:
                for office in over.get((kind, one.area[: LENGTH[level]]), []):
                    if some_kinds is OURS and office.level != level:
                        continue
                    if kind == COUNSEL and office.pk not in listed:
                        continue
                    if not one.sealed or office.pk in listed:
                        return office
                    second = second or office
    return second


def _listed_offices(services: set[str], at: dt.datetime) -> dict[str, frozenset[int]]:
    """Offices in which an active account stands on the access list of a sealed service."""
    if not services:
        return {}
    found: dict[str, set[int]] = {}
    for service, office in list_grants(services, at).values_list("service", "account__office"):
        if office is not None:
            found.setdefault(service, set()).add(office)
    return {service: frozenset(offices) for service, offices in found.items()}


def list_grants(services: Iterable[str], at: dt.datetime) -> QuerySet[Grant]:
    """The grants in force that put accounts on the access lists of sealed services."""
    day = clock.day(at)
    return Grant.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        service__in=list(services), superseded_at__isnull=True, account__is_active=True,
    )  # fmt: skip
