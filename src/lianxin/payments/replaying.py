"""Replay: judge what was decided for past periods again, by the rule that speaks of them now and the file as it is now.

A period is judged on the day on which it was judged then. What comes out is compared with what the person was given for
it, with earlier corrections. A difference is proposed only where the decision of then can be told again from the version
and the file of then: whatever moved since is then the rule, the file or both. Where it cannot, or the file cannot tell
now, or money is on its way, the line is shown and nothing is proposed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet, Sum

from lianxin.access.queries import within
from lianxin.casework.models import Case
from lianxin.casework.periods import RECURRING, last_day
from lianxin.catalogue.facts import facts_of
from lianxin.catalogue.models import Version
from lianxin.catalogue.queries import Published, speaking, version
from lianxin.engine import clock, judging
from lianxin.engine.scope import Scope
from lianxin.payments.models import Line
from lianxin.payments.replaymodels import Correction, Recovery

SOME = 900
FIRST, LAST = dt.date(1949, 10, 1), dt.date(2999, 12, 31)  # no period lies outside
TRANSIT = frozenset({"batched", "sent"})
MONEY = frozenset({"top-up", "recover"})
Key = tuple[int, str]  # case, period


@dataclass(frozen=True, slots=True)
class Given:
    """What one case was given for one period: fen with all corrections, and by what it was judged last."""

    case: int
    person: int
    subject: int | None  # whom the service judges: the person, or the household
    area: str
    period: str
    line: int
    event_on: dt.date | None
    judged_on: dt.date
    version: int
    known_at: dt.datetime
    fen: int
    waived: int  # fen that were to come back and were written off: they stay with the person
    transit: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One judgement: fen (0 where not entitled), None where the file or the rule cannot tell."""

    fen: int | None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one case was given for one period, and what it comes to now."""

    case: int
    person: int | None
    line: int | None
    version: int
    area: str
    period: str
    judged_on: dt.date
    kind: str  # top-up | recover | look | wait | decide
    cause: str
    was: int
    now: int
    missing: str = ""

    @property
    def key(self) -> Key:
        """Case and period."""
        return self.case, self.period


def find(scope: Scope, service: str, from_on: dt.date, to_on: dt.date) -> list[Difference]:
    """Every difference of a service inside the scope for periods judged from ``from_on`` to ``to_on``, in the order of
    cases and periods; nothing is stored. What a person decided to leave as it is (same two amounts) is not told again.
    """
    return find_given(scope, service, from_on, to_on) + find_refused(scope, service, from_on, to_on)


def lines_of(scope: Scope, service: str) -> QuerySet[Line]:
    """The lines of a service inside the scope, those of corrections among them."""
    listed = Q(sealed=False) | Q(service__in=scope.sealed)
    return Line.objects.filter(within(scope, "area"), listed, service=service)


def find_given(
    scope: Scope, service: str, from_on: dt.date, to_on: dt.date, cases: tuple[int, int] | None = None
) -> list[Difference]:
    """The differences of what was given; ``cases``: of those from one id to another alone."""
    lines = lines_of(scope, service)
    if cases is not None:
        lines = lines.filter(case_id__gte=cases[0], case_id__lte=cases[1])
    differing = _differences(service, _given(lines, max(from_on, FIRST), min(to_on, LAST)))
    left = _left(service, [one.key for one in differing])
    return [one for one in differing if (*one.key, one.was, one.now) not in left]


def _given(lines: Any, from_on: dt.date, to_on: dt.date) -> list[Given]:
    """What was given in these periods. A line that a person cancelled, and nothing took its place, is left out."""
    held: dict[Key, list[Line]] = {}
    for line in lines.select_related("case", "correction").order_by("case_id", "period", "pk"):
        held.setdefault((line.case_id, line.period), []).append(line)
    taken = taken_back({case for case, _period in held})
    waived = written_off({case for case, _period in held})
    last = _last({case for case, _period in held})
    made = []
    for key, rows in held.items():
        first, decided = rows[0], last.get(key)
        if decided is None and all(row.state == "cancelled" for row in rows):
            continue
        judged_on = _judged_on(first)
        if not from_on <= judged_on <= to_on:
            continue
        fen = sum(row.amount for row in rows if row.state != "cancelled") - taken.get(key, 0)
        by, known_at = (decided.version_id, decided.replay.made_at) if decided else (first.version_id, first.created_at)
        family = version(first.version_id).service.subject == "family"
        made.append(Given(
            first.case_id, first.person_id, first.case.family_id if family else first.case.person_id, first.area,
            first.period, first.pk, first.case.event_on, judged_on, by, known_at, fen, waived.get(key, 0),
            any(row.state in TRANSIT for row in rows),
        ))  # fmt: skip
    return made


def _judged_on(line: Line) -> dt.date:
    """The day on which a line's period was judged: its last day where it was made up later, else the day of the line;
    an award's amount was judged on the day on which its case was opened."""
    repeat = version(line.version_id).service.repeat
    day = clock.day(line.created_at)
    if repeat == "per-event":
        return clock.day(line.case.opened_at)
    return min(day, last_day(repeat, line.period)) if repeat in RECURRING else day


