"""Dated parameters: every number of law, read by its type, tables by the types of the facts that look them up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lianxin.engine import declaration as d
from lianxin.engine.documents import Node, scalar
from lianxin.engine.expressions.kinds import Kind, common
from lianxin.engine.facts import Fact, Name, Type
from lianxin.engine.problems import nearest, short
from lianxin.engine.reading import SNAKE, Reader

if TYPE_CHECKING:
    from lianxin.engine.declaring import _Declaring

_KEYS = ("name", "unit", "standing", "cite", "by", "values")


def parameters(
    reader: _Declaring, node: Node | None, facts: Mapping[str, Fact], subject: str, effective: d.Effective
) -> dict[str, d.Parameter]:
    """All parameters of a declaration. Mistakes are noted in ``reader``."""
    if node is None:
        return {}
    if node.kind != "map":
        reader.note(
            node.line, "parameters", "“parameters”应写成“名称: 定义”", "'parameters' must map names to definitions"
        )
        return {}
    made = {}
    for code, item in node.entries.items():
        line = node.lines[code]
        if not SNAKE.fullmatch(code):
            reader.note(
                line,
                code,
                f"参数名“{short(code)}”只能用小写字母、数字和下划线",
                f"the parameter name '{short(code)}' must be snake_case",
            )
        found = _Reading(reader, code, line, facts, subject).parameter(item)
        if found is not None:
            made[code] = found
            _cover(reader, found, line, effective)
    return made


def kinds(known: Mapping[str, d.Parameter], facts: Mapping[str, Fact]) -> dict[str, Kind]:
    """What conditions may know about the parameters."""
    made = {}
    for code, parameter in known.items():
        texts: set[str] = set()
        for _, value in parameter.values:
            several = value.values() if isinstance(value, Mapping) else [value]
            texts |= {item for item in several if isinstance(item, str)}
        by = tuple(Kind(facts[name].type, frozenset(facts[name].allowed)) for name in parameter.by)
        made[code] = Kind(parameter.type, frozenset(texts), by)
    return made


def _cover(reader: Reader, parameter: d.Parameter, line: int, effective: d.Effective) -> None:
    first = parameter.values[0][0]
    if effective.from_ is None or first > effective.from_:
        since = effective.from_.isoformat() if effective.from_ else "—"
        reader.note(
            line,
            parameter.code,
            f"参数 {parameter.code} 在 {since} 至 {first} 之前没有值",
            f"the parameter {parameter.code} has no value on days within 'effective' before {first}",
        )


class _Reading:
    """Reads one parameter."""

    def __init__(self, reader: _Declaring, code: str, line: int, facts: Mapping[str, Fact], subject: str) -> None:
        self.reader, self.code, self.line = reader, code, line
        self.facts = {name: fact for name, fact in facts.items() if subject in fact.subjects}

    def parameter(self, node: Node) -> d.Parameter | None:
        reader = self.reader
        found = reader.mapping(node, _KEYS, ("values",), self.code)
        if found is None:
            return None
        unit = reader.choice(found.get("unit"), d.PARAMETER_UNITS, "unit") or ""
        standing = reader.choice(found.get("standing"), ("found", "illustrative"), "standing") or "illustrative"
        cite = reader.citation(found.get("cite"), "cite")
        for key in ("name", "unit", "standing"):
            if found.get(key) is None:
                reader.warn(
                    self.line, self.code, f"参数 {self.code} 没有写 {key}", f"the parameter {self.code} has no '{key}'"
                )
        if standing == "found" and cite is None:
            reader.note(
                self.line,
                self.code,
                f"参数 {self.code} 写了 found，却没有出处（cite）",
                f"the parameter {self.code} is 'found' but has no 'cite'",
            )
        by = self._by(found.get("by"))
        name = reader.name(found.get("name"), "name") or Name(self.code, self.code)
        values = self._values(found.get("values"), by, unit) if by is not None else None
        if values is None or by is None:
            return None
        kind, dated = values
        return d.Parameter(self.code, name, unit, standing, kind, dated, by, cite)

    def _by(self, node: Node | None) -> tuple[str, ...] | None:
        names = []
        for item in self.reader.listing(node, "by"):
            if item.text not in self.facts:
                word = short(item.text)
                self.reader.note(
                    item.line, word, f"没有要素 {word}", f"there is no fact {word}", nearest(word, self.facts)
                )
                return None
            names.append(item.text)
        return tuple(names)

    def _values(
        self, node: Node | None, by: tuple[str, ...], unit: str
    ) -> tuple[Type, tuple[tuple[dt.date, Any], ...]] | None:
        reader, before = self.reader, len(self.reader.problems)
        found = node if node is not None and node.kind == "map" and node.entries else None
        if found is None:
            if node is not None:
                reader.note(node.line, "values", "“values”应写成“日期: 值”", "'values' must map days to values")
            return None
        rows: list[tuple[dt.date, Any]] = []
        types: list[Type] = []
        for text, item in found.entries.items():
            day = reader.day_of(text, found.lines[text], "values")
            value = self._table(item, by, unit, types) if by else self._scalar(item, unit, types)
            if day is not None and value is not None:
                rows.append((day, value))
        kind = common(types) if types else None
        if types and kind is None:
            reader.note(
                found.line,
                self.code,
                f"参数 {self.code} 的值类型不一致",
                f"the values of {self.code} are of different types",
            )
        if kind is None or any(problem.severity == "error" for problem in reader.problems[before:]):
            return None
        return kind, tuple(sorted(rows, key=lambda row: row[0]))

    def _scalar(self, node: Node, unit: str, types: list[Type]) -> Any:
        if node.kind != "scalar" or node.value is None:
            self.reader.note(
                node.line,
                self.code,
                f"参数 {self.code} 的值应是一个数、日期或文字",
                f"a value of {self.code} must be a number, a day or text",
            )
            return None
        raw = node.value
        kind: Type = (
            "date"
            if unit == "date"
            else "text"
            if unit == "text" or isinstance(raw, str)
            else "bool"
            if isinstance(raw, bool)
            else "int"
            if isinstance(raw, int)
            else "decimal"
        )
        if unit == "fen" and kind != "int":
            self.reader.note(
                node.line, short(node.text), f"参数 {self.code} 以分为单位，要写整数，这里是“{short(node.text)}”",
                f"{self.code} is money in fen: a whole number, not '{short(node.text)}'",
            )  # fmt: skip
            return None
        types.append(kind)
        return self.reader.value(node, kind, self.code)

    def _table(
        self, node: Node, by: tuple[str, ...], unit: str, types: list[Type]
    ) -> dict[tuple[Any, ...], Any] | None:
        made: dict[tuple[Any, ...], Any] = {}
        self._rows(node, by, (), unit, types, made)
        return made

    def _rows(
        self,
        node: Node,
        by: tuple[str, ...],
        key: tuple[Any, ...],
        unit: str,
        types: list[Type],
        made: dict[tuple[Any, ...], Any],
    ) -> None:
        if not by:
            if key in made:
                self.reader.note(
                    node.line, self.code, f"表 {self.code} 有重复的行", f"the table {self.code} has a row twice"
                )
            made[key] = self._scalar(node, unit, types)
            return
        if node.kind != "map" or not node.entries:
            self.reader.note(
                node.line,
                self.code,
                f"表 {self.code} 应按 {by[0]} 列出",
                f"the table {self.code} must be listed by {by[0]}",
            )
            return
        fact = self.facts[by[0]]
        for text, item in node.entries.items():
            word = self.reader.value_of(text, scalar(text), node.lines[text], fact.type, fact.code, fact.allowed)
            if word is not None:
                self._rows(item, by[1:], (*key, word), unit, types, made)
