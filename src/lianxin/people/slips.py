"""The slip printed at the counter: it binds a phone to a file. A phone alone never opens one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from lianxin.access import citizens
from lianxin.access.permissions import require
from lianxin.engine import clock, paper, qr
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people.models import Person
from lianxin.people.queries import reachable

TEMPLATE = Path(__file__).with_name("slip.typ")
CHILD = 14  # years: 个人信息保护法 art. 31, below it the guardian acts


def _person(person: int, by: Actor) -> Person:
    require(by, "people.bind")
    found = Person.objects.filter(reachable(by.scope), pk=person, visible=True, survivor__isnull=True).first()
    if found is None or found.died_on is not None:
        raise Refusal(gettext("This file is not in your area, or is closed; nothing was changed."))
    return found


def print_slip(
    *, person: int, address: str, office: str, sheet: Callable[[], paper.Code], by: Actor, at: dt.datetime
) -> bytes:
    """The slip as PDF, with a QR code; older ones of this person are void. A child's matters open with its
    guardian's. ``sheet`` makes the code that a desk types.

    Raises :class:`Refusal` for a file elsewhere, of the dead, or of a child.
    """
    found = _person(person, by)
    today = clock.day(at)
    if found.born_on is not None and today < found.born_on.replace(
        year=found.born_on.year + CHILD, day=min(found.born_on.day, 28)
    ):
        raise Refusal(
            gettext("A child under 14 has no sign-in; print the slip for the guardian, whose sign-in opens it.")
        )
    code = citizens.print_slip(person=found.pk, name=found.name, area=found.home, by=by, at=at)
    until = today + dt.timedelta(days=settings.SLIP_DAYS)
    given = {"title": settings.APP_NAME, "name": found.name, "code": code, "address": address, "office": office,
             "qr": qr.svg(f"{address}#{code}"), "until": f"{until.month}月{until.day}日", "day": today.isoformat()}  # fmt: skip
    return paper.pdf(TEMPLATE, given, at=at, code=sheet())


def unbind(*, person: int, binding: int, by: Actor, at: dt.datetime) -> None:
    """End a phone's binding at the counter."""
    found = _person(person, by)
    citizens.unbind(person=found.pk, binding=binding, area=found.home, by=by, at=at)
