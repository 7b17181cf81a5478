"""``lianxin catalogue preview``: what a draft would do, as a table in the operator's language or as JSON."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lianxin.engine import attributes, clock, examples, money
from lianxin.engine.declaration import Service
from lianxin.engine.declaring import load_service, service_file
from lianxin.engine.facts import VOCABULARY, Fact
from lianxin.engine.problems import DeclarationErrors, Problem, both
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import language, say
from lianxin.ops import start

if TYPE_CHECKING:
    from lianxin.catalogue.whatif import WhatIf

SHOWN = 10  # facts that are missing
_REPEATS = {
    "once": ("once", "一次"), "monthly": ("a month", "每月"), "quarterly": ("a quarter", "每季"), "yearly": ("a year", "每年"),
    "per-event": ("each time", "每次"), "on-demand": ("each time", "每次"),
}  # fmt: skip
_STAGES = {
    "facts": ("reading the files", "正在读取档案"), "judge": ("judging", "正在比对"), "count": ("counting", "正在清点"),
}  # fmt: skip


def preview(given: argparse.Namespace) -> int:
    """Judge a service folder, or a whole catalogue, against the city; exit 3 where the draft itself is in error."""
    drafts, one = _drafts(given.path)
    start.django_ready(create=False)
    from django.conf import settings

    from lianxin.catalogue import hiding, whatif

    day = given.as_of or clock.today()
    if not one:
        drafts = _possible(drafts, day)
    stages = list(_STAGES)

    def tell(stage: str) -> None:
        start.progress(say(*_STAGES[stage]), stages.index(stage), len(stages))

    found = whatif.weigh_all(drafts, day, progress=tell)
    start.progress(say(*_STAGES["count"]), len(stages), len(stages))
    told = [each.to_json() if given.exact else hiding.parts(each.to_json(), settings.SMALL_CELL) for each in found]
    if given.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print("\n\n".join(text(each, said) for each, said in zip(found, told, strict=True)) if one else overview(found))
    wrong = sum(each.errors for each in found)
    if wrong:
        print(say(f"lianxin: {wrong} files met an error of the draft itself (an amount that cannot be, a table without the row)",
                  f"lianxin: 有 {wrong} 份档案遇到了草案自身的错误（金额算不出，或表里没有这一行）"), file=sys.stderr)  # fmt: skip
    return 3 if wrong else 0


def _drafts(path: Path) -> tuple[list[Service], bool]:
    """The services under ``path`` and whether it is one folder; what is wrong with them is said as the checker says it."""
    if service_file(path).is_file():
        folders, one = [path if path.is_dir() else path.parent], True
    elif (path / "services").is_dir():
        folders, one = sorted(each for each in (path / "services").iterdir() if each.is_dir()), False
    else:
        from lianxin.engine import checking

        checking.check(path)  # says why not
        raise Refusal(say(f"there is no service at {path}", f"{path} 里没有事项"))
    drafts, problems = [], list[Problem]()
    for folder in folders:
        try:
            drafts.append(load_service(folder, facts=_facts(folder)))
        except DeclarationErrors as errors:
            problems += [each for each in errors.problems if each.severity == "error"]
    if problems:
        for problem in problems[:-1]:
            print(both(problem), file=sys.stderr)
        raise Refusal(both(problems[-1]))
    for draft, folder in zip(drafts, folders, strict=True):
        _examples(draft, folder)
    return drafts, one


def _facts(folder: Path) -> Mapping[str, Fact]:
    """The city's own facts: beside the folder, or where it lies alone those of the shipped or named catalogue."""
    if attributes.beside(folder).is_file():
        return attributes.vocabulary_for(folder)
    from lianxin.ops import policy

    known = policy.catalogue() / "attributes.yaml"
    return {**VOCABULARY, **attributes.read(known)} if known.is_file() else VOCABULARY


