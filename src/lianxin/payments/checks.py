"""What stands between a line and the bank, asked when a batch is made and again at every later hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from lianxin.payments import payees
from lianxin.payments.models import Attempt, Batch, Line
from lianxin.people import identities

UNDERWAY = ("batched", "sent", "paid", "suspense")


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be paid now, and why (a code of ``faults.BLOCKED``)."""

    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A line that can be paid now, to which account."""

    line: int
    amount: int
    account: int


def sort(lines: QuerySet[Line], day: dt.date) -> tuple[list[Ready], list[Fault]]:
    """Part due lines into those that can be paid on ``day`` and those that wait; five queries for any number."""
    whom = payees.of(lines, day)
    twice = duplicates(lines)
    ready: list[Ready] = []
    waiting: list[Fault] = []
    for pk, person, amount in lines.values_list("pk", "person_id", "amount"):
        payee = whom[person]
        code = payee.fault(day) or ("duplicate" if pk in twice else "")
        if code or payee.account is None:
            waiting.append(Fault(pk, code))
        else:
            ready.append(Ready(pk, amount, payee.account.id))
    return ready, waiting


def faults(batch: Batch, day: dt.date) -> list[Fault]:
    """Lines of a batch that can no longer be paid: died, suspended, account changed, paid elsewhere meanwhile."""
    lines = Line.objects.filter(batch=batch, state="batched")
    whom = payees.of(lines, day)
    twice = duplicates(lines)
    tries = Attempt.objects.filter(batch=batch, result="sent").order_by("serial")
    found = []
    for pk, person, account in tries.values_list("line_id", "line__person_id", "account_id"):
        payee = whom.get(person)
        code = payee.fault(day, account) if payee else "dead"
        if code or pk in twice:
            found.append(Fault(pk, code or "duplicate"))
    return found


def totals_hold(batch: Batch) -> bool:
    """Whether count and total of the batch are those of its lines and of its attempts."""
    tries = Attempt.objects.filter(batch=batch).exclude(result="dropped").aggregate(n=Count("pk"), sum=Sum("amount"))
    lines = Line.objects.filter(batch=batch).aggregate(n=Count("pk"), sum=Sum("amount"))
    said = {"n": batch.count, "sum": batch.total}
    return tries == said and lines == said


def duplicates(lines: QuerySet[Line]) -> set[int]:
    """Lines whose person has another live line of the same service and period, in this county or another.

    Of two due lines the later one is the duplicate; a line under way or paid makes any other one. Lines without a
    calendar period (``once``) are decided by the service itself. A line that a checker cleared is not asked again; a
    line of a correction is meant to stand beside another, and two people have signed it.
    """
    open_lines = lines.filter(cleared=False, correction__isnull=True).exclude(period="once")
    twin = Line.objects.filter(
        person=OuterRef("person"), service=OuterRef("service"), period=OuterRef("period"), correction__isnull=True
    ).exclude(pk=OuterRef("pk"))
    earlier = twin.filter(Q(state__in=UNDERWAY) | Q(state="due", pk__lt=OuterRef("pk")))
    found = set(open_lines.filter(Exists(earlier)).values_list("pk", flat=True))
    return found | _across_merged(open_lines)


def _across_merged(lines: QuerySet[Line]) -> set[int]:
    """The same among files that were merged: two numbers, one person. There are few of them."""
    merged = lines.filter(Q(person__survivor__isnull=False) | Q(person__merged__isnull=False))
    found = list(merged.values_list("pk", "person_id", "service", "period").distinct())
    if not found:
        return set()
    into = identities.survivors()
    mine = {pk: (into.get(person, person), service, period) for pk, person, service, period in found}
    files = identities.files_of(person for person, _, _ in mine.values())
    rows: list[tuple[int, tuple[int, str, str], str]] = []
    for part in identities.some(files):
        every = Line.objects.filter(person__in=part, correction__isnull=True).exclude(state="cancelled")
        rows += [
            (pk, (into.get(person, person), service, period), state)
            for pk, person, service, period, state in every.values_list("pk", "person_id", "service", "period", "state")
        ]
    return set(_twins(mine, rows))


def _twins(
    mine: dict[int, tuple[int, str, str]], rows: Iterable[tuple[int, tuple[int, str, str], str]]
) -> Iterable[int]:
    groups: dict[tuple[int, str, str], list[tuple[int, str]]] = {}
    for pk, whose, state in rows:
        groups.setdefault(whose, []).append((pk, state))
    for pk, key in mine.items():
        if any(other != pk and (state in UNDERWAY or other < pk) for other, state in groups.get(key, [])):
            yield pk
