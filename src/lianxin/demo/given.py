"""What givers offer and are thanked for in the personas' township; gifts, what became of them; somebody who is listened to."""

from __future__ import annotations

import contextlib
import datetime as dt

from lianxin.campaigns import actions as campaigns
from lianxin.campaigns import certificates
from lianxin.casework import actions as casework
from lianxin.catalogue import queries as catalogue
from lianxin.demo import recipe
from lianxin.demo.city import STARS
from lianxin.demo.crew import Crew
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.partners import gifts
from lianxin.people import identities

PSYCH = "psych-support"


def move(crew: Crew) -> None:
    """Offers with their days, gifts with their uses, matters of the heart: all through the rooms' doors."""
    _offers(crew)
    _gifts(crew)
    _listened_to(crew)
    _needs(crew)


def _needs(crew: Crew) -> None:
    """The two lists: one need just brought, one with an owner, and one of the locality."""
    officer, panel, county = crew.actor("political-officer"), crew.actor("panel"), crew.county("reviewer", STARS)
    brought = crew.now - dt.timedelta(days=6)
    by = (clock.day(crew.now) + dt.timedelta(days=45)).isoformat()

    def bring(service: str, kind: str, need: str, who: Actor, at: dt.datetime) -> int:
        version = catalogue.in_force(clock.day(at))[service].version_id
        opening = Opening(service=service, version=version, area=who.area, kind=kind, channel="liaison",
                          form={"need": need, "by": by})  # fmt: skip
        return int(casework.open_cases(openings=[opening], by=who, at=at)[0].pk)

    jobs = bring("unit-support", "family", "随军家属专场招聘会", officer, brought)
    bring("unit-support", "culture", "给官兵送几场戏和一批书", officer, crew.now - dt.timedelta(hours=3))
    bring("locality-support", "school", "请部队同志给新生上国防教育课", county, crew.now - dt.timedelta(days=1))
    casework.accept(cases=jobs, by=panel, at=brought + dt.timedelta(hours=5))
    casework.advance(cases=jobs, by=panel, at=brought + dt.timedelta(days=1))
    offer = casework.dispatch(
        case=jobs, office=crew.keys[f"centre.{STARS[:6]}"], by=panel, at=brought + dt.timedelta(days=2)
    )
    casework.answer_dispatch(dispatch=offer.pk, accept=True, by=county, at=brought + dt.timedelta(days=3))


def _offers(crew: Crew) -> None:
    at = crew.ago(30)
    team, unit = crew.keys.get(f"team.{STARS}"), crew.keys.get("unit")
    volunteer = crew.actor(f"volunteer.{STARS}")
    if team is not None:
        campaigns.offer(office=team, kinds=["children", "accompany"], area=STARS, weekdays="12345", hours="15:00-19:00",
                        per_week=6, by=volunteer, at=at)  # fmt: skip
        campaigns.offer(office=team, kinds=["other"], area=STARS, thing="轮椅两台，可借一个月", by=volunteer, at=at)
        last = clock.day(crew.now)
        with contextlib.suppress(Refusal):  # a tiny city in which nobody confirmed anything yet
            certificates.issue(office=team, from_on=dt.date(last.year, 1, 1), to_on=last, by=volunteer, at=crew.now)
    if unit is not None:
        campaigns.offer(office=unit, kinds=["carry"], area=STARS, weekdays="6", hours="08:30-11:30", per_week=4,
                        by=crew.actor("unit"), at=at)  # fmt: skip


def _gifts(crew: Crew) -> None:
    clerk, donor = crew.actor(f"clerk.{STARS}"), crew.keys["donor"]
    first = gifts.receive(
        office=donor, quantity=5_000_000, purpose="困难军属和老兵过冬", area=STARS, by=clerk, at=crew.ago(40)
    )
    for days, fen, words in (
        (30, 600_000, "十二户军属的取暖补助"),
        (18, 350_000, "两位老兵的护理床"),
        (9, 200_000, "孩子们的书"),
    ):
        gifts.give(gift=first.pk, quantity=fen, words=words, by=clerk, at=crew.ago(days))
    wrong = gifts.give(gift=first.pk, quantity=100_000, words="重复登记的一笔", by=clerk, at=crew.ago(8))
    gifts.take_back(use=wrong.pk, reason="同一笔登记了两次", by=clerk, at=crew.ago(7))
    quilts = gifts.receive(
        office=donor, quantity=60, thing="棉被", unit="床", purpose="走访慰问", area=STARS, by=clerk, at=crew.ago(20)
    )
    gifts.give(gift=quilts.pk, quantity=42, words="入户走访送到四十二户", by=clerk, at=crew.ago(6))
    shop = crew.keys["shop.001"]
    typed = gifts.receive(office=shop, quantity=20_000, purpose="按需使用", area=STARS, by=clerk, at=crew.ago(5))
    gifts.reverse(gift=typed.pk, reason="金额少写了一个零", by=clerk, at=crew.ago(5))
    gifts.receive(office=shop, quantity=200_000, purpose="按需使用", area=STARS, by=clerk, at=crew.ago(5))


def _listened_to(crew: Crew) -> None:
    """A few quiet matters in each county: some wait within their hours, most have their person."""
    published = catalogue.in_force(clock.day(crew.now)).get(PSYCH)
    if published is None:
        return
    people = sorted(identities.numbered(crew.plan["rights"]).values(), key=lambda one: -one[0])
    words = ("夜里睡不好，想找人说说", "他不在家，心里空落落的", "老伴走了，过不去", "孩子不爱说话了")
    kinds = [kind.code for kind in published.service.kinds]
    for number, (person, _family, home) in enumerate(people[: crew.scaled(recipe.OPEN_RIGHTS // 2, 3)]):
        by = crew.actor(f"counsel.{home[:6]}")
        opening = Opening(service=PSYCH, version=published.version_id, person=person, area=home, channel="phone",
                          kind=kinds[number % len(kinds)], words=words[number % len(words)])  # fmt: skip
        opened = casework.open_cases(openings=[opening], by=crew.by, at=crew.ago(4, 10 + number % 6))
        if number % 3:
            casework.accept(cases=[case.pk for case in opened], by=by, at=crew.ago(4, 17))
