"""Conditions as SQL for Apache Spark, with the same three-valued result.

Spark adds, subtracts and multiplies whole numbers with an unknown instead of an overflow (``try_add`` …), so nothing of
what is counted needs to be known beforehand. A part used twice is named once, as the element of a list of one: Spark has
no scalar sub-select without a table. Texts stand as bytes, so that no quote of theirs is read as SQL.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.bounds import Bounds, clipped, hull
from lianxin.engine.expressions.dependence import absences
from lianxin.engine.expressions.reference import Known, Table
from lianxin.engine.expressions.rounding import CLEAN_BELOW
from lianxin.engine.expressions.to_polars import Part
from lianxin.engine.expressions.to_sql import Sql, SqlCompiler
from lianxin.engine.facts import INT64

TYPES = {"bool": "boolean", "int": "bigint", "decimal": "double", "text": "string", "date": "date"}
_TRY = {"+": "try_add", "-": "try_subtract", "*": "try_multiply", "/": "try_divide"}
_PLAIN = re.compile(r"[A-Za-z0-9_ .-]*")
_LARGEST = "1.7976931348623157E308D"
_SHORT = 60  # characters of a part that is written again rather than named


class SparkCompiler(SqlCompiler):
    """Compiles trees for Spark. ``column`` says how a fact is written."""

    def __init__(
        self, parameters: Mapping[str, Known | Table] | None = None, *, column: Callable[[str], str] | None = None
    ) -> None:
        super().__init__("postgresql", parameters, column=column or (lambda name: f"`{name}`"))

    def amount(self, node: tree.Node) -> Sql:
        """The amount in whole fen."""
        return self._whole("ROUND", self.compile(node))

    def missing(self, nodes: list[tree.Node]) -> str:
        """The facts without a value on which the unknown ones among ``nodes`` depend, in order, joined by a space."""
        found = [(name, mark.text) for node in nodes for name, mark in absences(_Looks(self), node)]  # type: ignore[arg-type]
        if not found:
            return "''"
        cases = ", ".join(f"CASE WHEN {mark} THEN '{name}' END" for name, mark in found)
        return f"array_join(array_distinct(filter(array({cases}), __f -> __f IS NOT NULL)), ' ')"

    def _constant(self, value: Known, kind: str) -> Sql:
        if value is None:
            return Sql(f"CAST(NULL AS {TYPES[kind]})", (), kind)
        if kind == "int":
            return Sql(_whole_number(int(value)), (), kind, (int(value), int(value)))  # type: ignore[arg-type]
        if kind == "decimal":
            number = float(value)  # type: ignore[arg-type]
            return Sql(f"({number!r}D)", (), kind, (number, number))
        if kind == "date":
            day = value.isoformat() if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)).isoformat()
            return Sql(f"DATE'{day}'", (), kind)
        if kind == "text":
            word = str(value)
            plain = _PLAIN.fullmatch(word)
            return Sql(f"'{word}'" if plain else f"CAST(X'{word.encode().hex()}' AS string)", (), kind)
        return Sql("TRUE" if value else "FALSE", (), kind)

    def _let(self, form: str, kind: str, *parts: Sql, bounds: Bounds = (0, 0)) -> Sql:
        named = {place: f"__v{place}" for place, part in enumerate(parts) if not _is_short(part.text)}
        words = [f"__s.{named[place]}" if place in named else part.text for place, part in enumerate(parts)]
        text = form.format(*words)
        if named:
            inner = ", ".join(f"'{name}', {parts[place].text}" for place, name in named.items())
            text = f"transform(array(named_struct({inner})), __s -> {text})[0]"
        return Sql(text, (), kind, bounds)

    def _decimal(self, part: Sql) -> Sql:
        if part.type == "decimal":
            return part
        low, high = part.bounds
        return self._wrap("CAST({} AS double)", "decimal", part, bounds=(float(low), float(high)))

    def _arithmetic(self, operator: str, left: Sql, right: Sql, kind: str) -> Sql:
        left, right = self._as(left, kind), self._as(right, kind)
        made = self._wrap(f"{_TRY[operator]}({{}}, {{}})", kind, left, right, bounds=self._any(kind))
        if kind == "int":
            return made
        finite = f"(CASE WHEN {{0}} BETWEEN -{_LARGEST} AND {_LARGEST} THEN {{0}} END)"
        return self._let(finite, "decimal", made, bounds=made.bounds)

    @staticmethod
    def _any(kind: str) -> Bounds:
        return clipped((INT64[0], INT64[1]), kind) if kind == "int" else (float("-inf"), float("inf"))

    def _absolute(self, part: Sql, kind: str) -> Sql:
        if kind == "int":
            least = _whole_number(INT64[0])
            return self._let(f"(CASE WHEN {{0}} <> {least} THEN ABS({{0}}) END)", kind, part, bounds=(0, INT64[1]))
        return self._wrap("ABS({})", kind, part, bounds=hull([(0, 0), part.bounds]))

    def _whole(self, function: str, part: Sql) -> Sql:
        if part.type == "int":
            return part
        sign = "(CASE WHEN {0} < 0D THEN -1D ELSE 1D END)"
        cleaned = f"{sign} * CAST(FLOOR(ABS({{0}}) * 1E6D + 0.5D) AS double) / 1E6D"
        clean = self._let(f"(CASE WHEN ABS({{0}}) < {CLEAN_BELOW!r}D THEN {cleaned} ELSE {{0}} END)", "decimal", part)
        inside = "{0} >= -9.223372036854775808E18D AND {0} < 9.223372036854775808E18D"
        rounded = f"CAST({sign} AS bigint) * FLOOR(ABS({{0}}) + 0.5D)"
        form = {
            "FLOOR": "FLOOR({0})", "CEIL": "CEIL({0})",
            "ROUND": f"(CASE WHEN ABS({{0}}) >= 9007199254740992D THEN CAST({{0}} AS bigint) ELSE {rounded} END)",
        }[function]  # fmt: skip
        return self._let(f"(CASE WHEN {inside} THEN CAST({form} AS bigint) END)", "int", clean, bounds=INT64)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A condition's text, with what :mod:`dependence` says of marks."""

    text: str

    def is_null(self) -> _Mark:
        return _Mark(f"({self.text} IS NULL)")

    def fill_null(self, *, value: bool) -> _Mark:
        return _Mark(f"COALESCE({self.text}, {str(value).upper()})")

    def __and__(self, other: _Mark) -> _Mark:
        return _Mark(f"({self.text} AND {other.text})")

    def __invert__(self) -> _Mark:
        return _Mark(f"(NOT {self.text})")


