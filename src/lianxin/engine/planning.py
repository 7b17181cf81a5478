"""How one service is judged over frames of one shape: expressions in stages, made once and kept.

Each condition becomes a column whose name stands for its text, the values of its parameters and what it looks at: the
same condition of two services is one column, evaluated once. What only matters for rows that are not refused (the
amount, what is missing) is asked of those rows alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from lianxin.engine.declaration import Service
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.bounds import Bounds, counted_facts, of_column
from lianxin.engine.expressions.dependence import absences
from lianxin.engine.expressions.to_polars import Compiler, dtypes

if TYPE_CHECKING:
    import polars as pl

VERDICTS = ("entitled", "not_entitled", "unknown")
BITS = 60  # marks that fit one 64-bit number
SMALL = 8  # marks that fit one byte
_KEPT = 16  # plans kept for one service

Stages = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A service to judge; ``columns`` names the column of a fact where it is not the fact's own name."""

    service: Service
    columns: Mapping[str, str] = field(default_factory=dict)

    def column(self, fact: str) -> str:
        """The column of the frame in which ``fact`` stands."""
        return self.columns.get(fact, fact)


@dataclass(frozen=True, slots=True)
class Item:
    """A condition as a column: its name, the temporary columns it needs before, its expression."""

    name: str
    before: Stages
    expr: Any
    cheap: bool  # bits and comparisons of numbers only


@dataclass(frozen=True, slots=True)
class Plan:
    """The expressions that judge one service on one day over frames of one shape."""

    typed: dict[str, Any]  # columns that the frame lacks, or has in another type
    items: tuple[Item, ...]
    against: tuple[Any, ...]  # for each item, where it refuses
    facts: tuple[str, ...]  # the columns of the facts
    looks: Stages  # over the rows that are not refused: temporary columns, then where the verdict is unknown
    out: tuple[Any, ...]
    because: tuple[Any, ...]
    labels: tuple[str, ...]
    looked: tuple[str, ...]  # the fact of each look, in order

    def refused(self, done: Container[str]) -> Any:
        """Where the conditions whose columns are ``done`` refuse."""
        return either([mark for mark, one in zip(self.against, self.items, strict=True) if one.name in done])

    def standing(self, table: pl.DataFrame, early: str, done: Container[str]) -> pl.LazyFrame:
        """``id``, ``verdict``, ``amount``, ``error`` and packed marks of what is missing, of the rows not refused.

        ``table`` has the columns of the conditions ``done``, and ``early``: where those refuse. The others are asked of
        the rows that are left. The stages are in their best order: collect it without the optimiser.
        """
        import polars as pl

        rest = {one.name: one for one in self.items if one.name not in done}
        known = dict.fromkeys(one.name for one in self.items if one.name in done)
        stands = pl.col(":refused").ne_missing(other=True)
        lazy = table.lazy().select("id", *self.facts, *known, pl.col(early).alias(":refused")).filter(stands)
        if rest:
            for stage in stages(rest.values()):
                lazy = lazy.with_columns(*stage)
            lazy = lazy.with_columns((pl.col(":refused") | self.refused(rest)).alias(":refused"))
            lazy = lazy.filter(stands)
        for step in self.looks:
            lazy = lazy.with_columns(step)
        return lazy.select(self.out)


def stages(items: Iterable[Item]) -> Iterator[list[Any]]:
    """The columns of ``items``, after the temporary columns they need, stage by stage."""
    items = list(items)
    for step in range(max((len(one.before) for one in items), default=0)):
        yield [expr for one in items if len(one.before) > step for expr in one.before[step]]
    yield [one.expr for one in items]


@dataclass(frozen=True, slots=True)
class _Plans:
    """What is kept of one service: the facts it looks at and calculates with, and its plans."""

    facts: tuple[str, ...]
    counted: tuple[str, ...]
    made: dict[Any, Plan] = field(default_factory=dict)


_plans: WeakKeyDictionary[Service, _Plans] = WeakKeyDictionary()


