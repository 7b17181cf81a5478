"""The columns of the register of outcomes, as the ``where`` of a figure may name them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lianxin.engine.expressions.kinds import Kind, Names
from lianxin.engine.expressions.parse import parse
from lianxin.engine.expressions.to_sql import Dialect, SqlCompiler
from lianxin.engine.expressions.tree import Node

KINDS = (
    "visit", "payment", "card", "placement", "appointment", "honour", "seat", "plaque", "advice", "errand", "case",
    "site", "event", "meeting", "project", "task", "need", "record",
)  # fmt: skip
LEVELS = ("nation", "province", "city", "county", "township", "village")
COLUMNS: dict[str, Kind] = {
    "kind": Kind("text", frozenset(KINDS)),
    "service": Kind("text"),
    "programme": Kind("text"),
    "category": Kind("text"),
    "level": Kind("text", frozenset(LEVELS)),
    "area": Kind("text"),
    "happened_on": Kind("date"),
    "ended_on": Kind("date"),
    "quantity": Kind("int"),
    "unit": Kind("text"),
    "amount": Kind("int"),
    "person": Kind("int"),
    "family": Kind("int"),
    "organisation": Kind("int"),
    "place": Kind("int"),
}
# Of cases the same columns say what was asked, decided and thought of: category in-time or late (good, fair or bad of a rating),
# quantity the days from asking to deciding (the score of a rating).
OVERS = ("register", "cases")
CASE_KINDS = ("asked", "granted", "refused", "rated")
CASE_NAMES = Names({**COLUMNS, "kind": Kind("text", frozenset(CASE_KINDS))}, what=("办件字段", "column of cases"))
NAMES = Names(COLUMNS, what=("台账字段", "column of the register"))


def parse_where(text: str) -> Node:
    """The typed tree of a ``where``. Raises ``ExpressionError``."""
    return parse(text, NAMES)


def compile_where(
    text: str, dialect: Dialect, *, column: Callable[[str], str] | None = None, mark: str = "%s"
) -> tuple[str, tuple[Any, ...]]:
    """SQL and its parameters for a ``where`` over the register; ``column`` says how a column is written."""
    made = SqlCompiler(dialect, column=column, mark=mark).compile(parse_where(text))
    return made.text, made.given
