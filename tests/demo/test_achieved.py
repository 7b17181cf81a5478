"""The past that the review counts of the whole city: the seed text's own numbers come out of the recipe's rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from lianxin.demo import achieved, past_achieved, past_counted, recipe
from lianxin.demo.city import Past
from lianxin.engine.scope import Actor, over
from lianxin.insight import figures
from lianxin.outcomes import attesting
from lianxin.outcomes.actions import import_outcomes, post
from lianxin.outcomes.posted import Posted

AT = dt.datetime(2026, 11, 30, 2, tzinfo=dt.UTC)
OPERATOR = Actor(account=1, permissions=frozenset({"*"}), scope=over("4199"), area="4199")
OTHER = Actor(account=2, permissions=frozenset({"*"}), scope=over("4199"), area="4199")
WHOLE = {
    "titles-nation": 6, "titles-province": 8, "venue-kinds": 5, "five-tens": 5, "highlight-kinds": 5, "parks": 6,
    "streets": 9, "chosen-firms": 10, "hero-checkups": 31, "children-invited": 206, "child-event-minutes": 75,
    "enlistment-years": 6, "officers-placed": 86, "soldiers-placed": 856, "projects-province": 1, "projects-nation": 1,
    "stations-rated": 3, "eye-care-years": 2, "eye-care": 3060, "cataract-surgeries": 53, "spouses-placed": 19,
    "school-seats": 282, "plaques": 164, "pairs-province": 15, "bus-lines": 3, "defence-firms": 5, "pairs-nation": 1,
    "units-province": 1, "dual-communities": 1, "chiefs-meetings": 2, "aid-army-yuan": 406_000_000,
    "aid-local-yuan": 203_000_000, "aid-projects": 16, "aid-road-km": 35, "anniversary-lectures": 1,
    "collective-merits": 1, "group-meetings": 4, "group-documents": 2, "covenants": 1, "service-years": 1, "creations": 3,
    "counties-with-stations": 6, "counties-with-shops": 6, "persons-honoured-nation": 4, "persons-honoured-province": 3,
}  # fmt: skip


@pytest.mark.django_db
def test_the_citys_numbers_come_out_by_counting(tmp_path: Path) -> None:
    for path in (
        past_achieved.write(tmp_path, [Past()], dt.date(2026, 11, 30)),
        past_counted.write(tmp_path, recipe.HOLDERS),
    ):
        assert import_outcomes(path=path, by=OPERATOR, at=AT).refused == []
    made = attesting.attest(achievements=achieved.attested(), by=OPERATOR, at=AT)
    attesting.rule(attestations=[one.pk for one in made], agreed=True, by=OTHER, at=AT)
    found = figures.evaluate(codes=list(WHOLE), from_on=dt.date(2026, 1, 1), to_on=dt.date(2026, 11, 30), area="4199",
                             scope=over("4199"), opens=True)  # fmt: skip
    assert {one.code: one.value for one in found} == WHOLE


def test_the_chosen_are_persons_each_once() -> None:
    numbers = [(f"{place:018d}", f"41990200100{place % 9}") for place in range(400)]
    past = Past(subsidies=[(one, home, 3) for one, home in numbers], spouses=[(one, home, True) for one, home in numbers],
                asks=[(one, "H", home) for one, home in numbers])  # fmt: skip
    rows = list(past_achieved._chosen([past]))
    held = Counter((row[2], row[7]) for row in rows if row[7])
    assert set(held.values()) == {1}
    assert Counter(row[2] for row in rows) == {"selection-veteran": 60, "selection-supporter": 40, "selection-spouse": 30,
                                               "selection-firm": 10}  # fmt: skip


@pytest.mark.django_db
def test_a_closed_park_and_a_row_of_another_kind_do_not_count() -> None:
    row = {"kind": "site", "service": "highlight-site", "category": "park", "area": "4199"}
    post(by=OPERATOR, at=AT, outcomes=[
        Posted(**row, happened_on=dt.date(2020, 1, 1), source="a"),
        Posted(**row, happened_on=dt.date(2020, 1, 1), ended_on=dt.date(2021, 1, 1), source="b"),
        Posted(**{**row, "category": "street"}, happened_on=dt.date(2020, 1, 1), source="c")])  # fmt: skip
    [value] = figures.evaluate(codes=["parks"], from_on=None, to_on=dt.date(2023, 1, 1), area="4199", scope=over("4199"),
                               opens=True)  # fmt: skip
    assert value.value == 1
