"""Services against everyone: judge in columns, compare with what is stored, write only what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from lianxin.catalogue.facts import facts_of, provided, with_provided
from lianxin.catalogue.models import Run, Verdict
from lianxin.catalogue.queries import Published
from lianxin.engine import effects, judging
from lianxin.engine.distributed import Judge
from lianxin.engine.facts import VOCABULARY, Fact
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import dated as files
from lianxin.people import identities

CHUNK = 4000
OPENS = {"confirm", "automatic"}


@dataclass(frozen=True, slots=True)
class Judged:
    """Whom one service entitles, or might: what :func:`judging.candidates_of` found, with area and event of each."""

    found: Published
    verdicts: Any


def judged(
    services: Sequence[Published], day: dt.date, persons: Sequence[int] | None, *, judge: Judge = judging.candidates_of
) -> list[Judged]:
    """Judge ``services`` for everyone (or ``persons`` and their households): the facts of a kind of subject are read
    once, and all its services judged in one pass over them, by the engine ``judge``."""
    answers: dict[str, Judged] = {}
    read = files.Asked(day) if persons is None else None  # what was read of persons serves their households too
    for subject in dict.fromkeys(found.service.subject for found in services):
        mine = [found for found in services if found.service.subject == subject]
        frame, asked = facts_for(mine, subject, day, subjects_of(subject, persons), read=read)
        for found, one, verdicts in zip(mine, asked, judge(asked, frame, day), strict=True):
            answers[found.service.code] = Judged(found, _placed(one, verdicts, frame))
    return [answers[found.service.code] for found in services]


def subjects_of(subject: str, persons: Sequence[int] | None) -> Sequence[int] | None:
    """Whom to judge where it is about ``persons``: themselves, or their households. None is everyone."""
    if persons is None or subject == "person":
        return persons
    return sorted(identities.families_of(persons)) if subject == "family" else []


def facts_for(
    services: Sequence[Published], subject: str, day: dt.date, ids: Sequence[int] | None, *,
    also: Sequence[str] = (), read: files.Asked | None = None,
) -> tuple[Any, list[judging.Asked]]:  # fmt: skip
    """The facts that ``services`` look at, and ``also`` some; what is known of a service itself stands in columns of its
    own. ``read`` keeps what was read of the files, where more is asked of the same day afterwards."""
    outside = provided()
    known: dict[str, Fact] = {code: VOCABULARY[code] for code in also}
    codes: dict[str, None] = dict.fromkeys(("residence", *also))
    for found in services:
        known |= found.service.facts
        codes |= dict.fromkeys(looked_at(found))
    frame = facts_of(
        subject=subject,
        codes=[code for code in codes if code not in outside],
        day=day,
        service="",
        ids=ids,
        known=known,
        asked=read,
    )
    asked = []
    for found in services:
        code = found.service.code
        named = {fact: f"{fact} of {code}" for fact in looked_at(found) if fact in outside}
        absent = {fact: name for fact, name in named.items() if name not in frame.columns}  # two versions ask it once
        frame = with_provided(frame, list(absent), day=day, service=code, ids=ids, subject=subject, named=absent)
        asked.append(judging.Asked(found.service, named))
    return frame, asked


@lru_cache(maxsize=512)
def looked_at(found: Published) -> tuple[str, ...]:
    """The facts of its verdicts, and its event."""
    return (*found.facts, *([found.service.event] if found.service.event else []))


def _placed(asked: judging.Asked, verdicts: Any, frame: Any) -> Any:
    import polars as pl

    service = asked.service
    event = pl.col(asked.column(service.event)) if service.event else pl.lit(None, pl.Date)
    beside = frame.select("id", pl.col("residence").fill_null("").alias("area"), event.alias("event_on"))
    return verdicts.join(beside, on="id", how="left").select(
        pl.col("id").alias("subject"),
        pl.when(pl.col("verdict") == "entitled").then(pl.lit("E")).otherwise(pl.lit("U")).alias("verdict"),
        "amount",
        pl.col("missing").str.slice(0, 200).alias("missing"),
        "area",
        "event_on",
    )


def one(
    judged: Judged, day: dt.date, persons: Sequence[int] | None, *, run: Run | None, by: Actor, at: dt.datetime
) -> dict[str, int]:
    """Store what changed for one service; returns the counts of the result row. Without a ``run`` nothing is stored."""
    import polars as pl

    found, now = judged.found, judged.verdicts
    service = found.service
    stored = _stored(service.code, subjects_of(service.subject, persons))
    both = now.join(stored, on="subject", how="left", suffix="_was")
    entitled = pl.col("verdict") == "E"
    was = (pl.col("verdict_was") == "E").fill_null(False)
    moved = pl.col("event_on").is_not_null() & pl.col("event_on").ne_missing(pl.col("event_on_was"))
    differs = (
        pl.col("verdict").ne_missing(pl.col("verdict_was"))
        | pl.col("amount").ne_missing(pl.col("amount_was"))
        | pl.col("missing").ne_missing(pl.col("missing_was"))
        | pl.col("area").ne_missing(pl.col("area_was"))
        | moved
        | (pl.col("version").ne_missing(found.version_id))
    )
    changed = both.with_columns((entitled & (~was | moved)).alias("new")).filter(differs)
    gone = stored.join(now, on="subject", how="anti")
    dropped = both.filter(~entitled & was).select("subject")
    lost = pl.concat([gone.filter(pl.col("verdict") == "E").select("subject"), dropped])
    opened = 0
    if run is not None:
        if lost.height and "review-lost" in effects.handled():  # first: a kill after it finds the loss again
            effects.perform("review-lost", service=service.code, subjects=lost["subject"].to_list(), by=by, at=at)
        for rows in _chunks(changed):
            opened += store(found, rows, day, run=run, by=by, at=at)
        for start in range(0, gone.height, CHUNK):
            some = gone["subject"][start : start + CHUNK].to_list()
            with transaction.atomic():
                Verdict.objects.filter(service=service.code, subject__in=some).delete()
    totals = now.filter(pl.col("verdict") == "E")
    return {
        "entitled": totals.height,
        "unknown": now.height - totals.height,
        "new": int(changed["new"].sum() or 0),
        "lost": lost.height,
        "cases_opened": opened,
        "amount": int(totals["amount"].sum() or 0),
    }


def _stored(code: str, ids: Sequence[int] | None) -> Any:
    import polars as pl

    rows = Verdict.objects.filter(service=code)
    if ids is not None:
        rows = rows.filter(subject__in=ids)
    found = list(rows.values_list("subject", "verdict", "amount", "missing", "area", "event_on", "version_id"))
    schema = {
        "subject": pl.Int64, "verdict": pl.String, "amount": pl.Int64, "missing": pl.String, "area": pl.String,
        "event_on": pl.Date, "version": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")


def _chunks(frame: Any) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, frame.height, CHUNK):
        yield frame.slice(start, CHUNK).to_dicts()


def store(found: Published, rows: list[dict[str, Any]], day: dt.date, *, run: Run, by: Actor, at: dt.datetime) -> int:
    """Replace the verdicts of one chunk and open what is new, in one transaction."""
    service = found.service
    fresh = [row for row in rows if row["new"]]
    with transaction.atomic():
        Verdict.objects.filter(service=service.code, subject__in=[row["subject"] for row in rows]).delete()
        _insert(found, rows, day, run)
        if fresh and "review-found" in effects.handled():
            subjects = [row["subject"] for row in fresh]
            effects.perform("review-found", service=service.code, subjects=subjects, by=by, at=at)
        if not fresh or service.mode not in OPENS | {"apply"}:
            return 0
        with journal.entry(action="catalogue.match", by=by, at=at, service=service.code if service.sealed else "",
                           run=f"match-{run.pk}", said=service.code, new=len(fresh)) as writing:  # fmt: skip
            if service.mode not in OPENS:
                _tell(found, fresh, by=by, at=at, writer=writing)
                return 0
            openings = [_opening(found, row) for row in fresh]
            opened: int = effects.perform("open-cases", openings=openings, by=by, at=at, writer=writing)
            return opened


def _insert(found: Published, rows: list[dict[str, Any]], day: dt.date, run: Run) -> None:
    columns = "service, subject, area, verdict, amount, missing, version_id, since, event_on, run_id"
    values = [
        (
            found.service.code, row["subject"], row["area"], row["verdict"], row["amount"], row["missing"],
            found.version_id, day, row["event_on"], run.pk,
        )
        for row in rows
    ]  # fmt: skip
    marks = ", ".join(["%s"] * 10)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {Verdict._meta.db_table} ({columns}) VALUES ({marks})", values)


def _opening(found: Published, row: dict[str, Any]) -> Opening:
    person = found.service.subject == "person"
    return Opening(
        service=found.service.code, version=found.version_id,
        person=row["subject"] if person else None, family=None if person else row["subject"],
        area=row["area"], event_on=row["event_on"], amount=row["amount"], proposed=found.service.mode == "confirm",
    )  # fmt: skip


def _tell(found: Published, rows: list[dict[str, Any]], *, by: Actor, at: dt.datetime, writer: Any) -> None:
    """Tell people that they may apply; sealed services tell nobody."""
    from lianxin.notices.actions import Message, send

    if found.service.sealed or found.service.subject != "person":
        return
    name = {"zh": str(found.service.name.zh), "en": str(found.service.name.en)}
    notices = [
        Message(person=row["subject"], template="you-may-apply", given={"service": name}, service=found.service.code,
                area=row["area"])
        for row in rows
    ]  # fmt: skip
    send(notices=notices, by=by, at=at, writer=writer)
