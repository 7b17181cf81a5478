"""Publish versions; match everyone against everything in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from lianxin.catalogue import few, folders, matching, scheduling, waiting
from lianxin.catalogue.models import Run, Version
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import checking, clock, judging
from lianxin.engine.distributed import Judge
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people.identities import nearby

RUNS_FOR = dt.timedelta(minutes=15)  # a run that began longer ago and is not done was killed
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What publishing did with one service."""

    service: str
    number: int
    new: bool


def publish(
    *,
    path: Path,
    by: Actor,
    at: dt.datetime,
    approved_by: str,
    from_on: dt.date | None = None,
    to_on: dt.date | None = None,
    reason: str = "",
) -> list[Made]:
    """Store a version of every service under ``path`` (a catalogue or one service folder) that changed.

    Everything is checked and its examples run first; one fault refuses the whole. The first version of a service is in
    force from its first day, later ones from the day of publication, or from ``from_on``: a day to come, on which it
    takes effect by itself, or a past one, which corrects the past and needs a ``reason``. ``to_on`` is its last day
    (None: on). A repeat stores nothing. Whoever the new rule touches is judged within the minute.
    """
    day = clock.day(at)
    scheduling.must_fit(from_on, to_on, reason, day)
    report = checking.check(path)
    if report.errors:
        said = report.errors[0].sentence(by.language)
        if len(report.errors) > 1:
            said += gettext(" (and %(n)s more)") % {"n": len(report.errors) - 1}
        raise Refusal(said + gettext("; nothing was published"))
    loaded = folders.read(report)
    newest = {row.service: row for row in Version.objects.order_by("number") if row.withdrawn_at is None}
    numbers = dict(Version.objects.order_by("number").values_list("service", "number"))
    made: list[Made] = []
    with journal.entry(action="catalogue.publish", by=by, at=at) as writing:
        rows = []
        for folder in loaded:
            service = folder.service
            declaration, examples, digest = folder.stored()
            old = newest.get(service.code)
            if old is not None and old.sealed and not service.sealed:
                raise Refusal(
                    gettext(
                        "%(code)s is sealed and stays so: what was done under it would be shown. Open it under another code."
                    )
                    % {"code": service.code}
                )
            if old is not None and old.digest == digest and (from_on is None or old.in_force_from == from_on):
                made.append(Made(service.code, old.number, new=False))
                continue
            number = numbers.get(service.code, 0) + 1
            since = from_on or (day if old else service.effective.from_ or dt.date(1949, 10, 1))
            rows.append(
                Version(
                    service=service.code, number=number, digest=digest, declaration=declaration, examples=examples,
                    sealed=service.sealed, in_force_from=since, published_at=at, approved_by=approved_by,
                    activated_at=at if since <= day else None, in_force_to=to_on, reason=reason.strip()[:200],
                )
            )  # fmt: skip
            made.append(Made(service.code, number, new=True))
        writing.add(rows)
        writing.say(published={row.service: row.number for row in rows})
        waiting.put_services([row.service for row in rows if row.in_force_from <= day], at=at)
    return made


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """What matching found for one service. ``amount`` is fen over all entitled, of one period."""

    service: str
    entitled: int
    unknown: int
    new: int
    lost: int
    cases_opened: int
    amount: int

    def to_json(self) -> dict[str, Any]:
        """As ``lianxin match --json`` prints it."""
        return asdict(self)


def match(
    *,
    as_of: dt.date,
    by: Actor,
    at: dt.datetime,
    services: Sequence[str] | None = None,
    persons: Sequence[int] | None = None,
    progress: Progress | None = None,
    judge: Judge = judging.candidates_of,
) -> list[ServiceResult]:
    """Judge everyone (or ``persons``) against everything in force on ``as_of``, by the engine ``judge``.

    Opens cases and notices for what is new and a review for what is lost, each chunk in one transaction with the
    verdicts it follows from: a kill loses nothing and a repeat changes nothing. A review that only such a loss opened
    closes when its subject is found again. Asks are not matched.

    All this on the day of ``at`` alone. Another day is judged and compared with what is stored, and nothing is
    written: ``new`` and ``lost`` say what would be, ``cases_opened`` is 0 (decision 26).
    """  # fmt: skip
    chosen = in_force(as_of)
    for code in services or []:
        if code not in chosen:
            raise Refusal(
                gettext("No service %(code)s is published; `lianxin catalogue publish` stores it.")
                % {"code": code[:40]}
            )
    wanted = [
        found for code, found in sorted(chosen.items())
        if (services is None or code in services) and found.service.is_matched()
    ]  # fmt: skip
    applies = as_of == clock.day(at)
    done = waiting.all_now() if applies and persons is None and services is None else ()
    run = _begun(wanted, as_of, persons, at) if applies else None
    results = []
    if persons is not None and len(persons) <= few.FEW:
        counts = few.run(wanted, as_of, persons, run=run, by=by, at=at)
        results = [ServiceResult(found.service.code, **one) for found, one in zip(wanted, counts, strict=True)]
        wanted = []
    for place, judged in enumerate(matching.judged(wanted, as_of, persons, judge=judge)):
        if progress:
            progress("match", place, len(wanted))
        counted = matching.one(judged, as_of, persons, run=run, by=by, at=at)
        results.append(ServiceResult(judged.found.service.code, **counted))
    if progress and wanted:
        progress("match", len(wanted), len(wanted))
    if run is not None:
        run.state, run.results = "done", [row.to_json() for row in results if persons is None or row.new or row.lost]
        run.save(update_fields=["state", "results"])
        waiting.done(done)
    return results


def _begun(services: Sequence[Published], day: dt.date, persons: Sequence[int] | None, at: dt.datetime) -> Run:
    return Run.objects.create(
        at=at, as_of=day, services=[found.service.code for found in services], state="running",
        persons=None if persons is None else len(persons),
    )  # fmt: skip


def match_waiting(*, by: Actor, at: dt.datetime) -> int:
    """Judge whoever waits: changed files with their kin and households, and everyone for newly published services.

    Returns how many rows were worked off. A kill loses nothing: rows go only when their people are judged. While
    another run is at work nothing is done; the next turn does it.
    """
    if Run.objects.filter(state="running", at__gt=at - RUNS_FOR).exists():
        return 0
    taken = waiting.take()
    day = clock.day(at)
    known = in_force(day)
    if taken.everyone:
        match(as_of=day, by=by, at=at)
    else:
        services = sorted(code for code in taken.services if code in known)
        if services:
            match(as_of=day, by=by, at=at, services=services)
        if taken.persons:
            match(as_of=day, by=by, at=at, persons=nearby(taken.persons))
    waiting.done(taken.rows)
    return len(taken.rows)
