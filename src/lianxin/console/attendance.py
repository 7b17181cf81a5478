"""One event at the desk: who signed up, who came, who walked in; the sheet to sign; pictures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.campaigns import attending, calendar, pictures, signing
from lianxin.campaigns import queries as givers
from lianxin.casework.papers import LARGEST
from lianxin.console import eventwords, lists, words
from lianxin.console.acting import attempt
from lianxin.console.events import expected, one
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.people import queries as people
from lianxin.people import saving, wards

FOUND = 8


@page("event.keep")
def event(request: Request, event: int) -> HttpResponse:
    """Everything about one event, on one page."""
    found, by, at = one(request, event), request.actor, clock.now()
    rows = calendar.places(by.scope, event)
    text = request.GET.get("q", "").strip()[:60]
    begun = at >= found.starts_at - attending.EARLY
    lists.know_codes(request, [found.area])
    given = {
        "one": found, "title": eventwords.title(found), "programme": eventwords.programme(found),
        "kind": eventwords.kind(found.kind), "venue": eventwords.venue(found.venue), "ages": eventwords.ages(found),
        "state": words.of(eventwords.STATES, found.state), "begun": begun, "text": text,
        "here": [_row(row) for row in rows if row.state == "taken"],
        "waiting": [_row(row) for row in rows if row.state == "waiting"],
        "hits": _hits(request, text, rows, clock.day(at)) if text and found.state == "open" else [],
        "photos": [(photo, words.of(eventwords.PICTURES, photo.state)) for photo in calendar.photos(event, shown=False)],
        "form": PictureForm(rows=_grown(rows)), "teams": givers.offices_near(found.area),
        "helped": givers.helped_at(event),
        "saved": [saved for saved in saving.saved(by) if saved.fixed] if found.state == "open" else [],
    }  # fmt: skip
    return render(request, "console/campaigns/event.html", given)


def _row(row: calendar.Place) -> dict[str, Any]:
    return {"row": row, "name": eventwords.name(row), "channel": words.of(eventwords.CHANNELS, row.channel)}


def _hits(request: Request, text: str, rows: list[calendar.Place], day: dt.date) -> list[dict[str, Any]]:
    """People of the area under a typed name, with who answers for a child."""
    found = people.find(request.actor.scope, text, limit=FOUND).hits
    known = wards.known(hit.id for hit in found)
    children = [pk for pk, who in known.items() if who.child(day)]
    answer = wards.guardians(children, day) if children else {}
    here = {row.person for row in rows}
    lists.know_codes(request, [hit.home for hit in found])
    return [
        {"hit": hit, "age": hit.age(day), "child": hit.id in children, "guardians": answer.get(hit.id, []),
         "here": hit.id in here}
        for hit in found if hit.died_on is None
    ]  # fmt: skip


def _grown(rows: list[calendar.Place]) -> list[tuple[str, str]]:
    """Who may be shown in a picture: grown-ups on the list, those who came first."""
    grown = [row for row in rows if not row.child]
    return [(str(row.id), row.name) for row in sorted(grown, key=lambda row: (not row.came, row.id))]


def _number(request: Request, name: str) -> int | None:
    return number_of(request.POST.get(name, ""))


def _ids(request: Request, name: str) -> list[int]:
    return [one for value in request.POST.getlist(name) if (one := number_of(value)) is not None]


@page("event.keep")
@require_POST
def act(request: Request, event: int, what: str) -> HttpResponse:
    """One thing done with an event at the desk; a refusal is said on the page."""
    one(request, event)
    by, at = request.actor, clock.now()
    person, guardian = _number(request, "person"), _number(request, "guardian")
    lock = expected(request)

    def sign_up() -> None:
        signing.sign_up(event=event, person=person or 0, guardian=guardian, by=by, at=at,
                        channel="phone" if request.POST.get("channel") == "phone" else "counter")  # fmt: skip

    def tick() -> None:
        came = _ids(request, "came")
        listed = set(_ids(request, "listed")) - set(came)
        attending.attend(event=event, came=came, stayed_away=listed, by=by, at=at, expected=lock)

    def helped() -> None:
        office = _number(request, "office")
        if office is None:
            raise Refusal(str(_("Choose who helped.")))
        attending.helped(event=event, office=office, minutes=_number(request, "minutes") or 0, by=by, at=at)

    calls: dict[str, tuple[Any, Any]] = {
        "sign-up": (sign_up, _("Written down. They are told.")),
        "walk-in": (lambda: attending.walk_in(event=event, person=person or 0, guardian=guardian, by=by, at=at),
                    _("Written down as present.")),
        "step-back": (lambda: signing.step_back(signup=_mine(request, event), by=by, at=at),
                      _("The place is free; whoever waits longest has it and is told.")),
        "tick": (tick, _("Kept. Whoever came is counted once.")),
        "hold": (lambda: attending.hold(event=event, unnamed=_number(request, "unnamed") or 0, by=by, at=at, expected=lock),
                 _("Closed and counted.")),
        "take-back": (lambda: attending.take_back(event=event, reason=request.POST.get("reason", ""), by=by, at=at,
                                                  expected=lock), _("Open again; what was counted is taken back.")),
        "helped": (helped, _("Their time is counted.")),
        "invite": (lambda: signing.invite(event=event, persons=_listed(request), by=by, at=at),
                   _("Invited: everybody of the list for whom it is meant, each once.")),
    }  # fmt: skip
    if what not in calls:
        raise Http404
    attempt(request, *calls[what])
    return redirect("console:event", event=event)


def _listed(request: Request) -> list[int]:
    """Who is on the saved list that the form names, where it is one of the actor's."""
    wanted = _number(request, "saved")
    found = saving.saved_list(request.actor, wanted) if wanted is not None else None
    if found is None or not found.fixed:
        raise Refusal(str(_("Choose a list of people.")))
    return saving.members(found.id)


