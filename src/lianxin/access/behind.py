"""Who stands behind a staff account: named by its keeper, so that one person with two accounts is known as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access import seal
from lianxin.access.models import Account, Behind, Grant
from lianxin.access.roles import ROLES, together
from lianxin.engine import clock, effects, identity
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

# Whoever may do one of these points money somewhere, or is the second to say so.
SIGNS = frozenset({"batch.make", "batch.check", "batch.approve", "batch.bank", "case.approve", "catalogue.approve",
                   "merge.approve", "retention.decide", "people.edit", "people.import", "catalogue.write", "scene.keep",
                   "scene.publish", "gate.keep", "attest.write", "attest.rule", "assess.write", "assess.publish", "data.prepare",
                   "data.publish"})  # fmt: skip

WHO = _("Who enters, signs or decides what money follows is named: give the number of their file, or their ID number.")


def signs(role: str) -> bool:
    """Whether a role is a hand of its own: whoever gives it says who stands behind the account."""
    return role in ROLES and not ROLES[role].may.isdisjoint(SIGNS)


def _standing() -> QuerySet[Behind]:
    """The rows that name somebody today: by file or by number."""
    return Behind.objects.filter(Q(person__isnull=False) | Q(number_mark__isnull=False), superseded_at__isnull=True)


def named(accounts: Sequence[int]) -> dict[int, int]:
    """The persons of the files behind those of these accounts of which one was named."""
    rows = _standing().filter(account__in=list(accounts), person__isnull=False).order_by("pk")
    return {account: person for account, person in rows.values_list("account_id", "person") if person is not None}


def unnamed() -> QuerySet[Account]:
    """The accounts of offices behind which nobody is named: each of them could be anybody."""
    return Account.objects.filter(office__isnull=False, person__isnull=True).exclude(
        pk__in=_standing().values("account")
    )


def hands(account: Account) -> list[int]:
    """The accounts of the natural person behind this one, itself among them."""
    rows = _standing().filter(account=account)
    return sorted({account.pk} | _met(account.person, rows))


def persons(account: int) -> set[int]:
    """The files of the natural person behind an account: their own, those merged with them, that of their number."""
    found = Account.objects.filter(pk=account).values_list("person", flat=True).first()
    return _files(found, _standing().filter(account=account))


def _files(person: int | None, rows: QuerySet[Behind]) -> set[int]:
    own = {one for one in (person, *(row.person for row in rows)) if one is not None}
    for mark in _marks(rows):
        file = effects.perform("person-by-mark", mark=mark)
        own |= {file[0]} if file else set()
    return {one for file in own for one in effects.perform("persons-as-one", person=file)}


def _marks(rows: QuerySet[Behind]) -> set[bytes]:
    """Of the numbers named here, under every key that still searches: a change of keys hides nobody."""
    return {
        mark for row in rows if row.number_sealed and row.salt
        for mark in seal.marks(seal.unseal(row.number_sealed, row.salt, "id"), "id")
    }  # fmt: skip


def _met(person: int | None, rows: QuerySet[Behind]) -> set[int]:
    """The accounts of the natural person whom a file and these rows name: residents' and staff, by file and by number."""
    files = _files(person, rows)
    marks = _marks(rows) | set(effects.perform("id-marks", persons=sorted(files)))
    naming = _standing().filter(Q(person__in=files) | Q(number_mark__in=marks))
    found = Account.objects.filter(Q(person__in=files) | Q(pk__in=naming.values("account")))
    return set(found.values_list("pk", flat=True))


def name(*, account: Account, person: int | None = None, number: str = "", by: Actor, at: dt.datetime) -> None:
    """Say who stands behind an account: a file, or the ID number of somebody who need not have one. The caller has checked
    who may. Whether the number has a file is not said to anybody.

    Raises :class:`Refusal` for no number, and where duties that must lie apart would meet in that person.
    """
    if person is None and identity.fault(number) is not None:
        raise Refusal(gettext("This is not a valid ID number: 18 characters, as on the card. Nothing was changed."))
    row = Behind(account=account, person=person, valid_from=clock.day(at), recorded_at=at)
    if person is None:
        _keep(row, number)
    with journal.entry(action="access.behind", by=by, at=at, person=person) as writing:
        old = Behind.objects.filter(account=account, superseded_at__isnull=True)
        writing.supersede(Behind, list(old.values_list("pk", flat=True)), at)
        writing.add([row])
        mine, theirs = _roles([account.pk]), _roles([one for one in hands(account) if one != account.pk])
        if any(not together(one, other) for one in mine for other in theirs):
            raise Refusal(gettext("This person has another account, and these duties must lie with different people. "
                                  "End one of the roles first; nothing was changed."))  # fmt: skip


def begin(*, numbers: Mapping[int, str], by: Actor, at: dt.datetime) -> None:
    """Name those behind accounts that were just opened by their ID numbers, account by account."""
    rows = [Behind(account_id=one, valid_from=clock.day(at), recorded_at=at) for one in numbers]
    for row in rows:
        _keep(row, numbers[row.account_id])
    with journal.entry(action="access.behind", by=by, at=at) as writing:
        writing.add(rows)


def _keep(row: Behind, number: str) -> None:
    salt = seal.salt()
    row.salt, row.number_sealed, row.number_mark = salt, seal.seal(number, salt, "id"), seal.mark(number, "id")


def _roles(of: Sequence[int]) -> set[str]:
    rows = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()), account__in=list(of), superseded_at__isnull=True
    )
    return set(rows.values_list("role", flat=True))
