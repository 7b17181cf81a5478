"""The yearly confirmation (年度确认): whoever says nothing in time has what stands looked into; nothing stops by itself."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.casework.moving import SOME, locked
from lianxin.casework.standing import review_lost
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock
from lianxin.engine.scope import Actor

AFTER = "review_after_days"  # the parameter by which a service says how long it waits for a word


def review_unconfirmed(*, by: Actor, at: dt.datetime) -> int:
    """Put to review what stands for people who were asked for a word and gave none in time; returns how many decisions.

    A service asks for such a word when it is proposed to the person and has the parameter ``review_after_days``.
    """
    day = clock.day(at)
    done = 0
    for code, found in in_force(day).items():
        waits = found.service.parameters.get(AFTER)
        days = waits.on(day) if waits is not None else None
        if not isinstance(days, int) or found.service.mode != "confirm":
            continue
        asked = Case.objects.filter(service=code, state=states.PROPOSED, opened_at__lt=at - dt.timedelta(days=days))
        stands = Case.objects.filter(state=states.STANDING, amount__isnull=False, person__in=asked.values("person"))
        ids = list(stands.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), SOME):
            with transaction.atomic():
                review_lost(cases=locked(ids[start : start + SOME]), by=by, at=at, reason="unconfirmed")
        done += len(ids)
    return done
