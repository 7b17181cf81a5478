"""A leader's pages: today, each section, the counties beside one another. Every number opens its page for those who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.catalogue import queries as catalogue
from lianxin.console import figurewords as say
from lianxin.console import lists, words
from lianxin.console.figurewords import Asked
from lianxin.console.words import Words
from lianxin.engine import clock, money
from lianxin.insight import fair, reach, today, wording

DESKS: dict[str, Words] = {
    "running": _("On desks"), "overdue": _("Overdue"), "today": _("Due today"), "soon": _("Due within three days"),
    "waiting": _("Wait for papers"), "opened": _("Came this week"),
}  # fmt: skip
WHATS: dict[str, tuple[Words, Words, Words]] = {
    "missed": (_("Not reached"), _("not reached, of a thousand entitled"), pgettext_lazy("reach", "Entitled")),
    "receiving": (_("Have what is theirs"), _("reached, of a thousand entitled"), pgettext_lazy("reach", "Entitled")),
    "overdue": (_("Overdue cases"), _("overdue, of a thousand cases on desks"), _("Cases on desks")),
    "refused": (_("Refusals"), _("refused, of a thousand decided within a year"), _("Decided")),
    "unhappy": (_("Not content"), _("not content, of a thousand rated within a year"), _("Rated")),
}  # fmt: skip
STANDS: dict[str, Words] = {
    "within": _("as chance allows"), "doubtful": _("perhaps more than chance"), "outside": _("more than chance"),
}  # fmt: skip
WIDTH, LEFT, RIGHT, ROW = 640, 150, 20, 34


def _number(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def _yuan(fen: int | None) -> str:
    return (
        "—"
        if fen is None
        else gettext("%(sum)s yuan") % {"sum": f"{fen // 100:,}" if fen % 100 == 0 else money.yuan(fen)}
    )


def _cases(request: Request, found: Asked, name: str) -> str:
    """The list of cases behind a count, for those who may open it and over their own area."""
    asked = {
        "running": "",
        "overdue": "?light=red",
        "soon": "?light=amber",
        "today": "?light=amber",
        "waiting": "?state=waiting",
    }
    actor = request.actor
    if not actor.may("case.view") or found.area not in actor.scope.areas or name not in asked:
        return ""
    return reverse("console:cases") + asked[name]


def _given(request: Request) -> tuple[Asked, dict[str, Any]]:
    found = say.asked(request)
    lists.know_codes(request, [found.area])
    return found, {"found": found, "areas": say.choices(request, found), "at": clock.now()}


@page("figures.view")
def day(request: Request) -> HttpResponse:
    """Today: due and overdue, the month's money, take-up, what is out of its usual range."""
    found, given = _given(request)
    actor, on = request.actor, clock.today()
    desks = today.desks(actor, found.area, given["at"])
    paid = today.paid(actor, found.area, on)
    reached = today.reached(actor, found.area, on)
    days = {"from": str(paid.window.from_on), "to": str(paid.window.to_on)}
    month = {"area": found.area, **days, "measure": "sum amount", "kind": "payment", "by": "service"}  # fmt: skip
    given |= {
        "desks": [(DESKS[name], _number(desks.whole[name]), _cases(request, found, name), name) for name in today.DESKS],
        "exact": desks.exact, "paid": _yuan(paid.now), "before": _yuan(paid.before), "change": _change(paid.now, paid.before),
        "money_page": f"{reverse('console:explore')}?{urlencode(month)}", "window": paid.window,
        "reached": [(title, _number(reached.whole.get(name))) for name, title in _REACHED.items()] if reached.day else [],
        "reached_on": reached.day, "share": _share(reached.whole), "missed_before": _number(reached.before),
        "unusual": [_said(one, found) for one in today.unusual(actor, found.area, on)],
    }  # fmt: skip
    return render(request, "console/insight/today.html", given)


_REACHED: dict[str, Words] = {
    "entitled": _("Entitled by the match"),
    "missed": _("Of them not reached"),
    "unknown": _("A fact is missing"),
}


def _share(counts: Mapping[str, int | None]) -> str:
    entitled, missed = counts.get("entitled"), counts.get("missed")
    return f"{(entitled - missed) * 100 / entitled:.1f} %" if entitled and missed is not None else ""


def _change(now: int | None, before: int | None) -> str:
    share = round((now - before) * 100 / before) if now is not None and before else 0
    return f"{share:+d} %" if share else ""


def _said(one: today.Unusual, found: Asked) -> dict[str, str]:
    """An unusual month in words."""
    language = say.language()
    words_of = [wording.exact(one.definition, value, language) for value in (one.value, one.low, one.high)]
    text = gettext("%(month)s: %(value)s; usually %(low)s to %(high)s a month") % {
        "month": one.month.strftime("%Y-%m"), "value": words_of[0], "low": words_of[1], "high": words_of[2],
    }  # fmt: skip
    asked = urlencode({"area": found.area, "from": one.month.isoformat(), "to": say.month_end(one.month).isoformat()})
    href = f"{reverse('console:figure', args=[one.definition.code])}?{asked}"
    return {"name": one.definition.name[language], "said": text, "href": href,
            "tag": gettext("more than usual") if one.more else gettext("less than usual")}  # fmt: skip


