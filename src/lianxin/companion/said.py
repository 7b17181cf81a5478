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
    "underway": "on its way",
    "standing": "runs on by itself",
    "review": "being looked at again",
    "delivered": "done",
    "refused": "refused",
    "withdrawn": "withdrawn",
    "closed": "closed",
}
MOVES = {
    "open": "It was asked for", "propose": "Found that this may be yours", "confirm": "Yes was said",
    "decline": "No was said", "withdraw": "Withdrawn", "accept": "Taken in", "advance": "Passed on",
    "ask": "Told what is missing", "supplement": "Something came in", "resume": "All is there, it goes on",
    "send-back": "Sent back to be looked at", "refuse": "Refused", "reopen": "Taken up again",
    "publicise": "Put on public notice", "object": "Somebody objected; it is looked into",
    "overrule": "The objection did not hold", "close-notice": "The public notice is over",
    "dispatch": "A helper was asked", "take": "A helper took it", "turn-down": "The helper could not, another is sought",
    "give-up": "The helper gave it back, another is sought", "deliver": "Done", "order": "Sent on its way",
    "arrive": "Arrived", "fall-through": "It did not arrive; the desk sees to it",
    "bounce": "The bank sent the money back; it is kept safe", "stand": "Decided; it comes by itself from now on",
    "received": "All is well, was said", "not-received": "Not yet well, was said", "call-back": "We called",
    "no-answer": "We called and nobody answered", "period": "Sent on its way again",
    "lose": "It is looked at again", "find-again": "It runs on", "keep": "It runs on", "end": "Ended",
    "lapse": "The offer has run out", "rate": "You said how it was",
    "hand-up": "Handed on to those whose matter it is",
    "hand-on": "Handed to another office", "come-home": "With the office it belongs to now",
}  # fmt: skip
LINES = {
    "due": "decided, waiting for the next payment run",
    "batched": "in the payment run, being checked",
    "sent": "at the bank, on its way",
    "paid": "arrived",
    "suspense": "the bank returned it; it is kept safe for you",
    "cancelled": "cancelled",
    "netted": "settled what was to be given back",
}
TONES = {
    "proposed": "amber", "open": "pine", "waiting": "amber", "publicised": "pine", "underway": "pine",
    "standing": "pine", "review": "amber",
    "delivered": "pine", "due": "", "batched": "", "sent": "pine", "paid": "pine", "suspense": "amber",
}  # fmt: skip
ENDED = frozenset({"delivered", "refused", "withdrawn", "closed"})
SCORES = ((5, "very good"), (4, "good"), (3, "fair"), (2, "not good"), (1, "bad"))


def step(name: str, delivers: str = "") -> str:
    """The word under a dot of the step line; the last dot says what is delivered."""
    if name == "deliver" and delivers in DELIVERIES:
        return pgettext("household", DELIVERIES[delivers])
    return pgettext("household", STEPS[name]) if name in STEPS else name


def state(code: str) -> str:
    """A case's state as its household reads it."""
    return pgettext("household", STATES[code]) if code in STATES else code


def move(verb: str, *, brought: bool = True, asks_word: bool = False) -> str:
    """What happened, as its household reads it; blank for what is none of its business.

    ``brought``: whether what came in was papers, and not only an answer or a word. ``asks_word``: it gives nothing, so
    nothing was found for them.
    """
    if verb == "propose" and asks_word:
        return pgettext("household", "A word from you is asked for")
    if verb == "supplement" and not brought:
        return pgettext("household", "More was told")
    return pgettext("household", MOVES[verb]) if verb in MOVES else ""


def scores() -> list[tuple[int, str]]:
    """What one may say of how it was."""
    return [(score, pgettext("household", words)) for score, words in SCORES]


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
