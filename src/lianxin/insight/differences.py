"""Why a published number is another one today: row by row, what came late, was reversed, merged, moved or redefined.

The number as published is counted again from the register as it was known then; each row that is counted on one side
only, or under another key, is named with its reason. What stands on both sides alike explains nothing and is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import connection

from lianxin.access.permissions import Refused
from lianxin.engine import figures as declared
from lianxin.engine.expressions.parse import parse
from lianxin.engine.scope import Scope
from lianxin.insight import definitions, register
from lianxin.insight import rows as opened
from lianxin.insight.definitions import Definition
from lianxin.insight.models import Publication
from lianxin.insight.register import View, Window

Why = Literal["late", "reversed", "arrived", "left", "merged", "definition"]
WHYS: tuple[Why, ...] = ("late", "reversed", "arrived", "left", "merged", "definition")
SOME = 900


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that is counted differently today. ``adds`` is what it adds to the number (fen for money; negative: takes).

    Of a distinct count a row adds nothing where what it names is counted by another row too.
    """

    row: opened.Opened
    why: Why
    since: dt.datetime | None  # when that became known: recorded or reversed; None for merges, areas, definitions
    adds: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A published number: as it was published, counted again as known then, and as known today; and the rows between."""

    definition: Definition
    window: Window
    known_at: dt.datetime
    published: int | None
    then: int
    now: int
    redefined: bool
    ids: tuple[tuple[Why, int], ...]  # every changed row, by reason and id
    effects: Mapping[int, int]
    today: View

    @property
    def counts(self) -> list[tuple[Why, int, int]]:
        """Reason, how many rows, what they add together."""
        return [
            (why, len(rows), sum(self.effects.get(pk, 0) for pk in rows))
            for why in WHYS
            if (rows := [pk for reason, pk in self.ids if reason == why])
        ]


def of(publication: Publication, code: str, scope: Scope) -> Difference | None:
    """The difference of one published number, None where the publication has none such or the figure is gone.

    Raises :class:`Refused` where the scope does not cover the publication's area.
    """
    if not scope.covers(publication.area):
        raise Refused("figures.rows")
    kept = publication.figures.get(code)
    definition = definitions.load().get(code)
    if kept is None or definition is None:
        return None
    window = Window(dt.date.fromisoformat(kept["from"]) if kept["from"] else None, dt.date.fromisoformat(kept["to"]))
    old = as_published(definition, kept)
    before, today = View(publication.known_at, scope.sealed), View(None, scope.sealed)
    whys = _since(old, before, today, publication.area, window)
    redefined = (old.where, old.kind, old.key) != (definition.where, definition.kind, definition.key)
    if redefined:
        first, last = (set(_marks(one, today, publication.area, window)) for one in (old, definition))
        for pk in first ^ last:
            whys.setdefault(pk, "definition")
    then, now = (_value(one, view, publication.area, window) for one, view in ((old, before), (definition, today)))
    effects = _effects(old, definition, (before, today), publication.area, window, sorted(whys))
    ordered = sorted(((why, pk) for pk, why in whys.items()), key=lambda pair: (WHYS.index(pair[0]), -pair[1]))
    return Difference(definition, window, publication.known_at, kept["value"], then, now, redefined, tuple(ordered), effects,
                      today)  # fmt: skip


def as_published(definition: Definition, kept: Mapping[str, Any]) -> Definition:
    """The definition by which the number was published."""
    kind, _, key = kept["measure"].partition(" ")
    return replace(
        definition, where=kept["where"], tree=parse(kept["where"], declared.NAMES), kind=kind, key=key,
        version=kept["version"],
    )  # fmt: skip


def _value(definition: Definition, view: View, area: str, window: Window) -> int:
    return int(view.select(definition, register.measure(definition), area=area, window=window)[0][0])


def _marks(definition: Definition, view: View, area: str, window: Window) -> dict[int, tuple[int | None, str]]:
    """Every counted row with whose it is and where, as this view sees it."""
    return {row[0]: (row[1], row[2]) for row in view.select(definition, "id, person, area", area=area, window=window)}


def _since(definition: Definition, before: View, today: View, area: str, window: Window) -> dict[int, Why]:
    """The rows of one definition that are counted on one side only, or under another person, and why."""
    instant = connection.ops.adapt_datetimefield_value(before.known_at)
    found: dict[int, Why] = {}
    late = today.select(definition, "id", area=area, window=window, tail="AND recorded_at > %s", given=[instant])
    found.update((row[0], "late") for row in late)
    gone = before.select(
        definition, "id", area=area, window=window,
        tail="AND EXISTS (SELECT 1 FROM outcomes_outcome c WHERE c.reverses_id = r.id AND c.recorded_at > %s)",
        given=[instant],
    )  # fmt: skip
    found.update((row[0], "reversed") for row in gone)
    if before.moved == today.moved and before.survivors == today.survivors:
        return found
    first, last = (_marks(definition, view, area, window) for view in (before, today))
    for pk in first.keys() ^ last.keys():
        found.setdefault(pk, "left" if pk in first else "arrived")
    for pk in first.keys() & last.keys():
        if first[pk][0] != last[pk][0]:
            found.setdefault(pk, "merged")
    return found


def _effects(
    old: Definition, new: Definition, views: tuple[View, View], area: str, window: Window, ids: Sequence[int]
) -> dict[int, int]:
    """What each row adds to the number. Of a distinct count the newest row of what it names stands for all of them."""
    sides = [_worth(one, view, area, window, ids) for one, view in zip((old, new), views, strict=True)]
    if old.kind != "distinct" and new.kind != "distinct":
        return {pk: sides[1].get(pk, 0) - sides[0].get(pk, 0) for pk in ids}
    keys = [{pk: key for pk, key in side.items() if key is not None} for side in sides]
    wanted = {*keys[0].values(), *keys[1].values()}
    held = [_present(one, view, area, window, wanted) for one, view in zip((old, new), views, strict=True)]
    gained, lost = held[1] - held[0], held[0] - held[1]
    adds: dict[int, int] = {}
    for pk in sorted(ids, reverse=True):
        first, last = keys[0].get(pk), keys[1].get(pk)
        adds[pk] = (last in gained) - (first in lost)
        gained.discard(last)
        lost.discard(first)
    return adds


def _worth(definition: Definition, view: View, area: str, window: Window, ids: Sequence[int]) -> dict[int, Any]:
    """What the rows are worth on one side: fen, pieces, one; of a distinct count what they name."""
    column = {"amount": "COALESCE(amount, 0)", "quantity": "quantity", "distinct": f'"{definition.key}"'}
    found: dict[int, Any] = {}
    for some in _some(ids):
        found |= dict(view.select(
            definition, f"id, {column.get(definition.kind, '1')}", area=area, window=window, tail=_among("id", some),
            given=some,
        ))  # fmt: skip
    return found


def _present(definition: Definition, view: View, area: str, window: Window, keys: Iterable[Any]) -> set[Any]:
    """Which of these keys are counted on one side."""
    if definition.kind != "distinct":
        return set()
    name, found = f'"{definition.key}"', set()
    for some in _some(sorted(keys, key=str)):
        rows = view.select(
            definition, f"DISTINCT {name}", area=area, window=window, tail=_among(name, some), given=some
        )
        found |= {row[0] for row in rows}
    return found


def _some(things: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (things[start : start + SOME] for start in range(0, len(things), SOME))


def _among(name: str, some: Sequence[Any]) -> str:
    return f"AND {name} IN ({', '.join(['%s'] * len(some))})"


def page(found: Difference, *, why: str = "", after: int = 0, limit: int = 50) -> tuple[list[Changed], int]:
    """Some of the changed rows, masked, and where the next ones begin (0: no more)."""
    ids = [(reason, pk) for reason, pk in found.ids if not why or reason == why]
    some = ids[after : after + limit]
    wanted = [pk for _, pk in some]
    shown, since = opened.those(wanted, found.today), _known(wanted)
    made = [Changed(shown[pk], reason, _when(reason, since.get(pk)), found.effects.get(pk, 0)) for reason, pk in some]
    return made, after + limit if after + limit < len(ids) else 0


def _known(ids: Sequence[int]) -> dict[int, tuple[Any, Any]]:
    """When each row was recorded, and when it was reversed."""
    from lianxin.outcomes.models import Outcome

    rows = Outcome.objects.filter(pk__in=ids).values_list("pk", "recorded_at", "reversals__recorded_at")
    return {pk: (recorded, back) for pk, recorded, back in rows}


def _when(why: Why, since: tuple[Any, Any] | None) -> dt.datetime | None:
    if since is None or why not in ("late", "reversed"):
        return None
    found: dt.datetime | None = since[0] if why == "late" else since[1]
    return found
