"""The community's own review (社区周报): a week, a month or any days; one A4 for Monday; each number opens its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.campaigns import calendar
from lianxin.casework import queries
from lianxin.catalogue import queries as catalogue
from lianxin.console import asks, eventwords, lists, papercodes, visitwords, words
from lianxin.console import figurewords as say
from lianxin.console.acting import attempt
from lianxin.engine import clock, paper
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.insight import community
from lianxin.people import queries as people

TEMPLATE = Path(community.__file__).with_name("community.typ")
TITLES: dict[str, str | Promise] = {
    "asked": _("asked"), "done": _("done"), "late": _("done late"), "running": _("still running"),
    "overdue": _("overdue now"), "handed-up": _("became cases"), "reopened": _("said not done"),
    "thanked": _("thanked for"), "unhappy": _("not content"), "complaints": _("complaints"), "hours": _("hours given"),
    "events": _("lessons and events held"), "visits": _("visits made"), "homes": _("households"),
    "visited": _("households visited"), "unvisited": _("households not visited"),
}  # fmt: skip
FRONT = ("asked", "done", "late", "overdue", "handed-up", "reopened", "thanked", "unhappy", "complaints", "hours", "events",
         "visits", "visited", "unvisited")  # fmt: skip
ONE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A period that one click asks for."""

    name: str | Promise
    from_on: dt.date
    to_on: dt.date
    on: bool = False


def _periods(today: dt.date) -> list[Period]:
    monday = today - dt.timedelta(days=today.weekday())
    first = today.replace(day=1)
    last = first - ONE
    return [
        Period(_("yesterday"), today - ONE, today - ONE), Period(_("today"), today, today),
        Period(_("last week"), monday - dt.timedelta(days=7), monday - ONE), Period(_("this week"), monday, today),
        Period(_("last month"), last.replace(day=1), last), Period(_("this month"), first, today),
    ]  # fmt: skip


def _asked(request: Request) -> community.Asked:
    """What the address asks: one's own place and last week, or last month for whoever sees months only."""
    actor, today = request.actor, clock.today()
    own = min(actor.scope.areas, key=len, default=str(settings.CITY))
    area = request.GET.get("area", "")[:12]
    area = area if number_of(area) is not None else own
    if not actor.scope.covers(area):
        raise Http404
    preset = _periods(today)[2 if community.opens(actor, area) else 4]
    from_on, to_on = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))
    first, last = from_on or (to_on or preset.from_on), to_on or (today if from_on else preset.to_on)
    if from_on is None and to_on is None:
        first, last = preset.from_on, preset.to_on
    return community.Asked(area, min(first, last), max(first, last), clock.now())


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text) if text else None
        return day if day is not None and 1949 <= day.year <= 2200 else None
    except ValueError:
        return None


def _query(asked: community.Asked, **more: str) -> str:
    extra = "".join(f"&{name}={value}" for name, value in more.items() if value)
    return f"?area={asked.area}&from={asked.from_on.isoformat()}&to={asked.to_on.isoformat()}{extra}"


def shown(number: community.Number) -> str:
    """A number as the page says it: hours with half hours, and too small cells as such."""
    if number.value is None:
        return "…"
    if number.code == "hours":
        return f"{number.value / 60:.1f}".rstrip("0").rstrip(".")
    return str(number.value)