class _Looks:
    """The compiler as :func:`absences` asks it: texts, of which none need be kept in a column."""

    def __init__(self, compiler: SparkCompiler) -> None:
        self.compiler = compiler

    def part(self, node: tree.Node) -> Part:
        """The text of ``node``."""
        return Part(_Mark(self.compiler.compile(node).text), 0, "bool")

    def share(self, part: Part) -> Part:
        """It is written again."""
        return part


def _is_short(text: str) -> bool:
    return len(text) < _SHORT and "->" not in text


def _whole_number(number: int) -> str:
    """Written so that no number is read as a wider one."""
    return f"({INT64[0] + 1}L - 1L)" if number == INT64[0] else f"({number}L)"


def verdicts(service: Any, values: Mapping[str, Known | Table], column: Callable[[str], str]) -> dict[str, Any]:
    """The SQL of one service: ``stands`` (where nothing refuses), ``verdict`` (E or U), ``amount``, ``missing``."""
    compiler = SparkCompiler(values, column=column)
    held = [compiler.compile(one.tree).text for one in service.who]
    held += [f"(NOT {compiler.compile(one.tree).text})" for one in service.unless]
    trees = [one.tree for one in (*service.who, *service.unless)]
    whole = " AND ".join(held) or "TRUE"
    amount, lacking = "CAST(NULL AS bigint)", "''"
    if service.amount is not None:
        amount, lacking = compiler.amount(service.amount.tree).text, compiler.missing([service.amount.tree])
        trees.append(service.amount.tree)
    return {
        "stands": f"COALESCE({whole}, TRUE)",
        "verdict": f"CASE WHEN ({whole}) IS NULL OR {lacking} <> '' THEN 'U' ELSE 'E' END",
        "amount": amount,
        "missing": compiler.missing(trees),
    }
