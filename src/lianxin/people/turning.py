"""What a new day brings by itself: standings that begin or end, and what now contradicts; told once, listed for clerks.

No fact waits for this: a birthday changes what a file says on the day, asked whenever. Here the other rooms are told, so
that what hangs on it is looked at on that very day, and the lists of flagged files are made anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q

from lianxin.engine import effects
from lianxin.engine.asked import number_of
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.journal.models import Dated, Entry
from lianxin.people import contradictions, held
from lianxin.people.gathered import ONE, VALUES
from lianxin.people.hits import Hit
from lianxin.people.identities import some
from lianxin.people.models import Capacity, Flag, Kin, Livelihood, Person, Service
from lianxin.people.queries import hits, reachable

AHEAD = 60  # days that a clerk sees a coming end
TURNED = "people.day-turned"
END = "end-"


def turn(*, day: dt.date, by: Actor, at: dt.datetime) -> list[int]:
    """Tell the other rooms of everyone whose file changed by the day alone since the last turn; returns who.

    A day turned twice tells nothing twice, and days that were missed are caught up.
    """
    last = _last(day)
    if last >= day:
        return []
    before, now = held.everyone(last), held.everyone(day)
    ids = sorted({row[0] for row in before ^ now} | _begun_or_ended(last, day))
    with journal.entry(action=TURNED, by=by, at=at, day=day.isoformat(), people=len(ids)):
        if ids:
            effects.announce("person-changed", ids=ids, by=by, at=at)
    look(day=day)
    look_ahead(day=day, now=now)
    return ids


def _last(day: dt.date) -> dt.date:
    entry = Entry.objects.filter(action=TURNED).order_by("-pk").first()
    return dt.date.fromisoformat(entry.detail["day"]) if entry else day - ONE


def _begun_or_ended(last: dt.date, day: dt.date) -> set[int]:
    """Persons with a row that began after ``last`` by ``day``, or that held last on a day from ``last`` on."""
    found: set[int] = set()
    turned = Q(valid_from__gt=last, valid_from__lte=day) | Q(valid_to__gte=last, valid_to__lt=day)
    models: Iterable[Any] = apps.get_app_config("people").get_models()
    for model in models:
        if issubclass(model, Dated) and any(field.attname == "person_id" for field in model._meta.concrete_fields):
            rows = model._base_manager.filter(turned, superseded_at__isnull=True)
            found.update(pk for pk in rows.values_list("person_id", flat=True) if pk is not None)
    return found


# Days inside a row from which facts read otherwise. The day of a death is none of them: nobody is told what it would bring.
_INSIDE = {Service: ("enlisted_on", "discharged_on"), Livelihood: ("graduates_on",)}


def coming(persons: Iterable[int], after: dt.date, until: dt.date) -> set[dt.date]:
    """The days after ``after``, by ``until``, on which a dated row of these persons or of their kin begins, is over or
    reads otherwise: a discharge, the end of school, a standing or a kinship that is to end.
    """
    asked = list(persons)
    links = Kin.objects.filter(Q(person__in=asked) | Q(relative__in=asked), superseded_at__isnull=True)
    everyone = {*asked, *(one for pair in links.values_list("person", "relative") for one in pair)}
    found: set[dt.date | None] = set()
    models: list[type[Dated]] = [*VALUES, Capacity, Kin]
    for model in models:
        whose = Q(person__in=everyone) | Q(relative__in=asked) if model is Kin else Q(person__in=everyone)
        rows: Any = model._base_manager.filter(whose, superseded_at__isnull=True)
        names = ("valid_from", *_INSIDE.get(model, ()))
        turns = Q(valid_to__gte=after, valid_to__lt=until)
        for name in names:
            turns |= Q(**{f"{name}__gt": after, f"{name}__lte": until})
        for ends, *begins in rows.filter(turns).values_list("valid_to", *names):
            found.update((*begins, ends and ends + ONE))
    return {day for day in found if day is not None and after < day <= until}


def look(*, day: dt.date, ids: Sequence[int] | None = None) -> int:
    """Make the list of contradictions anew, of everyone or of ``ids``; returns how many there are."""
    found = contradictions.found(ids, day)
    _keep(dict.fromkeys(found), day, ids, Q(until__isnull=True))
    return len(found)


def look_ahead(*, day: dt.date, now: set[tuple[int, str, int, str]] | None = None) -> int:
    """Make the list of standings that end within :data:`AHEAD` days anew; returns how many there are."""
    today = held.everyone(day) if now is None else now
    gone = _codes(today) - _codes(held.everyone(day + ONE * AHEAD))
    left, ends = set(gone), {}
    for ahead in range(1, AHEAD + 1):
        if not left:
            break
        then = day + ONE * ahead
        still = {(row.person, row.code) for row in held.held(sorted({person for person, _code in left}), then)}
        for person, code in left - still:
            ends[(person, END + code)] = then
        left &= still
    _keep(ends, day, None, Q(until__isnull=False))
    return len(ends)


def _codes(rows: set[tuple[int, str, int, str]]) -> set[tuple[int, str]]:
    return {(person, code) for person, code, _other, _role in rows}


def _keep(found: dict[tuple[int, str], Any], day: dt.date, ids: Sequence[int] | None, kind: Q) -> None:
    with transaction.atomic():
        flags = Flag.objects.filter(kind) if ids is None else Flag.objects.filter(kind, person__in=ids)
        there = {(flag.person_id, flag.code): flag for flag in flags}
        gone = [flag.pk for key, flag in there.items() if key not in found or flag.until != found[key]]
        for part in some(gone):
            Flag.objects.filter(pk__in=part).delete()
        kept = {key for key, flag in there.items() if flag.pk not in set(gone)}
        Flag.objects.bulk_create(
            [
                Flag(person_id=person, code=code, since=there[person, code].since if (person, code) in there else day,
                     until=until)
                for (person, code), until in sorted(found.items(), key=lambda item: item[0]) if (person, code) not in kept
            ],
            batch_size=2000,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flagged:
    """One line of a list: whose file, what about it, since when; and when a standing ends."""

    id: int
    person: Hit
    code: str
    since: dt.date
    until: dt.date | None


def flagged(
    scope: Scope, *, ending: bool = False, code: str = "", person: int | None = None, after: str = "", limit: int = 50
) -> tuple[list[Flagged], str]:
    """Flagged files inside the scope and the key of the next page: contradictions by file, ends by their day."""
    rows = Flag.objects.filter(until__isnull=not ending).filter(
        person__in=Person.objects.filter(reachable(scope), visible=True, survivor__isnull=True).values("pk")
    )
    rows = rows.filter(code=code) if code else rows
    rows = rows.filter(person=person) if person is not None else rows
    first, _colon, last = after.partition(":")
    if number_of(last) is not None and ending:
        rows = rows.filter(Q(until__gt=first) | Q(until=first, pk__gt=last))
    elif number_of(last) is not None:
        rows = rows.filter(pk__gt=last)
    some_rows = list(rows.order_by(*(["until", "pk"] if ending else ["pk"]))[: limit + 1])
    people = hits(scope, [row.person_id for row in some_rows])
    made = [Flagged(row.pk, people[row.person_id], row.code, row.since, row.until)
            for row in some_rows[:limit] if row.person_id in people]  # fmt: skip
    end = some_rows[limit - 1] if len(some_rows) > limit else None
    return made, f"{end.until or ''}:{end.pk}" if end else ""
