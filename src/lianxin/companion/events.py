"""Classes and events near me: what there is, with places left; a place for me or my child; what I signed up for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import page
from lianxin.campaigns import calendar, kinds, pictures, signing
from lianxin.companion.shell import in_language, mine, own, relatives, sentence, show
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people import queries as people
from lianxin.people import wards


def _home(actor: Actor) -> str:
    return people.subjects_area([own(actor)]).get(own(actor), "")


def card(one: calendar.Shown) -> dict[str, Any]:
    """An event as a card says it."""
    return {
        "id": one.id, "title": in_language((one.title, one.title_en)),
        "kind": in_language(kinds.EVENTS.get(one.kind, (one.kind, one.kind))), "place": one.place,
        "starts_at": one.starts_at, "ends_at": one.ends_at, "places": left(one), "full": one.left == 0,
        "state": one.state, "ages": signing.ages(one.age_from, one.age_to),
        "programme": in_language((one.programme_name, one.programme_name_en)),
    }  # fmt: skip


def left(one: calendar.Shown) -> str:
    """How many places are free, as people say it."""
    if one.left is None:
        return _("as many as come")
    if one.left > 0:
        return _("%(n)s places left") % {"n": one.left}
    return _("full; %(n)s waiting") % {"n": one.waiting}


def _place(row: calendar.Mine, actor: Actor) -> dict[str, Any]:
    who = "" if row.person == own(actor) else row.name
    said = {"taken": _("you have a place"), "waiting": _("waiting, %(n)s before you") % {"n": row.ahead}}
    return {"signup": row.signup, "who": who, "state": row.state, "said": said.get(row.state, _("does not take place")),
            "event": card(row.event)}  # fmt: skip


def ahead(actor: Actor, limit: int = 2) -> list[dict[str, Any]]:
    """The next events near by, for the home page."""
    return [card(one) for one in calendar.near(_home(actor), clock.now(), limit=limit)]


@page("own.view")
def events(request: HttpRequest) -> HttpResponse:
    """What is on near me, and what I signed up for."""
    actor, at = mine(request), clock.now()
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds.EVENTS else ""
    rows = calendar.near(_home(actor), at, kind=kind)
    context = {
        "mine": [_place(row, actor) for row in calendar.mine(actor, at)],
        "past": [_place(row, actor) for row in calendar.mine(actor, at, past=True, limit=10)],
        "near": [card(one) for one in rows], "kind": kind,
        "kinds": [(code, in_language(pair)) for code, pair in kinds.EVENTS.items()],
        "back": reverse("home"), "back_to": _("Home"),
    }  # fmt: skip
    return show(request, "events", context, tab="home")


def _event(request: HttpRequest, pk: int) -> tuple[Actor, calendar.Shown]:
    actor = mine(request)
    found = calendar.for_resident(actor, pk, _home(actor))
    if found is None:
        raise Http404
    return actor, found


@page("own.view")
def event(request: HttpRequest, event: int) -> HttpResponse:
    """One event: everything about it, and one button."""
    return _page(request, event)


def _page(request: HttpRequest, pk: int, *, problem: str = "") -> HttpResponse:
    actor, found = _event(request, pk)
    at = clock.now()
    here = [row for row in (*calendar.mine(actor, at), *calendar.mine(actor, at, past=True)) if row.event.id == pk]
    signed = {row.person for row in here if row.state != "cancelled"}
    who = [one for one in _who(actor) if one["id"] not in signed]
    context = {
        "one": {**card(found), "words": found.words, "phone": found.phone, "reason": found.reason,
                "office": in_language((found.office_name, found.office_name_en)), "full_now": found.left == 0},
        "here": [_place(row, actor) for row in here], "problem": problem,
        "open": found.state == "open" and at < found.until_at,
        "who": who, "named": who[0]["name"] if len(who) == 1 and who[0]["id"] != own(actor) else "",
        "photos": [{"id": one.id, "caption": one.caption, "mine": own(actor) in one.shows}
                   for one in calendar.photos(pk)],
        "back": reverse("events"), "back_to": _("Classes and events"),
    }  # fmt: skip
    return show(request, "event", context, tab="home", keep=not problem, status=422 if problem else 200)


def _who(actor: Actor) -> list[dict[str, Any]]:
    """For whom one may sign up: oneself, the children one answers for, those under a mandate."""
    found: dict[int, str] = {own(actor): _("For me")}
    for child in wards.wards(own(actor), clock.today()):
        found.setdefault(child.id, child.name)
    whole = wards.acts_for(own(actor), clock.today())
    for one in relatives(actor):
        if one.id in whole:
            found.setdefault(one.id, one.name)
    return [{"id": pk, "name": name} for pk, name in found.items()]


def _number(request: HttpRequest, name: str) -> int | None:
    return number_of(request.POST.get(name, ""))


@page("own.ask")
@require_POST
def join(request: HttpRequest, event: int) -> HttpResponse:
    """A place for whom the form names, or one in the waiting list."""
    actor, found = _event(request, event)
    wanted = _number(request, "for") or own(actor)
    if wanted not in {one["id"] for one in _who(actor)}:
        raise Http404
    try:
        made = signing.sign_up(event=found.id, person=wanted, by=actor, at=clock.now())
    except Refusal as refusal:
        return _page(request, event, problem=sentence(refusal))
    said = {"taken": _("You have a place. We remind you the day before."),
            "waiting": _("It is full; you are in the waiting list and hear from us.")}  # fmt: skip
    messages.success(request, said[made.state])
    return redirect("event", event)


@page("own.ask")
@require_POST
def leave(request: HttpRequest, event: int) -> HttpResponse:
    """Give a place back."""
    actor, _found = _event(request, event)
    try:
        signing.step_back(signup=_number(request, "signup") or 0, by=actor, at=clock.now())
    except Refusal as refusal:
        return _page(request, event, problem=sentence(refusal))
    messages.success(request, _("The place is free again. Thank you for saying so."))
    return redirect("event", event)


@page("own.view")
def picture(request: HttpRequest, event: int, picture: int) -> HttpResponse:
    """A picture that is shown (GET); whoever is in it may take their consent back (POST)."""
    actor, _found = _event(request, event)
    row = calendar.picture(picture)
    if row is None or row.event_id != event or row.state != "shown":
        raise Http404
    if request.method == "POST":
        try:
            pictures.no_longer(picture=picture, by=actor, at=clock.now())
        except Refusal as refusal:
            raise Http404 from refusal
        messages.success(request, _("The picture is taken down."))
        return redirect("event", event)
    response = HttpResponse(pictures.content(row), content_type=row.content_type)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
