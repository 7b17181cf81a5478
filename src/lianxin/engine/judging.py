"""Judges a service for everyone at once, and explains one verdict. Pure: no database, no clock.

``judge`` works on a Polars frame with a column ``id`` and one column per fact; a fact without a column is unknown for
everyone. The conditions are evaluated once, side by side; only rows that are undecided are looked at again for what
is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
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
_BITS = 60  # marks that fit one 64-bit number
_DIRECT = 12  # patterns of this many marks are looked up directly


def judge(service: Service, frame: pl.DataFrame, day: dt.date, *, reasons: bool = True) -> pl.DataFrame:
    """Judge every row of ``frame`` as of ``day``.

    Returns, in the order given: ``id``, ``verdict`` (an Enum of :data:`VERDICTS`), ``amount`` (Int64, fen, only for
    entitled), ``missing`` (list of facts, only for unknown), ``because`` (list of items, only for not_entitled; empty
    when ``reasons`` is False) and ``error`` (whether the row met an error of the service).
    """
    judged = _Judged(service, frame, day)
    return judged.result(reasons=reasons)


def candidates(service: Service, frame: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Only the entitled and the unknown rows of :func:`judge`, without ``because``; what matching stores."""
    judged = _Judged(service, frame, day)
    return judged.standing()


@dataclass(slots=True)
class _Plan:
    """The compiled items of one service for one frame and day."""

    lazy: Any
    compiler: Compiler
    refusing: list[tuple[str, Any]]  # label, expression that is true where the item refuses
    amount: Any


