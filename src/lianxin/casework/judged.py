"""Judge the subjects of cases again, set-based: one frame for each version, never a query for each case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lianxin.casework.models import Case
from lianxin.catalogue.queries import Published, facts_of, version
from lianxin.engine import judging


@dataclass(frozen=True, slots=True)
class Judged:
    """What the file says of a case's subject on a day."""

    verdict: str  # entitled | not_entitled | unknown
    amount: int | None
    missing: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


def judged(cases: Sequence[Case], day: dt.date) -> list[Judged | None]:
    """The verdict on ``day`` for the subject of every case, in order, under the version the case is pinned to."""
    groups: dict[int, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.version_id, []).append(case)
    found = {number: _one(version(number), some, day) for number, some in groups.items()}
    return [found[case.version_id].get(subject_id(case, version(case.version_id))) for case in cases]


def subject_id(case: Case, published: Published) -> int | None:
    """The id of whom the service judges: the person, or the household."""
    return case.family_id if published.service.subject == "family" else case.person_id


def _one(published: Published, cases: Sequence[Case], day: dt.date) -> dict[int | None, Judged]:
    service = published.service
    ids = sorted({one for case in cases if (one := subject_id(case, published)) is not None})
    if not ids:
        return {}
    frame = facts_of(
        subject=service.subject, codes=published.facts, day=day, service=service.code, ids=ids, known=service.facts
    )  # fmt: skip
    return {
        row["id"]: Judged(row["verdict"], row["amount"], _words(row["missing"]), _words(row["because"]))
        for row in judging.judge(service, frame, day).to_dicts()
    }


def _words(joined: str | None) -> tuple[str, ...]:
    return tuple((joined or "").split())
