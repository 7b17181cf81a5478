"""The papers on file of persons: photographed once, found again by those they are about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lianxin.casework.models import Paper
from lianxin.engine.scope import Scope

MOST = 200


@dataclass(frozen=True, slots=True)
class Filed:
    """One paper on file; its content is read by :func:`queries.paper`."""

    id: int
    name: str
    code: str
    person: int | None
    at: dt.datetime


def papers_of(scope: Scope) -> list[Filed]:
    """One's own papers and those of persons under a mandate, newest first; papers of sealed cases stay with them."""
    if scope.reach != "self":
        return []
    rows = Paper.objects.filter(person__in=scope.persons).exclude(case__sealed=True).order_by("-pk")[:MOST]
    return [Filed(row.pk, row.name, row.code, row.person, row.at) for row in rows]
