"""Turn an ask that the community cannot meet into a case of the right service, with everything already filled in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.casework import actions, queries
from lianxin.catalogue import queries as catalogue
from lianxin.console import casefields, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.declaration import Service
from lianxin.people import homes
from lianxin.people import queries as people


class Up(forms.Form):
    """For whom, in which words, and what only the service asks."""

    person = forms.TypedChoiceField(label=_("For whom"), coerce=int, widget=forms.RadioSelect)
    words = forms.CharField(label=_("What it is about"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


def _form(service: Service, members: list[tuple[int, str]], view: queries.CaseView, data: Any) -> Up:
    first = view.row.person or (members[0][0] if members else None)
    form = Up(data, initial={"person": first, "words": view.words, "kind": ""} | {
        casefields.PREFIX + name: value for name, value in view.form.items()})  # fmt: skip
    form.fields["person"].choices = members  # type: ignore[attr-defined]
    if service.kinds:
        choices = [(kind.code, words.said(kind.name)) for kind in service.kinds]
        form.fields["kind"] = forms.ChoiceField(label=_("Which kind"), choices=choices, widget=forms.RadioSelect)
    form.fields |= casefields.asked(service.form or {}, clock.today(), needed=False)
    return form


@page("case.open")
def hand_up(request: Request, case: int) -> HttpResponse:
    """Choose the service (what the ask's kind names comes first), look over what is filled in, hand it on."""
    actor, at = request.actor, clock.now()
    view = queries.case(actor, case, at=at)
    if view is None or view.mode != "ask":
        raise Http404
    if not view.may("hand-up"):
        return redirect("console:case", case=case)
    ways = queries.ways_up(actor, case, at=at)
    code = request.POST.get("service", "") or request.GET.get("service", "")
    chosen = next((one.service for one, _named in ways if one.service.code == code), None)
    home = homes.home(actor.scope, view.row.family, clock.today()) if view.row.family is not None else None
    members = [(one.person.id, one.person.name) for one in home.members] if home else []
    if not members and view.row.person is not None:
        found = people.hits(actor.scope, [view.row.person]).get(view.row.person)
        members = [(view.row.person, found.name if found else view.row.who)]
    form = _form(chosen, members, view, request.POST or None) if chosen else None
    if request.method == "POST" and chosen is not None and form is not None and form.is_valid():
        said, expected = form.cleaned_data, number_of(request.POST.get("expected", ""))
        made: list[Any] = []
        if attempt(request, lambda: made.append(actions.hand_up(
            case=case, service=code, person=said["person"], kind=said.get("kind", ""), form=casefields.said(said),
            words=said["words"], by=actor, at=at, expected=expected,
        )), gettext("Handed on; the household is told. The ask ends, what comes of it is in the case.")):  # fmt: skip
            seen = queries.case(actor, made[0].pk, at=at) is not None
            return redirect("console:case", case=made[0].pk if seen else case)
    entitled = {
        one.service.code for person, _name in members for one in catalogue.entitlements_of(person, view.row.family)
    }
    given = {
        "view": view, "what": view.row.name, "chosen": chosen, "form": form,
        "name": words.said(chosen.name) if chosen else "", "summary": words.said(chosen.summary) if chosen else "",
        "ways": [{"code": one.service.code, "name": words.said(one.service.name), "named": named,
                  "summary": words.said(one.service.summary), "entitled": one.service.code in entitled,
                  "sealed": one.service.sealed} for one, named in ways],
    }  # fmt: skip
    return render(
        request, "console/casework/hand_up.html", given, status=422 if form is not None and form.errors else 200
    )


urls: list[URLPattern] = [path("cases/<int:case>/hand-up/", hand_up, name="hand-up")]
