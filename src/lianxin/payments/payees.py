"""Who is to be paid and where: read from the file in three queries, whatever the number of lines."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianxin.payments.models import Line
from lianxin.people import identities
from lianxin.people.models import BankAccount, Person, Suspension


@dataclass(frozen=True, slots=True)
class Account:
    """The newest bank account of a payee. The number stays sealed until the bank's file is written."""

    id: int
    bank: str
    holder: str
    verified: bool
    usable_from: dt.date | None


@dataclass(frozen=True, slots=True)
class Payee:
    """What decides whether a person can be paid on a day."""

    person: int
    name: str
    died_on: dt.date | None
    suspended: bool
    account: Account | None

    def fault(self, day: dt.date, account: int | None = None) -> str:
        """Why this payee cannot be paid on ``day`` (a code of ``faults.BLOCKED``), or blank.

        ``account`` is the one that a batch froze: another one on file today is a fault too.
        """
        if self.died_on is not None and self.died_on <= day:
            return "dead"
        if self.suspended:
            return "suspended"
        if self.account is None:
            return "no-account"
        if account is not None and self.account.id != account:
            return "changed"
        if not self.account.verified:
            return "unverified"
        if self.account.usable_from is not None and self.account.usable_from > day:
            return "cooling"
        if plain(self.account.holder) != plain(self.name):
            return "holder"
        return ""


def plain(name: str) -> str:
    """A name as a bank compares it: no spaces, full-width letters as narrow ones, one kind of middle dot."""
    text = unicodedata.normalize("NFKC", name).replace("•", "·").replace("・", "·").replace("‧", "·")
    return "".join(text.split()).casefold()


def of(lines: QuerySet[Line], day: dt.date) -> dict[int, Payee]:
    """The payees of ``lines`` by the person of the line; a merged file answers with its survivor."""
    owed = lines.order_by().values("person_id")
    gone = Person.objects.filter(pk__in=owed, survivor__isnull=False).values_list("pk", flat=True)
    into = identities.survivors() if gone else {}
    merged = {pk: into[pk] for pk in gone if pk in into}
    heirs = sorted(set(merged.values()))
    whom = Q(pk__in=owed) | Q(pk__in=heirs)
    in_force = Suspension.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        person=OuterRef("pk"), superseded_at__isnull=True,
    )  # fmt: skip
    accounts = _accounts(Q(person_id__in=owed) | Q(person_id__in=heirs), day)
    rows = Person.objects.filter(whom).annotate(stopped=Exists(in_force))
    found = {
        pk: Payee(pk, name, died_on, stopped, accounts.get(pk))
        for pk, name, died_on, stopped in rows.values_list("pk", "name", "died_on", "stopped")
    }
    for person, survivor in merged.items():
        if survivor in found:
            found[person] = found[survivor]
    return found


def _accounts(whom: Q, day: dt.date) -> dict[int, Account]:
    """The newest account of each person that is not withdrawn: a new one not yet usable holds payments back."""
    rows = BankAccount.objects.filter(
        whom, Q(valid_to__isnull=True) | Q(valid_to__gte=day), superseded_at__isnull=True
    ).order_by("pk")
    return {
        person: Account(pk, bank, holder, verified, usable_from)
        for person, pk, bank, holder, verified, usable_from in rows.values_list(
            "person_id", "pk", "bank", "holder", "verified", "usable_from"
        )
    }
