"""Judges a service for everyone at once. Pure: no database, no clock.

It works on a Polars frame with a column ``id`` and one column per fact; a fact without a column is unknown for
everyone. The conditions are evaluated once, side by side, each into a column of bits; verdicts are operations on those
bits. Only undecided rows are looked at again for what is missing, and rows share few patterns of what is missing or
refused, so each list is made once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from lianxin.engine.declaration import Service
from lianxin.engine.explaining import Explanation, Looked, explain
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.bounds import Bounds, counted_facts, of_column
from lianxin.engine.expressions.dependence import absences
from lianxin.engine.expressions.to_polars import Compiler, dtypes

if TYPE_CHECKING:
    import polars as pl

__all__ = ["VERDICTS", "Explanation", "Looked", "candidates", "explain", "judge"]

VERDICTS = ("entitled", "not_entitled", "unknown")
_DIRECT = 8  # patterns of this many marks are kept in a table of all of them
_BITS = 60  # marks that fit one 64-bit number
_KEPT = 16  # plans kept for one service


def judge(service: Service, frame: pl.DataFrame, day: dt.date, *, reasons: bool = True) -> pl.DataFrame:
    """Judge every row of ``frame`` as of ``day``.

    Returns, in the order given: ``id``, ``verdict`` (an Enum of :data:`VERDICTS`), ``amount`` (Int64 fen, only for
    entitled rows), ``missing`` (list of facts, null but for unknown rows), ``because`` (list of items, null but for
    not_entitled rows, and everywhere when ``reasons`` is False) and ``error`` (the row met an error of the service).
    """
    import polars as pl

    if not service.effective.covers(day):
        return _nobody(frame, reasons=reasons)
    plan = _plan(service, frame, day)
    table = plan.query(frame, everyone=True, reasons=reasons).collect(optimizations=pl.QueryOptFlags.none())
    verdict = table.get_column("verdict")
    missing = _lists(table, "missing", plan.looked, verdict == 2)
    because = _lists(table, "because", plan.labels, verdict == 1) if reasons else _no_lists(table.height)
    return pl.DataFrame(
        [
            table.get_column("id"),
            _named(verdict),
            table.get_column("amount"),
            missing.alias("missing"),
            because.alias("because"),
            table.get_column("error"),
        ]
    )


def candidates(service: Service, frame: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Only the entitled and the unknown rows, which is what matching stores.

    Returns ``id``, ``verdict``, ``amount``, ``missing`` (text: the facts joined by a space, empty for the entitled)
    and ``error``.
    """
    import polars as pl

    if not service.effective.covers(day):
        return (
            _nobody(frame, reasons=False)
            .clear()
            .select("id", "verdict", "amount", pl.lit("").alias("missing"), "error")
        )
    plan = _plan(service, frame, day)
    table = plan.query(frame, everyone=False, reasons=False).collect(optimizations=pl.QueryOptFlags.none())
    return pl.DataFrame(
        [
            table.get_column("id"),
            _named(table.get_column("verdict")),
            table.get_column("amount"),
            _texts(table, plan.looked).alias("missing"),
            table.get_column("error"),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """The expressions that judge one service on one day over frames of one shape, stage by stage."""

    facts: tuple[Any, ...]  # the facts by their types
    steps: tuple[tuple[Any, ...], ...]  # temporary columns, then one column per item and the amount
    refused: Any
    looks: tuple[tuple[Any, ...], ...]  # temporary columns, then the verdict
    out: tuple[Any, ...]
    because: tuple[Any, ...]
    labels: tuple[str, ...]
    looked: tuple[str, ...]  # the fact of each look, in order

    def query(self, frame: pl.DataFrame, *, everyone: bool, reasons: bool) -> pl.LazyFrame:
        """``id``, ``verdict`` (0 entitled, 1 not, 2 unknown), ``amount``, ``error`` and packed reasons.

        The stages are in their best order already: collect it without the optimiser, whose planning costs more
        than it saves. Without ``everyone`` the refused rows are left out before anything is asked about the others.
        """
        import polars as pl

        lazy = frame.lazy().select(self.facts)
        for step in self.steps:
            lazy = lazy.with_columns(step)
        lazy = lazy.with_columns(self.refused)
        if not everyone:
            lazy = lazy.filter(pl.col("refused").is_null() | ~pl.col("refused"))
        for step in self.looks:
            lazy = lazy.with_columns(step)
        return lazy.select(self.out + self.because if reasons else self.out)


_plans: WeakKeyDictionary[Service, dict[Any, _Plan]] = WeakKeyDictionary()


def _plan(service: Service, frame: pl.DataFrame, day: dt.date) -> _Plan:
    """The plan for this service, day and frame; one made before serves again."""
    bounds = _bounds(frame, service)
    shape = tuple(frame.schema.get(name) for name in service.fact_names())
    since = tuple(parameter.since(day) for parameter in service.parameters.values())
    key = (since, tuple(bounds.items()), shape)
    known = _plans.setdefault(service, {})
    if key not in known:
        if len(known) > _KEPT:
            known.clear()
        known[key] = _Planning(service, frame, day, bounds).plan()
    return known[key]


class _Planning:
    """Builds a plan."""

    def __init__(self, service: Service, frame: pl.DataFrame, day: dt.date, bounds: dict[str, Bounds]) -> None:
        import polars

        self.pl = polars
        self.service, self.frame, self.bounds = service, frame, bounds
        self.values = service.values_on(day)
        self.items = [item.tree for item in (*service.who, *service.unless)]

    def plan(self) -> _Plan:
        """All stages."""
        pl, service = self.pl, self.service
        compiler = Compiler(self.values, self.bounds)
        whos = len(service.who)
        columns = [
            compiler.expr(item) if index >= whos else ~compiler.expr(item) for index, item in enumerate(self.items)
        ]
        items = [expr.alias(f"r{index}") for index, expr in enumerate(columns)]
        if service.amount is not None:
            items.append(compiler.amount(service.amount.tree).alias("amount"))
        named = [pl.col(f"r{index}") for index in range(len(self.items))]
        looking, marks, labels, erring, wanting = self._looks()
        refused = pl.col("refused")
        verdict = pl.when(refused).then(1).when(refused.is_null() | wanting).then(2).otherwise(0).cast(pl.UInt8)
        return _Plan(
            facts=tuple(_prepared(service, self.frame)),
            steps=(*(tuple(step) for step in compiler.steps), tuple(items)),
            refused=_any(named).alias("refused"),
            looks=(*(tuple(step) for step in looking.steps), (verdict.alias("verdict"),)),
            out=(pl.col("id"), pl.col("verdict"), *self._paid(erring), *_codes(marks, "missing")),
            because=tuple(_codes([column.fill_null(value=False) for column in named], "because")),
            labels=tuple([str(index) for index in range(whos)] + [f"unless-{n}" for n in range(len(service.unless))]),
            looked=tuple(labels),
        )

    def _paid(self, erring: Any) -> tuple[Any, Any]:
        """The amount of the entitled, and which rows met an error of the service."""
        pl = self.pl
        error = erring if erring is None else pl.col("refused").is_null() & erring
        if self.service.amount is None:
            nothing = pl.lit(None, dtype=pl.Int64).alias("amount")
            return nothing, (pl.lit(value=False) if error is None else error).alias("error")
        entitled, amount = pl.col("verdict") == 0, pl.col("amount")
        wrong = entitled & (amount.is_null() | (amount < 0))
        paid = pl.when(entitled & (amount >= 0)).then(amount).alias("amount")
        return paid, (wrong if error is None else error | wrong).alias("error")

    def _looks(self) -> tuple[Compiler, list[Any], list[str], Any, Any]:
        """Where each look at a fact misses it, over all items in order; where the service erred (None: nowhere);
        where an amount is open for want of a fact."""
        pl = self.pl
        compiler = Compiler(self.values, self.bounds, prefix="__m")
        marks: list[Any] = []
        labels: list[str] = []
        errings: list[Any] = []
        wanting: Any = pl.lit(value=False)
        looks = [(item, f"r{index}") for index, item in enumerate(self.items)]
        if self.service.amount is not None:
            looks.append((self.service.amount.tree, "amount"))
        for node, column in looks:
            unknown = pl.col(column).is_null()
            found = absences(compiler, node, unknown)
            labels += [name for name, _ in found]
            marks += [mark for _, mark in found]
            lacking = _any([mark for _, mark in found])
            if column == "amount":
                wanting = lacking
            elif _can_err(node):
                errings.append(unknown & ~lacking)
        return compiler, marks, labels, _any(errings) if errings else None, wanting


def _prepared(service: Service, frame: pl.DataFrame) -> list[Any]:
    """``id`` and the columns that ``service`` looks at, by their types, unknown where ``frame`` has none."""
    import polars as pl

    types = dtypes()
    columns: list[Any] = [pl.col("id")]
    for name in service.fact_names():
        kind = types[service.facts[name].type]
        if name not in frame.columns:
            columns.append(pl.lit(None, dtype=kind).alias(name))
        elif kind == pl.Float64():
            column = pl.col(name).cast(kind)
            columns.append(pl.when(column.is_finite()).then(column).alias(name))
        else:
            columns.append(pl.col(name) if frame.schema[name] == kind else pl.col(name).cast(kind))
    return columns


def _nobody(frame: pl.DataFrame, *, reasons: bool) -> pl.DataFrame:
    """Outside the days on which the service exists everyone is refused, because ``effective``."""
    import polars as pl

    size = frame.height
    because = pl.Series([["effective"]], dtype=pl.List(pl.String)).new_from_index(0, size)
    return pl.DataFrame(
        [
            frame.get_column("id"),
            _named(pl.Series([1], dtype=pl.UInt8).new_from_index(0, size)),
            pl.Series("amount", [None], dtype=pl.Int64).new_from_index(0, size),
            _no_lists(size).alias("missing"),
            (because if reasons else _no_lists(size)).alias("because"),
            pl.Series("error", [False]).new_from_index(0, size),
        ]
    )


def _bounds(frame: pl.DataFrame, service: Service) -> dict[str, Bounds]:
    """The range of every column that the conditions calculate with."""
    found = {}
    for name in counted_facts(*service.trees()):
        if name in frame.columns and frame.schema[name].is_numeric():
            column = frame.get_column(name)
            found[name] = of_column(column.min(), column.max(), service.facts[name].type)
    return found


def _can_err(node: tree.Node) -> bool:
    """Whether ``node`` can be unknown with every fact known."""
    risky = (tree.Arithmetic, tree.Negate, tree.Lookup, tree.Case, tree.Parameter)
    return any(
        isinstance(part, risky) or getattr(part, "function", "COALESCE") != "COALESCE" for part in tree.walk(node)
    )


def _any(columns: list[Any]) -> Any:
    """Kleene's OR, balanced; false of nothing."""
    import polars as pl

    while len(columns) > 1:
        pairs = [columns[index : index + 2] for index in range(0, len(columns), 2)]
        columns = [pair[0] if len(pair) == 1 else pair[0] | pair[1] for pair in pairs]
    return columns[0] if columns else pl.lit(value=False)


def _no_lists(size: int) -> Any:
    import polars as pl

    return pl.Series([None], dtype=pl.List(pl.String)).new_from_index(0, size)


def _named(codes: Any) -> Any:
    import polars as pl

    return pl.Series("verdict", VERDICTS, dtype=pl.Enum(VERDICTS)).gather(codes)


def _codes(marks: list[Any], name: str) -> list[Any]:
    """Expressions that pack boolean marks into numbers, the first mark in the lowest bit."""
    import polars as pl

    made = []
    for start in range(0, len(marks), _BITS):
        some = marks[start : start + _BITS]
        kind = pl.UInt8 if len(some) <= _DIRECT else pl.UInt64
        code = some[0].cast(kind)
        for index, mark in enumerate(some[1:], 1):
            code = code + mark.cast(kind) * pl.lit(1 << index, dtype=kind)
        made.append(code.alias(f"{name}:{start}"))
    return made


def _patterns(code: Any, labels: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], ...], Any]:
    """The label lists that occur, and where in them each row's is."""
    import polars as pl

    if len(labels) <= _DIRECT:
        return _every_pattern(labels), code
    patterns = code.unique()
    place = code.replace_strict(patterns, pl.int_range(patterns.len(), dtype=pl.UInt32, eager=True))
    return tuple(_labels(pattern, labels) for pattern in patterns.to_list()), place


