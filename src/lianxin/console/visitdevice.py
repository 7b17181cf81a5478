"""The page on a worker's own phone: assigned households only, sealed there, without a line; what it asks and sends.

Nothing of it asks for a place, a photo or a device's name. The page itself holds no person's data: what is taken along
comes as JSON, is sealed by the page under the worker's own words and opened nowhere else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.queries import area_names
from lianxin.campaigns import visiting, visitlist, visitplan, visitsync
from lianxin.console import asks, line, visitwords
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor

LARGEST = 2 * 1024 * 1024  # bytes of one sending: five visits with signatures
AT_ONCE = 20


@page(visiting.PERMISSION)
def device(request: Request) -> HttpResponse:
    """The page: the same for everybody who may visit, so that it may be kept."""
    given = {"words": visitwords.on_device(), "found": list(visitwords.FOUND.items()), "days": settings.VISIT_DAYS}
    response = render(request, "console/campaigns/device.html", given)
    response.headers["Cache-Control"] = "no-cache"
    return response


@page(visiting.PERMISSION)
def worker(request: Request) -> HttpResponse:
    """The small worker that opens the page without a line; it keeps the page and its files, nothing else."""
    found = finders.find("ui/visits-worker.js")
    if not isinstance(found, str):
        raise Http404
    with open(found, "rb") as file:
        response = HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _mark(actor: Actor) -> str:
    """Tells one worker's device from another's and says nothing else."""
    return salted_hmac("lianxin.visits", str(actor.account)).hexdigest()[:16]


def _answer(body: Mapping[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-store"
    return response


@page(visiting.PERMISSION)
def hello(request: Request) -> HttpResponse:
    """Who asks, what time it is, which lists are theirs, and which of the copies on their devices still hold."""
    actor, at = request.actor, clock.now()
    found = visitlist.lists(actor, at=at, state="open", mine=True, limit=20).rows
    return _answer({
        "who": _mark(actor), "csrf": get_token(request), "now": at.isoformat(), "days": settings.VISIT_DAYS,
        "lists": [{"id": one.id, "name": one.name, "on": one.for_on.isoformat(), "n": one.households} for one in found],
        "held": [key for key, _list, _name, _until in visitlist.held_by(actor, at=at)],
    })  # fmt: skip


@page(visiting.PERMISSION)
@require_POST
def take(request: Request, visits: int) -> HttpResponse:
    """One's own list, to be sealed on the device that asks."""
    actor, at = request.actor, clock.now()
    try:
        key = _key(_body(request).get("key", ""))
    except ValueError as unread:
        raise Http404 from unread
    found = visitlist.one(actor, visits, at=at)
    if found is None or found.account != actor.account:
        raise Http404
    try:
        held = visiting.take_along(visits=visits, key=key, by=actor, at=at)
    except Refusal as refusal:
        return _answer({"words": gettext(refusal.sentence)}, 409)
    rows = [row for row in visitlist.stops(actor, visits, day=clock.today()) if row.home is not None]
    running = visitlist.running(actor, [row.family for row in rows], at=at)
    locks = visitlist.locks([row.case for row in rows if row.case])
    last = visitplan.last_visits([row.family for row in rows])
    names = area_names(sorted({row.home.household.home for row in rows if row.home}))
    place = 0 if actor.language.startswith("zh") else 1
    return _answer({
        "key": key, "list": found.id, "name": found.name, "on": found.for_on.isoformat(), "at": held.at.isoformat(),
        "until": held.until.isoformat(), "kinds": [{"code": one.code, "name": one.name} for one in line.kinds(request)],
        "stops": [_stop(row, running, locks, last, {code: both[place] for code, both in names.items()}) for row in rows],
    })  # fmt: skip


