"""Read areas, offices and accounts; build the actor and the scope of a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Count, Max, Q, QuerySet, Transform

from lianxin.access import behind
from lianxin.access.models import Account, Area, Grant, Office, Rotation, Sits, Succession
from lianxin.access.roles import ROLES, together
from lianxin.engine import clock, effects
from lianxin.engine.asked import number_of
from lianxin.engine.scope import Actor, Scope

NOTHING = Q(pk__in=[])
COUNTY = 6  # digits


@CharField.register_lookup
class Walked(Transform):
    """The column itself, which SQLite does not take an index for."""

    lookup_name = "walked"

    template = "%(expressions)s"  # PostgreSQL knows how much of a table a range holds

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """With a plus before it, which keeps the planner from its index."""
        sql, given = compiler.compile(self.lhs)
        return f"+{sql}", given


def within(scope: Scope, field: str, *, listed: bool = False) -> Q:
    """Rows whose area ``field`` a scope covers, as indexed ranges over the code. Only for reach ``area``.

    ``listed``: a list whose first page is wanted in an order of its own. Of a city or a county, whose code begins a good
    part of all rows, it is walked in that order until the page is full; led by the areas, all of them would be sorted.
    """
    if scope.reach != "area" or not scope.areas:
        return NOTHING
    return reduce(
        or_, (under(one, f"{field}__walked" if listed and len(one) <= COUNTY else field) for one in scope.areas)
    )


def under(prefix: str, field: str) -> Q:
    """Rows whose area ``field`` lies under ``prefix``: an indexed range over the code."""
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": after(prefix)})


def after(prefix: str) -> str:
    """The code behind every code under ``prefix``: 4199 → 4200. Digits only, so that every collation agrees."""
    return str(int(prefix) + 1) if number_of(prefix) is not None and prefix.strip("9") else prefix + ":"


def grants_of(account: Account, *, keep: bool = False) -> list[Grant]:
    """The grants of an account that were not taken back, whatever their days.

    ``keep``: the next reader of this very instance takes what was read here, once. The middleware asks a moment before
    the gate does, with the account that this request loaded; whoever asks again reads the table again.
    """
    held: list[Grant] | None = account.__dict__.pop("grants_read", None)
    if held is None:
        held = list(Grant.objects.filter(account=account, superseded_at__isnull=True))
    if keep:
        account.__dict__["grants_read"] = held
    return held


def actor_of(account: Account, at: dt.datetime) -> Actor:
    """The actor that an account is at this instant: its roles in force, their permissions, its scope."""
    day = clock.day(at)
    grants = [
        grant
        for grant in grants_of(account)
        if (grant.valid_from is None or grant.valid_from <= day) and (grant.valid_to is None or grant.valid_to >= day)
    ]
    roles = {grant.role for grant in grants if grant.role in ROLES}
    sealed = frozenset(grant.service for grant in grants if grant.service)
    if account.person is not None:
        roles.add("resident")
    may = frozenset[str]().union(*(ROLES[role].may for role in roles))
    areas = tuple(sorted({grant.area for grant in grants if grant.role in ROLES and ROLES[grant.role].reach == "area"}))
    offices = (account.office_id,) if account.office_id else ()
    if areas:
        scope = Scope("area", with_predecessors(areas), offices, account.pk, (), sealed)
    elif grants:
        scope = Scope("assigned", (), offices, account.pk, (), sealed)
    else:
        persons: tuple[int, ...] = ()
        named: tuple[tuple[int, tuple[str, ...]], ...] = ()
        if account.person is not None:
            whole, named = effects.perform("persons-acted-for", person=account.person, day=day)
            persons = (account.person, *whole)
        scope = Scope("self" if persons else "none", (), (), account.pk, persons, sealed, named)
    return Actor(
        account=account.pk, name=account.name, office=account.office_id,
        area=account.office.area_id if account.office else "", person=account.person, roles=frozenset(roles),
        permissions=may, desks=_desks(account, day, grants), scope=scope,
        language=account.language,
    )  # fmt: skip


def _desks(account: Account, day: dt.date, grants: Sequence[Grant]) -> frozenset[str]:
    named = frozenset(grant.desk for grant in grants if grant.desk)
    if account.office_id is None:
        return named  # only colleagues of an office sit at its desks: residents are not asked for
    sits = Sits.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        account=account, superseded_at__isnull=True, desk__open=True,
    ).values_list("desk__name", flat=True)  # fmt: skip
    return named | frozenset(sits)


def area_names(codes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Chinese and English names of areas by code."""
    rows = Area.objects.filter(code__in=set(codes)).values_list("code", "name", "name_en")
    return {code: (name, name_en or name) for code, name, name_en in rows}


