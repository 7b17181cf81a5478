"""Facts as they would be once a good thing has happened: of whoever plans it, of the household, of those it touches.

Kin rows say who is touched: a discharge changes what a spouse, a parent and a child are to the forces, a birth gives both
parents a child more, a household moves as one. Nothing here touches a fact about death, wounds, illness or a parting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lianxin.catalogue.facts import facts_of
from lianxin.people import circles, identities

Facts = dict[str, Any]
STILL = "still serving"  # of a household's row: somebody besides the one who comes home
KEPT = "kin still serving"  # of a relative's row: what those besides the one who comes home are to them
_ADULT = 18  # 军人抚恤优待条例 art. 19: up to then a child is the family of whoever serves
LEAVING = frozenset({"discharge", "spouse-discharge"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody imagines. ``how``: a settlement or a kind of work; ``to``: a county, for a move; ``registered``: the
    household registration (户籍) moves too."""

    event: str
    day: dt.date
    how: str = ""
    place: str = ""
    to: str = ""
    registered: bool = False


def _discharge(row: Facts, plan: Plan, kind: str) -> Facts:
    if kind == "family":
        return _home_again(row)
    return {
        "serving": False, "veteran": True, "discharged_on": plan.day, "days_since_discharge": 0,
        "settlement": plan.how or None, "unit_stationed_here": False, "service_years": row.get("service_years"),
    }  # fmt: skip


def _home_again(row: Facts) -> Facts:
    """A household with a veteran more; whether another member still serves was looked up."""
    return {"has_veteran": True, "has_serving": bool(row.get(STILL))}


def _spouse(row: Facts, _plan: Plan, kind: str) -> Facts:
    if kind == "family":
        return _home_again(row)
    kin = bool(row.get("child_serving")) or bool(row.get("parent_serving"))
    return {"spouse_serving": False, "accompanying": False, "military_family": kin, "unit_stationed_here": False}


def _birth(row: Facts, _plan: Plan, kind: str) -> Facts:
    if kind == "family":
        return {"members": (row.get("members") or 0) + 1, "has_minor": True}
    return {"minor_children": (row.get("minor_children") or 0) + 1}


def _move(row: Facts, plan: Plan, kind: str) -> Facts:
    here = plan.place != "away"
    if plan.place == "near":
        return {}
    code = plan.to if here else ""
    made: Facts = {"resident_here": here, "residence": None}
    if kind == "person":
        made["residence_county"] = code or None
        if plan.registered:
            made |= {"hukou_here": here, "hukou_county": code or None}
    return made


def _job(row: Facts, plan: Plan, kind: str) -> Facts:
    if kind == "family":
        return {}
    firm = plan.how != "self_employed"
    return {"employment": plan.how or "employed", "unemployment_registered": False, "employer_insured": firm,
            "monthly_income": None, "employer_kind": None if firm else "own"}  # fmt: skip


# Of whoever plans, and of the household.
CHANGES: Mapping[str, Callable[[Facts, Plan, str], Facts]] = {
    "discharge": _discharge, "spouse-discharge": _spouse, "birth": _birth, "move": _move, "job": _job,
}  # fmt: skip


def _of_spouse(row: Facts) -> Facts:
    kept = row.get(KEPT) or frozenset()
    made: Facts = {"spouse_serving": "spouse" in kept, "military_family": _near(row)}
    return made if "spouse" in kept else {**made, "accompanying": False, **_stationed(row)}


def _of_parent(row: Facts) -> Facts:
    """What changes for the father or the mother of whoever comes home."""
    return {"child_serving": "child" in (row.get(KEPT) or ()), "military_family": _near(row), **_stationed(row)}


def _of_child(row: Facts) -> Facts:
    return {"parent_serving": "parent" in (row.get(KEPT) or ()), "military_family": _near(row), **_stationed(row)}


def _near(row: Facts) -> bool:
    """Whether somebody else who serves makes this relative a military family (军人地位和权益保障法 art. 68)."""
    kept = row.get(KEPT) or frozenset()
    young = row.get("age") is not None and row["age"] < _ADULT
    bound = young or row.get("in_education") is True or row.get("able_to_work") is False
    return "spouse" in kept or "child" in kept or ("parent" in kept and bound)


def _stationed(row: Facts) -> Facts:
    """A unit stationed here was said of whoever comes home, unless another of the family serves."""
    return {} if row.get(KEPT) else {"unit_stationed_here": False}


_OF_KIN: Mapping[str, Callable[[Facts], Facts]] = {"spouse": _of_spouse, "parent": _of_parent, "child": _of_child}


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody besides the planner whose facts change, and how: called with the row of that person."""

    person: int
    changes: Callable[[Facts], Facts]
    kept: frozenset[str] = frozenset()


def touched(person: int, plan: Plan) -> list[Touched]:
    """Those living whom the plan touches besides whoever plans it: kin on file, and of a move the household."""
    found = _touched(person, plan)
    living = circles.living([one.person for one in found])
    return [one for one in found if one.person in living]


def _touched(person: int, plan: Plan) -> list[Touched]:
    if plan.event in LEAVING:
        return _by_a_discharge(person, plan)
    if plan.event == "birth":
        kin = circles.relations_of(person, plan.day)
        return [Touched(one, lambda row: _birth(row, plan, "person")) for one, role in kin.items() if role == "spouse"]
    if plan.event == "move":
        return [Touched(one, lambda row: _move(row, plan, "person")) for one in identities.lives_with(person)]
    return []


def _by_a_discharge(person: int, plan: Plan) -> list[Touched]:
    made = []
    for leaver in _leavers(person, plan):
        if leaver != person:
            made.append(Touched(leaver, lambda row: _discharge(row, plan, "person")))
        kin = {one: role for one, role in circles.relations_of(leaver, plan.day).items() if role in _OF_KIN}
        kept = _serving_besides(leaver, kin, plan.day)
        for one, role in kin.items():
            if one != person:
                made.append(Touched(one, _OF_KIN[role], kept.get(one, frozenset())))
    return made


def _leavers(person: int, plan: Plan) -> list[int]:
    """Who comes home: the planner, or the planner's spouse who serves."""
    if plan.event == "discharge":
        return [person]
    spouses = [one for one, role in circles.relations_of(person, plan.day).items() if role == "spouse"]
    return sorted(_serving(spouses, plan.day))


def _serving_besides(leaver: int, kin: Iterable[int], day: dt.date) -> dict[int, frozenset[str]]:
    """What each relative's other kin who serve on the day are to them."""
    around = {one: {pk: role for pk, role in circles.relations_of(one, day).items() if pk != leaver} for one in kin}
    serve = _serving({pk for roles in around.values() for pk in roles}, day)
    return {one: frozenset(role for pk, role in roles.items() if pk in serve) for one, roles in around.items()}


def _serving(ids: Iterable[int], day: dt.date) -> set[int]:
    some = sorted(set(ids))
    if not some:
        return set()
    found = facts_of(subject="person", codes=["serving"], day=day, service="", ids=some)
    return set(found.filter(found["serving"].fill_null(value=False))["id"].to_list())


def still_serving(person: int, plan: Plan) -> bool:
    """Whether somebody of the household serves on the day besides the one who comes home."""
    members = {person, *identities.lives_with(person)}
    if plan.event == "discharge":
        members -= {person}
    elif plan.event == "spouse-discharge":
        members -= {one for one, relation in circles.kin_of(person, plan.day).items() if relation == "spouse"}
    return bool(_serving(members, plan.day))
