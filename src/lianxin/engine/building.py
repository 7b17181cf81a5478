"""A condition as a builder shows it: groups of rows, each row a fact, a comparison and what it is compared with.

Every tree has rows (what no row can say stays a piece of text), and rows give their text back; reading that text gives
the same tree. So a builder and a text field are two views of one text, and neither loses what the other wrote.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.kinds import Names
from lianxin.engine.expressions.to_text import to_text
from lianxin.engine.facts import Type

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# What may be asked of a value of each type.
ASKS: dict[Type, tuple[str, ...]] = {
    "bool": ("yes", "no", "known", "missing"),
    "text": ("=", "<>", "in", "not in", "known", "missing"),
    "int": (">=", "<=", ">", "<", "=", "<>", "between", "not between", "in", "not in", "known", "missing"),
    "decimal": (">=", "<=", ">", "<", "=", "<>", "between", "not between", "known", "missing"),
    "date": (">=", "<=", ">", "<", "=", "<>", "between", "not between", "known", "missing"),
}  # fmt: skip
ALONE = frozenset({"yes", "no", "known", "missing"})
TWO = frozenset({"between", "not between"})
SEVERAL = frozenset({"in", "not in"})


class Half(Exception):  # noqa: N818  not yet said, not wrong
    """A row that does not say anything yet; ``zh`` and ``en`` say what it waits for."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Operand:
    """``kind``: fact, parameter, table (looked up by its own facts), value, or text (a formula as written).

    ``said`` is a code, a value as written, or the formula.
    """

    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison."""

    left: Operand
    ask: str
    right: tuple[Operand, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A piece that no row can say, as text."""

    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of which every one must hold, or (``any``) one; ``negated``: the contrary of that."""

    items: tuple[Part, ...]
    any: bool = False
    negated: bool = False


Part = Row | Words | Group


def rows_of(node: tree.Node, names: Names) -> Group:
    """The rows of a condition, always inside a group."""
    made = _part(node, names)
    return made if isinstance(made, Group) else Group((made,))


def _part(node: tree.Node, names: Names) -> Part:
    match node:
        case tree.And(items=items):
            return Group(tuple(_part(item, names) for item in items))
        case tree.Or(items=items):
            return Group(tuple(_part(item, names) for item in items), any=True)
        case tree.Fact(name=name):
            return Row(Operand("fact", name), "yes")
        case tree.Compare(operator=operator, left=left, right=right):
            return Row(_operand(left, names), operator, (_operand(right, names),))
        case tree.In(operand=operand, items=items):
            return Row(_operand(operand, names), "in", tuple(_operand(item, names) for item in items))
        case tree.Between(operand=operand, low=low, high=high):
            return Row(_operand(operand, names), "between", (_operand(low, names), _operand(high, names)))
        case tree.IsNull(operand=operand):
            return Row(_operand(operand, names), "missing")
        case tree.Not(operand=operand):
            return _contrary(operand, names)
        case _:
            return Words(to_text(node))


def _contrary(node: tree.Node, names: Names) -> Part:
    made = _part(node, names)
    turned = {"yes": "no", "in": "not in", "between": "not between", "missing": "known"}
    if isinstance(made, Row) and made.ask in turned:
        return Row(made.left, turned[made.ask], made.right)
    if isinstance(made, Group) and not made.negated and len(made.items) > 1:
        return Group(made.items, any=made.any, negated=True)
    return Group((made,), negated=True)


def _operand(node: tree.Node, names: Names) -> Operand:
    match node:
        case tree.Fact(name=name):
            return Operand("fact", name)
        case tree.Parameter(name=name):
            return Operand("parameter", name)
        case tree.Literal(value=value):
            return Operand("value", _written(value))
        case tree.Lookup(table=table) if to_text(node) == lookup(table, names):
            return Operand("table", table)
        case _:
            return Operand("text", to_text(node))


def lookup(table: str, names: Names) -> str:
    """The text that looks a table up by the facts it is listed by."""
    by = names.tables.get(table, ())
    return f"LOOKUP({', '.join([f':{table}', *by])})"


def _written(value: tree.Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, str) else to_text(tree.Literal(value, "decimal"))


def type_of(operand: Operand, names: Names) -> Type | None:
    """The type of what stands left; None for a formula, which only reading can tell."""
    if operand.kind == "fact":
        found = names.facts.get(operand.said)
    elif operand.kind in ("parameter", "table"):
        found = names.parameters.get(operand.said)
    else:
        return None
    return found.type if found else None


def text_of(part: Part, names: Names) -> str:
    """The text of rows, brackets where they are needed. Raises :class:`Half` where one does not say enough yet."""
    if isinstance(part, Words):
        if not part.text.strip():
            raise Half("这一段文字还是空的", "this piece of text is still empty")
        return part.text.strip()
    if isinstance(part, Group):
        return _group(part, names)
    return _row(part, names)


def _group(group: Group, names: Names) -> str:
    if not group.items:
        raise Half("这一组里还没有条件", "this group has no condition yet")
    said = [text_of(one, names) for one in group.items]
    if len(said) == 1:
        made = said[0]
    else:
        joined = " OR " if group.any else " AND "
        made = joined.join(f"({one})" if _chains(item) else one for one, item in zip(said, group.items, strict=True))
    return f"NOT ({made})" if group.negated else made


def _chains(part: Part) -> bool:
    """Whether a part needs brackets among others."""
    return isinstance(part, Words) or (isinstance(part, Group) and not part.negated)


def _row(row: Row, names: Names) -> str:
    left = _side(row.left, None, names, "左边", "the left side")
    if row.ask == "yes":
        return left
    if row.ask == "no":
        return f"NOT {left}" if row.left.kind == "fact" else f"NOT ({left})"
    if row.ask in ("known", "missing"):
        return f"{_tight(row.left, left)} IS {'NOT ' if row.ask == 'known' else ''}NULL"
    kind = type_of(row.left, names)
    right = [_tight(one, _side(one, kind, names, "右边", "the right side")) for one in row.right]
    left = _tight(row.left, left)
    negated = "NOT " if row.ask.startswith("not ") else ""
    if row.ask in SEVERAL:
        if not right:
            raise Half("还没有选一个值", "no value is chosen yet")
        return f"{left} {negated}IN ({', '.join(right)})"
    if row.ask in TWO:
        if len(right) != 2:
            raise Half("“在……之间”要有两个值", "'between' needs two values")
        return f"{left} {negated}BETWEEN {right[0]} AND {right[1]}"
    if len(right) != 1:
        raise Half("右边还差一个值", "the right side still needs a value")
    return f"{left} {row.ask} {right[0]}"


def _tight(operand: Operand, text: str) -> str:
    return f"({text})" if operand.kind == "text" else text


def _side(operand: Operand, kind: Type | None, names: Names, zh: str, en: str) -> str:
    said = operand.said.strip() if operand.kind != "value" or kind != "text" else operand.said
    if not said:
        raise Half(f"{zh}还是空的", f"{en} is still empty")
    if operand.kind == "fact" or operand.kind == "text":
        return said
    if operand.kind == "parameter":
        return f":{said}"
    if operand.kind == "table":
        return lookup(said, names)
    return _value(said, kind)


def _value(said: str, kind: Type | None) -> str:
    if kind == "bool" or (kind is None and said in ("true", "false")):
        return "TRUE" if said == "true" else "FALSE"
    if kind == "date" or (kind is None and _is_day(said)):
        if not _is_day(said):
            raise Half(f"“{said}”还不是一个日期", f"'{said}' is not a day yet")
        return f"DATE '{said}'"
    if kind in ("int", "decimal") or (kind is None and NUMBER.fullmatch(said)):
        if not NUMBER.fullmatch(said):
            raise Half(f"“{said}”还不是一个数", f"'{said}' is not a number yet")
        return said
    return "'" + said.replace("'", "''") + "'"


def _is_day(said: str) -> bool:
    try:
        return dt.date.fromisoformat(said).isoformat() == said
    except ValueError:
        return False


def first_row(code: str, names: Names, today: dt.date) -> Row:
    """A row about a fact that already says something, for its author to change."""
    left, kind = Operand("fact", code), names.facts[code]
    if kind.type == "bool":
        return Row(left, "yes")
    if kind.type == "text":
        return Row(left, "=", (Operand("value", min(kind.allowed, default="")),))
    return Row(left, ">=", (Operand("value", today.isoformat() if kind.type == "date" else "1"),))


def put(group: Group, path: Sequence[int], part: Part | None, *, insert: bool = False) -> Group:
    """``group`` with ``part`` at ``path`` (None: taken out); ``insert``: before what stands there."""
    here, *rest = path
    items = list(group.items)
    if rest:
        inner = items[here]
        if not isinstance(inner, Group):
            raise IndexError(path)
        items[here] = put(inner, rest, part, insert=insert)
    elif part is None:
        del items[here]
    elif insert or here >= len(items):
        items.insert(here, part)
    else:
        items[here] = part
    return Group(tuple(items), group.any, group.negated)


def at(group: Group, path: Sequence[int]) -> Part:
    """What stands at ``path``; the group itself for an empty one."""
    found: Part = group
    for place in path:
        if not isinstance(found, Group):
            raise IndexError(path)
        found = found.items[place]
    return found
