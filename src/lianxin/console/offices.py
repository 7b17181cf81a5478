"""Offices, their desks and who sits there; who stands in for whom; what somebody hands over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import handing, queries, standing
from lianxin.access.gate import Request, page
from lianxin.console import lists, papercodes, words
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField, ScopedForm
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.asked import number_of

KINDS = words.OFFICE_KINDS
HELD: dict[str, words.Words] = {
    "cases": _("cases taken up"), "mandates": _("mandates held for others"), "desks": _("seats at desks"),
    "absences": _("colleagues they stand in for"),
}  # fmt: skip
DAY = DayInput()
LISTING = lists.Listing(
    "offices", _("Offices and desks"),
    (
        lists.Column("name", _("Office"), head=True, href=lambda row: reverse("console:office", args=[row.id])),
        lists.Column("kind", _("Kind"), value=lambda row: words.of(KINDS, row.kind)),
        lists.Column("area", _("Area"), "area"),
        lists.Column("phone", _("Phone")),
        lists.Column("hours", _("Open")),
        lists.Column("open", _("State"), value=lambda row: "" if row.open else str(_("closed"))),
    ),
    (lists.Filter("kind", _("Kind"), tuple(KINDS.items()), kind="select"),
     lists.Filter("text", _("Name or area code"), kind="text")),
    template="console/access/offices.html",
)  # fmt: skip


class NewOffice(ScopedForm):
    """An office over an area."""

    name = forms.CharField(label=_("Name of the office"), max_length=80)
    english = forms.CharField(label=_("English name"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[*KINDS.items()])
    area = AreaField()
    phone = forms.CharField(label=_("Public phone"), max_length=40, required=False)
    hours = forms.CharField(label=_("Opening hours"), max_length=120, required=False,
                            help_text=_("As the door says them, for example: Mon–Fri 9:00–12:00, 13:30–17:00"))  # fmt: skip


class OfficeForm(forms.Form):
    """What an office is called and how it is reached."""

    name = forms.CharField(label=_("Name of the office"), max_length=80)
    english = forms.CharField(label=_("English name"), max_length=120, required=False)
    phone = forms.CharField(label=_("Public phone"), max_length=40, required=False)
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    hours = forms.CharField(label=_("Opening hours"), max_length=120, required=False)
    stays = forms.BooleanField(label=_("This office is open"), required=False)


class StandInForm(forms.Form):
    """Who stands in, from when to when."""

    substitute = forms.ChoiceField(label=_("Who stands in"))
    since = forms.DateField(label=_("From"), widget=DAY)
    until = forms.DateField(label=_("To, this day included"), widget=DAY)

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["substitute"]
        field.choices = colleagues


@page("offices.manage")
def offices(request: Request) -> HttpResponse:
    """Every office of one's own area."""

    def fetch(asked: lists.Asked) -> lists.Page:
        return standing.offices(request.actor.scope, text=asked.get("text"), kind=asked.get("kind"), after=asked.after,
                                limit=asked.limit)  # fmt: skip

    return lists.show(request, LISTING, fetch)


@page("offices.manage")
def new(request: Request) -> HttpResponse:
    """Open an office."""
    form = NewOffice(request.POST or None, scope=request.actor.scope)
    if request.method == "POST" and form.is_valid():
        made: list[int] = []
        if attempt(request, lambda: made.append(standing.open_office(**form.cleaned_data, by=request.actor, at=clock.now())),
                   _("The office is open.")):  # fmt: skip
            return redirect("console:office", office=made[0])
    return render(request, "console/access/office_new.html", {"form": form}, status=422 if form.errors else 200)