class _Judged:
    """One run of one service over one frame."""

    def __init__(self, service: Service, frame: pl.DataFrame, day: dt.date) -> None:
        import polars

        self.pl = polars
        self.service, self.day = service, day
        self.ids = frame.get_column("id")
        self.frame = prepared(service, frame)
        self.open = service.effective.covers(day)

    # -- the two results

    def result(self, *, reasons: bool) -> pl.DataFrame:
        pl = self.pl
        if not self.open:
            return self._closed(reasons=reasons)
        plan = self._plan()
        table = self._evaluate(plan)
        verdict, amount, error, missing = self._decide(plan, table)
        empty = pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, self.ids.len())
        because = self._because(plan, table, verdict) if reasons else empty
        columns = [
            self.ids,
            _enum(verdict).alias("verdict"),
            amount.alias("amount"),
            (empty if missing is None else missing).alias("missing"),
            because.alias("because"),
            error.alias("error"),
        ]
        return pl.DataFrame(columns)

    def standing(self) -> pl.DataFrame:
        pl = self.pl
        if not self.open:
            return self._closed(reasons=False).clear()
        plan = self._plan()
        table = self._evaluate(plan)
        verdict, amount, error, missing = self._decide(plan, table)
        keep = verdict != 1
        ids = self.ids.filter(keep)
        empty = pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, ids.len())
        return pl.DataFrame(
            [
                ids,
                _enum(verdict.filter(keep)).alias("verdict"),
                amount.filter(keep).alias("amount"),
                (empty if missing is None else missing.filter(keep)).alias("missing"),
                empty.alias("because"),
                error.filter(keep).alias("error"),
            ]
        )

    def _closed(self, *, reasons: bool) -> pl.DataFrame:
        pl = self.pl
        size = self.ids.len()
        lists = pl.List(pl.String)
        return pl.DataFrame(
            [
                self.ids,
                _enum(pl.Series([1], dtype=pl.UInt8).new_from_index(0, size)).alias("verdict"),
                pl.Series("amount", [None], dtype=pl.Int64).new_from_index(0, size),
                pl.Series("missing", [[]], dtype=lists).new_from_index(0, size),
                pl.Series("because", [["effective"] if reasons else []], dtype=lists).new_from_index(0, size),
                pl.Series("error", [False]).new_from_index(0, size),
            ]
        )

    # -- evaluation

    def _plan(self) -> _Plan:
        pl = self.pl
        trees = self.service.trees()
        compiler = Compiler(self.service.values_on(self.day), _bounds(self.frame, trees))
        refusing = [(str(index), ~compiler.expr(item.tree)) for index, item in enumerate(self.service.who)]
        refusing += [(f"unless-{index}", compiler.expr(item.tree)) for index, item in enumerate(self.service.unless)]
        amount = compiler.amount(self.service.amount.tree) if self.service.amount else pl.lit(None, dtype=pl.Int64)
        return _Plan(self.frame.lazy(), compiler, refusing, amount)

    def _evaluate(self, plan: _Plan) -> pl.DataFrame:
        """One column per item, true where it refuses, and the amount."""
        columns = [expr.alias(f"r{index}") for index, (_, expr) in enumerate(plan.refusing)]
        lazy = plan.compiler.prepare(plan.lazy).select(self.pl.col("__row"), *columns, plan.amount.alias("amount"))
        return lazy.collect()

    def _decide(self, plan: _Plan, table: pl.DataFrame) -> tuple[Any, Any, Any, Any]:
        """Verdict codes, amounts, errors, and the lists of what is missing (None: nothing is, anywhere)."""
        pl = self.pl
        refused = _any([table.get_column(f"r{index}") for index in range(len(plan.refusing))], pl, table.height)
        amount = table.get_column("amount")
        undecided = refused.is_null()
        wanted = self.service.amount is not None
        unsure = undecided
        if wanted and amount.null_count():
            unsure = undecided | (amount.is_null() & ~refused.fill_null(value=True))
        verdict = refused.cast(pl.UInt8).fill_null(2)
        error = pl.Series("error", [False]).new_from_index(0, table.height)
        missing = None
        if unsure.any():
            verdict, error, missing = self._look_again(plan, table, unsure, undecided, verdict)
        entitled = verdict == 0
        if wanted:
            bad = entitled & (amount.is_null() | (amount < 0).fill_null(value=True))
            if bad.any():
                error, entitled = error | bad, entitled & ~bad
        paid = amount if entitled.all() else pl.select(pl.when(entitled).then(amount)).to_series()
        return verdict, paid, error, missing

    def _look_again(self, plan: _Plan, table: Any, unsure: Any, undecided: Any, verdict: Any) -> tuple[Any, Any, Any]:
        """For the rows in ``unsure``: the final verdict, whether the service erred, what is missing."""
        pl = self.pl
        rows = unsure.arg_true()
        part = self.frame.gather(rows) if hasattr(self.frame, "gather") else self.frame[rows]
        sure = table[rows]
        items = [item.tree for item in (*self.service.who, *self.service.unless)]
        marks, labels, groups = self._marks(plan, part, items)
        open_items = [sure.get_column(f"r{index}").is_null() for index in range(len(items))]
        no = pl.Series([False]).new_from_index(0, part.height)
        erring = no
        for opened, group in zip(open_items, groups[: len(items)], strict=True):
            erring = erring | (opened & ~_any_of([marks[index] for index in group], no))
        wants = _any_of([marks[index] for index in groups[len(items)]], no) if len(groups) > len(items) else no
        stays = undecided.gather(rows) | wants  # an amount that lacks no fact is an error, not an unknown verdict
        kept = rows.filter(stays)
        all_missing = _lists([mark.filter(stays) for mark in marks], labels, pl)
        codes = verdict.scatter(rows, pl.select(pl.when(stays).then(2).otherwise(0).cast(pl.UInt8)).to_series())
        error = pl.Series("error", [False]).new_from_index(0, table.height)
        error = error.scatter(rows, erring & undecided.gather(rows))
        return codes, error, _spread(all_missing, kept, table.height, pl)

    def _marks(
        self, plan: _Plan, part: Any, items: Sequence[tree.Node]
    ) -> tuple[list[Any], list[str], list[list[int]]]:
        """Where each look at a fact misses it, over all items in order; ``groups`` are the looks of each item."""
        nodes = list(items)
        if self.service.amount is not None:
            nodes.append(self.service.amount.tree)
        compiler = Compiler(self.service.values_on(self.day), plan.compiler.bounds)
        exprs: list[Any] = []
        labels: list[str] = []
        groups: list[list[int]] = []
        for node in nodes:
            unknown = compiler.part(node).expr.is_null()
            looks = absences(compiler, node)
            groups.append(list(range(len(labels), len(labels) + len(looks))))
            labels += [name for name, _ in looks]
            exprs += [(unknown & absent) for _, absent in looks]
        lazy = compiler.prepare(part.lazy()).select(
            self.pl.col("__row"), *[e.alias(f"m{i}") for i, e in enumerate(exprs)]
        )
        found = lazy.collect()
        return [found.get_column(f"m{index}") for index in range(len(exprs))], labels, groups

    def _because(self, plan: _Plan, table: pl.DataFrame, verdict: Any) -> Any:
        """The refusing items of every row that is not entitled."""
        pl = self.pl
        marks = [table.get_column(f"r{index}") for index in range(len(plan.refusing))]
        labels = [label for label, _ in plan.refusing]
        if not marks:
            return pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, table.height)
        refused = verdict == 1
        return _lists([mark.fill_null(value=False) & refused for mark in marks], labels, pl)


