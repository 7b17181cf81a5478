"""The ledger of places (地点台账): read, looked at row by row, returned with reasons. Its coordinates say which they are.

It comes in by the door of all ledgers: :func:`import_ledger` tells by its headers whether it is one of places.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from lianxin.access import tree
from lianxin.access.models import Office
from lianxin.engine import civil, coordinates
from lianxin.engine.coordinates import Datum
from lianxin.engine.scope import Actor
from lianxin.outcomes import ledger as sheets
from lianxin.partners import places
from lianxin.partners.places import Said
from lianxin.people import actions as people
from lianxin.people.errors import LedgerRefused
from lianxin.people.results import ImportResult

LEDGER = "places"
NAMES = ("地点", "places")
NOTE = (
    "车站、公园、门店、医院等公开的地点；坐标写明是 WGS-84 还是 GCJ-02",
    "public places with coordinates that say whether they are WGS-84 or GCJ-02",
)
# code: the canonical header, then the other names that ledgers give the column
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("编号", "地点编号", "number"),
    "kind": ("类别", "地点类别", "种类", "类型", "kind"),
    "name": ("名称", "地点名称", "name"),
    "name_en": ("英文名称", "name_en"),
    "area": ("地区", "区划代码", "地区代码", "所属区划", "area"),
    "longitude": ("经度", "东经", "longitude"),
    "latitude": ("纬度", "北纬", "latitude"),
    "datum": ("坐标系", "坐标系统", "datum"),
    "course": ("路线", "走向", "course"),
    "address": ("地址", "详细地址", "address"),
    "phone": ("电话", "联系电话", "phone"),
    "hours": ("开放时间", "营业时间", "hours"),
    "words": ("说明", "优惠内容", "words"),
    "office": ("机构", "机构名称", "office"),
    "source": ("台账编号", "来源编号", "source"),
    "valid_from": ("启用日期", "开放日期", "建成日期", "valid_from"),
    "valid_to": ("关闭日期", "停用日期", "valid_to"),
    "paper": ("依据", "依据材料", "paper"),
}
REQUIRED = ("kind", "name", "area", "longitude", "latitude")
_DATUMS: Mapping[str, Datum] = {
    **dict.fromkeys(("wgs84", "wgs-84", "wgs 84", "地球坐标", "cgcs2000"), "wgs84"),
    **dict.fromkeys(("gcj02", "gcj-02", "gcj 02", "火星坐标", "国测局", "高德", "腾讯"), "gcj02"),
}
_WITHIN = 15  # rows in which a header is looked for
_DAY = re.compile(r"^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$")
_HEADS = {name: code for code, names in COLUMNS.items() for name in names}


@dataclass(slots=True)
class _Sheet:
    """A row of the file, where it stands, and what it says."""

    sheet: str
    row: int
    cells: list[str]
    values: dict[str, str]
    why: str = ""


@dataclass(slots=True)
class _File:
    """A ledger as read: its header, its rows, the headers that nobody knows."""

    header: list[str] = field(default_factory=list)
    rows: list[_Sheet] = field(default_factory=list)
    datum: Datum | None = None  # what the headers themselves say


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().lstrip("'")


def _head(cell: str) -> tuple[str, Datum | None]:
    """Which column a header names, and the datum that it carries: 经度（GCJ-02）."""
    said = re.sub(r"[\s*＊]", "", cell).replace("（", "(").replace("）", ")").lower()
    plain, _brace, inner = said.partition("(")
    return _HEADS.get(plain, ""), _DATUMS.get(inner.rstrip(")")) if inner else None


def _read(path: Path, *, first_only: bool = False) -> _File | None:
    """The file's rows; None where no row is the header of a ledger of places."""
    found, placed, current, began = _File(), dict[str, int](), "", 0
    for sheet, number, raw in sheets.read(path):
        cells = [_text(cell) for cell in raw]
        if sheet != current:
            current, placed, began = sheet, {}, number
        if not placed:
            if number - began < _WITHIN:
                heads = [_head(cell) for cell in cells]
                codes = {code: place for place, (code, _datum) in reversed(list(enumerate(heads))) if code}
                if all(code in codes for code in REQUIRED):
                    placed, found.header = codes, cells
                    found.datum = next((datum for _code, datum in heads if datum), found.datum)
                    if first_only:
                        return found
            continue
        if any(cells):
            values = {code: cells[place] if place < len(cells) else "" for code, place in placed.items()}
            found.rows.append(_Sheet(sheet, number, cells, values))
    return found if found.header else None


