"""The one transition table of a case: from which states a verb leads where. The engine's route machine follows it."""

from __future__ import annotations

from types import MappingProxyType

from lianxin.engine.routes import BACK, EARLIER, FIRST, GIVEN, HERE, NEXT, SAME, Rule
from lianxin.engine.workdays import Time

PROPOSED = "proposed"  # found by matching; waits for the subject's one confirmation
OPEN = "open"  # at a step, on a desk, with a due date
WAITING = "waiting"  # the applicant was asked for something; the clock stands still
PUBLICISED = "publicised"  # a public notice is up
UNDERWAY = "underway"  # delivery was ordered and is on its way (a payment at the bank)
STANDING = "standing"  # decided once; each period is judged again and delivered
REVIEW = "review"  # it stood, and the file no longer bears it out: a person decides
DELIVERED, REFUSED, WITHDRAWN, CLOSED = "delivered", "refused", "withdrawn", "closed"

ON_A_DESK = frozenset({OPEN, WAITING, PUBLICISED, UNDERWAY, REVIEW})
QUIET = frozenset({PROPOSED, STANDING})
ENDED = frozenset({DELIVERED, REFUSED, WITHDRAWN, CLOSED})
STATES = ON_A_DESK | QUIET | ENDED
DESK_STEPS = frozenset({"accept", "attest", "verify", "review", "panel", "approve", "select", "dispatch"})


def _rule(states: set[str], state: str, place: str = HERE, steps: set[str] | frozenset[str] = frozenset(),
          back: set[str] | None = None, behind: set[str] | None = None) -> Rule:  # fmt: skip
    return Rule(
        frozenset(states), state, place, frozenset(steps), frozenset(back or ()), behind=frozenset(behind or ())
    )


TABLE = MappingProxyType({
    # the subject's own word
    "confirm": _rule({PROPOSED}, OPEN, FIRST),
    "decline": _rule({PROPOSED, OPEN, WAITING}, WITHDRAWN),
    "withdraw": _rule({OPEN, WAITING, PUBLICISED, STANDING, REVIEW}, WITHDRAWN),
    # desks
    "accept": _rule({OPEN}, OPEN, NEXT, {"accept"}),
    "advance": _rule({OPEN}, OPEN, NEXT, {"attest", "verify", "review", "panel", "approve", "select", "respond"}),
    "ask": _rule({OPEN}, WAITING, HERE, DESK_STEPS),
    "supplement": _rule(set(STATES - ENDED), SAME),  # some of it came, asked for or not
    "resume": _rule({WAITING}, OPEN),  # all of it came, or the desk waives the rest
    "send-back": _rule({OPEN, WAITING}, OPEN, EARLIER),
    "refuse": _rule({OPEN, WAITING, REVIEW}, REFUSED),
    "reopen": _rule({DELIVERED, REFUSED, WITHDRAWN, CLOSED}, OPEN, GIVEN),
    # publicity
    "publicise": _rule({OPEN}, PUBLICISED, HERE, {"publicise"}),
    "object": _rule({PUBLICISED}, OPEN),
    "overrule": _rule({OPEN}, PUBLICISED, HERE, {"publicise"}),  # the objection was not upheld
    "close-notice": _rule({PUBLICISED}, OPEN, NEXT),
    # givers
    "dispatch": _rule({OPEN}, OPEN, HERE, {"dispatch"}),
    "take": _rule({OPEN}, OPEN, NEXT, {"dispatch"}),
    "turn-down": _rule({OPEN}, OPEN, HERE, {"dispatch"}),  # declined, or not answered in time
    "give-up": _rule({OPEN}, OPEN, BACK, {"respond", "deliver"}, back={"dispatch"}),  # after having accepted
    "hand-up": _rule({OPEN, WAITING}, CLOSED),  # an ask became a case of the right service
    # delivery
    "deliver": _rule({OPEN}, OPEN, NEXT, {"deliver"}),
    "order": _rule({OPEN}, UNDERWAY, HERE, {"deliver"}),
    "arrive": _rule({UNDERWAY}, OPEN, NEXT),
    "fall-through": _rule({UNDERWAY}, OPEN),  # it will not arrive: the desk decides anew
    "bounce": _rule({UNDERWAY, STANDING, REVIEW}, SAME),  # the bank sent it back; the state stays
    "stand": _rule({OPEN}, STANDING, HERE, {"deliver"}),
    "received": _rule({OPEN}, OPEN, NEXT, {"confirm"}),
    "not-received": _rule({OPEN, DELIVERED}, OPEN, BACK, back={"dispatch", "accept"}, behind={"respond", "deliver"}),
    "call-back": _rule({OPEN}, OPEN, NEXT, {"call-back"}),
    "no-answer": _rule({OPEN}, OPEN, HERE, {"call-back"}),
    # standing decisions
    "period": _rule({STANDING, REVIEW}, SAME),
    "lose": _rule({STANDING}, REVIEW),
    "find-again": _rule({REVIEW}, STANDING),
    "keep": _rule({REVIEW}, STANDING),
    "end": _rule({STANDING, REVIEW}, CLOSED),
    "lapse": _rule({PROPOSED}, CLOSED),
    # words that move nothing
    "rate": _rule({DELIVERED, REFUSED, WITHDRAWN, CLOSED}, SAME),
    "take-up": _rule({OPEN, WAITING, PUBLICISED, REVIEW}, SAME),  # somebody of the office makes it theirs
    "note": _rule(set(STATES), SAME),
    "hand-on": _rule({OPEN, WAITING, PUBLICISED, REVIEW}, SAME),  # to another office over the residence
    "come-home": _rule(set(STATES - ENDED), SAME),  # the office it belongs to was seated
})  # fmt: skip

# Where a step or a kind promises no time of its own [illustrative: 受理 5, 办理 10 working days].
ACCEPT_WITHIN = Time(5, "working days")
STEP_WITHIN = Time(10, "working days")
CONFIRM_WITHIN = Time(7, "days")
REVIEW_WITHIN = Time(10, "working days")
ANSWER_WITHIN = Time(2, "hours")  # a giver's answer to an offer, where nothing shorter is promised
OBJECTION_WITHIN = Time(5, "working days")
