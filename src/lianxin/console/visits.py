"""Visits: whom to go to, a route for one worker, the list in large print, and what was found."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import sealedfiles
from lianxin.access.gate import Request, page
from lianxin.access.queries import area_names, colleagues
from lianxin.access.templatetags.ui import full_day
from lianxin.campaigns import visiting, visitlist, visitplan, visitsync
from lianxin.console import line, lists, papercodes, visitwords, words
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField, ScopedForm
from lianxin.console.dayfield import DayInput
from lianxin.console.letters import pdf
from lianxin.engine import clock, paper
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.people import homes

TEMPLATE = Path(__file__).with_name("visits.typ")
SHOWN = 200  # candidates of one page
HALF = 183  # days over which the head of the page counts


class PlanForm(ScopedForm):
    """Whom to look for."""

    occasion = forms.ChoiceField(label=_("Occasion"), choices=tuple(visitwords.OCCASIONS.items()))
    area = AreaField(label=_("Place"), help_text="")
    mark = forms.ChoiceField(label=_("Only those with"), required=False, choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mark"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("all")), *visitwords.marks()]


@page(visiting.PERMISSION)
def visits(request: Request) -> HttpResponse:
    """The lists of one's area: who goes where, how far they are; and how many households were visited at all."""
    actor, at = request.actor, clock.now()
    listing = lists.Listing(
        "visits", _("Visits"),
        (
            lists.Column("for_on", _("For"), "day"),
            lists.Column("name", _("List"), head=True, href=lambda row: reverse("console:visit-list", args=[row.id]),
                         small=lambda row: words.of(visitwords.OCCASIONS, row.occasion)),
            lists.Column("area", _("Place"), "area"),
            lists.Column("who", _("Who goes")),
            lists.Column("visited", _("Visited"), value=visitwords.progress),
            lists.Column("state", _("State"), value=visitwords.state, tone=visitwords.tone),
        ),
        (
            lists.Filter("mine", _("Whose"), (("yes", _("mine")),)),
            lists.Filter("state", _("State"), (("open", _("going on")), ("back", _("handed back")), ("ended", _("ended")))),
        ),
        empty=_("No visits planned yet"), template="console/campaigns/visits.html", form_title=_("Visits"),
        empty_words=_("Choose an occasion and a place; the households come in the order of the streets."),
    )  # fmt: skip

    def fetch(asked: lists.Asked) -> lists.Page:
        found = visitlist.lists(actor, at=at, state=asked.get("state"), mine=bool(asked.get("mine")), after=asked.after,
                                limit=asked.limit)  # fmt: skip
        return lists.Rows(found.rows, found.next)

    def counted() -> dict[str, Any]:
        today = clock.today()
        return {"coverage": visitplan.coverage(actor.scope, area=actor.area, from_on=today - dt.timedelta(days=HALF),
                                               to_on=today), "half": HALF}  # fmt: skip

    return lists.show(request, listing, fetch, later=counted)


@page(visiting.PERMISSION)
def plan(request: Request) -> HttpResponse:
    """Households for an occasion, in the order of the streets; ticked, they become a list for one worker."""
    actor, at, today = request.actor, clock.now(), clock.today()
    given = request.GET.dict()
    given.setdefault("occasion", "round")
    given["area"] = given.get("area") or actor.area
    form = PlanForm(given, scope=actor.scope)
    found: list[visitplan.Candidate] = []
    if form.is_valid():
        asked = form.cleaned_data
        attempt(request, lambda: found.extend(visitplan.candidates(
            actor.scope, area=asked["area"] or actor.area, occasion=asked["occasion"], mark=asked["mark"], day=today,
            at=at)))  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = _planned(request, form.cleaned_data, {one.home.household.id: one for one in found})
        if made is not None:
            messages.success(
                request, gettext("Planned, in the order of the streets. Move by hand what should come earlier.")
            )
            return redirect("console:visit-list", visits=made)
    occasion = words.of(visitwords.OCCASIONS, given["occasion"])
    shown = {
        "form": form, "rows": [visitwords.candidate(one) for one in found[:SHOWN]], "more": max(len(found) - SHOWN, 0),
        "workers": colleagues(actor.office), "me": actor.account, "today": today.isoformat(), "most": visiting.MOST,
        "name": f"{occasion} · {full_day(today)}",
    }  # fmt: skip
    return render(request, "console/campaigns/visit_plan.html", shown, status=422 if request.method == "POST" else 200)


def _planned(request: Request, asked: dict[str, Any], found: dict[int, visitplan.Candidate]) -> int | None:
    chosen = [
        number for one in request.POST.getlist("family") if (number := number_of(one)) in found and number is not None
    ]
    made: list[int] = []

    def act() -> None:
        stops = {one: (found[one].why, request.POST.get(f"words-{one}", "")) for one in chosen}
        listed = visiting.plan(
            name=request.POST.get("name", ""), occasion=asked["occasion"], area=asked["area"] or request.actor.area,
            account=_account(request), for_on=_day(request), stops=stops, cases={one: found[one].case for one in chosen},
            by=request.actor, at=clock.now(),
        )  # fmt: skip
        made.append(listed.pk)

    attempt(request, act)
    return made[0] if made else None


