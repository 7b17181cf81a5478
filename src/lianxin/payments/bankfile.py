"""The file that goes to the bank: the same content always gives the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from lianxin.engine.money import plain_yuan

HEAD = ("序号", "户名", "账号", "开户行", "金额(元)", "用途", "批次号")
FORMS = {
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "csv-gb18030": ("csv", "text/csv; charset=gb18030"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Order:
    """One payment as the bank reads it; ``account`` in full: it stands in full nowhere else."""

    serial: int
    holder: str
    account: str
    bank: str
    amount: int


def digest(number: str, purpose: str, orders: Sequence[Order]) -> str:
    """SHA-256 of what the bank is told, whatever the file's form."""
    made = hashlib.sha256(f"{number}\n{purpose}\n".encode())
    for one in orders:
        made.update(f"{one.serial}\t{one.holder}\t{one.account}\t{one.bank}\t{one.amount}\n".encode())
    return made.hexdigest()


def rows(number: str, purpose: str, orders: Sequence[Order], seal: str) -> list[tuple[str, ...]]:
    """Header, one row for each order, and the checking line: count, total and the first digits of the digest."""
    body = [
        (str(one.serial), _tame(one.holder), one.account, _tame(one.bank), plain_yuan(one.amount), purpose, number)
        for one in orders
    ]
    total = plain_yuan(sum(one.amount for one in orders))
    return [HEAD, *body, ("合计", f"{len(orders)} 笔", "", "", total, f"校验 {seal[:16]}", number)]


def as_csv(table: Sequence[Sequence[str]], encoding: str) -> bytes:
    """Comma separated; UTF-8 with its mark, or GB 18030, which has every Chinese character too."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(table)
    return out.getvalue().encode("utf-8-sig" if encoding == "utf-8" else encoding)


def as_xlsx(table: Sequence[Sequence[str]], made_at: dt.datetime) -> bytes:
    """A workbook; serials, accounts and names are text, amounts numbers with two decimals."""
    import xlsxwriter  # heavy: only when a file is written

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {
        "in_memory": True, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    })  # fmt: skip
    book.set_properties({"created": made_at.replace(tzinfo=None, microsecond=0)})
    money, bold = book.add_format({"num_format": "0.00"}), book.add_format({"bold": True})
    sheet = book.add_worksheet("代发")
    for column, width in enumerate((8, 16, 26, 30, 14, 30, 20)):
        sheet.set_column(column, column, width)
    for index, row in enumerate(table):
        for column, value in enumerate(row):
            if index and column == 4:
                sheet.write_number(index, column, float(value), money)  # two decimals: exact below 10^13 yuan
            else:
                sheet.write_string(index, column, value, bold if index == 0 else None)
    book.close()
    return out.getvalue()


def _tame(text: str) -> str:
    """A cell that a spreadsheet would take for a formula becomes plain text."""
    return "'" + text if text.startswith(_FORMULA) else text
