"""Serving ends as a whole: asked early, asked later, or killed; and says "stopped" and "serving" only when it is so."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from lianxin.engine import clock, workdays

ROOT = Path(__file__).resolve().parents[2]
SERVE = """
import sys
from lianxin.ops import city
city.STOP.listen()
print("listening", file=sys.stderr, flush=True)
sys.exit(city._serve("127.0.0.1", int(sys.argv[1]), 1, worker=False))
"""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, 1); print('up', flush=True); time.sleep(60)"])
time.sleep(60)
"""


def until(holds: Callable[[], bool], within: float = 60.0) -> bool:
    """Whether it comes to hold."""
    last = time.monotonic() + within
    while not holds() and time.monotonic() < last:
        time.sleep(0.05)
    return holds()


def free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture
def serving(tmp_path: Path):
    """A process that serves, and its port; nothing of it stays."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"], "LIANXIN_HOME": str(tmp_path),
                   "DJANGO_SETTINGS_MODULE": "lianxin.site.settings", "LANG": "zh_CN.UTF-8",
                   workdays._TOLD: str(clock.today().year + 1)}  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None
    assert child.stderr.readline() == "listening\n"
    yield child, port
    if child.poll() is None:
        child.terminate()
        child.wait(30)
    child.stderr.close()


def test_a_first_ctrl_c_while_starting_is_enough(serving):
    child, port = serving
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    said = child.communicate(timeout=60)[1]
    assert (child.returncode, said) == (0, "停下了\n")
    assert free(port)


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGKILL])
def test_pages_answer_when_it_says_so_and_leave_no_port_taken(serving, how):
    child, port = serving
    assert "网页在" in child.stderr.readline()
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30).status == 200
    child.send_signal(how)
    child.wait(60)
    if how == signal.SIGHUP:
        assert child.stderr.read() == "停下了\n"
        assert free(port)
    assert until(lambda: free(port)), "the pages stayed when their parent was killed"


def test_what_does_not_listen_is_ended_with_all_it_began(tmp_path, monkeypatch):
    from lianxin.ops import together

    (tmp_path / "stubborn.py").write_text(STUBBORN, encoding="utf-8")
    monkeypatch.setattr(together, "ASKED", 0.3)
    paths = os.pathsep.join((str(ROOT / "src"), str(tmp_path)))
    child = together.begin("stubborn", [], {**os.environ, "PYTHONPATH": paths})

    def members() -> set[str]:
        found = subprocess.run(["ps", "-o", "pid=", "-g", str(child.pid)], capture_output=True, text=True, check=False)
        return set(found.stdout.split())

    assert until(lambda: len(members()) == 2)
    together.end([child])
    assert child.returncode == -signal.SIGKILL
    assert until(lambda: not members(), within=10)