def children(scope: Scope, parent: str) -> list[Area]:
    """The areas directly below ``parent`` that the scope covers."""
    return list(Area.objects.filter(within(scope, "code"), parent=parent).order_by("code"))


def areas_named(scope: Scope, text: str, *, limit: int = 20) -> list[Area]:
    """The areas in being inside the scope whose name begins so, in Chinese or English; the widest first."""
    text = text.strip()
    if len(text) < 2:
        return []
    called = Q(name__startswith=text) | Q(name_en__istartswith=text)
    found = Area.objects.filter(within(scope, "code"), called, successor="")
    return sorted(found.order_by("code")[: limit * 5], key=lambda area: (len(area.code), area.code))[:limit]


def parts(parent: str) -> list[Area]:
    """The areas in being directly below ``parent``, unscoped: for whoever may see ``parent`` as a whole."""
    return list(Area.objects.filter(parent=parent, successor="").order_by("code"))


def successions(known_at: dt.datetime | None = None) -> dict[str, str]:
    """Code → the code it is counted under, for every code under an area that ended, as known at an instant (None: now).

    Chains are followed; a code without a successor of its own goes with the nearest area above it that has one.
    """
    known = Q(superseded_at__isnull=True)
    if known_at is not None:
        known = Q(recorded_at__lte=known_at) & (known | Q(superseded_at__gt=known_at))
    step = dict(Succession.objects.filter(known).order_by("pk").values_list("code", "into"))
    told = Succession.objects.values("code")
    ended = Area.objects.exclude(successor="").exclude(code__in=told)  # of a home from before successions were dated
    if known_at is not None:
        ended = ended.filter(Q(ended_on__lte=clock.day(known_at)) | Q(ended_on__isnull=True))
    step |= dict(ended.values_list("code", "successor"))
    if not step:
        return {}
    found: dict[str, str] = {}
    heads = list(step)
    for start in range(0, len(heads), 200):
        gone = reduce(or_, (under(code, "code") for code in heads[start : start + 200]))
        found |= {code: _last(code, step) for code in Area.objects.filter(gone).values_list("code", flat=True)}
    return {code: into for code, into in found.items() if code != into}


def with_predecessors(areas: Sequence[str]) -> tuple[str, ...]:
    """Areas, and behind them the codes that ended and went over into one of them: their old rows stay with their heirs.

    A code of which a part went elsewhere is not taken as a whole; its parts that came here are.
    """
    into = Succession.objects.filter(reduce(or_, (under(area, "into") for area in areas)), superseded_at__isnull=True)
    rows = [(code, to) for code, to in into.values_list("code", "into") if not code.startswith(tuple(areas))]
    if not rows:
        return tuple(areas)
    elsewhere = Succession.objects.filter(
        reduce(or_, (under(code, "code") for code, _ in rows)), superseded_at__isnull=True
    ).values_list("code", "into")
    away = [code for code, to in elsewhere if not to.startswith(tuple(areas))]
    whole = {code for code, _ in rows if not any(other.startswith(code) for other in away)}
    more = sorted(code for code in whole if not any(code != one and code.startswith(one) for one in whole))
    return with_predecessors((*areas, *more)) if more else tuple(areas)


def _last(code: str, step: dict[str, str]) -> str:
    seen = {code}
    while True:
        heads = [code[:length] for length in (12, 9, 6, 4) if len(code) >= length]
        into = next((step[head] for head in heads if head in step), "")
        if not into or into in seen:
            return code
        code = into
        seen.add(code)


