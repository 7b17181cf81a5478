"""Count the published numbers over the register: one query each, as known at any instant, for whoever may see them.

Privacy is decided here and nowhere else. Sealed rows count for people off their access list only in the whole city's
total, and only at the threshold (``settings.SMALL_CELL``) or above; a cell that fewer people stand behind than the
threshold is shown only to those who may open its rows, and never alone: the next smallest goes with it, so that it
cannot be worked out by subtraction. A cell without people (parks, titles, roads) is no cell about people;
what was done to people who are not named (operations, placements) is one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.core.cache import cache

from lianxin.access import queries as access
from lianxin.access.permissions import Refused
from lianxin.engine import clock
from lianxin.engine.scope import Actor, Scope
from lianxin.insight import apart, columns, definitions, register
from lianxin.insight.definitions import Definition
from lianxin.insight.register import CHILD, Row, View, Window

_KEEP = 3600  # seconds that a counted value is kept; it is asked by the register's stamp, so it never grows stale
_EACH = "COALESCE(person, -family, -1000000000000 - id)"  # behind a sealed row there is always somebody
LEVEL = {digits: name for name, digits in columns.LEVELS.items()}
_ABOVE = {child: parent for parent, child in CHILD.items()}  # length of the code one level above
Hidden = str  # "" shown | "small" below the threshold | "sealed" for its access list


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a figure: an area or a year."""

    code: str
    name: tuple[str, str]  # Chinese, English
    value: int | None
    hidden: Hidden = ""


