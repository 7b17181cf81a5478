"""The bank accounts of a loaded ledger: a second person says each number again, and only what agrees is verified.

Typed off the cards for a few; for thousands by a second list, the one that the bank stamped. Nothing is drawn by lot: one
altered row among thousands would pass a sample, and one altered row is what an attacker needs (decision 27).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.actions import apart, one_person
from lianxin.access.permissions import require
from lianxin.engine import clock, effects
from lianxin.engine.beside import Here
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.people import hits, identify
from lianxin.people.filing import spelled
from lianxin.people.ledgers import KINDS
from lianxin.people.locking import alone
from lianxin.people.models import BankAccount, Import
from lianxin.people.ordering import digest
from lianxin.people.preparing import prepared, reading
from lianxin.people.reading import UID

CHUNK = 1000
TYPED = 20  # so many are typed on one page
COLUMNS = ("person_id", "bank", "number_sealed", "number_mark", "holder", "verified", "usable_from", "valid_from",
           "valid_to", "recorded_at", "paper")  # fmt: skip


def waiting(by: Actor, run: str) -> QuerySet[BankAccount]:
    """The accounts that this import brought and nobody has verified yet, inside the actor's scope."""
    return BankAccount.objects.filter(
        person__in=hits.opened(by.scope), entry__in=Entry.objects.filter(run=run).values("pk"), verified=False,
        superseded_at__isnull=True,
    )  # fmt: skip


def some_waiting(by: Actor, run: str, only: Sequence[int] = ()) -> list[tuple[int, int, str, str]]:
    """The first of them (of ``only`` these): account, person, name, bank. Nothing of the number: whoever verifies reads it
    off the paper."""
    rows = waiting(by, run).order_by("pk")
    rows = rows.filter(pk__in=only) if only else rows
    return list(rows.values_list("pk", "person_id", "holder", "bank")[:TYPED])


def may_verify(by: Actor, run: str) -> bool:
    """Whether somebody else than this actor loaded it."""
    made = Import.objects.filter(run=run).first()
    return made is not None and by.may("people.edit") and not one_person(by.account, [made.account])


@dataclass(frozen=True, slots=True)
class Compared:
    """What a second saying brought: ``verified`` accounts, those whose number ``differs``, those of which it said nothing."""

    verified: int
    differs: tuple[int, ...]  # accounts
    unsaid: int


def verify_typed(*, run: str, numbers: Mapping[int, str], by: Actor, at: dt.datetime) -> Compared:
    """Verify accounts of an import by their numbers, typed again off the papers: account → number. Raises :class:`Refusal`."""
    _second(run, by)
    return _agreed(
        run, {pk: set(seal.marks(spelled(said), "account")) for pk, said in numbers.items() if said.strip()}, by, at
    )


def verify_listed(*, run: str, path: Path, by: Actor, at: dt.datetime) -> Compared:
    """Verify what an import brought by a second list of the same persons (file or ID number, account number).

    Each row is compared with what was loaded; rows of persons whose account does not wait are left aside. The file that
    was loaded is no second list. Raises :class:`Refusal`.
    """
    made = _second(run, by)
    if digest(path) == made.file_digest:
        raise Refusal(_("This is the file that was loaded. Take the list that the bank stamped; nothing was changed."))
    found = prepared(reading(Here(), path, by, at, "", KINDS["accounts"]), by, "")
    known = identify.on_file(found.rows, by.scope)
    said = {
        known.persons[uid]: set(seal.marks(number, "account"))
        for uid, number in found.rows.select(UID, "account").iter_rows() if uid in known.persons and number
    }  # fmt: skip
    held = dict(waiting(by, run).order_by("pk").values_list("person", "pk"))  # the newest of each person
    return _agreed(run, {held[person]: marks for person, marks in said.items() if person in held}, by, at)


def _second(run: str, by: Actor) -> Import:
    """The import, for somebody else than who loaded it, under whichever account."""
    require(by, "people.edit")
    made = Import.objects.filter(run=run).first()
    if made is None or made.state != "done":
        raise Refusal(_("This import is not there, or was taken back; nothing was changed."))
    apart(by.account, [made.account],
          _("Whoever loaded a ledger does not verify its accounts; ask a colleague. Nothing was changed."))  # fmt: skip
    return made


def _agreed(run: str, said: Mapping[int, set[bytes]], by: Actor, at: dt.datetime) -> Compared:
    """Verify those whose number was said again. A first account is used from now on, a changed one after the cooling-off.
    Chunks under one run id: a kill leaves the rest waiting."""
    with alone():
        held = {pk: bytes(mark) for pk, mark in waiting(by, run).order_by("pk").values_list("pk", "number_mark")}
        same = [pk for pk, mark in held.items() if mark in said.get(pk, ())]
        differs = tuple(pk for pk, mark in held.items() if pk in said and mark not in said[pk])
        done = sum(_chunk(same[start : start + CHUNK], run, by, at) for start in range(0, len(same), CHUNK))
        if differs:
            journal.note(action="people.accounts-differ", by=by, at=at, run=f"{run[:36]}-acc", accounts=len(differs))
    return Compared(done, differs, len(held) - len(same) - len(differs))


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
