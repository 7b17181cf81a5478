"""From the sheets of a workbook to typed rows: find the headers, read the cells, check each row, join what is one person.

Pure: knows columns and areas, not the database. Rows are known by ``uid``, their number over all sheets.
"""

# ruff: noqa: E501  (a pattern or a sentence is one line)

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Sequence

import polars as pl
from django.utils.translation import gettext as _

from lianxin.people import cells, rowchecks
from lianxin.people.columns import BY_CODE, COLUMNS, IGNORED, Column, folded, names, recognise
from lianxin.people.errors import LedgerRefused
from lianxin.people.reading import ROW, SHEET, UID, Fault, Ledger, Table
from lianxin.people.residences import Residences
from lianxin.people.results import Unknown
from lianxin.people.workbook import Book, Sheet

HEADER_WITHIN = 40
_TOTALS = ("合计", "小计", "总计", "共计", "total")
_JOINED = ("merit", "merit_on", "merit_wartime", "kin_number", "kin_kind")
_AREA_PARTS = ("county", "township", "village")


def read(book: Book, residences: Residences, day: dt.date, attributes: Sequence[Column] = ()) -> Ledger:
    """Read a workbook. Raises :class:`LedgerRefused` where no sheet has a header that can be used."""
    known = names(attributes)
    tables, unknown = [], []
    for place, sheet in enumerate(book.sheets):
        table, told = _located(sheet, place, known)
        unknown += told
        if table is not None:
            tables.append(table)
    if not tables:
        raise _no_header(book, known)
    columns = {column.code: column for column in (*COLUMNS, *attributes)}
    frames: list[pl.DataFrame] = []
    faults: list[pl.DataFrame] = []
    start = 0
    for table in tables:
        frame, wrong = _typed(
            book.sheets[table.sheet].cells, table, columns, residences, start, overflow=book.kind == "csv"
        )
        start += frame.height
        frames.append(frame)
        faults += wrong
    rows = pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]
    return _checked(rows, faults, tables, unknown, day)


def _located(sheet: Sheet, place: int, known: dict[str, Column]) -> tuple[Table | None, list[Unknown]]:
    """The header row of a sheet: the one, among the first, that names most columns and names 姓名."""
    best: tuple[int, int, list[str | None]] | None = None
    for at in range(min(HEADER_WITHIN, sheet.cells.height)):
        row = sheet.row(at)
        found = {recognised for cell in row if cell and (recognised := recognise(cell, known))}
        codes = {column.code for column, _number in found}
        if "name" in codes and len(codes) >= 2 and (best is None or len(codes) > best[0]):
            best = (len(codes), at, row)
    if best is None:
        blank = sheet.cells.height == 0
        return None, [] if blank else [Unknown(sheet.name, "", "")]
    header = best[2]
    placed: dict[tuple[str, int], int] = {}
    told: list[Unknown] = []
    for at, cell in enumerate(header):
        if not cell or not folded(cell):
            continue
        recognised = recognise(cell, known)
        key = (recognised[0].code, recognised[1]) if recognised else None
        if key and key not in placed:
            placed[key] = at
        elif key and BY_CODE.get(key[0]) is not None and BY_CODE[key[0]].many:
            placed[(key[0], max(number for code, number in placed if code == key[0]) + 1)] = at
        elif folded(cell) not in IGNORED and not (key and header[placed[key]] == cell and _merged(sheet, at, best[1])):
            told.append(Unknown(sheet.name, cell.strip()[:40], nearest(cell, known)))
    told += _headless(sheet, best[1], header)
    return Table(place, best[1], placed), told


def _merged(sheet: Sheet, at: int, header: int) -> bool:
    """Whether a repeated header is only a merged cell: nothing else stands under it than under its left neighbour."""
    left, right = sheet.cells[str(at - 1)], sheet.cells[str(at)]
    return bool(right.slice(header + 1).null_count() == sheet.cells.height - header - 1 or left.equals(right))


