"""An empty ledger to fill in: its headers, one made-up row, and a sheet of the words that each column knows."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _

from lianxin.people import exchanges
from lianxin.people.attributes import attribute_columns
from lianxin.people.columns import Column
from lianxin.people.errors import LedgerRefused
from lianxin.people.ledgers import EVERY, Kind

_TEXT = {"id", "person", "account", "phone", "code", "area"}  # Excel would spoil them as numbers
_PEOPLE = {
    "name": "张三", "id_number": "419901195803120114", "phone": "13800001234", "home": "东川县/河东镇/柳河村",
    "household": "H1", "role": "户主", "service_kind": "义务兵", "enlisted_on": "1976-12-01",
    "discharged_on": "1980-12-01", "rural_at_enlistment": "是", "merit": "三等功;嘉奖",
    "merit_on": "1978-08-01;1979-08-01",
}  # fmt: skip


def workbook(ledger: str) -> bytes:
    """The workbook of one ledger. Raises ``LedgerRefused`` where there is none."""
    import xlsxwriter

    kind = exchanges.kind(ledger)
    if kind is None:
        raise LedgerRefused(_("Choose which ledger. Nothing was changed."))
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        _rows(book, kind)
        _words(book, _columns(kind))
    return out.getvalue()


def _columns(kind: Kind) -> list[Column]:
    if kind.columns:
        return list(kind.columns)
    first = kind.codes if kind.opens else ("name", "id_number", "file_number", "born_on", "home", *kind.says, "paper")
    return [EVERY[code] for code in first if code not in {"county", "township", "village"}] + (
        list(attribute_columns()) if kind.opens else []
    )


def _rows(book: Any, kind: Kind) -> None:
    head = book.add_format({"bold": True, "bottom": 1})
    needed = book.add_format({"bold": True, "bottom": 1, "font_color": "#B42318"})
    text = book.add_format({"num_format": "@"})
    page = book.add_worksheet(_("Ledger"))
    page.freeze_panes(1, 0)
    example = kind.example or _PEOPLE
    for place, column in enumerate(_columns(kind)):
        page.set_column(place, place, max(12, 2 * len(column.zh) + 2), text if column.kind in _TEXT else None)
        must = column.required or column.code in (*kind.needs, *(kind.marks[:1] if not kind.opens else ()))
        page.write_string(0, place, column.zh, needed if must else head)
        if example.get(column.code):
            page.write_string(1, place, example[column.code], text)


def _words(book: Any, columns: list[Column]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    page = book.add_worksheet(_("Allowed words"))
    page.set_column(0, 0, 18)
    page.set_column(1, 2, 60)
    for place, said in enumerate((_("Column"), _("Words"), _("How to fill it in"))):
        page.write_string(0, place, said, bold)
    for line, column in enumerate(columns, 1):
        page.write_string(line, 0, column.zh)
        page.write_string(line, 1, "、".join(one[0] for one in column.words.values()) or _SAID.get(column.kind, ""))
        page.write_string(line, 2, column.zh_note)


_SAID = {"date": "2026-01-31", "bool": "是、否", "grade": "一级 … 十级", "yuan": "1200.50"}
