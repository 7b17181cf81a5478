"""Corrections of the past: one person proposes what a replay found, another approves; then lines and recoveries come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access.actions import apart
from lianxin.access.permissions import require
from lianxin.catalogue.models import Version
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.payments import books, replaying, settling, telling
from lianxin.payments.models import Line
from lianxin.payments.replaymodels import Correction, Recovery, Replay

CHUNK = 1000
SOME = 900


@dataclass(frozen=True, slots=True)
class Carried:
    """What an approval did: lines and recoveries, in number and fen; ``gone`` differ otherwise by now and were not
    carried out; ``netted_fen`` settled debts instead of being paid."""

    owed: int = 0
    owed_fen: int = 0
    claimed: int = 0
    claimed_fen: int = 0
    gone: int = 0
    netted_fen: int = 0


def propose(
    *, service: str, from_on: dt.date, to_on: dt.date, reason: str, by: Actor, at: dt.datetime, least: int = 0,
    area: str = "",
) -> Replay | None:  # fmt: skip
    """Replay a service over past periods and keep what differs, for another person to approve. Moves no money.

    None where nothing differs. The same replay again gives the proposal that is waiting. Of one person nothing is
    recovered that is less than ``least`` fen in all: those lines are left, with that said. Raises :class:`Refusal`.
    """
    area = area or by.area
    newest, reason = ready(service, area, from_on, to_on, reason, by)
    found = replaying.find(by.scope.narrowed(area), service, from_on, min(to_on, clock.day(at)))
    with transaction.atomic():
        waiting = Replay.objects.select_for_update().filter(
            service=service, area=area, state__in=["finding", "proposed", "approved"]
        )
        for one in waiting:
            if one.state != "finding" and _same(one, found, from_on, to_on):
                return one
            raise Refusal(
                _("A replay of this service waits already (number %(number)d): let it be approved, or drop it first.")
                % {"number": one.pk}
            )
        if not found:
            return None
        with journal.entry(
            action="payments.propose-replay", by=by, at=at, area=area, purpose=reason,
            service=service if newest.sealed else "", said=service, lines=len(found),
        ) as writer:  # fmt: skip
            made = Replay.objects.create(
                service=service, area=area, sealed=newest.sealed, version=newest, from_on=from_on, to_on=to_on,
                reason=reason, least=max(0, least), state="proposed", maker=by.account or 0, maker_name=by.name,
                made_at=at,
            )  # fmt: skip
            writer.add(rows_of(made, found, least))
            writer.say(replay=made.pk)
    return made


def ready(service: str, area: str, from_on: dt.date, to_on: dt.date, reason: str, by: Actor) -> tuple[Version, str]:
    """The newest version of a service that may be replayed so, and the reason as it is kept."""
    require(by, "batch.make", area=area)
    reason = reason.strip()[:200]
    if not reason:
        raise Refusal(_("Say what is corrected and by which notice: everyone who signs reads it."))
    if from_on > to_on:
        raise Refusal(_("The last day lies before the first. Nothing was replayed."))
    newest = Version.objects.filter(service=service, withdrawn_at__isnull=True).order_by("-number").first()
    if newest is None or (newest.sealed and service not in by.scope.sealed):
        raise Refusal(_("There is no such service."))
    if by.account is None:
        raise Refusal(_("A person proposes a correction, never the system itself."))
    return newest, reason


def _same(one: Replay, found: Sequence[replaying.Difference], from_on: dt.date, to_on: dt.date) -> bool:
    kept = set(Correction.objects.filter(replay=one).values_list("case_id", "period", "was", "now"))
    return (one.from_on, one.to_on) == (from_on, to_on) and kept == {(*row.key, row.was, row.now) for row in found}


def rows_of(replay: Replay, found: Sequence[replaying.Difference], least: int) -> list[Correction]:
    """The differences as corrections of a replay; of whoever owes less than ``least`` fen in all they are left."""
    owes: dict[int | None, int] = {}
    for one in found:
        if one.kind == "recover":
            owes[one.person] = owes.get(one.person, 0) + one.was - one.now
    made = []
    for one in found:
        small = one.kind == "recover" and owes[one.person] < least
        state = "left" if small else "open" if one.kind in replaying.MONEY else "aside"
        made.append(Correction(
            replay=replay, case_id=one.case, person_id=one.person, line_id=one.line, version_id=one.version,
            area=one.area, period=one.period, judged_on=one.judged_on, kind=one.kind, cause=one.cause, was=one.was,
            now=one.now, missing=one.missing[:200], state=state, why="below-the-least" if small else "",
        ))  # fmt: skip
    return made


def leave(*, replay: int, corrections: Sequence[int], reason: str, by: Actor, at: dt.datetime) -> int:
    """Take lines out of a proposal: they stay as they are, with a reason, and are not proposed again. Returns how many."""
    if not reason.strip():
        raise Refusal(_("Say why these stay as they are."))
    with transaction.atomic():
        found = _held(replay, by, "batch.make")
        if found.state != "proposed":
            raise Refusal(_("This correction is approved already; nothing was changed."))
        some = Correction.objects.filter(replay=found, state="open", pk__in=list(corrections)[:SOME])
        with entry_of("payments.leave-corrections", found, by, at, reason) as writer:
            ids = list(some.values_list("pk", flat=True))
            count = Correction.objects.filter(pk__in=ids).update(state="left", why=reason.strip()[:200], moved_at=at)
            writer.say(left=count, left_rows=ids)
    return count


def drop(*, replay: int, reason: str, by: Actor, at: dt.datetime) -> Replay:
    """Give a proposal up; nothing of it is carried out. Maker and approver may."""
    if not reason.strip():
        raise Refusal(_("Say why it is dropped."))
    with transaction.atomic():
        found = _held(replay, by, "batch.make", "batch.approve")
        if found.state == "dropped":
            return found
        if found.state not in {"finding", "nothing", "proposed"}:
            raise Refusal(_("This correction is approved already; nothing was changed."))
        with entry_of("payments.drop-replay", found, by, at, reason):
            found.state, found.note = "dropped", reason.strip()[:200]
            found.save(update_fields=["state", "note"])
    return found


def approve(*, replay: int, by: Actor, at: dt.datetime, words: str = "") -> Carried:
    """The second hand: what is owed becomes lines that are due, what was paid too much becomes recoveries.

    By another person than the maker. Each correction is looked at once more: one whose period was corrected or moved
    meanwhile is not carried out and said. Long ones go in pieces; the same call again goes on where it was stopped, and
    does nothing when all is done.
    """
    sign(replay=replay, by=by, at=at, words=words)
    return carry_out(replay=replay, by=by, at=at)


def sign(*, replay: int, by: Actor, at: dt.datetime, words: str = "") -> Replay:
    """The second hand's word alone; what it brings is carried out by :func:`carry_out`."""
    with transaction.atomic():
        found = _held(replay, by, "batch.approve")
        if found.state == "dropped":
            raise Refusal(_("This proposal was dropped."))
        if found.state in {"finding", "nothing"}:
            raise Refusal(_("There is nothing to approve yet."))
        apart(by.account, [found.maker], _("You proposed this correction, so another person approves it."))
        if found.state == "proposed":
            if Version.objects.filter(
                service=found.service, withdrawn_at__isnull=True, published_at__gt=found.made_at
            ).exists():
                raise Refusal(_("A version was published after this was proposed. Drop it and replay again."))
            with entry_of("payments.approve-replay", found, by, at, words):
                found.state, found.note = "approved", words.strip()[:200]
                found.approver, found.approver_name, found.approved_at = by.account, by.name, at
                found.save(update_fields=["state", "note", "approver", "approver_name", "approved_at"])
    return found


