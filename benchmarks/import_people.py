"""Ledgers of a whole city into an empty home, again with a tenth changed, and narrow ledgers (limits: 60 s of work, 1 GB).

The rows are dirty: a title above, full-width digits, blanks in names, days in every form, totals, the same person twice,
one row in a hundred wrong. ``LIANXIN_BENCH_ROWS`` changes the number of rows (the limits of time go with it) and
``LIANXIN_BENCH_FORM`` (csv, xlsx) the file. Every ledger is read by a process of its own, as by the command. Seconds are
of processor time, so that a busy machine does not make the import look slow. ``look`` is a preview that also judges who
would gain and lose. One process does all of it here; the command reads a large ledger ahead in a second one.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the made-up people are the tests'
ROWS = int(os.environ.get("LIANXIN_BENCH_ROWS", "150000"))
FORM = os.environ.get("LIANXIN_BENCH_FORM", "csv")
SHARE = ROWS / 150_000
NARROW = int(20_000 * SHARE)
RUNS = (
    ("first", "people", "people", 60.0), ("look", "deaths", "deaths", 30.0), ("tenth", "people", "changed", 60.0),
    ("again", "people", "changed", 60.0), ("deaths", "deaths", "deaths", 10.0), ("accounts", "accounts", "accounts", 10.0),
)  # fmt: skip
MEMORY = 1024.0  # MB


def main() -> int:
    """Write the ledgers, read them, print the table; 1 where a limit is passed."""
    passed = False
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as home:
        os.environ["LIANXIN_HOME"] = home
        with processes.Pool(1, maxtasksperchild=1) as pool:
            files = pool.apply(begin, (Path(home),))
            print(f"{'':10}{'seconds':>9}{'limit':>8}{'MB':>9}{'limit':>8}")
            for name, ledger, file, most in RUNS:
                seconds, memory, counts = pool.apply(read, (ledger, files[file], name == "look"))
                print(f"{name:10}{seconds:>9.1f}{most * SHARE:>8.0f}{memory:>9.0f}{MEMORY:>8.0f}  {counts}", flush=True)
                passed |= seconds > most * SHARE or memory > MEMORY
    return int(passed)


def begin(home: Path) -> dict[str, Path]:
    """An empty home with its areas and services, and the ledgers' files."""
    by, at = _ready()
    from django.conf import settings
    from django.core.management import call_command
    from tests.factories import ledgers

    from lianxin.access import actions as access
    from lianxin.catalogue import actions as catalogue

    call_command("migrate", verbosity=0)
    access.add_areas(areas=ledgers.areas(), by=by, at=at)
    catalogue.publish(path=settings.CATALOGUE, by=by, at=at, approved_by="benchmark")
    return ledgers.written(home, ROWS, NARROW, FORM)


def read(ledger: str, file: Path, look: bool) -> tuple[float, float, dict[str, int]]:
    """Read one ledger: seconds of work, the most memory in MB, the counts."""
    by, at = _ready()
    from lianxin.people import actions

    began = time.process_time()
    result = actions.import_ledger(ledger=ledger, path=file, by=by, at=at, dry_run=look, weigh=look)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - began, memory, result.summary()


def _ready() -> tuple[Any, dt.datetime]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
    import django

    django.setup()
    from lianxin.engine.scope import Actor, over

    return Actor(name="operator", area="4199", scope=over("4199"), permissions=frozenset({"*"})), dt.datetime.now(
        dt.UTC
    )


if __name__ == "__main__":
    sys.exit(main())
