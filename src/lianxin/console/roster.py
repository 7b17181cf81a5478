"""The duty roster of a community: a week at a time, edited, copied from the week before, swapped, printed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import duty
from lianxin.access.gate import Request, page
from lianxin.access.queries import colleagues
from lianxin.console import line, papercodes, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of

SHIFTS: dict[str, words.Words] = {"day": _("by day"), "night": _("by night")}
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot as the page shows it."""

    key: str  # 2026-11-23-night
    entered: duty.Entered | None
    open: bool
    now: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A day and its two slots."""

    day: dt.date
    weekday: str
    slots: list[Slot]


def _key(slot: duty.Slot) -> str:
    return f"{slot[0].isoformat()}-{slot[1]}"


def _slot(key: str) -> duty.Slot | None:
    day, _dash, shift = key.rpartition("-")
    try:
        found = dt.date.fromisoformat(day)
        return (found, shift) if shift in duty.SHIFTS and 2000 <= found.year <= 2200 else None
    except ValueError:
        return None


def _first(request: Request) -> dt.date:
    given = request.POST.get("week", "") or request.GET.get("week", "")
    try:
        day = dt.date.fromisoformat(given)
        return duty.monday(day if 2000 <= day.year <= 2200 else clock.today())
    except ValueError:
        return duty.monday(clock.today())


def _office(request: Request) -> tuple[int, list[tuple[int, str]]]:
    """The office whose roster is asked for (one's own unless another of the area is named), and the others."""
    known = duty.kept_offices(request.actor.scope)
    english = not (get_language() or "zh").startswith("zh")
    named = [(pk, (other or name) if english else name) for pk, name, other in known]
    given = request.GET.get("office", "") or request.POST.get("office", "")
    if given:
        chosen = number_of(given)
        if chosen is None or duty.week(request.actor.scope, chosen, clock.today()) is None:
            raise Http404
        return chosen, named
    if not named:
        raise Http404
    return named[0][0], named


@page("duty.keep")
def roster(request: Request) -> HttpResponse:
    """A week of the roster."""
    office, named = _office(request)
    first, now = _first(request), duty.shift_at(clock.now())
    stands = duty.week(request.actor.scope, office, first) or {}
    rows = [
        Row(day, str(WEEKDAYS[day.weekday()]),
            [Slot(_key((day, shift)), stands.get((day, shift)), day >= now[0], (day, shift) == now) for shift in duty.SHIFTS])
        for day in (first + dt.timedelta(days=n) for n in range(duty.WEEK))
    ]  # fmt: skip
    given: dict[str, Any] = {
        "office": office, "offices": named, "first": first, "last": first + dt.timedelta(days=6),
        "before": first - dt.timedelta(days=7), "after": first + dt.timedelta(days=7), "rows": rows,
        "shifts": [(str(SHIFTS["day"]), duty.BEGINS, duty.ENDS), (str(SHIFTS["night"]), duty.ENDS, duty.BEGINS)],
        "names": [name for _pk, name in colleagues(office)], "answering": line.answering(request),
        "choices": [(slot.key, row.day, row.weekday, SHIFTS[slot.key.rpartition("-")[2]], slot.entered)
                    for row in rows for slot in row.slots if slot.open],
        "history": [(one, SHIFTS[one.shift]) for one in duty.history(request.actor.scope, office)],
        "name": dict(named).get(office, ""),
    }  # fmt: skip
    given["printed"] = papercodes.when_printed(request)
    return render(request, "console/casework/roster.html", given)


@page("duty.keep")
@require_POST
def roster_do(request: Request, what: str) -> HttpResponse:
    """Save the week, fill it from the week before, or swap two shifts."""
    office, _named = _office(request)
    first, by, at = _first(request), request.actor, clock.now()
    back = f"{reverse('console:roster')}?office={office}&week={first.isoformat()}"
    if what == "save":
        wishes = _wishes(request, office)
        attempt(request, lambda: duty.put(office=office, wishes=wishes, by=by, at=at), _("The roster is kept."))
    elif what == "copy":
        attempt(request, lambda: duty.copy_week(office=office, first=first, by=by, at=at),
                _("Filled from the week before; what was entered stays."))  # fmt: skip
    elif what == "swap":
        one, other = _slot(request.POST.get("one", "")), _slot(request.POST.get("other", ""))
        if one is None or other is None:
            raise Http404
        attempt(request, lambda: duty.swap(office=office, one=one, other=other, by=by, at=at), _("Swapped."))
    else:
        raise Http404
    return redirect(back)


def _wishes(request: Request, office: int) -> dict[duty.Slot, duty.Wish]:
    """What the form says of each slot it showed; a colleague is known by their name."""
    accounts = {name: pk for pk, name in colleagues(office)}
    wishes: dict[duty.Slot, duty.Wish] = {}
    for key in request.POST.getlist("slot"):
        slot = _slot(key)
        if slot is not None:
            name = request.POST.get(f"name-{key}", "").strip()
            wishes[slot] = duty.Wish(accounts.get(name), name, request.POST.get(f"phone-{key}", ""))
    return wishes


urls: list[URLPattern] = [
    path("desk/roster/", roster, name="roster"),
    path("desk/roster/<slug:what>/", roster_do, name="roster-do"),
]
