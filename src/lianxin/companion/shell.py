"""The frame around every page of a household: whose desk it is, its phone, unread messages, and for whom one acts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext

from lianxin.access import duty
from lianxin.access import queries as places
from lianxin.access.queries import actor_of
from lianxin.catalogue import guides
from lianxin.companion import lean
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.notices import queries as notices
from lianxin.people import identities
from lianxin.people import queries as people


@dataclass(frozen=True, slots=True)
class Desk:
    """An office as a household needs it: what it is called, where it is, and its phone."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody for whom the person behind the account may act."""

    id: int
    name: str
    services: tuple[str, ...] = ()  # what the mandate names; empty: everything


def english() -> bool:
    """Whether the page speaks English."""
    return not (get_language() or "zh").startswith("zh")


def in_language(pair: tuple[str, str]) -> str:
    """The Chinese or the English one of a pair of names."""
    return pair[1] if english() else pair[0]


def mine(request: HttpRequest) -> Actor:
    """The actor as a resident: oneself and those under a mandate, whatever an office of theirs may see besides."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.scope.reach == "self":
        return actor
    return replace(actor, office=None, scope=Scope("self", (), (), actor.account, (own(actor),)))


def desk_over(area: str) -> Desk | None:
    """The nearest desk over a place that has a phone, and who answers it at this hour where the roster says so."""
    found = _desk_over(area)
    on_duty = duty.answering([area], clock.now()).get(area)
    if found is None or on_duty is None:
        return found
    name = gettext("%(desk)s · on duty: %(name)s") % {"desk": found.name, "name": on_duty.surname}
    return replace(found, name=name, phone=on_duty.phone or found.phone)


def printed_desk(area: str) -> guides.Desk:
    """The nearest desk over a place as paper names it: not who happens to be on duty."""
    found = _desk_over(area)
    return guides.Desk(found.name, found.phone, found.address) if found else guides.Desk()


def _desk_over(area: str) -> Desk | None:
    """The nearest desk over a place that has a phone: the community's, else the township's, county's, city's."""
    found: Desk | None = None
    for level, length in (("village", 12), ("township", 9), ("county", 6), ("city", 4)):
        if len(area) < length:
            continue
        office = places.office_over(area, level)
        if office is None:
            continue
        one = Desk(in_language((office.name, office.name_en or office.name)), office.phone, office.address)
        if one.phone:
            return one
        found = found or one
    return found


def own(actor: Actor) -> int:
    """The person behind the account; every page of this face is theirs."""
    if actor.person is None:
        raise LookupError("this account belongs to nobody's file")
    return actor.person


def relatives(actor: Actor, service: str = "", *, whole: bool = False) -> list[Relative]:
    """Those under a mandate, by name: in anything, in one service, or (``whole``) in everything."""
    others: dict[int, tuple[str, ...]] = {one: () for one in actor.scope.persons if one != actor.person}
    if not whole:
        others |= {one: services for one, services in actor.scope.named if not service or service in services}
    names = identities.names(others) if others else {}
    return [Relative(one, names[one], services) for one, services in others.items() if one in names]


def acting_for(actor: Actor, given: str | None, service: str = "") -> int | None:
    """The person that ``given`` names where the actor may act for them (in one service, or in any where none is given);
    oneself where it is blank; else None."""
    if not given:
        return own(actor)
    asked = number_of(given)
    if asked is None or asked in actor.scope.persons:
        return asked
    services = dict(actor.scope.named).get(asked, ())
    return asked if service in services or (services and not service) else None


def speaks_in(actor: Actor, person: int | None, service: str) -> bool:
    """Whether the actor may act for ``person`` (None: oneself) in a service."""
    return person is None or acting_for(actor, str(person), service) is not None


def sentence(refusal: Refusal) -> str:
    """What a refusal says, in the page's language."""
    return gettext(refusal.sentence)


def mark(actor: Actor) -> str:
    """Tells one account's drafts on a shared phone from another's, and says nothing else."""
    return mark_of(actor.account)


def mark_of(account: int | None) -> str:
    """:func:`mark` of an account's id."""
    return salted_hmac("lianxin.companion", str(account)).hexdigest()[:12]


def show(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, tab: str = "", keep: bool = True,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw an own page inside its frame. ``keep``: the phone may show it again without a line; never a sealed one."""
    actor = mine(request)
    home = people.subjects_area([own(actor)]).get(own(actor), "")
    frame = {
        "who": mark(actor), "tab": tab, "keep": keep and status == 200, "desk": desk_over(home),
        "keeper": "", "shell": _held(request),
        "place": _place(home, actor), "unread": notices.unread_count(actor), "others": relatives(actor),
    }  # fmt: skip
    response = render(request, f"companion/{template}.html", {**frame, **(context or {})}, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def show_public(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Draw a public page: the city's desk and its phone, nobody's own things."""
    signed_in = request.user.is_authenticated and request.user.pk is not None
    keeper = mark_of(request.user.pk) if signed_in else ""
    frame = {"desk": desk_over(settings.CITY), "who": "", "keeper": keeper, "keep": False, "shell": _held(request)}
    return render(request, f"companion/{template}.html", {**frame, **(context or {})}, status=status)


def resident(request: HttpRequest) -> Actor | None:
    """Whoever is signed in with matters of their own, on a page that is open to strangers too."""
    if not request.user.is_authenticated:
        return None
    actor = actor_of(request.user, clock.now())
    return actor if actor.office is None and actor.may("own.view") and actor.person is not None else None


def show_anyone(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, tab: str = "", keep: bool = True
) -> HttpResponse:
    """Draw a public page; to whoever is signed in, in the frame that they know."""
    actor = resident(request)
    if actor is None:
        return show_public(request, template, context)
    request.actor = actor  # type: ignore[attr-defined]
    return show(request, template, context, tab=tab, keep=keep)


def _held(request: HttpRequest) -> lean.Shell:
    return lean.shell(request.COOKIES.get(lean.COOKIE, ""))


def _place(home: str, actor: Actor) -> str:
    names = places.area_names([home]) if home else {}
    return " · ".join(part for part in (in_language(names[home]) if home in names else "", actor.name) if part)
