"""The register at ten years of a city: figures over 5,000,000 rows, the rows behind them, posting 100,000 in a batch.

Limits: every figure in 2 s and within 3 times a bare columnar engine (polars over the same columns); a page of a figure's
rows under 100 ms at any depth; posting within 3 times a bare insert of the same rows. Rows are put in beside the journal
(it is not what is measured here). ``LIANXIN_BENCH_ROWS`` makes it smaller.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS = int(os.environ.get("LIANXIN_BENCH_ROWS", "5000000"))
BATCH = 100_000
CHUNK = 100_000
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY = dt.date(2016, 1, 1)
# service, kind, category, how many of a hundred rows: what a city posts most
SHARES = (
    ("living-subsidy-rural60", "payment", "", 42), ("accomp-subsidy", "payment", "", 18),
    ("household-help", "errand", "repair", 12),
    ("disability-pension", "payment", "", 10), ("festival-visit", "visit", "", 8), ("good-news", "visit", "third", 4),
    ("bereaved-pension", "payment", "", 3), ("preferential-card", "card", "", 2), ("rights-case", "advice", "damages", 1),
)  # fmt: skip


def timed(act: Any, times: int = 3) -> float:
    """The quickest of some runs, in milliseconds."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - began)
    return best * 1000


def made(start: int, count: int, homes: list[str], draw: random.Random) -> list[tuple[Any, ...]]:
    """Rows of nobody, as the register's columns take them."""
    kinds = draw.choices(SHARES, [one[3] for one in SHARES], k=count)
    days = [DAY + dt.timedelta(days=draw.randrange(3650)) for _ in range(count)]
    return [
        (kind, service, "", category, "", homes[draw.randrange(len(homes))], draw.randrange(1, 230_000),
         draw.randrange(1, 90_000), None, None, None, days[place], None, 1, "",
         draw.randrange(1000, 100_000) if kind == "payment" else None, f"b:{start + place:09}", None, False, AT)
        for place, (service, kind, category, _) in enumerate(kinds)
    ]  # fmt: skip


def fill() -> None:
    """Areas and the rows."""
    from django.db import connection
    from tests.factories import ledgers

    from lianxin.access import actions as access
    from lianxin.engine.scope import Actor
    from lianxin.journal.actions import insert_columns
    from lianxin.outcomes.actions import COLUMNS
    from lianxin.outcomes.models import Outcome

    access.add_areas(areas=ledgers.areas(), by=Actor(name="benchmark", area="4199"), at=AT)
    homes, draw = list(ledgers.villages()), random.Random(7)
    later = indexes()
    for start in range(0, ROWS, CHUNK):
        rows = made(start, min(CHUNK, ROWS - start), homes, draw)
        insert_columns(Outcome, [*COLUMNS, "entry_id"], [*zip(*rows, strict=True), [1] * len(rows)])
    with connection.cursor() as cursor:
        for text in later:
            cursor.execute(text)


def indexes() -> list[str]:
    """Take the register's indexes away while it is filled (it is not what is measured); what makes them again."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'outcomes_outcome' AND sql <> ''"
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [text for _, text in found]


def columnar() -> Any:
    """The same rows in a bare columnar engine, and every figure's aggregate as it would be written there."""
    import polars as pl
    from django.db import connection

    from lianxin.insight import definitions

    names = ["kind", "service", "programme", "category", "level", "area", "person", "family", "organisation", "place",
             "happened_on", "ended_on", "quantity", "unit", "amount"]  # fmt: skip
    whole: dict[str, list[Any]] = {name: [] for name in names}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM outcomes_outcome")
        while part := cursor.fetchmany(200_000):
            for name, column in zip(names, zip(*part, strict=True), strict=True):
                whole[name] += column
    frame = pl.DataFrame(whole, schema_overrides={"organisation": pl.Int64, "place": pl.Int64, "ended_on": pl.Utf8},
                         infer_schema_length=None).with_columns(
        pl.col("happened_on").cast(pl.Utf8).str.slice(0, 10), pl.col("kind", "service", "category").cast(pl.Categorical),
        pl.col("happened_on").cast(pl.Utf8).str.slice(0, 4).alias("year"),
    )  # fmt: skip
    sql = pl.SQLContext(r=frame)
    asked = []
    for one in definitions.load().values():
        what = {"amount": "SUM(amount)", "quantity": "SUM(quantity)", "distinct": f"COUNT(DISTINCT {one.key})"}
        first = f"AND happened_on >= '{one.start}'" if one.start else ""
        asked.append(f"SELECT {what.get(one.kind, 'COUNT(*)')} AS n FROM r WHERE ({one.where}) {first}")
    return lambda: [sql.execute(text).collect() for text in asked]


