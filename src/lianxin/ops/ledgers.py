"""Read ledgers."""

from __future__ import annotations

import argparse
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
    if result.refused and given.errors:
        print(f"lianxin: {result.refused} rows came back with cell, reason and fix in {given.errors}", file=sys.stderr)
    elif result.refused:
        print(f"lianxin: {result.refused} rows were refused; --errors OUT.xlsx returns them explained", file=sys.stderr)
    print(json.dumps(result.summary()))
    return 3 if result.refused else 0
