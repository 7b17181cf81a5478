"""The gate before the parser: only listed words and signs pass, within size and depth.

The tokenizer and the parser are sqlglot's, which know all of SQL. Here every name becomes a neutral word before the
parser sees it, so that no word of SQL outside our list can mean anything to it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from lianxin.engine.expressions.faults import ExpressionError, Fault
from lianxin.engine.problems import edits, nearest, short

MAX_TEXT = 20_000
MAX_TOKENS = 4_000
MAX_DEPTH = 30
MAX_ARITHMETIC = 200
KEYWORDS = frozenset(
    ["AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "CASE", "WHEN", "THEN", "ELSE", "END", "TRUE", "FALSE", "DATE"]
)
FUNCTIONS = frozenset(["COALESCE", "LEAST", "GREATEST", "ABS", "ROUND", "FLOOR", "CEIL", "LOOKUP"])
_SIGNS = frozenset(["=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "(", ")", ","])
_COMPARISONS = frozenset(["=", "<>", "<", "<=", ">", ">=", "IN", "BETWEEN", "IS"])
_OPENS = frozenset(["(", ",", "AND", "OR", "NOT", "WHEN", "THEN", "ELSE", "CASE"])
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Piece:
    """One token: ``sign`` is its canonical form (``AND``, ``<=``, ``name``, ``text``, ``number``, ``date``, …)."""

    sign: str
    text: str
    line: int
    token: Any
    value: Any = None


@dataclass(slots=True)
class Scanned:
    """What the parser gets, and what its neutral words stand for."""

    tokens: list[Any]
    meaning: dict[str, Piece] = field(default_factory=dict)


def scan(text: str) -> Scanned:
    """Check ``text`` and return neutral tokens. Raises :class:`ExpressionError`."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(
            Fault(
                0, short(text, 20), f"条件超过 {MAX_TEXT} 个字符", f"a condition may have at most {MAX_TEXT} characters"
            )
        )
    pieces = _merge(_pieces(text))
    _refuse_queries(pieces)
    if not pieces:
        raise ExpressionError(Fault(0, "", "条件是空的", "the condition is empty"))
    if len(pieces) > MAX_TOKENS:
        raise ExpressionError(
            Fault(0, "", f"条件超过 {MAX_TOKENS} 个词", f"a condition may have at most {MAX_TOKENS} words")
        )
    _check_depth(pieces)
    _check_neighbours(pieces)
    _check_order(pieces)
    _check_comparisons(pieces)
    return _neutral(pieces)


def _refuse_queries(pieces: list[Piece]) -> None:
    """A bracket that begins as a query does, by its word or by one a slip away, gets the reason, not a guess at a sign."""
    for before, piece, after in zip(pieces, pieces[1:], pieces[2:], strict=False):
        word = piece.text.upper()
        if before.sign != "(" or piece.sign not in {"name", "SELECT"} or edits(word, "SELECT") > 1:
            continue
        if after.sign in {"name", "number", "text", "*"} or word == "SELECT":
            raise ExpressionError(
                Fault(piece.line, short(piece.text), f"“{short(piece.text)}”：条件里不能有子查询，只能用要素、参数和函数",
                      f"'{short(piece.text)}': sub-queries are not allowed; a condition has facts, parameters and functions")
            )  # fmt: skip


def _pieces(text: str) -> list[Piece]:
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        tokens = sqlglot.tokenize(text)
    except SqlglotError:
        line = text[: text.rfind("'")].count("\n") if "'" in text else 0
        raise ExpressionError(
            Fault(line, short(text[-20:]), "有引号没有合上", "a quotation mark is not closed")
        ) from None
    pieces, before = [], 0
    for token in tokens:
        gap = text[before : token.start].strip()
        line = text.count("\n", 0, token.start)
        if gap:
            raise _refused(gap, line)
        pieces.append(_piece(token, text[token.start : token.end + 1], line))
        before = token.end + 1
    rest = text[before:].strip()
    if rest:
        raise _refused(rest, text.count("\n", 0, before))
    return pieces


def _refused(word: str, line: int) -> ExpressionError:
    shown = short(word, 20)
    return ExpressionError(Fault(line, shown, f"条件里不能写“{shown}”", f"'{shown}' is not part of this language"))