def plan(asked: Asked, frame: pl.DataFrame, day: dt.date) -> Plan:
    """The plan for this service, day and frame; one made before serves again."""
    service, schema = asked.service, frame.schema
    if service not in _plans:
        _plans[service] = _Plans(service.fact_names(), counted_facts(*service.trees()))
    known = _plans[service]
    bounds = _bounds(asked, frame, known.counted)
    shape = tuple(schema.get(asked.column(name)) for name in known.facts)
    since = tuple(parameter.since(day) for parameter in service.parameters.values())
    key = (since, tuple(bounds.items()), shape, tuple(asked.columns.items()))
    if key not in known.made:
        if len(known.made) > _KEPT:
            known.made.clear()
        known.made[key] = _Planning(asked, frame, day, bounds).plan()
    return known.made[key]


def item(node: tree.Node, values: Mapping[str, Any], bounds: Mapping[str, Bounds], columns: Mapping[str, str]) -> Item:
    """The column of one condition; equal conditions over equal columns have equal names."""
    used = {name: values.get(name) for name in tree.parameter_names(node)}
    facts = {name: (columns.get(name, name), bounds.get(name)) for name in tree.fact_names(node)}
    key = hashlib.blake2s(repr((node, used, facts)).encode()).hexdigest()[:24]
    compiler = Compiler(values, bounds, prefix=f"t:{key}:", columns=columns)
    expr = compiler.expr(node).alias(f"i:{key}")
    return Item(f"i:{key}", tuple(tuple(step) for step in compiler.steps), expr, _is_cheap(node))


def _is_cheap(node: tree.Node) -> bool:
    """Whether ``node`` only looks at bits and compares numbers: asked of everyone, it costs next to nothing."""
    dear = (tree.Arithmetic, tree.Negate, tree.Call, tree.Case, tree.Lookup)
    return not any(isinstance(part, dear) or getattr(part, "type", "") == "text" for part in tree.walk(node))


class _Planning:
    """Builds a plan."""

    def __init__(self, asked: Asked, frame: pl.DataFrame, day: dt.date, bounds: dict[str, Bounds]) -> None:
        import polars

        self.pl = polars
        self.service, self.bounds = asked.service, bounds
        self.columns, self.typed = _typed(asked, frame)
        self.values = self.service.values_on(day)
        self.trees = [one.tree for one in (*self.service.who, *self.service.unless)]
        self.items = tuple(item(node, self.values, bounds, self.columns) for node in self.trees)

    def plan(self) -> Plan:
        """All stages."""
        pl, service = self.pl, self.service
        whos = len(service.who)
        held = [pl.col(one.name) for one in self.items]
        against = [mark if index >= whos else ~mark for index, mark in enumerate(held)]
        compiler = Compiler(self.values, self.bounds, prefix="__m", columns=self.columns)
        paying = self._paying()
        marks, labels, erring, wanting = self._looks(compiler)
        unknown = (pl.col(":refused").is_null() | wanting).alias(":unknown")
        return Plan(
            typed=self.typed,
            items=self.items,
            against=tuple(against),
            facts=tuple(dict.fromkeys(self.columns.values())),
            looks=tuple(stage for stage in (*paying, *(tuple(step) for step in compiler.steps), (unknown,)) if stage),
            out=(pl.col("id"), _verdict(), *self._paid(erring), *_codes(marks, "missing")),
            because=tuple(_codes(against, "because")),
            labels=tuple([str(index) for index in range(whos)] + [f"unless-{n}" for n in range(len(service.unless))]),
            looked=tuple(labels),
        )

    def _paying(self) -> Stages:
        """The amount's own temporary columns, then the amount."""
        if self.service.amount is None:
            return ()
        compiler = Compiler(self.values, self.bounds, prefix="__a", columns=self.columns)
        amount = compiler.amount(self.service.amount.tree).alias(":amount")
        return (*(tuple(step) for step in compiler.steps), (amount,))

    def _paid(self, erring: Any) -> tuple[Any, Any]:
        """The amount of the entitled, and which rows met an error of the service."""
        pl = self.pl
        error = erring if erring is None else pl.col(":refused").is_null() & erring
        if self.service.amount is None:
            nothing = pl.lit(None, dtype=pl.Int64).alias("amount")
            return nothing, (pl.lit(value=False) if error is None else error).alias("error")
        entitled, amount = ~pl.col(":unknown"), pl.col(":amount")
        wrong = entitled & (amount.is_null() | (amount < 0))
        paid = pl.when(entitled & (amount >= 0)).then(amount).alias("amount")
        return paid, (wrong if error is None else error | wrong).alias("error")

    def _looks(self, compiler: Compiler) -> tuple[list[Any], list[str], Any, Any]:
        """Where each look at a fact misses it, over all items in order; where the service erred (None: nowhere);
        where an amount is open for want of a fact."""
        pl = self.pl
        marks: list[Any] = []
        labels: list[str] = []
        errings: list[Any] = []
        wanting: Any = pl.lit(value=False)
        looks = [(node, one.name) for node, one in zip(self.trees, self.items, strict=True)]
        if self.service.amount is not None:
            looks.append((self.service.amount.tree, ":amount"))
        for node, column in looks:
            unknown = pl.col(column).is_null()
            found = absences(compiler, node, unknown)
            labels += [name for name, _ in found]
            marks += [mark for _, mark in found]
            lacking = either([mark for _, mark in found])
            if column == ":amount":
                wanting = lacking
            elif _can_err(node):
                errings.append(unknown & ~lacking)
        return marks, labels, either(errings) if errings else None, wanting


