"""What is to come back from somebody: as it comes, in parts, or written off with a reason; one proposes, another decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lianxin.access import behind
from lianxin.access.actions import apart
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.payments import books, objections
from lianxin.payments.replaymodels import Recovery, Settled, Settling
from lianxin.people.circles import near


def propose_back(
    *, person: int, service: str, fen: int, words: str, by: Actor, at: dt.datetime, expected: int | None = None
) -> int:
    """Say that somebody gave money back (fen, ``words``: the receipt); it counts when another person has found it in the
    account. ``expected``: what could be asked for on the page from which it comes, so that nothing is said twice.
    Returns the proposal. Raises :class:`Refusal`."""
    require(by, "batch.check")
    if not words.strip():
        raise Refusal(_("Say by which receipt it came back."))
    with transaction.atomic():
        rows = objections.free(_open(by, person, service))
        asked = _left(rows)
        if expected not in (None, asked):
            raise Refusal(_("Something was recorded after you opened this page; look at what is still open first."))
        if fen <= 0 or fen > asked:
            raise Refusal(_("More than is asked for, or nothing at all, cannot be taken back. Nothing was recorded."))
        return _proposed("refund", rows, fen, words, by, at)


def propose_off(*, person: int, service: str, reason: str, by: Actor, at: dt.datetime) -> int:
    """Propose to write off what one person still owes of a service; where the family was found to be right, what they
    objected to and nothing else. Returns the proposal. Raises :class:`Refusal`."""
    require(by, "batch.check")
    if not reason.strip():
        raise Refusal(_("Say why it is written off."))
    with transaction.atomic():
        rows = _given_up(_open(by, person, service))
        return _proposed("waive", rows, _left(rows), reason, by, at)


def decide(*, settling: int, agree: bool, by: Actor, at: dt.datetime, words: str = "") -> int:
    """The second person's word on a proposal: carried out at once, or turned down. Whoever proposed it may take it back.

    Never the debtor nor their kin, nor who proposed it or the correction behind it. What changed since it was proposed is
    not carried out. Returns how many recoveries it ends. Raises :class:`Refusal`.
    """
    with transaction.atomic():
        found = _mine(settling, by)
        rows = _open(by, found.person_id, found.service)
        back = not agree and by.account == found.maker
        if not back:
            require(by, "batch.approve")
            makers = {one.correction.replay.maker for one in rows} if found.how == "waive" else set()
            apart(by.account, {found.maker, *makers},
                  _("You proposed this, so another person decides it. Nothing was changed."))  # fmt: skip
        if not agree and not words.strip():
            raise Refusal(_("Say why; nothing was changed."))
        rows = objections.free(rows) if agree and found.how == "refund" else _given_up(rows)
        left = _left(rows)
        if agree and (found.fen > left if found.how == "refund" else found.fen != left):
            raise Refusal(
                _("What is open has changed since this was proposed. Turn it down and have it proposed anew.")
            )
        action = (
            ("payments.take-back" if found.how == "refund" else "payments.write-off") if agree else "payments.settle-no"
        )
        with _moved(action, rows[0], by, at, words or found.words) as writer:
            writer.add([Settled(settling=found, agreed=agree, words=words.strip()[:200], decider=by.account or 0,
                                decider_name=by.name, at=at)])  # fmt: skip
            writer.say(settling=found.pk, fen=found.fen)
            if not agree:
                return 0
            carry = _take_back if found.how == "refund" else _write_off
            return carry(found, rows, at, writer)


def _take_back(found: Settling, rows: Sequence[Recovery], at: dt.datetime, writer: Writing) -> int:
    """Settle the open recoveries, the oldest first; part of one is an instalment."""
    left, owed, settled = found.fen, [], 0
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
    return settled


def _write_off(found: Settling, rows: Sequence[Recovery], at: dt.datetime, writer: Writing) -> int:
    owed = [(one.line_id, one.service, one.amount - one.returned - one.waived) for one in rows]
    books.move(writer, how="waive", source=f"waive:{writer.id}", on=clock.day(at), owed=owed)
    Recovery.objects.filter(pk__in=[one.pk for one in rows]).update(
        waived=F("amount") - F("returned"), state="waived", why=found.words, moved_at=at
    )
    return len(rows)


def _given_up(rows: list[Recovery]) -> list[Recovery]:
    held = objections.waiting(rows)
    return [one for one in rows if one.pk in held and held[one.pk].upheld] or rows


def _left(rows: Sequence[Recovery]) -> int:
    return sum(one.amount - one.returned - one.waived for one in rows)


def _proposed(how: str, rows: Sequence[Recovery], fen: int, words: str, by: Actor, at: dt.datetime) -> int:
    one = rows[0]
    if by.account is None:
        raise Refusal(_("A person proposes this, never the system itself."))
    if Settling.objects.filter(person=one.person_id, service=one.service, decided__isnull=True).exists():
        raise Refusal(_("A proposal about this debt waits for its decision already. Nothing was recorded."))
    with _moved("payments.settle-propose", one, by, at, words) as writer:
        [made] = writer.add([Settling(
            person_id=one.person_id, service=one.service, area=one.area, sealed=one.sealed, how=how, fen=fen,
            words=words.strip()[:200], maker=by.account, maker_name=by.name, at=at,
        )])  # fmt: skip
        writer.say(settling=made.pk, fen=fen)
    return int(made.pk)


def _mine(settling: int, by: Actor) -> Settling:
    """A proposal that waits, inside the actor's scope."""
    rows = Settling.objects.filter(within(by.scope, "area"), pk=settling, decided__isnull=True)
    found = rows.select_for_update(of=("self",)).first()
    if found is None or (found.sealed and found.service not in by.scope.sealed):
        raise Refusal(_("This proposal does not wait any more. Nothing was changed."))
    return found


def _open(by: Actor, person: int, service: str) -> list[Recovery]:
    """The open recoveries of one person and service inside the actor's scope, oldest first, locked."""
    rows = Recovery.objects.filter(within(by.scope, "area"), person=person, service=service, state="open")
    if service not in by.scope.sealed:
        rows = rows.filter(sealed=False)
    found = list(rows.select_for_update(of=("self",)).select_related("correction__replay").order_by("pk"))
    if not found:
        raise Refusal(_("Nothing of this is open any more. Nothing was changed."))
    if by.account is not None and not near(person, clock.today()).isdisjoint(behind.persons(by.account)):
        raise Refusal(
            _("This is your own debt or your family's: somebody else records or decides it. Nothing was changed.")
        )
    return found


def _moved(action: str, one: Recovery, by: Actor, at: dt.datetime, purpose: str) -> AbstractContextManager[Writing]:
    return journal.entry(
        action=action, by=by, at=at, area=one.area, person=one.person_id, purpose=purpose.strip()[:200],
        service=one.service if one.sealed else "",
    )  # fmt: skip
