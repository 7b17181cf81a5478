"""What a merge carries from one file to another, so that taking it back is exact.

Rows of the loser stay as they were recorded. The survivor gets rows of its own that say the same, under the merge's
entry, where its file says nothing yet (or where somebody chose otherwise); links of third persons to the loser end as
known and lead to the survivor. :class:`Carried` remembers each of these pairs.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q

from lianxin.access import seal
from lianxin.journal.actions import Writing
from lianxin.journal.models import Dated
from lianxin.people import models
from lianxin.people.identities import some
from lianxin.people.kinship import canonical
from lianxin.people.mergemodels import Carried, Merge

Line = tuple[str, ...]
# Group → its model and by which values rows stand in one line: of those the survivor's own wins, whole. Rows of the
# last five stand side by side and are the same when these values are.
LINES: dict[str, tuple[type[Dated], Line]] = {
    "service": (models.Service, ()),
    "livelihood": (models.Livelihood, ()),
    "capacity": (models.Capacity, ()),
    "suspension": (models.Suspension, ()),
    "membership": (models.Membership, ()),
    "account": (models.BankAccount, ()),
    "standing": (models.Standing, ("code", "role", "of_id")),
    "attested": (models.Attested, ("code",)),
    "attribute": (models.Attribute, ("code",)),
    "portrait": (models.Scan, ("kind",)),
    "award": (models.Award, ("merit", "wartime", "valid_from")),
    "document": (models.Document, ("kind", "number_mark", "valid_from")),
    "mandate": (models.Mandate, ("kind", "proxy_person_id", "proxy_account", "services", "valid_from")),
    "paper": (models.Scan, ("kind", "digest")),
}
CHOSEN = ("survivor", "loser", "both")
POINTING: tuple[tuple[type[Dated], str], ...] = ((models.Standing, "of_id"), (models.Mandate, "proxy_person_id"))
FILLED = ("former_name", "sex", "born_on", "died_on", "id_sealed", "phone_sealed", "home", "address", "hukou")
SEALED = {"number_sealed", "id_sealed", "phone_sealed"}
_OWN = {"id", "entry_id", "superseded_at", "superseded_by", "recorded_at"}
_CARRIED: tuple[type[Dated], ...] = (*(model for model, _ in LINES.values()), models.Kin, models.Particulars)
MODELS: dict[str, type[Dated]] = {model._meta.label_lower: model for model in _CARRIED}


def group_of(row: Any, group: str) -> bool:
    """Whether a row is of this group: pictures are of two."""
    return not isinstance(row, models.Scan) or (row.kind == "portrait") == (group == "portrait")


def open_rows(model: type[Dated], persons: Iterable[int]) -> dict[int, list[Any]]:
    """The open rows of these persons, oldest valid first."""
    found: dict[int, list[Any]] = defaultdict(list)
    for part in some(persons):
        among: dict[str, Any] = {"person_id__in": part, "superseded_at__isnull": True}
        rows: Any = model._base_manager.filter(**among)
        for row in rows.order_by("pk"):
            found[row.person_id].append(row)
    return found


class Carrying:
    """Carries for merges of which no two share a person or a link."""

    def __init__(self, writing: Writing, merges: Sequence[Merge], at: dt.datetime) -> None:
        self.writing, self.merges, self.at = writing, merges, at
        self.into = {merge.loser_id: merge.survivor_id for merge in merges}
        self.merge_of = {merge.loser_id: merge for merge in merges}
        persons = [*self.into, *self.into.values()]
        self.salts = _salts(persons)
        self.adds: dict[type[Dated], list[tuple[Any, Carried]]] = defaultdict(list)
        self.ends: dict[type[Dated], list[tuple[int, Carried | None]]] = defaultdict(list)
        self.persons = persons

    def run(self) -> None:
        """Carry everything; one pass of a few statements for each table."""
        for group, (model, line) in LINES.items():
            self._group(group, model, line)
        for model, column in POINTING:
            self._pointing(model, column)
        self._links()
        self._write()

    def _group(self, group: str, model: type[Dated], line: Line) -> None:
        held = open_rows(model, self.persons)
        for merge in self.merges:
            choice = merge.keep.get(group, "survivor")
            mine = [row for row in held.get(merge.survivor_id, []) if group_of(row, group)]
            theirs = [row for row in held.get(merge.loser_id, []) if group_of(row, group)]
            lines = {_key(row, line) for row in mine}
            said = {_said(row) for row in mine}
            for row in theirs:
                key = _key(row, line)
                if _said(row) in said or (choice == "survivor" and key in lines):
                    continue
                self._add(merge, row, person_id=merge.survivor_id)
            if choice == "loser":
                won = {_key(row, line) for row in theirs}
                for row in mine:
                    if _key(row, line) in won:
                        self._end(merge, row)

    def _pointing(self, model: type[Dated], column: str) -> None:
        """Rows of others that name the loser name the survivor from now on."""
        for part in some(self.into):
            rows = model._base_manager.filter(**{f"{column}__in": part}, superseded_at__isnull=True).order_by("pk")
            for row in rows:
                loser = getattr(row, column)
                merge, owner = self.merge_of[loser], row.person_id  # type: ignore[attr-defined]
                if owner == loser:
                    continue
                self._end(merge, row, None if owner == merge.survivor_id else {column: merge.survivor_id})

    def _links(self) -> None:
        """Kin: a link that the survivor has already is not told twice, and nobody is their own relative."""
        rows: dict[int, Any] = {}
        have: set[tuple[int, int, str, dt.date | None]] = set()
        for part in some(self.persons):
            touching = models.Kin.objects.filter(
                Q(person_id__in=part) | Q(relative_id__in=part), superseded_at__isnull=True
            )
            for row in touching:
                rows[row.pk] = row
        for row in rows.values():
            if row.person_id not in self.into and row.relative_id not in self.into:
                have.add((row.person_id, row.relative_id, row.kind, row.valid_to))
        for _, row in sorted(rows.items()):
            loser = next((end for end in (row.person_id, row.relative_id) if end in self.into), None)
            if loser is None:
                continue
            ends = self.into.get(row.person_id, row.person_id), self.into.get(row.relative_id, row.relative_id)
            person, relative, kind = canonical(*ends, row.kind)
            link = (person, relative, kind, row.valid_to)
            same = link in have or person == relative
            have.add(link)
            kept = row.maintained
            if kept and person != ends[0]:
                kept = "relative" if kept == "person" else "person"
            says = {"person_id": person, "relative_id": relative, "maintained": kept}
            self._end(self.merge_of[loser], row, None if same else says)

    def _add(self, merge: Merge, row: Any, **changed: Any) -> None:
        new = again(row, self.at, self.salts, **changed)
        self.adds[type(row)].append((new, Carried(merge=merge, table=row._meta.label_lower)))

    def _end(self, merge: Merge, row: Any, changed: Mapping[str, Any] | None = None) -> None:
        kept = Carried(merge=merge, table=row._meta.label_lower, old=row.pk)
        self.ends[type(row)].append((row.pk, kept))
        if changed is not None:
            self.adds[type(row)].append((again(row, self.at, self.salts, **changed), kept))

    def _write(self) -> None:
        kept: list[Carried] = []
        for model, ended in self.ends.items():
            self.writing.supersede(model, [pk for pk, _ in ended], self.at)
            kept += [one for _, one in ended if one is not None]
        for model, added in self.adds.items():
            del model
            for made, (_, one) in zip(self.writing.add([row for row, _ in added]), added, strict=True):
                one.new = made.pk
                if one.old is None:
                    kept.append(one)
        Carried.objects.bulk_create(kept, batch_size=500)


def _key(row: Any, line: Line) -> tuple[Any, ...]:
    return tuple(_plain(getattr(row, name)) for name in line)


def _said(row: Any) -> tuple[Any, ...]:
    """What a row says and since when, without whose it is; numbers by their marks."""
    return tuple(
        _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields
        if field.attname not in {*_OWN, *SEALED, "person_id", "paper"}
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def again(row: Any, at: dt.datetime, salts: Mapping[int, bytes], **changed: Any) -> Any:
    """A row that says the same, recorded ``at``; its numbers are sealed for whoever's file it stands in."""
    given = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields
             if field.attname not in _OWN}  # fmt: skip
    owner = int(given.get("person_id") or 0)
    given |= changed
    if given.get("person_id") != owner and given.get("number_sealed"):
        kind = "account" if isinstance(row, models.BankAccount) else "paper"
        given["number_sealed"] = moved(given["number_sealed"], kind, salts[owner], salts[given["person_id"]])
    return type(row)(**given, recorded_at=at)


