"""Money is an integer number of fen (分). Nothing here is a float."""

from __future__ import annotations

import re

_YUAN = re.compile(r"^\s*(-?)\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?\s*$")


def yuan(fen: int) -> str:
    """900000 → ``9,000.00``."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{part:02d}"


def plain_yuan(fen: int) -> str:
    """900000 → ``9000.00``: the form that banks and ledgers read."""
    return yuan(fen).replace(",", "")


def fen(text: str) -> int:
    """``9,000.5`` → 900050. Raises ``ValueError`` for anything that is not an amount in yuan."""
    found = _YUAN.match(text)
    if not found:
        raise ValueError(f"not an amount in yuan: {text[:20]!r}")
    sign, whole, part = found.groups()
    value = int(whole.replace(",", "")) * 100 + int((part or "0").ljust(2, "0"))
    return -value if sign else value


def capital(fen: int) -> str:
    """900000 → ``玖仟元整``: the numerals of cheques and payment sheets, for amounts of zero and above."""
    whole, part = divmod(fen, 100)
    jiao, rest = divmod(part, 10)
    tail = (_DIGITS[jiao] + "角" if jiao else "零" if rest and whole else "") + (_DIGITS[rest] + "分" if rest else "整")
    head = _whole(whole)
    return f"{head}元{tail}" if head else (tail if part else "零元整")


_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def _whole(number: int) -> str:
    """A whole number in groups of four: 仟佰拾, with 万 and 亿 between the groups."""
    said, units, zero = "", ["", "万", "亿", "万亿"], False
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            zero = bool(said)
            continue
        if said and (zero or group < 1000):
            said += "零"
        said += _four(group) + units[place]
        zero = False
    return said


def _four(group: int) -> str:
    said, zero = "", False
    for place, unit in zip((1000, 100, 10, 1), ("仟", "佰", "拾", ""), strict=True):
        digit = group // place % 10
        if digit:
            said += ("零" if zero else "") + _DIGITS[digit] + unit
            zero = False
        else:
            zero = bool(said)
    return said
