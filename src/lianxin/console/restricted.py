"""The restricted lists' one page, for their two roles: nobody else's menu, search or journal knows of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.people import restricted

KINDS = (("border", _("Border and coast")), ("mission", _("On a mission")))


class Household(forms.Form):
    """A household for a list. Never a place of duty, a unit or a task."""

    kind = forms.ChoiceField(label=_("List"), choices=KINDS, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Whom to visit"), max_length=60)
    household = forms.CharField(label=_("Household code"), max_length=20)
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    expires_on = forms.DateField(label=_("Gone by itself on"), widget=DayInput())


@page("restricted.view")
def lists_page(request: Request) -> HttpResponse:
    """The lines, and one more."""
    by, at = request.actor, clock.now()
    keeper = by.may("restricted.keep")
    form = Household(request.POST or None)
    if request.method == "POST":
        if not keeper:
            raise Http404
        if form.is_valid() and attempt(
            request, lambda: restricted.put(**form.cleaned_data, by=by, at=at), _("It is on the list; the liaison confirms it.")
        ):  # fmt: skip
            return redirect("console:restricted")
    names = dict(KINDS)
    given: dict[str, Any] = {
        "lines": [(names[one.kind], one) for one in restricted.lines(by, at=at)],
        "counts": [(names[one.kind], one) for one in restricted.counts(by)], "kinds": KINDS, "form": form, "keeper": keeper,
    }  # fmt: skip
    response = render(request, "console/people/restricted.html", given, status=422 if request.method == "POST" else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("restricted.view")
@require_POST
def act(request: Request, what: str) -> HttpResponse:
    """Confirm, visited, take off, attest."""
    by, at, given = request.actor, clock.now(), request.POST.get("line", "")
    line = number_of(given) or 0
    calls = {
        "confirm": lambda: restricted.confirm(pk=line, by=by, at=at),
        "visited": lambda: restricted.visited(pk=line, by=by, at=at),
        "off": lambda: restricted.take_off(pk=line, by=by, at=at),
        "attest": lambda: restricted.attest(kind=request.POST.get("kind", ""), by=by, at=at),
    }
    if what not in calls:
        raise Http404
    attempt(request, calls[what], _("Noted."))
    return redirect("console:restricted")


urls: list[URLPattern] = [
    path("restricted/", lists_page, name="restricted"),
    path("restricted/<slug:what>/", act, name="restricted-act"),
]