@page("figures.view")
def sections(request: Request) -> HttpResponse:
    """Each pillar with its services, and whose desks the cases lie on."""
    found, given = _given(request)
    actor, on = request.actor, clock.today()
    desks, paid, reached = (
        today.desks(actor, found.area, given["at"]), today.paid(actor, found.area, on), today.reached(actor, found.area, on)
    )  # fmt: skip
    known = catalogue.visible(actor.scope, on)
    made = []
    for pillar, title in words.PILLARS.items():
        codes = [code for code, one in known.items() if one.service.pillar == pillar and not one.service.sealed]
        rows = [
            {"name": words.said(known[code].service.name), "code": code, "paid": _yuan(paid.services[code]) if code in paid.services
             else "", "counts": [_number(desks.services[code][name]) if code in desks.services else "" for name in today.DESKS]}
            for code in codes if code in desks.services or code in paid.services
        ]  # fmt: skip
        counts = desks.pillars.get(pillar)
        share = _share((reached.pillars or {}).get(pillar, {})) if reached.day else ""
        heads = [(DESKS[name], _number(counts[name]) if counts else "0", name) for name in today.DESKS]
        made.append(
            {"title": title, "rows": sorted(rows, key=lambda row: str(row["name"])), "share": share, "counts": heads}
        )
    levels = [(words.of(words.PLACES, level), [_number(counts[name]) for name in today.DESKS])
              for level, counts in sorted(desks.levels.items(), key=lambda one: -(one[1]["running"] or 0)) if level]  # fmt: skip
    given |= {"pillars": made, "titles": list(DESKS.values()), "levels": levels, "exact": desks.exact}
    return render(request, "console/insight/sections.html", given)


@page("figures.view")
def counties(request: Request) -> HttpResponse:
    """The areas below beside one another: a rate each, its interval, and whether chance explains the difference."""
    found, given = _given(request)
    asked = request.GET.get("what", "")
    what: Any = asked if asked in fair.WHATS else "missed"
    services = reach.services(clock.today())
    service = request.GET.get("service", "")
    service = service if service in services else ""
    made = fair.compare(request.actor, area=found.area, what=what, at=given["at"], service=service)
    lists.know_codes(request, [line.code for line in made.lines])
    known: dict[str, tuple[str, str]] = getattr(request, "known_areas", {})
    lines = [_line(line, say.pick(known.get(line.code, (line.code, line.code))), made) for line in made.lines]
    names = [(code, words.said(one.service.name), code == service) for code, one in services.items()]
    given |= {
        "made": made, "lines": lines, "what": what, "whats": [(code, said[0], code == what) for code, said in WHATS.items()],
        "per": WHATS[what][1], "of": WHATS[what][2], "services": sorted(names, key=lambda one: str(one[1])), "service": service,
        "whole": _rate(made.whole.rate), "chart": _chart(lines, made), "found_title": WHATS[what][0],
    }  # fmt: skip
    return render(request, "console/insight/counties.html", given)


def _rate(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.1f}"


def _line(line: fair.Line, name: str, made: fair.Compared) -> dict[str, Any]:
    tone = {"within": "", "doubtful": "sky"}.get(
        line.stands, "amber" if line.above != (made.what in fair.GOOD) else "pine"
    )
    more = gettext("above the whole") if line.above else gettext("below the whole")
    stands = (
        words.of(STANDS, line.stands)
        if line.stands == "within"
        else gettext("%(where)s, %(how)s") % {"where": more, "how": words.of(STANDS, line.stands)}
    )
    return {"line": line, "name": name, "rate": _rate(line.rate), "tone": tone, "stands": stands if line.rate is not None else "",
            "between": f"{line.low:.1f} – {line.high:.1f}" if line.low is not None and line.high is not None else "—",
            "found": _number(line.found), "of": _number(line.of)}  # fmt: skip


def _chart(lines: list[dict[str, Any]], made: fair.Compared) -> dict[str, Any]:
    """Each area as a dot with its interval, and the whole as a line; in the order of the codes."""
    known = [one for one in lines if one["line"].rate is not None]
    ends = [end for one in known for end in (one["line"].low, one["line"].high)]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    wide = (high - low) or 1.0
    low, high = max(low - wide / 8, 0.0), high + wide / 8

    def x(rate: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (min(max(rate, low), high) - low) / (high - low), 1)

    bars = [{"name": one["name"], "y": place * ROW + 20, "x": x(one["line"].rate), "low": x(one["line"].low),
             "high": x(one["line"].high), "rate": one["rate"], "tone": one["tone"]} for place, one in enumerate(known)]  # fmt: skip
    return {"bars": bars, "width": WIDTH, "height": len(known) * ROW + 10, "left": LEFT,
            "whole": x(made.whole.rate) if made.whole.rate is not None else None}  # fmt: skip


urls: list[URLPattern] = [
    path("today/", day, name="today"),
    path("sections/", sections, name="sections"),
    path("counties/", counties, name="counties"),
]
