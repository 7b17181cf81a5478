"""A service being written: its text read as far as it can be, checked by the same checker, its mistakes by section.

Nothing here knows another form than the folder's own text (``service.yaml``, ``examples.yaml``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lianxin.engine import declaration as d
from lianxin.engine import documents, examples
from lianxin.engine.declaring import KEYS, names_in, service_of
from lianxin.engine.documents import Node
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.faults import ExpressionError, Fault
from lianxin.engine.expressions.kinds import Names
from lianxin.engine.expressions.parse import parse
from lianxin.engine.expressions.words import Speaker
from lianxin.engine.facts import VOCABULARY, Fact, Name, Subject
from lianxin.engine.problems import DeclarationErrors, Problem

# Section of the workbench → the keys of the declaration that it writes.
SECTIONS: dict[str, tuple[str, ...]] = {
    "basics": ("code", "name", "summary", "pillar", "worry", "subject", "mode", "sealed", "effective", "repeat", "event",
               "per", "kinds", "fee", "basis"),
    "conditions": ("who", "unless"),
    "amount": ("amount", "parameters"),
    "route": ("route",),
    "materials": ("materials",),
    "form": ("form",),
}  # fmt: skip
OF_KEY = {key: section for section, keys in SECTIONS.items() for key in keys}


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake with its place: a section, and the index of the item (or the name of the parameter) where there is one."""

    problem: Problem
    section: str
    item: str = ""


@dataclass(slots=True)
class Sketch:
    """What a text says. ``root`` is None where it cannot be read at all, ``service`` where it is not sound."""

    code: str
    facts: Mapping[str, Fact]
    root: Node | None = None
    data: dict[str, Any] = field(default_factory=dict)
    service: d.Service | None = None
    subject: Subject = "person"
    parameters: dict[str, d.Parameter] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names({}))
    found: list[Found] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)  # the examples as plain data
    ran: dict[int, examples.Example] = field(default_factory=dict)  # by their place in the list
    shown: list[examples.Shown] = field(default_factory=list)
    cases_read: bool = True

    @property
    def errors(self) -> list[Found]:
        """What refuses publication."""
        return [one for one in self.found if one.problem.severity == "error"]

    @property
    def warnings(self) -> list[Found]:
        """What its author should look at twice."""
        return [one for one in self.found if one.problem.severity == "warning"]

    def of(self, section: str) -> list[Found]:
        """The mistakes of one section, errors first."""
        mine = [one for one in self.found if one.section == section]
        return sorted(mine, key=lambda one: one.problem.severity)

    def speaker(self, day: dt.date, language: str) -> Speaker:
        """Says this service's conditions."""
        known = self.parameters
        return Speaker(
            language, self.facts, names={code: one.name for code, one in known.items()},
            units={code: one.unit for code, one in known.items()}, values={code: one.on(day) for code, one in known.items()},
        )  # fmt: skip

    def read(self, test: str, *, money: bool = False) -> tuple[tree.Node | None, tuple[Fault, ...]]:
        """The tree of a condition (or an amount), or what is wrong with it."""
        try:
            return parse(test, self.names, expect=("int", "decimal") if money else ("bool",)), ()
        except ExpressionError as fault:
            return None, fault.faults

    def sentence(self, node: tree.Node, day: dt.date) -> Name:
        """What a condition says, in both languages."""
        return Name(self.speaker(day, "zh").say(node), self.speaker(day, "en").say(node))

    def burden(self) -> tuple[int, int]:
        """How many fields and papers are asked for, and how many the budget allows."""
        form = self.data.get("form")
        fields = form.get("properties") if isinstance(form, dict) else None
        papers = self.data.get("materials")
        typed = len(fields) if isinstance(fields, dict) else 0
        asked = sum(not one.get("held") for one in papers if isinstance(one, dict)) if isinstance(papers, list) else 0
        return typed + asked, d.BURDEN_BUDGET


def sketch(code: str, declaration: str, cases: str, facts: Mapping[str, Fact] = VOCABULARY) -> Sketch:
    """Read and check a service's two texts."""
    made = Sketch(code, facts)
    try:
        made.root = documents.parse(declaration, f"{code}/service.yaml")
    except DeclarationErrors as errors:
        made.found += [Found(one, "text") for one in errors.problems]
        _examples(made, cases)
        return made
    plain = documents.plain(made.root)
    made.data = plain if isinstance(plain, dict) else {}
    made.subject, made.parameters, made.names = names_in(made.root, facts)
    try:
        made.service = service_of(made.root, code, facts=facts)
        problems = made.service.warnings
    except DeclarationErrors as errors:
        problems = errors.problems
    made.found += [_placed(one, made.root) for one in problems]
    _examples(made, cases)
    return made


def _examples(made: Sketch, text: str) -> None:
    name = f"{made.code}/examples.yaml"
    try:
        root = documents.parse(text, name)
    except DeclarationErrors as errors:
        made.found += [Found(one, "examples") for one in errors.problems]
        made.cases_read = False
        return
    plain = documents.plain(root)
    made.cases_read = plain is None or (isinstance(plain, list) and all(isinstance(one, dict) for one in plain))
    made.cases = plain if isinstance(plain, list) and made.cases_read else []
    if made.service is None:
        return
    ran, problems = examples.run_document(made.service, root, name)
    lines = {item.line: place for place, item in enumerate(root.items)}
    made.ran = {lines[one.line]: one for one in ran if one.line in lines}
    made.shown = examples.shown(made.service, ran)
    starts = sorted(lines)
    for one in problems:
        above = [line for line in starts if line <= one.line]
        about_all = one.line == 1 and (one.word in made.parameters or one.word.replace("unless-", "").isdigit())
        made.found.append(Found(one, "examples", "" if about_all or not above else str(lines[above[-1]])))


def _placed(problem: Problem, root: Node) -> Found:
    """The section and the item in which the line of a mistake lies; a missing key is its own section's."""
    if root.kind != "map":
        return Found(problem, "text")
    if problem.line <= root.line and problem.word in KEYS:
        return Found(problem, OF_KEY[problem.word])
    above = {line: key for key, line in root.lines.items() if line <= problem.line}
    if not above:
        return Found(problem, OF_KEY.get(problem.word, "basics"))
    key = above[max(above)]
    return Found(problem, OF_KEY.get(key, "basics"), _item(key, root.entries[key], problem.line))


def _item(key: str, node: Node, line: int) -> str:
    if node.kind == "list":
        places = [place for place, item in enumerate(node.items) if item.line <= line]
        return f"{key}-{places[-1]}" if places and line != node.line - 1 else key
    if node.kind == "map" and key == "parameters":
        names = [name for name, at in node.lines.items() if at <= line]
        return f"{key}-{max(names, key=node.lines.__getitem__)}" if names else key
    return key
