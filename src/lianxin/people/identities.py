"""For rooms that keep a person's bare id: who survives a merge as known when, whose name to show, whose number it is.

Reads only, set-based, without a scope: whoever calls has decided what may be shown. Names are never masked here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.db.models import Count, Max, Min, Q

from lianxin.access import seal
from lianxin.people.mergemodels import Joined, Merge
from lianxin.people.models import Family, Kin, Particulars, Person

SOME = 900
Key = TypeVar("Key", int, str, bytes)


def survivors(known_at: dt.datetime | None = None) -> dict[int, int]:
    """Merged person → the file that stands for them, over chains of merges known by ``known_at`` (None: today).

    A merge that was taken back still answers for the days on which it was known.
    """
    merged = Person.objects.filter(survivor__isnull=False)
    if known_at is not None:
        merged = merged.filter(merged_at__lte=known_at)
    step: dict[int, int] = {pk: into for pk, into in merged.values_list("pk", "survivor_id") if into is not None}
    if known_at is not None:
        then = Merge.objects.filter(Q(undone_at__isnull=True) | Q(undone_at__gt=known_at), at__lte=known_at)
        step |= dict(then.order_by("pk").values_list("loser_id", "survivor_id"))
    found: dict[int, int] = {}
    for start in step:
        last, seen = start, {start}
        while last in step and step[last] not in seen:
            last = step[last]
            seen.add(last)
        found[start] = last
    return found


def merges() -> tuple[int, str]:
    """How many files are merged and when that last changed: changes whenever :func:`survivors` does."""
    found = Person.objects.filter(survivor__isnull=False).aggregate(count=Count("pk"), last=Max("merged_at"))
    undone = Merge.objects.aggregate(last=Max("undone_at"))["last"]
    return found["count"], f"{found['last'] or ''}{undone or ''}"


def stood_for(persons: Iterable[int]) -> dict[int, int]:
    """Every file that was merged into one of these, over chains: merged person → which of ``persons``."""
    found: dict[int, int] = {}
    whose = {pk: pk for pk in persons}
    if len(whose) > SOME:  # merged files are few beside a ledger: one look at all of them
        return {pk: into for pk, into in survivors().items() if into in whose}
    while whose:
        step: dict[int, int] = {}
        for part in some(whose):
            for pk, into in Person.objects.filter(survivor__in=part).values_list("pk", "survivor_id"):
                if into is not None and pk not in found:
                    step[pk] = whose[into]
        found |= step
        whose = step
    return found


def files_of(persons: Iterable[int]) -> list[int]:
    """These persons and every file that was merged into theirs: whose rows are theirs in rooms that never move rows."""
    asked = list(dict.fromkeys(persons))
    return [*asked, *(pk for pk in stood_for(asked) if pk not in asked)]


def joined(families: Sequence[int]) -> list[int]:
    """These households and those that they joined, over any number of steps."""
    found = list(families)
    while families:
        step = Joined.objects.filter(family__in=families).values_list("into", flat=True)
        families = [pk for pk in step if pk is not None and pk not in found]
        found += families
    return found


def names(persons: Iterable[int]) -> dict[int, str]:
    """Full names by person id. Mask them before they meet a page."""
    return {
        pk: name for part in some(persons) for pk, name in Person.objects.filter(pk__in=part).values_list("pk", "name")
    }


def deaths_learned(persons: Iterable[int]) -> dict[int, dt.datetime]:
    """When each death among these persons was written into the file."""
    found: dict[int, dt.datetime] = {}
    for part in some(set(persons)):
        rows = Particulars.objects.filter(person__in=part, person__died_on__isnull=False, died_on__isnull=False)
        found |= dict(
            rows.values_list("person_id").annotate(first=Min("recorded_at")).values_list("person_id", "first")
        )
    return found


def newest() -> int:
    """The number of the newest file: about how many there are, without counting them."""
    return Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def file_numbers(persons: Iterable[int]) -> dict[int, str]:
    """The number of each person's file."""
    found: dict[int, str] = {}
    for part in some(set(persons)):
        found |= dict(Person.objects.filter(pk__in=part).values_list("pk", "file_number"))
    return found


def lives_with(person: int) -> dict[int, str]:
    """Who shares this person's household today: full names by person id, eldest first, without the person."""
    family = Person.objects.filter(pk=person, family__isnull=False).values("family")
    rows = Person.objects.filter(family__in=family, visible=True, survivor__isnull=True, died_on__isnull=True)
    return dict(rows.exclude(pk=person).order_by("born_on", "pk").values_list("pk", "name"))


def birthdays(persons: Iterable[int]) -> dict[int, dt.date]:
    """The birth date of each person whose file has one."""
    found: dict[int, dt.date | None] = {}
    for part in some(set(persons)):
        found |= dict(Person.objects.filter(pk__in=part).values_list("pk", "born_on"))
    return {pk: born for pk, born in found.items() if born is not None}


def family_codes(families: Iterable[int]) -> dict[int, str]:
    """The printed codes of households by id."""
    return {
        pk: code for part in some(families) for pk, code in Family.objects.filter(pk__in=part).values_list("pk", "code")
    }


def numbered(numbers: Iterable[str]) -> dict[str, tuple[int, int | None, str]]:
    """ID number → (person, family, home) for those that the files hold. Compares keyed marks, opens nothing."""
    marks = seal.marked(numbers, "id")
    found: dict[str, tuple[int, int | None, str]] = {}
    for part in some(marks):
        rows = Person.objects.filter(id_mark__in=part).values_list("id_mark", "pk", "family_id", "home")
        found.update({marks[bytes(mark)]: (pk, family, home) for mark, pk, family, home in rows if mark is not None})
    return found


def filed(file_numbers: Iterable[str]) -> dict[str, tuple[int, int | None, str]]:
    """File number → (person, family, home) for those that there are."""
    found: dict[str, tuple[int, int | None, str]] = {}
    for part in some(file_numbers):
        rows = Person.objects.filter(file_number__in=part).values_list("file_number", "pk", "family_id", "home")
        found.update({number: (pk, family, home) for number, pk, family, home in rows})
    return found


def families_of(persons: Iterable[int]) -> set[int]:
    """The households of these persons."""
    found: set[int] = set()
    for part in some(persons):
        found.update(Person.objects.filter(pk__in=part, family__isnull=False).values_list("family_id", flat=True))
    return {one for one in found if one is not None}


def nearby(persons: Iterable[int]) -> list[int]:
    """These persons, their kin of any day, and whoever lives with one of them: whose facts a change to one may move."""
    found = set(persons)
    for part in some(sorted(found)):
        for person, relative in Kin.objects.filter(
            Q(person__in=part) | Q(relative__in=part), superseded_at__isnull=True
        ).values_list("person_id", "relative_id"):
            found |= {person, relative}
    for part in some(families_of(persons)):
        found.update(Person.objects.filter(family__in=part).values_list("pk", flat=True))
    return sorted(found)


def households(codes: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Household code → (family, home) for those that there are."""
    found: dict[str, tuple[int, str]] = {}
    for part in some(codes):
        rows = Family.objects.filter(code__in=part).values_list("code", "pk", "home")
        found.update({code: (pk, home) for code, pk, home in rows})
    return found


def some(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """The keys once each, in pieces below every database's limit of parameters."""
    once = list(dict.fromkeys(keys))
    for start in range(0, len(once), SOME):
        yield once[start : start + SOME]
