"""What was thought of it: every rating (好差评) and what was said, within a scope, newest first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from lianxin.casework.inbox import MOST, desk_of, rows_of
from lianxin.casework.models import Case, Rating
from lianxin.casework.scopes import visible_cases
from lianxin.engine.asked import number_of
from lianxin.engine.facts import Name
from lianxin.engine.scope import Scope


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating. ``person`` is whose case it was, so that who took a list away can be told."""

    id: int
    case: int
    number: str
    service_name: Name
    who: str
    person: int | None
    area: str
    office: Name | None
    score: int
    words: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Ratings:
    """A page of ratings. ``scores`` counts each score (within the other filters, to 1,000 at most)."""

    rows: Sequence[Rated]
    next: str
    scores: dict[str, int]
    offices: Sequence[tuple[int, Name]]

    @property
    def mean(self) -> float | None:
        """The mean of what was counted."""
        whole = sum(self.scores.values())
        return sum(int(score) * count for score, count in self.scores.items()) / whole if whole else None


def ratings(
    scope: Scope, *, at: dt.datetime, service: str = "", office: str = "", score: str = "", after: str = "",
    limit: int = 50, masked: bool = True,
) -> Ratings:  # fmt: skip
    """Ratings of cases that the scope may see, by service, by the office that has the case, by score."""
    seen = Rating.objects.filter(case__in=Case.objects.filter(visible_cases(scope, at)).values("pk"))
    offices = _offices(seen)
    for name, value in (("case__service", service), ("case__office", office)):
        if value:
            seen = seen.filter(**{name: value})
    newest = list(seen.order_by("-pk").values_list("score", flat=True)[:MOST])
    if score:
        seen = seen.filter(score=int(score))
    if number_of(after) is not None:
        seen = seen.filter(pk__lt=int(after))
    found = list(seen.select_related("case", "case__office").order_by("-pk")[: limit + 1])
    shown = found[:limit]
    rows = {row.id: row for row in rows_of([one.case for one in shown], at=at, masked=masked)}
    return Ratings(
        [_row(one, rows[one.case_id]) for one in shown], str(shown[-1].pk) if len(found) > limit else "",
        {str(given): count for given, count in Counter(newest).items()}, offices,
    )  # fmt: skip


def _offices(seen: QuerySet[Rating]) -> list[tuple[int, Name]]:
    found = seen.order_by("case__office").values_list("case__office", "case__office__name", "case__office__name_en")
    return [(pk, Name(name, english or name)) for pk, name, english in found.distinct()[:200] if pk is not None]


def _row(one: Rating, row: Any) -> Rated:
    desk = desk_of(one.case)
    return Rated(one.pk, row.id, row.number, row.service_name, row.who, row.person, row.area,
                 desk.name if desk else None, one.score, one.words, one.at)  # fmt: skip
