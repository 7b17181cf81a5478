"""Judge the subjects of cases again, set-based: one frame for each version, never a query for each case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lianxin.casework.models import Case
from lianxin.catalogue.facts import facts_of
from lianxin.catalogue.queries import Published, speaking, version
from lianxin.engine import judging


@dataclass(frozen=True, slots=True)
class Judged:
    """What the file says of a case's subject on a day."""

    verdict: str  # entitled | not_entitled | unknown
    amount: int | None
    missing: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    version: int = 0  # the id of the version by which it was judged


def judged(cases: Sequence[Case], day: dt.date, *, spoken: bool = False) -> list[Judged | None]:
    """The verdict on ``day`` for the subject of every case, in order, under the version the case is pinned to.

    ``spoken``: under the version that speaks on ``day`` instead, which is how the periods of a standing decision are
    judged: it was decided once, and what it is worth follows the rule of each period.
    """
    under = _under({case.service for case in cases}, day) if spoken else {}
    groups: dict[int, list[Case]] = {}
    for case in cases:
        groups.setdefault(under.get(case.service, case.version_id), []).append(case)
    found = {number: _one(version(number), some, day) for number, some in groups.items()}
    numbers = [under.get(case.service, case.version_id) for case in cases]
    return [found[number].get(subject_id(case, version(number))) for case, number in zip(cases, numbers, strict=True)]


def _under(services: set[str], day: dt.date) -> dict[str, int]:
    return {code: found.version_id for (code, _day), found in speaking(services, [day]).items()}


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
        row["id"]: Judged(
            row["verdict"], row["amount"], _words(row["missing"]), _words(row["because"]), published.version_id
        )
        for row in judging.judge(service, frame, day).to_dicts()
    }


def _words(joined: str | None) -> tuple[str, ...]:
    return tuple((joined or "").split())
