"""Make areas, offices and accounts; give and end roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext

from lianxin.access.models import Account, Area, Grant, Office
from lianxin.access.permissions import Refused, require
from lianxin.access.roles import ROLES
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import guard

Tree = Sequence[tuple[str, str, str]]
LEVELS = {4: "city", 6: "county", 9: "township", 12: "village"}
_PARENT = {6: 4, 9: 6, 12: 9}


def add_areas(*, areas: Tree, by: Actor, at: dt.datetime) -> int:
    """Add areas given as (code, name, English name) and the areas above them; returns how many are new.

    An area first met as a bare code takes the first name it is given; others keep theirs.
    """
    given = {code: (code, name or code, english) for code, name, english in areas}
    for code in list(given):
        for length in LEVELS:
            if length < len(code):
                given.setdefault(code[:length], (code[:length], code[:length], ""))
    guard.check([list(area) for area in given.values()])
    with journal.entry(action="access.areas", by=by, at=at) as writing:
        known = dict(Area.objects.values_list("code", "name"))
        named = [Area(code=code, name=name, name_en=english) for code, name, english in given.values()
                 if known.get(code) == code != name]  # fmt: skip
        Area.objects.bulk_update(named, ["name", "name_en"], batch_size=500)
        new = [
            Area(code=code, name=name, name_en=english, level=LEVELS[len(code)],
                 parent_id=code[: _PARENT[len(code)]] if len(code) in _PARENT else None)
            for code, name, english in sorted(given.values(), key=lambda row: (len(row[0]), row[0]))
            if code not in known
        ]  # fmt: skip
        Area.objects.bulk_create(new, batch_size=2000)
        writing.say(added=len(new))
    return len(new)


def add_offices(*, offices: Sequence[Office], by: Actor, at: dt.datetime) -> list[Office]:
    """Open offices."""
    guard.check([[office.name, office.name_en, office.address] for office in offices])
    with journal.entry(action="access.offices", by=by, at=at) as writing:
        made = Office.objects.bulk_create(list(offices), batch_size=2000)
        writing.say(added=len(made))
    return made


def open_accounts(*, accounts: Sequence[tuple[Account, str]], by: Actor, at: dt.datetime) -> list[Account]:
    """Open accounts given with their passwords; a blank password makes one that cannot be used to sign in."""
    guard.check([[account.username, account.name] for account, _ in accounts])
    with journal.entry(action="access.accounts", by=by, at=at) as writing:
        for account, password in accounts:
            if password:
                account.set_password(password)
            else:
                account.set_unusable_password()
        made = Account.objects.bulk_create([account for account, _ in accounts], batch_size=2000)
        writing.say(added=len(made))
    return made


def give_roles(*, grants: Sequence[Grant], by: Actor, at: dt.datetime) -> list[Grant]:
    """Give roles over areas; each grant may carry an end."""
    for grant in grants:
        if grant.role not in ROLES:
            raise ValueError(f"no role {grant.role}")
    with journal.entry(action="access.grant", by=by, at=at) as writing:
        for grant in grants:
            grant.recorded_at = at
            grant.valid_from = grant.valid_from or clock.day(at)
        return writing.add(list(grants))


OFFICE_KINDS = {"liaison": "liaison", "mediator": "court", "volunteer": "volunteer", "partner": "partner"}


def seat(
    *, username: str, name: str, role: str, area: str, by: Actor, at: dt.datetime, password: str = "", service: str = ""
) -> Account:
    """Open one account with a role over ``area``; area and office are made where they do not exist yet.

    Raises :class:`Refusal` for a name that is taken, a code that is none, or an area outside the actor's own.
    """
    if len(area) not in LEVELS or not area.isascii() or not area.isdigit():
        raise Refusal(gettext("%(area)s is no area code; codes have 4, 6, 9 or 12 digits.") % {"area": area[:20]})
    require(by, "accounts.manage", area=area)
    if Account.objects.filter(username=username).exists():
        raise Refusal(gettext("The name %(name)s is taken; choose another.") % {"name": username[:40]})
    kind = OFFICE_KINDS.get(role, "station" if len(area) > 6 else "bureau")
    with transaction.atomic():
        add_areas(areas=[(area, "", "")], by=by, at=at)
        office = Office.objects.filter(area_id=area, kind=kind, open=True).order_by("pk").first()
        if office is None:
            label = Area.objects.get(pk=area).name
            made = Office(name=label, name_en=label, kind=kind, level=LEVELS[len(area)], area_id=area)
            office = add_offices(offices=[made], by=by, at=at)[0]
        account = open_accounts(
            accounts=[(Account(username=username, name=name, office=office), password)], by=by, at=at
        )[0]
        give_roles(grants=[Grant(account=account, role=role, area=area, service=service)], by=by, at=at)
    return account


def end_roles(*, grants: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """Take roles back from now on; the change works with the next request."""
    with journal.entry(action="access.end", by=by, at=at) as writing:
        return writing.supersede(Grant, grants, at)


APART = ({"payment-maker", "payment-checker", "payment-approver"}, {"operator", "auditor"})


def _of_mine(by: Actor, account: int) -> Account:
    """An account that this actor may change: of an office inside its own area, and not its own."""
    found = Account.objects.filter(pk=account).select_related("office").first()
    if found is None or found.office is None:
        raise Refused("accounts.manage")
    require(by, "accounts.manage", area=found.office.area_id)
    if found.pk == by.account:
        raise Refusal(gettext("Nobody changes their own account; ask another keeper of accounts."))
    return found


def give_role(
    *, account: int, role: str, area: str, by: Actor, at: dt.datetime, until: dt.date | None = None, service: str = ""
) -> Grant:
    """Give one role over ``area`` (inside the actor's own) until ``until``; duties that exclude each other never meet.

    Raises :class:`Refusal` with the way out, or ``Refused`` for what the actor may not know of.
    """
    found = _of_mine(by, account)
    require(by, "accounts.manage", area=area)
    if role not in ROLES or role == "resident":
        raise Refusal(gettext("There is no such role."))
    if not Area.objects.filter(pk=area).exists():
        raise Refusal(gettext("There is no such area."))
    held = set(Grant.objects.filter(account=found, superseded_at__isnull=True).values_list("role", "area"))
    if (role, area) in held:
        raise Refusal(gettext("This role over this area is already held."))
    for group in APART:
        if role in group and {other for other, _ in held} & (group - {role}):
            raise Refusal(gettext("These duties must lie with different people; end the other role first."))
    return give_roles(
        grants=[Grant(account=found, role=role, area=area, valid_to=until, service=service)], by=by, at=at
    )[0]


def end_role(*, grant: int, by: Actor, at: dt.datetime) -> int:
    """Take one role back; it works from the next request on. A role that ended before changes nothing."""
    found = Grant.objects.filter(pk=grant).first()
    if found is None:
        raise Refused("accounts.manage")
    _of_mine(by, found.account_id)
    require(by, "accounts.manage", area=found.area)
    return end_roles(grants=[grant], by=by, at=at)


def new_password(*, account: int, password: str, by: Actor, at: dt.datetime) -> str:
    """Set a password that the office hands over; returns the sign-in name. Sessions of the old one end."""
    found = _of_mine(by, account)
    found.set_password(password)
    with journal.entry(action="access.password", by=by, at=at) as writing:
        found.save(update_fields=["password"])
        writing.say(account=found.pk)
    return found.username


def close_account(*, account: int, open_again: bool = False, by: Actor, at: dt.datetime) -> None:
    """Close an account, or open it again; its history stays."""
    found = _of_mine(by, account)
    found.is_active = open_again
    with journal.entry(action="access.close", by=by, at=at) as writing:
        found.save(update_fields=["is_active"])
        writing.say(account=found.pk, open=open_again)
