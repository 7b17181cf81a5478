"""Check, publish, match, judge, explain."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from lianxin.engine import clock, distributed, judging, money
from lianxin.engine.facts import VOCABULARY
from lianxin.engine.refusal import Refusal, WrongUsage
from lianxin.engine.tongue import say
from lianxin.ops import start
from lianxin.ops.preview import in_columns

VERDICTS = {"entitled": "享受", "not_entitled": "不享受", "unknown": "缺要素，还定不了"}
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

    made = actions.publish(
        path=path, by=start.operator(), at=clock.now(), approved_by="operator", from_on=given.from_on,
        to_on=given.to_on, reason=given.reason,
    )  # fmt: skip
    names = _names({one.service for one in made})
    for one in made:
        print(say(f"{one.service} {one.number}{'' if one.new else ' unchanged'}",
                  f"{one.service} {names[one.service]} 第 {one.number} 版{'' if one.new else '（没有变化）'}"))  # fmt: skip
    return 0


def _names(services: Iterable[str]) -> dict[str, str]:
    """What services are called in the operator's language, as their newest version says it; the code where there is none."""
    from lianxin.catalogue import queries

    found = {code: queries.versions(code) for code in services}
    told = {code: queries.version(rows[0].pk).service.name for code, rows in found.items() if rows}
    return {code: say(told[code].en, told[code].zh) if code in told else code for code in found}


def versions(given: argparse.Namespace) -> int:
    """Which versions there are, from which day each speaks, who approved it."""
    start.django_ready(create=False)
    from lianxin.catalogue import versionlist

    rows = versionlist.all_versions(start.operator().scope, clock.today(), service=given.service or "")
    if given.service and not rows:
        raise Refusal(say(f"no service {given.service[:40]} is published", f"没有发布过事项 {given.service[:40]}"))
    if given.json:
        print(json.dumps([
            {"service": row.service, "number": row.number, "state": row.state, "from": row.in_force_from.isoformat(),
             "to": row.in_force_to.isoformat() if row.in_force_to else None, "approved_by": row.approved_by,
             "published_at": row.published_at.isoformat(), "reason": row.reason or row.withdrawn_why}
            for row in rows
        ], ensure_ascii=False))  # fmt: skip
        return 0
    for row in rows:
        last = f"..{row.in_force_to}" if row.in_force_to else ""
        why = row.withdrawn_why or row.reason
        print(f"{row.service:28}{row.number:>4}  {row.state:10}{row.in_force_from}{last}  {row.approved_by}"
              f"{'  ' + why if why else ''}")  # fmt: skip
    return 0


def diff(given: argparse.Namespace) -> int:
    """What differs between two versions of a service, one sentence a line in the operator's language."""
    start.django_ready(create=False)
    from lianxin.catalogue import queries, versionlist
    from lianxin.engine.tongue import language

    scope = start.operator().scope
    numbers = [row.number for row in queries.versions(given.service)]
    new = given.new or (numbers[0] if numbers else 0)
    old = given.old or max((number for number in numbers if number < new), default=new)
    found = versionlist.compared(scope, given.service, old, new)
    if not numbers:
        raise Refusal(say(f"no service {given.service[:40]} is published", f"没有发布过“{given.service[:40]}”这个事项"))
    if len(numbers) == 1 and given.new is None:
        raise Refusal(say(f"{given.service} has one version only: there is nothing to compare it with",
                          f"{given.service} 只有一版，没有可比的"))  # fmt: skip
    if found is None:
        told = ", ".join(map(str, sorted(numbers)))
        raise Refusal(say(f"there is no such version of {given.service[:40]}; there are: {told or 'none'}",
                          f"{given.service[:40]} 没有这一版；有的是：{told or '无'}"))  # fmt: skip
    if given.json:
        print(json.dumps([one.to_json() for one in found], ensure_ascii=False))
        return 0
    for one in found:
        print(one.sentence(language()))
    if not found:
        print(say(f"versions {old} and {new} say the same", f"第 {old} 版和第 {new} 版说的一样"))
    return 0


def replay(given: argparse.Namespace) -> int:
    """What past periods of a service would come to by the rule and the file of now; a list, nothing is stored."""
    start.django_ready(create=False)
    from lianxin.payments import replaying
    from lianxin.people.identities import file_numbers

    scope = start.operator().scope
    found = replaying.find(scope, given.service, given.from_on, given.to_on or clock.today())
    numbers = file_numbers({row.person for row in found if row.person})
    if given.json:
        print(json.dumps([
            {"case": row.case, "file_number": numbers.get(row.person or 0, ""), "period": row.period,
             "kind": row.kind, "cause": row.cause, "was": row.was, "now": row.now, "missing": row.missing.split()}
            for row in found
        ], ensure_ascii=False))  # fmt: skip
        return 0
    for row in found:
        print(f"{numbers.get(row.person or 0, ''):14}{row.period or row.judged_on.isoformat():12}{row.kind:10}{row.cause:6}"
              f"{money.yuan(row.was):>14}{money.yuan(row.now):>14}")  # fmt: skip
    sums = [sum(row.now - row.was for row in found if row.kind == kind) for kind in ("top-up", "recover")]
    print(say(f"{len(found)} periods differ: {money.yuan(sums[0])} yuan owed to people, {money.yuan(-sums[1])} by them",
              f"{len(found)} 期有出入：应补发 {money.yuan(sums[0])} 元，应退回 {money.yuan(-sums[1])} 元"))  # fmt: skip
    return 0


