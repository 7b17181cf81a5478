"""Read agreements, inside a scope."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from lianxin.access.queries import within
from lianxin.access.tree import serving
from lianxin.engine.scope import Scope
from lianxin.partners.models import Agreement


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner's agreement as a list shows it; everything in it is public."""

    id: int
    office: int
    name: str
    name_en: str
    area: str
    plaque: str
    offer: str
    phone: str
    since: dt.date | None
    until: dt.date | None
    in_force: bool


def agreements(
    scope: Scope, day: dt.date, *, state: str = "", text: str = "", after: int | None = None, limit: int = 50,
    above: bool = False,
) -> list[Partner]:  # fmt: skip
    """Agreements of the scope, newest first, after the id ``after``; ``state`` is blank, ``open`` or ``ended``.

    ``above``: those of the areas over it too, whose partners serve its households as well.
    """
    theirs = serving(scope, "office__area") if above else within(scope, "office__area")
    found = Agreement.objects.filter(theirs, superseded_at__isnull=True).order_by("-pk")
    if state == "open":
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    elif state == "ended":
        found = found.filter(valid_to__lt=day)
    if text:
        found = found.filter(Q(office__name__contains=text) | Q(plaque=text))
    if after is not None:
        found = found.filter(pk__lt=after)
    return [
        Partner(
            one.pk, one.office_id, one.office.name, one.office.name_en or one.office.name, one.office.area_id,
            one.plaque, one.offer, one.office.phone, one.valid_from, one.valid_to,
            one.valid_to is None or one.valid_to >= day,
        )
        for one in found.select_related("office")[:limit]
    ]  # fmt: skip
