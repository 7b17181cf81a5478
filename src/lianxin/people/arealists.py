"""The city's list of areas as bureaus keep it: a title above, headers in any order, codes as numbers or in full width."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lianxin.access.areas import short
from lianxin.people import workbook
from lianxin.people.columns import folded
from lianxin.people.workbook import Sheet

HEADS = {
    "code": ("区划代码", "代码", "行政区划代码", "统计用区划代码", "地区代码", "区域代码", "编码",
             "区划编码", "行政区划编码", "code"),
    "name": ("名称", "区划名称", "行政区划名称", "地区名称", "区域名称", "单位名称", "地区", "name"),
    "english": ("英文名", "英文名称", "英文", "name_en", "english", "english name"),
}  # fmt: skip
_WITHIN = 15  # rows in which the header is looked for: titles and remarks stand above it
_KNOWN = {folded(head): code for code, heads in HEADS.items() for head in heads}
_REMARK = re.compile(r"^(注|备注|说明|合计|总计|填表|制表|审核)")
Row = tuple[str, int, str, str, str]  # sheet, line, code, name, English name


def read(path: Path) -> list[Row]:
    """The rows of the sheets that have a header; where none has one, those of the first sheet: code, name, English name.

    Raises ``LedgerRefused`` for a file that cannot be read. What the cells say is not judged here.
    """
    sheets = workbook.open_book(path).sheets
    headed = [(sheet, *found) for sheet in sheets if (found := _header(sheet)) is not None]
    if not headed:
        headed = [(sheet, -1, {"code": 0, "name": 1, "english": 2}) for sheet in sheets[:1]]
    return [row for sheet, at, places in headed for row in _rows(sheet, at, places)]


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for at in range(min(_WITHIN, sheet.cells.height)):
        places: dict[str, int] = {}
        for place, cell in enumerate(sheet.row(at)):
            code = _KNOWN.get(folded(cell or "").partition("(")[0])
            if code:
                places.setdefault(code, place)
        if {"code", "name"} <= places.keys():
            return at, places
    return None


def _rows(sheet: Sheet, header: int, places: dict[str, int]) -> list[Row]:
    made: list[Row] = []
    for at in range(header + 1, sheet.cells.height):
        cells = [_plain(cell) for cell in sheet.row(at)]
        code, name, english = (
            cells[places[one]] if one in places and places[one] < len(cells) else "" for one in HEADS
        )
        if (code or name) and not _REMARK.match(code):
            made.append((sheet.name, at + 1, short(re.sub(r"\.0+$", "", code)), name, english))
    return made


def _plain(cell: str | None) -> str:
    """A cell without what Excel and typists put around it: full width, blanks, the mark of a text."""
    return unicodedata.normalize("NFKC", cell or "").strip().lstrip("'").strip()


def blank(city: str) -> bytes:
    """An empty list with its headers, one made-up row and how to fill it in."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
        page = book.add_worksheet(_("Ledger"))
        page.freeze_panes(1, 0)
        _lines(
            page, [[heads[0] for heads in HEADS.values()], [f"{city[:4]}02", "临水县", "Linshui County"]], bold, text
        )
        notes: Sequence[Sequence[str]] = (
            (_("Column"), _("How to fill it in")),
            ("区划代码", f"市 4 位（{city[:4]}）、县 6 位、乡镇 9 位、村 12 位；补零到 12 位的也认；请设为文本"),
            ("名称", "市、县、乡镇、村（社区）的全称；一行一个"),
            ("英文名", "可空"),
        )
        _lines(book.add_worksheet(_("Allowed words")), notes, bold, text)
    return out.getvalue()


def _lines(page: Any, rows: Sequence[Sequence[str]], bold: object, text: object) -> None:
    page.set_column(0, 2, 24, text)
    for line, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            page.write_string(line, place, cell, bold if line == 0 else text)
