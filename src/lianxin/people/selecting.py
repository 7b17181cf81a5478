"""Whom a condition of the policy language holds for, over the facts of the files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.bounds import counted_facts, of_column
from lianxin.engine.expressions.to_polars import Compiler
from lianxin.engine.facts import VOCABULARY
from lianxin.people import facts

MANY = 20_000  # more ids than this are not listed in a statement: everyone is read


def matching(condition: tree.Node, ids: Sequence[int], day: dt.date) -> list[int]:
    """Those of ``ids`` for whom the condition is true on the day; unknown is not true."""
    codes = list(tree.fact_names(condition))
    asked = list(ids) if len(ids) <= MANY else None
    frame = facts.frame(subject="person", day=day, ids=asked, codes=codes)
    bounds = {
        name: of_column(frame[name].min(), frame[name].max(), VOCABULARY[name].type)
        for name in counted_facts(condition)
        if frame.schema[name].is_numeric()
    }
    compiler = Compiler({}, bounds)
    holds = compiler.expr(condition)
    found = compiler.prepare(frame.lazy()).filter(holds).select("id").collect()["id"].to_list()
    wanted = set(ids)
    return [pk for pk in found if pk in wanted]
