"""Who waits to be judged again: put down with the change itself, taken away when it is judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lianxin.catalogue.models import Waiting

MANY = 500  # more changed files at once than this, and everyone is judged: that is quicker
WHOLE = 12  # more services than this, and everything in force is judged: the files are read once for all
TAKEN = 5000  # rows of one turn
SOME = 900


@dataclass(frozen=True, slots=True)
class Taken:
    """What one turn works off: the rows, and what they ask for."""

    rows: tuple[int, ...]
    everyone: bool
    services: frozenset[str]
    persons: tuple[int, ...]


def put(persons: Sequence[int], *, at: dt.datetime) -> None:
    """These files changed."""
    ids = sorted(set(persons)) if len(persons) <= MANY else [0]
    Waiting.objects.bulk_create([Waiting(person=one, at=at) for one in ids])


def put_services(services: Sequence[str], *, at: dt.datetime) -> None:
    """A version of these services began to speak: everyone is judged for them."""
    Waiting.objects.bulk_create([Waiting(service=code, at=at) for code in services])


def take() -> Taken:
    """The oldest rows; they stay until :func:`done`."""
    rows = list(Waiting.objects.order_by("pk").values_list("pk", "person", "service")[:TAKEN])
    persons = sorted({person for _pk, person, _service in rows if person})
    everyone = any(not person and not service for _pk, person, service in rows) or len(persons) > MANY
    services = frozenset(service for _pk, _person, service in rows if service)
    return Taken(tuple(pk for pk, *_rest in rows), everyone or len(services) > WHOLE, services, tuple(persons))


def done(rows: Sequence[int]) -> None:
    """These were judged."""
    for start in range(0, len(rows), SOME):
        Waiting.objects.filter(pk__in=rows[start : start + SOME]).delete()


def all_now() -> tuple[int, ...]:
    """The rows that can be seen before everyone is judged. What is put down or committed later waits on, whatever its id."""
    return tuple(Waiting.objects.values_list("pk", flat=True))
