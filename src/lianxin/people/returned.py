"""The workbook that goes back: every sheet and row as it came, with what is wrong and how to mend it beside each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from lianxin.people import workbook
from lianxin.people.columns import Column
from lianxin.people.reading import Fault, Ledger, Table, by_uid
from lianxin.people.reasons import REASONS


def write(path: Path, out: Path, ledger: Ledger) -> None:
    """Write ``out`` (xlsx) from the ledger at ``path``. Cells are always text, so that no formula can run.

    Reasons are in the language of the ledger's own headers: its readers are who wrote it, not who loads it.
    """
    import xlsxwriter

    book = workbook.open_book(path)
    faults = _placed(ledger)
    draft = out.with_name(f".{out.name}.part")
    with xlsxwriter.Workbook(
        str(draft), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                     "strings_to_numbers": False}
    ) as made:  # fmt: skip
        bold = made.add_format({"bold": True})
        wrong = made.add_format({"bg_color": "#FFF3C4", "border": 1, "border_color": "#B7791F"})
        plain = made.add_format({"num_format": "@"})
        used: set[str] = set()
        tables = {table.sheet: table for table in ledger.tables}
        with override(_tongue(book, ledger.tables)):
            for place, sheet in enumerate(book.sheets):
                page = made.add_worksheet(_named(sheet.name or "sheet1", used))
                _page(page, sheet, tables.get(place), faults.get(place, {}), (bold, wrong, plain), ledger.columns)
    draft.replace(out)


def _tongue(book: workbook.Book, tables: Sequence[Table]) -> str:
    headers = "".join(cell or "" for table in tables for cell in book.sheets[table.sheet].row(table.header))
    return "zh-hans" if any("\u4e00" <= letter <= "\u9fff" for letter in headers) else "en"


def _named(name: str, used: set[str]) -> str:
    """A sheet name that Excel allows, once."""
    said = "".join("_" if letter in "[]:*?/\\" else letter for letter in name).strip("'")[:28] or "sheet"
    made, number = said, 1
    while made.lower() in used:
        number += 1
        made = f"{said}{number}"
    used.add(made.lower())
    return made


def _placed(ledger: Ledger) -> dict[int, dict[int, list[Fault]]]:
    """sheet → row → faults."""
    found: dict[int, dict[int, list[Fault]]] = {}
    faults = by_uid(ledger.faults)
    for uid, sheet, row in ledger.places.iter_rows():
        if uid in faults:
            found.setdefault(sheet, {})[row] = faults[uid]
    return found


def _page(
    page: Any,
    sheet: workbook.Sheet,
    table: Table | None,
    faults: dict[int, list[Fault]],
    formats: Sequence[Any],
    columns: Mapping[str, Column],
) -> None:
    bold, wrong, plain = formats
    width = _width(sheet, table)
    for at, row in enumerate(sheet.cells.iter_rows()):
        found = faults.get(at + 1, ())
        marked = {place for fault in found for place in _places(table, fault)}
        header = table is not None and at == table.header
        title = table is not None and at < table.header
        for place, cell in enumerate(row[:width]):
            if title and place and cell == row[place - 1]:  # a merged title is written once
                continue
            if place in marked:
                page.write_string(at, place, cell or "", wrong)
            elif cell:
                page.write_string(at, place, cell, bold if header else plain)
        if header:
            page.write_string(at, width, _("Reason"), bold)
            page.write_string(at, width + 1, _("How to mend it"), bold)
            page.set_column(width, width + 1, 48)
        elif found:
            page.write_string(at, width, "；".join(dict.fromkeys(_said(columns, fault, 0) for fault in found)))
            page.write_string(at, width + 1, "；".join(dict.fromkeys(_said(columns, fault, 1) for fault in found)))


def _width(sheet: workbook.Sheet, table: Table | None) -> int:
    """How many columns are the ledger's own: reasons of an earlier return at its end are written anew."""
    if table is None:
        return sheet.cells.width
    header = [cell or "" for cell in sheet.row(table.header)]
    last = max((place for place, cell in enumerate(header) if cell.strip()), default=-1)
    for tongue in ("zh-hans", "en"):
        with override(tongue):
            if last > 0 and header[last - 1 : last + 1] == [_("Reason"), _("How to mend it")]:
                return last - 1
    return sheet.cells.width


def _places(table: Table | None, fault: Fault) -> list[int]:
    """The cells that a fault is about: its column's, or those a residence is put together from."""
    if table is None:
        return []
    codes = ("home", "county", "township", "village") if fault.column == "home" else (fault.column,)
    return [place for (code, _number), place in table.placed.items() if code in codes]


def _said(columns: Mapping[str, Column], fault: Fault, which: int) -> str:
    column = columns.get(fault.column)
    words = REASONS[fault.reason][which]
    said = str(words)
    if "%(words)s" in said and column is not None:
        said = said % {"words": "、".join(one[0] for one in column.words.values())}
    return f"{column.zh}：{said}" if column is not None and which == 0 else said
