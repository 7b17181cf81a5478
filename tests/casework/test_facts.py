"""The facts that live here, counted over the register and the cases."""

import datetime as dt

import pytest

from lianxin.casework import actions
from lianxin.casework.facts import of_one, of_service
from lianxin.outcomes import actions as register
from lianxin.outcomes.actions import Posted
from tests.factories.casework import AT, SYSTEM

DAY = dt.date(2026, 5, 6)
SERVICE = "accomp-subsidy"


def post(person, day, source, service=SERVICE, kind="payment"):
    register.post(
        outcomes=[Posted(kind=kind, service=service, area=person.home, happened_on=day, source=source, person=person.pk,
                         family=person.family_id, amount=90000)],
        by=SYSTEM, at=AT,
    )  # fmt: skip


def facts(ids, day=DAY, service=SERVICE, **given):
    return {row["id"]: row for row in of_service(ids=ids, day=day, service=service, **given).to_dicts()}


def test_received_counts_what_was_delivered_by_the_day_and_not_reversed(town):
    wife = town.persons["wife"]
    for number, day in enumerate([dt.date(2026, 2, 1), dt.date(2026, 3, 1), dt.date(2026, 6, 1)]):
        post(wife, day, f"line:{number}")
    post(wife, DAY, "other", service="good-news")
    post(wife, DAY, "visit", kind="visit")
    assert facts([wife.pk])[wife.pk]["received_count"] == 2
    assert facts([wife.pk])[wife.pk]["days_since_received"] == 66
    register.reverse(sources=["line:1"], by=SYSTEM, at=AT, reason="mistake")
    assert facts([wife.pk])[wife.pk]["received_count"] == 1
    assert facts(None)[wife.pk]["received_count"] == 1
    assert facts([town.persons["old_man"].pk]) == {}
    assert facts([wife.pk], day=dt.date(2026, 1, 1)) == {}


def test_what_is_delivered_once_counts_whatever_the_register_calls_it(town):
    """A ledger of past years says plaque or card; here it was put on record."""
    wife = town.persons["wife"]
    post(wife, DAY, "card", service="preferential-card", kind="card")
    assert facts([wife.pk], service="preferential-card")[wife.pk]["received_count"] == 1
    post(wife, DAY, "plaque", service="honour-plaque", kind="plaque")
    counted = facts([wife.family_id], service="honour-plaque", subject="family")
    assert counted[wife.family_id]["received_count"] == 1


def test_of_one_subject_it_says_the_same_as_of_all(town):
    """Explaining one person asks for all services at once; matching asks for everyone, service by service."""
    wife = town.persons["wife"]
    post(wife, DAY - dt.timedelta(days=40), "a")
    post(wife, DAY, "b")
    post(wife, DAY, "visit", kind="visit")
    post(wife, DAY, "back", service="good-news")
    register.reverse(sources=["back"], by=SYSTEM, at=AT, reason="mistake")
    post(wife, DAY, "plaque", service="honour-plaque", kind="plaque")
    town.open("hardship-veteran", wife, by=town.wife, channel="app", kind="illness", words="住院")
    services = [SERVICE, "good-news", "honour-plaque", "hardship-veteran", "preferential-card"]
    for kind, subject in (("person", wife.pk), ("family", wife.family_id), ("person", town.persons["old_man"].pk)):
        said = of_one(services=services, kind=kind, subject=subject, day=DAY)
        for service in services:
            row = facts([subject], service=service, subject=kind).get(subject, {})
            expected = {"received_count": row.get("received_count") or 0, "days_since_received": row.get("days_since_received"),
                        "open_case": bool(row.get("open_case"))}  # fmt: skip
            assert said[service] == expected, (kind, service)
    assert of_one(services=[SERVICE], kind="person", subject=wife.pk, day=DAY)[SERVICE] == {
        "received_count": 2, "days_since_received": 0, "open_case": False}  # fmt: skip


def test_open_case_holds_while_it_is_open_on_the_day(town):
    wife = town.persons["wife"]
    case = town.open(SERVICE, wife, by=town.wife, channel="app")
    assert facts([wife.pk])[wife.pk]["open_case"] is True
    assert facts([wife.pk], day=DAY - dt.timedelta(days=1)) == {}
    actions.withdraw(cases=case.pk, by=town.wife, at=AT + dt.timedelta(days=3))
    assert facts([wife.pk])[wife.pk]["open_case"] is True
    assert facts([wife.pk], day=DAY + dt.timedelta(days=4)) == {}


@pytest.mark.parametrize("codes", [("open_case",), ("received_count", "days_since_received")])
def test_only_what_was_asked_comes_back(town, codes):
    frame = of_service(ids=None, day=DAY, service=SERVICE, codes=codes)
    assert frame.columns == ["id", *codes]
