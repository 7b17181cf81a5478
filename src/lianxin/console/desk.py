"""The community desk (连心台): who calls, what it is about, who goes, and what is still running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.campaigns import queries as campaigns
from lianxin.casework import actions as casework
from lianxin.catalogue import queries as catalogue
from lianxin.console import casefields, lists, shown, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor
from lianxin.people import queries as people

HELPERS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of ask on a large button: ``service:kind``, its words and what is promised."""

    code: str
    name: str
    promised: str


def kinds(request: Request) -> list[Choice]:
    """Every kind of every ask that this desk may open."""
    made = []
    for code, found in catalogue.visible(request.actor.scope, clock.today()).items():
        if found.service.mode != "ask" or found.service.sealed:
            continue
        for kind in found.service.kinds:
            made.append(Choice(f"{code}:{kind.code}", words.said(kind.name), words.within(kind.within)))
    return made


def _house(request: Request, text: str, houses: list[people.Household]) -> people.Household | None:
    chosen = request.GET.get("house", "")
    if number_of(chosen) is not None:
        return people.families(request.actor.scope, [int(chosen)]).get(int(chosen))
    return houses[0] if len(houses) == 1 else None


def _callers(house: people.Household, text: str) -> list[people.Hit]:
    """Who lives there; whoever was asked for by name comes first and is taken as the caller."""
    return sorted(house.members, key=lambda one: not text or text not in one.name)


@page("case.dispatch")
def desk(request: Request) -> HttpResponse:
    """Find the household, choose the kind, see who would go, send them; beside it what is running."""
    actor, text = request.actor, request.GET.get("q", "").strip()[:60]
    houses = people.households(actor.scope, text) if text else []
    house = _house(request, text, houses)
    choices = kinds(request)
    kind = request.GET.get("kind", "")
    chosen = kind if kind in {one.code for one in choices} else ""
    helpers = []
    if house is not None and chosen:
        helpers = campaigns.givers(chosen.split(":")[1], house.home, clock.now(), limit=HELPERS)
    lists.know_codes(request, [one.home for one in houses] + ([house.home] if house else []))
    given = {
        "text": text, "houses": houses, "house": house, "kinds": choices, "kind": chosen, "helpers": helpers,
        "said": request.GET.get("words", "")[:2000], "running": shown.running(request.actor),
        "ages": [(one, one.age(clock.today())) for one in _callers(house, text)] if house else [],
    }  # fmt: skip
    return render(request, "console/casework/desk.html", given)


@page("case.dispatch")
@require_POST
def send(request: Request) -> HttpResponse:
    """Open the ask for whoever called and offer it to the chosen helper, both or neither."""
    actor, at = request.actor, clock.now()
    code, _colon, kind = request.POST.get("kind", "").partition(":")
    house = request.POST.get("house", "")
    office = request.POST.get("office", "")
    found = catalogue.visible(actor.scope, clock.today()).get(code)
    home = people.families(actor.scope, [int(house)]) if number_of(house) is not None else {}
    if found is None or found.service.kind(kind) is None or not home:
        raise Http404
    caller = number_of(request.POST.get("caller", ""))
    opening = Opening(
        service=code, version=found.version_id, family=int(house), area=home[int(house)].home, kind=kind,
        person=caller if caller in {one.id for one in home[int(house)].members} else None,
        channel="phone", words=request.POST.get("words", "").strip()[:2000],
    )  # fmt: skip

    def act() -> None:
        with transaction.atomic():
            case = casework.open_cases(openings=[opening], by=actor, at=at)[0]
            if number_of(office) is not None:
                casework.dispatch(case=case.pk, office=int(office), by=actor, at=at)

    done = attempt(request, act, _("It is on its way; the clock runs. You see it on the right."))
    back = reverse("console:desk")
    return redirect(back if done else f"{back}?house={house}&kind={code}:{kind}")


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
    path("desk/", desk, name="desk"),
    path("desk/send/", send, name="desk-send"),
    path("people/<int:person>/open/", open_for, name="open-for"),
    path("people/<int:person>/open/<slug:code>/", open_one, name="open-one"),
]
