"""Judging everyone beside OpenFisca-Core (vectorised), the same conditions over the same columns in the same run (limit: twice
its time; ten times the people in ten times the time).

OpenFisca knows no missing values, so every value is known here: it answers what it can answer. Its facts are set before the
clock starts, a condition that two services share is one variable there as it is one column here, and its texts and days are
numbers, which is faster than its own enumerations. The verdicts and amounts of both must be the same.

The peer is installed from the package index into a throw-away environment; LIANXIN_PEERS names one that is kept.
LIANXIN_BENCH_ROWS and LIANXIN_BENCH_TIMES (ten times as many people) say how many rows.
"""

from __future__ import annotations

import array
import atexit
import datetime as dt
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.judge import CATALOGUE, DAY, FACTS, ROWS, column
from lianxin.engine import planning
from lianxin.engine.declaration import Service
from lianxin.engine.declaring import load_service
from lianxin.engine.expressions import tree
from lianxin.engine.judging import Asked, candidates_of

PEER = "OpenFisca-Core==46.0.1"
RUNS = 25  # so that one of them meets a quiet moment
LIMIT = 2.0  # × the peer's time: it says yes or no, we also say what is unknown for want of which fact
TENFOLD = 10.0  # × the time for ten times the people
EPOCH = dt.date(1970, 1, 1)


class Numpy:
    """A tree as a numpy expression in which everything is known. ``words`` numbers the texts."""

    def __init__(self, values: dict[str, Any], words: dict[str, int]) -> None:
        self.values, self.words = values, words

    def plain(self, value: Any) -> str:
        """A constant."""
        if isinstance(value, dt.date):
            return str((value - EPOCH).days)
        return str(self.words.setdefault(value, len(self.words))) if isinstance(value, str) else repr(value)

    def say(self, node: tree.Node) -> str:
        """The expression."""
        match node:
            case tree.Literal(value=value):
                return self.plain(value)
            case tree.Fact(name=name):
                return f"look('{name}')"
            case tree.Parameter(name=name) if self.values[name] is not None:
                return self.plain(self.values[name])
            case tree.And(items=items) | tree.Or(items=items):
                return "(" + (" & " if isinstance(node, tree.And) else " | ").join(map(self.say, items)) + ")"
            case tree.Not(operand=operand):
                return f"(~({self.say(operand)}))"
            case tree.IsNull():
                return f"np.zeros_like({self.say(tree_fact(node))}, dtype=bool)"
            case tree.Compare(operator=operator, left=left, right=right):
                sign = {"=": "==", "<>": "!="}.get(operator, operator)
                return f"({self.say(left)} {sign} {self.say(right)})"
            case tree.In(operand=operand, items=items):
                return "(" + " | ".join(f"({self.say(operand)} == {self.say(item)})" for item in items) + ")"
            case tree.Between(operand=operand, low=low, high=high):
                said = self.say(operand)
                return f"(({said} >= {self.say(low)}) & ({said} <= {self.say(high)}))"
            case tree.Negate(operand=operand):
                return f"(-({self.say(operand)}))"
            case tree.Arithmetic(operator=operator, left=left, right=right):
                return f"({self.say(left)} {operator} {self.say(right)})"
            case tree.Case(branches=branches, default=default) if default is not None:
                made = self.say(default)
                for test, value in reversed(branches):
                    made = f"np.where({self.say(test)}, {self.say(value)}, {made})"
                return made
            case tree.Call(function="COALESCE", arguments=arguments):
                return self.say(arguments[0])
            case tree.Call(function="LEAST" | "GREATEST" as function, arguments=arguments):
                name = "minimum" if function == "LEAST" else "maximum"
                made = self.say(arguments[0])
                for part in arguments[1:]:
                    made = f"np.{name}({made}, {self.say(part)})"
                return made
            case tree.Call(function="ROUND", arguments=(part,)):
                return f"rounded({self.say(part)})"
            case tree.Call(function=function, arguments=(part,)):
                return f"np.{function.lower()}({self.say(part)})"
        raise ValueError(
            type(node).__name__
        )  # a table, an open CASE, a value to come: they can be unknown, which the peer cannot say


def tree_fact(node: tree.Node) -> tree.Node:
    """Any fact under ``node``: for its length."""
    return next(part for part in tree.walk(node) if isinstance(part, tree.Fact))


def formulas(services: list[Service]) -> tuple[list[Service], dict[str, tuple[str, str]], list[str], dict[str, int]]:
    """The services that the peer can say, its formulas, what is wanted of it, and the numbers of texts."""
    words: dict[str, int] = {}
    made: dict[str, tuple[str, str]] = {}
    said, wanted = [], []
    for service in services:
        speaker = Numpy(service.values_on(DAY), words)
        mine: dict[str, tuple[str, str]] = {}
        try:
            tests = []
            for place, one in enumerate((*service.who, *service.unless)):
                name = planning.item(one.tree, service.values_on(DAY), {}, {}).name.replace(":", "_")
                mine[name] = ("bool", speaker.say(one.tree))
                tests.append(f"look('{name}')" if place < len(service.who) else f"~look('{name}')")
            code = service.code.replace("-", "_")
            mine[f"e_{code}"] = ("bool", " & ".join(tests))
            if service.amount is not None:
                amount = f"rounded(1.0 * {speaker.say(service.amount.tree)})"
                mine[f"a_{code}"] = ("decimal", f"np.where(look('e_{code}'), {amount}, 0.0)")
        except (ValueError, StopIteration):
            continue
        made |= mine
        said.append(service)
        wanted += [name for name in mine if name.startswith(("e_", "a_"))]
    return said, made, wanted, words