def _headless(sheet: Sheet, at: int, header: Sequence[str | None]) -> list[Unknown]:
    """Columns that hold something below the header row and have no header."""
    rest = sheet.cells.slice(at + 1)
    # The last place is the reader's own overflow column of a csv; shifted rows are refused one by one.
    return [
        Unknown(sheet.name, f"#{place + 1}", "")
        for place, cell in enumerate(header[:-1] if not sheet.name else header)
        if not cell and rest.height and cells.clean(rest[str(place)]).null_count() < rest.height
    ]


def nearest(header: str, known: dict[str, Column]) -> str:
    """The known header that looks most like this one; blank where none does."""
    text = folded(header)
    held = [name for name in known if len(name) > 1 and (name in text or text in name)] if len(text) > 1 else []
    close = held or difflib.get_close_matches(text, list(known), n=1, cutoff=0.5)
    return known[max(close, key=len)].zh if close else ""


def _no_header(book: Book, known: dict[str, Column]) -> LedgerRefused:
    """What was found instead of a header, and the nearest headers there are."""
    best: list[str] = []
    for sheet in book.sheets:
        for at in range(min(HEADER_WITHIN, sheet.cells.height)):
            row = [cell.strip() for cell in sheet.row(at) if cell and cell.strip()]
            if len(set(row)) > len(set(best)):
                best = row
    if not best:
        return LedgerRefused(_("The ledger has no rows. Nothing was changed; choose the ledger again."))
    found = list(dict.fromkeys(cell[:20] for cell in best))[:8]
    near = list(dict.fromkeys(name for cell in found if (name := nearest(cell, known))))[:5]
    if near:
        return LedgerRefused(
            _(
                "No header row with 姓名 was found. The sheet has: %(found)s. The nearest known headers are: %(near)s. Nothing was changed; docs/import.md lists all headers."
            )
            % {"found": "、".join(found), "near": "、".join(near)}
        )
    return LedgerRefused(
        _(
            "No header row with 姓名 was found. The sheet has: %(found)s. Nothing was changed; docs/import.md lists all headers."
        )
        % {"found": "、".join(found)}
    )


