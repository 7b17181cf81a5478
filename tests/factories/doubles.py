"""Files of one person, rows in every group, and what must stay the same over a merge and its taking back."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from lianxin.access import seal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.journal import rows as digests
from lianxin.journal.models import Covered
from lianxin.people import facts, models

AT = dt.datetime(2026, 5, 6, 1, tzinfo=dt.UTC)
SYSTEM = Actor(area="4199", scope=over("4199"), permissions=frozenset({"*"}))
DAYS = (dt.date(2012, 3, 1), dt.date(2024, 9, 9), dt.date(2026, 5, 6), dt.date(2030, 1, 1))


@dataclass(frozen=True)
class Made:
    """Whose file: a few fields, the rest follows from ``number``."""

    number: int
    name: str
    born: dt.date | None
    home: str = "419901001001"
    id_number: str = ""
    phone: str = ""
    sex: str = "male"


def files(people: list[Made], at: dt.datetime = AT) -> list[models.Person]:
    """Files with a household each; the same phone may stand in two."""
    with journal.entry(action="test", by=SYSTEM, at=at) as writing:
        families = writing.add([models.Family(code=f"HH{one.number:07d}", home=one.home) for one in people])
        made = models.Person.objects.bulk_create([
            models.Person(
                file_number=f"CC{one.number:08d}", salt=one.number.to_bytes(16, "big"), name=one.name, home=one.home,
                sex=one.sex, born_on=one.born, entry=writing.id, family=family, verified=True,
                id_mark=seal.mark(one.id_number, "id") if one.id_number else None,
                phone_mark=seal.mark(one.phone, "phone") if one.phone else None,
            ) for one, family in zip(people, families, strict=True)
        ])  # fmt: skip
        writing.add([
            models.Particulars(
                person=person, name=one.name, sex=one.sex, born_on=one.born, home=one.home, hukou=one.home,
                id_sealed=seal.seal(one.id_number, person.salt, "id") if one.id_number else None,
                phone_sealed=seal.seal(one.phone, person.salt, "phone") if one.phone else None, recorded_at=at,
            ) for one, person in zip(people, made, strict=True)
        ])  # fmt: skip
        writing.add([models.Membership(person=person, family=person.family, recorded_at=at) for person in made])
    return made


def lost(before: dict[str, list[bytes]]) -> int:
    """How many covered rows are not there any more as they were."""
    return sum(max(0, len(set(rows) - set(now))) for table, rows in before.items() for now in [every()[table]])


def every() -> dict[str, list[bytes]]:
    """The digest of every dated row of the files with its id, by table."""
    found = {}
    for model in models.Person._meta.apps.get_models():
        if issubclass(model, Covered) and model._meta.app_label in {
            "people",
            "casework",
            "payments",
            "outcomes",
            "notices",
        }:
            names = digests.columns(model)
            found[model._meta.label_lower] = sorted(
                hashlib.sha256(str(row[0]).encode() + digests.of(model, row[1:])).digest()
                for row in model._base_manager.values_list("pk", *names)
            )
    return found


def told(persons: list[int], days=DAYS, known_at: dt.datetime | None = None) -> dict:
    """What is true of these persons on some days."""
    found = {}
    for day in days:
        frame = facts.frame(subject="person", day=day, known_at=known_at, ids=persons)
        found[day] = {row["id"]: row for row in frame.to_dicts()}
    return found
