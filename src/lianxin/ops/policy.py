"""Check, publish, match, judge, explain."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lianxin.engine import clock, money
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say
from lianxin.ops import start

WHERE = 5  # desks named in one line


def catalogue() -> Path:
    """The shipped catalogue, or the one that stands in its place."""
    import os

    return Path(os.environ.get("LIANXIN_CATALOGUE") or Path(__file__).resolve().parents[3] / "catalogue")


def check(given: argparse.Namespace) -> int:
    """Validate a catalogue or one service folder and run its examples; no database."""
    from lianxin.engine import commands

    return commands.check_path(given.path or catalogue())


def judge(given: argparse.Namespace) -> int:
    """Judge the given facts; no database."""
    from lianxin.engine import commands

    return commands.judge_file(given.service, given.facts, given.as_of, given.out)


def publish(given: argparse.Namespace) -> int:
    """Store a version of every service that changed: the operator's journalled act."""
    path = given.path or catalogue()
    start.django_ready()
    from lianxin.catalogue import actions

    for made in actions.publish(path=path, by=start.operator(), at=clock.now(), approved_by="operator"):
        print(f"{made.service} {made.number}{'' if made.new else ' unchanged'}")
    return 0


def match(given: argparse.Namespace) -> int:
    """Judge everyone against everything in force."""
    start.django_ready(create=False)
    from lianxin.catalogue import actions

    at = clock.now()
    results = actions.match(
        as_of=given.as_of or clock.day(at), by=start.operator(), at=at,
        services=[given.service] if given.service else None, progress=start.progress,
    )  # fmt: skip
    _tell_unmanned(at)
    if given.json:
        print(json.dumps([row.to_json() for row in results], ensure_ascii=False))
        return 0
    print(f"{'service':28}{'entitled':>10}{'unknown':>10}{'new':>8}{'lost':>8}{'cases':>8}{'yuan':>16}")
    for row in results:
        print(
            f"{row.service:28}{row.entitled:>10}{row.unknown:>10}{row.new:>8}{row.lost:>8}{row.cases_opened:>8}"
            f"{row.amount / 100:>16,.2f}"
        )
    return 0


def _tell_unmanned(at: Any) -> None:
    """One line on stderr: how many open cases lie at a desk at which nobody may do their step, and where."""
    from lianxin.access.queries import area_names
    from lianxin.casework import queries

    rows = queries.unmanned(start.operator().scope, at)
    if not rows:
        return
    names = area_names([row.area for row in rows])
    whole = sum(row.count for row in rows)
    some = [
        say(f"{row.office} ({names.get(row.area, ('', row.area))[1]}): {row.count} at “{row.step}”",
            f"{row.office}（{names.get(row.area, (row.area, ''))[0]}）“{queries.step_words(row.step)}” {row.count} 件")
        for row in rows[:WHERE]
    ]  # fmt: skip
    more = say(f"; and {len(rows) - WHERE} more", f"；另有 {len(rows) - WHERE} 处") if len(rows) > WHERE else ""
    print(say(f"lianxin: {whole} open cases lie at a desk where nobody may do their step: {'; '.join(some)}{more}. "
              "Open the accounts (lianxin account): they go there by themselves",
              f"lianxin: 有 {whole} 件在办事项所在的岗位上没有人能办：{'；'.join(some)}{more}。"
              "请给这些岗位开账号（lianxin account），事项会自动转过去"), file=sys.stderr)  # fmt: skip


def _named(asked: str) -> int:
    """The one whose name it is where no file has this number; refuses with the numbers of all where there are several."""
    from lianxin.people import queries as people

    hits = people.search(start.operator().scope, asked, limit=6)
    if not hits:
        raise Refusal(
            say(
                f"there is no file numbered or named {asked[:24]}; file numbers look like CC00000001",
                f"没有编号或姓名是 {asked[:24]} 的档案；档案号的样子是 CC00000001",
            )
        )
    if len(hits) == 1 and hits[0].name == asked:
        return hits[0].id
    told = ", ".join(f"{hit.file_number} ({hit.masked}, {hit.born_on.year if hit.born_on else '?'})" for hit in hits)
    raise Refusal(say(f"give a file number; of this name there are {told}", f"请给出档案号；叫这个名字的有 {told}"))


def explain(given: argparse.Namespace) -> int:
    """Why someone is or is not entitled, condition by condition."""
    start.django_ready(create=False)
    from lianxin.catalogue import queries
    from lianxin.people import queries as people

    person = people.person_numbered(start.operator().scope, given.file_number)
    if person is None:
        person = _named(given.file_number.strip())
    found = queries.explain(person=person, day=given.as_of or clock.today(), service=given.service)
    if given.service and not found:
        raise Refusal(
            say(f"no service {given.service} is in force on that day", f"那一天没有生效的事项 {given.service}")
        )
    if given.json:
        print(json.dumps([row.to_json() for row in found], ensure_ascii=False))
        return 0
    for row in found:
        worth = f", {money.yuan(row.amount)} yuan" if row.amount is not None else ""
        print(f"{row.service.code} {row.service.name.zh}: {row.verdict}{worth}")
        for condition in row.result.conditions:
            mark = {True: "yes    ", False: "no     ", None: "unknown"}[condition.good]
            says = f"没有这种情况：{condition.say.zh}" if condition.label.startswith("unless") else condition.say.zh
            print(f"  {mark} {says} ({condition.test})")
        if row.result.missing:
            print(f"  missing: {' '.join(row.result.missing)}", file=sys.stdout)
    return 0
