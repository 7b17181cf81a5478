"""The working-day clock: known weeks of the official calendar, and what must hold for any days."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lianxin.engine import clock, workdays
from lianxin.engine.workdays import Time, due, is_working_day, nth_working_day, working_days_between

days = st.dates(dt.date(2004, 1, 1), dt.date(2030, 12, 31))
instants = st.datetimes(dt.datetime(2005, 1, 1), dt.datetime(2029, 12, 31), timezones=st.just(dt.UTC))
units = st.sampled_from(workdays.UNITS)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


def test_swapped_days_of_the_national_holiday_2023():
    assert not is_working_day(dt.date(2023, 9, 29))  # Mid-autumn
    assert not is_working_day(dt.date(2023, 10, 6))
    assert is_working_day(dt.date(2023, 10, 7))  # a Saturday that is worked
    assert is_working_day(dt.date(2023, 10, 8))
    assert nth_working_day(dt.date(2023, 9, 28), 1) == dt.date(2023, 10, 7)


def test_five_working_days_over_a_holiday():
    assert due(at("2023-09-27T10:00"), Time(5, "working days")).day == dt.date(2023, 10, 10)


def test_hours_run_round_the_clock_and_months_end_with_the_month():
    assert due(at("2026-11-24T23:00"), Time(4, "hours")).at == at("2026-11-25T03:00")
    assert due(at("2026-01-31T09:00"), Time(1, "months")).at == at("2026-02-28T23:59:59")
    assert due(at("2026-11-24T09:00"), Time(3, "days")).at == at("2026-11-27T23:59:59")


def test_a_year_without_official_calendar_is_said_loudly(caplog, monkeypatch):
    workdays._say_once.cache_clear()
    monkeypatch.setenv(workdays._TOLD, "")
    workdays._year.cache_clear()
    workdays.nth_working_day.cache_clear()
    found = due(at(f"{workdays.LAST_YEAR}-12-28T09:00"), Time(10, "working days"))
    assert found.estimated
    assert found.day.year == workdays.LAST_YEAR + 1
    assert "no official calendar" in caplog.text
    assert not due(at("2026-03-02T09:00"), Time(10, "working days")).estimated
    assert not is_working_day(dt.date(workdays.LAST_YEAR + 1, 1, 1))
    assert not is_working_day(dt.date(2031, 10, 1))


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="not a unit"):
        due(at("2026-01-05T09:00"), Time(1, "weeks"))


@given(days, st.integers(1, 400))
def test_the_nth_working_day_has_n_working_days_before_it(start, count):
    found = nth_working_day(start, count)
    assert is_working_day(found)
    assert working_days_between(start, found) == count
    assert working_days_between(start, found - dt.timedelta(days=1)) == count - 1


@given(days, days)
def test_counting_is_as_slow_counting(first, last):
    if last < first or (last - first).days > 400:
        first, last = min(first, last), min(first, last) + dt.timedelta(days=abs((last - first).days) % 400)
    slow = sum(is_working_day(first + dt.timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert working_days_between(first, last) == slow
    assert working_days_between(last, first) == -slow


@given(instants, units, st.integers(1, 60))
def test_due_is_later_and_grows(start, unit, amount):
    assert start < due(start, Time(amount, unit)).at < due(start, Time(amount + 1, unit)).at


@given(instants, units, st.integers(1, 60), st.timedeltas(dt.timedelta(0), dt.timedelta(days=90)))
def test_pausing_for_no_time_changes_nothing_and_never_shortens(start, unit, amount, pause):
    ends = due(start, Time(amount, unit)).at
    assert workdays.resumed(ends, unit, start, start).at == ends
    later = workdays.resumed(ends, unit, start, start + pause).at
    assert later >= ends


@given(instants, st.integers(1, 40), st.integers(0, 30), st.integers(0, 60))
def test_what_was_left_of_working_days_is_left(start, amount, used, pause):
    ends = due(start, Time(amount, "working days")).at
    paused = start + dt.timedelta(days=used)
    resumed = paused + dt.timedelta(days=pause)
    again = workdays.resumed(ends, "working days", paused, resumed).at
    if paused <= ends and clock.day(paused) != clock.day(resumed):
        eve = dt.timedelta(days=1)
        left = working_days_between(clock.day(paused) - eve, clock.day(ends))
        assert working_days_between(clock.day(resumed) - eve, clock.day(again)) == left
    if paused > ends:
        assert again - resumed == ends - paused


@example(dt.datetime(2012, 11, 25, tzinfo=dt.UTC), "working days", 15, 19, 1, 2)
@given(instants, units, st.integers(1, 30), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_two_pauses_are_as_one_as_long(start, unit, amount, first, between, second):
    """Pausing twice with nothing worked between is pausing once."""
    ends = due(start, Time(amount, unit)).at
    a, b = start + dt.timedelta(days=first), start + dt.timedelta(days=first + second + between)
    middle = a + dt.timedelta(days=between)
    twice = workdays.resumed(workdays.resumed(ends, unit, a, middle).at, unit, middle, b).at
    assert twice == workdays.resumed(ends, unit, a, b).at


def test_lights():
    now = at("2026-11-24T10:00")  # a Tuesday
    assert workdays.light(at("2026-11-24T09:00"), now) == "red"
    assert workdays.light(at("2026-11-25T23:59:59"), now) == "amber"
    assert workdays.light(at("2026-11-26T23:59:59"), now) == "green"
    assert workdays.light(at("2026-11-20T23:59:59"), now, paused=True) == ""
    assert workdays.light(None, now) == ""
