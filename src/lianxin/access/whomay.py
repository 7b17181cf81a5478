"""Who may do something somewhere, by name: so that a page without a button says whose it is."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from lianxin.access.models import Grant
from lianxin.access.roles import ROLES
from lianxin.access.standing import in_force
from lianxin.engine import clock

NAMES = 4  # colleagues that are named in one sentence


def named(
    permissions: Collection[str], area: str, *, office: int | None = None, without: Collection[int] = ()
) -> list[str]:
    """Names of a few active accounts that hold one of the permissions today: in ``office``, else over ``area``.

    ``without``: accounts that may not, whatever they hold.
    """
    roles = [code for code, role in ROLES.items() if not role.may.isdisjoint(permissions)]
    reaching = [code for code in roles if ROLES[code].reach == "area"]
    heads = [area[:length] for length in range(4, len(area) + 1)]
    here = Q(account__office=office, role__in=roles) if office is not None else Q(pk__in=[])
    rows = Grant.objects.filter(
        in_force(clock.today()), here | Q(area__in=heads, role__in=reaching), account__is_active=True
    ).exclude(account__in=list(without))
    found = list(rows.order_by("account__name").values_list("account__name", "account__office")[:200])
    own = [name for name, at in found if office is not None and at == office]
    return list(dict.fromkeys(own or [name for name, _at in found]))[:NAMES]
