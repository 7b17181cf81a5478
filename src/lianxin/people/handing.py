"""Mandates that somebody held as a clerk, when they hand over: a colleague holds them from then on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from lianxin.engine import clock
from lianxin.engine.effects import listens
from lianxin.journal.actions import Writing
from lianxin.people.models import Mandate


def _held(day: dt.date) -> QuerySet[Mandate]:
    return Mandate.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), superseded_at__isnull=True)


@listens("in-hands-asked", "people")
def in_hands(*, into: dict[int, dict[str, int]], day: dt.date) -> None:
    """How many mandates in force each holds for others."""
    rows = _held(day).filter(proxy_account__in=list(into)).values("proxy_account").annotate(count=Count("pk"))
    for account, count in rows.values_list("proxy_account", "count"):
        if account is not None:
            into[account]["mandates"] = count


@listens("handed-over", "people")
def hand_over(
    *, account: int, to: Sequence[int], at: dt.datetime, writer: Writing, moved: dict[str, int], **_: Any
) -> None:
    """Mandates in force are held by the others from today on; what was done under the old ones stays as it was."""
    day = clock.day(at)
    rows = list(_held(day).filter(proxy_account=account).order_by("pk"))
    writer.supersede(Mandate, [row.pk for row in rows], at)
    fresh = []
    for place, row in enumerate(rows):
        names = {field.attname for field in Mandate._meta.concrete_fields}
        names -= {"id", "entry_id", "superseded_at", "superseded_by"}
        values = {name: getattr(row, name) for name in names}
        start = max(day, row.valid_from) if row.valid_from else day
        fresh.append(
            Mandate(**{**values, "proxy_account": to[place % len(to)], "valid_from": start, "recorded_at": at})
        )
    writer.add(fresh)
    if rows:
        moved["mandates"] = len(rows)
