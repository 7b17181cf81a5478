"""Each member's own: what one has and may have, and what one will have with the day; for oneself and whoever one may act for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.casework import queries as casework
from lianxin.catalogue import ahead
from lianxin.catalogue import queries as catalogue
from lianxin.companion import matters, reasons, said
from lianxin.companion.shell import Relative, own, relatives
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.people import queries as people

RECENT = dt.timedelta(days=366)  # what was delivered once stays in sight for a year
UNDER_WAY = frozenset({"open", "waiting", "publicised", "underway", "review"})


@dataclass(frozen=True, slots=True)
class Has:
    """Something that comes by itself, is under way, or came within the year."""

    name: str
    state: str
    tone: str
    url: str
    amount: int | None = None
    rhythm: str = ""


@dataclass(frozen=True, slots=True)
class Will:
    """Something that begins or ends on a day to come."""

    name: str
    day: dt.date
    begins: bool
    url: str
    amount: int | None = None
    rhythm: str = ""


@dataclass(slots=True)
class Member:
    """One person's card: ``me`` for whoever is signed in."""

    id: int
    name: str
    me: bool
    has: list[Has] = field(default_factory=list)
    may: list[Any] = field(default_factory=list)
    will: list[Will] = field(default_factory=list)


def members(actor: Actor, offers: list[Any]) -> list[Member]:
    """The cards, one's own first; ``offers`` are what may be theirs already (``person`` says whose)."""
    made = []
    for one in _everyone(actor):
        card = Member(one.id, one.name, one.id == actor.person)
        card.has = _has(actor, one)
        card.may = [offer for offer in offers if offer.person == one.id]
        made.append(card)
    return made


def ahead_of(actor: Actor) -> list[Member]:
    """The cards of those for whom time brings or ends something, one's own first."""
    made, everyone = [], _everyone(actor)
    families = {one.id: people.family_of(one.id) for one in everyone}
    changes = ahead.coming([one.id for one in everyone], ahead.family_ids(families.values()), clock.today())
    seen: set[int] = set()
    for one in everyone:
        card = Member(one.id, one.name, one.id == actor.person)
        mine = [change for change in changes if _whose(change, one, families, seen)]
        card.will = [
            _will(change, one, actor)
            for change in mine
            if not one.services or change.service.service.code in one.services
        ]
        seen |= {home for home in [families[one.id]] if home is not None}
        made += [card] if card.will else []
    return made


def _everyone(actor: Actor) -> list[Relative]:
    return [Relative(own(actor), actor.name), *relatives(actor)]


def _whose(change: ahead.Change, one: Relative, families: dict[int, int | None], seen: set[int]) -> bool:
    """Whether a change stands on this card: a household's own on the first card of the household."""
    kind, subject = change.subject
    return subject == one.id if kind == "person" else subject == families[one.id] and subject not in seen


def _will(change: ahead.Change, one: Relative, actor: Actor) -> Will:
    service = change.service.service
    asked = f"&for={one.id}" if one.id != actor.person else ""
    return Will(
        reasons.said(service.name), change.day if change.begins else change.day - dt.timedelta(days=1), change.begins,
        f"{reverse('why', args=[service.code])}?on={change.day.isoformat()}{asked}",
        change.amount if change.begins else None, reasons.rhythm(service),
    )  # fmt: skip


def _has(actor: Actor, one: Relative) -> list[Has]:
    made = []
    now, chosen = clock.now(), catalogue.in_force(clock.today())
    for row in casework.of_person(actor.scope, one.id, at=now, limit=matters.FEW):
        if row.sealed or (one.services and row.service not in one.services):
            continue
        found = chosen.get(row.service)
        if found is None or not found.service.who:  # an ask is help, not something that is had
            continue
        service = found.service
        url = reverse("case", args=[row.id])
        if row.state == "standing":
            made.append(
                Has(reasons.said(service.name), _("comes by itself"), "pine", url, row.amount, reasons.rhythm(service))
            )
        elif row.state in UNDER_WAY:
            made.append(Has(reasons.said(service.name), said.state(row.state), said.tone(row.state), url))
        elif row.state == "delivered" and now - row.moved_at < RECENT:
            when = _("received, %(day)s") % {"day": said.day(clock.day(row.moved_at))}
            made.append(Has(reasons.said(service.name), when, "", url, row.amount))
    return made
