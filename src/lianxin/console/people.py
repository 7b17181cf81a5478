"""Open a file; record, reveal, verify, give a mandate."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.templatetags import ui
from lianxin.casework import queries as casework
from lianxin.catalogue import queries as catalogue
from lianxin.console import deliveries, filepage, filewords, shown, words
from lianxin.console.acting import attempt
from lianxin.console.conditions import conditions
from lianxin.console.dayfield import DayInput
from lianxin.console.fileforms import offered
from lianxin.console.journal import hidden
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.journal import looks
from lianxin.journal import queries as journal
from lianxin.people import actions, dossier, filing, identities, mandates, queries, turning

LOOKED = 8
MATTER = re.compile(r"/console/cases/([0-9]{1,18})/")
WAYS = (("/console/cases", "case"), ("/console/inbox", "case"), ("/console/calls", "call"), ("/console/people/", "household"),
        ("/console/lists", "list"), ("/console/gaps", "list"), ("/console/unknown", "list"))  # fmt: skip


def _file(request: Request, person: int) -> queries.PersonFile:
    found = queries.person(request.actor.scope, person)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A dated row of the file as the page shows it."""

    row: queries.Row
    group: str
    says: list[tuple[str, str]]


def lines_of(file: queries.PersonFile) -> list[Line]:
    """The dated rows of a file in words."""
    areas = filepage.names_of(row.says.get(name) for row in file.rows for name in ("home", "hukou"))
    made = [Line(row, str(filewords.GROUPS[row.group]), filewords.says(row, areas)) for row in file.rows]
    return [line for line in made if line.says]


def _entitled(file: queries.PersonFile) -> list[tuple[str, str, catalogue.Entitlement]]:
    found = catalogue.entitlements_of(file.person.id, file.person.family)
    return [(words.said(one.service.name), "pine" if one.entitled else "amber", one) for one in found]


def _show(request: Request, person: int, status: int = 200, **more: Any) -> HttpResponse:
    asked, corrected = filepage.asked(request), "past" in request.GET
    file, actor = _file(request, person), request.actor
    kept = dossier.dossier(actor.scope, person, day=asked.day, known_at=asked.known_at, past=corrected,
                           ahead=not asked.past)  # fmt: skip
    if kept is None:
        raise Http404
    who = (
        filepage.shown(person, kept.who, filepage.names_of(kept.who.says.get(one) for one in ("home", "hukou")))
        if kept.who
        else None
    )
    died = kept.who.says.get("died_on") if kept.who else None
    flags, _next = turning.flagged(actor.scope, person=person)
    given = {
        "file": file, "kept": kept, "asked": asked, "corrected": corrected, "who": who, "died": died,
        "age": file.person.age(min(died or asked.day, asked.day)), "groups": filepage.groups(kept),
        "ties": filepage.ties(kept), "reasons": filepage.reasons(kept, asked),
        "clashes": [] if asked.past else filepage.clashes([flag.code for flag in flags]),
        "mandates": mandates.mandates(actor.scope, person, asked.day),
        "entitled": _entitled(file), "cases": shown.of_person(actor, person),
        "deliveries": deliveries.of_person(actor, person, file.person.family),
        "looked": [(row, words.deed(row.action)) for row in journal.about(
            person, hidden=hidden(actor.scope), limit=LOOKED, files=identities.files_of([person])).rows],
        "forms": [(code, filewords.GROUPS[code]) for code in offered() if actor.may("people.edit") and not asked.past],
        "today": clock.today(), "may": actor.permissions, **more,
    }  # fmt: skip
    response = render(request, "console/people/person.html", given, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("people.view")
def person(request: Request, person: int) -> HttpResponse:
    """One file, numbers masked. That it was opened stands in the journal, and the person reads it."""
    if queries.person(request.actor.scope, person) is None:
        into = queries.survivor_of(request.actor.scope, person)
        if into is not None:
            messages.info(request, str(_("The file you asked for was merged into this one.")))
            return redirect("console:person", person=into)
    home = _file(request, person).person.home
    looks.opened(person=person, area=home, by=request.actor, at=clock.now(), way=_way(request))
    return _show(request, person)


def _way(request: Request) -> str:
    """Where in the work the file was opened from: the page before."""
    before = urlsplit(request.headers.get("Referer", "")).path
    return next((way for start, way in WAYS if before.startswith(start)), "search")


@page("people.reveal", fresh=True)
@require_POST
def reveal(request: Request, person: int) -> HttpResponse:
    """One sealed value on this page only; who saw it and why stands in the journal."""
    _file(request, person)
    field, reason = request.POST.get("field", ""), request.POST.get("reason", "")
    shown: dict[str, str] = {}

    def act() -> None:
        shown[field] = filing.reveal(person=person, field=field, reason=reason, by=request.actor, at=clock.now())

    done = attempt(request, act)
    return _show(request, person, 200 if done else 422, shown=shown)


class AccountForm(forms.Form):
    """A person's own bank account."""

    bank = forms.CharField(label=_("Bank"), max_length=60)
    number = forms.CharField(label=_("Account number"), max_length=30,
                             widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))  # fmt: skip
    holder = forms.CharField(label=_("Account holder"), max_length=60, help_text=_("Only the person's own account."))
    paper = forms.CharField(label=_("From which paper"), max_length=120, help_text=_("Such as: bank card, seen today"))


