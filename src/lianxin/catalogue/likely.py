"""What a household hardly asks for: by the file it has nobody for whom, or by the conditions it cannot have it.

A guess that only orders a page: nothing is left out, and the file can be wrong.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

from lianxin.catalogue import hoping
from lianxin.catalogue.facts import facts_of
from lianxin.catalogue.queries import explain
from lianxin.engine import documents


def unlikely(person: int, family: int | None, day: dt.date) -> tuple[set[str], set[tuple[str, str]]]:
    """The asks that the file speaks against (codes of services), and single kinds of others (service, kind)."""
    against = {one.service.code for one in explain(person=person, family=family, day=day)
               if one.service.mode == "ask" and one.verdict == "not_entitled"}  # fmt: skip
    kinds = {(code, kind): fact for code, known in hoping.told(_kinds).items() for kind, fact in known.items()}
    if family is None or not kinds:
        return against, set()
    known = facts_of(subject="family", codes=sorted(set(kinds.values())), day=day, service="", ids=[family]).to_dicts()
    held = known[0] if known else {}
    return against, {which for which, fact in kinds.items() if held.get(fact) is False}


@lru_cache(maxsize=4)
def _kinds(path: Path, _written: int) -> dict[str, dict[str, str]]:
    """Service → kind → the fact of the household without which hardly anybody asks for it."""
    found: Any = documents.plain(documents.read(path))
    return dict(found.get("asked", {}))