@dataclass(frozen=True, slots=True)
class FigureValue:
    """One number with everything that it needs to be believed.

    ``value`` is exact (fen for money), or None where ``hidden`` says why. ``rows`` are the live rows behind it,
    ``reversed`` the rows taken back, ``keyless`` live rows that name nothing to count (no household, no amount).
    """

    definition: Definition
    area: str
    window: Window
    known_at: dt.datetime | None
    value: int | None
    hidden: Hidden = ""
    rows: int = 0
    reversed: int = 0
    keyless: int = 0
    by_area: tuple[Cell, ...] = ()
    by_year: tuple[Cell, ...] = ()

    @property
    def code(self) -> str:
        """The figure's code."""
        return self.definition.code

    @property
    def unit(self) -> str:
        """The unit of the exact value: ``fen`` for money, else the figure's own in English."""
        return "fen" if self.definition.money else self.definition.unit.en

    @property
    def version(self) -> str:
        """The version of the definition it was counted by."""
        return self.definition.version


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks about which area and days, as known when."""

    area: str
    window: Window
    view: View
    opens: bool  # may open the rows: then no cell is too small
    hidden: frozenset[str] = field(default_factory=frozenset)  # sealed services that this one may not see
    beside: bool = False  # sees the area above too, and so its other parts
    apart: bool = False  # no period inside the asked one may be shown


def opens(actor: Actor) -> bool:
    """Whether this actor may open the rows behind figures (where is the scope's business)."""
    return actor.may("figures.rows")


def window_of(definition: Definition, from_on: dt.date | None, to_on: dt.date, *, override: bool = False) -> Window:
    """The days that a figure counts within a review's period; ``override`` puts the period over the figure's own."""
    if override and from_on is not None:
        return Window(from_on, to_on)
    end = min(to_on, definition.end) if definition.end and not override else to_on
    if definition.to_date or definition.start is not None:
        return Window(definition.start, end)
    return Window(from_on or dt.date(to_on.year, 1, 1), end)


def evaluate(
    *,
    from_on: dt.date | None,
    to_on: dt.date,
    area: str,
    scope: Scope,
    codes: Sequence[str] | None = None,
    known_at: dt.datetime | None = None,
    opens: bool = False,
    override: bool = False,
) -> list[FigureValue]:
    """Count figures (all of the catalogue, or ``codes`` in their order) in ``area`` up to and with ``to_on``.

    A figure counts over its own period, else from ``from_on`` (by default the first day of ``to_on``'s year);
    ``override`` makes ``from_on`` stand for all. ``opens`` says that the asker may open the rows behind it.
    Raises :class:`Refused` for an area outside the scope, and ``Refusal`` for a code that is no figure.
    """
    if not scope.covers(area):
        raise Refused("figures.view")
    known = definitions.load()
    wanted = [known[code] if code in known else definitions.one(code) for code in codes or known]
    view = View(known_at, scope.sealed)
    stamp = register.stamp()
    hidden = _sealed(stamp) - scope.sealed
    made = []
    for definition in wanted:
        window = window_of(definition, from_on, to_on, override=override)
        asked = Asked(area, window, view, opens, hidden, scope.covers(area[: _ABOVE.get(len(area), 0)]))
        made.append(_kept(definition, _steady(definition, asked, stamp), stamp))
    return made


def _steady(definition: Definition, asked: Asked, stamp: str) -> Asked:
    """The question with a period from which nothing can be subtracted, for whoever may not open the rows."""
    if asked.opens:
        return asked
    today = clock.day(asked.view.known_at) if asked.view.known_at else clock.today()
    whole = window_of(definition, None, today)
    if asked.window == whole or definition.kind == "open":
        return asked
    key = "figure-days:" + _digest(
        definition.code, definition.version, asked.area, asked.window, whole, asked.view.known_at, stamp,
        sorted(asked.view.sealed or ()), settings.SMALL_CELL,
    )  # fmt: skip
    found: tuple[Window | None] | None = cache.get(key)
    if found is None:
        found = (apart.steady(definition, asked.view, asked.area, asked.window, whole),)
        cache.set(key, found, _KEEP)
    window = found[0]
    return replace(asked, window=window or asked.window, apart=window is None)


def figure(
    *,
    code: str,
    from_on: dt.date | None,
    to_on: dt.date,
    area: str,
    scope: Scope,
    known_at: dt.datetime | None = None,
    opens: bool = False,
    override: bool = False,
) -> FigureValue:
    """One figure in full: what was left out, the areas one level below side by side, the years."""
    if not scope.covers(area):
        raise Refused("figures.view")
    definition = definitions.one(code)
    view = View(known_at, scope.sealed)
    stamp = register.stamp()
    hidden = _sealed(stamp) - scope.sealed
    window = window_of(definition, from_on, to_on, override=override)
    above = scope.covers(area[: _ABOVE.get(len(area), 0)])
    asked = _steady(definition, Asked(area, window, view, opens, hidden, above), stamp)
    total = _total(definition, asked)
    back = [] if total.hidden else view.select(
        definition, "COUNT(*)", area=area, window=asked.window, reversed_too=True
    )  # fmt: skip
    return replace(
        total,
        reversed=back[0][0] if back else 0,
        by_area=_by_area(definition, asked, total),
        by_year=_by_year(definition, asked),
    )


def _kept(definition: Definition, asked: Asked, stamp: str) -> FigureValue:
    """The total, counted once for each state of the register and each pair of eyes."""
    key = "figure:" + _digest(
        definition.code, definition.version, asked.area, asked.window, asked.view.known_at, stamp, asked.opens,
        asked.beside, asked.apart, sorted(asked.view.sealed or ()), sorted(asked.hidden), settings.SMALL_CELL,
    )  # fmt: skip
    found: tuple[int | None, str, int, int] | None = cache.get(key)
    if found is None:
        made = _total(definition, asked)
        cache.set(key, (made.value, made.hidden, made.rows, made.keyless), _KEEP)
        return made
    value, why, rows, keyless = found
    return FigureValue(definition, asked.area, asked.window, asked.view.known_at, value, why, rows, keyless=keyless)


def _sealed(stamp: str) -> frozenset[str]:
    """Services with sealed rows, looked for once for each state of the register."""
    key = "figures-sealed:" + _digest(stamp)
    found: frozenset[str] | None = cache.get(key)
    if found is None:
        found = register.sealed_services()
        cache.set(key, found, _KEEP)
    return found


def _digest(*parts: object) -> str:
    import hashlib

    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _total(definition: Definition, asked: Asked) -> FigureValue:
    value, rows, keyless, people = _counted(definition, asked, asked.view)
    why = "" if asked.opens or apart.enough(people) else "small"
    if asked.hidden:
        behind = _sealed_behind(definition, asked)
        if behind and asked.area == settings.CITY and behind >= settings.SMALL_CELL:
            value, rows, keyless, people = _counted(definition, asked, asked.view.seeing(None))
            why = "" if asked.opens or apart.enough(people) else "small"
        elif behind and not rows:
            why = "small" if asked.area == settings.CITY else "sealed"
    if not why and not asked.opens and (asked.apart or _hidden_beside(definition, asked)):
        why = "small"
    return FigureValue(
        definition, asked.area, asked.window, asked.view.known_at, None if why else int(value), why,
        0 if why else int(rows), keyless=0 if why else int(keyless),
    )  # fmt: skip


def _hidden_beside(definition: Definition, asked: Asked) -> bool:
    """Whether this area is hidden among the parts of the one above: asked for alone it stays so."""
    if not asked.beside or len(asked.area) not in _ABOVE:
        return False
    above = replace(asked, area=asked.area[: _ABOVE[len(asked.area)]])
    return any(cell.hidden and cell.code == asked.area for cell in _parts(definition, above, named=False))


def _counted(definition: Definition, asked: Asked, view: View) -> Row:
    return view.measured(definition, area=asked.area, window=asked.window)[0][:4]


def _sealed_behind(definition: Definition, asked: Asked) -> int:
    """How many people stand in the whole city behind the sealed rows that this one may not see."""
    if not asked.view.counts_sealed(definition):
        return 0
    marks = ", ".join(["%s"] * len(asked.hidden))
    rows = asked.view.seeing(None).select(
        definition, f"COUNT(DISTINCT {_EACH})", area=settings.CITY, window=asked.window,
        tail=f"AND sealed AND service IN ({marks})", given=sorted(asked.hidden),
    )  # fmt: skip
    return int(rows[0][0])


def _by_area(definition: Definition, asked: Asked, total: FigureValue) -> tuple[Cell, ...]:
    """The areas one level below, by code, those with nothing too; nothing finer of what is sealed."""
    if CHILD.get(len(asked.area)) is None or total.hidden or (asked.hidden and _sealed_behind(definition, asked)):
        return ()
    return _parts(definition, asked)


def _parts(definition: Definition, asked: Asked, *, named: bool = True) -> tuple[Cell, ...]:
    """The areas one level below with what is hidden among them; without names those with nothing are left out."""
    rows = asked.view.measured(definition, area=asked.area, window=asked.window, by=(LEVEL[CHILD[len(asked.area)]],))
    found = {row[0]: row for row in rows}
    names = {area.code: (area.name, area.name_en or area.name) for area in access.parts(asked.area)} if named else {}
    more = [code for code in found if code not in names]
    names |= dict.fromkeys(more, ("", "")) | (access.area_names(more) if named and more else {})
    cells = [
        (Cell(code, name, int(found[code][1]) if code in found else 0), int(found[code][4]) if code in found else 0)
        for code, name in sorted(names.items())
    ]
    return _guarded(cells, asked.opens)


def _by_year(definition: Definition, asked: Asked) -> tuple[Cell, ...]:
    """The years of the period; of a count of open things, how many were begun in each."""
    if asked.hidden and _sealed_behind(definition, asked):
        return ()
    rows = sorted(asked.view.measured(definition, area=asked.area, window=asked.window, by=("year",)))
    return _guarded(
        [(Cell(str(row[0]), (str(row[0]), str(row[0])), int(row[1])), int(row[4])) for row in rows], asked.opens
    )


def _guarded(cells: Sequence[tuple[Cell, int]], opens: bool) -> tuple[Cell, ...]:
    """Hide cells with too few people behind them; one alone takes the next smallest with it."""
    if opens:
        return tuple(cell for cell, _ in cells)
    small = {cell.code for cell, people in cells if not apart.enough(people)}
    if len(small) == 1:
        others = [(people, cell.code) for cell, people in cells if cell.code not in small and people]
        small |= {min(others)[1]} if others else set()
    return tuple(replace(cell, value=None, hidden="small") if cell.code in small else cell for cell, _ in cells)


def changed(before: Mapping[str, int | None], now: Sequence[FigureValue]) -> dict[str, tuple[int | None, int | None]]:
    """Codes whose value is not what it was: code → (before, now)."""
    return {
        one.code: (before[one.code], one.value) for one in now if one.code in before and before[one.code] != one.value
    }