@page("people.edit")
def account(request: Request, person: int) -> HttpResponse:
    """Enter a new bank account; somebody else verifies it."""
    file = _file(request, person)
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(
        request,
        lambda: filing.change_account(person=person, **form.cleaned_data, by=request.actor, at=clock.now()),
        _("Entered. A colleague must verify it before money goes there."),
    ):  # fmt: skip
        return redirect("console:person", person=person)
    given = {"file": file, "form": form, "group": _("Bank account")}
    return render(request, "console/people/record.html", given, status=422 if form.errors else 200)


class VerifyForm(forms.Form):
    """What a second person reads off the paper in front of them."""

    number = forms.CharField(label=_("Account number"), max_length=30,
                             help_text=_("All digits, off the card or passbook, or as its owner reads them to you."),
                             widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))  # fmt: skip


@page("people.edit")
def verify(request: Request, person: int, account: int) -> HttpResponse:
    """A second person confirms an account: they type its number again from the card, and the two must agree."""
    file = _file(request, person)
    row = next((one for one in file.accounts if one.id == account), None)
    if row is None or row.verified:
        raise Http404
    form = VerifyForm(request.POST or None)
    made: list[int] = []

    def act() -> None:
        made.append(filing.verify_account(account=account, number=form.cleaned_data["number"], by=request.actor,
                                          at=clock.now()))  # fmt: skip

    if request.method == "POST" and form.is_valid() and attempt(request, act):
        messages.success(request, _verified(request, person, made[0]))
        return redirect("console:person", person=person)
    given = {"file": file, "form": form, "row": row}
    return render(request, "console/people/verify.html", given, status=422 if request.method == "POST" else 200)


def _verified(request: Request, person: int, account: int) -> str:
    """What the account may be used for now: a first one at once, a changed one after the cooling-off."""
    day = next((one.usable_from for one in _file(request, person).accounts if one.id == account), None)
    if day is None or day <= clock.today():
        return gettext("Verified. Money may go there from now on.")
    return gettext("Verified. It replaces an earlier account, so money goes there from %(day)s.") % {"day": ui.day(day)}


def a_year_on() -> dt.date:
    """The day before a year has gone by."""
    return clock.today() + dt.timedelta(days=364)


