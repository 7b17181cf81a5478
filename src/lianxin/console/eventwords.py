"""Events in words: kinds, venues, states, who they are for."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.campaigns import calendar, kinds, signing

Words = str | Promise

STATES: dict[str, Words] = {"open": _("planned"), "held": _("took place"), "cancelled": _("cancelled")}
TONES = {"open": "pine", "held": "", "cancelled": ""}
PLACES: dict[str, Words] = {"taken": _("has a place"), "waiting": _("waits"), "cancelled": _("stepped back")}
CHANNELS: dict[str, Words] = {
    "app": _("in the app"), "counter": _("at the counter"), "phone": _("by phone"), "walk-in": _("walked in"),
}  # fmt: skip
PICTURES: dict[str, Words] = {
    "waiting": _("waits for a second look"),
    "shown": _("may be seen"),
    "down": _("taken down"),
}


def said(pair: tuple[str, str]) -> str:
    """The Chinese or the English one."""
    return pair[0] if get_language() == "zh-hans" else pair[1]


def kind(code: str) -> str:
    """A kind of event."""
    return said(kinds.EVENTS[code]) if code in kinds.EVENTS else code


def venue(code: str) -> str:
    """A kind of place."""
    return said(kinds.VENUES[code]) if code in kinds.VENUES else code


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of events to choose from."""
    return [(code, said(pair)) for code, pair in kinds.EVENTS.items()]


def venue_choices() -> list[tuple[str, str]]:
    """Kinds of places to choose from."""
    return [(code, said(pair)) for code, pair in kinds.VENUES.items()]


def title(one: calendar.Shown) -> str:
    """What an event is called."""
    return said((one.title, one.title_en))


def programme(one: calendar.Shown) -> str:
    """What an event belongs to."""
    return said((one.programme_name, one.programme_name_en))


def places(one: calendar.Shown) -> str:
    """How many places are taken of how many."""
    return f"{one.taken}/{one.places}" if one.places is not None else str(one.taken)


def ages(one: calendar.Shown) -> str:
    """For which ages; blank for everybody."""
    return signing.ages(one.age_from, one.age_to)


def name(one: calendar.Place) -> str:
    """Whom a list names: a child under the name of who answers for it."""
    if one.child:
        return gettext("child of %(name)s") % {"name": one.guardian_name} if one.guardian_name else gettext("a child")
    return one.name
