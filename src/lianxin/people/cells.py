"""Read the cells of a ledger: from what bureaus type to typed values, column by column.

Every reader answers a typed series and a series of faults (null where the cell is sound). Words and dates repeat, so
they are read once each; numbers do not, so they are read by whole columns.
"""

# ruff: noqa: E501  (a pattern or a sentence is one line)

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import polars as pl

from lianxin.engine import identity, money
from lianxin.people.columns import NO, YES, Column

Read = tuple[pl.Series, pl.Series]
Cell = tuple[Any, str | None]

_BLANKS = r"[\s\x{00}-\x{1f}\x{7f}\x{a0}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}\x{3000}\x{feff}]+"
_EDGES = r"^[\s\x{00}-\x{1f}\x{7f}\x{a0}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}\x{3000}\x{feff}'’‘`＇]+|[\s\x{00}-\x{1f}\x{7f}\x{a0}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}\x{3000}\x{feff}]+$"
_WIDE = r"[\x{ff01}-\x{ff5e}]"
_NOTHING = ("", "-", "—", "--", "——", "/", "\\", "N/A", "n/a", "#N/A", "NULL", "null", "None")
_SCIENTIFIC = r"(?i)^\d(\.\d+)?e\+?\d+$"
_DAY = re.compile(
    r"^(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})(?:\s*(?:月|[-/.])\s*(?:(\d{1,2})\s*[日号]?)?)?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
)
_PLAIN = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_SHORT = re.compile(r"^\d{2}\s*(?:年|[-/.])\s*\d{1,2}(?:\s*(?:月|[-/.]).*)?$|^\d{6}$")
_YEAR = re.compile(r"^\d{4}年?$")
_SERIAL = re.compile(r"^(\d{4,5})(?:\.\d+)?$")
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_NAME = re.compile(r"^[㐀-䶿一-鿿豈-﫿𠀀-𳑿a-zA-Z][㐀-䶿一-鿿豈-﫿𠀀-𳑿a-zA-Z·.\- 〇]*$")
_DOTS = re.compile(r"[•・．‧∙●]")
_SPLIT = re.compile(r"[;；,，、|\n]+")
FIRST_YEAR = 1880


def clean(raw: pl.Series) -> pl.Series:
    """Text without the edges that Excel and typing leave; null where nothing is left."""
    if raw.dtype != pl.String:
        raw = raw.cast(pl.String)
    if raw.null_count() == len(raw):
        return raw
    text = raw.str.replace_all(_EDGES, "")
    return text.set(text.is_in(_NOTHING), None)


def narrow(text: pl.Series) -> pl.Series:
    """Full-width letters, digits and signs as half-width ones."""
    return text.str.normalize("NFKC") if text.str.contains(_WIDE).any() else text


def each(text: pl.Series, dtype: pl.DataType | type[pl.DataType], read: Callable[[str], Cell]) -> Read:
    """Read every distinct cell once."""
    name = text.name
    found = text.drop_nulls().unique()
    if not len(found):
        return pl.Series(name, [None] * 0, dtype=dtype).extend_constant(None, len(text)), _none(text)
    cells = [read(cell) for cell in found.to_list()]
    table = pl.DataFrame(
        {
            "cell": found,
            "value": pl.Series([value for value, _ in cells], dtype=dtype),
            "fault": pl.Series([fault for _, fault in cells], dtype=pl.String),
        }
    )
    joined = text.alias("cell").to_frame().join(table, on="cell", how="left", maintain_order="left")
    return joined["value"].alias(name), joined["fault"].alias(name)


def _none(text: pl.Series) -> pl.Series:
    return pl.Series(text.name, [None], dtype=pl.String).new_from_index(0, len(text))


def _faults(text: pl.Series, *rules: tuple[pl.Series, str]) -> pl.Series:
    """The first rule that a cell breaks."""
    frame = pl.DataFrame({"t": text, **{str(place): broken for place, (broken, _) in enumerate(rules)}})
    said = pl.coalesce([pl.when(pl.col(str(place))).then(pl.lit(name)) for place, (_, name) in enumerate(rules)])
    return frame.select(pl.when(pl.col("t").is_not_null()).then(said).alias(text.name)).to_series()


