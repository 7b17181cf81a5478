"""For a soldier far away: the military liaison brings an ask of a family to their community, and sees what became of it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.casework import actions, queries
from lianxin.catalogue import queries as catalogue
from lianxin.console import words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.engine.refusal import Refusal
from lianxin.people import homes


class Brought(forms.Form):
    """Three fields: whose family, what it is, in the soldier's words."""

    who = forms.CharField(
        label=_("The family: household code, or a whole phone or ID number of somebody at home"), max_length=30
    )
    kind = forms.ChoiceField(label=_("What it is about"))
    words = forms.CharField(label=_("What is needed at home, and nothing of the unit"), max_length=1000,
                            widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    """The kinds of the line, what goes to the quiet door left out: that one is knocked at by oneself."""
    made = []
    for code in queries.line_services(clock.today()):
        for kind in catalogue.in_force(clock.today())[code].service.kinds:
            if catalogue.quietly(kind, clock.today()) is None:
                made.append((f"{code}:{kind.code}", f"{words.said(kind.name)} · {words.within(kind.within)}"))
    return made


@page("case.attest")
def for_soldier(request: Request) -> HttpResponse:
    """The form, and what was brought before: numbers and states, no names."""
    actor, at = request.actor, clock.now()
    form = Brought(request.POST or None)
    form.fields["kind"].choices = _kinds()  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        told: list[str] = []

        def act() -> None:
            found = homes.exactly(given["who"], by=actor, at=at)
            if found is None:
                raise Refusal(
                    gettext("No household of the city has this code or number. Nothing was sent; look at it again.")
                )
            code, _colon, kind = given["kind"].partition(":")
            opening = Opening(
                service=code, version=catalogue.in_force(clock.today())[code].version_id, family=found.pk,
                area=found.home, kind=kind, channel="liaison", words=given["words"].strip(),
            )  # fmt: skip
            told.append(actions.open_cases(openings=[opening], by=actor, at=at)[0].number)

        if attempt(request, act):
            messages.success(
                request, gettext("%(number)s is with the family's community; the clock runs.") % {"number": told[0]}
            )
            return redirect("console:for-soldier")
    brought = queries.brought_by(actor, at=at)
    given = {"form": form, "rows": [{"number": row.number, "kind": words.said(row.kind_name or row.service_name),
                                     "state": row.state_words, "tone": words.STATE_TONES.get(row.state, ""),
                                     "desk": row.desk.words if row.desk else "", "phone": row.desk.phone if row.desk else "",
                                     "due": row.due_words, "at": row.opened_at} for row in brought]}  # fmt: skip
    return render(request, "console/casework/for_soldier.html", given, status=422 if form.errors else 200)


urls: list[URLPattern] = [path("desk/for-a-soldier/", for_soldier, name="for-soldier")]
