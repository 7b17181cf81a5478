"""The family circle of somebody at the counter: all that the app can, by their signed paper and under their mandate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import circle, circlepaper, circling
from lianxin.console import words
from lianxin.console.acting import attempt
from lianxin.engine import clock, masking
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.people import circles
from lianxin.people import queries as people

DEEDS = ("agree", "leave", "show", "unit", "paper")


def ties(person: int) -> list[dict[str, Any]]:
    """Relatives on file and how they stand in the family circle; a name in full only where the other has spoken."""
    at = clock.now()
    return [_tie(person, one, at) for one in circles.ties(person, clock.today())]


def _tie(person: int, one: circles.Tie, at: Any) -> dict[str, Any]:
    standing = one.state == "standing"
    liaison = one.state in {"invited", "standing"} and circling.liaison_of(person)
    return {
        "person": one.person, "relation": circlepaper.relation_words(one.relation), "state": one.state,
        "name": one.name if one.state in {"asked", "standing"} else masking.name(one.name),
        "shows": standing and circling.shows_by_itself(person, one.person),
        "matters": _matters(person, one.person, at) if standing else [],
        "on_paper": one.state in {"invited", "standing"} and circling.wants_paper(person, one.person),
        "liaison": liaison, "counted": standing and circling.is_counted(person),
    }  # fmt: skip


def _matters(person: int, relative: int, at: Any) -> list[dict[str, Any]]:
    def name(one: circling.Choice) -> str:
        kind = f" · {words.said(one.row.kind_name)}" if one.row.kind_name else ""
        return words.said(one.row.service_name) + kind

    return [
        {"id": one.row.id, "name": name(one),
         "state": one.row.state_words, "shown": one.shown, "to_unit": one.to_unit,
         "ward": one.row.who if one.ward else ""}
        for one in circling.choices(person, relative, at=at)
    ]  # fmt: skip


@page("case.open")
@require_POST
def counter_circle(request: Request, person: int, relative: int, what: str) -> HttpResponse:
    """What they say about a relative's family circle: yes and what shows, one matter shown or hidden
    (to the relative, to the unit), or the end of it."""
    if people.person(request.actor.scope, person) is None:
        raise Http404
    if what not in DEEDS or relative not in {one.person for one in circles.ties(person, clock.today())}:
        raise Http404
    told: list[str] = []
    if attempt(request, lambda: told.append(_done(request, person, relative, what))):
        messages.success(request, told[0])
    return redirect(f"{reverse('console:counter', args=[person])}#circle")


def _done(request: Request, person: int, relative: int, what: str) -> str:
    by, at, shown = request.actor, clock.now(), request.POST.get("shown", "")
    signed = request.POST.get("paper", "").strip()[:120]
    if what == "leave":
        circle.leave(relative=relative, person=person, paper=signed, by=by, at=at)
        return gettext("Ended. From now on neither sees the other's matters.")
    if shown not in {"yes", "no"}:
        raise Refusal(gettext("Please choose what is shown."))
    yes = shown == "yes"
    if what == "agree":
        stands = circle.agree(relative=relative, person=person, shown=yes, paper=signed, by=by, at=at)
        return gettext("They are connected.") if stands else gettext("Asked; the other one answers in the app.")
    if what == "paper":
        circle.want_paper(relative=relative, person=person, wanted=yes, by=by, at=at)
        return gettext("The liaison hands a page over.") if yes else gettext("No page any more.")
    case = number_of(request.POST.get("case", ""))
    if what == "unit":
        circle.share_with_unit(relative=relative, case=case, shown=yes, person=person, paper=signed, by=by, at=at)
        return gettext("The unit sees it from now on.") if yes else gettext("The unit sees it no more.")
    circle.share(relative=relative, case=case, shown=yes, person=person, paper=signed, by=by, at=at)
    return gettext("Shown.") if yes else gettext("Hidden.")


urls: list[URLPattern] = [
    path("people/<int:person>/counter/circle/<int:relative>/<slug:what>/", counter_circle, name="counter-circle"),
]
