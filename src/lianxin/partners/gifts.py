"""Gifts: received under a receipt, given on in parts, taken back where wrong. Never more is given than was received."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lianxin.access import actions as access
from lianxin.access.models import Office
from lianxin.access.permissions import require
from lianxin.casework.models import Case
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.outcomes import actions as register
from lianxin.outcomes.posted import Posted
from lianxin.partners.models import Gift, ReceiptCount, Use
from lianxin.people.models import Person

KEEP = "gift.keep"
DONORS = ("donor", "partner", "member", "unit")
SERVICE = "donation"  # what the register calls it
_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


class NoSuchGift(Refusal):
    """There is none for this actor: a page's 404."""


def donor(*, name: str, area: str, by: Actor, at: dt.datetime, name_en: str = "", phone: str = "") -> Office:
    """Write a donor down: a firm, a foundation or a person who gives, under the name that a receipt bears."""
    require(by, KEEP, area=area)
    if not name.strip():
        raise Refusal(_("Give the donor's name as it stands on the receipt."))
    held = Office.objects.filter(name=name.strip(), kind="donor", area_id=area, open=True).first()
    if held is not None:
        return held
    made = Office(name=name.strip()[:80], name_en=name_en.strip()[:120], kind="donor", level=access.LEVELS[len(area)], area_id=area,
                  phone=phone.strip()[:40])  # fmt: skip
    return access.add_offices(offices=[made], by=by, at=at)[0]


def receive(
    *, office: int, quantity: int, purpose: str, area: str, by: Actor, at: dt.datetime, thing: str = "", unit: str = "",
    on: dt.date | None = None,
) -> Gift:  # fmt: skip
    """Take a gift in and give it the next receipt number of the year: money in fen, or pieces of a thing."""
    require(by, KEEP, area=area)
    giver = Office.objects.filter(pk=office, kind__in=DONORS, open=True).first()
    keeper = Office.objects.filter(pk=by.office or 0).first() or Office.objects.filter(area_id=area, open=True).first()
    if giver is None or keeper is None:
        raise Refusal(_("There is no such donor."))
    day = on or clock.day(at)
    if not 0 < quantity <= 10**13:
        raise Refusal(_("Say how much was given."))
    if not purpose.strip():
        raise Refusal(_("Say what it was given for; “as it is needed” will do."))
    if thing.strip() and not unit.strip():
        raise Refusal(_("Say in what it is counted: pieces, boxes, beds."))
    if day > clock.day(at):
        raise Refusal(_("The day is still to come."))
    _nameless(purpose)
    with journal.entry(action="partners.gift", by=by, at=at, area=area, giver=office) as writer:
        made = writer.add([
            Gift(number=_number(clock.day(at).year), office=giver, keeper=keeper, area=area, thing=thing.strip()[:60],
                 unit=unit.strip()[:10], quantity=quantity, purpose=purpose.strip()[:200], received_on=day,
                 recorded_at=at, received_by=by.name[:80])
        ])[0]  # fmt: skip
        register.post(
            outcomes=[_posted(made, "received", f"gift:{made.pk}", made.quantity, day)], by=by, at=at, writer=writer
        )
    return made


def give(
    *, gift: int, quantity: int, words: str, by: Actor, at: dt.datetime, case: int | None = None,
    event: int | None = None, service: str = "", on: dt.date | None = None,
) -> Use:  # fmt: skip
    """Write down what became of a part of a gift; ``words`` is what its donor reads, without anybody's name.

    ``case`` is an open matter of the actor's area that it went to. More than is left is refused, here and by the database.
    """
    with transaction.atomic():
        held = _held(gift, by)
        day = on or clock.day(at)
        if held.reversed_at is not None:
            raise Refusal(_("This gift was taken back; nothing can be given of it."))
        if not 0 < quantity <= held.quantity - held.used:
            raise Refusal(_("That is more than is left of this gift. Nothing was written."))
        if not words.strip():
            raise Refusal(_("Say in a few words what became of it; the donor reads it."))
        if not held.received_on <= day <= clock.day(at):
            raise Refusal(_("It cannot have been given on before it came, nor on a day still to come."))
        _nameless(words, _household(case, by))
        with journal.entry(action="partners.gift-used", by=by, at=at, area=held.area, giver=held.office_id) as writer:
            made = writer.add([
                Use(gift=held, quantity=quantity, used_on=day, words=words.strip()[:200], case=case, event=event,
                    service=service, recorded_at=at, by_account=by.account)
            ])[0]  # fmt: skip
            Gift.objects.filter(pk=held.pk).update(used=F("used") + quantity)
            posted = _posted(held, "given", f"gift:{held.pk}:use:{made.pk}", quantity, day)
            register.post(outcomes=[posted], by=by, at=at, writer=writer)
        return made


