"""Who gives: volunteers, shops and units by what they offer, kept by staff; partners by their agreement and plaque."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.campaigns import actions, kinds
from lianxin.campaigns import queries as campaigns
from lianxin.cards import hearing
from lianxin.console import lists
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField, ScopedForm
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.scope import Scope
from lianxin.partners import queries as partners

DAYS = (
    ("1", _("Mon")),
    ("2", _("Tue")),
    ("3", _("Wed")),
    ("4", _("Thu")),
    ("5", _("Fri")),
    ("6", _("Sat")),
    ("7", _("Sun")),
)


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of help of the catalogue, in the page's language."""
    place = 0 if get_language() == "zh-hans" else 1
    return [(code, pair[place]) for code, pair in kinds.helps(clock.today()).items()]


def kind_name(code: str) -> str:
    """One kind of help."""
    return dict(kind_choices()).get(code, code)


def _name(row: partners.Partner | campaigns.Offer) -> str:
    return row.name if get_language() == "zh-hans" else row.name_en


def when(row: campaigns.Offer) -> str:
    """On which days and hours."""
    days = [str(name) for code, name in DAYS if code in row.weekdays]
    comma = "、" if get_language() == "zh-hans" else ", "
    return " ".join(part for part in (comma.join(days), row.hours) if part) or gettext("always")


def state(row: campaigns.Offer) -> str:
    """Whether they may be asked now."""
    if row.paused:
        return gettext("pauses")
    if row.full:
        return gettext("full this week")
    return gettext("open now") if row.open_now else gettext("closed now")


def _tone(row: campaigns.Offer) -> str:
    return "amber" if row.paused or row.full else "pine" if row.open_now else ""


def _givers(scope: Scope) -> lists.Listing:
    """The list; an offer of an area above opens for those who keep it, and is read by those whom it serves."""
    return lists.Listing(
        "givers", _("Who can help"),
        (
            lists.Column("name", _("Name"), head=True, value=_name,
                         href=lambda row: reverse("console:offer", args=[row.id]) if scope.covers(row.area) else ""),
            lists.Column("kind", _("What"), value=lambda row: kind_name(row.kind), small=lambda row: row.thing),
            lists.Column("area", _("Serves"), "area"),
            lists.Column("hours", _("Hours"), value=when),
            lists.Column("per_week", _("A week"),
                         value=lambda row: f"{row.this_week}/{row.per_week}" if row.per_week else ""),
            lists.Column("open_now", _("Now"), value=state, tone=_tone),
            lists.Column("load", _("In hand"), "number"),
            lists.Column("asked_at", _("Last asked"), "since"),
            lists.Column("phone", _("Phone")),
        ),
        (
            lists.Filter("kind", _("What"), kind_choices(), kind="select"),
            lists.Filter("state", _("State"), (("open", _("may be asked")), ("paused", _("pauses")))),
            lists.Filter("text", _("Name or thing"), kind="text"),
        ),
        words=_("Volunteer teams, shops and units that answer when a household asks. Whoever is near, free and was asked "
                "longest ago is suggested first."),
        empty=_("Nobody has offered yet"), export="case.dispatch", template="console/campaigns/givers.html",
    )  # fmt: skip


def _partners(upheld: dict[int, int], limit: int) -> lists.Listing:
    """The list of agreements; ``upheld`` refusals within a year count against the plaque."""
    return lists.Listing(
        "partners", _("Partners"),
        (
            lists.Column("name", _("Name"), head=True, value=_name),
            lists.Column("plaque", _("Plaque")),
            lists.Column("offer", _("What it offers")),
            lists.Column("area", _("Area"), "area"),
            lists.Column("phone", _("Phone")),
            lists.Column("since", _("Agreed on"), "day"),
            lists.Column("until", _("Until"), "day"),
            lists.Column("state", _("State"), value=lambda row: gettext("in force") if row.in_force else gettext("ended"),
                         tone=lambda row: "gold" if row.in_force else ""),
            lists.Column("upheld", _("Refusals upheld within a year"), value=lambda row: upheld.get(row.office) or "",
                         tone=lambda row: "red" if upheld.get(row.office, 0) >= limit else "amber" if row.office in upheld else "",
                         small=lambda row: gettext("the plaque should come down") if upheld.get(row.office, 0) >= limit else ""),
        ),
        (lists.Filter("state", _("State"), (("open", _("in force")), ("ended", _("ended")))),
         lists.Filter("text", _("Name or plaque"), kind="text")),
        words=_("Shops, hospitals, lines and sites with an agreement; the plaque hangs while it is in force."),
        empty=_("No partner yet"), export="case.dispatch",
    )  # fmt: skip


@page("case.dispatch")
def givers(request: Request) -> HttpResponse:
    """Offers of help for one's area: its own givers, and those of the areas over it that serve it."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = campaigns.offered(request.actor.scope, clock.now(), kind=asked.get("kind"), text=asked.get("text"),
                                 state=asked.get("state"), limit=asked.limit, after=number_of(asked.after) or 0)  # fmt: skip
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, _givers(request.actor.scope), fetch)


@page("case.dispatch")
def agreements(request: Request) -> HttpResponse:
    """Agreements of one's area and of the areas over it."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = partners.agreements(request.actor.scope, clock.today(), state=asked.get("state"),
                                   text=asked.get("text"), limit=asked.limit, after=number_of(asked.after), above=True)  # fmt: skip
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    at = clock.now()
    found = _partners(hearing.upheld(request.actor.scope, at=at), hearing.limit(clock.day(at)))
    return lists.show(request, found, fetch)


