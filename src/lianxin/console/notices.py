"""Messages to oneself, and the call list: who to phone about what, and what they said."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console import lists
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.notices import actions, queries
from lianxin.people import filing
from lianxin.people import queries as people

SHOWN = 30


@page("home")
def messages(request: Request) -> HttpResponse:
    """What was said to me or to my office; opening the page marks it as read."""
    after = request.GET.get("after", "")
    found = queries.mine(request.actor, after=number_of(after), limit=SHOWN + 1)
    shown = [(one, one.words(get_language() or "zh")) for one in found[:SHOWN]]
    actions.read(ids=[one.id for one, _words in shown if one.state == "sent"], by=request.actor, at=clock.now())
    given = {"shown": shown, "next_key": found[SHOWN - 1].id if len(found) > SHOWN else 0}
    return render(request, "console/notices/messages.html", given)


@page("calls.view")
def calls(request: Request) -> HttpResponse:
    """Who waits for a call (or, after three in vain, for a visit), the oldest first."""
    visits = request.GET.get("visits") == "1"
    after = request.GET.get("after", "")
    scope = request.actor.scope
    found = queries.call_list(scope, visits=visits, after=number_of(after) or 0, limit=SHOWN + 1)
    hits = people.hits(scope, [one.person for one in found if one.person])
    lists.know_codes(request, [one.area for one in found])
    language = get_language() or "zh"
    given = {
        "rows": [(one, hits[one.person], one.words(language)) for one in found[:SHOWN] if one.person in hits],
        "visits": visits, "next_key": found[SHOWN - 1].id if len(found) > SHOWN else 0,
    }  # fmt: skip
    return render(request, "console/notices/calls.html", given)


def _one(request: Request, notice: int) -> tuple[queries.Shown, people.Hit]:
    """The waiting call and its person, inside the scope."""
    for visits in (False, True):
        for one in queries.call_list(request.actor.scope, visits=visits, after=notice - 1, limit=1):
            if one.id == notice and one.person:
                hit = people.hits(request.actor.scope, [one.person]).get(one.person)
                if hit is not None:
                    return one, hit
    raise Http404


@page("calls.view")
def call(request: Request, notice: int) -> HttpResponse:
    """One call: whom, what to say, the number (kept in the journal), what they answered."""
    one, hit = _one(request, notice)
    given: dict[str, Any] = {"one": one, "hit": hit, "words": one.words(get_language() or "zh"), "phone": ""}
    if request.method == "POST":
        shown: dict[str, str] = {}

        def act() -> None:
            shown["phone"] = filing.reveal(
                person=hit.id, field="phone", by=request.actor, at=clock.now(),
                reason=gettext("to call about: %s") % given["words"][:120],
            )  # fmt: skip

        attempt(request, act)
        given["phone"] = shown.get("phone") or gettext("no number on file")
    response = render(request, "console/notices/call.html", given)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("calls.view")
@require_POST
def called(request: Request, notice: int) -> HttpResponse:
    """What was said, or that nobody answered; the next call comes."""
    if not queries.within_reach(request.actor.scope, notice):
        raise Http404
    reached = request.POST.get("reached") == "yes"
    said = request.POST.get("said", "").strip()

    def act() -> None:
        if reached and not said:
            raise Refusal(gettext("Write in a few words what they said."))
        if not actions.called(notice=notice, said=said, reached=reached, by=request.actor, at=clock.now()):
            raise Refusal(gettext("This call was recorded already; nothing was changed."))

    attempt(request, act, _("Recorded.") if reached else _("Recorded; after three tries somebody goes by."))
    return redirect("console:calls")


urls: list[URLPattern] = [
    path("messages/", messages, name="messages"),
    path("calls/", calls, name="calls"),
    path("calls/<int:notice>/", call, name="call"),
    path("calls/<int:notice>/said/", called, name="called"),
]
