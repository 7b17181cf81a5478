"""From text to a typed tree: sqlglot parses the neutral tokens, a white list reads its answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.faults import ExpressionError, Fault
from lianxin.engine.expressions.kinds import NUMBERS, WORDS, Kind, Names, common
from lianxin.engine.expressions.scan import Piece, Scanned, scan
from lianxin.engine.facts import INT64, Type
from lianxin.engine.problems import nearest, short

Typed = tuple[tree.Node, Kind]
_COMPARE = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_ARITHMETIC = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}


def parse(text: str, names: Names, *, expect: tuple[Type, ...] = ("bool",)) -> tree.Node:
    """The typed tree of ``text``, whose result must be one of ``expect``. Raises :class:`ExpressionError`."""
    scanned = scan(text)
    try:
        node, kind = _Builder(scanned, names).build(_sqlglot(scanned, text))
    except RecursionError:
        raise ExpressionError(Fault(0, short(text, 20), "条件嵌套太深", "the condition is nested too deeply")) from None
    if kind.type not in expect:
        zh, en = " / ".join(WORDS[kind][0] for kind in expect), " / ".join(WORDS[kind][1] for kind in expect)
        raise ExpressionError(
            Fault(
                0,
                short(text.strip()),
                f"结果应为{zh}，这里是{WORDS[kind.type][0]}",
                f"the result must be {en}, this is {WORDS[kind.type][1]}",
            )
        )
    return node


def _sqlglot(scanned: Scanned, text: str) -> Any:
    """Parse; where the caller's stack is already deep, once more on a fresh one."""
    try:
        return _parse_tokens(scanned, text)
    except RecursionError:
        answer: list[Any] = []

        def run() -> None:
            try:
                answer.append(_parse_tokens(scanned, text))
            except (ExpressionError, RecursionError) as fault:
                answer.append(fault)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if isinstance(answer[0], Exception):
            raise answer[0] from None
        return answer[0]


def _parse_tokens(scanned: Scanned, text: str) -> Any:
    from sqlglot.errors import ErrorLevel, SqlglotError
    from sqlglot.parser import Parser

    try:
        found = Parser(error_level=ErrorLevel.IMMEDIATE).parse(scanned.tokens, "")
    except SqlglotError as fault:
        raise _unreadable(scanned, text, fault) from None
    if len(found) != 1 or found[0] is None:
        raise _unreadable(scanned, text, None)
    return found[0]


def _unreadable(scanned: Scanned, text: str, fault: Any) -> ExpressionError:
    details = getattr(fault, "errors", None) or [{}]
    line = max(int(details[0].get("line") or 1) - 1, 0)
    col = details[0].get("col")
    word = ""
    for token in scanned.tokens:
        if token.col == col:
            piece = scanned.meaning.get(token.text)
            word = short(piece.text if piece else token.text)
    word = word or short(text.strip(), 20)
    return ExpressionError(
        Fault(line, word, f"条件在“{word}”附近读不通", f"the condition cannot be read near '{word}'")
    )