def is_one(path: Path) -> bool:
    """Whether a file's headers are those of a ledger of places."""
    return _read(path, first_only=True) is not None


def import_ledger(*, ledger: str, path: Path, by: Actor, at: dt.datetime, **given: Any) -> ImportResult:
    """Read a ledger of whichever kind: of places where it is said or its headers say so, of people in all other cases
    (:func:`lianxin.people.actions.import_ledger`)."""
    if ledger == LEDGER or (ledger == "auto" and is_one(path)):
        return import_places(path=path, by=by, at=at, dry_run=given.get("dry_run", False), errors=given.get("errors"),
                             area=given.get("area", ""))  # fmt: skip
    return people.import_ledger(ledger=ledger, path=path, by=by, at=at, **given)


def import_places(
    *, path: Path, by: Actor, at: dt.datetime, dry_run: bool = False, errors: Path | None = None, area: str = ""
) -> ImportResult:
    """Enter the places of a ledger (xlsx, xls, csv): good rows enter, the others come back in ``errors`` with a reason.

    The same ledger again changes nothing. With ``area`` only rows under it are taken.
    """
    found = _read(path)
    if found is None:
        raise LedgerRefused(
            _(
                "No row has the headers of kind, name, area, longitude and latitude: no ledger of places. Nothing was changed."
            )
        )
    reader = _Reader(found.datum, by)
    good: list[tuple[_Sheet, Said]] = []
    for row in found.rows:
        said = reader.said(row)
        if said is not None and area and not said.area.startswith(area):
            row.why = _("This area is not yours.")
        elif said is not None:
            good.append((row, said))
    run = f"places-{uuid4().hex[:12]}"
    done = places.put(places=[said for _row, said in good], by=by, at=at, dry_run=dry_run, run=run)
    for place, why in done.refused:
        good[place][0].why = why
    refused = [row for row in found.rows if row.why]
    if errors is not None and refused:
        errors.write_bytes(_returned(found.header, refused))
    return ImportResult(read=len(found.rows), added=done.added, changed=done.changed, unchanged=done.unchanged,
                        refused=len(refused), run="", ledger=LEDGER, looks=LEDGER)  # fmt: skip


class _Reader:
    """Reads the cells of rows; remembers the areas and offices that it looked up."""

    def __init__(self, datum: Datum | None, by: Actor) -> None:
        self.datum, self.by = datum, by
        self._areas: dict[str, str | None] = {}
        self._offices: dict[tuple[str, str], int] | None = None

    def said(self, row: _Sheet) -> Said | None:
        """What a row says; None where a cell cannot be read, and ``why`` is set."""
        cells = row.values
        kind, area = civil.kind_of(cells["kind"]), self._area(cells["area"])
        datum = _DATUMS.get(cells.get("datum", "").strip().lower()) if cells.get("datum", "").strip() else self.datum
        latitude, longitude = coordinates.read(cells["latitude"]), coordinates.read(cells["longitude"])
        days = [_day(cells.get(code, "")) for code in ("valid_from", "valid_to")]
        office = self._office(cells.get("office", ""), area or "")
        course = course_of(cells.get("course", ""))
        if not kind or area is None or datum is None or latitude is None or longitude is None or abs(latitude) > 90 or (
            None in days or office is None or course is None):  # fmt: skip
            whole = latitude is not None and longitude is not None and abs(latitude) <= 90
            row.why = _wrong(kind=bool(kind), area=area is not None, datum=datum is not None, point=whole, days=None not in days,
                             office=office is not None)  # fmt: skip
            return None
        kept = coordinates.millionths(latitude, longitude, datum)
        plain = {
            code: cells.get(code, "") for code in ("name", "name_en", "address", "phone", "hours", "words", "paper")
        }
        first, last = (one if isinstance(one, dt.date) else None for one in days)
        return Said(kind=kind, area=area, latitude=kept[0], longitude=kept[1], number=cells.get("number", ""),
                    course=[coordinates.millionths(*point, datum) for point in course], office_id=office or None,
                    source=cells.get("source", ""), valid_from=first, valid_to=last, **plain)  # fmt: skip

    def _area(self, text: str) -> str | None:
        if text not in self._areas:
            self._areas[text] = text if text.isascii() and text.isdigit() else tree.resolve(self.by.scope, text)
        return self._areas[text]

    def _office(self, text: str, area: str) -> int | None:
        """The office that a cell names: 0 where it names none, None where there is no such office."""
        if not text:
            return 0
        if self._offices is None:
            rows = Office.objects.filter(kind__in=civil.OFFICES, open=True).order_by("-pk")
            self._offices = {(name, code): pk for pk, name, code in rows.values_list("pk", "name", "area_id")}
        return self._offices.get((text, area))


