"""The file of an exchange format: a workbook of text cells, or a csv in UTF-8 or GB 18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from lianxin.engine.exchanges import Exchange

_STARTS = ("=", "+", "-", "@", "\t", "\r")
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8",
    "csv-gb18030": "text/csv; charset=gb18030",
}  # fmt: skip


def name(form: Exchange, day: str, *, zh: bool) -> str:
    """What the downloaded file is called."""
    return f"{form.name.zh if zh else form.code}-{day}.{'xlsx' if form.file == 'xlsx' else 'csv'}"


def written(form: Exchange, rows: Iterable[Sequence[str]], folder: Path) -> tuple[bytes, int]:
    """The file's bytes and how many rows are in it: title, headers, rows, never all in memory at once as objects.

    No cell can run: a workbook's are text, a csv's are quoted off. ``folder`` is where the workbook's parts may lie
    while it is put together; it must be nobody else's.
    """
    head = [field.header for field in form.fields]
    return _workbook(form, head, rows, folder) if form.file == "xlsx" else _csv(form, head, rows)


def _csv(form: Exchange, head: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[bytes, int]:
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n")
    if form.title:
        write.writerow([form.title])
    write.writerow(head)
    count = 0
    for row in rows:
        write.writerow([f"'{cell}" if cell.startswith(_STARTS) else cell for cell in row])
        count += 1
    return out.getvalue().encode("gb18030" if form.file == "csv-gb18030" else "utf-8-sig"), count


def _workbook(form: Exchange, head: Sequence[str], rows: Iterable[Sequence[str]], folder: Path) -> tuple[bytes, int]:
    import xlsxwriter

    out = io.BytesIO()
    plain = {"constant_memory": True, "tmpdir": str(folder), "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False}  # fmt: skip
    count = 0
    with xlsxwriter.Workbook(out, plain) as book:
        page = book.add_worksheet(form.sheet[:31])
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        line = 0
        if form.title:
            page.write_string(line, 0, form.title, bold)
            line += 1
        for place, cell in enumerate(head):
            page.write_string(line, place, cell, bold)
        for row in rows:
            line += 1
            count += 1
            for place, cell in enumerate(row):
                if cell:
                    page.write_string(line, place, cell, text)
    return out.getvalue(), count
