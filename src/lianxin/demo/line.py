"""The community's line around today: the duty roster, asks that came in every way, what the desk saw to itself, what was
handed on to the right service, what a helper said no to, and what was not done at first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from lianxin.access import duty
from lianxin.access.queries import colleagues
from lianxin.casework import actions as casework
from lianxin.catalogue import queries as catalogue
from lianxin.demo import recipe
from lianxin.demo.city import STARS
from lianxin.demo.crew import Crew
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.people import identities
from lianxin.people import queries as people

SERVICE = "household-help"
NIGHT_PHONES = "0000-8"  # an exchange that is not connected
_NIGHT = ("徐", "邹", "阮", "毕", "褚", "游", "葛")
# channel, kind, words, what became of it: waits | ours | done | thanked | again (said not done) | up:<service>[:<kind>]
_ASKS: tuple[tuple[str, str, str, str], ...] = (
    ("hotline", "repair", "楼道感应灯不亮，老人晚上下楼怕摔", "ours"),
    ("messenger", "school", "秋季入园要准备哪些材料", "done"),
    ("paper", "errand", "手写的条子：帮忙把药费单子交一下", "thanked"),
    ("liaison", "accompany", "战士托联络员转告：母亲周五复查，请人陪一下", "ours"),
    ("counter", "benefit", "爱人随军后没了工作，问问能领什么", "up:accomp-subsidy"),
    ("phone", "quarrel", "和楼上为漏水吵起来了，想请人说和", "waits"),
    ("hotline", "complaint", "上次来的师傅说好三点，五点才到", "waits"),
    ("phone", "legal", "租房押金要不回来，怎么办", "up:rights-case:debt-contract"),
    ("messenger", "job", "想找离家近、能接孩子的活", "ours"),
    ("counter", "tutoring", "孩子数学跟不上，想找人带一带", "again"),
    ("paper", "carry", "手写的条子：旧沙发搬到楼下", "done"),
    ("visit", "other", "走访时说：家里的药过期了，请人帮着清一清", "thanked"),
)  # fmt: skip
_BEFORE = {"waits": 40, "ours": 150, "done": 900, "thanked": 2600, "again": 400, "up": 1500}  # minutes ago


@dataclass(frozen=True, slots=True)
class _Ask:
    family: int
    area: str
    channel: str
    kind: str
    words: str
    fate: str
    at: dt.datetime
    number: int


def move(crew: Crew) -> None:
    """Enter the rosters, then open and answer the asks."""
    _rosters(crew)
    for ask in _asks(crew):
        _lived(crew, ask)


def _rosters(crew: Crew) -> None:
    """Every community of the stars' township has its nights for this week and the next, the township's days and nights too."""
    rng = Random(f"{recipe.SEED}/duty")  # noqa: S311  an invented city needs no secrecy
    today = duty.shift_at(crew.now)[0]
    days = [today + dt.timedelta(days=n) for n in range(14)]
    for key, office in sorted(crew.keys.items()):
        if not key.startswith(f"station.{STARS}"):
            continue
        seats = [pk for pk, _name in colleagues(office)]
        wishes: dict[duty.Slot, duty.Wish] = {}
        for place, day in enumerate(days):
            if seats and place % 3 == 0:
                wishes[day, "night"] = duty.Wish(account=seats[0], phone=f"{NIGHT_PHONES}{office % 1000000:06d}")
            else:
                name = f"{rng.choice(_NIGHT)}{rng.choice('平安宁和')}"
                wishes[day, "night"] = duty.Wish(name=name, phone=f"{NIGHT_PHONES}{office % 1000000:06d}")
            if seats:
                wishes[day, "day"] = duty.Wish(account=seats[0])
        duty.put(office=office, wishes=wishes, by=crew.by, at=crew.now)


def _asks(crew: Crew) -> list[_Ask]:
    rng = Random(f"{recipe.SEED}/line")  # noqa: S311  an invented city needs no secrecy
    homes = sorted(identities.households(crew.plan["asks"]).values())
    stars = [one for one in homes if one[1].startswith(STARS)]
    count = crew.scaled(recipe.LINE_ASKS, 2 * len(_ASKS))
    made = []
    for number in range(count if homes else 0):
        channel, kind, words, fate = _ASKS[number % len(_ASKS)]
        family, area = rng.choice(stars if stars and number < 2 * len(_ASKS) else homes)
        ago = _BEFORE[fate.partition(":")[0]] + rng.randrange(30)
        made.append(_Ask(family, area, channel, kind, words, fate, crew.now - dt.timedelta(minutes=ago), number))
    return sorted(made, key=lambda one: one.at)


def _lived(crew: Crew, ask: _Ask) -> None:
    """Open one ask at its hour and let the community's worker see to it."""
    published = catalogue.in_force(clock.day(crew.now))[SERVICE]
    worker = crew.actor(f"worker.{ask.area}")
    reference = f"12345-{ask.at:%m%d}-{ask.number:04d}" if ask.channel == "hotline" else ""
    opening = Opening(service=SERVICE, version=published.version_id, family=ask.family, area=ask.area, kind=ask.kind,
                      channel=ask.channel, words=ask.words, reference=reference)  # fmt: skip
    case = casework.open_cases(openings=[opening], by=worker, at=ask.at)[0]
    if ask.fate == "waits" or case.step_name != "dispatch":
        return

    def later(minutes: int) -> dt.datetime:
        return min(ask.at + dt.timedelta(minutes=minutes), crew.now)

    if ask.fate.startswith("up:"):
        _, service, *kind = ask.fate.split(":")
        person = _grown(crew, ask.family)
        if service in catalogue.in_force(clock.day(crew.now)) and person is not None:
            casework.hand_up(case=case.pk, service=service, kind="".join(kind), person=person, by=worker, at=later(20))
        return
    taken = casework.take_on(case=case.pk, by=worker, at=later(10))
    if ask.fate == "ours":
        return
    casework.done_dispatch(dispatch=taken.pk, words="已办好，当面看过", by=worker, at=later(70), minutes=45)
    if ask.fate == "thanked":
        casework.confirm_received(case=case.pk, received=True, by=worker, at=later(200), score=5, words="谢谢社区")
    elif ask.fate == "again":
        casework.confirm_received(case=case.pk, received=False, by=worker, at=later(120), words="约好的人没有来")


def _grown(crew: Crew, family: int) -> int | None:
    """A grown-up of the household: the one for whom a case is opened."""
    home = people.families(crew.scope, [family]).get(family)
    today = clock.day(crew.now)
    grown = [one.id for one in home.members if one.died_on is None and (one.age(today) or 0) >= 18] if home else []
    return grown[-1] if grown else None
