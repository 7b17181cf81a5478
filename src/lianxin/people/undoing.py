"""Take an import back as one: its rows are superseded, what they superseded is written again, its files close."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.engine import effects
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import looks
from lianxin.journal.actions import Writing
from lianxin.journal.models import Covered, Dated, Entry
from lianxin.people import nameindex
from lianxin.people.errors import LedgerRefused
from lianxin.people.gathered import KIN_LOADED, LOADED
from lianxin.people.identities import some
from lianxin.people.models import Import, Kin, Membership, Particulars, Person
from lianxin.people.names import sounds

_MODELS: dict[type[Dated], tuple[str, ...]] = {**LOADED, Kin: KIN_LOADED}


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking an import back did. ``kept`` are file numbers of persons who were used since and stay."""

    run: str
    superseded: int
    restored: int
    closed: int
    kept: tuple[str, ...]


def halfway(digest: str) -> Import | None:
    """The run of this file that was killed before its end."""
    return Import.objects.filter(file_digest=digest, state="applying").first()


def undo(*, run: str, by: Actor, at: dt.datetime) -> Undone:
    """Undo one run in one transaction. Raises ``LedgerRefused`` where there is no such run, or it is undone already."""
    made = Import.objects.filter(run=run).first()
    if made is None or made.state == "undone":
        raise LedgerRefused(_("There is no import with this number that could be undone. Nothing was changed."))
    entries = list(Entry.objects.filter(run=run).values_list("pk", flat=True))
    with journal.entry(action="people.import-undone", by=by, at=at, run=run, purpose=made.file_name) as writing:
        persons = list(Person.objects.filter(run=run).values_list("pk", flat=True))
        used = _used(persons, entries)
        superseded = restored = 0
        touched: set[int] = set()
        since = {model: _changed_since(model, entries) for model in _MODELS}
        for model, columns in _MODELS.items():
            gone, back, whose = _turn(model, columns, entries, used | since[model], writing, at)
            superseded, restored = superseded + gone, restored + back
            touched |= whose
        closing = [pk for pk in persons if pk not in used]
        for part in some(closing):
            Person.objects.filter(pk__in=part).update(visible=False, family=None)
        Person.objects.filter(pk__in=list(used)).update(visible=True)
        _pictures(sorted(touched - set(closing)))
        staying = used.union(*since.values())
        kept = tuple(
            number
            for part in some(sorted(staying))
            for number in Person.objects.filter(pk__in=part).order_by("pk").values_list("file_number", flat=True)
        )
        made.state = "undone"
        made.save(update_fields=["state"])
        writing.say(superseded=superseded, restored=restored, closed=len(closing), kept=len(kept))
        looks.contains(writing.id, touched | set(closing))
        effects.announce("person-changed", ids=sorted(touched | set(closing)), by=by, at=at)
    return Undone(run, superseded, restored, len(closing), kept)


def _turn(
    model: Any,
    columns: Sequence[str],
    entries: Sequence[int],
    kept: set[int],
    writing: Writing,
    at: dt.datetime,
) -> tuple[int, int, set[int]]:
    """Supersede what the run wrote of one model and write again what it superseded."""
    written: list[tuple[int, int]] = []
    back: list[tuple[Any, ...]] = []
    place = columns.index("recorded_at")
    own = set(entries)
    for part in some(entries):
        written += model._base_manager.filter(entry_id__in=part, superseded_at__isnull=True).values_list(
            "pk", "person_id"
        )
        for entry, *values in model._base_manager.filter(superseded_by__in=part).values_list("entry_id", *columns):
            if entry not in own:
                values[place] = at
                back.append(tuple(bytes(one) if isinstance(one, memoryview) else one for one in values))
    gone = [pk for pk, person in written if person not in kept]
    writing.supersede(model, gone, at)
    back = [row for row in back if row[0] not in kept]
    writing.load(model, columns, back)
    return len(gone), len(back), {person for _pk, person in written} | {row[0] for row in back}


def _changed_since(model: Any, entries: Sequence[int]) -> set[int]:
    """Persons whose rows of the run somebody has corrected since: what they say now is no longer the run's to undo."""
    own = set(entries)
    found: set[int] = set()
    for part in some(entries):
        rows = model._base_manager.filter(entry_id__in=part, superseded_by__isnull=False)
        found |= {person for person, by in rows.values_list("person_id", "superseded_by") if by not in own}
    return found


def _used(persons: Sequence[int], entries: Sequence[int]) -> set[int]:
    """Those of the run's new persons to whom anything written since refers."""
    found: set[int] = set()
    own = set(entries)
    for relation in Person._meta.related_objects:
        model: type[Model] = relation.related_model
        field: Field[Any, Any] = relation.field
        covered = issubclass(model, Covered)
        names = [field.attname, "entry_id"] if covered else [field.attname]
        for part in some(persons):
            for row in model._base_manager.filter(**{f"{field.name}__in": part}).values_list(*names):
                if not covered or row[1] not in own:
                    found.add(row[0])
    return found


def _pictures(persons: Sequence[int]) -> None:
    """Bring the picture of today back to what the dated rows say."""
    latest: dict[int, Particulars] = {}
    family: dict[int, int] = {}
    numbers: dict[int, list[Particulars]] = defaultdict(list)
    for part in some(persons):
        rows = Particulars.objects.filter(person_id__in=part, superseded_at__isnull=True, valid_to__isnull=True)
        for row in rows.order_by("pk"):
            latest[row.person_id] = row
            numbers[row.person_id].append(row)
        for person, code in Membership.objects.filter(
            person_id__in=part, superseded_at__isnull=True, valid_to__isnull=True
        ).order_by("pk").values_list("person_id", "family_id"):  # fmt: skip
            family[person] = code
    made = []
    for one in Person.objects.filter(pk__in=list(latest)):
        row = latest[one.pk]
        one.name, one.sex, one.born_on, one.died_on = row.name, row.sex, row.born_on, row.died_on
        one.home, one.address, one.verified = row.home, row.address, row.verified
        one.pinyin, one.initials = sounds(row.name)
        one.family_id = family.get(one.pk)
        one.id_mark, one.phone_mark = _marks(one, row)
        made.append(one)
    names = ["name", "sex", "born_on", "died_on", "home", "address", "verified", "pinyin", "initials", "family",
             "id_mark", "phone_mark"]  # fmt: skip
    Person.objects.bulk_update(made, names, batch_size=500)
    nameindex.settle()


def _marks(person: Person, row: Particulars) -> tuple[bytes | None, bytes | None]:

    def mark(sealed: bytes | memoryview | None, name: str) -> bytes | None:
        return seal.mark(seal.unseal(sealed, person.salt, name), name) if sealed else None

    return mark(row.id_sealed, "id"), mark(row.phone_sealed, "phone")
