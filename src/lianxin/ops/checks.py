"""Tests, benchmarks, and the two verifications."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from lianxin.engine.refusal import Refusal, WrongUsage
from lianxin.engine.tongue import say
from lianxin.ops import start

ROOT = Path(__file__).resolve().parents[3]
BENCHMARKS = ROOT / "benchmarks"


def test(given: argparse.Namespace) -> int:
    """Run pytest in the project, with a home of its own."""
    environment = {key: value for key, value in os.environ.items() if key != "LIANXIN_HOME"}
    return subprocess.call([sys.executable, "-m", "pytest", *given.arguments], cwd=ROOT, env=environment)  # noqa: S603


def bench(given: argparse.Namespace) -> int:
    """Run one benchmark or all of them, each alone in a process; each prints a table and its ratio to a limit.

    Exit 1 where one is over its limit.
    """
    names = sorted(path.stem for path in BENCHMARKS.glob("*.py") if not path.stem.startswith("_"))
    if given.name and given.name not in names:
        raise WrongUsage(
            say(
                f"there is no benchmark {given.name[:40]}; there are {', '.join(names)}",
                f"没有“{given.name[:40]}”这个测量；有的是 {'、'.join(names)}",
            )
        )
    paths = os.pathsep.join((str(BENCHMARKS.parent / "src"), str(BENCHMARKS.parent)))
    environment = {**os.environ, "PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "lianxin.site.settings"}
    over = []
    for name in [given.name] if given.name else names:
        print(f"## {name}", flush=True)
        if subprocess.call([sys.executable, str(BENCHMARKS / f"{name}.py")], cwd=ROOT, env=environment):  # noqa: S603
            over.append(name)
    if over:
        raise Refusal(
            say(f"over the limit, or not finished: {', '.join(over)}", f"超过了限度，或没有跑完：{'、'.join(over)}")
        )
    return 0


def journal(given: argparse.Namespace) -> int:
    """Walk the chain and the digests of the rows it covers; exit 1 names the first entry or row that does not hold."""
    published = given.against.read_text(encoding="utf-8").splitlines() if given.against else []
    start.django_ready(create=False)
    from lianxin.insight import columnstore
    from lianxin.journal import queries, wording

    found = queries.verify(published)
    if found.broken is not None:
        raise Refusal(wording.broken(found))
    if differ := columnstore.differences():
        columnstore.forget()
        raise Refusal(
            say(
                f"the register holds, but its copy by columns counted {differ[0]} otherwise; the copy was thrown away",
                f"台账完好，但按列存放的副本里“{differ[0]}”数出来不同；副本已删除",
            )
        )
    head = queries.fingerprint()
    print(say(f"{found.entries} entries and {found.rows} rows hold; head {head}",
              f"{found.entries} 条记录、{found.rows} 行数据都完好；链头 {head}"))  # fmt: skip
    return 0


def checkpoint(given: argparse.Namespace) -> int:
    """Sign today's end of the chain (once a day) and print every checkpoint, one a line, for publishing."""
    start.django_ready(create=False)
    from lianxin.engine import clock
    from lianxin.journal import checkpoints

    checkpoints.seal(at=clock.now())
    lines = "".join(f"{line}\n" for line in checkpoints.lines())
    if given.out:
        given.out.write_text(lines, encoding="utf-8")
    else:
        print(lines, end="")
    return 0


def ledger(_: argparse.Namespace) -> int:
    """Prove that the books balance."""
    start.django_ready(create=False)
    from lianxin.payments import commands

    return commands.ledger_verify()


def ledger_export(_: argparse.Namespace) -> int:
    """The books as an hledger journal."""
    start.django_ready(create=False)
    from lianxin.payments import commands

    return commands.ledger_export()
