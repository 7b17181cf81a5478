"""What comes with time, and what a good thing to come would bring: read to whoever stands at the counter; nothing is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access import queries as places
from lianxin.access.gate import Request, page
from lianxin.catalogue import ahead, guides, hoping, imagined
from lianxin.catalogue import queries as catalogue
from lianxin.console import words
from lianxin.console.counter import file_of
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.facts import VOCABULARY
from lianxin.people import identities, mandates
from lianxin.people import queries as people


class Plan(forms.Form):
    """One good thing to come and its day; what it asks besides depends on the event."""

    event = forms.ChoiceField(label=_("What is to come"), widget=forms.RadioSelect)
    day = forms.DateField(label=_("On which day"), widget=DayInput)
    how = forms.ChoiceField(label=_("Discharge: in which way"), required=False)
    job = forms.ChoiceField(label=_("Work: what kind"), required=False)
    place = forms.ChoiceField(label=_("Move: where to"), required=False)
    to = forms.ChoiceField(label=_("Move: which county"), required=False)
    registered = forms.BooleanField(label=_("The household registration moves too"), required=False)

    def __init__(self, sent: Any, person: int) -> None:
        super().__init__(sent)
        self.today = clock.today()
        allowed = VOCABULARY["settlement"].allowed
        counties = [
            (one.code, words.said_pair({"zh": one.name, "en": one.name_en or one.name}))
            for one in places.parts(settings.CITY)
        ]
        chosen: dict[str, list[tuple[str, str]]] = {
            "event": [(one.code, words.said(one.name)) for one in hoping.fitting(person, self.today)],
            "how": [("", gettext("not known yet")), *((one, words.said(allowed[one])) for one in hoping.SETTLEMENTS)],
            "job": [(code, gettext(said)) for code, said in hoping.JOBS.items()],
            "place": [("", ""), *((code, gettext(said)) for code, said in hoping.PLACES.items())],
            "to": [("", ""), *counties],
        }
        for name, choices in chosen.items():
            cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean_day(self) -> dt.date:
        """A day to come, within reach."""
        day: dt.date = self.cleaned_data["day"]
        if not self.today < day <= ahead.in_years(self.today, hoping.FARTHEST):
            raise forms.ValidationError(gettext("Please choose a day to come, within five years."))
        return day

    def clean(self) -> dict[str, Any]:
        """A move says where to."""
        said = super().clean() or {}
        if said.get("event") == "move":
            for name in ["place"] if said.get("place") != "county" else ["to"]:
                if not said.get(name):
                    self.add_error(name, gettext("Please choose one from the list."))
        return said

    def asked(self) -> imagined.Plan:
        """What was imagined."""
        said = self.cleaned_data
        how = {"job": said["job"], "discharge": said["how"]}.get(said["event"], "")
        return imagined.Plan(said["event"], said["day"], how, said["place"], said["to"], said["registered"])


def _held(request: Request, person: int) -> people.PersonFile | None:
    """The file of whoever stands there under a mandate; None without one."""
    file = file_of(request, person)
    return file if mandates.held_by(request.actor.account, person, clock.today()) is not None else None


def _shown(request: Request, template: str, given: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"console/people/{template}.html", given, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("case.open")
def later(request: Request, person: int) -> HttpResponse:
    """What will be theirs, and their household's, with the day; what will end, with its last day."""
    file = _held(request, person)
    if file is None:
        return redirect("console:counter", person=person)
    changes = ahead.coming([person], ahead.family_ids([file.person.family]), clock.today())
    rows = [{"name": words.said(one.service.service.name), "begins": one.begins, "amount": one.amount if one.begins else None,
             "day": one.day if one.begins else one.day - dt.timedelta(days=1),
             "household": one.subject[0] == "family"} for one in changes]  # fmt: skip
    return _shown(request, "later", {"file": file, "rows": rows})


@page("case.open")
def plan(request: Request, person: int) -> HttpResponse:
    """The question, and under it the answer."""
    file = _held(request, person)
    if file is None:
        return redirect("console:counter", person=person)
    form = Plan(request.POST or None, person)
    given: dict[str, Any] = {"file": file, "form": form}
    if request.method == "POST" and form.is_valid():
        given |= _outlook(request, file, form.asked(), form.today)
    return _shown(request, "plan", given, 422 if form.errors else 200)


def _outlook(request: Request, file: people.PersonFile, asked: imagined.Plan, today: dt.date) -> dict[str, Any]:
    """What it brings each: those who gave this clerk their mandate too are told of by name."""
    person, account = file.person, request.actor.account
    allowed = [one.person for one in imagined.touched(person.id, asked)
               if mandates.held_by(account, one.person, today) is not None and file_of(request, one.person)]  # fmt: skip
    found = hoping.imagine(person=person.id, family=person.family, plan=asked, today=today, shown=allowed)
    mine = catalogue.visible(request.actor.scope, today)
    names = {person.id: person.name, **identities.names(allowed)}
    return {
        "what": words.said(hoping.events()[asked.event].says), "day": asked.day, "answered": True, "hidden": found.hidden,
        "members": [(gettext("The household") if kind == "family" else names[one], _parts(found, (kind, one)))
                    for kind, one in hoping.order(found, person.id)],
        "later": [_row(one, ends=False) for one in found.later],
        "first": [(words.said(one.service.name), reverse("console:open-one", args=[person.id, one.service.code]))
                  for one in found.first if one.service.code in guides.offered(today) and one.service.code in mine],
    }  # fmt: skip


def _parts(found: hoping.Outlook, subject: ahead.Subject) -> list[tuple[str, str, list[dict[str, Any]]]]:
    parts = [(gettext("Would begin"), "", found.begins), (gettext("May begin"), "", found.maybe),
             (gettext("Would end"), "ends", found.ends), (gettext("Stays as it is"), "stays", found.keeps)]  # fmt: skip
    made = [(title, how, [_row(one, ends=how == "ends") for one in items if one.subject == subject])
            for title, how, items in parts]  # fmt: skip
    return [part for part in made if part[2]]


def _row(one: hoping.Item, *, ends: bool) -> dict[str, Any]:
    service = one.service.service
    why = [row for row in one.why if (row.good is not True if ends else row.good is True)]
    missing = [service.facts[code].name for code in one.missing if code in service.facts and code not in hoping.GRAVE]
    return {
        "name": words.said(service.name), "code": service.code, "amount": None if ends else one.amount, "day": one.day,
        "because": [words.said(row.say) for row in why], "missing": [words.said(name) for name in missing],
        "bring": [] if ends else [words.said(paper.name) for paper in service.materials if not paper.held],
    }  # fmt: skip


urls: list[URLPattern] = [
    path("people/<int:person>/counter/later/", later, name="person-later"),
    path("people/<int:person>/counter/plan/", plan, name="person-plan"),
]