@cache
def day(text: str) -> Cell:
    """A date as it is typed in ledgers; a month stands for its first day.

    Faults: ``year-short`` (two digits), ``year-only``, ``date`` (anything else that is no day).
    """
    if re.search("[一二三四五六七八九〇零十]", text):
        text = _numerals(text)
    text = text.strip().rstrip(".。")
    found = _DAY.match(text) or (_PLAIN.match(text) if len(text) != 6 or text[:2] in {"18", "19", "20"} else None)
    if found:
        try:
            made = dt.date(int(found[1]), int(found[2]), int(found[3] or 1))
        except ValueError:
            return None, "date"
        return (made, None) if made.year >= FIRST_YEAR else (None, "date")
    if _YEAR.match(text) and FIRST_YEAR <= int(text[:4]) <= 2100:
        return None, "year-only"
    serial = _SERIAL.match(text)
    if serial and 1000 <= int(serial[1]) <= 73050:
        return dt.date(1899, 12, 30) + dt.timedelta(days=int(serial[1])), None
    return None, "year-short" if _SHORT.match(text) else "date"


def _numerals(text: str) -> str:
    """一九五八年十二月二十三日 → 1958年12月23日."""

    def tens(found: re.Match[str]) -> str:
        head, tail = found[1], found[2]
        first = int(head.translate(_NUMERALS)) if head else 1
        return str(first * 10 + (int(tail.translate(_NUMERALS)) if tail else 0))

    return re.sub("([一二三]?)十([一二三四五六七八九]?)", tens, text).translate(_NUMERALS)


def yes_no(text: str) -> Cell:
    """是/否 and what people write instead; for 农村/城镇 the former is yes."""
    word = text.lower()
    if word in YES or word in {"农村", "农业", "农业户口", "农村户口", "农"}:
        return True, None
    if word in NO or word in {"城镇", "非农", "非农业", "城市", "非农业户口", "城镇户口"}:
        return False, None
    return None, "yes-no"


def chooser(column: Column) -> Callable[[str], Cell]:
    """The reader of a choice: by any of its words or by the stored value itself."""
    words = {word.lower(): value for value, said in column.words.items() for word in (*said, value)}

    def read(text: str) -> Cell:
        value = words.get(re.sub(r"\s", "", text).lower())
        return (value, None) if value is not None else (None, "choice")

    return read


def coded(column: Column) -> Callable[[str], Cell]:
    """The reader of a yes or no, or of a grade, that another system writes as a code."""
    choose = chooser(column)

    def read(text: str) -> Cell:
        value, fault = choose(text)
        if fault is not None:
            return None, fault
        return (value == "true" if column.kind == "bool" else int(value)), None

    return read


def grade(text: str) -> Cell:
    """一级 … 十级 or 1 … 10."""
    word = re.sub(r"[级等\s]", "", text)
    if re.search("[一二三四五六七八九十]", word):
        word = _numerals(word)
    return (int(word), None) if word.isascii() and word.isdigit() and 1 <= int(word) <= 10 else (None, "grade")


def yuan(text: str) -> Cell:
    """An amount in yuan, as fen."""
    try:
        value = money.fen(re.sub(r"[元￥¥\s]", "", text))
    except ValueError:
        return None, "amount"
    return (value, None) if value >= 0 else (None, "amount")


def number(text: str) -> Cell:
    """A plain number, kept as it is written."""
    said = text.replace(",", "")
    return (said, None) if re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", said) else (None, "number")


def person_name(size: int) -> Callable[[str], Cell]:
    """A name: blanks between Chinese characters go, the dot of minority names is made one."""

    def read(text: str) -> Cell:
        said = _DOTS.sub("·", text)
        if not said.isascii():
            said = re.sub(r"\s+", "", said)
        if len(said) > size:
            return None, "too-long"
        return (said, None) if _NAME.match(said) else (None, "name")

    return read


def plain(size: int) -> Callable[[str], Cell]:
    """Any text on one line."""

    def read(text: str) -> Cell:
        said = re.sub(r"[\s\x00-\x1f\x7f]+", " ", text)
        return (said, None) if not size or len(said) <= size else (None, "too-long")

    return read


def code(size: int) -> Callable[[str], Cell]:
    """A code: letters, digits and dashes."""

    def read(text: str) -> Cell:
        said = re.sub(r"\s", "", text).upper()
        if len(said) > size:
            return None, "too-long"
        return (said, None) if re.fullmatch(r"[\w\-./]+", said) else (None, "code")

    return read


def id_numbers(text: pl.Series) -> Read:
    """Identity numbers: 18 characters with a right date and check digit; 15-digit ones are lengthened.

    Faults: ``lost-digits`` (Excel kept 15), ``id-length``, ``id-characters``, ``id-date``, ``id-check``.
    """
    said = narrow(text).str.replace_all(_BLANKS, "").str.to_uppercase()
    lost = said.str.contains(_SCIENTIFIC)
    said = _lengthened(said)
    length = said.str.len_chars() != 18
    shape = ~said.str.contains(r"^\d{17}[\dX]$")
    born = said.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    right = ~(length | shape) & said.is_not_null()
    check = _check_digits(said.set(~right.fill_null(False), None)) != said.str.slice(17, 1)
    rounded = said.str.ends_with("000") & check
    faults = _faults(
        said, (lost, "lost-digits"), (length, "id-length"), (shape, "id-characters"),
        (born.is_null() | (born.dt.year() < FIRST_YEAR), "id-date"), (rounded, "lost-digits"), (check, "id-check"),
    )  # fmt: skip
    return said.set(faults.is_not_null(), None).alias(text.name), faults