def spent(minutes: int | None) -> str:
    """A middle time in the largest unit that says it well."""
    if minutes is None:
        return ""
    if minutes < 90:
        return gettext("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return gettext("%(n)s hours") % {"n": f"{minutes / 60:.1f}".rstrip("0").rstrip(".")}
    return gettext("%(n)s days") % {"n": f"{minutes / 1440:.1f}".rstrip("0").rstrip(".")}


def _rows(made: community.Review, what: str, **only: str) -> str:
    """The address of the rows behind a number; blank for whoever may not open them."""
    return reverse("console:community-rows") + _query(made.asked, what=what, **only) if made.opens else ""


def _cell(made: community.Review, number: community.Number, kind: str = "") -> dict[str, str]:
    href = _rows(made, number.code, kind=kind) if number.value is not None and number.code in community.ALL else ""
    return {"title": str(TITLES.get(number.code, "")), "text": shown(number), "href": href}


def _line(made: community.Review, line: community.Line) -> dict[str, Any]:
    cells = [_cell(made, getattr(line, code), line.kind) for code in ("asked", "done", "late", "running")]
    return {"name": words.said(line.name), "cells": cells, "spent": spent(line.minutes),
            "spent_href": _rows(made, "done", kind=line.kind) if line.minutes is not None else ""}  # fmt: skip


def _given(request: Request, made: community.Review) -> dict[str, Any]:
    asked = made.asked
    return {
        "made": made, "asked": asked, "query": _query(asked), "middle": spent(made.minutes),
        "middle_href": _rows(made, "done"), "lines": [_line(made, line) for line in made.lines],
        "numbers": [_cell(made, made.numbers[code]) for code in FRONT],
        "channels": [(words.of(words.CHANNELS, one.code), shown(one), _rows(made, "asked", channel=one.code))
                     for one in made.channels],
        "helpers": [(name, n, spent(minutes), _rows(made, "hours", office=str(office)))
                    for office, name, n, minutes in community.helpers(asked)],
        "late": asks.shown(request.actor, made.overdue),
        "place": say.pick(access.area_names([asked.area]).get(asked.area, (asked.area, asked.area))),
    }  # fmt: skip


@page("review.community")
def review(request: Request) -> HttpResponse:
    """The page; ``?as=pdf`` is its A4."""
    asked = _asked(request)
    found: list[community.Review] = []
    today = clock.today()
    periods = [Period(one.name, one.from_on, one.to_on, (one.from_on, one.to_on) == (asked.from_on, asked.to_on))
               for one in _periods(today)]  # fmt: skip
    given: dict[str, Any] = {
        "periods": [(one, _query(community.Asked(asked.area, one.from_on, one.to_on, asked.at))) for one in periods],
        "areas": say.choices(request, say.Asked(asked.area, asked.from_on, asked.to_on)), "asked": asked, "made": None,
    }  # fmt: skip
    if attempt(request, lambda: found.append(community.review(request.actor, asked))):
        given |= _given(request, found[0])
        if request.GET.get("as") == "pdf":
            return _pdf(request, given)
    lists.know_codes(request, [asked.area])
    return render(request, "console/casework/community.html", given)


def _pdf(request: Request, given: dict[str, Any]) -> HttpResponse:
    """One A4: numbers, kinds, what is overdue. No names: it lies on the table on Monday."""
    asked: community.Asked = given["asked"]
    data = {
        "title": gettext("The community's review"), "place": given["place"], "app": settings.APP_NAME,
        "zh": say.language().startswith("zh"),
        "period": f"{asked.from_on.isoformat()} — {asked.to_on.isoformat()}", "printed": clock.day(asked.at).isoformat(),
        "numbers": [[one["title"], one["text"]] for one in given["numbers"]],
        "heads": [gettext("Kind"), *(str(TITLES[code]) for code in ("asked", "done", "late", "running")),
                  gettext("middle time to done")],
        "lines": [[line["name"], *(cell["text"] for cell in line["cells"]), line["spent"]] for line in given["lines"]],
        "middle": given["middle"], "channels": [[name, n] for name, n, _href in given["channels"]],
        "helpers": [[name, str(n), sums] for name, n, sums, _href in given["helpers"]],
        "late": [[one.row.number, one.kind, one.has, one.row.due_words] for one in given["late"]],
        "words": {"channels": gettext("How it came"), "helpers": gettext("Who gave time"), "late": gettext("Overdue now"),
                  "none": gettext("none"), "middle": gettext("middle time to done"),
                  "sign": gettext("Read at the meeting of"), "counted": gettext("Counted by")},
    }  # fmt: skip
    code = papercodes.of_object(request, "review", request.path + _query(asked))
    response = HttpResponse(paper.pdf(TEMPLATE, data, at=asked.at, code=code), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="review-{asked.area}-{asked.to_on.isoformat()}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _listing(code: str, said: str, columns: tuple[lists.Column, ...]) -> lists.Listing:
    return lists.Listing(f"community-{code}", TITLES[code], columns, words=said, empty=_("No row"), export="people.search",
                         template="console/casework/community_rows.html")  # fmt: skip


_CASES = (
    lists.Column("number", _("Number"), head=True, href=lambda row: reverse("console:case", args=[row.id])),
    lists.Column("name", _("What it is")),
    lists.Column("who", _("Whom"), value=lambda row: row.who),
    lists.Column("channel", _("How it came"), value=lambda row: words.of(words.CHANNELS, row.channel)),
    lists.Column("opened_at", _("Opened"), "moment"),
    lists.Column("state", _("State"), value=lambda row: row.state_words),
)
_DUE = lists.Column("due_at", _("Due"), "due")
_HOMES = (
    lists.Column("address", _("Address"), head=True, href=lambda row: f"{reverse('console:desk')}?house={row.id}"),
    lists.Column("code", _("Household code")),
    lists.Column("who", _("Who lives there"), value=lambda row: "、".join(one.masked for one in row.members)),
    lists.Column("home", _("Residence"), "area"),
)  # fmt: skip


def _events(called: dict[str, tuple[str, str]]) -> tuple[lists.Column, ...]:
    """Which lessons and events were held, by what they are called."""
    return (
        lists.Column("on", _("Day"), "day"),
        lists.Column("programme", _("What"), head=True,
                     value=lambda row: say.pick(called[row.programme]) if row.programme in called else row.programme,
                     href=lambda row: reverse("console:event", args=[row.event]) if row.event else ""),
        lists.Column("category", _("Kind"), value=lambda row: eventwords.kind(row.category)),
        lists.Column("area", _("Area"), "area"),
    )  # fmt: skip


_HOURS = (
    lists.Column("on", _("Day"), "day"),
    lists.Column("who", _("Who gave"), head=True, href=lambda row: _given_for(row)),
    lists.Column("minutes", _("Minutes"), "number"),
)  # fmt: skip


def _given_for(row: community.Gave) -> str:
    """The ask or the event for which time was given."""
    if row.case:
        return reverse("console:case", args=[row.case])
    return reverse("console:event", args=[row.event]) if row.event else ""


def _timed(done: dict[int, dt.datetime]) -> tuple[lists.Column, ...]:
    """When each was done, and how long it took."""
    return (
        lists.Column("done_at", _("done"), "moment", value=lambda row: done.get(row.id)),
        lists.Column("took", _("time to done"), value=lambda row: spent(_minutes(row, done.get(row.id)))),
    )


def _minutes(row: queries.CaseRow, done: dt.datetime | None) -> int | None:
    return round((done - row.opened_at).total_seconds() / 60) if done is not None else None


def _came(houses: dict[int, people.Household]) -> tuple[lists.Column, ...]:
    """At whose door somebody was, and on which occasion."""
    return (
        lists.Column("on", _("Day"), "day"),
        lists.Column("address", _("Address"), head=True, value=lambda row: _address(houses, row.family),
                     href=lambda row: f"{reverse('console:desk')}?house={row.family}" if row.family in houses else ""),
        lists.Column("category", _("Occasion"), value=lambda row: words.of(visitwords.OCCASIONS, row.category)),
        lists.Column("area", _("Area"), "area"),
    )  # fmt: skip


def _address(houses: dict[int, people.Household], family: int | None) -> str:
    return houses[family].address if family in houses else ""


def _columns(
    code: str, done: dict[int, dt.datetime], houses: dict[int, people.Household], called: dict[str, tuple[str, str]]
) -> tuple[lists.Column, ...]:
    if code in community.HOMES:
        return _HOMES
    if code in community.OUTCOMES:
        return _came(houses) if code == "visits" else _events(called)
    if code == "hours":
        return _HOURS
    return (*_CASES, *_timed(done)) if code in community.TIMED else (*_CASES, _DUE)


def _narrowed(only: community.Only) -> str:
    """What the rows are narrowed to, in words."""
    kinds = {kind.code: words.said(kind.name) for code in queries.line_services(clock.today())
             for kind in catalogue.in_force(clock.today())[code].service.kinds}  # fmt: skip
    office = access.office_names([only.office]).get(only.office) if only.office is not None else None
    parts = [kinds.get(only.kind, only.kind), words.of(words.CHANNELS, only.channel) if only.channel else "",
             say.pick(office) if office else ""]  # fmt: skip
    return " · ".join(part for part in parts if part)


@page("review.community")
def rows(request: Request) -> HttpResponse:
    """The rows behind one number."""
    asked, code, actor = _asked(request), request.GET.get("what", "asked"), request.actor
    only = community.Only(kind=request.GET.get("kind", "")[:40], channel=request.GET.get("channel", "")[:20],
                          office=number_of(request.GET.get("office", "")))  # fmt: skip
    if code not in community.ALL:
        raise Http404
    if not community.opens(actor, asked.area):  # numbers only: back to them
        return redirect(reverse("console:community") + _query(asked))
    done: dict[int, dt.datetime] = {}
    doors: dict[int, people.Household] = {}
    called: dict[str, tuple[str, str]] = {}

    def fetch(one: lists.Asked) -> lists.Page:
        try:
            found = community.rows(actor, asked, code, only=only, after=number_of(one.after) or 0, limit=one.limit)
        except Refusal as refusal:
            raise Http404 from refusal
        if code in community.HOMES:
            houses = people.families(actor.scope, found.families)
            return lists.Rows([houses[pk] for pk in found.families if pk in houses], found.next)
        if code in community.OUTCOMES:
            doors.update(people.families(actor.scope, [row.family for row in found.outcomes if row.family is not None]))
            called.update(calendar.names(row.programme for row in found.outcomes if row.event))
            return lists.Rows(found.outcomes, found.next)
        if code == "hours":
            return lists.Rows(found.hours, found.next)
        done.update(found.done)
        return lists.Rows(queries.rows_numbered(actor.scope, found.cases, at=asked.at), found.next)

    given: dict[str, Any] = {"asked": asked, "back": reverse("console:community") + _query(asked)}
    return lists.show(request, _listing(code, _narrowed(only), _columns(code, done, doors, called)), fetch, **given)


urls: list[URLPattern] = [
    path("desk/review/", review, name="community"),
    path("desk/review/rows/", rows, name="community-rows"),
]
