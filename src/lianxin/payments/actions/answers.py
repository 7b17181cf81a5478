"""Read what the bank answered: paid lines are posted and counted, returned ones wait in suspense. All or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.engine import clock, effects
from lianxin.engine.deliveries import Paid
from lianxin.engine.money import yuan
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.outcomes import actions as register
from lianxin.outcomes.posted import Posted
from lianxin.payments import books, returnfile, telling
from lianxin.payments.actions.batches import change, held
from lianxin.payments.models import Answer, Attempt, Batch, Line
from lianxin.payments.returnfile import Parsed, Row

SOME = 900
CHUNK = 1000  # answers in one transaction


@dataclass(frozen=True, slots=True)
class Read:
    """What a return file changed; ``waiting`` payments of the batch have no answer yet."""

    paid: int
    returned: int
    paid_amount: int
    returned_amount: int
    waiting: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    """A return file, or one piece of a long one: its digest, name, the bank's day, rows, and what came before."""

    digest: str
    name: str
    day: dt.date
    rows: int
    piece: int = 0
    before: tuple[int, int] = (0, 0)  # paid, returned in the pieces before this one


@dataclass(slots=True)
class _Sorted:
    """Attempts by what the file newly says of them."""

    paid: list[Attempt] = field(default_factory=list)
    returned: dict[str, list[Attempt]] = field(default_factory=dict)  # by fault
    recalled: dict[str, list[Attempt]] = field(default_factory=dict)  # the bank had said paid

    def back(self, kind: str) -> list[Attempt]:
        """All attempts of ``returned`` or ``recalled``."""
        groups: dict[str, list[Attempt]] = getattr(self, kind)
        return [one for group in groups.values() for one in group]


def read_return(*, batch: int, data: bytes, name: str, by: Actor, at: dt.datetime, on: dt.date | None = None) -> Read:
    """Apply a return file to its batch; ``on`` is the bank's day (default: the day of ``at``).

    The same file again changes nothing. A file that answers only some lines is taken; the rest may come in another.
    A wrong batch, an unknown or repeated serial, another amount or account raises :class:`Refusal` naming the row, and
    nothing at all is applied. Paid lines are posted to the register in the same transaction.
    """
    digest = hashlib.sha256(data).hexdigest()
    with held(batch, by, "batch.bank") as found:
        before = Answer.objects.filter(digest=digest).first()
        if before is not None:
            return _again(before, found)
        if found.state not in ("sent", "settled"):
            raise Refusal(_("This batch has not gone to the bank, so no answer can belong to it. Nothing was applied."))
        parsed = returnfile.parse(data, name)
        file = _File(digest, name[:200], on or clock.day(at), len(parsed.rows))
        if parsed.bare:
            _whole(parsed, found)
        if len(parsed.rows) <= CHUNK:
            return _take(_sort(parsed, found), found, file, by, at, last=True)
        _sort(parsed, found, only_look=True)
    return _in_chunks(parsed, batch, file, by, at)


