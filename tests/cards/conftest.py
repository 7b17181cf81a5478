"""The town of cases; two veterans there apply for a card, sentences are compared in English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import translation

from lianxin.casework import actions as casework
from lianxin.people import models as people
from tests.factories.casework import AT, SYSTEM, Town, write


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town(kept_town) -> Town:
    """The town; the wife is a veteran too, so that two cards come."""
    made = kept_town()
    write(people.Service(person=made.persons["wife"], kind="conscript", enlisted_on=dt.date(2014, 9, 1),
                         discharged_on=dt.date(2016, 9, 1), recorded_at=AT))  # fmt: skip
    return made


def filed(town: Town, *names: str, at: dt.datetime = AT, service: str = "preferential-card", **given):
    """Applications of these through their whole route up to the filing; the cases."""
    cases = [town.open(service, town.persons[name], at=at, **given) for name in names]
    ids = [case.pk for case in cases]
    casework.accept(cases=ids, waive=True, words="照片随后补", by=SYSTEM, at=at)
    if service == "preferential-card":
        casework.advance(cases=ids, by=SYSTEM, at=at)
    casework.advance(cases=ids, by=town.panel if service == "preferential-card" else SYSTEM, at=at)
    return casework.deliver(cases=ids, by=SYSTEM, at=at)
