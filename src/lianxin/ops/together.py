"""Processes that end with the one that started them: asked first, then ended, and never told gone before they are.

Each child leads a group of its own, so that Ctrl-C in a terminal reaches the parent alone, which then ends them in order.
A child also watches a pipe whose other end only the parent holds: when the parent is gone, even killed, the pipe closes
and the child ends itself and whatever it started.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType

ASKED = 10.0  # seconds in which a child may finish what it does
ENDS = ("SIGINT", "SIGTERM", "SIGHUP")
EVERY = 0.1


class Stop:
    """Whether somebody asked for the end: kept, so that a signal at an unlucky moment of starting is not lost."""

    def __init__(self) -> None:
        self.asked = False
        self.waits = False  # for the pages: the loop looks by itself; while starting, the work is broken off

    def listen(self) -> None:
        """From now on Ctrl-C, a request to end and a closed window ask for the end (a window may close under nohup)."""
        for name in ENDS:
            known = getattr(signal, name, None)
            if known is None or (name == "SIGHUP" and signal.getsignal(known) is signal.SIG_IGN):
                continue
            signal.signal(known, self._ask)

    def look(self) -> None:
        """Raise ``KeyboardInterrupt`` where the end was asked for."""
        if self.asked:
            raise KeyboardInterrupt

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if not self.waits:
            raise KeyboardInterrupt


def begin(module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a Python module as a child that ends with this process."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", __name__, module, *arguments], env=dict(environment), stdin=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask each to end, wait, and end what is left of its group; returns when all are gone."""
    for child in children:
        child.terminate()
    until = time.monotonic() + ASKED
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, until - time.monotonic()))
        _kill_group(child.pid)
        child.kill()
        child.wait()
        if child.stdin is not None:
            child.stdin.close()


def answers(host: str, port: int) -> bool:
    """Whether pages answer there: any answer is one."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104  asked, not opened
    asked = http.client.HTTPConnection(near, port, timeout=2)
    try:
        asked.request("GET", "/healthz")
        asked.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
    return True


def _kill_group(leader: int) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def _watch() -> None:
    """Wait until the parent's end of the pipe closes; then end this process, and its group if it does not end."""
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ASKED)
    _kill_group(os.getpid())
    os._exit(1)


def _at_once(_number: int, _frame: FrameType | None) -> None:
    """Until the module listens by itself, a request to end ends everything that it began."""
    _kill_group(os.getpid())
    os._exit(0)


def main() -> None:
    """Run the module named first with the arguments behind it, tied to the parent."""
    signal.signal(signal.SIGTERM, _at_once)
    threading.Thread(target=_watch, daemon=True).start()
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
