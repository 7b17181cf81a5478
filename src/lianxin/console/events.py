"""Life of the place: programmes and their events, as whoever keeps them plans, changes and cancels them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.campaigns import calendar
from lianxin.campaigns import events as actions
from lianxin.campaigns.events import Said
from lianxin.console import eventwords, lists, words
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField, ScopedForm
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.asked import number_of

WHEN = (("tick", _("to be closed")), ("past", _("took place")), ("cancelled", _("cancelled")))


def _address(row: calendar.Shown) -> str:
    return reverse("console:event", args=[row.id])


def listing() -> lists.Listing:
    """The list of events."""
    return lists.Listing(
        "events", _("Classes and events"),
        (
            lists.Column("title", _("Title"), head=True, value=eventwords.title, href=_address,
                         small=eventwords.programme),
            lists.Column("kind", _("Kind"), value=lambda row: eventwords.kind(row.kind)),
            lists.Column("starts_at", _("Begins"), "moment"),
            lists.Column("place", _("Place")),
            lists.Column("area", _("For"), "area"),
            lists.Column("taken", _("Places"), value=eventwords.places,
                         tone=lambda row: "amber" if row.left == 0 else ""),
            lists.Column("waiting", _("Waiting"), "number", value=lambda row: row.waiting or None),
            lists.Column("came", _("Came"), "number", value=lambda row: (row.came + row.unnamed) or None),
            lists.Column("state", _("State"), value=lambda row: words.of(eventwords.STATES, row.state),
                         tone=lambda row: eventwords.TONES.get(row.state, "")),
        ),
        (
            lists.Filter("when", _("When"), WHEN),
            lists.Filter("kind", _("Kind"), eventwords.kind_choices(), kind="select"),
            lists.Filter("text", _("Title or place"), kind="text"),
        ),
        words=_("What is ahead in your area; the chips show what is to be closed, took place or was cancelled."),
        empty=_("Nothing is planned"), empty_words=_("Begin a programme, then plan its first event."),
        export="event.keep", template="console/campaigns/events.html",
    )  # fmt: skip


@page("event.keep")
def events(request: Request) -> HttpResponse:
    """Events of one's area."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows, after = calendar.kept(
            request.actor.scope, at=clock.now(), when=asked.get("when") or "ahead", kind=asked.get("kind"),
            text=asked.get("text"), after=asked.after, limit=asked.limit,
        )  # fmt: skip
        return lists.Rows(rows, after)

    return lists.show(request, listing(), fetch)


class ProgrammeForm(ScopedForm):
    """A programme to begin."""

    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name of the programme"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    words = forms.CharField(label=_("What goes on there"), max_length=400, required=False,
                            widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip
    area = AreaField(label=_("For the households of"))


