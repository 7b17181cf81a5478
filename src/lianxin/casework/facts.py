"""Facts that live here: how often and when a subject received the service judged, and whether a case is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q

from lianxin.casework.models import Case
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock
from lianxin.engine.effects import provides
from lianxin.outcomes.models import Outcome
from lianxin.people import dated, identities
from lianxin.people.models import Person

if TYPE_CHECKING:
    import polars as pl

# An application is under way in these states; what is only proposed, or stands, is not "open".
STANDS = "standing"
OPEN = ("open", "waiting", "publicised", "underway")


@provides("casework", "received_count", "days_since_received", "open_case")
def of_service(
    *, ids: Sequence[int] | None, day: dt.date, service: str, subject: str = "person",
    codes: Sequence[str] = ("received_count", "days_since_received", "open_case"), **_: Any,
) -> pl.DataFrame:  # fmt: skip
    """A frame ``id`` + ``codes`` for subjects that have any row; the absent are 0, unknown and false.

    ``received_count`` counts unreversed deliveries of the service in the register on or before ``day``, over the
    service's ``per``: for ``family`` each member counts what the household received. Merged files count as one.
    """
    import polars as pl

    asked = None if ids is None else pl.DataFrame({"id": list(ids)}, {"id": pl.Int64})
    frames = []
    if {"received_count", "days_since_received"} & set(codes):
        frames.append(_received(day, service, subject, asked))
    if "open_case" in codes:
        frames.append(_open(day, service, subject, asked))
    empty = pl.DataFrame(schema={"id": pl.Int64})
    found = frames[0] if frames else empty
    for more in frames[1:]:
        found = found.join(more, on="id", how="full", coalesce=True)
    return found.select("id", *codes)


def of_one(*, services: Sequence[str], kind: str, subject: int, day: dt.date) -> dict[str, dict[str, Any]]:
    """What :func:`of_service` says of one subject, for many services at once: two queries or three, however many."""
    chosen = in_force(day)
    persons = _subjects_of_one(subject) if kind == "person" else []
    family: int | None = subject
    if kind != "family":
        family = next(iter(Person.objects.filter(pk=subject).values_list("family_id", flat=True)), None)
    end = clock.midnight(day + dt.timedelta(days=1))
    side = Q(family=subject) if kind == "family" else Q(person__in=persons)
    rows = Case.objects.filter(side, service__in=services, opened_at__lt=end)
    under_way = set(rows.filter(Q(state__in=OPEN) | Q(closed_at__gte=end)).values_list("service", flat=True))
    mine = Q(family=family) if kind == "family" else Q(person__in=persons) | Q(family=family, family__isnull=False)
    given = Outcome.objects.filter(
        mine, service__in=services, happened_on__lte=day, reverses__isnull=True, reversals__isnull=True
    ).values_list("service", "kind", "person", "family", "quantity", "happened_on")
    counted = dict.fromkeys(services, (0, dt.date.min))
    for code, what, person, home, quantity, on in given:
        found = chosen.get(code)
        whole = kind == "family" or (found is not None and found.service.per == "family")
        wanted = _counted_kind(found)
        if (home == family if whole else person in persons) and wanted in ("", what):
            counted[code] = (counted[code][0] + int(quantity), max(counted[code][1], on))
    return {
        code: {"received_count": count, "days_since_received": (day - last).days if last > dt.date.min else None,
               "open_case": code in under_way}
        for code, (count, last) in counted.items()
    }  # fmt: skip


def of_some(
    *, services: Sequence[str], kind: str, subjects: Sequence[int], day: dt.date
) -> dict[tuple[str, int], dict[str, Any]]:
    """What :func:`of_service` says of a few subjects, for many services at once: four queries, however many."""
    chosen = in_force(day)
    persons, homes = _files_of(subjects) if kind == "person" else ({}, {one: one for one in subjects})
    families = set(homes.values())
    end = clock.midnight(day + dt.timedelta(days=1))
    side = Q(family__in=families) if kind == "family" else Q(person__in=persons)
    rows = Case.objects.filter(side, service__in=services, opened_at__lt=end)
    open_ = rows.filter(Q(state__in=OPEN) | Q(closed_at__gte=end)).values_list("service", "person", "family")
    under_way = {(code, family if kind == "family" else persons.get(person or 0)) for code, person, family in open_}
    mine = Q(family__in=families) if kind == "family" else Q(person__in=persons) | Q(family__in=families)
    given = Outcome.objects.filter(
        mine, service__in=services, happened_on__lte=day, reverses__isnull=True, reversals__isnull=True
    ).values_list("service", "kind", "person", "family", "quantity", "happened_on")
    counted: dict[tuple[str, int], tuple[int, dt.date]] = {}
    for code, what, person, home, quantity, on in given:
        found = chosen.get(code)
        whole = kind == "family" or (found is not None and found.service.per == "family")
        whose = [one for one, family in homes.items() if family == home] if whole else [persons.get(person or 0)]
        if _counted_kind(found) in ("", what):
            for one in whose:
                if one is not None:
                    count, last = counted.get((code, one), (0, dt.date.min))
                    counted[code, one] = (count + int(quantity), max(last, on))
    made = {}
    for code in services:
        for one in subjects:
            count, last = counted.get((code, one), (0, dt.date.min))
            made[code, one] = {
                "received_count": count, "days_since_received": (day - last).days if last > dt.date.min else None,
                "open_case": (code, one) in under_way,
            }  # fmt: skip
    return made


def _files_of(subjects: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Every file of these persons → the one that stands for it; and the household of each that has one."""
    merged = dict(Person.objects.filter(survivor__in=subjects).values_list("pk", "survivor_id"))
    homes = dict(Person.objects.filter(pk__in=subjects, family__isnull=False).values_list("pk", "family_id"))
    return {**{one: one for one in subjects}, **merged}, homes


