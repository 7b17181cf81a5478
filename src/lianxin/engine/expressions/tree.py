"""The tree of a condition: the only form in which conditions live. Every target is compiled from it.

Nodes are immutable and typed. ``at`` is the line (within the text) and the word an error would show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from lianxin.engine.facts import Type

Value = bool | int | float | str | dt.date


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the subject, unknown where the row has no value."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated parameter of the service: its value on the day."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Negate:
    """Minus."""

    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``+ - * /``; ``/`` is always decimal."""

    operator: str
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """``= <> < <= > >=`` of two operands of one type (an int beside a decimal counts as a decimal)."""

    operator: str
    left: Node
    right: Node
    type: Type = "bool"


@dataclass(frozen=True, slots=True)
class And:
    """Every one."""

    items: tuple[Node, ...]
    type: Type = "bool"


@dataclass(frozen=True, slots=True)
class Or:
    """Any one."""

    items: tuple[Node, ...]
    type: Type = "bool"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    operand: Node
    type: Type = "bool"


@dataclass(frozen=True, slots=True)
class In:
    """Equal to one of a list."""

    operand: Node
    items: tuple[Node, ...]
    type: Type = "bool"


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends included."""

    operand: Node
    low: Node
    high: Node
    type: Type = "bool"


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether nothing is known; itself never unknown."""

    operand: Node
    type: Type = "bool"


@dataclass(frozen=True, slots=True)
class Case:
    """The first branch whose condition is true; ``default`` None is unknown."""

    branches: tuple[tuple[Node, Node], ...]
    default: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """``COALESCE LEAST GREATEST ABS ROUND FLOOR CEIL``."""

    function: str
    arguments: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Lookup:
    """A row of a table parameter."""

    table: str
    arguments: tuple[Node, ...]
    type: Type


Node = (
    Literal
    | Fact
    | Parameter
    | Negate
    | Arithmetic
    | Compare
    | And
    | Or
    | Not
    | In
    | Between
    | IsNull
    | Case
    | Call
    | Lookup
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts of ``node``, left to right."""
    match node:
        case Literal() | Fact() | Parameter():
            return ()
        case Negate(operand=operand) | Not(operand=operand) | IsNull(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case And(items=items) | Or(items=items):
            return items
        case In(operand=operand, items=items):
            return (operand, *items)
        case Between(operand=operand, low=low, high=high):
            return (operand, low, high)
        case Call(arguments=arguments) | Lookup(arguments=arguments):
            return arguments
        case Case(branches=branches, default=default):
            parts = tuple(part for branch in branches for part in branch)
            return parts if default is None else (*parts, default)


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything under it, left to right."""
    stack = [node]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(reversed(children(found)))


def fact_names(*nodes: Node) -> tuple[str, ...]:
    """The facts that ``nodes`` look at, in order of first use."""
    return tuple(dict.fromkeys(found.name for node in nodes for found in walk(node) if isinstance(found, Fact)))


def parameter_names(*nodes: Node) -> tuple[str, ...]:
    """The parameters that ``nodes`` look at, tables included, in order of first use."""
    names: dict[str, None] = {}
    for node in nodes:
        for found in walk(node):
            if isinstance(found, Parameter):
                names[found.name] = None
            elif isinstance(found, Lookup):
                names[found.table] = None
    return tuple(names)
