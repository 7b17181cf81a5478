"""Open a ledger as bureaus send it: xlsx, xls or csv, told by its first bytes and never by its name.

Nothing here knows what a column means. A file that cannot be read is refused in one sentence before anything is built
from it: archives that unpack to too much and sheets that claim too many cells never reach the reader.
"""

# ruff: noqa: E501  (a pattern or a sentence is one line)

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import polars as pl
from django.utils.translation import gettext as _

from lianxin.people import archives
from lianxin.people.errors import LedgerRefused, TooLarge

MOST_BYTES = 400 * 1024 * 1024
MOST_UNPACKED = 1024**3
MOST_CELLS = 60_000_000
_ZIP, _OLE = archives.ZIP, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3})(\d{1,9})"')
# Characters that GB 18030 has since moved out of the private-use area, where Python's codec still puts them.
_MOVED = str.maketrans(
    {
        0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
        0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
        0xE855: 0x241FE, 0xE864: 0x9FBB,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as text, from its first row and column on: columns are named by their place, ``"0"`` first."""

    name: str
    cells: pl.DataFrame

    def row(self, place: int) -> list[str | None]:
        """One row's cells."""
        return list(self.cells.row(place))


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger's sheets in order. ``kind`` is ``xlsx``, ``xls`` or ``csv``."""

    kind: str
    sheets: tuple[Sheet, ...]


def open_book(path: Path) -> Book:
    """Read every sheet. Raises :class:`LedgerRefused` with the one sentence to show."""
    size = path.stat().st_size
    if size == 0:
        raise LedgerRefused(_("The file is empty. Nothing was changed; choose the ledger again."))
    if size > MOST_BYTES:
        raise LedgerRefused(
            _("The file is larger than 400 MB. Nothing was changed; split the ledger and send its parts.")
        )
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_ZIP):
        bounded(path)
        return Book("xlsx", tuple(_excel(path)))
    if start.startswith(_OLE):
        if _ENCRYPTED in path.read_bytes():
            raise _locked()
        return Book("xls", tuple(_excel(path)))
    return Book("csv", (_text(path),))


def _locked() -> LedgerRefused:
    return LedgerRefused(
        _("The workbook is locked with a password. Nothing was changed; save it without a password and send it again.")
    )


def _unreadable() -> LedgerRefused:
    return LedgerRefused(
        _(
            "This is not a ledger that can be read (xlsx, xls or csv). Nothing was changed; open it in Excel or WPS and save it as xlsx."
        )
    )


def bounded(source: Path | IO[bytes], *, cells: int = MOST_CELLS, unpacked: int = MOST_UNPACKED) -> None:
    """Refuse archives that would unpack to too much, before anything unpacks them. What is no archive passes.

    ``cells`` is what the widest sheet may span, ``unpacked`` the bytes of all parts together.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            bounded(file, cells=cells, unpacked=unpacked)
        return
    start = source.read(4)
    source.seek(0)
    if start.startswith(_ZIP):
        _unpackable(source, cells, unpacked)
        source.seek(0)


def _unpackable(source: IO[bytes], cells: int, unpacked: int) -> None:
    try:
        with archives.opened(source, most=unpacked) as archive:
            sheets = {part.filename for part in archive.parts if re.match(r"xl/worksheets/[^/]+\.xml$", part.filename)}
            if not sheets:
                raise _unreadable()
            for part in archive.parts:
                _measured(archive.pieces(part), cells if part.filename in sheets else 0)
    except archives.UNREADABLE as error:
        raise _unreadable() from error


def _too_large() -> TooLarge:
    return TooLarge(
        _(
            "The workbook claims far more cells than a ledger has. Nothing was changed; copy the rows into a new workbook and send that."
        )
    )


def _measured(pieces: Iterable[bytes], cells: int) -> None:
    """Unpack a part. Refuses a sheet (``cells`` is not 0) whose outermost cells span too many, for which readers make
    room."""
    rows = columns = 0
    rest = b""
    for piece in pieces:
        if not cells:
            continue
        text = rest + piece
        cut = text.rfind(b"<")
        rest = text[cut:] if cut >= 0 else b""
        for column, row in set(_CELL.findall(text, 0, cut + 1 if cut >= 0 else len(text))):
            rows = max(rows, int(row))
            columns = max(columns, _place(column))
        if rows * columns > cells:
            raise _too_large()


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place


def _excel(path: Path) -> Iterable[Sheet]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        for about in book.sheets_metadata:
            if about.typ == calamine.SheetTypeEnum.WorkSheet:
                yield _sheet(about.name, book.get_sheet_by_name(about.name))
    except calamine.PasswordError as error:
        raise _locked() from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable() from error


def _sheet(name: str, sheet: Any) -> Sheet:
    """All cells as text, a merged range's text in each of its cells."""
    if sheet.start is None:
        return Sheet(name, pl.DataFrame())
    left = sheet.start[1]
    width = sheet.end[1] + 1
    columns: list[list[str | None]] = [[] for _ in range(width)]
    height = 0
    for row in sheet.iter_rows():
        height += 1
        for place, value in enumerate(row, left):
            columns[place].append(value if type(value) is str else _said(value))
    for place in range(left):
        columns[place] = [None] * height
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        if top >= height or first >= width:
            continue
        said = columns[first][top]
        for place in range(first, min(last + 1, width)):
            for at in range(top, min(bottom + 1, height)):
                columns[place][at] = said
    frame = pl.DataFrame({str(place): pl.Series(cells, dtype=pl.String) for place, cells in enumerate(columns)})
    return Sheet(name, frame)


def _said(value: Any) -> str | None:
    """A cell's value as somebody would have typed it; a number that lost digits stays in its scientific form."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if value != value or value in (float("inf"), float("-inf")):
            return None
        if abs(value) >= 1e15:
            return f"{value:.14E}"
        return str(int(value)) if value == int(value) else repr(float(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _decoded(data: bytes) -> str:
    """The text of a csv: UTF-8 with or without its mark, UTF-16 with one, else GB 18030."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "strict")
    if b"\x00" in data[:100_000]:
        raise _unreadable()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030").translate(_MOVED)


def _text(path: Path) -> Sheet:
    try:
        text = _decoded(path.read_bytes())
    except UnicodeDecodeError as error:
        raise _unreadable() from error
    head = text[:200_000]
    if re.search(r"(?i)<(html|table|body|\?xml)\b", head[:2000]):
        raise LedgerRefused(
            _(
                "This is a web page saved under a spreadsheet's name. Nothing was changed; open it in Excel or WPS and save it as xlsx."
            )
        )
    if sum(1 for letter in head if ord(letter) < 32 and letter not in "\r\n\t\f\v") > len(head) // 100:
        raise _unreadable()
    separator = max(",\t;", key=lambda mark: sum(line.count(mark) for line in head.splitlines()[:50]))
    try:
        first = list(csv.reader(io.StringIO(head), delimiter=separator))[:300]
    except csv.Error as error:  # a cell longer than any, or a line that never ends
        raise _unreadable() from error
    width = max((len(row) for row in first), default=1) + 1
    return Sheet("", _frame(text, separator, width))


def _frame(text: str, separator: str, width: int) -> pl.DataFrame:
    """Every record, one column more than the widest of the first ones, so that a shifted record is seen."""
    names = [str(place) for place in range(width)]
    try:
        return pl.read_csv(
            io.BytesIO(text.encode("utf-8", "surrogatepass")), has_header=False, infer_schema=False,
            separator=separator, truncate_ragged_lines=True, missing_columns="insert",
            schema=dict.fromkeys(names, pl.String),
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        csv.field_size_limit(1 << 20)
        try:
            rows: list[Sequence[str]] = list(csv.reader(io.StringIO(text), delimiter=separator))
        except csv.Error as error:
            raise _unreadable() from error
        fitted = [[*row[:width], *[""] * (width - len(row))] for row in rows]
        return pl.DataFrame(fitted, schema=dict.fromkeys(names, pl.String), orient="row")
