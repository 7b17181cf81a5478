"""Spark means the same as the reference on random conditions and rows with missing values.

Runs where the extra is installed (requirements-spark.txt, and Java 17 or newer); everywhere else it is counted as not run.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.engine import distributed, judging
from lianxin.engine.expressions.parse import parse
from lianxin.engine.expressions.to_spark import SparkCompiler
from lianxin.engine.judging import Asked

from .conditions import FACTS, NAMES, PARAMETERS, amounts, conditions, rows
from .test_expressions_agree import SCHEMA, by_reference, declared, same

ABSENT = find_spec("pyspark") is None or shutil.which("java") is None
pytestmark = pytest.mark.skipif(ABSENT, reason="needs Spark (requirements-spark.txt) and Java 17 or newer")
# many conditions in one question: Spark takes half a second for each question, whatever its size
QUIET = settings(
    max_examples=int(os.environ.get("LIANXIN_SPARK_EXAMPLES", "6")), deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
DAY = dt.date(2023, 6, 1)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    made = distributed.session()
    yield made
    made.stop()


def by_spark(spark: Any, trees: list[Any], data: list[dict[str, Any]], folder: Path) -> list[list[Any]]:
    path = folder / "facts.parquet"
    pl.DataFrame([{"n": n, **row} for n, row in enumerate(data)], schema={"n": pl.Int64, **SCHEMA}).write_parquet(path)
    texts = [SparkCompiler(PARAMETERS).compile(tree).text for tree in trees]
    found = spark.read.parquet(str(path)).selectExpr("n", *(f"{text} AS c{at}" for at, text in enumerate(texts)))
    table = sorted(found.collect(), key=lambda row: row[0])
    return [[row[at + 1] for row in table] for at in range(len(trees))]


@QUIET
@given(
    texts=st.lists(conditions(), min_size=8, max_size=8),
    numbers=st.lists(amounts(), min_size=4, max_size=4),
    data=rows(12),
)
def test_conditions_and_amounts_mean_the_same(
    spark: Any, tmp_path_factory: Any, texts: list[str], numbers: list[str], data: list[dict[str, Any]]
) -> None:
    asked = [parse(text, NAMES) for text in texts]
    asked += [
        parse(form.format(text), NAMES, expect=("int", "decimal")) for text in numbers for form in ("{}", "ROUND({})")
    ]
    found = by_spark(spark, asked, data, tmp_path_factory.mktemp("spark"))
    for tree, text, got in zip(asked, [*texts, *(text for text in numbers for _ in range(2))], found, strict=True):
        assert same(got, by_reference(tree, data)), text


@QUIET
@given(own=st.lists(conditions(), min_size=5, max_size=5), amount=amounts(), data=rows(12))
def test_services_are_judged_as_in_process(
    spark: Any, tmp_path_factory: Any, own: list[str], amount: str, data: list[dict[str, Any]]
) -> None:
    """Entitled and unknown rows, amounts and what is missing, over several files; a service may have a column of its own."""
    a, b, c, d, e = own
    asked = [
        Asked(declared([a, b], [c], amount)),
        Asked(declared([d], [], None), {"i": "i of one"}),
        Asked(declared([c], [e], "i")),
    ]
    frame = pl.DataFrame([{"id": n, **row} for n, row in enumerate(data)], schema={"id": pl.Int64, **SCHEMA})
    frame = frame.with_columns(pl.col("i").reverse().alias("i of one"))
    folder = tmp_path_factory.mktemp("spark")
    there = distributed.candidates_of(asked, frame, DAY, folder=folder, rows=5, spark=spark)
    here = judging.candidates_of(asked, frame, DAY)
    for left, right in zip(there, here, strict=True):
        assert left.sort("id").to_dicts() == right.select("id", "verdict", "amount", "missing").sort("id").to_dicts()


def test_a_text_is_never_read_as_sql(spark: Any, tmp_path: Path) -> None:
    """The language allows only named words; a city's own words may hold anything."""
    word = "'); DROP TABLE x; -- \\ '' 连心"
    text = SparkCompiler({})._constant(word, "text").text
    assert spark.sql(f"SELECT {text}").collect()[0][0] == word


def test_facts_named(spark: Any) -> None:
    assert FACTS["i"].type == "int" and spark.version.startswith("4")
