"""What lower rooms ask of the catalogue, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from lianxin.catalogue.judged import Entitled, entitled
from lianxin.engine.effects import handles
from lianxin.engine.scope import Scope


@handles("judge-now")
def judge_now(
    *, persons: Sequence[int], families: Sequence[int], day: dt.date, scope: Scope, **_: Any
) -> list[Entitled]:
    """Who of these is entitled to what on a day, by the facts as they stand in this moment; stores nothing."""
    return entitled(persons=persons, families=families, day=day, scope=scope)
