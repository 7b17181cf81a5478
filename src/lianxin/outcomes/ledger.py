"""Read a ledger of closed work into outcomes: find the header, read each cell by its column, say what cannot be read.

Knows files and cells, not the database; who a number belongs to is asked by the action.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from lianxin.engine import money
from lianxin.engine.refusal import Refusal
from lianxin.outcomes.columns import COLUMNS, KINDS, LEVELS, NO, REQUIRED, YES

HEADER_WITHIN = 15  # rows in which a header is looked for: titles and remarks stand above it
_DAY = re.compile(r"^(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?$")
_WORDS = {
    name: {word: code for code, words in table.items() for word in (code, *words)}
    for name, table in (("kind", KINDS), ("level", LEVELS))
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that cannot be taken: where it stands, and what to do, in the reader's language of codes.

    ``reason`` is a code: missing | unreadable | unknown | ambiguous | twice.
    """

    sheet: str
    row: int
    column: str  # the canonical header
    reason: str


@dataclass(slots=True)
class Line:
    """One row as read: where it stands, and its values by column code."""

    sheet: str
    row: int
    values: dict[str, Any]


def read(path: Path) -> Iterator[tuple[str, int, Sequence[Any]]]:
    """Sheet, row number and cells of every row. Raises :class:`Refusal` for what is no table."""
    if path.suffix.lower() == ".csv":
        yield from _csv(path)
        return
    from python_calamine import CalamineWorkbook

    from lianxin.people import errors, workbook  # it brings polars

    try:
        workbook.bounded(path)
        book = CalamineWorkbook.from_path(str(path))
        sheets = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except (OSError, errors.TooLarge):
        raise
    except Exception as error:
        raise Refusal(
            gettext("%(file)s cannot be read as a workbook (xlsx, xls) or a csv; nothing was changed.")
            % {"file": path.name}
        ) from error
    for name, rows in sheets:
        for number, cells in enumerate(rows, 1):
            yield name, number, cells


def _csv(path: Path) -> Iterator[tuple[str, int, Sequence[Any]]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise Refusal(
                gettext("%(file)s is neither UTF-8 nor GB 18030; save it again as UTF-8 csv.") % {"file": path.name}
            ) from error
    sheet = path.stem[:60]
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
            yield sheet, number, cells
    except csv.Error as error:  # a cell longer than any
        raise Refusal(
            gettext("%(file)s cannot be read as a workbook (xlsx, xls) or a csv; nothing was changed.")
            % {"file": path.name}
        ) from error


def lines(path: Path) -> Iterator[Line | Fault]:
    """Every row of every sheet that has a header: as read, or the first fault in it."""
    places: dict[str, int] | None = None
    current, found = "", False
    for sheet, number, cells in read(path):
        if sheet != current:
            current, places, began = sheet, None, number
        if places is None:
            if number - began < HEADER_WITHIN:
                places = _header(cells)
                found = found or places is not None
            continue
        if any(_text(cell) for cell in cells):
            yield _line(sheet, number, cells, places)
    if not found:
        heads = "、".join(COLUMNS[code][0] for code in REQUIRED)
        raise Refusal(
            gettext("%(file)s has no row with the headers %(heads)s; nothing was changed.")
            % {"file": path.name, "heads": heads}
        )


def _header(cells: Sequence[Any]) -> dict[str, int] | None:
    names = {_plain(name): code for code, known in COLUMNS.items() for name in known}
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        code = names.get(_plain(_text(cell)))
        if code and code not in places:
            places[code] = place
    return places if all(code in places for code in REQUIRED) else None


def _line(sheet: str, number: int, cells: Sequence[Any], places: Mapping[str, int]) -> Line | Fault:
    values: dict[str, Any] = {}
    for code, place in places.items():
        cell = cells[place] if place < len(cells) else ""
        try:
            value = values[code] = _READERS[code](cell)
        except ValueError as error:
            return Fault(sheet, number, COLUMNS[code][0], str(error))
        if code in REQUIRED and value in (None, ""):
            return Fault(sheet, number, COLUMNS[code][0], "missing")
    return Line(sheet, number, values)


def _text(cell: Any) -> str:
    if type(cell) is not str:
        if cell is None:
            return ""
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        cell = str(cell)
    return (cell if cell.isascii() else unicodedata.normalize("NFKC", cell)).strip().lstrip("'")


def _word(code: str) -> Callable[[Any], str]:
    """How a cell of a closed list is read. Its reader raises ``ValueError`` with the code of the reason, as they all do."""
    table = _WORDS[code]

    @lru_cache(maxsize=256)
    def read(text: str) -> str:
        text = _text(text)
        if text and text not in table:
            raise ValueError("unknown")
        return table.get(text, "")

    return lambda cell: read(str(cell))


def _sealed(cell: Any) -> bool:
    text = _text(cell).lower()
    if text not in YES | NO:
        raise ValueError("unreadable")
    return text in YES


def _area(cell: Any) -> str:
    text = _text(cell)
    if text and not (text.isascii() and text.isdigit() and len(text) in (4, 6, 9, 12)):
        raise ValueError("unreadable")
    return text


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", re.sub(r"[\s*＊]", "", text)).lower()


def _day(cell: Any) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = _text(cell)
    return _written_day(text) if text else None


@lru_cache(maxsize=4096)
def _written_day(text: str) -> dt.date:
    text = text.split()[0].split("T")[0]
    found = _DAY.match(text) or re.match(r"^(\d{4})(\d{2})(\d{2})$", text)
    try:
        if found:
            return dt.date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise ValueError("unreadable")


def _fen(cell: Any) -> int | None:
    text = _text(cell)
    if not text:
        return None
    try:
        amount = money.fen(text.removesuffix("元").strip())
    except ValueError:
        raise ValueError("unreadable") from None
    if amount < 0:
        raise ValueError("unreadable")
    return amount


def _whole(cell: Any) -> int | None:
    text = _text(cell)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError("unreadable")
    return int(text)


_ALONE = frozenset({"source", "id_number", "file_number", "household"})  # hardly ever the same twice
_EACH: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(COLUMNS, _text), "happened_on": _day, "ended_on": _day, "kind": _word("kind"), "level": _word("level"),
    "amount": _fen, "quantity": _whole, "organisation": _whole, "place": _whole, "sealed": _sealed, "area": _area,
    "id_number": lambda cell: _text(cell).upper(),
}  # fmt: skip
_READERS: Mapping[str, Callable[[Any], Any]] = {
    code: reader if code in _ALONE else lru_cache(maxsize=8192, typed=True)(reader) for code, reader in _EACH.items()
}
