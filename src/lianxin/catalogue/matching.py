"""One service against everyone: judge in columns, compare with what is stored, write only what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from lianxin.catalogue.models import Run, Verdict
from lianxin.catalogue.queries import Published, facts_of
from lianxin.engine import effects, judging
from lianxin.engine.facts import Fact
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

CHUNK = 4000
OPENS = {"confirm", "automatic"}


class Frames:
    """The facts of everyone on one day, read once for all services of a subject kind."""

    def __init__(self, day: dt.date, ids: Sequence[int] | None) -> None:
        self.day = day
        self.ids = ids
        self._codes: dict[str, list[str]] = {}
        self._files: dict[str, Any] = {}
        self._known: dict[str, Fact] = {}

    def need(self, services: Sequence[Published]) -> None:
        """Say which facts will be asked for, so that the dated tables are read once."""
        for found in services:
            self._known.update(found.service.facts)
            known = self._codes.setdefault(found.service.subject, [])
            area = "residence"
            for code in (*found.facts, area, *([found.service.event] if found.service.event else [])):
                if code not in known:
                    known.append(code)

    def of(self, found: Published) -> Any:
        """The frame to judge ``found`` over."""
        from lianxin.catalogue.queries import _provided, _with_provided

        subject = found.service.subject
        if subject not in self._files:
            outside = _provided()
            codes = [code for code in self._codes[subject] if code not in outside]
            self._files[subject] = facts_of(
                subject=subject, codes=codes, day=self.day, service="", ids=self.ids, known=self._known
            )
        return _with_provided(
            self._files[subject], found.facts, day=self.day, service=found.service.code, ids=self.ids,
            subject=subject,
        )  # fmt: skip


def one(found: Published, frames: Frames, *, run: Run, by: Actor, at: dt.datetime) -> dict[str, int]:
    """Judge one service and store what changed; returns the counts of the result row."""
    import polars as pl

    service = found.service
    frame = frames.of(found)
    verdicts = judging.candidates(service, frame, frames.day)
    event = pl.col(service.event).alias("event_on") if service.event else pl.lit(None, pl.Date).alias("event_on")
    now = verdicts.join(
        frame.select("id", pl.col("residence").fill_null("").alias("area"), event), on="id", how="left"
    ).select(
        pl.col("id").alias("subject"),
        pl.when(pl.col("verdict") == "entitled").then(pl.lit("E")).otherwise(pl.lit("U")).alias("verdict"),
        "amount",
        pl.col("missing").str.slice(0, 200).alias("missing"),
        "area",
        "event_on",
    )
    stored = _stored(service.code, frames.ids)
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
    for rows in _chunks(changed):
        opened += _store(found, rows, frames.day, run=run, by=by, at=at)
    for start in range(0, gone.height, CHUNK):
        some = gone["subject"][start : start + CHUNK].to_list()
        with transaction.atomic():
            Verdict.objects.filter(service=service.code, subject__in=some).delete()
    if lost.height and "review-lost" in effects.handled():
        effects.perform("review-lost", service=service.code, subjects=lost["subject"].to_list(), by=by, at=at)
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


def _store(found: Published, rows: list[dict[str, Any]], day: dt.date, *, run: Run, by: Actor, at: dt.datetime) -> int:
    """Replace the verdicts of one chunk and open what is new, in one transaction."""
    service = found.service
    fresh = [row for row in rows if row["new"]]
    with transaction.atomic():
        Verdict.objects.filter(service=service.code, subject__in=[row["subject"] for row in rows]).delete()
        _insert(found, rows, day, run)
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
    notices = [
        Message(person=row["subject"], template="you-may-apply", given={"service": found.service.code},
                service=found.service.code, area=row["area"])
        for row in rows
    ]  # fmt: skip
    send(notices=notices, by=by, at=at, writer=writer)
