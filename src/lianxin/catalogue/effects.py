"""What lower rooms ask of the catalogue, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from lianxin.catalogue import waiting
from lianxin.catalogue.judged import Entitled, entitled
from lianxin.catalogue.models import Verdict
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock
from lianxin.engine.effects import handles, listens
from lianxin.engine.scope import Scope
from lianxin.people.identities import some


@handles("judge-now")
def judge_now(
    *, persons: Sequence[int], families: Sequence[int], day: dt.date, scope: Scope, **_: Any
) -> list[Entitled]:
    """Who of these is entitled to what on a day, by the facts as they stand in this moment; stores nothing."""
    return entitled(persons=persons, families=families, day=day, scope=scope)


@listens("person-merged", "catalogue")
def person_merged(*, merges: Sequence[tuple[int, int, int]], **_: Any) -> None:
    """What was found for the merged file is found anew for the one that goes on, the next time everyone is judged."""
    of_persons = [code for code, one in in_force(clock.today()).items() if one.service.subject == "person"]
    for part in some(loser for _merge, loser, _survivor in merges):
        Verdict.objects.filter(subject__in=part, service__in=of_persons).delete()


@listens("person-changed", "catalogue")
def person_changed(*, ids: Sequence[int], at: dt.datetime, **_: Any) -> None:
    """Whose file changed is judged again with kin and household, within the minute."""
    waiting.put(ids, at=at)


@listens("person-died", "catalogue")
def person_died(*, ids: Sequence[int], at: dt.datetime, **_: Any) -> None:
    """So are those whom a death leaves behind."""
    waiting.put(ids, at=at)


@listens("person-moved", "catalogue")
def person_moved(*, ids: Sequence[int], at: dt.datetime, **_: Any) -> None:
    """And whoever moved: another county may give something else."""
    waiting.put(ids, at=at)
