"""Judges a service for everyone at once. Pure: no database, no clock.

It works on a Polars frame with a column ``id`` and one column per fact; a fact without a column is unknown for
everyone. The conditions are evaluated once, side by side, each into a column of bits; verdicts are operations on those
bits. Only undecided rows are looked at again for what is missing, and rows share few patterns of what is missing or
refused, so each list is made once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lianxin.engine.declaration import Service
from lianxin.engine.explaining import Explanation, Looked, explain
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.bounds import Bounds, counted_facts, of_column
from lianxin.engine.expressions.dependence import absences
from lianxin.engine.expressions.to_polars import Compiler, dtypes

if TYPE_CHECKING:
    import polars as pl

__all__ = ["VERDICTS", "Explanation", "Looked", "candidates", "explain", "judge", "prepared"]

VERDICTS = ("entitled", "not_entitled", "unknown")
_DIRECT = 8  # patterns of this many marks are kept in a table of all of them
_BITS = 60  # marks that fit one 64-bit number


def judge(service: Service, frame: pl.DataFrame, day: dt.date, *, reasons: bool = True) -> pl.DataFrame:
    """Judge every row of ``frame`` as of ``day``.

    Returns, in the order given: ``id``, ``verdict`` (an Enum of :data:`VERDICTS`), ``amount`` (Int64 fen, only for
    entitled rows), ``missing`` (list of facts, null but for unknown rows), ``because`` (list of items, null but for
    not_entitled rows, and everywhere when ``reasons`` is False) and ``error`` (the row met an error of the service).
    """
    import polars as pl

    judged = _Judged(service, frame, day)
    size = frame.height
    verdict = pl.select(
        pl.when(judged.refused.is_null()).then(2).when(judged.refused).then(1).otherwise(0).cast(pl.UInt8)
    ).to_series()
    open_rows = judged.undecided.arg_true()
    codes, error, missing = judged.look_again(judged.undecided)
    place = pl.Series([None], dtype=pl.UInt32).new_from_index(0, size)
    if open_rows.len():
        verdict = verdict.scatter(open_rows, codes)
        place = place.scatter(open_rows, pl.int_range(open_rows.len(), dtype=pl.UInt32, eager=True))
    amount, wrong = judged.paid(verdict == 0, judged.amount)
    wrong = wrong.scatter(open_rows, error | wrong.gather(open_rows)) if open_rows.len() else wrong
    return pl.DataFrame(
        [
            judged.ids,
            _named(verdict).alias("verdict"),
            amount.alias("amount"),
            (missing.gather(place) if open_rows.len() else _no_lists(size)).alias("missing"),
            (judged.because(verdict == 1) if reasons else _no_lists(size)).alias("because"),
            wrong.alias("error"),
        ]
    )


def candidates(service: Service, frame: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Only the entitled and the unknown rows of :func:`judge`, without ``because``: what matching stores."""
    import polars as pl

    judged = _Judged(service, frame, day)
    keep = (~judged.refused) | judged.refused.is_null()
    ids, amount, undecided = judged.ids.filter(keep), judged.amount.filter(keep), judged.undecided.filter(keep)
    verdict = pl.Series([0], dtype=pl.UInt8).new_from_index(0, ids.len())
    error = pl.Series([False]).new_from_index(0, ids.len())
    missing = _no_lists(ids.len())
    if undecided.any():
        rows = undecided.arg_true()
        codes, erring, lists = judged.look_again(judged.undecided)
        verdict, error = verdict.scatter(rows, codes), error.scatter(rows, erring)
        place = pl.Series([None], dtype=pl.UInt32).new_from_index(0, ids.len())
        missing = lists.gather(place.scatter(rows, pl.int_range(rows.len(), dtype=pl.UInt32, eager=True)))
    amount, wrong = judged.paid(verdict == 0, amount)
    return pl.DataFrame(
        [
            ids,
            _named(verdict).alias("verdict"),
            amount.alias("amount"),
            missing.alias("missing"),
            _no_lists(ids.len()).alias("because"),
            (error | wrong).alias("error"),
        ]
    )


@dataclass(slots=True)
class _Look:
    """One item looked at again: its tree and the column that says where it is open."""

    node: tree.Node
    column: str
    is_amount: bool


