"""Offers: by day and hour, so many a week, paused, changed by the giver; hours thanked, certified, checked by number."""

import datetime as dt

import pytest

from lianxin.access.models import Office
from lianxin.access.permissions import Refused
from lianxin.campaigns import actions, certificates, queries
from lianxin.campaigns.models import Certificate
from lianxin.casework import actions as casework
from lianxin.casework.models import Dispatch
from lianxin.engine import paper, qr
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import over
from lianxin.journal import actions as journal
from tests.factories.casework import AT, SYSTEM, TOWN, VILLAGE, town

DAY = AT.date()


@pytest.fixture
def place(db):
    return town()


def team(place, name, area=TOWN, **offer):
    made = Office.objects.create(name=name, kind="volunteer", level="township", area_id=area)
    actions.offer(office=made.pk, kinds=["repair"], area=area, by=SYSTEM, at=AT, **offer)
    return made.pk


def asked(place, at=AT, **more):
    return place.open("household-help", place.persons["wife"], kind="repair", channel="phone", at=at,
                      family=place.persons["wife"].family_id, **{"words": "水管漏了", **more})  # fmt: skip


def order(place, at=AT):
    return [one.name for one in queries.givers("repair", VILLAGE, at)]


def test_the_longest_unasked_goes_first_the_full_and_the_closed_last(place):
    team(place, "甲队")
    team(place, "乙队")
    team(place, "周日队", weekdays="7")
    full = team(place, "丙队", per_week=1)
    assert set(order(place)[:3]) == {"甲队", "乙队", "丙队"}
    assert order(place)[-1] == "周日队"
    assert order(place, AT + dt.timedelta(days=4)).index("周日队") < 3
    rows = {one.name: one for one in queries.givers("repair", VILLAGE, AT)}
    for name, ago in (("甲队", 1), ("乙队", 2)):
        with journal.entry(action="test", by=SYSTEM, at=AT) as writer:
            writer.add([Dispatch(case_id=asked(place, words=name).pk, office_id=rows[name].office, answer="declined",
                                 offered_at=AT - dt.timedelta(days=ago))])  # fmt: skip
    assert order(place)[:3] == ["丙队", "乙队", "甲队"]
    with journal.entry(action="test", by=SYSTEM, at=AT) as writer:
        writer.add([Dispatch(case_id=asked(place, words="丙").pk, office_id=full, answer="done", offered_at=AT)])
    assert order(place) == ["乙队", "甲队", "丙队", "周日队"]
    next_week = AT + dt.timedelta(days=7)
    assert order(place, next_week)[:3] == ["乙队", "甲队", "丙队"]
    assert not next(one for one in queries.givers("repair", VILLAGE, next_week) if one.office == full).full


def test_who_pauses_is_not_asked_until_the_pause_is_over(place):
    team(place, "甲队")
    [row] = queries.offered(over("4199"), AT)
    actions.pause(offers=[row.id], until=DAY + dt.timedelta(days=3), by=SYSTEM, at=AT)
    assert order(place) == []
    assert [one.paused for one in queries.offered(over("4199"), AT, state="paused")] == [True]
    assert order(place, AT + dt.timedelta(days=4)) == ["甲队"]
    [row] = queries.offered(over("4199"), AT)
    actions.pause(offers=[row.id], until=None, by=SYSTEM, at=AT)
    assert order(place) == ["甲队"]
    with pytest.raises(Refusal, match="within a year"):
        actions.pause(
            offers=[queries.offered(over("4199"), AT)[0].id], until=DAY - dt.timedelta(days=1), by=SYSTEM, at=AT
        )


