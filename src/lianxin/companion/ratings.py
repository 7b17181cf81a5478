"""How it was: what ended and was not yet rated, and what one said of the rest."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.access.gate import page
from lianxin.casework import queries as casework
from lianxin.companion import matters, reasons, said
from lianxin.companion.shell import mine, show
from lianxin.engine import clock

SHOWN = 20


@page("own.view")
def ratings(request: HttpRequest) -> HttpResponse:
    """First what waits for a word, then the words given."""
    actor, now = mine(request), clock.now()
    found = casework.ratings(actor.scope, at=now, after=request.GET.get("after", ""), limit=SHOWN, masked=False)
    given = {one.case for one in found.rows}
    open_ = [] if request.GET.get("after") else [
        row for row in matters.of_household(actor) if row.state == "delivered" and row.id not in given
    ]  # fmt: skip
    scores = dict(said.scores())
    rows = [{"name": reasons.said(one.service_name), "number": one.number, "at": one.at, "words": one.words,
             "score": scores.get(one.score, ""), "url": reverse("case", args=[one.case])} for one in found.rows]  # fmt: skip
    context = {"waiting": [matters.card(row, None, actor) for row in open_[:SHOWN]], "rows": rows, "more": found.next,
               "back": reverse("household"), "back_to": _("My household")}  # fmt: skip
    return show(request, "ratings", context, tab="household", keep=not any(row.sealed for row in open_))
