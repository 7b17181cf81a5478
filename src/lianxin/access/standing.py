"""Who sits at which desk, and who stands in for whom: for a period, by itself over when it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext

from lianxin.access.models import Account, Desk, Grant, Office, Sits, StandIn
from lianxin.access.permissions import Refused, require
from lianxin.access.queries import actor_of, under, within
from lianxin.access.roles import together
from lianxin.engine import clock, effects
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal import guard

LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody stands in for somebody."""

    id: int
    absent: int
    absent_name: str
    substitute: int
    substitute_name: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A desk and who sits there."""

    id: int
    name: str
    english: str
    phone: str
    open: bool
    sitters: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office as whoever keeps the offices sees it."""

    id: int
    name: str
    english: str
    kind: str
    level: str
    area: str
    phone: str
    address: str
    hours: str
    open: bool
    desks: tuple[DeskRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Offices:
    """Some offices, and the key of the next ones."""

    rows: list[OfficeRow]
    next: str = ""


def in_force(day: dt.date) -> Q:
    """Dated rows known true that are valid on a day."""
    return Q(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        superseded_at__isnull=True,
    )  # fmt: skip


def manned(offices: Sequence[int], day: dt.date) -> dict[int, frozenset[str]]:
    """The desks of offices at which somebody active sits: office → names."""
    rows = Sits.objects.filter(in_force(day), desk__office__in=list(offices), desk__open=True, account__is_active=True)
    found: dict[int, set[str]] = {}
    given = Grant.objects.filter(in_force(day), account__office__in=list(offices), account__is_active=True)
    named = given.exclude(desk="").values_list("account__office", "desk")
    for office, name in [*rows.values_list("desk__office", "desk__name"), *named]:
        if office is not None:
            found.setdefault(office, set()).add(name)
    return {office: frozenset(names) for office, names in found.items()}


def _absence(row: StandIn) -> Absence:
    return Absence(row.pk, row.account_id, row.account.name, row.substitute_id, row.substitute.name, row.valid_from,
                   row.valid_to)  # fmt: skip


def stands_in_for(account: int | None, day: dt.date) -> list[Absence]:
    """For whom an account stands in on a day."""
    rows = StandIn.objects.filter(in_force(day), substitute=account, account__is_active=True)
    return [_absence(row) for row in rows.select_related("account", "substitute").order_by("pk")]


def absences(account: int | None, day: dt.date) -> list[Absence]:
    """Who stands in for an account, now and later."""
    rows = StandIn.objects.filter(account=account, superseded_at__isnull=True, valid_to__gte=day)
    return [_absence(row) for row in rows.select_related("account", "substitute").order_by("valid_from", "pk")]


def standing_for(actor: Actor, absent: int, at: dt.datetime) -> Actor | None:
    """The actor doing an absent colleague's work: their roles, desk and scope, done by ``actor``, and both are named.

    Sealed matters are not handed on: whoever stands in is listed themselves or sees nothing of them. None once it ended.
    """
    day = clock.day(at)
    row = StandIn.objects.filter(in_force(day), substitute=actor.account, account=absent, account__is_active=True)
    found = row.select_related("account__office").first()
    if found is None:
        return None
    other = actor_of(found.account, at)
    if any(not together(one, two) for one in actor.roles for two in other.roles):  # given since
        return None
    return replace(
        other, account=actor.account, name=f"{actor.name}（代{other.name}）"[:80], person=None, stands_for=absent,
        language=actor.language, scope=replace(other.scope, account=actor.account, sealed=frozenset()),
    )  # fmt: skip


def stand_in(*, account: int, substitute: int, since: dt.date, until: dt.date, by: Actor, at: dt.datetime) -> None:
    """Let a colleague of the same office stand in for somebody from a day to a day; for oneself, or as a keeper.

    Raises :class:`Refusal` where the two hold duties that must never meet in one person.
    """
    absent = Account.objects.filter(pk=account, is_active=True).select_related("office").first()
    other = Account.objects.filter(pk=substitute, is_active=True).first()
    if absent is None or absent.office is None or other is None or (account != by.account and by.stands_for is None
                                                                     and not by.may("accounts.manage")):  # fmt: skip
        raise Refused("home")
    if account != by.account:
        require(by, "accounts.manage", area=absent.office.area_id)
    if other.office_id != absent.office_id or other.pk == absent.pk:
        raise Refusal(gettext("A colleague of the same office stands in; nobody for themselves."))
    if until < since or until < clock.day(at) or until - since > LONGEST:
        raise Refusal(gettext("Say from which day to which, a year at most."))
    held = [set(Grant.objects.filter(in_force(clock.day(at)), account=one).values_list("role", flat=True))
            for one in (absent, other)]  # fmt: skip
    if any(not together(one, two) for one in held[0] for two in held[1]):
        raise Refusal(gettext("These two hold duties that must lie with different people; choose somebody else."))
    taken = StandIn.objects.filter(
        account=absent, superseded_at__isnull=True, valid_from__lte=until, valid_to__gte=since
    )
    if taken.exists():
        raise Refusal(gettext("Somebody stands in on some of these days already; end that first."))
    with journal.entry(action="access.stand-in", by=by, at=at, area=absent.office.area_id, absent=absent.pk,
                       substitute=other.pk) as writing:  # fmt: skip
        writing.add([StandIn(account=absent, substitute=other, valid_from=since, valid_to=until, recorded_at=at)])


def end_stand_in(*, row: int, by: Actor, at: dt.datetime) -> None:
    """End it early: whoever is away, whoever stands in, or a keeper."""
    found = StandIn.objects.filter(pk=row, superseded_at__isnull=True).select_related("account__office").first()
    if found is None or found.account.office is None:
        raise Refused("home")
    if by.account not in {found.account_id, found.substitute_id}:
        require(by, "accounts.manage", area=found.account.office.area_id)
    with journal.entry(action="access.stand-in-ended", by=by, at=at, area=found.account.office.area_id) as writing:
        writing.supersede(StandIn, [found.pk], at)


def offices(scope: Scope, *, text: str = "", kind: str = "", after: str = "", limit: int = 50) -> Offices:
    """Offices inside the scope, by area; ``text`` is part of a name or the beginning of an area code."""
    found = Office.objects.filter(within(scope, "area_id"), pk__gt=number_of(after) or 0)
    if text:
        found = found.filter(
            Q(name__contains=text) | (under(text, "area_id") if text.isascii() and text.isdigit() else Q())
        )
    if kind:
        found = found.filter(kind=kind)
    rows = list(found.order_by("pk")[: limit + 1])
    return Offices([_office(row) for row in rows[:limit]], str(rows[limit - 1].pk) if len(rows) > limit else "")


def office(scope: Scope, pk: int, day: dt.date) -> OfficeRow | None:
    """One office with its desks and who sits there; None outside the scope."""
    row = Office.objects.filter(within(scope, "area_id"), pk=pk).first()
    if row is None:
        return None
    sitting: dict[int, list[tuple[int, str]]] = {}
    seats = Sits.objects.filter(in_force(day), desk__office=pk).order_by("account__name")
    for desk, account, name in seats.values_list("desk", "account", "account__name"):
        sitting.setdefault(desk, []).append((account, name))
    desks = tuple(DeskRow(one.pk, one.name, one.name_en or one.name, one.phone, one.open, tuple(sitting.get(one.pk, [])))
                  for one in Desk.objects.filter(office=pk).order_by("-open", "pk"))  # fmt: skip
    return _office(row, desks)


def _office(row: Office, desks: tuple[DeskRow, ...] = ()) -> OfficeRow:
    return OfficeRow(row.pk, row.name, row.name_en or row.name, row.kind, row.level, row.area_id, row.phone, row.address,
                     row.hours, row.open, desks)  # fmt: skip


def _mine(pk: int, by: Actor) -> Office:
    row = Office.objects.filter(pk=pk).first()
    if row is None:
        raise Refused("offices.manage")
    require(by, "offices.manage", area=row.area_id)
    return row


def change_office(
    *, office: int, name: str, english: str, phone: str, address: str, hours: str, stays: bool, by: Actor, at: dt.datetime
) -> None:  # fmt: skip
    """Change what an office is called and how it is reached, or close it. One with people in it is not closed."""
    row = _mine(office, by)
    if not name.strip():
        raise Refusal(gettext("Say what the office is called."))
    if row.open and not stays and Account.objects.filter(office=row, is_active=True).exists():
        raise Refusal(gettext("Somebody still sits in this office; give them another one first."))
    guard.check([name, english, address, hours])
    turned = row.open != stays
    with journal.entry(action="access.office", by=by, at=at, area=row.area_id, office_changed=row.pk):
        row.name, row.name_en, row.phone, row.address = name.strip()[:80], english[:120], phone[:40], address[:120]
        row.hours, row.open = hours[:120], stays
        row.save(update_fields=["name", "name_en", "phone", "address", "hours", "open"])
    if turned:
        effects.announce("offices-seated", areas=[row.area_id], by=by, at=at)


def open_office(
    *, name: str, english: str, kind: str, area: str, phone: str, hours: str, by: Actor, at: dt.datetime
) -> int:
    """Open an office over an area in being."""
    from lianxin.access.actions import LEVELS, add_offices
    from lianxin.access.models import Area

    require(by, "offices.manage", area=area)
    if not Area.objects.filter(pk=area, successor="", ended_on__isnull=True).exists():
        raise Refusal(gettext("There is no such area."))
    if not name.strip():
        raise Refusal(gettext("Say what the office is called."))
    made = Office(name=name.strip()[:80], name_en=english[:120], kind=kind, level=LEVELS[len(area)], area_id=area,
                  phone=phone[:40], hours=hours[:120])  # fmt: skip
    return add_offices(offices=[made], by=by, at=at)[0].pk


def add_desk(*, office: int, name: str, english: str = "", by: Actor, at: dt.datetime) -> None:
    """Add a desk to an office; one that was closed opens again."""
    row = _mine(office, by)
    if not name.strip():
        raise Refusal(gettext("Say what the desk is called, as the services name it."))
    guard.check([name, english])
    with journal.entry(action="access.desk", by=by, at=at, area=row.area_id, office_changed=row.pk):
        Desk.objects.update_or_create(
            office=row, name=name.strip()[:40], defaults={"name_en": english[:60], "open": True}
        )


def close_desk(*, desk: int, by: Actor, at: dt.datetime) -> None:
    """Close a desk: its cases are seen by everybody in the office again, so that none is lost."""
    row = Desk.objects.filter(pk=desk).first()
    if row is None:
        raise Refused("offices.manage")
    held = _mine(row.office_id, by)
    with journal.entry(action="access.desk-closed", by=by, at=at, area=held.area_id) as writing:
        writing.supersede(
            Sits, list(Sits.objects.filter(desk=row, superseded_at__isnull=True).values_list("pk", flat=True)), at
        )
        row.open = False
        row.save(update_fields=["open"])


def sit(*, desk: int, account: int, up: bool = False, by: Actor, at: dt.datetime) -> None:
    """Seat somebody of the office at a desk from today on, or let them get ``up``."""
    row = Desk.objects.filter(pk=desk, open=True).first()
    if row is None:
        raise Refused("offices.manage")
    held = _mine(row.office_id, by)
    who = Account.objects.filter(pk=account, office=held, is_active=True).first()
    seats = Sits.objects.filter(desk=row, account=account, superseded_at__isnull=True)
    if who is None and not up:
        raise Refusal(gettext("Only colleagues of this office sit at its desks."))
    with journal.entry(action="access.sits", by=by, at=at, area=held.area_id, seat=account, up=up) as writing:
        if up:
            writing.supersede(Sits, list(seats.values_list("pk", flat=True)), at)
        elif not seats.exists():
            writing.add([Sits(desk=row, account_id=account, valid_from=clock.day(at), recorded_at=at)])
