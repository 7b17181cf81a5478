"""A few persons against everything in force: judged row by row in plain Python, compared in one query.

Over everyone the columns of :mod:`lianxin.catalogue.matching` win; for one changed file with its kin their setting up
takes longer than the work. Both say the same (tests/catalogue/test_few.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lianxin.catalogue import matching
from lianxin.catalogue.facts import OF_THE_SERVICE, facts_of_few
from lianxin.catalogue.models import Run, Verdict
from lianxin.catalogue.queries import Published
from lianxin.engine import effects, explaining
from lianxin.engine.scope import Actor

FEW = 60  # persons; more are judged in columns
Row = dict[str, Any]


def run(
    services: Sequence[Published], day: dt.date, persons: Sequence[int], *, run: Run | None, by: Actor, at: dt.datetime
) -> list[dict[str, int]]:
    """Judge ``persons`` and their households, store what changed; the counts of the result rows, in order.

    Without a ``run`` nothing is stored.
    """
    ids = {kind: matching.subjects_of(kind, persons) or [] for kind in ("person", "family")}
    now = _now(services, day, ids)
    held = _held(services, ids)
    return [
        _one(found, now.get(found.service.code, {}), held.get(found.service.code, {}), day, run=run, by=by, at=at)
        for found in services
    ]


def _now(services: Sequence[Published], day: dt.date, ids: Mapping[str, Sequence[int]]) -> dict[str, dict[int, Row]]:
    """Service → subject → what is found: the entitled and the unknown."""
    made: dict[str, dict[int, Row]] = {}
    files = facts_of_few([one.service for one in services], ids, day)
    for kind, subjects in ids.items():
        mine = [found for found in services if found.service.subject == kind]
        if not mine or not subjects:
            continue
        received = _received(mine, kind, subjects, day)
        for found in mine:
            service = found.service
            rows = made.setdefault(service.code, {})
            for subject, facts in files[kind].items():
                known = {**facts, **received.get((service.code, subject), {})}
                verdict = explaining.candidate(service, known, day)
                if verdict is not None:
                    rows[subject] = {
                        "subject": subject, "verdict": verdict[0], "amount": verdict[1], "missing": verdict[2][:200],
                        "area": facts.get("residence") or "",
                        "event_on": known.get(service.event) if service.event else None,
                    }  # fmt: skip
    return made


def _received(
    services: Sequence[Published], kind: str, subjects: Sequence[int], day: dt.date
) -> dict[tuple[str, int], Row]:
    """What is known of the services themselves, of each subject: how often received, when, whether under way."""
    asking = [found.service.code for found in services if not {*matching.looked_at(found)}.isdisjoint(OF_THE_SERVICE)]
    if not asking or "received-of-some" not in effects.handled():
        return {}
    found: dict[tuple[str, int], Row] = effects.perform(
        "received-of-some", services=asking, kind=kind, subjects=list(subjects), day=day
    )
    return found


def _held(services: Sequence[Published], ids: Mapping[str, Sequence[int]]) -> dict[str, dict[int, Row]]:
    """Service → subject → what is stored."""
    kinds = {found.service.code: found.service.subject for found in services}
    every = sorted({one for subjects in ids.values() for one in subjects})
    made: dict[str, dict[int, Row]] = {}
    of = {kind: set(subjects) for kind, subjects in ids.items()}
    columns = ("subject", "verdict", "amount", "missing", "area", "event_on", "version_id")
    for service, *row in Verdict.objects.filter(subject__in=every).values_list("service", *columns):
        if row[0] in of.get(kinds.get(service, ""), ()):
            made.setdefault(service, {})[row[0]] = dict(zip(columns, row, strict=True))
    return made


def _one(
    found: Published, now: dict[int, Row], held: dict[int, Row], day: dt.date, *,
    run: Run | None, by: Actor, at: dt.datetime,
) -> dict[str, int]:  # fmt: skip
    """As :func:`matching.one`: replace what differs, open what is new, review what is lost."""
    changed = []
    for subject, row in now.items():
        was = held.get(subject, {})
        moved = row["event_on"] is not None and row["event_on"] != was.get("event_on")
        same = all(row[name] == was.get(name) for name in ("verdict", "amount", "missing", "area"))
        if not same or moved or was.get("version_id") != found.version_id:
            new = row["verdict"] == "E" and (was.get("verdict") != "E" or moved)
            changed.append({**row, "new": new})
    gone = [subject for subject in held if subject not in now]
    entitled = {subject for subject, row in now.items() if row["verdict"] == "E"}
    lost = [subject for subject, was in held.items() if was["verdict"] == "E" and subject not in entitled]
    opened = 0
    if run is not None and lost and "review-lost" in effects.handled():  # first: a kill after it finds the loss again
        effects.perform("review-lost", service=found.service.code, subjects=lost, by=by, at=at)
    if run is not None and changed:
        opened = matching.store(found, changed, day, run=run, by=by, at=at)
    if run is not None and gone:
        Verdict.objects.filter(service=found.service.code, subject__in=gone).delete()
    return {
        "entitled": len(entitled), "unknown": len(now) - len(entitled), "new": sum(row["new"] for row in changed),
        "lost": len(lost), "cases_opened": opened, "amount": sum(now[one]["amount"] or 0 for one in entitled),
    }  # fmt: skip