def _typed(asked: Asked, frame: pl.DataFrame) -> tuple[dict[str, str], dict[str, Any]]:
    """The column of each fact, and the columns to make: those that ``frame`` lacks (unknown), has in another type, or
    with numbers that are none. A made column is named by its type, so that services may read one column as two."""
    import polars as pl

    types, columns, made = dtypes(), {}, {}
    for fact in asked.service.fact_names():
        kind, name = asked.service.facts[fact].type, asked.column(fact)
        wanted = types[kind]
        columns[fact] = f"{kind}:{name}"
        if name not in frame.columns:
            expr = pl.lit(None, dtype=wanted)
        elif kind == "decimal":
            expr = pl.col(name).cast(wanted)
            expr = pl.when(expr.is_finite()).then(expr)
        elif frame.schema[name] != wanted:
            expr = pl.col(name).cast(wanted)
        else:
            columns[fact] = name
            continue
        made[columns[fact]] = expr.alias(columns[fact])
    return columns, made


def _bounds(asked: Asked, frame: pl.DataFrame, counted: tuple[str, ...]) -> dict[str, Bounds]:
    """The range of every column that the conditions calculate with."""
    found = {}
    for name in counted:
        where = asked.column(name)
        if where in frame.columns and frame.get_column(where).dtype.is_numeric():
            column = frame.get_column(where)
            found[name] = of_column(column.min(), column.max(), asked.service.facts[name].type)
    return found


def _verdict() -> Any:
    import polars as pl

    kind = pl.Enum(VERDICTS)
    one, other = (pl.lit(word, dtype=pl.String).cast(kind) for word in ("unknown", "entitled"))
    return pl.when(pl.col(":unknown")).then(one).otherwise(other).alias("verdict")


def _can_err(node: tree.Node) -> bool:
    """Whether ``node`` can be unknown with every fact known."""
    risky = (tree.Arithmetic, tree.Negate, tree.Lookup, tree.Case, tree.Parameter)
    return any(
        isinstance(part, risky) or getattr(part, "function", "COALESCE") != "COALESCE" for part in tree.walk(node)
    )


def either(columns: list[Any]) -> Any:
    """Kleene's OR, balanced; false of nothing."""
    import polars as pl

    while len(columns) > 1:
        pairs = [columns[index : index + 2] for index in range(0, len(columns), 2)]
        columns = [pair[0] if len(pair) == 1 else pair[0] | pair[1] for pair in pairs]
    return columns[0] if columns else pl.lit(value=False)


def _codes(marks: list[Any], name: str) -> list[Any]:
    """Expressions that pack marks into numbers, the first mark in the lowest bit; unknown marks count as false."""
    import polars as pl

    made = []
    for start in range(0, len(marks), BITS):
        some = marks[start : start + BITS]
        kind = pl.UInt8 if len(some) <= SMALL else pl.UInt64
        nought = pl.lit(0, dtype=kind)
        bits = [pl.when(mark).then(pl.lit(1 << index, dtype=kind)).otherwise(nought) for index, mark in enumerate(some)]
        made.append(either(bits).alias(f"{name}:{start}"))
    return made
