"""Numbers that could be subtracted from one another: what would be left must not speak of too few people.

Three ways to subtract are closed to those who may not open the rows: a part from the whole (areas side by side and one by
one hide the same cells), a period from a longer one (periods begin and end only where enough people stand between any
two such days), a report from the next (a publication is compared with those before it).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from lianxin.insight.definitions import Definition
from lianxin.insight.register import PEOPLE, UNNAMED_ROW, WHO, View, Window

ONE = dt.timedelta(days=1)
_FAR = 10**12  # beyond every number of a file or a household


def enough(people: int) -> bool:
    """Nobody at all, or as many as the threshold asks."""
    return people == 0 or people >= settings.SMALL_CELL


def _month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _next(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _last(day: dt.date) -> dt.date:
    return _next(_month(day)) - ONE


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of all months from ``first``'s to ``last``'s."""
    found, month = [], _month(first)
    while month <= last:
        found.append(month)
        month = _next(month)
    return found


def ends(people: Sequence[Collection[int]]) -> list[int]:
    """After which of consecutive months a period may end, by place: between any two such days, before the first month and
    after the last stand nobody or enough people. Months with too few go together with those that follow."""
    found: list[int] = []
    held: set[int] = set()
    for place, some in enumerate(people):
        held |= set(some)
        if enough(len(held)):
            found.append(place)
            held = set()
    while found and not enough(len(set().union(*people[found[-1] + 1 :]))):
        found.pop()
    last = max((place for place, some in enumerate(people) if some), default=-1)  # after it all ends are the same
    return sorted({*found, *range(max(last, 0), len(people))})


def steady(definition: Definition, view: View, area: str, asked: Window, whole: Window) -> Window | None:
    """The period that is shown for ``asked``: the same where it is the figure's ``whole`` one, else the longest inside it
    that begins and ends where it may; None where there is none."""
    if asked == whole or definition.kind == "open":
        return asked
    held = _held(definition, view, area, Window(None, whole.to_on))
    if not held:
        return asked
    every = months(min(held), max(whole.to_on, asked.to_on))
    lasts = [_next(every[place]) - ONE for place in ends([held.get(month, ()) for month in every])]
    begins = [every[0], *(last + ONE for last in lasts)]
    until = _last(asked.to_on)
    if until != asked.to_on and _people(definition, view, area, Window(asked.to_on + ONE, until)):
        until = asked.to_on  # its month goes on with somebody in it
    to_on = max((day for day in lasts if day <= until), default=None)
    if asked.to_on >= whole.to_on or to_on == until:
        to_on = asked.to_on
    from_on = asked.from_on
    if from_on is not None and from_on != whole.from_on and from_on > every[0]:
        from_on = min((day for day in begins if day >= from_on), default=None)
        if from_on is None:
            return None
    if to_on is None:
        return asked if asked.to_on < every[0] else None
    return Window(from_on, to_on) if from_on is None or from_on <= to_on else None


def _people(definition: Definition, view: View, area: str, window: Window) -> int:
    return int(view.measured(definition, area=area, window=window)[0][3])


def _held(definition: Definition, view: View, area: str, window: Window) -> dict[dt.date, Collection[int]]:
    """Who stands behind each month that has rows; of a month with enough people just so many, whoever they are."""
    month, crowd = _month_of(), range(-1, -1 - settings.SMALL_CELL, -1)
    rows = [(row[0], row[4], row[5]) for row in view.measured(definition, area=area, window=window, by=("month",))]
    few = sorted(one for one, count, _ in rows if 0 < count < settings.SMALL_CELL)
    nobody = itertools.count(-_FAR, -1)  # whoever is not named is nobody else
    some: dict[str, set[int]] = {
        one: set(itertools.islice(nobody, int(unnamed))) for one, count, unnamed in rows if one in few
    }
    marks = ", ".join(["%s"] * len(few))
    who = view.select(
        definition, f"DISTINCT {month}, {WHO}", area=area, window=window,
        tail=f"AND {month} IN ({marks}) AND {WHO} IS NOT NULL", given=few,
    ) if few else []  # fmt: skip
    for one, pk in who:
        some[one].add(pk)
    found: dict[str, Collection[int]] = {one: some.get(one, crowd if count else ()) for one, count, _ in rows}
    return {dt.date.fromisoformat(f"{one}-01"): people for one, people in found.items()}


def _month_of() -> str:
    return "substr(happened_on, 1, 7)" if connection.vendor == "sqlite" else "to_char(happened_on, 'YYYY-MM')"


