"""Trees of indicators as declared: points, formulas over figures, vetoes, bonus, evidence, whose desk and until when.

A formula is the catalogue's own language over the values of figures: the figure ``good-news-families`` is the name
``good_news_families``, and ``evidence`` is how many pieces of evidence hold. Points are kept in hundredths.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from lianxin.engine import documents
from lianxin.engine.documents import Node
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.kinds import Kind, Names
from lianxin.engine.expressions.reference import Evaluation, Known
from lianxin.engine.expressions.rounding import whole
from lianxin.engine.facts import Name
from lianxin.engine.problems import DeclarationErrors, Problem
from lianxin.engine.reading import KEBAB, Reader

EVIDENCE = "evidence"
SORTS = ("row", "attestation", "picture", "review")  # where evidence is taken from: nothing is typed again
STANDINGS = ("found", "illustrative")
HUNDRED = 100
_TREE = ("code", "name", "from", "to", "standing", "source", "groups")
_GROUP = ("code", "name", "points", "standing", "source", "indicators")
_INDICATOR = ("code", "name", "say", "points", "formula", "veto", "bonus", "evidence", "least", "owner", "due", "standing",
              "source")  # fmt: skip
_DUE = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of a tree. ``points`` are the most it gives, in hundredths; a bonus stands beside the total."""

    code: str
    name: Name
    say: Name | None
    points: int
    formula: tree.Node
    formula_text: str
    veto: tree.Node | None
    veto_text: str
    bonus: bool
    evidence: tuple[str, ...]
    least: int
    owner: str
    due: tuple[int, int]  # month and day
    standing: str
    source: Name | None

    @property
    def figures(self) -> tuple[str, ...]:
        """The codes of the figures that formula and veto ask for, in the order of their names."""
        names = set(tree.fact_names(self.formula, *([self.veto] if self.veto else []))) - {EVIDENCE}
        return tuple(sorted(figure_of(name) for name in names))

    def due_on(self, year: int) -> dt.date:
        """The day of a year by which it is to stand."""
        month, day = self.due
        return dt.date(year, month, min(day, 28) if month == 2 else day)


@dataclass(frozen=True, slots=True)
class Group:
    """Indicators that stand together, and how many points they may give."""

    code: str
    name: Name
    standing: str
    source: Name | None
    indicators: tuple[Indicator, ...]

    @property
    def points(self) -> int:
        """What its lines give at most, bonus left out."""
        return sum(one.points for one in self.indicators if not one.bonus)


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of indicators with its days; ``text`` is what was read."""

    code: str
    name: Name
    from_on: dt.date
    to_on: dt.date | None
    standing: str
    source: Name | None
    groups: tuple[Group, ...]
    text: str

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All lines in order."""
        return tuple(one for group in self.groups for one in group.indicators)

    @property
    def points(self) -> int:
        """The total, bonus left out."""
        return sum(group.points for group in self.groups)

    @property
    def figures(self) -> tuple[str, ...]:
        """Every figure that it asks for, once each."""
        return tuple(sorted({code for one in self.indicators for code in one.figures}))


@dataclass(frozen=True, slots=True)
class Given:
    """What an indicator gives: points in hundredths (None: a figure is unknown), and whether its veto speaks."""

    points: int | None
    vetoed: bool | None
    missing: tuple[str, ...]  # codes of the figures without a value


def name_of(code: str) -> str:
    """What a formula calls a figure."""
    return code.replace("-", "_")


def figure_of(name: str) -> str:
    """The figure that a formula's name means."""
    return name.replace("_", "-")


def given(one: Indicator, values: Mapping[str, int | None], evidence: int) -> Given:
    """What an indicator gives for these values of figures and so many pieces of evidence: between nothing and its points."""
    facts: dict[str, Known] = {name_of(code): value for code, value in values.items()}
    facts[EVIDENCE] = evidence
    seen = Evaluation(facts, {})
    found = seen.value(one.formula)
    made = None if found is None or isinstance(found, str | dt.date) else whole("ROUND", float(found) * HUNDRED)
    vetoed = seen.value(one.veto) if one.veto else False
    missing = [*seen.missing(one.formula), *(seen.missing(one.veto) if one.veto else ())]
    return Given(
        None if made is None else max(0, min(made, one.points)), vetoed if isinstance(vetoed, bool) else None,
        tuple(dict.fromkeys(figure_of(name) for name in missing)),
    )  # fmt: skip


