"""A tree written down as the text that an author would type; reading it again gives the same tree."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from lianxin.engine.expressions import tree

_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


def to_text(node: tree.Node) -> str:
    """The text of ``node``.

    >>> to_text(tree.And((tree.Fact("serving", "bool"), tree.Not(tree.Fact("expelled", "bool")))))
    'serving AND NOT expelled'
    """
    match node:
        case tree.Literal(value=value):
            return _constant(value)
        case tree.Fact(name=name):
            return name
        case tree.Parameter(name=name):
            return f":{name}"
        case tree.Negate(operand=operand):
            return f"-{_tight(operand)}"
        case tree.Arithmetic(operator=operator, left=left, right=right):
            return f"{_left(left, operator)} {operator} {_tight(right)}"
        case tree.Compare(operator=operator, left=left, right=right):
            return f"{_operand(left)} {operator} {_operand(right)}"
        case tree.And(items=items):
            return " AND ".join(_part(item) for item in items)
        case tree.Or(items=items):
            return " OR ".join(_part(item) for item in items)
        case tree.Not(operand=operand):
            return _not(operand)
        case tree.In(operand=operand, items=items):
            return f"{_operand(operand)} IN ({', '.join(_operand(item) for item in items)})"
        case tree.Between(operand=operand, low=low, high=high):
            return f"{_operand(operand)} BETWEEN {_operand(low)} AND {_operand(high)}"
        case tree.IsNull(operand=operand):
            return f"{_operand(operand)} IS NULL"
        case tree.Call(function=function, arguments=arguments):
            return f"{function}({', '.join(to_text(part) for part in arguments)})"
        case tree.Lookup(table=table, arguments=arguments):
            return f"LOOKUP({', '.join([f':{table}', *(to_text(part) for part in arguments)])})"
        case tree.Case(branches=branches, default=default):
            said = " ".join(f"WHEN {to_text(test)} THEN {to_text(value)}" for test, value in branches)
            last = "" if default is None else f" ELSE {to_text(default)}"
            return f"CASE {said}{last} END"


def _constant(value: tree.Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int):
        return str(value)
    said = format(Decimal(repr(value)), "f")
    return said if "." in said else f"{said}.0"


def _not(operand: tree.Node) -> str:
    match operand:
        case tree.In(operand=of, items=items):
            return f"{_operand(of)} NOT IN ({', '.join(_operand(item) for item in items)})"
        case tree.Between(operand=of, low=low, high=high):
            return f"{_operand(of)} NOT BETWEEN {_operand(low)} AND {_operand(high)}"
        case tree.IsNull(operand=of):
            return f"{_operand(of)} IS NOT NULL"
        case tree.Fact(name=name):
            return f"NOT {name}"
        case _:
            return f"NOT ({to_text(operand)})"


def _part(item: tree.Node) -> str:
    """An item of a chain: a chain inside it keeps its brackets."""
    return f"({to_text(item)})" if isinstance(item, tree.And | tree.Or) else to_text(item)


def _operand(node: tree.Node) -> str:
    """A side of a comparison: whatever is itself a question stands in brackets."""
    asks = tree.And | tree.Or | tree.Not | tree.Compare | tree.In | tree.Between | tree.IsNull
    return f"({to_text(node)})" if isinstance(node, asks) else to_text(node)


def _tight(node: tree.Node) -> str:
    """An operand of a sign: sums, questions and negative numbers stand in brackets."""
    negative = isinstance(node, tree.Literal) and node.type in ("int", "decimal") and to_text(node).startswith("-")
    return f"({to_text(node)})" if negative or isinstance(node, tree.Arithmetic | tree.Negate) else _operand(node)


def _left(node: tree.Node, operator: str) -> str:
    if isinstance(node, tree.Arithmetic) and _STRENGTH[node.operator] >= _STRENGTH[operator]:
        return to_text(node)
    return _tight(node)
