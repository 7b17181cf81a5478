"""Set up an organisation as a whole, from plain rows: offices, the accounts that sit in them, their roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from lianxin.access import actions, behind
from lianxin.access.models import Account, Grant, Office
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
    """Open offices and accounts and give the roles, all or nothing; returns the ids by key and by username."""
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
    return keys, names


def names(usernames: Iterable[str]) -> dict[str, str]:
    """The names behind sign-in names."""
    return dict(Account.objects.filter(username__in=list(usernames)).values_list("username", "name"))
