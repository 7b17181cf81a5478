"""Samples of published numbers: announced, drawn by a public seed, asked of the recipients, and what they prove."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import tries
from lianxin.access.gate import Request, page
from lianxin.access.permissions import Refused
from lianxin.console import figurewords as say
from lianxin.console import lists, words
from lianxin.console.acting import attempt
from lianxin.engine import clock, commitments
from lianxin.engine.asked import number_of
from lianxin.insight import definitions, drawing, queries
from lianxin.insight.drawing import Draw, Shown
from lianxin.journal import actions as journal

FILES, HOUR = 30, dt.timedelta(hours=1)
ANSWERS: dict[str, str | Promise] = {
    "confirmed": _("yes, received"), "denied": _("no, not received"), "unreached": _("not reached"),
}  # fmt: skip
WAYS: dict[str, str | Promise] = {"call": _("by phone"), "slip": _("on a slip"), "paper": _("from the paper")}


def _name(draw: Draw) -> str:
    tongue = say.language()[:2]
    return str(draw.publication.figures[draw.code]["name"][tongue])


LISTING = lists.Listing(
    "draws", _("Samples of published numbers"),
    (
        lists.Column("name", _("Figure"), value=_name, head=True, href=lambda one: reverse("console:draw", args=[one.pk])),
        lists.Column("title", _("Review"), value=lambda one: one.publication.title),
        lists.Column("size", _("Rows drawn"), "number"),
        lists.Column("announced_at", _("Announced"), "moment"),
        lists.Column("seed", _("Seed"), value=lambda one: one.drawn.seed if hasattr(one, "drawn") else ""),
    ),
    words=_("An assessor draws rows in public; only those open, and their recipients are asked."),
    empty=_("Nothing was drawn yet"), empty_words=_("Open a published review and draw a sample of one of its numbers."),
)  # fmt: skip


@page("figures.view")
def every(request: Request) -> HttpResponse:
    """All draws; that there is one is public."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = drawing.listed(asked.limit, number_of(asked.after))
        return lists.Rows(rows, str(rows[-1].pk) if len(rows) == asked.limit else "")

    return lists.show(request, LISTING, fetch)


class NewForm(forms.Form):
    """A draw as it is announced."""

    size = forms.IntegerField(label=_("How many rows"), initial=60, min_value=1, max_value=commitments.LARGEST,
                              help_text=_("60 rows that all hold bound false rows below 5 % with 95 % confidence."))  # fmt: skip
    source = forms.CharField(
        label=_("Where the seed will come from"), max_length=200,
        help_text=_("Something public that nobody here can choose, of a time still to come: the lottery numbers of Sunday."),
    )  # fmt: skip


@page("sample.draw")
def new(request: Request, pk: int, code: str) -> HttpResponse:
    """Announce a draw of one published number."""
    publication = queries.publication(pk)
    if publication is None or code not in publication.figures or not request.actor.scope.covers(publication.area):
        raise Http404
    form = NewForm(request.POST or None)
    made: list[Draw] = []

    def announce() -> None:
        given = form.cleaned_data
        made.append(drawing.announce(publication=pk, code=code, by=request.actor, at=clock.now(), **given))

    done = _("Announced. Record the seed when it is drawn.")
    if request.method == "POST" and form.is_valid() and attempt(request, announce, done):
        return redirect("console:draw", draw=made[0].pk)
    given = {"form": form, "one": publication, "name": publication.figures[code]["name"][say.language()[:2]],
             "kept": publication.figures[code]}  # fmt: skip
    return render(request, "console/insight/draw_new.html", given, status=422 if request.method == "POST" else 200)


def _one(draw: int) -> Draw:
    found = drawing.one(draw)
    if found is None or found.code not in definitions.load():
        raise Http404
    return found


def _listing(found: Draw) -> lists.Listing:
    said = say.Rows()
    return lists.Listing(
        f"draw-{found.pk}", _name(found),
        (
            lists.Column("place", _("Drawn as"), "number"),
            lists.Column("who", _("Who"), head=True, value=lambda one: one.row.who, href=_file),
            lists.Column("happened_on", _("Day"), "day", value=lambda one: one.row.happened_on),
            lists.Column("area", _("Area"), "area", value=lambda one: one.row.area),
            lists.Column("service", _("Service"), value=lambda one: said.service(one.row)),
            lists.Column("quantity", _("Quantity"), "number", value=lambda one: one.row.quantity),
            lists.Column("amount", _("Amount"), "money", value=lambda one: one.row.amount),
            lists.Column("said", _("What they said"), value=_answered,
                         tone=lambda one: {"confirmed": "pine", "denied": "red", "unreached": "amber"}.get(one.said, "")),
        ),
        empty=_("No drawn row is in your area, or the seed is still to come"), export="figures.rows",
        template="console/insight/draw.html",
    )  # fmt: skip


