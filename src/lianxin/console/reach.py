"""应享尽享: who has what they may have, by service and area, week by week; the missing ones open by name for those who may."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.queries import children
from lianxin.console import background, lists, words
from lianxin.console.words import Words
from lianxin.engine import clock
from lianxin.engine.scope import Actor, over
from lianxin.insight import reach, replaying

TITLES: dict[str, Words] = {
    "entitled": pgettext_lazy("reach", "Entitled"), "missed": _("Of them not reached"), "receiving": _("Receiving"),
    "progress": _("In progress"), "unknown": _("Unknown"), "refused": _("Refused"),
}  # fmt: skip
WIDTH, HEIGHT, ROOMY = 420, 112, 7  # so many words stand under a chart
BELOW = {4: 6, 6: 9, 9: 9, 12: 9}
WEEKS = (("12", _("12 weeks")), ("26", _("26 weeks")), ("52", _("52 weeks")))


BEFORE = "reach-before"  # the work that counts past weeks


def said(count: int | None) -> str:
    """A count as it is shown: hidden ones say so."""
    return "—" if count is None else str(count)


def bars(lines: list[reach.Line], name: str) -> list[dict[str, Any]]:
    """One count week by week as a chart; nothing where there is nothing to compare."""
    known = [(line.key, count) for line in lines if (count := line.counts[name]) is not None]
    top = max((count for _day, count in known), default=0)
    if len(known) < 2 or not top:
        return []
    step, made = WIDTH / len(known), []
    for place, (day, count) in enumerate(known):
        height, every = HEIGHT * count / top, -(-len(known) // ROOMY)
        roomy = (len(known) - 1 - place) % every == 0
        made.append({
            "x": round(place * step + step * 0.12, 1), "y": round(20 + HEIGHT - height, 1), "width": round(step * 0.76, 1),
            "height": round(height, 1), "middle": round(place * step + step / 2, 1), "last": place == len(known) - 1,
            "value": count if roomy else "", "name": f"{int(day[5:7])}-{int(day[8:])}" if roomy else "",
        })  # fmt: skip
    return made


def _listing(request: Request, *, service: str, exact: bool) -> lists.Listing:
    actor, place = request.actor, 0 if get_language() == "zh-hans" else 1
    found = reach.services(clock.today())
    areas = [(one.code, (one.name, one.name_en or one.name)[place]) for one in children(actor.scope, actor.area)]
    names = {code: words.said(one.service.name) for code, one in found.items()}
    area = request.GET.get("area", "")[:12]

    def address(row: reach.Line) -> str:
        return f"?{urlencode({'service': row.key, 'area': area})}" if not service else ""

    def by_name(row: reach.Line) -> str:
        if not exact or not row.counts["missed"]:
            return ""
        asked = {"service": service or row.key, "area": row.key if service else area}
        return f"{reverse('console:gaps')}?{urlencode(asked)}"

    first = (
        lists.Column("key", _("Area"), "area", head=True)
        if service
        else lists.Column("key", _("Service"), value=lambda row: names.get(row.key, row.key), head=True, href=address)
    )
    columns = [
        lists.Column(name, title, "number", value=lambda row, name=name: said(row.counts[name]),  # type: ignore[misc]
                     href=by_name if name == "missed" else None)
        for name, title in TITLES.items()
    ]  # fmt: skip
    return lists.Listing(
        "reach", _("Who has what they may have"), (first, *columns),
        (
            lists.Filter("service", _("Service"), sorted(names.items(), key=lambda one: one[1]), kind="select"),
            lists.Filter("area", _("Area"), areas, kind="select"),
            lists.Filter("weeks", _("How long"), WEEKS),
        ),
        words=_("Counted each night behind the match. Whom nothing reaches stands by name in “Entitled, not received”.")
        if exact else _("Counted each night behind the match. Where fewer people stand than may be shown, there is a dash; "
                        "the others are at least as many."),
        empty=_("Nothing was counted yet"), empty_words=_("The first count comes with the next night's match."),
        export="figures.view", template="console/insight/reach.html",
    )  # fmt: skip


@page("figures.view")
def shown(request: Request) -> HttpResponse:
    """The newest count by service, or of one service by area, and its weeks."""
    actor = request.actor
    exact = actor.may("gap.view")
    service = request.GET.get("service", "")
    service = service if service in reach.services(clock.today()) else ""
    listing = _listing(request, service=service, exact=exact)
    asked = listing.read(request)
    area = asked.get("area")
    scope = actor.scope.narrowed(area) if area else actor.scope
    day = reach.last_day()
    weeks = reach.trend(scope, exact=exact, service=service, weeks=int(asked.get("weeks") or 12)) if day else []
    length = BELOW.get(len(area or actor.area), 9)
    told = reach.shown(scope, day=day, exact=exact, by="area" if service else "service", service=service,
                       length=length) if day else None  # fmt: skip

    def fetch(_asked: lists.Asked) -> lists.Page:
        return lists.Rows(list(told.lines) if told else [], "")

    return lists.show(
        request, listing, fetch, day=day, whole=[(title, said(told.whole.counts[name])) for name, title in TITLES.items()]
        if told else [], bars=bars(weeks, "missed"), others=bars(weeks, "receiving"), titles=list(TITLES.values()),
        weeks=[(dt.date.fromisoformat(line.key), [said(line.counts[name]) for name in TITLES]) for line in weeks],
        afterwards=reach.afterwards(), before=_before(actor) if day else "",
        label=gettext("Not reached, week by week"), label_other=gettext("Receiving, week by week"),
    )  # fmt: skip


def _before(actor: Actor) -> str:
    """Whether past weeks can still be counted: blank, ``offer``, or the state of the work."""
    if not _whole(actor):
        return ""
    state = background.latest_state(BEFORE)
    if state in {"waiting", "running", "failed"}:
        return state
    return "offer" if replaying.missing(clock.today()) else ""


def _whole(actor: Actor) -> bool:
    return actor.may("gap.view") and actor.scope.covers(settings.CITY)


@page("gap.view")
@require_POST
def before(request: Request) -> HttpResponse:
    """Count the weeks before the first count, in the background."""
    if not _whole(request.actor):
        raise Http404
    background.start("lianxin.console.reach.run", BEFORE)
    return redirect("console:reach")


def run() -> int:
    """Count the missing weeks; a second run finds them counted. Returns how many were added."""
    system = Actor(area=settings.CITY, scope=over(settings.CITY), permissions=frozenset({"*"}))
    return len(replaying.fill(by=system, at=clock.now()))


urls: list[URLPattern] = [path("reach/", shown, name="reach"), path("reach/before/", before, name="reach-before")]
