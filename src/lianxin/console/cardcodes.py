"""The code of somebody's card at the counter: the sheet for whoever has no phone, and ending a code that is lost."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.cards import credentials, sheet
from lianxin.engine import clock
from lianxin.people import queries as people


def _held(request: Request, person: int) -> list[credentials.Held]:
    if people.person(request.actor.scope, person) is None:
        raise Http404
    return credentials.held_by([person], clock.now())


@page("card.keep")
def codes(request: Request, person: int) -> HttpResponse:
    """Which codes of this person's card count, and the button for a new sheet."""
    file, held = people.person(request.actor.scope, person), _held(request, person)
    card = held[0] if held else None
    given = credentials.of_cards([card.card], clock.now()).get(card.card, []) if card else []
    forms = {
        "app": gettext("On a phone"),
        "paper": pgettext("credential", "On paper"),
        "card": gettext("On a printed card"),
    }
    rows = [(one, forms[one.form]) for one in given if one.counts]
    return render(request, "console/people/card_code.html", {"file": file, "card": card, "rows": rows})


@page("card.keep")
@require_POST
def made(request: Request, person: int, card: int) -> HttpResponse:
    """The sheet as PDF; a sheet of before counts no more."""
    if card not in {one.card for one in _held(request, person)}:
        raise Http404
    verify = sheet.verifier_at(request.build_absolute_uri(reverse("verifier")))
    data = sheet.paper(card=card, verify=verify, by=request.actor, at=clock.now())
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="card-code.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page("card.keep")
@require_POST
def end(request: Request, person: int, card: int, credential: int) -> HttpResponse:
    """This code counts no more: its sheet or phone is lost."""
    known = credentials.of_cards([card], clock.now()).get(card, [])
    if card not in {one.card for one in _held(request, person)} or credential not in {one.id for one in known}:
        raise Http404
    credentials.withdraw(credentials=[credential], reason="lost", by=request.actor, at=clock.now())
    messages.success(
        request, gettext("It counts no more; gates know within a minute, those without a line when they have one.")
    )
    return redirect("console:person-card-code", person=person)


urls: list[URLPattern] = [
    path("people/<int:person>/card-code/", codes, name="person-card-code"),
    path("people/<int:person>/card-code/<int:card>/sheet.pdf", made, name="person-card-sheet"),
    path("people/<int:person>/card-code/<int:card>/end/<int:credential>/", end, name="person-card-end"),
]
