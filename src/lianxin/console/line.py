"""The community desk (连心台): who calls, who lives there, what it is about, who goes. Made for the keyboard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext

from lianxin.access import duty
from lianxin.access.gate import Request, page
from lianxin.access.queries import colleagues
from lianxin.campaigns import queries as campaigns
from lianxin.casework import actions as casework
from lianxin.casework import queries
from lianxin.catalogue import queries as catalogue
from lianxin.console import asks, lists, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.openings import Opening
from lianxin.engine.refusal import Refusal
from lianxin.journal import looks
from lianxin.people import homes
from lianxin.people import queries as people

HELPERS, RUNNING = 8, 12
LONGEST = 2000  # characters of what they say
CHANNELS = ("phone", "counter", "messenger", "hotline", "paper", "liaison", "visit")
KEYS = "1234567890qwetyuiop"  # of the kinds, in their order; no letter that the page uses otherwise
OURSELVES, NOBODY = "us", ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of ask on a large button: ``service:kind``, its words, what is promised and its key."""

    code: str
    name: str
    promised: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Goes:
    """One who may be sent: ``value`` is an office, a colleague (``us:5``), oneself (``us``) or nobody yet (blank)."""

    value: str
    name: str
    notes: tuple[str, ...] = ()


def kinds(request: Request) -> list[Choice]:
    """Every kind of every ask of the line that this desk may open, in the catalogue's order."""
    made: list[Choice] = []
    line = set(queries.line_services(clock.today()))
    for code, found in catalogue.visible(request.actor.scope, clock.today()).items():
        if code not in line:
            continue
        for kind in found.service.kinds:
            key = KEYS[len(made)] if len(made) < len(KEYS) else ""
            made.append(Choice(f"{code}:{kind.code}", words.said(kind.name), words.within(kind.within), key))
    return made


@dataclass(frozen=True, slots=True)
class Found:
    """What a text found: households in order, and in each the one it spoke of."""

    houses: list[people.Household]
    callers: dict[int, int]


def look(request: Request, text: str) -> Found:
    """Households by whoever calls: the last digits of a phone first, else any way in which a person is found."""
    scope = request.actor.scope
    hits = homes.callers(scope, text) or (people.find(scope, text, limit=24).hits if scope.reach == "area" else [])
    callers: dict[int, int] = {}
    for one in hits:
        if one.family is not None:
            callers.setdefault(one.family, one.id)
    return Found(people.households_of(scope, hits), callers)


def answering(request: Request, area: str = "") -> duty.Answering | None:
    """Who answers now over the actor's own area, or another."""
    here = area or request.actor.area
    return duty.answering([here], clock.now()).get(here)


@page("case.dispatch")
def desk(request: Request) -> HttpResponse:
    """Find the household, choose the kind, see who would go, send them; beside it what is running."""
    return _desk(request, request.GET)


def _desk(request: Request, asked: QueryDict, *, status: int = 200) -> HttpResponse:
    """The page as it was asked for; or, where something could not be sent, with all of it as it was typed."""
    actor, at = request.actor, clock.now()
    text = asked.get("q", "").strip()[:60]
    found = look(request, text) if text else Found([], {})
    chosen = asked.get("house", "")
    family = number_of(chosen)
    if family is None and len(found.houses) == 1:
        family = found.houses[0].id
    home = homes.home(actor.scope, family, clock.today()) if family is not None else None
    choices = kinds(request)
    kind = asked.get("kind", "")
    kind = kind if kind in {one.code for one in choices} else ""
    given: dict[str, Any] = {
        "text": text, "houses": found.houses, "home": home, "kinds": choices, "kind": kind,
        "channels": [(code, words.CHANNELS[code]) for code in CHANNELS], "channel": asked.get("channel", "phone"),
        "goes": _goes(request, kind, home.household.home) if home is not None and kind else [],
        "said": asked.get("words", ""), "reference": asked.get("reference", ""),
        "office": asked.get("office") if status != 200 else None,
        "answering": answering(request), "counts": queries.board_counts(actor.scope, at=at),
    }  # fmt: skip
    if home is not None:
        looks.opened_together(persons=[one.person.id for one in home.members], area=home.household.home, by=actor,
                              at=at, way="desk")  # fmt: skip
        running, past = queries.of_household(actor.scope, home.household.id, at=at)
        caller = found.callers.get(home.household.id) or asked.get("caller", "")
        given |= {"live": asks.members(home, caller), "needs": asks.needs(home), "merit": asks.merit(home),
                  "house_asks": asks.shown(actor, running), "past": asks.past(past)}  # fmt: skip
    lists.know_codes(request, [one.home for one in found.houses] + ([home.household.home] if home else []))
    given["running"] = asks.shown(actor, queries.board(actor.scope, queries.Asked(), at=at, limit=RUNNING).rows)
    return render(request, "console/casework/desk.html", given, status=status)


