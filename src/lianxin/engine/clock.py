"""The one clock. Faces ask it; actions receive what it said."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """This instant, in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The day in Shanghai."""
    return day(now())


def day(at: dt.datetime) -> dt.date:
    """The day in Shanghai on which ``at`` falls."""
    return at.astimezone(SHANGHAI).date()


def midnight(on: dt.date) -> dt.datetime:
    """The first instant of ``on`` in Shanghai, in UTC."""
    return dt.datetime.combine(on, dt.time(), SHANGHAI).astimezone(dt.UTC)
