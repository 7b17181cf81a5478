"""Figures as declared: which columns of the register they may ask, and what a sound declaration says."""

from __future__ import annotations

import re
from pathlib import Path

from lianxin.engine import documents
from lianxin.engine.documents import Node
from lianxin.engine.expressions.kinds import Names
from lianxin.engine.expressions.parse import parse
from lianxin.engine.expressions.reference import Evaluation
from lianxin.engine.problems import DeclarationErrors, Problem
from lianxin.engine.reading import KEBAB, Reader
from lianxin.engine.register import CASE_NAMES, KINDS, LEVELS, NAMES, OVERS

MEASURES = (
    "count", "count distinct person", "count distinct family", "count distinct organisation", "count distinct place",
    "count distinct year", "count distinct category", "count open", "sum amount", "sum quantity", "mean quantity",
)  # fmt: skip
SHOWS = ("exact", "at-least")
DISPLAYS = ("plain", "yuan", "万元", "万")
_KEYS = ("over", "code", "name", "unit", "measure", "where", "period", "say", "show", "display", "attest")
_ATTEST = ("kind", "service", "programme", "category", "level", "unit")
__all__ = ["DISPLAYS", "MEASURES", "NAMES", "SHOWS", "check", "names"]
_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?|to-date")


def check(path: Path) -> list[Problem]:
    """Everything that is wrong with the figure declared in ``path``."""
    reader = Reader(f"figures/{path.name}")
    try:
        root = documents.read(path)
    except DeclarationErrors as errors:
        return list(errors.problems)
    found = reader.mapping(root, _KEYS, ("code", "name", "unit", "measure", "where"), "figure")
    if found is None:
        return reader.problems
    code = reader.text(found.get("code"), "code")
    if code and (not KEBAB.fullmatch(code) or code != path.stem):
        reader.note(
            found.line,
            code,
            f"代码“{code}”应与文件名“{path.stem}”相同",
            f"the code '{code}' must be the file's name '{path.stem}'",
        )
    reader.name(found.get("name"), "name")
    reader.name(found.get("unit"), "unit")
    reader.name(found.get("say"), "say")
    reader.choice(found.get("measure"), MEASURES, "measure")
    reader.choice(found.get("show"), SHOWS, "show")
    reader.choice(found.get("display"), DISPLAYS, "display")
    over = found.get("over")
    reader.choice(over, OVERS, "over")
    where = found.get("where")
    if where is not None:
        reader.expression(where, names(str(over.value) if over is not None else ""), ("bool",))
    _period(reader, found.get("period"))
    _attest(reader, found.get("attest"), where)
    return reader.problems


def names(over: str) -> Names:
    """The columns that a figure may ask: of the register, or of cases."""
    return CASE_NAMES if over == "cases" else NAMES


def _attest(reader: Reader, node: Node | None, where: Node | None) -> None:
    """What an achievement that no case produced is written down as; the figure must count it."""
    if node is None:
        return
    said = reader.mapping(node, _ATTEST, ("kind", "service"), "attest")
    if said is None:
        return
    reader.choice(said.get("kind"), KINDS, "kind")
    reader.choice(said.get("level"), LEVELS, "level")
    row: dict[str, str | int] = {"quantity": 1, "amount": 1}
    row |= {name: reader.text(said.get(name), name) for name in _ATTEST if said.get(name) is not None}
    if reader.problems or where is None:
        return
    if Evaluation(row, {}).value(parse(where.text, NAMES)) is not True:
        reader.note(
            node.line,
            "attest",
            "这样登记的成果不会被 where 数到",
            "an achievement written down like this is not counted by 'where'",
        )


def _period(reader: Reader, node: Node | None) -> None:
    if node is None:
        return
    matched = _PERIOD.fullmatch(node.text) if node.kind == "scalar" else None
    if matched is None or node.text == "..":
        reader.note(
            node.line, node.text, "period 写成 2020-01-01.. 或 to-date", "write period as 2020-01-01.. or to-date"
        )
        return
    for text in matched.groups():
        if text:
            reader.day_of(text, node.line, "period")
