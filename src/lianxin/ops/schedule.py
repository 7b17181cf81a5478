"""The work that repeats by itself: each a plain function that may run twice without harm."""

from __future__ import annotations

import datetime as dt

from lianxin.engine import clock
from lianxin.engine.scope import Actor, over

JOBS = {"texts": 1, "changes": 1, "close_publicity": 10, "hourly": 60, "nightly": 24 * 60}  # minutes between two runs
WEEKS = 3  # past weeks that nobody counted, counted afterwards in one night
CHUNKS = 200  # of values sealed anew in one hourly turn, about a minute
NIGHT = dt.time(2, 30)  # Shanghai


def ensure() -> None:
    """Put every job on django-q2's schedule, once; a job that is there keeps its next run."""
    from django_q.models import Schedule

    for job, minutes in JOBS.items():
        first = clock.now()
        if job == "nightly":
            first = dt.datetime.combine(clock.today() + dt.timedelta(days=1), NIGHT, clock.SHANGHAI)
        Schedule.objects.get_or_create(
            name=job,
            defaults={
                "func": f"lianxin.ops.schedule.{job}", "schedule_type": Schedule.MINUTES, "minutes": minutes,
                "next_run": first,
            },
        )  # fmt: skip


def _system() -> Actor:
    from django.conf import settings

    return Actor(area=settings.CITY, scope=over(settings.CITY), permissions=frozenset({"*"}))


def close_publicity() -> int:
    """Close the public notices whose days are over; the cases go on by themselves."""
    from lianxin.casework import actions

    return actions.close_due_publicity(by=_system(), at=clock.now())


def texts() -> int:
    """Hand text messages over that the provider did not take at once."""
    from lianxin.notices import texts

    return texts.retry_due(at=clock.now())


def changes() -> int:
    """Judge whoever's file changed since the last minute, with kin and household; everyone for a version that began."""
    from lianxin.catalogue import actions

    return actions.match_waiting(by=_system(), at=clock.now())


def hourly() -> int:
    """Bring unanswered dispatches back to their desk; take away workbooks whose day is over; remind of events;
    go on with a change of keys."""
    from django.conf import settings

    from lianxin.access import queries, resealing
    from lianxin.campaigns import signing
    from lianxin.casework import actions, papers
    from lianxin.people import copying, exporting, nameindex, taken

    papers.let_go(clock.now().timestamp() - 3600)  # photos whose sheet nobody named
    copying.sweep(at=clock.now())
    taken.sweep(clock.now())
    nameindex.settle()  # lets go of names that the files do not say any more
    exporting.expire(at=clock.now())
    if queries.rotation() is not None:
        resealing.run(cipher=settings.CIPHER, by=_system(), most=CHUNKS)

    signing.remind(by=_system(), at=clock.now())
    return actions.return_unanswered(by=_system(), at=clock.now())


def nightly() -> None:
    """Let the secrets of the day before go; tell what the new day changed; begin the versions whose day has come; judge
    everyone against everything in force; look into what nobody confirmed, make the lines of what stands, keep the
    binders' scores and remind of gaps, sign.
    """
    from lianxin.cards import uses
    from lianxin.casework import actions as casework
    from lianxin.catalogue import actions as catalogue
    from lianxin.catalogue import scheduling
    from lianxin.insight import assessing, columnstore, reach, replaying
    from lianxin.journal import checkpoints
    from lianxin.people import actions as people
    from lianxin.people import doubles, restricted, retention

    at = clock.now()
    uses.night(by=_system(), at=at)
    people.turn(day=clock.day(at), by=_system(), at=at)
    doubles.refresh(at=at)
    casework.bring_home(by=_system(), at=at)
    scheduling.activate(by=_system(), at=at)
    catalogue.match(as_of=clock.day(at), by=_system(), at=at)
    restricted.expire(at=at)
    retention.propose_due(by=_system(), at=at)
    casework.review_unconfirmed(by=_system(), at=at)
    casework.periods_due(day=clock.day(at), by=_system(), at=at)
    reach.post(by=_system(), at=at)
    replaying.fill(by=_system(), at=at, most=WEEKS)
    columnstore.refresh()
    assessing.keep_scores(by=_system(), at=at)
    assessing.remind(by=_system(), at=at)
    checkpoints.seal(at=clock.now())
