"""A planned change in words: which column, what it says now, what it would say; numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access import seal
from lianxin.access.models import Area
from lianxin.engine import masking
from lianxin.people.attributes import attribute_columns
from lianxin.people.gathered import VALUES, Change, Row
from lianxin.people.identities import family_codes, some
from lianxin.people.ledgers import EVERY
from lianxin.people.models import BankAccount, Livelihood, Membership, Particulars, Person, Service
from lianxin.people.residences import ELSEWHERE
from lianxin.people.results import Line

# Groups whose values are said one by one, under the ledger's column; of the others the row is said as a whole.
_COLUMNS: dict[Any, dict[str, str]] = {
    Particulars: {"id_sealed": "id_number", "phone_sealed": "phone"},
    Service: {"kind": "service_kind"},
    Livelihood: {},
}
_GROUPS = {"Standing": "categories", "Award": "merit", "Suspension": "suspension", "Attested": "unit_stationed_here",
           "Attribute": "attribute", "BankAccount": "account", "Membership": "household", "Kin": "kin"}  # fmt: skip
_WORDS = {"grade": "disability_grade", "merit": "merit", "cause": "bereaved_of", "role": "bereaved_as",
          "state": "suspension"}  # fmt: skip

# What a part of the file is called that no column of a ledger is named after.
_OWN: dict[str, str | Promise] = {
    "kin": _("Kin"), "attribute": _("The city's own facts"), "verified": _("File verified"), "account": _("Bank account"),
}  # fmt: skip


def column(code: str) -> str:
    """A column by the header that it has in ledgers, or a part of the file by its name, in the reader's language."""
    if code in _OWN:
        return str(_OWN[code])
    found = EVERY.get(code) or next((one for one in attribute_columns() if one.code == code), None)
    if found is None:
        return code.replace("_", " ")
    return found.zh if (get_language() or "zh").startswith("zh") else found.en


def fields(change: Change) -> list[str]:
    """The codes of the columns that a change is about."""
    return [field for field, _old, _new in _parts(change)]


def lines(changes: Sequence[Change]) -> list[Line]:
    """All parts of these changes in words."""
    salts = {
        pk: bytes(salt)
        for part in some(change.person for change in changes)
        for pk, salt in Person.objects.filter(pk__in=part).values_list("pk", "salt")
    }
    values = [value for change in changes for row in (change.old, change.new) if row for value in row]
    codes = {value for value in values if isinstance(value, str) and value.isdigit()}
    areas = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    homes = family_codes(row[0] for one in changes if one.model is Membership for row in (one.old, one.new) if row)
    return [
        Line(one.person, field, *(_said(one, field, side, salts.get(one.person, b""), areas, homes) for side in sides))
        for one in changes
        for field, *sides in _parts(one)
    ]  # fmt: skip


def _parts(change: Change) -> Iterable[tuple[str, Any, Any]]:
    """(column, before, after) of what differs: values of a group said one by one, or whole rows."""
    named = _COLUMNS.get(change.model)
    if named is None:
        yield _GROUPS.get(change.model.__name__, "attribute"), change.old, change.new
        return
    names = VALUES[change.model]
    blank: Row = (None,) * len(names)
    for name, old, new in zip(names, change.old or blank, change.new or blank, strict=True):
        if old != new and (old or None) != (new or None):
            yield named.get(name, name), old, new


def _said(
    change: Change, field: str, value: Any, salt: bytes, areas: Mapping[str, str], homes: Mapping[int, str]
) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, tuple):
        return _one(field, value, salt, areas)
    if change.model is BankAccount:
        number = masking.account(seal.unseal(value[1], salt, "account")) if value[1] else ""
        return f"{value[0]} {number} {masking.name(value[3])}".strip()
    if change.model is Membership:
        return homes.get(value[0], "")
    names = VALUES[change.model]
    said = [
        _one(name, one, salt, areas) for name, one in zip(names, value, strict=True) if one not in (None, "", False)
    ]
    day = f" {change.since.isoformat()}" if change.since and value is change.new else ""
    return " ".join(one for one in said if one) + day


def _one(field: str, value: Any, salt: bytes, areas: Mapping[str, str]) -> str:
    zh = (get_language() or "").startswith("zh")
    if isinstance(value, bytes | memoryview):
        return _opened(field, bytes(value), salt)
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if field == "code":
        if value == "bereaved" or value == "fallen":
            return ("遗属" if value == "bereaved" else "牺牲病故") if zh else value
        column = EVERY["categories"] if value in EVERY["categories"].words else EVERY.get(value)
        return _word(column, value, zh=zh)
    if field in {"name", "former_name"}:
        return masking.name(str(value))
    if field == "monthly_income":
        return f"{value / 100:.2f}"
    if field in {"home", "hukou"}:
        return areas.get(value) or (("外地" if zh else "elsewhere") if value == ELSEWHERE else str(value))
    if field == "cause" and value in EVERY["disability_cause"].words:
        return _word(EVERY["disability_cause"], value, zh=zh)
    return _word(EVERY.get(_WORDS.get(field, field)), value, zh=zh)


def _word(column: Any, value: Any, *, zh: bool) -> str:
    words = column.words.get(value) if column is not None and isinstance(value, str) else None
    if words:
        return str(words[0]) if zh else str(value).replace("_", " ")
    if column is not None and value == column.code:
        return str(column.zh if zh else column.en)
    return str(value)


def _opened(field: str, value: bytes, salt: bytes) -> str:
    kinds = {"id_number": ("id", masking.number), "phone": ("phone", masking.phone)}
    if field not in kinds or not salt:
        return ""
    kind, mask = kinds[field]
    return str(mask(seal.unseal(value, salt, kind)))
