"""Conditions as Polars expressions over a frame with one column per fact.

Nothing is shared by repeating it: a part used twice becomes a temporary column, so that an expression grows only as
its text does. Guards against overflow stand only where the bounds of the data do not rule it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.bounds import Bounds, clipped, fits, hull, of_arithmetic, of_type
from lianxin.engine.expressions.reference import Known, Table
from lianxin.engine.expressions.rounding import CLEAN_BELOW

if TYPE_CHECKING:
    import polars as pl

MANY = 8  # longer lists of constants are looked up as a set, shorter ones compared one by one: measured faster


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled node: its expression, the step after which it can be computed, and where its numbers lie."""

    expr: Any
    step: int
    type: str
    simple: bool = False
    bounds: Bounds = (0, 0)
    constant: bool = False


def dtypes() -> dict[str, Any]:
    """The column type of each type of fact."""
    import polars as pl

    return {"bool": pl.Boolean(), "int": pl.Int64(), "decimal": pl.Float64(), "text": pl.String(), "date": pl.Date()}


def _divided(dividend: Any, divisor: Any) -> Any:
    """An exact quotient. Polars divides a column by a constant as a product with its reciprocal, which is another
    number (7 / 10 is then not 0.7 in the last place), so the divisor is made a whole column."""
    return dividend / (dividend * 0.0 + divisor)


