"""How a lower room reaches a higher one: by name, in the same transaction, never by signals.

An *effect* has exactly one handler, checked at start. An *event* has any number, run in room order.
A *fact provider* supplies facts that live higher than the facts room for (ids, day).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ROOM_ORDER = (
    "people", "notices", "outcomes", "catalogue", "casework",
    "cards", "payments", "campaigns", "placements", "honours", "partners", "coordination", "insight",
)  # fmt: skip
Handler = Callable[..., Any]
_effects: dict[str, Handler] = {}
_events: dict[str, list[tuple[int, Handler]]] = {}
_facts: dict[str, tuple[tuple[str, ...], Handler]] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Declare the one handler of the effect ``name``. A second one is a mistake and stops the start."""

    def register(handler: Handler) -> Handler:
        if name in _effects and _effects[name] is not handler:
            raise RuntimeError(f"effect {name} has two handlers")
        _effects[name] = handler
        return handler

    return register


def perform(name: str, **given: Any) -> Any:
    """Run the handler of the effect ``name``; an effect nobody handles is an error, never silence."""
    if name not in _effects:
        raise LookupError(f"no room handles the effect {name}")
    return _effects[name](**given)


def handled() -> frozenset[str]:
    """The names of all effects that have a handler."""
    return frozenset(_effects)


def listens(name: str, room: str) -> Callable[[Handler], Handler]:
    """Declare that ``room`` acts on the event ``name`` (person-died, -moved, -changed, -merged)."""

    def register(handler: Handler) -> Handler:
        row = (ROOM_ORDER.index(room), handler)
        listeners = _events.setdefault(name, [])
        if row not in listeners:
            listeners.append(row)
            listeners.sort(key=lambda item: item[0])
        return handler

    return register


def announce(name: str, **given: Any) -> None:
    """Tell every listening room, in room order, in the caller's transaction. Handlers are set-based."""
    for _, handler in _events.get(name, []):
        handler(**given)


def provides(name: str, *codes: str) -> Callable[[Handler], Handler]:
    """Declare a provider of the facts ``codes``: called as ``handler(ids=…, day=…, service=…)``."""

    def register(handler: Handler) -> Handler:
        _facts[name] = (codes, handler)
        return handler

    return register


def providers() -> dict[str, tuple[tuple[str, ...], Handler]]:
    """All fact providers by name."""
    return dict(_facts)
