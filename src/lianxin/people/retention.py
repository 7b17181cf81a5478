"""Retention and deletion with proof: what is due, by whom it is decided, how values go and what stays to be checked.

A file is due so many years after its end (a death, a move out of the city): the years are data (``protection.yaml``).
Where a law keeps a file after a death it is archived (封存) instead: nobody but the keepers opens it. A legal hold stops
both. A deletion needs two people; it destroys the salt, blanks every declared personal column through the journal's
rewriting, removes files, and leaves a certificate whose digest is in the chain.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access import sealedfiles
from lianxin.access.actions import apart
from lianxin.access.models import Account
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.engine import clock, effects, personal
from lianxin.engine.asked import number_of
from lianxin.engine.personal import Table
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal.models import Covered, Entry
from lianxin.people import nameindex
from lianxin.people.models import Person
from lianxin.people.protectedmodels import Copy, Disposal
from lianxin.people.protection import rules

CHUNK = 2000
GONE = b""  # a destroyed salt
NAME = "—"
OPEN = ("due", "proposed")


@dataclass(frozen=True, slots=True)
class Due:
    """One file on the list: whose, since when its term is over, what is proposed, how far it is."""

    id: int
    person: int
    file_number: str
    name: str
    area: str
    kind: str
    due_on: dt.date
    state: str
    proposed_by: int | None
    reason: str


def propose_due(*, by: Actor, at: dt.datetime) -> int:
    """Every night: put on the list what is due. A file stays on it once, however often this runs."""
    today, term = clock.day(at), rules().terms["file"]
    over = _years_after(today, -term.years)
    held = Disposal.objects.filter(state__in=[*OPEN, "held", "done"]).values("person_id")
    ended = Person.objects.filter(visible=True, survivor__isnull=True, died_on__isnull=False).exclude(salt=GONE)
    rows = [
        Disposal(person_id=pk, kind="delete", due_on=_years_after(died, term.years),
                 area=home, state="due")
        for pk, died, home in ended.filter(died_on__lte=over).exclude(pk__in=held).values_list("pk", "died_on", "home")
        if died is not None
    ]  # fmt: skip
    if term.archive:
        kept = Disposal.objects.filter(kind="archive").values("person_id")
        rows += [
            Disposal(person_id=pk, kind="archive", due_on=died, area=home, state="due")
            for pk, died, home in ended.filter(died_on__gt=over).exclude(pk__in=held).exclude(pk__in=kept)
            .values_list("pk", "died_on", "home")[:CHUNK]
            if died is not None
        ]  # fmt: skip
    if rows:
        with journal.entry(action="retention.due", by=by, at=at, files=len(rows)):
            Disposal.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _years_after(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def listed(scope: Scope, *, state: str = "", after: str = "", limit: int = 50) -> tuple[list[Due], str]:
    """The list inside a scope, and the key after which it goes on."""
    rows = Disposal.objects.filter(within(scope, "area"), pk__gt=number_of(after) or 0)
    rows = rows.filter(state=state) if state else rows.exclude(state="done")
    found = list(rows.select_related("person").order_by("pk")[: limit + 1])
    made = [
        Due(row.pk, row.person_id, row.person.file_number, row.person.name, row.area, row.kind, row.due_on, row.state,
            row.proposed_by, row.reason)
        for row in found[:limit]
    ]  # fmt: skip
    return made, str(found[limit - 1].pk) if len(found) > limit else ""


def _row(pk: int, by: Actor, states: Sequence[str]) -> Disposal:
    require(by, "retention.decide")
    found = Disposal.objects.select_for_update().filter(within(by.scope, "area"), pk=pk).first()
    if found is None or found.state not in states:
        raise Refusal(_("This file is not on your list in this state (any more)."))
    return found


@transaction.atomic
def propose(*, pk: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """The first of two: this may go."""
    found = _row(pk, by, ["due"])
    if len(reason.strip()) < 4:
        raise Refusal(_("Say why it may go; the certificate says it."))
    with journal.entry(action="retention.propose", by=by, at=at, area=found.area, disposal=found.pk, kind=found.kind):
        Disposal.objects.filter(pk=pk).update(state="proposed", proposed_by=by.account, proposed_at=at,
                                              reason=reason.strip()[:200])  # fmt: skip


@transaction.atomic
def hold(*, pk: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """A legal hold: nothing of this file goes until it is lifted."""
    found = _row(pk, by, [*OPEN])
    if len(reason.strip()) < 4:
        raise Refusal(_("Say why it may not go."))
    with journal.entry(action="retention.hold", by=by, at=at, area=found.area, disposal=found.pk):
        Disposal.objects.filter(pk=pk).update(state="held", reason=reason.strip()[:200], proposed_by=None)


@transaction.atomic
def lift(*, pk: int, by: Actor, at: dt.datetime) -> None:
    """The hold is over: the file is on the list again."""
    found = _row(pk, by, ["held"])
    with journal.entry(action="retention.lift", by=by, at=at, area=found.area, disposal=found.pk):
        Disposal.objects.filter(pk=pk).update(state="due", proposed_by=None)


def decide(*, pk: int, agree: bool, by: Actor, at: dt.datetime) -> Disposal:
    """The second of two: carried out at once, or sent back to the list. Whoever proposed may not decide."""
    with transaction.atomic():
        found = _row(pk, by, ["proposed"])
        if by.account is not None:
            apart(by.account, [found.proposed_by], _("Whoever proposed it may not decide; ask a colleague."))
        if not agree:
            with journal.entry(action="retention.back", by=by, at=at, area=found.area, disposal=found.pk):
                Disposal.objects.filter(pk=pk).update(state="due", proposed_by=None)
        elif found.kind == "archive":
            _archive(found, by=by, at=at)
        else:
            _erase(found, by=by, at=at)
    return Disposal.objects.get(pk=pk)


def _archive(found: Disposal, *, by: Actor, at: dt.datetime) -> None:
    """Shut a file away: it leaves search and lists; its rows and its seals stay."""
    with journal.entry(action="retention.archive", by=by, at=at, area=found.area, person=found.person_id):
        Person.objects.filter(pk=found.person_id).update(visible=False)
        nameindex.refresh([found.person_id])
        Disposal.objects.filter(pk=found.pk).update(state="done", decided_by=by.account, decided_at=at)


def _erase(found: Disposal, *, by: Actor, at: dt.datetime) -> None:
    persons = [found.person_id, *Person.objects.filter(survivor_id=found.person_id).values_list("pk", flat=True)]
    counts: dict[str, int] = {}
    files: set[str] = set()
    with journal.entry(action="retention.delete", by=by, at=at, area=found.area, person=found.person_id,
                       purpose=found.reason) as writing:  # fmt: skip
        for table in personal.tables():
            if table.of and table.personal and not table.keeps and table.model != "people.Person":
                counts[table.model] = _blank(table, persons, writing, files)
        _forget(persons)
        said = {
            "person": found.person_id, "file": found.person.file_number, "at": at.isoformat(), "reason": found.reason,
            "proposed_by": found.proposed_by, "decided_by": by.account, "entry": writing.id,
            "rows": {model: count for model, count in sorted(counts.items()) if count}, "files": len(files),
        }  # fmt: skip
        digest = hashlib.sha256(_canonical(said)).hexdigest()
        writing.say(certificate=digest, rows=sum(counts.values()), files=len(files))
        Disposal.objects.filter(pk=found.pk).update(state="done", decided_by=by.account, decided_at=at,
                                                    certificate=said, digest=digest)  # fmt: skip
        effects.announce("person-erased", ids=persons, by=by, at=at)
    left = {digest_ for digest_ in files if not named_anywhere(digest_)}
    transaction.on_commit(lambda: [sealedfiles.remove(one) for one in sorted(left)])


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _forget(persons: list[int]) -> None:
    """The searchable picture: name, numbers, place; and the salt, without which no sealed value opens."""
    Person.objects.filter(pk__in=persons).update(
        salt=GONE, name=NAME, pinyin="", initials="", sex="", born_on=None, id_mark=None, phone_mark=None, address="",
        family=None, visible=False,
    )  # fmt: skip
    for account in Account.objects.filter(person__in=persons):
        account.name, account.username, account.is_active = NAME, f"gone-{account.pk}", False
        account.set_unusable_password()
        account.save(update_fields=["name", "username", "is_active", "password"])
    for copy in Copy.objects.filter(person_id__in=persons).exclude(digest=""):
        sealedfiles.remove(copy.digest)
    Copy.objects.filter(person_id__in=persons).update(state="gone", digest="")
    nameindex.refresh(persons)


def _blank(table: Table, persons: list[int], writing: journal.Writing, files: set[str]) -> int:
    """Blank the personal columns of a table's rows of these persons; collects the files that they named."""
    model: Any = apps.get_model(table.model)
    fields = {field.attname: field for field in model._meta.concrete_fields}
    said = (
        [name for name, kind in table.kinds.items() if kind != "plain"]
        if table.blanks is None
        else table.blanks.split()
    )
    columns = {name: _nothing(fields[name]) for name in said if not _link(fields[name], table)}
    columns |= {way: None if fields[way].null else b"" for one in table.sealed for way in one.marks if way in fields}
    ids = list(model._base_manager.filter(**{f"{table.of}__in": persons}).values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        if table.file:
            files.update(model._base_manager.filter(pk__in=some).values_list(table.file, flat=True))
        if not columns:
            continue
        if issubclass(model, Covered):
            writing.rewrite(model, dict.fromkeys(some, columns))
        else:
            model._base_manager.filter(pk__in=some).update(**columns)
    return len(ids)


def _link(field: models.Field[Any, Any], table: Table) -> bool:
    """Whether a column ties the row to its person or to a row that must stay: such ids are pseudonyms and stay."""
    return (
        field.attname in {table.of, "account_id"} or field.unique or (field.remote_field is not None and not field.null)
    )


def _nothing(field: models.Field[Any, Any]) -> Any:
    """What a column holds that says nothing."""
    if field.null:
        return None
    kind = field.get_internal_type()
    if kind == "JSONField":
        return {}
    if kind == "BinaryField":
        return b""
    if kind == "BooleanField":
        return False
    if kind in {"DateField", "DateTimeField"}:
        return dt.date(1900, 1, 1) if kind == "DateField" else dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
    return 0 if "Integer" in kind else ""


def named_anywhere(digest: str) -> bool:
    """Whether another row still names a file: the same content lies there once."""
    for table in personal.tables():
        if table.file and apps.get_model(table.model)._base_manager.filter(**{table.file: digest}).exists():
            return True
    return False


def check_certificate(*, pk: int) -> bool:
    """Whether a certificate is the one that the chain vouches for, and nothing of the person opens any more."""
    found = Disposal.objects.select_related("person").get(pk=pk)
    entry = Entry.objects.filter(pk=found.certificate.get("entry"), action="retention.delete").first()
    same = hashlib.sha256(_canonical(found.certificate)).hexdigest() == found.digest
    return bool(entry and same and entry.detail.get("certificate") == found.digest and bytes(found.person.salt) == GONE)


def certificates(scope: Scope, *, after: str = "", limit: int = 50) -> list[Disposal]:
    """What was deleted or archived inside a scope, newest first."""
    rows = Disposal.objects.filter(within(scope, "area"), Q(state="done")).select_related("person").order_by("-pk")
    return list(rows.filter(pk__lt=int(after))[:limit] if number_of(after) is not None else rows[:limit])


def one(scope: Scope, pk: int) -> Disposal | None:
    """One line of the list inside a scope."""
    return Disposal.objects.filter(within(scope, "area"), pk=pk).select_related("person").first()
