"""The binder of an assessment: a tree's indicators with what the figures give, evidence, gaps with owner and day, reviewers.

Everything is counted with the eyes of whoever may open nothing: a binder leaves the house, and its points are the same for
everybody who reads it. A figure behind which too few people stand is unknown to a formula and said so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache

from lianxin.access.permissions import Refused
from lianxin.engine import assessing, clock
from lianxin.engine.assessing import Indicator
from lianxin.engine.scope import Scope, over
from lianxin.insight import definitions, evidence, figures, register, trees
from lianxin.insight.assessmodels import Charge, Mark, Mock
from lianxin.insight.evidence import Binder, Piece
from lianxin.insight.figures import FigureValue
from lianxin.insight.trees import Version

KEEP = 3600  # seconds that counted figures are kept; asked by the register's stamp, so they never grow stale


@dataclass(frozen=True, slots=True)
class Owner:
    """Who closes a gap until when; ``account`` None: nobody was named, only the tree's desk."""

    account: int | None
    name: str
    due_on: dt.date
    words: str = ""
    charge: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of a binder. ``points`` None: a figure is not known. ``why`` says what is missing; blank: nothing."""

    group: str
    indicator: Indicator
    points: int | None
    vetoed: bool | None
    missing: tuple[str, ...]
    values: Mapping[str, FigureValue]
    pieces: tuple[Piece, ...]
    owner: Owner
    why: tuple[str, ...]  # veto | unknown | points | evidence

    @property
    def holding(self) -> int:
        """How many pieces of evidence hold."""
        return sum(one.holds for one in self.pieces)

    @property
    def code(self) -> str:
        """The indicator's code."""
        return self.indicator.code

    def late(self, today: dt.date) -> bool:
        """Whether something is missing after its day."""
        return bool(self.why) and self.owner.due_on < today


@dataclass(frozen=True, slots=True)
class Counted:
    """A binder as counted. Points in hundredths."""

    binder: Binder
    version: Version
    day: dt.date  # up to and with
    known_at: dt.datetime | None
    lines: tuple[Line, ...]
    figures: Mapping[str, FigureValue] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """What it gives, bonus left out."""
        return sum(one.points or 0 for one in self.lines if not one.indicator.bonus)

    @property
    def most(self) -> int:
        """What it could give at most, bonus left out."""
        return self.version.tree.points

    @property
    def bonus(self) -> int:
        """What the bonus gives."""
        return sum(one.points or 0 for one in self.lines if one.indicator.bonus)

    @property
    def vetoes(self) -> tuple[Line, ...]:
        """The lines whose veto speaks: the whole fails."""
        return tuple(one for one in self.lines if one.vetoed)

    @property
    def gaps(self) -> tuple[Line, ...]:
        """The lines of which something is missing, the soonest due first."""
        return tuple(sorted((one for one in self.lines if one.why), key=lambda one: (one.owner.due_on, one.code)))

    @property
    def unknown(self) -> int:
        """Lines that could not be counted."""
        return sum(one.points is None for one in self.lines)


def counted(
    binder: Binder, *, scope: Scope, today: dt.date, known_at: dt.datetime | None = None, day: dt.date | None = None
) -> Counted | None:
    """A binder as known now, or at an earlier instant; None where no tree of that code counts the year.

    ``day`` counts up to another day of the year. Raises :class:`Refused` where the scope does not cover the area.
    """
    if not scope.covers(binder.area):
        raise Refused("assess.view")
    version = trees.in_year(binder.code, binder.year, known_at)
    if version is None or dt.date(binder.year, 1, 1) > today:
        return None
    last = day or evidence.last_day(binder.year, today)
    values = _values(version, binder, last, known_at)
    pieces = evidence.bound(binder, known_at)
    charges = _charges(binder, known_at)
    lines = tuple(
        _line(group.code, one, values, pieces.get(one.code, []), charges.get(one.code), binder.year)
        for group in version.tree.groups for one in group.indicators
    )  # fmt: skip
    return Counted(binder, version, last, known_at, lines, values)