def moved(sealed: Any, kind: str, out_of: bytes, into: bytes) -> bytes:
    """A sealed number as another file keeps it."""
    return seal.seal(seal.unseal(sealed, out_of, kind), into, kind)


def _salts(persons: Iterable[int]) -> dict[int, bytes]:
    return {
        pk: bytes(salt) for part in some(persons)
        for pk, salt in models.Person.objects.filter(pk__in=part).values_list("pk", "salt")
    }  # fmt: skip


def give_back(writing: Writing, merges: Sequence[Merge], at: dt.datetime) -> None:
    """Take back what merges carried. What was recorded on the survivor since, in place of a carried row, stays there."""
    kept: dict[str, list[Carried]] = defaultdict(list)
    survivor = {merge.pk: merge.survivor_id for merge in merges}
    for part in some(survivor):
        for one in Carried.objects.filter(merge__in=part, table__in=MODELS).order_by("pk"):
            kept[one.table].append(one)
    for table, carried in kept.items():
        model = MODELS[table]
        standing = _open(model, [one.new for one in carried if one.new is not None])
        old = _rows(model, [one.old for one in carried if one.old is not None])
        writing.supersede(model, sorted(standing), at)
        back = [
            old[one.old] for one in carried
            if one.old is not None and (one.new is None or one.new in standing or not _of(old[one.old], survivor[one.merge_id]))
        ]  # fmt: skip
        made = writing.add([again(row, at, {}) for row in back])
        _renumber(table, {row.pk: new.pk for row, new in zip(back, made, strict=True)})


