"""The register as figures see it: live rows as known at an instant, persons and areas as they are called now.

One place makes the SQL for both databases. A row is live while no reversal of it is known; persons resolve through
merges, areas through successions, both dated. Columns bear the names that a figure's ``where`` uses.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import connection

from lianxin.access import queries as access
from lianxin.insight import cases, columns, columnstore
from lianxin.insight.definitions import Definition
from lianxin.people import identities

CHILD = {4: 6, 6: 9, 9: 12}  # length of the codes one level below
_TABLE = "outcomes_outcome"
_PLAIN = ("id", "kind", "service", "happened_on", "ended_on", "quantity", "amount", "organisation", "place", "sealed")
_BLANK = ("programme", "category", "level", "unit")  # a blank says nothing: unknown, as the conditions mean it
_DONE_TO = ", ".join(f"'{one}'" for one in sorted(columns.DONE_TO))
WHO = "COALESCE(person, -family)"  # the person behind a row; nobody where the row names no one
# What is done to people is about people, named or not: a row naming no one stands for as many as it counts, one at least.
UNNAMED_ROW = (
    f"CASE WHEN {WHO} IS NULL AND kind IN ({_DONE_TO}) THEN CASE WHEN quantity > 1 THEN quantity ELSE 1 END ELSE 0 END"
)
UNNAMED = f"COALESCE(SUM({UNNAMED_ROW}), 0)"
PEOPLE = f"COUNT(DISTINCT {WHO}) + {UNNAMED}"  # the people behind many rows
GROUPS = ("kind", "service", "programme", "category", "level", "unit", "year", "quarter", "month", *columns.LEVELS)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The days asked for, both ends included; an open start is the beginning of the register."""

    from_on: dt.date | None
    to_on: dt.date


