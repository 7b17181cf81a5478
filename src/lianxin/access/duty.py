"""The duty roster: who answers at an office when its door is shut, and on which phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext

from lianxin.access.models import Account, Duty, Office
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal

SHIFTS = ("day", "night")
BEGINS, ENDS = dt.time(8, 30), dt.time(17, 30)  # of the day's shift, Shanghai [illustrative]; the night's is the rest
WEEK = 7
_LENGTHS = (12, 9, 6, 4)
_NEARBY = ("station", "centre", "bureau")

Slot = tuple[dt.date, str]  # a day and a shift


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers over a place at an instant, for which office, on which phone, and until when."""

    office: int
    account: int | None
    name: str
    phone: str
    until: dt.datetime
    shift: str

    @property
    def surname(self) -> str:
        """How a household calls them: the first character; the whole of a name in letters."""
        return self.name if self.name.isascii() else self.name[:1]


@dataclass(frozen=True, slots=True)
class Entered:
    """One slot of the roster as it stands."""

    id: int
    account: int | None
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a slot shall say; a blank name empties it."""

    account: int | None = None
    name: str = ""
    phone: str = ""


_SOME = 800
_ANSWERING = f"""
    SELECT o.area_id, d.office_id, d.account_id, d.name, d.phone, o.phone
    FROM "{Duty._meta.db_table}" d JOIN "{Office._meta.db_table}" o ON o.id = d.office_id
    WHERE d.valid_from = %s AND d.shift = %s AND d.superseded_at IS NULL
    AND o.open AND o.kind IN (%s, %s, %s) AND o.area_id IN ({{heads}}) ORDER BY d.id DESC"""


def shift_at(at: dt.datetime) -> Slot:
    """The day and the shift to which an instant belongs: two in the morning is the night of the day before."""
    local = at.astimezone(clock.SHANGHAI)
    if local.time() < BEGINS:
        return local.date() - dt.timedelta(days=1), "night"
    return local.date(), "day" if local.time() < ENDS else "night"


def shift_ends(slot: Slot) -> dt.datetime:
    """When a shift is over."""
    day, shift = slot
    if shift == "day":
        return dt.datetime.combine(day, ENDS, clock.SHANGHAI)
    return dt.datetime.combine(day + dt.timedelta(days=1), BEGINS, clock.SHANGHAI)


def answering(areas: Iterable[str], at: dt.datetime) -> dict[str, Answering]:
    """Who answers over each of these places now: of the nearest office above it that has somebody entered.

    A place where nobody is entered, not even at the city, is left out: there the office's own phone is all there is.
    """
    asked = list(dict.fromkeys(area for area in areas if area))
    day, shift = slot = shift_at(at)
    heads = sorted({area[:length] for area in asked for length in _LENGTHS if len(area) >= length})
    at_area: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(heads), _SOME):
        some = heads[start : start + _SOME]
        given = [connection.ops.adapt_datefield_value(day), shift, *_NEARBY, *some]
        with connection.cursor() as cursor:  # with each ask: building the query took longer than running it
            cursor.execute(_ANSWERING.format(heads=", ".join(["%s"] * len(some))), given)
            at_area |= {row[0]: row[1:] for row in cursor.fetchall()}
    found = {}
    for area in asked:
        near = next((at_area[area[:n]] for n in _LENGTHS if len(area) >= n and area[:n] in at_area), None)
        if near is not None:
            office, account, name, phone, of_office = near
            found[area] = Answering(office, account, name, phone or of_office, shift_ends(slot), shift)
    return found


def monday(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def week(scope: Scope, office: int, first: dt.date) -> dict[Slot, Entered] | None:
    """What is entered for the seven days from ``first``; None for an office elsewhere."""
    if not kept(scope).filter(pk=office).exists():
        return None
    return _entered(office, first)


def kept(scope: Scope) -> QuerySet[Office]:
    """The offices whose roster a scope covers: stations, centres and bureaus."""
    return Office.objects.filter(within(scope, "area"), kind__in=_NEARBY, open=True)


def kept_offices(scope: Scope, *, limit: int = 60) -> list[tuple[int, str, str]]:
    """Those offices, the scope's own first: id, name, English name."""
    rows = kept(scope).order_by("area_id", "pk").values_list("pk", "name", "name_en")
    return [*rows.filter(pk__in=scope.offices), *rows.exclude(pk__in=scope.offices)[:limit]]


