"""The meaning of the language, written to be read: one row, plain Python, three-valued.

It explains one person's verdict and is the oracle that every other target is tested against.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from typing import Any

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.rounding import arithmetic, fitting, whole

Known = bool | int | float | str | dt.date | None
Table = Mapping[tuple[Known, ...], Known]
Given = Mapping[str, Known]
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class Evaluation:
    """One row and one day. ``parameters`` holds plain values and tables (keys are tuples)."""

    def __init__(self, facts: Given, parameters: Mapping[str, Known | Table]) -> None:
        self.facts = facts
        self.parameters = parameters
        self._memo: dict[int, Known] = {}

    def value(self, node: tree.Node) -> Known:
        """The value of ``node``; None is unknown."""
        key = id(node)
        if key not in self._memo:
            self._memo[key] = self._value(node)
        return self._memo[key]

    def _value(self, node: tree.Node) -> Known:
        match node:
            case tree.Literal(value=value):
                return value
            case tree.Fact(name=name, type=kind):
                return _typed(self.facts.get(name), kind)
            case tree.Parameter(name=name, type=kind):
                return _typed(self.parameters.get(name), kind)  # type: ignore[arg-type]
            case tree.And(items=items) | tree.Or(items=items):
                return self._many(items, deciding=isinstance(node, tree.Or))
            case tree.Not(operand=operand):
                known = self.value(operand)
                return None if known is None else not known
            case tree.IsNull(operand=operand):
                return self.value(operand) is None
            case tree.Case():
                return _typed(self._case(node), node.type)
            case tree.Call(function="COALESCE", arguments=arguments):
                known = next((found for part in arguments if (found := self.value(part)) is not None), None)
                return _typed(known, node.type)
            case tree.In(operand=operand, items=items):
                return self._many([tree.Compare("=", operand, item) for item in items], deciding=True)
            case tree.Between(operand=operand, low=low, high=high):
                ends = [tree.Compare(">=", operand, low), tree.Compare("<=", operand, high)]
                return self._many(ends, deciding=False)
            case _:
                return self._strict(node)

    def _many(self, items: Any, *, deciding: bool) -> bool | None:
        """AND (``deciding`` False) or OR (True) in Kleene's logic."""
        seen = [self._value(item) if isinstance(item, tree.Compare) else self.value(item) for item in items]
        if deciding in seen:
            return deciding
        return None if None in seen else not deciding

    def _case(self, node: tree.Case) -> Known:
        for test, value in node.branches:
            if self.value(test) is True:
                return self.value(value)
        return None if node.default is None else self.value(node.default)

    def _strict(self, node: tree.Node) -> Known:
        """Operators that are unknown as soon as one operand is."""
        known = [self.value(part) for part in tree.children(node)]
        if any(part is None for part in known):
            return None
        given: list[Any] = known
        match node:
            case tree.Negate(type=kind):
                return fitting(-given[0]) if kind == "int" else -given[0]
            case tree.Arithmetic(operator=sign, type=kind):
                return arithmetic(sign, given[0], given[1], decimal=kind == "decimal")
            case tree.Compare(operator=sign, left=left, right=right):
                if left.type != right.type:
                    given = [float(part) for part in given]
                return bool(_ORDER[sign](given[0], given[1]))
            case tree.Call(function="ABS", type=kind):
                return fitting(abs(given[0])) if kind == "int" else abs(given[0])
            case tree.Call(function=("ROUND" | "FLOOR" | "CEIL") as function):
                return whole(function, given[0])
            case tree.Call(function=function, type=kind):
                given = [_typed(part, kind) for part in given]
                chosen: Known = min(given) if function == "LEAST" else max(given)
                return chosen
            case tree.Lookup(table=table):
                rows = self.parameters.get(table)
                return _typed(rows.get(tuple(given)), node.type) if isinstance(rows, Mapping) else None
            case _:
                raise TypeError(f"no meaning for {type(node).__name__}")

    def missing(self, node: tree.Node) -> list[str]:
        """The facts without a value on which the unknown ``node`` depends, left to right, once each."""
        return list(dict.fromkeys(self._missing(node)))

    def _missing(self, node: tree.Node) -> list[str]:
        if self.value(node) is not None:
            return []
        if isinstance(node, tree.Fact):
            return [node.name]
        if isinstance(node, tree.Case):
            found: list[str] = []
            for test, value in node.branches:
                if self.value(test) is True:
                    return found + self._missing(value)
                found += self._missing(test)
            return found if node.default is None else found + self._missing(node.default)
        return [name for part in tree.children(node) for name in self._missing(part)]


def _typed(value: Known, kind: str) -> Known:
    """``value`` as its declared type: an integer where a decimal is declared becomes one."""
    if value is None or kind != "decimal":
        return value
    number = float(value)  # type: ignore[arg-type]
    return number if abs(number) <= 1.7976931348623157e308 else None
