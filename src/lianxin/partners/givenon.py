"""Read gifts: for the desk that keeps them, and for the donor who gave, who reads what became of them and never who."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.models import F, Q, Sum

from lianxin.access.models import Office
from lianxin.access.queries import within
from lianxin.engine import money, paper
from lianxin.engine.scope import Scope
from lianxin.partners.gifts import DONORS
from lianxin.partners.models import Gift, Use

TEMPLATE = Path(__file__).parent / "receipt.typ"


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a part. A donor's page never has ``case``."""

    id: int
    quantity: int
    used_on: dt.date
    words: str
    case: int | None
    reversed_at: dt.datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """A gift as lists and pages show it."""

    id: int
    number: str
    office: int
    donor: str
    donor_en: str
    keeper: str
    keeper_en: str
    phone: str
    area: str
    thing: str
    unit: str
    quantity: int
    used: int
    purpose: str
    received_on: dt.date
    received_by: str
    reversed_at: dt.datetime | None
    reason: str
    parts: tuple[Part, ...] = ()

    @property
    def left(self) -> int:
        """What is still there."""
        return 0 if self.reversed_at else self.quantity - self.used


def said(one: Held, quantity: int) -> str:
    """An amount of a gift: yuan, or pieces of the thing."""
    return money.yuan(quantity) if not one.thing else f"{quantity} {one.unit}"


def gifts(
    scope: Scope, *, state: str = "", text: str = "", after: int | None = None, limit: int = 50
) -> list[Held]:  # fmt: skip
    """Gifts kept in the scope, the newest first; ``state`` is blank, ``left``, ``used`` or ``back``."""
    rows = Gift.objects.filter(within(scope, "area")).order_by("-pk")
    if state == "back":
        rows = rows.filter(reversed_at__isnull=False)
    elif state:
        rows = rows.filter(reversed_at__isnull=True)
        rows = rows.filter(used__lt=F("quantity")) if state == "left" else rows.filter(used=F("quantity"))
    if text:
        rows = rows.filter(
            Q(office__name__contains=text) | Q(number=text) | Q(purpose__contains=text) | Q(thing__contains=text)
        )
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return [_held(row) for row in rows.select_related("office", "keeper")[:limit]]


def gift(scope: Scope, pk: int) -> Held | None:
    """One gift with what became of it, for the desk over it."""
    row = Gift.objects.filter(within(scope, "area"), pk=pk).select_related("office", "keeper").first()
    return _held(row, _parts(row)) if row is not None else None


def mine(scope: Scope, *, pk: int | None = None, limit: int = 100) -> list[Held]:
    """What one's own office gave, with what became of it: purposes and amounts, no case and nobody."""
    if not scope.offices:
        return []
    rows = Gift.objects.filter(office__in=scope.offices).select_related("office", "keeper").order_by("-pk")
    if pk is not None:
        rows = rows.filter(pk=pk)
    return [_held(row, [_blind(part) for part in _parts(row)]) for row in rows[:limit]]


def donors(scope: Scope) -> list[tuple[int, str]]:
    """Who may be written on a receipt: donors, shops and units in or over the scope's areas."""
    heads = {area[:length] for area in scope.areas for length in (4, 6, 9, 12) if len(area) >= length}
    near = within(scope, "area") | Q(area__in=heads)
    rows = Office.objects.filter(near, kind__in=DONORS, open=True).order_by("name")
    return list(rows.values_list("pk", "name")[:500])


def totals(scope: Scope) -> dict[str, int]:
    """Money received and given on within the scope, in fen."""
    rows = Gift.objects.filter(within(scope, "area"), thing="", reversed_at__isnull=True)
    found = rows.aggregate(received=Sum("quantity"), given=Sum("used"))
    return {name: int(value or 0) for name, value in found.items()}


def receipt(one: Held, at: dt.datetime, code: paper.Code) -> bytes:
    """The receipt as PDF; one that was taken back says so across it."""
    data = {
        "number": one.number, "donor": one.donor, "keeper": one.keeper, "money": not one.thing,
        "amount": said(one, one.quantity), "capital": money.capital(one.quantity) if not one.thing else "",
        "thing": one.thing, "purpose": one.purpose, "by": one.received_by, "back": one.reversed_at is not None,
        "on": f"{one.received_on.year} 年 {one.received_on.month} 月 {one.received_on.day} 日",
    }  # fmt: skip
    return paper.pdf(TEMPLATE, data, at=at, code=code)


def _parts(row: Gift) -> list[Part]:
    found = Use.objects.filter(gift=row).order_by("pk")
    return [Part(one.pk, one.quantity, one.used_on, one.words, one.case, one.reversed_at, one.reason) for one in found]


def _blind(part: Part) -> Part:
    return Part(part.id, part.quantity, part.used_on, part.words, None, part.reversed_at, part.reason)


def _held(row: Gift, parts: Sequence[Part] = ()) -> Held:
    office, keeper = row.office, row.keeper
    return Held(
        row.pk, row.number, office.pk, office.name, office.name_en or office.name, keeper.name,
        keeper.name_en or keeper.name, keeper.phone, row.area, row.thing, row.unit, row.quantity, row.used, row.purpose,
        row.received_on, row.received_by, row.reversed_at, row.reason, tuple(parts),
    )  # fmt: skip
