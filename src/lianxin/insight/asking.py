"""Questions of one's own over the register: what to count, of which rows, put together by what. No SQL: a question is data,
becomes the same definition that a published figure is, and is counted and guarded as one.

Whoever may not open rows sees numbers cut down to multiples of the threshold (sums to two digits), one grouping at a time, and
nothing behind which too few people stand: another question, subtracted, must not speak of one person. Sealed matters are left
out for everybody off their list.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access.permissions import Refused, require
from lianxin.access.queries import within
from lianxin.engine import figures as declared
from lianxin.engine.expressions.parse import parse
from lianxin.engine.facts import Name
from lianxin.engine.refusal import Refusal
from lianxin.engine.register import KINDS, LEVELS
from lianxin.engine.scope import Actor, Scope
from lianxin.insight import columns, fewer, figures, register, wording
from lianxin.insight.definitions import Definition
from lianxin.insight.figures import FigureValue
from lianxin.insight.models import Question
from lianxin.insight.register import View, Window
from lianxin.journal import actions as journal
from lianxin.journal import guard

FILTERS = ("kind", "service", "programme", "category", "level")
BLANK = "-"  # asks for rows that say nothing there
MOST = 1000  # groups of one answer
KEPT = 200  # questions that one account keeps
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


def possible(name: str, value: str) -> bool:
    """Whether a filter may ask for this: a word of the format's own, or at least a code."""
    allowed = {"kind": (*KINDS, BLANK), "level": (*LEVELS, BLANK)}.get(name)
    return name in FILTERS and (value in allowed if allowed else value == BLANK or bool(_WORD.fullmatch(value)))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. ``measure`` is one of the format's own; ``only`` narrows columns to a value, ``-`` to rows without one."""

    measure: str
    area: str
    from_on: dt.date
    to_on: dt.date
    by: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The condition as a figure would write it."""
        tests = [
            f"{name} IS NULL" if value == BLANK else f"{name} = '{value}'" for name, value in self.only.items() if value
        ]
        return " AND ".join(tests) or "kind IS NOT NULL"

    @property
    def window(self) -> Window:
        """Its days."""
        return Window(self.from_on, self.to_on)

    def definition(self) -> Definition:
        """The question as a figure. Raises :class:`Refusal` for what no figure could ask."""
        words = self.measure.split()
        if self.measure not in declared.MEASURES or self.measure == "count open":
            raise Refusal(_("Choose what is counted."))
        for name, value in self.only.items():
            allowed = {"kind": (*KINDS, BLANK), "level": (*LEVELS, BLANK)}.get(name)
            if name not in FILTERS or (
                value not in allowed if allowed else value != BLANK and not _WORD.fullmatch(value)
            ):
                raise Refusal(_("There is no such filter."))
        kind: Any = {"count": "count", "sum": words[-1]}[words[0]] if len(words) < 3 else "distinct"
        unit = Name("元", "yuan") if kind == "amount" else Name("", "")
        return Definition(
            code="asked", name=Name("自己的问题", "a question of one's own"), unit=unit, kind=kind,
            key=words[2] if kind == "distinct" else "", where=self.where, tree=parse(self.where, declared.NAMES),
            start=None, end=None, to_date=False, say=None, show="exact", display="yuan" if kind == "amount" else "plain",
            version=hashlib.sha256(f"{self.measure}:{self.where}".encode()).hexdigest()[:12],
        )  # fmt: skip

    def narrowed(self, keys: Sequence[str | None]) -> Asked:
        """The question about one group of its answer: the rows behind one line."""
        only, area, first, last = dict(self.only), self.area, self.from_on, self.to_on
        for name, key in zip(self.by, keys, strict=True):
            if name in FILTERS:
                only[name] = key or BLANK
            elif name in columns.LEVELS:
                area = key or area
            elif key:
                begins, ends = _days(name, key)
                first, last = max(first, begins), min(last, ends)
        return replace(self, by=(), only=only, area=area, from_on=first, to_on=last)

    def yaml(self, code: str, zh: str, en: str) -> str:
        """The same as a file of the catalogue's figures, to be copied into it."""
        unit = ("元", "yuan") if self.measure.endswith("amount") else ("件", "rows")
        lines = [f"code: {code}", f"name: {{zh: {_quoted(zh)}, en: {_quoted(en)}}}",
                 f"unit: {{zh: {unit[0]}, en: {unit[1]}}}", f"measure: {self.measure}", f"where: {_quoted(self.where)}",
                 f"period: {self.from_on}..{self.to_on}"]  # fmt: skip
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text as YAML (and JSON) writes it, whatever stands in it."""
    return json.dumps(text, ensure_ascii=False)


def _days(name: str, key: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of a year, a quarter or a month by its key."""
    year = int(key[:4])
    first, count = {"year": (1, 12), "quarter": (int(key[-1]) * 3 - 2, 3)}.get(
        name, (int(key[-2:]) if name == "month" else 1, 1)
    )
    after = year * 12 + first - 1 + count
    return dt.date(year, first, 1), dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One group: its keys, the number (None: too few people), the rows behind it (None where they do not open)."""

    keys: tuple[Any, ...]
    value: int | None
    rows: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was counted. ``exact`` where the asker may open rows; ``more`` where groups were left off."""

    asked: Asked
    definition: Definition
    exact: bool
    total: Line
    lines: list[Line]
    more: bool = False


