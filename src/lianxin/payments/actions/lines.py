"""Lines: owed under a decision, owed again after the bank sent them back, cancelled when nothing is owed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.engine import clock
from lianxin.engine.deliveries import Delivered, Delivery
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.payments import books, payees
from lianxin.payments.faults import BY_BANK, same
from lianxin.payments.models import Attempt, Line
from lianxin.people.awarded import merits

SOME = 900  # ids in one query: below every database's limit of parameters


def owe(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """Make one line for each delivery and accrue it; a case and period that has its line keeps it unchanged.

    The case is under way until the bank has paid. Raises :class:`Refusal` where nobody or nothing is to be paid.
    """
    for one in deliveries:
        if one.person is None:
            raise Refusal(_("A payment needs a payee: name the person of the household who receives it."))
        if one.amount is None or one.amount < 0:
            raise Refusal(_("The amount is not known, so nothing can be paid: have the case judged again."))
    deliveries = _by_award(deliveries)
    held = _held(one.case for one in deliveries)
    wanted = {(one.case, one.period): one for one in reversed(deliveries) if one.amount}
    fresh = [key for key in dict.fromkeys((one.case, one.period) for one in deliveries) if key in wanted]
    fresh = [key for key in fresh if key not in held]
    made = writer.add([_line(wanted[key], at) for key in fresh])
    held.update({(line.case_id, line.period): line.pk for line in made})
    if made:
        owed = [(line.pk, line.service, line.amount) for line in made]
        books.move(writer, how="accrue", source=f"due:{writer.id}:{made[0].pk}", on=clock.day(at), owed=owed)
    new = set(fresh)
    return [_told(one, held.get((one.case, one.period)), new) for one in deliveries]


def _by_award(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """A reward for an award on a day counts under the award's class, where the case gave no word of its own."""
    bare = {(one.person, one.event_on) for one in deliveries if not one.counted_as}
    found = merits((person, day) for person, day in bare if person and day)
    return [
        replace(one, category=found[one.person, one.event_on])
        if not one.counted_as and one.person and one.event_on and (one.person, one.event_on) in found
        else one
        for one in deliveries
    ]


def _told(one: Delivery, line: int | None, new: set[tuple[int, str]]) -> Delivered:
    if line is None:  # nothing is owed: an entitlement of zero
        return Delivered(case=one.case, state="done", source=one.source())
    key = (one.case, one.period)
    return Delivered(case=one.case, state="underway", source=f"payment:{line}", fresh=key in new)


def _held(cases: Iterable[int]) -> dict[tuple[int, str], int]:
    ids = list(dict.fromkeys(cases))
    found: dict[tuple[int, str], int] = {}
    for start in range(0, len(ids), SOME):
        lines = Line.objects.filter(case_id__in=ids[start : start + SOME], correction__isnull=True)
        rows = lines.values_list("case_id", "period", "pk")
        found.update({(case, period): pk for case, period, pk in rows})
    return found


def _line(one: Delivery, at: dt.datetime) -> Line:
    if one.person is None or one.amount is None:
        raise ValueError("a line needs a payee and an amount")
    return Line(
        case_id=one.case, person_id=one.person, family=one.family, service=one.service, version_id=one.version,
        category=one.counted_as, programme=one.programme, level=one.level, period=one.period, amount=one.amount,
        area=one.area, sealed=one.sealed, created_at=at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repaid:
    """Which returned lines are owed again, and which still wait (code of ``faults.BLOCKED``)."""

    again: tuple[int, ...]
    waiting: dict[int, str]


def repay(*, lines: Sequence[int], by: Actor, at: dt.datetime, words: str = "") -> Repaid:
    """Take returned lines out of suspense: they are due again and go with the next batch, under the same line.

    A line goes when its payee has another usable account than the one that failed; where the account was mended at
    the bank (frozen, asleep, limit) it may stay the same if ``words`` say how that is known. Where the bank did not know
    the number, or the name did not match, no words help: the account is entered and verified again first.
    """
    require(by, "batch.make")
    day = clock.day(at)
    with transaction.atomic():
        found = _mine(lines, by).filter(state="suspense")
        last = Attempt.objects.filter(line=OuterRef("pk")).order_by("-pk").values("account_id")[:1]
        rows = list(
            found.select_for_update(of=("self",)).annotate(tried=Subquery(last))
            .values_list("pk", "person_id", "service", "amount", "fault", "tried")
        )  # fmt: skip
        whom = payees.of(found, day)
        waiting: dict[int, str] = {}
        owed = []
        for pk, person, service, amount, fault, tried in rows:
            payee = whom[person]
            code = payee.fault(day)
            if not code and payee.account and payee.account.id == tried and not (words.strip() and fault in BY_BANK):
                code = same(fault)
            if code:
                waiting[pk] = code
            else:
                owed.append((pk, service, amount))
        if owed:
            with journal.entry(
                action="payments.repay-lines", by=by, at=at, purpose=words[:200], lines=len(owed)
            ) as writer:
                books.move(writer, how="repay", source=f"repay:{writer.id}", on=day, owed=owed)
                _set(owed, state="due", batch=None, fault="")
    return Repaid(tuple(pk for pk, *_rest in owed), waiting)


def cancel_lines(*, lines: Sequence[int], reason: str, by: Actor, at: dt.datetime) -> int:
    """Cancel lines that are due or came back and are not owed; what was accrued is taken back in the books.

    Returns how many were cancelled; lines in a batch or paid are left alone. ``reason`` names no person.
    """
    require(by, "batch.check")
    if not reason.strip():
        raise Refusal(_("Say why the line is not owed."))
    with transaction.atomic():
        rows = list(
            _mine(lines, by).filter(state__in=("due", "suspense")).select_for_update(of=("self",))
            .values_list("pk", "service", "amount", "state")
        )  # fmt: skip
        if not rows:
            return 0
        with journal.entry(
            action="payments.cancel-lines", by=by, at=at, purpose=reason[:200], lines=len(rows)
        ) as writer:
            for state, how in (("due", "cancel"), ("suspense", "cancel-returned")):
                owed = [(pk, service, amount) for pk, service, amount, was in rows if was == state]
                source = f"cancel:{writer.id}:{state}"
                books.move(writer, how=how, source=source, on=clock.day(at), owed=owed)
                _set(owed, state="cancelled", batch=None)
    return len(rows)


def clear_duplicate(*, line: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """Say that a line which looks like a duplicate is none; a checker does so, with a reason."""
    require(by, "batch.check")
    if not reason.strip():
        raise Refusal(_("Say why this is not the same payment twice."))
    with journal.entry(action="payments.clear-duplicate", by=by, at=at, purpose=reason[:200], line=line):
        if not _mine([line], by).filter(state="due").update(cleared=True):
            raise Refusal(_("This line is not waiting any more. Nothing was changed."))


def _mine(lines: Sequence[int], by: Actor) -> QuerySet[Line]:
    """The lines among ``lines`` that the actor's scope covers; others do not exist for them."""
    listed = Q(sealed=False) | Q(service__in=by.scope.sealed)
    return Line.objects.filter(within(by.scope, "area"), listed, pk__in=list(lines)[:SOME])


def _set(owed: Sequence[tuple[int, str, int]], **fields: object) -> None:
    ids = [pk for pk, _service, _amount in owed]
    for start in range(0, len(ids), SOME):
        Line.objects.filter(pk__in=ids[start : start + SOME]).update(**fields)