def _account(request: Request) -> int:
    return number_of(request.POST.get("account", "")) or request.actor.account or 0


def _day(request: Request) -> dt.date:
    try:
        return dt.date.fromisoformat(request.POST.get("for_on", ""))
    except ValueError as unread:
        raise Refusal(gettext("Choose a day.")) from unread


def _found(request: Request, visits: int) -> visitlist.Visits:
    found = visitlist.one(request.actor, visits, at=clock.now())
    if found is None:
        raise Http404
    return found


@page(visiting.PERMISSION)
def visit_list(request: Request, visits: int) -> HttpResponse:
    """One list: the route, what was found, what waits for a decision."""
    found, actor = _found(request, visits), request.actor
    rows = visitlist.stops(actor, visits, day=clock.today())
    given = {
        "one": found, "rows": [visitwords.stop(row) for row in rows], "today": clock.today().isoformat(),
        "workers": colleagues(actor.office), "mine": found.account == actor.account,
        "occasion": words.of(visitwords.OCCASIONS, found.occasion), "state": visitwords.state(found),
        "tone": visitwords.tone(found),
    }  # fmt: skip
    return render(request, "console/campaigns/visit_list.html", given)


@page(visiting.PERMISSION)
@require_POST
def visit_act(request: Request, visits: int, what: str) -> HttpResponse:
    """Move a stop, sort anew, take one off, give the list to somebody, end it."""
    _found(request, visits)
    by, at = request.actor, clock.now()
    stop = number_of(request.POST.get("stop", "")) or 0
    calls: dict[str, tuple[Any, Any]] = {
        "up": (lambda: visiting.reorder(visits=visits, order=_moved(request, visits, stop, -1), by=by, at=at), ""),
        "down": (lambda: visiting.reorder(visits=visits, order=_moved(request, visits, stop, 1), by=by, at=at), ""),
        "drop": (lambda: visiting.drop(visits=visits, stop=stop, by=by, at=at), _("Taken off the list.")),
        "give": (lambda: visiting.give(visits=visits, account=_account(request), for_on=_day(request), by=by, at=at),
                 _("Given over.")),
        "end": (lambda: visiting.end(visits=visits, by=by, at=at),
                _("Ended. Whoever was not visited counts as not visited.")),
    }  # fmt: skip
    if what not in calls:
        raise Http404
    attempt(request, *calls[what])
    here = reverse("console:visit-list", args=[visits])
    return redirect(f"{here}#stop-{stop}" if stop and what in {"up", "down"} else here)


def _moved(request: Request, visits: int, stop: int, by: int) -> list[int]:
    order = [row.id for row in visitlist.stops(request.actor, visits, day=clock.today())]
    if stop not in order:
        raise Refusal(gettext("This household is not on the list; nothing was changed."))
    place = order.index(stop)
    other = min(max(place + by, 0), len(order) - 1)
    order[place], order[other] = order[other], order[place]
    return order


@page(visiting.PERMISSION)
@require_POST
def visit_print(request: Request, visits: int) -> HttpResponse:
    """The list in large print: a box to tick, room for what was found, a line to sign; scanned, it opens again."""
    found, actor, at = _found(request, visits), request.actor, clock.now()
    rows = [row for row in visitlist.stops(actor, visits, day=clock.today()) if row.home is not None]
    opens = reverse("console:visit-list", args=[visits])
    code = papercodes.of_object(request, "route", opens)
    chinese = (get_language() or "zh").startswith("zh")
    place = area_names([found.area]).get(found.area, ("", ""))[0 if chinese else 1]
    data = {
        "title": found.name, "lang": "zh" if chinese else "en",
        "head": f"{place} · {found.who} · {full_day(found.for_on)}", "labels": visitwords.paper_labels(),
        "stops": [visitwords.on_paper(row) for row in rows],
    }  # fmt: skip
    return pdf(paper.pdf(TEMPLATE, data, at=at, code=code), "visits")


