"""Make areas, offices and accounts; give and end roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from lianxin.access import behind, tries, visits
from lianxin.access.models import Account, Area, Grant, Office
from lianxin.access.permissions import Refused, require
from lianxin.access.roles import ROLES, gives, together
from lianxin.engine import clock, effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import guard

Tree = Sequence[tuple[str, str, str]]
LEVELS = {4: "city", 6: "county", 9: "township", 12: "village"}
PARENT = {6: 4, 9: 6, 12: 9}


FEW = 50  # so many areas are looked up before a change of the tree is begun


def sounded(name: str) -> tuple[str, str]:
    """The pinyin of an area's name and its initials: 柳树村 → liushucun, lsc."""
    from pypinyin import lazy_pinyin

    sounds = [one.lower() for one in lazy_pinyin(name) if one.strip()]
    return "".join(sounds)[:160], "".join(one[0] for one in sounds)[:60]


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
    there = dict(Area.objects.filter(code__in=given).values_list("code", "name")) if len(given) <= FEW else {}
    if all(code in there and not (there[code] == code != name) for code, name, _english in given.values()):
        return 0
    with journal.entry(action="access.areas", by=by, at=at) as writing:
        known = dict(Area.objects.values_list("code", "name"))
        named = [_sounding(Area(code=code, name=name, name_en=english)) for code, name, english in given.values()
                 if known.get(code) == code != name]  # fmt: skip
        Area.objects.bulk_update(named, ["name", "name_en", "pinyin", "initials"], batch_size=500)
        new = [
            _sounding(Area(code=code, name=name, name_en=english, level=LEVELS[len(code)],
                 parent_id=code[: PARENT[len(code)]] if len(code) in PARENT else None))
            for code, name, english in sorted(given.values(), key=lambda row: (len(row[0]), row[0]))
            if code not in known
        ]  # fmt: skip
        Area.objects.bulk_create(new, batch_size=2000)
        writing.say(added=len(new))
    return len(new)


def _sounding(area: Area) -> Area:
    area.pinyin, area.initials = sounded(area.name)
    return area


def add_offices(*, offices: Sequence[Office], by: Actor, at: dt.datetime) -> list[Office]:
    """Open offices; rooms listen to ``offices-seated`` and give them what others did in their place."""
    guard.check([[office.name, office.name_en, office.address] for office in offices])
    with journal.entry(action="access.offices", by=by, at=at) as writing:
        made = Office.objects.bulk_create(list(offices), batch_size=2000)
        writing.say(added=len(made))
    effects.announce("offices-seated", areas=sorted({office.area_id for office in made}), by=by, at=at)
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


OFFICE_KINDS = {
    "liaison": "liaison", "political-officer": "liaison", "mediator": "court", "counsellor": "counsel",
    "volunteer": "volunteer", "partner": "partner", "unit": "unit", "donor": "donor",
}  # fmt: skip


# What an office that comes into being with its first account is called, behind the name of its area.
OFFICE_NAMES: dict[str, tuple[str, str]] = {
    "station": ("退役军人服务站", "service station"), "bureau": ("退役军人事务局", "bureau"),
    "liaison": ("军地联络室", "liaison office"), "court": ("诉调对接站", "mediation station"),
    "counsel": ("心理服务室", "quiet room"), "volunteer": ("志愿服务队", "volunteers"),
    "partner": ("拥军门店", "partner shop"), "unit": ("共建单位", "unit next door"), "donor": ("捐赠方", "donor"),
}  # fmt: skip


