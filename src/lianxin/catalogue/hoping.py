"""A good thing to come (a discharge, a birth, a move, a job): what would begin, what would end, what to prepare.

The same engine judges the facts as they will be on the day, and a copy of them in which the event has happened
(:mod:`lianxin.catalogue.imagined`). The list of events is closed and hopeful. Nothing is stored.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from lianxin.catalogue import ahead
from lianxin.catalogue.ahead import Subject, Verdict
from lianxin.catalogue.facts import facts_of
from lianxin.catalogue.imagined import CHANGES, KEPT, STILL, Facts, Plan, still_serving, touched
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import documents
from lianxin.engine.explaining import Looked
from lianxin.engine.explaining import explain as opened
from lianxin.engine.facts import VOCABULARY, Name
from lianxin.engine.problems import DeclarationErrors

log = logging.getLogger(__name__)
T = TypeVar("T")
FILE = "plans.yaml"
FARTHEST = 5  # years
SCHOOLS = 7  # so many birthdays of a child to be born are looked at
# What a plan says besides its day, in words that pages translate.
JOBS = {"employed": "with an employer", "self_employed": "on one's own account"}
PLACES = {"near": "within the same county", "county": "to another county of this city", "away": "to another city"}
SETTLEMENTS = ("self_employed", "assigned_job", "monthly_pay", "demobilised", "transfer", "retirement")
# About death, sickness and wounds nothing is ever suggested: a service resting on one of these that does not hold
# is not shown at all, and a missing one is never asked for on a page of the family.
GRAVE = frozenset({
    "alive", "died_on", "bereaved", "bereaved_of", "bereaved_as", "has_bereaved", "disabled_soldier",
    "disability_grade", "disability_cause", "returned_sick", "able_to_work",
})  # fmt: skip
_SCHOOL = frozenset({"education_stage", "in_education", "hukou_here", "hukou_county", "sex"})
_OF_PARENT = ("residence", "residence_county", "resident_here", "serving", "spouse_serving", "unit_stationed_here")
CHILD: Subject = ("person", 0)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to come: its words, and the services by which it is told or begun."""

    code: str
    name: Name
    says: Name
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A service that would begin, end, or might begin; ``why``: the conditions that made the difference."""

    service: Published
    subject: Subject
    day: dt.date
    amount: int | None = None
    missing: tuple[str, ...] = ()
    why: tuple[Looked, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the plan would bring. ``keeps``: what stays theirs; ``later``: for the child that is born, with the day;
    ``hidden``: how many more it touches whose verdicts whoever asks may not see."""

    begins: list[Item] = field(default_factory=list)
    ends: list[Item] = field(default_factory=list)
    maybe: list[Item] = field(default_factory=list)
    later: list[Item] = field(default_factory=list)
    keeps: list[Item] = field(default_factory=list)
    first: list[Published] = field(default_factory=list)
    hidden: int = 0


def events() -> dict[str, Event]:
    """The events that can be thought of, in their order."""
    return told(_read)


def told(reader: Callable[[Path, int], dict[str, T]]) -> dict[str, T]:
    """What the file says; nothing where it cannot be read, which ``catalogue check`` says with its line."""
    path = Path(settings.CATALOGUE) / FILE
    try:
        return reader(path, path.stat().st_mtime_ns) if path.is_file() else {}
    except (DeclarationErrors, AttributeError, KeyError, TypeError):
        log.exception("%s cannot be read; nothing is offered from it: lianxin catalogue check", FILE)
        return {}


