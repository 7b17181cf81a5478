"""What the guard set aside, for the security administrator: read one, release a public name or destroy the text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import guarding
from lianxin.access.gate import Request, page
from lianxin.console import lists, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of

KINDS: dict[str, words.Words] = {
    "designation": _("name of a unit"), "place": _("place"), "strength": _("strength"), "equipment": _("equipment"),
    "task": _("task or movement"),
}  # fmt: skip
STATES: dict[str, words.Words] = {
    "waiting": _("waits for a decision"), "released": _("name released"), "destroyed": _("destroyed"),
}  # fmt: skip
LISTING = lists.Listing(
    "set-aside", _("Set aside"),
    (
        lists.Column("at", _("When"), "moment", head=True, href=lambda row: reverse("console:set-aside", args=[row.id])),
        lists.Column("kind", _("May speak of"), value=lambda row: words.of(KINDS, row.kind)),
        lists.Column("by_name", _("Who wrote it")),
        lists.Column("area", _("Area"), "area"),
        lists.Column("where", _("Where")),
        lists.Column("state", _("State"), value=lambda row: words.of(STATES, row.state),
                     tone=lambda row: "amber" if row.state == "waiting" else ""),
    ),
    (lists.Filter("state", _("State"), tuple(STATES.items())),),
    words=_("Texts that may speak of the forces. They were not stored; nobody but you can open them here."),
    empty=_("Nothing was set aside"), template="console/access/set_asides.html",
)  # fmt: skip


@page("secrecy.decide")
def set_asides(request: Request) -> HttpResponse:
    """What was set aside inside one's own area; the texts themselves are not shown."""

    def fetch(asked: lists.Asked) -> lists.Page:
        return guarding.asides(request.actor.scope, state=asked.get("state"), after=asked.after, limit=asked.limit)

    return lists.show(request, LISTING, fetch)


class Decision(forms.Form):
    """Release a name, or destroy the text."""

    release = forms.CharField(label=_("The name that is a public honour"), max_length=60, required=False,
                              help_text=_("Leave blank to destroy the text only."))  # fmt: skip
    why = forms.CharField(label=_("Where it was made public"), max_length=200, required=False,
                          help_text=_("Such as: named in the provincial paper, 3 March"))  # fmt: skip


@page("secrecy.decide")
def set_aside(request: Request, pk: int) -> HttpResponse:
    """One text with the words that were met; deciding destroys it here."""
    form = Decision(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(
        request,
        lambda: guarding.decide(pk=pk, **form.cleaned_data, by=request.actor, at=clock.now()),
        _("Decided. Whoever wrote it was told."),
    ):  # fmt: skip
        return redirect("console:set-asides")
    row, met, text = guarding.read_aside(pk=pk, by=request.actor, at=clock.now())
    if not form.is_bound:
        form = Decision(initial={"release": ""})
    given: dict[str, Any] = {"row": row, "met": met, "text": text, "form": form, "kind": words.of(KINDS, row.kind),
                             "state": words.of(STATES, row.state)}  # fmt: skip
    response = render(request, "console/access/set_aside.html", given)
    response.headers["Cache-Control"] = "no-store"
    return response


class NameForm(forms.Form):
    """A name that is a public honour."""

    name = forms.CharField(label=_("Name"), max_length=60)
    why = forms.CharField(label=_("Where it was made public"), max_length=200)


@page("secrecy.decide")
def public_names(request: Request) -> HttpResponse:
    """The names that pass, and one more."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(
        request,
        lambda: guarding.add_public_name(**form.cleaned_data, by=request.actor, at=clock.now()),
        _("This name passes from now on."),
    ):  # fmt: skip
        return redirect("console:public-names")
    return render(request, "console/access/public_names.html", {"names": guarding.passing(), "form": form})


@page("secrecy.decide")
@require_POST
def end_public_name(request: Request) -> HttpResponse:
    """Take a released name back."""
    given = request.POST.get("name", "")
    if number_of(given) is None:
        raise Http404
    attempt(request, lambda: guarding.end_public_name(pk=int(given), by=request.actor, at=clock.now()),
            _("This name no longer passes."))  # fmt: skip
    return redirect("console:public-names")


urls: list[URLPattern] = [
    path("set-aside/", set_asides, name="set-asides"),
    path("set-aside/names/", public_names, name="public-names"),
    path("set-aside/names/end/", end_public_name, name="public-name-end"),
    path("set-aside/<int:pk>/", set_aside, name="set-aside"),
]
