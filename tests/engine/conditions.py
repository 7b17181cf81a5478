"""Random conditions, random rows with missing values, and the city of facts they talk about."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from hypothesis import strategies as st

from lianxin.engine.expressions.kinds import Kind, Names, names_of
from lianxin.engine.facts import Fact, Name, Type

BIG = 2**63 - 1
TEXTS = ("a", "b", "c")
DAYS = (dt.date(2020, 2, 29), dt.date(2023, 1, 1), dt.date(1950, 10, 25))
INTS = (0, 1, -1, 2, 7, 60, 100, 419901, 3_000_000_000, -3_037_000_500, BIG, -BIG - 1, BIG - 1)
DECIMALS = (0.0, 0.5, -0.5, 2.5, 1.0000005, 0.1, 1e9, 123456.789, -1e300, 1e308, 9.3e18, -2.4999999, 1e-300, 0.4999995)


def _fact(code: str, kind: Type) -> Fact:
    allowed = {text: Name(text, text) for text in TEXTS} if kind == "text" else {}
    return Fact(code, kind, "city", Name(code, code), allowed=allowed)


FACTS = {
    code: _fact(code, kind)
    for code, kind in {
        "i": "int", "j": "int", "k": "int", "d": "decimal", "e": "decimal", "b": "bool", "c": "bool", "f": "bool",
        "t": "text", "u": "text", "day": "date", "eve": "date",
    }.items()
}  # fmt: skip
PARAMETERS = {"n": 3, "x": 1.5, "by_t": {("a",): 10, ("b",): BIG}, "by_tb": {("a", True): 1.5, ("b", False): -2.5}}
ALLOWED = frozenset(TEXTS)
NAMES: Names = names_of(
    FACTS,
    "person",
    {
        "n": Kind("int"),
        "x": Kind("decimal"),
        "by_t": Kind("int", by=(Kind("text", ALLOWED),)),
        "by_tb": Kind("decimal", by=(Kind("text", ALLOWED), Kind("bool"))),
    },
)


def rows(size: int = 8) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of facts; about a third of the values are missing."""
    values: dict[str, Any] = {
        "int": st.sampled_from(INTS) | st.integers(-50, 50),
        "decimal": st.sampled_from(DECIMALS) | st.floats(-1e6, 1e6),
        "bool": st.booleans(),
        "text": st.sampled_from(TEXTS),
        "date": st.sampled_from(DAYS),
    }
    maybe = {code: st.none() | values[fact.type] | values[fact.type] for code, fact in FACTS.items()}
    return st.lists(st.fixed_dictionaries(maybe), min_size=1, max_size=size)


def _leaf(kind: str) -> st.SearchStrategy[str]:
    facts = [code for code, fact in FACTS.items() if fact.type == kind]
    constants = {
        "int": [str(value) if value >= 0 else f"({value})" for value in INTS] + [":n"],
        "decimal": ["0.5", "2.5", "1000000.25", "0.0", ":x"],
        "bool": ["TRUE", "FALSE"],
        "text": [f"'{text}'" for text in TEXTS],
        "date": [f"DATE '{day}'" for day in DAYS],
    }[kind]
    return st.sampled_from(facts * 3 + constants)


def conditions() -> st.SearchStrategy[str]:
    """Texts of random true/false conditions."""
    return _kind("bool", 3)


def amounts() -> st.SearchStrategy[str]:
    """Texts of random numbers."""
    return st.one_of(_kind("int", 2), _kind("decimal", 2))


@functools.cache
def _kind(kind: str, depth: int) -> st.SearchStrategy[str]:
    if depth == 0:
        return _leaf(kind)
    return st.one_of(_leaf(kind), _made(kind, depth - 1))


def _made(kind: str, depth: int) -> st.SearchStrategy[str]:
    def sub(of: str) -> st.SearchStrategy[str]:
        return _kind(of, depth)

    def form(text: str, *kinds: str) -> st.SearchStrategy[str]:
        return st.tuples(*(sub(of) for of in kinds)).map(lambda parts: text.format(*parts))

    shared = [
        form("CASE WHEN {} THEN {} WHEN {} THEN {} ELSE {} END", "bool", kind, "bool", kind, kind),
        form("CASE WHEN {} THEN {} END", "bool", kind),
        form("COALESCE({}, {})", kind, kind),
        form("COALESCE({}, {}, {})", kind, kind, kind),
    ]
    own = {"bool": _truths, "int": _wholes, "decimal": _decimals, "date": _days, "text": lambda _: []}[kind](form)
    return st.one_of(*shared, *own, *own)


def _truths(form: Any) -> list[st.SearchStrategy[str]]:
    made = [
        form("({} AND {})", "bool", "bool"), form("({} OR {})", "bool", "bool"), form("NOT ({})", "bool"),
        form("({} AND {} AND {} OR {})", "bool", "bool", "bool", "bool"),
        form("(({}) = TRUE)", "bool"), form("(({}) <> ({}))", "bool", "bool"),
        form("({} IN ({}, {}))", "text", "text", "text"), form("({} NOT IN ('a', 'b', 'c', 'a', 'b'))", "text"),
        form("({} = {})", "text", "text"), form("({} <> 'a')", "text"),
        form("({} IN ({}, {}, 2))", "int", "int", "decimal"), form("({} IN (1, 2, 60, 100, 7))", "int"),
    ]  # fmt: skip
    for kind in ("int", "decimal", "date"):
        made += [form(f"({{}} {sign} {{}})", kind, kind) for sign in ("=", "<>", "<", "<=", ">", ">=")]
        made += [form("({} BETWEEN {} AND {})", kind, kind, kind), form("({} NOT BETWEEN {} AND {})", kind, kind, kind)]
    made += [form("({} < {})", "int", "decimal"), form("({} BETWEEN {} AND {})", "int", "decimal", "int")]
    return made + [form("(({}) IS NULL)", of) for of in ("bool", "int", "decimal", "text", "date")]


def _wholes(form: Any) -> list[st.SearchStrategy[str]]:
    made = [form(f"({{}} {sign} {{}})", "int", "int") for sign in "+-*"]
    made += [form(f"{name}({{}})", kind) for name in ("ROUND", "FLOOR", "CEIL") for kind in ("int", "decimal")]
    made += [form("LEAST({}, {})", "int", "int"), form("GREATEST({}, {}, {})", "int", "int", "int")]
    return [*made, form("ABS({})", "int"), form("(- ({}))", "int"), form("LOOKUP(:by_t, {})", "text")]


def _decimals(form: Any) -> list[st.SearchStrategy[str]]:
    made = [form(f"({{}} {sign} {{}})", "decimal", "decimal") for sign in "+-*/"]
    made += [form("({} / {})", "int", "int"), form("({} * {})", "int", "decimal"), form("ABS({})", "decimal")]
    made += [form("LEAST({}, {})", "decimal", "int"), form("GREATEST({}, {})", "decimal", "decimal")]
    return [*made, form("(- ({}))", "decimal"), form("LOOKUP(:by_tb, {}, {})", "text", "bool")]


def _days(form: Any) -> list[st.SearchStrategy[str]]:
    return [form("LEAST({}, {})", "date", "date"), form("GREATEST({}, {})", "date", "date")]
