"""The rows behind a number, for those who may open them: by pages, newest first, names masked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from lianxin.access import queries as access
from lianxin.access.permissions import Refused
from lianxin.engine import masking
from lianxin.engine.scope import Scope
from lianxin.insight.figures import FigureValue
from lianxin.insight.register import Row, View
from lianxin.people import identities

_COLUMNS = (
    "id", "happened_on", "area", "person", "family", "kind", "service", "programme", "category", "level", "quantity",
    "unit", "amount", "case_id", "source", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """One live row of the register as a page shows it. ``counted`` is what a distinct count counts of it."""

    id: int
    happened_on: dt.date
    area: str
    area_name: tuple[str, str]
    who: str  # masked name, or the household's code, or blank
    person: int | None
    kind: str
    service: str
    programme: str
    category: str
    level: str
    quantity: int
    unit: str
    amount: int | None
    case: int | None
    source: str
    counted: int | str | None


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """Some rows, and the key after which the next ones follow (blank: no more)."""

    rows: list[Opened]
    next: str


def page(value: FigureValue, *, scope: Scope, after: str = "", limit: int = 50) -> OpenedPage:
    """One page of the rows behind ``value`` that ``scope`` may see: sealed ones only for their access list.

    Each page costs the same however deep it lies. An unreadable ``after`` begins at the top.
    Raises :class:`Refused` where the scope does not cover the figure's area.
    """
    if not scope.covers(value.area):
        raise Refused("figures.rows")
    tail, given = "", []
    key = _key(after)
    if key is not None:
        day, last = connection.ops.adapt_datefield_value(key[0]), key[1]
        tail, given = "AND (happened_on < %s OR (happened_on = %s AND id < %s)) ", [day, day, last]
    columns = [f'"{name}"' for name in _COLUMNS]
    if value.definition.kind == "distinct":
        columns.append(f'"{value.definition.key}" AS counted')
    view = View(value.known_at, scope.sealed)
    asked: dict[str, Any] = {"area": value.area, "window": value.window}
    ids = view.newest(value.definition, before=key, limit=int(limit) + 1, **asked)
    if ids is None:
        found = view.select(
            value.definition, ", ".join(columns), tail=f"{tail}ORDER BY happened_on DESC, id DESC LIMIT {int(limit) + 1}",
            given=given, **asked,
        )  # fmt: skip
    else:
        order = {pk: place for place, pk in enumerate(ids)}
        found = sorted(view.named(", ".join(columns), ids), key=lambda row: order[row[0]]) if ids else []
    rows = _shown(found[:limit])
    more = f"{rows[-1].happened_on.isoformat()}_{rows[-1].id}" if len(found) > limit else ""
    return OpenedPage(rows, more)


def those(ids: Sequence[int], view: View) -> dict[int, Opened]:
    """These rows of the register by id, whoever counts them, as ``view`` sees persons and areas; sealed ones only for it."""
    if not ids:
        return {}
    columns = ", ".join(f'"{name}"' for name in _COLUMNS)
    return {row.id: row for row in _shown(view.named(columns, ids))}


def _key(after: str) -> tuple[dt.date, int] | None:
    day, _, last = after.partition("_")
    try:
        return dt.date.fromisoformat(day), int(last)
    except ValueError:
        return None


def _shown(found: Sequence[Row]) -> list[Opened]:
    names = identities.names({row[3] for row in found if row[3] is not None})
    codes = identities.family_codes({row[4] for row in found if row[4] is not None})
    areas = access.area_names([row[2] for row in found])
    made = []
    for row in found:
        person, family = row[3], row[4]
        who = masking.name(names[person]) if person in names else codes.get(family, "") if family else ""
        day = row[1] if isinstance(row[1], dt.date) else dt.date.fromisoformat(row[1])
        made.append(
            Opened(
                id=row[0], happened_on=day, area=row[2], area_name=areas.get(row[2], (row[2], row[2])), who=who,
                person=person, kind=row[5], service=row[6], programme=row[7] or "", category=row[8] or "",
                level=row[9] or "", quantity=row[10], unit=row[11] or "", amount=row[12], case=row[13], source=row[14],
                counted=row[16] if len(row) > 16 else None,
            )
        )  # fmt: skip
    return made