def _in_chunks(parsed: Parsed, batch: int, file: _File, by: Actor, at: dt.datetime) -> Read:
    """A long file, agreed to as a whole above, in short transactions, so that nobody else waits for it.

    A reader killed between two of them has applied some answers whole; reading the file again applies the others.
    """
    done: list[Read] = []
    for start in range(0, len(parsed.rows), CHUNK):
        some = Parsed(parsed.number, parsed.rows[start : start + CHUNK])
        with held(batch, by, "batch.bank") as found:
            before = Answer.objects.filter(digest=file.digest).first()
            if before is not None:  # another click was quicker
                return _again(before, found)
            piece = _File(file.digest, file.name, file.day, file.rows, start // CHUNK, _added(done))
            done.append(_take(_sort(some, found), found, piece, by, at, last=start + CHUNK >= len(parsed.rows)))
    paid, returned = _added(done)
    return Read(paid, returned, sum(one.paid_amount for one in done), sum(one.returned_amount for one in done),
                done[-1].waiting)  # fmt: skip


def _added(done: Sequence[Read]) -> tuple[int, int]:
    return sum(one.paid for one in done), sum(one.returned for one in done)


def _take(what: _Sorted, batch: Batch, file: _File, by: Actor, at: dt.datetime, *, last: bool) -> Read:
    """Apply sorted answers in the transaction that is open; the last ones of a file keep that it was read."""
    back = [*what.back("returned"), *what.back("recalled")]
    with journal.entry(
        action="payments.read-return", by=by, at=at, area=batch.area, service=batch.service if batch.sealed else "",
        run=file.digest[:32], batch=batch.number, digest=file.digest, rows=file.rows,
    ) as writer:  # fmt: skip
        if last:
            paid, returned = file.before[0] + len(what.paid), file.before[1] + len(back)
            writer.add([Answer(batch=batch, digest=file.digest, file_name=file.name, at=at, paid=paid,
                               returned=returned)])  # fmt: skip
        _apply(what, batch, file, by, at, writer)
        writer.say(paid=len(what.paid), returned=len(back))
        waiting = Attempt.objects.filter(batch=batch, result="sent").count()
        if not waiting and batch.state == "sent":
            change(batch, writer, state="settled", settled_at=at)
    return Read(len(what.paid), len(back), _sum(what.paid), _sum(back), waiting)


def _again(before: Answer, batch: Batch) -> Read:
    if before.batch_id != batch.pk:
        raise Refusal(_("This very file was read before, for another batch. Nothing was applied."))
    waiting = Attempt.objects.filter(batch=batch, result="sent").count()
    return Read(before.paid, before.returned, 0, 0, waiting, repeated=True)


def _sort(parsed: Parsed, batch: Batch, *, only_look: bool = False) -> _Sorted:
    """Compare every row with what was sent; the first that does not agree refuses the file.

    ``only_look``: nothing is applied of what is found, so that only what is compared is read.
    """
    if parsed.number and parsed.number != batch.number:
        raise Refusal(_("This file answers batch %(other)s, not %(this)s. Nothing was applied.")
                      % {"other": parsed.number[:24], "this": batch.number})  # fmt: skip
    serials = [row.serial for row in parsed.rows]
    sent = Attempt.objects.filter(batch=batch, serial__range=(min(serials), max(serials))).exclude(result="dropped")
    if only_look:
        named, joined = ["serial", "amount", "result", "account__person"], ["account__person"]
    else:
        named = [one.name for one in Attempt._meta.concrete_fields]
        named += [f"line__{one.name}" for one in Line._meta.concrete_fields]
        named, joined = [*named, "line__correction__kind"], ["line__correction", "account__person"]
    sent = sent.select_related(*joined).only(*named, "account__number_sealed", "account__person__salt")
    tries = {one.serial: one for one in sent}
    seen: dict[int, int] = {}
    result = _Sorted()
    for row in parsed.rows:
        if row.serial in seen:
            raise Refusal(_("Rows %(first)d and %(row)d have the same serial number. Nothing was applied.")
                          % {"first": seen[row.serial], "row": row.place})  # fmt: skip
        seen[row.serial] = row.place
        one = tries.get(row.serial)
        if one is None:
            raise _stranger(row)
        _agrees(row, one)
        _place(row, one, result)
    return result


def _stranger(row: Row) -> Refusal:
    return Refusal(_("Row %(row)d: serial %(serial)d is not in this batch. Nothing was applied.")
                   % {"row": row.place, "serial": row.serial})  # fmt: skip


def _whole(parsed: Parsed, batch: Batch) -> None:
    """A file that names neither batch nor accounts is taken on the batch's own page where it answers all of it."""
    waiting = Attempt.objects.filter(batch=batch).exclude(result="dropped")
    asked = set(waiting.values_list("serial", flat=True))
    still = set(waiting.filter(result="sent").values_list("serial", flat=True))
    for row in parsed.rows:
        if row.serial not in asked:
            raise _stranger(row)
    if {row.serial for row in parsed.rows} not in (asked, still):
        raise Refusal(
            _("The file names neither its batch nor the accounts, and it does not answer every payment of this batch. "
              "Add a column 批次号 or 账号 and read it again; nothing was applied.")
        )  # fmt: skip


def _agrees(row: Row, one: Attempt) -> None:
    if row.amount != one.amount:
        raise Refusal(_("Row %(row)d says %(said)s yuan; %(sent)s yuan were sent. Nothing was applied.")
                      % {"row": row.place, "said": yuan(row.amount), "sent": yuan(one.amount)})  # fmt: skip
    if row.account and not _same_account(row.account, one):
        raise Refusal(_("Row %(row)d has another account than the one it was sent to. Nothing was applied.")
                      % {"row": row.place})  # fmt: skip


def _same_account(said: str, one: Attempt) -> bool:
    sent = seal.unseal(bytes(one.account.number_sealed), bytes(one.account.person.salt), "account")
    said = "".join(said.split())
    return said == sent or ("*" in said and len(said) > 4 and said[-4:] == sent[-4:])


def _place(row: Row, one: Attempt, result: _Sorted) -> None:
    if row.result == "open" or row.result == one.result:
        return
    if one.result == "returned":
        raise Refusal(
            _("Row %(row)d was returned before and now says paid. Nothing was applied; ask the bank. "
              "A returned payment is paid again in a new batch.") % {"row": row.place}
        )  # fmt: skip
    if row.result == "paid":
        result.paid.append(one)
    elif one.result == "paid":
        result.recalled.setdefault(row.fault, []).append(one)
    else:
        result.returned.setdefault(row.fault, []).append(one)


def _apply(what: _Sorted, batch: Batch, file: _File, by: Actor, at: dt.datetime, writer: Writing) -> None:
    day = file.day
    for how, tries in (("pay", what.paid), ("bounce", what.back("returned")), ("recall", what.back("recalled"))):
        owed = [(one.line_id, one.line.service, one.amount) for one in tries]
        source = f"batch:{batch.number}:{file.digest[:32]}:{file.piece}:{how}"
        books.move(writer, how=how, source=source, on=day, owed=owed, batch=batch)
    _mark(what.paid, at, result="paid", state="paid", settled_on=day)
    groups = [*what.returned.items(), *what.recalled.items()]
    for fault, tries in groups:
        if tries:
            _mark(tries, at, result="returned", fault=fault, state="suspense", settled_on=None)
    recalled = what.back("recalled")
    register.post(outcomes=[_posted(one, day) for one in what.paid], by=by, at=at, writer=writer)
    register.reverse(sources=[_source(one) for one in recalled], by=by, at=at, reason="taken back by the bank",
                     writer=writer)  # fmt: skip
    paid = [_paid(one, day) for one in what.paid]
    back = [_paid(one, day, fault) for fault, tries in groups for one in tries]
    if paid:
        effects.announce("payments-paid", payments=paid, by=by, at=at, writer=writer)
    if back:
        effects.announce("payments-returned", payments=back, by=by, at=at, writer=writer)
    telling.tell(
        paid=what.paid, back=[(one, fault) for fault, tries in groups for one in tries], by=by, at=at, writer=writer
    )


def _mark(
    tries: Sequence[Attempt], at: dt.datetime, *, result: str, state: str, settled_on: dt.date | None, fault: str = ""
) -> None:
    for some in _chunks([one.pk for one in tries]):
        Attempt.objects.filter(pk__in=some).update(result=result, fault=fault, answered_at=at)
    for some in _chunks([one.line_id for one in tries]):
        Line.objects.filter(pk__in=some).update(state=state, settled_on=settled_on, fault=fault)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + SOME] for start in range(0, len(ids), SOME))


def _source(one: Attempt) -> str:
    """The register's name of a payment; one that was paid, taken back and paid again is another delivery."""
    return f"payment:{one.line_id}" if one.line.attempts <= 1 else f"payment:{one.line_id}:{one.line.attempts}"


def _posted(one: Attempt, day: dt.date) -> Posted:
    line = one.line
    return Posted(
        kind="payment", service=line.service, programme=line.programme, category=line.category, level=line.level,
        area=line.area, person=line.person_id, family=line.family, case=line.case_id, happened_on=day,
        amount=one.amount, source=_source(one), sealed=line.sealed,
        quantity=0 if _beside(line) else 1,  # a period topped up is a period once
    )  # fmt: skip


def _paid(one: Attempt, day: dt.date, fault: str = "") -> Paid:
    line = one.line
    return Paid(line=line.pk, case=line.case_id, person=line.person_id, service=line.service, period=line.period,
                amount=one.amount, on=day, fault=fault, beside=_beside(line))  # fmt: skip


def _beside(line: Line) -> bool:
    """Whether a line tops up another of its period, which keeps its own state."""
    return line.correction is not None and line.correction.kind == "top-up"


def _sum(tries: Sequence[Attempt]) -> int:
    return sum(one.amount for one in tries)
