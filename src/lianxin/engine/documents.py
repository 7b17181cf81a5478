"""Reads the catalogue's files (YAML 1.2 core or JSON) into a tree that remembers lines. Nothing is ever executed.

Limits stand before parsing: bytes and nesting. Anchors and aliases are refused: what is reviewed is what is written.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from lianxin.engine import misread
from lianxin.engine.problems import DeclarationErrors, Problem, short

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
MAX_NODES = 50_000
_ANCHOR = re.compile(r"(?m)(?:^|[\s\[{,:])[&*][^\s]")  # where an anchor or an alias may stand
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Scalar = None | bool | int | float | str
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TAGS = frozenset(["str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge", "value"])
_SPECIAL: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(slots=True)
class Node:
    """A mapping, a list or a scalar, with the line it stands on. ``text`` is a scalar as written."""

    kind: Literal["map", "list", "scalar"]
    line: int
    value: Scalar = None
    text: str = ""
    entries: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    quoted: bool = False

    def get(self, key: str) -> Node | None:
        """The node under ``key``, None where there is none or it is null."""
        found = self.entries.get(key)
        return None if found is None or (found.kind == "scalar" and found.value is None) else found


def read(path: Path, limit: int = MAX_BYTES) -> Node:
    """The document in ``path``. Raises :class:`DeclarationErrors` when it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError:
        raise _refusal(_called(path), 1, "", f"打不开文件 {path}", f"cannot open the file {path}") from None
    if len(data) > limit:
        raise _refusal(
            _called(path), 1, "", f"文件超过 {limit // 1024} KB", f"the file is larger than {limit // 1024} KB"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise _refusal(_called(path), line, "", "不是 UTF-8 文本", "this is not UTF-8 text") from None
    return parse(text, _called(path), as_json=path.suffix == ".json")


def _called(path: Path) -> str:
    """What errors call a file: its folder says which service it is."""
    return f"{path.resolve().parent.name}/{path.name}"


def parse(text: str, name: str, *, as_json: bool = False) -> Node:
    """The document in ``text``; ``name`` is what errors call the file."""
    for number, line in enumerate(text.split("\n"), 1):
        if CONTROL.search(line):
            raise _control(name, number)
    _refuse_depth(text, name)
    try:
        return _Json(text, name).document() if as_json else _yaml(text, name)
    except RecursionError:
        raise _refusal(name, 1, "", "嵌套太深", "it is nested too deeply") from None


def from_data(data: Any, name: str = "declaration") -> Node:
    """A tree from plain data, as :func:`plain` gave it; every line is 1."""
    return parse(json.dumps(data, ensure_ascii=False), name, as_json=True)


def plain(node: Node) -> Any:
    """The node as JSON-ready data."""
    if node.kind == "map":
        return {key: plain(item) for key, item in node.entries.items()}
    if node.kind == "list":
        return [plain(item) for item in node.items]
    return node.value


def _refusal(name: str, line: int, word: str, zh: str, en: str) -> DeclarationErrors:
    return DeclarationErrors([Problem(name, line, word, "", zh, en)])


def _refuse_depth(text: str, name: str) -> None:
    """Refuse brackets or indentation nested beyond reason before a parser meets them."""
    depth, line = 0, 1
    for char in re.findall(r"[\[\]{}\n]", text):
        if char == "\n":
            line += 1
        else:
            depth = depth + 1 if char in "[{" else max(depth - 1, 0)
            if depth > MAX_DEPTH * 2:
                raise _refusal(name, line, char, "嵌套太深", "it is nested too deeply")
    for number, row in enumerate(text.split("\n"), 1):
        stripped = row.lstrip(" ")
        dashes = re.match(r"(?:[-?] +)*", stripped)
        if (len(row) - len(stripped) > 400 and stripped) or (dashes and len(dashes.group()) > 4 * MAX_DEPTH):
            raise _refusal(name, number, "", "嵌套太深", "it is nested too deeply")


def _control(name: str, line: int) -> DeclarationErrors:
    return _refusal(name, line, "", "含有控制字符，不是文本文件", "it holds control characters: not a text file")


def scalar(text: str) -> Scalar:
    """A plain scalar by the YAML 1.2 core schema: ``yes``, ``no``, ``on`` and dates stay text."""
    if text in _SPECIAL:
        return _SPECIAL[text]
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


@lru_cache(maxsize=512)
def _yaml(text: str, name: str) -> Node:
    """A catalogue's files are each asked for several times; nobody changes a tree. Parsed in C where its wheel is installed."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        if _ANCHOR.search(text):
            _refuse_anchors(YAML(typ="safe").parse(text), name)
        root = YAML(typ="safe").compose(text)
    except (YAMLError, ValueError) as fault:
        raise DeclarationErrors([misread.problem(text, name, fault)]) from None
    return _Yaml(name).convert(root, 0) if root is not None else Node("scalar", 1)


def _refuse_anchors(events: Any, name: str) -> None:
    for event in events:
        anchor = getattr(event, "anchor", None)
        if anchor:
            word = short(str(anchor))
            raise _refusal(name, event.start_mark.line + 1, word, f"不支持锚点和引用（{word}）：请把内容写全",
                           f"anchors and aliases ({word}) are not supported: write it out")  # fmt: skip


class _Yaml:
    """Turns the parser's nodes into ours."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0

    def convert(self, node: Any, depth: int) -> Node:
        line = node.start_mark.line + 1
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_NODES:
            raise _refusal(self.name, line, "", "嵌套太深或内容太多", "it is nested too deeply or too large")
        tag = str(node.tag)
        if tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
            raise _refusal(self.name, line, tag, f"不支持标签 {short(tag)}", f"the tag {short(tag)} is not supported")
        if node.id == "mapping":
            return self._mapping(node, line, depth)
        if node.id == "sequence":
            return Node("list", line, items=[self.convert(item, depth + 1) for item in node.value])
        return self._scalar(node, line)

    def _mapping(self, node: Any, line: int, depth: int) -> Node:
        made = Node("map", line)
        for key, value in node.value:
            at = key.start_mark.line + 1
            if key.id == "scalar" and CONTROL.search(key.value):
                raise _control(self.name, at)
            if key.id != "scalar":
                raise _refusal(self.name, at, "", "键必须是一个词", "a key must be one word")
            if key.value in made.entries:
                raise _refusal(
                    self.name,
                    at,
                    key.value,
                    f"键“{short(key.value)}”重复",
                    f"the key '{short(key.value)}' stands twice",
                )
            made.entries[key.value] = self.convert(value, depth + 1)
            made.lines[key.value] = at
        return made

    def _scalar(self, node: Any, line: int) -> Node:
        quoted = node.style in ("'", '"', "|", ">")
        text = str(node.value)
        if CONTROL.search(text):  # written as an escape
            raise _control(self.name, line)
        start = line + 1 if node.style in ("|", ">") else line
        try:
            value = text if quoted else scalar(text)
        except ValueError:  # an integer of thousands of digits
            raise _refusal(self.name, line, short(text), "数字太长", "the number is too long") from None
        return Node("scalar", start, value=value, text=text, quoted=quoted)


class _Json:
    """A JSON reader that keeps lines and refuses repeated keys."""

    _SPACE = re.compile(r"[ \t\r\n]*")
    _NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name, self.at, self.count = text, name, 0, 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def document(self) -> Node:
        made = self._value(0)
        self._skip()
        if self.at != len(self.text):
            raise self._fault()
        return made

    def _line(self) -> int:
        from bisect import bisect_right

        return bisect_right(self.starts, self.at)

    def _fault(self) -> DeclarationErrors:
        word = short(self.text[self.at : self.at + 12])
        return _refusal(
            self.name, self._line(), word, f"JSON 在“{word}”处读不通", f"the JSON cannot be read at '{word}'"
        )

    def _skip(self) -> str:
        found = self._SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def _value(self, depth: int) -> Node:
        char, line = self._skip(), self._line()
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_NODES:
            raise _refusal(self.name, line, "", "嵌套太深或内容太多", "it is nested too deeply or too large")
        if char == "{":
            return self._object(line, depth)
        if char == "[":
            return self._array(line, depth)
        if char == '"':
            text = self._string()
            return Node("scalar", line, value=text, text=text, quoted=True)
        return self._word(line)

    def _string(self) -> str:
        try:
            text, self.at = json.decoder.scanstring(self.text, self.at + 1, True)  # type: ignore[attr-defined]
        except ValueError:
            raise self._fault() from None
        if CONTROL.search(text):
            raise _control(self.name, self._line())
        return str(text)

    def _object(self, line: int, depth: int) -> Node:
        made = Node("map", line)
        self.at += 1
        if self._skip() == "}":
            self.at += 1
            return made
        while True:
            if self._skip() != '"':
                raise self._fault()
            at, key = self._line(), self._string()
            if key in made.entries:
                raise _refusal(self.name, at, key, f"键“{short(key)}”重复", f"the key '{short(key)}' stands twice")
            self._expect(":")
            made.entries[key], made.lines[key] = self._value(depth + 1), at
            if self._expect(",}") == "}":
                return made

    def _array(self, line: int, depth: int) -> Node:
        made = Node("list", line)
        self.at += 1
        if self._skip() == "]":
            self.at += 1
            return made
        while True:
            made.items.append(self._value(depth + 1))
            if self._expect(",]") == "]":
                return made

    def _expect(self, chars: str) -> str:
        found = self._skip()
        if not found or found not in chars:
            raise self._fault()
        self.at += 1
        return found

    def _word(self, line: int) -> Node:
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return Node("scalar", line, value=value, text=word)
        found = self._NUMBER.match(self.text, self.at)
        if not found:
            raise self._fault()
        self.at = found.end()
        try:
            return Node("scalar", line, value=scalar(found.group()), text=found.group())
        except ValueError:
            raise _refusal(self.name, line, short(found.group()), "数字太长", "the number is too long") from None
