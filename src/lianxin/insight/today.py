"""A leader's day: what is due and overdue, the month's money, who has what they may have, and what is out of its usual range.

Cases of sealed services are never in it. Whoever may not open cases sees counts as :mod:`fewer` tells them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q

from lianxin.access.permissions import require
from lianxin.access.queries import under
from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock
from lianxin.engine.expressions.parse import parse
from lianxin.engine.figures import NAMES as COLUMNS
from lianxin.engine.scope import Actor
from lianxin.insight import apart, columns, definitions, fewer, figures, reach
from lianxin.insight.definitions import Definition
from lianxin.insight.register import View, Window

DESKS = ("running", "overdue", "today", "soon", "waiting", "opened")
SOON = dt.timedelta(days=3)
WEEK = dt.timedelta(days=7)
MONTHS, LEAST = 24, 12  # months that are looked back at, and how many of them must have counted something
FEW, SHARE = 5, 0.2  # a month is out of its range only where it is so many, and so large a part, away from the usual
HOUR = 3600
Counts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Desks:
    """Cases on desks: the whole, by pillar, by service and by who has them (level); ``exact`` where nothing was cut."""

    exact: bool
    whole: Counts
    pillars: Mapping[str, Counts]
    services: Mapping[str, Counts]
    levels: Mapping[str, Counts]


def desks(actor: Actor, area: str, at: dt.datetime) -> Desks:
    """What lies on desks in an area now. Raises ``Refused`` outside the scope."""
    require(actor, "figures.view", area=area)
    day = clock.day(at)
    tonight = clock.midnight(day + dt.timedelta(days=1))
    ticking = Q(paused_at__isnull=True, state__in=states.ON_A_DESK - {states.WAITING})
    rows = Case.objects.filter(under(area, "area"), sealed=False, state__in=states.ON_A_DESK).order_by()
    counted: Any = rows.values("service", "level").annotate(
        running=Count("pk"), overdue=Count("pk", filter=ticking & Q(due_at__lt=at)),
        today=Count("pk", filter=ticking & Q(due_at__gte=at, due_at__lt=tonight)),
        soon=Count("pk", filter=ticking & Q(due_at__gte=tonight, due_at__lt=tonight + SOON)),
        waiting=Count("pk", filter=Q(state=states.WAITING)), opened=Count("pk", filter=Q(opened_at__gte=at - WEEK)),
    )  # fmt: skip
    known = in_force(day)
    found = [row for row in counted if row["service"] not in known or not known[row["service"]].service.sealed]
    pillar = {code: one.service.pillar for code, one in known.items()}
    lines = [
        {name: row[name] for name in DESKS}
        | {"service": row["service"], "level": row["level"], "pillar": pillar.get(row["service"], "net")}
        for row in found
    ]
    exact = actor.may("case.view")
    return Desks(exact, _told({"": _sum(lines)}, exact)[""],
                 *(_told(_by(lines, name), exact) for name in ("pillar", "service", "level")))  # fmt: skip


def _sum(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(line[name] for line in lines) for name in DESKS}


def _by(lines: Sequence[Mapping[str, Any]], key: str) -> dict[str, dict[str, int]]:
    keys = sorted({line[key] for line in lines})
    return {one: _sum([line for line in lines if line[key] == one]) for one in keys}


def _told(lines: Mapping[str, Mapping[str, int]], exact: bool) -> Mapping[str, Counts]:
    return lines if exact else fewer.told(lines, DESKS, settings.SMALL_CELL)


@dataclass(frozen=True, slots=True)
class Money:
    """Paid from the month's first day until today, and over the same days of the month before; fen, None where not shown."""

    window: Window
    now: int | None
    before: int | None
    services: Mapping[str, int | None]


def paid(actor: Actor, area: str, day: dt.date) -> Money:
    """The month's payments; by service as far as they are shown."""
    require(actor, "figures.view", area=area)
    first = day.replace(day=1)
    last_month = (first - dt.timedelta(days=1)).replace(day=1)
    until = min(last_month + (day - first), first - dt.timedelta(days=1))
    definition = _paid()
    view, exact = View(None, actor.scope.sealed), figures.opens(actor)
    month, before = Window(first, day), Window(last_month, until)
    rows = view.measured(definition, area=area, window=month, by=("service",))
    people = {str(row[0]): {"people": int(row[4])} for row in rows}
    shown = people if exact else fewer.told(people, ["people"], settings.SMALL_CELL)
    services = {
        str(row[0]): int(row[1]) if exact else None if shown[str(row[0])]["people"] is None else _cut(int(row[1]))
        for row in rows
    }
    now, then = (_sums(view.measured(definition, area=area, window=one)[0], exact) for one in (month, before))
    return Money(month, now, then, services)


def _sums(row: Sequence[Any], exact: bool) -> int | None:
    return int(row[0]) if exact else _cut(int(row[0])) if apart.enough(int(row[3])) else None


def _cut(fen: int) -> int:
    """Down to whole hundreds of yuan: two days, subtracted, do not say what one person was paid."""
    return fen - fen % 10_000_00 if fen >= 100_000_00 else fen - fen % 1000_00


def _paid() -> Definition:
    return replace(
        _anything(), kind="amount", where="kind = 'payment'", tree=parse("kind = 'payment'", COLUMNS), display="yuan"
    )