def test_a_giver_keeps_its_own_offers_and_nobody_elses(place):
    mine = place.offices["volunteers"]
    actions.offer(office=mine, kinds=["repair", "carry"], area=VILLAGE, by=place.volunteer, at=AT, weekdays="67", per_week=2,
                  thing="轮椅两台")  # fmt: skip
    assert {(one.kind, one.weekdays, one.per_week, one.thing) for one in queries.offers_by(place.volunteer.scope, AT)} == {
        ("repair", "67", 2, "轮椅两台"), ("carry", "67", 2, "轮椅两台")}  # fmt: skip
    with pytest.raises(Refused):
        actions.offer(office=place.offices["shop"], kinds=["repair"], area=TOWN, by=place.volunteer, at=AT)
    with pytest.raises(Refused):
        actions.offer(office=mine, kinds=["repair"], area="419902", by=place.volunteer, at=AT)
    ids = [one.id for one in queries.offers_by(place.volunteer.scope, AT)]
    with pytest.raises(Refused):
        actions.withdraw(offers=ids, by=place.shop, at=AT)
    assert queries.offer_of(place.shop.scope, ids[0], AT) is None
    assert actions.withdraw(offers=ids, by=place.volunteer, at=AT) == 2
    for wrong in ({"weekdays": "8"}, {"per_week": 0}, {"hours": "8-9"}):
        with pytest.raises(Refusal):
            actions.offer(office=mine, kinds=["repair"], area=TOWN, by=place.volunteer, at=AT, **wrong)


def helped(place, at, *, minutes=30, received=True, thanks="谢谢你们"):
    case = asked(place, at=at, words=f"{at}")
    handed = casework.dispatch(case=case.pk, office=place.offices["volunteers"], by=place.worker, at=at)
    casework.answer_dispatch(dispatch=handed.pk, accept=True, by=place.volunteer, at=at)
    casework.done_dispatch(dispatch=handed.pk, words="好了", by=place.volunteer, at=at, minutes=minutes)
    if received is not None:
        casework.confirm_received(case=case.pk, received=received, by=place.wife, at=at + dt.timedelta(minutes=5),
                                  score=5 if received else None, words=thanks)  # fmt: skip
    return case.pk


def test_hours_count_when_the_household_said_yes_and_carry_its_thanks(place):
    team_ = place.offices["volunteers"]
    helped(place, AT, minutes=30)
    helped(place, AT + dt.timedelta(hours=1), minutes=20, received=None)
    helped(place, AT + dt.timedelta(hours=2), minutes=50, received=False)
    [given] = queries.hours(
        over("4199"), from_on=DAY, to_on=DAY, office=team_)  # fmt: skip
    assert (given.times, given.minutes, given.waits) == (1, 30, 1)
    done = queries.did(place.volunteer.scope, office=team_)
    assert [(one.minutes, one.confirmed, one.thanks, one.score) for one in done] == [
        (20, False, "", None), (30, True, "谢谢你们", 5)]  # fmt: skip
    assert queries.did(place.shop.scope, office=team_) == []


def test_a_certificate_is_one_for_one_state_of_the_hours_and_anybody_may_check_it(place):
    team_ = place.offices["volunteers"]
    with pytest.raises(Refusal, match="No hours"):
        certificates.issue(office=team_, from_on=DAY, to_on=DAY, by=place.volunteer, at=AT + dt.timedelta(days=1))
    helped(place, AT, minutes=90)
    later = AT + dt.timedelta(days=1)
    made = certificates.issue(office=team_, from_on=DAY, to_on=DAY, by=place.volunteer, at=later)
    again = certificates.issue(office=team_, from_on=DAY, to_on=DAY, by=place.volunteer, at=later)
    assert made.number == again.number
    own = certificates.issue(office=team_, from_on=DAY, to_on=DAY, by=place.volunteer, at=later,
                             account=place.volunteer.account)  # fmt: skip
    assert (own.name, own.minutes) == ("volunteer", 90)
    helped(place, AT + dt.timedelta(hours=3), minutes=30)
    newer = certificates.issue(office=team_, from_on=DAY, to_on=DAY, by=place.volunteer, at=later)
    assert newer.number != made.number
    said = certificates.check(made.number.lower())
    assert (said.minutes, said.replaced_by) == (90, newer.number)
    assert certificates.check(made.number[:-1] + "?") is None
    assert certificates.printed(
        Certificate.objects.get(number=newer.number), paper.Code(qr.svg("HTTPS://TEST/1"), "K7Q D29 XM4")
    ).startswith(b"%PDF-")
    with pytest.raises(Refused):
        certificates.issue(office=team_, from_on=DAY, to_on=DAY, by=place.shop, at=later)
    with pytest.raises(Refusal, match="has passed"):
        certificates.issue(
            office=team_, from_on=DAY, to_on=later.date() + dt.timedelta(days=1), by=place.volunteer, at=later
        )
    assert certificates.given(place.shop.scope, team_) == []
    assert len(certificates.given(place.volunteer.scope, team_)) == 3
