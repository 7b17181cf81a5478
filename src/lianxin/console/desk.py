"""Open any service for somebody who stands at the counter, calls, or is visited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.casework import actions as casework
from lianxin.catalogue import queries as catalogue
from lianxin.console import casefields, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor
from lianxin.people import queries as people


class OpenForm(forms.Form):
    """What the service asks, beside words."""

    words = forms.CharField(label=_("In their words"), required=False, max_length=2000,
                            widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip


def _open_form(service: Any, data: Any = None, files: Any = None) -> OpenForm:
    """A form with the kinds, the typed fields and the papers that a service declares."""
    form = OpenForm(data, files)
    if service.kinds:
        choices = [(kind.code, words.said(kind.name)) for kind in service.kinds]
        form.fields["kind"] = forms.ChoiceField(label=_("Which kind"), choices=choices, widget=forms.RadioSelect)
    form.fields |= casefields.asked(service.form or {}, clock.today())
    if service.materials:
        form.fields["code"] = casefields.which([(one.code, words.said(one.name)) for one in service.materials])
        form.fields["files"] = casefields.Papers()
    form.order_fields(["kind", *[f for f in form.fields if f.startswith("form_")], "words"])
    return form


@page("case.open")
def open_for(request: Request, person: int) -> HttpResponse:
    """Which service to open for somebody who stands at the counter: entitled first, then everything that can be asked."""
    file = people.person(request.actor.scope, person)
    if file is None:
        raise Http404
    entitled = {one.service.code: one for one in catalogue.entitlements_of(person, file.person.family)}
    rows = []
    for code, found in catalogue.visible(request.actor.scope, clock.today()).items():
        if found.service.subject not in {"person", "family"}:  # a firm or a unit does not stand at the counter
            continue
        if found.service.mode != "organiser" or code in entitled:
            rows.append((code not in entitled, code, words.said(found.service.name), words.said(found.service.summary),
                         entitled.get(code)))  # fmt: skip
    rows.sort(key=lambda row: row[:2])
    return render(request, "console/casework/open.html", {"file": file, "rows": rows})


def _open(opening: Opening, files: list[casework.Upload], actor: Actor) -> list[Any]:
    """The case, with the papers that were brought along: both or neither."""
    with transaction.atomic():
        made = casework.open_cases(openings=[opening], by=actor, at=clock.now())
        if made and files:
            casework.supplement(case=made[0].pk, files=files, by=actor, at=clock.now())
    return made


@page("case.open")
def open_one(request: Request, person: int, code: str) -> HttpResponse:
    """Open one service for a person at the counter, on the phone or on a visit."""
    actor = request.actor
    file = people.person(actor.scope, person)
    found = catalogue.visible(actor.scope, clock.today()).get(code)
    if file is None or found is None:
        raise Http404
    form = _open_form(found.service, request.POST or None, request.FILES or None)
    if "kind" in form.fields:
        form.fields["kind"].initial = request.GET.get("kind", "")
    if any(step.as_ == "file" for step in found.service.route):
        form.fields["words"].label = _("What else to note")
    form.fields["channel"] = forms.ChoiceField(
        label=_("How they came"), widget=forms.RadioSelect, initial="counter",
        choices=[(one, words.CHANNELS[one]) for one in ("counter", "phone", "visit")],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        family = file.person.family if found.service.subject == "family" else None
        opening = Opening(
            service=code, version=found.version_id, person=person, family=family, kind=given.get("kind", ""),
            channel=given["channel"], words=given["words"].strip(), form=casefields.said(given),
        )  # fmt: skip
        made: list[Any] = []
        if attempt(request, lambda: made.extend(_open(opening, casefields.uploads(given), actor))):
            if made:
                messages.success(request, gettext("Opened."))
                return redirect("console:case", case=made[0].pk)
            messages.warning(request, gettext("There is already one under way."))
            return redirect("console:person", person=person)
    given = {"file": file, "form": form, "name": words.said(found.service.name),
             "summary": words.said(found.service.summary)}  # fmt: skip
    return render(request, "console/casework/open_one.html", given, status=422 if form.errors else 200)


urls: list[URLPattern] = [
    path("people/<int:person>/open/", open_for, name="open-for"),
    path("people/<int:person>/open/<slug:code>/", open_one, name="open-one"),
]
