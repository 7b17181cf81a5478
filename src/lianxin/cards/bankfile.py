"""The bank's list that comes with a box: one row a card. Read here; whose each card is, is asked by the action."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lianxin.engine.refusal import Refusal
from lianxin.outcomes import ledger

# What a column may be called in the bank's list; the first is what we write ourselves.
HEADERS: dict[str, tuple[str, ...]] = {
    "box": ("箱号", "批次号", "包裹号", "box"),
    "file_number": ("档案编号", "档案号", "file number"),
    "id_number": ("身份证号", "公民身份号码", "证件号码", "id number"),
    "name": ("姓名", "name"),
    "number": ("卡号", "优待证卡号", "银行卡号", "card number"),
    "area": ("收件区划", "县区代码", "区划代码", "area"),
}
_BY_WORD = {word: code for code, words in HEADERS.items() for word in words}
_NUMBER = re.compile(r"^\d{12,23}$")
WITHIN = 15


@dataclass(frozen=True, slots=True)
class Row:
    """One card of the list. ``place`` is its row in the sheet."""

    place: int
    box: str
    file_number: str
    id_number: str
    number: str
    area: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was not taken: ``reason`` is missing | unreadable | twice | unknown | elsewhere | not-waiting."""

    place: int
    column: str
    reason: str


def read(path: Path) -> tuple[list[Row], list[Fault]]:
    """The rows of a list (xlsx, xls, csv) and what could not be read of it. Raises a refusal for what is no such list."""
    places: dict[str, int] | None = None
    rows: list[Row] = []
    faults: list[Fault] = []
    numbers: set[str] = set()
    for _sheet, place, cells in ledger.read(path):
        if places is None:
            places = _header(cells)
            continue
        if any(_said(cell) for cell in cells):
            _take(
                place,
                {code: _said(cells[at]) if at < len(cells) else "" for code, at in places.items()},
                rows,
                faults,
                numbers,
            )
    if places is None:
        raise Refusal(_("%(file)s has no row with the headers 箱号, 卡号 and 身份证号 or 档案编号; nothing was changed.")
                      % {"file": path.name})  # fmt: skip
    return rows, faults


def _take(place: int, said: dict[str, str], rows: list[Row], faults: list[Fault], numbers: set[str]) -> None:
    number = re.sub(r"[\s-]", "", said.get("number", ""))
    if not said.get("box"):
        faults.append(Fault(place, "box", "missing"))
    elif not (said.get("id_number") or said.get("file_number")):
        faults.append(Fault(place, "id_number", "missing"))
    elif not _NUMBER.match(number):
        faults.append(Fault(place, "number", "unreadable" if number else "missing"))
    elif number in numbers:
        faults.append(Fault(place, "number", "twice"))
    else:
        numbers.add(number)
        rows.append(Row(place, said["box"][:32], said.get("file_number", ""), said.get("id_number", "").upper(), number,
                        said.get("area", "")[:12]))  # fmt: skip


def _header(cells: Sequence[Any]) -> dict[str, int] | None:
    found = {_BY_WORD[word]: at for at, cell in enumerate(cells) if (word := _said(cell).lower()) in _BY_WORD}
    return found if {"box", "number"} <= found.keys() and {"id_number", "file_number"} & found.keys() else None


def _said(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()