@lru_cache(maxsize=4)
def _read(path: Path, _written: int) -> dict[str, Event]:
    found: Any = documents.plain(documents.read(path))
    return {
        str(one["code"]): Event(str(one["code"]), _name(one["name"]), _name(one["says"]), tuple(map(str, one["first"])))
        for one in found["events"] if str(one["code"]) in CHANGES
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Advice:
    """What somebody can do about a changeable condition, and the services that help."""

    words: Name
    helps: tuple[str, ...]


def advice(facts: Sequence[str]) -> Advice | None:
    """What can be done about a condition that looks at these facts; the last of them that something is said of: it is
    what the condition wants besides."""
    known = told(_advised)
    return next((known[code] for code in reversed(facts) if code in known), None)


@lru_cache(maxsize=4)
def _advised(path: Path, _written: int) -> dict[str, Advice]:
    found: Any = documents.plain(documents.read(path))
    return {str(code): Advice(_name(one["do"]), tuple(map(str, one.get("helps", ()))))
            for code, one in found.get("changeable", {}).items()}  # fmt: skip


def _name(pair: Mapping[str, str]) -> Name:
    return Name(str(pair["zh"]), str(pair["en"]))


def fitting(person: int, day: dt.date) -> list[Event]:
    """The events that can come to this person: one who does not serve is not discharged."""
    asks = {"discharge": "serving", "spouse-discharge": "spouse_serving"}
    row = _known(person, list(asks.values()), day)
    return [one for code, one in events().items() if code not in asks or row.get(asks[code]) is True]


def _known(person: int, codes: Sequence[str], day: dt.date) -> Facts:
    """Some facts of one person's file as of the day."""
    found = facts_of(subject="person", codes=codes, day=day, service="", ids=[person]).to_dicts()
    return dict(found[0]) if found else {}


def imagine(
    *, person: int, family: int | None, plan: Plan, today: dt.date, shown: Collection[int] = ()
) -> Outlook:  # fmt: skip
    """What the plan would bring to the person, the household, and those of ``shown`` whom it touches: whoever asks may see
    their verdicts. Raises ``KeyError`` for an event that is none."""
    change = CHANGES[plan.event]
    kin = {one.person: one for one in touched(person, plan)}
    others: list[Subject] = [("person", one) for one in kin if one in shown]
    own: list[Subject] = [("person", person)] + ([("family", family)] if family is not None else [])
    subjects = own + others
    services = ahead.told(plan.day)
    facts = ahead.rows(subjects, services, plan.day)
    if family is not None and ("family", family) in facts:
        facts["family", family][STILL] = still_serving(person, plan)
    had, later = ahead.received(subjects, services, today), (plan.day - today).days
    out = Outlook(first=_first(plan), hidden=len(kin) - len(others))
    for one in services:
        for subject in subjects:
            if subject[0] != one.service.subject or subject not in facts:
                continue
            before = facts[subject]
            if subject in own:
                changes = change(before, plan, subject[0])
            else:
                changes = kin[subject[1]].changes({**before, KEPT: kin[subject[1]].kept})
            after = _applied(before, changes)
            mine = had.get((one.service.code, subject))
            was, will = (ahead.verdict(one, row, mine, plan.day, later) for row in (before, after))
            _sorted_in(out, one, subject, plan.day, was, will, _why(one, before, after, plan.day))
    if plan.event == "birth":
        out.later.extend(_childs(_known(person, _OF_PARENT, plan.day), plan))
    return out


def order(found: Outlook, person: int) -> list[Subject]:
    """Those to whom something is said: whoever plans, the household, then the others by their id."""
    said = {one.subject for part in (found.begins, found.ends, found.maybe, found.keeps) for one in part}
    return sorted(said, key=lambda one: (one != ("person", person), one[0] != "family", one[1]))


def _applied(row: Facts, changes: Facts) -> Facts:
    """The copy in which it has happened; only facts that are looked at."""
    return {**row, **{code: value for code, value in changes.items() if code in row}}


def _sorted_in(
    out: Outlook, one: Published, subject: Subject, day: dt.date, was: Verdict | None, will: Verdict | None,
    why: tuple[Looked, ...],
) -> None:  # fmt: skip
    is_, becomes = was is not None and was.entitled, will is not None and will.entitled
    if becomes and not is_:
        out.begins.append(Item(one, subject, day, will.amount if will else None, (), why))
    elif is_ and will is None:
        out.ends.append(Item(one, subject, day, was.amount if was else None, (), why))
    elif becomes and will is not None:
        out.keeps.append(Item(one, subject, day, will.amount))
    elif will is not None and not becomes and (was is None or is_):
        out.maybe.append(Item(one, subject, day, None, will.missing, why))


def _why(one: Published, before: Facts, after: Facts, day: dt.date) -> tuple[Looked, ...]:
    """The conditions that come out otherwise after than before."""
    was, will = opened(one.service, before, day), opened(one.service, after, day)
    return tuple(new for old, new in zip(was.conditions, will.conditions, strict=True) if old.good != new.good)


def _first(plan: Plan) -> list[Published]:
    """The services by which it is told or begun; of a move the one that fits how far it goes."""
    chosen = in_force(plan.day)
    codes: Sequence[str] = events()[plan.event].first
    if plan.event == "move" and plan.place in PLACES:
        codes = [code for code, place in zip(codes, PLACES, strict=False) if place == plan.place]
    return [chosen[code] for code in codes if code in chosen]


def _childs(parent: Facts, plan: Plan) -> list[Item]:
    """What a child to be born may have, at the first birthday at which it does: as far as the parent's file can say."""
    child: Facts = {code: fact.absent_for("person") for code, fact in VOCABULARY.items() if "person" in fact.subjects}
    child |= {code: parent.get(code) for code in ("residence", "residence_county", "resident_here")}
    serving = bool(parent.get("serving") or parent.get("spouse_serving"))
    child |= {
        "parent_serving": serving,
        "military_family": serving,
        "unit_stationed_here": parent.get("unit_stationed_here"),
    }
    found: dict[str, Item] = {}
    for age in range(SCHOOLS + 1):
        day = ahead.in_years(plan.day, age)
        for one in ahead.told(day):
            if one.service.subject != "person" or one.service.code in found:
                continue
            row = {code: child.get(code) for code in one.facts} | {"age": age}
            judged = ahead.verdict(one, row, None, day)
            if judged is not None and (judged.entitled or set(judged.missing) <= _SCHOOL):
                found[one.service.code] = Item(one, CHILD, day, judged.amount, judged.missing)
    return list(found.values())
