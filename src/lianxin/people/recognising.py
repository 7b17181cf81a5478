"""Find the header of a sheet and say which ledger it is.

Pure. A header that nobody knows can be mapped to a column once (a *template*, remembered by its set of headers); from
then on it is read as that column, or passed over where it was mapped to nothing.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.people import cells
from lianxin.people.columns import IGNORED, Column, folded, names, recognise
from lianxin.people.errors import LedgerRefused
from lianxin.people.ledgers import EVERY, FINDS, KEY, PEOPLE, Kind
from lianxin.people.reading import Table
from lianxin.people.results import Unknown
from lianxin.people.workbook import Book, Sheet

HEADER_WITHIN = 40
WORDS = ("Allowed words", "可用的词")  # the sheet of our own empty ledgers that holds no rows
Template = Mapping[str, str]  # folded header → code of its column; blank: pass it over
Templates = Mapping[str, Template]  # by the signature of the headers


def signature(headers: Iterable[str | None]) -> str:
    """What tells one set of headers from another, whatever their order."""
    said = sorted({folded(header) for header in headers if header and folded(header)})
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:40]


def said_of(kind: Kind) -> str:
    """The name of a ledger in the reader's language."""
    return kind.zh if (get_language() or "").startswith("zh") else kind.en


class Reader:
    """What headers mean in one ledger of one city."""

    def __init__(self, kind: Kind, attributes: Sequence[Column] = (), templates: Templates | None = None) -> None:
        self.kind = kind
        self.known = kind.known(attributes)
        self.every = names(attributes)
        own = {column.code: column for column in (*attributes, *kind.columns)}
        self.columns: dict[str, Column] = EVERY | own
        self.templates = templates or {}

    def read(self, row: Sequence[str | None]) -> list[tuple[Column, int] | str | None]:
        """Each header's column and number; blank text where a template passes it over; None where nobody knows it."""
        template = self.templates.get(signature(row), {}) if self.templates else {}
        return [self._one(cell, template) for cell in row]

    def _one(self, cell: str | None, template: Template) -> tuple[Column, int] | str | None:
        if not cell:
            return None
        mapped = template.get(folded(cell))
        if mapped is not None:
            return (self.columns[mapped], 1) if mapped in self.columns else ""
        return recognise(cell, self.known)

    def fits(self, codes: set[str]) -> bool:
        """Whether headers with these columns are a header of this ledger."""
        if self.kind.columns:
            return codes >= {column.code for column in self.kind.columns}
        if self.kind.opens:
            return "name" in codes and len(codes) >= 2
        return bool(codes & set(FINDS)) and bool(codes & set(self.kind.marks))

    def header(self, sheet: Sheet) -> tuple[int, int] | None:
        """The row, among the first, that names most columns of this ledger: (how many, where)."""
        best: tuple[int, int] | None = None
        for at in range(min(HEADER_WITHIN, sheet.cells.height)):
            codes = {one[0].code for one in self.read(sheet.row(at)) if isinstance(one, tuple)}
            if self.fits(codes) and (best is None or len(codes) > best[0]):
                best = (len(codes), at)
        return best


def looks_like(book: Book, kinds: Iterable[Kind], attributes: Sequence[Column], templates: Templates) -> Kind | None:
    """Which ledger a workbook looks like: the one that understands most of its headers, a narrow one first.

    A narrow ledger is chosen only where the header has no column of the general one that the narrow one lacks.
    """
    best: tuple[int, Kind] | None = None
    general = Reader(PEOPLE, attributes, templates)
    for kind in kinds:
        reader = Reader(kind, attributes, templates)
        score = max((_score(sheet, reader, general) for sheet in book.sheets), default=0)
        if score and (best is None or score > best[0]):
            best = (score, kind)
    return best[1] if best else None


def _score(sheet: Sheet, reader: Reader, general: Reader) -> int:
    found = reader.header(sheet)
    if found is None:
        return 0
    if reader.kind.columns:  # an exchange format has all its headers, and no others
        return 1000 if len([cell for cell in sheet.row(found[1]) if cell]) == found[0] else 0
    if reader.kind.opens:
        return found[0]
    both = zip(reader.read(sheet.row(found[1])), general.read(sheet.row(found[1])), strict=True)
    foreign = [
        wide for own, wide in both if own is None and isinstance(wide, tuple) and wide[0].code not in (*KEY, "address")
    ]
    return 0 if foreign else 100 + found[0] - len(reader.kind.says)


