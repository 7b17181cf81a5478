"""The duty roster: who answers at an instant, over which place, and who may change it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.casework import COUNTY, TOWN, VILLAGE
from tests.factories.casework import town as make_town

from lianxin.access import duty
from lianxin.access.permissions import Refused
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal

WEDNESDAY = dt.date(2026, 5, 6)
NINE = dt.datetime(2026, 5, 6, 1, tzinfo=dt.UTC)  # in Shanghai
MIDNIGHT = dt.datetime(2026, 5, 6, 18, tzinfo=dt.UTC)  # two in the morning of Thursday


@pytest.fixture
def town(db):
    return make_town()


def keep(town, office, slots, by=None, at=NINE):
    return duty.put(office=town.offices[office], wishes=slots, by=by or town.clerk, at=at)


@given(st.datetimes(min_value=dt.datetime(2024, 1, 1), max_value=dt.datetime(2028, 1, 1)))
def test_every_instant_belongs_to_one_shift_and_that_shift_is_not_over(naive):
    at = naive.replace(tzinfo=dt.UTC)
    slot = duty.shift_at(at)
    assert at < duty.shift_ends(slot) <= at + dt.timedelta(hours=15)
    following = duty.shift_at(duty.shift_ends(slot))
    assert following != slot and following > (slot[0] - dt.timedelta(days=1), "")


def test_the_night_belongs_to_the_day_on_which_it_begins(town):
    keep(town, f"station.{VILLAGE}", {(WEDNESDAY, "night"): duty.Wish(name="夜班员", phone="0000-1")})
    assert duty.answering([VILLAGE], NINE) == {}
    found = duty.answering([VILLAGE], MIDNIGHT)[VILLAGE]
    assert (found.name, found.phone, found.shift) == ("夜班员", "0000-1", "night")
    assert found.until.astimezone(clock.SHANGHAI) == dt.datetime(2026, 5, 7, 8, 30, tzinfo=clock.SHANGHAI)


def test_where_a_community_has_nobody_the_one_above_answers(town):
    keep(town, f"station.{TOWN}", {(WEDNESDAY, "day"): duty.Wish(name="镇上")})
    assert duty.answering([VILLAGE], NINE)[VILLAGE].name == "镇上"
    assert duty.answering([VILLAGE], NINE)[VILLAGE].phone == "0000-2000001"  # the office's own
    keep(town, f"station.{VILLAGE}", {(WEDNESDAY, "day"): duty.Wish(account=town.accounts["worker"])})
    assert duty.answering([VILLAGE, TOWN, COUNTY], NINE)[VILLAGE].account == town.accounts["worker"]
    assert COUNTY not in duty.answering([COUNTY], NINE)


def test_a_slot_is_changed_emptied_and_remembered(town):
    office = f"station.{VILLAGE}"
    slot = (WEDNESDAY, "night")
    assert keep(town, office, {slot: duty.Wish(name="甲")}) == 1
    assert keep(town, office, {slot: duty.Wish(name="甲")}) == 0  # a second click
    assert keep(town, office, {slot: duty.Wish(name="乙")}) == 1
    assert keep(town, office, {slot: duty.Wish()}) == 1
    assert duty.week(town.clerk.scope, town.offices[office], duty.monday(WEDNESDAY)) == {}
    assert [one.name for one in duty.history(town.clerk.scope, town.offices[office])] == ["乙", "甲"]


def test_a_week_is_copied_into_what_is_empty_and_two_shifts_swap(town):
    office = town.offices[f"station.{VILLAGE}"]
    monday = duty.monday(WEDNESDAY)
    keep(
        town,
        f"station.{VILLAGE}",
        {(monday + dt.timedelta(days=n), "night"): duty.Wish(name=f"员{n}") for n in range(2, 7)},
    )
    following = monday + dt.timedelta(days=7)
    keep(town, f"station.{VILLAGE}", {(following + dt.timedelta(days=2), "night"): duty.Wish(name="已填")})
    assert duty.copy_week(office=office, first=following, by=town.clerk, at=NINE) == 4
    stands = duty.week(town.clerk.scope, office, following)
    assert stands[following + dt.timedelta(days=2), "night"].name == "已填"
    assert stands[following + dt.timedelta(days=6), "night"].name == "员6"
    one, other = (following + dt.timedelta(days=2), "night"), (following + dt.timedelta(days=6), "night")
    duty.swap(office=office, one=one, other=other, by=town.clerk, at=NINE)
    stands = duty.week(town.clerk.scope, office, following)
    assert (stands[one].name, stands[other].name) == ("员6", "已填")


def test_what_is_over_stays_and_others_rosters_are_not_ones_own(town):
    with pytest.raises(Refusal, match="过去的班次"):
        keep(town, f"station.{VILLAGE}", {(WEDNESDAY - dt.timedelta(days=1), "night"): duty.Wish(name="甲")})
    with pytest.raises(Refusal, match="同事不在"):
        keep(town, f"station.{VILLAGE}", {(WEDNESDAY, "day"): duty.Wish(account=town.accounts["shop"])})
    with pytest.raises(Refused):
        keep(town, f"station.{VILLAGE}", {(WEDNESDAY, "day"): duty.Wish(name="甲")}, by=town.sibling_clerk)
    with pytest.raises(Refused):
        keep(town, f"station.{VILLAGE}", {(WEDNESDAY, "day"): duty.Wish(name="甲")}, by=town.volunteer)
    assert duty.week(town.sibling_clerk.scope, town.offices[f"station.{VILLAGE}"], WEDNESDAY) is None
    assert duty.history(town.sibling_clerk.scope, town.offices[f"station.{VILLAGE}"]) == []
