"""The facts file of ``lianxin judge``: read by declared type, never guessed; the verdicts written beside it."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lianxin.engine.facts import Fact
from lianxin.engine.problems import nearest, short
from lianxin.engine.refusal import Refusal

if TYPE_CHECKING:
    import polars as pl

_WORDS = {
    "bool": "true or false (true, false, 1, 0, 是, 否)", "int": "a whole number", "decimal": "a number",
    "date": "a day like 2023-01-31", "text": "one of",
}  # fmt: skip
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "是": True, "否": False}
_INT = r"^[+-]?[0-9]+$"
_DECIMAL = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def read(path: Path, facts: Mapping[str, Fact]) -> pl.DataFrame:
    """``id`` and typed fact columns. Raises :class:`Refusal` naming line and column of the first mistake."""
    import polars as pl

    if path.suffix.lower() == ".parquet":
        try:
            raw = pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise Refusal(f"{path} is not a parquet file that can be read") from error
        text = None
    else:
        text = _text(path)
        raw = _cells(text, path)
    _check_header(raw.columns, facts, path)
    _check_ids(raw, text, path)
    columns = [raw["id"].cast(pl.String).alias("id")]
    for name in raw.columns:
        if name != "id":
            columns.append(_typed(raw[name], facts[name], text, path))
    return pl.DataFrame(columns)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path} cannot be opened: {error.strerror or 'not a file'}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise Refusal(f"{path}, line {line}: this is not UTF-8 text; save the file as UTF-8 csv") from None
    if "\x00" in text:
        raise Refusal(f"{path}, line {text[: text.index(chr(0))].count(chr(10)) + 1}: this is not a text file")
    return text


def _cells(text: str, path: Path) -> pl.DataFrame:
    """All cells as text; rows of another width than the header are a mistake."""
    import polars as pl

    header = next(csv.reader(io.StringIO(text[:200_000])), [])
    if not header or not any(header):
        raise Refusal(f"{path}, line 1: there is no header; write a column id and columns named after facts")
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise Refusal(f"{path}, line 1: the column {short(sorted(twice)[0])} stands twice")
    _check_widths(text, len(header), path)
    try:
        return pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    except pl.exceptions.NoDataError:
        return pl.DataFrame({name: pl.Series([], dtype=pl.String) for name in header})
    except pl.exceptions.PolarsError as error:
        raise Refusal(f"{path} cannot be read as csv; check its quotation marks") from error


def _check_widths(text: str, width: int, path: Path) -> None:
    rows = csv.reader(io.StringIO(text))
    try:
        for row in rows:
            if row and len(row) != width:
                raise Refusal(f"{path}, line {rows.line_num}: {len(row)} cells where the header has {width} columns")
    except csv.Error as error:
        raise Refusal(f"{path}, line {rows.line_num}: this line cannot be read ({error})") from error


def _check_header(columns: Sequence[str], facts: Mapping[str, Fact], path: Path) -> None:
    if "id" not in columns:
        raise Refusal(f"{path}, line 1: there is no column id")
    for name in columns:
        if name != "id" and name not in facts:
            near = nearest(name, facts)
            raise Refusal(f"{path}, line 1: unknown column {short(name)} (nearest known fact: {near})")


def _check_ids(raw: pl.DataFrame, text: str | None, path: Path) -> None:
    import polars as pl

    ids = raw["id"].cast(pl.String)
    blank = ids.is_null() | (ids == "")
    if blank.any():
        place = int(blank.arg_true()[0])
        raise Refusal(f"{path}, line {_line(text, place)}, column id: the id is empty")
    twice = ids.is_duplicated()
    if twice.any():
        seen: set[str] = set()
        for place in twice.arg_true().to_list():
            if ids[place] in seen:
                raise Refusal(f"{path}, line {_line(text, place)}, column id: {short(ids[place])} stands twice")
            seen.add(ids[place])


def _line(text: str | None, place: int) -> int:
    """The line on which the row ``place`` (0 is the first after the header) begins."""
    if text is None or '"' not in text:
        return place + 2
    rows = csv.reader(io.StringIO(text))
    line, at = 1, -1
    while at < place:
        before = rows.line_num
        row = next(rows)
        if row:
            at, line = at + 1 if before else -1, before + 1
    return line


def _typed(column: pl.Series, fact: Fact, text: str | None, path: Path) -> pl.Series:
    import polars as pl

    if column.dtype != pl.String:
        column = column.dt.strftime("%Y-%m-%d") if column.dtype == pl.Date else column.cast(pl.String)
        if fact.type == "int":
            column = column.str.replace(r"\.0$", "")
    column = column.set(column == "", None)
    good, values = _parsed(column, fact)
    wrong = column.is_not_null() & ~good.fill_null(False)
    if wrong.any():
        place = int(wrong.arg_true()[0])
        said = _WORDS[fact.type] + (" " + ", ".join(fact.allowed) if fact.type == "text" else "")
        raise Refusal(
            f"{path}, line {_line(text, place)}, column {fact.code}: {short(str(column[place]))} is not {said}"
        )
    return values.alias(fact.code)


def _parsed(column: pl.Series, fact: Fact) -> tuple[Any, Any]:
    """Which cells are readable, and the values."""
    import polars as pl

    if fact.type == "bool":
        values = column.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
        return values.is_not_null(), values
    if fact.type == "int":
        values = column.str.strip_prefix("+").cast(pl.Int64, strict=False)
        return column.str.contains(_INT) & values.is_not_null(), values
    if fact.type == "decimal":
        values = column.cast(pl.Float64, strict=False)
        return column.str.contains(_DECIMAL) & values.is_not_null(), values
    if fact.type == "date":
        values = column.str.to_date("%Y-%m-%d", strict=False)
        return column.str.contains(_DAY) & values.is_not_null(), values
    allowed = list(fact.allowed)
    return (column.is_in(allowed) if allowed else column.is_not_null()), column


def write(path: Path, verdicts: pl.DataFrame) -> None:
    """The verdicts in input order, whole or not at all."""
    import polars as pl

    made = verdicts.select(
        "id",
        pl.col("verdict").cast(pl.String),
        "amount",
        *(
            pl.when(pl.col(name).list.len() > 0).then(pl.col(name).list.join(" ")).alias(name)
            for name in ("missing", "because")
        ),
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        made.write_csv(draft, null_value="", quote_style="necessary")
        draft.replace(path)
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)
