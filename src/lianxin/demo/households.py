"""How a household of each kind is made. The years are fixed, so that the same seed gives the same city for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from lianxin.demo import recipe
from lianxin.demo.members import Household, Making, Member, day_in

_KINDS = ("conscript", "conscript", "conscript", "conscript", "nco", "nco", "officer")


def veteran(making: Making) -> Household:
    """A veteran whose family is not on file."""
    return _home(making, "veteran", [_veteran(making, 1944, 2003)])


def couple(making: Making) -> Household:
    """A veteran and a spouse."""
    head = _veteran(making, 1948, 1999)
    return _home(making, "couple", [head, _spouse(making, head)])


def young(making: Making) -> Household:
    """A veteran with a spouse and a child, sometimes two."""
    head = _veteran(making, 1979, 1997)
    spouse = _spouse(making, head)
    return _home(making, "young", [head, spouse, *_children(making, head, spouse, 0.12)])


def elder(making: Making) -> Household:
    """An old veteran, alone, with a spouse, or widowed."""
    head = _veteran(making, 1932, 1964)
    chance = making.rng.random()
    members = [head]
    if chance < 0.36:
        spouse = _spouse(making, head)
        if chance < 0.1:
            spouse.died, spouse.phone, spouse.account, spouse.bank = day_in(making.rng, 2008, 2025), "", "", ""
        members.append(spouse)
    return _home(making, "elder", members)


def bereaved(making: Making) -> Household:
    """Whom a dead soldier left: a widow, a parent, a child."""
    rng = making.rng
    role = ("spouse", "parent", "parent", "child")[int(rng.random() * 4)]
    died = day_in(rng, 1979, 2019)
    years = {"spouse": (24, 34), "parent": (44, 54), "child": (-4, 2)}[role]
    born = day_in(rng, died.year - years[1], died.year - years[0])
    male = role != "spouse" and rng.random() < 0.45
    head = making.member(male, max(born, dt.date(1928, 1, 1)))
    head.bereaved_of = ("martyr", "duty", "duty", "illness", "illness")[int(rng.random() * 5)]
    head.bereaved_as, head.bereaved_from, head.holder = role, died, True
    making.reach(head, 0.7, 0.96)
    return _home(making, "bereaved", [head])


def generations(making: Making) -> Household:
    """A father and a son who both served."""
    father = _veteran(making, 1955, 1968, men=1.0)
    mother = _spouse(making, father)
    son = _veteran(making, father.born.year + 23, father.born.year + 31, family=father.name[0])
    son.role, son.father, son.mother = "child", father.number, mother.number
    return _home(making, "generations", [father, mother, son])


def serving(making: Making) -> Household:
    """A serving soldier's household: with parents, or with a wife and a child."""
    rng = making.rng
    if rng.random() < 0.62:
        father = making.member(True, day_in(rng, 1966, 1980))
        making.reach(father, 0.96, 0.9)
        mother = _spouse(making, father)
        soldier = _soldier(making, 1998, 2006, "child", father.name[0])
        soldier.father, soldier.mother = father.number, mother.number
        _works(making, father)
        return _home(making, "serving", [father, mother, soldier])
    soldier = _soldier(making, 1984, 1996, "head", "")
    wife = _spouse(making, soldier)
    return _home(making, "serving", [soldier, wife, *_children(making, soldier, wife, 0.1)])


def accompanying(making: Making) -> Household:
    """A soldier whose unit is here and the wife who followed him, with or without children."""
    rng = making.rng
    soldier = _soldier(making, 1982, 1994, "head", "")
    soldier.kind = "officer" if rng.random() < 0.45 else "nco"
    soldier.stationed = True
    wife = _spouse(making, soldier)
    wife.phone = wife.phone or making.numbers.phone()
    wife.accompanying_from = day_in(rng, 2016, 2019)
    wife.stationed, wife.verified = True, True
    wife.employment, wife.insured, wife.registered, wife.income = "employed", True, None, 3800
    wife.since = None
    children = _children(making, soldier, wife, 0.15) if rng.random() < 0.7 else []
    return _home(making, "accompanying", [soldier, wife, *children])


MAKERS: dict[str, Callable[[Making], Household]] = {
    "veteran": veteran, "couple": couple, "young": young, "elder": elder, "bereaved": bereaved,
    "generations": generations, "serving": serving, "accompanying": accompanying,
}  # fmt: skip


def _home(making: Making, kind: str, members: list[Member]) -> Household:
    return Household(kind, making.code, making.home, members)


