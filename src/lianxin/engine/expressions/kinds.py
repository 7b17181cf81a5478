"""What the names of a condition mean and which types go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lianxin.engine.expressions.faults import ExpressionError, Fault
from lianxin.engine.facts import Fact, Type
from lianxin.engine.problems import nearest, short

WORDS: dict[Type, tuple[str, str]] = {
    "bool": ("是非", "true/false"),
    "int": ("整数", "integer"),
    "decimal": ("小数", "decimal"),
    "text": ("文字", "text"),
    "date": ("日期", "date"),
}
NUMBERS: tuple[Type, ...] = ("int", "decimal")


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a name, and for text the values it may have (empty: any)."""

    type: Type
    allowed: frozenset[str] = frozenset()
    by: tuple[Kind, ...] = ()  # of a table parameter: the kinds of its arguments


@dataclass(frozen=True, slots=True)
class Names:
    """Everything a condition may name."""

    facts: Mapping[str, Kind]
    parameters: Mapping[str, Kind] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # facts of other subjects: name → subject
    what: tuple[str, str] = ("要素", "fact")
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a table parameter → the facts it is listed by

    def fact(self, name: str, line: int) -> Kind:
        """The kind of the fact ``name``; raises naming the nearest one."""
        if name in self.facts:
            return self.facts[name]
        if name in self.elsewhere:
            of = self.elsewhere[name]
            raise ExpressionError(
                Fault(
                    line,
                    name,
                    f"要素 {name} 属于另一类对象（{of}）",
                    f"the fact {name} belongs to another subject ({of})",
                )
            )
        word = short(name)
        raise ExpressionError(
            Fault(
                line,
                word,
                f"没有{self.what[0]} {word}",
                f"there is no {self.what[1]} {word}",
                nearest(name, self.facts),
            )
        )

    def parameter(self, name: str, line: int, *, table: bool) -> Kind:
        """The kind of the parameter ``name``, which must (or must not) be a table."""
        word = f":{short(name)}"
        if name not in self.parameters:
            near = nearest(name, self.parameters)
            raise ExpressionError(
                Fault(line, word, f"没有参数 {word}", f"there is no parameter {word}", f":{near}" if near else "")
            )
        kind = self.parameters[name]
        if bool(kind.by) != table:
            zh, en = (
                ("是一张表，要用 LOOKUP 查", "is a table: read it with LOOKUP")
                if kind.by
                else ("不是表", "is not a table")
            )
            raise ExpressionError(Fault(line, word, f"参数 {word} {zh}", f"the parameter {word} {en}"))
        return kind


def kinds_of(facts: Mapping[str, Fact]) -> dict[str, Kind]:
    """The kinds of a vocabulary's facts."""
    return {code: Kind(fact.type, frozenset(fact.allowed)) for code, fact in facts.items()}


def names_of(
    facts: Mapping[str, Fact],
    subject: str,
    parameters: Mapping[str, Kind] | None = None,
    tables: Mapping[str, tuple[str, ...]] | None = None,
) -> Names:
    """The names a service judging ``subject`` may use."""
    mine = {code: fact for code, fact in facts.items() if subject in fact.subjects}
    others = {code: "/".join(fact.subjects) for code, fact in facts.items() if code not in mine}
    return Names(kinds_of(mine), parameters or {}, others, tables=tables or {})


def common(types: list[Type]) -> Type | None:
    """The one type that all of ``types`` become together; None where they do not mix."""
    if len(set(types)) == 1:
        return types[0]
    return "decimal" if set(types) <= set(NUMBERS) else None
