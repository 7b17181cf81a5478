"""A death in a case: whom a report of a death is told, and what is no longer asked of the dead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q

from lianxin.access.models import Account
from lianxin.casework.models import Case
from lianxin.catalogue.queries import version
from lianxin.people import changing
from lianxin.people.models import Kin, Person

SOME = 800
# Nearest first, as each is to the dead: a widow is told before a brother.
NEAREST = ("spouse", "child", "parent", "sibling")
_OTHER_WAY = {"parent": "child", "spouse": "spouse", "sibling": "sibling"}


def reports_death(case: Case) -> bool:
    """Whether this case writes a day of death into the file."""
    return "died_on" in changing.marked(version(case.version_id).service.form).values()


def died(case: Case) -> dt.date | None:
    """The day on which the person of a case died; None while they live, and for a household's case."""
    if case.person_id is None:
        return None
    return Person.objects.filter(pk=case.person_id).values_list("died_on", flat=True).first()


def living(cases: Sequence[Case]) -> dict[int, list[int]]:
    """Who hears of each report of a death, never the dead: their household, else the nearest kin on file; one of them.

    Somebody with an account comes before somebody with a phone, and a phone before neither; nobody where nobody is left.
    """
    persons = [case.person_id for case in cases if case.person_id is not None]
    near = _near(persons)
    alive: dict[int, bool] = {}
    for some in _some(pk for ids in near.values() for pk in ids):
        rows = Person.objects.filter(pk__in=some, died_on__isnull=True, survivor__isnull=True)
        alive |= {pk: phone is not None for pk, phone in rows.values_list("pk", "phone_mark")}
    signed: set[int | None] = set()
    for some in _some(alive):
        signed |= set(Account.objects.filter(person__in=some, is_active=True).values_list("person", flat=True))
    found: dict[int, list[int]] = {}
    for case in cases:
        there = [pk for pk in near.get(case.person_id or 0, []) if pk in alive]
        found[case.pk] = ([pk for pk in there if pk in signed] or [pk for pk in there if alive[pk]] or there)[:1]
    return found


def _near(persons: Sequence[int]) -> dict[int, list[int]]:
    """The household of each person, then their kin, nearest first."""
    homes: dict[int, list[int]] = {}
    family_of: dict[int, int] = {}
    kin: dict[int, list[tuple[int, int]]] = {}
    for some in _some(persons):
        family_of |= {
            pk: family
            for pk, family in Person.objects.filter(pk__in=some).values_list("pk", "family_id")
            if family is not None
        }
        rows = Kin.objects.filter(
            Q(person__in=some) | Q(relative__in=some), superseded_at__isnull=True, valid_to__isnull=True
        )
        for person, relative, kind in rows.values_list("person_id", "relative_id", "kind"):
            # ``person`` is the kind of ``relative``
            for one, other, as_ in ((relative, person, kind), (person, relative, _OTHER_WAY.get(kind, ""))):
                kin.setdefault(one, []).append((NEAREST.index(as_) if as_ in NEAREST else len(NEAREST), other))
    for some in _some(family_of.values()):
        for pk, family in (
            Person.objects.filter(family__in=some).order_by("born_on", "pk").values_list("pk", "family_id")
        ):
            if family is not None:
                homes.setdefault(family, []).append(pk)
    return {
        one: [pk for pk in [*homes.get(family_of.get(one, 0), []), *(other for _, other in sorted(kin.get(one, [])))]
              if pk != one]
        for one in persons
    }  # fmt: skip


def _some(keys: Iterable[int]) -> list[list[int]]:
    once = list(dict.fromkeys(keys))
    return [once[start : start + SOME] for start in range(0, len(once), SOME)]