def ended_areas() -> tuple[int, str, int]:
    """How many areas went over into others and when last: changes whenever :func:`successions` does."""
    found = Succession.objects.aggregate(count=Count("pk"), back=Count("superseded_at"), last=Max("recorded_at"))
    old = Area.objects.exclude(successor="").count()
    return found["count"] + old, str(found["last"] or ""), found["back"]


def office_over(area: str, level: str, kind: str | None = None) -> Office | None:
    """The open office of ``level`` over an area: the longest prefix wins; stations and bureaus before others."""
    length = {"village": 12, "township": 9, "county": 6, "city": 4}[level]
    kinds = [kind] if kind else ["station", "centre", "bureau"]
    return Office.objects.filter(area_id=area[:length], level=level, kind__in=kinds, open=True).order_by("id").first()


def office_names(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Names of offices by id, in Chinese and English."""
    rows = Office.objects.filter(pk__in=set(ids)).values_list("pk", "name", "name_en")
    return {pk: (name, english or name) for pk, name, english in rows}


def offices_over(areas: Sequence[str], level: str, kinds: Sequence[str]) -> dict[str, int]:
    """The office of ``level`` over each of many areas, in one query: area → office id."""
    length = {"village": 12, "township": 9, "county": 6, "city": 4}[level]
    heads = {area[:length] for area in areas}
    found: dict[str, int] = {}
    for pk, area in (
        Office.objects.filter(level=level, kind__in=kinds, open=True).order_by("-id").values_list("id", "area_id")
    ):
        if area in heads:
            found[area] = pk
    return {area: found[area[:length]] for area in areas if area[:length] in found}


def account_named(username: str) -> Account | None:
    """The active account with this sign-in name."""
    return Account.objects.filter(username=username, is_active=True).select_related("office").first()


@dataclass(frozen=True, slots=True)
class Held:
    """A role that an account holds or held: where, since when, until when; ``grant`` ends it."""

    grant: int
    role: str
    area: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    ended_at: dt.datetime | None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """An account as whoever keeps the accounts sees it."""

    id: int
    username: str
    name: str
    office: str
    area: str
    active: bool
    last_login: dt.datetime | None
    roles: tuple[str, ...]
    held: tuple[Held, ...] = ()
    office_id: int | None = None
    locked_until: dt.datetime | None = None
    person: int | None = None  # whose file stands behind it, where that was said
    named: bool = False  # by a file or an ID number


@dataclass(frozen=True, slots=True)
class Seats:
    """Some accounts by id, and the key of the next ones (blank: none)."""

    rows: list[Seat]
    next: str = ""


def _seats(accounts: Sequence[Account], *, full: bool = False) -> list[Seat]:
    held: dict[int, list[Held]] = {}
    grants = Grant.objects.filter(account__in=accounts).order_by("-pk")
    for grant in grants if full else grants.filter(superseded_at__isnull=True):
        held.setdefault(grant.account_id, []).append(
            Held(grant.pk, grant.role, grant.area, grant.valid_from, grant.valid_to, grant.superseded_at, grant.service)
        )
    today = clock.today()
    said = behind.named([account.pk for account in accounts])
    nobody = set(behind.unnamed().filter(pk__in=[one.pk for one in accounts]).values_list("pk", flat=True))
    made = []
    for account in accounts:
        mine = held.get(account.pk, [])
        open_ = {one.role for one in mine if one.ended_at is None and (one.valid_to is None or one.valid_to >= today)}
        office = account.office
        made.append(
            Seat(account.pk, account.username, account.name, office.name if office else "",
                 office.area_id if office else "", account.is_active, account.last_login, tuple(sorted(open_)),
                 tuple(mine) if full else (), account.office_id, account.locked_until,
                 said.get(account.pk) or account.person, account.pk not in nobody)
        )  # fmt: skip
    return made


def seats(scope: Scope, *, text: str = "", role: str = "", after: str = "", limit: int = 50) -> Seats:
    """Accounts of offices inside the scope, by id; ``text`` is the beginning of a name or sign-in name."""
    found = Account.objects.filter(within(scope, "office__area_id"), pk__gt=number_of(after) or 0)
    if text:
        found = found.filter(Q(name__startswith=text) | Q(username__startswith=text))
    if role:
        held = Grant.objects.filter(role=role, superseded_at__isnull=True)
        found = found.filter(pk__in=held.values("account"))
    rows = list(found.select_related("office").order_by("pk")[: limit + 1])
    return Seats(_seats(rows[:limit]), str(rows[limit - 1].pk) if len(rows) > limit else "")


def seat(scope: Scope, account: int) -> Seat | None:
    """One account with all roles it holds or held; None outside the scope."""
    found = Account.objects.filter(within(scope, "office__area_id"), pk=account).select_related("office").first()
    return _seats([found], full=True)[0] if found else None


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that holds a role now."""

    id: int
    name: str
    office: str
    role: str
    area: str
    valid_to: dt.date | None


def _now(scope: Scope) -> QuerySet[Grant]:
    day = clock.today()
    return Grant.objects.filter(
        within(scope, "account__office__area_id"), Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), superseded_at__isnull=True, account__is_active=True,
    )  # fmt: skip


