"""How days, steps and states are said to a household: short, spoken, first the thing, then the rule."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from lianxin.access.templatetags.ui import full_day, short_day
from lianxin.engine import clock

STEPS = {
    "attest": gettext_noop("proof from the unit"),
    "accept": gettext_noop("taking in"),
    "verify": gettext_noop("checking"),
    "review": gettext_noop("review"),
    "panel": gettext_noop("discussion"),
    "approve": gettext_noop("approval"),
    "publicise": gettext_noop("public notice"),
    "select": gettext_noop("selection"),
    "dispatch": gettext_noop("finding a helper"),
    "respond": gettext_noop("being helped"),
    "confirm": gettext_noop("your word"),
    "deliver": gettext_noop("delivery"),
    "call-back": gettext_noop("calling back"),
}
DELIVERIES = {
    "payment": gettext_noop("money arrives"),
    "card": gettext_noop("card handed over"),
    "visit": gettext_noop("visit"),
    "appointment": gettext_noop("appointment"),
    "errand": gettext_noop("done for you"),
    "advice": gettext_noop("settled"),
    "plaque": gettext_noop("plaque handed over"),
    "record": gettext_noop("recorded"),
    "file": gettext_noop("recorded"),
}
STATES = {
    "proposed": gettext_noop("waiting for your word"),
    "open": gettext_noop("under way"),
    "waiting": gettext_noop("something is missing"),
    "publicised": gettext_noop("on public notice"),
    "standing": gettext_noop("runs on by itself"),
    "delivered": gettext_noop("done"),
    "refused": gettext_noop("refused"),
    "withdrawn": gettext_noop("withdrawn"),
    "closed": gettext_noop("closed"),
}
LINES = {
    "due": gettext_noop("decided, waiting for the next payment run"),
    "batched": gettext_noop("in the payment run, being checked"),
    "sent": gettext_noop("at the bank, on its way"),
    "paid": gettext_noop("arrived"),
    "suspense": gettext_noop("the bank returned it; it is kept safe for you"),
    "cancelled": gettext_noop("cancelled"),
}
TONES = {
    "proposed": "amber", "open": "pine", "waiting": "amber", "publicised": "pine", "standing": "pine",
    "delivered": "pine", "due": "", "batched": "", "sent": "pine", "paid": "pine", "suspense": "amber",
}  # fmt: skip
RUNNING = ("proposed", "open", "waiting", "publicised")


def step(name: str, delivers: str = "") -> str:
    """The word under a dot of the step line; the last dot says what is delivered."""
    if name == "deliver" and delivers in DELIVERIES:
        return _(DELIVERIES[delivers])
    return _(STEPS[name]) if name in STEPS else name


def state(code: str) -> str:
    """A case's state as its household reads it."""
    return _(STATES[code]) if code in STATES else code


def line(code: str) -> str:
    """A payment line's state as its payee reads it."""
    return _(LINES[code]) if code in LINES else code


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
