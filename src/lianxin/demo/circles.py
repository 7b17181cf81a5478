"""Family circles (连心圈): the wife and her soldier far away, each by their own word; and families who agreed on paper."""

from __future__ import annotations

import datetime as dt

from lianxin.casework import actions as casework
from lianxin.casework import circle, circling
from lianxin.catalogue import queries as catalogue
from lianxin.demo.city import STARS, WIFE_AT
from lianxin.demo.crew import Crew
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor
from lianxin.people import circles, identities, mandates

SERVICE = "household-help"
ON_PAPER = 8  # families whose soldier has no phone: a few more than the smallest number that may be said
AGREED = 24  # days ago
_UNTIL = dt.timedelta(days=180)


def move(crew: Crew) -> None:
    """Two with the app, and some through the liaison's hands."""
    found = identities.numbered(list(crew.plan["stars"].values()))
    stars = {name: found[number] for name, number in crew.plan["stars"].items() if number in found}
    if {"wife", "soldier"} <= stars.keys():
        _by_phone(crew, stars["wife"], stars["soldier"][0])
    _on_paper(crew, {one[0] for one in stars.values()})


def _by_phone(crew: Crew, wife: tuple[int, int | None, str], soldier: int) -> None:
    """She asks, he says yes; a tap was mended and he said thank you, work is being looked for and the unit may know it,
    and one matter she keeps to herself."""
    her, him = crew.actor("wife"), crew.actor("soldier")
    worker = crew.actor(f"worker.{WIFE_AT}")
    at = crew.ago(AGREED, 20)
    circle.agree(relative=soldier, shown=True, by=her, at=at)
    circle.agree(relative=wife[0], shown=True, by=him, at=at + dt.timedelta(minutes=25))
    mended = _asks(wife, her, "repair", "厨房水龙头一直滴水，拧不紧", crew.ago(9, 9))
    _mended(crew, mended, her, worker, crew.ago(9, 11))
    circle.thank(case=mended, words="人在外头，多亏你们上门", by=him, at=crew.ago(8, 20))
    work = _asks(wife, her, "job", "想找一份离家近、能接孩子的活", crew.now - dt.timedelta(hours=26))
    casework.take_on(case=work, by=worker, at=crew.now - dt.timedelta(hours=25))
    apart = _asks(wife, her, "accompany", "周五去医院做个检查，先不让他担心", crew.now - dt.timedelta(hours=4))
    circle.share(relative=soldier, case=apart, shown=False, by=her, at=crew.now - dt.timedelta(hours=4))
    casework.take_on(case=apart, by=worker, at=crew.now - dt.timedelta(hours=3))
    circle.share_with_unit(relative=soldier, case=work, shown=True, by=her, at=crew.now - dt.timedelta(hours=2))
    circle.share_with_unit(relative=soldier, case=None, shown=True, by=her, at=crew.now - dt.timedelta(hours=2))


def _asks(wife: tuple[int, int | None, str], her: Actor, kind: str, words: str, at: dt.datetime) -> int:
    """One ask of hers, as the app opens it."""
    version = catalogue.in_force(clock.day(at))[SERVICE].version_id
    opening = Opening(service=SERVICE, version=version, person=wife[0], family=wife[1], area=wife[2], kind=kind,
                      channel="app", words=words)  # fmt: skip
    return int(casework.open_cases(openings=[opening], by=her, at=at)[0].pk)


def _mended(crew: Crew, case: int, her: Actor, worker: Actor, at: dt.datetime) -> None:
    shop = crew.actor("shop.001")
    offer = casework.dispatch(case=case, office=crew.keys["shop.001"], by=worker, at=at)
    casework.answer_dispatch(dispatch=offer.pk, accept=True, by=shop, at=at + dt.timedelta(minutes=15))
    casework.done_dispatch(
        dispatch=offer.pk, words="换了阀芯，试过水", by=shop, at=at + dt.timedelta(minutes=70), minutes=30
    )
    casework.confirm_received(
        case=case, received=True, by=her, at=at + dt.timedelta(hours=8), score=5, words="不滴了，谢谢师傅"
    )


def _on_paper(crew: Crew, kept: set[int]) -> None:
    """Wives who sign at the counter; the liaison hands the page over, the soldier signs it, and both may be counted."""
    found = identities.numbered(crew.plan["spouses"])
    wives = sorted(one for one in found.values() if one[0] not in kept)
    wives.sort(key=lambda one: not one[2].startswith(STARS[:6]))  # the personas' county first
    day = clock.day(crew.ago(AGREED))
    done = 0
    for person, _family, home in wives:
        husband = next((pk for pk, kind in circles.kin_of(person, day).items() if kind == "spouse"), None)
        if done == ON_PAPER:
            return
        if husband is not None and husband not in kept:
            _signed(crew, person, husband, crew.actor(f"worker.{home}"), done)
            done += 1


def _signed(crew: Crew, wife: int, soldier: int, worker: Actor, number: int) -> None:
    at, paper = crew.ago(AGREED - 2, 10), "连心同意书，本人签字"
    mandates.give_mandate(person=wife, proxy_person=None, kind="clerk", until=clock.day(at) + _UNTIL, paper=paper,
                          by=worker, at=at)  # fmt: skip
    circle.agree(relative=soldier, shown=True, person=wife, paper=paper, by=worker, at=at)
    circle.want_paper(relative=soldier, wanted=True, person=wife, by=worker, at=at)
    if number % 4 == 3:
        return  # the page lies with the liaison, unanswered
    liaison, later = crew.actor("liaison"), crew.ago(AGREED - 6, 15)
    page = next(one for one in circling.pages(liaison.scope, at=later) if one.person == wife)
    circle.answer_on_paper(sheet=page.id, agreed=True, paper="联络员带回的签字页", by=liaison, at=later)
    circle.handed(soldier=soldier, by=liaison, at=later)
    circle.share_with_unit(relative=soldier, case=None, shown=True, person=wife, paper=paper, by=worker,
                           at=later + dt.timedelta(days=1))  # fmt: skip