class _Builder:
    """Reads sqlglot's tree by a white list, typing as it goes."""

    def __init__(self, scanned: Scanned, names: Names) -> None:
        self.meaning = scanned.meaning
        self.names = names
        self.line = 0
        self.rules: dict[str, Callable[[Any], Typed]] = {
            "Paren": lambda found: self.build(found.this),
            "Column": self._column,
            "Boolean": self._boolean,
            "Neg": self._negate,
            "And": self._both,
            "Or": self._both,
            "Not": self._not,
            "In": self._in,
            "Between": self._between,
            "Is": self._is_null,
            "Case": self._case,
            "Anonymous": self._lookup,
            "Coalesce": self._coalesce,
            "Least": self._extreme,
            "Greatest": self._extreme,
            "Abs": self._number,
            "Round": self._number,
            "Floor": self._number,
            "Ceil": self._number,
            **dict.fromkeys(_COMPARE, self._compare),
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
        }

    def build(self, found: Any) -> Typed:
        name = type(found).__name__
        rule = self.rules.get(name)
        if rule is None:
            raise self._fault(
                name.upper(),
                "这里读不通（可能少了逗号、运算符或括号）",
                "this cannot be read (a comma, sign or bracket may be missing)",
            )
        return rule(found)

    def _fault(self, word: str, zh: str, en: str, near: str = "") -> ExpressionError:
        return ExpressionError(Fault(self.line, word, zh, en, near))

    # -- leaves

    def _column(self, found: Any) -> Typed:
        parts = [key for key, value in found.args.items() if value and key != "this"]
        piece = self.meaning.get(str(found.this.this))
        if parts or piece is None:
            raise self._fault(short(str(found)), "这里读不通", "this cannot be read")
        self.line = piece.line
        if piece.sign == "name":
            kind = self.names.fact(piece.text, piece.line)
            return tree.Fact(piece.text, kind.type), kind
        if piece.sign == "parameter":
            kind = self.names.parameter(piece.text, piece.line, table=False)
            return tree.Parameter(piece.text, kind.type), kind
        return self._constant(piece)

    def _constant(self, piece: Piece) -> Typed:
        if piece.sign == "text":
            return tree.Literal(piece.value, "text"), Kind("text", frozenset([piece.value]))
        if piece.sign == "date":
            return tree.Literal(piece.value, "date"), Kind("date")
        if "." in piece.text:
            value = float(piece.text)
            if value == float("inf"):
                raise self._fault(short(piece.text), "小数太大", "the decimal is too large")
            return tree.Literal(value, "decimal"), Kind("decimal")
        if len(piece.text.lstrip("0")) > 19 or int(piece.text) > INT64[1] + 1:
            raise self._fault(short(piece.text), "整数超出 64 位", "the integer does not fit 64 bits")
        return tree.Literal(int(piece.text), "int"), Kind("int")

    def _boolean(self, found: Any) -> Typed:
        return tree.Literal(bool(found.this), "bool"), Kind("bool")

    # -- numbers

    def _checked(self, found: Any) -> Typed:
        """Build; an integer literal one beyond the largest is allowed only under a minus."""
        node, kind = self.build(found)
        if isinstance(node, tree.Literal) and node.type == "int" and int(node.value) > INT64[1]:  # type: ignore[arg-type]
            raise self._fault(str(node.value), "整数超出 64 位", "the integer does not fit 64 bits")
        return node, kind

    def _negate(self, found: Any) -> Typed:
        node, kind = self.build(found.this)
        self._need(kind, NUMBERS, found.this)
        if isinstance(node, tree.Literal) and node.value >= 0:  # type: ignore[operator]
            return tree.Literal(-node.value, node.type), kind  # type: ignore[operator]
        return tree.Negate(node, kind.type), Kind(kind.type)

    def _arithmetic(self, found: Any) -> Typed:
        operator = _ARITHMETIC[type(found).__name__]
        left, one = self._checked(found.this)
        self._need(one, NUMBERS, found.this)
        right, two = self._checked(found.expression)
        self._need(two, NUMBERS, found.expression)
        kind: Type = "decimal" if operator == "/" or "decimal" in (one.type, two.type) else "int"
        return tree.Arithmetic(operator, left, right, kind), Kind(kind)

    def _number(self, found: Any) -> Typed:
        name = type(found).__name__.upper()
        if any(value for key, value in found.args.items() if key != "this") or found.this is None:
            raise self._fault(name, f"{name} 只取一个参数", f"{name} takes one argument")
        node, kind = self._checked(found.this)
        self._need(kind, NUMBERS, found.this)
        made: Type = kind.type if name == "ABS" else "int"
        return tree.Call(name, (node,), made), Kind(made)

    # -- truth

    def _both(self, found: Any) -> Typed:
        """A chain of AND (or OR) as one flat node, without recursion along the chain."""
        shape, parts, rest = type(found), [], [found]
        while rest:
            part = rest.pop()
            if type(part) is shape:
                rest += [part.expression, part.this]
                continue
            node, kind = self.build(part)
            self._need(kind, ("bool",), part)
            parts.append(node)
        return (tree.And if shape.__name__ == "And" else tree.Or)(tuple(parts)), Kind("bool")

    def _not(self, found: Any) -> Typed:
        node, kind = self.build(found.this)
        self._need(kind, ("bool",), found.this)
        return tree.Not(node), Kind("bool")

    def _is_null(self, found: Any) -> Typed:
        if type(found.expression).__name__ != "Null":
            raise self._fault("IS", "IS 后面只能写 NULL 或 NOT NULL", "IS must be followed by NULL or NOT NULL")
        return tree.IsNull(self._checked(found.this)[0]), Kind("bool")

    def _compare(self, found: Any) -> Typed:
        operator = _COMPARE[type(found).__name__]
        left, right = self._checked(found.this), self._checked(found.expression)
        self._alike([left, right], ordered=operator not in ("=", "<>"))
        return tree.Compare(operator, left[0], right[0]), Kind("bool")

    def _between(self, found: Any) -> Typed:
        if found.args.get("symmetric"):
            raise self._fault("SYMMETRIC", "这里读不通", "this cannot be read")
        parts = [self._checked(part) for part in (found.this, found.args["low"], found.args["high"])]
        self._alike(parts, ordered=True)
        return tree.Between(parts[0][0], parts[1][0], parts[2][0]), Kind("bool")

    def _in(self, found: Any) -> Typed:
        others = {key for key, value in found.args.items() if value and key not in ("this", "expressions")}
        items = found.expressions
        if others or not items or any(type(item).__name__ in ("Tuple", "Alias") for item in items):
            raise self._fault("IN", "IN 后面要写括号里的清单", "IN must be followed by a list in brackets")
        parts = [self._checked(part) for part in (found.this, *items)]
        self._alike(parts, ordered=False)
        return tree.In(parts[0][0], tuple(part[0] for part in parts[1:])), Kind("bool")

    # -- choices

    def _case(self, found: Any) -> Typed:
        if found.this is not None:
            raise self._fault("CASE", "CASE 后面要写 WHEN", "CASE must be followed by WHEN")
        tests, values = [], []
        for branch in found.args["ifs"]:
            test, kind = self.build(branch.this)
            self._need(kind, ("bool",), branch.this)
            tests.append(test)
            values.append(self._checked(branch.args["true"]))
        default = found.args.get("default")
        if default is not None:
            values.append(self._checked(default))
        kind = self._one_kind(values, "CASE")
        nodes = [value[0] for value in values]
        last = nodes.pop() if default is not None else None
        return tree.Case(tuple(zip(tests, nodes, strict=True)), last, kind.type), kind

    def _coalesce(self, found: Any) -> Typed:
        parts = [self._checked(part) for part in (found.this, *found.expressions)]
        self._several(parts, "COALESCE")
        kind = self._one_kind(parts, "COALESCE")
        return tree.Call("COALESCE", tuple(part[0] for part in parts), kind.type), kind

    def _extreme(self, found: Any) -> Typed:
        name = type(found).__name__.upper()
        parts = [self._checked(part) for part in (found.this, *found.expressions)]
        self._several(parts, name)
        self._alike(parts, ordered=True)
        kind = self._one_kind(parts, name)
        return tree.Call(name, tuple(part[0] for part in parts), kind.type), Kind(kind.type)

    def _several(self, parts: list[Typed], name: str) -> None:
        if len(parts) < 2:
            raise self._fault(name, f"{name} 至少要两个参数", f"{name} takes two arguments or more")

    def _lookup(self, found: Any) -> Typed:
        if str(found.this).upper() != "LOOKUP":
            raise self._fault(short(str(found.this)), "没有这个函数", "there is no such function")
        first, rest = (found.expressions or [None])[0], found.expressions[1:]
        piece = self.meaning.get(str(first.this.this)) if type(first).__name__ == "Column" else None
        if piece is None or piece.sign != "parameter":
            raise self._fault(
                "LOOKUP", "LOOKUP 的第一个参数要写表，如 :bonus", "LOOKUP begins with a table, as in :bonus"
            )
        self.line = piece.line
        kind = self.names.parameter(piece.text, piece.line, table=True)
        if len(rest) != len(kind.by):
            raise self._fault(
                "LOOKUP",
                f"表 :{piece.text} 要按 {len(kind.by)} 个要素查",
                f"the table :{piece.text} is looked up by {len(kind.by)} facts",
            )
        nodes = []
        for part, by in zip(rest, kind.by, strict=True):
            node, got = self._checked(part)
            self._alike([(node, got), (node, by)], ordered=False)
            if got.type != by.type:
                raise self._fault("LOOKUP", "查表的类型不对", "the table is looked up with the wrong type")
            nodes.append(node)
        return tree.Lookup(piece.text, tuple(nodes), kind.type), Kind(kind.type, kind.allowed)

    # -- types

    def _need(self, kind: Kind, wanted: tuple[Type, ...], found: Any) -> None:
        if kind.type not in wanted:
            zh, en = "、".join(WORDS[kind][0] for kind in wanted), " or ".join(WORDS[kind][1] for kind in wanted)
            word = self._word(found)
            raise self._fault(
                word,
                f"“{word}”应为{zh}，却是{WORDS[kind.type][0]}",
                f"'{word}' must be {en}, it is {WORDS[kind.type][1]}",
            )

    def _word(self, found: Any) -> str:
        """The first word of ``found`` as its author wrote it."""
        for column in found.find_all(type(found)) if type(found).__name__ == "Column" else found.walk():
            piece = self.meaning.get(str(column.this.this)) if type(column).__name__ == "Column" else None
            if piece is not None:
                self.line = piece.line
                return short(f":{piece.text}" if piece.sign == "parameter" else piece.text)
        return short(type(found).__name__.upper())

    def _alike(self, parts: list[Typed], *, ordered: bool) -> None:
        """All parts must be of one type, which has an order if asked; constants must be possible."""
        first = parts[0][1]
        for node, kind in parts[1:]:
            if common([first.type, kind.type]) is None:
                word = _said(node) or _said(parts[0][0])
                raise self._fault(
                    word,
                    f"{WORDS[first.type][0]}不能与{WORDS[kind.type][0]}比较（{word}）",
                    f"{WORDS[first.type][1]} cannot be compared with {WORDS[kind.type][1]} ({word})",
                )
        if ordered and first.type in ("text", "bool"):
            word = _said(parts[0][0]) or _said(parts[1][0])
            raise self._fault(
                word,
                f"{WORDS[first.type][0]}没有大小先后，只能用 =、<>、IN",
                f"{WORDS[first.type][1]} has no order: use =, <> or IN",
            )
        for node, kind in parts[1:]:
            self._possible(parts[0][0], first, node, kind)
            self._possible(node, kind, parts[0][0], first)

    def _possible(self, left: tree.Node, one: Kind, right: tree.Node, two: Kind) -> None:
        """Refuse a text constant that the other side can never be."""
        if left is right or one.type != "text" or not one.allowed or isinstance(left, tree.Literal):
            return
        if isinstance(right, tree.Literal | tree.Parameter):
            for value in sorted(two.allowed - one.allowed):
                word = short(value)
                raise self._fault(
                    word,
                    f"“{word}”不是 {_said(left) or '这里'} 允许的值",
                    f"'{word}' is not an allowed value of {_said(left) or 'this'}",
                    nearest(value, one.allowed),
                )

    def _one_kind(self, parts: list[Typed], name: str) -> Kind:
        kind = common([part[1].type for part in parts])
        if kind is None:
            raise self._fault(name, f"{name} 的各个结果类型不同", f"the results of {name} are of different types")
        open_text = any(not part[1].allowed for part in parts) or all(
            isinstance(part[0], tree.Literal) for part in parts
        )
        allowed = frozenset() if open_text else frozenset().union(*(part[1].allowed for part in parts))
        return Kind(kind, allowed)


def _said(node: tree.Node) -> str:
    match node:
        case tree.Fact(name=name):
            return name
        case tree.Parameter(name=name):
            return f":{name}"
        case tree.Literal(value=value, type="text"):
            return f"'{short(str(value))}'"
        case tree.Literal(value=value):
            return str(value)
        case _:
            return ""
