"""The generated city from nothing (limit: 90 s, 2 GB), and its second start (3 s), as a newcomer runs them.

``LIANXIN_BENCH_PEOPLE`` changes the number of card-holders (the limits are those of the default size).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEOPLE = int(os.environ.get("LIANXIN_BENCH_PEOPLE", "150000"))
LIMITS = {"build": 90.0, "memory": 2048.0, "second start": 3.0}  # seconds, MB, seconds
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def resident(root: int) -> float:
    """The memory of a process and everything it started, in MB; 0 where there is no /proc."""
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(folder.name)], sizes[int(folder.name)] = int(fields[1]), int(fields[21])
    total, todo = 0, [root]
    while todo:
        one = todo.pop()
        total += sizes.get(one, 0)
        todo += [child for child, parent in parents.items() if parent == one]
    return total * PAGE / 1024 / 1024


def run(home: str) -> tuple[float, float]:
    """Seconds and peak memory of one ``demo --no-serve``."""
    command = [sys.executable, "-m", "lianxin.ops.main", "demo", "--people", str(PEOPLE), "--no-serve"]
    began, peak = time.perf_counter(), 0.0
    child = subprocess.Popen(command, env={**os.environ, "LIANXIN_HOME": home}, stdout=subprocess.DEVNULL)
    while child.poll() is None:
        peak = max(peak, resident(child.pid))
        time.sleep(0.2)
    if child.returncode:
        raise SystemExit(f"demo ended with {child.returncode}")
    return time.perf_counter() - began, peak


def main() -> int:
    """Build, start again, print the table; 1 where a limit is passed."""
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as home:
        build, memory = run(home)
        second, _ = run(home)
    print(f"{PEOPLE} card-holders")
    print(f"{'':14}{'measured':>12}{'limit':>12}{'ratio':>8}")
    measured = {"build": (build, "s"), "memory": (memory, "MB"), "second start": (second, "s")}
    for name, (value, unit) in measured.items():
        limit = LIMITS[name]
        print(f"{name:14}{value:>9.1f} {unit:2}{limit:>9.0f} {unit:2}{value / limit:>8.2f}")
    return int(any(value > LIMITS[name] for name, (value, _) in measured.items()))


if __name__ == "__main__":
    sys.exit(main())