def _lengthened(said: pl.Series) -> pl.Series:
    old = said.str.contains(r"^\d{15}$").fill_null(False)
    if not old.any():
        return said
    made = [f"{cell[:6]}19{cell[6:]}" for cell in said.filter(old).to_list()]
    return said.scatter(old.arg_true(), [first + identity.check_digit(first) for first in made])


def _check_digits(said: pl.Series) -> pl.Series:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    digits = [said.str.slice(place, 1).cast(pl.Int32, strict=False) * weight for place, weight in enumerate(weights)]
    total = digits[0]
    for part in digits[1:]:
        total = total + part
    checks = pl.Series(list("10X98765432"))
    return checks.gather((total % 11).cast(pl.UInt32)) if len(said) else said


def persons(text: pl.Series) -> Read:
    """Another person, by ID number or by file number (CC and 8 digits)."""
    said = narrow(text).str.replace_all(_BLANKS, "").str.to_uppercase()
    file = said.str.contains(r"^CC\d{8}$").fill_null(False)
    numbers, faults = id_numbers(text.set(file, None))
    frame = pl.DataFrame({"file": file, "said": said, "number": numbers, "fault": faults})
    value = frame.select(pl.when("file").then("said").otherwise("number").alias(text.name)).to_series()
    return value, faults


def phones(text: pl.Series) -> Read:
    """A mobile number, or a landline with or without its area code. Faults: ``lost-digits``, ``phone``."""
    said = narrow(text).str.replace_all(r"[\s\-－—()（）]+", "").str.replace(r"^(?:\+|00)?86(1\d{10})$", "$1")
    said = said.str.replace(r"\.0$", "")
    lost = said.str.contains(_SCIENTIFIC)
    wrong = ~said.str.contains(r"^(?:1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7})$")
    faults = _faults(said, (lost, "lost-digits"), (wrong, "phone"))
    return said.set(faults.is_not_null(), None).alias(text.name), faults


def accounts(text: pl.Series) -> Read:
    """A bank account number, 8 to 32 digits. Faults: ``lost-digits``, ``account``."""
    said = narrow(text).str.replace_all(r"[\s\-]+", "")
    lost = said.str.contains(_SCIENTIFIC)
    faults = _faults(said, (lost, "lost-digits"), (~said.str.contains(r"^\d{8,32}$"), "account"))
    return said.set(faults.is_not_null(), None).alias(text.name), faults


DTYPES: Mapping[str, Any] = {
    "text": pl.String, "name": pl.String, "id": pl.String, "date": pl.Date, "phone": pl.String, "area": pl.String,
    "bool": pl.Boolean, "choice": pl.String, "grade": pl.Int16, "yuan": pl.Int64, "account": pl.String,
    "code": pl.String, "person": pl.String, "number": pl.String,
}  # fmt: skip


def parts(text: str | None) -> list[str]:
    """The values of a cell that holds several."""
    return [part.strip() for part in _SPLIT.split(text)] if text else []


def read(raw: pl.Series, column: Column, area: Callable[[str], Cell]) -> Read:
    """The typed values and the faults of one column's cells."""
    text = clean(raw)
    if text.null_count() == len(text):
        return pl.Series(text.name, [None], dtype=DTYPES[column.kind]).new_from_index(0, len(text)), _none(text)
    whole = {"id": id_numbers, "person": persons, "phone": phones, "account": accounts}
    if column.kind in whole:
        return whole[column.kind](text)
    if column.kind == "name":
        return each(text, pl.String, person_name(column.size))
    if column.kind == "text":
        return each(text, pl.String, plain(column.size))
    readers: dict[str, Callable[[str], Cell]] = {
        "date": day,
        "bool": yes_no,
        "grade": grade,
        "yuan": yuan,
        "area": area,
        "number": number,
    }
    if column.words and column.kind in {"bool", "grade"}:  # the codes of an exchange format
        return each(narrow(text), DTYPES[column.kind], coded(column))
    reader = readers.get(column.kind) or (chooser(column) if column.kind == "choice" else code(column.size))
    return each(narrow(text), DTYPES[column.kind], reader)
