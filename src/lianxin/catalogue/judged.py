"""Judge some people against everything in force, without storing it: what a change to their files would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lianxin.catalogue.matching import facts_for
from lianxin.catalogue.queries import visible
from lianxin.engine import judging
from lianxin.engine.scope import Scope

LISTED = 20_000  # more ids than this are not listed in a statement: everyone is read, and then only these are kept


@dataclass(frozen=True, slots=True)
class Entitled:
    """One service: its names, whom it is for, and a frame of those entitled (``id``, ``amount`` in fen or null)."""

    service: str
    zh: str
    en: str
    subject: str
    frame: Any


def entitled(*, persons: Sequence[int], families: Sequence[int], day: dt.date, scope: Scope) -> list[Entitled]:
    """The entitled among these persons and families, for every service that the scope may know of."""
    import polars as pl

    services = [found for _code, found in sorted(visible(scope, day).items()) if found.service.who]
    made = []
    for subject, ids in (("person", persons), ("family", families)):
        mine = [found for found in services if found.service.subject == subject]
        if not mine or not ids:
            continue
        few = len(ids) <= LISTED
        frame, asked = facts_for(mine, subject, day, list(ids) if few else None)
        wanted = pl.Series("id", list(ids), dtype=pl.Int64)
        for found, verdicts in zip(mine, judging.candidates_of(asked, frame, day), strict=True):
            some = verdicts.filter(pl.col("verdict") == "entitled").select("id", "amount")
            if not few:
                some = some.filter(pl.col("id").is_in(wanted.implode()))
            name = found.service.name
            made.append(Entitled(found.service.code, name.zh, name.en, subject, some))
    return made
