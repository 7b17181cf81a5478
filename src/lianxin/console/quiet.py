"""The quiet door: a worker hands somebody's trouble to the person who listens, and sees it no more."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.casework import actions
from lianxin.catalogue import queries as catalogue
from lianxin.catalogue.queries import Published
from lianxin.console import words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.people import queries as people


class QuietForm(forms.Form):
    """What is needed to call somebody back, and that they want it."""

    kind = forms.ChoiceField(label=_("What weighs on them"), widget=forms.RadioSelect)
    words = forms.CharField(label=_("As they said it, no more than they want to be passed on"), max_length=1000,
                            widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip
    reach = forms.CharField(label=_("How and when they want to be reached"), max_length=60, required=False)
    agreed = forms.BooleanField(label=_("They want it, and know that I pass it on"))


def doors() -> dict[str, Published]:
    """The sealed services that anybody may knock at: handed in here, worked on by their list alone."""
    return {
        code: one for code, one in catalogue.in_force(clock.today()).items()
        if one.service.sealed and one.service.mode == "ask" and one.service.subject == "person"
    }  # fmt: skip


@page("case.open")
def quiet(request: Request, person: int) -> HttpResponse:
    """Hand it in for somebody of one's area; the page says who has it, and nothing of it stays with the worker."""
    file = people.person(request.actor.scope, person)
    found = next(iter(doors().values()), None)
    if file is None or found is None:
        raise Http404
    form = QuietForm(request.POST or None)
    kinds = [(kind.code, f"{words.said(kind.name)} · {words.within(kind.within)}") for kind in found.service.kinds]
    form.fields["kind"] = forms.ChoiceField(label=_("What weighs on them"), choices=kinds, widget=forms.RadioSelect)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        opening = Opening(
            service=found.service.code, version=found.version_id, person=person, kind=given["kind"], channel="counter",
            words=given["words"].strip(), form={"reach": given["reach"].strip()} if given["reach"].strip() else {},
        )  # fmt: skip
        if attempt(request, lambda: actions.open_cases(openings=[opening], by=request.actor, at=clock.now())):
            messages.success(
                request,
                gettext("It is with the person who listens. You see nothing more of it; they call back in time."),
            )
            return redirect("console:person", person=person)
    given = {"file": file, "form": form, "name": words.said(found.service.name),
             "summary": words.said(found.service.summary)}  # fmt: skip
    return render(request, "console/casework/quiet.html", given, status=422 if form.errors else 200)


urls: list[URLPattern] = [path("people/<int:person>/quiet/", quiet, name="quiet")]
