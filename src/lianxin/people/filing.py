"""Write into a file: record and correct facts, reveal a sealed value, change an account, give a mandate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from lianxin.access import seal
from lianxin.access.permissions import require
from lianxin.engine import clock, effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.people import models
from lianxin.people.models import Attested, BankAccount, Mandate, Particulars, Person
from lianxin.people.queries import reachable

GROUPS: dict[str, type[Any]] = {
    "service": models.Service, "standing": models.Standing, "award": models.Award, "livelihood": models.Livelihood,
    "suspension": models.Suspension, "attested": models.Attested, "attribute": models.Attribute,
}  # fmt: skip
SINGLE = {"service", "livelihood"}  # one row is true at a time; a new one ends the last
_SEALED = {"id": "id_sealed", "phone": "phone_sealed"}


def _person(by: Actor, person: int, permission: str) -> Person:
    require(by, permission)
    found = Person.objects.filter(reachable(by.scope), pk=person, visible=True, survivor__isnull=True).first()
    if found is None:
        raise Refusal("this file is not in your area; nothing was changed")
    return found


def record(
    *,
    person: int,
    group: str,
    says: Mapping[str, Any],
    valid_from: dt.date | None,
    paper: str,
    by: Actor,
    at: dt.datetime,
    valid_to: dt.date | None = None,
    corrects: int | None = None,
) -> int:
    """Write one dated row into a file and tell the other rooms; returns its id.

    ``corrects`` names a row that was wrong: it is superseded, never overwritten. In groups of which one row is true at
    a time (service, livelihood) what ``says`` leaves out is carried over from the row in force.
    """  # fmt: skip
    found = _person(by, person, "people.edit")
    model = GROUPS.get(group)
    fields = {one.attname for one in model._meta.concrete_fields} if model else set()
    unknown = [name for name in says if name not in fields]
    if model is None or unknown:
        raise Refusal(f"a file has no {group[:20]} {', '.join(unknown)[:40]}; nothing was changed")
    if not paper.strip():
        raise Refusal("say from which paper this was taken; nothing was changed")
    open_rows = model.objects.filter(person=found, superseded_at__isnull=True)
    last = open_rows.order_by("valid_from", "pk").last() if group in SINGLE else None
    kept = {name: getattr(last, name) for name in _own(model)} if last is not None else {}
    ends = [corrects] if corrects is not None else []
    if last is not None and corrects is None and last.valid_from == valid_from:
        ends = [last.pk]
    with journal.entry(action="people.record", by=by, at=at, person=found.pk, area=found.home, group=group) as writing:
        if ends and writing.supersede(model, ends, at) != len(ends):
            raise Refusal("somebody corrected this row meanwhile; look at it again, nothing was changed")
        row = model(person=found, **{**kept, **says}, valid_from=valid_from, valid_to=valid_to, recorded_at=at,
                    paper=paper[:120])  # fmt: skip
        writing.add([row])
        effects.announce("person-changed", ids=[found.pk], by=by, at=at)
    return int(row.pk)


def _own(model: type[Any]) -> list[str]:
    shared = {one.attname for one in Attested._meta.concrete_fields if one.attname not in {"code", "holds"}}
    return [one.attname for one in model._meta.concrete_fields if one.attname not in shared]


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
    found = _person(by, person, "people.reveal")
    if len(reason.strip()) < 4:
        raise Refusal("say in a few words what you need it for; the person can read it")
    if field not in _SEALED:
        raise Refusal("there is no such sealed value")
    row = Particulars.objects.filter(person=found, superseded_at__isnull=True).order_by("valid_from", "pk").last()
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
        found = _person(by, person, "people.edit")
    digits = "".join(number.split())
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


def verify_account(*, account: int, by: Actor, at: dt.datetime) -> int:
    """A second person confirms an account; older ones end, and it may be used after the cooling-off."""
    row = BankAccount.objects.filter(pk=account, superseded_at__isnull=True, verified=False).first()
    if row is None:
        raise Refusal("this account is verified or replaced already; nothing was changed")
    found = _person(by, row.person_id, "people.edit")
    first = journal_author(row.entry_id)
    if first is not None and first == by.account:
        raise Refusal("whoever entered an account may not verify it; ask a colleague")
    usable = clock.day(at + dt.timedelta(days=settings.COOLING_OFF_DAYS))
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


def give_mandate(
    *,
    person: int,
    proxy_person: int | None,
    kind: str,
    until: dt.date,
    paper: str,
    by: Actor,
    at: dt.datetime,
    services: str = "",
) -> int:
    """``proxy_person`` (or, for kind ``clerk``, the acting clerk) may act for ``person`` until a day at most a year off."""
    found = _person(by, person, "case.open")
    today = clock.day(at)
    if not today <= until <= today + dt.timedelta(days=366):
        raise Refusal("a mandate ends within a year; nothing was changed")
    if kind not in {"guardian", "proxy", "clerk"} or (kind != "clerk" and proxy_person is None):
        raise Refusal("say who may act; nothing was changed")
    row = Mandate(
        person=found, proxy_person_id=proxy_person, proxy_account=by.account if kind == "clerk" else None, kind=kind,
        services=services[:200], valid_from=today, valid_to=until, recorded_at=at, paper=paper[:120],
    )  # fmt: skip
    with journal.entry(action="people.mandate", by=by, at=at, person=found.pk, area=found.home, kind=kind) as writing:
        writing.add([row])
    return int(row.pk)