def taken_back(cases: set[int]) -> dict[Key, int]:
    """Fen that is to come back of each period, settled or not: a decision, as a line is one."""
    found: dict[Key, int] = {}
    for part in parts(cases):
        sums = Recovery.objects.filter(case__in=part).order_by().values_list("case_id", "period")
        found.update({(case, period): fen for case, period, fen in sums.annotate(fen=Sum("amount"))})
    return found


def written_off(cases: set[int]) -> dict[Key, int]:
    """Fen of each period that were to come back and never will: whoever owed them keeps them."""
    found: dict[Key, int] = {}
    for part in parts(cases):
        sums = Recovery.objects.filter(case__in=part, waived__gt=0).order_by().values_list("case_id", "period")
        found.update({(case, period): fen for case, period, fen in sums.annotate(fen=Sum("waived"))})
    return found


def _last(cases: set[int]) -> dict[Key, Correction]:
    """The newest correction of each period that was carried out."""
    found: dict[Key, Correction] = {}
    for part in parts(cases):
        for one in Correction.objects.filter(case__in=part, state="applied").select_related("replay").order_by("pk"):
            found[one.case_id, one.period] = one
    return found


def _left(service: str, keys: Sequence[Key]) -> set[tuple[int, str, int, int]]:
    """What somebody decided to leave: case, period and both amounts."""
    wanted, found = set(keys), set()
    for part in parts({case for case, _period in keys}):
        rows = Correction.objects.filter(case__in=part, state="left", replay__service=service)
        rows = rows.exclude(replay__state="dropped")
        for case, period, was, now in rows.values_list("case_id", "period", "was", "now"):
            if (case, period) in wanted:
                found.add((case, period, was, now))
    return found


def parts(ids: Iterable[int]) -> Iterable[list[int]]:
    """Ids in order, so many at a time as one statement takes."""
    every = sorted(ids)
    return (every[start : start + SOME] for start in range(0, len(every), SOME))


def _differences(service: str, given: Sequence[Given]) -> list[Difference]:
    asked = _ruled(service, given)
    now = _judge([(one, number, None) for one, number in asked])
    differing = [
        (one, number, said) for (one, number), said in zip(asked, now, strict=True)
        if said.fen is None or not one.fen <= said.fen <= one.fen + one.waived
    ]  # fmt: skip
    latest: dict[tuple[int, dt.date, dt.date], dt.datetime] = {}
    for one, _number, _said in differing:
        at = (one.version, one.judged_on, clock.day(one.known_at))
        latest[at] = max(latest.get(at, one.known_at), one.known_at)
    then = _judge([
        (one, one.version, latest[one.version, one.judged_on, clock.day(one.known_at)]) for one, _n, _s in differing
    ])  # fmt: skip
    old_rule = _judge([(one, one.version, None) for one, _number, _said in differing])
    return [
        _difference(one, number, said, before, old.fen)
        for (one, number, said), before, old in zip(differing, then, old_rule, strict=True)
    ]


def _ruled(service: str, given: Sequence[Given]) -> list[tuple[Given, int]]:
    """Each with the version that speaks of its day now: its own, unless another one was published since."""
    spoken = speaking([service], {one.judged_on for one in given})
    published = dict(Version.objects.filter(service=service).values_list("pk", "published_at"))

    def rule(one: Given) -> int:
        found = spoken.get((service, one.judged_on))
        return found.version_id if found and published[found.version_id] > one.known_at else one.version

    return [(one, rule(one)) for one in given]


