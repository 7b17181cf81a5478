"""Read the file that comes back from the bank (回盘): xlsx or csv, headers under many names, titles above them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianxin.engine import money
from lianxin.engine.refusal import Refusal
from lianxin.payments.faults import bank_code

HEADERS: dict[str, tuple[str, ...]] = {
    "serial": ("序号", "顺序号", "流水号", "明细序号", "编号", "笔序", "serial", "no", "no."),
    "result": (
        "结果", "处理结果", "状态", "处理状态", "交易状态", "交易结果", "代发结果", "入账状态", "成功标志",
        "result", "status",
    ),
    "reason": (
        "失败原因", "原因", "退回原因", "退票原因", "备注", "摘要", "处理信息", "返回信息", "错误信息",
        "reason", "remark",
    ),
    "amount": (
        "金额", "交易金额", "代发金额", "发放金额", "实发金额", "应发金额", "入账金额", "转账金额", "付款金额", "支付金额",
        "发生额", "amount",
    ),
    "account": ("账号", "帐号", "卡号", "银行账号", "收款账号", "账户", "account"),
    "number": ("批次号", "批次", "批号", "代发批次", "batch"),
}  # fmt: skip
PAID = frozenset({
    "成功", "交易成功", "已入账", "入账成功", "代发成功", "处理成功", "已成功", "发放成功",
    "paid", "success", "ok", "s", "succeeded", "y", "0000",
})  # fmt: skip
RETURNED = frozenset({
    "失败", "交易失败", "退回", "退票", "代发失败", "处理失败", "入账失败", "已退回", "发放失败", "退汇",
    "failed", "fail", "returned", "f", "n", "rejected",
})  # fmt: skip
OPEN = frozenset({"处理中", "待处理", "未处理", "在途", "pending", "processing", ""})
TOTALS = ("合计", "总计", "共计", "汇总", "total")
LIMIT = 20 * 1024 * 1024  # bytes of a file; 250,000 rows are about 15 MB
CELLS, UNPACKED = 10_000_000, 512 * 1024 * 1024  # what a workbook may span and unpack to
_NUMBER = re.compile(r"\d{8}-\d{5,}")
_UNIT = re.compile(r"[(\[【](人民币|单位)?[::]?(元|rmb|cny|¥|yuan)[)\]】]$|(?<=额)元$")


@dataclass(frozen=True, slots=True)
class Row:
    """One answered payment. ``place`` is the file's own row number; ``result`` paid | returned | open."""

    place: int
    serial: int
    amount: int
    account: str
    result: str
    fault: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a return file says: the batch it names (blank where it names none) and its rows."""

    number: str
    rows: list[Row]
    bare: bool = False  # it names neither batch nor accounts


def parse(data: bytes, name: str) -> Parsed:
    """Read a return file; raises :class:`Refusal` naming the row that cannot be read."""
    if len(data) > LIMIT:
        raise Refusal(_("This file is larger than any return of a bank. Nothing was read."))
    table = _table(data)
    top, columns = _header(table)
    columns = {column: _fuller(table, top, column) for column in columns}
    _complete(columns, table[top])
    number = _named_above(table[:top])
    rows: list[Row] = []
    said_count: int | None = None
    said_total: int | None = None
    for place, cells in enumerate(table[top + 1 :], top + 2):
        if not any(cells):
            continue
        one = {column: cells[index] if index < len(cells) else "" for column, index in columns.items()}
        if any(cell.lower().startswith(TOTALS) for cell in cells):
            said_count, said_total = _counted(cells), _fen(one["amount"]) if one["amount"] else None
            continue
        number = _same_number(number, one.get("number", ""), place)
        rows.append(_row(one, place))
    _agree(rows, said_count, said_total)
    if not rows:
        raise Refusal(_("The file has no rows below its headers. Nothing was read."))
    return Parsed(number, rows, bare=not number and "account" not in columns)


def _complete(columns: dict[str, int], head: Sequence[str]) -> None:
    """Refuse a file that lacks a column, saying which headers it has and which words would be understood."""
    for needed in ("serial", "result", "amount"):
        if needed not in columns:
            known = [name for name in HEADERS[needed] if not name.isascii()]
            raise Refusal(
                _("The file has no column %(name)s. Its headers are: %(found)s. Rename the one that is meant to one of: "
                  "%(known)s. Nothing was read.")
                % {"name": known[0], "known": "、".join(known),
                   "found": "、".join(cell[:20] for cell in head[:20] if cell)}
            )  # fmt: skip


def _table(data: bytes) -> list[list[str]]:
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        return _sheet(data)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        comma = "\t" if text.count("\t") > text.count(",") else ","
        try:
            return [[_plain(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=comma)]
        except csv.Error:  # a cell longer than any
            break
    raise Refusal(_("This is neither a workbook nor a csv file. Nothing was read."))


def _sheet(data: bytes) -> list[list[str]]:
    import python_calamine  # heavy: only when a workbook is read

    from lianxin.people import errors, workbook

    try:
        workbook.bounded(io.BytesIO(data), cells=CELLS, unpacked=UNPACKED)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except errors.TooLarge:
        raise
    except Exception as error:
        raise Refusal(_("This workbook cannot be opened: it is damaged or protected. Nothing was read.")) from error
    for sheet in sheets:
        table = [[_plain(cell) for cell in row] for row in sheet]
        if any(_columns(row).keys() >= {"serial", "result"} for row in table[:30]):
            return table
    return [[_plain(cell) for cell in row] for row in (sheets[0] if sheets else [])]


def _plain(cell: object) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(round(cell, 4))
    return unicodedata.normalize("NFKC", str(cell)).strip().lstrip("'")


def _word(cell: str) -> str:
    """A header as it is compared: no blanks, small letters, no unit behind it, such as (元)."""
    return _UNIT.sub("", "".join(cell.split()).lower())


def _columns(row: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(row):
        word = _word(cell)
        for column, names in HEADERS.items():
            if word in names and column not in found:
                found[column] = index
    return found


def _header(table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    best: dict[str, int] = {}
    at = -1
    for index, row in enumerate(table[:30]):
        columns = _columns(row)
        if len(columns) > len(best):
            best, at = columns, index
    if at < 0 or len(best) < 2:
        raise Refusal(
            _("No headers were found. The file needs the columns serial, amount and result; nothing was read.")
        )
    return at, best


def _fuller(table: Sequence[Sequence[str]], top: int, column: str) -> int:
    """Of several columns that may be meant: the one with values below it (numbers, for the serial), best name first."""
    words = [_word(cell) for cell in table[top]]
    names = HEADERS[column]
    candidates = sorted((i for i, word in enumerate(words) if word in names), key=lambda i: names.index(words[i]))

    def filled(index: int) -> bool:
        cells = [row[index] for row in table[top + 1 : top + 200] if index < len(row) and row[index]]
        if column == "serial":
            return any(cell.isascii() and cell.isdigit() for cell in cells)
        return bool(cells)

    return next((index for index in candidates if filled(index)), candidates[0])


def _named_above(rows: Sequence[Sequence[str]]) -> str:
    for row in rows:
        for cell in row:
            found = _NUMBER.search(cell)
            if found:
                return found.group()
    return ""


def _same_number(known: str, cell: str, place: int) -> str:
    if known and cell and cell != known:
        raise Refusal(_("Row %(row)d names another batch than the rows above. Nothing was applied.") % {"row": place})
    return known or cell


def _row(one: dict[str, str], place: int) -> Row:
    if not one["serial"].isascii() or not one["serial"].isdigit():
        raise Refusal(_("Row %(row)d has no serial number. Nothing was applied.") % {"row": place})
    amount = _fen(one["amount"])
    if amount is None:
        raise Refusal(_("The amount in row %(row)d is not an amount in yuan. Nothing was applied.") % {"row": place})
    word, reason = "".join(one["result"].split()).lower(), one.get("reason", "")
    result = "paid" if word in PAID else "returned" if word in RETURNED else "open" if word in OPEN else ""
    if not result:
        raise Refusal(
            _("The result in row %(row)d is neither paid nor returned. Nothing was applied; ask the bank.")
            % {"row": place}
        )
    return Row(place, int(one["serial"]), amount, one.get("account", ""), result,
               bank_code(reason) if result == "returned" else "")  # fmt: skip


def _fen(cell: str) -> int | None:
    try:
        return money.fen(cell.replace("元", "").replace("¥", "").replace("￥", ""))
    except ValueError:
        return None


def _counted(cells: Sequence[str]) -> int | None:
    for cell in cells:
        found = re.fullmatch(r"(\d+)\s*笔", cell)
        if found:
            return int(found.group(1))
    return None


def _agree(rows: Sequence[Row], count: int | None, total: int | None) -> None:
    if count is not None and count != len(rows):
        raise Refusal(_("The file's last line counts %(said)d payments, its rows are %(are)d. Nothing was applied.")
                      % {"said": count, "are": len(rows)})  # fmt: skip
    summed = sum(row.amount for row in rows)
    if total is not None and total != summed:
        raise Refusal(_("The file's total is %(said)s, its rows make %(are)s. Nothing was applied.")
                      % {"said": money.yuan(total), "are": money.yuan(summed)})  # fmt: skip