def _goes(request: Request, kind: str, area: str) -> list[Goes]:
    """Who may be sent, likeliest first: who offers just this near by, then ourselves, then who offers anything."""
    english = not (get_language() or "zh").startswith("zh")
    exact: list[Goes] = []
    others: list[Goes] = []
    asked = kind.split(":")[1]
    for one in campaigns.givers(asked, area, clock.now(), limit=HELPERS):
        notes = [gettext("on duty now") if one.open_now else gettext("not on duty")]
        if one.load:
            notes.append(gettext("%(n)s in hand") % {"n": one.load})
        made = Goes(str(one.office), one.name_en if english else one.name, tuple(notes))
        (exact if one.kind == asked else others).append(made)
    ours = [Goes(OURSELVES, gettext("I see to it myself"))]
    ours += [
        Goes(f"{OURSELVES}:{pk}", gettext("%(name)s of our office") % {"name": name})
        for pk, name in colleagues(request.actor.office)
        if pk != request.actor.account
    ]
    return [*exact, *ours, *others, Goes(NOBODY, gettext("Nobody yet: it stays on our desk"))]


@page("case.dispatch")
def send(request: Request) -> HttpResponse:
    """Open the ask for whoever called and hand it to whoever was chosen, both or neither; what was typed is never lost."""
    if request.method != "POST":  # the page of a refusal, opened anew
        return redirect("console:desk")
    actor, at = request.actor, clock.now()
    code, _colon, kind = request.POST.get("kind", "").partition(":")
    house, goes = request.POST.get("house", ""), request.POST.get("office", "")
    found = catalogue.visible(actor.scope, clock.today()).get(code)
    family = number_of(house)
    home = people.families(actor.scope, [family]) if family is not None else {}
    if family is None or not home:
        raise Http404
    if found is None or found.service.kind(kind) is None or code not in queries.line_services(clock.today()):
        attempt(request, lambda: _refuse(gettext("Choose what it is about first; nothing was lost.")))
        return _desk(request, request.POST, status=422)
    said = request.POST.get("words", "").replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST:
        attempt(request, lambda: _refuse(
            gettext("At most %(most)s characters fit here, and these are %(count)s. Please shorten it a little.")
            % {"most": LONGEST, "count": len(said)} if said else gettext("Write down in a few words what they say.")))  # fmt: skip
        return _desk(request, request.POST, status=422)
    caller, channel = number_of(request.POST.get("caller", "")), request.POST.get("channel", "phone")
    members = {one.id for one in home[family].members}
    opening = Opening(
        service=code, version=found.version_id, family=family, area=home[family].home, kind=kind,
        person=caller if caller in members else None,
        channel=channel if channel in CHANNELS else "phone", words=said,
        reference=request.POST.get("reference", ""),
    )  # fmt: skip
    if (quiet := catalogue.quietly(found.service.kind(kind), clock.today())) is not None:
        return _quietly(request, quiet, opening, sorted(members))
    told: list[str] = []

    def act() -> None:
        with transaction.atomic():
            case = casework.open_cases(openings=[opening], by=actor, at=at)[0]
            told.append(case.number)
            _hand(request, case, goes)

    if not attempt(request, act):
        return _desk(request, request.POST, status=422)
    attempt(request, lambda: None, gettext("%(number)s is on its way; the clock runs. You see it on the right.")
            % {"number": told[0]})  # fmt: skip
    return redirect("console:desk")


def _quietly(request: Request, quiet: catalogue.Published, asked: Opening, members: list[int]) -> HttpResponse:
    """What weighs on somebody goes to whoever listens, at once and sealed: it never lies on the desk."""
    opening = replace(asked, service=quiet.service.code, version=quiet.version_id, person=asked.person or members[0],
                      family=None, kind=quiet.service.kinds[0].code if quiet.service.kinds else "")  # fmt: skip
    attempt(request, lambda: casework.open_cases(openings=[opening], by=request.actor, at=clock.now()),
            gettext("It is with the person who listens. You see nothing more of it; they call back in time."))  # fmt: skip
    return redirect("console:desk")


def _hand(request: Request, case: Any, goes: str) -> None:
    """To a helper, to a colleague or oneself, or to nobody yet; what somebody has already is left with them."""
    actor, at = request.actor, clock.now()
    if case.step_name != "dispatch" or case.dispatches.exists():
        return  # the second click of the same form
    if (office := number_of(goes)) is not None:
        casework.dispatch(case=case.pk, office=office, by=actor, at=at)
    elif goes.partition(":")[0] == OURSELVES:
        casework.take_on(case=case.pk, account=number_of(goes.partition(":")[2]), by=actor, at=at)


def _refuse(sentence: str) -> None:
    raise Refusal(sentence)


urls: list[URLPattern] = [
    path("desk/", desk, name="desk"),
    path("desk/send/", send, name="desk-send"),
]