def _piece(token: Any, source: str, line: int) -> Piece:
    kind = token.token_type.name
    if source[:1] == "'" and kind == "STRING":
        return Piece("text", source, line, token, token.text)
    if kind == "NUMBER":
        if not _NUMBER.fullmatch(source):
            raise ExpressionError(
                Fault(
                    line,
                    short(source),
                    f"看不懂数字“{short(source)}”（只写整数或小数）",
                    f"'{short(source)}' is not a plain integer or decimal",
                )
            )
        return Piece("number", source, line, token)
    if source in _SIGNS or source == ":":
        return Piece(source, source, line, token)
    if _WORD.fullmatch(source):
        upper = source.upper()
        return Piece(upper if upper in KEYWORDS else "name", source, line, token)
    raise _refused(source, line)


def _merge(pieces: list[Piece]) -> list[Piece]:
    """Join ``DATE '…'`` and ``:name``; recognise functions."""
    made: list[Piece] = []
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        if piece.sign == "DATE":
            if after is None or after.sign != "text":
                raise ExpressionError(
                    Fault(
                        piece.line,
                        piece.text,
                        "DATE 后面要写日期，如 DATE '2023-01-01'",
                        "DATE must be followed by a day, as in DATE '2023-01-01'",
                    )
                )
            made.append(Piece("date", f"{piece.text} {after.text}", piece.line, piece.token, _day(after)))
            index += 2
            continue
        if piece.sign == ":":
            if (
                after is None
                or after.sign == "text"
                or after.token.start != piece.token.end + 1
                or not _WORD.fullmatch(after.text)
            ):
                raise _refused(":", piece.line)
            made.append(Piece("parameter", after.text, piece.line, piece.token))
            index += 2
            continue
        if piece.sign == "name" and after is not None and after.sign == "(":
            piece = _function(piece)
        made.append(piece)
        index += 1
    return made


def _day(piece: Piece) -> dt.date:
    text = str(piece.value)
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ExpressionError(
            Fault(piece.line, short(text), f"没有“{short(text)}”这一天", f"there is no day '{short(text)}'")
        ) from None


def _function(piece: Piece) -> Piece:
    upper = piece.text.upper()
    if upper not in FUNCTIONS:
        word = short(piece.text)
        raise ExpressionError(
            Fault(piece.line, word, f"没有函数 {word}", f"there is no function {word}", nearest(upper, FUNCTIONS))
        )
    return Piece("function", upper, piece.line, piece.token)


def _check_depth(pieces: list[Piece]) -> None:
    depth = prefix = arithmetic = 0
    before = "("
    for piece in pieces:
        sign = piece.sign
        if sign in ("(", "CASE"):
            depth += 1
        elif sign in (")", "END"):
            depth -= 1
        is_prefix = sign == "NOT" or (sign == "-" and _starts(before))
        prefix = prefix + 1 if is_prefix else (prefix if sign == "(" else 0)
        arithmetic += sign in ("+", "-", "*", "/")
        if depth + prefix > MAX_DEPTH:
            raise ExpressionError(
                Fault(
                    piece.line,
                    piece.text,
                    f"括号或否定嵌套超过 {MAX_DEPTH} 层",
                    f"brackets or negations are nested more than {MAX_DEPTH} deep",
                )
            )
        if arithmetic > MAX_ARITHMETIC:
            raise ExpressionError(
                Fault(
                    piece.line,
                    piece.text,
                    f"加减乘除超过 {MAX_ARITHMETIC} 次",
                    f"a condition may hold at most {MAX_ARITHMETIC} sums and products",
                )
            )
        before = sign


def _starts(before: str) -> bool:
    """Whether a sign after ``before`` stands at the beginning of an operand."""
    return before in _OPENS or before in _COMPARISONS or before in ("+", "-", "*", "/", "AND", "OR")


_OPERANDS = frozenset(["name", "text", "number", "date", "parameter", "TRUE", "FALSE"])


