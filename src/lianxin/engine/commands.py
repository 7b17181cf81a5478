"""``lianxin catalogue check`` and ``lianxin judge``: no Django, no home, no database."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from lianxin.engine import attributes, checking, facts_file, judging
from lianxin.engine.declaring import load_service, service_file
from lianxin.engine.problems import DeclarationErrors, both
from lianxin.engine.refusal import Refusal
from lianxin.engine.tongue import say


def check_path(path: Path) -> int:
    """Check a catalogue or one service folder; one line a sound service on stdout, one sentence a fault on stderr."""
    report = checking.check(path)
    for one in report.services:
        service = one.service
        papers = sum(not material.held for material in service.materials)
        print(f"{service.code}: {one.examples} examples hold; asks for {service.burden()} "
              f"({len(service.typed_fields())} fields, {papers} papers)")  # fmt: skip
    if report.figures:
        print(f"{report.figures} figures")
    for problem in report.warnings:
        print(f"warning: {both(problem)}", file=sys.stderr)
    for problem in report.errors:
        print(both(problem), file=sys.stderr)
    return 1 if report.errors else 0


def judge_file(service: Path, facts: Path, as_of: dt.date, out: Path) -> int:
    """Judge the rows of ``facts`` and write ``out``; exit 3 where a row met an error of the service."""
    file = service_file(service)
    if not file.is_file():
        raise Refusal(
            say(f"{service} is no service: there is no {file.name}", f"{service} 不是事项：里面没有 {file.name}")
        )
    if out.is_dir() or not out.resolve().parent.is_dir():
        raise Refusal(
            say(
                f"{out} cannot be written: name a file in a folder that exists",
                f"{out} 写不了：请写一个在现有文件夹里的文件名",
            )
        )
    try:
        known = attributes.vocabulary_for(file.parent)
        declared = load_service(service, facts=known)
    except DeclarationErrors as errors:
        first = next((one for one in errors.problems if one.severity == "error"), errors.problems[0])
        more = f" (and {len(errors.problems) - 1} more)" if len(errors.problems) > 1 else ""
        raise Refusal(both(first) + more) from errors
    frame = facts_file.read(facts, known)
    verdicts = judging.judge(declared, frame, as_of)
    facts_file.write(out, verdicts)
    wrong = int(verdicts["error"].sum())
    if wrong:
        print(
            say(
                f"lianxin: {wrong} rows met an error of the service {declared.code}",
                f"lianxin: 有 {wrong} 行遇到了事项 {declared.code} 自身的错误",
            ),
            file=sys.stderr,
        )
    return 3 if wrong else 0
