"""Case numbers: year, day and a running number, ``2026-1124-000042``, each given once."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, connection, transaction

from lianxin.casework.models import Counter

SEALED_FROM = 900000  # sealed cases count apart: the open ones show no gap


def take(count: int, day: dt.date, *, sealed: bool = False) -> list[str]:
    """``count`` fresh numbers of ``day``. The counter's row is locked until the caller's transaction ends."""
    if not count:
        return []
    last = _moved_on(count, day, sealed)
    if last is None:
        try:
            with transaction.atomic():
                Counter.objects.create(day=day, sealed=sealed, last=SEALED_FROM if sealed else 0)
        except IntegrityError:
            pass  # somebody else opened the day's first case just now
        last = _moved_on(count, day, sealed) or 0
    return [f"{day:%Y-%m%d}-{number:06d}" for number in range(last - count + 1, last + 1)]


def _moved_on(count: int, day: dt.date, sealed: bool) -> int | None:
    """The day's last number after ``count`` more were taken, in one statement; None where the day has no counter yet."""
    table, field = Counter._meta.db_table, Counter._meta.get_field("day")
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET "last" = "last" + %s WHERE "day" = %s AND "sealed" = %s RETURNING "last"',
            [count, field.get_db_prep_value(day, connection), sealed],
        )
        found = cursor.fetchone()
    return int(found[0]) if found else None
