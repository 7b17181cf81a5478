"""Delivery: the effect that the step names, in one transaction; then the subject's word, a call back, a rating."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.casework import judged, states
from lianxin.casework.models import Case, Dispatch, Period, Rating
from lianxin.casework.moving import (
    SOME,
    Expected,
    Moving,
    apart,
    entered,
    locked,
    promised_anew,
    run,
    service_of,
    step_of,
)
from lianxin.casework.periods import RECURRING, period_of
from lianxin.casework.refusals import NotNow, Unfit
from lianxin.casework.telling import tell, tell_office
from lianxin.engine import clock, effects
from lianxin.engine.deliveries import Delivered, Delivery
from lianxin.engine.scope import Actor
from lianxin.outcomes import actions as register

TRIES = 3  # calls back in vain before the case ends with that said


def deliver(
    *,
    cases: Sequence[int] | int,
    by: Actor,
    at: dt.datetime,
    words: str = "",
    minutes: int | None = None,
    expected: Expected = None,
) -> list[Case]:
    """Carry out the deliver step: money becomes a line, an errand a row of the register, in this transaction.

    A recurring service stands from now on. Raises :class:`NotNow` where the file no longer bears the entitlement out.
    """

    def body(moving: Moving) -> None:
        for case in moving.cases:
            if step_of(case).step != "deliver":
                moving.follow(case, "deliver")  # refuses with the right words
        bring(moving, moving.cases, giver=by.office, minutes=minutes, words=words.strip()[:400])
        moving.settle()
        tell_ends(moving, moving.cases)

    return run("deliver", cases=cases, by=by, at=at, expected=expected, body=body, also=["order", "stand"])


def bring(
    moving: Moving, cases: Sequence[Case], *, giver: int | None = None, minutes: int | None = None, words: str = ""
) -> None:
    """Perform the effects of the deliver steps at which these cases stand, one call for each kind of delivery."""
    day = clock.day(moving.at)
    _worth(cases, day)
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(step_of(case).as_ or "record", []).append(case)
    for as_, some in groups.items():
        wanted = [
            delivery_of(case, period_of(service_of(case).repeat, day, case.event_on), day, giver=giver,
                        account=moving.by.account, minutes=minutes, words=words)
            for case in some
        ]  # fmt: skip
        told = order(moving, as_, wanted)
        for case, one in zip(some, told, strict=True):
            if service_of(case).repeat in RECURRING:
                case.stands_from = case.stands_from or day
                moving.follow(case, "stand", words=words)
                case.due_at = None
            else:
                moving.follow(case, "deliver" if one.state == "done" else "order", words=words)


def _worth(cases: Sequence[Case], day: dt.date) -> None:
    """Amounts as the file bears them out today (an event's amount stays as it was judged for the event)."""
    paid = [case for case in cases if service_of(case).amount is not None and service_of(case).repeat != "per-event"]
    paid += [case for case in cases if case not in paid and service_of(case).amount is not None and case.amount is None]
    for case, verdict in zip(paid, judged.judged(paid, day), strict=True):
        if verdict is None or verdict.verdict != "entitled" or verdict.amount is None:
            raise NotNow(
                _("Case %(number)s: the file does not bear the entitlement out today, so nothing is paid. Open the "
                  "explanation, correct the file, send it back or refuse.") % {"number": case.number}
            )  # fmt: skip
        case.amount = verdict.amount


def delivery_of(
    case: Case, period: str, day: dt.date, *, giver: int | None = None, account: int | None = None,
    minutes: int | None = None, words: str = "", amount: int | None = None, version: int | None = None,
) -> Delivery:  # fmt: skip
    """What the delivering room is handed for one case and period; ``version``: by which it was judged, if not its own."""
    service = service_of(case)
    return Delivery(
        case=case.pk, service=case.service, version=version or case.version_id, area=case.area, happened_on=day,
        person=case.person_id, family=case.family_id, step=case.step, kind=case.kind,
        amount=(case.amount if amount is None else amount) if service.amount is not None else None, period=period,
        event_on=case.event_on, sealed=case.sealed, giver=giver, giver_account=account, minutes=minutes, words=words,
    )  # fmt: skip


def order(moving: Moving, as_: str, deliveries: Sequence[Delivery]) -> list[Delivered]:
    """Perform one effect for many deliveries and keep which period was ordered for which case."""
    told: list[Delivered] = effects.perform(
        f"deliver-{as_}", deliveries=list(deliveries), by=moving.by, at=moving.at, writer=moving.writer
    )
    attempts = _attempts([one.case for one in deliveries])
    moving.writer.add([
        Period(
            case_id=wanted.case, step=wanted.step, period=wanted.period, amount=wanted.amount, source=one.source,
            attempt=attempts.get((wanted.case, wanted.step, wanted.period), 0) + 1, state=one.state,
            ordered_at=moving.at, on=wanted.happened_on if one.state == "done" else None,
        )
        for wanted, one in zip(deliveries, told, strict=True)
        if one.fresh or (wanted.case, wanted.step, wanted.period) not in attempts
    ])  # fmt: skip
    return told


def _attempts(cases: Sequence[int]) -> dict[tuple[int, int, str], int]:
    found: dict[tuple[int, int, str], int] = {}
    ids = list(dict.fromkeys(cases))
    for start in range(0, len(ids), SOME):
        rows = Period.objects.filter(case__in=ids[start : start + SOME])
        for case, step, period, attempt in rows.values_list("case_id", "step", "period", "attempt"):
            key = (case, step, period)
            found[key] = max(attempt, found.get(key, 0))
    return found


def tell_ends(moving: Moving, cases: Sequence[Case]) -> None:
    """Tell the subjects where their cases came to by a delivery."""
    given = {"by": moving.by, "at": moving.at, "writer": moving.writer}
    asked = [case for case in cases if case.state == states.OPEN and case.step_name == "confirm"]
    ended = [case for case in cases if case.state == states.DELIVERED]
    ordered = [case for case in cases if case.state in {states.UNDERWAY, states.STANDING}]
    tell(asked, "done-please-confirm", **given)  # type: ignore[arg-type]
    tell(ended, "delivered", **given)  # type: ignore[arg-type]
    worth = {case.pk: {"amount": case.amount} for case in ordered if case.amount}
    tell([case for case in ordered if case.amount], "line-made", **given, more=worth)  # type: ignore[arg-type]


def confirm_received(
    *,
    case: int,
    received: bool,
    by: Actor,
    at: dt.datetime,
    score: int | None = None,
    words: str = "",
    expected: Expected = None,
) -> Case:
    """The subject says whether it was done. *No* takes the outcome back and opens the case again."""

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        if received:
            moving.follow(one, "received", words=words.strip()[:400])
        else:
            _take_back(moving, one)
            moving.follow(one, "not-received", reason="not-done", words=words.strip()[:400])
            one.promised_at = promised_anew(one, at)
        moving.settle()
        if score is not None and received:
            _rate(moving, one, score, words)
        if received:
            _thank(moving, one)
        else:
            tell([one], "reopened", by=by, at=at, writer=moving.writer)
            tell_office([one], "not-done", by=by, at=at, writer=moving.writer)

    verb = "received" if received else "not-received"
    return run(verb, cases=case, by=by, at=at, expected=expected, body=body)[0]


def _take_back(moving: Moving, case: Case) -> None:
    """Reverse what the register counted for this case and is not money; money goes back through the bank alone."""
    rows = Period.objects.filter(case=case, state="done").exclude(source__startswith="payment:")
    periods = [row for row in rows if not row.source.startswith("line:")]
    if periods:
        register.reverse(
            sources=[row.source for row in periods], by=moving.by, at=moving.at, reason="not-done", writer=moving.writer
        )
        Period.objects.filter(pk__in=[row.pk for row in periods]).update(state="reversed", moved_at=moving.at)


def _thank(moving: Moving, case: Case) -> None:
    last = Dispatch.objects.select_related("office").filter(case=case, answer="done").order_by("-pk").first()
    if last is not None:
        tell_office([case], "thanks", by=moving.by, at=moving.at, writer=moving.writer, office=last.office)


def close_unconfirmed(*, by: Actor, at: dt.datetime) -> int:
    """Deliveries that nobody confirmed or denied in time end as delivered; the subject may still say no."""
    ids = list(
        Case.objects.filter(state=states.OPEN, step_name="confirm", due_at__lt=at).order_by("due_at")
        .values_list("pk", flat=True)[:SOME]
    )  # fmt: skip
    if not ids:
        return 0
    with transaction.atomic():
        for group in apart(locked(ids)):
            with entered(group, "case.received", by, at, None) as writer:
                moving = Moving(writer, by, at, group)
                moving.follow_all("received", reason="silence")
                moving.settle()
                tell_ends(moving, group)
    return len(ids)


def call_back(
    *, case: int, reached: bool, by: Actor, at: dt.datetime, said: str = "", expected: Expected = None
) -> Case:
    """What was said when the household was called after it was done; the third call in vain ends it, and says so."""

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        before = one.moves.filter(verb="no-answer").count()
        if reached or before + 1 >= TRIES:
            moving.follow(one, "call-back", reason="" if reached else "not-reached", words=said.strip()[:400])
        else:
            moving.follow(one, "no-answer", words=said.strip()[:400])
        moving.settle()
        tell_ends(moving, [one])

    return run("call-back", cases=case, by=by, at=at, expected=expected, body=body, also=["no-answer"])[0]


def rate(*, case: int, score: int, by: Actor, at: dt.datetime, words: str = "", expected: Expected = None) -> Case:
    """What the subject thought of it, 1 to 5, once for each ending."""

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        if one.closed_at is not None and Rating.objects.filter(case=one, at__gte=one.closed_at).exists():
            return
        moving.follow(one, "rate")
        moving.settle()
        _rate(moving, one, score, words)

    return run("rate", cases=case, by=by, at=at, expected=expected, body=body)[0]


def _rate(moving: Moving, case: Case, score: int, words: str) -> None:
    if not 1 <= score <= 5:
        raise Unfit(_("Choose one to five."))
    moving.writer.add([
        Rating(case=case, score=score, words=words.strip()[:400], at=moving.at, by_account=moving.by.account)
    ])  # fmt: skip
