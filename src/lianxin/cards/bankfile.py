"""Tables that come about cards: the bank's list with a box, the province's answer, what was activated. One row a card. Read
here; whose each card is, is asked by the action."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
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
_NUMBER = re.compile(r"^\d{12,23}$")


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
    """A row that was not taken: ``reason`` is missing | unreadable | twice | unknown | elsewhere | not-waiting, or one of
    :mod:`lianxin.cards.answers`."""

    place: int
    column: str
    reason: str


@dataclass(slots=True)
class Table:
    """A table as it came: its header, the cells of every row by its place, and what each says by column code."""

    header: list[str] = field(default_factory=list)
    cells: dict[int, list[str]] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def table(path: Path, words: Mapping[str, tuple[str, ...]], fits: Callable[[Collection[str]], bool]) -> Table | None:
    """The rows under the first header that ``fits`` (xlsx, xls, csv); None where no row is one. ``words`` say what each
    column may be called."""
    by_word = {word: code for code, some in words.items() for word in some}
    places: dict[str, int] = {}
    found = Table()
    for _sheet, place, raw in ledger.read(path):
        cells = [said(cell) for cell in raw]
        heads = {by_word[cell.lower()]: at for at, cell in enumerate(cells) if cell.lower() in by_word}
        if fits(heads):
            places = heads
            found.header = found.header or cells
        elif places and any(cells):
            found.cells[place] = cells
            found.rows.append((place, {code: cells[at] if at < len(cells) else "" for code, at in places.items()}))
    return found if places else None


def read(path: Path) -> tuple[list[Row], list[Fault]]:
    """The rows of a list (xlsx, xls, csv) and what could not be read of it. Raises a refusal for what is no such list."""
    given = table(
        path, HEADERS, lambda heads: {"box", "number"} <= set(heads) and bool({"id_number", "file_number"} & set(heads))
    )
    if given is None:
        raise Refusal(_("%(file)s has no row with the headers 箱号, 卡号 and 身份证号 or 档案编号; nothing was changed.")
                      % {"file": path.name})  # fmt: skip
    rows: list[Row] = []
    faults: list[Fault] = []
    numbers: set[str] = set()
    for place, one in given.rows:
        _take(place, one, rows, faults, numbers)
    return rows, faults


def _take(place: int, said: Mapping[str, str], rows: list[Row], faults: list[Fault], numbers: set[str]) -> None:
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


def plain_number(cell: str) -> str:
    """A card's number without blanks and dashes; blank where it is none."""
    number = re.sub(r"[\s-]", "", cell)
    return number if _NUMBER.match(number) else ""


def said(cell: Any) -> str:
    """A cell as text: numbers without a fraction, days as 2026-05-06, wide letters narrow."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()
