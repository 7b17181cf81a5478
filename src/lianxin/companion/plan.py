"""Think ahead: somebody picks a good thing to come and a day, and sees what would begin, what would end, what to prepare.

It is computed and shown, and nothing is kept: no row, no draft, no address with the day in it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.access import queries as places
from lianxin.access.gate import page
from lianxin.catalogue import ahead, guides, hoping, imagined
from lianxin.companion import factwords, reasons
from lianxin.companion.often import at_most
from lianxin.companion.shell import acting_for, in_language, mine, own, relatives, show
from lianxin.engine import clock
from lianxin.engine.facts import VOCABULARY
from lianxin.engine.scope import Actor
from lianxin.people import queries as people

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A service of the outlook, in words."""

    name: str
    url: str
    day: dt.date | None
    amount: int | None
    rhythm: str
    because: tuple[str, ...]
    bring: tuple[str, ...]
    missing: tuple[str, ...]


@page("own.view")
@at_most("plan", 60, "POST")
def plan(request: HttpRequest) -> HttpResponse:
    """The question, and under it the answer."""
    actor = mine(request)
    sent = request.POST if request.method == "POST" else request.GET
    person = acting_for(actor, sent.get("for"))
    if person is None or (person != actor.person and person not in actor.scope.persons):
        raise Http404
    today = clock.today()
    events = hoping.fitting(person, today)
    counties = [(one.code, in_language((one.name, one.name_en or one.name))) for one in places.parts(settings.CITY)]
    context: dict[str, Any] = {
        "events": [(one.code, reasons.said(one.name)) for one in events], "hows": _hows(),
        "jobs": [(code, _(words)) for code, words in hoping.JOBS.items()],
        "places": [(code, _(words)) for code, words in hoping.PLACES.items()],
        "counties": counties, "others": relatives(actor, whole=True),
        "whose": person if person != actor.person else "", "sent": sent, "back": reverse("entitled"),
        "back_to": _("What is ours"), "first_day": today + dt.timedelta(days=1),
        "last_day": ahead.in_years(today, hoping.FARTHEST),
    }  # fmt: skip
    if request.method == "POST":
        wanted, wrong = _read(sent, {one.code for one in events}, {code for code, _name in counties}, today)
        context["wrong"] = wrong
        if wanted is not None:
            context |= _outlook(actor, person, wanted, today)
    status = 422 if context.get("wrong") else 200
    return show(request, "plan", context, tab="cases", keep=False, status=status)


def _hows() -> Choices:
    allowed = VOCABULARY["settlement"].allowed
    return [(code, reasons.said(allowed[code])) for code in hoping.SETTLEMENTS]


def _read(
    sent: Any, events: set[str], counties: set[str], today: dt.date
) -> tuple[imagined.Plan | None, dict[str, str]]:
    """The plan that was sent, or for each wrong answer a sentence how to mend it."""
    wrong: dict[str, str] = {}
    event = sent.get("event", "")
    if event not in events:
        wrong["event"] = _("Please choose one from the list.")
    day = None
    try:
        day = dt.date.fromisoformat(sent.get("day", "").strip())
    except ValueError:
        wrong["day"] = _("Please write a day, for example 2027-05-01.")
    if day is not None and not today < day <= ahead.in_years(today, hoping.FARTHEST):
        wrong["day"] = _("Please choose a day to come, within five years.")
    place, to = sent.get("place", ""), sent.get("to", "")
    if event == "move" and place not in hoping.PLACES:
        wrong["place"] = _("Please choose one from the list.")
    if event == "move" and place == "county" and to not in counties:
        wrong["to"] = _("Please choose one from the list.")
    if wrong or day is None:
        return None, wrong
    how = {"job": sent.get("job", ""), "discharge": sent.get("how", "")}.get(event, "")
    known = set(hoping.JOBS if event == "job" else hoping.SETTLEMENTS)
    return imagined.Plan(event, day, how if how in known else "", place, to, bool(sent.get("registered"))), {}


@dataclass(frozen=True, slots=True)
class Whose:
    """What a plan brings one member, or the household: ``keeps`` stays as it is, with what it comes to then."""

    name: str
    begins: list[Row]
    maybe: list[Row]
    ends: list[Row]
    keeps: list[Row]


def _outlook(actor: Actor, person: int, wanted: imagined.Plan, today: dt.date) -> dict[str, Any]:
    family = people.family_of(person)
    allowed = {own(actor): actor.name, **{one.id: one.name for one in relatives(actor, whole=True)}}
    found = hoping.imagine(person=person, family=family, plan=wanted, today=today, shown=allowed)
    event = hoping.events()[wanted.event]
    return {
        "shown": True, "what": reasons.said(event.says), "day": wanted.day, "hidden": found.hidden,
        "members": _members(found, person, allowed), "later": [_row(one, dated=True) for one in found.later],
        "first": [(reasons.said(one.service.name), reasons.said(one.service.summary),
                   reverse("service", args=[one.service.code])) for one in found.first
                  if one.service.code in guides.offered(today)],
    }  # fmt: skip


def _members(found: hoping.Outlook, person: int, names: dict[int, str]) -> list[Whose]:
    """Whoever plans first, then the household, then those it touches."""
    made = []
    for subject in hoping.order(found, person):
        kind, one = subject
        called = _("The household") if kind == "family" else names.get(one, "")
        begins, maybe, ends, keeps = (
            [_row(item, ends=gone) for item in items if item.subject == subject]
            for items, gone in ((found.begins, False), (found.maybe, False), (found.ends, True), (found.keeps, False))
        )
        made.append(Whose(called, begins, maybe, ends, keeps))
    return made


def _row(one: hoping.Item, *, ends: bool = False, dated: bool = False) -> Row:
    service = one.service.service
    kept = [row for row in one.why if row.tell != "desk" and (row.good is not True if ends else row.good is True)]
    known = service.facts
    lacking = tuple(factwords.name_of(service, code) for code in one.missing
                    if code in known and code not in reasons.GRAVE | factwords.UNSAID)  # fmt: skip
    papers = () if ends else tuple(reasons.said(paper.name) for paper in service.materials if not paper.held)
    return Row(
        reasons.said(service.name), reverse("service", args=[service.code]), one.day if dated else None,
        None if ends else one.amount, reasons.rhythm(service), tuple(reasons.said(row.say) for row in kept), papers, lacking,
    )  # fmt: skip
