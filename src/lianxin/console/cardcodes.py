"""The code of somebody's card at the counter: the sheet for whoever has no phone, and ending a code that is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.queries import area_names
from lianxin.cards import credentials, filingfile, sheet
from lianxin.cards import queries as boxes
from lianxin.console import cardjobs
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField
from lianxin.console.cardjobs import Made
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.people import queries as people

MOST = 300  # sheets of one PDF: some 400 MB while it is made
AT_ONCE = 20  # so many are made while one waits


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


class Many(forms.Form):
    """For whom sheets are made at once."""

    area = AreaField(required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].scope = scope  # type: ignore[attr-defined]


def _wanted(request: Request, asked: QueryDict) -> tuple[dict[str, Any], str]:
    """Whose cards: of a box, of a filing, or of an area, each one's own; and how it is called."""
    scope, at = request.actor.scope, clock.now()
    if (box := number_of(asked.get("box", ""))) is not None:
        found = boxes.box(scope, box, at=at)
        if found is None:
            raise Http404
        return {"box": box}, found.number
    if (filing := number_of(asked.get("filing", ""))) is not None:
        rows = filingfile.filings(scope, pk=filing)
        if not rows:
            raise Http404
        return {"filing": filing}, rows[0].number
    form = Many(asked, scope=scope)
    area = form.cleaned_data["area"] if form.is_valid() else ""
    return {"area": area}, area_names([area]).get(area, ("",))[0]


@page("card.keep")
def many(request: Request) -> HttpResponse:
    """Sheets for many at once: for whom, how many have one that counts; made apart, as one PDF in the order of a round."""
    asked = request.POST if request.method == "POST" else request.GET
    which, name = _wanted(request, asked)
    chosen = bool(name)
    cards = sheet.held(request.actor.scope, **which, limit=MOST + 1) if chosen else []
    have = sheet.have(cards, clock.now())
    anew = asked.get("anew") == "yes"
    rows = len(cards) if anew else len(cards) - len(have)
    if request.method == "POST" and chosen:
        made: list[HttpResponse] = []

        def act() -> None:
            if len(cards) > MOST:
                raise Refusal(gettext("More than %(most)d cards at once: choose a smaller area.") % {"most": MOST})
            if not rows:
                raise Refusal(gettext("There is nobody to make a sheet for; nothing was made."))
            verify = sheet.verifier_at(request.build_absolute_uri(reverse("verifier")))
            title = gettext("Sheets of codes %(name)s") % {"name": name}
            made.append(cardjobs.begin(request, "codes", title, rows=rows, at_once=AT_ONCE, ending="pdf", which=which,
                                       anew=anew, verify=verify))  # fmt: skip

        if attempt(request, act):
            return made[0]
    form = Many(asked if "area" in asked else None, scope=request.actor.scope)
    given = {"form": form, "which": which, "name": name, "chosen": chosen, "cards": len(cards), "have": len(have),
             "more": len(cards) > MOST, "most": MOST}  # fmt: skip
    return render(request, "console/cards/codes.html", given, status=422 if request.method == "POST" else 200)


def _sheets(told: dict[str, Any], by: Actor, tell: Callable[[int], None]) -> Made:
    if not by.may("card.keep"):
        raise Refusal(gettext("Your account may not take this list any more. Nothing left the house."))
    at = clock.now()
    cards = sheet.held(by.scope, **told["which"], limit=MOST)
    left = set() if told["anew"] else sheet.have(cards, at)
    wanted = [card for card in cards if card not in left]
    if not wanted:
        return Made(b"", 0, len(left))
    return Made(sheet.papers_of(cards=wanted, verify=told["verify"], by=by, at=at, tell=tell), len(wanted), len(left))


cardjobs.WORKS["codes"] = _sheets

urls: list[URLPattern] = [
    path("cards/codes/", many, name="card-codes"),
    path("people/<int:person>/card-code/", codes, name="person-card-code"),
    path("people/<int:person>/card-code/<int:card>/sheet.pdf", made, name="person-card-sheet"),
    path("people/<int:person>/card-code/<int:card>/end/<int:credential>/", end, name="person-card-end"),
]
