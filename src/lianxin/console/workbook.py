"""Write a list as xlsx, so that a spreadsheet shows what stands in it and runs nothing."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.http import HttpResponse

from lianxin.engine import clock

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the workbook: its words and what its values are (text, money in fen, day, moment, number, due)."""

    title: str
    kind: str = "text"


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula, even after it was saved as csv and opened again."""
    return f"'{text}" if text.startswith(_STARTS) else text


def answer(name: str, title: str, head: Sequence[Head], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A response that downloads the workbook."""
    response = HttpResponse(write(title, head, rows), content_type=TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def write(title: str, head: Sequence[Head], rows: Iterable[Sequence[Any]]) -> bytes:
    """The workbook's bytes. Strings stay strings; amounts are numbers of yuan; instants are Shanghai's clock."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True, "bottom": 1})
    forms = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet.freeze_panes(1, 0)
    for place, one in enumerate(head):
        sheet.set_column(place, place, 14 if one.kind in forms else 20)
        sheet.write_string(0, place, one.title, bold)
    for line, row in enumerate(rows, start=1):
        for place, (one, value) in enumerate(zip(head, row, strict=True)):
            _put(sheet, line, place, one.kind, value, forms)
    book.close()
    return out.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "list"


def _put(sheet: Any, line: int, place: int, kind: str, value: Any, forms: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if kind == "money":
        sheet.write_number(line, place, value / 100, forms["money"])
    elif isinstance(value, dt.datetime):
        local = value.astimezone(clock.SHANGHAI).replace(tzinfo=None)
        sheet.write_datetime(line, place, local, forms["moment"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), forms["day"])
    elif kind == "number" and isinstance(value, int | float):
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, safe(str(value)))
