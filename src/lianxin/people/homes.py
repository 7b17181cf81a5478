"""A household as the desk sees it while somebody calls: who lives there, and what they may need.

What they may need is read from facts of the file (ages, who serves, a disability on file) and said in words. It is no
score: nothing is added up, stored or compared between households.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lianxin.access import seal
from lianxin.engine import masking
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.people import facts
from lianxin.people.finding import by_number, plain
from lianxin.people.hits import Hit, hit, opened
from lianxin.people.models import Family, Particulars, Person
from lianxin.people.queries import Household, families

OLD, VERY_OLD, BABY, GROWN = 65, 80, 3, 18  # years [illustrative: the desk's rule of thumb, no entitlement hangs on it]
CODES = (
    "age", "alive", "serving", "veteran", "disabled_soldier", "best_merit", "bereaved", "employment", "education_stage",
    "capacity",
)  # fmt: skip
TAIL = re.compile(r"\d{4,10}", re.ASCII)
SOME = 800  # ids of one query
MANY = 4000  # numbers opened in one look: a community has fewer; over more people the whole number is asked for


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the household. ``marks`` are codes of what the file says (away, veteran, baby, very-old …)."""

    person: Hit
    age: int | None
    phone: str  # masked
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """A household, those who live in it, what they may need as codes, and its highest merit (blank: none)."""

    household: Household
    members: tuple[Member, ...]
    needs: tuple[str, ...]
    merit: str


def home(scope: Scope, family: int, day: dt.date) -> Home | None:
    """One household that the scope covers, as the file has it on ``day``; the dead are left out."""
    return many(scope, [family], day).get(family)


def many(scope: Scope, ids: Sequence[int], day: dt.date) -> dict[int, Home]:
    """As :func:`home`, for some thousand households in the same few queries."""
    found: dict[int, Household] = {}
    for start in range(0, len(ids), SOME):
        found |= families(scope, ids[start : start + SOME])
    persons = [one.id for house in found.values() for one in house.members]
    rows = {row["id"]: row for row in facts.frame(subject="person", day=day, ids=persons, codes=CODES).to_dicts()}
    phones: dict[int, str] = {}
    for start in range(0, len(persons), SOME):
        phones |= _phones(persons[start : start + SOME])
    return {pk: _home(house, rows, phones) for pk, house in found.items()}


def _home(found: Household, rows: Mapping[int, dict[str, Any]], phones: Mapping[int, str]) -> Home:
    members = tuple(
        Member(one, rows[one.id]["age"], phones.get(one.id, ""), _marks(rows[one.id]))
        for one in found.members
        if one.id in rows and rows[one.id]["alive"]
    )
    merits = [rows[one.person.id]["best_merit"] for one in members]
    best = next((merit for merit in ("title", "first", "second", "third") if merit in merits), "")
    return Home(found, members, _needs(members), best)


def _phones(ids: Sequence[int]) -> dict[int, str]:
    """The phones of some people, masked."""
    rows = Particulars.objects.filter(person__in=ids, superseded_at__isnull=True, phone_sealed__isnull=False)
    pairs = rows.order_by("pk").values_list("person", "phone_sealed", "person__salt")
    return {pk: masking.phone(seal.unseal(sealed, salt, "phone")) for pk, sealed, salt in pairs if sealed}


def _marks(row: dict[str, Any]) -> tuple[str, ...]:
    age = row["age"]
    known = age is not None
    said = {
        "away": row["serving"], "veteran": row["veteran"], "bereaved": row["bereaved"],
        "very-old": known and age >= VERY_OLD, "disabled": row["disabled_soldier"],
        "guarded": row["capacity"] in {"limited", "none"}, "baby": known and age < BABY,
        "child": known and BABY <= age < GROWN, "no-work": row["employment"] == "unemployed",
    }  # fmt: skip
    return tuple(code for code, holds in said.items() if holds)


def _needs(members: Sequence[Member]) -> tuple[str, ...]:
    """What the household may need, from who is at home: a soldier is away even where the file lists them here."""
    here = [one for one in members if "away" not in one.marks]
    ages = [one.age for one in here if one.age is not None]
    old = bool(ages) and len(ages) == len(here) and min(ages) >= OLD
    small = [age for age in ages if age < GROWN]
    marks = {mark for one in here for mark in one.marks}
    said = {
        "old-alone": old and len(here) == 1, "old-only": old and len(here) > 1,
        "very-old": "very-old" in marks, "baby": "baby" in marks,
        "one-adult": bool(small) and len(here) - len(small) == 1,
        "disabled": "disabled" in marks, "guarded": "guarded" in marks, "away": len(here) < len(members),
    }  # fmt: skip
    return tuple(code for code, holds in said.items() if holds)


def callers(scope: Scope, text: str, *, limit: int = 16) -> list[Hit]:
    """People by the last digits of their phone (four or more), where the scope is a community or a township of the usual
    size; over more people only a whole number finds somebody. Nothing is stored for it: the numbers are opened one by one.
    """
    digits = plain(text)
    if scope.reach != "area" or not TAIL.fullmatch(digits):
        return []
    asked = opened(scope).filter(phone_mark__isnull=False)
    ids = list(asked.order_by("pk").values_list("pk", flat=True)[: MANY + 1])
    if len(ids) > MANY:
        return []
    rows = Particulars.objects.filter(
        person__in=asked.values("pk"), superseded_at__isnull=True, phone_sealed__isnull=False
    )
    pairs = rows.order_by("person", "pk").values_list("person", "phone_sealed", "person__salt")
    now = {pk: (sealed, salt) for pk, sealed, salt in pairs if sealed}
    found = [pk for pk, (sealed, salt) in now.items() if sealed and seal.unseal(sealed, salt, "phone").endswith(digits)]
    return [hit(one) for one in Person.objects.filter(pk__in=found[:limit]).order_by("pk")]


def exactly(text: str, *, by: Actor, at: dt.datetime) -> Family | None:
    """The household of the city with this code, or in which somebody lives with this whole phone or ID number.

    For those who bring an ask and may not look anybody up: nothing else is answered, and the look is in the journal.
    """
    typed = plain(text)
    which = by_number(typed)
    rows = Person.objects.filter(visible=True, survivor__isnull=True, died_on__isnull=True, family__isnull=False)
    family = Family.objects.filter(code=typed.upper()).first()
    if family is None and which is not None:
        found = rows.filter(which).select_related("family").order_by("pk").first()
        family = found.family if found is not None else None
    journal.note(action="people.brought", by=by, at=at, area=family.home if family else "", found=family is not None)
    return family