def posting() -> tuple[float, float]:
    """Seconds to post a batch, and to insert the same rows bare."""
    from django.db import connection, transaction
    from tests.factories import ledgers

    from lianxin.engine.scope import Actor
    from lianxin.journal.actions import insert_columns
    from lianxin.outcomes.actions import COLUMNS, Posted, post
    from lianxin.outcomes.models import Outcome

    rows = made(ROWS, BATCH, list(ledgers.villages()), random.Random(9))
    bare = [(*row[:16], f"bare:{place}", *row[17:]) for place, row in enumerate(rows)]
    names = [name for name in COLUMNS if name not in ("reverses_id", "recorded_at")]
    given = [Posted(**{name: value for name, value in zip(COLUMNS, row, strict=True) if name in names}) for row in rows]
    connection.ensure_connection()
    began = time.perf_counter()
    with transaction.atomic():
        insert_columns(Outcome, [*COLUMNS, "entry_id"], [*zip(*bare, strict=True), [1] * BATCH])
    middle = time.perf_counter()
    post(outcomes=given, by=Actor(name="benchmark", area="4199"), at=AT)
    return time.perf_counter() - middle, middle - began


def main() -> int:
    """Fill, count, print; 1 where a limit is passed."""
    import django

    django.setup()
    from django.core.cache import cache
    from django.core.management import call_command
    from django.db import connection

    from lianxin.engine.scope import over
    from lianxin.insight import columnstore, definitions, figures, rows

    call_command("migrate", verbosity=0, interactive=False)
    fill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    copied = columnstore.refresh()
    print(f"{copied:,} rows put by columns in {time.perf_counter() - began:.1f} s (a night's work, once)")
    given: dict[str, Any] = {
        "from_on": DAY,
        "to_on": dt.date(2025, 12, 31),
        "area": "4199",
        "scope": over("4199"),
        "opens": True,
    }

    def every() -> None:
        cache.clear()
        figures.evaluate(**given, override=True)

    took = timed(every, 2)
    bare = timed(columnar(), 2)
    deep = figures.figure(code="living-persons", **given, override=True)
    pages = [timed(lambda after=after: rows.page(deep, scope=over("4199"), after=after))
             for after in ("", "2024-06-01_2500000", "2021-01-01_1000000", "2016-01-05_100")]  # fmt: skip
    posted, inserted = posting()
    table = [
        (f"all {len(definitions.load())} figures, ms", took, 2000.0), ("the same in polars, times", took / bare, 3.0),
        *((f"rows behind a figure, page {place}, ms", page, 100.0) for place, page in enumerate(pages)),
        (f"posting {BATCH:,} over a bare insert, times", posted / inserted, 3.0),
    ]  # fmt: skip
    print(
        f"{connection.vendor}, {ROWS:,} rows; polars {bare:.0f} ms; posted in {posted:.1f} s, bare in {inserted:.1f} s"
    )
    print(f"{'':44}{'is':>10}{'limit':>10}{'ratio':>8}")
    for name, found, limit in table:
        print(f"{name:44}{found:>10.1f}{limit:>10.0f}{found / limit:>8.2f}")
    return int(any(found > limit for _, found, limit in table))


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
    with tempfile.TemporaryDirectory() as home:
        os.environ["LIANXIN_HOME"] = home
        sys.exit(main())
