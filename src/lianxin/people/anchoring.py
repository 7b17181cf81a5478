"""What a survivor's anchor lacks and the loser's file knows: birth, numbers, home, household; and giving it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from lianxin.access import seal
from lianxin.journal.actions import Writing
from lianxin.people.carrying import FILLED, again, moved, open_rows
from lianxin.people.identities import some
from lianxin.people.mergemodels import Carried, Merge
from lianxin.people.models import Membership, Particulars, Person

TABLE = "people.person"
KINDS = {"id_sealed": "id", "phone_sealed": "phone"}
ANCHORED = ("sex", "born_on", "died_on", "home", "address")
_BLANK = (None, "")


def fill(writing: Writing, merges: Sequence[Merge], at: dt.datetime) -> None:
    """Blanks of the survivor's particulars take what the loser's say; what both say stays the survivor's."""
    persons = Person.objects.in_bulk([pk for merge in merges for pk in (merge.loser_id, merge.survivor_id)])
    held = open_rows(Particulars, persons)
    changed: list[tuple[Merge, Any, dict[str, Any]]] = []
    for merge in merges:
        mine, theirs = _newest(held.get(merge.survivor_id)), _newest(held.get(merge.loser_id))
        if mine is None or theirs is None:
            continue
        takes = {name: getattr(theirs, name) for name in FILLED
                 if getattr(mine, name) in _BLANK and getattr(theirs, name) not in _BLANK}  # fmt: skip
        if takes:
            changed.append((merge, mine, takes))
    writing.supersede(Particulars, [row.pk for _, row, _ in changed], at)
    made, kept = [], []
    for merge, row, takes in changed:
        loser, survivor = persons[merge.loser_id], persons[merge.survivor_id]
        names = sorted(takes)
        for name in KINDS.keys() & takes.keys():
            takes[name] = moved(takes[name], KINDS[name], bytes(loser.salt), bytes(survivor.salt))
        made.append(again(row, at, {}, **takes))
        kept.append(Carried(merge=merge, table=TABLE, old=row.pk, before={"filled": names}))
        _anchor(loser, survivor, takes)
    for new, one in zip(writing.add(made), kept, strict=True):
        one.new = new.pk
    Carried.objects.bulk_create(kept, batch_size=500)
    household(merges)


def _anchor(loser: Person, survivor: Person, takes: dict[str, Any]) -> None:
    if "id_sealed" in takes and survivor.id_mark is None and loser.id_mark is not None:
        mark = loser.id_mark
        Person.objects.filter(pk=loser.pk).update(id_mark=None)  # unique: the number leads straight to the survivor
        Person.objects.filter(pk=survivor.pk).update(id_mark=mark)
    said = {name: takes[name] for name in ANCHORED if name in takes}
    if "phone_sealed" in takes:
        said["phone_mark"] = loser.phone_mark
    if said:
        Person.objects.filter(pk=survivor.pk).update(**said)


def empty(writing: Writing, merge: Merge, at: dt.datetime) -> None:
    """Take back what the anchor was given. A newer row of the survivor keeps all but what was only the loser's."""
    for one in Carried.objects.filter(merge=merge, table=TABLE):
        names = list(one.before["filled"])
        first, given = (Particulars.objects.get(pk=pk or 0) for pk in (one.old, one.new))
        survivor = Person.objects.get(pk=merge.survivor_id)
        rows = open_rows(Particulars, [survivor.pk])[survivor.pk]
        back = []
        for row in rows:
            lost = {
                name: getattr(first, name) for name in names if row.pk == given.pk or _same(row, given, name, survivor)
            }
            if lost:
                back.append((row, again(row, at, {}, **lost)))
        writing.supersede(Particulars, [row.pk for row, _ in back], at)
        made = writing.add([new for _, new in back])
        for (row, _), new in zip(back, made, strict=True):
            Carried.objects.filter(table=TABLE, new=row.pk, merge__undone_at__isnull=True).exclude(merge=merge).update(
                new=new.pk
            )
        _bare(merge, survivor, names)


def _same(row: Any, given: Any, name: str, survivor: Person) -> bool:
    one, other = getattr(row, name), getattr(given, name)
    if name in KINDS and one and other:
        salt = bytes(survivor.salt)
        return seal.unseal(one, salt, KINDS[name]) == seal.unseal(other, salt, KINDS[name])
    return bool(one == other)


def _bare(merge: Merge, survivor: Person, names: Sequence[str]) -> None:
    """The anchor as the survivor's own rows have it again; the ID number's mark goes home."""
    now = _newest(open_rows(Particulars, [survivor.pk])[survivor.pk])
    said: dict[str, Any] = {name: getattr(now, name) for name in ANCHORED if name in names}
    if "phone_sealed" in names and not now.phone_sealed:
        said["phone_mark"] = None
    loser = Person.objects.get(pk=merge.loser_id)
    if "id_sealed" in names and not now.id_sealed and loser.id_mark is None:
        mark = survivor.id_mark
        Person.objects.filter(pk=survivor.pk).update(id_mark=None)
        Person.objects.filter(pk=loser.pk).update(id_mark=mark)
    if said:
        Person.objects.filter(pk=survivor.pk).update(**said)


def household(merges: Iterable[Merge]) -> None:
    """The survivors' household of today, where a merge carried or gave back a membership."""
    carried = Carried.objects.filter(merge__in=[merge.pk for merge in merges], table="people.membership")
    persons = sorted({pk for pk in carried.values_list("merge__survivor", flat=True) if pk is not None})
    at_home(persons)


def at_home(persons: Sequence[int]) -> None:
    """The household of today of these persons, as their open memberships have it."""
    for part in some(persons):
        open_ones = Membership.objects.filter(person__in=part, superseded_at__isnull=True, valid_to__isnull=True)
        held = dict(open_ones.order_by("pk").values_list("person_id", "family_id"))
        changed = [Person(pk=person, family_id=held.get(person)) for person in part]
        Person.objects.bulk_update(changed, ["family"], batch_size=300)


def _newest(rows: Sequence[Any] | None) -> Any:
    return max(rows or (), key=lambda row: (row.valid_from or dt.date.min, row.pk), default=None)
