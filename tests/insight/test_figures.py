"""Figures against a plain count in Python over any register: reversals, merges, moved areas, any instant."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lianxin.engine import clock
from lianxin.engine.scope import over
from lianxin.insight import figures
from lianxin.insight import rows as opened
from lianxin.outcomes.actions import Posted, post, reverse
from lianxin.people.models import Person
from tests.insight import city

FOLDER = city.catalogue(Path(tempfile.mkdtemp()))
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2023, 12, 31))
ROWS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["visit", "payment", "site"]),
        "service": st.sampled_from(["good-news", "relief"]),
        "category": st.sampled_from(["", "a", "b", "c"]),
        "area": st.sampled_from([*city.VILLAGES, "4199"]),
        "person": st.one_of(st.none(), st.integers(0, 4)),
        "family": st.one_of(st.none(), st.integers(1, 3)),
        "happened_on": DAYS,
        "lasts": st.one_of(st.none(), st.integers(0, 500)),
        "quantity": st.integers(0, 3),
        "amount": st.one_of(st.none(), st.integers(0, 1000)),
        "known": st.integers(0, 5),
        "back": st.one_of(st.none(), st.integers(0, 5)),
    }
)
MERGES = st.dictionaries(st.integers(0, 3), st.tuples(st.integers(1, 4), st.integers(0, 5)), max_size=3)


def instant(step: int) -> dt.datetime:
    """Step 3 lies before the village ended, step 4 after."""
    return clock.midnight(dt.date(2019 + step, 1, 1))


class Oracle:
    """The same register as plain dicts, asked one row at a time."""

    def __init__(self, rows: list[dict[str, Any]], merges: dict[int, tuple[int, int]], persons: list[int]) -> None:
        self.rows, self.merges, self.persons = rows, merges, persons

    def seen(self, row: dict[str, Any], known: int | None) -> dict[str, Any] | None:
        """The row as known at a step, or None."""
        if known is not None and row["known"] > known:
            return None
        if row["back"] is not None and (known is None or max(row["back"], row["known"]) <= known):
            return None
        moved = row["area"] == "419901001002" and (known is None or instant(known).date() >= dt.date(2022, 6, 1))
        person = row["person"]
        while person in self.merges and (known is None or self.merges[person][1] <= known):
            person = self.merges[person][0]
        ended = None if row["lasts"] is None else row["happened_on"] + dt.timedelta(days=row["lasts"])
        return {**row, "area": "419902001001" if moved else row["area"], "person": person, "ended_on": ended}

    def value(self, code: str, from_on: dt.date, to_on: dt.date, area: str, known: int | None) -> int:
        """The number, by brute force."""
        measure, _, period = city.FIGURES[code]
        start, _, end = period.partition("..")
        begin = None if period == "to-date" else dt.date.fromisoformat(start) if start else from_on
        last = min(to_on, dt.date.fromisoformat(end)) if end else to_on
        kept = []
        for row in self.rows:
            now = self.seen(row, known)
            if now is None or not now["area"].startswith(area) or now["happened_on"] > last:
                continue
            if measure == "count open":
                if now["ended_on"] is not None and now["ended_on"] <= last:
                    continue
            elif begin and now["happened_on"] < begin:
                continue
            if HOLDS[code](now):
                kept.append(now)
        if measure == "sum amount":
            return sum(row["amount"] or 0 for row in kept)
        if measure == "sum quantity":
            return sum(row["quantity"] for row in kept)
        if measure in ("count", "count open"):
            return len(kept)
        key = measure.split()[-1]
        values = {row["happened_on"].year if key == "year" else row[key] for row in kept}
        return len(values - {None, ""})


HOLDS: dict[str, Any] = {
    "rows": lambda row: row["kind"] == "visit",
    "people": lambda row: row["kind"] in ("visit", "payment"),
    "families": lambda row: row["service"] == "good-news" and row["kind"] == "visit",
    "years": lambda row: row["kind"] == "payment",
    "categories": lambda row: row["quantity"] >= 2,
    "open-sites": lambda row: row["kind"] == "site",
    "money": lambda row: row["kind"] == "payment" and row["category"] in ("a", "b"),
    "pieces": lambda row: row["category"] not in ("", "a") and row["happened_on"] != dt.date(2021, 6, 1),
    "early": lambda row: row["ended_on"] is None and ((row["amount"] or 0) > 500 or row["person"] is not None),
}


@override_settings(CATALOGUE=FOLDER)
class FiguresAreCounts(TestCase):
    def build(self, rows: list[dict[str, Any]], merges: dict[int, tuple[int, int]]) -> Oracle:
        """The register by the product's own doors."""
        city.areas()
        persons = city.people(5)
        merges = {one: (into, step) for one, (into, step) in merges.items() if into > one}  # no circles
        for one, (into, step) in merges.items():
            Person.objects.filter(pk=persons[one]).update(survivor_id=persons[into], merged_at=instant(step))
        for number, row in enumerate(rows):
            ended = None if row["lasts"] is None else row["happened_on"] + dt.timedelta(days=row["lasts"])
            given = {key: row[key] for key in ("kind", "service", "category", "area", "family", "quantity", "amount")}
            person = None if row["person"] is None else persons[row["person"]]
            made = Posted(**given, person=person, happened_on=row["happened_on"], ended_on=ended, source=f"s{number}")
            post(outcomes=[made], by=city.BY, at=instant(row["known"]))
            if row["back"] is not None:
                later = max(row["back"], row["known"])
                reverse(sources=[f"s{number}"], by=city.BY, at=instant(later), reason="drill")
        return Oracle(rows, merges, persons)

    @given(
        st.lists(ROWS, max_size=12), MERGES, DAYS, DAYS, st.sampled_from(["4199", "419901", "419902001"]),
        st.one_of(st.none(), st.integers(0, 5)),
    )  # fmt: skip
    def test_every_figure_is_the_plain_count(
        self, rows: list[dict[str, Any]], merges: dict[int, tuple[int, int]], one: dt.date, two: dt.date, area: str,
        known: int | None,
    ) -> None:  # fmt: skip
        oracle = self.build(rows, merges)
        from_on, to_on = min(one, two), max(one, two)
        known_at = None if known is None else instant(known)
        found = figures.evaluate(
            codes=list(HOLDS),
            from_on=from_on,
            to_on=to_on,
            area=area,
            scope=over("4199"),
            known_at=known_at,
            opens=True,
        )
        said = {value.code: value.value for value in found}
        assert said == {code: oracle.value(code, from_on, to_on, area, known) for code in HOLDS}
        for value in found:
            self.opens_onto(value, from_on, to_on, known_at)

    def opens_onto(
        self, value: figures.FigureValue, from_on: dt.date, to_on: dt.date, known_at: dt.datetime | None
    ) -> None:
        """The rows behind a number make it up, page by page, and its parts add up where parts can."""
        full = figures.figure(
            code=value.code, from_on=from_on, to_on=to_on, area=value.area, scope=over("4199"), known_at=known_at,
            opens=True,
        )  # fmt: skip
        assert full.value == value.value
        if value.definition.kind != "distinct":
            assert sum(cell.value or 0 for cell in full.by_area) == value.value
            assert sum(cell.value or 0 for cell in full.by_year) == value.value
        found: list[opened.Opened] = []
        after = ""
        while True:
            page = opened.page(value, scope=over("4199"), after=after, limit=5)
            found += page.rows
            if not page.next:
                break
            after = page.next
        assert len({row.id for row in found}) == len(found) == value.rows
        kind = value.definition.kind
        if kind == "amount":
            assert sum(row.amount or 0 for row in found) == value.value
        elif kind == "quantity":
            assert sum(row.quantity for row in found) == value.value
        elif kind == "distinct":
            assert len({row.counted for row in found} - {None}) == value.value
        else:
            assert len(found) == value.value