def check(path: Path, figures: Collection[str]) -> list[Problem]:
    """Everything that is wrong with the tree declared in ``path``, over a catalogue with these figures."""
    try:
        text = path.read_text("utf-8-sig")
        root = documents.read(path)
    except DeclarationErrors as errors:
        return list(errors.problems)
    return _read(root, text, f"assessment/{path.name}", path.stem, figures)[1]


def read(text: str, figures: Collection[str] | None, *, code: str = "") -> Tree:
    """The tree that ``text`` declares; ``figures`` None takes every name for one (what was published stays readable).

    Raises :class:`DeclarationErrors` with file, line, word and the nearest known name.
    """
    name = f"assessment/{code or 'tree'}.yaml"
    root = documents.parse(text, name)
    known = {figure_of(word) for word in _NAME.findall(text)} if figures is None else figures
    made, problems = _read(root, text, name, code, known)
    if made is None:
        raise DeclarationErrors([one for one in problems if one.severity == "error"])
    return made


def _read(root: Node, text: str, file: str, code: str, figures: Collection[str]) -> tuple[Tree | None, list[Problem]]:
    reader = Reader(file)
    found = reader.mapping(root, _TREE, ("code", "name", "from", "standing", "groups"), "assessment")
    if found is None:
        return None, reader.problems
    said = reader.text(found.get("code"), "code")
    if said and (not KEBAB.fullmatch(said) or (code and said != code)):
        reader.note(
            found.line,
            said,
            f"代码“{said}”应与文件名“{code}”相同",
            f"the code '{said}' must be the file's name '{code}'",
        )
    name, standing, source = reader.name(found.get("name"), "name"), *_standing(reader, found)
    first, last = reader.day(found.get("from"), "from"), reader.day(found.get("to"), "to")
    names = Names({name_of(one): Kind("int") for one in figures} | {EVIDENCE: Kind("int")}, what=("指标", "figure"))
    seen: dict[str, int] = {}
    groups = [_group(reader, node, names, seen) for node in reader.listing(found.get("groups"), "groups")]
    if not groups:
        reader.note(found.line, "groups", "至少要有一组指标", "there must be a group of indicators")
    if reader.errors() or name is None or first is None:
        return None, reader.problems
    kept = tuple(one for one in groups if one is not None)
    return Tree(said, name, first, last, standing, source, kept, text), reader.problems


def _standing(reader: Reader, node: Node) -> tuple[str, Name | None]:
    """Whether it was found somewhere, and where: what is found names its source."""
    standing = reader.choice(node.get("standing"), STANDINGS, "standing") or "illustrative"
    source = reader.name(node.get("source"), "source")
    if standing == "found" and node.get("source") is None:
        reader.note(
            node.line, "source", "standing 为 found 时要写明出处 source", "what is 'found' must name its 'source'"
        )
    return standing, source


def _group(reader: Reader, node: Node, names: Names, seen: dict[str, int]) -> Group | None:
    found = reader.mapping(node, _GROUP, ("code", "name", "standing", "indicators"), "group")
    if found is None:
        return None
    code, name = _code(reader, found, seen), reader.name(found.get("name"), "name")
    standing, source = _standing(reader, found)
    lines = [_indicator(reader, one, names, seen) for one in reader.listing(found.get("indicators"), "indicators")]
    if name is None:
        return None
    made = Group(code, name, standing, source, tuple(one for one in lines if one is not None))
    wanted = _hundredths(reader, found.get("points"), "points")
    if wanted is not None and wanted != made.points and len(made.indicators) == len(lines):
        reader.note(found.lines.get("points", found.line), "points",
                    f"本组指标合计 {made.points / HUNDRED:g} 分，不是 {wanted / HUNDRED:g} 分",
                    f"the indicators of this group add up to {made.points / HUNDRED:g}, not to {wanted / HUNDRED:g}")  # fmt: skip
    return made


