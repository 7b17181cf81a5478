"""Print the card of a household, or those of a whole community."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from lianxin.access.gate import Request, page
from lianxin.casework.sheets import Wanted
from lianxin.console import papercodes
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.paper import Code
from lianxin.people import housecard
from lianxin.people import queries as people


def _answer(request: Request, make: Callable[[], bytes]) -> HttpResponse:
    made: list[bytes] = []
    if not attempt(request, lambda: made.append(make())):
        return redirect("console:desk")
    response = HttpResponse(made[0], content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="cards.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@page("case.dispatch")
def house_card(request: Request, family: int) -> HttpResponse:
    """One household's card."""
    if family not in people.families(request.actor.scope, [family]):
        raise Http404
    return _answer(
        request, lambda: housecard.cards(families=[family], coded=_coded(request), by=request.actor, at=clock.now())
    )


@page("case.dispatch")
def house_cards(request: Request) -> HttpResponse:
    """The cards of the actor's own community."""
    return _answer(request, lambda: housecard.of_community(
        area=request.actor.area, coded=_coded(request), by=request.actor, at=clock.now()))  # fmt: skip


def _coded(request: Request) -> housecard.Coded:
    """Each card's picture opens the desk with its household; the household's own code stays what one says on the phone."""

    def codes(families: Sequence[tuple[int, str]]) -> list[Code]:
        desk = reverse("console:desk")
        wanted = [Wanted("card", opens=f"{desk}?{urlencode({'q': code, 'house': pk})}") for pk, code in families]
        return papercodes.made(request, wanted)

    return codes


urls: list[URLPattern] = [
    path("desk/cards/", house_cards, name="house-cards"),
    path("desk/cards/<int:family>/", house_card, name="house-card"),
]