def _examples(draft: Service, folder: Path) -> None:
    """A number that is changed no longer fits the examples: that is said, and does not stop a trial."""
    file = folder / ("examples.json" if (folder / "examples.json").is_file() else "examples.yaml")
    _, problems = examples.run(draft, file)
    for problem in problems:
        print(both(problem), file=sys.stderr)


def _possible(drafts: Sequence[Service], day: dt.date) -> list[Service]:
    """Of a catalogue only what can be tried; the rest is named in one line."""
    from lianxin.catalogue import whatif
    from lianxin.catalogue.queries import in_force

    kept, left, chosen = [], [], in_force(day)
    for draft in drafts:
        try:
            whatif.refuse(draft, chosen.get(draft.code))
        except Refusal:
            left.append(draft.code)
        else:
            kept.append(draft)
    if left:
        codes = " ".join(left)
        print(say(f"lianxin: {len(left)} services are not tried (asks, sealed ones, those of organisations): {codes}",
                  f"lianxin: 有 {len(left)} 个事项不试算（诉求、保密事项、面向单位的事项）：{codes}"), file=sys.stderr)  # fmt: skip
    if not kept:
        raise Refusal(say("there is no service to try", "没有可以试算的事项"))
    return kept


def _name(name: object) -> str:
    return str(getattr(name, language()))


def text(found: WhatIf, told: Mapping[str, Any]) -> str:
    """One draft in full; ``told`` says its parts, None where a count is not shown."""
    draft, against = found.draft, found.against
    if against is not None:
        number, on = against.number, found.day
        beside = say(f"beside version {number}, in force on {on}", f"与 {on} 生效的第 {number} 版比较")
    else:
        beside = say(f"a new service on {found.day}: compared with nothing", f"新事项（{found.day}）：没有可比的版本")
    unit = say("persons", "人") if draft.subject == "person" else say("households", "户")
    rows = [f"{_name(draft.name)} ({draft.code})", beside,
            say(f"judged {found.judged:,} {unit}", f"共比对 {found.judged:,} {unit}")]  # fmt: skip
    if not draft.effective.covers(found.day):
        rows.append(
            say("on that day the draft is not in effect: it entitles nobody", "这一天草案不在有效期内：谁都不享受")
        )
    rows += ["", *_summary(found), *_parts(say("county", "县区"), told["counties"])]
    rows += [*_parts(say("age", "年龄"), told["ages"]), *_parts(say("category", "类别"), told["categories"])]
    if any(None in line.values() for name in ("counties", "ages", "categories") for line in told[name]):
        rows += ["", say("— too few people to be shown, or told from those that are; --exact shows them",
                         "— 人太少不显示，或者能由别的数推出来；加 --exact 全部显示")]  # fmt: skip
    if found.wanting:
        rows += ["", say("facts that are missing; the first settles most people alone",
                         "缺的要素（补上最前面的，能定下最多的人）")]  # fmt: skip
        table = [[_name(one.name), one.fact, f"{one.settles:,}", f"{one.among:,}"] for one in found.wanting[:SHOWN]]
        rows += in_columns(
            [say("fact", "要素"), "", say("settles alone", "单独定下"), say("missing for", "共缺")], table, 2
        )
    return "\n".join(rows)


def _summary(found: WhatIf) -> list[str]:
    one = found.total
    head = ["", say("now", "现在"), say("draft", "草案"), say("difference", "相差")]
    rows = [
        [say("entitled", "享受"), *_three(one.before.entitled, one.after.entitled)],
        [say("a fact is missing", "缺要素，未定"), *_three(one.before.unknown, one.after.unknown)],
    ]
    if found.draft.amount is not None or found.total.before.amount:
        rows += _costs(found)
    kinds = ((say("gain", "新享受"), one.gain), (say("lose", "不再享受"), one.lose), (say("get more", "金额增加"), one.more),
             (say("get less", "金额减少"), one.less), (say("as before", "不变"), one.same))  # fmt: skip
    return [*in_columns(head, rows, 1), "", say("; ", "，").join(f"{name} {count:,}" for name, count in kinds)]


