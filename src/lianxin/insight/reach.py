"""应享尽享 as a count: for every service and township who is entitled, who receives, whom nothing reaches, day by day.

Posted once a day behind the night's match; a second posting of a day replaces it. Sealed services are not counted here:
that somebody asked is itself not told. After two months one day a week is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr

from lianxin.access.queries import within
from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.casework.periods import RECURRING
from lianxin.catalogue.models import Verdict
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import clock, effects
from lianxin.engine.scope import Actor, Scope
from lianxin.insight import fewer
from lianxin.insight.models import Reach
from lianxin.journal import actions as journal
from lianxin.outcomes.models import Outcome

NAMES = ("entitled", "missed", "receiving", "progress", "unknown", "refused")
DAILY = dt.timedelta(days=62)
YEAR = dt.timedelta(days=365)
SOME = 900
DRAWN = frozenset({states.STANDING, states.REVIEW, states.UNDERWAY})
AT_A_DESK = frozenset({states.OPEN, states.WAITING, states.PUBLICISED})
Key = tuple[str, str]  # service, township
Counted = tuple[str, str, int]  # service, township, how many


def services(day: dt.date) -> dict[str, Published]:
    """The services that are counted: in force, not sealed, with conditions to be entitled by."""
    return {code: one for code, one in in_force(day).items() if one.service.who and not one.service.sealed}


def post(*, by: Actor, at: dt.datetime) -> int:
    """Count today and keep it; the same day again is counted anew. Returns how many lines it has."""
    day = clock.day(at)
    found = services(day)
    counts: dict[Key, dict[str, int]] = {}
    for name, rows in (
        ("entitled", _verdicts(found, "E")), ("unknown", _verdicts(found, "U")), ("missed", _missed(found, day)),
        ("receiving", _receiving(found, day)), ("progress", _cases(found, Q(state__in=AT_A_DESK))),
        ("refused", _refused(found, day)),
    ):  # fmt: skip
        for service, area, count in rows:
            line = counts.setdefault((service, area), dict.fromkeys(NAMES, 0))
            line[name] += count
    made = [Reach(day=day, service=service, area=area, **line) for (service, area), line in sorted(counts.items())]
    with transaction.atomic(), journal.entry(action="insight.reach", by=by, at=at, lines=len(made)):
        Reach.objects.filter(day=day).delete()
        Reach.objects.bulk_create(made, batch_size=1000)
        Reach.objects.filter(day__lt=day - DAILY).exclude(day__iso_week_day=1).delete()
    return len(made)


def _verdicts(found: Mapping[str, Published], verdict: str) -> list[Counted]:
    rows = Verdict.objects.filter(service__in=list(found), verdict=verdict).order_by()
    counted: Any = rows.values("service", township=Substr("area", 1, 9)).annotate(n=Count("pk"))
    return [(row["service"], row["township"] or settings.CITY, row["n"]) for row in counted]


def _missed(found: Mapping[str, Published], day: dt.date) -> list[Counted]:
    """As the list by name has it: entitled, and not paid as it should be."""
    sums: dict[Key, int] = {}
    for code in found:
        rows = list(Verdict.objects.filter(service=code, verdict="E").order_by().values_list("subject", "area"))
        for start in range(0, len(rows), SOME):
            some = rows[start : start + SOME]
            served = effects.perform("served", asked={code: [one for one, _area in some]}, day=day)
            for subject, area in some:
                if (code, subject) not in served:
                    key = (code, area[:9] or settings.CITY)
                    sums[key] = sums.get(key, 0) + 1
    return [(service, area, count) for (service, area), count in sums.items()]


def _receiving(found: Mapping[str, Published], day: dt.date) -> list[Counted]:
    """Who draws it; of what is given once, whoever was given it, and of what is given each year, in this one."""
    regular = [code for code, one in found.items() if one.service.repeat in RECURRING]
    return [*_cases({code: found[code] for code in regular}, Q(state__in=DRAWN)), *given(found, day)]


def given(found: Mapping[str, Published], day: dt.date) -> list[Counted]:
    """Of what does not come each period: who was given it by the day; this year, where it comes every year."""
    once = [code for code, one in found.items() if one.service.repeat in {"once", "per-event"}]
    others = [code for code, one in found.items() if code not in once and one.service.repeat not in RECURRING]
    rows = Outcome.objects.filter(reverses__isnull=True, reversals__isnull=True, happened_on__lte=day)
    asked = Q(service__in=once) | Q(service__in=others, happened_on__gte=day.replace(month=1, day=1))
    return _subjects(rows.filter(asked))


def _subjects(rows: QuerySet[Any]) -> list[Counted]:
    """How many persons, and households where no person is named, by service and township."""
    counted: Any = rows.order_by().values("service", township=Substr("area", 1, 9)).annotate(
        persons=Count("person", distinct=True), families=Count("family", distinct=True, filter=Q(person__isnull=True))
    )  # fmt: skip
    return [(row["service"], row["township"] or settings.CITY, row["persons"] + row["families"]) for row in counted]


def _cases(found: Mapping[str, Published], which: Q) -> list[Counted]:
    return _subjects(Case.objects.filter(which, service__in=list(found)))


def _refused(found: Mapping[str, Published], day: dt.date) -> list[Counted]:
    since = Case.objects.filter(service=OuterRef("service"), person=OuterRef("person"), pk__gt=OuterRef("pk")).exclude(
        state__in=[states.REFUSED, states.WITHDRAWN, states.CLOSED]
    )
    rows = Case.objects.filter(
        ~Exists(since), service__in=list(found), state=states.REFUSED, closed_at__gte=clock.midnight(day - YEAR)
    )
    return _subjects(rows)


@dataclass(frozen=True, slots=True)
class Line:
    """One service, area or day: its counts, None where they are not shown."""

    key: str
    counts: Mapping[str, int | None]

    def __getattr__(self, name: str) -> int | None:
        if name in NAMES:
            return self.counts[name]
        raise AttributeError(name)


@dataclass(frozen=True, slots=True)
class Shown:
    """One day told: the whole, its lines by service or by area; ``exact`` where nothing was hidden or cut down."""

    day: dt.date
    exact: bool
    whole: Line
    lines: Sequence[Line] = field(default=())


def last_day(before: dt.date | None = None) -> dt.date | None:
    """The newest day that was counted on the day, or the newest up to ``before``."""
    rows = Reach.objects.filter(afterwards=False)
    rows = rows.filter(day__lte=before) if before else rows
    found: dt.date | None = rows.aggregate(day=Max("day"))["day"]
    return found


def days(weeks: int) -> list[dt.date]:
    """The days of a trend, oldest first: the newest that was counted in each of so many weeks."""
    newest: dict[tuple[int, int], dt.date] = {}
    for day in Reach.objects.order_by("day").values_list("day", flat=True).distinct():
        newest[day.isocalendar()[:2]] = day
    return list(newest.values())[-weeks:]


def afterwards() -> dt.date | None:
    """The newest day that was counted afterwards; None where there is none."""
    found: dt.date | None = Reach.objects.filter(afterwards=True).aggregate(day=Max("day"))["day"]
    return found


def trend(scope: Scope, *, exact: bool, service: str = "", weeks: int = 12) -> list[Line]:
    """The counts of the scope week by week, oldest first; without ``exact`` cut down, and hidden where too few."""
    asked = days(weeks)
    rows = _rows(scope, service).filter(day__in=asked).order_by().values("day")
    counted: Any = rows.annotate(**{name: Sum(name) for name in NAMES})
    sums: dict[dt.date, dict[str, Any]] = {row["day"]: row for row in counted}
    made = []
    for day in asked:
        line: dict[str, int] = {name: sums.get(day, {}).get(name) or 0 for name in NAMES}
        told: Mapping[str, int | None] = line if exact else fewer.whole(line, NAMES, settings.SMALL_CELL)
        made.append(Line(day.isoformat(), told))
    return made


def shown(scope: Scope, *, day: dt.date, exact: bool, by: str, service: str = "", length: int = 6) -> Shown:
    """One day: by ``service``, or by ``area`` whose codes have ``length`` digits."""
    rows = _rows(scope, service).filter(day=day).order_by()
    key = F("service") if by == "service" else Substr("area", 1, length)
    sums: Any = rows.annotate(key=key).values("key").annotate(**{f"n_{name}": Sum(name) for name in NAMES})
    found = {str(row["key"]): {name: row[f"n_{name}"] or 0 for name in NAMES} for row in sums}
    total = {name: sum(line[name] for line in found.values()) for name in NAMES}
    if exact:
        lines = [Line(code, line) for code, line in sorted(found.items())]
        return Shown(day, True, Line("", total), lines)
    least = settings.SMALL_CELL
    if by == "service":  # another service is no part of the same whole: each stands alone
        told = {code: fewer.whole(line, NAMES, least) for code, line in found.items()}
    else:
        told = fewer.told(found, NAMES, least)
    lines = [Line(code, line) for code, line in sorted(told.items())]
    return Shown(day, False, Line("", fewer.whole(total, NAMES, least)), lines)


def _rows(scope: Scope, service: str) -> QuerySet[Reach]:
    rows = Reach.objects.filter(within(scope, "area"))
    return rows.filter(service=service) if service else rows


def published() -> dt.date | None:
    """The day that the public reads: the first that was counted in the newest month, so that it changes once a month."""
    newest = last_day()
    if newest is None:
        return None
    rows = Reach.objects.filter(afterwards=False, day__gte=newest.replace(day=1))
    return rows.order_by("day").values_list("day", flat=True).first()
