"""Set up an organisation as a whole, from plain rows: offices, the accounts that sit in them, their roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from django.db import transaction
from django.utils.translation import gettext

from lianxin.access import actions, behind
from lianxin.access.models import Account, Grant, Office
from lianxin.access.roles import together
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor


@dataclass(frozen=True, slots=True)
class NewOffice:
    """An office to open; ``key`` is what the accounts of the same set name it by."""

    key: str
    name: str
    english: str
    kind: str
    level: str
    area: str
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A role over an area; ``service`` puts the account on the access list of a sealed service."""

    role: str
    area: str
    desk: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open: staff with an office, or a resident with a person. It cannot sign in by a password yet."""

    username: str
    name: str
    english: str = ""
    office: str = ""
    person: int | None = None
    roles: tuple[Role, ...] = ()
    elder: bool = False
    number: str = ""  # the ID number of whoever stands behind it


def set_up(
    *, offices: Sequence[NewOffice], accounts: Sequence[NewAccount], by: Actor, at: dt.datetime
) -> tuple[dict[str, int], dict[str, int]]:
    """Open offices and accounts and give the roles, all or nothing; returns the ids by key and by username.

    Raises :class:`Refusal` where duties that exclude each other would meet in one person, under whichever accounts.
    """
    with transaction.atomic():
        made = actions.add_offices(
            offices=[
                Office(name=one.name, name_en=one.english, kind=one.kind, level=one.level, area_id=one.area,
                       phone=one.phone, address=one.address)
                for one in offices
            ], by=by, at=at,
        )  # fmt: skip
        keys = {one.key: office.pk for one, office in zip(offices, made, strict=True)}
        opened = actions.open_accounts(
            accounts=[
                (Account(username=one.username, name=one.name, name_en=one.english, elder=one.elder, person=one.person,
                         office_id=keys[one.office] if one.office else None), "")
                for one in accounts
            ], by=by, at=at,
        )  # fmt: skip
        names = {account.username: account.pk for account in opened}
        behind.begin(numbers={names[one.username]: one.number for one in accounts if one.number}, by=by, at=at)
        actions.give_roles(
            grants=[
                Grant(account_id=names[one.username], role=role.role, area=role.area, desk=role.desk,
                      service=role.service)
                for one in accounts for role in one.roles
            ], by=by, at=at,
        )  # fmt: skip
        _apart(accounts, names)
    return keys, names


def _apart(accounts: Sequence[NewAccount], names: dict[str, int]) -> None:
    """Refuse roles that must lie with different people: among the new accounts of each, and with those that were there."""
    held: dict[str, set[str]] = {}
    for one in accounts:
        held.setdefault(one.number or one.username, set()).update(role.role for role in one.roles)
    others = Account.objects.filter(office__isnull=False).exclude(pk__in=names.values()).exists()
    for one in accounts:
        roles = held[one.number or one.username]
        if others and one.roles and (one.number or one.person is not None):
            of = actions.accounts_of(names[one.username])
            roles = roles | set(
                Grant.objects.filter(account__in=of, superseded_at__isnull=True).values_list("role", flat=True)
            )
        if not all(together(first, second) for first, second in combinations(sorted(roles), 2)):
            raise Refusal(
                gettext("%(name)s: these duties must lie with different people; nothing was set up.")
                % {"name": one.name}
            )


def names(usernames: Iterable[str]) -> dict[str, str]:
    """The names behind sign-in names."""
    return dict(Account.objects.filter(username__in=list(usernames)).values_list("username", "name"))
