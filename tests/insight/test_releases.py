"""Open data: two people, nothing about few people beside anything that went out before, versions that stay listed."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from lianxin.access.models import Account
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.engine.secrecy import Secret
from lianxin.insight import actions, releasing
from lianxin.insight.openmodels import Release
from lianxin.journal import checking
from lianxin.outcomes.actions import Posted, post, reverse
from tests.factories.access import named
from tests.insight import city

pytestmark = pytest.mark.django_db
THEN = dt.datetime(2023, 7, 1, tzinfo=dt.UTC)
BY = Actor(name="甲", permissions=frozenset({"*"}), scope=over("4199"), area="4199", language="zh")
EAST, WEST = city.VILLAGES[0], city.VILLAGES[3]  # of two counties
TERMS = """publisher: {zh: 澄川市, en: Chengchuan}
contact: {zh: 双拥办, en: the office}
licence: {zh: 注明出处, en: name the source}
from: 2021
figures: [FIGURES]
"""


def terms(folder: Path, *codes: str) -> None:
    (folder / "open-data.yaml").write_text(TERMS.replace("FIGURES", ", ".join(codes)), "utf-8")


def visits(persons: Sequence[int], area: str, year: int, name: str) -> None:
    post(by=BY, at=city.AT, outcomes=[
        Posted(kind="visit", service="good-news", area=area, person=person, happened_on=dt.date(year, 3, 1),
               source=f"{name}-{area}-{year}-{person}")
        for person in persons])  # fmt: skip


@pytest.fixture
def hands() -> tuple[Actor, Actor]:
    """Two people, each named behind their account."""
    made = [Account.objects.create(username=name, name=name) for name in ("甲", "乙")]
    named(made, city.AT)
    return replace(BY, account=made[0].pk), replace(BY, account=made[1].pk)


@pytest.fixture
def city_of_two(figures_catalogue: Path) -> list[int]:
    terms(figures_catalogue, "rows", "people", "sealed", "open-sites")
    city.areas()
    persons = city.people(60)
    visits(persons[:20], EAST, 2021, "a")
    visits(persons[:12], EAST, 2022, "a")
    visits(persons[20:40], WEST, 2021, "a")
    visits(persons[20:23], WEST, 2022, "a")  # three people
    return persons


def told(release: Release, code: str) -> dict[tuple[str, int, int], int | None]:
    [kept] = [one for one in release.content["figures"] if one["code"] == code]
    return {(cell["area"], cell["from"], cell["to"]): cell["value"] for cell in kept["cells"]}


def out(first: Actor, second: Actor, *, at: dt.datetime = THEN, to: int = 2022, replaces: int | None = None) -> Release:
    made = releasing.prepare(from_year=2021, to_year=to, by=first, at=at, replaces=replaces)
    releasing.rule(release=made.pk, verb="publish", by=second, at=at + dt.timedelta(hours=1))
    return made


def test_few_people_and_what_would_give_them_away_are_left_out(city_of_two: list[int], hands: Any) -> None:
    made = out(*hands)
    rows = told(made, "rows")
    assert rows["4199", 2021, 2022] == 55
    assert (rows["4199", 2021, 2021], rows["4199", 2022, 2022]) == (40, 15)
    assert (rows["419901", 2021, 2021], rows["419902", 2021, 2021]) == (20, 20)
    assert (rows["419901", 2022, 2022], rows["419902", 2022, 2022]) == (None, None)
    assert (rows["419901", 2021, 2022], rows["419902", 2021, 2022]) == (None, None)
    people = told(
        made, "people"
    )  # three people stand in both years of a county, so neither years nor counties say more
    assert people["4199", 2021, 2022] == 40
    assert {one["code"]: one["why"] for one in made.content["left_out"]} == {}
    altered = made.content | {"to": 2020}
    assert checking.verify().broken is None
    Release.objects.filter(pk=made.pk).update(content=altered)
    assert checking.verify().broken is not None


def test_two_people_publish_and_nobody_alone(city_of_two: list[int], hands: tuple[Actor, Actor]) -> None:
    first, second = hands
    made = releasing.prepare(from_year=2021, to_year=2022, by=first, at=THEN)
    assert releasing.listed(public=True) == []
    with pytest.raises(Refusal):
        releasing.rule(release=made.pk, verb="publish", by=first, at=THEN)
    with pytest.raises(Refusal):
        releasing.prepare(from_year=2021, to_year=2023, by=first, at=THEN)  # a year that is not over
    stale = releasing.prepare(from_year=2021, to_year=2022, by=first, at=THEN)
    releasing.rule(release=made.pk, verb="publish", by=second, at=THEN + dt.timedelta(hours=1))
    with pytest.raises(Refusal):  # never compared with the other
        releasing.rule(release=stale.pk, verb="publish", by=second, at=THEN + dt.timedelta(hours=2))


def test_a_later_release_does_not_tell_the_one_who_came(city_of_two: list[int], hands: tuple[Actor, Actor]) -> None:
    first = out(*hands)
    later = THEN + dt.timedelta(days=30)
    post(by=BY, at=THEN + dt.timedelta(days=1), outcomes=[
        Posted(kind="visit", service="good-news", area=EAST, person=city_of_two[50], happened_on=dt.date(2021, 5, 1),
               source="late")])  # fmt: skip
    second = out(*hands, at=later, replaces=first.pk)
    assert told(second, "rows") == told(first, "rows")
    assert second.content["figures"][0]["carried"] == first.pk
    reverse(sources=[f"a-{EAST}-2021-{person}" for person in city_of_two[:6]], by=BY, at=later, reason="错")
    third = out(*hands, at=later + dt.timedelta(days=1))
    assert told(third, "rows")["4199", 2021, 2021] == 40 + 1 - 6  # seven moved: enough to be told
    assert releasing.state_of(first) == "corrected"


def test_a_review_does_not_tell_what_a_release_hid(city_of_two: list[int], figures_catalogue: Path, hands: Any) -> None:
    (figures_catalogue / "reviews").mkdir()
    (figures_catalogue / "reviews" / "annual.md").write_text("# 甲\n\n{{ figure:rows }}\n", "utf-8")
    out(*hands)
    visits(city_of_two[55:57], WEST, 2020, "before")  # two people before the first year
    draft, _ = actions.save_draft(code="annual", from_on=dt.date(2022, 1, 1), to_on=dt.date(2022, 12, 31), area="4199",
                                  text="# 甲\n\n{{ figure:rows }}\n", by=BY, at=THEN + dt.timedelta(days=1))  # fmt: skip
    with pytest.raises(Refusal):
        actions.publish(draft=draft.pk, by=BY, at=THEN + dt.timedelta(days=1))


def review(figures_catalogue: Path, first: dt.date, last: dt.date, at: dt.datetime, area: str = "4199") -> None:
    (figures_catalogue / "reviews").mkdir(exist_ok=True)
    (figures_catalogue / "reviews" / "annual.md").write_text("# 甲\n\n{{ figure:rows }}\n", "utf-8")
    draft, _ = actions.save_draft(code="annual", from_on=first, to_on=last, area=area, text="# 甲\n\n{{ figure:rows }}\n", by=BY,
                                  at=at)  # fmt: skip
    actions.publish(draft=draft.pk, by=BY, at=at)


def test_what_goes_out_while_a_release_waits_is_compared(
    city_of_two: list[int], figures_catalogue: Path, hands: Any
) -> None:
    waits = releasing.prepare(from_year=2021, to_year=2022, by=hands[0], at=THEN + dt.timedelta(hours=2))
    # its hour is before the release's, but it came after: the order in which they came counts
    review(figures_catalogue, dt.date(2021, 1, 1), dt.date(2021, 12, 31), THEN)
    with pytest.raises(Refusal, match="重新准备"):
        releasing.rule(release=waits.pk, verb="publish", by=hands[1], at=THEN + dt.timedelta(hours=3))
    assert releasing.listed(public=True) == []
    out(*hands, at=THEN + dt.timedelta(days=1))


def three_years(persons: Sequence[int]) -> None:
    """Enough people in each county and year of a release, and two people in the year before."""
    visits(persons[20:30], WEST, 2022, "b")
    visits(persons[:12], EAST, 2023, "c")
    visits(persons[20:40], WEST, 2023, "c")
    visits(persons[55:57], WEST, 2020, "before")


LATER = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
# Beside each of two years there is the other one; beside both there are only the two people of 2020.
SPAN = (dt.date(2020, 1, 1), dt.date(2022, 12, 31))


def test_years_together_are_compared_with_a_review(city_of_two: list[int], figures_catalogue: Path, hands: Any) -> None:
    three_years(city_of_two)
    review(figures_catalogue, *SPAN, THEN)
    made = out(*hands, at=LATER, to=2023)
    assert {one["code"]: one["why"] for one in made.content["left_out"]}["rows"] == "apart"


def test_a_review_is_compared_with_years_together(city_of_two: list[int], figures_catalogue: Path, hands: Any) -> None:
    three_years(city_of_two)
    made = out(*hands, at=LATER, to=2023)
    assert told(made, "rows")["4199", 2022, 2022] is not None
    with pytest.raises(Refusal, match="2024-07-01"):
        review(figures_catalogue, *SPAN, LATER + dt.timedelta(days=1))


def test_a_household_is_no_crowd(figures_catalogue: Path, hands: Any) -> None:
    terms(figures_catalogue, "rows")
    city.areas()
    persons = city.people(60)
    visits(persons[:20], EAST, 2021, "a")
    visits(persons[20:40], WEST, 2021, "a")
    visits(persons[:20], EAST, 2022, "a")
    post(by=BY, at=city.AT, outcomes=[
        Posted(kind="visit", service="good-news", area=WEST, person=person, family=7, happened_on=dt.date(2022, 3, 1),
               source=f"home-{person}")
        for person in persons[40:45]])  # fmt: skip
    rows = told(out(*hands), "rows")
    assert (rows["4199", 2021, 2021], rows["419902", 2021, 2021]) == (40, 20)
    assert (rows["4199", 2022, 2022], rows["419901", 2022, 2022], rows["419902", 2022, 2022]) == (25, None, None)


def test_nothing_about_the_forces_leaves(city_of_two: list[int], figures_catalogue: Path, hands: Any) -> None:
    path = figures_catalogue / "figures" / "rows.yaml"
    path.write_text(path.read_text("utf-8").replace("数rows", "驻某地73211部队人数"), "utf-8")
    with pytest.raises(Secret):
        releasing.prepare(from_year=2021, to_year=2022, by=hands[0], at=THEN)


def test_strangers_read_files_that_stay_where_they_are(
    city_of_two: list[int], client: Client, hands: Any, monkeypatch: Any
) -> None:
    cache.clear()
    made = out(*hands)
    page = client.get("/data/").content.decode()
    assert f"/data/{made.pk}.csv" in page
    with monkeypatch.context() as none:  # the list is not read again for the next who looks
        none.setattr(releasing, "listed", None)
        assert f"/data/{made.pk}.csv" in client.get("/data/").content.decode()
    served = client.get(f"/data/{made.pk}.csv").content
    text = served.decode().lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {(row["area"], row["from"], row["to"]): row["value"] for row in rows if row["figure"] == "rows"}[
        "4199", "2021", "2022"
    ] == "55"
    said, about = (client.get(f"/data/{made.pk}{ending}").json() for ending in (".json", ".about.json"))
    assert "cut" not in json.dumps(said) and about["licence"]["zh"] == "注明出处"
    assert about["csv_sha256"] == said["csv_sha256"] == hashlib.sha256(served).hexdigest()
    assert {len(one["root"]) for one in about["figures"]} == {64} and {one["version"] for one in about["figures"]}
    assert client.get("/data/newest.csv").headers["Location"] == f"/data/{made.pk}.csv"
    left = [
        {"code": code, "name": {"zh": code, "en": code}, "why": why} for code, why in (("a", "sealed"), ("b", "small"))
    ]
    listed = releasing.one(made.pk)
    assert listed is not None
    listed.release.content["left_out"] = left
    assert {one["why"] for one in releasing.about(listed)["left_out"]} == {releasing.UNTOLD}
    releasing.rule(release=made.pk, verb="withdraw", words="算错了", by=hands[1], at=THEN + dt.timedelta(days=2))
    assert client.get(f"/data/{made.pk}.csv").status_code == 410
    assert "算错了" in client.get("/data/").content.decode()