@dataclass(frozen=True, slots=True)
class Told:
    """A number as it was told before: its period, when it was counted, and how it was said."""

    window: Window
    known_at: dt.datetime
    said: str


def few_between(definition: Definition, view: View, area: str, now: Told, before: Iterable[Told]) -> Told | None:
    """The earlier report that, subtracted from this one, would speak of too few people; None where there is none."""
    for one in before:
        if one.said == now.said or definition.kind == "open":
            continue
        if not enough(_since(definition, view, area, now, one)) or not enough(
            _beside(definition, view, area, now, one)
        ):
            return one
    return None


@dataclass(frozen=True, slots=True)
class Cells:
    """Periods that were told one beside the other, in their order, none within another; when they were counted."""

    windows: tuple[Window, ...]
    known_at: dt.datetime


def few_beside(
    *, definition: Definition, view: View, area: str, now: Told, beside: Iterable[Cells]
) -> Told | None:  # fmt: skip
    """The sum of cells told together that, beside a number, would speak of too few people; None where there is none.

    Each cell has nobody or enough people in it. So of all sums it is enough to look at two: all cells within the number's
    period (any fewer leave more people), and the shortest run of cells around it (any longer one has whole cells more).
    """
    for cells in beside if definition.kind != "open" else ():
        inside = [one for one in cells.windows if _inside(one, now.window)]
        if len(inside) > 1 and not enough(_outside(definition, view, area, now.window, inside)):
            return Told(Window(inside[0].from_on, inside[-1].to_on), cells.known_at, "")
        run = _around(now.window, cells.windows)
        if run is not None:
            whole = Told(run, cells.known_at, "")
            if not enough(_since(definition, view, area, now, whole)) or not enough(
                _beside(definition, view, area, now, whole)
            ):
                return whole
    return None


def _around(window: Window, cells: Sequence[Window]) -> Window | None:
    """The shortest run of cells, two at least and each beginning where the one before ends, that holds a period."""
    if window.from_on is None:
        return None
    held = [one for one in cells if one.to_on >= window.from_on and (one.from_on or dt.date.min) <= window.to_on]
    whole = len(held) > 1 and all(one.to_on + ONE == later.from_on for one, later in itertools.pairwise(held))
    run = Window(held[0].from_on, held[-1].to_on) if whole else None
    return run if run is not None and _inside(window, run) else None


def _outside(definition: Definition, view: View, area: str, window: Window, inside: Sequence[Window]) -> int:
    """The people of a period's days that are in none of these."""
    tests, given = [], []
    for one in inside:
        tests.append("AND NOT (happened_on >= %s AND happened_on <= %s)")
        given += [connection.ops.adapt_datefield_value(day) for day in (one.from_on or dt.date.min, one.to_on)]
    return int(view.select(definition, PEOPLE, area=area, window=window, tail=" ".join(tests), given=given)[0][0])


def _since(definition: Definition, view: View, area: str, now: Told, one: Told) -> int:
    """The people of rows that came or went between two counts of the same period."""
    if one.window != now.window:
        return 0
    before, later = View(one.known_at, view.sealed), View(now.known_at, view.sealed)
    rows = [
        {row[1]: row for row in each.select(definition, f"{WHO}, id, {UNNAMED_ROW}", area=area, window=now.window)}
        for each in (before, later)
    ]
    moved = [row for mine, other in (rows, rows[::-1]) for pk, row in mine.items() if pk not in other]
    return len({row[0] for row in moved} - {None}) + int(sum(row[2] for row in moved))


def _beside(definition: Definition, view: View, area: str, now: Told, one: Told) -> int:
    """The people of the days that one period has and the other, inside it, has not."""
    inner, outer = sorted((now.window, one.window), key=_length)
    if inner == outer or not _inside(inner, outer):
        return 0
    tests, given = ["happened_on > %s"], [connection.ops.adapt_datefield_value(inner.to_on)]
    if inner.from_on is not None:
        tests.append("happened_on < %s")
        given.append(connection.ops.adapt_datefield_value(inner.from_on))
    rows = view.select(definition, PEOPLE, area=area, window=outer, tail=f"AND ({' OR '.join(tests)})", given=given)
    return int(rows[0][0])


def _length(window: Window) -> int:
    return (window.to_on - (window.from_on or dt.date.min)).days


def _inside(inner: Window, outer: Window) -> bool:
    begins = outer.from_on is None or (inner.from_on is not None and inner.from_on >= outer.from_on)
    return begins and inner.to_on <= outer.to_on
