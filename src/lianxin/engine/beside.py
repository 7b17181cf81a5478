"""A second process beside this one, for pure work: it reads, checks and prepares while this one writes.

What is asked is a function of a module with plain arguments; answers come in the order of asking, whatever was asked in
between. The process is spawned and never forked (libraries keep threads), leaves Ctrl-C to the one that asks, and ends
with it, however that one ends.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import pickle
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say

Answer = TypeVar("Answer")
Work = Callable[..., Answer]
LOOKS_EVERY = 0.5  # seconds


class Gone(Refusal):
    """The process beside ended before it answered."""


class Here:
    """No second process: what is asked is done here, when its answer is wanted."""

    def ask(self, work: Work[Answer], *given: Any) -> Callable[[], Answer]:
        """The answer, to be called for, once."""
        return lambda: work(*given)


class Beside(Here):
    """A process of its own; the function ``begin`` (``module:name``) is called in it before anything is imported."""

    def __init__(self, begin: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._asked: Any = context.Queue()
        self._told: Any = context.Queue()
        self._process = context.Process(target=_work, args=(begin, self._asked, self._told), daemon=True)
        self._process.start()
        self._answers: dict[int, tuple[bool, Any]] = {}
        self._count = 0

    def ask(self, work: Work[Answer], *given: Any) -> Callable[[], Answer]:
        """The answer, to be waited for. It raises what ``work`` raised, or :class:`Gone`."""
        self._count += 1
        number = self._count
        self._asked.put((number, work, given))
        return lambda: self._answer(number)

    def _answer(self, number: int) -> Any:
        while number not in self._answers:
            try:
                told, good, answer = self._told.get(timeout=LOOKS_EVERY)
            except queue.Empty:
                if not self._process.is_alive():
                    raise self._gone() from None
                continue
            self._answers[told] = (good, answer)
        good, answer = self._answers.pop(number)
        if not good:
            raise answer
        return answer

    def _gone(self) -> Gone:
        code = self._process.exitcode
        return Gone(say(
            f"the process that reads ahead ended ({code}), perhaps for want of memory; "
            "what is in stays in, and the same command goes on from there",
            f"旁边的读取进程意外结束（{code}），可能是内存不足；已写入的不会丢，把同一命令再运行一次即可接着做",
        ))  # fmt: skip

    def stop(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.join(5)
        for each in (self._asked, self._told):
            each.close()
            each.cancel_join_thread()


def of_use() -> bool:
    """Whether there is a second core for it, and this process may have children at all."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores > 1 and not multiprocessing.current_process().daemon


_early: dict[str, Beside] = {}


def early(begin: str) -> None:
    """Start a process now for whoever opens the next one: it takes a second or two to be of use."""
    if begin not in _early and of_use():
        _early[begin] = Beside(begin)


@contextmanager
def opened(begin: str, *, wanted: bool) -> Iterator[Here]:
    """A process beside where one is ``wanted`` and of use, else none; it ends with the block."""
    if not (wanted and of_use()):
        yield Here()
        return
    made = _early.pop(begin, None) or Beside(begin)
    try:
        yield made
    finally:
        made.stop()


def _work(begin: str, asked: Any, told: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(100_000, 50, 50)  # rows by the hundred thousand, hardly one of them garbage
    module, _, name = begin.partition(":")
    getattr(importlib.import_module(module), name)()
    while True:
        number, work, given = asked.get()
        try:
            told.put((number, True, work(*given)))
        except Exception as error:  # noqa: BLE001  it is raised where the answer is wanted
            told.put((number, False, _sendable(error)))


def _sendable(error: Exception) -> Exception:
    """The error, or its words where it cannot travel: an answer that is lost on the way is waited for without end."""
    try:
        pickle.dumps(error)
    except Exception:  # noqa: BLE001  whatever keeps it from travelling
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
