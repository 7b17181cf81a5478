"""What can be subtracted from what: never fewer people than the threshold, for whoever may not open the rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import over
from lianxin.insight import actions, apart, figures
from lianxin.insight.register import Window
from lianxin.outcomes.actions import post, reverse
from lianxin.outcomes.posted import Posted
from tests.insight import city
from tests.insight.test_review import WRITER

SMALL = 5
PEOPLE = st.lists(st.sets(st.integers(1, 12), max_size=8), max_size=24)


@given(PEOPLE)
def test_between_any_two_days_stand_nobody_or_enough(people):
    marks = [-1, *apart.ends(people), len(people) - 1]
    for place, one in enumerate(marks):
        for other in marks[place + 1 :]:
            between = set().union(*people[one + 1 : other + 1])
            assert len(between) == 0 or len(between) >= SMALL or between == set().union(*people)


@given(st.lists(st.sets(st.integers(1, 30), min_size=SMALL, max_size=12), min_size=1, max_size=12))
def test_where_every_month_has_enough_people_every_month_may_end(people):
    assert apart.ends(people) == list(range(len(people)))


def register(days: list[tuple[dt.date, int, str]]) -> None:
    post(by=city.BY, at=city.AT, outcomes=[
        Posted(kind="visit", service="good-news", area=area, happened_on=day, source=f"v:{place}", person=who)
        for place, (day, who, area) in enumerate(days)
    ])  # fmt: skip


@pytest.fixture
def town(db: None, figures_catalogue: Path) -> list[int]:
    folder = figures_catalogue / "reviews"
    folder.mkdir()
    (folder / "annual.md").write_text("# 综述\n\n{{ figure:people }}\n", "utf-8")
    city.areas()
    return city.people(40)


def shown(to_on: dt.date, area: str = "4199", from_on: dt.date | None = None) -> figures.FigureValue:
    return figures.evaluate(codes=["people"], from_on=from_on, to_on=to_on, area=area, scope=over("4199"),
                            override=from_on is not None)[0]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.tuples(st.dates(dt.date(2021, 1, 1), dt.date(2021, 12, 31)), st.integers(0, 39)), min_size=5,
                max_size=40), st.lists(st.dates(dt.date(2021, 1, 1), dt.date(2022, 2, 1)), min_size=2, max_size=5))  # fmt: skip
def test_no_two_periods_differ_by_too_few_people(town, visits, ends):
    from lianxin.outcomes.models import Outcome

    Outcome.objects.all()._raw_delete("default")
    register([(day, town[who], city.VILLAGES[0]) for day, who in visits])
    windows = [one.window for one in (shown(end) for end in ends) if not one.hidden]
    whole = Window(None, dt.date(2026, 1, 1))
    for one in [*windows, whole]:
        for other in [*windows, whole]:
            low, high = sorted((one.to_on, other.to_on))
            between = {who for day, who in visits if low < day <= high}
            everybody = {who for _day, who in visits}
            assert len(between) == 0 or len(between) >= SMALL or between == everybody


def test_a_period_ends_where_it_may_and_says_so(town):
    january = [(dt.date(2021, 1, 5), who, city.VILLAGES[0]) for who in town[:6]]
    register([*january, *((dt.date(2021, 2, 3), who, city.VILLAGES[0]) for who in town[6:8]),
              *((dt.date(2021, 3, 3), who, city.VILLAGES[0]) for who in town[8:20])])  # fmt: skip
    found = shown(dt.date(2021, 2, 28))
    assert (found.value, found.window.to_on) == (6, dt.date(2021, 1, 31))
    assert shown(dt.date(2021, 3, 31)).value == 20
    exact = figures.evaluate(codes=["people"], from_on=None, to_on=dt.date(2021, 2, 28), area="4199",
                             scope=over("4199"), opens=True)[0]  # fmt: skip
    assert exact.value == 8


def test_an_area_hidden_beside_others_is_hidden_alone(town):
    day = dt.date(2021, 1, 5)
    register(
        [*((day, who, city.VILLAGES[0]) for who in town[:9]), *((day, who, city.VILLAGES[3]) for who in town[9:12])]
    )
    assert shown(dt.date(2026, 1, 1)).value == 12
    assert shown(dt.date(2026, 1, 1), "419902").hidden == "small"
    assert shown(dt.date(2026, 1, 1), "419901").hidden == "small"  # 12 - 9 would tell the other
    alone = figures.evaluate(
        codes=["people"], from_on=None, to_on=dt.date(2026, 1, 1), area="419901", scope=over("419901")
    )
    assert alone[0].value == 9  # whoever does not see the whole cannot subtract


def review(to_on: dt.date, at: dt.datetime):
    draft, _ = actions.save_draft(code="annual", from_on=dt.date(2021, 1, 1), to_on=to_on, area="4199",
                                  text="# 综述\n\n{{ figure:people }}\n", by=WRITER, at=at)  # fmt: skip
    return actions.publish(draft=draft.pk, by=WRITER, at=at)


def test_a_report_that_beside_the_last_tells_of_few_is_not_published(town):
    register([*((dt.date(2021, 1, 5), who, city.VILLAGES[0]) for who in town[:9]),
              *((dt.date(2021, 3, 5), who, city.VILLAGES[0]) for who in town[9:11]),
              *((dt.date(2021, 5, 5), who, city.VILLAGES[0]) for who in town[11:20])])  # fmt: skip
    review(dt.date(2021, 1, 31), city.AT)
    later = city.AT + dt.timedelta(days=1)
    with pytest.raises(Refusal):
        review(dt.date(2021, 3, 31), later)
    assert review(dt.date(2021, 5, 31), later).figures["people"]["value"] == 20


def test_a_report_corrected_by_few_people_is_not_published_again(town):
    register([(dt.date(2021, 1, 5), who, city.VILLAGES[0]) for who in town[:9]])
    review(dt.date(2021, 1, 31), city.AT)
    later = city.AT + dt.timedelta(days=1)
    reverse(sources=["v:0"], by=city.BY, at=later, reason="posted twice")
    with pytest.raises(Refusal):
        review(dt.date(2021, 1, 31), later)


def test_the_shortest_run_of_years_around_a_period():
    years = [Window(dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2020, 2021, 2022, 2023)]
    asked = Window(dt.date(2021, 6, 1), dt.date(2022, 5, 31))
    assert apart._around(asked, years) == Window(dt.date(2021, 1, 1), dt.date(2022, 12, 31))
    assert apart._around(asked, [years[0], years[1], years[3]]) is None  # the second half is told nowhere
    assert apart._around(Window(None, dt.date(2022, 5, 31)), years) is None