def _mine(request: Request, event: int) -> int:
    """The sign-up that a button names, where it is one of this event."""
    wanted = _number(request, "signup")
    known = {row.id for row in calendar.places(request.actor.scope, event)}
    if wanted not in known:
        raise Refusal(str(_("This place was given back already.")))
    return int(wanted or 0)


@page("event.keep")
def sheet(request: Request, event: int) -> HttpResponse:
    """The list of an event: to look at, as a workbook, or printed with a column to sign."""
    found = one(request, event)
    title = eventwords.title(found)
    listing = lists.Listing(
        "attendance", title,
        (
            lists.Column("name", _("Name"), head=True, value=eventwords.name),
            lists.Column("channel", _("How they came"), value=lambda row: words.of(eventwords.CHANNELS, row.channel)),
            lists.Column("state", _("Place"), value=lambda row: words.of(eventwords.PLACES, row.state)),
            lists.Column("came", _("Came"), value=lambda row: "✓" if row.came else "–" if row.came is False else ""),
        ),
        (lists.Filter("state", _("Place"), (("taken", _("has a place")), ("waiting", _("waits")),
                                            ("cancelled", _("stepped back")))),),
        words=found.place, empty=_("Nobody signed up yet"), export="event.keep", form_title=title,
    )  # fmt: skip

    def fetch(asked: lists.Asked) -> lists.Page:
        after = number_of(asked.after) or 0
        rows = calendar.places(request.actor.scope, event, state=asked.get("state"), after=after, limit=asked.limit + 1)
        return lists.Rows(rows[: asked.limit], str(rows[asked.limit - 1].id) if len(rows) > asked.limit else "")

    return lists.show(request, listing, fetch)


class PictureForm(forms.Form):
    """A picture with its caption, who can be recognised, and the two words that it needs."""

    photo = forms.FileField(label=_("Picture"), widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
                            help_text=_("Place and camera are taken out of the file before it is kept."))  # fmt: skip
    caption = forms.CharField(label=_("What it shows, without names"), max_length=120)
    shown = forms.MultipleChoiceField(label=_("Who can be recognised and agreed"), required=False,
                                      widget=forms.CheckboxSelectMultiple)  # fmt: skip
    no_child = forms.BooleanField(label=_("No child can be recognised"))
    no_secret = forms.BooleanField(label=_("No camp, number plate, badge of a unit or equipment is in it"))

    def __init__(self, *args: Any, rows: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown"] = forms.MultipleChoiceField(
            label=_("Who can be recognised and agreed"), choices=rows, required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.order_fields(["photo", "caption", "shown", "no_child", "no_secret"])


@page("event.keep")
@require_POST
def picture_add(request: Request, event: int) -> HttpResponse:
    """Put a picture to an event."""
    one(request, event)
    form = PictureForm(request.POST, request.FILES, rows=_grown(calendar.places(request.actor.scope, event)))

    def add() -> None:
        if not form.is_valid():
            raise Refusal(str(_("Choose a picture, say what it shows, and confirm both sentences below it.")))
        given = form.cleaned_data
        pictures.add(event=event, data=given["photo"].read(LARGEST + 1), caption=given["caption"],
                     shown=[int(pk) for pk in given["shown"]], no_child=given["no_child"],
                     no_secret=given["no_secret"], by=request.actor, at=clock.now())  # fmt: skip

    attempt(request, add, _("Kept. A colleague looks at it before it is shown."))
    return redirect(reverse("console:event", args=[event]) + "#pictures")


@page("event.keep")
def picture(request: Request, event: int, picture: int) -> HttpResponse:
    """A picture of an event (GET), or what is decided about it (POST)."""
    one(request, event)
    row = calendar.picture(picture)
    if row is None or row.event_id != event:
        raise Http404
    if request.method != "POST":
        return image(row)
    if request.POST.get("what") == "release":
        attempt(
            request, lambda: pictures.release(picture=picture, by=request.actor, at=clock.now()), _("It is shown now.")
        )
    else:
        attempt(request, lambda: pictures.take_down(picture=picture, reason=request.POST.get("reason", ""),
                                                    by=request.actor, at=clock.now()), _("Taken down."))  # fmt: skip
    return redirect(reverse("console:event", args=[event]) + "#pictures")


def image(row: Any) -> HttpResponse:
    """The bytes of a picture, never kept by anybody in between."""
    try:
        response = HttpResponse(pictures.content(row), content_type=row.content_type)
    except FileNotFoundError as gone:
        raise Http404 from gone
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


urls: list[URLPattern] = [
    path("events/<int:event>/", event, name="event"),
    path("events/<int:event>/sheet/", sheet, name="event-sheet"),
    path("events/<int:event>/do/<slug:what>/", act, name="event-do"),
    path("events/<int:event>/picture/", picture_add, name="event-picture-add"),
    path("events/<int:event>/picture/<int:picture>/", picture, name="event-picture"),
]
