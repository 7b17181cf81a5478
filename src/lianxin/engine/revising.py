"""Change what a YAML text says and leave the rest as its author wrote it: comments, order, quotation marks, blanks.

The text stays the only source. :func:`revise` compares what it says with what it shall say and replaces only the
spans that differ; the answer is read again, and where that does not give what was asked (anchors, rare forms), the
whole part or, at last, the whole text is written anew and the caller is told that remarks were lost.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lianxin.engine import documents
from lianxin.engine.problems import DeclarationErrors

WIDE = 112  # letters of a line that is written in one piece
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~<][^\n\t]*|:[A-Za-z_][^\n\t]*|-[0-9][^\n\t]*")
_KEY = re.compile(r"[^\W_][\w.-]*|[A-Za-z_][\w.-]*")


@dataclass(frozen=True, slots=True)
class Revised:
    """The new text; ``lost``: some remarks or blanks of the author could not be kept."""

    text: str
    lost: bool = False


def revise(text: str, wanted: Any) -> Revised:
    """``text`` saying ``wanted`` (plain data). Raises :class:`DeclarationErrors` where the text cannot be read."""
    saying = documents.plain(documents.parse(text, "text"))
    if _same(saying, wanted):
        return Revised(text)
    if saying is None:
        return Revised(text.rstrip("\n") + ("\n" if text.strip() else "") + block(wanted) + "\n")
    for attempt in (_by_spans, _by_keys):
        made = attempt(text, saying, wanted)
        if made is not None and _says(made, wanted):
            return Revised(made, lost=attempt is _by_keys)
    return Revised(block(wanted) + "\n", lost=True)


def _says(text: str, wanted: Any) -> bool:
    try:
        return _same(documents.plain(documents.parse(text, "text")), wanted)
    except DeclarationErrors:
        return False


def _same(left: Any, right: Any) -> bool:
    """Equal in value and in type: ``1`` is not ``true`` and not ``"1"``. The order of keys does not matter."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def _composed(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).compose(text)


def _by_spans(text: str, saying: Any, wanted: Any) -> str | None:
    spans = _Spans(text)
    try:
        spans.differ(_composed(text), saying, wanted)
        return spans.applied()
    except _Unfit:
        return None


def _by_keys(text: str, saying: Any, wanted: Any) -> str | None:
    """Every differing key of the first level written anew."""
    if not isinstance(saying, dict) or not isinstance(wanted, dict):
        return None
    spans = _Spans(text)
    try:
        spans.mapping(_composed(text), saying, wanted, deep=False)
        return spans.applied()
    except _Unfit:
        return None


class _Unfit(Exception):  # noqa: N818  not this way
    """The spans of this text cannot be told apart."""


