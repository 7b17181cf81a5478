"""Writers of the embedded database take turns: in the order in which they came, and nobody keeps a turn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler, OperationalError

from lianxin.site.sqlite import base

pytestmark = pytest.mark.skipif(base.fcntl is None, reason="no locks on files here")
HOLD = """
import fcntl, os, sys, time
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def handler(tmp_path: Path, django_db_blocker) -> Iterator[ConnectionHandler]:  # type: ignore[no-untyped-def]
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"}
    handler = ConnectionHandler(
        {"default": {"ENGINE": "lianxin.site.sqlite", "NAME": tmp_path / "base", "OPTIONS": options}}
    )
    with django_db_blocker.unblock():
        _run(handler, "CREATE TABLE t (n integer)")
        yield handler
        handler["default"].close()


def _run(handler: ConnectionHandler, statement: str) -> list[tuple[int, ...]]:
    with handler["default"].cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _atomic(handler: ConnectionHandler, work: str = "") -> None:
    """Write in a transaction of this thread's own connection."""
    one = handler["default"]
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    _run(handler, "INSERT INTO t VALUES (1)")
    if work == "roll back":
        one.rollback()
    elif work == "close":
        one.close()
        return
    else:
        one.commit()
    one.set_autocommit(True)


def test_threads_write_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    queue, order = base.Turns(str(tmp_path / "turn")), []
    queue.take(1)

    def write(number: int) -> None:
        queue.take(5)
        order.append(number)
        queue.leave()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(5)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        while len(queue._waiting) < number:
            time.sleep(0.001)
    queue.leave()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_who_waits_too_long_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    queue = base.Turns(str(tmp_path / "turn"))
    queue.take(1)
    with pytest.raises(OperationalError):
        queue.take(0.01)
    queue.leave()
    queue.take(0.01)
    queue.leave()


@pytest.mark.parametrize("work", ["commit", "roll back", "close"])
def test_a_turn_is_given_back_however_it_ends(handler: ConnectionHandler, work: str) -> None:
    _atomic(handler, work)
    taken = base.turns(os.path.abspath(handler["default"].settings_dict["NAME"]))
    taken.take(0.01)
    taken.leave()
    assert _run(handler, "SELECT count(*) FROM t") == [(1 if work == "commit" else 0,)]


def test_another_process_is_waited_for_and_its_end_seen_at_once(handler: ConnectionHandler, tmp_path: Path) -> None:
    """By a transaction and by a single statement; a killed process gives its turn back too."""
    for work, killed in ((lambda: _atomic(handler), False), (lambda: _run(handler, "INSERT INTO t VALUES (1)"), True)):
        held = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path / "base-turn"), "60" if killed else "0.3"], stdout=subprocess.PIPE
        )
        assert held.stdout is not None and held.stdout.readline() == b"held\n"
        if killed:
            threading.Timer(0.3, held.kill).start()
        began = time.monotonic()
        work()
        assert 0.1 < time.monotonic() - began < 5
        assert _run(handler, "SELECT 1") == [(1,)]
        held.wait()
        held.stdout.close()


def test_a_stopped_process_is_named_and_not_waited_for_without_end(tmp_path: Path) -> None:
    """Threads behind the one who gave up wait no longer either; when the process goes on, so does everybody."""
    queue = base.Turns(str(tmp_path / "turn"))
    held = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "turn"), "60"], stdout=subprocess.PIPE)
    assert held.stdout is not None and held.stdout.readline() == b"held\n"
    held.send_signal(signal.SIGSTOP)
    said = f"process {held.pid}" if Path("/proc/locks").exists() else "another process"
    for _ in range(2):
        with pytest.raises(OperationalError, match=said):
            queue.take(0.1)
    later = threading.Timer(0.2, held.kill)
    later.start()
    began = time.monotonic()
    queue.take(5)
    assert 0.1 < time.monotonic() - began < 4
    queue.leave()
    held.wait()
    held.stdout.close()
    asked = [sys.executable, "-c", HOLD, str(tmp_path / "turn"), "0.3"]
    with pytest.raises(OperationalError), subprocess.Popen(asked, stdout=subprocess.PIPE) as short:
        assert short.stdout is not None and short.stdout.readline() == b"held\n"
        queue.take(0.05)  # given up, and nobody wants it when it comes: it is given back
    other = base.Turns(str(tmp_path / "turn"))
    other.take(2)
    other.leave()
    queue.take(0.1)
    queue.leave()


def test_reading_waits_for_nobody(handler: ConnectionHandler, tmp_path: Path) -> None:
    queue = base.turns(os.path.abspath(handler["default"].settings_dict["NAME"]))
    queue.take(1)
    assert _run(handler, "SELECT count(*) FROM t") == [(0,)]
    queue.leave()


def test_many_writers_lose_nothing(handler: ConnectionHandler) -> None:
    """Eight threads, some in transactions and some in single statements, some of which fail."""
    wrong: list[BaseException] = []

    def write() -> None:
        try:
            for place in range(20):
                if place % 2:
                    _atomic(handler, "roll back" if place % 5 == 0 else "commit")
                else:
                    _run(handler, "INSERT INTO t VALUES (2)")
        except BaseException as error:  # shown by the assertion below
            wrong.append(error)
        finally:
            handler["default"].close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert _run(handler, "SELECT count(*) FROM t WHERE n = 2") == [(80,)]
    assert _run(handler, "SELECT count(*) FROM t WHERE n = 1") == [(8 * 8,)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_forked_process_takes_turns_of_its_own(tmp_path: Path) -> None:
    parent = base.turns(str(tmp_path / "base"))
    parent.take(1)
    child = os.fork()
    if child == 0:
        parent.leave()  # not its own to give
        try:
            base.fcntl.flock(base.turns(str(tmp_path / "base"))._file, base.fcntl.LOCK_EX | base.fcntl.LOCK_NB)
        except OSError:
            os._exit(0)
        os._exit(1)
    _pid, status = os.waitpid(child, 0)
    parent.leave()
    assert os.waitstatus_to_exitcode(status) == 0
