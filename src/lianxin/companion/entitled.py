"""What the household is entitled to, and why; one word to say yes; the form where one applies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.access.gate import page
from lianxin.casework import queries as casework
from lianxin.catalogue import ahead
from lianxin.catalogue import queries as catalogue
from lianxin.companion import asks, events, factwords, fields, matters, members, reasons
from lianxin.companion.often import at_most
from lianxin.companion.shell import Relative, acting_for, mine, own, relatives, show
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.people import changing
from lianxin.people import queries as people

SHOWN_BECAUSE = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """One service for one person of the household, on a card."""

    code: str
    name: str
    entitled: bool
    amount: int | None
    rhythm: str
    url: str
    whose: str
    waiting: bool
    because: list[reasons.Line]
    person: int = 0


def offers(
    actor: Actor, *, worry: str = "", limit: int = 0, opened: Sequence[catalogue.Explained] = ()
) -> tuple[list[Offer], int]:
    """What is theirs or lacks a fact, what waits for their word first; and how many there are in all.

    ``opened``: one's own services with their reasons, where the page has looked at them already.
    """
    found = []
    for one in (Relative(own(actor), ""), *relatives(actor)):
        running = matters.running_by_service(actor, one.id)
        family = people.family_of(one.id)
        for entitlement in catalogue.entitlements_of(one.id, family):
            case = running.get(entitlement.service.code)
            if worry and entitlement.service.worry != worry:
                continue
            if one.services and entitlement.service.code not in one.services:
                continue
            if case is not None and case.state != "proposed":
                continue
            if not entitlement.entitled and set(entitlement.missing) & reasons.GRAVE:
                continue
            found.append((case is None, not entitlement.entitled, one, family, entitlement))
    found.sort(key=lambda row: row[:2])
    chosen = found[:limit] if limit else found
    known = {(own(actor), one.service.code): one for one in opened}
    looked_at = [(one.id, family, entitlement.service.code) for _n, _u, one, family, entitlement in chosen]
    known |= _opened([one for one in looked_at if (one[0], one[2]) not in known])
    return [
        _offer(one, entitlement, known.get((one.id, entitlement.service.code)), waiting=not new)
        for new, _u, one, _family, entitlement in chosen
    ], len(found)


def _opened(chosen: Sequence[tuple[int, int | None, str]]) -> dict[tuple[int, str], catalogue.Explained]:
    """Each person's services with their reasons: all of a person's in one look at their file."""
    made = {}
    for person, family in dict.fromkeys((person, family) for person, family, _code in chosen):
        codes = [code for one, _family, code in chosen if one == person]
        alone = codes[0] if len(codes) == 1 else None
        for one in catalogue.explain(person=person, family=family, day=clock.today(), service=alone):
            made[person, one.service.code] = one
    return made


def _offer(
    one: Relative, entitlement: catalogue.Entitlement, opened: catalogue.Explained | None, *, waiting: bool
) -> Offer:
    service = entitlement.service
    because = reasons.lines(opened) if opened is not None else []
    if not entitlement.entitled:
        because = [line for line in because if line.state != "found"] or because
    address = reverse("why", args=[service.code]) + (f"?for={one.id}" if one.name else "")
    return Offer(
        code=service.code, name=reasons.said(service.name), entitled=entitlement.entitled,
        amount=entitlement.amount if entitlement.entitled else None, rhythm=reasons.rhythm(service), url=address,
        whose=_("For %(name)s") % {"name": one.name} if one.name else "", waiting=waiting,
        because=because[:SHOWN_BECAUSE], person=one.id,
    )  # fmt: skip


@page("own.view")
def entitled(request: HttpRequest) -> HttpResponse:
    """Each member: what they have and may have; what they will have comes after (:func:`later`)."""
    actor = mine(request)
    found, _count = offers(actor)
    context = {"heading": _("What your family is entitled to"), "members": members.members(actor, found)}
    return show(request, "members", context, tab="cases")


@page("own.view")
@at_most("later", 60)
def later(request: HttpRequest) -> HttpResponse:
    """What each member will have, with the day: many days are judged for it, so it is no part of a page's first answer."""
    context = {"heading": _("What comes with time"), "members": members.ahead_of(mine(request))}
    if request.GET.get("part"):
        return render(request, "companion/_later.html", context)
    return show(request, "later", {**context, "back": reverse("entitled"), "back_to": _("What your family is entitled to")},
                tab="cases")  # fmt: skip


DOORS = {"path": "Way ahead", "home": "The home", "children": "Children"}