def take_back(*, use: int, reason: str, by: Actor, at: dt.datetime) -> Use:
    """It did not go there after all: the part is free again; the row stays, with why."""
    with transaction.atomic():
        row = Use.objects.filter(pk=use).first()
        if row is None:
            raise NoSuchGift(_("There is no such gift."))
        held = _held(row.gift_id, by)
        row.refresh_from_db()
        if row.reversed_at is not None:
            return row
        said = _said(reason)
        with journal.entry(action="partners.gift-use-back", by=by, at=at, area=held.area) as writer:
            Use.objects.filter(pk=row.pk).update(reversed_at=at, reversed_by=by.account, reason=said)
            Gift.objects.filter(pk=held.pk).update(used=F("used") - row.quantity)
            register.reverse(sources=[f"gift:{held.pk}:use:{row.pk}"], by=by, at=at, reason="taken back", writer=writer)
    row.refresh_from_db()
    return row


def reverse(*, gift: int, reason: str, by: Actor, at: dt.datetime) -> Gift:
    """It was not received, or goes back to the donor: the receipt's number stays used and says so."""
    with transaction.atomic():
        held = _held(gift, by)
        if held.reversed_at is not None:
            return held
        if held.used:
            raise Refusal(_("Part of it was given on already. Take that back first, or receive the right gift anew."))
        said = _said(reason)
        with journal.entry(action="partners.gift-back", by=by, at=at, area=held.area) as writer:
            Gift.objects.filter(pk=held.pk).update(reversed_at=at, reversed_by=by.account, reason=said)
            register.reverse(sources=[f"gift:{held.pk}"], by=by, at=at, reason="taken back", writer=writer)
    held.refresh_from_db()
    return held


def _held(gift: int, by: Actor) -> Gift:
    row = Gift.objects.select_for_update(of=("self",)).filter(pk=gift).first()
    if row is None or not (by.may("*") or by.scope.covers(row.area)):
        raise NoSuchGift(_("There is no such gift."))
    require(by, KEEP, area=row.area)
    return row


def _household(case: int | None, by: Actor) -> list[str]:
    """The names of the household that a case is about, none of which its donor may read."""
    if case is None:
        return []
    row = Case.objects.filter(pk=case, sealed=False).first()
    if row is None or not (by.may("*") or by.scope.covers(row.area)):
        raise Refusal(_("There is no such case in your area."))
    people = (
        Person.objects.filter(family=row.family_id) if row.family_id else Person.objects.filter(pk=row.person_id or 0)
    )
    names = set(people.values_list("name", flat=True))
    if row.person_id:
        names |= set(Person.objects.filter(pk=row.person_id).values_list("name", flat=True))
    return sorted(names)


def _nameless(words: str, names: list[str] | None = None) -> None:
    """Refuse words that tell a donor who: a name of the household, a phone, an identity number."""
    if _NUMBER.search(words) or any(len(name) > 1 and name in words for name in names or ()):
        raise Refusal(_("A donor never reads who received it. Leave names and numbers out: say what it was for."))


def _said(reason: str) -> str:
    if not reason.strip():
        raise Refusal(_("Say why it is taken back."))
    _nameless(reason)
    return reason.strip()[:200]


def _posted(gift: Gift, what: str, source: str, quantity: int, on: dt.date) -> Posted:
    money = not gift.thing
    return Posted(
        kind="record", service=SERVICE, category=f"{what}-{'money' if money else 'thing'}", area=gift.area,
        organisation=gift.office_id, happened_on=on, source=source, amount=quantity if money else None,
        quantity=1 if money else quantity, unit="" if money else gift.unit,
    )  # fmt: skip


def _number(year: int) -> str:
    """The next receipt number of a year. A number that was given is never given again, whatever becomes of the gift."""
    ReceiptCount.objects.get_or_create(year=year)
    row = ReceiptCount.objects.select_for_update().get(year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return f"JZ-{year}-{row.last:06d}"
