"""Prove that the books hold, and write them for another program to prove it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from lianxin.engine.money import plain_yuan, yuan
from lianxin.outcomes.models import Outcome
from lianxin.payments.models import Attempt, Batch, Line, Posting, Transaction
from lianxin.payments.replaymodels import Recovery
from lianxin.payments.states import HELD

KINDS = ("payable", "bank", "appropriation", "suspense", "netted")


@dataclass(frozen=True, slots=True)
class Verified:
    """What was proved; ``broken`` is a sentence about the first fault, or blank."""

    transactions: int
    postings: int
    lines: int
    broken: str = ""


def verify_books() -> Verified:
    """Walk the books: transactions balance, lines stand where their postings say, batches and register agree.

    Every check is one query over the whole table; the first fault is named with its transaction, line or batch.
    """
    broken = ""
    for check in (_balanced, _lines, _attempts, _batches, _recoveries, _netted, _register):
        found = check()
        broken = found.words if isinstance(found, Fault) else found
        if broken:
            break
    return Verified(Transaction.objects.count(), Posting.objects.count(), Line.objects.count(), broken)


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that says something else than the books, and in which words."""

    words: str
    row: Line | Recovery


def altered() -> Iterator[Fault]:
    """The first row of each kind whose state is not what the postings say, which the journal covers."""
    for check in (_lines, _attempts, _recoveries, _netted):
        found = check()
        if isinstance(found, Fault):
            yield found


def _balanced() -> str:
    sums = Posting.objects.order_by().values("transaction").annotate(sum=Sum("amount")).exclude(sum=0)
    bad = sums.order_by("transaction").values_list("transaction", "transaction__source", "sum").first()
    if bad:
        return _("transaction %(id)d (%(source)s) does not balance: %(sum)s yuan are left over") % {
            "id": bad[0], "source": bad[1], "sum": yuan(bad[2])}  # fmt: skip
    said = Transaction.objects.annotate(moved=Sum("postings__amount", filter=Q(postings__amount__gt=0), default=0))
    unlike = said.exclude(moved=F("total")).order_by("pk").first()
    if unlike and unlike.moved:
        return _("transaction %(id)d (%(source)s) says another total than its postings") % {
            "id": unlike.pk, "source": unlike.source}  # fmt: skip
    empty = Transaction.objects.filter(postings__isnull=True).order_by("pk").first()
    return _("transaction %(id)d (%(source)s) has no postings") % {
        "id": empty.pk, "source": empty.source} if empty else ""  # fmt: skip


def _lines() -> Fault | str:
    """Each line's amount is credited to exactly the account of its state, and debited as expense unless cancelled."""
    kind = {name: Sum("amount", filter=Q(account__startswith=f"{name}:"), default=0) for name in (*KINDS, "expense")}
    rows = Posting.objects.order_by("line_id").values_list("line_id", "line__state", "line__amount", "line__service")
    for pk, state, amount, _service, *sums in rows.annotate(**kind).iterator(chunk_size=20000):
        held = HELD.get(state)
        wanted = [-amount if name == held else 0 for name in KINDS] + [amount if held else 0]
        if sums != wanted:
            words = _("line %(line)d is %(state)s, which its postings do not say") % {"line": pk, "state": state}
            return Fault(words, Line.objects.get(pk=pk))
    wrong = Posting.objects.exclude(account="bank:clearing").exclude(
        Q(account__endswith=F("line__service"))).order_by("pk").first()  # fmt: skip
    if wrong:
        return _("posting %(id)d stands in the account of another service") % {"id": wrong.pk}
    bare = Line.objects.filter(postings__isnull=True).order_by("pk").first()
    return _("line %(line)d was never posted") % {"line": bare.pk} if bare else ""


def _attempts() -> Fault | str:
    """A line has one live attempt exactly while it is batched, sent or paid, of its own amount and in its batch."""
    states = {"batched": "sent", "sent": "sent", "paid": "paid"}
    live = Q(tries__result__in=("sent", "paid"))
    counted = Line.objects.annotate(n=Count("tries", filter=live))
    wrong = counted.exclude(Q(n=1, state__in=states) | Q(n=0) & ~Q(state__in=states)).order_by("pk").first()
    if wrong:
        words = _("line %(line)d is %(state)s, which its attempts do not say") % {
            "line": wrong.pk,
            "state": wrong.state,
        }
        return Fault(words, wrong)
    for state, result in states.items():
        tries = Attempt.objects.filter(line__state=state, result__in=("sent", "paid"))
        bad = tries.exclude(result=result, batch=F("line__batch"), amount=F("line__amount")).order_by("pk").first()
        if bad:
            words = _("line %(line)d and its payment in batch %(batch)d differ") % {
                "line": bad.line_id, "batch": bad.batch_id}  # fmt: skip
            return Fault(words, bad.line)
    return ""


