"""What is to come back from somebody: recorded as it comes, in parts, or written off with a reason."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lianxin.access.actions import accounts_of_person, one_person
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.payments import books, objections
from lianxin.payments.replaymodels import Recovery


def take_back(
    *, person: int, service: str, fen: int, words: str, by: Actor, at: dt.datetime, expected: int | None = None
) -> int:
    """Record that somebody gave money back: it settles their open recoveries of a service, the oldest first, what the
    family objects to left out; part of one is an instalment. ``words``: the receipt. ``expected``: what could be asked for
    (fen) on the page from which it comes, so that nothing is recorded twice. Returns how many are settled by it. Raises
    :class:`Refusal`."""
    require(by, "batch.check")
    if not words.strip():
        raise Refusal(_("Say by which receipt it came back."))
    with transaction.atomic():
        rows = objections.free(_open(by, person, service))
        asked = sum(one.amount - one.returned - one.waived for one in rows)
        if expected not in (None, asked):
            raise Refusal(_("Something was recorded after you opened this page; look at what is still open first."))
        if fen <= 0 or fen > asked:
            raise Refusal(_("More than is asked for, or nothing at all, cannot be taken back. Nothing was recorded."))
        with _moved("payments.take-back", rows[0], by, at, words) as writer:
            left, owed, settled = fen, [], 0
            for one in rows:
                part = min(left, one.amount - one.returned - one.waived)
                if not part:
                    break
                left -= part
                done = one.returned + one.waived + part == one.amount
                settled += done
                owed.append((one.line_id, one.service, part))
                Recovery.objects.filter(pk=one.pk).update(
                    returned=F("returned") + part, state="settled" if done else "open", moved_at=at
                )
            books.move(writer, how="refund", source=f"refund:{writer.id}", on=clock.day(at), owed=owed)
            writer.say(fen=fen, settled=settled)
    return settled


def write_off(*, person: int, service: str, reason: str, by: Actor, at: dt.datetime) -> int:
    """Write off what one person still owes of a service, with a reason; by somebody who approves and took no part in
    the proposal. Where the family was found to be right, what they objected to and nothing else.
    Returns how many recoveries it ends. Raises :class:`Refusal`."""
    require(by, "batch.approve")
    if not reason.strip():
        raise Refusal(_("Say why it is written off."))
    with transaction.atomic():
        rows = _open(by, person, service)
        held = objections.waiting(rows)
        rows = [one for one in rows if one.pk in held and held[one.pk].upheld] or rows
        makers = {one.correction.replay.maker for one in rows}
        if by.account is None or one_person(by.account, sorted(makers)):
            raise Refusal(_("You proposed this correction, so another person decides what is written off."))
        with _moved("payments.write-off", rows[0], by, at, reason) as writer:
            owed = [(one.line_id, one.service, one.amount - one.returned - one.waived) for one in rows]
            books.move(writer, how="waive", source=f"waive:{writer.id}", on=clock.day(at), owed=owed)
            for one in rows:
                Recovery.objects.filter(pk=one.pk).update(
                    waived=F("amount") - F("returned"), state="waived", why=reason.strip()[:200], moved_at=at
                )
            writer.say(fen=sum(fen for _line, _service, fen in owed), recoveries=len(rows))
    return len(rows)


def _open(by: Actor, person: int, service: str) -> list[Recovery]:
    """The open recoveries of one person and service inside the actor's scope, oldest first, locked."""
    rows = Recovery.objects.filter(within(by.scope, "area"), person=person, service=service, state="open")
    if service not in by.scope.sealed:
        rows = rows.filter(sealed=False)
    found = list(rows.select_for_update(of=("self",)).select_related("correction__replay").order_by("pk"))
    if not found:
        raise Refusal(_("Nothing of this is open any more. Nothing was changed."))
    if by.account in accounts_of_person(person):
        raise Refusal(_("This is your own debt: somebody else records or decides it. Nothing was changed."))
    return found


def _moved(action: str, one: Recovery, by: Actor, at: dt.datetime, purpose: str) -> AbstractContextManager[Writing]:
    return journal.entry(
        action=action, by=by, at=at, area=one.area, person=one.person_id, purpose=purpose.strip()[:200],
        service=one.service if one.sealed else "",
    )  # fmt: skip
