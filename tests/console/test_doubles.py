"""Possible doubles in the browser: who sees which pair, proposing, agreeing, taking back."""

import datetime as dt

import pytest

from lianxin.access import actions as access
from lianxin.engine import clock
from lianxin.people import doubles, models
from tests.factories.access import named
from tests.factories.doubles import SYSTEM, Made, files
from tests.house.test_deny_by_default import signed_in
from tests.people.test_merging import account, write

AREA, ELSEWHERE = "419901001001", "419902001001"


@pytest.fixture
def town(db, settings):
    settings.DEMO = True
    at = clock.now()
    access.add_areas(
        areas=[(code, "", "") for code in ("419901", "419901001", AREA, "419902001", ELSEWHERE)], by=SYSTEM, at=at
    )
    made = {}
    for name, role, area in (("reviewer", "reviewer", "419901"), ("other", "reviewer", "419901"), ("clerk", "clerk", "419901001"),
                             ("city", "approver", "4199")):  # fmt: skip
        made[name] = access.seat(username=name, name=name, role=role, area=area, by=SYSTEM, at=at)
    named(made.values(), at)
    return made


@pytest.fixture
def twice(town):
    born = dt.date(1980, 2, 3)
    made = files([Made(1, "魏山河", born, phone="13900000002"), Made(2, "魏山河", born, phone="13900000002"),
                  Made(3, "叶青江", born, phone="13900000001"), Made(4, "叶青江", born, home=ELSEWHERE, phone="13900000001")])  # fmt: skip
    doubles.refresh(at=clock.now())
    return made


def pair_of(*persons):
    return models.Double.objects.get(one=persons[0], other=persons[1]).pk


def test_a_clerk_merges_what_concerns_no_money_and_a_reviewer_takes_it_back(town, twice):
    pair = pair_of(*twice[:2])
    client = signed_in(town["clerk"])
    assert "魏*河" in client.get("/console/doubles/").content.decode()
    page = client.get(f"/console/doubles/{pair}/").content.decode()
    assert "CC00000001" in page and "CC00000002" in page
    asked = {"survivor": twice[0].pk, "reason": "同一人"}
    assert client.post(f"/console/doubles/{pair}/ahead/", asked).status_code == 200
    assert not models.Merge.objects.exists()
    client.post(f"/console/doubles/{pair}/propose/", asked)
    assert models.Person.objects.get(pk=twice[1].pk).survivor_id == twice[0].pk
    assert client.post(f"/console/doubles/{pair}/apart/", {"reason": "误"}).status_code == 404
    signed_in(town["reviewer"]).post(f"/console/doubles/{pair}/apart/", {"reason": "不是同一人"})
    assert models.Person.objects.get(pk=twice[1].pk).survivor_id is None
    assert models.Double.objects.get(pk=pair).state == "dismissed"


def test_where_an_account_is_concerned_a_second_person_agrees(town, twice):
    write(account(twice[0], "6222000000000001"))
    pair = pair_of(*twice[:2])
    first, second = signed_in(town["reviewer"]), signed_in(town["other"])
    first.post(f"/console/doubles/{pair}/propose/", {"survivor": twice[0].pk, "reason": "同一人"})
    first.post(f"/console/doubles/{pair}/agree/")
    assert models.Double.objects.get(pk=pair).state == "proposed" and not models.Merge.objects.exists()
    second.post(f"/console/doubles/{pair}/agree/")
    assert models.Merge.objects.get().loser_id == twice[1].pk


def test_a_pair_across_counties_is_the_citys_and_a_county_hears_only_that_there_may_be_one(town, twice):
    pair = pair_of(*twice[2:])
    county = signed_in(town["reviewer"])
    assert county.get(f"/console/doubles/{pair}/").status_code == 404
    body = county.get("/console/doubles/").content.decode()
    assert "CC00000003" in body and "CC00000004" not in body
    assert signed_in(town["city"]).get(f"/console/doubles/{pair}/").status_code == 200


def test_what_was_dismissed_stays_away_until_something_changes(town, twice):
    pair = pair_of(*twice[:2])
    signed_in(town["clerk"]).post(f"/console/doubles/{pair}/dismiss/", {"reason": "堂兄弟"})
    doubles.refresh(at=clock.now())
    assert models.Double.objects.get(pk=pair).state == "dismissed"
    write(account(twice[0], "6222000000000001"), account(twice[1], "6222000000000001"))
    doubles.refresh(at=clock.now())
    assert models.Double.objects.get(pk=pair).state == "open"
