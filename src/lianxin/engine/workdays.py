"""The working-day clock: until when something promised is due, by the official calendar with its swapped days.

The State Council announces each year's holidays and swapped working days in the autumn before;
``chinesecalendar`` holds them for 2004 to the newest year announced. For other years the clock falls back, loudly, to
Monday to Friday without the holidays whose date is fixed by law (全国年节及纪念日放假办法): every answer that used such
a year says so in ``estimated``, pages show it, and it is logged once.
"""

from __future__ import annotations

import calendar
import datetime as dt
import logging
import os
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from chinese_calendar import constants

from lianxin.engine import clock
from lianxin.engine.tongue import say

FIRST_YEAR = 2004
LAST_YEAR = max(constants.holidays).year
FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}  # fixed by date; the lunar ones are announced
UNITS = ("hours", "days", "working days", "months")
_END = dt.timedelta(seconds=1)
_TOLD = "LIANXIN_TOLD_YEARS"  # handed down to processes that this one starts
_log = logging.getLogger(__name__)


class Promise(Protocol):
    """A promised time: an amount of hours, days, working days or months (``declaration.Within``)."""

    @property
    def amount(self) -> int: ...  # noqa: D102

    @property
    def unit(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Time:
    """A promised time outside a declaration."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Due:
    """An instant (UTC; days end at their last second in Shanghai), and whether a year without calendar was counted."""

    at: dt.datetime
    estimated: bool = False

    @property
    def day(self) -> dt.date:
        """The day in Shanghai."""
        return clock.day(self.at)


def official(year: int) -> bool:
    """Whether the official calendar of ``year`` is known."""
    return FIRST_YEAR <= year <= LAST_YEAR


def estimated(first: dt.date, last: dt.date) -> bool:
    """Whether counting from ``first`` to ``last`` touches a year without an official calendar."""
    return any(not official(year) for year in range(min(first, last).year, max(first, last).year + 1))


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on ``day``: swapped weekends do, holidays do not."""
    if official(day.year):
        return bool(day in constants.workdays or (day.weekday() < 5 and day not in constants.holidays))
    _say_once(day.year)
    return day.weekday() < 5 and (day.month, day.day) not in FIXED


@lru_cache(maxsize=64)
def _say_once(year: int) -> None:
    if str(year) in os.environ.get(_TOLD, "").split():
        return
    os.environ[_TOLD] = f"{os.environ.get(_TOLD, '')} {year}".strip()
    _log.warning(
        say("no official calendar for %s: working days are estimated (update the chinesecalendar package)",
            "没有 %s 年的官方节假日安排：工作日是估算的（请更新 chinesecalendar 包）"), year,
    )  # fmt: skip


def tell_unknown(year: int) -> None:
    """Say so now where ``year`` has no official calendar: once for this process and all that it will start."""
    if not official(year):
        _say_once(year)


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[dt.date, ...]:
    """The working days of a year, in order."""
    first = dt.date(year, 1, 1)
    days = (first + dt.timedelta(days=offset) for offset in range(366 if calendar.isleap(year) else 365))
    return tuple(day for day in days if is_working_day(day))


@lru_cache(maxsize=4096)
def nth_working_day(start: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``start``; for 0 the first one on or after it."""
    if count < 0:
        raise ValueError("working days are counted forward")
    if count == 0:
        start, count = start - dt.timedelta(days=1), 1
    year = start.year
    place = bisect_right(_year(year), start) + count - 1
    while place >= len(_year(year)):
        place -= len(_year(year))
        year += 1
    return _year(year)[place]


def working_days_between(first: dt.date, last: dt.date) -> int:
    """How many working days lie after ``first`` and up to ``last``; negative where ``last`` is earlier."""
    if last < first:
        return -working_days_between(last, first)
    return _counted(last) - _counted(first)


def _counted(day: dt.date) -> int:
    """Working days from the start of 2004 to ``day`` (negative before): a scale on which differences count."""
    within = bisect_right(_year(day.year), day)
    if day.year >= FIRST_YEAR:
        return within + sum(len(_year(year)) for year in range(FIRST_YEAR, day.year))
    return within - sum(len(_year(year)) for year in range(day.year, FIRST_YEAR))


def end_of(day: dt.date) -> dt.datetime:
    """The last second of ``day`` in Shanghai."""
    return clock.midnight(day + dt.timedelta(days=1)) - _END


def due(start: dt.datetime, within: Promise) -> Due:
    """Until when ``within`` runs from ``start``.

    Hours run round the clock to the second; days, working days and months end with a day, and the day of ``start`` is
    not counted (the usual reckoning of statutory time). A month ends on the same number of day, or the month's last.
    Raises ``ValueError`` for an unknown unit.
    """
    first = clock.day(start)
    if within.unit == "hours":
        return Due(start + dt.timedelta(hours=within.amount))
    if within.unit == "working days":
        last = nth_working_day(first, within.amount)
        return Due(end_of(last), estimated(first, last))
    if within.unit == "days":
        return Due(end_of(first + dt.timedelta(days=within.amount)))
    if within.unit == "months":
        return Due(end_of(_months_on(first, within.amount)))
    raise ValueError(f"{within.unit!r} is not a unit of time: use one of {', '.join(UNITS)}")


def _months_on(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def resumed(due_at: dt.datetime, unit: str, paused_at: dt.datetime, resumed_at: dt.datetime) -> Due:
    """The new due instant of a clock that stood still from ``paused_at`` to ``resumed_at``: what was left is left.

    Hours keep their seconds, days and months their days; of working days those from the day of the stop on are left,
    and the day on which it goes on is the first of them. What was overdue when it stopped stays overdue by as much.
    """
    if resumed_at < paused_at:
        raise ValueError("a clock is resumed after it was paused")
    stopped, started = clock.day(paused_at), clock.day(resumed_at)
    if unit == "hours" or due_at < paused_at:
        return Due(due_at + (resumed_at - paused_at))
    if unit == "working days":
        last = clock.day(due_at)
        if stopped == started:
            return Due(due_at, estimated(started, last))
        eve = dt.timedelta(days=1)
        left = working_days_between(stopped - eve, last)  # the day on which it stopped is one of them
        last = nth_working_day(started - eve, left)
        return Due(max(end_of(last), due_at), estimated(started, last))
    return Due(due_at + (started - stopped))


def light(due_at: dt.datetime | None, at: dt.datetime, *, paused: bool = False) -> str:
    """The lamp beside a case: ``red`` overdue, ``amber`` due by the next working day, ``green``; ``""``: no clock."""
    if due_at is None or paused:
        return ""
    if due_at < at:
        return "red"
    soon = due_at - at <= dt.timedelta(hours=4) or clock.day(due_at) <= nth_working_day(clock.day(at), 1)
    return "amber" if soon else "green"