def seat(
    *, username: str, name: str, role: str, area: str, by: Actor, at: dt.datetime, password: str = "", service: str = ""
) -> Account:
    """Open one account with a role over ``area``; area and office are made where they do not exist yet.

    Raises :class:`Refusal` for a name that is taken, a code that is none, or an area outside the actor's own.
    """
    if len(area) not in LEVELS or not area.isascii() or not area.isdigit():
        raise Refusal(gettext("%(area)s is no area code; codes have 4, 6, 9 or 12 digits.") % {"area": area[:20]})
    require(by, "accounts.manage", area=area)
    if not by.may("*") and role not in gives(by.roles):
        raise Refusal(gettext("You may not give this role; it comes from the machine's own command."))
    if Account.objects.filter(username=username).exists():
        raise Refusal(gettext("The name %(name)s is taken; choose another.") % {"name": username[:40]})
    kind = OFFICE_KINDS.get(role, "station" if len(area) > 6 else "bureau")
    with transaction.atomic():
        add_areas(areas=[(area, "", "")], by=by, at=at)
        office = Office.objects.filter(area_id=area, kind=kind, open=True).order_by("pk").first()
        if office is None:
            over = Area.objects.get(pk=area)
            zh, en = OFFICE_NAMES[kind]
            made = Office(name=f"{over.name}{zh}"[:80], name_en=f"{over.name_en or over.name} {en}"[:120], kind=kind,
                          level=LEVELS[len(area)], area_id=area)  # fmt: skip
            office = add_offices(offices=[made], by=by, at=at)[0]
        account = open_accounts(
            accounts=[(Account(username=username, name=name, office=office, must_change=bool(password)), password)],
            by=by,
            at=at,
        )[0]
        give_roles(grants=[Grant(account=account, role=role, area=area, service=service)], by=by, at=at)
    return account


def end_roles(*, grants: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """Take roles back from now on; the change works with the next request."""
    with journal.entry(action="access.end", by=by, at=at) as writing:
        return writing.supersede(Grant, grants, at)


def _of_mine(by: Actor, account: int) -> Account:
    """An account that this actor may change: of an office inside its own area, and not its own."""
    found = Account.objects.filter(pk=account).select_related("office").first()
    if found is None or found.office is None:
        raise Refused("accounts.manage")
    require(by, "accounts.manage", area=found.office.area_id)
    if one_person(by.account, [found.pk]):
        raise Refusal(gettext("Nobody changes their own account; ask another keeper of accounts."))
    return found


def same_person(account: Account) -> list[int]:
    """The accounts of the natural person behind an account: its own, those that name the same person, and those of
    files that were merged with theirs."""
    return behind.hands(account)


def one_person(account: int | None, others: Iterable[int | None]) -> bool:
    """Whether the person behind an account is also behind one of ``others``: under whichever account they came."""
    given = {one for one in others if one is not None}
    return account is not None and bool(given) and not given.isdisjoint(accounts_of(account))


def apart(account: int | None, others: Iterable[int | None], words: str) -> None:
    """Let a second pair of hands through: raises :class:`Refusal` with ``words`` where it is one of the first ones, and
    where nobody is named behind this account or one of those, who could then be the same (decision 27)."""
    first = {one for one in others if one is not None}
    if account is None or one_person(account, first):
        raise Refusal(words)
    if behind.unnamed().filter(pk=account).exists():
        raise Refusal(gettext("Nobody is named behind your account, so it can be nobody's second hand. Ask the keeper of "
                              "accounts to enter who you are; then do this again. Nothing was changed."))  # fmt: skip
    if behind.unnamed().filter(pk__in=first).exists():
        raise Refusal(gettext("Nobody is named behind the account of the hand before yours, who could be you. Ask the keeper "
                              "of accounts to enter who it is; then do this again. Nothing was changed."))  # fmt: skip


def accounts_of(account: int) -> list[int]:
    """This account and every other one of the same person."""
    found = Account.objects.filter(pk=account).first()
    return [account] if found is None else same_person(found)


def clash(role: str, accounts: Sequence[int], since: dt.date, until: dt.date | None) -> str:
    """The role held over some of the same days that must not meet ``role`` in one person; blank: none does."""
    held = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=since), account__in=accounts, superseded_at__isnull=True
    )
    if until is not None:
        held = held.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=until))
    return next((other for other in held.values_list("role", flat=True) if not together(role, other)), "")