def prepared(service: Service, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that ``service`` looks at, by their declared types, unknown where ``frame`` has none."""
    import polars as pl

    types = dtypes()
    columns = [pl.int_range(pl.len(), dtype=pl.UInt32).alias("__row")]
    for name in service.fact_names():
        kind = types[service.facts[name].type]
        if name not in frame.columns:
            columns.append(pl.lit(None, dtype=kind).alias(name))
        elif kind == pl.Float64():
            column = pl.col(name).cast(kind)
            columns.append(pl.when(column.is_finite()).then(column).alias(name))
        else:
            columns.append(pl.col(name) if frame.schema[name] == kind else pl.col(name).cast(kind))
    return frame.select(columns)


def _bounds(frame: pl.DataFrame, trees: Sequence[tree.Node]) -> dict[str, Bounds]:
    """The range of every column that the conditions calculate with."""
    import polars as pl

    names = counted_facts(*trees)
    if not names:
        return {}
    ends = frame.select(
        *[pl.col(name).min().alias(f"{name}:low") for name in names],
        *[pl.col(name).max().alias(f"{name}:high") for name in names],
    ).row(0, named=True)
    kinds = {name: "int" if frame.schema[name] == pl.Int64 else "decimal" for name in names}
    return {name: of_column(ends[f"{name}:low"], ends[f"{name}:high"], kinds[name]) for name in names}


def _enum(codes: Any) -> Any:
    import polars as pl

    return pl.Series(VERDICTS, dtype=pl.Enum(VERDICTS)).gather(codes)


def _any(columns: list[Any], pl: Any, height: int) -> Any:
    """Kleene's OR of boolean columns: true where one is, unknown where none is and one is unknown."""
    if not columns:
        return pl.Series([False]).new_from_index(0, height)
    found = columns[0]
    for column in columns[1:]:
        found = found | column
    return found


def _any_of(columns: list[Any], no: Any) -> Any:
    found = no
    for column in columns:
        found = found | column
    return found


def _lists(marks: list[Any], labels: list[str], pl: Any) -> Any:
    """For each row the labels whose mark is true, in order, each once."""
    parts = []
    for start in range(0, len(marks), _BITS):
        parts.append(_pattern_lists(marks[start : start + _BITS], labels[start : start + _BITS], pl))
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return pl.Series([], dtype=pl.List(pl.String))
    joined = pl.select(pl.concat_list(parts)).to_series()
    return joined.list.unique(maintain_order=True)


def _pattern_lists(marks: list[Any], labels: list[str], pl: Any) -> Any:
    """Rows share few patterns of marks: make each list once and hand it out."""
    small = len(marks) <= _DIRECT
    kind = pl.UInt16 if small else pl.UInt64
    code = marks[0].cast(kind)
    for index, mark in enumerate(marks[1:], 1):
        code = code + mark.cast(kind) * (1 << index)
    patterns = code.unique()
    lists = [
        list(dict.fromkeys(label for index, label in enumerate(labels) if pattern >> index & 1))
        for pattern in patterns.to_list()
    ]
    made = pl.Series(lists, dtype=pl.List(pl.String))
    if len(patterns) == 1:
        return made.new_from_index(0, code.len())
    if small:
        place = pl.Series([0], dtype=pl.UInt32).new_from_index(0, 1 << len(marks))
        place = place.scatter(patterns, pl.int_range(len(patterns), dtype=pl.UInt32, eager=True))
        return made.gather(place.gather(code))
    return made.gather(code.replace_strict(patterns, pl.int_range(len(patterns), dtype=pl.UInt32, eager=True)))


def _spread(lists: Any, rows: Any, height: int, pl: Any) -> Any:
    """``lists`` at ``rows``, empty lists elsewhere."""
    if lists.len() == 0:
        return None
    if lists.len() == height:
        return lists
    place = pl.Series([0], dtype=pl.UInt32).new_from_index(0, height)
    place = place.scatter(rows, pl.int_range(1, lists.len() + 1, dtype=pl.UInt32, eager=True))
    return pl.concat([pl.Series([[]], dtype=pl.List(pl.String)), lists]).gather(place)