def _veteran(making: Making, first: int, last: int, family: str = "", men: float = 0.965) -> Member:
    rng = making.rng
    chance = rng.random
    born = day_in(rng, first, last)
    made = making.member(chance() < men, born, family=family)
    made.kind = _KINDS[int(chance() * len(_KINDS))] if born.year < 2002 else "conscript"
    made.enlisted = dt.date(born.year + 18 + int(chance() * 3), 9 if born.year > 1993 else 12, 1)
    years = 2 if born.year > 1980 else 3
    if made.kind != "conscript":
        years = 8 + int(chance() * (5 if made.kind == "nco" else 14))
    made.discharged = dt.date(min(made.enlisted.year + years, recipe.UNTIL), made.enlisted.month, 1)
    made.settlement = _settled(made.kind, chance())
    made.holder = True
    _rural(making, made)
    _standing(making, made)
    _works(making, made)
    old = born.year < 1952
    making.reach(made, 0.55 if old else 0.97, 0.9)
    return made


def _settled(kind: str, chance: float) -> str:
    if kind == "conscript":
        return "self_employed" if chance < 0.97 else "assigned_job"
    if kind == "nco":
        return "self_employed" if chance < 0.55 else "assigned_job" if chance < 0.85 else "monthly_pay"
    if chance < 0.75:
        return "transfer" if chance < 0.62 else "demobilised"
    return "retirement" if chance < 0.9 else "monthly_pay"


def _rural(making: Making, made: Member) -> None:
    """From the country or the town when they enlisted. Of the old, most were given work and have its pension."""
    chance = making.rng.random()
    if made.born.year >= 1968:
        made.rural = chance < (0.85 if making.rural else 0.35)
        return
    entitled = chance < recipe.RURAL60_SHARE * (1.6 if making.rural else 0.3)
    made.rural = entitled
    made.insured = not entitled
    if entitled:
        made.kind, made.settlement = "conscript", "self_employed"
    else:
        made.settlement = "assigned_job" if made.kind != "officer" else made.settlement
    made.employment = "none" if entitled else "retired"


def _standing(making: Making, made: Member) -> None:
    rng = making.rng
    chance = rng.random()
    if made.discharged is None or made.enlisted is None:
        return
    if chance < 0.035:
        made.grade = (10, 9, 8, 8, 7, 6, 6, 5, 4, 2)[int(chance / 0.035 * 10)]
        made.cause = ("duty", "duty", "war", "illness")[int(rng.random() * 4)] if made.grade <= 6 else "duty"
        made.disabled_from = made.discharged
    elif chance < 0.15 and 1955 <= made.born.year <= 1968 and made.employment != "none":
        made.categories = "combat"
    elif 0.15 < chance < 0.162 and made.employment != "none":
        made.categories = "returned_sick"
    elif made.born.year <= 1935:
        made.categories = "enlisted_before_1954"


def _works(making: Making, made: Member) -> None:
    if made.employment:
        return
    chance = making.rng.random()
    if made.born.year < 1966:
        made.employment, made.insured = "retired", True
    elif chance < 0.6:
        made.employment, made.insured = "employed", True
        made.income = 2600 + int(chance * 9000) // 100 * 100
    elif chance < 0.86:
        made.employment, made.insured = "self_employed", False
    elif chance < 0.91:
        made.employment, made.registered, made.insured = "unemployed", chance < 0.885, False


def _spouse(making: Making, head: Member) -> Member:
    rng = making.rng
    year = head.born.year - 2 + int(rng.random() * 6)
    made = making.member(not head.male, dt.date(year, head.born.month, 1 + int(rng.random() * 28)), "spouse")
    made.spouse = head.number
    making.reach(made, 0.9 if year > 1955 else 0.5, 0.35)
    _works(making, made)
    return made


def _children(making: Making, one: Member, other: Member, second: float) -> list[Member]:
    rng = making.rng
    father, mother = (one, other) if one.male else (other, one)
    made = []
    year = max(2008, mother.born.year + 25)
    for _ in range(2 if rng.random() < second else 1):
        child = making.member(rng.random() < 0.52, day_in(rng, year, min(year + 4, 2024)), "child", father.name[0])
        child.father, child.mother = father.number, mother.number
        child.employment, child.stage = _schooling(child.born.year)
        made.append(child)
        year = min(child.born.year + 2, 2022)
    return made


def _schooling(born: int) -> tuple[str, str]:
    age = recipe.UNTIL - born
    if age < 3:
        return "none", "none"
    stages = ((6, "nursery"), (12, "primary"), (15, "junior"), (18, "senior"))
    return "student", next((stage for until, stage in stages if age < until), "university")


def _soldier(making: Making, first: int, last: int, role: str, family: str) -> Member:
    rng = making.rng
    born = day_in(rng, first, last)
    made = making.member(True, born, role, family)
    made.enlisted = dt.date(min(born.year + 19, recipe.UNTIL), 9, 1)
    made.kind = "conscript" if made.enlisted.year >= 2024 else "nco" if rng.random() < 0.75 else "officer"
    making.reach(made, 0.3, 0.5)
    return made
