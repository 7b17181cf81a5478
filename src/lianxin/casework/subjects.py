"""Whom a case is about, who may speak for them, and who is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from lianxin.access.models import Account
from lianxin.casework import mourning
from lianxin.casework.circlemodels import CircleShare
from lianxin.casework.models import Case
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.people.models import Family, Mandate, Person
from lianxin.people.queries import own_children

SOME = 800


@dataclass(frozen=True, slots=True)
class SpeaksFor:
    """The persons and households for whom an actor may speak, and the mandates by which."""

    persons: frozenset[int] = frozenset()
    families: frozenset[int] = frozenset()
    mandates: tuple[tuple[int, int, str], ...] = ()  # (person, mandate, services)
    children: frozenset[int] = frozenset()  # one's own, under age and at home: nothing of theirs that is sealed
    hidden: frozenset[tuple[int, int]] = frozenset()  # (case, person): what somebody at home keeps from this relative
    brought: int | None = None  # the account whose needs of a unit or of the locality are its own to speak of

    def covers(self, case: Case) -> bool:
        """Whether this is one's own case, one's household's, or one that a mandate covers; a need, whether one brought it."""
        if of_a_place(case):
            return self.brought is not None and case.opened_by == self.brought
        if case.person_id is not None and (
            case.person_id in self.persons or (case.person_id in self.children and not case.sealed)
        ):
            return True
        if (
            case.family_id is not None
            and case.family_id in self.families
            and (case.person_id is None or not case.sealed)
        ):
            kept = (case.pk, case.person_id) in self.hidden
            return case.person_id is None or case.person_id in self.persons or (_of_household(case) and not kept)
        return self.mandate_for(case) is not None

    def mandate_for(self, case: Case) -> int | None:
        """The mandate under which the actor speaks for the subject, where there is one."""
        for person, mandate, services in self.mandates:
            if person == case.person_id and (not services or case.service in services.replace(",", " ").split()):
                return mandate
        return None


def of_a_place(case: Case) -> bool:
    """Whether a case is about nobody's home: a need of a unit or of the locality."""
    return case.person_id is None and case.family_id is None


def _of_household(case: Case) -> bool:
    """An ask of the household belongs to all of it; a person's own benefit is shown to another only by consent."""
    return case.mode == "ask"


def speaks_for(by: Actor, at: dt.datetime) -> SpeaksFor:
    """For whom ``by`` may speak: four queries whatever comes after."""
    brought = by.account if by.may("need.unit") or by.may("need.place") else None
    if by.person is None and not by.scope.persons:
        return SpeaksFor(brought=brought)
    persons = frozenset(by.scope.persons if by.person is None else (by.person,))  # others only by their mandates
    families = Person.objects.filter(pk__in=persons, family__isnull=False).values_list("family_id", flat=True)
    return SpeaksFor(
        persons,
        frozenset(one for one in families if one is not None),
        tuple(_mandates(Q(proxy_person__in=persons), at)),
        frozenset() if by.person is None else own_children(by.person, clock.day(at)),
        _kept_from(persons, by.account),
        brought,
    )


def _kept_from(persons: Collection[int], account: int | None) -> frozenset[tuple[int, int]]:
    """What relatives said last that these are not to see of their asks; never what was opened under this account."""
    rows = CircleShare.objects.filter(relative__in=persons, case__isnull=False)
    if account is not None:
        rows = rows.exclude(case__opened_by=account)
    newest = {(case, person): shown for case, person, shown in
              rows.order_by("pk").values_list("case_id", "person_id", "shown") if case is not None}  # fmt: skip
    return frozenset(pair for pair, shown in newest.items() if not shown)


def _mandates(held_by: Q, at: dt.datetime) -> list[tuple[int, int, str]]:
    day = clock.day(at)
    rows = Mandate.objects.filter(
        held_by,
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        kind__in=["guardian", "proxy", "clerk"], superseded_at__isnull=True,
    )  # fmt: skip
    return list(rows.values_list("person_id", "pk", "services"))


def clerk_mandates(cases: Sequence[Case], by: Actor, at: dt.datetime, *, named: int | None = None) -> dict[int, int]:
    """Mandates in force under which this member of staff (or any clerk) acts for the subjects: case → mandate.

    A mandate for chosen services covers those alone; the one ``named`` goes before others that cover a case too.
    """
    found: dict[int, int] = {}
    for some in _some(case.person_id for case in cases if case.person_id is not None):
        mine = Q(proxy_account=by.account) | Q(kind="clerk", proxy_account__isnull=True)
        held = _mandates(Q(person__in=some) & mine, at)
        held.sort(key=lambda row: (row[1] != named, row[1]))
        for case in cases:
            covering = SpeaksFor(mandates=tuple(held)).mandate_for(case) if case.person_id in some else None
            if covering is not None:
                found[case.pk] = covering
    return found


def homes(persons: Iterable[int], families: Iterable[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Areas of residence by person and by household."""
    of_persons: dict[int, str] = {}
    for some in _some(persons):
        of_persons.update(Person.objects.filter(pk__in=some).values_list("pk", "home"))
    of_families: dict[int, str] = {}
    for some in _some(families):
        of_families.update(Family.objects.filter(pk__in=some).values_list("pk", "home"))
    return of_persons, of_families


def told(cases: Sequence[Case], *, gone: Collection[int | None] | None = None) -> dict[int, list[int]]:
    """Which persons hear of each case: its person; for a household those with an account, else one who has a phone.

    Of a death the living hear (``mourning.living``). ``gone``: the dead among the persons of these cases, where known.
    """
    found: dict[int, list[int]] = {case.pk: [case.person_id] for case in cases if case.person_id is not None}
    deaths = [case for case in cases if case.pk in found and mourning.reports_death(case)]
    found |= mourning.living(deaths) if deaths else {}
    shared = [case for case in cases if case.family_id is not None and _of_household(case) and case not in deaths]
    if gone is None:
        gone = _dead(case.person_id for case in shared)
    for case in shared:
        if case.person_id in gone:
            found.pop(case.pk, None)  # who asked is dead: the household's matter goes on with the household
    families = {case.family_id for case in cases if case.pk not in found and case.family_id is not None}
    members: dict[int, list[tuple[int, bool]]] = {}
    for some in _some(families):
        rows = Person.objects.filter(family__in=some, died_on__isnull=True, survivor__isnull=True).order_by(
            "born_on", "pk"
        )
        for pk, family, phone in rows.values_list("pk", "family_id", "phone_mark"):
            if family is not None:
                members.setdefault(family, []).append((pk, phone is not None))
    with_account: set[int | None] = set()
    for some in _some(pk for rows_ in members.values() for pk, _ in rows_):
        with_account |= set(Account.objects.filter(person__in=some, is_active=True).values_list("person", flat=True))
    for case in cases:
        if case.pk in found or case.family_id is None:
            continue
        people = members.get(case.family_id, [])
        signed = [pk for pk, _ in people if pk in with_account]
        phoned = [pk for pk, phone in people if phone]
        found[case.pk] = signed or phoned[:1] or [pk for pk, _ in people[:1]]
    return found


def _dead(persons: Iterable[int | None]) -> set[int | None]:
    found: set[int | None] = set()
    for some in _some(pk for pk in persons if pk is not None):
        found |= set(Person.objects.filter(pk__in=some, died_on__isnull=False).values_list("pk", flat=True))
    return found


def _some(keys: Iterable[int]) -> list[list[int]]:
    once = list(dict.fromkeys(keys))
    return [once[start : start + SOME] for start in range(0, len(once), SOME)]
