"""Write into files what is not a dated group of its own: attest, reveal a sealed value, change an account.

Facts of the dated groups are written by :mod:`lianxin.people.recording`, mandates by :mod:`lianxin.people.mandates`.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.actions import apart
from lianxin.access.permissions import require
from lianxin.engine import clock, effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.people.models import Attested, BankAccount, Particulars, Person
from lianxin.people.queries import reachable

_SEALED = {"id": "id_sealed", "phone": "phone_sealed"}


def opened(by: Actor, person: int, permission: str) -> Person:
    """The file for writing. Raises a refusal where the actor may not, or the file lies elsewhere."""
    require(by, permission)
    found = Person.objects.filter(reachable(by.scope), pk=person, visible=True, survivor__isnull=True).first()
    if found is None:
        raise Refusal("this file is not in your area; nothing was changed")
    return found


def attest(
    *,
    holds: Mapping[int, Mapping[str, bool]],
    paper: str,
    by: Actor,
    at: dt.datetime,
    writer: journal.Writing | None = None,
) -> int:
    """Record what a liaison attested: person → fact code → whether it holds, from today on; returns how many rows.

    Set-based and in the caller's entry where one is given. The caller has checked that the actor may attest.
    """  # fmt: skip
    rows = [
        Attested(person_id=person, code=code, holds=value, valid_from=clock.day(at), recorded_at=at, paper=paper[:120])
        for person, said in holds.items()
        for code, value in said.items()
    ]
    if writer is not None:
        writer.add(rows)
    else:
        with journal.entry(action="people.attest", by=by, at=at) as opened:
            opened.add(rows)
    if rows:
        effects.announce("person-changed", ids=sorted(holds), by=by, at=at)
    return len(rows)


def reveal(*, person: int, field: str, reason: str, by: Actor, at: dt.datetime) -> str:
    """One sealed value in full (``id``, ``phone``); the reason stands in the journal, and the person can read it."""
    found = opened(by, person, "people.reveal")
    if len(reason.strip()) < 4:
        raise Refusal("say in a few words what you need it for; the person can read it")
    if field not in _SEALED:
        raise Refusal("there is no such sealed value")
    row = (
        Particulars.objects.filter(person=found, superseded_at__isnull=True)
        .order_by(F("valid_from").asc(nulls_first=True), "pk")
        .last()
    )
    sealed = getattr(row, _SEALED[field]) if row else None
    journal.note(action="people.reveal", by=by, at=at, person=found.pk, area=found.home, purpose=reason.strip()[:200],
                 field=field)  # fmt: skip
    return seal.unseal(sealed, found.salt, field) if sealed else ""


def change_account(*, person: int, bank: str, number: str, holder: str, paper: str, by: Actor, at: dt.datetime) -> int:
    """A new bank account, unverified: somebody else verifies it, and it is used after the cooling-off.

    The account must be in the person's own name (一卡通: no holding for others).
    """
    if by.person == person:
        found = Person.objects.get(pk=person)
    else:
        found = opened(by, person, "people.edit")
    digits = spelled(number)
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 24):
        raise Refusal("an account number has 12 to 24 digits; nothing was changed")
    if holder.strip() != found.name:
        raise Refusal("the account must be in the person's own name; nothing was changed")
    row = BankAccount(
        person=found, bank=bank.strip()[:60], number_sealed=seal.seal(digits, found.salt, "account"),
        number_mark=seal.mark(digits, "account"), holder=found.name, verified=False, usable_from=None,
        valid_from=clock.day(at), recorded_at=at, paper=paper[:120],
    )  # fmt: skip
    with journal.entry(action="people.account", by=by, at=at, person=found.pk, area=found.home) as writing:
        writing.add([row])
    return int(row.pk)


def spelled(number: str) -> str:
    """An account number as it is kept: half-width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", number).split())


def verify_account(*, account: int, by: Actor, at: dt.datetime, number: str | None = None) -> int:
    """A second person confirms an account; older ones end. A changed one may be used after the cooling-off, a first at once.

    ``number``: what the second person reads off the card; another than the one entered raises :class:`Refusal`.
    """
    row = BankAccount.objects.filter(pk=account, superseded_at__isnull=True, verified=False).first()
    if row is None:
        raise Refusal("this account is verified or replaced already; nothing was changed")
    found = opened(by, row.person_id, "people.edit")
    if by.account is not None:
        apart(by.account, [journal_author(row.entry_id)],
              "whoever entered an account may not verify it; ask a colleague")  # fmt: skip
    if number is not None and bytes(row.number_mark) not in seal.marks(spelled(number), "account"):
        raise Refusal(_("This is not the number that was entered. Look at the card again; if the first entry was wrong, "
                        "enter the account anew. Nothing was changed."))  # fmt: skip
    last = BankAccount.objects.filter(person=found, verified=True).order_by("-pk").first()
    changed = last is not None and bytes(last.number_mark) != bytes(row.number_mark)  # the same again waits for nothing
    usable = clock.day(at + dt.timedelta(days=settings.COOLING_OFF_DAYS if changed else 0))
    old = BankAccount.objects.filter(person=found, superseded_at__isnull=True).values_list("pk", flat=True)
    with journal.entry(action="people.account-verified", by=by, at=at, person=found.pk, area=found.home) as writing:
        writing.supersede(BankAccount, list(old), at)
        made = BankAccount(
            person=found, bank=row.bank, number_sealed=row.number_sealed, number_mark=row.number_mark,
            holder=row.holder, verified=True, usable_from=usable, valid_from=row.valid_from,
            recorded_at=at, paper=row.paper,
        )  # fmt: skip
        writing.add([made])
        effects.announce("person-changed", ids=[found.pk], by=by, at=at)
    return int(made.pk)


def journal_author(entry: int) -> int | None:
    """The account that wrote an entry."""
    found: int | None = Entry.objects.filter(pk=entry).values_list("by_account", flat=True).first()
    return found
