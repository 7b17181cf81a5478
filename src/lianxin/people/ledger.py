"""From the sheets of a workbook to typed rows: find the headers, read the cells, check each row, join what is one person.

Pure: knows columns and areas, not the database. Rows are known by ``uid``, their number over all sheets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from lianxin.people import cells, recognising, rowchecks
from lianxin.people.columns import Column, folded
from lianxin.people.ledgers import EVERY, FINDS, KINDS, PEOPLE, Kind
from lianxin.people.reading import ROW, SHEET, UID, Fault, Ledger, Table
from lianxin.people.residences import Residences
from lianxin.people.results import Unknown
from lianxin.people.workbook import Book

_TOTALS = ("合计", "小计", "总计", "共计", "total")
_JOINED = ("merit", "merit_on", "merit_wartime", "kin_number", "kin_kind", "categories")
_TOLD = (*_JOINED, "kin_since", "kin_until", "kin_ended_by", "kin_basis")  # kept apart from the rows, per relation
_AREA_PARTS = ("county", "township", "village")


def read(
    book: Book,
    residences: Residences,
    day: dt.date,
    attributes: Sequence[Column] = (),
    *,
    kind: Kind | None = PEOPLE,
    kinds: Sequence[Kind] = tuple(KINDS.values()),
    templates: recognising.Templates | None = None,
) -> Ledger:
    """Read a workbook as a ledger of ``kind`` (None: as what it looks like).

    Raises :class:`LedgerRefused` where no sheet has a header that can be used.
    """
    like = recognising.looks_like(book, kinds, attributes, templates or {})
    chosen = kind or like or PEOPLE
    if not chosen.opens:
        residences.own = ()  # whoever moves may well move to the other village of that name
    reader = recognising.Reader(chosen, attributes, templates)
    tables, unknown = [], []
    for place, sheet in enumerate(book.sheets):
        table, told = recognising.located(sheet, place, reader)
        unknown += told
        if table is not None:
            tables.append(table)
    if not tables:
        raise recognising.no_header(book, reader, like)
    frames: list[pl.DataFrame] = []
    faults: list[pl.DataFrame] = []
    start = 0
    for table in tables:
        frame, wrong = _typed(
            book.sheets[table.sheet].cells, table, reader.columns, residences, start, overflow=book.kind == "csv"
        )
        start += frame.height
        frames.append(frame)
        faults += wrong
    rows = pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]
    found = _checked(rows, faults, tables, unknown, day, chosen)
    found.columns = reader.columns
    found.looks = like.code if like is not None else chosen.code
    return found


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
    name = cells.clean(body[str(_lead(table))])
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
        if code in _JOINED:
            out[code], faults = _recoded(cells.narrow(cells.clean(series)), columns[code])
            wrong.append(_told(out[UID], faults, code))
            continue
        area = residences.home if code == "home" else residences.read
        out[code], faults = cells.read(series, columns[code], area)
        wrong.append(_told(out[UID], faults, code))
    if overflow:
        wrong += _shifted(body, table, out[UID])
    return pl.DataFrame(out), wrong


def _recoded(text: pl.Series, column: Column) -> cells.Read:
    """Cells of several words; the codes of an exchange format become the values that they stand for."""
    if not column.words or column is EVERY.get(column.code):
        return text, pl.Series(text.name, [None], dtype=pl.String).new_from_index(0, len(text))
    choose = cells.chooser(column)

    def read(cell: str) -> cells.Cell:
        found = [choose(word) for word in cells.parts(cell)]
        fault = next((wrong for _value, wrong in found if wrong), None)
        return (None if fault else ";".join(value for value, _wrong in found)), fault

    return cells.each(text, pl.String, read)


def _lead(table: Table) -> int:
    """The place of the column that leads a row: the name, or a number where the ledger has no names."""
    return next(table.placed[(code, 1)] for code in ("name", *FINDS) if (code, 1) in table.placed)


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
    header = folded(sheet[str(_lead(table))][table.header] or "")
    again = name.str.replace_all(r"[\s*]", "").str.to_lowercase().is_in([header, *_TOTALS]).fill_null(False)
    leads = [place for place in body.columns if place.isdigit()][:3]  # 合计 often stands under the serial number
    again |= (
        body.select(
            pl.any_horizontal(
                pl.col(place).str.replace_all(r"\s", "").str.to_lowercase().is_in(_TOTALS) for place in leads
            )
        )
        .to_series()
        .fill_null(False)
    )
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
    rows: pl.DataFrame, wrong: list[pl.DataFrame], tables: list[Table], unknown: list[Unknown], day: dt.date, kind: Kind
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
    faults += rowchecks.rows(rows, day, {fault.uid for fault in faults}, kind)
    refused = {fault.uid for fault in faults}
    places = rows.select(UID, SHEET, ROW)
    good = rows.filter(~pl.col(UID).is_in(list(refused))) if refused else rows
    good = good.drop([code for code in _TOLD if code in good.columns])
    ledger = Ledger(good, places, tables, faults, unknown, awards, kin, rows.height, kind, refused=refused)
    rowchecks.join(ledger)
    return ledger
