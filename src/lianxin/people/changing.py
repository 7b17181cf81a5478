"""Change files from decided cases: a form's fields bear the ledgers' columns, are read as cells and written as rows.

A property of a service's form says with ``x-file`` which column of the people ledger it changes (``phone``, ``home``,
``died_on`` …; ``changed_on`` is the day from which it holds). So a family's own word, a clerk's and a ledger's row go one
way. Nothing is written over: if somebody else changed the same thing since a desk last looked at the case, that is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.models import Area
from lianxin.access.queries import area_names
from lianxin.engine import clock, effects, masking
from lianxin.engine.deliveries import FILE_COLUMNS, FILE_MARK
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.people.identities import some
from lianxin.people.ledgers import EVERY
from lianxin.people.mending import unbroken
from lianxin.people.models import BankAccount, Livelihood, Membership, Particulars, Person
from lianxin.people.reasons import REASONS

SINCE = "changed_on"
_LIVING = ("employment", "unemployment_registered", "employer_insured", "monthly_income", "education_stage",
           "in_education", "able_to_work", "school", "graduates_on")  # fmt: skip
_SEALED = {"id_number": ("id_sealed", "id", masking.number), "phone": ("phone_sealed", "phone", masking.phone)}
# column → where the file holds it
_HELD: dict[str, tuple[Any, str]] = {
    **{code: (Particulars, code) for code in ("name", "former_name", "sex", "born_on", "died_on", "home", "address",
                                              "hukou")},
    **{code: (Particulars, at[0]) for code, at in _SEALED.items()},
    **{code: (Livelihood, code) for code in _LIVING},
    "household": (Membership, "family_id"), "account": (BankAccount, "number_mark"),
}  # fmt: skip
_CLOSED = {"id_number": "id", "phone": "phone", "account": "account"}  # column → kind of the seal
_SHUT = "sealed:"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one case wants changed in one file: columns and what is typed, and the paper it rests on."""

    person: int
    says: Mapping[str, Any]
    paper: str


@dataclass(frozen=True, slots=True)
class Line:
    """One column as the desk compares it: as it was when a desk last looked, as it is, as it is wanted."""

    column: str
    title: str
    then: str
    now: str
    wanted: str

    @property
    def clash(self) -> bool:
        """Somebody changed it meanwhile, and not to what is wanted."""
        return self.then != self.now and self.now != self.wanted


def marked(schema: Mapping[str, Any] | None) -> dict[str, str]:
    """Form field → ledger column, for the fields that change the file."""
    properties = (schema or {}).get("properties", {})
    found = {
        name: str(one[FILE_MARK]) for name, one in properties.items() if isinstance(one, Mapping) and FILE_MARK in one
    }
    unknown = sorted(set(found.values()) - FILE_COLUMNS)
    if unknown:
        raise Refusal(_("A form cannot change “%(column)s” in a file.") % {"column": unknown[0]})
    return found


def closed(schema: Mapping[str, Any] | None, form: Mapping[str, Any], person: int | None) -> dict[str, Any]:
    """The form as a case keeps it: what would change a number, a phone or an account is sealed with the person's key."""
    kinds = {name: _CLOSED[column] for name, column in marked(schema).items() if column in _CLOSED}
    secret = [name for name in kinds if form.get(name) not in (None, "")]
    if not secret or person is None:
        return dict(form)
    salt = Person.objects.values_list("salt", flat=True).get(pk=person)
    shut = {name: _SHUT + seal.seal(str(form[name]), salt, kinds[name]).hex() for name in secret
            if not str(form[name]).startswith(_SHUT)}  # fmt: skip
    return {**form, **shut}


def said(schema: Mapping[str, Any] | None, form: Mapping[str, Any], person: int | None) -> dict[str, Any]:
    """The columns that a filled-in form speaks of, as typed."""
    found = {column: form[name] for name, column in marked(schema).items() if form.get(name) not in (None, "")}
    shut = {code for code, value in found.items() if isinstance(value, str) and value.startswith(_SHUT)}
    if shut and person is not None:
        salt = Person.objects.values_list("salt", flat=True).get(pk=person)
        opened = {code: seal.unseal(bytes.fromhex(found[code][len(_SHUT) :]), salt, _CLOSED[code]) for code in shut}
        found |= opened
    return found


def masked(schema: Mapping[str, Any] | None, form: Mapping[str, Any], person: int | None) -> dict[str, Any]:
    """The form as pages show it."""
    if not any(isinstance(value, str) and value.startswith(_SHUT) for value in form.values()):
        return dict(form)
    says, names = said(schema, form, person), marked(schema)
    hide = {"id_number": masking.number, "phone": masking.phone, "account": masking.account}
    return {name: hide[names[name]](says[names[name]]) if names.get(name) in hide and value else value
            for name, value in form.items()}  # fmt: skip


