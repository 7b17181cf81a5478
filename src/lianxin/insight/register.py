"""The register as figures see it: live rows as known at an instant, persons and areas as they are called now.

One place makes the SQL for both databases. A row is live while no reversal of it is known; persons resolve through
merges, areas through successions, both dated. Columns bear the names that a figure's ``where`` uses.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from lianxin.access import queries as access
from lianxin.insight.definitions import Definition
from lianxin.people import identities

CHILD = {4: 6, 6: 9, 9: 12}  # length of the codes one level below
_TABLE = "outcomes_outcome"
_PLAIN = ("id", "kind", "service", "happened_on", "ended_on", "quantity", "amount", "organisation", "place", "sealed")
_BLANK = ("programme", "category", "level", "unit")  # a blank says nothing: unknown, as the conditions mean it
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
        other.__dict__.update({key: self.__dict__[key] for key in ("survivors", "moved") if key in self.__dict__})
        return other

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

    def named(self, columns: str, ids: Sequence[int]) -> list[Row]:
        """``columns`` of these rows, reversed ones and those of any area too; sealed ones only where they may be seen."""
        with_text, with_given = self._with()
        tests = [f"o.id IN ({', '.join(['%s'] * len(ids))})"]
        given: list[Any] = list(ids)
        if self.sealed is not None:
            marks = ", ".join(["%s"] * len(self.sealed))
            tests.append(f"(NOT o.sealed{f' OR o.service IN ({marks})' if marks else ''})")
            given += sorted(self.sealed)
        text = f"{with_text}SELECT {columns} FROM ({self._columns()} WHERE {' AND '.join(tests)}) r"
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

    def _columns(self) -> str:
        """All columns of all rows, as this view sees them."""
        where_of = self._where_of
        who = "COALESCE(merged.last, o.person)" if self.survivors else "o.person"
        columns = [f'o."{name}"' for name in _PLAIN]
        columns += [f'NULLIF(o."{name}", \'\') AS "{name}"' for name in _BLANK]
        columns += [f"{where_of} AS area", f"{who} AS person", "o.family AS family", 'o."case" AS case_id',
                    "o.source AS source", "o.recorded_at AS recorded_at", f"{_year()} AS year"]  # fmt: skip
        joins = " LEFT JOIN moved ON moved.code = o.area" if self.moved else ""
        joins += " LEFT JOIN merged ON merged.id = o.person" if self.survivors else ""
        return f"SELECT {', '.join(columns)} FROM {_TABLE} o{joins}"

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
        return f"{self._columns()} WHERE {' AND '.join(tests)}", given

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
        word = "EXISTS" if reversed_too else "NOT EXISTS"
        if later:  # with a second condition SQLite would walk over the whole register for each row: one list, made once
            word = "IN" if reversed_too else "NOT IN"
            tests.append(f"o.id {word} (SELECT b.reverses_id FROM {_TABLE} b WHERE b.reverses_id > 0{later})")
        else:
            tests.append(f"{word} (SELECT 1 FROM {_TABLE} b WHERE b.reverses_id = o.id)")
        return tests, given


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
    return json.dumps([*newest, identities.merges(), access.ended_areas()])


def sealed_services() -> frozenset[str]:
    """Services of which the register holds sealed rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT service FROM {_TABLE} WHERE sealed")
        return frozenset(row[0] for row in cursor.fetchall())
