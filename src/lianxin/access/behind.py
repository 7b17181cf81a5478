"""Who stands behind a staff account: named by its keeper, so that one person with two accounts is known as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext

from lianxin.access.models import Account, Behind, Grant
from lianxin.access.roles import ROLES, together
from lianxin.engine import clock, effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

SIGNS = frozenset({"batch.make", "batch.check", "batch.approve", "batch.bank", "case.approve", "catalogue.approve",
                   "merge.approve", "retention.decide"})  # fmt: skip


def signs(role: str) -> bool:
    """Whether a role is a hand of its own: whoever gives it says who stands behind the account."""
    return role in ROLES and not ROLES[role].may.isdisjoint(SIGNS)


def said(accounts: Sequence[int]) -> dict[int, int | None]:
    """Who was named behind these accounts; None where it was said that they have no file here."""
    rows = Behind.objects.filter(account__in=list(accounts), superseded_at__isnull=True).order_by("pk")
    return dict(rows.values_list("account_id", "person"))


def named(accounts: Sequence[int]) -> dict[int, int]:
    """The persons behind those of these accounts of which one was named."""
    return {account: person for account, person in said(accounts).items() if person is not None}


def hands(account: Account) -> list[int]:
    """The accounts of the natural person behind this one, itself among them."""
    own = {person for person in (account.person, named([account.pk]).get(account.pk)) if person is not None}
    found = {account.pk}
    for person in own:
        found |= of_person(person)
    return sorted(found)


def of_person(person: int) -> set[int]:
    """The accounts of a person, under whichever of their files: as a resident, and those that name them."""
    return set(_of(effects.perform("persons-as-one", person=person)))


def _of(persons: Sequence[int]) -> list[int]:
    """The accounts of these persons, their own as residents and those that name them."""
    naming = Behind.objects.filter(person__in=persons, superseded_at__isnull=True)
    rows = Account.objects.filter(Q(person__in=persons) | Q(pk__in=naming.values("account")))
    return list(rows.values_list("pk", flat=True))


def name(*, account: Account, person: int | None, by: Actor, at: dt.datetime) -> None:
    """Say who stands behind an account (None: nobody with a file here). The caller has checked who may.

    Raises :class:`Refusal` where duties that must lie apart would meet in that person.
    """
    if person is not None:
        mine = _roles([account.pk])
        theirs = _roles(sorted(of_person(person) - {account.pk}))
        if any(not together(one, other) for one in mine for other in theirs):
            raise Refusal(gettext("This person has another account, and these duties must lie with different people. "
                                  "End one of the roles first; nothing was changed."))  # fmt: skip
    with journal.entry(action="access.behind", by=by, at=at, person=person) as writing:
        old = Behind.objects.filter(account=account, superseded_at__isnull=True)
        writing.supersede(Behind, list(old.values_list("pk", flat=True)), at)
        writing.add([Behind(account=account, person=person, valid_from=clock.day(at), recorded_at=at)])


def _roles(of: Sequence[int]) -> set[str]:
    rows = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()), account__in=list(of), superseded_at__isnull=True
    )
    return set(rows.values_list("role", flat=True))