@dataclass(slots=True)
class _Spans:
    """Collects replacements ``(start, end, new text)`` over one text."""

    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def applied(self) -> str:
        """The text with all replacements made, the last first."""
        made, before = self.text, len(self.text) + 1
        for start, end, new in sorted(self.edits, key=lambda one: (one[0], one[1]), reverse=True):
            if end > before:
                raise _Unfit
            made, before = made[:start] + new + made[end:], start
        return made

    def differ(self, node: Any, old: Any, new: Any, *, flow: bool = False) -> None:
        """Note what makes ``node`` say ``new``."""
        if _same(old, new):
            return
        if id(node) in self.seen:  # an anchor: its text stands elsewhere
            raise _Unfit
        self.seen.add(id(node))
        inside = flow or bool(getattr(node, "flow_style", False))
        if isinstance(old, dict) and isinstance(new, dict) and old and new and node.id == "mapping":
            if not inside:
                self.mapping(node, old, new)
                return
            if list(old) == list(new):
                for key, value in node.value:
                    self.differ(value, old[key.value], new[key.value], flow=True)
                return
        elif isinstance(old, list) and isinstance(new, list) and old and new and node.id == "sequence":
            if not inside:
                self.sequence(node, old, new)
                return
            if len(old) == len(new):
                for item, one, other in zip(node.value, old, new, strict=True):
                    self.differ(item, one, other, flow=True)
                return
        self.replace(node, new, flow=flow)

    def replace(self, node: Any, new: Any, *, flow: bool) -> None:
        """The whole of a value written anew."""
        start, end = node.start_mark.index, self.end(node)
        written_flow = bool(getattr(node, "flow_style", False)) or flow
        one_line = inline(new)
        if flow or not _nested(new) or (written_flow and len(one_line) <= WIDE) or _small(new):
            said = one_line
        else:
            said = "\n" + block(new, self._deeper(start))
        if node.id == "scalar" and start == end:  # `key:` with nothing behind it
            said = said if said.startswith("\n") else f" {said}"
        elif said.startswith("\n"):
            start = len(self.text[:start].rstrip(" \t"))
        elif start and self.text[:start].rstrip(" ").endswith("\n"):  # a block began on the next line
            start = len(self.text[:start].rstrip())
            said = f" {said}"
        self.edits.append((start, end, said))

    def _deeper(self, start: int) -> int:
        """The indentation of what is written under the key of the line in which a value begins."""
        line = self.text[self.text.rfind("\n", 0, start) + 1 :].split("\n", 1)[0]
        lead = re.match(r"[ ]*(?:- +)*", line)
        return (len(lead.group()) if lead else 0) + 2

    def mapping(self, node: Any, old: dict[str, Any], new: dict[str, Any], *, deep: bool = True) -> None:
        """A mapping written over several lines: keys changed, taken out, put in."""
        pairs = list(node.value)
        if any(key.start_mark.index == value.start_mark.index for key, value in pairs) or node.id != "mapping":
            raise _Unfit
        if not any(key.value in new for key, _ in pairs):
            raise _Unfit
        for place, (key, value) in enumerate(pairs):
            if key.value not in new:
                self._without(pairs, place)
            elif deep:
                self.differ(value, old[key.value], new[key.value])
            elif not _same(old[key.value], new[key.value]):
                self.replace(value, new[key.value], flow=False)
        self._added(pairs, old, new)

    def _without(self, pairs: list[Any], place: int) -> None:
        key, value = pairs[place]
        start = key.start_mark.index
        head = self.text.rfind("\n", 0, start) + 1
        if self.text[head:start].strip():  # behind a dash: the next key takes its place
            if place + 1 == len(pairs):
                raise _Unfit
            self.edits.append((start, pairs[place + 1][0].start_mark.index, ""))
            return
        self.edits.append((head, self._line_end(self.end(value), with_break=True), ""))

    def _added(self, pairs: list[Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        column = pairs[0][0].start_mark.column
        kept = [key.value for key, _ in pairs if key.value in new]
        by_key = {key.value: (key, value) for key, value in pairs}
        after: str | None = None
        pending: dict[str | None, list[str]] = {}
        for name in new:
            if name in old:
                after = name
            else:
                pending.setdefault(after, []).append(name)
        for behind, names in pending.items():
            lines = [entry(name, new[name], column) for name in names]
            if behind is None:
                first = by_key[kept[0]][0].start_mark.index
                self.edits.append((first, first, "".join(f"{line.lstrip(' ')}\n{' ' * column}" for line in lines)))
            else:
                at = self._line_end(self.end(by_key[behind][1]))
                self.edits.append((at, at, "".join(f"\n{line}" for line in lines)))

    def sequence(self, node: Any, old: list[Any], new: list[Any]) -> None:
        """A list written over several lines: items that stay keep their text, wherever the others went."""
        column = node.start_mark.column
        dashes = self._dashes(node, column)
        ends = [self._line_end(self.end(item)) for item in node.value]
        flows = [bool(getattr(item, "flow_style", False)) for item in node.value if item.id == "mapping"]
        flow = bool(flows) and all(flows)
        left, right = [json.dumps(one, sort_keys=True) for one in old], [json.dumps(one, sort_keys=True) for one in new]
        for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            shared = min(i2 - i1, j2 - j1)
            for offset in range(shared):
                self.differ(node.value[i1 + offset], old[i1 + offset], new[j1 + offset])
            for place in range(i1 + shared, i2):
                head = self.text.rfind("\n", 0, dashes[place]) + 1
                if self.text[head : dashes[place]].strip():
                    raise _Unfit
                self.edits.append((head, min(ends[place] + 1, len(self.text)), ""))
            lines = [bullet(one, column, flow=flow) for one in new[j1 + shared : j2]]
            if not lines:
                continue
            before = i1 + shared
            if before:
                at = ends[before - 1]
                self.edits.append((at, at, "".join(f"\n{line}" for line in lines)))
            else:
                at = self.text.rfind("\n", 0, dashes[0]) + 1
                if self.text[at : dashes[0]].strip():
                    raise _Unfit
                self.edits.append((at, at, "".join(f"{line}\n" for line in lines)))

    def _dashes(self, node: Any, column: int) -> list[int]:
        """Where the dash of each item stands."""
        found = [node.start_mark.index]
        for place, item in enumerate(node.value[:-1]):
            dash = re.compile(rf"\n {{{column}}}-(?=\s)").search(self.text, self.end(item))
            if dash is None or dash.end() > node.value[place + 1].start_mark.index:
                raise _Unfit
            found.append(dash.end() - 1)
        return found

    def end(self, node: Any) -> int:
        """Where what a node says ends, without the blanks and remarks behind it."""
        if node.id == "mapping" and not node.flow_style and node.value:
            return self.end(node.value[-1][1])
        if node.id == "sequence" and not node.flow_style and node.value:
            return self.end(node.value[-1])
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self.text[start:end].rstrip()) if end > start else end

    def _line_end(self, at: int, *, with_break: bool = False) -> int:
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + with_break


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _small(value: Any) -> bool:
    """Whether a value reads well on one line: short, and nothing deeper than a name inside it."""
    if isinstance(value, dict):
        return len(inline(value)) <= WIDE and not any(_nested(one) for one in value.values())
    if isinstance(value, list):
        return len(inline(value)) <= WIDE and not any(_nested(one) for one in value)
    return True


def inline(value: Any) -> str:
    """``value`` on one line.

    >>> inline({"zh": "甲", "article": "51", "on": True})
    '{zh: 甲, article: "51", on: true}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(one) for one in value) + "]"
    return _scalar(value, flow=True)


def block(value: Any, indent: int = 0) -> str:
    """``value`` over several lines, each behind ``indent`` blanks."""
    if isinstance(value, dict) and value:
        return "\n".join(entry(key, one, indent) for key, one in value.items())
    if isinstance(value, list) and value:
        flow = all(isinstance(one, dict) and "test" not in one and len(inline(one)) <= WIDE for one in value)
        return "\n".join(bullet(one, indent, flow=flow) for one in value)
    return " " * indent + inline(value) if isinstance(value, dict | list) else " " * indent + _scalar(value, flow=False)


def entry(key: str, value: Any, indent: int) -> str:
    """One key with its value."""
    lead = " " * indent + _key(key) + ":"
    if _nested(value) and not _small(value):
        return f"{lead}\n{block(value, indent + 2)}"
    return f"{lead} {inline(value) if isinstance(value, dict | list) else _scalar(value, flow=False)}"


def bullet(value: Any, indent: int, *, flow: bool = False) -> str:
    """One item of a list. ``flow``: its neighbours stand on one line each."""
    lead = " " * indent + "- "
    if isinstance(value, dict) and value and (not flow or len(inline(value)) > WIDE):
        return lead + block(value, indent + 2).lstrip(" ")
    if isinstance(value, list) and value and not _small(value):
        return lead + inline(value)
    return lead + (inline(value) if isinstance(value, dict | list) else _scalar(value, flow=False))


def _key(key: str) -> str:
    plain = _KEY.fullmatch(key) and key.lower() not in {"null", "true", "false"}
    return key if plain else json.dumps(key, ensure_ascii=False)


def _scalar(value: Any, *, flow: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if _bare(value, flow=flow) else json.dumps(value, ensure_ascii=False)
    return repr(value)


def _bare(text: str, *, flow: bool) -> bool:
    """Whether a text may stand without quotation marks and is still read as this text."""
    if not _PLAIN.fullmatch(text) or text != text.strip() or documents.scalar(text) != text:
        return False
    if ": " in text or " #" in text or text.endswith(":") or not text.isprintable():
        return False
    return not flow or not (set(",[]{}'\"") & set(text) or text.startswith(":"))
