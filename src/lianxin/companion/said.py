"""How days, steps and states are said to a household: short, spoken, first the thing, then the rule."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianxin.access.templatetags.ui import full_day, short_day
from lianxin.engine import clock

# Every word below is said in the context "household": other faces have other words for the same thing.
STEPS = {
    "attest": "proof from the unit",
    "accept": "taking in",
    "verify": "checking",
    "review": "review",
    "panel": "discussion",
    "approve": "approval",
    "publicise": "public notice",
    "select": "selection",
    "dispatch": "finding a helper",
    "respond": "being helped",
    "confirm": "your word",
    "deliver": "delivery",
    "call-back": "calling back",
}
DELIVERIES = {
    "payment": "money arrives",
    "card": "card handed over",
    "visit": "visit",
    "appointment": "appointment",
    "errand": "done for you",
    "advice": "settled",
    "plaque": "plaque handed over",
    "record": "recorded",
    "file": "recorded",
}
STATES = {
    "proposed": "waiting for your word",
    "open": "under way",
    "waiting": "something is missing",
    "publicised": "on public notice",
    "standing": "runs on by itself",
    "delivered": "done",
    "refused": "refused",
    "withdrawn": "withdrawn",
    "closed": "closed",
}
LINES = {
    "due": "decided, waiting for the next payment run",
    "batched": "in the payment run, being checked",
    "sent": "at the bank, on its way",
    "paid": "arrived",
    "suspense": "the bank returned it; it is kept safe for you",
    "cancelled": "cancelled",
}
TONES = {
    "proposed": "amber", "open": "pine", "waiting": "amber", "publicised": "pine", "standing": "pine",
    "delivered": "pine", "due": "", "batched": "", "sent": "pine", "paid": "pine", "suspense": "amber",
}  # fmt: skip
RUNNING = ("proposed", "open", "waiting", "publicised")


def step(name: str, delivers: str = "") -> str:
    """The word under a dot of the step line; the last dot says what is delivered."""
    if name == "deliver" and delivers in DELIVERIES:
        return pgettext("household", DELIVERIES[delivers])
    return pgettext("household", STEPS[name]) if name in STEPS else name


def state(code: str) -> str:
    """A case's state as its household reads it."""
    return pgettext("household", STATES[code]) if code in STATES else code


def line(code: str) -> str:
    """A payment line's state as its payee reads it."""
    return pgettext("household", LINES[code]) if code in LINES else code


def tone(code: str) -> str:
    """The colour of a tag: green for what runs, amber for what is missing; a refusal stays grey."""
    return TONES.get(code, "")


def day(on: dt.date) -> str:
    """A day as people say it, with its year where that is not this one."""
    return short_day(on) if on.year == clock.today().year else full_day(on)


def until(due: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """Until when: with the hour where that is today or tomorrow, otherwise the day; a passed one is said so."""
    if due is None:
        return ""
    now = now or clock.now()
    local = due.astimezone(clock.SHANGHAI)
    ahead = (local.date() - clock.day(now)).days
    clocked = {"time": local.strftime("%H:%M"), "day": day(local.date())}
    if due < now:
        return _("was due %(day)s") % clocked
    if ahead == 0:
        return _("by %(time)s today") % clocked
    if ahead == 1:
        return _("by %(time)s tomorrow") % clocked
    return _("by %(day)s") % clocked
