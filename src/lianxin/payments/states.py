"""What a batch and a line may become, and what each state of a line means in the books."""

from __future__ import annotations

from types import MappingProxyType

# act → (from which states, to which state)
BATCH = MappingProxyType({
    "check": (frozenset({"made"}), "checked"),
    "approve": (frozenset({"checked"}), "approved"),
    "send": (frozenset({"approved"}), "sent"),
    "settle": (frozenset({"sent"}), "settled"),
    "return": (frozenset({"made", "checked", "approved"}), "returned"),
    "resubmit": (frozenset({"returned"}), "made"),
    "cancel": (frozenset({"made", "returned", "checked", "approved"}), "cancelled"),
})  # fmt: skip
BATCH_STATES = ("made", "checked", "approved", "sent", "settled", "returned", "cancelled")

LINE = MappingProxyType({
    "gather": (frozenset({"due"}), "batched"),
    "drop": (frozenset({"batched"}), "due"),
    "send": (frozenset({"batched"}), "sent"),
    "pay": (frozenset({"sent"}), "paid"),
    "bounce": (frozenset({"sent", "paid"}), "suspense"),
    "repay": (frozenset({"suspense"}), "due"),
    "cancel": (frozenset({"due", "suspense"}), "cancelled"),
})  # fmt: skip
LINE_STATES = ("due", "batched", "sent", "paid", "suspense", "cancelled", "netted")

# The account whose credit a line's amount is while it is in a state: the books say where every fen stands.
# due and batched: owed; sent: on its way through the bank; paid: drawn from the appropriation; suspense: came back;
# netted: it settled what the payee owed, and nothing was paid.
HELD = MappingProxyType({
    "due": "payable", "batched": "payable", "sent": "bank", "paid": "appropriation", "suspense": "suspense",
    "netted": "netted",
})  # fmt: skip


def may(act: str, state: str) -> bool:
    """Whether a batch in ``state`` allows ``act``."""
    return state in BATCH[act][0]


def target(act: str) -> str:
    """The state of a batch after ``act``."""
    return BATCH[act][1]
