"""The work that repeats by itself: each a plain function that may run twice without harm."""

from __future__ import annotations

from lianxin.engine import clock
from lianxin.engine.scope import Actor, over

JOBS = {
    "lianxin.ops.schedule.close_publicity": "*/10 * * * *",
    "lianxin.ops.schedule.hourly": "5 * * * *",
    "lianxin.ops.schedule.nightly": "30 2 * * *",
}


def ensure() -> None:
    """Put every job on django-q2's schedule, once."""
    from django_q.models import Schedule

    for job, cron in JOBS.items():
        Schedule.objects.update_or_create(name=job, defaults={"func": job, "schedule_type": Schedule.HOURLY})
        del cron


def _system() -> Actor:
    from django.conf import settings

    return Actor(area=settings.CITY, scope=over(settings.CITY), permissions=frozenset({"*"}))


def close_publicity() -> int:
    """Close the public notices whose days are over; the cases go on by themselves."""
    from lianxin.casework import actions

    return actions.close_due_publicity(by=_system(), at=clock.now())


def hourly() -> int:
    """Bring unanswered dispatches back to their desk."""
    from lianxin.casework import actions

    return actions.return_unanswered(by=_system(), at=clock.now())


def nightly() -> None:
    """Judge everyone against everything in force, then make the lines of standing decisions."""
    from lianxin.casework import actions as casework
    from lianxin.catalogue import actions as catalogue

    at = clock.now()
    catalogue.match(as_of=clock.day(at), by=_system(), at=at)
    casework.periods_due(day=clock.day(at), by=_system(), at=at)
