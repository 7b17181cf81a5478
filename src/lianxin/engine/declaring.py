"""Reads ``service.yaml`` (or ``.json``) into a :class:`Service`; every mistake is collected and raised at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lianxin.engine import declaration as d
from lianxin.engine import laws
from lianxin.engine.documents import Node, from_data, parse, plain, read
from lianxin.engine.expressions.kinds import Names, names_of
from lianxin.engine.facts import SUBJECTS, VOCABULARY, Fact, Name, Subject
from lianxin.engine.parameters import kinds, parameters
from lianxin.engine.problems import DeclarationErrors, Problem, nearest, short
from lianxin.engine.reading import KEBAB, Reader
from lianxin.engine.safety import check_safety

REQUIRED = (
    "code",
    "name",
    "summary",
    "pillar",
    "subject",
    "mode",
    "effective",
    "basis",
    "who",
    "repeat",
    "per",
    "route",
)
KEYS = (*REQUIRED, "worry", "sealed", "kinds", "parameters", "unless", "amount", "fee", "event", "materials", "form")
_FORM_TYPES = ("string", "integer", "number", "boolean", "array", "object")
_WITHIN = re.compile(r"([0-9]{1,4}) (hour|day|working day|month)s?")


def service_file(path: Path) -> Path:
    """The declaration that ``path`` (a service folder, or the file itself) means."""
    if path.is_dir():
        return (
            path / "service.json"
            if (path / "service.json").exists() and not (path / "service.yaml").exists()
            else path / "service.yaml"
        )
    return path


def load_service(path: Path, *, facts: Mapping[str, Fact] = VOCABULARY) -> d.Service:
    """The service declared in the folder ``path``. Raises :class:`DeclarationErrors` naming every mistake."""
    file = service_file(path)
    folder = file.resolve().parent.name
    return _Declaring(f"{folder}/{file.name}", facts).service(read(file), folder)


def service_from_data(data: Mapping[str, Any], *, facts: Mapping[str, Fact] = VOCABULARY) -> d.Service:
    """The service that ``Service.to_data`` gave, checked again."""
    return _Declaring(f"{data.get('code', 'service')}", facts).service(from_data(data), None)


def service_of(root: Node, folder: str, *, facts: Mapping[str, Fact] = VOCABULARY) -> d.Service:
    """The service that a document declares, as if it lay in ``folder``. Raises :class:`DeclarationErrors`."""
    return _Declaring(f"{folder}/service.yaml", facts).service(root, folder)


def names_in(root: Node, facts: Mapping[str, Fact] = VOCABULARY) -> tuple[Subject, dict[str, d.Parameter], Names]:
    """Who is judged, the parameters and what conditions may name, as far as a document that may be unsound says so."""
    reading = _Declaring("", facts)
    top = root if root.kind == "map" else Node("map", 1)
    subject: Subject = reading.choice(top.get("subject"), SUBJECTS, "subject") or "person"
    known = parameters(reading, top.get("parameters"), facts, subject, reading.effective(top.get("effective")))
    tables = {code: one.by for code, one in known.items() if one.by}
    return subject, known, names_of(facts, subject, kinds(known, facts), tables)


def service_from_text(text: str, *, name: str = "service.yaml", facts: Mapping[str, Fact] = VOCABULARY) -> d.Service:
    """The service that a text declares, written as in ``service.yaml`` (or ``.json``, as ``name`` ends)."""
    return _Declaring(name, facts).service(parse(text, name, as_json=name.endswith(".json")), None)


class _Declaring(Reader):
    """Reads one declaration."""

    def __init__(self, file: str, facts: Mapping[str, Fact]) -> None:
        super().__init__(file)
        self.facts = facts

    def service(self, root: Node, folder: str | None) -> d.Service:
        top = self.mapping(root, KEYS, REQUIRED, "service")
        if top is None:
            raise DeclarationErrors(self.problems)
        subject = self.choice(top.get("subject"), SUBJECTS, "subject")
        effective = self.effective(top.get("effective"))
        known = parameters(self, top.get("parameters"), self.facts, subject or "person", effective)
        names = names_of(self.facts, subject or "person", kinds(known, self.facts))
        given: dict[str, Any] = {
            "code": self._code(top.get("code"), folder),
            "name": self.name(top.get("name"), "name"),
            "summary": self.name(top.get("summary"), "summary"),
            "pillar": self.choice(top.get("pillar"), d.PILLARS, "pillar"),
            "worry": self.choice(top.get("worry"), d.WORRIES, "worry"),
            "subject": subject,
            "mode": self.choice(top.get("mode"), d.MODES, "mode"),
            "sealed": self.flag(top.get("sealed"), "sealed"),
            "effective": effective,
            "basis": self._basis(top.get("basis")),
            "kinds": self._kinds(top.get("kinds")),
            "parameters": known,
            "who": self._conditions(top.entries.get("who"), "who", names),
            "unless": self._conditions(top.get("unless"), "unless", names),
            "amount": self._amount(top.get("amount"), names),
            "fee": self._fee(top.get("fee")),
            "repeat": self.choice(top.get("repeat"), d.REPEATS, "repeat"),
            "event": self.text(top.get("event"), "event"),
            "per": self.choice(top.get("per"), d.PERS, "per"),
            "materials": self._materials(top.get("materials")),
            "form": self._form(top.get("form")),
            "route": self._route(top.get("route")),
        }
        if self.errors():
            raise DeclarationErrors(self.problems)
        made = d.Service(**given, facts=self.facts, source=plain(root))
        check_safety(self, made, top)
        if self.errors():
            raise DeclarationErrors(self.problems)
        return d.Service(**given, facts=self.facts, source=plain(root), warnings=tuple(self.problems))

    def _code(self, node: Node | None, folder: str | None) -> str:
        code = self.text(node, "code")
        if node is not None and code and not KEBAB.fullmatch(code):
            self.note(
                node.line,
                code,
                f"代码“{short(code)}”只能用小写字母、数字和连字符",
                f"the code '{short(code)}' must be kebab-case",
            )
        elif node is not None and code and folder is not None and code != folder:
            self.note(
                node.line,
                code,
                f"代码“{short(code)}”与文件夹名“{folder}”不同",
                f"the code '{short(code)}' differs from the folder's name '{folder}'",
                folder,
            )
        return code

    def effective(self, node: Node | None) -> d.Effective:
        """The first and the last day."""
        found = self.mapping(node, ("from", "to"), (), "effective")
        if found is None:
            return d.Effective(None, None)
        if "from" not in found.entries:
            self.note(found.line, "from", "effective 缺少“from”", "'effective' lacks 'from'")
        first, last = self.day(found.get("from"), "from"), self.day(found.get("to"), "to")
        if first and last and last < first:
            self.note(found.line, "to", "最后一天早于第一天", "the last day is before the first")
        return d.Effective(first, last)

    def citation(self, node: Node | None, what: str) -> d.Citation | None:
        """A law or a source."""
        found = self.mapping(node, ("law", "article", "standing", "source"), (), what)
        if found is None:
            return None
        standing = self.choice(found.get("standing"), ("found", "illustrative"), "standing") or "found"
        made = d.Citation(
            self.text(found.get("law"), "law"),
            self.text(found.get("article"), "article"),
            standing,
            self.text(found.get("source"), "source"),
        )
        if not made.law and not made.source:
            self.note(found.line, what, f"“{what}”要写 law 或 source", f"'{what}' needs 'law' or 'source'")
        if made.article and not made.law:
            self.note(found.line, made.article, "写了条款却没有写法律名称", "an article needs the law it stands in")
        self._known(made, found)
        return made

    def _known(self, made: d.Citation, found: Node) -> None:
        """A statute whose text we hold has this article; a name a slip away from one is that one misspelt."""
        line, name, article = found.line, short(made.law), short(made.article)
        if near := laws.misspelt(made.law):
            self.note(
                found.lines.get("law", line),
                name,
                f"没有名为“{name}”的法律法规",
                f"there is no law named '{name}'",
                near,
            )
        if last := laws.beyond(made.law, made.article):
            self.note(found.lines.get("article", line), article, f"“{name}”没有第 {article} 条：只有 1 到 {last} 条",
                      f"'{name}' has no article {article}: its articles are 1 to {last}")  # fmt: skip

    def _fee(self, node: Node | None) -> d.Fee | None:
        """What it costs, with its basis: nobody is asked for money on nobody's word."""
        found = self.mapping(node, ("say", "cite"), ("say", "cite"), "fee")
        if found is None:
            return None
        say, cite = self.name(found.get("say"), "say"), self.citation(found.get("cite"), "cite")
        return d.Fee(say, cite) if say is not None and cite is not None else None

    def _basis(self, node: Node | None) -> tuple[d.Citation, ...]:
        found = tuple(made for item in self.listing(node, "basis") if (made := self.citation(item, "basis")))
        if node is not None and node.kind == "list" and not node.items:
            self.note(node.line, "basis", "“basis”至少要写一条依据", "'basis' needs at least one entry")
        return found

    def within(self, node: Node | None, what: str) -> d.Within | None:
        """``5 working days``."""
        if node is None:
            return None
        found = _WITHIN.fullmatch(node.text.strip()) if node.kind == "scalar" else None
        if found is None or int(found.group(1)) == 0:
            word = short(node.text) or what
            self.note(
                node.line,
                word,
                f"看不懂时限“{word}”，应写成 4 hours、3 days、5 working days 或 2 months",
                f"'{word}' is not a time; write 4 hours, 3 days, 5 working days or 2 months",
            )
            return None
        unit = next(unit for unit in d.UNITS if unit == found.group(2) + "s")
        return d.Within(int(found.group(1)), unit)

    def _kinds(self, node: Node | None) -> tuple[d.Kind, ...]:
        made = []
        for item in self.listing(node, "kinds"):
            found = self.mapping(item, ("code", "name", "within", "becomes"), ("code", "name"), "kinds")
            if found is not None:
                code, name = self.text(found.get("code"), "code"), self.name(found.get("name"), "name")
                becomes = tuple(self.text(one, "becomes") for one in self.listing(found.get("becomes"), "becomes"))
                within = self.within(found.get("within"), "within")
                made.append(d.Kind(code, name or Name(code, code), within, becomes))
        self._once([kind.code for kind in made], node, "kinds")
        return tuple(made)

    def _once(self, codes: list[str], node: Node | None, what: str) -> None:
        for code in {code for code in codes if codes.count(code) > 1}:
            self.note(node.line if node else 1, code, f"{what} 里的“{code}”重复", f"'{code}' stands twice in '{what}'")

    def _conditions(self, node: Node | None, what: str, names: Names) -> tuple[d.Condition, ...]:
        if node is not None and node.kind == "scalar" and node.value is None:
            return ()
        made = []
        for item in self.listing(node, what):
            found = self.mapping(item, ("test", "say", "cite", "changeable", "tell"), ("test",), what)
            test = found.get("test") if found is not None else None
            if found is None or test is None:
                continue
            say = self.name(found.get("say"), "say")
            if found.get("say") is None:
                self.warn(
                    found.line, what, "这一条没有写给本人看的话（say）", "this item has no words for the person (say)"
                )
            node_tree = self.expression(test, names, ("bool",))
            cite, tell = (
                self.citation(found.get("cite"), "cite"),
                self.choice(found.get("tell"), ("subject", "desk"), "tell"),
            )
            changeable = self.flag(found.get("changeable"), "changeable")
            if node_tree is not None:
                words = say or Name(test.text.strip(), test.text.strip())
                made.append(d.Condition(test.text.strip(), node_tree, words, cite, changeable, tell or "subject"))  # type: ignore[arg-type]
        return tuple(made)

    def _amount(self, node: Node | None, names: Names) -> d.Amount | None:
        if node is None:
            return None
        found = self.expression(node, names, ("int", "decimal"))
        return None if found is None else d.Amount(node.text.strip(), found)

    def _materials(self, node: Node | None) -> tuple[d.Material, ...]:
        made = []
        for item in self.listing(node, "materials"):
            found = self.mapping(item, ("code", "name", "from", "held"), ("code", "name"), "materials")
            if found is not None:
                code, name = self.text(found.get("code"), "code"), self.name(found.get("name"), "name")
                held = self.flag(found.get("held"), "held")
                made.append(d.Material(code, name or Name(code, code), self.text(found.get("from"), "from"), held))
        self._once([material.code for material in made], node, "materials")
        return tuple(made)

    def _form(self, node: Node | None) -> Mapping[str, Any] | None:
        if node is None:
            return None
        schema = plain(node)
        if not isinstance(schema, dict) or schema.get("type") != "object":
            self.note(
                node.line,
                "form",
                "“form”应是 type: object 的 JSON Schema",
                "'form' must be a JSON Schema of type: object",
            )
            return None
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError

        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as fault:
            word = short(str(fault.path[-1])) if fault.path else "form"
            near = ""
            if word == "type" and isinstance(fault.instance, str):
                word, near = short(fault.instance), nearest(fault.instance, _FORM_TYPES)
            at = _line_of(node, [str(part) for part in fault.absolute_path])
            self.note(at, word, f"表单的 JSON Schema 不对：“{word}”", f"the form is not a sound JSON Schema at '{word}'",
                      near)  # fmt: skip
            return None
        for name in schema.get("required", []):
            if name not in schema.get("properties", {}):
                self.note(
                    node.line,
                    str(name),
                    f"必填项“{short(str(name))}”没有定义",
                    f"the required field '{short(str(name))}' is not defined",
                    nearest(str(name), schema.get("properties", {})),
                )
        return schema

    def _route(self, node: Node | None) -> tuple[d.Step, ...]:
        made = []
        for item in self.listing(node, "route"):
            found = self.mapping(item, ("step", "at", "desk", "within", "as", "for", "show"), ("step",), "route")
            if found is not None:
                made.append(self._step(found))
        if node is not None and node.kind == "list" and not any(step and step.step == "deliver" for step in made):
            self.note(node.line, "route", "流程里必须有 deliver 一步", "a route needs a 'deliver' step", "deliver")
        return tuple(step for step in made if step is not None)

    def _step(self, found: Node) -> d.Step | None:
        step = self.choice(found.get("step"), d.STEPS, "step")
        at = self.choice(found.get("at"), d.PLACES, "at")
        within, lasting = self.within(found.get("within"), "within"), self.within(found.get("for"), "for")
        desk = self.text(found.get("desk"), "desk")
        as_ = self.choice(found.get("as"), d.DELIVERIES, "as")
        shown = tuple(
            word for item in self.listing(found.get("show"), "show") if (word := self.choice(item, d.SHOWN, "show"))
        )
        if step == "deliver" and found.get("as") is None:
            self.note(found.line, "deliver", "deliver 要写 as: 怎样交付", "'deliver' needs 'as': how it is delivered")
        if step not in (None, "deliver") and found.get("as") is not None:
            self.note(found.lines["as"], "as", "只有 deliver 可以写 as", "only 'deliver' takes 'as'")
        if step == "publicise" and lasting is None and found.get("for") is None:
            self.note(
                found.line,
                "publicise",
                "publicise 要写公示多久（for: 7 working days）",
                "'publicise' needs 'for', as in 7 working days",
            )
        for key in ("for", "show"):
            if step not in (None, "publicise") and found.get(key) is not None:
                self.note(found.lines[key], key, f"只有 publicise 可以写 {key}", f"only 'publicise' takes '{key}'")
        return None if step is None else d.Step(step, at or "", desk, within, as_ or "", lasting, shown)


def _line_of(node: Node, path: Sequence[str]) -> int:
    """The line of what a path inside a node leads to, or of the last part of it that is there."""
    for part in path:
        if node.kind == "list" and part.isdigit() and int(part) < len(node.items):
            node = node.items[int(part)]
        elif part in node.entries:
            node = node.entries[part]
        else:
            break
    return node.line


__all__ = [
    "DeclarationErrors",
    "Problem",
    "load_service",
    "names_in",
    "service_file",
    "service_from_data",
    "service_of",
]