def located(sheet: Sheet, place: int, reader: Reader) -> tuple[Table | None, list[Unknown]]:
    """The table of a sheet: where its header stands and what is in which place; and what was not understood."""
    found = reader.header(sheet)
    if found is None:
        blank = sheet.cells.height == 0 or sheet.name in WORDS
        return None, [] if blank else [Unknown(sheet.name, "", "")]
    at = found[1]
    header = sheet.row(at)
    placed: dict[tuple[str, int], int] = {}
    told: list[Unknown] = []
    for where, (cell, meant) in enumerate(zip(header, reader.read(header), strict=True)):
        if not cell or not folded(cell) or meant == "":
            continue
        key = (meant[0].code, meant[1]) if isinstance(meant, tuple) else None
        if key and key not in placed:
            placed[key] = where
        elif key and reader.columns[key[0]].many:
            placed[(key[0], max(number for code, number in placed if code == key[0]) + 1)] = where
        elif folded(cell) not in IGNORED and not (key and header[placed[key]] == cell and _merged(sheet, where, at)):
            told.append(_unknown(sheet, cell, reader))
    told += _headless(sheet, at, header)
    return Table(place, at, placed), told


def _unknown(sheet: Sheet, cell: str, reader: Reader) -> Unknown:
    """A header that is not read: one of another ledger, or one that nobody knows."""
    elsewhere = recognise(cell, reader.every) is not None
    return Unknown(sheet.name, cell.strip()[:40], "" if elsewhere else nearest(cell, reader.known), elsewhere)


def _merged(sheet: Sheet, at: int, header: int) -> bool:
    """Whether a repeated header is only a merged cell: nothing else stands under it than under its left neighbour."""
    left, right = sheet.cells[str(at - 1)], sheet.cells[str(at)]
    return bool(right.slice(header + 1).null_count() == sheet.cells.height - header - 1 or left.equals(right))


def _headless(sheet: Sheet, at: int, header: Sequence[str | None]) -> list[Unknown]:
    """Columns that hold something below the header row and have no header."""
    rest = sheet.cells.slice(at + 1)
    # The last place is the reader's own overflow column of a csv; shifted rows are refused one by one.
    return [
        Unknown(sheet.name, f"#{place + 1}", "")
        for place, cell in enumerate(header[:-1] if not sheet.name else header)
        if not cell and rest.height and cells.clean(rest[str(place)]).null_count() < rest.height
    ]


def nearest(header: str, known: Mapping[str, Column]) -> str:
    """The known header that looks most like this one; blank where none does."""
    text = folded(header)
    held = [name for name in known if len(name) > 1 and (name in text or text in name)] if len(text) > 1 else []
    close = held or difflib.get_close_matches(text, list(known), n=1, cutoff=0.6)
    return known[max(close, key=len)].zh if close else ""


def fullest(book: Book) -> tuple[int, int] | None:
    """(sheet, row) of the first rows that has most different texts: the header, most likely, where none is known."""
    best: tuple[int, int, int] | None = None
    for place, sheet in enumerate(book.sheets):
        for at in range(min(HEADER_WITHIN, sheet.cells.height)):
            count = len({cell.strip() for cell in sheet.row(at) if cell and cell.strip()})
            if count and (best is None or count > best[0]):
                best = (count, place, at)
    return best[1:] if best else None


def no_header(book: Book, reader: Reader, like: Kind | None) -> LedgerRefused:
    """What was found instead of a header, the nearest headers there are, and which ledger it looks like."""
    where = fullest(book)
    if where is None:
        return LedgerRefused(_("The ledger has no rows. Nothing was changed; choose the ledger again."))
    row = [cell.strip() for cell in book.sheets[where[0]].row(where[1]) if cell and cell.strip()]
    found = list(dict.fromkeys(cell[:20] for cell in row))[:8]
    near = list(dict.fromkeys(name for cell in found if (name := nearest(cell, reader.known))))[:5]
    kind = reader.kind
    wanted = (
        "姓名" if kind.opens else f"姓名/身份证号/档案号 + {'/'.join(reader.columns[code].zh for code in kind.marks)}"
    )
    said = _("No header row with %(wanted)s was found. The sheet has: %(found)s.") % {
        "wanted": wanted,
        "found": "、".join(found),
    }
    if near:
        said += " " + _("The nearest known headers are: %(near)s.") % {"near": "、".join(near)}
    if like is not None and like.code != kind.code:
        said += " " + _("This looks like a ledger of %(ledger)s.") % {"ledger": said_of(like)}
    return LedgerRefused(said + " " + _("Nothing was changed; the empty ledgers to fill in show every header."))
