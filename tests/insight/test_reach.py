"""应享尽享 as a trend and for the public: the same people as the list by name, and nothing that speaks of few."""

from __future__ import annotations

import datetime as dt
from argparse import Namespace

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lianxin.casework import actions as casework
from lianxin.casework.models import Case, Move
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue import queries as matched
from lianxin.catalogue.models import Run, Verdict
from lianxin.engine.scope import over
from lianxin.insight import fewer, reach, replaying
from lianxin.insight.models import Reach
from lianxin.ops import policy
from tests.factories.casework import AT, SYSTEM

CITY = over("4199")
DAY = dt.timedelta(days=1)


@given(
    lines=st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 40), min_size=1, max_size=8),
    least=st.integers(2, 9),
)
def test_nothing_small_can_be_read_or_subtracted(lines, least):
    told = fewer.told({key: {"n": count} for key, count in lines.items()}, ["n"], least)
    shown = {key: line["n"] for key, line in told.items()}
    assert all(
        count is None or (count % least == 0 and 0 <= lines[key] - count < least) for key, count in shown.items()
    )
    assert all(shown[key] is None for key, count in lines.items() if 0 < count < least)
    hidden = [lines[key] for key, count in shown.items() if count is None]
    if hidden and any(count for count in shown.values() if count):
        assert len(hidden) > 1 and sum(hidden) >= least


@given(count=st.integers(0, 60), least=st.integers(2, 9))
def test_one_person_more_moves_a_whole_by_nothing_but_a_step(count, least):
    one, other = (fewer.whole({"n": each}, ["n"], least)["n"] for each in (count, count + 1))
    assert one == other or other is None or other % least == 0
    assert one is None or one >= least or count == 0


@pytest.fixture
def counted(kept_town, db):
    town = kept_town()
    catalogue.match(as_of=AT.date(), by=SYSTEM, at=AT)
    reach.post(by=SYSTEM, at=AT)
    return town


def test_a_match_by_hand_counts_today_and_another_day_nothing(kept_town, db, monkeypatch, capsys):
    kept_town()
    monkeypatch.setattr(policy.start, "django_ready", lambda **_: None)
    monkeypatch.setattr(policy.clock, "now", lambda: AT)
    asked = {"engine": "here", "files": None, "json": True}
    for day, service in ((dt.date(2025, 5, 6), None), (None, "nursing")):
        policy.match(Namespace(as_of=day, service=service, **asked))
        assert reach.last_day() is None
    policy.match(Namespace(as_of=None, service=None, **asked))
    policy.match(Namespace(as_of=None, service=None, **asked))
    assert reach.last_day() == AT.date()
    assert sums()["missed"]
    assert "service" in capsys.readouterr().out


def sums(**only):
    rows = Reach.objects.filter(**only)
    return {name: sum(getattr(row, name) for row in rows) for name in reach.NAMES}


def test_the_counts_are_those_of_the_lists_by_name(counted):
    for code in reach.services(AT.date()):
        mine = matched.gaps(CITY, day=AT.date(), service=code, limit=5000)
        lacking = matched.gaps(CITY, day=AT.date(), service=code, entitled=False, limit=5000)
        said = sums(service=code)
        assert (said["missed"], said["unknown"]) == (len(mine), len(lacking)), code
    assert sums()["missed"]


def test_a_day_counted_again_is_counted_once_and_old_days_thin_out(counted):
    first = sums()
    assert reach.post(by=SYSTEM, at=AT + dt.timedelta(hours=1)) == Reach.objects.count()
    assert sums() == first
    for days in range(1, 90):
        Reach.objects.create(day=AT.date() - days * DAY, service="a", area="419901001", missed=1)
    reach.post(by=SYSTEM, at=AT)
    old = Reach.objects.filter(service="a", day__lt=AT.date() - reach.DAILY).values_list("day", flat=True)
    assert {day.isoweekday() for day in old} == {1}
    assert Reach.objects.filter(service="a", day__gte=AT.date() - reach.DAILY).count() == 62