def _anything() -> Definition:
    """Every live row of the register, as a figure."""
    found = next(iter(definitions.load().values()))
    return replace(found, code="any", kind="count", key="", where="kind IS NOT NULL", tree=parse("kind IS NOT NULL", COLUMNS),
                   start=None, end=None, to_date=False, say=None, version="1")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unusual:
    """A figure whose last whole month lies outside its usual range: the month, the number, the usual from and to."""

    definition: Definition
    month: dt.date
    value: int
    low: int
    high: int

    @property
    def more(self) -> bool:
        """Whether it is more than usual."""
        return self.value > self.high


def unusual(actor: Actor, area: str, day: dt.date) -> list[Unusual]:
    """The figures whose last whole month is out of their usual range (the quartiles of two years and one and a half times
    what lies between them), the farthest first. Counted at most once an hour."""
    require(actor, "figures.view", area=area)
    exact = figures.opens(actor)
    key = f"unusual:{area}:{day}:{exact}:{','.join(sorted(actor.scope.sealed))}:{settings.SMALL_CELL}"
    found: list[tuple[str, dt.date, int, int, int]] | None = cache.get(key)
    if found is None:
        found = [
            (one.definition.code, one.month, one.value, one.low, one.high) for one in _unusual(actor, area, day, exact)
        ]
        cache.set(key, found, HOUR)
    known = definitions.load()
    return [Unusual(known[code], month, *rest) for code, month, *rest in found if code in known]


def _unusual(actor: Actor, area: str, day: dt.date, exact: bool) -> list[Unusual]:
    last = day.replace(day=1) - dt.timedelta(days=1)
    months = apart.months(last - dt.timedelta(days=31 * (MONTHS + 1)), last)[-MONTHS - 1 :]
    window = Window(months[0], last)
    view = View(None, actor.scope.sealed)
    by, width = (*columns.DIMS, "month"), len(columns.DIMS) + 1
    held = {
        kind: view.measured(replace(_anything(), kind=kind), area=area, window=window, by=by, people=kind == "count")
        for kind in ("count", "amount", "quantity")
    }  # fmt: skip
    behind = {row[:width]: int(row[width + 3]) for row in held["count"]}
    made = []
    for definition in definitions.load().values():
        if definition.kind not in held or definition.over != "register" or not columns.only_sorts(definition.tree):
            continue
        sums, people = dict.fromkeys(months, 0), dict.fromkeys(months, 0)
        for row in held[definition.kind]:
            if columns.fits(definition.tree, dict(zip(columns.DIMS, row, strict=False))):
                month = dt.date.fromisoformat(f"{row[width - 1]}-01")
                sums[month] += int(row[width])
                people[month] += behind.get(row[:width], 0)
        one = _outside(definition, [sums[month] for month in months], months[-1])
        if one is not None and (exact or apart.enough(people[months[-1]])):
            made.append(one if exact else _rounded(one))
    return sorted(made, key=lambda one: -abs(one.value - (one.low + one.high) / 2) / max(one.high - one.low, 1))


def _outside(definition: Definition, values: Sequence[int], month: dt.date) -> Unusual | None:
    past, value = values[:-1], values[-1]
    if sum(1 for one in past if one) < LEAST:
        return None
    first, _, third = quantiles(past, n=4, method="inclusive")
    reach_of = 1.5 * (third - first)
    low, high = max(round(first - reach_of), 0), round(third + reach_of)
    away = abs(value - median(past))
    if low <= value <= high or away < FEW or away < SHARE * median(past):
        return None
    return Unusual(definition, month, value, low, high)


def _rounded(one: Unusual) -> Unusual:
    def cut(value: int) -> int:
        return _cut(value) if one.definition.money else value - value % settings.SMALL_CELL

    return replace(one, value=cut(one.value), low=cut(one.low), high=cut(one.high))


@dataclass(frozen=True, slots=True)
class Reached:
    """Who has what they may have: counts of the newest day, and of them who was not reached a week before."""

    day: dt.date | None
    whole: Mapping[str, int | None]
    before: int | None = None
    pillars: Mapping[str, Counts] | None = None


def reached(actor: Actor, area: str, day: dt.date) -> Reached:
    """Take-up as it was counted last, and by pillar."""
    require(actor, "figures.view", area=area)
    exact = actor.may("gap.view")
    last = reach.last_day()
    if last is None:
        return Reached(None, {})
    scope = actor.scope.narrowed(area)
    shown = reach.shown(scope, day=last, exact=exact, by="service")
    older = reach.last_day(last - WEEK)
    before = reach.shown(scope, day=older, exact=exact, by="service").whole.counts["missed"] if older else None
    known = in_force(day)
    sums: dict[str, list[Counts]] = {}
    for line in shown.lines:
        if line.key in known:
            sums.setdefault(known[line.key].service.pillar, []).append(line.counts)
    pillars = {
        pillar: {name: sum(one[name] or 0 for one in counts) for name in reach.NAMES} for pillar, counts in sums.items()
    }
    return Reached(last, shown.whole.counts, before, pillars)


__all__ = ["DESKS", "Desks", "Money", "Reached", "Unusual", "desks", "paid", "reached", "unusual"]
