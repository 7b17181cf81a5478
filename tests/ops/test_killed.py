"""Killed for real: the command and the worker die by SIGKILL in the middle, are started again, and nothing shows it.

Each runs in homes of its own on SQLite, as separate processes; a chunk is four thousand rows, so these ledgers have
three.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.factories import ledgers

ROWS = 8_400
LIANXIN = [sys.executable, "-m", "lianxin.ops.main"]
QUEUED = """
import sys
from lianxin.ops import start
start.django_ready()
from django_q.tasks import async_task
from lianxin.engine import clock
async_task("lianxin.people.actions.import_ledger", ledger="people", path=sys.argv[1], by=start.operator(), at=clock.now())
"""
COUNTED = {  # tables by what of their rows does not depend on ids, instants or keys
    "people_person": "name, sex, born_on, home, address, visible, verified",
    "people_family": "code, home, address",
    "people_particulars": "name, sex, born_on, home, address, valid_from, valid_to, superseded_at IS NULL",
    "people_service": "valid_from, valid_to, superseded_at IS NULL",
    "people_award": "valid_from, valid_to, superseded_at IS NULL",
    "people_membership": "valid_from, valid_to, superseded_at IS NULL",
    "people_kin": "valid_from, valid_to, superseded_at IS NULL",
    "people_bankaccount": "bank, verified, superseded_at IS NULL",
    "people_import": "ledger, state, read, added, changed, unchanged, refused, chunks",
}


def environment(home: Path) -> dict[str, str]:
    given = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "LIANXIN_TEST_HOME"}}
    paths = os.pathsep.join(str(Path(__file__).resolve().parents[2] / part) for part in ("src", "."))
    return {**given, "LIANXIN_HOME": str(home), "PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "lianxin.site.settings"}


def run(home: Path, *command: str) -> str:
    done = subprocess.run([*LIANXIN, *command], env=environment(home), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr  # 3: a row of the ledger was refused
    return done.stdout


def asked(home: Path, question: str) -> list[tuple[Any, ...]]:
    base = sqlite3.connect(f"file:{home / 'lianxin.sqlite3'}?mode=ro", uri=True, timeout=10)
    try:
        return base.execute(question).fetchall()
    finally:
        base.close()


def picture(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What a home holds, in an order of its own."""
    found = {
        table: asked(home, f"SELECT {columns}, count(*) FROM {table} GROUP BY {columns} ORDER BY {columns}")
        for table, columns in COUNTED.items()
    }
    for (index,) in asked(home, "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'people_%index%'"):
        found[index] = asked(home, f"SELECT count(*) FROM {index}")
    return found


def done_chunks(home: Path) -> int:
    rows = asked(home, "SELECT max(done_chunks) FROM people_import")
    return int(rows[0][0] or 0)


def killed(command: list[str], home: Path, when: Callable[[], bool], *, after: float) -> bool:
    """Start ``command``, kill it and its children ``after`` seconds past the moment ``when`` holds; False: it was done."""
    child = subprocess.Popen(command, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             start_new_session=True)  # fmt: skip
    begun = time.monotonic()
    while child.poll() is None and not when() and time.monotonic() - begun < 60:
        time.sleep(0.02)
    time.sleep(after)
    alive = child.poll() is None
    if alive:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    return alive


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home with areas and no people, and a ledger of a few thousand."""
    folder = tmp_path_factory.mktemp("killed")
    home, ledger, places = folder / "home", folder / "people.csv", folder / "areas.csv"
    with places.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(ledgers.areas())
    run(home, "import", "areas", str(places))
    ledgers.write(ledger, ROWS)
    return home, ledger


@pytest.fixture(scope="module")
def unkilled(begun: tuple[Path, Path]) -> tuple[dict[str, Any], dict[str, list[tuple[Any, ...]]]]:
    """What the same ledger leaves when nobody kills anything: its summary and the picture."""
    home, ledger = begun
    whole = home.with_name("unkilled")
    shutil.copytree(home, whole)
    summary = json.loads(run(whole, "import", "people", str(ledger)).splitlines()[-1])
    assert summary["added"] == summary["read"] - summary["refused"] > ROWS * 0.9
    return summary, picture(whole)


def test_an_import_killed_twice_leaves_what_an_unkilled_one_leaves(
    begun: tuple[Path, Path], unkilled: tuple[dict[str, Any], dict[str, list[tuple[Any, ...]]]]
) -> None:
    home, ledger = begun
    mine = home.with_name("killed")
    shutil.copytree(home, mine)
    command = [*LIANXIN, "import", "people", str(ledger)]
    chance = random.Random()
    for wanted in (1, 2):
        if not killed(command, mine, lambda wanted=wanted: done_chunks(mine) >= wanted, after=chance.uniform(0, 0.15)):
            break  # this machine was quicker than the kill
        if asked(mine, "SELECT state FROM people_import") == [("applying",)]:
            assert asked(mine, "SELECT count(*) FROM people_person WHERE visible") == [(0,)]
    summary = json.loads(run(mine, "import", "people", str(ledger)).splitlines()[-1])
    if asked(mine, "SELECT count(*) FROM people_import") == [(1,)]:
        assert summary == unkilled[0]
    assert picture(mine) == unkilled[1]
    assert "hold" in run(mine, "journal", "verify")


def test_a_job_whose_worker_was_killed_is_taken_again_and_finished_once(
    begun: tuple[Path, Path], unkilled: tuple[dict[str, Any], dict[str, list[tuple[Any, ...]]]]
) -> None:
    home, ledger = begun
    mine = home.with_name("worker")
    shutil.copytree(home, mine)
    subprocess.run([sys.executable, "-c", QUEUED, str(ledger)], env=environment(mine), check=True)
    assert killed([*LIANXIN, "work"], mine, lambda: done_chunks(mine) >= 1, after=0.0)
    assert asked(mine, "SELECT count(*) FROM django_q_ormq") == [(1,)]  # not acknowledged, so not lost
    base = sqlite3.connect(mine / "lianxin.sqlite3", timeout=10)
    base.execute("UPDATE django_q_ormq SET lock = datetime('now', '-1 hour')")  # the waiting time passes
    base.commit()
    base.close()
    finished = "SELECT success FROM django_q_task WHERE func LIKE '%import_ledger'"
    assert killed([*LIANXIN, "work"], mine, lambda: bool(asked(mine, finished)), after=0.0)
    assert asked(mine, finished) == [(1,)]
    assert picture(mine) == unkilled[1]
    assert "hold" in run(mine, "journal", "verify")
