"""The holder's own cards: where each is and until when, lost in one tap, a refusal said in one tap; the table of rights."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import page, public
from lianxin.access.queries import area_names
from lianxin.cards import actions, queries, sceneread
from lianxin.cards.scenes import CLASSES, RIGHTS, SCENES, Pair
from lianxin.casework import queries as casework
from lianxin.catalogue.queries import in_force
from lianxin.companion.shell import in_language, mine, show_anyone
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor

SERVICES = ("preferential-card", "card-replacement")
REFUSAL = "refusal-report"
WAITING = frozenset({"proposed", "open", "waiting"})
# What the holder reads of each state: short, without a word of the office.
SAID = {
    "filed": _("With the province, to be made."),
    "made": _("Made, on its way here."),
    "received": _("Ready: come and fetch it."),
    "missing": _("We are looking for it; you need not do anything."),
    "delivered": _("In your hands. Activate it at the bank."),
    "active": _("In your hands."),
    "lost": _("Reported lost: nobody can use it."),
    "suspended": _("Please come to the window."),
}
KINDS = {"veteran": _("card of veterans"), "bereaved": _("card of the bereaved")}


def about(actor: Actor) -> dict[str, Any]:
    """What the page of one's card says of the plastic one."""
    rows = queries.mine(actor)
    underway = [
        one
        for one in casework.of_person(actor.scope, actor.person or 0, at=clock.now())
        if one.service in SERVICES and one.state in WAITING
    ]
    return {
        "own_cards": [_shown(row, actor) for row in rows],
        "applications": underway,
        "may_apply": not rows and not underway and SERVICES[0] in in_force(clock.today()),
        "lost_again": reverse("ask-for", args=[SERVICES[1], "lost"]) if SERVICES[1] in in_force(clock.today()) else "",
        "refusals": _refusals(),
    }


def _shown(row: queries.Row, actor: Actor) -> dict[str, Any]:
    zh = get_language() == "zh-hans"
    return {
        "id": row.id,
        "name": row.name if row.person != actor.person else "",
        "kind": str(KINDS.get(row.kind, row.kind)),
        "said": str(SAID.get(row.state, row.state)),
        "state": row.state,
        "until": row.due_on if row.state == "filed" else None,
        "where": (row.office if zh else row.office_en) if row.state == "received" else "",
        "home": row.to_home,
        "losable": row.state in {"delivered", "active"},
        "lost": row.state == "lost",
    }


def _refusals() -> list[tuple[str, str]]:
    """One tap for each place where a right may have been refused."""
    found = in_force(clock.today()).get(REFUSAL)
    if found is None:
        return []
    return [
        (reverse("ask-for", args=[REFUSAL, kind.code]), in_language((kind.name["zh"], kind.name["en"])))
        for kind in found.service.kinds
    ]


@page("own.ask")
@require_POST
def lost(request: HttpRequest, card: int) -> HttpResponse:
    """It is lost: one tap, and no verifier lets it pass any more."""
    actor = mine(request)
    if card not in {row.id for row in queries.mine(actor)}:
        raise Http404
    try:
        actions.lose(card=card, by=actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, gettext(refusal.sentence))
    else:
        messages.success(request, gettext("Noted: nobody can use it any more. Tell the bank about the account too."))
    return redirect("card")


@public
def rights(request: HttpRequest) -> HttpResponse:
    """Where a card gives which right, for everybody: what is in force today."""
    today = clock.today()
    now = sceneread.in_force(today)
    rows = sceneread.scene_table(today)
    names = area_names([row.area for row in rows])
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(_pair(SCENES, row.scene), []).append(_line(row, in_language(names.get(row.area, ("", "")))))
    context = {
        "now": now,
        "groups": list(groups.items()),
        "refusals": _refusals(),
        "back": reverse("home"),
        "back_to": gettext("Home"),
    }
    return show_anyone(request, "rights", context, tab="papers")


def _pair(table: Any, code: str) -> str:
    found: Pair = table.get(code, (code, code))
    return in_language(found)


def _line(row: sceneread.Scene, area: str) -> dict[str, Any]:
    zh = get_language() == "zh-hans"
    right = _pair(RIGHTS, row.right)
    if row.percent is not None:
        right = gettext("pays %(percent)d %%") % {"percent": row.percent}
    names = "一二三四五六日" if zh else ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    days = ("、" if zh else ", ").join(("周" if zh else "") + names[int(day) - 1] for day in row.weekdays)
    return {
        "name": row.name if zh else row.name_en or row.name,
        "place": row.place,
        "area": area,
        "right": right,
        "classes": ("、" if zh else ", ").join(_pair(CLASSES, code) for code in row.classes),
        "words": row.words if zh else row.words_en or row.words,
        "days": days or pgettext("rights", "every day"),
        "hours": row.hours,
        "from_on": row.from_on,
        "until_on": row.until_on,
        "needs_id": row.needs_id,
        "law": row.law,
        "article": row.article,
    }
