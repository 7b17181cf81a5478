"""Who looked: opened files, lists that were taken away, and inquiries that the person is told of later."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.models import Contained, Entry, Held

OPENED = "people.open"
INQUIRY = "inquiry.open"
AGAIN = dt.timedelta(hours=1)  # looking again within it is the same look
BUCKET = 4096
_BITS = BUCKET // 8


def opened(*, person: int, area: str, by: Actor, at: dt.datetime, way: str, case: int | None = None) -> bool:
    """Note that a file was opened, once for each actor, person and hour; ``way`` is where from (search, list, case …).

    Whoever opens their own file is not noted. Returns whether an entry was written.
    """
    if by.account is None or by.person == person:
        return False
    seen = Entry.objects.filter(person=person, by_account=by.account, action=OPENED, at__gt=at - AGAIN)
    if seen.exists():
        return False
    journal.note(action=OPENED, by=by, at=at, person=person, area=area, case=case, way=way)
    return True


def opened_together(*, persons: Iterable[int], area: str, by: Actor, at: dt.datetime, way: str) -> int:
    """Note that the files of a household were opened together, each once an hour; returns how many entries were written."""
    if by.account is None:
        return 0
    asked = [one for one in dict.fromkeys(persons) if one != by.person]
    rows = Entry.objects.filter(person__in=asked, by_account=by.account, action=OPENED, at__gt=at - AGAIN)
    seen = set(rows.values_list("person", flat=True))
    for person in asked:
        if person not in seen:
            journal.note(action=OPENED, by=by, at=at, person=person, area=area, way=way)
    return len([one for one in asked if one not in seen])


def contains(entry: int, persons: Iterable[int]) -> None:
    """Note which persons a list held that an entry says was taken away."""
    buckets: dict[int, set[int]] = defaultdict(set)
    for person in persons:
        buckets[person // BUCKET].add(person % BUCKET)
    Contained.objects.bulk_create(
        [Contained(entry=entry, bucket=bucket, places=packed(places)) for bucket, places in sorted(buckets.items())],
        batch_size=500,
    )


def packed(places: Iterable[int]) -> bytes:
    """Places within a bucket, as bytes: one after the other, or a bit each where that is shorter."""
    given = sorted(set(places))
    if 2 * len(given) < _BITS:
        return b"".join(place.to_bytes(2, "big") for place in given)
    bits = bytearray(_BITS)
    for place in given:
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def holds(places: bytes, place: int) -> bool:
    """Whether a bucket's bytes hold a place."""
    if len(places) == _BITS:
        return bool(places[place >> 3] & 1 << (place & 7))
    wanted = place.to_bytes(2, "big")
    return any(places[start : start + 2] == wanted for start in range(0, len(places), 2))


def lists_with(person: int) -> list[int]:
    """The entries of lists taken away that held a person."""
    rows = Contained.objects.filter(bucket=person // BUCKET).values_list("entry", "places")
    return [entry for entry, places in rows.iterator() if holds(bytes(places), person % BUCKET)]


def inquire(*, person: int, area: str, reason: str, until: dt.date, by: Actor, at: dt.datetime) -> Entry:
    """Open a file for an audit or a discipline inquiry: the person is told on ``until``, or when a second person agrees.

    The entry stands in the chain like any other; that it is held back, until when and by whom, is an entry of its own.
    """
    with transaction.atomic():
        made = journal.note(action=INQUIRY, by=by, at=at, person=person, area=area, purpose=reason)
        kept = journal.note(action="inquiry.hold", by=by, at=at, area=area, held=made.pk, until=until.isoformat())
        Held.objects.create(entry=made.pk, until=until, by_account=by.account, held_in=kept.pk)
    return made


def release(*, entry: int, by: Actor, at: dt.datetime) -> None:
    """A second person lets the person be told now. Whoever held an entry back may not release it."""
    found = Held.objects.filter(entry=entry, released_at__isnull=True).first()
    if found is None:
        raise Refusal(_("This entry is not held back (any more)."))
    if found.by_account == by.account:
        raise Refusal(_("Whoever held it back may not release it; ask a colleague."))
    with journal.entry(action="inquiry.release", by=by, at=at, held=entry):
        Held.objects.filter(pk=found.pk).update(released_at=at, released_by=by.account)


def held_back(at: dt.datetime) -> list[int]:
    """Entries that persons are not told of today."""
    today = clock.day(at)
    return list(Held.objects.filter(released_at__isnull=True, until__gt=today).values_list("entry", flat=True))


def held(at: dt.datetime, areas: Sequence[str]) -> list[tuple[Entry, Held]]:
    """What is held back inside some areas, the next to end first."""
    rows = {row.entry: row for row in Held.objects.filter(released_at__isnull=True, until__gt=clock.day(at))}
    entries = Entry.objects.in_bulk(list(rows))
    found = [(entries[pk], row) for pk, row in rows.items() if pk in entries]
    inside = [(one, row) for one, row in found if any(one.area.startswith(area) for area in areas)]
    return sorted(inside, key=lambda pair: (pair[1].until, pair[1].entry))