def name_person(*, account: int, person: int | None = None, number: str = "", by: Actor, at: dt.datetime) -> None:
    """Say who stands behind an account, by file or by ID number; see :mod:`behind`."""
    behind.name(account=_of_mine(by, account), person=person, number=number, by=by, at=at)


def give_role(
    *, account: int, role: str, area: str, by: Actor, at: dt.datetime, since: dt.date | None = None,
    until: dt.date | None = None, service: str = "",
) -> Grant:  # fmt: skip
    """Give one role over ``area`` (inside the actor's own) until ``until``; duties that exclude each other never meet.

    Raises :class:`Refusal` with the way out, or ``Refused`` for what the actor may not know of.
    """
    found = _of_mine(by, account)
    require(by, "accounts.manage", area=area)
    if role not in ROLES or role == "resident":
        raise Refusal(gettext("There is no such role."))
    if not by.may("*") and role not in gives(by.roles):
        raise Refusal(gettext("You may not give this role; it comes from the machine's own command."))
    if behind.signs(role) and behind.unnamed().filter(pk=found.pk).exists():
        raise Refusal(str(behind.WHO))
    if not Area.objects.filter(pk=area, successor="", ended_on__isnull=True).exists():
        raise Refusal(gettext("There is no such area."))
    since = since or clock.day(at)
    if until is not None and until < max(since, clock.day(at)):
        raise Refusal(gettext("The last day lies before the first; nothing was changed."))
    held = Grant.objects.filter(account=found, role=role, area=area, superseded_at__isnull=True)
    if held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=since)).exists():
        raise Refusal(gettext("This role over this area is already held."))
    if clash(role, same_person(found), since, until):
        raise Refusal(gettext("These duties must lie with different people; end the other role first."))
    grant = Grant(account=found, role=role, area=area, valid_from=since, valid_to=until, service=service)
    return give_roles(grants=[grant], by=by, at=at)[0]


def end_role(*, grant: int, by: Actor, at: dt.datetime) -> int:
    """Take one role back; it works from the next request on. A role that ended before changes nothing."""
    found = Grant.objects.filter(pk=grant).first()
    if found is None:
        raise Refused("accounts.manage")
    _of_mine(by, found.account_id)
    require(by, "accounts.manage", area=found.area)
    ended = end_roles(grants=[grant], by=by, at=at)
    visits.end(accounts=[found.account_id], why="role", at=at)
    return ended


def new_password(*, account: int, password: str, by: Actor, at: dt.datetime) -> str:
    """Set a password that the office hands over; returns the sign-in name. Sessions of the old one end."""
    found = _of_mine(by, account)
    found.set_password(password)
    found.must_change, found.locked_until = True, None
    with journal.entry(action="access.password", by=by, at=at) as writing:
        found.save(update_fields=["password", "must_change", "locked_until"])
        writing.say(account=found.pk)
        visits.end(accounts=[found.pk], why="password", at=at)
    return found.username


def close_account(*, account: int, open_again: bool = False, by: Actor, at: dt.datetime) -> None:
    """Close an account, or open it again; its history stays."""
    found = _of_mine(by, account)
    found.is_active = open_again
    with journal.entry(action="access.close", by=by, at=at) as writing:
        found.save(update_fields=["is_active"])
        writing.say(account=found.pk, open=open_again)
        visits.end(accounts=[found.pk], why="closed", at=at)


def unlock(*, account: int, by: Actor, at: dt.datetime) -> None:
    """Let somebody try again who was locked out after failed tries."""
    found = _of_mine(by, account)
    with journal.entry(action="access.unlock", by=by, at=at, account=found.pk):
        found.locked_until = None
        found.save(update_fields=["locked_until"])
        tries.forget(f"account:{found.pk}")
