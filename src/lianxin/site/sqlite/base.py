"""SQLite whose writers stand in a queue: whoever may write next is woken at once.

SQLite lets one connection write; the others ask again and again, asleep in between for up to a tenth of a second. At a rush
the database is idle while everybody sleeps. So whoever begins to write takes a turn first: the threads of a process in the
order in which they came, the processes by a lock on a file beside the database, which the system gives back when a process
is killed. It is a courtesy, no protection: SQLite's own lock remains, and a writer that takes no turn (another program, a
system without such locks) waits as it always did.

A process that was stopped in the middle of writing (suspended, or waiting for a disk) keeps its turn. Nobody waits for it
longer than the database's own ``timeout``; who gives up says which process it was.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

try:
    import fcntl
except ImportError:  # no such locks on this system
    fcntl = None  # type: ignore[assignment]

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLAC")


class Turns:
    """The turns to write one database, as this process takes them: one thread at a time, first come, first served."""

    def __init__(self, path: str) -> None:
        self.pid = os.getpid()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False
        self._asked: _Asked | None = None  # the lock that other processes hold, while it is being waited for

    def take(self, seconds: float) -> None:
        """Wait for one's turn; raises :class:`OperationalError` where those before take longer than ``seconds``."""
        until = monotonic() + seconds
        with self._guard:
            mine = threading.Lock() if self._taken else None
            if mine is not None:
                mine.acquire()
                self._waiting.append(mine)
            self._taken = True
        if mine is not None:
            try:
                came = mine.acquire(timeout=max(0.0, until - monotonic()))
            except BaseException:  # Ctrl-C: whoever goes away leaves no turn behind that nobody takes
                with self._guard:
                    waited = mine in self._waiting
                    if waited:
                        self._waiting.remove(mine)
                if not waited:
                    self._pass_on()
                raise
            if not came:
                with self._guard:
                    if mine in self._waiting:
                        self._waiting.remove(mine)
                        raise OperationalError("database is locked")
                # it became our turn in this very moment
        try:
            if not self._alone(until):
                raise OperationalError(
                    f"database is locked: {_holder(self._file)} has been writing for {seconds:.0f} s"
                )
        except BaseException:
            self._pass_on()
            raise

    def _alone(self, until: float) -> bool:
        """Have the turn against other processes too; False where it did not come in time. One thread at a time is here."""
        asked = self._asked
        if asked is None or not asked.again():
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                asked = self._asked = _Asked(self._file)
            else:
                self._asked = None
                return True
        try:
            asked.here.wait(max(0.0, until - monotonic()))
        except BaseException:
            if asked.came_or_given_up():
                self._asked = None
                fcntl.flock(self._file, fcntl.LOCK_UN)
            raise
        if not asked.came_or_given_up():
            return False
        self._asked = None
        return True

    def leave(self) -> None:
        """Let the next one write."""
        if self.pid != os.getpid():
            return  # it is the parent's turn, not ours
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def forget(self) -> None:
        """In a process that was forked off: the file opened by the parent is the parent's turn."""
        with suppress(OSError):
            os.close(self._file)


class _Asked:
    """A lock on a file that another process holds, asked for by a thread of its own: a system call cannot be told for how
    long it may wait. Who gave up leaves the thread waiting; the next one who wants the lock finds it there."""

    def __init__(self, file: int) -> None:
        self._file, self._guard = file, threading.Lock()
        self._wanted, self._over = True, False
        self.here = threading.Event()
        threading.Thread(target=self._ask, name="turn", daemon=True).start()

    def _ask(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._guard:
            if self._wanted:
                self.here.set()
            else:
                self._over = True
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def again(self) -> bool:
        """Want it once more; False where it came when nobody did, and was given back."""
        with self._guard:
            self._wanted = not self._over
            return self._wanted

    def came_or_given_up(self) -> bool:
        """Whether it is ours; else nobody wants it from now on."""
        with self._guard:
            self._wanted = self.here.is_set()
            return self._wanted


def _holder(file: int) -> str:
    """Which process holds the lock on a file, where the system says so."""
    mark = f":{os.fstat(file).st_ino} "
    with suppress(OSError, IndexError), open("/proc/locks", encoding="ascii") as locks:
        held = [line.split() for line in locks if " FLOCK " in line and mark in line and "->" not in line]
        return f"process {held[0][4]}"
    return "another process"


_turns: dict[str, Turns] = {}
_opening = threading.Lock()


def turns(path: str) -> Turns:
    """The turns of the database at ``path``."""
    with _opening:
        if path not in _turns:
            _turns[path] = Turns(f"{path}-turn")
        return _turns[path]


def _forked() -> None:
    global _opening
    _opening = threading.Lock()
    for one in _turns.values():
        one.forget()
    _turns.clear()


if fcntl is not None:
    os.register_at_fork(after_in_child=_forked)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but that a transaction, or a single statement that writes, begins with one's turn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turns | None = None
        if fcntl is not None:
            self.execute_wrappers.append(self._single)

    def _single(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.in_atomic_block or self._turn is not None or sql.lstrip()[:6].upper() not in _WRITES:
            return execute(sql, params, many, context)
        self._take()
        try:
            return execute(sql, params, many, context)
        finally:
            self._leave()

    def _start_transaction_under_autocommit(self) -> None:
        self._take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._leave()
            raise

    def _take(self) -> None:
        if self._turn is not None or fcntl is None or self.is_in_memory_db():
            return
        found = turns(os.path.abspath(self.settings_dict["NAME"]))
        found.take(float(self.settings_dict["OPTIONS"].get("timeout", 5)))
        self._turn = found

    def _leave(self) -> None:
        found, self._turn = self._turn, None
        if found is not None:
            found.leave()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            if self.connection is None or not self.connection.in_transaction:  # else it is rolled back next
                self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()
