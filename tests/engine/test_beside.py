"""A second process: answers in their order, faults where they are asked for, one sentence when it dies, none left behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lianxin.engine import beside

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def other(monkeypatch):
    monkeypatch.setattr(beside, "of_use", lambda: True)
    with beside.opened("gc:collect", wanted=True) as made:
        yield made


def there(pid):
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def gone(pid, within=10.0):
    until = time.monotonic() + within
    while there(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not there(pid)


def test_answers_come_to_those_who_asked(other):
    asked = [other.ask(divmod, n, 7) for n in range(20)]
    assert [answer() for answer in reversed(asked)] == [divmod(n, 7) for n in reversed(range(20))]
    assert other.ask(os.getpid)() != os.getpid()


def test_a_fault_is_raised_where_the_answer_is_wanted_and_the_next_is_answered(other):
    wrong, right = other.ask(divmod, 1, 0), other.ask(divmod, 9, 2)
    assert right() == (4, 1)
    with pytest.raises(ZeroDivisionError):
        wrong()


def test_a_process_that_dies_is_told_in_one_sentence(other):
    other.ask(os.kill, other.ask(os.getpid)(), signal.SIGKILL)
    with pytest.raises(beside.Gone, match="goes on from there"):
        other.ask(divmod, 1, 1)()


def test_what_cannot_be_sent_back_is_a_fault_and_no_endless_wait(other):
    with pytest.raises(beside.Gone):
        other.ask(os._exit, 3)()


def test_none_is_left_behind_whatever_it_is_doing(monkeypatch):
    monkeypatch.setattr(beside, "of_use", lambda: True)
    with pytest.raises(KeyboardInterrupt), beside.opened("gc:collect", wanted=True) as made:
        pid = made.ask(os.getpid)()
        made.ask(time.sleep, 60)
        raise KeyboardInterrupt
    assert gone(pid)


@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_the_process_that_asked(ended):
    script = (
        "import os, signal, time\nfrom lianxin.engine import beside\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whoever starts us may have it ignored
        "if __name__ == '__main__':\n"
        "    beside.of_use = lambda: True\n"
        "    with beside.opened('gc:collect', wanted=True) as made:\n"
        "        print(made.ask(os.getpid)(), flush=True)\n        made.ask(time.sleep, 60)()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    pid = int(child.stdout.readline())
    child.send_signal(ended)
    child.wait(10)
    assert gone(pid)


def test_on_one_core_or_where_nobody_wants_it_the_work_is_done_here(monkeypatch):
    monkeypatch.setattr(beside, "of_use", lambda: False)
    with beside.opened("gc:collect", wanted=True) as made:
        assert made.ask(os.getpid)() == os.getpid()
    monkeypatch.setattr(beside, "of_use", lambda: True)
    with beside.opened("gc:collect", wanted=False) as made:
        assert made.ask(os.getpid)() == os.getpid()
