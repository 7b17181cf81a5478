"""The household's home: ask for help first, then what runs, the three doors, what is theirs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lianxin.access.gate import page
from lianxin.casework import queries as casework
from lianxin.companion import circle, entitled, events, matters, messages, said
from lianxin.companion.shell import mine, show
from lianxin.engine import clock
from lianxin.notices import queries as notices

RUNNING, OFFERS, TOLD = 2, 2, 1
QUIET = frozenset({"proposed", "standing"})


@page("own.view")
def home(request: HttpRequest) -> HttpResponse:
    """What matters today, on one small page."""
    actor, now = mine(request), clock.now()
    rows = [row for row in matters.of_household(actor) if row.state not in said.ENDED | QUIET]
    rows.sort(key=lambda row: (row.state != "waiting", row.id))
    shown = [(row, casework.case(actor, row.id, at=now)) for row in rows[:RUNNING]]
    offers, count = entitled.offers(actor, limit=OFFERS)
    unread = [one for one in notices.mine(actor, limit=5) if one.state in {"sent", "pending"}][:TOLD]
    context = {
        "running": [matters.card(row, view, actor) for row, view in shown], "running_count": len(rows),
        "offers": offers, "offers_count": count,
        "circle_said": circle.summary(actor), "events": events.ahead(actor),
        "notices": [{"title": messages.said(one)[0], "warm": True} for one in unread],
    }  # fmt: skip
    return show(request, "home", context, tab="home", keep=not any(row.sealed for row, _view in shown))
