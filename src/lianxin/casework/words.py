"""States, verbs and steps in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.engine import clock

STATES: dict[str, str | Promise] = {
    "proposed": _("waits for the family's word"), "open": _("being worked on"),
    "waiting": _("waiting for what is missing"), "publicised": _("on public notice"),
    "underway": _("on its way"), "standing": _("standing, paid each period"), "review": _("being looked at again"),
    "delivered": _("delivered"), "refused": _("refused"), "withdrawn": _("withdrawn"), "closed": _("closed"),
}  # fmt: skip
DONE: dict[str, str | Promise] = {
    "open": _("opened"), "propose": _("found and proposed"), "confirm": _("confirmed"), "decline": _("declined"),
    "withdraw": _("withdrawn"), "accept": _("accepted"), "advance": _("passed on"), "ask": _("told what is missing"),
    "supplement": _("something was handed in"), "resume": _("everything is there"), "send-back": _("sent back"),
    "refuse": _("refused"), "reopen": _("opened again"), "publicise": _("put on public notice"),
    "object": _("an objection came in"), "overrule": _("objection answered: not upheld"),
    "close-notice": _("public notice ended"), "dispatch": _("offered to a helper"), "take": _("a helper took it"),
    "turn-down": _("the helper could not"), "give-up": _("the helper gave it back"), "deliver": _("delivered"),
    "order": _("delivery ordered"), "arrive": _("arrived"), "fall-through": _("delivery fell through"),
    "bounce": _("the bank sent it back"), "stand": _("handed on; delivered each period"),
    "received": _("received, says the household"), "not-received": _("not received, says the household"),
    "call-back": _("called back"), "no-answer": _("called, nobody answered"), "period": _("delivered for a period"),
    "lose": _("conditions no longer borne out: under review"), "find-again": _("conditions borne out again"),
    "keep": _("kept after review"), "end": _("ended"), "lapse": _("lapsed"), "rate": _("rated"),
    "take-up": _("taken up"), "note": _("noted"), "hand-up": _("became a case of the right service"),
    "hand-on": _("handed to another office"), "come-home": _("went to the office it belongs to"),
}  # fmt: skip
TOLD = _("more was told")  # a supplement without a paper: a field filled in, or words
STEP_DONE: dict[str, str | Promise] = {  # what "passed on" was, by the step at which it was done
    "accept": _("accepted"), "attest": _("attested"), "verify": _("verified against the file"),
    "review": _("reviewed"), "panel": _("the panel agreed"), "approve": _("approval given"), "select": _("selected"),
    "respond": _("the helper's work done"),
}  # fmt: skip
STEPS: dict[str, str | Promise] = {
    "accept": _("acceptance"), "attest": _("attestation"), "verify": _("verification"), "review": _("review"),
    "panel": _("internal panel"), "approve": _("approval"), "publicise": _("public notice"),
    "select": _("selection"), "dispatch": _("finding a helper"), "respond": _("the helper's work"),
    "confirm": _("your confirmation"), "deliver": _("delivery"), "call-back": _("call-back"),
}  # fmt: skip


def state_words(state: str) -> str:
    """What a state is called."""
    return str(STATES.get(state, state))


def done_words(verb: str, step: str = "", *, brought: bool = True) -> str:
    """What a move was, as a timeline says it; passing on is called by the step's own deed.

    ``brought``: whether a supplement was papers, and not only an answer or a word.
    """
    if verb == "supplement" and not brought:
        return str(TOLD)
    if verb == "advance" and step in STEP_DONE:
        return str(STEP_DONE[step])
    return str(DONE.get(verb, verb))


def step_words(step: str) -> str:
    """What a step is called."""
    return str(STEPS.get(step, step))


def when_words(at: dt.datetime) -> str:
    """A day and an hour as people say them."""
    local = at.astimezone(clock.SHANGHAI)
    if (get_language() or "zh").startswith("zh"):
        return f"{local.month} 月 {local.day} 日 {local:%H:%M}"
    return f"{local.day} {local:%B} {local:%H:%M}"


def day_words(at: dt.datetime | dt.date) -> str:
    """A day as people say it."""
    day = clock.day(at) if isinstance(at, dt.datetime) else at
    if (get_language() or "zh").startswith("zh"):
        return f"{day.month} 月 {day.day} 日"
    return f"{day.day} {day:%B}"


def said(name: Any) -> str:
    """A name of the catalogue, or a pair as notices keep it, in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    if isinstance(name, dict):
        return str(name.get("zh" if chinese else "en") or name.get("zh", ""))
    return str(name.zh if chinese else name.en)
