"""A city's own facts (``attributes.yaml``): they join the vocabulary without code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lianxin.engine import documents
from lianxin.engine.documents import Node
from lianxin.engine.facts import TYPES, VOCABULARY, Fact, Name, Subject
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.reading import SNAKE, Reader

_KEYS = ("code", "type", "absent", "name", "allowed", "subject", "bars_publicity")
_SUBJECTS: tuple[Subject, ...] = ("person", "family", "organisation", "unit")


def beside(service_folder: Path) -> Path:
    """Where a service's catalogue keeps its attributes: two folders up."""
    return service_folder.resolve().parent.parent / "attributes.yaml"


def vocabulary_for(service_folder: Path) -> Mapping[str, Fact]:
    """The vocabulary that a service folder is read with. Raises :class:`DeclarationErrors`."""
    path = beside(service_folder)
    return {**VOCABULARY, **read(path)} if path.is_file() else VOCABULARY


def read(path: Path) -> dict[str, Fact]:
    """The facts declared in ``path``, by code. Raises :class:`DeclarationErrors` naming every mistake."""
    return _facts(documents.read(path), path.name)


def from_data(data: Any) -> Mapping[str, Fact]:
    """The vocabulary with the attributes that a stored version was read with."""
    return {**VOCABULARY, **_facts(documents.from_data(data, "attributes"), "attributes")} if data else VOCABULARY


def _facts(root: Node, file: str) -> dict[str, Fact]:
    reader = Reader(file)
    made: dict[str, Fact] = {}
    blank = root.kind == "scalar" and root.value is None
    for node in [] if blank else reader.listing(root, "attributes"):
        fact = _fact(reader, node)
        if fact is None:
            continue
        if fact.code in made or fact.code in VOCABULARY:
            reader.note(node.line, fact.code, f"要素 {fact.code} 已经有了", f"the fact {fact.code} exists already")
        made[fact.code] = fact
    if reader.errors():
        raise DeclarationErrors(reader.problems)
    return made


def _fact(reader: Reader, node: Node) -> Fact | None:
    found = reader.mapping(node, _KEYS, ("code", "type", "name"), "attribute")
    if found is None:
        return None
    code = reader.text(found.get("code"), "code")
    kind = reader.choice(found.get("type"), TYPES, "type")
    name = reader.name(found.get("name"), "name")
    if code and not SNAKE.fullmatch(code):
        reader.note(
            found.line, code, f"代码“{code}”只能用小写字母、数字和下划线", f"the code '{code}' must be snake_case"
        )
    if kind is None or name is None or not code:
        return None
    allowed = _allowed(reader, found.get("allowed"))
    absent_node = found.get("absent")
    absent = reader.value(absent_node, kind, "absent", allowed or None) if absent_node is not None else None
    subject = reader.choice(found.get("subject"), _SUBJECTS, "subject") or "person"
    bars = reader.flag(found.get("bars_publicity"), "bars_publicity")
    return Fact(code, kind, "city", name, subjects=(subject,), absent=absent, allowed=allowed, bars_publicity=bars)


def _allowed(reader: Reader, node: Node | None) -> dict[str, Name]:
    if node is None:
        return {}
    if node.kind == "map":
        named = ((key, reader.name(value, key)) for key, value in node.entries.items())
        return {key: name for key, name in named if name is not None}
    return {item.text: Name(item.text, item.text) for item in reader.listing(node, "allowed")}