def read(says: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as the file keeps it. Raises :class:`Refusal` naming the column, what is wrong and how to mend it."""
    if not says:  # most forms say nothing for the file: the city's areas are read for those that do
        return {}
    import polars as pl

    from lianxin.people import cells
    from lianxin.people.residences import Residences

    places = Residences(dict(Area.objects.values_list("code", "name")), settings.CITY)
    found: dict[str, Any] = {}
    for code, value in says.items():
        column = EVERY[code]
        text = {True: "是", False: "否"}.get(value) if isinstance(value, bool) else str(value)
        area = places.home if code == "home" else places.read
        values, faults = cells.read(pl.Series(code, [text], dtype=pl.String), column, area)
        if faults[0] is not None:
            wrong, mend = REASONS[faults[0]]
            words = "、".join(word for word, *_ in column.words.values()) if column.words else ""
            raise Refusal(_("%(column)s: %(wrong)s. Nothing was lost: %(mend)s.") % {
                "column": title(code), "wrong": wrong, "mend": str(mend) % {"words": words} if "%(" in str(mend) else mend,
            })  # fmt: skip
        found[code] = values[0]
    return found


def title(code: str) -> str:
    """A column in the page's language."""
    column = EVERY[code]
    return column.zh if (get_language() or "zh").startswith("zh") else column.en


def held(person: Person, columns: Iterable[str], known_at: dt.datetime | None = None) -> dict[str, Any]:
    """What the file says of these columns, as known at an instant (None: now); sealed values are opened."""
    found: dict[str, Any] = {}
    rows: dict[Any, Any] = {}
    for code in columns:
        if code not in _HELD:
            continue
        model, name = _HELD[code]
        if model not in rows:
            rows[model] = _row(model, person, known_at)
        value = getattr(rows[model], name) if rows[model] is not None else None
        if code in _SEALED and value is not None:
            value = seal.unseal(value, person.salt, _SEALED[code][1])
        found[code] = bytes(value) if isinstance(value, memoryview) else value
    return found


def _row(model: Any, person: Person, known_at: dt.datetime | None) -> Any:
    rows = model.objects.filter(person=person, valid_to__isnull=True)
    if known_at is None:
        rows = rows.filter(superseded_at__isnull=True)
    else:
        rows = rows.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), recorded_at__lte=known_at)
    return rows.order_by(F("valid_from").asc(nulls_first=True), "pk").last()


def compared(*, person: int, says: Mapping[str, Any], looked_at: dt.datetime) -> list[Line]:
    """Each column that a case wants changed: as it was when a desk last looked, as it is now, as it is wanted; masked."""
    found = Person.objects.filter(pk=person).first()
    columns = [code for code in says if code in _HELD]
    if found is None or not columns:
        return []
    then, now, wanted = (
        held(found, columns, looked_at),
        held(found, columns),
        read({code: says[code] for code in columns}),
    )
    wanted = {code: _comparable(code, value) for code, value in wanted.items()}
    return [
        Line(code, title(code), _shown(code, then[code]), _shown(code, now[code]), _shown(code, wanted[code]))
        for code in columns
    ]


def _comparable(code: str, value: Any) -> Any:
    if code == "account":
        return seal.mark(value, "account")
    if code == "household":
        from lianxin.people.models import Family

        return Family.objects.filter(code=value).values_list("pk", flat=True).first() or value
    return value


def _shown(code: str, value: Any) -> str:
    """A value as a page may show it."""
    if value in (None, ""):
        return "—"
    if code in _SEALED:
        return str(_SEALED[code][2](value))
    if code == "account":
        return "****" + bytes(value).hex()[:4]
    if code in {"home", "hukou"}:
        place = 0 if (get_language() or "zh").startswith("zh") else 1
        return area_names([value]).get(value, (value, value))[place]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    words = EVERY[code].words.get(str(value))
    return words[0] if words else str(value)


def clashes(*, person: int, says: Mapping[str, Any], looked_at: dt.datetime) -> list[Line]:
    """The columns that somebody else changed since a desk last looked, and not to what is wanted."""
    return [line for line in compared(person=person, says=says, looked_at=looked_at) if line.clash]


class _Cells(dict[str, list[Any]]):
    """Columns by code; one that nobody gave is blank for everyone."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def __missing__(self, code: str) -> list[Any]:
        return [None] * self._rows


def change(*, wanted: Sequence[Wanted], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Write what cases want into the files, set-based and in the caller's entry; the other rooms are told.

    Raises :class:`Refusal` for a value that cannot be read, an ID number that stands in another file, or what would
    contradict the rest of the file; then nothing is written.
    """
    from lianxin.people import identify, importing
    from lianxin.people.entering import file
    from lianxin.people.gathered import Filing, Given

    typed = [(one, read(one.says)) for one in wanted if one.says]
    ids = [one.person for one, _values in typed]
    if not ids:
        return
    _free([(one.person, values["id_number"]) for one, values in typed if values.get("id_number")])
    cells = _Cells(len(ids))
    for code in {code for _one, values in typed for code in values}:
        cells[code] = [values.get(code) for _one, values in typed]
    cells["paper"] = [one.paper[:120] for one, _values in typed]
    filing = Filing(at, clock.day(at))
    codes = [values["household"] for _one, values in typed if values.get("household")]
    families = identify.families(codes)
    if len(families) < len(set(codes)):
        raise Refusal(_("There is no household with that code in your area; nothing was changed."))
    given = Given(cells, ids, identify.anchors(ids), families, {})
    with unbroken(sorted(set(ids)), clock.day(at)):
        file(filing, given, run="", entry=writer.id, visible=True)
        importing.write(filing, writer, by)
    effects.announce("person-changed", ids=sorted(filing.touched), by=by, at=at)


def _free(numbers: Sequence[tuple[int, str]]) -> None:
    """No other file has one of these ID numbers."""
    marks = {seal.mark(number, "id"): person for person, number in numbers}
    for part in some(marks):
        for mark, person in Person.objects.filter(id_mark__in=part).values_list("id_mark", "pk"):
            if mark is not None and marks[bytes(mark)] != person:
                raise Refusal(
                    _("This ID number stands in another file. Nothing was changed; ask the city to compare the two.")
                )
