"""Children and who answers for them: parents by the file, guardians by the file or a mandate."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet

from lianxin.people.identities import some
from lianxin.people.models import Kin, Mandate, Person
from lianxin.people.standing import rules

Row = TypeVar("Row", Kin, Mandate)
ANSWERS = ("parent", "fosterer", "guardian")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody as sign-ups need them."""

    id: int
    name: str
    born_on: dt.date | None
    died_on: dt.date | None
    home: str
    family: int | None

    def age(self, day: dt.date) -> int | None:
        """Full years on ``day``."""
        return None if self.born_on is None else years(self.born_on, day)

    def child(self, day: dt.date) -> bool:
        """Whether the law has somebody answer for them on ``day``; who has no birthday on file is taken for grown up."""
        age = self.age(day)
        return age is not None and age < rules()[1]


def of_age_if_born_by(day: dt.date) -> dt.date:
    """The last birthday with which one is of age on ``day``."""
    year, march = day.year - rules()[1], (day.month, day.day) == (2, 29)
    return dt.date(year, 2, 28) if march and not calendar.isleap(year) else day.replace(year=year)


def years(born: dt.date, day: dt.date) -> int:
    """Full years between two days."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def known(persons: Iterable[int]) -> dict[int, Known]:
    """Who these are: files in use, not merged into others."""
    found: dict[int, Known] = {}
    for ids in some(persons):
        rows = Person.objects.filter(pk__in=ids, visible=True, survivor__isnull=True)
        for row in rows.values_list("pk", "name", "born_on", "died_on", "home", "family_id"):
            found[row[0]] = Known(*row)
    return found


def wards(person: int, day: dt.date) -> list[Known]:
    """The living children for whom ``person`` answers on ``day``, the eldest first."""
    return _children([person], day).get(person, [])


def guardians(children: Collection[int], day: dt.date) -> dict[int, list[Known]]:
    """The living grown-ups who answer for each of these children on ``day``."""
    pairs = set(_in_force(Kin.objects.filter(relative__in=children, kind__in=ANSWERS), day).values_list(
        "relative_id", "person_id"))  # fmt: skip
    mandates = Mandate.objects.filter(person__in=children, kind="guardian", proxy_person__isnull=False)
    pairs |= set(_in_force(mandates, day).values_list("person_id", "proxy_person_id"))
    people = known({guardian for _child, guardian in pairs})
    found: dict[int, list[Known]] = {}
    for child, guardian in sorted(pairs):
        one = people.get(guardian)
        if one is not None and one.died_on is None and not one.child(day):
            found.setdefault(child, []).append(one)
    return found


def acts_for(person: int, day: dt.date) -> set[int]:
    """Those for whom a person holds a mandate for everything on ``day``; one for chosen services is for those alone."""
    rows = Mandate.objects.filter(proxy_person=person, kind__in=["guardian", "proxy"], services="")
    return set(_in_force(rows, day).values_list("person_id", flat=True))


def _children(persons: Collection[int], day: dt.date) -> dict[int, list[Known]]:
    pairs = set(_in_force(Kin.objects.filter(person__in=persons, kind__in=ANSWERS), day).values_list(
        "person_id", "relative_id"))  # fmt: skip
    mandates = Mandate.objects.filter(proxy_person__in=persons, kind="guardian")
    pairs |= set(_in_force(mandates, day).values_list("proxy_person_id", "person_id"))
    people = known({child for _guardian, child in pairs})
    found: dict[int, list[Known]] = {}
    for guardian, child in pairs:
        one = people.get(child)
        if one is not None and one.died_on is None and one.child(day):
            found.setdefault(guardian, []).append(one)
    return {guardian: sorted(some_, key=lambda one: (one.born_on or day, one.id)) for guardian, some_ in found.items()}


def _in_force(rows: QuerySet[Row], day: dt.date) -> QuerySet[Row]:
    return rows.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        superseded_at__isnull=True,
    )  # fmt: skip