def _difference(one: Given, number: int, now: Said, then: Said, old_rule: int | None) -> Difference:
    made = Difference(
        one.case, one.person, one.line, number, one.area, one.period, one.judged_on, "look", "", one.fen,
        one.fen if now.fen is None else now.fen, now.missing,
    )  # fmt: skip
    if now.fen is None or then.fen != one.fen:
        return made
    cause = "file" if old_rule == now.fen else "rule" if old_rule == one.fen else "both"
    more = now.fen > one.fen
    if more:  # what was written off was given
        return replace(made, kind="top-up", cause=cause, was=one.fen + one.waived)
    return replace(made, kind="wait" if one.transit else "recover", cause=cause)


def _judge(asked: Sequence[tuple[Given, int, dt.datetime | None]]) -> list[Said]:
    """Each judged on its day, by the version and with the file as known at the instant (None: now); one frame for
    each version, day and instant."""
    groups: dict[tuple[int, dt.date, dt.datetime | None], set[int]] = {}
    for one, number, known_at in asked:
        if one.subject is not None:
            groups.setdefault((number, one.judged_on, known_at), set()).add(one.subject)
    found = {key: _verdicts(version(key[0]), key[1], key[2], ids) for key, ids in groups.items()}
    nothing = Said(None)
    return [
        _for_event(found.get((number, one.judged_on, known_at), {}).get(one.subject or 0), one) or nothing
        for one, number, known_at in asked
    ]


def _for_event(said: tuple[Said, Any] | None, one: Given) -> Said | None:
    """A judgement, unless it is about another event than the case's: then the file tells of other awards than then."""
    if said is None or (one.event_on is not None and said[1] != one.event_on and said[0].fen != 0):
        return None
    return said[0]


def _verdicts(
    published: Published, day: dt.date, known_at: dt.datetime | None, ids: set[int]
) -> dict[int, tuple[Said, Any]]:
    service = published.service
    codes = [*published.facts, *([service.event] if service.event else [])]
    frame = facts_of(
        subject=service.subject, codes=list(dict.fromkeys(codes)), day=day, service=service.code, ids=sorted(ids),
        known_at=known_at, known=service.facts,
    )  # fmt: skip
    events = dict(frame.select("id", service.event).iter_rows()) if service.event else {}
    made = {}
    for row in judging.judge(service, frame, day).select("id", "verdict", "amount", "missing").iter_rows():
        pk, verdict, amount, missing = row
        fen = 0 if verdict == "not_entitled" else amount if verdict == "entitled" else None
        made[pk] = (Said(fen, missing or ""), events.get(pk))
    return made


def find_refused(scope: Scope, service: str, from_on: dt.date, to_on: dt.date) -> list[Difference]:
    """Cases refused or ended in these days by the rule of then, whose subjects the rule of now entitles: to be decided
    again by a person. Where already the rule of then entitled them, somebody had another reason, and it stands."""
    listed = Q(sealed=False) | Q(service__in=scope.sealed)
    from_on, to_on = max(from_on, FIRST), min(to_on, LAST)
    first, end = clock.midnight(from_on), clock.midnight(to_on + dt.timedelta(days=1))
    cases = Case.objects.filter(
        within(scope, "area"), listed, service=service, state__in=["refused", "closed"], closed_at__gte=first,
        closed_at__lt=end, person__isnull=False, became__isnull=True,
    ).order_by("pk")  # fmt: skip
    given = []
    for case in cases:
        at = case.closed_at or case.moved_at
        family = version(case.version_id).service.subject == "family"
        given.append(Given(
            case.pk, case.person_id or 0, case.family_id if family else case.person_id, case.area, "", 0,
            case.event_on, clock.day(at), case.version_id, at, 0, 0, transit=False,
        ))  # fmt: skip
    asked = _ruled(service, given)
    now = _judge([(one, number, None) for one, number in asked])
    good = [(one, number, said) for (one, number), said in zip(asked, now, strict=True) if said.fen]
    then = _judge([(one, one.version, one.known_at) for one, _number, _said in good])
    old_rule = _judge([(one, one.version, None) for one, _number, _said in good])
    return [
        Difference(one.case, one.person, None, number, one.area, "", one.judged_on, "decide",
                   "file" if old.fen == said.fen else "rule", 0, said.fen or 0)
        for (one, number, said), before, old in zip(good, then, old_rule, strict=True) if before.fen == 0
    ]  # fmt: skip
