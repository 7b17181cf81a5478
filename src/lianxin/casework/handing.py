"""Cases that somebody took up, when they hand over: they go to colleagues, shared out evenly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F

from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.engine.effects import listens


@listens("in-hands-asked", "casework")
def in_hands(*, into: dict[int, dict[str, int]], **_: Any) -> None:
    """How many open cases each has taken up."""
    rows = Case.objects.filter(assignee__in=list(into)).exclude(state__in=states.ENDED)
    for account, count in rows.values("assignee").annotate(count=Count("pk")).values_list("assignee", "count"):
        if account is not None:
            into[account]["cases"] = count


@listens("handed-over", "casework")
def hand_over(*, account: int, to: Sequence[int], moved: dict[str, int], **_: Any) -> None:
    """Open cases go to the others, every n-th to each; an old page of one is stale."""
    rows = Case.objects.filter(assignee=account).exclude(state__in=states.ENDED)
    ids = list(rows.order_by("due_at", "pk").values_list("pk", flat=True))
    for place, other in enumerate(to):
        some = ids[place :: len(to)]
        for start in range(0, len(some), 800):
            part = Case.objects.filter(pk__in=some[start : start + 800])
            part.update(assignee=other, version_lock=F("version_lock") + 1)
    if ids:
        moved["cases"] = len(ids)