def _subjects_of_one(person: int) -> list[int]:
    return [person, *Person.objects.filter(survivor=person).values_list("pk", flat=True)]


def _received(day: dt.date, service: str, subject: str, asked: Any) -> Any:
    import polars as pl

    published = in_force(day).get(service)
    per = published.service.per if published else "person"
    side = "family" if subject == "family" or per == "family" else "person"
    kind = _counted_kind(published)
    some = None if asked is None or asked.height > 500 else _subjects(asked, subject, side)
    frame = _given(day, service, side, kind, some)
    if side == "person":
        merged = identities.survivors()
        if merged:
            frame = frame.with_columns(pl.col("id").replace(merged))
    frame = frame.group_by("id").agg(pl.col("n").sum(), pl.col("last").max())
    if side == "family" and subject == "person":
        members = _members(asked)
        frame = members.join(frame.rename({"id": "family"}), on="family", how="inner").drop("family")
    if asked is not None:
        frame = frame.join(asked, on="id", how="semi")
    return frame.select(
        "id", pl.col("n").alias("received_count"),
        (pl.lit(day) - pl.col("last")).dt.total_days().cast(pl.Int64).alias("days_since_received"),
    )  # fmt: skip


def _counted_kind(published: Any) -> str:
    """The kind of delivery that counts: money where the service pays, else its last delivery; where it delivers once,
    whatever the register calls it (a plaque that a ledger of past years names, and one that was put on record here)."""
    if published is None:
        return ""
    if published.service.amount is not None:
        return "payment"
    last = [step.as_ for step in published.service.route if step.step == "deliver"]
    if len(last) == 1:
        return ""
    kind = str(last[-1]) if last else ""
    return kind if kind not in {"file", "none"} else "record"


def _given(day: dt.date, service: str, side: str, kind: str, some: list[int] | None) -> Any:
    """Unreversed deliveries, straight from the register: ``id`` of whom, ``n`` how many, ``last`` on which day."""
    table = Outcome._meta.db_table
    where = f"o.service = %s AND o.happened_on <= %s AND o.reverses_id IS NULL AND o.{side} IS NOT NULL"
    given: list[Any] = [service, connection.ops.adapt_datefield_value(day)]
    if kind:
        where += " AND o.kind = %s"
        given.append(kind)
    if some is not None:
        where += f" AND o.{side} IN ({', '.join(['%s'] * len(some)) or 'NULL'})"
        given += some
    where += f" AND o.id NOT IN (SELECT reverses_id FROM {table} WHERE reverses_id IS NOT NULL)"
    columns = [("id", f"o.{side}", "int"), ("n", "o.quantity", "int"), ("last", dated.days("o.happened_on"), "date")]
    plain = "NOT INDEXED" if some is None and _is_most(table, service) else ""
    return dated.select(columns, f"FROM {table} o {plain} WHERE {where}", given, few=some is not None)