def carry_out(*, replay: int, by: Actor, at: dt.datetime) -> Carried:
    """Carry out what was approved, piece by piece; again after a kill it goes on where it stopped."""
    done = Carried()
    while True:
        with transaction.atomic():
            held = _held(replay, by, "batch.approve")
            if held.state != "approved":
                return done
            rows = list(
                Correction.objects.filter(replay=held, state="open").select_for_update(of=("self",))
                .select_related("case").order_by("pk")[:CHUNK]
            )  # fmt: skip
            if not rows:
                held.state = "applied"
                held.save(update_fields=["state"])
                return done
            with entry_of("payments.carry-out-corrections", held, by, at, held.reason) as writer:
                done = _carry(held, rows, done, by, at, writer)


def _carry(
    replay: Replay, rows: Sequence[Correction], done: Carried, by: Actor, at: dt.datetime, writer: Writing
) -> Carried:
    """Carry one piece out in the transaction that is open."""
    now = _standing(rows)
    fresh = [one for one in rows if _holds(one, now)]
    gone = [one for one in rows if not _holds(one, now)]
    originals = Line.objects.in_bulk([one.line_id for one in fresh if one.line_id])
    due = _unpaid([one for one in fresh if one.kind == "recover"])
    debts = settling.Debts(replay, [one.person_id for one in fresh if one.kind == "top-up" and one.person_id])
    lines: list[Line] = []
    claims: list[tuple[Correction, int]] = []
    cancelled: list[Line] = []
    for one in fresh:
        if one.kind == "top-up":
            first, less = originals[one.line_id or 0], one.now - one.was
            for debt, part in debts.settle(one, less):
                lines.append(_line(first, one, part, at, debt))
                less -= part
            if less:
                lines.append(_line(first, one, less, at))
            continue
        less, unpaid = one.was - one.now, due.get((one.case_id, one.period), [])
        if unpaid:
            cancelled += unpaid
            rest = sum(line.amount for line in unpaid) - less
            if rest > 0:
                lines.append(_line(originals[one.line_id or 0], one, rest, at))
            less = max(0, -rest)
        if less:
            claims.append((one, less))
    _cancel(cancelled, at, writer)
    made = writer.add(lines)
    books.move(writer, how="accrue", source=f"corrected:{writer.id}", on=clock.day(at), owed=_owed(made))
    debts.book(made, writer, at)
    asked = writer.add([_recovery(replay, one, less, at) for one, less in claims])
    books.move(
        writer, how="claim", source=f"claim:{writer.id}", on=clock.day(at),
        owed=[(one.line_id, one.service, one.amount) for one in asked],
    )  # fmt: skip
    _mark(fresh, "applied", at)
    _mark(gone, "gone", at)
    telling.claimed(asked, by=by, at=at, writer=writer)
    writer.say(lines=len(made), recoveries=len(asked), gone=len(gone), cancelled=len(cancelled),
               gone_rows=[one.pk for one in gone])  # fmt: skip
    owed = [one for one in made if one.against_id is None]
    return Carried(
        done.owed + len(owed), done.owed_fen + sum(one.amount for one in owed), done.claimed + len(asked),
        done.claimed_fen + sum(one.amount for one in asked), done.gone + len(gone),
        done.netted_fen + sum(one.amount for one in made) - sum(one.amount for one in owed),
    )  # fmt: skip


