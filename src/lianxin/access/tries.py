"""Count tries within a window, over all web processes, without keeping whose they were.

The key is a digest under this installation's own key and the day: after a day nobody, not even we, can tell what was
counted, and the rows are deleted. No address is kept as such anywhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from django.db.models import F

from lianxin.access.models import Tries
from lianxin.engine import clock

KEPT = dt.timedelta(days=1)


def _key(what: str, at: dt.datetime) -> str:
    secret = bytes.fromhex(settings.KEYS["pseudonym"]) + clock.day(at).isoformat().encode()
    return hmac.new(secret, what.encode(), hashlib.sha256).hexdigest()


def count(what: str, at: dt.datetime, window: dt.timedelta, more: int = 1) -> int:
    """Count one (or ``more``) more try of ``what``; returns how many there are within the window now."""
    key = _key(what, at)
    with transaction.atomic():
        Tries.objects.filter(since__lt=at - KEPT).delete()
        row, _ = Tries.objects.select_for_update().get_or_create(key=key, defaults={"since": at})
        if row.since + window < at:
            row.since, row.count = at, 0
        Tries.objects.filter(pk=row.pk).update(since=row.since, count=row.count + more)
    return row.count + more


def made(what: str, at: dt.datetime, window: dt.timedelta) -> int:
    """How many tries of ``what`` there were within the window."""
    return Tries.objects.filter(key=_key(what, at), since__gte=at - window).values_list("count", flat=True).first() or 0


def take_back(what: str, at: dt.datetime) -> None:
    """One try less: it was no failure."""
    Tries.objects.filter(key=_key(what, at), count__gt=0).update(count=F("count") - 1)


def forget(what: str) -> None:
    """Start counting anew."""
    Tries.objects.filter(key=_key(what, clock.now())).delete()
