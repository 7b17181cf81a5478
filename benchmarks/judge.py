"""Judging everyone against the catalogue, beside the same expressions run bare over the same frame (limit: 2×)."""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from lianxin.engine.declaration import Service
from lianxin.engine.declaring import load_service
from lianxin.engine.expressions.bounds import counted_facts, of_column
from lianxin.engine.expressions.to_polars import Compiler, dtypes
from lianxin.engine.facts import VOCABULARY, Fact
from lianxin.engine.judging import candidates, explain, judge

ROWS = int(os.environ.get("LIANXIN_BENCH_ROWS", "150000"))
DAY = dt.date(2023, 6, 30)
LIMIT = 2.0
CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"


def column(fact: Fact, chance: random.Random) -> pl.Series:
    """Values of one fact: a tenth missing where the file may not know, the rest spread."""
    unknown = 0.1 if fact.absent is None else 0.02
    if fact.type == "bool":
        pool: list[object] = [True, False, False]
    elif fact.type == "text":
        pool = list(fact.allowed) or ["419901001001", "419902003004"]
    elif fact.type == "date":
        pool = [dt.date(2023, 6, 30) - dt.timedelta(days=days) for days in range(0, 9000, 7)]
    else:
        pool = list(range(1, 11)) if fact.high == 10 else list(range(95))
    values = [None if chance.random() < unknown else chance.choice(pool) for _ in range(ROWS)]
    return pl.Series(fact.code, values, dtype=dtypes()[fact.type])


def people(services: list[Service]) -> pl.DataFrame:
    """One frame with every fact that the services look at."""
    chance = random.Random(58)
    names = dict.fromkeys(name for service in services for name in service.fact_names())
    return pl.DataFrame([pl.Series("id", range(ROWS)), *(column(VOCABULARY[name], chance) for name in names)])


def bare(service: Service, frame: pl.DataFrame) -> Callable[[], object]:
    """The service's expressions, guards included, and nothing else."""
    bounds = {}
    for name in counted_facts(*service.trees()):
        bounds[name] = of_column(frame[name].min(), frame[name].max(), VOCABULARY[name].type)
    compiler = Compiler(service.values_on(DAY), bounds)
    items = [item.tree for item in (*service.who, *service.unless)]
    exprs = [compiler.expr(item).alias(f"c{index}") for index, item in enumerate(items)]
    if service.amount is not None:
        exprs.append(compiler.amount(service.amount.tree).alias("amount"))
    plan = compiler.prepare(frame.lazy()).select(pl.col("id"), *exprs)
    return lambda: plan.collect(optimizations=pl.QueryOptFlags.none())


def fastest(work: Callable[[], object], times: int = 15) -> float:
    """Milliseconds of the fastest of several runs."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best * 1000


def main() -> int:
    """Print the table; exit 1 where matching everyone takes more than twice the bare expressions."""
    folders = sorted((CATALOGUE / "services").iterdir())
    services = [found for folder in folders if (found := load_service(folder)).subject == "person" and found.who]
    frame = people(services)
    print(f"{ROWS:,} rows, {frame.width - 1} facts; milliseconds, fastest of several; {pl.thread_pool_size()} threads")
    print(f"{'service':<26}{'bare':>9}{'match':>9}{'judge':>9}{'match/bare':>12}{'judge/bare':>12}")
    totals = [0.0, 0.0, 0.0]
    for service in services:
        row = [
            fastest(bare(service, frame)),
            fastest(lambda service=service: candidates(service, frame, DAY)),  # type: ignore[misc]
            fastest(lambda service=service: judge(service, frame, DAY)),  # type: ignore[misc]
        ]
        totals = [total + value for total, value in zip(totals, row, strict=True)]
        print(
            f"{service.code:<26}{row[0]:>9.2f}{row[1]:>9.2f}{row[2]:>9.2f}{row[1] / row[0]:>12.2f}{row[2] / row[0]:>12.2f}"
        )
    ratio = totals[1] / totals[0]
    print(f"{'all':<26}{totals[0]:>9.2f}{totals[1]:>9.2f}{totals[2]:>9.2f}{ratio:>12.2f}{totals[2] / totals[0]:>12.2f}")
    person = frame.row(7, named=True)
    print(
        f"explain one person, all services: {fastest(lambda: [explain(s, person, DAY) for s in services]):.2f} ms (limit 30)"
    )
    print(f"match everyone: {ratio:.2f} × bare, limit {LIMIT} ×")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
