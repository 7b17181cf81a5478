"""A ledger of a whole city's people into an empty home, and once more (limit: 45 s of work each, 1 GB).

``LIANXIN_BENCH_ROWS`` changes the number of rows (the limits of time go with it). Seconds are of processor
time, so that a busy machine does not make the import look slow; the second run must add and change nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the made-up people are the tests'
ROWS = int(os.environ.get("LIANXIN_BENCH_ROWS", "230000"))
SHARE = ROWS / 230_000
LIMITS = {"first": 45.0 * SHARE, "again": 45.0 * SHARE, "memory": 1024.0}  # seconds, seconds, MB


def main() -> int:
    """Write the ledger, read it twice, print the table; 1 where a limit is passed."""
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as home:
        os.environ["LIANXIN_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from tests.factories import ledgers

        from lianxin.access import actions as access
        from lianxin.engine.scope import Actor, over
        from lianxin.people import actions

        call_command("migrate", verbosity=0)
        by, at = Actor(name="operator", area="4199", scope=over("4199")), dt.datetime.now(dt.UTC)
        access.add_areas(areas=ledgers.areas(), by=by, at=at)
        path = Path(home) / "people.csv"
        ledgers.write(path, ROWS)
        measured = {}
        for name in ("first", "again"):
            began = time.process_time()
            result = actions.import_people(path=path, by=by, at=at)
            measured[name] = (time.process_time() - began, "s")
            print(name, result.summary())
        measured["memory"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
    print(f"{'':10}{'measured':>12}{'limit':>12}{'ratio':>8}")
    for name, (value, unit) in measured.items():
        print(f"{name:10}{value:>9.1f} {unit:2}{LIMITS[name]:>9.0f} {unit:2}{value / LIMITS[name]:>8.2f}")
    return int(any(value > LIMITS[name] for name, (value, _) in measured.items()))


if __name__ == "__main__":
    sys.exit(main())