@page("offices.manage")
def office(request: Request, office: int) -> HttpResponse:
    """One office: how it is reached, its desks, who sits there."""
    row = standing.office(request.actor.scope, office, clock.today())
    if row is None:
        raise Http404
    before = {"name": row.name, "english": row.english, "phone": row.phone, "address": row.address, "hours": row.hours,
              "stays": row.open}  # fmt: skip
    form = OfficeForm(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        attempt(request, lambda: standing.change_office(office=row.id, **form.cleaned_data, by=request.actor, at=clock.now()),
                _("Saved."))  # fmt: skip
        return redirect("console:office", office=row.id)
    given = {"row": row, "form": form, "colleagues": queries.colleagues(row.id), "kind": words.of(KINDS, row.kind)}
    return render(request, "console/access/office.html", given, status=422 if form.errors else 200)


@page("offices.manage")
@require_POST
def desk(request: Request, office: int, what: str) -> HttpResponse:
    """Add or close a desk, seat somebody, let somebody get up."""
    if standing.office(request.actor.scope, office, clock.today()) is None:
        raise Http404
    by, at = request.actor, clock.now()
    numbers = {name: number_of(request.POST.get(name, "")) or 0 for name in ("desk", "account")}
    if what == "add":
        attempt(request, lambda: standing.add_desk(office=office, name=request.POST.get("name", ""), by=by, at=at))
    elif what == "close":
        attempt(request, lambda: standing.close_desk(desk=numbers["desk"], by=by, at=at), _("The desk is closed."))
    elif what in {"sit", "up"}:
        attempt(request, lambda: standing.sit(**numbers, up=what == "up", by=by, at=at))
    else:
        raise Http404
    return redirect("console:office", office=office)


@page("home")
def absence(request: Request) -> HttpResponse:
    """Who stands in for me while I am away; for whom I stand in; to hand everything over before I leave."""
    actor, today = request.actor, clock.today()
    me = actor.account or 0
    colleagues = [(pk, name) for pk, name in queries.colleagues(actor.office) if pk != me]
    form = StandInForm(request.POST or None, colleagues=colleagues, initial={"since": today})
    if request.method == "POST" and form.is_valid() and actor.stands_for is None:
        said = form.cleaned_data
        attempt(request, lambda: standing.stand_in(account=me, substitute=int(said["substitute"]), since=said["since"],
                                                   until=said["until"], by=actor, at=clock.now()),
                _("Your colleague stands in on those days; it ends by itself."))  # fmt: skip
        return redirect("console:absence")
    held = handing.in_hands([me], today).get(me, {})
    given = {
        "form": form, "colleagues": colleagues, "mine": standing.absences(me, today), "held": _held(held), "account": me,
        "others": standing.stands_in_for(me, today),
    }  # fmt: skip
    return render(request, "console/access/absence.html", given, status=422 if form.errors else 200)


def _held(held: dict[str, int]) -> list[tuple[words.Words, int]]:
    return [(words.of(HELD, kind), count) for kind, count in held.items()]


@page("home")
@require_POST
def stand(request: Request, what: str) -> HttpResponse:
    """Begin or leave off doing an absent colleague's work; end a standing-in early."""
    number = request.POST.get("number", "")
    if what == "leave":
        request.session.pop("stands_for", None)
    elif what == "begin" and number_of(number) is not None and request.actor.stands_for is None:
        if standing.standing_for(request.actor, int(number), clock.now()) is None:
            raise Http404
        request.session["stands_for"] = int(number)
        return redirect("console:home")
    elif what == "end" and number_of(number) is not None:
        attempt(
            request,
            lambda: standing.end_stand_in(row=int(number), by=request.actor, at=clock.now()),
            _("It has ended."),
        )
    else:
        raise Http404
    return redirect("console:absence")


@page("home")
@require_POST
def hand_over(request: Request) -> HttpResponse:
    """Give everything in one's own hands (or, as a keeper of accounts, in somebody's) to colleagues; shows the receipt."""
    account = request.POST.get("account", "")
    to = [one for one in map(number_of, request.POST.getlist("to")) if one is not None]
    if number_of(account) is None:
        raise Http404
    made: list[handing.Receipt] = []
    if not attempt(request, lambda: made.append(handing.hand_over(account=int(account), to=to, by=request.actor,
                                                                  at=clock.now()))):  # fmt: skip
        own = int(account) == request.actor.account
        return redirect("console:absence") if own else redirect("console:account", account=int(account))
    given = {"receipt": made[0], "moved": _held(made[0].moved),
             "printed": papercodes.of_form(request, "form", reverse("console:absence"))}  # fmt: skip
    return render(request, "console/access/handed_over.html", given)


urls: list[URLPattern] = [
    path("offices/", offices, name="offices"),
    path("offices/new/", new, name="office-new"),
    path("offices/<int:office>/", office, name="office"),
    path("offices/<int:office>/desks/<slug:what>/", desk, name="office-desk"),
    path("away/", absence, name="absence"),
    path("away/hand-over/", hand_over, name="hand-over"),
    path("away/<slug:what>/", stand, name="stand"),
]
