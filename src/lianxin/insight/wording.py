"""How a number is said: exact or at least, plain or in ten thousands, in Chinese and in English."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings

from lianxin.engine import money
from lianxin.insight.definitions import Definition

WAN = 10_000


def at_least(value: int) -> tuple[int, bool]:
    """Rounded down to one leading digit below 100 and two from 100; and whether anything was cut off.

    83 → 80, 853 → 850, 371234500 → 370000000; 300 stays whole, and is not said to be more.
    """
    digits = str(abs(value))
    keep = 1 if abs(value) < 100 else 2
    unit = 10 ** max(len(digits) - keep, 0)
    cut = abs(value) // unit * unit if abs(value) >= 10 else abs(value)
    return (cut if value >= 0 else -cut), cut != abs(value)


def said(definition: Definition, value: int | None, language: str, hidden: str = "small") -> str:
    """The number as it stands in a sentence (``203 万元``, ``1000 余``, ``over 3.7 million yuan``).

    None is a number that is not shown: sealed, or with fewer people behind it than the threshold.
    """
    chinese = language.startswith("zh")
    if value is None:
        return _unsaid(definition, chinese, hidden)
    more = False
    if definition.show == "at-least":
        value, more = at_least(value)
    return _chinese(definition, value, more) if chinese else _english(definition, value, more)


def _unsaid(definition: Definition, chinese: bool, hidden: str) -> str:
    """Of money nothing is said; of people and things, that there are fewer than the threshold."""
    if hidden == "sealed" or definition.money:
        return "（不公开）" if chinese else "(not shown)"
    return f"不足 {settings.SMALL_CELL}" if chinese else f"fewer than {settings.SMALL_CELL}"


def exact(definition: Definition, value: int | None, language: str, hidden: str = "small") -> str:
    """The exact number with its unit, as tables and side panels show it."""
    chinese = language.startswith("zh")
    if value is None:
        return _unsaid(definition, chinese, hidden)
    if definition.money:
        return f"{money.yuan(value)} 元" if chinese else f"{money.yuan(value)} yuan"
    return f"{value:,} {definition.unit[language]}"


def sentence(definition: Definition, value: int | None, language: str, hidden: str = "small") -> str:
    """The figure's own sentence with the number in it; the number alone where it has none."""
    text = said(definition, value, language, hidden)
    return definition.say[language].replace("{value}", text) if definition.say else text


def _plain(number: Decimal, *, commas: bool = True) -> str:
    text = f"{number:,f}" if commas else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _chinese(definition: Definition, value: int, more: bool) -> str:
    """余 stands after round tens (370 余万元), after 万 else (7.4 万余元); what is below ten thousand is said plainly."""
    extra = " 余" if more else ""
    whole = Decimal(value) / 100 if definition.money else Decimal(value)
    if definition.display in ("万", "万元") and abs(whole) >= WAN:
        number, unit = whole / WAN, definition.display
        if more and number % 10:
            return f"{_plain(number, commas=False)} 万余{unit[1:]}"
        return f"{_plain(number, commas=not more)}{extra or ' '}{unit}"
    if definition.display in ("yuan", "万元"):
        if more or (definition.display != "yuan" and whole % 1 == 0):
            return f"{_plain(whole, commas=False)}{extra or ' '}元"
        return f"{money.yuan(value)} 元"
    return f"{_plain(whole, commas=not more)}{extra}"


def _english(definition: Definition, value: int, more: bool) -> str:
    whole = Decimal(value) / 100 if definition.money else Decimal(value)
    large = definition.display in ("万", "万元") and abs(whole) >= 1_000_000
    text = f"{_plain(whole / 1_000_000)} million" if large else _plain(whole)
    if definition.display in ("yuan", "万元"):
        text += " yuan"
    return f"over {text}" if more else text
