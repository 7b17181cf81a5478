"""Reading the facts of everyone (limit: 4× the same rows read bare), over the city in LIANXIN_HOME.

Build the city first: `LIANXIN_HOME=… ./lianxin demo --no-serve`. Bare means: the very statements that reading the facts
sends, fetched as they come and thrown away. Every fact of the vocabulary is asked for, of every person and family.
"""

from __future__ import annotations

import datetime as dt
import sys
import time

import django

LIMIT = 4.0
TIMES = 3


def main() -> int:
    """Print the table; exit 1 where reading the facts takes more than the limit."""
    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from lianxin.engine import clock
    from lianxin.people import facts

    day: dt.date = clock.day(clock.now())
    worst = 0.0
    print(f"{'subject':12}{'rows':>10}{'facts':>8}{'queries':>9}{'bare s':>9}{'facts s':>9}{'ratio':>8}")
    for subject in ("person", "family"):
        with CaptureQueriesContext(connection) as sent:
            frame = facts.frame(subject=subject, day=day)
        statements = [one["sql"] for one in sent.captured_queries]

        def bare(statements: list[str] = statements) -> None:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement.replace("%", "%%"), [])
                    cursor.fetchall()

        took, read = [float("inf")] * 2, (bare, lambda subject=subject: facts.frame(subject=subject, day=day))
        for _ in range(TIMES):
            for place, act in enumerate(read):
                began = time.perf_counter()
                act()
                took[place] = min(took[place], time.perf_counter() - began)
        ratio = took[1] / took[0]
        worst = max(worst, ratio)
        print(
            f"{subject:12}{frame.height:10,}{frame.width - 1:8}{len(statements):9}{took[0]:9.2f}{took[1]:9.2f}{ratio:8.2f}"
        )
    print(f"reading facts: {worst:.2f} × the bare rows, limit {LIMIT} ×")
    return 1 if worst > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