class Compiler:
    """Compiles trees for one day (``parameters``) and one frame (``bounds`` of its numeric facts; ``columns``
    of facts that do not stand under their own names)."""

    def __init__(
        self,
        parameters: Mapping[str, Known | Table],
        bounds: Mapping[str, Bounds] | None = None,
        *,
        prefix: str = "__t",
        columns: Mapping[str, str] | None = None,
    ) -> None:
        import polars

        self.pl = polars
        self.types = dtypes()
        self.parameters = parameters
        self.bounds = bounds or {}
        self.prefix = prefix
        self.columns = columns or {}
        self.steps: list[list[Any]] = []
        self._memo: dict[int, tuple[tree.Node, Part]] = {}
        self._count = 0

    # -- what callers use

    def expr(self, node: tree.Node) -> Any:
        """The expression of ``node``; it may need :meth:`prepare` to have run."""
        return self.part(node).expr

    def prepare(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """``frame`` with the temporary columns that the compiled expressions need."""
        for step in self.steps:
            frame = frame.with_columns(step)
        return frame

    def amount(self, node: tree.Node) -> Any:
        """The amount in whole fen: rounded half away from zero, after cleaning."""
        return self._whole("ROUND", self.part(node)).expr

    def part(self, node: tree.Node) -> Part:
        """The compiled form of ``node``."""
        found = self._memo.get(id(node))
        if found is None:
            found = (node, self._compile(node))  # the node is kept so that its id stays its own
            self._memo[id(node)] = found
        return found[1]

    def share(self, part: Part) -> Part:
        """``part`` as a column that may be used any number of times."""
        if part.simple:
            return part
        name = f"{self.prefix}{self._count}"
        self._count += 1
        while len(self.steps) <= part.step:
            self.steps.append([])
        self.steps[part.step].append(part.expr.alias(name))
        return Part(self.pl.col(name), part.step + 1, part.type, True, part.bounds)

    # -- nodes

    def _compile(self, node: tree.Node) -> Part:
        match node:
            case tree.Literal(value=value, type=kind):
                return self._constant(value, kind)
            case tree.Parameter(name=name, type=kind):
                known = self.parameters.get(name)
                return self._constant(known if not isinstance(known, Mapping) else None, kind)
            case tree.Fact(name=name, type=kind):
                return Part(
                    self.pl.col(self.columns.get(name, name)), 0, kind, True, self.bounds.get(name, of_type(kind))
                )
            case tree.And(items=items) | tree.Or(items=items):
                return self._many([self.part(item) for item in items], any_of=isinstance(node, tree.Or))
            case tree.Not(operand=operand):
                part = self.part(operand)
                return Part(~part.expr, part.step, "bool")
            case tree.IsNull(operand=operand):
                part = self.part(operand)
                return Part(part.expr.is_null(), part.step, "bool")
            case tree.Compare(operator=operator, left=left, right=right):
                return self._compare(operator, self.part(left), self.part(right))
            case tree.In():
                return self._in(node)
            case tree.Between(operand=operand, low=low, high=high):
                part = self.share(self.part(operand))
                ends = [self._compare(">=", part, self.part(low)), self._compare("<=", part, self.part(high))]
                return self._many(ends, any_of=False)
            case tree.Case():
                return self._case(node)
            case tree.Lookup(table=table, arguments=arguments, type=kind):
                return self._lookup(table, [self.part(part) for part in arguments], kind)
            case tree.Negate(operand=operand, type=kind):
                return self._arithmetic("-", self._constant(0, kind), self.part(operand), kind, minus=True)
            case tree.Arithmetic(operator=operator, left=left, right=right, type=kind):
                return self._arithmetic(operator, self.part(left), self.part(right), kind)
            case tree.Call(function=function, arguments=arguments, type=kind):
                return self._call(function, [self.part(part) for part in arguments], kind)

    def _constant(self, value: Known, kind: str) -> Part:
        if value is not None and kind == "decimal":
            value = float(value)  # type: ignore[arg-type]
        bounds = (value, value) if isinstance(value, int | float) and kind in ("int", "decimal") else (0, 0)
        return Part(self.pl.lit(value, dtype=self.types[kind]), 0, kind, True, bounds, constant=True)

    def _as(self, part: Part, kind: str) -> Part:
        if part.type == kind:
            return part
        low, high = part.bounds
        return Part(part.expr.cast(self.pl.Float64), part.step, kind, False, (float(low), float(high)), part.constant)

    def _many(self, parts: list[Part], *, any_of: bool) -> Part:
        """AND or OR as a balanced tree, so that a chain of hundreds stays shallow."""
        exprs = [part.expr for part in parts]
        while len(exprs) > 1:
            pairs = [exprs[i : i + 2] for i in range(0, len(exprs), 2)]
            exprs = [
                pair[0] if len(pair) == 1 else (pair[0] | pair[1] if any_of else pair[0] & pair[1]) for pair in pairs
            ]
        return Part(exprs[0], max(part.step for part in parts), "bool")

    def _compare(self, operator: str, left: Part, right: Part) -> Part:
        if left.type != right.type:
            left, right = self._as(left, "decimal"), self._as(right, "decimal")
        a, b = left.expr, right.expr
        made = {"=": a.__eq__, "<>": a.__ne__, "<": a.__lt__, "<=": a.__le__, ">": a.__gt__, ">=": a.__ge__}[operator](
            b
        )
        return Part(made, max(left.step, right.step), "bool")

    def _in(self, node: tree.In) -> Part:
        part = self.share(self.part(node.operand))
        constants = [item.value for item in node.items if isinstance(item, tree.Literal) and item.type == part.type]
        if len(constants) == len(node.items) > MANY and part.type in ("text", "int", "date"):
            series = self.pl.Series(constants, dtype=self.types[part.type])
            return Part(part.expr.is_in(series.implode()), part.step, "bool")
        return self._many([self._compare("=", part, self.part(item)) for item in node.items], any_of=True)

    def _case(self, node: tree.Case) -> Part:
        branches = [(self.part(test), self._as(self.part(value), node.type)) for test, value in node.branches]
        last = self._constant(None, node.type) if node.default is None else self._as(self.part(node.default), node.type)
        made: Any = self.pl
        for test, value in branches:
            made = made.when(test.expr).then(value.expr)
        parts = [part for branch in branches for part in branch] + [last]
        values = [value for _, value in branches] + ([last] if node.default is not None else [])
        return Part(
            made.otherwise(last.expr),
            max(part.step for part in parts),
            node.type,
            False,
            hull([value.bounds for value in values]),
        )

    def _lookup(self, name: str, parts: list[Part], kind: str) -> Part:
        rows = self.parameters.get(name)
        step = max(part.step for part in parts)
        if not isinstance(rows, Mapping) or not rows:
            return self._constant(None, kind)
        keys = list(rows)
        if len(keys) <= MANY and len(parts) == 1:
            return self._short_table(rows, parts[0], kind)
        ranks: list[dict[Any, int]] = [{} for _ in parts]
        for key in keys:
            for rank, word in zip(ranks, key, strict=True):
                rank.setdefault(word, len(rank))
        index: Any = None
        for part, rank in zip(parts, ranks, strict=True):
            found = self._rank(part, rank)
            index = found if index is None else index * len(rank) + found
        numbers = []
        for key in keys:
            number = 0
            for rank, word in zip(ranks, key, strict=True):
                number = number * len(rank) + rank[word]
            numbers.append(number)
        values = [float(value) if kind == "decimal" else value for value in rows.values()]  # type: ignore[arg-type]
        made = index.replace_strict(numbers, values, default=None, return_dtype=self.types[kind])
        bounds = hull([(value, value) for value in values]) if kind in ("int", "decimal") else (0, 0)  # type: ignore[misc]
        return Part(made, step, kind, False, bounds)

    def _short_table(self, rows: Table, part: Part, kind: str) -> Part:
        """A few rows are compared one by one."""
        part = self.share(part)
        made: Any = self.pl
        values = []
        for key, value in rows.items():
            word, found = self._constant(key[0], part.type), self._constant(value, kind)
            made = made.when(part.expr == word.expr).then(found.expr)
            values.append(found.bounds)
        return Part(made.otherwise(self._constant(None, kind).expr), part.step, kind, False, hull(values))

    def _rank(self, part: Part, rank: dict[Any, int]) -> Any:
        expr = part.expr
        words = list(rank)
        if part.type == "bool":
            expr, words = expr.cast(self.pl.Int8), [int(word) for word in words]
        return expr.replace_strict(words, list(rank.values()), default=None, return_dtype=self.pl.Int64)

    def _arithmetic(self, operator: str, left: Part, right: Part, kind: str, *, minus: bool = False) -> Part:
        left, right = self._as(left, kind), self._as(right, kind)
        step = max(left.step, right.step)
        bounds = of_arithmetic(operator, left.bounds, right.bounds, kind)
        if kind == "int" and not fits(bounds, kind):
            wide = self.pl.Int128
            a, b = left.expr.cast(wide), right.expr.cast(wide)
            exact = a + b if operator == "+" else a - b if operator == "-" else a * b
            return Part(exact.cast(self.pl.Int64, strict=False), step, kind, False, clipped(bounds, kind))
        if operator == "/":
            left = self.share(left)
            step = max(left.step, right.step)
        a, b = left.expr, right.expr
        if minus:
            made = -b
        else:
            made = (
                a + b if operator == "+" else a - b if operator == "-" else a * b if operator == "*" else _divided(a, b)
            )
        part = Part(made, step, kind, False, bounds)
        return part if fits(bounds, kind) else self._finite(part)

    def _finite(self, part: Part) -> Part:
        shared = self.share(part)
        made = self.pl.when(shared.expr.is_finite()).then(shared.expr)
        return Part(made, shared.step, part.type, False, part.bounds)

    def _call(self, function: str, parts: list[Part], kind: str) -> Part:
        if function in ("ROUND", "FLOOR", "CEIL"):
            return self._whole(function, parts[0])
        if function == "ABS":
            return self._absolute(parts[0], kind)
        parts = [self._as(part, kind) for part in parts]
        step = max(part.step for part in parts)
        bounds = hull([part.bounds for part in parts])
        if function == "COALESCE":
            return Part(self.pl.coalesce([part.expr for part in parts]), step, kind, False, bounds)
        shared = [self.share(part) for part in parts]
        exprs = [part.expr for part in shared]
        least = self.pl.min_horizontal(exprs) if function == "LEAST" else self.pl.max_horizontal(exprs)
        unknown = self.pl.any_horizontal([expr.is_null() for expr in exprs])
        return Part(self.pl.when(~unknown).then(least), max(part.step for part in shared), kind, False, bounds)

    def _absolute(self, part: Part, kind: str) -> Part:
        low, high = part.bounds
        top = max(abs(low), abs(high))
        if kind == "int" and top > 2**63 - 1:
            wide = part.expr.cast(self.pl.Int128).abs().cast(self.pl.Int64, strict=False)
            return Part(wide, part.step, kind, False, (0, 2**63 - 1))
        return Part(part.expr.abs(), part.step, kind, False, (0, top))

    def _whole(self, function: str, part: Part) -> Part:
        """``ROUND``, ``FLOOR``, ``CEIL``: clean to six places, then to a 64-bit integer or unknown."""
        if part.type == "int":
            return part
        pl = self.pl
        shared = self.share(part)
        value = shared.expr
        scaled = self.share(Part((value.abs() * 1e6 + 0.5).floor(), shared.step, "decimal"))
        shared = Part(value, scaled.step, "decimal", True, part.bounds)
        size = _divided(scaled.expr, pl.lit(1e6))
        cleaned = pl.when(value < 0).then(-size).otherwise(size)
        low, high = part.bounds
        if not (low > -CLEAN_BELOW and high < CLEAN_BELOW):
            cleaned = pl.when(value.abs() < CLEAN_BELOW).then(cleaned).otherwise(value)
        if function == "ROUND":
            clean = self.share(Part(cleaned, shared.step, "decimal", False, part.bounds))
            size = (clean.expr.abs() + 0.5).floor()
            made, step = pl.when(clean.expr < 0).then(-size).otherwise(size), clean.step
        else:
            made, step = (cleaned.floor() if function == "FLOOR" else cleaned.ceil()), shared.step
        bounds = of_type("int") if not fits(part.bounds, "decimal") else (int(low) - 1, int(high) + 1)
        return Part(made.cast(pl.Int64, strict=False), step, "int", False, clipped(bounds, "int"))
