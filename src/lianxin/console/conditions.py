"""The conditions of a verdict as pages open them: each with its mark, its words, what it looked at and its law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from lianxin.access.queries import area_names
from lianxin.access.templatetags.ui import full_day
from lianxin.catalogue.queries import Explained
from lianxin.console import words
from lianxin.engine import facts, money
from lianxin.engine.explaining import Looked

AREAS = frozenset({"residence", "residence_county", "hukou_county"})  # facts that hold an area's code


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as a panel shows it: ``icon`` and ``tone``, its words, what it looked at, its law."""

    icon: str
    tone: str
    say: str
    looked: str
    cite: str


def _fact(name: str, value: Any, declared: Mapping[str, facts.Fact]) -> str:
    known = declared.get(name) or facts.VOCABULARY.get(name)
    language = get_language() or "zh"
    called = known.name[language] if known else name
    if value is None:
        return gettext("%(fact)s: not in the file") % {"fact": called}
    if isinstance(value, bool):
        shown = gettext("yes") if value else gettext("no")
    elif hasattr(value, "isoformat"):
        shown = full_day(value)
    elif name == "monthly_income":
        shown = money.yuan(int(value))
    elif name in AREAS:
        shown = words.said_pair(dict(zip(("zh", "en"), area_names([value]).get(value, (value, value)), strict=True)))
    elif known and value in known.allowed:
        shown = known.allowed[value][language]
    else:
        shown = str(value)
    return f"{called}: {shown}"


def _condition(row: Looked, declared: Mapping[str, facts.Fact]) -> Condition:
    icon, tone = ("check", "pine") if row.good else ("missing", "amber") if row.good is None else ("none", "muted")
    looked = " · ".join(_fact(name, value, declared) for name, value in row.facts.items())
    cite = f"{row.cite.law} §{row.cite.article}" if row.cite and row.cite.article else row.cite.law if row.cite else ""
    say = words.said(row.say)
    if row.label.startswith("unless") and row.good:
        say = gettext("does not apply: %s") % say
    return Condition(icon, tone, say, looked, cite)


def conditions(opened: Explained) -> list[Condition]:
    """The conditions of a verdict, opened."""
    return [_condition(row, opened.service.facts) for row in opened.result.conditions]