def known(services: list[Service], rows: int) -> pl.DataFrame:
    """Columns in which nothing is missing."""
    chance = random.Random(58)
    names = dict.fromkeys(name for service in services for name in service.fact_names())
    few = [column(FACTS[name], chance, rows=10_000, unknown=0.0) for name in names]
    picks = pl.Series([chance.randrange(10_000) for _ in range(10_000)])
    made = [one.gather(picks.shuffle(seed=at)) for at, one in enumerate(few)]
    times = -(-rows // 10_000)
    frame = pl.DataFrame(made)
    return pl.concat([frame] * times).head(rows).with_columns(pl.int_range(rows, eager=True).alias("id"))


def peer() -> Path:
    """A Python that has the peer; exits with one clear sentence where there is none."""
    kept = os.environ.get("LIANXIN_PEERS")
    folder = Path(kept or tempfile.mkdtemp(prefix="lianxin-peer-"))
    if not kept:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    if subprocess.call([python, "-c", "import openfisca_core"], stderr=subprocess.DEVNULL):
        print(f"installing {PEER} into {folder} …", flush=True)
        command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", PEER]
        if subprocess.call(command, stderr=subprocess.DEVNULL):
            sys.exit(f"{PEER} could not be installed from the package index; install it into an environment of its own "
                     "and name that: LIANXIN_PEERS=FOLDER lianxin bench openfisca")  # fmt: skip
    return python


def theirs(python: Path, services: list[Service], frame: pl.DataFrame) -> dict[str, Any]:
    """What the peer answers, and how long it took."""
    _said, made, wanted, words = formulas(services)
    facts = dict.fromkeys(name for service in services for name in service.fact_names())
    kinds = {"text": "int", "date": "int"}
    with tempfile.TemporaryDirectory() as folder:
        for name in facts:
            series = frame.get_column(name)
            if FACTS[name].type == "text":
                series = series.replace_strict({word: words.setdefault(word, len(words)) for word in series.unique()})
            code = "d" if FACTS[name].type == "decimal" else "q"  # eight bytes each, as both hold their numbers
            kind = pl.Float64 if code == "d" else pl.Int64
            values = array.array(code, series.to_physical().cast(kind).to_list())
            (Path(folder) / f"{name}.{code}").write_bytes(values.tobytes())
        asked = {"rows": frame.height, "facts": {name: kinds.get(FACTS[name].type, FACTS[name].type) for name in facts},
                 "formulas": made, "wanted": wanted}  # fmt: skip
        (Path(folder) / "asked.json").write_text(json.dumps(asked))
        script = Path(__file__).parent / "peers" / "with_openfisca.py"
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        told = subprocess.run([python, script, folder, str(RUNS)], capture_output=True, text=True, env=environment)
        if told.returncode:
            sys.exit(f"the peer did not answer: {told.stderr.strip().splitlines()[-1:]}")
        answer: dict[str, Any] = json.loads(told.stdout)
        return answer


def ours(services: list[Service], frame: pl.DataFrame) -> tuple[float, dict[str, float]]:
    """Seconds of the fastest run, and the same answers."""
    asked = [Asked(service) for service in services]
    best = float("inf")
    for _ in range(RUNS):
        began = time.perf_counter()
        found = candidates_of(asked, frame, DAY)
        best = min(best, time.perf_counter() - began)
    answers = {}
    for service, one in zip(services, found, strict=True):
        code = service.code.replace("-", "_")
        answers[f"e_{code}"] = float((one["verdict"] == "entitled").sum())
        if service.amount is not None:
            answers[f"a_{code}"] = float(one["amount"].sum() or 0)
    return best, answers


def main() -> int:
    """Print the table; exit 1 where judging is slower than the peer, answers differ, or ten times is more than that."""
    folders = sorted((CATALOGUE / "services").iterdir())
    services = [
        found
        for folder in folders
        if (found := load_service(folder, facts=FACTS)).subject == "person" and found.is_matched()
    ]
    services = formulas(services)[0]
    python = peer()
    worst, mine = 0.0, []
    print(f"{len(services)} services; seconds, fastest of {RUNS}; {pl.thread_pool_size()} threads here, one there")
    print(f"{'rows':>12}{'lianxin':>10}{'OpenFisca':>11}{'ratio':>8}{'MB':>8}{'its MB':>8}")
    for rows in (ROWS, 10 * ROWS):
        frame = known(services, rows)
        took, answers = ours(services, frame)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        told = theirs(python, services, frame)
        differ = sorted(name for name, value in answers.items() if abs(value - told["answers"][name]) > 0.5)
        if differ:
            print(f"answers differ: {', '.join(differ)}")
            return 1
        print(
            f"{rows:>12,}{took:>10.3f}{told['seconds']:>11.3f}{took / told['seconds']:>8.2f}{memory:>8}{told['memory']:>8}"
        )
        worst = max(worst, took / told["seconds"])
        mine.append(took)
    print(f"all verdicts and amounts are the same; {worst:.2f} × OpenFisca's time, limit {LIMIT:.0f} ×; "
          f"ten times the people in {mine[1] / mine[0]:.1f} × the time, limit {TENFOLD:.0f} ×")  # fmt: skip
    return 0 if worst <= LIMIT and mine[1] / mine[0] <= TENFOLD else 1


if __name__ == "__main__":
    sys.exit(main())
