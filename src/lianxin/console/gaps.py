"""Entitled and not received (应享未享); whose facts are missing: two work lists over what matching found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.access.queries import children
from lianxin.catalogue import queries
from lianxin.console import lists, words
from lianxin.engine import clock, masking
from lianxin.engine.asked import number_of
from lianxin.engine.facts import Fact
from lianxin.people import queries as people


@dataclass(frozen=True, slots=True)
class Gap:
    """One line: whom, which service, where, how much or which facts are missing."""

    person: int | None
    who: str
    service: str
    code: str
    area: str
    amount: int | None
    missing: str
    since: object


def _facts(codes: tuple[str, ...], known: Mapping[str, Fact]) -> str:
    """Facts by their names: the city's own are in the vocabulary that the service was read with."""
    language = get_language() or "zh"
    return " · ".join(known[code].name[language] if code in known else code for code in codes)


def _rows(request: Request, found: list[queries.GapRow]) -> list[Gap]:
    scope, services = request.actor.scope, queries.in_force(clock.today())
    of_family = {row.id for row in found if services[row.service].service.subject == "family"}
    hits = people.hits(scope, [row.subject for row in found if row.id not in of_family])
    houses = people.families(scope, [row.subject for row in found if row.id in of_family])
    made = []
    for row in found:
        if row.id in of_family:
            house = houses.get(row.subject)
            person, who = (house.members[0].id, house.code) if house else (None, "")
        else:
            hit = hits.get(row.subject)
            person, who = (hit.id, masking.name(hit.name)) if hit else (None, "")
        name = words.said(services[row.service].service.name)
        if who:
            missing = _facts(row.missing, services[row.service].service.facts)
            made.append(Gap(person, who, name, row.service, row.area, row.amount, missing, row.since))
    return made


def _href(row: Gap) -> str:
    return reverse("console:person-why", args=[row.person, row.code])


def _listing(request: Request, *, entitled: bool) -> lists.Listing:
    actor = request.actor
    visible = queries.visible(actor.scope, clock.today())
    place = 0 if get_language() == "zh-hans" else 1
    areas = [(one.code, (one.name, one.name_en or one.name)[place]) for one in children(actor.scope, actor.area)]
    middle = (
        (lists.Column("amount", _("Amount"), "money"),)
        if entitled
        else (lists.Column("missing", _("What we do not know")),)
    )
    return lists.Listing(
        "gaps" if entitled else "unknown",
        _("Entitled, not received") if entitled else _("Facts we lack"),
        (
            lists.Column("who", _("Whom"), head=True, href=_href),
            lists.Column("service", _("Service")),
            *middle,
            lists.Column("area", _("Residence"), "area"),
            lists.Column("since", _("Since"), "day"),
        ),
        (
            lists.Filter("service", _("Service"), [
                (code, words.said(one.service.name)) for code, one in visible.items() if one.service.who], kind="select"),
            lists.Filter("area", _("Area"), areas, kind="select"),
            *([] if entitled else [_settling(request, visible)]),
        ),
        words=_("By the last match: whoever stands here has a right and has not had it. Work the list until it is empty.")
        if entitled else _("One answer each would tell whether they are entitled. Ask once, record it in the file. "
                           "Begin with the fact that settles most."),
        empty=_("Nobody is left out") if entitled else _("No fact is missing"), export="people.export",
        empty_words=_("The list fills again with the next match, if somebody new is entitled."),
    )  # fmt: skip


def _settling(request: Request, visible: Mapping[str, queries.Published]) -> lists.Filter:
    """The facts that are alone missing, each with how many it would settle, most first."""
    scope, asked = request.actor.scope, request.GET
    area = asked.get("area", "")
    found = queries.settling(
        scope.narrowed(area) if area else scope, day=clock.today(), service=asked.get("service", "")
    )
    known: dict[str, Fact] = {}
    for one in visible.values():
        known |= one.service.facts
    choices = [(code, _facts((code,), known)) for code, _count in found]
    return lists.Filter("fact", _("This one fact settles"), choices, counts=dict(found))


def _show(request: Request, *, entitled: bool) -> HttpResponse:
    def fetch(asked: lists.Asked) -> lists.Page:
        scope = request.actor.scope.narrowed(asked.get("area")) if asked.get("area") else request.actor.scope
        after = number_of(asked.after) or 0
        found = queries.gaps(
            scope,
            day=clock.today(),
            service=asked.get("service"),
            entitled=entitled,
            fact=asked.get("fact"),
            after=after,
            limit=asked.limit + 1,
        )
        more = str(found[asked.limit - 1].id) if len(found) > asked.limit else ""
        return lists.Rows(_rows(request, found[: asked.limit]), more)

    return lists.show(request, _listing(request, entitled=entitled), fetch)


@page("gap.view")
def gaps(request: Request) -> HttpResponse:
    """Who is entitled and has not received."""
    return _show(request, entitled=True)


@page("gap.view")
def unknown(request: Request) -> HttpResponse:
    """Whose entitlement hangs on a fact that the file lacks."""
    return _show(request, entitled=False)


urls: list[URLPattern] = [
    path("entitled/", gaps, name="gaps"),
    path("unknown/", unknown, name="unknown"),
]
