"""Exchange formats as data (``catalogue/exchanges/<code>.yaml``): how another system writes what the files hold.

A format lists its headers in order; each is one of our columns, with the other system's codes for its words, or a fixed
value. ``rows`` is a condition of the policy language over facts: whom the format is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lianxin.engine import documents
from lianxin.engine.documents import Node
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.kinds import names_of
from lianxin.engine.facts import VOCABULARY, Name
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.reading import KEBAB, Reader

FORMS = ("xlsx", "csv", "csv-gb18030")
DAYS = ("iso", "plain", "slash", "dots", "han")
_KEYS = ("code", "name", "about", "file", "sheet", "title", "rows", "columns")
_COLUMN = ("header", "column", "words", "days", "fixed")
# The facts that the files themselves know; what was received and which card is held are known by higher rooms only.
_OWN = {code: fact for code, fact in VOCABULARY.items() if fact.group != "judged" and code != "card_state"}


@dataclass(frozen=True, slots=True)
class Field:
    """One header: our column under the other system's words (``words``: our value → its code), or a fixed value."""

    header: str
    column: str = ""
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    days: str = "iso"
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A format. ``rows`` is None where it is about everyone."""

    code: str
    name: Name
    about: Name
    file: str
    sheet: str
    title: str
    rows: tree.Node | None
    said: str
    fields: tuple[Field, ...]


def read(path: Path, columns: Mapping[str, tuple[str, ...]]) -> Exchange:
    """The format in ``path``. ``columns``: our columns, each with the values of its words (empty: no words).

    Raises :class:`DeclarationErrors` naming every mistake.
    """
    reader = Reader(path.name)
    root = reader.mapping(documents.read(path), _KEYS, ("code", "name", "file", "columns"), "exchange")
    if root is None:
        raise DeclarationErrors(reader.problems)
    code = reader.text(root.get("code"), "code")
    if code and (not KEBAB.fullmatch(code) or code != path.stem or len(code) > 18):
        reader.note(
            root.line, code, "代码应与文件名相同，最多 18 个字母", "the code is the file's name, at most 18 letters"
        )
    name, about = reader.name(root.get("name"), "name"), reader.name(root.get("about"), "about")
    form = reader.choice(root.get("file"), FORMS, "file")
    rows = root.get("rows")
    where = reader.expression(rows, names_of(_OWN, "person"), ("bool",)) if rows is not None else None
    fields = [_field(reader, node, columns) for node in reader.listing(root.get("columns"), "columns")]
    _whole(reader, root, [one for one in fields if one is not None])
    if reader.errors() or name is None or form is None:
        raise DeclarationErrors(reader.problems)
    sheet, title = (root.get(key) for key in ("sheet", "title"))
    return Exchange(
        code, name, about or name, form, sheet.text if sheet else "sheet1", title.text if title else "", where,
        rows.text if rows else "", tuple(one for one in fields if one is not None),
    )  # fmt: skip


def _field(reader: Reader, node: Node, columns: Mapping[str, tuple[str, ...]]) -> Field | None:
    found = reader.mapping(node, _COLUMN, ("header",), "column")
    if found is None:
        return None
    header = reader.text(found.get("header"), "header")
    fixed, words = found.get("fixed"), found.get("words")
    column = reader.choice(found.get("column"), tuple(columns), "column") or ""
    if bool(column) == (fixed is not None):
        reader.note(found.line, header, "每列要么有 column，要么有 fixed", "a header has a column or a fixed value")
    codes = {key: value.text for key, value in words.entries.items()} if words is not None else {}
    for value in codes:
        if column and value not in columns[column]:
            reader.note(found.line, value, f"“{column}”没有值“{value}”", f"'{column}' has no value '{value}'")
    if len(set(codes.values())) != len(codes):
        reader.note(
            found.line, header, "两个值不能用同一个代码", "two values cannot share a code: it could not be read back"
        )
    days = reader.choice(found.get("days"), DAYS, "days") or "iso"
    return Field(header, column, codes, days, fixed.text if fixed is not None else "")


def _whole(reader: Reader, root: Node, fields: list[Field]) -> None:
    headers = [one.header for one in fields]
    if len(set(headers)) != len(headers):
        reader.note(root.line, "columns", "表头不能重复", "headers must differ")
    if not {one.column for one in fields} & {"id_number", "file_number"}:
        reader.note(
            root.line,
            "columns",
            "要有身份证号或档案号，才能认出是谁",
            "it needs id_number or file_number to say who is meant",
        )
