"""Read ledgers."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.ops import start


def people(given: argparse.Namespace) -> int:
    """Import a ledger of people; the last line of stdout is the count."""
    file: Path = given.file
    if not file.is_file():
        raise Refusal(f"there is no file {file}")
    start.django_ready()
    from lianxin.people import actions

    result = actions.import_people(
        path=file, by=start.operator(), at=clock.now(), dry_run=given.dry_run, errors=given.errors,
        progress=start.progress,
    )  # fmt: skip
    for one in result.unknown:
        near = f" (nearest known: {one.nearest})" if one.nearest else ""
        print(
            f"lianxin: sheet {one.sheet}: the column {one.header or '?'} is not known and was left out{near}",
            file=sys.stderr,
        )
    if result.remarks:
        print(f"lianxin: {result.remarks} cells of good rows could not be read and were left out", file=sys.stderr)
    if result.refused and given.errors:
        print(f"lianxin: {result.refused} rows came back with cell, reason and fix in {given.errors}", file=sys.stderr)
    elif result.refused:
        print(f"lianxin: {result.refused} rows were refused; --errors OUT.xlsx returns them explained", file=sys.stderr)
    print(json.dumps(result.summary()))
    return 3 if result.refused else 0


def areas(given: argparse.Namespace) -> int:
    """Read the list of areas: a csv with code, name and (optional) English name; one fault refuses the whole."""
    file: Path = given.file
    if not file.is_file():
        raise Refusal(f"there is no file {file}")
    rows = [_area(place, row) for place, row in enumerate(csv.reader(_lines(file)), 1) if any(row) and row[0] != "code"]
    start.django_ready()
    from lianxin.access import actions

    added = actions.add_areas(areas=rows, by=start.operator(), at=clock.now())
    print(json.dumps({"read": len(rows), "added": added}))
    return 0


def _lines(file: Path) -> list[str]:
    data = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
    raise Refusal(f"{file} is neither UTF-8 nor GB 18030 text; save it as csv")


def _area(place: int, row: list[str]) -> tuple[str, str, str]:
    code, name, english = (*(cell.strip() for cell in row), "", "")[:3]
    if len(code) not in {4, 6, 9, 12} or not (code.isascii() and code.isdigit()) or not name:
        raise Refusal(f"line {place}: write a code of 4, 6, 9 or 12 digits and a name; nothing was read in")
    return code, name, english
