"""What goes on and what is found: pensions that stand, and the cards, plaques and grants of those who had been left out."""

from __future__ import annotations

import datetime as dt

from lianxin.casework import actions as casework
from lianxin.casework import whereabouts
from lianxin.casework.whereabouts import Whereabouts
from lianxin.catalogue.queries import in_force
from lianxin.demo import recipe
from lianxin.demo.crew import Crew, grouped
from lianxin.demo.past_benefits import PERIODICAL
from lianxin.engine import clock

BEGAN = 44  # days ago
WORDS, ON_FILE = "由在享台账转入", "材料档案里都有"


def take_over(crew: Crew) -> None:
    """Whoever was paid for the last period of the ledgers is paid on from the coming month."""
    today, at = clock.day(crew.now), crew.ago(BEGAN, 10)
    following = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    known = in_force(today)
    for code in PERIODICAL:
        if code in known:
            casework.take_over(
                service=code, paid_since=dt.date(recipe.UNTIL, 12, 1), from_on=following, by=crew.by, at=at, words=WORDS
            )


def move(crew: Crew) -> None:
    """A part of what matching found, by those whose desk it is."""
    for code in ("preferential-card", "self-employ-grant", "discharge-onestop"):
        proposed = crew.some(_at(crew, code, "proposed"), 0.7)
        if proposed:
            casework.confirm_proposed(cases=_ids(proposed), by=crew.by, at=crew.ago(5, 19))
    _by_county(crew, "discharge-onestop", 0.8)
    for code in ("preferential-card", "self-employ-grant", "disability-pension", "honour-plaque"):
        _by_clerks(crew, code, 0.7)
    _handed_over(crew)


def _by_clerks(crew: Crew, code: str, share: float) -> None:
    """Accepted in the townships; about half of it verified or approved in the counties."""
    accepted = crew.some(_at(crew, code, "open", "accept"), share)
    for township, cases in grouped(accepted, lambda one: one.area[:9]).items():
        at = crew.ago(crew.rng.randrange(3, 5), 10)
        casework.advance(cases=_ids(cases), by=crew.clerk(township), at=at, waive=True, words=ON_FILE)
    for step in ("verify", "approve"):
        passed = crew.some(_at(crew, code, "open", step), 0.6)
        if passed and (step == "verify" or code == "honour-plaque"):
            for county, cases in grouped(passed, lambda one: one.area[:6]).items():
                casework.advance(cases=_ids(cases), by=crew.county("reviewer", county), at=crew.ago(2, 14))


def _by_county(crew: Crew, code: str, share: float) -> None:
    accepted = crew.some(_at(crew, code, "open", "accept"), share)
    for county, cases in grouped(accepted, lambda one: one.area[:6]).items():
        casework.advance(
            cases=_ids(cases), by=crew.county("reviewer", county), at=crew.ago(4, 9), waive=True, words=ON_FILE
        )


def _handed_over(crew: Crew) -> None:
    """Plaques that hang by now, and the first cards of the season."""
    cards = crew.some(_at(crew, "preferential-card", "open", "approve"), 0.5)
    if cards:
        casework.advance(cases=_ids(cards), by=crew.by, at=crew.ago(2, 17))
    for code, share in (("preferential-card", 0.9), ("honour-plaque", 0.6)):
        handed = crew.some(_at(crew, code, "open", "deliver"), share)
        if handed:
            casework.deliver(cases=_ids(handed), by=crew.by, at=crew.ago(1, 11))


def _at(crew: Crew, service: str, state: str, step: str = "") -> list[Whereabouts]:
    return whereabouts.standing_at(crew.scope, service=service, states=[state], step=step)


def _ids(cases: list[Whereabouts]) -> list[int]:
    return [one.case for one in cases]
