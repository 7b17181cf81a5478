"""All figures over 100,000 rows of the register (limit: 2 s), kept ones and their rows (100 ms), one in full (1 s).

Runs in a home of its own, in a temporary folder (or against ``DATABASE_URL``, which must be an empty database).
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROWS = int(os.environ.get("LIANXIN_BENCH_ROWS", "100000"))
SERVICES = ("good-news", "accomp-subsidy", "living-subsidy-rural60", "household-help", "rights-case")
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def timed(act: Callable[[], object], times: int = 3) -> float:
    """The quickest of some runs, in milliseconds."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - began)
    return best * 1000


def fill() -> float:
    """Areas, and a register of made-up rows of which one in fifty was reversed; returns the seconds of posting."""
    from tests.factories import ledgers

    from lianxin.access import actions as access
    from lianxin.engine.scope import Actor
    from lianxin.outcomes.actions import Posted, post, reverse

    by = Actor(name="benchmark", area="4199")
    access.add_areas(areas=ledgers.areas(), by=by, at=AT)
    homes, draw = ledgers.villages(), random.Random(7)
    rows = []
    for number in range(ROWS):
        service = draw.choices(SERVICES, (5, 30, 50, 14, 1))[0]
        kind = {"household-help": "errand", "rights-case": "advice"}.get(service, draw.choice(("visit", "payment")))
        rows.append(
            Posted(
                kind=kind, service=service, area=draw.choice(homes), source=f"b:{number}",
                happened_on=dt.date(2020, 1, 1) + dt.timedelta(days=draw.randrange(2190)),
                person=draw.randrange(1, ROWS), family=draw.randrange(1, ROWS // 2), sealed=service == "rights-case",
                amount=draw.randrange(1000, 100_000) if kind == "payment" else None,
            )
        )  # fmt: skip
    began = time.perf_counter()
    post(outcomes=rows, by=by, at=AT)
    seconds = time.perf_counter() - began
    reverse(sources=[f"b:{number}" for number in range(0, ROWS, 50)], by=by, at=AT, reason="benchmark")
    return seconds


def main() -> int:
    """Fill, count, print; 1 where a limit is passed."""
    import django

    django.setup()
    from django.core.cache import cache
    from django.core.management import call_command
    from django.db import connection

    from lianxin.engine.scope import over
    from lianxin.insight import figures, review, rows

    call_command("migrate", verbosity=0, interactive=False)
    posted = fill()
    connection.ensure_connection()
    asked = {"from_on": dt.date(2020, 1, 1), "to_on": dt.date(2025, 12, 31), "area": "4199"}
    sealed = over("4199", sealed=frozenset({"rights-case"}))
    given = {**asked, "scope": over("4199"), "opens": True}

    def cold() -> None:
        cache.clear()
        figures.evaluate(**given)  # type: ignore[arg-type]

    def known() -> None:
        cache.clear()
        figures.evaluate(**given, known_at=AT)  # type: ignore[arg-type]

    cold()
    deep = figures.figure(code="living-persons", from_on=asked["from_on"], to_on=asked["to_on"], area="4199",  # type: ignore[arg-type]
                          scope=sealed, opens=True)  # fmt: skip
    table = [
        ("all figures, nothing kept", timed(cold), 2000),
        ("all figures as known at an instant", timed(known), 2000),
        ("all figures again", timed(lambda: figures.evaluate(**given)), 100),  # type: ignore[arg-type]
        ("one figure in full", timed(lambda: figures.figure(code="living-yuan", **given)), 1000),  # type: ignore[arg-type]
        ("a review", timed(lambda: review.build("annual", **given)), 2000),  # type: ignore[arg-type]
        ("its rows, first page", timed(lambda: rows.page(deep, scope=sealed)), 100),
        ("its rows, a deep page", timed(lambda: rows.page(deep, scope=sealed, after="2020-02-01_50000")), 100),
    ]
    print(f"{connection.vendor}, {ROWS:,} rows; posted in {posted:.1f} s")
    print(f"{'':40}{'ms':>10}{'limit':>10}{'ratio':>8}")
    for name, took, limit in table:
        print(f"{name:40}{took:>10.1f}{limit:>10}{took / limit:>8.2f}")
    return int(any(took > limit for _, took, limit in table))


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
    with tempfile.TemporaryDirectory() as home:
        os.environ["LIANXIN_HOME"] = home
        sys.exit(main())
