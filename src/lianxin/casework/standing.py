"""Standing decisions: decided once, judged again each period, one line each; what is lost is reviewed by a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from lianxin.casework import judged, states
from lianxin.casework.deciding import reason_pair
from lianxin.casework.delivering import delivery_of, order
from lianxin.casework.models import Case, Move, Period
from lianxin.casework.moving import SOME, Expected, Moving, apart, entered, locked, run, service_of, step_of
from lianxin.casework.periods import RECURRING, since
from lianxin.casework.telling import tell, tell_office
from lianxin.engine import clock
from lianxin.engine.scope import Actor

CHUNK = 2000
LATE = dt.timedelta(days=31)  # a period that was ordered and did not arrive within it is overdue
BY_MATCHING = ("lost", "unknown")  # reasons of a review that the file itself gave, and takes back


@dataclass
class Due:
    """What became of standing decisions on a day."""

    judged: int = 0
    ordered: int = 0
    reviewed: int = 0
    found_again: int = 0


def periods_due(*, day: dt.date, by: Actor, at: dt.datetime) -> Due:
    """Judge every standing decision again and order what is due up to ``day``, each period once, under the version
    that speaks on its judging day.

    Periods that were missed (the machine was off, a review ended well) are made up, judged as of their own last day. An
    entitlement that the file no longer bears out, or can no longer tell, opens a review and tells the person; it never
    stops in silence. Safe to repeat: a period that was ordered is not ordered again.
    """
    done, last = Due(), 0
    while True:
        ids = list(
            Case.objects.filter(state__in=[states.STANDING, states.REVIEW], stands_from__lte=day, pk__gt=last)
            .order_by("pk").values_list("pk", flat=True)[:CHUNK]
        )  # fmt: skip
        if not ids:
            return done
        last = ids[-1]
        with transaction.atomic():
            for group in apart([case for case in locked(ids) if service_of(case).repeat in RECURRING]):
                with entered(group, "case.period", by, at, None) as writer:
                    _group(Moving(writer, by, at, group), day, done)


def _group(moving: Moving, day: dt.date, done: Due) -> None:
    """One chunk: judged in as many frames as there are judging days, which is one but for missed periods."""
    waiting = _undelivered(moving.cases, day)
    by_day: dict[dt.date, list[tuple[Case, str]]] = {}
    for case, period, judged_on in waiting:
        by_day.setdefault(judged_on, []).append((case, period))
    lost: dict[int, str] = {}
    again: list[Case] = []
    for judged_on in sorted(by_day):
        rows = by_day[judged_on]
        verdicts = judged.judged([case for case, _period in rows], judged_on, spoken=True)
        done.judged += len(rows)
        good: list[tuple[Case, str, judged.Judged]] = []
        for (case, period), verdict in zip(rows, verdicts, strict=True):
            if verdict is not None and verdict.verdict == "entitled" and _payable(case, verdict):
                good.append((case, period, verdict))
            elif judged_on == day and case.state == states.STANDING:
                lost[case.pk] = "unknown" if verdict is not None and verdict.verdict == "unknown" else "lost"
        again += [case for case, _period, _amount in good if judged_on == day and case.state == states.REVIEW]
        done.ordered += _order(moving, good, clock.day(moving.at))
    for case in again:
        moving.follow(case, "find-again")
    for case in moving.cases:
        if case.pk in lost:
            moving.follow(case, "lose", reason=lost[case.pk])
    moving.settle()
    done.reviewed += len(lost)
    done.found_again += len(again)
    reviewed = [case for case in moving.cases if case.pk in lost]
    _tell_review(moving, reviewed)


def _undelivered(cases: Sequence[Case], day: dt.date) -> list[tuple[Case, str, dt.date]]:
    """Periods not ordered yet: (case, period, the day on which it is judged).

    Under review only the present period is judged; when it is borne out again the missed ones follow the next time.
    """
    ids = [case.pk for case in cases]
    have: set[tuple[int, str]] = set()
    for start in range(0, len(ids), SOME):
        rows = Period.objects.filter(case__in=ids[start : start + SOME]).exclude(state__in=["reversed", "cancelled"])
        have |= set(rows.values_list("case_id", "period"))
    found = []
    for case in cases:
        if case.stands_from is None:
            continue
        until = min(day, case.stands_to) if case.stands_to else day
        for period, judged_on in since(service_of(case).repeat, case.stands_from, until):
            if (case.pk, period) in have or (case.state == states.REVIEW and judged_on != day):
                continue
            found.append((case, period, judged_on))
    return found


def _payable(case: Case, verdict: judged.Judged) -> bool:
    """An amount where one is paid; what is not money is given whole."""
    return verdict.amount is not None or step_of(case).as_ != "payment"


def _order(moving: Moving, good: Sequence[tuple[Case, str, judged.Judged]], happened_on: dt.date) -> int:
    groups: dict[str, list[tuple[Case, str, judged.Judged]]] = {}
    for row in good:
        groups.setdefault(step_of(row[0]).as_ or "record", []).append(row)
    for as_, rows in groups.items():
        for case, _period, verdict in rows:
            case.amount = verdict.amount
        wanted = [
            delivery_of(case, period, happened_on, amount=verdict.amount, version=verdict.version)
            for case, period, verdict in rows
        ]
        order(moving, as_, wanted)
        for case, period, _verdict in rows:
            moving.follow(case, "period", reason=period)
    return len(good)


def review_lost(*, cases: Sequence[Case], by: Actor, at: dt.datetime, reason: str = "lost") -> int:
    """Standing decisions among ``cases`` (locked) go to review; proposals lapse; both are told. Returns how many."""
    count = 0
    for group in apart([case for case in cases if case.state in {states.STANDING, states.PROPOSED}]):
        with entered(group, "case.lose", by, at, None) as writer:
            moving = Moving(writer, by, at, group)
            proposals = [case for case in group if case.state == states.PROPOSED]
            for case in group:
                moving.follow(case, "lapse" if case.state == states.PROPOSED else "lose", reason=reason)
            moving.settle()
            if reason != "died":
                tell(proposals, "lapsed", by=by, at=at, writer=writer)
            _tell_review(moving, [case for case in group if case.state == states.REVIEW], quiet=reason == "died")
            count += len(group)
    return count


def lost_subjects(*, service: str, subjects: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """What matching no longer finds: the subjects' proposals lapse, their standing decisions are reviewed."""
    count = 0
    for start in range(0, len(subjects), SOME):
        some = list(subjects[start : start + SOME])
        with transaction.atomic():
            rows = Case.objects.filter(
                Q(person__in=some) | Q(person__isnull=True, family__in=some),
                service=service, state__in=[states.PROPOSED, states.STANDING],
            ).order_by("pk")  # fmt: skip
            count += review_lost(cases=locked(list(rows.values_list("pk", flat=True))), by=by, at=at)
    return count


