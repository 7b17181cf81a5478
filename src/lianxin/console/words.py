"""Codes in words: steps, states, deeds of the journal, background jobs. A page never shows a bare code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.console import deeds, givingdeeds, workwords
from lianxin.engine.declaration import Citation, Within
from lianxin.engine.facts import Name

Words = str | Promise


def said(name: Name) -> str:
    """A name of the catalogue in the page's language."""
    return name[get_language() or "zh"]


def of(words: Mapping[str, Words], code: str) -> str:
    """The words of a code, or the code where it has none."""
    return str(words.get(code, code))


STEPS: dict[str, Words] = {
    "accept": _("Accept"), "attest": _("Attestation"), "verify": _("Verify"), "review": _("Review"), "panel": _("Panel"),
    "approve": _("Approve"), "publicise": _("Publicise"), "select": _("Select"), "dispatch": _("Dispatch"),
    "respond": _("Respond"), "confirm": _("Confirm"), "deliver": _("Deliver"), "call-back": _("Call back"),
}  # fmt: skip
STATES: dict[str, Words] = {
    "proposed": _("waits for the family's word"), "open": _("under way"), "waiting": _("waits for what is missing"),
    "publicised": _("on public notice"), "standing": _("standing"), "delivered": _("delivered"),
    "refused": _("refused"), "withdrawn": _("withdrawn"), "closed": _("closed"),
}  # fmt: skip
STATE_TONES = {"underway": "pine", "review": "amber",
               "proposed": "amber", "open": "pine", "waiting": "amber", "publicised": "sky", "standing": "pine",
               "delivered": "pine"}  # fmt: skip
MODES: dict[str, Words] = {
    "ask": _("ask"), "apply": _("on application"), "confirm": _("found for them, one confirmation"),
    "automatic": _("without application"), "organiser": _("opened by staff"),
}  # fmt: skip
PILLARS: dict[str, Words] = {"board": _("One board"), "net": _("One net"), "together": _("All together")}
WORRIES: dict[str, Words] = {"path": _("Way ahead"), "home": _("The home"), "children": _("Children")}
PLACES: dict[str, Words] = {
    "village": _("village or community"), "township": _("township"), "county": _("county"), "city": _("city"),
    "liaison": _("military liaison"), "unit": _("unit"), "member": _("member unit"), "partner": _("partner"),
    "volunteer": _("volunteers"), "subject": _("the household itself"),
}  # fmt: skip
OFFICE_KINDS: dict[str, Words] = {
    "station": _("service station"), "centre": _("service centre"), "bureau": _("bureau"), "unit": _("contact of a unit"),
    "liaison": _("liaison office"), "member": _("member unit"), "partner": _("partner"), "volunteer": _("volunteers"),
    "court": _("mediation station"), "counsel": _("those who listen"), "donor": _("donor"),
}  # fmt: skip
REPEATS: dict[str, Words] = {
    "once": _("once"), "monthly": _("every month"), "quarterly": _("every quarter"), "yearly": _("every year"),
    "per-event": _("for each event"), "on-demand": _("whenever needed"),
}  # fmt: skip
UNITS: dict[str, Words] = {
    "hours": _("hours"), "days": _("days"), "working days": _("working days"), "months": _("months"),
}  # fmt: skip
CHANNELS: dict[str, Words] = {
    "app": _("in the app"), "phone": _("by phone"), "counter": _("at the counter"), "visit": _("on a visit"),
    "match": _("found by the system"), "liaison": _("by the liaison"), "ledger": _("from an old ledger"),
    "messenger": _("by messenger"), "hotline": _("passed on by 12345"), "paper": _("on paper"),
}  # fmt: skip
ANSWERS: dict[str, Words] = {
    "offered": _("asked, no answer yet"), "accepted": _("took it"), "declined": _("could not"),
    "unanswered": _("did not answer"), "withdrawn": _("no longer asked"), "done": _("says it is done"),
}  # fmt: skip
PERIODS: dict[str, Words] = {
    "underway": _("on its way"), "returned": _("sent back by the bank"), "done": _("arrived"),
    "reversed": _("taken back"), "cancelled": _("cancelled"),
}  # fmt: skip
VERDICTS: dict[str, Words] = {
    "entitled": _("entitled"), "not_entitled": _("not entitled"), "unknown": _("a fact is missing"),
}  # fmt: skip