def _three(before: int, after: int) -> list[str]:
    return [f"{before:,}", f"{after:,}", f"{after - before:+,}"]


def _costs(found: WhatIf) -> list[list[str]]:
    from lianxin.catalogue.whatif import per_month, per_year

    was, will = found.repeats
    before, after = found.total.before.amount, found.total.after.amount
    rows = []
    if per_month(1, will) is not None or per_month(1, was) is not None:
        rows.append([say("yuan a month", "每月（元）"), *_yuan(per_month(before, was), per_month(after, will))])
        rows.append([say("yuan a year", "每年（元）"), *_yuan(per_year(before, was), per_year(after, will))])
    else:
        word = say(*_REPEATS[will])
        rows.append([say(f"yuan, {word}, all of them", f"全部发一遍（{word}，元）"), *_yuan(before, after)])
    return rows


def _yuan(before: int | None, after: int | None) -> list[str]:
    told = ["" if one is None else money.yuan(one) for one in (before, after)]
    if before is None or after is None:
        return [*told, ""]
    return [*told, ("+" if after > before else "") + money.yuan(after - before)]


def _parts(title: str, lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Parts of the whole under a title; nothing where there are none."""
    if not lines:
        return []
    head = [title, say("now", "现在"), say("draft", "草案"), say("gain", "新享受"), say("lose", "不再享受"),
            say("more", "增加"), say("less", "减少"), say("unknown", "未定"), say("yuan a year, now", "年（元），现在"),
            say("draft", "草案")]  # fmt: skip
    counts = ("entitled_before", "entitled", "gain", "lose", "more", "less", "unknown")
    rows = [
        [str(line["name"][language()]), *("—" if line[one] is None else f"{line[one]:,}" for one in counts),
         *("—" if line[one] is None else money.yuan(line[one]["year"]) for one in ("cost_before", "cost"))]
        for line in lines
    ]  # fmt: skip
    return ["", *in_columns(head, rows, 1)]


def overview(found: Sequence[WhatIf]) -> str:
    """A catalogue: one line for each service that the drafts change, and how many stay as they are."""
    from lianxin.catalogue.whatif import per_year

    head = [say("service", "事项"), say("now", "现在"), say("draft", "草案"), say("gain", "新享受"), say("lose", "不再享受"),
            say("more", "增加"), say("less", "减少"), say("unknown", "未定"), say("yuan a year, now", "年（元），现在"),
            say("draft", "草案")]  # fmt: skip
    rows = []
    for each in found:
        one, (was, will) = each.total, each.repeats
        same = (
            each.against is not None and one.before == one.after and not (one.gain or one.lose or one.more or one.less)
        )
        if not same:
            counts = (
                one.before.entitled,
                one.after.entitled,
                one.gain,
                one.lose,
                one.more,
                one.less,
                one.after.unknown,
            )
            rows.append([f"{_name(each.draft.name)} {each.draft.code}", *(f"{count:,}" for count in counts),
                         money.yuan(per_year(one.before.amount, was)), money.yuan(per_year(one.after.amount, will))])  # fmt: skip
    still = len(found) - len(rows)
    told = say(f"{still} services change nothing for anybody", f"{still} 个事项对谁都没有变化")
    return "\n".join([*(in_columns(head, rows, 1) if rows else []), told])


def in_columns(head: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """Columns as wide as they are on a terminal, where a Chinese character takes two places; ``left`` of them left-aligned."""
    widths = [max(_width(row[place]) for row in (head, *rows)) for place in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            room = " " * (width - _width(cell))
            cells.append(cell + room if place < left else room + cell)
        return "  ".join(cells).rstrip()

    return [line(head), *(line(row) for row in rows)]


def _width(said: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in said)
