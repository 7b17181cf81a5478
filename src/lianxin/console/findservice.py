"""Find a service in the caller's own words; its guide and poster with this office's own phone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from lianxin.access.gate import Request, page
from lianxin.catalogue import finding, guides, queries
from lianxin.catalogue.queries import Published
from lianxin.console import words
from lianxin.console.letters import desk_of, pdf
from lianxin.engine import clock, qr
from lianxin.engine.asked import number_of
from lianxin.engine.scope import Actor

SHOWN = 8


@page("catalogue.view")
def find(request: Request) -> HttpResponse:
    """What is meant, likeliest first; with ``person`` each can be opened for them at once."""
    asked = request.GET.get("q", "").strip()[:120]
    person = number_of(request.GET.get("person", ""))
    visible = queries.visible(request.actor.scope, clock.today())
    found = guides.offered(clock.today()) | visible
    hits = [_hit(hit, found[hit.code], visible, person) for hit in finding.find(asked, found)[:SHOWN]]
    return render(request, "console/catalogue/find.html", {"asked": asked, "hits": hits, "person": person})


def _hit(hit: finding.Hit, found: Published, visible: dict[str, Published], person: int | None) -> dict[str, Any]:
    """One service: its page, and the way to open it; of a sealed one on whose list nobody here stands, the public guide."""
    service, kind = found.service, found.service.kind(hit.kind)
    known = hit.code in visible
    opens = ""
    if person is not None and known and service.subject in {"person", "family"}:
        opens = reverse("console:open-one", args=[person, hit.code]) + (f"?kind={kind.code}" if kind else "")
    page_of = reverse("console:service", args=[hit.code]) if known else reverse("service", args=[hit.code])
    return {
        "name": words.said(service.name), "kind": words.said(kind.name) if kind else "", "url": page_of, "opens": opens,
        "summary": words.said(service.summary), "mode": words.of(words.MODES, service.mode), "known": known,
        "guide": reverse("console:service-guide", args=[hit.code]),
    }  # fmt: skip


def _found(actor: Actor, code: str) -> Published:
    today = clock.today()
    found = queries.visible(actor.scope, today).get(code) or guides.offered(today).get(code)
    if found is None:
        raise Http404
    return found


@page("catalogue.view")
def guide(request: Request, code: str) -> HttpResponse:
    """The guide to one service, A4."""
    found = _found(request.actor, code)
    pages = [(guides.guide(found, clock.today()), qr.svg(_address(request, code)))]
    return pdf(guides.guide_pdf(pages, _desk(request.actor), title="", at=clock.now()), f"guide-{code}")


@page("catalogue.view")
def poster(request: Request, code: str) -> HttpResponse:
    """The poster of one service, A4 or (``?size=a3``) A3."""
    found, address = _found(request.actor, code), _address(request, code)
    size = "a3" if request.GET.get("size") == "a3" else "a4"
    made = guides.poster_pdf(guides.guide(found, clock.today()), qr.svg(address), address, _desk(request.actor), size=size,
                             at=clock.now())  # fmt: skip
    return pdf(made, f"poster-{code}")


@page("catalogue.view")
def booklet(request: Request) -> HttpResponse:
    """All guides that families may read, with a cover, contents and this office's phone."""
    today = clock.today()
    listed = [one for _title, some in guides.listed(today) for one in some]
    pages = [(guides.guide(one, today), qr.svg(_address(request, one.service.code))) for one in listed]
    title = gettext("Guide to services for families of the forces")
    return pdf(guides.guide_pdf(pages, _desk(request.actor), title=title, at=clock.now()), "guides")


def _address(request: Request, code: str) -> str:
    return request.build_absolute_uri(reverse("service", args=[code]))


def _desk(actor: Actor) -> guides.Desk:
    """The nearest desk over the actor's own area."""
    found = desk_of(actor.area or settings.CITY) or desk_of(settings.CITY)
    return guides.Desk(words.said(found.name), found.phone, found.address) if found else guides.Desk()


urls: list[URLPattern] = [
    path("services/find/", find, name="find-service"),
    path("services/guides.pdf", booklet, name="services-booklet"),
    path("services/<slug:code>/guide.pdf", guide, name="service-guide"),
    path("services/<slug:code>/poster.pdf", poster, name="service-poster"),
]