def _check_neighbours(pieces: list[Piece]) -> None:
    """Refuse two operands with nothing between them, and a sign with no operand after it."""
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        ends = piece.sign in _OPERANDS or piece.sign in (")", "END", "NULL")
        if after is None:
            if not ends:
                raise ExpressionError(
                    Fault(
                        piece.line,
                        piece.text,
                        f"“{piece.text}”后面缺了东西",
                        f"something is missing after '{piece.text}'",
                    )
                )
        elif ends and (after.sign in _OPERANDS or after.sign in ("(", "CASE", "function")):
            first, second = short(piece.text), short(after.text)
            word = first if piece.sign == "name" else second
            raise ExpressionError(
                Fault(
                    piece.line,
                    word,
                    f"“{first}”和“{second}”之间缺少运算符",
                    f"an operator is missing between '{first}' and '{second}'",
                )
            )


def _check_order(pieces: list[Piece]) -> None:
    """Refuse what the parser would read as more than the grammar: unary plus, IS TRUE, simple CASE, bare NULL."""
    before, earlier = "(", ""
    for index, piece in enumerate(pieces):
        sign = piece.sign
        after = pieces[index + 1].sign if index + 1 < len(pieces) else ""
        wrong = (
            (sign == "+" and _starts(before))
            or (sign == "NULL" and not (before == "IS" or (before == "NOT" and earlier == "IS")))
            or (
                sign == "IS"
                and not (
                    after == "NULL" or (after == "NOT" and index + 2 < len(pieces) and pieces[index + 2].sign == "NULL")
                )
            )
            or (sign == "CASE" and after != "WHEN")
            or (sign == "IN" and after != "(")
            or (sign == "," and (after in (")", ",") or before == "("))
            or (sign == ")" and before == "(")
            or (sign == "NOT" and not (before in _OPENS or before == "IS" or after in ("IN", "BETWEEN")))
        )
        if wrong:
            raise _refused_at(piece, after)
        before, earlier = sign, before


def _refused_at(piece: Piece, after: str) -> ExpressionError:
    hints = {
        "IS": ("IS 后面只能写 NULL 或 NOT NULL", "IS must be followed by NULL or NOT NULL"),
        "NULL": ("NULL 只能写在 IS 或 IS NOT 后面", "NULL may stand only after IS or IS NOT"),
        "CASE": ("CASE 后面要写 WHEN", "CASE must be followed by WHEN"),
        "IN": ("IN 后面要写括号里的清单", "IN must be followed by a list in brackets"),
        "NOT": ("NOT 前面要加括号", "put brackets before NOT"),
    }
    zh, en = hints.get(piece.sign, (f"“{piece.text}”写在这里读不通", f"'{piece.text}' cannot stand here"))
    return ExpressionError(Fault(piece.line, piece.text, zh, en))


def _check_comparisons(pieces: list[Piece]) -> None:
    """Two comparisons in a row need brackets: engines disagree on which comes first."""
    stack = [""]
    between = [0]
    for piece in pieces:
        sign = piece.sign
        if sign in ("(", "CASE"):
            stack.append("")
            between.append(0)
        elif sign in (")", "END") and len(stack) > 1:
            stack.pop()
            between.pop()
        elif sign == "AND" and between[-1]:
            between[-1] -= 1
        elif sign in ("AND", "OR", ",", "WHEN", "THEN", "ELSE"):
            stack[-1] = ""
        elif sign in _COMPARISONS:
            if stack[-1]:
                raise ExpressionError(
                    Fault(
                        piece.line,
                        piece.text,
                        f"“{stack[-1]}”和“{piece.text}”连写，请加括号",
                        f"'{stack[-1]}' and '{piece.text}' in a row: put brackets",
                    )
                )
            stack[-1] = piece.text
            between[-1] += sign == "BETWEEN"


def _neutral(pieces: list[Piece]) -> Scanned:
    from sqlglot.tokens import Token, TokenType  # type: ignore[attr-defined]

    made = Scanned([])
    for index, piece in enumerate(pieces):
        if piece.sign in ("name", "parameter", "date", "text", "number"):
            word = f"w{index}x"
            made.meaning[word] = piece
            token = Token(TokenType.VAR, word, line=piece.line + 1, col=index)
        elif piece.sign == "function":
            token = Token(TokenType.VAR, piece.text, line=piece.line + 1, col=index)
        else:
            token = Token(piece.token.token_type, piece.sign, line=piece.line + 1, col=index)
        made.tokens.append(token)
    return made