def _batches() -> str:
    live = ~Q(tries__result="dropped")
    totals = Batch.objects.annotate(
        n=Count("tries", filter=live), sum=Coalesce(Sum("tries__amount", filter=live), Value(0))
    )
    bad = totals.exclude(n=F("count"), sum=F("total")).order_by("pk").first()
    if bad:
        return _("batch %(number)s says another total than its lines") % {"number": bad.number}
    sent = Batch.objects.filter(state__in=("sent", "settled")).order_by("pk").annotate(
        posted=Coalesce(Sum("transactions__postings__amount", filter=Q(
            transactions__postings__account="bank:clearing", transactions__source__endswith=":sent")), Value(0))
    )  # fmt: skip
    unlike = sent.exclude(posted=-F("total")).first()
    if unlike:
        return _("batch %(number)s sent another total than the books say") % {"number": unlike.number}
    return ""


def _recoveries() -> Fault | str:
    """What a recovery still asks for is what the books say is receivable on its line."""
    asked = Recovery.objects.values("line").annotate(open=Sum(F("amount") - F("returned") - F("waived")))
    wrong = _unlike("receivable:", asked.values_list("line", "open"))
    given_up = Recovery.objects.values("line").annotate(rest=Sum(F("waived") - F("amount")))
    wrong = wrong or _unlike("recovered:", given_up.values_list("line", "rest"))
    if wrong:
        words = _("line %(line)d: its recovery asks for another amount than the books say") % {"line": wrong[0]}
        return Fault(
            words, Recovery.objects.filter(line=wrong[0]).order_by("pk").first() or Line.objects.get(pk=wrong[0])
        )
    left = Q(amount__gt=F("returned") + F("waived"))
    unlike = Recovery.objects.exclude(left, state="open").exclude(~left, state__in=["settled", "waived"])
    bad = unlike.order_by("pk").first()
    return Fault(_("line %(line)d: its recovery is %(state)s, which its sums do not say") % {
        "line": bad.line_id, "state": bad.state}, bad) if bad else ""  # fmt: skip


def _unlike(account: str, wanted: Iterable[tuple[int, int]]) -> list[int]:
    """The lines for which another sum than this stands on an account."""
    held = Posting.objects.filter(account__startswith=account).order_by("line_id").values_list("line_id")
    booked, said = dict(held.annotate(sum=Sum("amount"))), dict(wanted)
    return sorted(line for line in {*said, *booked} if said.get(line, 0) != booked.get(line, 0))


def _netted() -> Fault | str:
    """What was owed and not paid settled as much of what was to come back, line by line of a recovery."""
    rows = Line.objects.filter(state="netted").order_by().values("against__line").annotate(sum=Sum("amount"))
    wrong = _unlike("netting:", rows.values_list("against__line", "sum"))
    return Fault(_("line %(line)d: what settled its recovery is another amount than the books say") % {
        "line": wrong[0]}, Line.objects.get(pk=wrong[0])) if wrong else ""  # fmt: skip


def _register() -> str:
    """What the register counts as paid is what was drawn from the appropriations."""
    counted = Outcome.objects.filter(kind="payment", source__startswith="payment:").aggregate(sum=Sum("amount"))["sum"]
    drawn = Posting.objects.filter(account__startswith="appropriation:").aggregate(sum=Sum("amount"))["sum"]
    if (counted or 0) != -(drawn or 0):
        return _("the register counts %(counted)s yuan paid, the books %(drawn)s") % {
            "counted": yuan(counted or 0), "drawn": yuan(-(drawn or 0))}  # fmt: skip
    return ""


def hledger(since: dt.date | None = None) -> Iterator[str]:
    """The books as an hledger journal, one transaction a piece, its postings added up by account; no personal data."""
    yield "; lianxin, amounts in yuan\ncommodity 1000.00 CNY\n\n"
    names = Posting.objects.order_by("account").values_list("account", flat=True).distinct()
    yield from (f"account {name}\n" for name in names)
    rows = Posting.objects.order_by("transaction__on", "transaction_id", "account").values_list(
        "transaction_id", "transaction__on", "transaction__source", "transaction__how", "account"
    )
    if since is not None:
        rows = rows.filter(transaction__on__gte=since)
    last = None
    for pk, on, source, how, account, amount in rows.annotate(sum=Sum("amount")).iterator(chunk_size=5000):
        if pk != last:
            yield f"\n{on.isoformat()} * ({source}) {how}\n"
            last = pk
        if amount:
            yield f"    {account}  {plain_yuan(amount)} CNY\n"
