"""Reads a file of facts (CSV or Parquet) by declared type, never guessed; writes verdicts.

One row for each subject: a column ``id`` and any subset of facts. An empty or absent cell is unknown. The first cell
that cannot be read is named by line and column; nothing is returned then.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lianxin.engine.expressions.to_polars import dtypes
from lianxin.engine.facts import Fact
from lianxin.engine.problems import nearest, short
from lianxin.engine.refusal import Refusal

if TYPE_CHECKING:
    import polars as pl

_BOOL = {"true": True, "false": False, "1": True, "0": False, "是": True, "否": False}
_PATTERNS = {
    "int": r"^[+-]?[0-9]+$",
    "decimal": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
_NO_NUMBER = r"(?i)^[+-]?(nan|inf|infinity)$"  # readable as binary64, unknown to the language
_WORDS = {
    "bool": ("true/false/1/0/是/否", "true, false, 1, 0, 是 or 否"),
    "int": ("整数", "an integer"),
    "decimal": ("数", "a number"),
    "text": ("文字", "text"),
    "date": ("日期（2023-01-31）", "a day (2023-01-31)"),
}


def _refusal(zh: str, en: str) -> Refusal:
    return Refusal(f"{en} · {zh}")


@dataclass(frozen=True, slots=True)
class _Bad:
    """The first unreadable cell of one column."""

    row: int
    column: str
    word: str
    zh: str
    en: str


def read(path: Path, facts: Mapping[str, Fact]) -> pl.DataFrame:
    """The frame in ``path``: ``id`` (text) and typed columns. Raises :class:`Refusal` naming line and column."""
    try:
        data = path.read_bytes()
    except OSError:
        raise _refusal(f"打不开文件 {path}", f"cannot open the file {path}") from None
    if path.suffix.lower() == ".parquet" or data[:4] == b"PAR1":
        made: pl.DataFrame = _Parquet(path, data, facts).frame()
    else:
        made = _Csv(path, data, facts).frame()
    return made


class _Table:
    """What both kinds of file share: which columns there are, and how their cells are read."""

    where = ("第 {} 行", "line {}")

    def __init__(self, path: Path, data: bytes, facts: Mapping[str, Fact]) -> None:
        import polars

        self.pl = polars
        self.path, self.data, self.facts = path, data, facts

    def line_of(self, row: int) -> int:
        """The line on which the ``row``-th record (from 0) begins."""
        raise NotImplementedError

    def refuse(self, row: int | None, column: str, zh: str, en: str) -> Refusal:
        """The error at a cell; ``row`` None is the header."""
        line = 1 if row is None else self.line_of(row)
        at_zh, at_en = self.where[0].format(line), self.where[1].format(line)
        name = short(column)
        return _refusal(f"{self.path.name} {at_zh}“{name}”列：{zh}", f"{self.path.name}, {at_en}, column {name}: {en}")

    def check_columns(self, names: list[str]) -> None:
        """Every column must be ``id`` or a known fact, once."""
        for number, name in enumerate(names):
            shown = name or f"#{number + 1}"
            if name in names[:number]:
                raise self.refuse(None, shown, "这一列重复", "the column stands twice")
            if name != "id" and name not in self.facts:
                near = nearest(name, self.facts)
                raise self.refuse(
                    None, shown, f"没有这个要素（最接近的是 {near}）", f"there is no such fact (nearest known: {near})"
                )
        if "id" not in names:
            raise self.refuse(None, "id", "缺少 id 列", "there is no column id")

    def check_ids(self, ids: Any) -> None:
        """Every row has an id of its own."""
        pl = self.pl
        if ids.null_count():
            row = int(ids.is_null().arg_true()[0])
            raise self.refuse(row, "id", "没有 id", "the id is empty")
        repeated = ~ids.is_first_distinct()
        if repeated.any():
            row = int(repeated.arg_true()[0])
            word = short(str(ids[row]))
            raise self.refuse(row, "id", f"id “{word}” 重复", f"the id '{word}' stands twice")
        assert ids.dtype == pl.String

    def parsed(self, frame: Any, raw: Mapping[str, Any]) -> Any:
        """``frame`` of typed columns, checked against ``raw``, the columns as text; the first bad cell is refused."""
        bad = [found for name in raw if (found := self._bad(name, raw[name], frame.get_column(name)))]
        if bad:
            first = min(bad, key=lambda found: (found.row, frame.columns.index(found.column)))
            raise self.refuse(first.row, first.column, first.zh, first.en)
        return frame

    def from_text(self, name: str, column: Any) -> Any:
        """An expression that reads the text expression ``column`` as the fact ``name``; unreadable cells are null."""
        pl, kind = self.pl, self.facts[name].type
        if kind == "text":
            return column
        if kind == "bool":
            lower = column.str.to_lowercase()
            return lower.replace_strict(list(_BOOL), list(_BOOL.values()), default=None, return_dtype=pl.Boolean)
        shaped = pl.when(column.str.contains(_PATTERNS[kind])).then(column)
        if kind == "date":
            return shaped.str.to_date("%Y-%m-%d", strict=False)
        made = shaped.str.strip_prefix("+").cast(dtypes()[kind], strict=False)
        return pl.when(made.is_finite()).then(made) if kind == "decimal" else made

    def _bad(self, name: str, raw: Any, typed: Any) -> _Bad | None:
        fact = self.facts[name]
        lost = raw.is_not_null() & typed.is_null()
        if fact.type == "decimal" and lost.any():
            lost = lost & ~raw.str.contains(_NO_NUMBER) & ~raw.str.contains(_PATTERNS["decimal"])
        if lost.any():
            row = int(lost.arg_true()[0])
            word = short(str(raw[row]))
            zh, en = _WORDS[fact.type]
            return _Bad(row, name, word, f"“{word}”应是{zh}", f"'{word}' is not {en}")
        outside = self._outside(fact, typed)
        if outside is not None and outside.any():
            row = int(outside.arg_true()[0])
            word = short(str(typed[row]))
            allowed = ", ".join(fact.allowed) or f"{fact.low}–{fact.high}"
            return _Bad(row, name, word, f"“{word}”不在允许的值里：{allowed}", f"'{word}' is not one of {allowed}")
        return None

    def _outside(self, fact: Fact, typed: Any) -> Any:
        if fact.allowed:
            allowed = self.pl.Series(list(fact.allowed), dtype=self.pl.String)
            return (~typed.is_in(allowed.implode())).fill_null(value=False)
        if fact.low is not None and fact.high is not None:
            return (~typed.is_between(fact.low, fact.high)).fill_null(value=False)
        return None


class _Csv(_Table):
    """UTF-8 text with a header line."""

    def __init__(self, path: Path, data: bytes, facts: Mapping[str, Fact]) -> None:
        super().__init__(path, data, facts)
        try:
            self.text = data.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            line = data[: fault.start].count(b"\n") + 1
            raise _refusal(
                f"{path.name} 第 {line} 行：不是 UTF-8 文本", f"{path.name}, line {line}: this is not UTF-8 text"
            ) from None
        if "\x00" in self.text:
            raise _refusal(f"{path.name} 不是 CSV 文本文件", f"{path.name} is not a text file")

    def records(self) -> Any:
        """Each record with the line on which it begins; blank ones are no records."""
        reader = csv.reader(io.StringIO(self.text, newline=""))
        before = 0
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cell != "" for cell in cells):
                yield line, cells

    def line_of(self, row: int) -> int:
        try:
            for number, (line, _) in enumerate(self.records()):
                if number == row + 1:
                    return int(line)
        except csv.Error:
            pass
        return row + 2

    def frame(self) -> Any:
        pl = self.pl
        header = self._header()
        self.check_columns(header)
        self._check_widths(len(header))
        try:
            source = io.BytesIO(self.text.encode())
            raw = pl.read_csv(source, infer_schema=False, new_columns=header, has_header=True, quote_char='"')
        except pl.exceptions.NoDataError:
            raw = pl.DataFrame({name: pl.Series([], dtype=pl.String) for name in header})
        except pl.exceptions.PolarsError:
            raise _refusal(f"{self.path.name} 不是可读的 CSV", f"{self.path.name} cannot be read as csv") from None
        raw = raw.select(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in header)
        raw = raw.filter(pl.any_horizontal(pl.all().is_not_null()))
        self.check_ids(raw.get_column("id"))
        names = [name for name in header if name != "id"]
        typed = raw.select(pl.col("id"), *[self.from_text(name, pl.col(name)).alias(name) for name in names])
        return self.parsed(typed, {name: raw.get_column(name) for name in names})

    def _header(self) -> list[str]:
        try:
            found = next(csv.reader(io.StringIO(self.text, newline="")), [])
        except csv.Error:
            found = []
        if not any(cell.strip() for cell in found):
            raise _refusal(f"{self.path.name} 是空的，第一行应是列名", f"{self.path.name}, line 1: there is no header")
        return [cell.strip() for cell in found]

    def _check_widths(self, width: int) -> None:
        """Refuse a row with more or fewer cells than the header; quickly where nothing is quoted."""
        pl = self.pl
        if '"' not in self.text:
            lines = pl.Series(self.text.split("\n")).str.strip_chars_end("\r")
            wrong = (lines.str.count_matches(",", literal=True) != width - 1) & (lines != "")
            if not wrong.any():
                return
        try:
            for number, (_, cells) in enumerate(self.records()):
                if len(cells) != width:
                    zh, en = (
                        f"有 {len(cells)} 格，列名有 {width} 个",
                        f"{len(cells)} cells where the header has {width}",
                    )
                    raise self.refuse(number - 1 if number else None, f"#{min(len(cells), width) + 1}", zh, en)
        except csv.Error as fault:
            raise _refusal(
                f"{self.path.name} 不是可读的 CSV", f"{self.path.name} cannot be read as csv: {fault}"
            ) from None


class _Parquet(_Table):
    """Columns with types of their own, which must be those declared."""

    where = ("第 {} 行数据", "row {}")

    def line_of(self, row: int) -> int:
        return row + 1

    def frame(self) -> Any:
        pl = self.pl
        try:
            given = pl.read_parquet(io.BytesIO(self.data))
        except (pl.exceptions.PolarsError, OSError, ValueError):
            raise _refusal(
                f"{self.path.name} 不是可读的 Parquet", f"{self.path.name} cannot be read as Parquet"
            ) from None
        self.check_columns(given.columns)
        ids = given.get_column("id")
        if not (ids.dtype.is_integer() or self._is_text(ids.dtype)):
            raise self.refuse(None, "id", "id 应是文字或整数", "an id must be text or an integer")
        ids = ids.cast(pl.String)
        self.check_ids(ids.set(ids == "", None))
        names = [name for name in given.columns if name != "id"]
        columns, raws = [ids.alias("id")], {}
        for name in names:
            column, raw = self._column(name, given.get_column(name))
            columns.append(column.alias(name))
            raws[name] = raw
        return self.parsed(pl.DataFrame(columns), raws)

    def _is_text(self, dtype: Any) -> bool:
        pl = self.pl
        return dtype in (pl.String, pl.Categorical, pl.Enum)

    def _column(self, name: str, column: Any) -> tuple[Any, Any]:
        """The column typed, and as text to see which cells were lost."""
        pl, kind = self.pl, self.facts[name].type
        dtype, wanted = column.dtype, dtypes()[self.facts[name].type]
        if dtype == pl.Null:
            empty = pl.Series(name, [None], dtype=wanted).new_from_index(0, column.len())
            return empty, empty.cast(pl.String)
        if self._is_text(dtype):
            text = column.cast(pl.String)
            text = text.set(text == "", None)
            return pl.select(self.from_text(name, pl.lit(text))).to_series(), text
        if not self._goes(kind, dtype):
            zh, en = _WORDS[kind]
            raise self.refuse(None, name, f"类型 {dtype} 不能读作{zh}", f"the type {dtype} cannot be read as {en}")
        if dtype.is_float():
            column = column.set(~column.is_finite(), None)
        return self._numbers(kind, column, wanted), column.cast(pl.String)

    def _goes(self, kind: str, dtype: Any) -> bool:
        pl = self.pl
        goes: dict[str, bool] = {
            "bool": dtype == pl.Boolean or dtype.is_integer(),
            "int": dtype.is_integer() or dtype.is_float(),
            "decimal": dtype.is_numeric(),
            "text": False,
            "date": dtype == pl.Date or isinstance(dtype, pl.Datetime),
        }
        return goes[kind]

    def _numbers(self, kind: str, column: Any, wanted: Any) -> Any:
        """Cells that are not of the declared kind become null, and are then refused."""
        pl = self.pl
        if kind == "bool" and column.dtype != pl.Boolean:
            return column.cast(pl.Boolean).set(~column.is_in([0, 1]).fill_null(value=True), None)
        if kind == "int" and column.dtype.is_float():
            return column.cast(pl.Int64, strict=False).set((column != column.floor()).fill_null(value=False), None)
        if kind == "date" and column.dtype != pl.Date:
            return _days(column)
        return column.cast(wanted, strict=False)


def _days(column: Any) -> Any:
    """The days of instants at midnight; other instants are no days."""
    days = column.dt.date()
    return days.set((days.cast(column.dtype) != column).fill_null(value=False), None)


def write(path: Path, result: pl.DataFrame) -> None:
    """Write what ``judge`` found: ``id,verdict,amount,missing,because`` in input order, all or nothing."""
    import polars as pl

    def words(name: str) -> Any:
        return pl.when(pl.col(name) != "").then(name).alias(name)

    columns = [pl.col("id"), pl.col("verdict").cast(pl.String), pl.col("amount"), words("missing"), words("because")]
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        result.select(columns).write_csv(beside)
        beside.replace(path)
    except OSError as fault:
        raise _refusal(f"写不了 {path}", f"{path} cannot be written: {fault.strerror or fault}") from None
    finally:
        beside.unlink(missing_ok=True)
