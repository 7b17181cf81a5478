"""Inquiries: open a file for an audit or a discipline matter; what persons are not told of yet, and letting them know."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console import people
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.journal import looks
from lianxin.people import inquiries, queries


class Inquiry(forms.Form):
    """Whose file, for which inquiry, and when the person is told."""

    number = forms.CharField(label=_("File number"), max_length=20)
    reason = forms.CharField(label=_("Which inquiry, and what it is about"), max_length=200,
                             help_text=_("The person reads these words on the day below."))  # fmt: skip
    until = forms.DateField(label=_("The person is told on"), widget=DayInput())


@page("inquiry.open")
def overview(request: Request) -> HttpResponse:
    """Open a file under an inquiry; below, what is held back."""
    form = Inquiry(request.POST or None)
    found: dict[str, int] = {}
    if request.method == "POST" and form.is_valid():
        by, at = request.actor, clock.now()

        def act() -> None:
            found["person"] = inquiries.inquire(**form.cleaned_data, by=by, at=at)

        attempt(request, act)
    file = queries.person(request.actor.scope, found["person"]) if found else None
    given = {
        "form": form, "file": file, "lines": people.lines_of(file) if file else (),
        "held": looks.held(clock.now(), request.actor.scope.areas), "mine": request.actor.account,
    }  # fmt: skip
    response = render(request, "console/journal/inquiries.html", given,
                      status=422 if request.method == "POST" and file is None else 200)  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


@page("inquiry.open")
@require_POST
def release(request: Request) -> HttpResponse:
    """Let the person be told now: by somebody else than who held it back."""
    given = request.POST.get("entry", "")
    if given not in {str(one.pk) for one, _row in looks.held(clock.now(), request.actor.scope.areas)}:
        raise Http404
    attempt(request, lambda: looks.release(entry=int(given), by=request.actor, at=clock.now()),
            _("The person can read it now."))  # fmt: skip
    return redirect("console:inquiries")


urls: list[URLPattern] = [
    path("inquiries/", overview, name="inquiries"),
    path("inquiries/release/", release, name="inquiry-release"),
]