def holders(scope: Scope, roles: Sequence[str], *, limit: int = 500) -> list[Holder]:
    """Who in the scope's offices holds one of these roles today, by office."""
    rows = _now(scope).filter(role__in=list(roles)).select_related("account__office")
    return [
        Holder(row.account_id, row.account.name, row.account.office.name if row.account.office else "", row.role, row.area,
               row.valid_to)
        for row in rows.order_by("account__office__area", "account__office", "account__name")[:limit]
    ]  # fmt: skip


def unnamed(scope: Scope, *, limit: int = 500) -> list[tuple[int, str, str]]:
    """Open accounts with a role that signs or enters what money follows, behind which nobody is named: id, name, office."""
    signing = _now(scope).filter(role__in=[role for role in ROLES if behind.signs(role)])
    rows = behind.unnamed().filter(pk__in=signing.values("account")).order_by("office__area", "office", "name")
    return list(rows.values_list("pk", "name", "office__name")[:limit])


def clashes(scope: Scope) -> list[tuple[str, str, str]]:
    """Duties that must lie apart and met in one person, also over files that were merged since: name and both roles."""
    rows = list(_now(scope).values_list("account__name", "account__person", "account", "role"))
    named = behind.named([account for _, _, account, _ in rows])
    rows = [(name, person or named.get(account), account, role) for name, person, account, role in rows]
    persons = {person for _, person, _, _ in rows if person is not None}
    whole = {person: min(effects.perform("persons-as-one", person=person)) for person in persons}
    held: dict[tuple[str, int], dict[str, str]] = {}
    for name, person, account, role in rows:
        key = ("person", whole[person]) if person is not None else ("account", account)
        held.setdefault(key, {})[role] = name
    return [
        (roles[one], one, other)
        for roles in held.values() for one in sorted(roles) for other in sorted(roles)
        if one < other and not together(one, other)
    ]  # fmt: skip


def offices(scope: Scope, *, limit: int = 500) -> list[tuple[int, str, str]]:
    """Open offices inside the scope: id, name, area."""
    rows = Office.objects.filter(within(scope, "area_id"), open=True).order_by("area_id", "id")
    return list(rows.values_list("id", "name", "area_id")[:limit])


def colleagues(office: int | None, *, limit: int = 100) -> list[tuple[int, str]]:
    """The active accounts of one office: id and name."""
    rows = (
        Account.objects.filter(office=office, is_active=True).order_by("name", "pk")
        if office
        else Account.objects.none()
    )
    return list(rows.values_list("pk", "name")[:limit])


def actor_numbered(account: int, at: dt.datetime) -> Actor | None:
    """The actor behind an account's id, for work that goes on in the background; None when it is closed."""
    found = Account.objects.filter(pk=account, is_active=True).select_related("office").first()
    return actor_of(found, at) if found else None


def rotation() -> Rotation | None:
    """The change of keys that is under way."""
    return Rotation.objects.exclude(state="done").first()
