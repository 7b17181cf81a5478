"""Mappings of headers that nobody knew, remembered by the set of headers for the office that made them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.engine import masking
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import guard
from lianxin.people import exchanges, recognising, workbook
from lianxin.people.attributes import attribute_columns
from lianxin.people.columns import IGNORED, Column, folded
from lianxin.people.errors import LedgerRefused
from lianxin.people.ledgers import EVERY, KINDS, PEOPLE, Kind
from lianxin.people.models import Template

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Header:
    """One header of a file: what it is read as (blank: nothing), the nearest known header, some of its cells, masked."""

    text: str
    folded: str
    column: str
    nearest: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headers:
    """The header of a file as somebody maps it: the ledger it goes to, its headers, the template that it has."""

    kind: Kind
    signature: str
    headers: tuple[Header, ...]
    template: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A remembered mapping: headers and the columns they stand for (blank: passed over)."""

    id: int
    name: str
    ledger: str
    area: str
    at: dt.datetime
    mapping: Mapping[str, str]


def remembered(area: str) -> dict[str, dict[str, str]]:
    """Signature → mapping, of the office's own area and of those above it; the nearest office wins."""
    above = [area[:length] for length in (4, 6, 9, 12) if length <= len(area)]
    rows = Template.objects.filter(area__in=["", *above]).order_by("area")
    return {row.signature: dict(row.mapping) for row in rows}


def kept(area: str) -> list[Kept]:
    """The templates of an office, newest first."""
    rows = Template.objects.filter(area=area).order_by("-pk")
    return [Kept(row.pk, row.name, row.ledger, row.area, row.at, dict(row.mapping)) for row in rows]


def headers(path: Path, ledger: str, area: str) -> Headers:
    """The header row of a file with what each header means, for mapping. Raises :class:`LedgerRefused` for no table."""
    book, attributes, known = workbook.open_book(path), attribute_columns(), remembered(area)
    chosen = exchanges.kind(ledger) or recognising.looks_like(book, exchanges.kinds(), attributes, known) or PEOPLE
    reader = recognising.Reader(chosen, attributes, known)
    where = _where(book, reader)
    sheet, at = book.sheets[where[0]], where[1]
    row = sheet.row(at)
    told = []
    for place, (cell, meant) in enumerate(zip(row, reader.read(row), strict=True)):
        if not cell or not folded(cell):
            continue
        column = meant[0].code if isinstance(meant, tuple) else ""
        below = [said.strip() for said in sheet.cells[str(place)].slice(at + 1, 50).to_list() if said and said.strip()]
        near = "" if column or folded(cell) in IGNORED else recognising.nearest(cell, reader.known)
        samples = tuple(dict.fromkeys(_masked(said) for said in below))[:SAMPLES]
        told.append(Header(cell.strip()[:40], folded(cell), column, near, samples))
    signature = recognising.signature(row)
    name = Template.objects.filter(signature=signature, area=area).values_list("name", flat=True).first()
    return Headers(chosen, signature, tuple(told), name or "")


def _where(book: workbook.Book, reader: recognising.Reader) -> tuple[int, int]:
    for place, sheet in enumerate(book.sheets):
        found = reader.header(sheet)
        if found is not None:
            return place, found[1]
    guess = recognising.fullest(book)
    if guess is None:
        raise LedgerRefused(_("The ledger has no rows. Nothing was changed; choose the ledger again."))
    return guess


def _masked(text: str) -> str:
    """A cell as a page may show it: long numbers masked, names too, words whole."""
    said = text[:30]
    if re.fullmatch(r"(18|19|20)\d\d\D{0,2}\d{1,2}\D{0,2}(\d{1,2}\D?)?", said):
        return said  # a day
    if sum(letter.isdigit() for letter in said) >= 7:
        return masking.number(said)
    return masking.name(said) if 2 <= len(said) <= 4 and not said.isascii() and not said[0].isdigit() else said


def choices(kind: Kind, attributes: Sequence[Column] = ()) -> dict[str, Column]:
    """The columns that a header of this ledger may be mapped to."""
    if kind.columns:
        return {column.code: column for column in kind.columns}
    return {code: EVERY[code] for code in kind.codes} | (
        {column.code: column for column in attributes} if kind.opens else {}
    )


def keep(*, name: str, ledger: str, signature: str, mapping: Mapping[str, str], by: Actor, at: dt.datetime) -> int:
    """Remember a mapping under a name for the actor's office; the same headers again replace it. Returns its id.

    Raises :class:`LedgerRefused` for a column that the ledger has not, or one that two headers would fill.
    """
    require(by, "people.import")
    chosen = exchanges.kind(ledger) or PEOPLE
    _checked(chosen, mapping)
    if not signature:
        raise LedgerRefused(_("The ledger has no rows. Nothing was changed; choose the ledger again."))
    said = name.strip()[:60] or (chosen.zh if chosen.code in KINDS else chosen.code)
    guard.check(said)
    row, made = Template.objects.update_or_create(
        area=by.area, signature=signature,
        defaults={"name": said, "ledger": chosen.code, "mapping": dict(mapping), "account": by.account, "at": at},
    )  # fmt: skip
    journal.note(action="people.template", by=by, at=at, ledger=chosen.code, template=row.pk, new=made)
    return int(row.pk)


def _checked(kind: Kind, mapping: Mapping[str, str]) -> None:
    allowed = choices(kind, attribute_columns())
    targets = [code for code in mapping.values() if code]
    if not mapping or any(code not in allowed for code in targets):
        raise LedgerRefused(_("This ledger has no such column. Nothing was changed; choose again."))
    twice = [allowed[code].zh for code in dict.fromkeys(targets) if targets.count(code) > 1 and not allowed[code].many]
    if twice:
        raise LedgerRefused(
            _("Two headers cannot both be %(column)s. Nothing was changed; choose again.")
            % {"column": "、".join(twice)}
        )


def change(*, template: int, name: str, mapping: Mapping[str, str], by: Actor, at: dt.datetime) -> None:
    """Another name or another mapping. Raises :class:`LedgerRefused` where the office has no such template."""
    require(by, "people.import")
    guard.check(name)
    row = Template.objects.filter(pk=template, area=by.area).first()
    if row is None or not name.strip():
        raise LedgerRefused(_("There is no such template, or the name is blank. Nothing was changed."))
    _checked(exchanges.kind(row.ledger) or PEOPLE, mapping)
    row.name, row.mapping, row.account, row.at = name.strip()[:60], dict(mapping), by.account, at
    row.save(update_fields=["name", "mapping", "account", "at"])
    journal.note(action="people.template", by=by, at=at, template=row.pk, new=False)


def forget(*, template: int, by: Actor, at: dt.datetime) -> None:
    """Forget a mapping; its headers are asked about again next time."""
    require(by, "people.import")
    if not Template.objects.filter(pk=template, area=by.area).delete()[0]:
        raise LedgerRefused(_("There is no such template. Nothing was changed."))
    journal.note(action="people.template", by=by, at=at, template=template, forgotten=True)
