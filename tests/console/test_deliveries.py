"""From a person to what reached them: register rows, payments and messages on one page, sealed ones for their lists only."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from lianxin.console import moneywords
from lianxin.engine.scope import Actor, over
from lianxin.notices import actions as notices
from lianxin.outcomes import actions as outcomes
from lianxin.outcomes import queries
from lianxin.outcomes.posted import Posted
from lianxin.people import models as people
from tests.house.test_deny_by_default import signed_in

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
SYSTEM = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")
DAY = dt.date(2026, 10, 1)


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


def posted(source, **given):
    given = {
        "kind": "visit",
        "service": "accomp-subsidy",
        "area": "419902001001",
        "happened_on": DAY,
        "source": source,
        **given,
    }
    outcomes.post(outcomes=[Posted(**given)], by=SYSTEM, at=AT)


def test_a_file_shows_what_reached_the_person_and_the_household(world):
    person = world.objects["own"]["person"]
    family = people.Person.objects.get(pk=person).family_id
    posted("a", person=person, amount=12300)
    posted("b", family=family, happened_on=DAY + dt.timedelta(days=1))
    posted("c", person=world.objects["sibling"]["person"], amount=77700)
    posted("d", person=person, service="rights-case", sealed=True, amount=88800)
    rows = [row for row in queries.of_person(over("4199"), person, family) if row.service == "accomp-subsidy"]
    assert [(row.amount, row.for_household, row.reversed) for row in rows] == [
        (None, True, False),
        (12300, False, False),
    ]
    listed = queries.of_person(over("4199", sealed=frozenset({"rights-case"})), person, family)
    assert [row.amount for row in listed if row.amount] == [88800, 12300]
    outcomes.reverse(sources=["a"], by=SYSTEM, at=AT, reason="记错")
    again = [row for row in queries.of_person(over("4199"), person, family) if row.service == "accomp-subsidy"]
    assert [row.reversed for row in again] == [False, True]
    notices.send(notices=[notices.Message("case-opened", person=person, area="419902001001", service="rights-case", sealed=True)],
                 by=SYSTEM, at=AT)  # fmt: skip
    page = signed_in(world.staff["clerk"]).get(f"/console/people/{person}/").content.decode()
    assert "123.00" in page
    assert "777.00" not in page
    assert "888.00" not in page


def test_the_file_asks_the_same_of_the_database_for_one_delivery_and_for_many(world):
    person = world.objects["own"]["person"]
    client = signed_in(world.staff["clerk"])
    client.get(f"/console/people/{person}/")  # what is read once and kept is read now
    counts = []
    for number in (1, 5):
        for place in range(number):
            posted(f"{number}-{place}", person=person)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/console/people/{person}/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_what_has_no_service_of_the_catalogue_is_said_in_words_too():
    for code, zh in (("community-life", "家门口的活动"), ("home-visit", "上门走访")):
        with override("zh-hans"):
            assert moneywords.service({}, code) == zh
        with override("en"):
            assert moneywords.service({}, code) != code
