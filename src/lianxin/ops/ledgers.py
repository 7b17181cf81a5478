"""Read ledgers."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say
from lianxin.ops import start


def ledger(given: argparse.Namespace) -> int:
    """Import a ledger; the last line of stdout is the count."""
    file: Path = given.file
    if not file.is_file():
        raise Refusal(say(f"there is no file {file}", f"没有文件 {file}"))
    if given.errors:
        start.folder_of(given.errors)
    start.django_ready()
    from lianxin.partners import placeledger

    code = f"x-{given.format}" if given.what == "exchange" else given.what
    result = placeledger.import_ledger(
        ledger=code, path=file, by=start.operator(), at=clock.now(), dry_run=given.dry_run, weigh=given.dry_run,
        errors=given.errors, progress=start.progress,
    )  # fmt: skip
    _tell(result, given.errors)
    if result.read and not _areas_there():
        print(say("lianxin: no areas are here yet, so no address can be placed; first: lianxin import areas FILE "
                  "(lianxin import template areas OUT.xlsx writes an empty list)",
                  "lianxin: 还没有导入区划，住址都认不出来；请先运行 lianxin import areas 区划表"
                  "（lianxin import template areas OUT.xlsx 写一份空表）"), file=sys.stderr)  # fmt: skip
    if result.preview is not None:
        _say(result.preview)
    if result.run and not given.dry_run:
        print(say(f"lianxin: this was import {result.run}; lianxin import undo {result.run} takes it back",
                  f"lianxin: 这次导入的编号是 {result.run}；lianxin import undo {result.run} 可以整次撤回"),
              file=sys.stderr)  # fmt: skip
    print(json.dumps(result.summary()))
    return 3 if result.refused else 0


def _areas_there() -> bool:
    """Whether the city has any area below it."""
    from django.conf import settings

    from lianxin.access import queries

    return bool(queries.children(start.operator().scope, settings.CITY))


def _tell(result: Any, errors: Path | None) -> None:
    """What was not understood, and where the refused rows are."""
    tell = partial(print, file=sys.stderr)
    if result.looks != result.ledger:
        tell(
            say(
                f"lianxin: this looks like a ledger of {result.looks}; it was read as {result.ledger}",
                f"lianxin: 这份台账看上去是 {result.looks}，这次按 {result.ledger} 读的",
            )
        )
    for one in result.unknown:
        near = say(f" (nearest known: {one.nearest})", f"（最接近的是 {one.nearest}）") if one.nearest else ""
        why = say(f"is not for a ledger of {result.ledger}", f"不属于 {result.ledger} 台账") if one.elsewhere else say(
            "is not known", "不认识")  # fmt: skip
        head = one.header or "?"
        tell(say(f"lianxin: sheet {one.sheet}: the column {head} {why} and was left out{near}",
                 f"lianxin: 工作表 {one.sheet}：列“{head}”{why}，没有读{near}"))  # fmt: skip
    if result.remarks:
        tell(say(f"lianxin: {result.remarks} cells of good rows could not be read and were left out",
                 f"lianxin: 好的行里有 {result.remarks} 个格子读不懂，没有读"))  # fmt: skip
    if result.refused and errors:
        tell(say(f"lianxin: {result.refused} rows came back with cell, reason and fix in {errors}",
                 f"lianxin: {result.refused} 行退回，格子、原因和改法写在 {errors}"))  # fmt: skip
    elif result.refused:
        tell(say(f"lianxin: {result.refused} rows were refused; --errors OUT.xlsx returns them explained",
                 f"lianxin: {result.refused} 行没有收；加上 --errors OUT.xlsx 可以退回并写明原因"))  # fmt: skip


def _say(preview: Any) -> None:
    """A dry run in words: what would change, who would gain or lose what."""
    from lianxin.people import changewords

    for field, count in preview.counts.items():
        print(say(f"would change {field}: {count}", f"会改动 {changewords.column(field)}：{count}"))
    for line in preview.lines[:20]:
        print(
            f"  CC{line.person:08d} {say(line.field, changewords.column(line.field))}: {line.old or '-'} -> {line.new or '-'}"
        )
    for one in preview.weighed or ():
        told = say(f"{one.gains} would gain, {one.loses} would lose, {one.differs} another amount",
                   f"{one.gains} 人会新享受，{one.loses} 人会不再享受，{one.differs} 人金额会变")  # fmt: skip
        before, after = one.before / 100, one.after / 100
        money = (
            say(f", {before:.2f} -> {after:.2f} yuan", f"，{before:.2f} → {after:.2f} 元") if before or after else ""
        )
        print(say(f"{one.service}: {told}{money}", f"{one.zh}（{one.service}）：{told}{money}"))


def undo(given: argparse.Namespace) -> int:
    """Take a whole import back; says who stays because somebody used their file since."""
    start.django_ready(create=False)
    from lianxin.people import actions

    done = actions.undo_import(run=given.number, by=start.operator(), at=clock.now())
    if done.kept:
        files = " ".join(done.kept[:20])
        print(say(f"lianxin: {len(done.kept)} files were used since and stay: {files}",
                  f"lianxin: 有 {len(done.kept)} 份档案后来被用到，留下：{files}"), file=sys.stderr)  # fmt: skip
    print(json.dumps({"superseded": done.superseded, "restored": done.restored, "closed": done.closed,
                      "kept": len(done.kept)}))  # fmt: skip
    return 0


def template(given: argparse.Namespace) -> int:
    """Write an empty ledger."""
    start.folder_of(given.file)
    start.django_ready()
    from django.conf import settings

    from lianxin.partners import placeledger
    from lianxin.people import arealists, blanks

    if given.ledger == "areas":
        data = arealists.blank(settings.CITY)
    else:
        data = placeledger.blank() if given.ledger == placeledger.LEDGER else blanks.workbook(given.ledger)
    given.file.write_bytes(data)
    return 0


def exchange(given: argparse.Namespace) -> int:
    """Write the people for another system; the last line of stdout says how many."""
    start.folder_of(given.out)
    start.django_ready(create=False)
    from lianxin.people import exporting

    done = exporting.export(
        exchange=given.format, area=given.area, changed=given.changed, reason=given.reason, by=start.operator(),
        at=clock.now(), progress=start.progress,
    )  # fmt: skip
    given.out.write_bytes(exporting.content(done))
    exporting.discard(done)
    print(json.dumps({"exchange": given.format, "rows": done.rows, "digest": done.digest}))
    return 0


def areas(given: argparse.Namespace) -> int:
    """Read the list of areas: a csv or workbook; one fault refuses the whole."""
    file: Path = given.file
    if not file.is_file():
        raise Refusal(say(f"there is no file {file}", f"没有文件 {file}"))
    start.django_ready()  # what a file is refused with is said in the operator's language
    from lianxin.access import actions
    from lianxin.people import arealists

    rows = [_area(*row) for row in arealists.read(file)]
    if not rows:
        raise Refusal(say(f"{file} holds no areas; lianxin import template areas OUT.xlsx writes an empty list",
                          f"{file} 里没有区划；lianxin import template areas OUT.xlsx 写一份空表"))  # fmt: skip
    start.progress(say(f"writing {len(rows)} areas", f"正在写入 {len(rows)} 个区划"), 0, len(rows))
    added = actions.add_areas(areas=rows, by=start.operator(), at=clock.now())
    start.progress(say(f"writing {len(rows)} areas", f"正在写入 {len(rows)} 个区划"), len(rows), len(rows))
    print(json.dumps({"read": len(rows), "added": added}))
    return 0


def outlines(given: argparse.Namespace) -> int:
    """Read the outlines of areas from a GeoJSON file; one fault refuses the whole."""
    file: Path = given.file
    if not file.is_file():
        raise Refusal(say(f"there is no file {file}", f"没有文件 {file}"))
    start.django_ready()
    from lianxin.access import outlines

    found = outlines.read_geojson(file.read_bytes(), datum=given.datum)
    changed = 0
    if not given.dry_run:
        changed = outlines.put(outlines=found, source=given.source or file.name, by=start.operator(), at=clock.now())
    print(json.dumps({"read": len(found), "changed": changed}))
    return 0


def _area(sheet: str, place: int, code: str, name: str, english: str) -> tuple[str, str, str]:
    """One row of the list. Raises :class:`Refusal` where it names no area of this city."""
    from django.conf import settings

    city: str = settings.CITY
    where = say(f"{sheet} line {place}".strip(), f"{sheet}第 {place} 行")
    if len(code) not in {4, 6, 9, 12} or not (code.isascii() and code.isdigit()) or not name:
        raise Refusal(
            say(
                f"{where}: write a code of 4, 6, 9 or 12 digits and a name; nothing was read in",
                f"{where}：请写 4、6、9 或 12 位的代码和名称；什么都没有读入",
            )
        )
    if not code.startswith(city) and not city.startswith(code):
        raise Refusal(
            say(
                f"{where}: {code} is not of this city, whose codes begin with {city}; set LIANXIN_CITY if that is wrong. "
                "Nothing was read in",
                f"{where}：{code} 不属于本市，本市的代码以 {city} 开头；不对的话请改 LIANXIN_CITY。什么都没有读入",
            )
        )
    return code, name, english
