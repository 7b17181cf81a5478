"""Visits to households: a round of last week in the personas' community, one for today, and letters for the old man."""

from __future__ import annotations

import datetime as dt
import uuid

from lianxin.campaigns import visiting, visitplan, visitsync
from lianxin.demo.city import VETERAN_AT, WIFE_AT
from lianxin.demo.crew import Crew
from lianxin.engine import clock
from lianxin.engine.scope import Actor

_FOUND = ("身体还好，家里都整齐", "老人腿脚不便，想装扶手", "孩子上小学了，一切都好", "说起年轻时的事，很高兴")
LAST_WEEK, SHARE = 6, 0.4  # days ago; the part of the community that was visited then


def move(crew: Crew) -> None:
    """The worker went round last week, and has a list for today; the township has one for those who cannot be reached."""
    worker, clerk = crew.actor(f"worker.{WIFE_AT}"), crew.clerk(VETERAN_AT)
    at = crew.ago(LAST_WEEK, 10)
    found = _candidates(worker, WIFE_AT, "round", at)
    went = found[: max(1, int(len(found) * SHARE))][:12]
    if went:
        _went(crew, worker, went, at)
    for by, area, occasion, name in (
        (worker, WIFE_AT, "round", "本周日常走访"), (clerk, VETERAN_AT, "asked", "上门告知"),
    ):  # fmt: skip
        now = [one for one in _candidates(by, area, occasion, crew.now) if not one.planned][:15]
        if now:
            _planned(by, area, occasion, name, now, crew.now)


def _candidates(by: Actor, area: str, occasion: str, at: dt.datetime) -> list[visitplan.Candidate]:
    return visitplan.candidates(by.scope, area=area, occasion=occasion, day=clock.day(at), at=at)


def _planned(by: Actor, area: str, occasion: str, name: str, some: list[visitplan.Candidate], at: dt.datetime) -> int:
    listed = visiting.plan(
        name=name, occasion=occasion, area=area, account=by.account or 0, for_on=clock.day(at), by=by, at=at,
        stops={one.home.household.id: (one.why, "") for one in some},
        cases={one.home.household.id: one.case for one in some},
    )  # fmt: skip
    return int(listed.pk)


def _went(crew: Crew, worker: Actor, some: list[visitplan.Candidate], at: dt.datetime) -> None:
    """A round that is over: most were met, the last one was not at home."""
    visits = _planned(worker, WIFE_AT, "round", "上周日常走访", some, at)
    reports = []
    for number, stop in enumerate(visiting.stops_of(visits=visits, by=worker)):
        later = min(at + dt.timedelta(minutes=25 * (number + 1)), crew.now)
        met = number < len(some) - 1 or len(some) == 1
        reports.append(visitsync.Said(
            str(uuid.UUID(int=crew.rng.getrandbits(128))), stop, "met" if met else "away", later, at,
            str(uuid.UUID(int=crew.rng.getrandbits(128))), words=crew.rng.choice(_FOUND) if met else "",
            minutes=crew.rng.randrange(10, 40),
        ))  # fmt: skip
    visitsync.receive(reports=reports, by=worker, at=min(at + dt.timedelta(hours=7), crew.now))
    visiting.end(visits=visits, by=worker, at=min(at + dt.timedelta(hours=7), crew.now))
