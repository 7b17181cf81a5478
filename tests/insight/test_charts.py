"""Charts of a review on page, paper and in Word; and numbers behind which nothing stands stop a publication."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from docx import Document

from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.insight import actions, charts, printing, queries, review
from lianxin.insight.charts import Bar
from lianxin.outcomes.actions import Posted, post
from tests.insight import city

AT = dt.datetime(2023, 7, 1, tzinfo=dt.UTC)
BY = Actor(name="甲", permissions=frozenset({"*"}), scope=over("4199"), area="4199", language="zh-hans")
PERIOD = {"from_on": dt.date(2021, 1, 1), "to_on": dt.date(2022, 12, 31), "area": "4199"}


def test_a_drawing_says_its_numbers_and_takes_no_markup() -> None:
    made = charts.svg("<b>", [Bar("<i>甲", "6 户", 6), Bar("乙", "3 户", 3)])
    assert "<b>" not in made and "<i>" not in made
    assert "6 户" in made and 'role="img"' in made
    assert charts.svg("甲", [Bar("甲", "6", 6)]) == ""
    assert charts.svg("甲", [Bar("甲", "0", 0), Bar("乙", "0", 0)]) == ""


@pytest.fixture
def town(figures_catalogue: Path) -> None:
    city.areas()
    persons = city.people(16)
    post(by=BY, at=city.AT, outcomes=[
        Posted(kind="visit", service="good-news", area=city.VILLAGES[0], person=one, family=number, source=f"s{number}",
               happened_on=dt.date(2021 + number % 2, 3, 1))
        for number, one in enumerate(persons)])  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_a_chart_is_drawn_published_as_it_was_and_a_table_in_word() -> None:
    text = "# 甲\n\n{{ figure:families }} 户。\n\n{{ chart:families }}\n"
    draft, built = actions.save_draft(code="annual", text=text, by=BY, at=AT, **PERIOD)  # type: ignore[arg-type]
    [part] = [part for part in built.parts if part.shape == "chart"]
    assert [bar.value for bar in part.bars] == [8, 8]
    assert printing.pdf(built, at=AT, code=None).startswith(b"%PDF")
    tables = Document(io.BytesIO(printing.docx(built, at=AT))).tables
    assert [cell.text for cell in tables[0].rows[0].cells] == ["2021", "8"]
    made = actions.publish(draft=draft.pk, by=BY, at=AT)
    post(by=BY, at=AT, outcomes=[Posted(kind="visit", service="good-news", area=city.VILLAGES[0], family=99, source="later",
                                        happened_on=dt.date(2022, 5, 1))])  # fmt: skip
    for language in ("zh-hans", "en"):
        [kept] = [part for part in queries.as_published(made, language) if part.shape == "chart"]
        assert [bar.value for bar in kept.bars] == [8, 8]
        assert kept.drawing


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_a_number_behind_which_nothing_stands_stops_the_publication() -> None:
    draft, _ = actions.save_draft(code="annual", text="# 甲\n\n{{ figure:open-sites }} 个。", by=BY, at=AT, **PERIOD)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="open-sites"):
        actions.publish(draft=draft.pk, by=BY, at=AT)


@pytest.mark.django_db
def test_the_shipped_review_builds_for_any_year_and_any_county() -> None:
    city.areas()
    for language in ("zh-hans", "en"):
        for area, year in (("4199", 2023), ("419901", 2021)):
            built = review.build("annual", from_on=dt.date(year, 1, 1), to_on=dt.date(year, 12, 31), area=area,
                                 scope=over("4199"), opens=True, language=language)  # fmt: skip
            assert [part.shape for part in built.parts].count("h2") == 3
            assert [part.shape for part in built.parts].count("scene") == 6
            assert len(built.values) > 45
