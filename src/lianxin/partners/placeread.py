"""Read the places of the map. All of them are public: what narrows them is what somebody looks for, not who looks.

No question takes a point: distances are between places that stand on the map, so that none leads to a home.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianxin.access.queries import under
from lianxin.engine import civil, coordinates
from lianxin.journal.models import Entry
from lianxin.outcomes.models import Outcome
from lianxin.partners.models import Agreement, PlaceSaid

COLUMNS = ("pk", "place_id", "place__number", "kind", "name", "name_en", "area", "latitude", "longitude", "address", "phone",
           "hours", "words", "office_id", "source", "valid_from", "valid_to")  # fmt: skip
MOST = 20_000


@dataclass(frozen=True, slots=True)
class OnMap:
    """A place as it is shown. ``row`` is the row that says so: a form gives it back."""

    row: int
    id: int
    number: str
    kind: str
    name: str
    name_en: str
    area: str
    latitude: int
    longitude: int
    address: str
    phone: str
    hours: str
    words: str
    office: int | None
    source: str
    since: dt.date | None
    until: dt.date | None
    course: Sequence[Sequence[int]] = ()

    @property
    def point(self) -> tuple[int, int]:
        """Where it is."""
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Before:
    """What was said of a place once, by whom and when; ``changed`` are the columns that the row changed."""

    at: dt.datetime
    by_name: str
    action: str
    why: str
    said: OnMap
    changed: tuple[str, ...]


def _standing(day: dt.date) -> QuerySet[PlaceSaid]:
    """Places that are open on a day, those ended in the register left out."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    still = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    ended = Outcome.objects.filter(Q(ended_on__lte=day) | Q(reversals__isnull=False), source=OuterRef("source"))
    rows = PlaceSaid.objects.filter(begun, still, superseded_at__isnull=True)
    return rows.exclude(Q(~Q(source=""), Exists(ended)))


def on_map(day: dt.date, *, area: str = "", kind: str = "", text: str = "", limit: int = MOST) -> list[OnMap]:
    """The open places of an area, of a kind, found by a piece of the name or address, or by pinyin or initials."""
    rows = _standing(day)
    if area:
        rows = rows.filter(under(area, "area"))
    if kind:
        rows = rows.filter(kind=kind)
    said = "".join(text.split())[:40]
    if said:
        low = said.lower()
        hit = Q(name__icontains=said) | Q(name_en__icontains=text.strip()[:40]) | Q(address__icontains=said)
        if low.isascii() and low.isalpha():
            hit |= Q(pinyin__contains=low) | Q(initials__contains=low)
        rows = rows.filter(hit)
    return _read(rows, limit)


def _read(rows: QuerySet[PlaceSaid], limit: int) -> list[OnMap]:
    """Rows as they are shown. Few have a course, and reading JSON takes long: those are asked for by themselves."""
    courses = dict(rows.filter(kind__in=civil.LINES).values_list("pk", "course"))
    return [
        OnMap(*(*row, courses.get(row[0], ()))) for row in rows.order_by("area", "pk").values_list(*COLUMNS)[:limit]
    ]


def stamp() -> tuple[Any, ...]:
    """Changes with every place and every agreement that somebody enters, changes or ends."""
    rows = (model.objects.order_by("-pk").values_list("pk", "entry_id").first() for model in (PlaceSaid, Agreement))
    found = [one or (0, 0) for one in rows]
    hashes = dict(Entry.objects.filter(pk__in={entry for _pk, entry in found}).values_list("pk", "hash"))
    return tuple((pk, hashes.get(entry, "")) for pk, entry in found)


def nearest(places: Sequence[OnMap], start: OnMap) -> list[tuple[OnMap, int]]:
    """Places by how far they lie from one of the map, in metres; that one itself left out."""
    found = [(one, round(coordinates.metres(start.point, one.point))) for one in places if one.id != start.id]
    return sorted(found, key=lambda pair: (pair[1], pair[0].id))


def place(pk: int) -> OnMap | None:
    """One place as it is known now, open or closed."""
    found = _read(PlaceSaid.objects.filter(place=pk, superseded_at__isnull=True), 1)
    return found[0] if found else None


def open_now(one: OnMap, day: dt.date) -> bool:
    """Whether a place stands on the map on a day."""
    return _standing(day).filter(pk=one.row).exists()


def office_place(office: int, day: dt.date) -> OnMap | None:
    """Where an office is."""
    found = _read(_standing(day).filter(office=office), 1)
    return found[0] if found else None


def offers(offices: Sequence[int], day: dt.date) -> dict[int, str]:
    """What partners' agreements in force offer, by office."""
    held = Agreement.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), superseded_at__isnull=True)
    if len(offices) <= 900:
        held = held.filter(office__in=set(offices))
    return dict(held.exclude(offer="").values_list("office", "offer"))


def history(pk: int) -> list[Before]:
    """Everything that was said of a place, the newest first."""
    rows = list(PlaceSaid.objects.filter(place=pk).order_by("pk"))
    entries: dict[int, Any] = {one.pk: one for one in Entry.objects.filter(pk__in={row.entry_id for row in rows})}
    names = ("kind", "name", "name_en", "area", "latitude", "longitude", "course", "address", "phone", "hours", "words",
             "office_id", "source", "valid_from", "valid_to")  # fmt: skip
    made: list[Before] = []
    for place_, row in enumerate(rows):
        last = rows[place_ - 1] if place_ else None
        entry = entries[row.entry_id]
        changed = tuple(name for name in names if last is not None and getattr(last, name) != getattr(row, name))
        said = replace(
            OnMap(row.pk, row.place_id, "", *(getattr(row, name) for name in COLUMNS[3:])), course=row.course
        )
        made.append(Before(entry.at, entry.by_name, entry.action, entry.purpose, said, changed))
    return made[::-1]
