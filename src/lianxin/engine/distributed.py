"""Judges services on Apache Spark: facts as partitioned Parquet files, verdicts as Parquet files, nothing else between.

An optional extra (requirements-spark.txt): what a province's or the nation's cluster judges, by the same conditions and
with the same result as :func:`lianxin.engine.judging.candidates_of`. ``LIANXIN_SPARK_MASTER`` names the cluster (default:
the cores of this machine); the folder must then be one that its workers see.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lianxin.engine.expressions.to_polars import dtypes
from lianxin.engine.expressions.to_spark import verdicts
from lianxin.engine.planning import VERDICTS, Asked
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say

if TYPE_CHECKING:
    import polars as pl

Judge = Callable[[Sequence[Asked], "pl.DataFrame", dt.date], "list[pl.DataFrame]"]
ROWS = 50_000  # of one file of facts
COMPILED = 2_000_000  # rows from which Spark makes code of the conditions
TOGETHER = 12  # services of one question: more make its plan slower to read than to run
OLDEST_JAVA = 17
_SETTINGS = {
    "spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "false",
    "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "8", "spark.log.level": "ERROR",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.constraintPropagation.enabled": "false",  # it multiplies out what long conditions imply
}  # fmt: skip


def must_be_here() -> None:
    """Raise :class:`Refusal`, saying how to install it, where Spark or Java is not on this machine."""
    if find_spec("pyspark") is None:
        pip = f"{sys.executable} -m pip" if find_spec("pip") else f"uv pip install --python {sys.executable}"
        line = f"{pip}{' install' if find_spec('pip') else ''} --require-hashes -r requirements-spark.txt"
        raise Refusal(
            say(f"judging on Spark is an extra that is not installed; install it with: {line}",
                f"用 Spark 判断是选装件，还没有安装；安装：{line}")
        )  # fmt: skip
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        line = f"apt-get install openjdk-{OLDEST_JAVA}-jre-headless"
        raise Refusal(
            say(f"judging on Spark needs Java {OLDEST_JAVA} or newer; install it with, for example: {line}",
                f"用 Spark 判断需要 Java {OLDEST_JAVA} 或更新；安装，例如：{line}")
        )  # fmt: skip


def session() -> Any:
    """Spark, on the cluster that ``LIANXIN_SPARK_MASTER`` names or on this machine's cores."""
    must_be_here()
    from pyspark.sql import SparkSession

    master = os.environ.get("LIANXIN_SPARK_MASTER") or "local[*]"
    made = SparkSession.builder.master(master).appName("lianxin match")
    if master.startswith("local"):
        made = made.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    for name, value in _SETTINGS.items():
        made = made.config(name, value)
    try:
        spark = made.getOrCreate()
    except Exception as error:
        raise Refusal(
            say(f"Spark did not start at {master}: {_first(error)}", f"Spark 没有在 {master} 启动：{_first(error)}")
        ) from error
    spark.sparkContext.setLogLevel("ERROR")
    return spark


YOUNG = 60  # seconds


@contextmanager
def judging(folder: Path) -> Iterator[Judge]:
    """Judges on Spark as long as the block lasts. What is written under ``folder`` is of persons: nobody else may read
    it, and it is removed at the end, whatever happens."""
    spark = session()
    _clear(folder)
    mine = Path(tempfile.mkdtemp(prefix="match-", dir=folder))  # for its maker's eyes only
    lock = _alive(mine)
    places = count()

    def judge(asked: Sequence[Asked], frame: pl.DataFrame, day: dt.date) -> list[pl.DataFrame]:
        return candidates_of(asked, frame, day, folder=mine / f"{next(places):03}", spark=spark)

    try:
        yield judge
    finally:
        shutil.rmtree(mine, ignore_errors=True)
        os.close(lock)
        spark.stop()


