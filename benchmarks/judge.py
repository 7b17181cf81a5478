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

from lianxin.engine import attributes, planning
from lianxin.engine.declaration import Service
from lianxin.engine.declaring import load_service, service_from_data
from lianxin.engine.expressions.bounds import counted_facts, of_column
from lianxin.engine.expressions.to_polars import Compiler, dtypes
from lianxin.engine.facts import VOCABULARY, Fact
from lianxin.engine.judging import Asked, candidates, candidates_of, explain, judge

ROWS = int(os.environ.get("LIANXIN_BENCH_ROWS", "150000"))
DAY = dt.date(2023, 6, 30)
LIMIT = 2.0
CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"
FACTS = {**VOCABULARY, **attributes.read(CATALOGUE / "attributes.yaml")}


def column(fact: Fact, chance: random.Random, *, rows: int = ROWS, unknown: float | None = None) -> pl.Series:
    """Values of one fact: a tenth missing where the file may not know (or ``unknown`` of them), the rest spread."""
    if unknown is None:
        unknown = 0.1 if fact.absent is None else 0.02
    if fact.type == "bool":
        pool: list[object] = [True, False, False]
    elif fact.type == "text":
        pool = list(fact.allowed) or ["419901001001", "419902003004"]
    elif fact.type == "date":
        pool = [dt.date(2023, 6, 30) - dt.timedelta(days=days) for days in range(0, 9000, 7)]
    else:
        pool = list(range(1, 11)) if fact.high == 10 else list(range(95))
    values = [None if chance.random() < unknown else chance.choice(pool) for _ in range(rows)]
    return pl.Series(fact.code, values, dtype=dtypes()[fact.type])


def people(services: list[Service]) -> pl.DataFrame:
    """One frame with every fact that the services look at."""
    chance = random.Random(58)
    names = dict.fromkeys(name for service in services for name in service.fact_names())
    return pl.DataFrame([pl.Series("id", range(ROWS)), *(column(FACTS[name], chance) for name in names)])


def bare(services: list[Service], frame: pl.DataFrame) -> Callable[[], object]:
    """The expressions of ``services``, guards included, and nothing else, in one query; equal conditions once."""
    items: dict[str, planning.Item] = {}
    for place, service in enumerate(services):
        bounds = {
            name: of_column(frame[name].min(), frame[name].max(), FACTS[name].type)
            for name in counted_facts(*service.trees())
        }
        values = service.values_on(DAY)
        for one in (*service.who, *service.unless):
            made = planning.item(one.tree, values, bounds, {})
            items[made.name] = made
        if service.amount is not None:
            compiler, name = Compiler(values, bounds, prefix=f"t{place}:"), f"amount:{place}"
            amount = compiler.amount(service.amount.tree).alias(name)
            items[name] = planning.Item(name, tuple(tuple(step) for step in compiler.steps), amount, cheap=False)
    plan = frame.lazy()
    for stage in planning.stages(items.values()):
        plan = plan.with_columns(*stage)
    plan = plan.select("id", *items)
    return lambda: plan.collect(optimizations=pl.QueryOptFlags.none())


def fastest(*works: Callable[[], object], times: int = 40) -> list[float]:
    """Milliseconds of the fastest of several runs of each, taken in turns, so that a busy moment hits all alike."""
    best = [float("inf")] * len(works)
    for _ in range(times):
        for place, work in enumerate(works):
            began = time.perf_counter()
            work()
            best[place] = min(best[place], (time.perf_counter() - began) * 1000)
    return best


def main() -> int:
    """Print the tables; exit 1 where matching everyone takes more than twice the bare expressions."""
    folders = sorted((CATALOGUE / "services").iterdir())
    services = [
        found
        for folder in folders
        if (found := load_service(folder, facts=FACTS)).subject == "person" and found.is_matched()
    ]
    frame = people(services)
    print(f"{ROWS:,} rows, {frame.width - 1} facts; milliseconds, fastest of several; {pl.thread_pool_size()} threads")
    print(f"{'one service at a time':<26}{'bare':>9}{'match':>9}{'judge':>9}{'match/bare':>12}{'judge/bare':>12}")
    totals = [0.0, 0.0, 0.0]
    for service in services:
        row = fastest(
            bare([service], frame),
            lambda service=service: candidates(service, frame, DAY),  # type: ignore[misc]
            lambda service=service: judge(service, frame, DAY),  # type: ignore[misc]
        )
        totals = [total + value for total, value in zip(totals, row, strict=True)]
        print(line(service.code, row))
    print(line("all", totals))
    asked = [Asked(service) for service in services]
    fresh = [
        Asked(service_from_data(service.to_data(), facts=FACTS)) for service in services
    ]  # a service's plans are kept
    began = time.perf_counter()
    for one in fresh:
        planning.plan(one, frame, DAY)
    planned = (time.perf_counter() - began) * 1000
    together, matched = fastest(bare(services, frame), lambda: candidates_of(asked, frame, DAY))
    print(f"all services in one pass: bare {together:.2f}, match {matched:.2f}; planning them, once, {planned:.2f}")
    person = frame.row(7, named=True)
    explained = fastest(lambda: [explain(service, person, DAY) for service in services])[0]
    print(f"explain one person, all services: {explained:.2f} ms (limit 30)")
    ratio = matched / together
    print(f"match everyone, as it runs: {ratio:.2f} × bare, limit {LIMIT} ×")
    return 0 if ratio <= LIMIT else 1


def line(name: str, row: list[float]) -> str:
    """One service's line of the table."""
    return f"{name:<26}{row[0]:>9.2f}{row[1]:>9.2f}{row[2]:>9.2f}{row[1] / row[0]:>12.2f}{row[2] / row[0]:>12.2f}"


if __name__ == "__main__":
    sys.exit(main())