class RecordForm(forms.Form):
    """What a visit found, typed at the desk from paper."""

    outcome = forms.ChoiceField(
        label=_("How was it"), widget=forms.RadioSelect, choices=tuple(visitwords.FOUND.items())
    )
    on = forms.DateField(label=_("On which day"), widget=DayInput())
    words = forms.CharField(
        label=_("What the visit found"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    minutes = forms.IntegerField(label=_("How many minutes it took"), required=False, min_value=1, max_value=1000)
    kind = forms.ChoiceField(label=_("They need"), required=False, choices=())
    need = forms.CharField(label=_("What about, in their words"), required=False, max_length=1000)
    person = forms.TypedChoiceField(
        label=_("The file is wrong for"), required=False, coerce=int, empty_value=None, choices=()
    )
    phone = forms.CharField(label=_("New phone"), required=False, max_length=20)
    address = forms.CharField(label=_("New door number"), required=False, max_length=100)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], home: homes.Home, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lived = [(one.person.id, one.person.name) for one in home.members]
        for name, choices in (("kind", kinds), ("person", lived)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "—"), *choices]

    def clean(self) -> dict[str, Any]:
        """A need has both its kind and its words; a correction says whose it is."""
        said = super().clean() or {}
        if bool(said.get("kind")) != bool((said.get("need") or "").strip()):
            self.add_error("need", _("Say what kind of need it is and what it is about."))
        if (said.get("phone") or said.get("address")) and not said.get("person"):
            self.add_error("person", _("Say whose phone or address it is."))
        return said


@page(visiting.PERMISSION)
def visit_record(request: Request, stop: int) -> HttpResponse:
    """Write down one visit at the desk, from the printed list or from memory."""
    listed = visitlist.list_of(stop)
    found = _found(request, listed) if listed else None
    rows = visitlist.stops(request.actor, found.id, day=clock.today(), stop=stop) if found else []
    if found is None or not rows or rows[0].home is None:
        raise Http404
    home = rows[0].home
    kinds = [(one.code, one.name) for one in line.kinds(request)]
    form = RecordForm(request.POST or None, kinds=kinds, home=home,
                      initial={"key": uuid.uuid4(), "on": clock.today(), "outcome": "met"})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        answer = visitsync.receive(reports=[_said(stop, rows[0], form.cleaned_data)], by=request.actor, at=clock.now())[
            0
        ]
        if answer.state == "refused":
            messages.error(request, answer.words)
        else:
            told = (
                gettext("Recorded; something had changed meanwhile, look below.")
                if answer.state == "conflict"
                else gettext("Recorded.")
            )
            messages.success(request, told)
            return redirect("console:visit-list", visits=found.id)
    given = {"one": found, "stop": visitwords.stop(rows[0]), "form": form}
    return render(
        request, "console/campaigns/visit_record.html", given, status=422 if request.method == "POST" else 200
    )


def _said(stop: int, row: visitlist.StopShown, said: dict[str, Any]) -> visitsync.Said:
    """What was typed, under keys that follow from the page's own: a second click is the same report."""
    key, at = said["key"], clock.now()
    parts = []
    if said["kind"]:
        parts.append(visitsync.SaidPart(str(uuid.uuid5(key, "need")), "need", said["kind"], words=said["need"]))
    parts += [
        visitsync.SaidPart(str(uuid.uuid5(key, name)), "correction", name, value=said[name], person=said["person"])
        for name in visitsync.FIELDS
        if said[name]
    ]
    happened = min(at, clock.midnight(said["on"]) + dt.timedelta(hours=12)) if said["on"] != clock.today() else at
    lock = visitlist.locks([row.case]).get(row.case) if row.case else None
    return visitsync.Said(
        str(key), stop, said["outcome"], happened, at, str(uuid.uuid5(key, "visit")), lock, said["words"], said["minutes"],
        parts=parts,
    )  # fmt: skip


@page(visiting.PERMISSION)
@require_POST
def visit_decide(request: Request, visits: int) -> HttpResponse:
    """What had changed meanwhile, decided at the desk by whoever went: theirs stays, or the visit counts as well."""
    _found(request, visits)
    part = visitsync.SaidPart(request.POST.get("part", ""), "", "")
    mine = request.POST.get("mine") == "yes"
    answer = visitsync.decide(
        part=part, report=request.POST.get("report", ""), mine=mine, by=request.actor, at=clock.now()
    )
    if answer.state == "refused":
        messages.error(request, answer.words)
    return redirect("console:visit-list", visits=visits)


@page(visiting.PERMISSION)
def visit_signature(request: Request, report: int) -> HttpResponse:
    """The signature that was drawn on a visit."""
    digest = visitlist.signature_of(request.actor, report, at=clock.now())
    if digest is None:
        raise Http404
    response = HttpResponse(sealedfiles.read(digest), content_type="image/png")
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


urls: list[URLPattern] = [
    path("visits/", visits, name="visits"),
    path("visits/plan/", plan, name="visit-plan"),
    path("visits/<int:visits>/", visit_list, name="visit-list"),
    path("visits/<int:visits>/do/<slug:what>/", visit_act, name="visit-act"),
    path("visits/<int:visits>/decide/", visit_decide, name="visit-decide"),
    path("visits/<int:visits>/print/", visit_print, name="visit-print"),
    path("visits/stops/<int:stop>/", visit_record, name="visit-record"),
    path("visits/signatures/<int:report>/", visit_signature, name="visit-signature"),
]