def _typed(
    sheet: pl.DataFrame,
    table: Table,
    columns: dict[str, Column],
    residences: Residences,
    start: int,
    *,
    overflow: bool,
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """One sheet's rows with typed columns, and the faults of their cells."""
    body = sheet.slice(table.header + 1)
    name = cells.clean(body[str(table.placed[("name", 1)])])
    keep = _data_rows(sheet, body, table, name)
    body = body.with_row_index(ROW, offset=table.header + 2).filter(keep)
    row = body[ROW].cast(pl.Int64)
    out: dict[str, pl.Series] = {
        UID: pl.Series(range(start, start + body.height), dtype=pl.Int64),
        SHEET: pl.Series([table.sheet], dtype=pl.Int64).new_from_index(0, body.height),
        ROW: row,
    }
    wrong: list[pl.DataFrame] = []
    codes = dict.fromkeys(code for code, _number in table.placed)
    raw: dict[str, pl.Series] = {}
    for code in codes:
        places = [
            str(place) for (one, _n), place in sorted(table.placed.items(), key=lambda item: item[0]) if one == code
        ]
        raw[code] = _together(body, places) if columns[code].many else body[places[0]]
    if any(part in raw for part in _AREA_PARTS):
        raw["home"] = _home(raw, body.height)
    for code, series in raw.items():
        if code in _AREA_PARTS:
            continue
        if code in _JOINED or code == "categories":
            out[code] = cells.narrow(cells.clean(series))
            continue
        area = residences.home if code == "home" else residences.read
        out[code], faults = cells.read(series, columns[code], area)
        wrong.append(_told(out[UID], faults, code))
    if overflow:
        wrong += _shifted(body, table, out[UID])
    return pl.DataFrame(out), wrong


def _shifted(body: pl.DataFrame, table: Table, uid: pl.Series) -> list[pl.DataFrame]:
    """Records with more cells than the header has columns: an unquoted comma moved everything after it."""
    last = max(table.placed.values())
    beyond = [name for name in body.columns if name != ROW and int(name) > last]
    if not beyond or beyond[-1] != body.columns[-1]:
        return []
    full = body[beyond[-1]].is_not_null()
    return [_told(uid, pl.Series([None], dtype=pl.String).new_from_index(0, body.height).set(full, "shifted"), "")]


def _data_rows(sheet: pl.DataFrame, body: pl.DataFrame, table: Table, name: pl.Series) -> pl.Series:
    """Rows that hold data: not blank, not a total, not the header again."""
    placed = [str(place) for place in table.placed.values()]
    some = body.select(
        pl.any_horizontal(pl.col(place).str.strip_chars().fill_null("") != "" for place in placed).alias("some")
    )["some"]
    header = folded(sheet[str(table.placed[("name", 1)])][table.header] or "")
    again = name.str.replace_all(r"[\s*]", "").str.to_lowercase().is_in([header, *_TOTALS]).fill_null(False)
    filled = body.select(
        pl.sum_horizontal((pl.col(place).str.strip_chars().fill_null("") != "").cast(pl.Int32) for place in placed)
    ).to_series()
    signed = name.str.contains(r"^(填表|制表|审核|负责|单位|注|备注|说明)\S{0,6}[:：]").fill_null(False) & (filled == 1)
    return some & ~again & ~signed


def _together(body: pl.DataFrame, places: Sequence[str]) -> pl.Series:
    """Numbered columns as one cell of values joined by ``;``."""
    if len(places) == 1:
        return body[places[0]]
    said = body.select(pl.concat_str([pl.col(place).fill_null("") for place in places], separator=";")).to_series()
    return said.set(said.str.strip_chars("; ") == "", None)


def _home(raw: dict[str, pl.Series], height: int) -> pl.Series:
    """The residence from its own column, or from county, township and village in three."""
    given = [cells.clean(raw[part]) for part in _AREA_PARTS if part in raw]
    path = pl.DataFrame({str(at): part for at, part in enumerate(given)}).select(
        pl.concat_str(pl.all(), separator="/", ignore_nulls=True)
    ).to_series()  # fmt: skip
    path = path.set(path == "", None)
    if "home" not in raw:
        return path.alias("home")
    own = cells.clean(raw["home"])
    return pl.DataFrame({"own": own, "path": path}).select(pl.coalesce("own", "path").alias("home")).to_series()


def _told(uid: pl.Series, faults: pl.Series, code: str) -> pl.DataFrame:
    frame = pl.DataFrame({"uid": uid, "reason": faults.cast(pl.String)}).filter(pl.col("reason").is_not_null())
    return frame.with_columns(pl.lit(code).alias("column"))


def _checked(
    rows: pl.DataFrame, wrong: list[pl.DataFrame], tables: list[Table], unknown: list[Unknown], day: dt.date
) -> Ledger:
    """Whole-row checks, then one row for each person."""
    rows = rowchecks.complete(rows)
    faults = [
        Fault(uid, column, reason)
        for uid, reason, column in pl.concat(wrong).select("uid", "reason", "column").iter_rows()
    ]
    rows, told = rowchecks.categories(rows)
    faults += told
    awards, told = rowchecks.awards(rows, day)
    faults += told
    kin, told = rowchecks.kin(rows)
    faults += told
    faults += rowchecks.rows(rows, day, {fault.uid for fault in faults})
    refused = {fault.uid for fault in faults}
    places = rows.select(UID, SHEET, ROW)
    good = rows.filter(~pl.col(UID).is_in(list(refused))) if refused else rows
    good = good.drop([code for code in (*_JOINED, "categories") if code in good.columns])
    ledger = Ledger(good, places, tables, faults, unknown, awards, kin, rows.height, 0, refused)
    rowchecks.join(ledger)
    return ledger