@page("own.view")
def door(request: HttpRequest, worry: str) -> HttpResponse:
    """One of the three doors: what is theirs behind it, what can be asked for, and what else there is."""
    actor = mine(request)
    if worry not in DOORS:
        raise Http404
    opened = catalogue.explain(person=own(actor), family=people.family_of(own(actor)), day=clock.today())
    found, _count = offers(actor, worry=worry, opened=opened)
    theirs = {offer.code for offer in found}
    others = []
    for one in opened:
        service = one.service
        if service.worry != worry or service.code in theirs or service.mode != "apply" or reasons.grave(one):
            continue
        others.append({"name": reasons.said(service.name), "summary": reasons.said(service.summary),
                       "url": reverse("why", args=[service.code])})  # fmt: skip
    context = {"heading": _(DOORS[worry]), "offers": found, "others_there": others,
               "asks": [kind for group in asks.groups(actor, worry=worry) for kind in group["kinds"]],
               "events_near": events.ahead(actor, 3) if worry == "children" else [], "events_door": worry == "children",
               "back": reverse("home"), "back_to": _("Home")}  # fmt: skip
    return show(request, "entitled", context, tab="home")


@page("own.view")
def why(request: HttpRequest, code: str) -> HttpResponse:
    """Every condition with its truth and its law, and the one thing to do next."""
    actor = mine(request)
    context = {
        "one": _why(actor, code, request.GET.get("for"), _on(request.GET.get("on", ""))),
        "back": reverse("entitled"),
        "back_to": _("What is ours"),
    }
    return show(request, "why", context, tab="cases")


def _on(text: str) -> dt.date:
    """A day to come that an address names, within reach; else today."""
    today = clock.today()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today
    return day if today < day <= ahead.in_years(today, ahead.YEARS) else today


def _why(actor: Actor, code: str, given: str | None, day: dt.date) -> dict[str, Any]:
    person = acting_for(actor, given, code)
    if person is None:
        raise Http404
    family, coming = people.family_of(person), day > clock.today()
    opened = catalogue.explain(person=person, family=family, day=day, service=code)
    if not opened or reasons.grave(opened[0]):
        raise Http404
    one, service = opened[0], opened[0].service
    case = None if coming else matters.running_by_service(actor, person).get(code)
    proposed = case.id if case is not None and case.state == "proposed" else None
    view = casework.case(actor, proposed, at=clock.now()) if proposed else None
    schema: fields.Schema = service.form or {}
    sealed = changing.marked(schema)  # what changes the file is shown masked, and is typed anew
    known = {name: value for name, value in view.form.items() if name not in sealed} if view is not None else {}
    return {
        "code": code, "name": reasons.said(service.name), "summary": reasons.said(service.summary),
        "asks_word": service.asks_word, "person": person if person != actor.person else "", "whose": _whose(actor, person),
        "verdict": one.verdict, "amount": one.amount if one.verdict == "entitled" else None,
        "rhythm": reasons.rhythm(service), "desk_only": reasons.desk_only(one), "lines": reasons.lines(one),
        "missing": reasons.missing(one) if one.verdict == "unknown" else [],
        "basis": [words for words in map(reasons.law, service.basis) if words],
        "proposed": None if one.verdict == "not_entitled" else proposed,
        "since_found": matters.since_found(view) if view is not None else "",
        "expected": case.lock if case is not None else 0,
        "running": matters.card(case) if case is not None and proposed is None else None,
        "fields": fields.fields(schema, known) if proposed else [],
        "asks": any(known.get(name) in (None, "") for name in schema.get("required", ())),
        "may_apply": service.mode == "apply" and case is None and one.verdict != "not_entitled" and not coming,
        "on": day if coming else None, "may_correct": not service.sealed and not coming,
        "tell": _tell(code, one, person, actor),
    }  # fmt: skip


def _tell(code: str, one: catalogue.Explained, person: int, actor: Actor) -> str:
    """Where the first missing fact is told."""
    asked = f"?for={person}" if person != actor.person else ""
    first = next((fact for fact in one.result.missing if fact not in reasons.GRAVE | factwords.UNSAID), "")
    seen = {fact for row in one.result.conditions if row.good is True or row.tell != "desk" for fact in row.facts}
    return reverse("wrong", args=[code, first]) + asked if first in seen and not one.service.sealed else ""


def _whose(actor: Actor, person: int) -> str:
    names = {one.id: one.name for one in relatives(actor)}
    return _("For %(name)s") % {"name": names[person]} if person in names else ""
