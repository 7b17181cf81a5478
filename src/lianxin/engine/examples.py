"""A service's examples: people, days and expected verdicts. They are the policy's own tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianxin.engine import documents
from lianxin.engine.declaration import Service
from lianxin.engine.documents import Node
from lianxin.engine.explaining import Explanation, verdict_of
from lianxin.engine.facts import of_subject
from lianxin.engine.problems import DeclarationErrors, Problem, nearest
from lianxin.engine.reading import Reader

VERDICTS = ("entitled", "unknown", "not_entitled")
_KEYS = ("name", "day", "given", "expect")
_EXPECTED = ("verdict", "amount", "missing", "because")


@dataclass(frozen=True, slots=True)
class Example:
    """One example as written, and what judging it gave."""

    line: int
    day: dt.date
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    result: Explanation


def run(service: Service, path: Path) -> tuple[list[Example], list[Problem]]:
    """Judge every example of ``path`` and return them with everything that is wrong.

    A wrong verdict, an item of ``who`` or ``unless`` that no two examples show both true and false, and a dated value
    whose period (or the period before it) has no example are all mistakes. No file is the same as an empty one.
    """
    name = f"{service.code}/{path.name}"
    if not path.is_file():
        return run_document(service, None, name)
    try:
        root = documents.read(path)
    except DeclarationErrors as errors:
        return [], [Problem(name, *_rest(problem)) for problem in errors.problems]
    return run_document(service, root, name)


def run_document(service: Service, root: Node | None, name: str) -> tuple[list[Example], list[Problem]]:
    """As :func:`run`, of a document already read; ``name`` is what errors call it."""
    reader = Reader(name)
    examples: list[Example] = []
    blank = root is None or (root.kind == "scalar" and root.value is None)
    for node in [] if blank else reader.listing(root, "examples"):
        example = _example(reader, service, node)
        if example is not None:
            examples.append(example)
            _compare(reader, example)
    _both_ways(reader, service, examples)
    _boundaries(reader, service, examples)
    return examples, reader.problems


def _rest(problem: Problem) -> tuple[int, str, str, str, str]:
    return problem.line, problem.word, problem.nearest, problem.zh, problem.en


def _example(reader: Reader, service: Service, node: Node) -> Example | None:
    found = reader.mapping(node, _KEYS, ("name", "day", "expect"), "example")
    if found is None:
        return None
    reader.name(found.get("name"), "name")
    day = reader.day(found.get("day"), "day")
    given = _given(reader, service, found.entries.get("given"))
    expect = _expected(reader, found.get("expect"))
    if day is None or given is None or expect is None:
        return None
    return Example(found.line, day, given, expect, verdict_of(service, given, day))


def _given(reader: Reader, service: Service, node: Node | None) -> dict[str, Any] | None:
    if node is None or (node.kind == "scalar" and node.value is None):
        return {}
    if node.kind != "map":
        reader.note(node.line, "given", "given 应写成“要素: 值”", "'given' must map facts to values")
        return None
    known = of_subject(service.subject, service.facts)
    before = len(reader.errors())
    made: dict[str, Any] = {}
    for code, item in node.entries.items():
        line = node.lines.get(code, node.line)
        if code not in known:
            near = nearest(code, known)
            reader.note(line, code, f"没有要素“{code}”", f"there is no fact '{code}'", near)
        elif not (item.kind == "scalar" and item.value is None):
            fact = known[code]
            made[code] = reader.value(item, fact.type, code, fact.allowed or None)
    return None if len(reader.errors()) > before else made


def _expected(reader: Reader, node: Node | None) -> dict[str, Any] | None:
    found = reader.mapping(node, _EXPECTED, ("verdict",), "expect")
    verdict = reader.choice(found.get("verdict"), VERDICTS, "verdict") if found else None
    if found is None or verdict is None:
        return None
    made: dict[str, Any] = {"verdict": verdict}
    amount = found.get("amount")
    if amount is not None:
        made["amount"] = reader.value(amount, "int", "amount")
    for key in ("missing", "because"):
        if key in found.entries:
            made[key] = [item.text for item in reader.listing(found.get(key), key)]
    return made


def _compare(reader: Reader, example: Example) -> None:
    result = example.result
    actual: dict[str, Any] = {
        "verdict": result.verdict, "amount": result.amount, "missing": list(result.missing),
        "because": list(result.because),
    }  # fmt: skip
    for key, wanted in example.expect.items():
        if actual[key] != wanted:
            said, saw = _said(wanted), _said(actual[key])
            reader.note(
                example.line, said, f"{key} 应为 {said}，算出来是 {saw}", f"{key} should be {said} but is {saw}"
            )
            return


def _said(value: Any) -> str:
    return "[" + ", ".join(value) + "]" if isinstance(value, list) else str(value)


@dataclass(frozen=True, slots=True)
class Shown:
    """One item of ``who`` (label ``0``, ``1``, …) or ``unless`` (``unless-0``) and the truths that examples show."""

    label: str
    test: str
    truths: frozenset[bool]


def shown(service: Service, examples: Sequence[Example]) -> list[Shown]:
    """For every item, whether the examples show it true and whether they show it false."""
    labels = [(str(place), item.test) for place, item in enumerate(service.who)]
    labels += [(f"unless-{place}", item.test) for place, item in enumerate(service.unless)]
    seen: dict[str, set[bool]] = {}
    for one in examples:
        for looked in one.result.conditions:
            if looked.holds is not None:
                seen.setdefault(looked.label, set()).add(looked.holds)
    return [Shown(label, test, frozenset(seen.get(label, ()))) for label, test in labels]


def _both_ways(reader: Reader, service: Service, examples: Sequence[Example]) -> None:
    for one in shown(service, examples):
        for truth, zh, en in ((True, "成立", "true"), (False, "不成立", "false")):
            if truth not in one.truths:
                reader.note(1, one.label, f"没有一个例子里“{one.test}”（{one.label}）{zh}",
                            f"no example shows item {one.label} ({one.test}) {en}")  # fmt: skip


def _boundaries(reader: Reader, service: Service, examples: Sequence[Example]) -> None:
    days = [example.day for example in examples]
    for parameter in service.parameters.values():
        starts = [since for since, _ in parameter.values]
        for place in range(1, len(starts)):
            until = starts[place + 1] if place + 1 < len(starts) else dt.date.max
            since = starts[place]
            if not any(since <= day < until for day in days):
                reader.note(1, parameter.code, f"参数 {parameter.code} 自 {since} 起的值没有例子",
                            f"no example lies in the period of {parameter.code} from {since}")  # fmt: skip
            if not any(starts[place - 1] <= day < since for day in days):
                reader.note(1, parameter.code, f"参数 {parameter.code} 在 {since} 之前那一段没有例子",
                            f"no example lies in the period of {parameter.code} before {since}")  # fmt: skip