def found_subjects(*, service: str, subjects: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """What matching finds again: reviews that nothing but its loss opened end by themselves. Returns how many.

    Nobody is written to: they were told that somebody looks, nothing stopped meanwhile, and the case says what became
    of it. A review for silence or for a death waits for a person.
    """
    count = 0
    last = Move.objects.filter(case=OuterRef("pk"), verb="lose").order_by("-pk")
    for start in range(0, len(subjects), SOME):
        some = list(subjects[start : start + SOME])
        rows = Case.objects.filter(
            Q(person__in=some) | Q(person__isnull=True, family__in=some), service=service, state=states.REVIEW
        ).annotate(why=Subquery(last.values("reason")[:1])).filter(why__in=BY_MATCHING).order_by("pk")  # fmt: skip
        with transaction.atomic():
            again = [case for case in locked(list(rows.values_list("pk", flat=True))) if case.state == states.REVIEW]
            for group in apart(again):
                with entered(group, "case.find-again", by, at, None) as writer:
                    moving = Moving(writer, by, at, group)
                    moving.follow_all("find-again")
                    moving.settle()
            count += len(again)
    return count


def served_among(asked: Mapping[str, Sequence[int]], day: dt.date) -> set[tuple[str, int]]:
    """Of the subjects asked about, by service, those with a standing decision of it and no period that came back or is
    overdue."""
    found: set[tuple[str, int]] = set()
    late = Q(state="returned") | Q(state="underway", ordered_at__lt=clock.midnight(day) - LATE)
    pairs = {(service, subject) for service, subjects in asked.items() for subject in subjects}
    subjects = sorted({subject for _, subject in pairs})
    for start in range(0, len(subjects), SOME):
        some = subjects[start : start + SOME]
        rows = Case.objects.filter(
            Q(person__in=some) | Q(person__isnull=True, family__in=some), service__in=list(asked), state=states.STANDING
        ).exclude(pk__in=Period.objects.filter(late).values("case"))  # fmt: skip
        of_whom = rows.values_list("service", "person_id", "family_id")
        found.update((service, person or family or 0) for service, person, family in of_whom)
    return found & pairs


def _tell_review(moving: Moving, cases: Sequence[Case], *, quiet: bool = False) -> None:
    if not quiet:
        tell(cases, "standing-review", by=moving.by, at=moving.at, writer=moving.writer)
    tell_office(cases, "review-please", by=moving.by, at=moving.at, writer=moving.writer)


def keep(
    *, cases: Sequence[int] | int, by: Actor, at: dt.datetime, words: str = "", expected: Expected = None
) -> list[Case]:
    """The review found that it stands; what was held back is made up with the next periods."""

    def body(moving: Moving) -> None:
        moving.follow_all("keep", words=words)
        moving.settle()
        tell(moving.cases, "kept", by=by, at=at, writer=moving.writer)

    return run("keep", cases=cases, by=by, at=at, expected=expected, body=body)


def end(
    *, cases: Sequence[int] | int, reason: str, by: Actor, at: dt.datetime, words: str = "", expected: Expected = None
) -> list[Case]:
    """A standing decision ends, with a reason and from this day; the subject is told (unless the reason is a death)."""
    why = reason_pair(reason, words, "end")

    def body(moving: Moving) -> None:
        for case in moving.cases:
            case.stands_to = clock.day(at)
        moving.follow_all("end", reason=reason, words=words)
        moving.settle()
        more = {case.pk: {"reason": why} for case in moving.cases}
        tell(moving.cases, "standing-ended", by=by, at=at, writer=moving.writer, more=more)

    return run("end", cases=cases, by=by, at=at, expected=expected, body=body)
