"""Counties beside one another, fairly: a rate per thousand with what chance alone allows, never a rank.

A small county's rate swings by itself; so each stands with its exact interval (Clopper and Pearson, 95 %) and with how few and
how many would be no surprise there if the whole city's rate held everywhere (the funnel's limits, 95 and 99.8 %). Whoever may
not open names sees counts as :mod:`fewer` tells them, and rates made of those.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import Substr

from lianxin.access.permissions import require
from lianxin.access.queries import under
from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock, intervals
from lianxin.engine.scope import Actor
from lianxin.insight import fewer, reach

What = Literal["missed", "receiving", "overdue", "refused", "unhappy"]
WHATS: tuple[What, ...] = ("missed", "receiving", "overdue", "refused", "unhappy")
GOOD = frozenset({"receiving"})  # the more the better; of the others, the fewer
BELOW = {4: 6, 6: 9}
YEAR = dt.timedelta(days=365)
Stands = Literal["within", "doubtful", "outside"]
FUNNEL: tuple[tuple[float, Stands], ...] = ((0.95, "doubtful"), (0.998, "outside"))


@dataclass(frozen=True, slots=True)
class Line:
    """One area: how many of how many (None: too few people), the rate per thousand, its interval, and where it stands.

    ``within``: chance explains it; ``doubtful``: chance would do so once in twenty; ``outside``: hardly ever.
    """

    code: str
    found: int | None
    of: int | None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    stands: Stands = "within"
    above: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """All areas below one, in the order of their codes, and the whole. ``day``: of which day the counts are."""

    what: What
    exact: bool
    day: dt.date | None
    whole: Line
    lines: list[Line]


def compare(actor: Actor, *, area: str, what: What, at: dt.datetime, service: str = "") -> Compared:
    """The parts of an area beside one another. Raises ``Refused`` outside the scope."""
    require(actor, "figures.view", area=area)
    length = BELOW.get(len(area), 9)
    if what in ("missed", "receiving"):
        exact = actor.may("gap.view")
        day = reach.last_day()
        counts = _reached(actor, area, length, what, service, day) if day else {}
    else:
        exact, day = actor.may("case.view"), clock.day(at)
        counts = _cases(area, length, what, service, at)
    least = settings.SMALL_CELL
    names = ("found", "of")
    total = {name: sum(one[name] for one in counts.values()) for name in names}
    told: Mapping[str, Mapping[str, int | None]] = counts if exact else fewer.told(counts, names, least)
    whole = total if exact else fewer.whole(total, names, least)
    rate = whole["found"] / whole["of"] if whole["found"] is not None and whole["of"] else None
    lines = [_line(code, one["found"], one["of"], rate) for code, one in sorted(told.items())]
    return Compared(what, exact, day, _line(area, whole["found"], whole["of"], None), lines)


def _line(code: str, found: int | None, of: int | None, rate: float | None) -> Line:
    if found is None or not of:
        return Line(code, found, of)
    found = min(found, of)
    low, high = intervals.share(found, of)
    stands: Stands = "within"
    if rate is not None:
        for limit, said in FUNNEL:
            least, most = intervals.funnel(of, min(rate, 1.0), limit)
            if not least <= found <= most:
                stands = said
    return Line(
        code, found, of, found * 1000 / of, low * 1000, high * 1000, stands, rate is not None and found / of > rate
    )


def _reached(actor: Actor, area: str, length: int, what: str, service: str, day: dt.date) -> dict[str, dict[str, int]]:
    """Of those entitled, whom nothing reaches, or who is reached."""
    shown = reach.shown(actor.scope.narrowed(area), day=day, exact=True, by="area", service=service, length=length)
    made = {}
    for line in shown.lines:
        entitled, missed = line.counts["entitled"] or 0, line.counts["missed"] or 0
        if len(line.key) == length:
            made[line.key] = {"found": missed if what == "missed" else entitled - missed, "of": entitled}
    return made


def _cases(area: str, length: int, what: str, service: str, at: dt.datetime) -> dict[str, dict[str, int]]:
    """Of cases on desks, how many are overdue; of those decided within a year, how many were refused; of those rated, how
    many families were not content."""
    sealed = [code for code, one in in_force(clock.day(at)).items() if one.service.sealed]
    rows = Case.objects.filter(under(area, "area"), sealed=False).exclude(service__in=sealed).order_by()
    if service:
        rows = rows.filter(service=service)
    year = clock.midnight(clock.day(at) - YEAR)
    decided = Q(state__in=[states.REFUSED, states.DELIVERED, states.STANDING], moved_at__gte=year)
    on_desk = Q(state__in=states.ON_A_DESK - {states.WAITING}, paused_at__isnull=True)
    which: dict[str, tuple[Q, Q]] = {
        "overdue": (on_desk, Q(due_at__lt=at)), "refused": (decided, Q(state=states.REFUSED)),
        "unhappy": (Q(ratings__at__gte=year), Q(ratings__score__lte=2)),
    }  # fmt: skip
    of, found = which[what]
    counted: Any = rows.filter(of).values(part=Substr("area", 1, length)).annotate(
        of=Count("pk", distinct=True), found=Count("pk", filter=found, distinct=True)
    )  # fmt: skip
    return {row["part"]: {"found": row["found"], "of": row["of"]} for row in counted if len(row["part"]) == length}