def _stop(
    row: visitlist.StopShown, running: Mapping[int, list[visitlist.Running]], locks: Mapping[int, int],
    last: Mapping[int, dt.date], areas: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """One household as it is taken along: who lives there, what runs, no number in full."""
    home = row.home
    assert home is not None
    return {
        "id": row.id, "place": row.place, "why": visitwords.why(row.why), "words": row.words, "state": row.state,
        "address": home.household.address, "area": areas.get(home.household.home, ""), "code": home.household.code,
        "needs": asks.needs(home), "last": last[row.family].isoformat() if row.family in last else "",
        "members": [{"id": one.person.id, "name": one.person.name, "age": one.age, "phone": one.phone,
                     "marks": [str(asks.MARKS[mark][0]) for mark in one.marks]} for one in home.members],
        "lock": locks.get(row.case) if row.case else None,
        "running": [{"name": one.name, "where": one.where, "number": one.number} for one in running.get(row.family, ())],
    }  # fmt: skip


def _body(request: Request) -> dict[str, Any]:
    """The JSON that was sent. Raises ``Http404`` for anything else."""
    if request.content_type != "application/json" or len(request.body) > LARGEST:
        raise Http404
    try:
        said = json.loads(request.body or b"{}")
    except ValueError as unread:
        raise Http404 from unread
    if not isinstance(said, dict):
        raise Http404
    return said


@page(visiting.PERMISSION)
@require_POST
def sync(request: Request) -> HttpResponse:
    """Visits and decisions from the device. Sent twice, they are one; each is answered by its key."""
    said, by, at = _body(request), request.actor, clock.now()
    if said.get("who") != _mark(by):
        return _answer({"words": gettext("On this device lies the list of another worker.")}, 409)
    try:
        reports = [_report(one) for one in list(said.get("reports", []))[:AT_ONCE]]
        decisions = [
            (_part(one["part"]), str(one["report"]), bool(one["mine"]))
            for one in list(said.get("decisions", []))[:AT_ONCE]
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as unread:
        raise Http404 from unread
    answers = visitsync.receive(reports=reports, by=by, at=at)
    answers += [visitsync.decide(part=part, report=report, mine=mine, by=by, at=at) for part, report, mine in decisions]
    return _answer({"answers": [
        {"key": one.key, "state": one.state, "words": one.words,
         "parts": [{"key": key, "state": state, "theirs": theirs} for key, state, theirs in one.parts]}
        for one in answers
    ]})  # fmt: skip


def _report(one: Mapping[str, Any]) -> visitsync.Said:
    minutes, lock = one.get("minutes"), one.get("lock")
    return visitsync.Said(
        _key(one["key"]), _number(one["stop"]), str(one["outcome"]), _instant(one["at"]), _instant(one["known"]),
        _key(one["visit"]), _number(lock) if lock is not None else None, str(one.get("words", ""))[:2000],
        min(max(_number(minutes), 1), 1000) if minutes else None, str(one.get("signer", ""))[:40],
        str(one.get("signature", "")), [_part(part) for part in list(one.get("parts", []))[:12]],
    )  # fmt: skip


def _part(one: Mapping[str, Any]) -> visitsync.SaidPart:
    person = one.get("person")
    return visitsync.SaidPart(_key(one["key"]), str(one["what"]), str(one["code"])[:100], str(one.get("words", ""))[:2000],
                              str(one.get("value", ""))[:100], _number(person) if person else None)  # fmt: skip


def _key(text: object) -> str:
    key = str(text)
    if not 16 <= len(key) <= 36 or not key.isascii():
        raise ValueError("no key")
    return key


def _number(said: object) -> int:
    number = number_of(str(said))
    if number is None:
        raise ValueError("no number")
    return number


def _instant(text: object) -> dt.datetime:
    at = dt.datetime.fromisoformat(str(text))
    if at.tzinfo is None or not 2020 <= at.year <= 2200:
        raise ValueError("no instant")
    return at


@page(visiting.PERMISSION)
@require_POST
def back(request: Request) -> HttpResponse:
    """A copy is gone from the device: handed back, or wiped by itself."""
    said = _body(request)
    done = visiting.hand_back(
        key=str(said.get("key", ""))[:36], wiped=bool(said.get("wiped")), by=request.actor, at=clock.now()
    )
    return _answer({"done": done})


urls: list[URLPattern] = [
    path("visits/device/", device, name="device"),
    path("visits/device/worker.js", worker, name="device-worker"),
    path("visits/device/hello/", hello, name="device-hello"),
    path("visits/device/take/<int:visits>/", take, name="device-take"),
    path("visits/device/sync/", sync, name="device-sync"),
    path("visits/device/back/", back, name="device-back"),
]
