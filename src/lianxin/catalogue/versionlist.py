"""Versions of services as lists show them, and what differs between two of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from lianxin.catalogue import scheduling
from lianxin.catalogue.models import Version
from lianxin.catalogue.queries import Published, version
from lianxin.engine import clock
from lianxin.engine.differing import Difference, differences
from lianxin.engine.facts import Name
from lianxin.engine.scope import Scope


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as a list shows it; ``state`` is coming, in-force, over or withdrawn on the day asked about."""

    id: int
    service: str
    name: Name
    number: int
    state: str
    sealed: bool
    in_force_from: dt.date
    in_force_to: dt.date | None
    published_at: dt.datetime
    approved_by: str
    reason: str
    withdrawn_at: dt.datetime | None
    withdrawn_by: str
    withdrawn_why: str
    backwards: bool  # speaks of days before its publication


def all_versions(scope: Scope, day: dt.date, *, service: str = "", state: str = "") -> list[VersionRow]:
    """Versions that the scope may know of, the newest act first: what is coming, what speaks, what is over."""
    rows = Version.objects.filter(Q(sealed=False) | Q(service__in=scope.sealed)).order_by("-published_at", "-pk")
    if service:
        rows = rows.filter(service=service)
    by_service: dict[str, list[Version]] = {}
    found = list(rows.defer("examples"))
    for one in found:
        by_service.setdefault(one.service, []).append(one)
    states: dict[int, str] = {}
    for some in by_service.values():
        states |= scheduling.states(some, day)
    made = [_version_row(one, states[one.pk], first=one is by_service[one.service][-1]) for one in found]
    return [one for one in made if state in {"", one.state}]


def _version_row(one: Version, state: str, *, first: bool) -> VersionRow:
    said = one.declaration["service"].get("name") or {}
    name = Name(str(said.get("zh", one.service)), str(said.get("en", one.service)))
    backwards = one.in_force_from < clock.day(one.published_at) and not first
    return VersionRow(
        one.pk, one.service, name, one.number, state, one.sealed, one.in_force_from, one.in_force_to, one.published_at,
        one.approved_by, one.reason, one.withdrawn_at, one.withdrawn_by, one.withdrawn_why, backwards,
    )  # fmt: skip


def numbered(scope: Scope, service: str, number: int) -> Published | None:
    """One version by its number; None where the scope may not know of it."""
    row = Version.objects.filter(Q(sealed=False) | Q(service__in=scope.sealed), service=service, number=number)
    pk = row.values_list("pk", flat=True).first()
    return None if pk is None else version(pk)


def compared(scope: Scope, service: str, old: int, new: int) -> list[Difference] | None:
    """What differs between two versions of a service, in words; None where the scope may not know of one of them."""
    before, after = numbered(scope, service, old), numbered(scope, service, new)
    return None if before is None or after is None else differences(before.service, after.service)