def _lists(table: Any, name: str, labels: tuple[str, ...], where: Any) -> Any:
    """The labels of each row's marks, in order, each once; null outside ``where``."""
    import polars as pl

    if not where.any():
        return _no_lists(table.height)
    if not labels:
        return pl.select(pl.when(where).then(pl.lit([], dtype=pl.List(pl.String)))).to_series()
    parts = []
    for start in range(0, len(labels), _BITS):
        some = labels[start : start + _BITS]
        lists, place = _patterns(table.get_column(f"{name}:{start}"), some)
        place = pl.select(pl.when(where).then(place.cast(pl.UInt32))).to_series()
        parts.append(_list_series(lists).gather(place))
    if len(parts) == 1:
        return parts[0]
    return pl.select(pl.concat_list(parts)).to_series().list.unique(maintain_order=True)


def _texts(table: Any, labels: tuple[str, ...]) -> Any:
    """What is missing as text: labels joined by a space."""
    import polars as pl

    unknown = table.get_column("verdict") == 2
    if not labels or not unknown.any():
        return pl.Series([""]).new_from_index(0, table.height)
    if len(labels) > _BITS:
        return _lists(table, "missing", labels, unknown).list.join(" ").fill_null("")
    lists, place = _patterns(table.get_column("missing:0"), labels)
    words = pl.Series([" ".join(found) for found in lists])
    return words.gather(place)


@lru_cache(maxsize=1024)
def _list_series(lists: tuple[tuple[str, ...], ...]) -> Any:
    import polars as pl

    return pl.Series([list(found) for found in lists], dtype=pl.List(pl.String))


@lru_cache(maxsize=1024)
def _every_pattern(labels: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The lists of all patterns of a few labels."""
    return tuple(_labels(pattern, labels) for pattern in range(1 << len(labels)))


def _labels(pattern: int, labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for index, label in enumerate(labels) if pattern >> index & 1))