@dataclass(frozen=True)
class View:
    """The register as known at an instant (None: now), for one who stands on the lists of ``sealed`` services.

    ``sealed`` None sees sealed rows too: for city totals that are tested against the threshold before they are shown.
    """

    known_at: dt.datetime | None = None
    sealed: frozenset[str] | None = frozenset()

    def seeing(self, sealed: frozenset[str] | None) -> View:
        """The same instant through other eyes; what was read of merges and areas is kept."""
        other = View(self.known_at, sealed)
        kept = ("survivors", "moved", "sealed_sorts")
        other.__dict__.update({key: self.__dict__[key] for key in kept if key in self.__dict__})
        return other

    @cached_property
    def sealed_sorts(self) -> list[dict[str, Any]]:
        """What there is of sealed rows, of any service: their sorts."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT {', '.join(columns.DIMS)} FROM {_TABLE} WHERE sealed")
            return [dict(zip(columns.DIMS, (one or None for one in row), strict=True)) for row in cursor.fetchall()]

    def counts_sealed(self, definition: Definition) -> bool:
        """Whether sealed rows could be counted by this figure."""
        return (
            definition.over != "register"
            or not columns.only_sorts(definition.tree)
            or any(columns.fits(definition.tree, one) for one in self.sealed_sorts)
        )

    @cached_property
    def survivors(self) -> dict[int, int]:
        """Merged person → surviving file."""
        return identities.survivors(self.known_at)

    @cached_property
    def moved(self) -> dict[str, str]:
        """Area code → the code that succeeded it, for every code under an area that ended."""
        return access.successions(self.known_at)

    def select(
        self,
        definition: Definition,
        columns: str,
        *,
        area: str,
        window: Window,
        tail: str = "",
        given: Sequence[Any] = (),
        reversed_too: bool = False,
    ) -> list[Row]:
        """Rows of ``columns`` over the live rows that ``definition`` counts in ``area`` and ``window``.

        ``tail`` follows the conditions (more of them, GROUP BY, ORDER BY); ``given`` are its parameters.
        ``reversed_too`` looks at the rows that were reversed instead.
        """
        with_text, with_given = self._with()
        inner, inner_given = self._from(definition, area, window, reversed_too)
        where, where_given = definition.sql(connection.vendor)
        text = f"{with_text}SELECT {columns} FROM ({inner}) r WHERE ({where}) {tail}"
        with connection.cursor() as cursor:
            cursor.execute(text, [*with_given, *inner_given, *where_given, *given])
            return list(cursor.fetchall())

    def measured(
        self, definition: Definition, *, area: str, window: Window, by: Sequence[str] = (), people: bool = True
    ) -> list[Row]:
        """For each group of ``by`` (:data:`GROUPS`): its keys, then the value, rows, rows without a key, the people behind them
        and how many of these are not named. Without ``people`` their number is not needed. Counted in the copy by columns
        where there is one, else by the database."""
        if (now := self._copied(definition)) is not None:
            return now.count(replace(self._asked(definition, area, window, by), people=people))
        keys = [_group(one) for one in by]
        tail = f"GROUP BY {', '.join(str(place) for place, _ in enumerate(by, 1))}" if by else ""
        asked = ", ".join([*keys, measure(definition), UNNAMED])
        return self.select(definition, asked, area=area, window=window, tail=tail)

    def newest(
        self, definition: Definition, *, area: str, window: Window, before: tuple[dt.date, int] | None, limit: int
    ) -> list[int] | None:
        """The ids of the newest rows behind a figure, by day and id; None where only the database can say them."""
        now = self._copied(definition)
        return None if now is None else now.newest(self._asked(definition, area, window, ()), before, limit)

    def _copied(self, definition: Definition) -> columns.Now | None:
        """The copy by columns, where it can answer this figure as of now."""
        if self.known_at is not None or definition.over != "register" or not columns.only_sorts(definition.tree):
            return None
        return self._copy

    @cached_property
    def _copy(self) -> columns.Now | None:
        """Looked for once for all figures of a view: they are then of one moment."""
        return columnstore.now(self.sealed)

    def _asked(self, definition: Definition, area: str, window: Window, by: Sequence[str]) -> columns.Asked:
        return columns.Asked(
            definition.tree, area, access.after(area), window.from_on, window.to_on, definition.kind, definition.key, tuple(by),
            self.moved, self.survivors,
        )  # fmt: skip

    def named(self, columns: str, ids: Sequence[int]) -> list[Row]:
        """``columns`` of these rows, reversed ones and those of any area too; sealed ones only where they may be seen."""
        with_text, with_given = self._with()
        tests = [f"o.id IN ({', '.join(['%s'] * len(ids))})"]
        given: list[Any] = list(ids)
        if self.sealed is not None:
            marks = ", ".join(["%s"] * len(self.sealed))
            tests.append(f"(NOT o.sealed{f' OR o.service IN ({marks})' if marks else ''})")
            given += sorted(self.sealed)
        text = f"{with_text}SELECT {columns} FROM ({self._columns(_TABLE)} WHERE {' AND '.join(tests)}) r"
        with connection.cursor() as cursor:
            cursor.execute(text, [*with_given, *given])
            return list(cursor.fetchall())

    def _with(self) -> tuple[str, list[Any]]:
        """The maps as small tables, only where there is anything in them."""
        sqlite = connection.vendor == "sqlite"
        parts, given = [], []
        if self.moved:
            each = "json_each(%s)" if sqlite else "json_each_text(%s::json)"
            parts.append(f"moved(code, into_code) AS (SELECT key, value FROM {each})")
            given.append(json.dumps(self.moved))
        if self.survivors:
            each = "json_each(%s)" if sqlite else "json_each_text(%s::json)"
            kind = "INTEGER" if sqlite else "bigint"
            parts.append(f"merged(id, last) AS (SELECT CAST(key AS {kind}), CAST(value AS {kind}) FROM {each})")
            given.append(json.dumps(self.survivors))
        return (f"WITH {', '.join(parts)} " if parts else ""), given

    @property
    def _where_of(self) -> str:
        return "COALESCE(moved.into_code, o.area)" if self.moved else "o.area"

    def _columns(self, table: str) -> str:
        """All columns of all rows, as this view sees them."""
        where_of = self._where_of
        who = "COALESCE(merged.last, o.person)" if self.survivors else "o.person"
        columns = [f'o."{name}"' for name in _PLAIN]
        columns += [f'NULLIF(o."{name}", \'\') AS "{name}"' for name in _BLANK]
        columns += [f"{where_of} AS area", f"{who} AS person", "o.family AS family", 'o."case" AS case_id',
                    "o.source AS source", "o.recorded_at AS recorded_at", f"{_year()} AS year"]  # fmt: skip
        joins = " LEFT JOIN moved ON moved.code = o.area" if self.moved else ""
        joins += " LEFT JOIN merged ON merged.id = o.person" if self.survivors else ""
        return f"SELECT {', '.join(columns)} FROM {table} o{joins}"

    def _from(self, definition: Definition, area: str, window: Window, reversed_too: bool) -> tuple[str, list[Any]]:
        # SQLite would go by what many rows have, no reversal, a city's code or a year, and not by the service
        plus = "+" if connection.vendor == "sqlite" else ""
        wide = plus if len(area) <= access.COUNTY else ""
        tests = [f"{wide}{self._where_of} >= %s", f"{wide}{self._where_of} < %s", f"{plus}o.reverses_id IS NULL"]
        given: list[Any] = [area, access.after(area)]
        more, more_given = self._days(definition, window, f"{wide}o.happened_on")
        known, known_given = self._known(reversed_too)
        tests += more + known
        given += more_given + known_given
        table = f"({cases.relation()})" if definition.over == "cases" else _TABLE
        return f"{self._columns(table)} WHERE {' AND '.join(tests)}", given

    def _days(self, definition: Definition, window: Window, day: str) -> tuple[list[str], list[Any]]:
        ops = connection.ops
        tests, given = [f"{day} <= %s"], [ops.adapt_datefield_value(window.to_on)]
        if definition.kind == "open":
            tests.append("(o.ended_on IS NULL OR o.ended_on > %s)")
            given.append(ops.adapt_datefield_value(window.to_on))
        elif window.from_on is not None:
            tests.append(f"{day} >= %s")
            given.append(ops.adapt_datefield_value(window.from_on))
        return tests, given

    def _known(self, reversed_too: bool) -> tuple[list[str], list[Any]]:
        tests: list[str] = []
        given: list[Any] = []
        later = ""
        if self.known_at is not None:
            instant = connection.ops.adapt_datetimefield_value(self.known_at)
            tests.append("o.recorded_at <= %s")
            later = " AND b.recorded_at <= %s"
            given = [instant, instant]
        if self.sealed is not None:
            marks = ", ".join(["%s"] * len(self.sealed))
            tests.append(f"(NOT o.sealed{f' OR o.service IN ({marks})' if marks else ''})")
            given[1:1] = sorted(self.sealed)
        # with a second condition SQLite would walk over the whole register for each row: one list, made once
        if reversed_too or later:
            word = "IN" if reversed_too else "NOT IN"
            tests.append(f"o.id {word} (SELECT b.reverses_id FROM {_TABLE} b WHERE b.reverses_id > 0{later})")
        else:
            tests.append(f"NOT EXISTS (SELECT 1 FROM {_TABLE} b WHERE b.reverses_id = o.id)")
        return tests, given


def measure(definition: Definition) -> str:
    """What is selected for a cell: the value, live rows, rows without a key, people behind it."""
    key = {"amount": "amount", "quantity": "quantity", "mean": "quantity", "distinct": f'"{definition.key}"'}.get(
        definition.kind, "id"
    )
    value = {
        "distinct": f"COUNT(DISTINCT {key})", "amount": "COALESCE(SUM(amount), 0)",
        "quantity": "COALESCE(SUM(quantity), 0)", "mean": "COALESCE(ROUND(AVG(quantity)), 0)",
    }.get(definition.kind, "COUNT(*)")  # fmt: skip
    return f"{value}, COUNT(*), COUNT(*) - COUNT({key}), {PEOPLE}"


def _group(name: str) -> str:
    """A key that rows are put together by."""
    if name in columns.LEVELS:
        return f"substr(area, 1, {columns.LEVELS[name]})"
    if name in ("month", "quarter"):
        if connection.vendor != "sqlite":
            return "to_char(happened_on, 'YYYY-MM')" if name == "month" else "to_char(happened_on, 'YYYY-\"Q\"Q')"
        if name == "month":
            return "substr(happened_on, 1, 7)"
        return "substr(happened_on, 1, 4) || '-Q' || ((CAST(substr(happened_on, 6, 2) AS INTEGER) + 2) / 3)"
    return f'"{name}"'


def _year() -> str:
    if connection.vendor == "sqlite":
        return "CAST(substr(o.happened_on, 1, 4) AS INTEGER)"
    return "CAST(EXTRACT(YEAR FROM o.happened_on) AS integer)"


def stamp() -> str:
    """Changes whenever a figure could: with the newest row's entry, with merges and with areas that end."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.id, e.hash FROM {_TABLE} o JOIN journal_entry e ON e.id = o.entry_id ORDER BY o.id DESC LIMIT 1"
        )
        newest = cursor.fetchone() or ("", "")
    return json.dumps([*newest, *cases.stamp(), identities.merges(), access.ended_areas()])


def sealed_services() -> frozenset[str]:
    """Services of which the register holds sealed rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT service FROM {_TABLE} WHERE sealed")
        return frozenset(row[0] for row in cursor.fetchall())