def withdraw(given: argparse.Namespace) -> int:
    """Take a version back before its first day: the operator's journalled act."""
    start.django_ready(create=False)
    from lianxin.catalogue import scheduling

    by = start.operator()
    scheduling.withdraw(service=given.service, number=given.number, reason=given.reason, by=by, at=clock.now())
    print(say(f"{given.service} {given.number} withdrawn", f"{given.service} 第 {given.number} 版已撤回"))
    return 0


def reach(given: argparse.Namespace) -> int:
    """Count the weeks before the first night's count, as the files know them today; a repeat adds nothing."""
    start.django_ready(create=False)
    from lianxin.insight import replaying

    if not 1 <= given.weeks <= 260:
        raise WrongUsage(say("--weeks is between 1 and 260", "--weeks 在 1 到 260 之间"))
    made = replaying.fill(by=start.operator(), at=clock.now(), weeks=given.weeks, progress=start.progress)
    for day in sorted(made):
        print(day)
    print(say(f"lianxin: {len(made)} weeks counted afterwards", f"lianxin: 补算了 {len(made)} 周"), file=sys.stderr)
    return 0


def match(given: argparse.Namespace) -> int:
    """Judge everyone against everything in force, here or on Spark; a day that is not today is only counted.

    Today's over everything also counts anew whom nothing reaches (应享尽享), as the night's does.
    """
    if given.engine == "spark":
        distributed.must_be_here()
    start.django_ready(create=False)
    from lianxin.catalogue import actions
    from lianxin.insight import reach

    at = clock.now()
    with _engine(given) as judge:
        results = actions.match(
            as_of=given.as_of or clock.day(at), by=start.operator(), at=at,
            services=[given.service] if given.service else None, progress=start.progress, judge=judge,
        )  # fmt: skip
    if given.as_of and given.as_of != clock.day(at):
        print(say(f"lianxin: {given.as_of} is not today: this is what would be found; nothing was written, no case opened",
                  f"lianxin: {given.as_of} 不是今天：这是会比对出来的结果，什么都没有写，也没有打开事项"),
              file=sys.stderr)  # fmt: skip
    else:
        if not given.service:
            reach.post(by=start.operator(), at=at)
        _tell_unmanned(at)
    if given.json:
        print(json.dumps([row.to_json() for row in results], ensure_ascii=False))
        return 0
    names = _names({row.service for row in results})
    head = [say("service", "事项"), "", say("entitled", "享受"), say("unknown", "缺要素"), say("new", "新增"),
            say("lost", "减少"), say("cases", "新办件"), say("yuan", "元")]  # fmt: skip
    counted = [
        [row.service, names[row.service],
         *map(str, (row.entitled, row.unknown, row.new, row.lost, row.cases_opened)), f"{row.amount / 100:,.2f}"]
        for row in results
    ]  # fmt: skip
    print("\n".join(in_columns(head, counted, 2)))
    return 0


def _engine(given: argparse.Namespace) -> AbstractContextManager[distributed.Judge]:
    """What judges, as the command asks."""
    from django.conf import settings

    if given.engine == "here":
        return nullcontext(judging.candidates_of)
    folder = given.files or Path(settings.HOME)
    if not folder.is_dir():
        raise Refusal(
            say(f"there is no folder {folder}; name one that exists and that Spark's workers see",
                f"没有文件夹 {folder}；请写一个存在的、Spark 各节点都能看到的文件夹")
        )  # fmt: skip
    return distributed.judging(folder)


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
        yuan = money.yuan(row.amount) if row.amount is not None else ""
        worth = say(f", {yuan} yuan", f"，{yuan} 元") if yuan else ""
        print(say(f"{row.service.code} {row.service.name.en}: {row.verdict}{worth}",
                  f"{row.service.code} {row.service.name.zh}：{VERDICTS[row.verdict]}{worth}"))  # fmt: skip
        for condition in row.result.conditions:
            mark = {True: say("yes    ", "是  "), False: say("no     ", "否  "), None: say("unknown", "未知")}[
                condition.good
            ]
            says = say(condition.say.en, condition.say.zh)
            if condition.label.startswith("unless"):
                says = say(f"this is not so: {says}", f"没有这种情况：{says}")
            print(f"  {mark} {says} ({condition.test})")
        if row.result.missing:
            told = "、".join(
                f"{VOCABULARY[one].name.zh} {one}" if one in VOCABULARY else one for one in row.result.missing
            )
            print(say(f"  missing: {' '.join(row.result.missing)}", f"  缺：{told}"))
    return 0
