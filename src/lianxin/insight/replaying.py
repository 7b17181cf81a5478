"""Weeks of 应享尽享 that nobody counted, replayed: what the files know today about a Monday that has passed.

Judging a past day writes no verdict and opens nothing (decision 26); only its counts are kept, marked as counted afterwards.
A day that was counted on the day itself is never touched. What the files of then did not know yet is in these counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from lianxin.casework import states
from lianxin.casework.models import Case, Move
from lianxin.casework.periods import RECURRING
from lianxin.catalogue import matching
from lianxin.catalogue.models import Run
from lianxin.catalogue.queries import Published
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.insight import reach
from lianxin.insight.models import Reach
from lianxin.journal import actions as journal

WEEKS = 12
Progress = Callable[[str, int, int], None]
Subject = tuple[str, int]  # service, and the id of whom it is about


def missing(today: dt.date, weeks: int = WEEKS) -> list[dt.date]:
    """The Mondays of the last weeks in whose week nothing was counted, newest first; none from before the first match here:
    what reached people then is not in these books."""
    begun = Run.objects.order_by("at").values_list("at", flat=True).first()
    monday = today - dt.timedelta(days=today.weekday())
    asked = [monday - dt.timedelta(weeks=back) for back in range(weeks)]
    asked = [day for day in asked if begun is not None and day >= clock.day(begun)]
    if not asked:
        return []
    counted = {
        day - dt.timedelta(days=day.weekday()) for day in Reach.objects.filter(day__gte=asked[-1]).order_by("day")
        .values_list("day", flat=True).distinct()
    }  # fmt: skip
    return [day for day in asked if day not in counted and day < today]


def fill(
    *, by: Actor, at: dt.datetime, weeks: int = WEEKS, most: int | None = None, progress: Progress | None = None
) -> list[dt.date]:
    """Count missing weeks afterwards (``most`` of them), newest first, each in a transaction of its own; the days added.

    A repeat adds nothing; a kill loses the week it was at.
    """
    asked = missing(clock.day(at), weeks)[:most]
    for done, day in enumerate(asked):
        if progress:
            progress("weeks", done, len(asked))
        _post(day, by=by, at=at)
    if progress and asked:
        progress("weeks", len(asked), len(asked))
    return asked


def _post(day: dt.date, *, by: Actor, at: dt.datetime) -> None:
    lines = counts(day)
    made = [Reach(day=day, service=service, area=area, afterwards=True, **line)
            for (service, area), line in sorted(lines.items())]  # fmt: skip
    with transaction.atomic(), journal.entry(action="insight.reach-afterwards", by=by, at=at, lines=len(made),
                                             day=day.isoformat()):  # fmt: skip
        if not Reach.objects.filter(day=day).exists():  # somebody else may have been quicker
            Reach.objects.bulk_create(made, batch_size=1000)


def counts(day: dt.date) -> dict[reach.Key, dict[str, int]]:
    """The counts of every service and township as of a day that has passed, by what the files know now."""
    found = reach.services(day)
    made: dict[reach.Key, dict[str, int]] = {}

    def add(name: str, rows: Iterable[reach.Counted]) -> None:
        for service, area, count in rows:
            made.setdefault((service, area), dict.fromkeys(reach.NAMES, 0))[name] += count

    cases = _cases(found, day)
    standing = {(service, subject) for service, _area, subject, state in cases if state == states.STANDING}
    matched = [one for one in found.values() if one.service.is_matched()]
    for one in matching.judged(matched, day, None):
        code = one.found.service.code
        for verdict, name in (("E", "entitled"), ("U", "unknown")):
            rows = one.verdicts.filter(one.verdicts["verdict"] == verdict).select("subject", "area").rows()
            add(name, ((code, area[:9] or settings.CITY, 1) for _subject, area in rows))
            if verdict == "E":
                add("missed", ((code, area[:9] or settings.CITY, 1) for subject, area in rows
                               if (code, subject) not in standing))  # fmt: skip
    regular = {code for code, one in found.items() if one.service.repeat in RECURRING}
    drawn = {(service, area, subject) for service, area, subject, state in cases
             if service in regular and state in reach.DRAWN}  # fmt: skip
    at_a_desk = {(service, area, subject) for service, area, subject, state in cases if state in reach.AT_A_DESK}
    add("receiving", ((service, area, 1) for service, area, _subject in drawn))
    add("receiving", reach.given(found, day))
    add("progress", ((service, area, 1) for service, area, _subject in at_a_desk))
    add("refused", ((service, area, 1) for service, area, _subject in _refused(cases)))
    return made


def _cases(found: Mapping[str, Published], day: dt.date) -> list[tuple[str, str, int, str]]:
    """Service, township, subject and the state at the end of the day, of every case that was open then or had ended within
    the year before, oldest first."""
    end = clock.midnight(day + dt.timedelta(days=1))
    last = Move.objects.filter(case=OuterRef("pk"), at__lt=end).order_by("-pk").values("to_state")[:1]
    rows = Case.objects.filter(
        Q(closed_at__isnull=True) | Q(closed_at__gte=end - reach.YEAR),
        service__in=list(found), opened_at__lt=end,
    ).annotate(then=Subquery(last)).order_by("pk")  # fmt: skip
    return [
        (service, area[:9] or settings.CITY, person or family or 0, then or "")
        for service, area, person, family, then in rows.values_list("service", "area", "person_id", "family_id", "then")
    ]


def _refused(cases: Iterable[tuple[str, str, int, str]]) -> set[tuple[str, str, int]]:
    """Whose newest case of the service had ended with a refusal; what was taken back since is no case."""
    newest: dict[Subject, tuple[str, str]] = {}
    for service, area, subject, state in cases:
        if state not in {states.WITHDRAWN, states.CLOSED}:
            newest[service, subject] = (area, state)
    return {(service, area, subject) for (service, subject), (area, state) in newest.items() if state == states.REFUSED}
