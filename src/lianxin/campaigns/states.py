"""What leads where: an event, and somebody's place at it."""

from __future__ import annotations

# Each state and where it may go. Everything that changes a state looks here.
EVENT: dict[str, frozenset[str]] = {
    "open": frozenset({"open", "cancelled", "held"}),
    "held": frozenset({"held", "open"}),  # closed by mistake: taken back, with what was counted
    "cancelled": frozenset(),
}
SIGNUP: dict[str, frozenset[str]] = {
    "waiting": frozenset({"taken", "cancelled"}),
    "taken": frozenset({"cancelled"}),
    "cancelled": frozenset(),  # whoever comes back signs up anew, behind those who wait
}
PICTURE: dict[str, frozenset[str]] = {
    "waiting": frozenset({"shown", "down"}),
    "shown": frozenset({"down"}),
    "down": frozenset(),
}
LIVE = ("taken", "waiting")
