"""Reads typed values out of a document and collects what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from lianxin.engine.documents import Node
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.faults import ExpressionError
from lianxin.engine.expressions.kinds import Names
from lianxin.engine.expressions.parse import parse
from lianxin.engine.facts import INT64, Name, Type
from lianxin.engine.problems import Problem, Severity, nearest, short

T = TypeVar("T", bound=str)
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SNAKE = re.compile(r"[a-z][a-z0-9_]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMED = {"zh": "中文", "en": "英文"}


class Reader:
    """Reads one file. Every ``read_*`` returns None and notes a :class:`Problem` where the file is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def note(self, line: int, word: str, zh: str, en: str, near: str = "", severity: Severity = "error") -> None:
        """Remember a problem."""
        self.problems.append(Problem(self.file, line, short(word), near, zh, en, severity))

    def warn(self, line: int, word: str, zh: str, en: str) -> None:
        """Remember a warning."""
        self.note(line, word, zh, en, severity="warning")

    def errors(self) -> list[Problem]:
        """The problems that are not mere warnings."""
        return [problem for problem in self.problems if problem.severity == "error"]

    def mapping(
        self, node: Node | None, known: Iterable[str], required: Iterable[str] = (), what: str = ""
    ) -> Node | None:
        """``node`` if it is a mapping; unknown and missing keys are noted."""
        if node is None:
            return None
        if node.kind != "map":
            self.note(
                node.line,
                what or node.text,
                f"{what or '这里'}应写成“键: 值”",
                f"{what or 'this'} must be a mapping of keys to values",
            )
            return None
        known = tuple(known)
        for key in node.entries:
            if key not in known:
                word = short(key)
                self.note(
                    node.lines.get(key, node.line),
                    word,
                    f"不认识的键“{word}”",
                    f"unknown key '{word}'",
                    nearest(key, known),
                )
        for key in required:
            if node.get(key) is None and not (key in node.entries and key == "who"):
                self.note(node.line, key, f"缺少“{key}”", f"'{key}' is missing")
        return node

    def listing(self, node: Node | None, what: str) -> list[Node]:
        """The items of a list; none where there is no list."""
        if node is None:
            return []
        if node.kind != "list":
            self.note(node.line, what, f"“{what}”应是一个清单", f"'{what}' must be a list")
            return []
        return node.items

    def text(self, node: Node | None, what: str) -> str:
        """A non-empty text as written; '' where there is none."""
        if node is None:
            return ""
        if node.kind != "scalar" or not node.text.strip():
            self.note(node.line, what, f"“{what}”应是文字", f"'{what}' must be text")
            return ""
        return node.text

    def name(self, node: Node | None, what: str) -> Name | None:
        """A name in both languages."""
        found = self.mapping(node, ("zh", "en"), ("zh", "en"), what)
        if found is None or any(found.get(key) is None for key in ("zh", "en")):
            return None
        return Name(self.text(found.get("zh"), f"{what}.zh"), self.text(found.get("en"), f"{what}.en"))

    def choice(self, node: Node | None, allowed: tuple[T, ...], what: str) -> T | None:
        """One of ``allowed``."""
        if node is None:
            return None
        text = node.text if node.kind == "scalar" else ""
        for word in allowed:
            if text == word:
                return word
        word_shown = short(text) or what
        listed = " | ".join(allowed)
        self.note(node.line, word_shown, f"“{what}”不能是“{word_shown}”，可以是 {listed}",
                  f"'{what}' cannot be '{word_shown}'; it is one of {listed}", nearest(text, allowed))  # fmt: skip
        return None

    def flag(self, node: Node | None, what: str, default: bool = False) -> bool:
        """true or false."""
        if node is None:
            return default
        if not isinstance(node.value, bool):
            self.note(
                node.line, short(node.text) or what, f"“{what}”应是 true 或 false", f"'{what}' must be true or false"
            )
            return default
        return node.value

    def day(self, node: Node | None, what: str) -> dt.date | None:
        """A day, quoted or not."""
        return None if node is None else self.day_of(node.text if node.kind == "scalar" else "", node.line, what)

    def day_of(self, text: str, line: int, what: str) -> dt.date | None:
        """The day written as ``text``."""
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return dt.date.fromisoformat(text)
        except ValueError:
            word = short(text) or what
            self.note(line, word, f"“{word}”不是日期，应写成 2023-01-31", f"'{word}' is not a day; write 2023-01-31")
            return None

    def expression(self, node: Node, names: Names, expect: tuple[Type, ...]) -> tree.Node | None:
        """The typed tree of a condition or an amount."""
        if node.kind != "scalar" or not node.text.strip():
            self.note(node.line, "", "这里应写一个条件", "an expression is expected here")
            return None
        try:
            return parse(node.text, names, expect=expect)
        except ExpressionError as fault:
            for found in fault.faults:
                self.note(node.line + found.line, found.word, found.zh, found.en, found.nearest)
            return None

    def value(self, node: Node, kind: Type, what: str, allowed: Mapping[str, Any] | None = None) -> Any:
        """A scalar read by its declared type."""
        return (
            self.value_of(node.text, node.value, node.line, kind, what, allowed)
            if node.kind == "scalar"
            else self._unread(node.line, what, what, kind)
        )

    def value_of(
        self, text: str, value: Any, line: int, kind: Type, what: str, allowed: Mapping[str, Any] | None = None
    ) -> Any:
        """The value written as ``text`` (resolved as ``value``), read by ``kind``."""
        if kind == "text":
            if allowed and text not in allowed:
                self.note(
                    line,
                    text,
                    f"“{short(text)}”不是 {what} 允许的值",
                    f"'{short(text)}' is not an allowed value of {what}",
                    nearest(text, allowed),
                )
                return None
            return text
        if kind == "date":
            return self.day_of(text, line, what)
        if kind == "bool" and isinstance(value, bool):
            return value
        if kind == "int" and isinstance(value, int) and not isinstance(value, bool) and INT64[0] <= value <= INT64[1]:
            return value
        if (
            kind == "decimal"
            and isinstance(value, int | float)
            and not isinstance(value, bool)
            and abs(value) < 1.7e308
        ):
            return float(value)
        return self._unread(line, text, what, kind)

    def _unread(self, line: int, text: str, what: str, kind: Type) -> None:
        words = {"bool": "true/false", "int": "integer", "decimal": "number", "text": "text", "date": "date"}
        zh = {"bool": "true/false", "int": "整数", "decimal": "数", "text": "文字", "date": "日期"}[kind]
        self.note(
            line, text, f"{what} 应是{zh}，这里是“{short(text)}”", f"{what} must be {words[kind]}, not '{short(text)}'"
        )
