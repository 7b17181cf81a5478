"""Conditions as SQL for SQLite and PostgreSQL, with the same three-valued result.

Texts and days are parameters; numbers stand in the text. A part used twice is named once in a scalar sub-select, so
that the text grows only as the condition does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.bounds import Bounds, clipped, fits, hull, of_arithmetic, of_type
from lianxin.engine.expressions.reference import Known, Table
from lianxin.engine.facts import INT64

Dialect = Literal["sqlite", "postgresql"]
_TYPES = {"bool": "boolean", "int": "bigint", "decimal": "double precision", "text": "text", "date": "date"}
_MIN = f"({INT64[0] + 1} - 1)"  # written so that no engine reads it as a decimal


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL, its parameters in order of appearance, and where its numbers lie."""

    text: str
    given: tuple[Any, ...]
    type: str
    bounds: Bounds = (0, 0)


class SqlCompiler:
    """Compiles trees for one dialect. ``column`` says how a fact is written, ``mark`` how a parameter is."""

    def __init__(
        self,
        dialect: Dialect,
        parameters: Mapping[str, Known | Table] | None = None,
        *,
        column: Callable[[str], str] | None = None,
        mark: str = "%s",
        bounds: Mapping[str, Bounds] | None = None,
    ) -> None:
        self.sqlite = dialect == "sqlite"
        self.parameters = parameters or {}
        self.column = column or (lambda name: f'"{name}"')
        self.mark = mark
        self.bounds = bounds or {}
        self._depth = 0

    def compile(self, node: tree.Node) -> Sql:
        """The SQL of ``node``."""
        match node:
            case tree.Literal(value=value, type=kind):
                return self._constant(value, kind)
            case tree.Parameter(name=name, type=kind):
                known = self.parameters.get(name)
                return self._constant(known if not isinstance(known, Mapping) else None, kind)
            case tree.Fact(name=name, type=kind):
                return Sql(self.column(name), (), kind, self.bounds.get(name, of_type(kind)))
            case tree.And(items=items) | tree.Or(items=items):
                return self._many([self.compile(item) for item in items], "AND" if isinstance(node, tree.And) else "OR")
            case tree.Not(operand=operand):
                return self._wrap("(NOT {})", "bool", self.compile(operand))
            case tree.IsNull(operand=operand):
                return self._wrap("({} IS NULL)", "bool", self.compile(operand))
            case tree.Compare(operator=operator, left=left, right=right):
                return self._compare(operator, self.compile(left), self.compile(right))
            case tree.In(operand=operand, items=items):
                return self._in(self.compile(operand), [self.compile(item) for item in items])
            case tree.Between(operand=operand, low=low, high=high):
                return self._between(self.compile(operand), self.compile(low), self.compile(high))
            case tree.Case():
                return self._case(node)
            case tree.Lookup(table=table, arguments=arguments, type=kind):
                return self._lookup(table, [self.compile(part) for part in arguments], kind)
            case tree.Negate(operand=operand, type=kind):
                return self._arithmetic("-", self._constant(0, kind), self.compile(operand), kind)
            case tree.Arithmetic(operator=operator, left=left, right=right, type=kind):
                return self._arithmetic(operator, self.compile(left), self.compile(right), kind)
            case tree.Call(function=function, arguments=arguments, type=kind):
                return self._call(function, [self.compile(part) for part in arguments], kind)

    # -- pieces

    def _constant(self, value: Known, kind: str) -> Sql:
        if value is None:
            return Sql("NULL" if self.sqlite else f"CAST(NULL AS {_TYPES[kind]})", (), kind)
        if kind == "bool":
            return Sql(("1" if value else "0") if self.sqlite else ("TRUE" if value else "FALSE"), (), kind)
        if kind == "int":
            number = int(value)  # type: ignore[arg-type]
            text = _MIN if number == INT64[0] else f"({number})" if number < 0 else str(number)
            return Sql(text if self.sqlite else f"CAST({text} AS bigint)", (), kind, (number, number))
        if kind == "decimal":
            decimal = float(value)  # type: ignore[arg-type]
            text = f"CAST({decimal!r} AS {'REAL' if self.sqlite else 'double precision'})"
            return Sql(text, (), kind, (decimal, decimal))
        if kind == "date":
            day = value.isoformat() if isinstance(value, dt.date) else str(value)
            return Sql(self.mark if self.sqlite else f"CAST({self.mark} AS date)", (day,), kind)
        return Sql(self.mark if self.sqlite else f"CAST({self.mark} AS text)", (value,), kind)

    def _wrap(self, form: str, kind: str, *parts: Sql, bounds: Bounds = (0, 0)) -> Sql:
        """``form`` with each ``{}`` filled once, in order."""
        given = tuple(value for part in parts for value in part.given)
        return Sql(form.format(*(part.text for part in parts)), given, kind, bounds)

    def _let(self, form: str, kind: str, *parts: Sql, bounds: Bounds = (0, 0)) -> Sql:
        """``form`` over ``{0}``, ``{1}``, … each of which may appear any number of times."""
        if all(not part.given and len(part.text) < 40 and "(SELECT" not in part.text for part in parts):
            return Sql(form.format(*(part.text for part in parts)), (), kind, bounds)
        names = [f"__v{index}" for index in range(len(parts))]
        inner = ", ".join(f"{part.text} AS {name}" for part, name in zip(parts, names, strict=True))
        given = tuple(value for part in parts for value in part.given)
        return Sql(f"(SELECT {form.format(*names)} FROM (SELECT {inner}) AS __v)", given, kind, bounds)

    def _decimal(self, part: Sql) -> Sql:
        if part.type == "decimal":
            return part
        low, high = part.bounds
        form = "CAST({} AS REAL)" if self.sqlite else "CAST({} AS double precision)"
        return self._wrap(form, "decimal", part, bounds=(float(low), float(high)))

    def _as(self, part: Sql, kind: str) -> Sql:
        return self._decimal(part) if kind == "decimal" else part

    # -- truth

    def _many(self, parts: list[Sql], word: str) -> Sql:
        """A balanced tree: SQLite refuses expressions deeper than a thousand."""
        while len(parts) > 1:
            pairs = [parts[i : i + 2] for i in range(0, len(parts), 2)]
            parts = [pair[0] if len(pair) == 1 else self._wrap(f"({{}} {word} {{}})", "bool", *pair) for pair in pairs]
        return parts[0]

    def _compare(self, operator: str, left: Sql, right: Sql) -> Sql:
        if left.type != right.type:
            left, right = self._decimal(left), self._decimal(right)
        return self._wrap(f"({{}} {operator} {{}})", "bool", left, right)

    def _in(self, operand: Sql, items: list[Sql]) -> Sql:
        if all(item.type == operand.type for item in items):
            listed = ", ".join("{}" for _ in items)
            return self._wrap(f"({{}} IN ({listed}))", "bool", operand, *items)
        parts = [Sql(f"{{{index + 1}}}", (), item.type) for index, item in enumerate(items)]
        tests = [self._compare("=", Sql("{0}", (), operand.type), part).text for part in parts]
        return self._let("(" + " OR ".join(tests) + ")", "bool", operand, *items)

    def _between(self, operand: Sql, low: Sql, high: Sql) -> Sql:
        whole = Sql("{0}", (), operand.type)
        above = self._compare(">=", whole, Sql("{1}", (), low.type)).text
        below = self._compare("<=", whole, Sql("{2}", (), high.type)).text
        return self._let(f"({above} AND {below})", "bool", operand, low, high)

    def _case(self, node: tree.Case) -> Sql:
        parts: list[Sql] = []
        for test, value in node.branches:
            parts += [self.compile(test), self._as(self.compile(value), node.type)]
        values = parts[1::2]
        last = self._constant(None, node.type)
        if node.default is not None:
            last = self._as(self.compile(node.default), node.type)
            values = [*values, last]
        form = "(CASE" + " WHEN {} THEN {}" * len(node.branches) + " ELSE {} END)"
        return self._wrap(form, node.type, *parts, last, bounds=hull([value.bounds for value in values]))

    def _lookup(self, name: str, parts: list[Sql], kind: str) -> Sql:
        rows = self.parameters.get(name)
        if not isinstance(rows, Mapping) or not rows:
            return self._constant(None, kind)
        forms, pieces = [], list(parts)
        values = []
        for key, known in rows.items():
            words = [self._constant(word, part.type) for word, part in zip(key, parts, strict=True)]
            value = self._constant(known, kind)
            values.append(value)
            slots = [f"{{{index}}} = {{{len(pieces) + index}}}" for index in range(len(words))]
            pieces += words
            forms.append(f"WHEN {' AND '.join(slots)} THEN {{{len(pieces)}}}")
            pieces.append(value)
        made = self._let("(CASE " + " ".join(forms) + " END)", kind, *pieces)
        return Sql(made.text, made.given, kind, hull([value.bounds for value in values]))

    # -- numbers

    def _arithmetic(self, operator: str, left: Sql, right: Sql, kind: str) -> Sql:
        left, right = self._as(left, kind), self._as(right, kind)
        bounds = of_arithmetic(operator, left.bounds, right.bounds, kind)
        if fits(bounds, kind):
            return self._wrap(f"({{}} {operator} {{}})", kind, left, right, bounds=bounds)
        if kind == "int":
            return self._guarded_int(operator, left, right, clipped(bounds, kind))
        return self._guarded_decimal(operator, left, right, bounds)

    def _guarded_int(self, operator: str, left: Sql, right: Sql, bounds: Bounds) -> Sql:
        if self.sqlite:  # an overflowing integer becomes REAL there
            exact = self._wrap(f"({{}} {operator} {{}})", "int", left, right)
            return self._let("(CASE WHEN typeof({0}) = 'integer' THEN {0} END)", "int", exact, bounds=bounds)
        exact = self._wrap(f"(CAST({{}} AS numeric) {operator} {{}})", "int", left, right)
        inside = f"{{0}} BETWEEN {INT64[0]} AND {INT64[1]}"
        return self._let(f"(CASE WHEN {inside} THEN CAST({{0}} AS bigint) END)", "int", exact, bounds=bounds)

    def _guarded_decimal(self, operator: str, left: Sql, right: Sql, bounds: Bounds) -> Sql:
        if self.sqlite:  # division by zero is NULL there, infinity minus itself too
            made = self._wrap(f"({{}} {operator} {{}})", "decimal", left, right)
            return self._let("(CASE WHEN {0} - {0} = 0.0 THEN {0} END)", "decimal", made, bounds=bounds)
        form = {"+": _PG_SUM, "-": _PG_DIFFERENCE, "*": _PG_PRODUCT, "/": _PG_QUOTIENT}[operator]
        return self._let(form, "decimal", left, right, bounds=bounds)

    def _call(self, function: str, parts: list[Sql], kind: str) -> Sql:
        if function in ("ROUND", "FLOOR", "CEIL"):
            return self._whole(function, parts[0])
        if function == "ABS":
            return self._absolute(parts[0], kind)
        parts = [self._as(part, kind) for part in parts]
        bounds = hull([part.bounds for part in parts])
        slots = ", ".join("{}" for _ in parts)
        if function == "COALESCE":
            return self._wrap(f"COALESCE({slots})", kind, *parts, bounds=bounds)
        if self.sqlite:  # the scalar MIN and MAX are NULL when any argument is
            return self._wrap(f"{'MIN' if function == 'LEAST' else 'MAX'}({slots})", kind, *parts, bounds=bounds)
        numbers = range(len(parts))
        known = " AND ".join(f"{{{index}}} IS NOT NULL" for index in numbers)
        least = f"{function}({', '.join(f'{{{index}}}' for index in numbers)})"
        return self._let(f"(CASE WHEN {known} THEN {least} END)", kind, *parts, bounds=bounds)

    def _absolute(self, part: Sql, kind: str) -> Sql:
        top = max(abs(part.bounds[0]), abs(part.bounds[1]))
        if kind == "int" and top > INT64[1]:
            return self._let(f"(CASE WHEN {{0}} <> {_MIN} THEN ABS({{0}}) END)", kind, part, bounds=(0, INT64[1]))
        return self._wrap("ABS({})", kind, part, bounds=(0, top))

    def _whole(self, function: str, part: Sql) -> Sql:
        if part.type == "int":
            return part
        real, big = ("REAL", "INTEGER") if self.sqlite else ("double precision", "bigint")
        floor = (
            f"CAST(CAST(ABS({{0}}) * 1000000.0 + 0.5 AS {big}) AS {real})"
            if self.sqlite
            else "FLOOR(ABS({0}) * 1000000.0 + 0.5)"
        )
        sign = "(CASE WHEN {0} < 0 THEN -1.0 ELSE 1.0 END)"
        clean = self._let(
            f"(CASE WHEN ABS({{0}}) < 1000000000.0 THEN {sign} * {floor} / 1000000.0 ELSE {{0}} END)", "decimal", part
        )
        inside = "{0} >= -9223372036854775808.0 AND {0} < 9223372036854775808.0"
        whole = self._let(f"(CASE WHEN {inside} THEN {self._floor_form(function)} END)", "int", clean)
        return Sql(whole.text, whole.given, "int", INT64)

    def _floor_form(self, function: str) -> str:
        if not self.sqlite:
            forms = {
                "FLOOR": "FLOOR({0})",
                "CEIL": "CEIL({0})",
                "ROUND": "(CASE WHEN {0} < 0 THEN -1 ELSE 1 END) * FLOOR(ABS({0}) + 0.5)",
            }
            return f"CAST({forms[function]} AS bigint)"
        cut = "CAST({0} AS INTEGER)"  # towards zero
        return {
            "FLOOR": f"({cut} - ({{0}} < {cut}))",
            "CEIL": f"({cut} + ({{0}} > {cut}))",
            "ROUND": f"(CASE WHEN ABS({{0}}) >= 9007199254740992.0 THEN {cut}"  # from 2^53 decimals are whole
            " ELSE (CASE WHEN {0} < 0 THEN -1 ELSE 1 END) * CAST(ABS({0}) + 0.5 AS INTEGER) END)",
        }[function]


# PostgreSQL raises on overflow and underflow, so both are ruled out beforehand.
_PG_SUM = "(CASE WHEN ({0} >= 0) <> ({1} >= 0) OR ABS({0}) <= 1.7976931348623157e308 - ABS({1}) THEN {0} + {1} END)"
_PG_DIFFERENCE = _PG_SUM.replace("<>", "=").replace("{0} + {1}", "{0} - {1}")
_PG_PRODUCT = (
    "(CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN {0} = 0 OR {1} = 0 THEN 0"
    " WHEN LN(ABS({0})) + LN(ABS({1})) > 709.7827 THEN NULL WHEN LN(ABS({0})) + LN(ABS({1})) < -708 THEN 0"
    " ELSE {0} * {1} END)"
)
_PG_QUOTIENT = (
    "(CASE WHEN {0} IS NULL OR {1} IS NULL OR {1} = 0 THEN NULL WHEN {0} = 0 THEN 0"
    " WHEN LN(ABS({0})) - LN(ABS({1})) > 709.7827 THEN NULL WHEN LN(ABS({0})) - LN(ABS({1})) < -708 THEN 0"
    " ELSE {0} / {1} END)"
)
