"""The table of scenes as it is in force on a day: what staff published, what is printed, what verifiers are given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from lianxin.cards.models import SceneRow, SceneTable
from lianxin.engine.scope import Scope

COLUMNS = ("id", "scene", "code", "name", "name_en", "area", "place", "office", "classes", "right", "percent", "companions",
           "weekdays", "from_on", "until_on", "hours", "needs_id", "words", "words_en", "law", "article", "standing")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """One line of the table. ``weekdays`` blank is every day, ``place`` blank every place of the scene in ``area``."""

    id: int
    scene: str
    code: str
    name: str
    name_en: str
    area: str
    place: str
    office: int | None
    classes: list[str]
    right: str
    percent: int | None
    companions: int
    weekdays: str
    from_on: dt.date | None
    until_on: dt.date | None
    hours: str
    needs_id: bool
    words: str
    words_en: str
    law: str
    article: str
    standing: str

    def holds(self, day: dt.date) -> bool:
        """Whether the right is given on that day at all."""
        inside = (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)
        return inside and (not self.weekdays or str(day.isoweekday()) in self.weekdays)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the table."""

    id: int
    number: int
    state: str
    maker_name: str
    made_at: dt.datetime
    from_on: dt.date | None
    published_at: dt.datetime | None
    rows: tuple[Scene, ...] = ()


def table_in_force(day: dt.date) -> SceneTable | None:
    """The table of the edition in force on ``day``: the last one published whose first day has come."""
    return SceneTable.objects.filter(state="published", from_on__lte=day).order_by("-from_on", "-number").first()


def in_force(day: dt.date) -> Edition | None:
    """The edition in force on ``day`` with its lines."""
    found = table_in_force(day)
    return _edition(found, with_rows=True) if found else None


def scene_table(day: dt.date) -> list[Scene]:
    """The lines in force on ``day``, those of other seasons left out; which weekdays they hold on stands in each."""
    edition = in_force(day)
    return [
        row for row in (edition.rows if edition else ())
        if (row.from_on is None or row.from_on <= day) and (row.until_on is None or day <= row.until_on)
    ]  # fmt: skip


def editions(scope: Scope, *, limit: int = 50) -> list[Edition]:
    """All editions, the newest first, for staff; the table is the city's own."""
    if scope.reach != "area":
        return []
    return [_edition(one) for one in SceneTable.objects.order_by("-number")[:limit]]


def edition(pk: int) -> Edition | None:
    """One edition with its lines."""
    found = SceneTable.objects.filter(pk=pk).first()
    return _edition(found, with_rows=True) if found else None


def _edition(one: SceneTable, *, with_rows: bool = False) -> Edition:
    rows: tuple[Scene, ...] = ()
    if with_rows:
        known = SceneRow.objects.filter(Q(table=one), superseded_at__isnull=True).order_by(
            "scene", "area", "code", "pk"
        )
        rows = tuple(Scene(*row) for row in known.values_list(*COLUMNS))
    return Edition(one.pk, one.number, one.state, one.maker_name, one.made_at, one.from_on, one.published_at, rows)
