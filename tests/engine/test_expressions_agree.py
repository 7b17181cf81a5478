"""The targets mean the same: Polars, SQLite, PostgreSQL and the reference agree on random conditions and rows."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.engine.declaring import service_from_data
from lianxin.engine.explaining import verdict_of
from lianxin.engine.expressions.bounds import counted_facts, of_column
from lianxin.engine.expressions.kinds import Names
from lianxin.engine.expressions.parse import parse
from lianxin.engine.expressions.reference import Evaluation
from lianxin.engine.expressions.to_polars import Compiler, dtypes
from lianxin.engine.expressions.to_sql import SqlCompiler
from lianxin.engine.judging import Asked, candidates, candidates_of, judge
from lianxin.engine.planning import plan

from .conditions import FACTS, NAMES, PARAMETERS, amounts, conditions, rows

QUIET = settings(
    max_examples=int(os.environ.get("LIANXIN_EXAMPLES", "80")), deadline=None, suppress_health_check=list(HealthCheck)
)
SCHEMA = {code: dtypes()[fact.type] for code, fact in FACTS.items()}


def by_reference(tree: Any, data: list[dict[str, Any]]) -> list[Any]:
    return [Evaluation(row, PARAMETERS).value(tree) for row in data]


def by_polars(tree: Any, data: list[dict[str, Any]], *, with_bounds: bool) -> list[Any]:
    frame = pl.DataFrame(data, schema=SCHEMA)
    bounds = {}
    if with_bounds:
        for name in counted_facts(tree):
            kind = FACTS[name].type
            bounds[name] = of_column(frame[name].min(), frame[name].max(), kind)
    compiler = Compiler(PARAMETERS, bounds)
    expr = compiler.expr(tree).alias("out")
    return compiler.prepare(frame.lazy()).select(pl.col("i"), expr).collect()["out"].to_list()


def stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else int(value) if isinstance(value, bool) else value


def by_sqlite(tree: Any, data: list[dict[str, Any]]) -> list[Any]:
    made = SqlCompiler("sqlite", PARAMETERS, mark="?").compile(tree)
    base = sqlite3.connect(":memory:")
    kinds = {"bool": "INTEGER", "int": "INTEGER", "decimal": "REAL", "text": "TEXT", "date": "TEXT"}
    columns = ", ".join(f'"{code}" {kinds[fact.type]}' for code, fact in FACTS.items())
    base.execute(f"CREATE TABLE t (n INTEGER PRIMARY KEY, {columns})")
    marks = ", ".join("?" for _ in FACTS)
    for row in data:
        names = ", ".join(f'"{code}"' for code in FACTS)
        base.execute(f"INSERT INTO t ({names}) VALUES ({marks})", [stored(row[code]) for code in FACTS])
    found = [row[0] for row in base.execute(f"SELECT {made.text} FROM t ORDER BY n", made.given)]
    base.close()
    reading = {"bool": lambda v: bool(v), "date": dt.date.fromisoformat}.get(tree.type, lambda v: v)
    return [None if value is None else reading(value) for value in found]


def by_postgresql(tree: Any, data: list[dict[str, Any]]) -> list[Any]:
    """On the server that ``DATABASE_URL`` names, in a table that lives as long as the question."""
    from django.db import connection, transaction

    made = SqlCompiler("postgresql", PARAMETERS).compile(tree)
    kinds = {"bool": "boolean", "int": "bigint", "decimal": "double precision", "text": "text", "date": "date"}
    columns = ", ".join(f'"{code}" {kinds[fact.type]}' for code, fact in FACTS.items())
    names, marks = ", ".join(f'"{code}"' for code in FACTS), ", ".join("%s" for _ in FACTS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE agreeing (n serial, {columns}) ON COMMIT DROP")
        cursor.executemany(
            f"INSERT INTO agreeing ({names}) VALUES ({marks})", [[row[code] for code in FACTS] for row in data]
        )
        cursor.execute(f"SELECT {made.text} FROM agreeing ORDER BY n", made.given)
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE agreeing")
    return found


def same(left: list[Any], right: list[Any]) -> bool:
    return all(
        a == b and (a is None) == (b is None) and isinstance(a, bool) == isinstance(b, bool)
        for a, b in zip(left, right, strict=True)
    )


@QUIET
@given(text=conditions(), data=rows())
def test_conditions_mean_the_same_everywhere(text: str, data: list[dict[str, Any]]) -> None:
    tree = parse(text, NAMES)
    wanted = by_reference(tree, data)
    assert same(by_polars(tree, data, with_bounds=False), wanted), text
    assert same(by_polars(tree, data, with_bounds=True), wanted), text
    assert same(by_sqlite(tree, data), wanted), text


@QUIET
@given(text=amounts(), data=rows())
def test_numbers_mean_the_same_everywhere(text: str, data: list[dict[str, Any]]) -> None:
    tree = parse(text, NAMES, expect=("int", "decimal"))
    wanted = by_reference(tree, data)
    assert same(by_polars(tree, data, with_bounds=False), wanted), text
    assert same(by_polars(tree, data, with_bounds=True), wanted), text
    assert same(by_sqlite(tree, data), wanted), text


@pytest.mark.postgresql
@pytest.mark.django_db
@QUIET
@given(text=conditions(), data=rows())
def test_conditions_mean_the_same_on_postgresql(text: str, data: list[dict[str, Any]]) -> None:
    tree = parse(text, NAMES)
    assert same(by_postgresql(tree, data), by_reference(tree, data)), text


@pytest.mark.postgresql
@pytest.mark.django_db
@QUIET
@given(text=amounts(), data=rows())
def test_amounts_mean_the_same_on_postgresql(text: str, data: list[dict[str, Any]]) -> None:
    """As an expression, and as the whole fen that are paid: engine, SQLite and PostgreSQL."""
    for asked in (text, f"ROUND({text})"):
        tree = parse(asked, NAMES, expect=("int", "decimal"))
        wanted = by_reference(tree, data)
        assert same(by_polars(tree, data, with_bounds=True), wanted), asked
        assert same(by_sqlite(tree, data), wanted), asked
        assert same(by_postgresql(tree, data), wanted), asked


def declared(who: list[str], unless: list[str], amount: str | None) -> Any:
    name = {"zh": "名", "en": "name"}
    data: dict[str, Any] = {
        "code": "random", "name": name, "summary": name, "pillar": "net", "subject": "person", "mode": "apply",
        "effective": {"from": "2020-01-01", "to": None}, "basis": [{"source": "test", "standing": "illustrative"}],
        "parameters": {
            "n": {"unit": "count", "values": {"2020-01-01": 3}},
            "x": {"unit": "count", "values": {"2020-01-01": 1.5}},
            "by_t": {"unit": "fen", "by": ["t"], "values": {"2020-01-01": {"a": 10, "b": 2**63 - 1}}},
            "by_tb": {"by": ["t", "b"], "values": {"2020-01-01": {"a": {"true": 1.5}, "b": {"false": -2.5}}}},
        },
        "who": [{"test": text, "say": name} for text in who],
        "unless": [{"test": text, "say": name} for text in unless],
        "repeat": "once", "per": "person", "route": [{"step": "deliver", "as": "record"}],
    }  # fmt: skip
    if amount is not None:
        data["amount"] = amount
    return service_from_data(data, facts=FACTS)


@QUIET
@given(a=conditions(), b=conditions(), c=conditions(), amount=amounts(), data=rows(12))
def test_judging_all_equals_judging_each(a: str, b: str, c: str, amount: str, data: list[dict[str, Any]]) -> None:
    service = declared([a, b], [c], amount)
    day = dt.date(2023, 6, 1)
    frame = pl.DataFrame([{"id": str(n), **row} for n, row in enumerate(data)], schema={"id": pl.String, **SCHEMA})
    found = judge(service, frame, day).to_dicts()
    for row, got in zip(data, found, strict=True):
        wanted = verdict_of(service, row, day)
        assert got["verdict"] == wanted.verdict
        assert got["amount"] == wanted.amount
        assert got["missing"] == (" ".join(wanted.missing) if wanted.verdict == "unknown" else None)
        assert got["because"] == (" ".join(wanted.because) if wanted.verdict == "not_entitled" else None)
        assert got["error"] == wanted.error
    standing = [row for row in found if row["verdict"] != "not_entitled"]
    short = candidates(service, frame, day).to_dicts()
    for row, wanted in zip(short, standing, strict=True):
        assert row == {key: wanted[key] for key in row} | {"missing": wanted["missing"] or ""}


@QUIET
@given(shared=conditions(), own=st.lists(conditions(), min_size=2, max_size=2), amount=amounts(), data=rows(12))
def test_judging_services_together_equals_judging_each_alone(
    shared: str, own: list[str], amount: str, data: list[dict[str, Any]]
) -> None:
    """A condition of two services is one column; what is known of the service itself is its own column."""
    day = dt.date(2023, 6, 1)
    services = [declared([shared, own[0]], [], amount), declared([own[1]], [shared], None), declared([shared], [], "i")]
    frame = pl.DataFrame([{"id": n, **row} for n, row in enumerate(data)], schema={"id": pl.Int64, **SCHEMA})
    renamed = {"i": "i of one", "b": "b of one"}
    apart = frame.with_columns(pl.col("i").reverse().alias("i of one"), pl.col("b").reverse().alias("b of one"))
    asked = [Asked(services[0]), Asked(services[1], renamed), Asked(services[2]), Asked(services[0], renamed)]
    together = candidates_of(asked, apart, day)
    turned = frame.with_columns(pl.col("i").reverse(), pl.col("b").reverse())
    alone = [candidates(one.service, turned if one.columns else frame, day) for one in asked]
    for left, right in zip(together, alone, strict=True):
        assert left.equals(right)


def test_a_condition_of_two_services_is_evaluated_once() -> None:
    frame = pl.DataFrame({"id": [1], "i": [1]})
    day = dt.date(2023, 6, 1)
    names = [
        {item.name for item in plan(Asked(declared([text], [], None), columns), frame, day).items}
        for text, columns in (("i > :n", {}), ("i > :n", {}), ("i > 3", {}), ("i > :n", {"i": "other"}))
    ]
    assert names[0] == names[1]
    assert len(set.union(*names)) == 3


def test_the_tests_can_fail() -> None:
    """A wrong overflow would be seen: the same sum in Polars without guards wraps."""
    frame = pl.DataFrame({"i": [2**63 - 1]})
    assert frame.select(pl.col("i") + 1).item() == -(2**63)
    tree = parse("i + 1 > 0", NAMES)
    assert by_reference(tree, [{"i": 2**63 - 1}]) == [None]


@pytest.mark.parametrize("names", [NAMES])
def test_names_are_typed(names: Names) -> None:
    assert names.facts["i"].type == "int"


def test_a_quotient_is_exact_for_many_rows() -> None:
    """Polars multiplies a column by the reciprocal of a constant; we divide."""
    data = [{"i": number} for number in range(1, 2000)]
    tree = parse("i / 10", NAMES, expect=("decimal",))
    frame = pl.DataFrame(data, schema={"i": pl.Int64})
    compiler = Compiler(PARAMETERS)
    expr = compiler.expr(tree)
    found = compiler.prepare(frame.lazy()).select(expr.alias("out")).collect()["out"].to_list()
    assert found == [number / 10 for number in range(1, 2000)]
