"""Several cases of the inbox at once: what would be done is shown first, then it is done as one action."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import several as bulk
from lianxin.console import lists, shown, verbs, words
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal

WHATS = {"pass": _("Do the next step"), "send-back": _("Send back"), "take-up": _("I take them")}
LOCKS = "lock-"


def _asked(request: Request) -> bulk.Asked:
    what = request.POST.get("what", "")
    to_step = request.POST.get("to_step", "")
    return bulk.Asked(
        what if what in WHATS else "pass", int(to_step) if number_of(to_step) is not None else -1,
        request.POST.get("reason", ""), request.POST.get("words", "").strip()[:2000],
    )  # fmt: skip


@page("case.view")
@require_POST
def look(request: Request) -> HttpResponse:
    """What would become of each ticked case; nothing is done yet."""
    asked, at = _asked(request), clock.now()
    ids = [one for one in map(number_of, request.POST.getlist("pick")) if one is not None]
    try:
        found = bulk.rehearse(cases=ids, asked=asked, by=request.actor, at=at)
    except Refusal as refusal:
        messages.error(request, gettext(refusal.sentence))
        return redirect("console:inbox")
    lists.know_codes(request, [one.row.area for one in found.rows])
    given: dict[str, Any] = {
        "asked": asked, "title": WHATS[asked.what], "able": found.able,
        "rows": [(one, shown.who(one.row), words.said(one.row.service_name), words.of(words.STEPS, one.row.step),
                  words.of(words.STEPS, one.step), gettext(one.refused)) for one in found.rows],
        "earlier": [(place, words.of(words.STEPS, step)) for place, step in found.earlier],
        "reasons": verbs.reasons("send-back"),
    }  # fmt: skip
    return render(request, "console/casework/several.html", given)


@page("case.view")
@require_POST
def act(request: Request) -> HttpResponse:
    """Do it for all that were shown, or for none."""
    given = {name.removeprefix(LOCKS): request.POST[name] for name in request.POST if name.startswith(LOCKS)}
    cases = {
        int(one): int(str(lock))
        for one, lock in given.items()
        if number_of(one) is not None and number_of(str(lock)) is not None
    }
    asked = _asked(request)
    try:
        done = bulk.act(cases=cases, asked=asked, by=request.actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, gettext(refusal.sentence))
    else:
        messages.success(request, gettext("Done for %(n)s cases.") % {"n": done})
    return redirect("console:inbox")


urls: list[URLPattern] = [
    path("inbox/several/", look, name="several"),
    path("inbox/several/do/", act, name="several-do"),
]