def _holds(one: Correction, now: dict[tuple[int, str], tuple[int, int, bool]]) -> bool:
    """Whether the period was given still what the proposal says. More may be owed while the first is on its way."""
    fen, waived, moving = now.get((one.case_id, one.period), (-1, 0, False))
    return fen + waived == one.was if one.kind == "top-up" else fen == one.was and not moving


def _standing(rows: Sequence[Correction]) -> dict[tuple[int, str], tuple[int, int, bool]]:
    """What each period was given by now, what of a debt was written off, and whether some of it is on its way; its lines
    are locked."""
    cases = {one.case_id for one in rows}
    fen: dict[tuple[int, str], int] = {}
    moving: set[tuple[int, str]] = set()
    for part in replaying.parts(cases):
        held = Line.objects.filter(case__in=part).select_for_update(of=("self",))
        for case, period, amount, state in held.values_list("case_id", "period", "amount", "state"):
            fen[case, period] = fen.get((case, period), 0) + (amount if state != "cancelled" else 0)
            if state in replaying.TRANSIT:
                moving.add((case, period))
    for key, taken in replaying.taken_back(cases).items():
        fen[key] = fen.get(key, 0) - taken
    waived = replaying.written_off(cases)
    return {key: (amount, waived.get(key, 0), key in moving) for key, amount in fen.items()}