def _entered(office: int, first: dt.date) -> dict[Slot, Entered]:
    last = first + dt.timedelta(days=WEEK - 1)
    rows = Duty.objects.filter(office=office, valid_from__range=(first, last), superseded_at__isnull=True)
    return {(row.valid_from, row.shift): Entered(row.pk, row.account_id, row.name, row.phone)
            for row in rows.order_by("pk") if row.valid_from}  # fmt: skip


def put(*, office: int, wishes: Mapping[Slot, Wish], by: Actor, at: dt.datetime) -> int:
    """Enter, change or empty slots of a roster; returns how many changed. What stood there before stays in the history.

    Raises :class:`Refusal` for a day that is over, an unknown shift, or somebody who does not sit in the office.
    """
    place = Office.objects.filter(pk=office, open=True).first()
    if place is None:
        raise Refusal(gettext("There is no such office."))
    require(by, "duty.keep", area=place.area_id)
    today = shift_at(at)[0]
    if any(day < today or shift not in SHIFTS for day, shift in wishes):
        raise Refusal(
            gettext("A shift that is over cannot be entered any more; the other days were not changed either.")
        )
    seats = dict(Account.objects.filter(office=place, is_active=True).values_list("pk", "name"))
    stand = _standing(office, wishes)
    changed: list[Duty] = []
    gone: list[int] = []
    for slot, wish in wishes.items():
        if wish.account is not None and wish.account not in seats:
            raise Refusal(gettext("This colleague does not sit in this office (any more)."))
        name = (seats[wish.account] if wish.account is not None else wish.name.strip())[:40]
        before = stand.get(slot)
        same = before is not None and (before.account, before.name, before.phone) == (
            wish.account, name, wish.phone.strip()[:40]
        )  # fmt: skip
        if same or (before is None and not name):
            continue
        if before is not None:
            gone.append(before.id)
        if name:
            changed.append(Duty(office=place, shift=slot[1], account_id=wish.account, name=name,
                                phone=wish.phone.strip()[:40], valid_from=slot[0], valid_to=slot[0], recorded_at=at))  # fmt: skip
    if changed or gone:
        with journal.entry(action="access.duty", by=by, at=at, area=place.area_id, office=office,
                           slots=sorted({one.valid_from.isoformat() for one in changed if one.valid_from})) as writer:  # fmt: skip
            writer.supersede(Duty, gone, at)
            writer.add(changed)
    return max(len(changed), len(gone))


def _standing(office: int, slots: Iterable[Slot]) -> dict[Slot, Entered]:
    rows = Duty.objects.filter(office=office, valid_from__in={day for day, _ in slots}, superseded_at__isnull=True)
    return {(row.valid_from, row.shift): Entered(row.pk, row.account_id, row.name, row.phone)
            for row in rows.order_by("pk") if row.valid_from}  # fmt: skip


def copy_week(*, office: int, first: dt.date, by: Actor, at: dt.datetime) -> int:
    """Fill what is empty in a week from the week before; what is entered stays, and days that are over stay as they are."""
    before = _entered(office, first - dt.timedelta(days=WEEK))
    have, today = _entered(office, first), shift_at(at)[0]
    seats = set(Account.objects.filter(office=office, is_active=True).values_list("pk", flat=True))
    wishes = {}
    for (day, shift), one in before.items():
        slot = (day + dt.timedelta(days=WEEK), shift)
        if slot not in have and slot[0] >= today and (one.account is None or one.account in seats):
            wishes[slot] = Wish(one.account, one.name, one.phone)
    return put(office=office, wishes=wishes, by=by, at=at)


def swap(*, office: int, one: Slot, other: Slot, by: Actor, at: dt.datetime) -> int:
    """Two slots change places."""
    stand = _standing(office, [one, other])

    def wish(slot: Slot) -> Wish:
        found = stand.get(slot)
        return Wish(found.account, found.name, found.phone) if found else Wish()

    return put(office=office, wishes={one: wish(other), other: wish(one)}, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of the roster's history: for which slot, who stood there, from when to when it was known."""

    day: dt.date
    shift: str
    name: str
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None


def history(scope: Scope, office: int, *, limit: int = 20) -> Sequence[Changed]:
    """What was changed lately in a roster that the scope covers, newest first."""
    if not kept(scope).filter(pk=office).exists():
        return []
    rows = Duty.objects.filter(office=office, superseded_at__isnull=False).order_by("-superseded_at", "-pk")[:limit]
    return [Changed(row.valid_from, row.shift, row.name, row.recorded_at, row.superseded_at) for row in rows
            if row.valid_from]  # fmt: skip
