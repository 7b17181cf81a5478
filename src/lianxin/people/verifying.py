"""The bank accounts of a loaded ledger: a second person confirms them together, as they would one that was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.actions import one_person
from lianxin.access.permissions import require
from lianxin.engine import clock, effects, masking
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.people import hits
from lianxin.people.locking import alone
from lianxin.people.models import BankAccount, Import

CHUNK = 1000
COLUMNS = ("person_id", "bank", "number_sealed", "number_mark", "holder", "verified", "usable_from", "valid_from",
           "valid_to", "recorded_at", "paper")  # fmt: skip


def waiting(by: Actor, run: str) -> QuerySet[BankAccount]:
    """The accounts that this import brought and nobody has verified yet, inside the actor's scope."""
    return BankAccount.objects.filter(
        person__in=hits.opened(by.scope), entry__in=Entry.objects.filter(run=run).values("pk"), verified=False,
        superseded_at__isnull=True,
    )  # fmt: skip


def some_waiting(by: Actor, run: str, limit: int = 50) -> list[tuple[int, str, str, str]]:
    """The first of them as a second person sees them: person, name, bank, the number masked."""
    rows = waiting(by, run).select_related("person").order_by("pk")[:limit]
    return [
        (row.person_id, row.holder, row.bank,
         masking.account(seal.unseal(bytes(row.number_sealed), bytes(row.person.salt), "account")))
        for row in rows
    ]  # fmt: skip


def may_verify(by: Actor, run: str) -> bool:
    """Whether somebody else than this actor loaded it."""
    made = Import.objects.filter(run=run).first()
    return made is not None and by.may("people.edit") and not one_person(by.account, [made.account])


def verify_loaded(*, run: str, by: Actor, at: dt.datetime) -> int:
    """A second person confirms what an import brought; returns how many accounts are verified now.

    Somebody else than who loaded it, under whichever account. A first account is used from now on, a changed one after
    the cooling-off. Chunks under one run id: a kill leaves the rest waiting. Raises :class:`Refusal`.
    """
    require(by, "people.edit")
    made = Import.objects.filter(run=run).first()
    if made is None or made.state != "done":
        raise Refusal(_("This import is not there, or was taken back; nothing was changed."))
    if by.account is None or one_person(by.account, [made.account]):
        raise Refusal(_("Whoever loaded a ledger does not verify its accounts; ask a colleague. Nothing was changed."))
    done = 0
    with alone():
        ids = list(waiting(by, run).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            done += _chunk(ids[start : start + CHUNK], run, by, at)
    return done


def _chunk(ids: Sequence[int], run: str, by: Actor, at: dt.datetime) -> int:
    day = clock.day(at)
    with journal.entry(action="people.accounts-verified", by=by, at=at, run=f"{run[:36]}-acc") as writing:
        rows = list(BankAccount.objects.filter(pk__in=ids, superseded_at__isnull=True).order_by("pk"))
        rows = list({row.person_id: row for row in rows}.values())  # the newest of each person
        held = BankAccount.objects.filter(person__in=[row.person_id for row in rows], superseded_at__isnull=True)
        newest = dict(held.order_by("pk").values_list("person_id", "pk"))
        rows = [row for row in rows if newest[row.person_id] == row.pk]  # what was entered since waits for its own word
        before = dict(BankAccount.objects.filter(person__in=[row.person_id for row in rows], verified=True)
                      .order_by("pk").values_list("person_id", "number_mark"))  # fmt: skip
        usable = day + dt.timedelta(days=settings.COOLING_OFF_DAYS)
        changed = {row.pk for row in rows if row.person_id in before
                   and bytes(before[row.person_id]) != bytes(row.number_mark)}  # fmt: skip
        old = held.filter(person__in=[row.person_id for row in rows])
        writing.supersede(BankAccount, list(old.values_list("pk", flat=True)), at)
        writing.load(BankAccount, COLUMNS, [
            (row.person_id, row.bank, bytes(row.number_sealed), bytes(row.number_mark), row.holder, True,
             usable if row.pk in changed else day, row.valid_from, row.valid_to, at, row.paper)
            for row in rows
        ])  # fmt: skip
        writing.say(accounts=len(rows))
        effects.announce("person-changed", ids=[row.person_id for row in rows], by=by, at=at)
    return len(rows)