@page("event.keep")
def programmes(request: Request) -> HttpResponse:
    """Programmes of one's area, and one more."""
    by = request.actor
    form = ProgrammeForm(request.POST or None, scope=by.scope, initial={"area": by.area})
    form.fields["kind"] = forms.ChoiceField(
        label=_("Kind"), choices=eventwords.kind_choices(), widget=forms.RadioSelect
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made: list[Any] = []
        if attempt(request, lambda: made.append(actions.begin(**given, by=by, at=clock.now())),
                   _("Begun. Plan its first event.")):  # fmt: skip
            return redirect("console:event-new", programme=made[0].pk)
    running, ended = calendar.programmes(by.scope), calendar.programmes(by.scope, ended=True)
    lists.know_codes(request, [one.area for one, _n in (*running, *ended)])

    def shown(rows: list[tuple[Any, int]]) -> list[dict[str, Any]]:
        return [{"row": row, "n": n, "name": eventwords.said((row.name, row.name_en or row.name)),
                 "kind": eventwords.kind(row.kind)} for row, n in rows]  # fmt: skip

    given = {"running": shown(running), "ended": shown(ended), "form": form}
    return render(request, "console/campaigns/programmes.html", given, status=422 if form.errors else 200)


@page("event.keep")
@require_POST
def programme_end(request: Request, programme: int) -> HttpResponse:
    """No more events of this programme."""
    if calendar.programme(request.actor.scope, programme) is None:
        raise Http404
    attempt(request, lambda: actions.end(programme=programme, by=request.actor, at=clock.now()), _("Ended."))
    return redirect("console:programmes")


class EventForm(forms.Form):
    """What an event is to be."""

    title = forms.CharField(label=_("Title"), max_length=60)
    title_en = forms.CharField(label=_("Title in English"), max_length=80, required=False)
    on = forms.DateField(label=_("Day"), widget=DayInput())
    begins = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    venue = forms.ChoiceField(label=_("Kind of place"))
    place = forms.CharField(
        label=_("Place"), max_length=80, help_text=_("A civilian place by its name: a library, a school, a square.")
    )
    places = forms.IntegerField(label=_("How many places"), min_value=1, required=False,
                                help_text=_("Leave it empty for as many as come."))  # fmt: skip
    age_from = forms.IntegerField(label=_("From how many years"), min_value=0, max_value=120, required=False)
    age_to = forms.IntegerField(label=_("Up to how many years"), min_value=0, max_value=120, required=False)
    words = forms.CharField(label=_("What to know, what to bring"), max_length=1000, required=False,
                            widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["venue"] = forms.ChoiceField(label=_("Kind of place"), choices=eventwords.venue_choices())

    def said(self) -> Said:
        """What was filled in."""
        given = self.cleaned_data
        start = _at(given["on"], given["begins"])
        end = _at(given["on"], given["ends"])
        return Said(
            title=given["title"], title_en=given["title_en"], place=given["place"], venue=given["venue"],
            starts_at=start, ends_at=end if end > start else end + dt.timedelta(days=1), places=given["places"],
            age_from=given["age_from"], age_to=given["age_to"], words=given["words"],
        )  # fmt: skip


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, clock.SHANGHAI).astimezone(dt.UTC)


class NewForm(EventForm):
    """An event, and how often again."""

    again = forms.IntegerField(label=_("How many more, week by week"), min_value=0, max_value=52, required=False)


@page("event.keep")
def new(request: Request, programme: int) -> HttpResponse:
    """Plan an event of a programme, once or week by week."""
    found = calendar.programme(request.actor.scope, programme)
    if found is None:
        raise Http404
    form = NewForm(request.POST or None, initial={"title": found.name, "title_en": found.name_en, "begins": dt.time(14),
                                                  "ends": dt.time(16)})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made: list[Any] = []
        if attempt(request, lambda: made.extend(actions.plan(
            programme=programme, said=form.said(), again=form.cleaned_data["again"] or 0, by=request.actor,
            at=clock.now())), _("Planned. It stands in the app of everybody near by.")):  # fmt: skip
            return redirect("console:event", event=made[0].pk)
    given = {"form": form, "name": eventwords.said((found.name, found.name_en or found.name)),
             "back": reverse("console:programmes")}  # fmt: skip
    return render(request, "console/campaigns/event_form.html", given, status=422 if form.errors else 200)


def one(request: Request, event: int) -> calendar.Shown:
    """The event that an address names; nothing where it is not of the actor's area."""
    found = calendar.event(request.actor.scope, event)
    if found is None:
        raise Http404
    return found


def expected(request: HttpRequest) -> int | None:
    """The terms that the page showed."""
    return number_of(request.POST.get("expected", ""))


@page("event.keep")
def change(request: Request, event: int) -> HttpResponse:
    """Change what holds of an event; whoever has a place hears of another time or place."""
    found = one(request, event)
    starts, ends = found.starts_at.astimezone(clock.SHANGHAI), found.ends_at.astimezone(clock.SHANGHAI)
    form = EventForm(request.POST or None, initial={
        "title": found.title, "title_en": found.title_en if found.title_en != found.title else "", "on": starts.date(),
        "begins": starts.time(), "ends": ends.time(), "venue": found.venue, "place": found.place, "places": found.places,
        "age_from": found.age_from, "age_to": found.age_to, "words": found.words,
    })  # fmt: skip
    if request.method == "POST" and form.is_valid() and attempt(
        request,
        lambda: actions.change(event=event, said=form.said(), by=request.actor, at=clock.now(),
                               expected=expected(request)),
        _("Changed. Whoever has a place hears of another time or place."),
    ):  # fmt: skip
        return redirect("console:event", event=event)
    given = {"form": form, "one": found, "name": eventwords.title(found), "back": _address(found),
             "history": calendar.history(request.actor.scope, event)[1:]}  # fmt: skip
    return render(request, "console/campaigns/event_form.html", given, status=422 if form.errors else 200)


@page("event.keep")
@require_POST
def cancel(request: Request, event: int) -> HttpResponse:
    """Cancel an event; everybody is told why."""
    one(request, event)
    attempt(request, lambda: actions.cancel(event=event, reason=request.POST.get("reason", ""), by=request.actor,
                                            at=clock.now(), expected=expected(request)),
            _("Cancelled. Everybody who signed up is told."))  # fmt: skip
    return redirect("console:event", event=event)


urls: list[URLPattern] = [
    path("events/", events, name="events"),
    path("events/programmes/", programmes, name="programmes"),
    path("events/programmes/<int:programme>/end/", programme_end, name="programme-end"),
    path("events/programmes/<int:programme>/new/", new, name="event-new"),
    path("events/<int:event>/change/", change, name="event-change"),
    path("events/<int:event>/cancel/", cancel, name="event-cancel"),
]
