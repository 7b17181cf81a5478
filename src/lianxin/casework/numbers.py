"""Case numbers: year, day and a running number, ``2026-1124-000042``, each given once."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F

from lianxin.casework.models import Counter

SEALED_FROM = 900000  # sealed cases count apart: the open ones show no gap


def take(count: int, day: dt.date, *, sealed: bool = False) -> list[str]:
    """``count`` fresh numbers of ``day``. The counter's row is locked until the caller's transaction ends."""
    if not count:
        return []
    if not Counter.objects.filter(day=day, sealed=sealed).update(last=F("last") + count):
        try:
            with transaction.atomic():
                Counter.objects.create(day=day, sealed=sealed, last=SEALED_FROM if sealed else 0)
        except IntegrityError:
            pass  # somebody else opened the day's first case just now
        Counter.objects.filter(day=day, sealed=sealed).update(last=F("last") + count)
    last = Counter.objects.get(day=day, sealed=sealed).last
    return [f"{day:%Y-%m%d}-{number:06d}" for number in range(last - count + 1, last + 1)]