class _Judged:
    """One service over one frame: which rows are refused, which are open, what each would be paid."""

    def __init__(self, service: Service, frame: pl.DataFrame, day: dt.date) -> None:
        import polars

        self.pl = polars
        self.service, self.day = service, day
        self.ids = frame.get_column("id")
        self.values = service.values_on(day)
        self.labels = [str(index) for index in range(len(service.who))]
        self.labels += [f"unless-{index}" for index in range(len(service.unless))]
        self.in_force = service.effective.covers(day)
        if not self.in_force:
            self._nobody()
            return
        self.frame = prepared(service, frame)
        self.bounds = _bounds(self.frame, service.trees())
        self.table = self._evaluate()
        self.refused = self._refused()
        self.amount = self.table.get_column("amount")
        self.undecided = self.refused.is_null()
        if service.amount is not None and self.amount.null_count():
            unpaid = self.amount.is_null()
            self.undecided = self.undecided | (unpaid & ((~self.refused) | self.undecided))

    def _nobody(self) -> None:
        """Outside the days on which the service exists everyone is refused, because ``effective``."""
        pl, size = self.pl, self.ids.len()
        self.refused = pl.Series([True]).new_from_index(0, size)
        self.undecided = pl.Series([False]).new_from_index(0, size)
        self.amount = pl.Series([None], dtype=pl.Int64).new_from_index(0, size)

    def _evaluate(self) -> pl.DataFrame:
        """One column of bits per item, true where it refuses, and the amount."""
        pl, service = self.pl, self.service
        compiler = Compiler(self.values, self.bounds)
        exprs = [~compiler.expr(item.tree) for item in service.who]
        exprs += [compiler.expr(item.tree) for item in service.unless]
        amount = compiler.amount(service.amount.tree) if service.amount else pl.lit(None, dtype=pl.Int64)
        columns = [expr.alias(f"r{index}") for index, expr in enumerate(exprs)]
        lazy = compiler.prepare(self.frame.lazy()).select("id", *columns, amount.alias("amount"))
        found: pl.DataFrame = lazy.collect()
        return found

    def _refused(self) -> Any:
        """True where an item refuses, unknown where none does and one is unknown (Kleene's OR)."""
        found = self.pl.Series([False]).new_from_index(0, self.ids.len())
        for index in range(len(self.labels)):
            found = found | self.table.get_column(f"r{index}")
        return found

    def paid(self, entitled: Any, amount: Any) -> tuple[Any, Any]:
        """Amounts of the entitled, and where an amount is an error: below zero, or unknown with every fact known."""
        pl = self.pl
        if self.service.amount is None or not self.in_force:
            return amount, pl.Series([False]).new_from_index(0, amount.len())
        wrong = entitled & ((amount < 0) | amount.is_null())
        kept = pl.select(pl.when(entitled & ~wrong).then(amount)).to_series()
        return kept, wrong

    def look_again(self, rows: Any) -> tuple[Any, Any, Any]:
        """For the open ``rows``: verdict codes (2 unknown, 0 entitled), whether the service erred, what is missing."""
        pl = self.pl
        if not self.in_force or not rows.any():
            return pl.Series([], dtype=pl.UInt8), pl.Series([], dtype=pl.Boolean), _no_lists(0)
        items = [item.tree for item in (*self.service.who, *self.service.unless)]
        looks = [_Look(node, f"r{index}", False) for index, node in enumerate(items)]
        if self.service.amount is not None:
            looks.append(_Look(self.service.amount.tree, "amount", True))
        part = pl.concat([self.frame.filter(rows), self.table.drop("id").filter(rows)], how="horizontal")
        marks, labels, erring, wanting = self._marks(part, looks)
        compiler, exprs = marks
        opened = pl.any_horizontal([pl.col(f"r{index}").is_null() for index in range(len(items))]) if items else _no()
        found = compiler.prepare(part.lazy()).select(
            pl.col("id"),
            opened.alias("opened"),
            erring.alias("erring"),
            wanting.alias("wanting"),
            *_codes(exprs),
        )
        table = found.collect()
        opened = table.get_column("opened")
        stays = opened | table.get_column("wanting")
        codes = stays.cast(pl.UInt8) * 2
        error = table.get_column("erring") & opened
        lists = _lists([table.get_column(name) for name in table.columns if name.startswith("code")], tuple(labels))
        if not stays.all():
            lists = pl.select(pl.when(stays).then(lists)).to_series()
        return codes, error, lists

    def _marks(self, part: Any, looks: Sequence[_Look]) -> tuple[tuple[Compiler, list[Any]], list[str], Any, Any]:
        """Where each look at a fact misses it, over all items in order; which rows erred, which want for the amount."""
        compiler = Compiler(self.values, self.bounds)
        exprs: list[Any] = []
        labels: list[str] = []
        erring, wanting = _no(), _no()
        for look in looks:
            unknown = self.pl.col(look.column).is_null()
            found = [(name, unknown & absent) for name, absent in absences(compiler, look.node, unknown)]
            labels += [name for name, _ in found]
            exprs += [mark for _, mark in found]
            lacking = self.pl.any_horizontal([mark for _, mark in found]) if found else _no()
            if look.is_amount:
                wanting = lacking
            elif _can_err(look.node):
                erring = erring | (unknown & ~lacking)
        return (compiler, exprs), labels, erring, wanting

    def because(self, refused: Any) -> Any:
        """The refusing items of every row that is not entitled; null elsewhere."""
        pl = self.pl
        if not self.in_force:
            return pl.Series([["effective"]], dtype=pl.List(pl.String)).new_from_index(0, self.ids.len())
        if not self.labels:
            return _no_lists(self.ids.len())
        marks = [pl.col(f"r{index}").fill_null(value=False) for index in range(len(self.labels))]
        table = self.table.select(_codes(marks))
        return _lists(table.get_columns(), tuple(self.labels), refused)