DEEDS: dict[str, Words] = {
    "people": _("Files"), "people.reveal": _("Unmasked a value"), "people.import": _("Loaded a ledger"),
    "people.record": _("Recorded a fact"), "case": _("Cases"), "list.export": _("Took a list away"),
    "access": _("Accounts and roles"), "access.grant": _("Gave a role"), "access.end": _("Ended a role"),
    "access.accounts": _("Opened accounts"), "access.offices": _("Opened offices"), "access.areas": _("Added areas"),
    "access.password": _("Set a password"), "access.close": _("Closed or opened an account"),
    "catalogue.publish": _("Published services"), "payments": _("Money"), "outcomes": _("Register of outcomes"),
    "insight": _("Figures and reviews"), "insight.draft": _("Saved a draft review"),
    "insight.publish": _("Published a review"),
    "secrecy": _("Secrecy"), "secrecy.set-aside": _("Set a doubtful text aside"),
    "secrecy.read": _("Read a text set aside"), "secrecy.decide": _("Decided on a text set aside"),
    "secrecy.public-name": _("Let a public name pass"), "secrecy.public-name-ended": _("Took a public name back"),
    "notices": _("Messages"), "journal.verify": _("Walked the chain"),
    "journal.take": _("Took a table away"), "people.open": _("Opened a file"),
    "inquiry.open": _("Opened a file for an inquiry"), "inquiry.hold": _("Held an entry back from the person"),
    "inquiry.release": _("Let the person know"), "inquiry": _("Inquiries"),
    "keys": _("Keys"), "keys.added": _("Put a key on the ring"), "keys.sealed-anew": _("Sealed values anew"),
    "keys.retired": _("Retired a key"), "queue.retry": _("Tried work again"),
    **givingdeeds.OF_GIVING, **deeds.OF_LISTS, **deeds.OF_DOUBLES, **deeds.OF_MONEY,
    **deeds.OF_CARDS, **deeds.OF_FILES, **deeds.OF_CASES,
    **deeds.OF_ACCESS, **deeds.OF_KEEPING, **deeds.OF_PAPER, **deeds.OF_VISITS, **workwords.DEEDS,
}  # fmt: skip
DEEDS_ASKED = tuple(
    (code, DEEDS[code])
    for code in ("people.reveal", "people", "case", "list.export", "access", "payments", "catalogue.publish")
)
JOBS: dict[str, Words] = {
    "lianxin.ops.schedule.texts": _("Hand over text messages again"),
    "lianxin.ops.schedule.changes": _("Judge again whoever's file changed"),
    "lianxin.ops.schedule.close_publicity": _("Close public notices whose days are over"),
    "lianxin.ops.schedule.hourly": _("Bring unanswered errands back to their desk"),
    "lianxin.ops.schedule.nightly": _("Match everyone, make the lines that are due"),
    "lianxin.console.replays.find": _("Replay a service over past periods"),
    "lianxin.console.replays.carry": _("Carry out a correction of the past"),
    "lianxin.console.imports.run": _("Read a ledger of people"),
    "lianxin.console.feeding.run": _("Write people for another system"),
    "lianxin.console.taking.run": _("Write a workbook of people"),
    "lianxin.console.cardjobs.run": _("Make a file about cards"),
    "lianxin.console.reach.run": _("Count past weeks: who received what was theirs"),
    "lianxin.console.preview.run": _("Try a draft on the whole city"),
    "lianxin.journal.queries.verify": _("Walk the journal's chain"),
}


def deed(action: str) -> str:
    """What an entry of the journal says was done; the room's name where the deed itself has no words."""
    if action in DEEDS:
        return str(DEEDS[action])
    room = action.split(".")[0]
    return f"{DEEDS[room]} · {action.partition('.')[2]}" if room in DEEDS else action


DELIVERIES: dict[str, Words] = {  # a delivery by what is delivered: two of them on one route are two things
    "payment": _("Payment"), "visit": _("Visit"), "errand": _("Errand"), "advice": _("Advice"),
    "record": _("Record"), "file": _("Into the file"),
}  # fmt: skip


def step(code: str, as_: str = "") -> str:
    """What a step is called; a delivery by what is delivered."""
    return of(DELIVERIES, as_) if code == "deliver" and as_ in DELIVERIES else of(STEPS, code)


def job(function: object) -> str:
    """The name of a background job."""
    return of(JOBS, str(function))


def within(promised: Within | None) -> str:
    """A promised time: 5 working days."""
    return f"{promised.amount} {of(UNITS, promised.unit)}" if promised else ""


def title(declared: Mapping[str, Any], name: str) -> str:
    """The title of a form's field, which a catalogue may write in one language or in both."""
    said_as = declared.get("title", name)
    chinese = (get_language() or "zh").startswith("zh")
    if isinstance(said_as, Mapping):
        return str(said_as.get("zh" if chinese else "en", name))
    return str(said_as if chinese else declared.get("title_en", declared.get("x-title-en", said_as)))


def choice(declared: Mapping[str, Any], item: object) -> str:
    """One of a field's choices in the page's language, where the form names them."""
    names = (declared.get("names") or {}).get(str(item), {})
    return str(names.get("zh" if (get_language() or "zh").startswith("zh") else "en", item))


def said_pair(pair: Mapping[str, str]) -> str:
    """A pair of names as gaps and notices keep it, in the page's language."""
    return pair.get("zh" if (get_language() or "zh").startswith("zh") else "en") or pair.get("zh", "")


def cites(basis: Sequence[Citation]) -> str:
    """The laws on which a service rests, with their articles."""
    return " · ".join(f"{one.law} §{one.article}" if one.article else one.law or one.source for one in basis)