def _is_most(table: str, service: str) -> bool:
    """Whether a service has so many of the register's rows that SQLite had better read all in their order than look each
    up through the index (three times as fast for half of 350,000 rows)."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT COUNT(*) FROM {table} WHERE service = %s) * 5 > (SELECT MAX(id) FROM {table})", [service]
        )
        return bool((cursor.fetchone() or (0,))[0])


def _subjects(asked: Any, subject: str, side: str) -> list[int]:
    ids = asked["id"].to_list()
    if side == "family" and subject == "person":
        return [one for one in _members(asked)["family"].unique().to_list() if one is not None]
    if side == "person":
        into = set(ids)
        return sorted(into | {old for old, new in identities.survivors().items() if new in into})
    return [int(one) for one in ids]


def _members(asked: Any) -> Any:
    """Who lives in which household: ``id`` and ``family``."""
    import polars as pl

    rows = Person.objects.filter(family__isnull=False)
    if asked is not None and asked.height <= 500:
        rows = rows.filter(pk__in=asked["id"].to_list())
    found = list(rows.values_list("pk", "family_id"))
    return pl.DataFrame(found, schema={"id": pl.Int64, "family": pl.Int64}, orient="row")


def _open(day: dt.date, service: str, subject: str, asked: Any) -> Any:
    import polars as pl

    end = clock.midnight(day + dt.timedelta(days=1))
    side = "family_id" if subject == "family" else "person_id"
    rows = Case.objects.filter(service=service, opened_at__lt=end, **{f"{side}__isnull": False})
    if asked is not None and asked.height <= 500:
        rows = rows.filter(**{f"{side}__in": asked["id"].to_list()})
    found = {
        pk for pk, state, closed in rows.values_list(side, "state", "closed_at")
        if state in OPEN or (closed is not None and closed >= end)
    }  # fmt: skip
    return pl.DataFrame(
        {"id": sorted(found), "open_case": [True] * len(found)}, {"id": pl.Int64, "open_case": pl.Boolean}
    )


@provides("casework-standing", "regular_benefit", "confirm_due_on")
def of_standing(
    *, ids: Sequence[int] | None, day: dt.date, codes: Sequence[str], subject: str = "person", **_: Any
) -> pl.DataFrame:
    """Who draws a regular allowance on ``day``, and the last day on which a full year of it was reached.

    The yearly confirmation of regular payees (军人抚恤优待条例 第八条) is spread over the year by the day it began.
    """
    import polars as pl

    rows = Case.objects.filter(state=STANDS, amount__isnull=False, stands_from__lte=day, person__isnull=False)
    if subject != "person":
        rows = rows.none()
    if ids is not None and len(ids) <= 500:
        rows = rows.filter(person__in=list(ids))
    began = list(rows.exclude(stands_to__lt=day).values_list("person_id", "stands_from"))
    if not began:
        return pl.DataFrame(schema={"id": pl.Int64, "regular_benefit": pl.Boolean, "confirm_due_on": pl.Date})
    schema = {"id": pl.Int64, "from": pl.Date}
    frame = pl.DataFrame(began, schema=schema, orient="row").group_by("id").agg(pl.col("from").min())
    years = pl.lit(day.year) - pl.col("from").dt.year()
    this = pl.col("from").dt.offset_by(pl.format("{}y", years))
    due = pl.when(this <= day).then(this).otherwise(pl.col("from").dt.offset_by(pl.format("{}y", years - 1)))
    return frame.select(
        "id", pl.lit(value=True).alias("regular_benefit"),
        pl.when(due > pl.col("from")).then(due).alias("confirm_due_on"),
    ).select("id", *codes)  # fmt: skip
