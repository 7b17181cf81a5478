"""The public list of notices (公示): what anybody may read, nothing else."""

from __future__ import annotations

import datetime as dt

from lianxin.access.queries import under
from lianxin.casework.models import Case, Publicity
from lianxin.casework.shown import PublicityShown
from lianxin.catalogue.queries import version


def publicities(area: str, *, day: dt.date, after: int = 0, limit: int = 50) -> list[PublicityShown]:
    """The notices that are up on ``day`` under an area, oldest first, paged by id; never a sealed service."""
    rows = Publicity.objects.filter(
        under(area, "area"), state__in=["open", "objected"], until_on__gte=day, from_on__lte=day, pk__gt=after
    )
    return [_shown(row) for row in rows.order_by("pk")[:limit]]


def publicity(notice: int, *, day: dt.date) -> PublicityShown | None:
    """One notice while it is up."""
    row = Publicity.objects.filter(pk=notice, state__in=["open", "objected"], until_on__gte=day).first()
    return _shown(row) if row else None


def _shown(row: Publicity) -> PublicityShown:
    return PublicityShown(row.pk, row.service, row.area, row.shown, row.from_on, row.until_on, "open")


def barred(case: Case) -> bool:
    """Whether a case may never be shown publicly: sealed, or its conditions use a fact that bars publicity."""
    service = version(case.version_id).service
    return case.sealed or service.sealed or any(service.facts[code].bars_publicity for code in service.fact_names())
