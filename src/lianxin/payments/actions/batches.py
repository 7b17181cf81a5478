"""Batches through three hands: made, checked, approved by three different people; sent back or cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from lianxin.access.actions import apart, one_person
from lianxin.access.permissions import require
from lianxin.access.queries import under
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.payments import checks, states
from lianxin.payments.faults import BLOCKED
from lianxin.payments.models import SIGNED, Attempt, Batch, Line, Signing

TRIED = ("batch_id", "line_id", "serial", "account_id", "amount", "result", "fault")


@dataclass(frozen=True, slots=True)
class Made:
    """A new batch, and the due lines that could not go with it (code of ``faults.BLOCKED`` → how many)."""

    id: int
    number: str
    count: int
    total: int
    waiting: dict[str, int]


def make_batch(*, service: str, area: str, by: Actor, at: dt.datetime) -> Made:
    """Gather the due lines of a service under ``area`` whose payees can be paid today; the others wait and are listed.

    Raises :class:`Refusal` when there is nothing to gather.
    """
    require(by, "batch.make", area=area)
    day = clock.day(at)
    with transaction.atomic():
        lines = Line.objects.filter(under(area, "area"), state="due", service=service).order_by("area", "pk")
        if service not in by.scope.sealed:
            lines = lines.filter(sealed=False)
        list(lines.select_for_update().values_list("pk"))  # two makers never gather the same line
        ready, waiting = checks.sort(lines, day)
        if not ready:
            raise Refusal(_nothing(len(waiting)))
        total = sum(one.amount for one in ready)
        sealed = service in by.scope.sealed
        with journal.entry(
            action="payments.make-batch", by=by, at=at, area=area, service=service if sealed else ""
        ) as writer:
            batch = Batch.objects.create(
                number=f"making-{writer.id}", service=service, area=area, sealed=sealed, state="made",
                count=len(ready), total=total, maker=_account(by), maker_name=by.name, made_at=at,
            )  # fmt: skip
            change(batch, writer, number=f"{day:%Y%m%d}-{batch.pk:05d}")
            rows = ((batch.pk, one.line, n, one.account, one.amount, "sent", "") for n, one in enumerate(ready, 1))
            writer.load(Attempt, TRIED, rows)
            Line.objects.filter(state="due", tries__batch=batch).update(state="batched", batch=batch)
            writer.say(batch=batch.number, service=service, count=batch.count, total=total, waiting=len(waiting))
    counts: dict[str, int] = {}
    for fault in waiting:
        counts[fault.code] = counts.get(fault.code, 0) + 1
    return Made(batch.pk, batch.number, batch.count, batch.total, counts)


def check_batch(*, batch: int, by: Actor, at: dt.datetime) -> Batch:
    """The second hand: totals, deaths, suspensions, accounts and duplicates hold; by another than the maker."""
    return _hand(batch, "check", by, at, permission="batch.check", prefix="checke")


def approve_batch(*, batch: int, by: Actor, at: dt.datetime) -> Batch:
    """The third hand: by another than maker and checker; everything is checked once more."""
    return _hand(batch, "approve", by, at, permission="batch.approve", prefix="approve")


def _hand(pk: int, act: str, by: Actor, at: dt.datetime, *, permission: str, prefix: str) -> Batch:
    who, name, when = (f"{prefix}r", f"{prefix}r_name", f"{prefix}d_at")
    with held(pk, by, permission) as batch:
        if batch.state == states.target(act) and getattr(batch, who) == by.account:
            return batch  # the second click of the same hand
        _another_hand(batch, act, by)
        _in_state(batch, act)
        must_hold(batch, clock.day(at))
        _own_accounts(batch, by)
        with _entry(f"payments.{act}-batch", batch, by, at) as writer:
            fields: dict[str, Any] = {who: _account(by), name: by.name, when: at, "state": states.target(act)}
            change(batch, writer, **fields)
    return batch


def return_batch(*, batch: int, reason: str, by: Actor, at: dt.datetime) -> Batch:
    """Send a batch back to its maker with a reason; what was signed is signed again afterwards."""
    if not reason.strip():
        raise Refusal(_("Say what the maker should look at."))
    with held(batch, by, "batch.check", "batch.approve") as found:
        _in_state(found, "return")
        with _entry("payments.return-batch", found, by, at, purpose=reason[:200]) as writer:
            change(found, writer, state="returned", note=reason[:200], **UNSIGNED)
    return found


def resubmit_batch(*, batch: int, by: Actor, at: dt.datetime) -> Batch:
    """The maker hands a returned batch in again, after taking out what should not go."""
    with held(batch, by, "batch.make") as found:
        if found.state == "made" and found.maker == by.account:
            return found
        _in_state(found, "resubmit")
        if not found.count:
            raise Refusal(_("No line is left in this batch: cancel it."))
        must_hold(found, clock.day(at))
        with _entry("payments.resubmit-batch", found, by, at) as writer:
            change(found, writer, state="made", maker=_account(by), maker_name=by.name, note="")
    return found


def take_out(*, batch: int, lines: Sequence[int], reason: str, by: Actor, at: dt.datetime) -> Batch:
    """Take lines out of a batch that nobody has signed yet; they are due again and lose nothing."""
    if not reason.strip():
        raise Refusal(_("Say why the line is taken out."))
    with held(batch, by, "batch.make") as found:
        if found.state not in ("made", "returned"):
            raise Refusal(_("Lines are taken out by the maker, before anybody has signed. Have the batch sent back."))
        tries = Attempt.objects.filter(batch=found, result="sent", line_id__in=list(lines)[:900])
        with _entry("payments.take-out-lines", found, by, at, purpose=reason[:200]) as writer:
            Line.objects.filter(tries__in=tries, state="batched").update(state="due", batch=None)
            writer.say(lines=tries.update(result="dropped", answered_at=at))
            left = Attempt.objects.filter(batch=found, result="sent").aggregate(n=Count("pk"), sum=Sum("amount"))
            change(found, writer, count=left["n"], total=left["sum"] or 0)
    return found


def cancel_batch(*, batch: int, reason: str, by: Actor, at: dt.datetime) -> Batch:
    """Dissolve a batch that has not gone to the bank; its lines are due again."""
    if not reason.strip():
        raise Refusal(_("Say why the batch is cancelled."))
    with held(batch, by, "batch.make", "batch.approve") as found:
        if found.state == "cancelled":
            return found
        _in_state(found, "cancel")
        with _entry("payments.cancel-batch", found, by, at, purpose=reason[:200]) as writer:
            Attempt.objects.filter(batch=found, result="sent").update(result="dropped", answered_at=at)
            Line.objects.filter(batch=found, state="batched").update(state="due", batch=None)
            change(found, writer, state="cancelled", note=reason[:200], count=0, total=0, **UNSIGNED)
    return found


UNSIGNED: dict[str, Any] = {
    "checker": None, "checker_name": "", "checked_at": None, "approver": None, "approver_name": "", "approved_at": None,
}  # fmt: skip


@contextmanager
def held(pk: int, by: Actor, *permissions: str) -> Iterator[Batch]:
    """Lock a batch of the actor's area for one act. A batch elsewhere does not exist for them."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().filter(pk=pk).first()
        if batch is None or not visible(batch, by):
            raise Refusal(_("There is no such batch."))
        allowed = [name for name in permissions if by.may(name)]
        require(by, allowed[0] if allowed else permissions[0], area=batch.area)
        yield batch


