"""Find a service and read its guide: open to everybody, by name or in one's own words; on paper too."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.access.gate import public
from lianxin.catalogue import finding, guides, hotlines
from lianxin.catalogue import queries as catalogue
from lianxin.catalogue.queries import Published
from lianxin.companion import asks, reasons
from lianxin.companion.often import at_most
from lianxin.companion.shell import in_language, printed_desk, resident, show_anyone
from lianxin.engine import clock, qr
from lianxin.engine.scope import Actor
from lianxin.people import changing
from lianxin.people import queries as people

PAPERS = 120  # PDFs an hour for one account or address: a hall's phones share one
SHOWN = 8  # services found by one question


@public
def services(request: HttpRequest) -> HttpResponse:
    """All services by the app's doors; or, for a question, the few that are meant, likeliest first."""
    today, asked = clock.today(), request.GET.get("q", "").strip()[:120]
    actor = resident(request)
    found = guides.offered(today)
    context: dict[str, Any] = {"asked": asked, "back": reverse("home"), "back_to": _("Home")}
    if asked:
        context["hits"] = [_hit(hit, found[hit.code], actor) for hit in finding.find(asked, found)[:SHOWN]]
        context["hotlines"] = [{"number": one.number, "name": in_language(one.name), "when": in_language(one.when)}
                               for one in hotlines.for_words(asked)]  # fmt: skip
    else:
        context["groups"] = [(title, [_row(one) for one in some]) for title, some in guides.listed(today)]
    return show_anyone(request, "services", context, tab="home", keep=not asked)


def _row(found: Published) -> dict[str, str]:
    service = found.service
    return {"name": reasons.said(service.name), "summary": reasons.said(service.summary),
            "url": reverse("service", args=[service.code])}  # fmt: skip


def _hit(hit: finding.Hit, found: Published, actor: Actor | None) -> dict[str, str]:
    """A service found; where the words named a kind that can be asked for at once, with the way straight there."""
    row, kind = _row(found), found.service.kind(hit.kind)
    if kind is None:
        return {**row, "kind": "", "within": "", "at_once": ""}
    at_once = actor is not None and found.service.mode == "ask"
    return {**row, "kind": reasons.said(kind.name), "within": reasons.within(kind.within),
            "at_once": reverse("ask-for", args=[hit.code, kind.code]) if at_once else ""}  # fmt: skip


@public
def service(request: HttpRequest, code: str) -> HttpResponse:
    """The guide to one service, and the way to begin."""
    found = _found(code)
    actor = resident(request)
    context = {"one": guides.guide(found, clock.today()), "begin": _begin(found, actor), "stranger": actor is None,
               "back": reverse("services"), "back_to": _("All services")}  # fmt: skip
    return show_anyone(request, "service", context, tab="home")


def _found(code: str) -> Published:
    found = guides.offered(clock.today()).get(code)
    if found is None:
        raise Http404
    return found


def _begin(found: Published, actor: Actor | None) -> list[tuple[str, str]]:
    """What somebody signed in can press: each kind of an ask, the application, or why it is theirs; a death is told at
    the desk."""
    one = found.service
    if actor is None:
        return []
    if one.mode == "ask":
        if asks.changes_file(one) and "died_on" in changing.marked(one.form).values():
            return []
        kinds = [(reasons.said(kind.name), kind.code) for kind in one.kinds] or [(_("Say the word"), asks.NO_KIND)]
        return [(words, reverse("ask-for", args=[one.code, kind])) for words, kind in kinds]
    if one.mode == "apply":
        return [(_("Apply"), reverse("apply", args=[one.code]))]
    if one.mode in {"confirm", "automatic"} and actor.person is not None:
        opened = catalogue.explain(person=actor.person, family=people.family_of(actor.person), day=clock.today(),
                                   service=one.code)  # fmt: skip
        if opened and not reasons.grave(opened[0]):
            return [(_("Is it ours, and why?"), reverse("why", args=[one.code]))]
    return []


@public
@at_most("paper", PAPERS)
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide as one A4 sheet."""
    found = _found(code)
    pages = [(guides.guide(found, clock.today()), qr.svg(_address(request, code)))]
    return _pdf(guides.guide_pdf(pages, _desk(request), title="", at=clock.now()), f"guide-{code}")


@public
@at_most("paper", PAPERS)
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """The poster, A4 or (``?size=a3``) A3."""
    found, address = _found(code), _address(request, code)
    size = "a3" if request.GET.get("size") == "a3" else "a4"
    made = guides.poster_pdf(guides.guide(found, clock.today()), qr.svg(address), address, _desk(request), size=size,
                             at=clock.now())  # fmt: skip
    return _pdf(made, f"poster-{code}")


@public
@at_most("paper", PAPERS)
def booklet(request: HttpRequest) -> HttpResponse:
    """All guides with a cover and contents."""
    today = clock.today()
    pages = [
        (guides.guide(one, today), qr.svg(_address(request, one.service.code)))
        for _title, some in guides.listed(today)
        for one in some
    ]
    title = _("Guide to services for families of the forces")
    return _pdf(guides.guide_pdf(pages, _desk(request), title=title, at=clock.now()), "guides")


def _address(request: HttpRequest, code: str) -> str:
    return request.build_absolute_uri(reverse("service", args=[code]))


def _desk(request: HttpRequest) -> guides.Desk:
    """The desk of whoever is signed in; the city's for a stranger."""
    actor = resident(request)
    home = people.subjects_area([actor.person]).get(actor.person, "") if actor and actor.person is not None else ""
    return printed_desk(home or settings.CITY)


def _pdf(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
