"""What a delivery is for: the month, quarter or year of a day, once, or an event's day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

RECURRING = frozenset({"monthly", "quarterly", "yearly"})
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def period_of(repeat: str, day: dt.date, event_on: dt.date | None = None) -> str:
    """``2026-11``, ``2026Q4``, ``2026``, the event's day, or ``once``."""
    if repeat == "monthly":
        return f"{day:%Y-%m}"
    if repeat == "quarterly":
        return f"{day.year}Q{(day.month + 2) // 3}"
    if repeat == "yearly":
        return f"{day.year}"
    if repeat == "per-event" and event_on is not None:
        return event_on.isoformat()
    return "once"


def start_of(repeat: str, day: dt.date) -> dt.date:
    """The first day of the period in which ``day`` falls."""
    months = _MONTHS[repeat]
    return dt.date(day.year, (day.month - 1) // months * months + 1, 1)


def since(repeat: str, first: dt.date, last: dt.date) -> Iterator[tuple[str, dt.date]]:
    """The periods from the one of ``first`` to the one of ``last``, each with the day on which it is judged.

    A past period is judged on its last day, the present one on ``last``.
    """
    months = _MONTHS[repeat]
    start = start_of(repeat, first)
    while start <= last:
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        following = dt.date(year, month + 1, 1)
        yield period_of(repeat, start), min(last, following - dt.timedelta(days=1))
        start = following


def last_day(repeat: str, period: str) -> dt.date:
    """The last day of a period that recurs, as :func:`period_of` wrote it."""
    year = int(period[:4])
    month = {"monthly": lambda: int(period[5:7]), "quarterly": lambda: int(period[5:]) * 3}.get(repeat, lambda: 12)()
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
