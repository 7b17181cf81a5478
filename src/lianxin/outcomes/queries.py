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
