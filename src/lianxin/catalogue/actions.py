"""Publish versions; match everyone against everything in force."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from lianxin.catalogue import folders, matching
from lianxin.catalogue.models import Run, Version
from lianxin.catalogue.queries import in_force
from lianxin.engine import checking, clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What publishing did with one service."""

    service: str
    number: int
    new: bool


def publish(*, path: Path, by: Actor, at: dt.datetime, approved_by: str) -> list[Made]:
    """Store a version of every service under ``path`` (a catalogue or one service folder) that changed.

    Everything is checked and its examples run first; one fault refuses the whole. The first version of a service is in
    force from its first day, later ones from the day of publication. A repeat stores nothing.
    """
    report = checking.check(path)
    if report.errors:
        said = report.errors[0].sentence(by.language)
        if len(report.errors) > 1:
            said += gettext(" (and %(n)s more)") % {"n": len(report.errors) - 1}
        raise Refusal(said + gettext("; nothing was published"))
    loaded = folders.read(report)
    newest = {row.service: row for row in Version.objects.order_by("number")}
    made: list[Made] = []
    with journal.entry(action="catalogue.publish", by=by, at=at) as writing:
        rows = []
        for folder in loaded:
            service = folder.service
            declaration = {"service": _plain(service.to_data()), "attributes": _plain(folder.attributes)}
            examples = _plain(folder.examples)
            text = json.dumps([declaration, examples], ensure_ascii=False, sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            old = newest.get(service.code)
            if old is not None and old.digest == digest:
                made.append(Made(service.code, old.number, new=False))
                continue
            number = old.number + 1 if old else 1
            since = clock.day(at) if old else service.effective.from_ or dt.date(1949, 10, 1)
            rows.append(
                Version(
                    service=service.code, number=number, digest=digest, declaration=declaration, examples=examples,
                    sealed=service.sealed, in_force_from=since, published_at=at, approved_by=approved_by,
                )
            )  # fmt: skip
            made.append(Made(service.code, number, new=True))
        writing.add(rows)
        writing.say(published={row.service: row.number for row in rows})
    return made


def _plain(data: Any) -> Any:
    """JSON-ready: days as text."""
    return json.loads(json.dumps(data, ensure_ascii=False, default=str))


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
) -> list[ServiceResult]:
    """Judge everyone (or ``persons``) against everything in force on ``as_of``.

    Opens cases and notices for what is new and a review for what is lost, each chunk in one transaction with the
    verdicts it follows from: a kill loses nothing and a repeat changes nothing. Asks are not matched.
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
    run = Run.objects.create(at=at, as_of=as_of, services=[found.service.code for found in wanted], state="running")
    results = []
    for place, judged in enumerate(matching.judged(wanted, as_of, persons)):
        if progress:
            progress("match", place, len(wanted))
        counted = matching.one(judged, as_of, persons, run=run, by=by, at=at)
        results.append(ServiceResult(judged.found.service.code, **counted))
    if progress and wanted:
        progress("match", len(wanted), len(wanted))
    run.state, run.results = "done", [row.to_json() for row in results]
    run.save(update_fields=["state", "results"])
    return results