def _of(row: Any, person: int) -> bool:
    return bool(row.person_id == person)


def _open(model: type[Dated], ids: Iterable[int]) -> set[int]:
    return {pk for part in some(ids)
            for pk in model._base_manager.filter(pk__in=part, superseded_at__isnull=True).values_list("pk", flat=True)}  # fmt: skip


def _rows(model: type[Dated], ids: Iterable[int]) -> dict[int, Any]:
    return {row.pk: row for part in some(ids) for row in model._base_manager.filter(pk__in=part)}


def _renumber(table: str, fresh: Mapping[int, int]) -> None:
    """Merges that still stand and had made a row which came back under another id know it by that one."""
    changed = []
    for part in some(fresh):
        for one in Carried.objects.filter(table=table, new__in=part, merge__undone_at__isnull=True):
            one.new = fresh[one.new or 0]
            changed.append(one)
    Carried.objects.bulk_update(changed, ["new"], batch_size=300)


def rounds(pairs: Mapping[int, int]) -> Iterator[dict[int, int]]:
    """Merges (loser → survivor) parted so that in one round no two share a person or are linked as kin."""
    linked: dict[int, set[int]] = defaultdict(set)
    for part in some([*pairs, *pairs.values()]):
        for one, other in models.Kin.objects.filter(
            Q(person_id__in=part) | Q(relative_id__in=part), superseded_at__isnull=True
        ).values_list("person_id", "relative_id"):
            linked[one].add(other)
            linked[other].add(one)
        for model, column in POINTING:
            named = Q(**{f"{column}__in": part}) | Q(person_id__in=part, **{f"{column}__isnull": False})
            for one, other in model._base_manager.filter(named, superseded_at__isnull=True).values_list(
                "person_id", column
            ):
                linked[one].add(other)
                linked[other].add(one)
    left = dict(pairs)
    while left:
        taken: dict[int, int] = {}
        busy: set[int] = set()
        for loser, survivor in left.items():
            near = {loser, survivor} | linked[loser] | linked[survivor]
            if not near & busy:
                taken[loser] = survivor
                busy |= near
        yield taken
        left = {loser: survivor for loser, survivor in left.items() if loser not in taken}