def _unpaid(rows: Sequence[Correction]) -> dict[tuple[int, str], list[Line]]:
    """The lines of these periods that the bank has not been asked to pay, or gave back."""
    wanted = {(one.case_id, one.period) for one in rows}
    found: dict[tuple[int, str], list[Line]] = {}
    for part in replaying.parts({case for case, _period in wanted}):
        for line in Line.objects.filter(case__in=part, state__in=["due", "suspense"]).order_by("pk"):
            if (line.case_id, line.period) in wanted:
                found.setdefault((line.case_id, line.period), []).append(line)
    return found


def _line(first: Line, one: Correction, fen: int, at: dt.datetime, against: Recovery | None = None) -> Line:
    return Line(
        case_id=first.case_id, person_id=first.person_id, family=first.family, service=first.service,
        version_id=one.version_id, category=first.category, programme=first.programme, level=first.level,
        period=first.period, amount=fen, area=first.area, sealed=first.sealed, created_at=at, correction_id=one.pk,
        against=against, state="netted" if against else "due",
    )  # fmt: skip


def _recovery(replay: Replay, one: Correction, fen: int, at: dt.datetime) -> Recovery:
    return Recovery(
        correction=one, line_id=one.line_id or 0, case_id=one.case_id, person_id=one.person_id or 0,
        service=replay.service, area=one.area, sealed=replay.sealed, period=one.period, amount=fen, created_at=at,
        state="open",
    )  # fmt: skip


def _owed(lines: Sequence[Line]) -> list[books.Owed]:
    return [(line.pk, line.service, line.amount) for line in lines]


def _cancel(lines: Sequence[Line], at: dt.datetime, writer: Writing) -> None:
    for state, how in (("due", "cancel"), ("suspense", "cancel-returned")):
        some = [line for line in lines if line.state == state]
        books.move(writer, how=how, source=f"corrected:{writer.id}:{state}", on=clock.day(at), owed=_owed(some))
    ids = [line.pk for line in lines]
    for start in range(0, len(ids), SOME):
        Line.objects.filter(pk__in=ids[start : start + SOME]).update(state="cancelled", batch=None)


def _mark(rows: Sequence[Correction], state: str, at: dt.datetime) -> None:
    ids = [one.pk for one in rows]
    for start in range(0, len(ids), SOME):
        Correction.objects.filter(pk__in=ids[start : start + SOME]).update(state=state, moved_at=at)


def _held(pk: int, by: Actor, *permissions: str) -> Replay:
    """Lock a replay of the actor's area. One elsewhere does not exist for them."""
    found = Replay.objects.select_for_update().filter(pk=pk).first()
    if found is None or not by.scope.covers(found.area) or (found.sealed and found.service not in by.scope.sealed):
        raise Refusal(_("There is no such correction."))
    allowed = [name for name in permissions if by.may(name)]
    require(by, allowed[0] if allowed else permissions[0], area=found.area)
    return found


def entry_of(
    action: str, replay: Replay, by: Actor, at: dt.datetime, purpose: str = ""
) -> AbstractContextManager[Writing]:
    """The entry of one act on a replay."""
    return journal.entry(
        action=action, by=by, at=at, area=replay.area, purpose=purpose.strip()[:200], run=f"replay-{replay.pk}",
        service=replay.service if replay.sealed else "", replay=replay.pk,
    )  # fmt: skip
