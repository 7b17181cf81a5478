"""Who may stand in whose family circle (连心圈): relatives on file, each by their own word (个人信息保护法 art. 23).

A tie is two consents, one from each side; one alone is an invitation. Either side ends it at any time, alone. Whoever is
under age stands in no circle: a child's matters are shown by parents or guardians, one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q, QuerySet

from lianxin.engine import clock
from lianxin.people import identities, wards
from lianxin.people.identities import names
from lianxin.people.models import Kin, Mandate, Person
from lianxin.people.protectedmodels import Consent
from lianxin.people.protection import rules

CIRCLE = "circle"
HOUSEHOLD = "household"
# What the relative is to a person, by which end of the stored pair the person stands at.
_TURNED = {"parent": "child", "guardian": "ward", "fosterer": "fostered", "supporter": "supported"}
State = Literal["none", "invited", "asked", "standing"]


@dataclass(frozen=True, slots=True)
class Tie:
    """A relative and how one stands with them: nobody asked, I asked them, they asked me, or both agreed (since when)."""

    person: int
    name: str
    relation: str
    state: State
    since: dt.date | None = None


def relations_of(person: int, day: dt.date) -> dict[int, str]:
    """Everyone whom a kin row of the day ties to the person, of any age: id → what they are to the person."""
    found: dict[int, str] = {}
    held = Kin.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        Q(person=person) | Q(relative=person), superseded_at__isnull=True,
    ).order_by("pk")  # fmt: skip
    for one, other, kind in held.values_list("person_id", "relative_id", "kind"):
        if one == person:
            found.setdefault(other, _TURNED.get(kind, kind))
        else:
            found.setdefault(one, kind)
    return found


def kin_of(person: int, day: dt.date) -> dict[int, str]:
    """Living grown relatives on file and grown members of the household: id → what they are to the person."""
    found = relations_of(person, day)
    family = Person.objects.filter(pk=person, family__isnull=False).values("family")
    for pk in Person.objects.filter(family__in=family).exclude(pk=person).order_by("pk").values_list("pk", flat=True):
        found.setdefault(pk, HOUSEHOLD)
    grown = _grown(found, day)
    return {pk: kind for pk, kind in found.items() if pk in grown}


def near(person: int, day: dt.date) -> set[int]:
    """Somebody's own files, those of their grown relatives and of their household: who stands too near to judge a debt."""
    own = set(identities.files_of([person]))
    return own | set(identities.files_of([pk for one in own for pk in kin_of(one, day)]))


def living(ids: Collection[int]) -> set[int]:
    """Those of these files whose person lives, by what the file says."""
    return set(_living(ids).values_list("pk", flat=True))


def _living(ids: Collection[int]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=list(ids), visible=True, survivor__isnull=True, died_on__isnull=True)


def _grown(ids: Collection[int], day: dt.date) -> set[int]:
    of_age = wards.of_age_if_born_by(day)
    return {pk for pk, born in _living(ids).values_list("pk", "born_on") if born is None or born <= of_age}


def child(born: dt.date | None, day: dt.date) -> bool:
    """Whether a guardian must speak for somebody born then (个人信息保护法 art. 31)."""
    if born is None:
        return False
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < rules().guardian_below


def related(one: int, other: int, day: dt.date) -> bool:
    """Whether two people may stand in each other's circle."""
    return other in kin_of(one, day)


def ties(person: int, day: dt.date) -> list[Tie]:
    """Every relative on file with how one stands with them; those who asked first, then those who agreed."""
    kin = kin_of(person, day)
    rows = Consent.objects.filter(
        Q(person=person, circle__in=list(kin)) | Q(circle=person, person__in=list(kin)),
        scope=CIRCLE, superseded_at__isnull=True, valid_to__isnull=True,
    )  # fmt: skip
    said: dict[tuple[bool, int], dt.date | None] = {}
    for who, whom, since in rows.values_list("person_id", "circle_id", "valid_from"):
        said[(who == person, int(whom if who == person else who))] = since
    called = names(kin)
    made = []
    for other, relation in kin.items():
        mine, theirs = (True, other) in said, (False, other) in said
        state: State = "standing" if mine and theirs else "asked" if theirs else "invited" if mine else "none"
        since = max((said[key] for key in ((True, other), (False, other)) if said.get(key)), default=None)  # type: ignore[type-var]
        made.append(Tie(other, called.get(other, ""), relation, state, since if state == "standing" else None))
    order = {"asked": 0, "standing": 1, "invited": 2, "none": 3}
    return sorted(made, key=lambda one: (order[one.state], one.person))


def standing(person: int, day: dt.date) -> list[int]:
    """Those with whom a person is tied: both agreed, and they are relatives on file today."""
    return [one.person for one in ties(person, day) if one.state == "standing"]


def tied(one: int, other: int, day: dt.date) -> bool:
    """Whether two people are in each other's circle."""
    return other in standing(one, day)


def wards_of(person: int, at: dt.datetime) -> list[int]:
    """Those for whom a person answers today, as guardian or as a child's parent: their matters are theirs to show."""
    day = clock.day(at)
    rows = Mandate.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        proxy_person=person, kind="guardian", superseded_at__isnull=True,
    )  # fmt: skip
    return sorted({*rows.values_list("person_id", flat=True), *(one.id for one in wards.wards(person, day))})