def ask(asked: Asked, *, by: Actor) -> Answer:
    """Count a question as this actor may see it. Raises ``Refused`` outside the area and :class:`Refusal` for what cannot
    be asked."""
    require(by, "figures.view", area=asked.area)
    exact = figures.opens(by)
    if any(name not in register.GROUPS for name in asked.by) or len(asked.by) > 2 or len(set(asked.by)) < len(asked.by):
        raise Refusal(_("Choose what the rows are put together by."))
    if not exact:  # of villages too few people stand behind a number, and many of them could show where the forces live
        asked = replace(asked, by=tuple(name for name in asked.by if name != "village")[:1])
    definition = asked.definition()
    view = View(None, by.scope.sealed)
    given: dict[str, Any] = {"area": asked.area, "window": asked.window}
    width = len(asked.by)
    whole = _line((), view.measured(definition, **given)[0], exact, definition)
    if not width:
        return Answer(asked, definition, exact, whole, [])
    found = sorted(
        view.measured(definition, by=asked.by, **given), key=lambda row: [str(key or "") for key in row[:width]]
    )
    people = {str(place): {"people": int(row[width + 3])} for place, row in enumerate(found)}
    shown = fewer.told(people, ["people"], settings.SMALL_CELL)
    lines = [
        _line(row[:width], row[width:], exact, definition, hidden=shown[str(place)]["people"] is None)
        for place, row in enumerate(found[:MOST])
    ]  # fmt: skip
    return Answer(asked, definition, exact, whole, lines, len(found) > MOST)


def _line(
    keys: tuple[Any, ...], row: Sequence[Any], exact: bool, definition: Definition, *, hidden: bool = False
) -> Line:
    value, rows, people = int(row[0]), int(row[1]), int(row[3])
    named = tuple(None if key is None else str(key) for key in keys)
    if exact:
        return Line(named, value, rows)
    least = settings.SMALL_CELL
    if hidden or 0 < people < least:
        return Line(named, None, None)
    if not people:
        return Line(named, value, None)  # of places, titles and roads nobody is told anything
    cut = wording.at_least(value)[0] if definition.kind in ("amount", "quantity") else value - value % least
    return Line(named, cut, None)


def rows_of(asked: Asked, *, by: Actor) -> FigureValue:
    """The question as a number whose rows can be opened. Raises ``Refused`` for whoever may not."""
    require(by, "figures.rows", area=asked.area)
    definition = asked.definition()
    found = View(None, by.scope.sealed).measured(definition, area=asked.area, window=asked.window)[0]
    return FigureValue(
        definition, asked.area, asked.window, None, int(found[0]), "", int(found[1]), keyless=int(found[2])
    )


# -- kept questions


def _visible(by: Actor) -> Q:
    mine = Q(account=by.account) if by.account else Q(pk__in=[])
    return mine | Q(shared=True)


def kept(by: Actor, *, after: int = 0, limit: int = 50) -> list[Question]:
    """One's own questions and those that others shared over an area inside one's own scope, newest first."""
    rows = Question.objects.filter(_visible(by), within(by.scope, "area"))
    return list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[:limit])


def one(scope: Scope, by: Actor, pk: int) -> Question | None:
    """One question where this actor may see it."""
    return Question.objects.filter(_visible(by), within(scope, "area"), pk=pk).first()


def keep(*, name: str, asked: Asked, query: str, shared: bool, by: Actor, at: dt.datetime) -> int:
    """Keep a question under a name, for oneself or for all whose office covers its area; they see it with their own eyes."""
    require(by, "figures.view", area=asked.area)
    asked.definition()
    name = name.strip()[:80]
    if not name:
        raise Refusal(_("Give the question a name; nothing was saved."))
    guard.check(name)
    if Question.objects.filter(account=by.account or 0).count() >= KEPT:
        raise Refusal(_("You keep 200 questions already; take one away first, nothing was saved."))
    with journal.entry(action="insight.question", by=by, at=at, area=asked.area, shared=shared):
        made = Question.objects.create(
            name=name,
            asks=query[:600],
            area=asked.area,
            account=by.account or 0,
            by_name=by.name[:80],
            shared=shared,
            made_at=at,
        )
    return int(made.pk)


def end(*, question: int, by: Actor, at: dt.datetime) -> None:
    """Take one's own question away."""
    found = Question.objects.filter(pk=question, account=by.account or 0).first()
    if found is None:
        raise Refused("figures.view")
    with journal.entry(action="insight.question-end", by=by, at=at, area=found.area):
        found.delete()
