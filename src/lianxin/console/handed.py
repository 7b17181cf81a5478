"""The giver's face, for a phone: what was handed to me; take it, say why not, say it is done."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import actions, queries
from lianxin.casework.papers import LARGEST
from lianxin.console import words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import typed_number
from lianxin.engine.refusal import Refusal


@page("case.respond")
def handed(request: Request) -> HttpResponse:
    """What is offered to my team or shop, what we took, and what we did lately."""
    return _handed(request)


def _handed(request: Request, typed: dict[str, Any] | None = None) -> HttpResponse:
    """The page; ``typed`` is what was written for one request and could not be taken: it stands there still."""
    found = queries.dispatched_to(request.actor)
    given = {
        "typed": typed or {},
        "offered": [one for one in found if one.answer == "offered"],
        "taken": [one for one in found if one.answer == "accepted"],
        "past": [(one, words.of(words.ANSWERS, one.answer)) for one in queries.dispatched_to(
            request.actor, done=True, limit=10)],
    }  # fmt: skip
    return render(request, "console/campaigns/handed.html", given, status=422 if typed else 200)


@page("case.respond")
@require_POST
def answer(request: Request, dispatch: int, what: str) -> HttpResponse:
    """Take it, decline it with a reason, or say with a word that it is done."""
    by, at = request.actor, clock.now()
    if queries.offer(by, dispatch) is None:
        raise Http404
    said = request.POST.get("words", "").strip()[:400]
    minutes = request.POST.get("minutes", "").strip()

    def done() -> None:
        if minutes and typed_number(minutes) is None:
            raise Refusal(gettext("Give the time it took in minutes, up to one day."))
        actions.done_dispatch(
            dispatch=dispatch, words=said, by=by, at=at, minutes=typed_number(minutes),
            files=[actions.Upload("done-photo", one.read(LARGEST + 1), one.name or "")
                   for one in request.FILES.getlist("photo")[:3]],
        )  # fmt: skip

    calls: dict[str, tuple[Any, Any]] = {
        "take": (lambda: actions.answer_dispatch(dispatch=dispatch, accept=True, by=by, at=at),
                 _("Thank you! The family knows that you are coming.")),
        "decline": (lambda: actions.answer_dispatch(dispatch=dispatch, accept=False, by=by, at=at, reason=said),
                    _("All right; the desk finds somebody else.")),
        "done": (done, _("Thank you! The family is asked to confirm.")),
    }  # fmt: skip
    if what not in calls:
        raise Http404
    if attempt(request, *calls[what]):
        return redirect("console:handed")
    return _handed(request, {"id": dispatch, "what": what, "words": said, "minutes": minutes})


urls: list[URLPattern] = [
    path("handed/", handed, name="handed"),
    path("handed/<int:dispatch>/<slug:what>/", answer, name="handed-answer"),
]