def visible(batch: Batch, by: Actor) -> bool:
    """Whether the batch exists for the actor."""
    return by.scope.covers(batch.area) and (not batch.sealed or batch.service in by.scope.sealed)


def change(batch: Batch, writer: journal.Writing, **fields: Any) -> None:
    """Save named fields of a locked batch, and how it stands since."""
    for name, value in fields.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(fields))
    signed([batch], writer)


def signed(batches: Sequence[Batch], writer: journal.Writing) -> None:
    """Write down how batches stand: what `journal verify` compares them with."""
    writer.add([Signing(batch=one, **{name: getattr(one, name) for name in SIGNED}) for one in batches])


def must_hold(batch: Batch, day: dt.date) -> None:
    """Raise :class:`Refusal` unless every line of the batch can still be paid and the totals agree."""
    if not checks.totals_hold(batch):
        raise Refusal(_("Count or total of this batch do not agree with its lines. Cancel it and make it anew."))
    found = checks.faults(batch, day)
    if found:
        serial = Attempt.objects.filter(batch=batch, line_id=found[0].line, result="sent").values_list("serial")[0][0]
        raise Refusal(
            _("%(count)d lines can no longer be paid; the first is number %(serial)d: %(why)s Nothing was signed. "
              "Send the batch back, so that its maker takes them out.")
            % {"count": len(found), "serial": serial, "why": BLOCKED[found[0].code][0]}
        )  # fmt: skip


def _in_state(batch: Batch, act: str) -> None:
    if not states.may(act, batch.state):
        raise Refusal(_("This batch has moved on meanwhile: look at it again. Nothing was changed."))


def _another_hand(batch: Batch, act: str, by: Actor) -> None:
    hands = {batch.maker} if act == "check" else {batch.maker, batch.checker}
    apart(_account(by), hands,
          _("Maker, checker and approver are three different people; you have signed this batch already."))  # fmt: skip


def _own_accounts(batch: Batch, by: Actor) -> None:
    """Who entered or verified a payee's bank account does not sign for the money that goes there."""
    sent = Attempt.objects.filter(batch=batch, result="sent")
    hands = sent.order_by().values_list("line__person__accounts__entry__by_account", flat=True).distinct()
    if one_person(by.account, hands):
        raise Refusal(_("You entered or verified the bank account of a payee in this batch, so another must sign it."))


def _account(by: Actor) -> int:
    if by.account is None:
        raise Refusal(_("A person signs a batch, never the system itself."))
    return by.account


@contextmanager
def _entry(action: str, batch: Batch, by: Actor, at: dt.datetime, purpose: str = "") -> Iterator[journal.Writing]:
    service = batch.service if batch.sealed else ""
    with journal.entry(action=action, by=by, at=at, area=batch.area, purpose=purpose, service=service,
                       batch=batch.number, count=batch.count, total=batch.total) as writer:  # fmt: skip
        yield writer


def _nothing(waiting: int) -> str:
    if waiting:
        return _("No line can be paid now; %(count)d wait, each with its reason in the list.") % {"count": waiting}
    return _("Nothing is due here now.")
