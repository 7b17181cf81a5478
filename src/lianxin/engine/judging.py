"""Judges services for everyone at once. Pure: no database, no clock.

It works on a Polars frame with a column ``id`` and one column per fact; a fact without a column is unknown for
everyone. The conditions of all services asked are evaluated in one pass, side by side, each into a column of bits, and
dear ones that one service alone asks only where nothing cheap has refused. Only rows that are not refused are looked at
again, for the amount and for what is missing, and rows share few patterns of what is missing or refused, so each text
is made once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Container, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lianxin.engine import planning
from lianxin.engine.declaration import Service
from lianxin.engine.explaining import Explanation, Looked, explain
from lianxin.engine.planning import BITS, SMALL, VERDICTS, Asked, Plan

if TYPE_CHECKING:
    import polars as pl

__all__ = ["VERDICTS", "Asked", "Explanation", "Looked", "candidates", "candidates_of", "explain", "judge"]


def judge(service: Service, frame: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Judge every row of ``frame`` as of ``day``.

    Returns, in the order given: ``id``, ``verdict`` (an Enum of :data:`VERDICTS`), ``amount`` (Int64 fen, only for
    entitled rows), ``missing`` (facts joined by a space, null but for unknown rows), ``because`` (items joined by a
    space, null but for not_entitled rows) and ``error`` (the row met an error of the service).
    """
    import polars as pl

    if not service.effective.covers(day):
        return _nobody(frame)
    plan = planning.plan(Asked(service), frame, day)
    done = {item.name for item in plan.items}
    table = _evaluated([plan], frame, done)
    lazies = [plan.standing(table, "refused:0", done), table.lazy().select("id", *plan.because)]
    some, why = pl.collect_all(lazies, optimizations=pl.QueryOptFlags.none())
    gone = table.get_column("refused:0").fill_null(value=False)
    where = (~gone).arg_true()
    unknown = some.get_column("verdict") == "unknown"
    return pl.DataFrame(
        [
            frame.get_column("id"),
            _placed(some.get_column("verdict"), where, gone, "not_entitled"),
            _placed(some.get_column("amount"), where, gone),
            _placed(_texts(some, "missing", plan.looked, unknown), where, gone),
            _texts(why, "because", plan.labels, gone),
            _placed(some.get_column("error"), where, gone, otherwise=False),
        ]
    )


def candidates(service: Service, frame: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """:func:`candidates_of` one service whose facts stand under their own names."""
    return candidates_of([Asked(service)], frame, day)[0]


def candidates_of(asked: Sequence[Asked], frame: pl.DataFrame, day: dt.date) -> list[pl.DataFrame]:
    """Only the entitled and the unknown rows of each service, which is what matching stores; all in one pass.

    Returns for each, in order: ``id``, ``verdict``, ``amount``, ``missing`` (facts joined by a space, empty for the
    entitled) and ``error``.
    """
    import polars as pl

    plans = [planning.plan(one, frame, day) if one.service.effective.covers(day) else None for one in asked]
    living = [plan for plan in plans if plan]
    times = Counter(name for plan in living for name in {item.name for item in plan.items})
    done = {item.name for plan in living for item in plan.items if item.cheap or times[item.name] > 1}
    table = _evaluated(living, frame, done)
    lazies = [plan.standing(table, f"refused:{place}", done) for place, plan in enumerate(living)]
    found = iter(pl.collect_all(lazies, optimizations=pl.QueryOptFlags.none()))
    return [_told(plan, next(found)) if plan else _told(None, frame) for plan in plans]


def _told(plan: Plan | None, table: pl.DataFrame) -> pl.DataFrame:
    """The rows of one service as matching takes them; None: the service does not exist on the day."""
    import polars as pl

    if plan is None:
        return _nobody(table.clear()).select("id", "verdict", "amount", "missing", "error")
    columns = [table.get_column(name) for name in ("id", "verdict", "amount", "error")]
    return pl.DataFrame([*columns[:3], _texts(table, "missing", plan.looked), columns[3]])


def _evaluated(plans: Sequence[Plan], frame: pl.DataFrame, done: Container[str]) -> pl.DataFrame:
    """``frame`` with the conditions ``done`` of all ``plans`` as columns, each once, and as ``refused:0``, ``refused:1``
    … where those of each plan refuse. The optimiser's planning would cost more than it saves."""
    import polars as pl

    lazy = frame.lazy()
    items = {item.name: item for plan in plans for item in plan.items if item.name in done}
    typed = {name: expr for plan in plans for name, expr in plan.typed.items()}
    refused = [plan.refused(done).alias(f"refused:{place}") for place, plan in enumerate(plans)]
    for stage in (list(typed.values()), *planning.stages(items.values()), refused):
        if stage:
            lazy = lazy.with_columns(*stage)
    return lazy.collect(optimizations=pl.QueryOptFlags.none())


def _placed(values: pl.Series, where: pl.Series, among: pl.Series, otherwise: Any = None) -> pl.Series:
    """``values`` at the places ``where`` of a column as long as ``among``; ``otherwise`` everywhere else."""
    import polars as pl

    if values.len() == among.len():
        return values
    base = pl.Series(values.name, [otherwise], dtype=values.dtype).new_from_index(0, among.len())
    return base.scatter(where, values)


def _nobody(frame: pl.DataFrame) -> pl.DataFrame:
    """Outside the days on which the service exists everyone is refused, because ``effective``."""
    import polars as pl

    size = frame.height
    columns: dict[str, tuple[Any, Any]] = {"verdict": ("not_entitled", pl.Enum(VERDICTS)), "amount": (None, pl.Int64),
               "missing": (None, pl.String), "because": ("effective", pl.String), "error": (False, pl.Boolean)}  # fmt: skip
    return pl.DataFrame(
        [
            frame.get_column("id"),
            *(pl.Series(name, [value], dtype=kind).new_from_index(0, size) for name, (value, kind) in columns.items()),
        ]
    )


def _texts(table: pl.DataFrame, name: str, labels: tuple[str, ...], where: pl.Series | None = None) -> pl.Series:
    """The labels of each row's marks ``name``, joined by a space, in order, each once; null where not ``where``."""
    import polars as pl

    if not labels:
        words, place = pl.Series([""]), pl.Series([0], dtype=pl.UInt8).new_from_index(0, table.height)
    elif len(labels) <= SMALL:
        words, place = _every_text(labels), table.get_column(f"{name}:0")
    else:
        marks = table.select(f"{name}:{start}" for start in range(0, len(labels), BITS))
        patterns = marks.unique()
        numbered = patterns.with_row_index("place")
        place = marks.join(numbered, on=marks.columns, how="left", maintain_order="left").get_column("place")
        words = pl.Series([_text(_pattern(row), labels) for row in patterns.rows()], dtype=pl.String)
    return words.gather(place if where is None else place.set(~where, None)).alias(name)


def _pattern(codes: tuple[int, ...]) -> int:
    """The marks of all codes in one number."""
    return sum(code << start * BITS for start, code in enumerate(codes))


@lru_cache(maxsize=1024)
def _every_text(labels: tuple[str, ...]) -> pl.Series:
    """The texts of all patterns of a few labels."""
    import polars as pl

    return pl.Series([_text(pattern, labels) for pattern in range(1 << len(labels))])


def _text(pattern: int, labels: tuple[str, ...]) -> str:
    return " ".join(dict.fromkeys(label for index, label in enumerate(labels) if pattern >> index & 1))