def prepared(service: Service, frame: pl.DataFrame) -> pl.DataFrame:
    """``id`` and the columns that ``service`` looks at, by their types, unknown where ``frame`` has none."""
    import polars as pl

    types = dtypes()
    columns: list[Any] = ["id"]
    for name in service.fact_names():
        kind = types[service.facts[name].type]
        if name not in frame.columns:
            columns.append(pl.lit(None, dtype=kind).alias(name))
        elif kind == pl.Float64():
            column = pl.col(name).cast(kind)
            columns.append(pl.when(column.is_finite()).then(column).alias(name))
        else:
            columns.append(name if frame.schema[name] == kind else pl.col(name).cast(kind))
    return frame.select(columns)


def _bounds(frame: pl.DataFrame, trees: Sequence[tree.Node]) -> dict[str, Bounds]:
    """The range of every column that the conditions calculate with."""
    found = {}
    for name in counted_facts(*trees):
        column = frame.get_column(name)
        kind = "decimal" if column.dtype.is_float() else "int"
        found[name] = of_column(column.min(), column.max(), kind)
    return found


def _can_err(node: tree.Node) -> bool:
    """Whether ``node`` can be unknown with every fact known."""
    risky = (tree.Arithmetic, tree.Negate, tree.Lookup, tree.Case, tree.Parameter)
    return any(
        isinstance(part, risky) or getattr(part, "function", "COALESCE") != "COALESCE" for part in tree.walk(node)
    )


def _no() -> Any:
    import polars as pl

    return pl.lit(value=False)


def _no_lists(size: int) -> Any:
    import polars as pl

    return pl.Series([None], dtype=pl.List(pl.String)).new_from_index(0, size)


def _named(codes: Any) -> Any:
    import polars as pl

    return pl.Series(VERDICTS, dtype=pl.Enum(VERDICTS)).gather(codes)


def _codes(marks: list[Any]) -> list[Any]:
    """Expressions that pack boolean marks into numbers, the first mark in the lowest bit."""
    import polars as pl

    made = []
    for start in range(0, len(marks), _BITS):
        some = marks[start : start + _BITS]
        kind = pl.UInt8 if len(some) <= _DIRECT else pl.UInt64
        code = some[0].cast(kind)
        for index, mark in enumerate(some[1:], 1):
            code = code + mark.cast(kind) * pl.lit(1 << index, dtype=kind)
        made.append(code.alias(f"code{start}"))
    return made


def _lists(codes: list[Any], labels: tuple[str, ...], where: Any = None) -> Any:
    """The labels of each row's marks, in order, each once; null outside ``where``."""
    import polars as pl

    if not codes:
        return pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, 0 if where is None else where.len())
    parts = []
    for number, code in enumerate(codes):
        some = labels[number * _BITS : (number + 1) * _BITS]
        if len(some) <= _DIRECT:
            lists, place = _every_pattern(some), code
        else:
            patterns = code.unique()
            lists = pl.Series([_labels(pattern, some) for pattern in patterns.to_list()], dtype=pl.List(pl.String))
            place = code.replace_strict(patterns, pl.int_range(patterns.len(), dtype=pl.UInt32, eager=True))
        place = place.cast(pl.UInt32)
        parts.append(lists.gather(place if where is None else pl.select(pl.when(where).then(place)).to_series()))
    if len(parts) == 1:
        return parts[0]
    return pl.select(pl.concat_list(parts)).to_series().list.unique(maintain_order=True)


@lru_cache(maxsize=256)
def _every_pattern(labels: tuple[str, ...]) -> Any:
    """The lists of all patterns of a few labels."""
    import polars as pl

    return pl.Series([_labels(pattern, labels) for pattern in range(1 << len(labels))], dtype=pl.List(pl.String))


def _labels(pattern: int, labels: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(label for index, label in enumerate(labels) if pattern >> index & 1))
