"""The life of a card and of a box: which verb leads from which state where. Everything that changes a state looks here.

Before a card there is a case of ``preferential-card`` or ``card-replacement``: applied (at the township), reviewed (at
the county). The city files what was approved with the province; from then on there is a card, and it never disappears:
every state is an end, or some verb leaves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

APPLIED, REVIEWED = "applied", "reviewed"  # states of the case, before there is a card
FILED = "filed"  # with the province
MADE = "made"  # on the bank's list, in a box that is on its way
RECEIVED = "received"  # counted out of a box and lying at an office
MISSING = "missing"  # on a box's list and not in the box
DELIVERED = "delivered"  # in its holder's hands
ACTIVE = "active"  # activated at the bank
LOST = "lost"
SUSPENDED = "suspended"  # by a provincial notice in force, or one of two cards of one person
TURNED_DOWN, REPLACED, LEFT, CANCELLED, ENDED = "turned-down", "replaced", "left", "cancelled", "ended"

MAKING = frozenset({FILED, MADE, RECEIVED, MISSING})
HELD = frozenset({DELIVERED, ACTIVE})  # of these a person has one at most
OVER = frozenset({TURNED_DOWN, REPLACED, LEFT, CANCELLED, ENDED})
STATES = MAKING | HELD | frozenset({LOST, SUSPENDED}) | OVER
SEALS = frozenset({LOST, SUSPENDED}) | OVER  # a verifier must not let these pass
BEFORE = "before"  # lost, active or delivered: as it was before it was suspended or lost


def _from(states: frozenset[str] | set[str], to: str) -> dict[str, str]:
    return dict.fromkeys(sorted(states), to)


_LIVING = STATES - OVER
LIFE: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "file": {REVIEWED: FILED},
    "turn-down": {FILED: TURNED_DOWN},  # the province says no: the case goes back to its desk
    "agree": {FILED: FILED},  # the province says yes: the bank makes it, the province's days are over
    "make": {FILED: MADE},
    "receive": {MADE: RECEIVED, RECEIVED: RECEIVED},  # counted out of a box
    "miss": {MADE: MISSING, RECEIVED: MISSING},
    "find": {MISSING: RECEIVED},
    "pack": {RECEIVED: MADE},  # into a box for the next office down (or back)
    "make-again": {MADE: FILED, RECEIVED: FILED, MISSING: FILED},  # misprinted or gone: the bank makes it anew
    "hand": {RECEIVED: DELIVERED},
    "activate": {DELIVERED: ACTIVE},
    "lose": {DELIVERED: LOST, ACTIVE: LOST, SUSPENDED: SUSPENDED},
    "recover": {LOST: BEFORE},
    "replace": _from({DELIVERED, ACTIVE, LOST, SUSPENDED}, REPLACED),  # when the new one is handed over
    "leave": _from({DELIVERED, ACTIVE, LOST, SUSPENDED}, LEFT),  # moved to another province, which issues its own
    "suspend": _from({DELIVERED, ACTIVE, LOST}, SUSPENDED),
    "resume": {SUSPENDED: BEFORE},
    "cancel": _from(_LIVING, CANCELLED),  # a provincial notice
    "die": _from(_LIVING, ENDED),
    "destroy": _from(OVER, "same"),  # what still lay in a box goes back to the bank
})  # fmt: skip

# A box: sent by the bank or an office, received and counted; what differs is explained before it is settled.
PACKED, DIFFERS, SETTLED = "packed", "differs", "settled"
BOX: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "count": {PACKED: SETTLED, SETTLED: SETTLED, DIFFERS: SETTLED},  # everything is there after all
    "differ": {PACKED: DIFFERS, SETTLED: DIFFERS, DIFFERS: DIFFERS},
    "explain": {DIFFERS: SETTLED},
})  # fmt: skip

# What the facts of conditions call it.
FACT: Mapping[str, str] = MappingProxyType({
    FILED: "applied", MADE: "applied", RECEIVED: "applied", MISSING: "applied", DELIVERED: "issued", ACTIVE: "active",
    LOST: "lost", SUSPENDED: "suspended", CANCELLED: "cancelled",
})  # fmt: skip


def leads(verb: str, state: str, *, activated: bool = False, lost: bool = False) -> str | None:
    """The state that ``verb`` leads to from ``state``; ``None`` where it leads nowhere.

    ``activated`` and ``lost`` say how the card was before it was suspended or lost.
    """
    to = LIFE[verb].get(state)
    if to == "same":
        return state
    if to != BEFORE:
        return to
    if verb == "resume" and lost:
        return LOST
    return ACTIVE if activated else DELIVERED


# An operator's statement for a month: act → (from which states, to which state).
STATEMENT = MappingProxyType({
    "check": (frozenset({"made"}), "checked"),
    "approve": (frozenset({"checked"}), "approved"),
    "return": (frozenset({"made", "checked"}), "returned"),
    "resubmit": (frozenset({"returned"}), "made"),
    "cancel": (frozenset({"made", "returned", "checked"}), "cancelled"),
    "pay": (frozenset({"approved"}), "paid"),
    "reverse": (frozenset({"approved"}), "reversed"),
})  # fmt: skip
STATEMENT_STATES = ("made", "checked", "approved", "paid", "returned", "cancelled", "reversed")
