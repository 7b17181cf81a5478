"""Read the register about one person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from lianxin.engine.scope import Scope
from lianxin.outcomes.models import Outcome


@dataclass(frozen=True, slots=True)
class Delivered:
    """One row of the register as a file shows it; ``reversed`` when it was taken back later."""

    id: int
    kind: str
    service: str
    category: str
    happened_on: dt.date
    quantity: int
    unit: str
    amount: int | None
    case: int | None
    for_household: bool
    reversed: bool


def of_person(scope: Scope, person: int, family: int | None = None, *, limit: int = 20) -> list[Delivered]:
    """What a person and their household received, newest first. The caller has shown that it may see the person; rows of
    sealed services exist only for their lists."""
    mine = Q(person=person)
    if family is not None:
        mine |= Q(family=family, person__isnull=True)
    rows = Outcome.objects.filter(mine, Q(sealed=False) | Q(service__in=scope.sealed), reverses__isnull=True)
    rows = rows.annotate(undone=Exists(Outcome.objects.filter(reverses=OuterRef("pk"))))
    return [
        Delivered(row.pk, row.kind, row.service, row.category, row.happened_on, row.quantity, row.unit, row.amount,
                  row.case, row.person is None, bool(getattr(row, "undone", False)))
        for row in rows.order_by("-happened_on", "-pk")[:limit]
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LastPaid:
    """The newest payment of a service to one person, as it was posted; the amount is fen."""

    person: int
    area: str
    on: dt.date
    amount: int | None


def last_paid(*, service: str, since: dt.date) -> list[LastPaid]:
    """The newest unreversed payment of ``service`` on or after ``since`` to everyone who got one, by person."""
    rows = Outcome.objects.filter(
        service=service, kind="payment", happened_on__gte=since, person__isnull=False, reverses__isnull=True,
        reversals__isnull=True,
    ).order_by("happened_on", "pk")  # fmt: skip
    newest: dict[int, LastPaid] = {}
    for person, area, on, amount in rows.values_list("person", "area", "happened_on", "amount"):
        if person is not None:
            newest[person] = LastPaid(person, area, on, amount)
    return [newest[person] for person in sorted(newest)]
