"""What a merged person was owed or paid twice: the same service and period over all files that are one now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from lianxin.engine.effects import handles, listens
from lianxin.payments.models import Line
from lianxin.people import identities


@handles("paid-twice")
def paid_twice(*, person: int) -> list[tuple[str, str, list[str]]]:
    """(service, period, states of its lines) where there are several. A line that waits is held back as a duplicate;
    where two were paid, one is to be recovered."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    rows = Line.objects.filter(person__in=identities.files_of([person]), sealed=False, correction__isnull=True)
    rows = rows.exclude(state="cancelled")
    for service, period, state in rows.exclude(period="once").order_by("pk").values_list("service", "period", "state"):
        groups[service, period].append(state)
    return [(service, period, states) for (service, period), states in sorted(groups.items()) if len(states) > 1]


@listens("person-weighed", "payments")
def weighed(*, ids: Sequence[int], found: dict[str, dict[int, int]], **_: Any) -> None:
    """How many lines these persons have."""
    rows = Line.objects.filter(person__in=ids).order_by().values_list("person").annotate(n=Count("pk"))
    found["lines"] = {person: int(count) for person, count in rows}