def _answered(one: Shown) -> str:
    if not one.said:
        return gettext("not asked yet")
    return f"{words.of(ANSWERS, one.said)} · {words.of(WAYS, one.way)}"


def _file(one: Shown) -> str:
    return reverse("console:person", args=[one.row.person]) if one.row.person is not None else ""


@page("figures.view")
def draw(request: Request, draw: int) -> HttpResponse:
    """One draw: its root, seed and places for everybody; its rows for those who may open them; what it proves."""
    found = _one(draw)
    actor, state = request.actor, drawing.state(found)
    mine = drawing.shown_rows(found, actor.scope) if actor.may("figures.rows") else []
    lists.know_codes(request, [found.publication.area])
    given: dict[str, Any] = {
        "draw": found, "state": state, "kept": found.publication.figures[found.code],
        "share": None if state.share is None else f"{state.share:.2f}",
        "places": ", ".join(str(place) for place in state.indices), "asks": [one for one in mine if one.said != "confirmed"],
        "may_open": actor.may("figures.rows"), "answers": ANSWERS.items(), "ways": WAYS.items(),
        "may_draw": actor.may("sample.draw") and actor.scope.covers(found.publication.area),
        "may_answer": actor.may("sample.answer") and bool(mine),
    }  # fmt: skip
    return lists.show(request, _listing(found), lambda asked: lists.Rows(mine), **given)


@page("figures.view")
@require_POST
def act(request: Request, draw: int, what: str) -> HttpResponse:
    """Record the seed, send word to the recipients, or record what one of them said."""
    _one(draw)
    by, at, given = request.actor, clock.now(), request.POST
    if what == "seed":
        attempt(request, lambda: drawing.record(draw=draw, seed=given.get("seed", ""), by=by, at=at),
                _("The seed is recorded; the rows follow from it."))  # fmt: skip
    elif what == "ask":
        sent: list[int] = []
        if attempt(request, lambda: sent.append(drawing.ask(draw=draw, by=by, at=at))):
            told = gettext("%(n)d recipients are told; who has no phone stands on the call list.") % {"n": sent[0]}
            messages.success(request, told)
    elif what == "answer":
        outcome = number_of(given.get("row", ""))
        if outcome is None:
            raise Http404
        attempt(request, lambda: drawing.answer(draw=draw, outcome=outcome, way=given.get("way", ""),
                                                said=given.get("said", ""), by=by, at=at), _("Written down."))  # fmt: skip
    else:
        raise Http404
    return redirect("console:draw", draw=draw)


@page("figures.view")
def published_file(request: Request, pk: int, code: str) -> HttpResponse:
    """The file for strangers: the number, its root, all sealed leaves, the draws. Nothing in it is about a person. The
    first one makes the tree; one account takes so many an hour, as one address does outside."""
    publication = queries.publication(pk)
    if publication is None or not publication.figures.get(code, {}).get("root") or code not in definitions.load():
        raise Http404
    if tries.count(f"published-account:{request.actor.account}", clock.now(), HOUR) > FILES:
        messages.error(request, gettext("You took this kind of file very often; take it again in an hour."))
        return redirect("console:published", pk=pk)
    return as_file(drawing.published(publication, code), f"{code}-{pk}")


def as_file(pieces: Any, name: str) -> HttpResponse:
    """A file of JSON, a piece at a time."""
    response = HttpResponse(pieces, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


@page("figures.rows")
def opening_file(request: Request, draw: int) -> HttpResponse:
    """The drawn rows of one's area with salt and way to the root, for whoever checks them outside; journalled."""
    found, actor = _one(draw), request.actor
    made = drawing.opening(found, actor.scope)
    if not made["rows"]:
        raise Refused("figures.rows")
    journal.note(action="insight.opened-draw", by=actor, at=clock.now(), draw=draw, rows=len(made["rows"]))
    response = HttpResponse(json.dumps(made, ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="draw-{draw}-rows.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


urls: list[URLPattern] = [
    path("draws/", every, name="draws"),
    path("draws/<int:draw>/", draw, name="draw"),
    path("draws/<int:draw>/do/<slug:what>/", act, name="draw-do"),
    path("draws/<int:draw>/rows.json", opening_file, name="draw-rows"),
    path("review/published/<int:pk>/draw/<slug:code>/", new, name="draw-new"),
    path("review/published/<int:pk>/rows/<slug:code>.json", published_file, name="published-file"),
]