def test_what_is_taken_up_is_in_progress_and_a_refusal_is_said(counted):
    before = sums()
    opened = counted.open("hardship-veteran", counted.persons["wife"])
    reach.post(by=SYSTEM, at=AT)
    assert sums(service="hardship-veteran")["progress"] == 1 or "hardship-veteran" not in reach.services(AT.date())
    casework.refuse(cases=opened.pk, reason="other", words="no", by=SYSTEM, at=AT)
    reach.post(by=SYSTEM, at=AT + DAY)
    later = sums(day=(AT + DAY).date(), service="hardship-veteran")
    assert (later["progress"], later["refused"]) == (0, 1)
    assert sums(day=AT.date())["entitled"] == before["entitled"]


def test_weeks_nobody_counted_are_counted_afterwards_and_write_nothing_else(counted):
    """Since the first match here, on Mondays, as the files and the desks were then; a day that was counted stays."""
    first = AT.date() - 20 * DAY
    Run.objects.filter(persons__isnull=True).update(at=AT - 20 * DAY)
    before = Verdict.objects.count(), Case.objects.count(), Move.objects.count(), sums(day=AT.date())
    assert replaying.fill(by=SYSTEM, at=AT, most=1) == [AT.date() - 9 * DAY], "Monday of the week before"
    added = replaying.fill(by=SYSTEM, at=AT)
    assert added == [AT.date() - 16 * DAY] and added[-1] >= first
    assert replaying.fill(by=SYSTEM, at=AT) == []
    assert before == (Verdict.objects.count(), Case.objects.count(), Move.objects.count(), sums(day=AT.date()))
    then = sums(day=AT.date() - 9 * DAY)
    assert then["entitled"] == then["missed"] > 0 == then["progress"], "no case stood or lay at a desk then"
    assert set(Reach.objects.filter(afterwards=True).values_list("day", flat=True)) == {AT.date() - 9 * DAY, *added}
    assert [line.key for line in reach.trend(CITY, exact=True)][-1] == AT.date().isoformat()
    assert reach.published() == AT.date(), "the public reads what was counted on its day"


def test_what_is_replayed_for_today_is_what_today_counts(counted):
    counted.open("hardship-veteran", counted.persons["wife"])
    reach.post(by=SYSTEM, at=AT)
    told = {(row.service, row.area): {name: getattr(row, name) for name in reach.NAMES} for row in Reach.objects.all()}
    assert replaying.counts(AT.date()) == told


def test_the_trend_is_weekly_and_inside_the_scope(counted):
    Reach.objects.all().delete()
    for week in range(20):
        for area in ("419901001", "419902001"):
            Reach.objects.create(day=AT.date() - week * 7 * DAY, service="nursing", area=area, missed=week, entitled=30)
    lines = reach.trend(over("419901"), exact=True, service="nursing")
    assert [line.counts["missed"] for line in lines] == list(range(11, -1, -1))
    told = reach.trend(CITY, exact=False)
    assert {line.counts["entitled"] for line in told} == {60}
    assert told[-1].counts["missed"] == 0
    assert told[-2].counts["missed"] is None


def test_the_public_reads_a_month_without_small_cells_and_without_signing_in(counted, settings):
    Reach.objects.all().delete()
    first = AT.date().replace(day=2)
    for day, more in ((first, 0), (AT.date(), 7)):
        for area, missed in (("419901001", 3), ("419901002", 4), ("419902001", 23), ("419903001", 2)):
            Reach.objects.create(day=day, service="nursing", area=area, missed=missed + more, entitled=50)
    assert reach.published() == first
    page = Client().get("/reach/", {"service": "nursing"})
    assert page.status_code == 200
    text = Client().get("/reach/file/").content.decode("utf-8-sig")
    rows = {line.split(",")[1]: line.split(",")[3:] for line in text.splitlines()[1:]}
    assert rows["419901"][1] == ""  # 7: it would tell the 2 of the third county
    assert rows["419903"][1] == ""
    assert rows["419902"][1] == "20"
    assert rows["419901"][0] == "100"