def _wrong(*, kind: bool, area: bool, datum: bool, point: bool, days: bool, office: bool) -> str:
    """What is the first thing that could not be read, and how to write it."""
    if not kind:
        kinds = "、".join(one.zh for one in civil.KINDS.values())
        return _("Kind: the map takes only these: %(kinds)s.") % {"kinds": kinds}
    if not area:
        return _("Area: write the code, or the whole name where only one area has it.")
    if not datum:
        return _("Coordinates: say whether they are WGS-84 or GCJ-02.")
    if not point:
        return _("Longitude, latitude: write degrees like 113.123456; in China the longitude is the larger.")
    if not days:
        return _("Opening and closing day: write them like 2026-01-31.")
    if not office:
        return _("Office: none of the area is called so.")
    return _("Course: write points like 113.12 34.05; 113.13 34.06, at most 200.")


def _day(text: str) -> dt.date | str | None:
    """A day; blank where the cell is, None where it is no day."""
    if not text:
        return ""
    found = _DAY.match(text)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def course_of(text: str) -> list[tuple[float, float]] | None:
    """The points of a course as ``longitude latitude; …``; None where one cannot be read."""
    made: list[tuple[float, float]] = []
    for part in re.split(r"[;；\n]+", text.strip()):
        numbers = [coordinates.read(one) for one in re.split(r"[,，\s]+", part.strip()) if one]
        if not numbers:
            continue
        if len(numbers) != 2 or numbers[0] is None or numbers[1] is None or abs(numbers[1]) > 90:
            return None
        made.append((numbers[1], numbers[0]))
    return made if len(made) <= places.COURSE else None


def _returned(header: Sequence[str], rows: Sequence[_Sheet]) -> bytes:
    """The refused rows as they came, with the reason beside each; cells are text, so that no formula runs."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        for place, cell in enumerate((*header, _("Reason"))):
            page.write_string(0, place, cell, bold)
        for line, row in enumerate(rows, 1):
            for place, cell in enumerate((*row.cells[: len(header)], *[""] * (len(header) - len(row.cells)), row.why)):
                page.write_string(line, place, cell)
    return out.getvalue()


def blank() -> bytes:
    """An empty ledger with its headers, one made-up row and the words that a cell may hold."""
    import xlsxwriter

    example = {"kind": "服务站", "name": "柳河村退役军人服务站", "area": "419901001001", "longitude": "122.981234",
               "latitude": "35.012345", "datum": "WGS-84", "address": "柳河村村部东侧", "hours": "每天 9:00–17:00"}  # fmt: skip
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page, bold, text = (
            book.add_worksheet(NAMES[0]),
            book.add_format({"bold": True}),
            book.add_format({"num_format": "@"}),
        )
        for place, (code, names) in enumerate(COLUMNS.items()):
            page.set_column(place, place, 16, text)
            page.write_string(0, place, names[0] + ("*" if code in REQUIRED else ""), bold)
            page.write_string(1, place, example.get(code, ""), text)
        words = book.add_worksheet("可填的词")
        for line, (head, said) in enumerate((("类别", "、".join(one.zh for one in civil.KINDS.values())),
                                             ("坐标系", "WGS-84、GCJ-02"), ("路线", "122.98 35.01; 122.99 35.02"))):  # fmt: skip
            words.write_string(line, 0, head, bold)
            words.write_string(line, 1, said)
    return out.getvalue()
