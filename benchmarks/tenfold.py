"""A city several times as large, in a scratch home: the rows of a full city copied by statements, with names, numbers and
marks varied. The homes stay the same, so that every village, township and county has that many times its people.

LIANXIN_BENCH_TIMES=10 makes other benchmarks run over such a city; run alone it only builds one and says how long it took.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TIMES = int(os.environ.get("LIANXIN_BENCH_TIMES", "1"))
STEP = 7919  # whose given name a copy takes: somebody's that far on
COPIED = (
    "people.Family", "people.Person", "people.Particulars", "people.Service", "people.Standing", "people.Livelihood",
    "people.Kin", "people.Membership", "people.BankAccount", "casework.Case", "casework.Move",
    "notices.Notice", "outcomes.Outcome",
)  # fmt: skip


def ready(*, scratch: bool = False) -> None:
    """Set Django up over the city in LIANXIN_HOME, or over a scratch copy of it that is LIANXIN_BENCH_TIMES as large
    (``scratch``: over a copy in any case, for benchmarks that write)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
    sys.path.insert(0, str(ROOT / "src"))
    kept = os.environ.get("LIANXIN_BENCH_HOME", "")
    apart = TIMES > 1 or scratch
    fresh = apart and not (kept and Path(kept).exists())
    if apart:
        os.environ["LIANXIN_HOME"] = _scratch(kept) if fresh else kept
    import django

    django.setup()
    if apart:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    if fresh and TIMES > 1:
        began = time.perf_counter()
        grow(TIMES)
        print(f"built {TIMES} times the city in {time.perf_counter() - began:.0f} s")


def tick() -> Callable[[], float]:
    """The clock to measure with: the processor's own where the database runs inside this process, else the wall's."""
    from django.db import connection

    return time.process_time if connection.vendor == "sqlite" else time.perf_counter


def _scratch(kept: str) -> str:
    """A copy of the home; LIANXIN_BENCH_HOME names where it stays, else it goes with the process."""
    import atexit

    home = kept or tempfile.mkdtemp(prefix="lianxin-times-")
    shutil.copytree(os.environ["LIANXIN_HOME"], home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("ledgers"))
    if not kept:
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    if os.environ.get("DATABASE_URL"):
        _copied_database()
    return home


def _copied_database() -> None:
    """On PostgreSQL the scratch is a database beside the city's, made from it."""
    import psycopg

    url = os.environ["DATABASE_URL"]
    head, _, name = url.rpartition("/")
    with psycopg.connect(f"{head}/template1", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}_times"')
        connection.execute(f'CREATE DATABASE "{name}_times" TEMPLATE "{name}"')
    os.environ["DATABASE_URL"] = f"{head}/{name}_times"


def grow(times: int) -> None:
    """Copy the city's rows ``times`` - 1 times and bring the index of people up to date."""
    from django.apps import apps
    from django.db import connection, transaction

    from lianxin.people import nameindex

    models = [apps.get_model(name) for name in COPIED]
    spans = {model: _span(model) for model in models}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -400000")
    for copy in range(1, times):
        with transaction.atomic(), connection.cursor() as cursor:
            for model in models:
                names, values = _copy(model, spans, copy)
                table = model._meta.db_table
                source = f'"{table}" WHERE id <= {spans[model]}'
                cursor.execute(f'INSERT INTO "{table}" ({", ".join(names)}) SELECT {", ".join(values)} FROM {source}')
            _renamed(cursor, spans, copy)
    nameindex.settle()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _span(model: Any) -> int:
    last = model.objects.order_by("-pk").values_list("pk", flat=True).first()
    return int(last or 0)


def _copy(model: Any, spans: dict[Any, int], copy: int) -> tuple[list[str], list[str]]:
    """Columns of a table and what a copy of a row holds in each: keys moved on, what is unique made so."""
    from django.db import connection, models

    by_name = {"person": "people.Person", "family": "people.Family", "case": "casework.Case"}
    by_label = {one._meta.label: span for one, span in spans.items()}
    noise = "randomblob(16)" if connection.vendor == "sqlite" else "decode(md5(random()::text), 'hex')"
    names, values = [], []
    for field in model._meta.concrete_fields:
        column = f'"{field.column}"'
        value = column
        target = field.related_model._meta.label if field.related_model else by_name.get(field.name, "")
        if field.primary_key:
            value = f"{column} + {copy * spans[model]}"
        elif target in by_label:
            value = f"{column} + {copy * by_label[target]}"
        elif isinstance(field, models.BinaryField) and field.name.endswith("_mark"):
            value = f"CASE WHEN {column} IS NULL THEN NULL ELSE {noise} END"
        elif isinstance(field, models.CharField) and field.unique:
            value = f"'{copy}' || {column}"
        names.append(column)
        values.append(value)
    return names, values


def _renamed(cursor: Any, spans: dict[Any, int], copy: int) -> None:
    """Each copied person keeps the surname and takes the given name, sound and birth of somebody else."""
    span = next(one for model, one in spans.items() if model._meta.label == "people.Person")
    first = copy * span
    other = f"(SELECT {{}} FROM people_person o WHERE o.id = (people_person.id - {first} + {copy * STEP}) % {span} + 1)"
    given = [("name", f"substr(name, 1, 1) || coalesce({other.format('substr(o.name, 2)')}, substr(name, 2))"),
             ("born_on", f"coalesce({other.format('o.born_on')}, born_on)")]  # fmt: skip
    said = ", ".join(f"{column} = {value}" for column, value in given)
    cursor.execute(f"UPDATE people_person SET {said} WHERE id > {first} AND id <= {first + span}")


if __name__ == "__main__":
    ready()
