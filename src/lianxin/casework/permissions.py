"""Who may do what with a case. *When* is the table's business (``states.py``); this is only about the person acting.

A desk's work may be done by the office that has the case, and by an office above it whose people hold the permission.
"""

from __future__ import annotations

from dataclasses import dataclass

from lianxin.engine.scope import Actor

# What the subject, a member of the household or somebody under a mandate may do with their own case.
SUBJECT = frozenset({
    "confirm", "decline", "withdraw", "supplement", "received", "not-received", "rate", "reopen", "note",
})  # fmt: skip
# What staff may do for the subject, at the counter or on the phone, and the permission it takes.
FOR_SUBJECT = {
    "confirm": "case.open", "decline": "case.open", "withdraw": "case.open", "supplement": "case.open",
    "received": "case.callback", "not-received": "case.callback", "rate": "case.callback",
}  # fmt: skip
GIVER = frozenset({"take", "turn-down", "give-up", "done"})
BY_LEVEL = {"village": "case.accept", "township": "case.accept", "county": "case.review", "city": "case.approve"}
OF_VERB = {
    "publicise": "case.publicise", "overrule": "case.publicise", "dispatch": "case.dispatch",
    "hand-up": "case.open", "deliver": "case.deliver", "call-back": "case.callback", "no-answer": "case.callback",
}  # fmt: skip
OF_STEP = {"attest": "case.attest", "panel": "case.panel"}


@dataclass(frozen=True, slots=True)
class Place:
    """What of a case decides who may act on it."""

    area: str
    office: int | None
    office_area: str
    office_level: str
    desk: str
    step: str
    sealed: bool = False
    listed: bool = False  # the actor stands on the case's access list
    subject: bool = False  # the actor is the subject, of its household, or holds a mandate
    state: str = "open"
    level: str = ""  # which level the step asks for: an office above it may stand in
    need: bool = False  # a need of a unit or of the locality: nobody's home stands behind it


def needed(verb: str, place: Place) -> frozenset[str]:
    """The permissions of which a desk's person needs one."""
    level = BY_LEVEL.get(place.office_level, "case.approve")
    if verb == "hand-on":
        return frozenset({"case.accept", "case.review", "case.approve", "case.attest"})
    if verb in {"take-up", "note"}:
        return frozenset({"case.view"})
    if (
        verb == "dispatch" and place.need
    ):  # the dual-support office finds an owner among bodies, not a helper for a home
        return frozenset({"need.place"})
    if verb in OF_VERB:
        more = {level} if verb in {"publicise", "overrule"} else set()
        return frozenset({OF_VERB[verb], *more})
    if verb == "advance" and place.step == "respond":
        return frozenset({"case.respond", level})
    if place.step in OF_STEP:
        return frozenset({OF_STEP[place.step]})
    return frozenset({level, BY_LEVEL[place.level]}) if _stands_in(place) else frozenset({level})


def _stands_in(place: Place) -> bool:
    """Whether an office above the step's level has the case: whoever does such steps there may do it meanwhile."""
    levels = list(BY_LEVEL)
    return place.level in levels and place.office_level in levels[levels.index(place.level) + 1 :]


def may(by: Actor, verb: str, place: Place) -> bool:
    """Whether ``by`` may do ``verb`` with a case at this place."""
    if by.may("*"):
        return True
    if place.sealed and not (place.listed or place.subject):
        return False
    if place.subject and verb in SUBJECT and any(map(by.may, ("own.ask", "need.unit", "need.place"))):
        return verb != "reopen" or place.state in {"refused", "withdrawn"}
    if verb == "reopen" and place.state == "withdrawn" and not place.sealed and by.may("case.open"):
        return by.scope.covers(place.area) or place.office in by.scope.offices  # they want it after all
    if verb in FOR_SUBJECT:
        if place.sealed:
            return by.may(FOR_SUBJECT[verb]) or by.may("case.sealed")
        return by.may(FOR_SUBJECT[verb]) and (by.scope.covers(place.area) or place.office in by.scope.offices)
    if place.subject and (by.person is not None or by.may("need.place")):  # nobody decides what is their own, or their
        return False  # household's, or what they brought themselves
    if place.sealed:
        return any(by.may(one) for one in needed(verb, place)) or by.may("case.sealed")
    return at_desk(by, place) and any(by.may(one) for one in needed(verb, place))


def at_desk(by: Actor, place: Place) -> bool:
    """Whether the case lies on the actor's own desk, or on one below their office."""
    if place.office is not None and place.office in by.scope.offices:
        return not place.desk or not by.desks or place.desk in by.desks
    return bool(place.office_area) and by.scope.covers(place.office_area)