def _line(group: str, one: Indicator, values: Mapping[str, FigureValue], pieces: Sequence[Piece], charge: Charge | None,
          year: int) -> Line:  # fmt: skip
    mine = {code: values[code] for code in one.figures if code in values}
    given = assessing.given(
        one, {code: value.value for code, value in mine.items()}, sum(piece.holds for piece in pieces)
    )
    owner = Owner(None, one.owner, one.due_on(year)) if charge is None else Owner(
        charge.owner, charge.owner_name, charge.due_on, charge.words, charge.pk
    )  # fmt: skip
    why = []
    if given.vetoed:
        why.append("veto")
    if given.points is None:
        why.append("unknown")
    elif given.points < one.points and not one.bonus:
        why.append("points")
    if sum(piece.holds for piece in pieces) < one.least and not one.bonus:
        why.append("evidence")
    return Line(group, one, given.points, given.vetoed, given.missing, mine, tuple(pieces), owner, tuple(why))


def _values(version: Version, binder: Binder, last: dt.date, known_at: dt.datetime | None) -> dict[str, FigureValue]:
    """The tree's figures over the year, with closed eyes; kept for each state of the register."""
    said = repr((version.id, binder.area, binder.year, last, known_at, register.stamp(), settings.SMALL_CELL))
    known = definitions.load()
    codes = [code for code in version.tree.figures if code in known]
    said += "".join(known[code].version for code in codes)
    key = "binder:" + hashlib.sha256(said.encode()).hexdigest()
    found: dict[str, FigureValue] | None = cache.get(key)
    if found is None:
        made = figures.evaluate(
            codes=codes, from_on=dt.date(binder.year, 1, 1), to_on=last, area=binder.area, scope=over(settings.CITY),
            known_at=known_at, opens=False,
        ) if codes else []  # fmt: skip
        found = {one.code: one for one in made}
        cache.set(key, found, KEEP)
    return found


def _charges(binder: Binder, known_at: dt.datetime | None) -> dict[str, Charge]:
    rows = Charge.objects.filter(code=binder.code, year=binder.year, area=binder.area).order_by("pk")
    return {row.indicator: row for row in (rows.filter(at__lte=known_at) if known_at else rows)}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A mock review: who, since when, what was given for each indicator."""

    id: int
    number: int  # of the tree's version
    reviewer: int
    reviewer_name: str
    by_name: str
    at: dt.datetime
    marks: Mapping[str, tuple[int, str]]  # indicator → hundredths, words

    def total(self, tree: assessing.Tree) -> int:
        """The points given, bonus left out."""
        plain = {one.code for one in tree.indicators if not one.bonus}
        return sum(points for code, (points, _words) in self.marks.items() if code in plain)


def mocks(binder: Binder) -> list[Reviewed]:
    """The mock reviews of a binder, the newest first."""
    rows = (
        Mock.objects.filter(tree__code=binder.code, year=binder.year, area=binder.area)
        .select_related("tree")
        .order_by("-pk")
    )
    marks: dict[int, dict[str, tuple[int, str]]] = {}
    for mark in Mark.objects.filter(mock__in=rows).order_by("pk"):
        marks.setdefault(mark.mock_id, {})[mark.indicator] = (mark.points, mark.words)
    return [Reviewed(row.pk, row.tree.number, row.reviewer, row.reviewer_name, row.by_name, row.at, marks.get(row.pk, {}))
            for row in rows]  # fmt: skip


def years(code: str, today: dt.date) -> list[int]:
    """The years that a code's published trees speak of, the newest first, five at most."""
    found = [one.tree for one in trees.versions(code) if one.state == trees.PUBLISHED]
    return [
        year for year in range(today.year, today.year - 5, -1)
        if any(one.from_on.year <= year and (one.to_on is None or one.to_on.year >= year) for one in found)
    ]  # fmt: skip


def mine(account: int | None, scope: Scope, today: dt.date) -> list[tuple[Counted, Line]]:
    """The gaps that an account was charged with in this year and the last, those still open, the soonest due first."""
    if account is None:
        return []
    rows = Charge.objects.filter(owner=account, year__gte=today.year - 1).values_list("code", "year", "area").distinct()
    found = []
    for code, year, area in rows.order_by("code", "year", "area"):
        made = counted(Binder(code, year, area), scope=scope, today=today) if scope.covers(area) else None
        found += [(made, line) for line in made.gaps if line.owner.account == account] if made else []
    return sorted(found, key=lambda pair: (pair[1].owner.due_on, pair[1].code))


def day_of_month(month: dt.date, today: dt.date) -> dt.date:
    """The last day of a month, or today in the month that runs."""
    following = (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return min(following - dt.timedelta(days=1), today)


def known_end(month: dt.date) -> dt.datetime:
    """The instant at which a month is over."""
    return clock.midnight((month.replace(day=1) + dt.timedelta(days=32)).replace(day=1))
