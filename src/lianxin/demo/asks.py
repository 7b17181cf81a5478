"""Asks of households around today: handed out, declined, taken, done, thanked for; and who gives help where."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lianxin.campaigns import actions as campaigns
from lianxin.casework import actions as casework
from lianxin.catalogue import queries as catalogue
from lianxin.demo import offices, recipe
from lianxin.demo.crew import Crew, grouped
from lianxin.demo.places import places
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.partners import actions as partners
from lianxin.people import identities

SERVICE = "household-help"
_WORDS = {
    "repair": ("厨房水管漏了，水流了一地", "卫生间的灯不亮了", "暖气片不热", "门锁打不开"),
    "errand": ("替我去药店取一次药", "帮忙交一下燃气费", "取个快递，太沉拿不动"),
    "carry": ("买了米和油，搬不上楼", "旧柜子要挪到楼下"),
    "accompany": ("周四上午去医院复查，想有人陪着", "老人要去量血压，走不动"),
    "children": ("下午四点半接一下孩子，我赶不回来", "孩子放学后看一个小时"),
    "other": ("想请人帮忙看看手机怎么设置", "家里老人想有人说说话"),
}
# minutes ago; the last of those still open is past its hour
_SINCE = {
    "waits": (12, 12, 25, 25, 40, 40, 130), "offered": (15, 15, 30, 30, 45, 45, 150), "declined": (35, 50),
    "taken": (70, 120, 180, 220, 220, 320), "done": (200, 400, 1200, 1560, 2400), "thanked": (400, 1300, 1700, 2800),
}  # fmt: skip


@dataclass(slots=True)
class Ask:
    """One ask to be made."""

    family: int
    area: str
    kind: str
    at: dt.datetime
    number: int
    fate: str  # waits | offered | declined | taken | done | thanked


def move(crew: Crew) -> None:
    """Say who gives what, then open the asks and let the helpers answer."""
    _givers(crew)
    for asks in grouped(_asks(crew), lambda one: one.at.isoformat()).values():
        _open(crew, asks)


def _givers(crew: Crew) -> None:
    at = crew.ago(50)
    for number, (shop, kind) in enumerate(offices.shops(places())):
        if number >= crew.scaled(recipe.PLAQUES, 6):
            break
        office = crew.keys[shop.key]
        campaigns.offer(office=office, kinds=[kind], area=shop.area, hours="08:00-18:00", by=crew.by, at=at)
        partners.agree(office=office, plaque=f"YJ-{number + 1:04d}", offer="军人家庭上门维修免收上门费", by=crew.by, at=at,
                       since=dt.date(recipe.UNTIL, 8, 1))  # fmt: skip
    for key, office in crew.keys.items():
        if key.startswith("team.") and (crew.holders > 20_000 or key[5:11] == "419902"):
            campaigns.offer(office=office, kinds=list(recipe.ASK_KINDS), area=key[5:], by=crew.by, at=at)


def _asks(crew: Crew) -> list[Ask]:
    """Asks of the last three days; most were done within their hours."""
    homes = sorted(identities.households(crew.plan["asks"]).values())
    kinds = [kind for kind, count in recipe.ASK_KINDS.items() for _ in range(count)]
    fates = [fate for fate, count in recipe.FATES.items() for _ in range(count)]
    made = []
    for number, (family, area) in enumerate(homes):
        fate = crew.rng.choice(fates)
        at = crew.now - dt.timedelta(minutes=crew.rng.choice(_SINCE[fate]))
        made.append(Ask(family, area, crew.rng.choice(kinds), at, number, fate))
    return made


def _open(crew: Crew, asks: list[Ask]) -> None:
    published = catalogue.in_force(clock.day(crew.now))[SERVICE]
    openings = [
        Opening(service=SERVICE, version=published.version_id, family=ask.family, area=ask.area, kind=ask.kind,
                channel="phone" if ask.number % 3 else "app", words=crew.rng.choice(_WORDS[ask.kind]))
        for ask in asks
    ]  # fmt: skip
    opened = {case.family_id: case.pk for case in casework.open_cases(openings=openings, by=crew.by, at=asks[0].at)}
    for ask in asks:
        if ask.fate != "waits" and ask.family in opened:
            _answered(crew, ask, opened[ask.family])


def _answered(crew: Crew, ask: Ask, case: int) -> None:
    """The community hands it to the volunteers of its township, who answer as its fate wants."""

    def later(minutes: int) -> dt.datetime:
        return min(ask.at + dt.timedelta(minutes=minutes), crew.now)

    worker, team = crew.actor(f"worker.{ask.area}"), crew.keys[f"team.{ask.area[:9]}"]
    helper = crew.actor(f"volunteer.{ask.area[:9]}")
    handed = casework.dispatch(case=case, office=team, by=worker, at=later(8))
    if ask.fate == "offered":
        return
    if ask.fate == "declined":
        casework.answer_dispatch(dispatch=handed.pk, accept=False, by=helper, at=later(25), reason="今天人手不够")
        return
    casework.answer_dispatch(dispatch=handed.pk, accept=True, by=helper, at=later(20))
    if ask.fate == "taken":
        return
    minutes = crew.rng.randrange(15, 90)
    casework.done_dispatch(dispatch=handed.pk, words="已上门办好", by=helper, at=later(25 + minutes), minutes=minutes)
    if ask.fate == "thanked":
        casework.confirm_received(case=case, received=True, by=worker, at=later(60 + minutes),
                                  score=crew.rng.choice((5, 5, 5, 4)), words=crew.rng.choice(("来得真快", "谢谢", "")))  # fmt: skip