def _code(reader: Reader, node: Node, seen: dict[str, int]) -> str:
    code = reader.text(node.get("code"), "code")
    if code and not KEBAB.fullmatch(code):
        reader.note(
            node.line, code, f"代码“{code}”只能用小写字母、数字和连字符", f"the code '{code}' is not in kebab-case"
        )
    elif code in seen:
        reader.note(
            node.line,
            code,
            f"代码“{code}”在第 {seen[code]} 行已经用过",
            f"the code '{code}' stands on line {seen[code]} already",
        )
    seen.setdefault(code, node.line)
    return code


def _indicator(reader: Reader, node: Node, names: Names, seen: dict[str, int]) -> Indicator | None:
    found = reader.mapping(
        node, _INDICATOR, ("code", "name", "points", "formula", "owner", "due", "standing"), "indicator"
    )
    if found is None:
        return None
    code, name, say = (
        _code(reader, found, seen),
        reader.name(found.get("name"), "name"),
        reader.name(found.get("say"), "say"),
    )
    points, standing = _hundredths(reader, found.get("points"), "points"), _standing(reader, found)
    formula = _expression(reader, found.get("formula"), names, ("int", "decimal"))
    veto = _expression(reader, found.get("veto"), names, ("bool",))
    bonus, least = reader.flag(found.get("bonus"), "bonus"), found.get("least")
    sorts = tuple(sort for one in reader.listing(found.get("evidence"), "evidence")
                  if (sort := reader.choice(one, SORTS, "evidence")) is not None)  # fmt: skip
    few = reader.value(least, "int", "least") if least is not None else (1 if sorts else 0)
    if isinstance(few, int) and few > 0 and not sorts:
        reader.note(
            found.line,
            "least",
            "写了 least 就要写 evidence 从哪里取",
            "'least' needs 'evidence': where it is taken from",
        )
    owner, due = reader.text(found.get("owner"), "owner"), _due(reader, found.get("due"))
    if name is None or points is None or formula is None or due is None or not isinstance(few, int):
        return None
    return Indicator(code, name, say, points, formula, _text(found.get("formula")), veto, _text(found.get("veto")), bonus, sorts,
                     max(few, 0), owner, due, *standing)  # fmt: skip


def _expression(reader: Reader, node: Node | None, names: Names, expect: tuple[str, ...]) -> tree.Node | None:
    return None if node is None else reader.expression(node, names, expect)  # type: ignore[arg-type]


def _text(node: Node | None) -> str:
    return "" if node is None else node.text.strip()


def _hundredths(reader: Reader, node: Node | None, what: str) -> int | None:
    """Points as written (2, 0.5) in hundredths."""
    if node is None:
        return None
    value = node.value if node.kind == "scalar" else None
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1000
    made = round(float(value) * HUNDRED) if good and isinstance(value, int | float) else 0
    if not good or abs(made / HUNDRED - float(value or 0)) > 1e-9:
        reader.note(
            node.line,
            node.text or what,
            f"{what} 应是大于 0 的分数，最多两位小数",
            f"{what} must be a number above 0 with two decimals at most",
        )
        return None
    return made


def _due(reader: Reader, node: Node | None) -> tuple[int, int] | None:
    if node is None:
        return None
    if node.kind != "scalar" or not _DUE.fullmatch(node.text):
        reader.note(node.line, node.text, "due 写成月-日，如 11-30", "write due as month-day: 11-30")
        return None
    month, day = map(int, node.text.split("-"))
    try:
        dt.date(2024, month, day)
    except ValueError:
        reader.note(node.line, node.text, f"没有 {node.text} 这一天", f"there is no day {node.text}")
        return None
    return month, day
