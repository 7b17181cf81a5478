"""Agreements: one in force for a partner, its plaque counted while it hangs."""

from __future__ import annotations

import datetime as dt

import pytest

from lianxin.access.models import Office
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import over
from lianxin.outcomes.models import Outcome
from lianxin.partners import actions, queries
from tests.payments import town
from tests.payments.town import AT, SYSTEM

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)


def partner(name: str, area: str = "419901") -> Office:
    town.areas()
    return Office.objects.create(name=name, kind="partner", level="county", area_id=area)


def test_an_agreement_hangs_a_plaque_until_it_ends() -> None:
    shop = partner("甲店")
    actions.agree(office=shop.pk, plaque="YJ-0001", offer="修水管", by=SYSTEM, at=AT)
    made = actions.agree(office=shop.pk, plaque="YJ-0001", offer="修水管、换锁", by=SYSTEM, at=AT)
    assert Outcome.objects.filter(kind="plaque", ended_on=None).count() == 1
    [row] = queries.agreements(over("419901"), DAY, state="open")
    assert (row.plaque, row.offer, row.in_force) == ("YJ-0001", "修水管、换锁", True)
    assert queries.agreements(over("419902"), DAY) == []
    actions.end(agreement=made.pk, on=DAY, reason="shop closed", by=SYSTEM, at=AT)
    rows = Outcome.objects.filter(kind="plaque")
    assert sum(row.quantity for row in rows) == 1
    assert sum(row.quantity for row in rows if row.ended_on is None) == 0
    assert [row.until for row in queries.agreements(over("4199"), DAY + dt.timedelta(days=1), state="ended")] == [DAY]


def test_a_plaque_hangs_once_and_only_at_a_partner() -> None:
    first, second = partner("甲店"), partner("乙店")
    actions.agree(office=first.pk, plaque="YJ-0001", offer="", by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="another partner"):
        actions.agree(office=second.pk, plaque="YJ-0001", offer="", by=SYSTEM, at=AT)
    team = Office.objects.create(name="甲队", kind="volunteer", level="county", area_id="419901")
    with pytest.raises(Refusal, match="no such partner"):
        actions.agree(office=team.pk, plaque="", offer="", by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="ends before"):
        actions.agree(office=second.pk, plaque="", offer="", by=SYSTEM, at=AT, until=DAY - dt.timedelta(days=1))
