"""A published number, counted again as known then, and every row that lies between it and today's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lianxin.access.models import Area
from lianxin.engine.scope import over
from lianxin.insight import actions, definitions, differences, figures, register
from lianxin.insight.models import Publication
from lianxin.insight.register import View
from lianxin.journal import actions as journal
from lianxin.outcomes.actions import Posted, post, reverse
from lianxin.people.models import Person
from tests.insight import city

THEN, LATER = dt.datetime(2023, 7, 1, tzinfo=dt.UTC), dt.datetime(2023, 9, 1, tzinfo=dt.UTC)
CITY = over("4199")
CODES = ("rows", "people", "families", "money", "pieces", "years")


def row(number: int, **more: Any) -> Posted:
    said: dict[str, Any] = {"kind": "visit", "service": "good-news", "area": city.VILLAGES[0],
                            "happened_on": dt.date(2022, 3, 1 + number % 28), "family": 100 + number}  # fmt: skip
    return Posted(**{**said, **more}, source=f"s{number}")


def publish(codes: tuple[str, ...] = CODES, area: str = "4199") -> Publication:
    values = figures.evaluate(codes=codes, from_on=dt.date(2020, 1, 1), to_on=dt.date(2023, 6, 30), area=area, scope=CITY,
                              known_at=THEN, opens=True)  # fmt: skip
    with journal.entry(action="insight.publish", by=city.BY, at=THEN) as writer:
        return writer.add([Publication(review="annual", title="甲", area=area, from_on=dt.date(2020, 1, 1),
                                       to_on=dt.date(2023, 6, 30), text="# 甲", known_at=THEN,
                                       figures={one.code: actions.kept(one) for one in values})])[0]  # fmt: skip


def found(made: Publication, code: str) -> differences.Difference:
    one = differences.of(made, code, CITY)
    assert one is not None
    return one


@pytest.mark.django_db
@pytest.mark.usefixtures("figures_catalogue")
def test_late_reversed_merged_and_moved_rows_are_named_each_with_its_reason() -> None:
    city.areas()
    Area.objects.filter(code="419901001002").update(successor="", ended_on=None)
    first, second = city.people(2)
    post(by=city.BY, at=THEN, outcomes=[row(1, person=first), row(2, person=second), row(3),
                                        row(4, area="419901001002", family=None)])  # fmt: skip
    made, county = publish(), publish(area="419901")
    post(by=city.BY, at=LATER, outcomes=[row(5, family=101)])
    reverse(sources=["s3"], by=city.BY, at=LATER, reason="drill")
    Person.objects.filter(pk=first).update(survivor_id=second, merged_at=LATER)
    Area.objects.filter(code="419901001002").update(successor="419902001001", ended_on=LATER.date())
    rows = found(made, "rows")
    assert (rows.published, rows.then, rows.now) == (4, 4, 4)
    assert rows.counts == [("late", 1, 1), ("reversed", 1, -1), ("merged", 1, 0)]
    people = found(made, "people")
    assert (people.then, people.now) == (2, 1)
    assert ("merged", 1, -1) in people.counts
    families = found(made, "families")
    assert (families.then, families.now) == (3, 2)
    assert families.counts[:2] == [
        ("late", 1, 0),
        ("reversed", 1, -1),
    ]  # the late one names a household counted already
    moved = found(county, "rows")
    assert [why for why, _, _ in moved.counts] == ["late", "reversed", "left", "merged"]
    shown, more = differences.page(rows, limit=2)
    assert [one.why for one in shown] == ["late", "reversed"]
    assert shown[0].since == shown[1].since == LATER
    assert differences.page(rows, after=more, limit=2)[1] == 0


@pytest.mark.django_db
def test_another_definition_names_the_rows_that_only_one_of_the_two_counts(figures_catalogue: Path) -> None:
    city.areas()
    post(by=city.BY, at=THEN, outcomes=[row(1), row(2, category="a"), row(3, category="a")])
    made = publish()
    city.figure(figures_catalogue, "rows", "count", "kind = 'visit' AND NOT category = 'a'", "to-date")
    definitions._load.cache_clear()
    one = found(made, "rows")
    assert one.redefined
    assert (one.published, one.then, one.now) == (3, 3, 0)  # no category says nothing: unknown
    assert one.counts == [("definition", 3, -3)]


STEPS = st.fixed_dictionaries({
    "amount": st.integers(1, 900), "quantity": st.integers(0, 4), "late": st.booleans(), "back": st.sampled_from(("", "then", "later")),
    "family": st.integers(1, 3), "person": st.integers(0, 3), "kind": st.sampled_from(("visit", "payment")),
    "category": st.sampled_from(("a", "b")), "year": st.integers(2020, 2022),
})  # fmt: skip


class NothingIsLeftOver(TestCase):
    @settings(suppress_health_check=list(HealthCheck), max_examples=15)
    @given(st.lists(STEPS, max_size=8), st.booleans())
    def test_then_and_the_rows_between_make_today(self, steps: list[dict[str, Any]], merged: bool) -> None:
        import tempfile

        from django.test import override_settings

        with override_settings(CATALOGUE=city.catalogue(Path(tempfile.mkdtemp()))):
            persons = city.people(4)
            city.areas()
            for late in (False, True):
                post(by=city.BY, at=LATER if late else THEN, outcomes=[
                    row(number, amount=one["amount"], quantity=one["quantity"], family=one["family"], kind=one["kind"],
                        person=persons[one["person"]], category=one["category"], happened_on=dt.date(one["year"], 5, 2))
                    for number, one in enumerate(steps) if one["late"] is late])  # fmt: skip
                gone = "later" if late else "then"
                reverse(by=city.BY, at=LATER if late else THEN, reason="drill", sources=[
                    f"s{number}" for number, one in enumerate(steps) if one["back"] == gone and (late or not one["late"])])  # fmt: skip
            if merged:
                Person.objects.filter(pk=persons[0]).update(survivor_id=persons[1], merged_at=LATER)
            made = publish()
            for code in CODES:
                one = found(made, code)
                assert one.then == one.published
                assert one.then + sum(adds for _, _, adds in one.counts) == one.now, (code, one.counts)
                assert one.now == View(None).select(one.definition, register.measure(one.definition), area="4199",
                                                    window=one.window)[0][0]  # fmt: skip
