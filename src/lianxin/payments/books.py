"""The double-entry books: every movement of money is one balanced transaction, posted once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from lianxin.journal.actions import Writing
from lianxin.payments.models import Batch, Posting, Transaction

Owed = tuple[int, str, int]  # line id, service, fen
COLUMNS = ("transaction_id", "account", "amount", "line_id")
# What each movement debits and credits.
MOVES = {
    "accrue": ("expense", "payable"),  # a decision makes a line due
    "send": ("payable", "bank"),  # the line goes to the bank
    "pay": ("bank", "appropriation"),  # the bank has paid it out of the appropriation
    "bounce": ("bank", "suspense"),  # the bank has not paid it
    "recall": ("appropriation", "suspense"),  # the bank had paid it and it came back
    "repay": ("suspense", "payable"),  # it is owed again
    "cancel": ("payable", "expense"),  # it was never owed
    "cancel-returned": ("suspense", "expense"),
    "claim": ("receivable", "recovered"),  # it was paid and is to come back
    "refund": ("refund", "receivable"),  # it came back
    "net": ("payable", "netted"),  # it is not paid: it settles what its payee was to give back
    "settle": ("netting", "receivable"),  # what was to come back, settled so
    "waive": ("recovered", "receivable"),  # it will not: written off, with a reason
}


def account(kind: str, service: str) -> str:
    """The name of an account: ``payable:accomp-subsidy``; the bank's clearing account is one for all services."""
    return "bank:clearing" if kind == "bank" else f"{kind}:{service}"


def move(
    writer: Writing, *, how: str, source: str, on: dt.date, owed: Sequence[Owed], batch: Batch | None = None
) -> bool:
    """Post one movement of ``owed`` (see ``MOVES``) under ``source``; False and nothing posted where it stands."""
    if not owed or Transaction.objects.filter(source=source).exists():
        return False
    total = sum(amount for _line, _service, amount in owed)
    [made] = writer.add([Transaction(on=on, source=source, batch=batch, how=how, lines=len(owed), total=total)])
    writer.load(Posting, COLUMNS, _legs(made.pk, how, owed))
    return True


def _legs(transaction: int, how: str, owed: Iterable[Owed]) -> Iterable[tuple[int, str, int, int]]:
    debit, credit = MOVES[how]
    for line, service, amount in owed:
        yield transaction, account(debit, service), amount, line
        yield transaction, account(credit, service), -amount, line