class MandateForm(forms.Form):
    """Who may act for this person."""

    kind = forms.ChoiceField(label=_("Who may act"), widget=forms.RadioSelect, choices=[
        ("clerk", _("The clerk (I), who acts for them at the counter or on a visit")), ("proxy", _("A relative or trusted person")),
        ("guardian", _("The guardian"))])  # fmt: skip
    proxy = forms.CharField(label=_("File number of that person"), required=False, max_length=20)
    covers = forms.ChoiceField(label=_("What it covers"), widget=forms.RadioSelect, choices=[
        ("some", _("Only the services ticked below")), ("all", _("Every matter of theirs, the file included"))])  # fmt: skip
    services = forms.MultipleChoiceField(
        label=_("For which services"), required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    until = forms.DateField(label=_("Until"), widget=DayInput(), initial=a_year_on,
                            help_text=_("A year from today, where nothing else was agreed."))  # fmt: skip
    paper = forms.CharField(label=_("From which paper"), max_length=120,
                            help_text=_("Such as: signed mandate, 3 March; spoken, witnessed"))  # fmt: skip

    def __init__(self, *args: Any, services: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["services"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = services

    def clean_until(self) -> dt.date:
        """The last day, which may not have gone by."""
        until: dt.date = self.cleaned_data["until"]
        if until < clock.today():
            raise forms.ValidationError(_("This day has gone by already. A mandate holds until a day to come."))
        return until

    def clean(self) -> None:
        """Everything is a choice of its own: no ticked service never means all of them."""
        covers, chosen = self.cleaned_data.get("covers"), self.cleaned_data.get("services")
        if covers == "some" and not chosen:
            self.add_error("services", _("Tick at least one service, or choose every matter above."))
        if covers == "all":
            self.cleaned_data["services"] = []


def _of_matter(request: Request, person: int) -> tuple[str, str]:
    """The matter that the mandate is wanted for: the page to go back to and its service; blank where there is none."""
    found = MATTER.fullmatch(request.GET.get("back", ""))
    view = casework.case(request.actor, int(found[1]), at=clock.now()) if found else None
    return (found[0], view.row.service) if found and view and view.row.person == person else ("", "")


@page("case.open")
def mandate(request: Request, person: int) -> HttpResponse:
    """Record a mandate: the old man without a phone has his clerk."""
    file = _file(request, person)
    back, wanted = _of_matter(request, person)
    offered = catalogue.visible(request.actor.scope, clock.today()).items()
    services = [(code, words.said(one.service.name)) for code, one in offered]
    services.sort(key=lambda one: one[0] != wanted)
    form = MandateForm(request.POST or None, services=services,
                       initial={"covers": "some", "services": [wanted]} if wanted else None)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act() -> None:
            proxy = queries.person_numbered(request.actor.scope, said["proxy"]) if said["proxy"] else None
            if said["kind"] != "clerk" and proxy is None:
                raise Refusal(gettext("There is no file with that number in your area."))
            actions.give_mandate(person=person, proxy_person=None if said["kind"] == "clerk" else proxy,
                                kind=said["kind"], until=said["until"], paper=said["paper"], by=request.actor,
                                at=clock.now(), services=",".join(said["services"]))  # fmt: skip

        if attempt(request, act, _("The mandate is recorded.")):
            return redirect(back) if back else redirect("console:person", person=person)
    given = {"file": file, "form": form, "group": _("Mandate")}
    return render(request, "console/people/record.html", given, status=422 if form.errors else 200)


@page("case.open")
@require_POST
def mandate_end(request: Request, person: int, mandate: int) -> HttpResponse:
    """End a mandate before its day."""
    _file(request, person)
    if mandate not in {one.id for one in mandates.mandates(request.actor.scope, person, clock.today())}:
        raise Http404
    reason = request.POST.get("reason", "")
    attempt(request, lambda: actions.end_mandate(mandate=mandate, reason=reason, by=request.actor, at=clock.now()),
            _("The mandate has ended; what was done under it stays done."))  # fmt: skip
    return redirect("console:person", person=person)


@page("people.view")
def explained(request: Request, person: int, code: str) -> HttpResponse:
    """Why this person is or is not entitled to one service: every condition, what it looked at, its law."""
    file = _file(request, person)
    found = catalogue.explain(person=person, family=file.person.family, day=clock.today(), service=code,
                              scope=request.actor.scope)  # fmt: skip
    if not found:
        raise Http404
    given = {"file": file, "one": found[0], "name": words.said(found[0].service.name),
             "conditions": conditions(found[0]),
             "verdict": words.of(words.VERDICTS, found[0].verdict)}  # fmt: skip
    return render(request, "console/people/explained.html", given)


urls: list[URLPattern] = [
    path("people/<int:person>/", person, name="person"),
    path("people/<int:person>/reveal/", reveal, name="person-reveal"),
    path("people/<int:person>/account/", account, name="person-account"),
    path("people/<int:person>/account/<int:account>/verify/", verify, name="person-verify"),
    path("people/<int:person>/mandate/", mandate, name="person-mandate"),
    path("people/<int:person>/mandate/<int:mandate>/end/", mandate_end, name="person-mandate-end"),
    path("people/<int:person>/why/<slug:code>/", explained, name="person-why"),
]
