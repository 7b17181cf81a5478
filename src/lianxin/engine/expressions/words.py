"""A condition as one sentence, in Chinese or English, for the person it decides about and for its author."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from lianxin.engine import money
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.reference import Known, Table
from lianxin.engine.facts import Fact, Name

_ZH = {"=": "是", "<>": "不是", "<": "小于", "<=": "不超过", ">": "超过", ">=": "不少于"}
_EN = {"=": "is", "<>": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}
_ZH_DAY = {"<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
_EN_DAY = {"<": "is before", "<=": "is on or before", ">": "is after", ">=": "is on or after"}
_CALLS = {
    "LEAST": ("其中最小的：{}", "the least of {}"), "GREATEST": ("其中最大的：{}", "the greatest of {}"),
    "ABS": ("{}的绝对值", "the size of {}"), "ROUND": ("{}四舍五入", "{} rounded"),
    "FLOOR": ("{}取整（舍）", "{} rounded down"), "CEIL": ("{}取整（入）", "{} rounded up"),
    "COALESCE": ("第一个有值的：{}", "the first known of {}"),
}  # fmt: skip
_UNITS = {"day": ("天", "days"), "month": ("个月", "months"), "year": ("年", "years"), "percent": ("%", "%")}


class Speaker:
    """Says conditions in one language. ``units`` are the parameters' labels, ``values`` their values on the day."""

    def __init__(
        self,
        language: str,
        facts: Mapping[str, Fact],
        *,
        names: Mapping[str, Name] | None = None,
        units: Mapping[str, str] | None = None,
        values: Mapping[str, Known | Table] | None = None,
    ) -> None:
        self.zh = language.startswith("zh")
        self.language = language
        self.facts = facts
        self.names, self.units, self.values = names or {}, units or {}, values or {}

    def say(self, node: tree.Node) -> str:
        """The sentence of ``node``."""
        match node:
            case tree.Literal(value=value):
                return self._value(value)
            case tree.Fact(name=name):
                return self._fact(name)
            case tree.Parameter(name=name):
                return self._parameter(name)
            case tree.And(items=items):
                return ("，并且" if self.zh else " and ").join(self._inner(item) for item in items)
            case tree.Or(items=items):
                return ("，或者" if self.zh else " or ").join(self._inner(item) for item in items)
            case tree.Not(operand=operand):
                return self._not(operand)
            case tree.IsNull(operand=operand):
                said = self.say(operand)
                return f"档案里没有“{said}”" if self.zh else f"nothing is on file about “{said}”"
            case tree.Compare():
                return self._compare(node)
            case tree.In(operand=operand, items=items):
                return self._among(operand, items, negated=False)
            case tree.Between(operand=operand, low=low, high=high):
                a, b, c = self.say(operand), self.say(low), self.say(high)
                return f"{a}在 {b} 到 {c} 之间（含两端）" if self.zh else f"{a} is from {b} to {c}"
            case tree.Case():
                return self._case(node)
            case tree.Call(function=function, arguments=arguments):
                form = _CALLS[function][0 if self.zh else 1]
                return form.format(("、" if self.zh else ", ").join(self._operand(part) for part in arguments))
            case tree.Lookup(table=table, arguments=arguments):
                by = ("、" if self.zh else ", ").join(self.say(part) for part in arguments)
                return f"按{by}查“{self._name(table)}”" if self.zh else f"“{self._name(table)}” by {by}"
            case tree.Negate(operand=operand):
                return f"-{self._operand(operand)}"
            case tree.Arithmetic(operator=operator, left=left, right=right):
                sign = {"*": "×", "/": "÷", "-": "−"}.get(operator, operator)
                return f"{self._operand(left)} {sign} {self._operand(right)}"

    def _inner(self, node: tree.Node) -> str:
        said = self.say(node)
        return (f"（{said}）" if self.zh else f"({said})") if isinstance(node, tree.And | tree.Or) else said

    def _operand(self, node: tree.Node) -> str:
        said = self.say(node)
        return f"({said})" if isinstance(node, tree.Arithmetic | tree.Case) else said

    def _fact(self, name: str) -> str:
        fact = self.facts.get(name)
        return fact.name[self.language] if fact else name

    def _name(self, name: str) -> str:
        found = self.names.get(name)
        return found[self.language] if found else name

    def _parameter(self, name: str) -> str:
        value = self.values.get(name)
        if value is None or isinstance(value, Mapping):
            return f"“{self._name(name)}”"
        unit = self.units.get(name, "")
        if unit == "fen" and isinstance(value, int):
            return f"{money.yuan(value)} 元" if self.zh else f"{money.yuan(value)} yuan"
        label = _UNITS.get(unit, ("", ""))[0 if self.zh else 1]
        return f"{self._value(value)} {label}".strip()

    def _value(self, value: Known) -> str:
        if isinstance(value, bool):
            return ("是" if value else "否") if self.zh else ("yes" if value else "no")
        if isinstance(value, dt.date):
            return f"{value.year} 年 {value.month} 月 {value.day} 日" if self.zh else value.isoformat()
        return str(value)

    def _not(self, operand: tree.Node) -> str:
        if isinstance(operand, tree.In):
            return self._among(operand.operand, operand.items, negated=True)
        said = self.say(operand)
        if isinstance(operand, tree.IsNull):
            what = self.say(operand.operand)
            return f"档案里有“{what}”" if self.zh else f"“{what}” is on file"
        return f"不是“{said}”" if self.zh else f"not: {said}"

    def _text(self, other: tree.Node, node: tree.Node) -> str:
        """A text constant by the name that the fact beside it gives it."""
        if isinstance(node, tree.Literal) and isinstance(other, tree.Fact) and other.name in self.facts:
            named = self.facts[other.name].allowed.get(str(node.value))
            if named:
                return named[self.language]
        return self._operand(node)

    def _compare(self, node: tree.Compare) -> str:
        if isinstance(node.right, tree.Literal) and node.right.type == "bool" and node.operator in ("=", "<>"):
            wanted = bool(node.right.value) == (node.operator == "=")
            return self.say(node.left) if wanted else self._not(node.left)
        day = node.left.type == "date"
        table = (_ZH if self.zh else _EN) | ((_ZH_DAY if self.zh else _EN_DAY) if day else {})
        left, right = self._text(node.right, node.left), self._text(node.left, node.right)
        return f"{left}{table[node.operator]}{right}" if self.zh else f"{left} {table[node.operator]} {right}"

    def _among(self, operand: tree.Node, items: tuple[tree.Node, ...], *, negated: bool) -> str:
        listed = ("、" if self.zh else ", ").join(self._text(operand, item) for item in items)
        if self.zh:
            return f"{self.say(operand)}{'不是' if negated else '是'}{listed}" + (
                "" if len(items) == 1 else "中的任何一个" if negated else "之一"
            )
        return f"{self.say(operand)} is {'none' if negated else 'one'} of {listed}"

    def _case(self, node: tree.Case) -> str:
        parts = [
            f"如果{self.say(test)}，则为{self.say(value)}" if self.zh else f"{self.say(value)} if {self.say(test)}"
            for test, value in node.branches
        ]
        if node.default is not None:
            parts.append(f"否则为{self.say(node.default)}" if self.zh else f"otherwise {self.say(node.default)}")
        return ("；" if self.zh else "; ").join(parts)