class OfferForm(ScopedForm):
    """What a giver offers."""

    kinds = forms.MultipleChoiceField(label=_("What"), widget=forms.CheckboxSelectMultiple)
    thing = forms.CharField(label=_("A thing that is lent or given"), max_length=120, required=False)
    area = AreaField(label=_("For the households of"))
    weekdays = forms.MultipleChoiceField(label=_("On which days"), choices=DAYS, required=False,
                                         widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: every day."))  # fmt: skip
    hours = forms.CharField(label=_("Hours"), max_length=40, required=False,
                            help_text=_("Like 08:00-12:00,14:00-18:00; empty for always."))  # fmt: skip
    per_week = forms.IntegerField(label=_("How many a week"), min_value=1, max_value=500, required=False,
                                  help_text=_("Empty: as many as come."))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"] = forms.MultipleChoiceField(
            label=_("What"), choices=kind_choices(), widget=forms.CheckboxSelectMultiple
        )

    def said(self) -> dict[str, Any]:
        """What :func:`lianxin.campaigns.actions.offer` is told."""
        given = self.cleaned_data
        return {
            "kinds": given["kinds"], "thing": given["thing"], "area": given["area"], "hours": given["hours"],
            "weekdays": "".join(given["weekdays"]), "per_week": given["per_week"],
        }  # fmt: skip


def initial(one: campaigns.Offer) -> dict[str, Any]:
    """An offer as its form begins."""
    return {"kinds": [one.kind], "thing": one.thing, "area": one.area, "weekdays": list(one.weekdays), "hours": one.hours,
            "per_week": one.per_week}  # fmt: skip


@page("case.dispatch")
def new(request: Request) -> HttpResponse:
    """Write down what a giver of one's area offers."""
    by = request.actor
    form = OfferForm(request.POST or None, scope=by.scope, initial={"area": by.area})
    offices = [(str(pk), english if get_language() != "zh-hans" else name)
               for pk, name, english in campaigns.offices_near(by.area)]  # fmt: skip
    form.fields["office"] = forms.ChoiceField(label=_("Volunteers, shop or unit"), choices=offices)
    form.order_fields(["office"])
    if request.method == "POST" and form.is_valid() and attempt(
        request,
        lambda: actions.offer(office=int(form.cleaned_data["office"]), **form.said(), by=by, at=clock.now()),
        _("Kept. They are suggested from now on."),
    ):  # fmt: skip
        return redirect("console:givers")
    given = {"form": form, "heading": _("Write an offer down"), "back": reverse("console:givers")}
    return render(request, "console/campaigns/offer.html", given, status=422 if form.errors else 200)


@page("case.dispatch")
def offer(request: Request, offer: int) -> HttpResponse:
    """One offer: change, pause or end it."""
    by, at = request.actor, clock.now()
    one = campaigns.offer_of(by.scope, offer, at)
    if one is None or not by.scope.covers(one.area):
        raise Http404
    form = OfferForm(request.POST or None, scope=by.scope, initial=initial(one))
    if request.method == "POST" and form.is_valid() and attempt(
        request, lambda: actions.offer(office=one.office, **form.said(), by=by, at=at), _("Kept.")
    ):  # fmt: skip
        return redirect("console:givers")
    given = {"form": form, "heading": _name(one), "one": one, "state": state(one), "back": reverse("console:givers"),
             "pause": PauseForm(initial={"until": one.paused_until or clock.today() + dt.timedelta(days=14)}),
             "may_stop": reverse("console:offer-stop", args=[one.id])}  # fmt: skip
    return render(request, "console/campaigns/offer.html", given, status=422 if form.errors else 200)


class PauseForm(forms.Form):
    """Until when somebody pauses."""

    until = forms.DateField(label=_("Pause until"), widget=DayInput())


@page("case.dispatch")
@require_POST
def stop(request: Request, offer: int) -> HttpResponse:
    """Pause, take up again, or end an offer of one's area."""
    one = campaigns.offer_of(request.actor.scope, offer, clock.now())
    if one is None or not request.actor.scope.covers(one.area):
        raise Http404
    stopped(request, offer)
    return redirect("console:givers")


def stopped(request: Request, offer: int) -> bool:
    """Do with an offer what the button says; whoever calls has shown that the actor may see it."""
    by, at, what = request.actor, clock.now(), request.POST.get("what", "")
    if what == "end":
        return attempt(
            request, lambda: actions.withdraw(offers=[offer], by=by, at=at), _("Ended. Thank you for all of it.")
        )
    if what == "on":
        return attempt(request, lambda: actions.pause(offers=[offer], until=None, by=by, at=at), _("Open again."))
    form = PauseForm(request.POST)
    until = form.cleaned_data["until"] if form.is_valid() else clock.today() - dt.timedelta(days=1)
    return attempt(request, lambda: actions.pause(offers=[offer], until=until, by=by, at=at), _("Paused."))


urls: list[URLPattern] = [
    path("givers/", givers, name="givers"),
    path("givers/new/", new, name="offer-new"),
    path("givers/<int:offer>/", offer, name="offer"),
    path("givers/<int:offer>/stop/", stop, name="offer-stop"),
    path("partners/", agreements, name="partners"),
]