def _alive(mine: Path) -> int:
    """Held as long as this process lives, whatever ends it: by it the next start tells what a killed match left."""
    import fcntl

    lock = os.open(mine / "alive", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _clear(folder: Path) -> None:
    """Take away what killed matches left under ``folder``: it is of persons. One that still runs holds its lock."""
    import fcntl  # where there is none, there is no Spark either

    for left in folder.glob("match-*"):
        if left.stat().st_mtime > time.time() - YOUNG:
            continue  # it may be about to take its lock
        lock = os.open(left / "alive", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass  # it is being written by somebody
        finally:
            os.close(lock)


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def candidates_of(
    asked: Sequence[Asked], frame: pl.DataFrame, day: dt.date, *, folder: Path, spark: Any, rows: int = ROWS
) -> list[pl.DataFrame]:
    """The entitled and the unknown rows of each service: ``id``, ``verdict``, ``amount``, ``missing``; in no order.

    Writes ``facts/part-….parquet`` and lets Spark write ``verdicts/…`` under ``folder``, which both must see.
    """
    # making code of conditions takes longer than working them out row by row for a city: measured in decision 20
    spark.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN" if frame.height < COMPILED else "FALLBACK")
    columns = _write(asked, frame, folder / "facts", rows)
    facts = spark.read.parquet(str(folder / "facts"))
    living = [(place, one) for place, one in enumerate(asked) if one.service.effective.covers(day)]
    for start in range(0, len(living), TOGETHER):
        parts = [_part(place, one, day, columns, facts) for place, one in living[start : start + TOGETHER]]
        whole = parts[0]
        for part in parts[1:]:
            whole = whole.unionAll(part)
        whole.write.mode("overwrite").parquet(str(folder / "verdicts" / f"{start:04}"))
    return list(_read(folder / "verdicts", len(asked)))


def _write(asked: Sequence[Asked], frame: pl.DataFrame, folder: Path, rows: int) -> dict[tuple[str, str], str]:
    """The facts in files of so many rows; (column, type) → what it is called there. Numbers that are none are unknown."""
    import polars as pl

    types, made = dtypes(), {}
    names: dict[tuple[str, str], str] = {}
    for one in asked:
        for fact in one.service.fact_names():
            kind, column = one.service.facts[fact].type, one.column(fact)
            if (column, kind) in names:
                continue
            names[column, kind] = name = f"f{len(names)}"
            expr = pl.col(column).cast(types[kind]) if column in frame.columns else pl.lit(None, dtype=types[kind])
            made[name] = pl.when(expr.is_finite()).then(expr) if kind == "decimal" else expr
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    told = frame.lazy().select("id", *(expr.alias(name) for name, expr in made.items())).collect()
    for place in range(max(1, math.ceil(told.height / rows))):
        told.slice(place * rows, rows).write_parquet(folder / f"part-{place:05}.parquet")
    return names


def _part(place: int, asked: Asked, day: dt.date, columns: dict[tuple[str, str], str], facts: Any) -> Any:
    """One service, over the rows that nothing refuses."""
    service = asked.service

    def column(fact: str) -> str:
        return columns[asked.column(fact), service.facts[fact].type]

    said = verdicts(service, service.values_on(day), column)
    standing = facts.where(said["stands"]).selectExpr(
        "id", f"{said['verdict']} AS verdict", f"{said['amount']} AS amount", f"{said['missing']} AS missing"
    )
    paid = "CASE WHEN verdict = 'E' AND amount >= 0 THEN amount END AS amount"
    told = "CASE WHEN verdict = 'E' THEN '' ELSE missing END AS missing"
    return standing.selectExpr(f"{place} AS service", "id", "verdict", paid, told)


def _read(folder: Path, services: int) -> Iterator[pl.DataFrame]:
    """What Spark wrote, service by service."""
    import polars as pl

    files = sorted(folder.glob("*/*.parquet"))
    schema = {"service": pl.Int32, "id": pl.Int64, "verdict": pl.String, "amount": pl.Int64, "missing": pl.String}
    found = pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame(schema=schema)
    kind = pl.Enum(VERDICTS)
    word = pl.when(pl.col("verdict") == "E").then(pl.lit("entitled")).otherwise(pl.lit("unknown")).cast(kind)
    found = found.with_columns(word.alias("verdict"))
    of = found.partition_by("service", as_dict=True, include_key=False)
    for place in range(services):
        yield of.get((place,), found.drop("service").clear())
