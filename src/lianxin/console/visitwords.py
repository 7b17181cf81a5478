"""Visits in words: occasions, why a household, what was found, what waits; on the page, on paper and on the device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.templatetags.ui import full_day
from lianxin.campaigns.visitlist import ReportShown, StopShown, Visits
from lianxin.campaigns.visitplan import Candidate
from lianxin.console import asks, words
from lianxin.people import homes

OCCASIONS: dict[str, words.Words] = {
    "round": _("not visited lately"), "festival": _("a festival"), "first-need": _("first those in need"),
    "asked": _("asked by the desk"),
}  # fmt: skip
FOUND: dict[str, words.Words] = {
    "met": _("met them"), "away": _("nobody at home"), "declined": _("they did not want a visit"), "moved": _("they moved away"),
}  # fmt: skip
STATES: dict[str, words.Words] = {
    "planned": _("to visit"), "visited": _("visited"), "away": _("not met"),
}  # fmt: skip
PARTS: dict[str, words.Words] = {
    "visit": _("the visit"),
    "need": _("a need"),
    "correction": _("a correction of the file"),
}
FIELDS: dict[str, words.Words] = {"phone": _("phone"), "address": _("address")}


def why(code: str) -> str:
    """Why a household stands on a list."""
    if code in {"not-lately", "asked"}:
        return str(OCCASIONS["round" if code == "not-lately" else "asked"])
    return str(asks.NEEDS.get(code) or asks.MARKS.get(code, (code, ""))[0])


def marks() -> list[tuple[str, words.Words]]:
    """What a plan may be narrowed to."""
    return [*asks.NEEDS.items(), *((code, said[0]) for code, said in asks.MARKS.items() if code not in asks.NEEDS)]


def progress(row: Visits) -> str:
    """How far a list is: 5 of 12, 2 not met."""
    said = gettext("%(visited)s of %(n)s") % {"visited": row.visited, "n": row.households}
    return said + (f" · {gettext('%(n)s not met') % {'n': row.away}}" if row.away else "")


def state(row: Visits) -> str:
    """How a list stands."""
    if row.waits:
        return gettext("%(n)s to decide") % {"n": row.waits}
    if row.state == "open":
        return gettext("on a device") if row.out else gettext("going on")
    return gettext("handed back") if row.state == "back" else gettext("ended")


def tone(row: Visits) -> str:
    """Its colour."""
    return "amber" if row.waits else "pine" if row.state == "open" else ""


def who(home: homes.Home) -> str:
    """Who lives there, with ages: 戴山河 81、石梅 79."""
    said = [f"{one.person.name} {one.age}" if one.age is not None else one.person.name for one in home.members]
    return pgettext("household", ", ").join(said)


def candidate(one: Candidate) -> dict[str, Any]:
    """A household as the plan's table shows it."""
    return {
        "family": one.home.household.id, "code": one.home.household.code, "who": who(one.home), "area": one.home.household.home,
        "address": one.home.household.address, "why": why(one.why), "needs": asks.needs(one.home), "on": one.visited_on,
        "asked": one.case is not None, "planned": one.planned,
        "person": one.home.members[0].person.id if one.home.members else None,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits for a decision: what, what stands there now, whether the desk may count it all the same."""

    key: str
    report: str
    what: str
    theirs: str
    visit: bool


def stop(row: StopShown) -> dict[str, Any]:
    """A household of a list as its page shows it."""
    return {
        "id": row.id, "place": row.place, "why": why(row.why), "words": row.words, "state": row.state,
        "state_words": words.of(STATES, row.state), "on": row.visited_on, "case": row.case,
        "home": row.home, "who": who(row.home) if row.home else "", "needs": asks.needs(row.home) if row.home else [],
        "address": row.home.household.address if row.home else "", "reports": [_report(one) for one in row.reports],
    }  # fmt: skip


def _report(one: ReportShown) -> dict[str, Any]:
    return {
        "id": one.id, "found": words.of(FOUND, one.outcome), "at": one.at, "who": one.who, "words": one.words,
        "signer": one.signer, "signed": one.signed,
        "cases": [(part.case, words.of(PARTS, part.what)) for part in one.parts
                  if part.case and part.what != "visit" and part.state == "done"],
        "waits": [Waits(part.key, part.report.key, _what(part.what, part.code), part.theirs, part.what == "visit")
                  for part in one.parts if part.state == "conflict"],
    }  # fmt: skip


def _what(what: str, code: str) -> str:
    return words.of(PARTS, what) + (f" · {words.of(FIELDS, code)}" if what == "correction" else "")


def on_paper(row: StopShown) -> dict[str, Any]:
    """A household as the printed list has it."""
    assert row.home is not None
    phones = [one.phone for one in row.home.members if one.phone]
    notes = [why(row.why), *asks.needs(row.home), *([row.words] if row.words else [])]
    return {
        "who": who(row.home), "address": row.home.household.address, "code": row.home.household.code,
        "phone": phones[0] if phones else "", "notes": " · ".join(dict.fromkeys(notes)),
        "done": gettext("visited on %(day)s") % {"day": full_day(row.visited_on)} if row.visited_on else "",
    }  # fmt: skip


def paper_labels() -> dict[str, str]:
    """What the printed list says beside its boxes."""
    return {
        "met": str(FOUND["met"]), "away": str(FOUND["away"]), "found": gettext("Found:"), "needs": gettext("Needs:"),
        "sign": gettext("Signature"), "day": gettext("Day"),
        "back": gettext("Bring it back to the desk; scanned, the list opens to be written down."),
    }  # fmt: skip


def on_device() -> dict[str, str]:
    """The sentences that the device's page says by itself, in the page's language."""
    return {
        "open_until": gettext("opens until"),
        "to_send": gettext("waits to be sent"),
        "sent": gettext("sent"),
        "visited": str(STATES["visited"]),
        "planned": str(STATES["planned"]),
        "away": str(STATES["away"]),
        "draft": gettext("begun"),
        "wrong": gettext("These words do not open it. Tries left:"),
        "wiped": gettext("The list was wiped from this device. What had been sent lies at the desk."),
        "expired": gettext("The days of this list are over; it was wiped from this device."),
        "short": gettext("At least six characters, not all the same and not in a row."),
        "differ": gettext("The two do not agree."),
        "offline": gettext("No line. Everything stays sealed on this device."),
        "online": gettext("There is a line."),
        "sending": gettext("Sending …"),
        "all_sent": gettext("Everything is sent."),
        "broke": gettext("The line broke. Nothing was lost; it goes on by itself."),
        "sign_in": gettext("Sign in again, then it is sent. Nothing was lost."),
        "refused": gettext("This could not be taken:"),
        "mine": gettext("what you wrote"),
        "theirs": gettext("what stands there now"),
        "other": gettext("On this device lies the list of another worker."),
        "none": gettext("No list is given to you."),
        "unsent": gettext("Something is not sent yet, or waits for your decision; then it can be handed back."),
        "back": gettext("Handed back and wiped from this device."),
        "gone": gettext("The desk took this list back; it was wiped here."),
        "storage": gettext("This browser cannot keep a sealed list. Print it instead."),
        "years": gettext("years"),
        "last": gettext("last visit"),
        "never": gettext("never visited"),
        "found_met": gettext("Say what was found, in a few words."),
        "visit": str(PARTS["visit"]),
        "need": str(PARTS["need"]),
        "phone": str(FIELDS["phone"]),
        "address": str(FIELDS["address"]),
    }
