"""The pure route machine: where a case stands, what may be done with it there, and where that leads.

A room owns the table (verb → :class:`Rule`); a service's declaration owns the route (its steps). This module knows
neither: it follows one through the other, so that the same machine walks every service there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

SAME = ""  # the same state
HERE = "here"  # the same step
NEXT = "next"  # the step after; past the last one the case is delivered
FIRST = "first"  # the first step
GIVEN = "given"  # a step that the actor names
EARLIER = "earlier"  # a step that the actor names, before this one
BACK = "back"  # the nearest earlier step of one of the rule's ``back`` kinds, else the first


class OneStep(Protocol):
    """A step of a route (``declaration.Step``): what matters here is what it is called."""

    @property
    def step(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Rule:
    """From which ``states`` (and on which kinds of ``steps``; empty is any) a verb leads to which ``state``, and where.

    ``state`` is the state at the place reached (:data:`SAME`: as before); a route walked past its last step ends in
    ``finished`` instead. ``behind``: until the route has been walked to its end, a step of one of these kinds must lie
    behind (empty: none need to).
    """

    states: frozenset[str]
    state: str
    place: str = HERE
    steps: frozenset[str] = frozenset()
    back: frozenset[str] = frozenset()
    finished: str = "delivered"
    behind: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands. ``step`` is an index into the route; it stays at the last one reached when a case ends."""

    state: str
    step: int = 0


class NotPossible(Exception):  # noqa: N818  an answer, not a fault
    """The verb leads nowhere from here. ``verb``, ``position`` and why: ``state``, ``step`` or ``place``."""

    def __init__(self, verb: str, position: Position, why: str) -> None:
        super().__init__(f"{verb} is not possible in state {position.state} at step {position.step}: {why}")
        self.verb = verb
        self.position = position
        self.why = why


Table = Mapping[str, Rule]


def may(table: Table, route: Sequence[OneStep], at: Position, verb: str) -> bool:
    """Whether ``verb`` leads anywhere from ``at`` (an ``EARLIER`` one needs an earlier step to exist)."""
    rule = table.get(verb)
    if rule is None or at.state not in rule.states:
        return False
    if not _fits(rule, route, at):
        return False
    return rule.place != EARLIER or at.step > 0


def _fits(rule: Rule, route: Sequence[OneStep], at: Position) -> bool:
    """Whether the step reached is one of the rule's, and what must lie behind it does."""
    if rule.steps and (at.step >= len(route) or route[at.step].step not in rule.steps):
        return False
    return not rule.behind or at.state == rule.finished or any(one.step in rule.behind for one in route[: at.step])


def allowed(table: Table, route: Sequence[OneStep], at: Position) -> tuple[str, ...]:
    """Every verb that leads somewhere from ``at``, in the table's order."""
    return tuple(verb for verb in table if may(table, route, at, verb))


def follow(table: Table, route: Sequence[OneStep], at: Position, verb: str, to_step: int | None = None) -> Position:
    """Where ``verb`` leads from ``at``. Raises :class:`NotPossible`; never returns a position off the route."""
    rule = table.get(verb)
    if rule is None or at.state not in rule.states:
        raise NotPossible(verb, at, "state")
    if not _fits(rule, route, at):
        raise NotPossible(verb, at, "step")
    if rule.place == NEXT:
        if at.step + 1 >= len(route):
            return Position(rule.finished, at.step)
        return Position(rule.state or at.state, at.step + 1)
    return Position(rule.state or at.state, _place(rule, route, at, verb, to_step))


def _place(rule: Rule, route: Sequence[OneStep], at: Position, verb: str, to_step: int | None) -> int:
    if rule.place == HERE:
        return at.step
    if rule.place == FIRST:
        return 0
    if rule.place == BACK:
        behind = [index for index in range(at.step) if route[index].step in rule.back]
        return behind[-1] if behind else 0
    wanted = 0 if to_step is None and rule.place == GIVEN else to_step
    last = at.step - 1 if rule.place == EARLIER else len(route) - 1
    if wanted is None or not 0 <= wanted <= last:
        raise NotPossible(verb, at, "place")
    return wanted


def dead_ends(table: Table, ended: frozenset[str], quiet: frozenset[str] = frozenset()) -> set[str]:
    """States that are neither an end nor left by any verb: a table has none."""
    reached = {rule.state for rule in table.values() if rule.state} | {rule.finished for rule in table.values()}
    return {state for state in reached - ended - quiet if not any(state in rule.states for rule in table.values())}
