"""The repeating work is on the schedule once, and every job runs, and runs twice without harm."""

import pytest
from django.conf import settings
from django_q.models import Schedule

from lianxin.catalogue import actions as catalogue
from lianxin.console import words
from lianxin.engine import clock
from lianxin.engine.scope import Actor, over
from lianxin.ops import schedule


@pytest.mark.django_db
def test_every_job_stands_on_the_schedule_once_and_the_match_waits_for_the_night():
    schedule.ensure()
    schedule.ensure()
    rows = {row.name: row for row in Schedule.objects.all()}
    assert set(rows) == set(schedule.JOBS)
    assert {row.func for row in rows.values()} <= set(words.JOBS), "the queue page names every job"
    assert rows["nightly"].minutes == 24 * 60
    assert rows["nightly"].next_run.astimezone(clock.SHANGHAI).time() == schedule.NIGHT
    assert rows["close_publicity"].minutes == 10


@pytest.mark.django_db
def test_every_job_runs_twice():
    by = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")
    catalogue.publish(path=settings.CATALOGUE, by=by, at=clock.now(), approved_by="test")
    for name in schedule.JOBS:
        getattr(schedule, name)()
        getattr(schedule, name)()
