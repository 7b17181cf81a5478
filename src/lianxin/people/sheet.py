"""What a list of people says when it is taken away: a row of values for each person, masked unless asked in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import F

from lianxin.access import seal
from lianxin.engine import masking
from lianxin.engine.scope import Scope
from lianxin.people import categories
from lianxin.people.hits import opened
from lianxin.people.identities import some
from lianxin.people.models import BankAccount, Livelihood, Particulars, Person, Service, Standing

Row = dict[str, Any]
CODES = (
    "name", "former_name", "sex", "born_on", "age", "id_number", "phone", "county", "township", "home", "address",
    "hukou", "file_number", "household", "categories", "disability_grade", "service_kind", "enlisted_on",
    "discharged_on", "employment", "bank", "account", "holder", "verified", "died_on",
)  # fmt: skip
USUAL = ("name", "sex", "age", "id_number", "phone", "township", "home", "address", "file_number")
MASKED = frozenset({"name", "former_name", "id_number", "phone", "account", "holder"})


def rows(scope: Scope, ids: Sequence[int], codes: Sequence[str], *, day: dt.date, whole: bool) -> list[Row]:
    """Values by column code for those of ``ids`` whom the scope covers, in that order. ``whole`` unmasks; the caller has
    checked the permission and journals the reason."""
    wanted = set(codes)
    made: dict[int, Row] = {}
    for part in some(list(ids)):
        people = {one.pk: one for one in opened(scope).filter(pk__in=part).select_related("family")}
        for pk, one in people.items():
            made[pk] = _anchor(one, day)
        for needs, add in _SOURCES:
            if needs & wanted:
                add(made, people, day)
    kept = [made[one] for one in ids if one in made]
    return [{"id": row["id"], **{code: _shown(code, row.get(code), whole) for code in codes}} for row in kept]


def _shown(code: str, value: Any, whole: bool) -> Any:
    if whole or code not in MASKED or not value:
        return value
    mask = {"id_number": masking.number, "phone": masking.phone, "account": masking.account}.get(code, masking.name)
    return mask(value)


def _anchor(one: Person, day: dt.date) -> Row:
    born = one.born_on
    age = None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return {
        "id": one.pk, "name": one.name, "sex": one.sex, "born_on": born, "age": age, "home": one.home,
        "county": one.home[:6], "township": one.home[:9], "address": one.address, "file_number": one.file_number,
        "household": one.family.code if one.family else "", "verified": one.verified, "died_on": one.died_on,
    }  # fmt: skip


People = dict[int, Person]
FIRST = F("valid_from").asc(nulls_first=True)


def _open(sealed: bytes | memoryview | None, person: Person, field: str) -> str:
    return seal.unseal(sealed, person.salt, field) if sealed else ""


def _particulars(made: dict[int, Row], people: People, day: dt.date) -> None:
    for row in _valid(Particulars, people, day):
        person = people[row.person_id]
        made[person.pk] |= {
            "former_name": row.former_name, "hukou": row.hukou, "id_number": _open(row.id_sealed, person, "id"),
            "phone": _open(row.phone_sealed, person, "phone"),
        }  # fmt: skip


def _service(made: dict[int, Row], people: People, day: dt.date) -> None:
    for row in _valid(Service, people, day):
        made[row.person_id] |= {"service_kind": row.kind, "enlisted_on": row.enlisted_on,
                                "discharged_on": row.discharged_on}  # fmt: skip


def _categories(made: dict[int, Row], people: People, day: dt.date) -> None:
    for pk, held in categories.of(list(people), day).items():
        made[pk]["categories"] = held
    for row in _valid(Standing, people, day):
        if row.code == "disabled_soldier":
            made[row.person_id]["disability_grade"] = row.grade


def _livelihood(made: dict[int, Row], people: People, day: dt.date) -> None:
    for row in _valid(Livelihood, people, day):
        made[row.person_id]["employment"] = row.employment


def _bank(made: dict[int, Row], people: People, day: dt.date) -> None:
    for row in _valid(BankAccount, people, day):
        if row.verified and (row.usable_from is None or row.usable_from <= day):
            number = _open(row.number_sealed, people[row.person_id], "account")
            made[row.person_id] |= {"bank": row.bank, "account": number, "holder": row.holder}


def _valid(model: type[Any], people: People, day: dt.date) -> Iterable[Any]:
    """The open rows valid on the day, the newest of each person last."""
    return model.objects.filter(categories.valid(day), person__in=list(people)).order_by(FIRST, "pk")


_SOURCES: tuple[tuple[frozenset[str], Callable[[dict[int, Row], People, dt.date], None]], ...] = (
    (frozenset({"former_name", "hukou", "id_number", "phone"}), _particulars),
    (frozenset({"service_kind", "enlisted_on", "discharged_on"}), _service),
    (frozenset({"categories", "disability_grade"}), _categories),
    (frozenset({"employment"}), _livelihood),
    (frozenset({"bank", "account", "holder"}), _bank),
)
