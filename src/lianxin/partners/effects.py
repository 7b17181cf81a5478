"""When areas are redrawn, the places of the map lie in those that took over; taken back, they lie where they lay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lianxin.engine.effects import listens
from lianxin.journal.actions import Writing
from lianxin.partners.models import PlaceSaid
from lianxin.partners.places import SAYS

SOME = 800


def _in(codes: Sequence[str]) -> list[PlaceSaid]:
    """What is said now of the places of some areas."""
    parts = [list(codes)[start : start + SOME] for start in range(0, len(codes), SOME)]
    return [row for part in parts for row in PlaceSaid.objects.filter(area__in=part, superseded_at__isnull=True)]


@listens("areas-counted", "partners")
def count(*, codes: Sequence[str], into: dict[str, int]) -> None:
    """How many places lie in areas that are to be redrawn."""
    into["places"] = len(_in(codes))


@listens("area-asked", "partners")
def in_use(*, code: str, into: dict[str, int]) -> None:
    """Whether a place that is open lies in an area."""
    into["places"] = sum(row.valid_to is None for row in _in([code]))


@listens("areas-redrawn", "partners")
def move(*, pairs: Mapping[str, str], at: dt.datetime, writer: Writing, moved: dict[str, int], **_: Any) -> None:
    """Places lie in the area that took over."""
    _moved({row: pairs[row.area] for row in _in(list(pairs))}, at, writer, moved)


@listens("areas-redrawn-back", "partners")
def back(*, pairs: Mapping[str, str], at: dt.datetime, writer: Writing, moved: dict[str, int], **_: Any) -> None:
    """Places that nobody changed since go back to where they lay."""
    now = {(row.place_id, row.entry_id): row for row in _in(sorted(set(pairs.values())))}
    before = PlaceSaid.objects.filter(superseded_by__in={entry for _place, entry in now}, area__in=list(pairs))
    keys = [((row.place_id, row.superseded_by or 0), row.area) for row in before]
    home = {now[key]: area for key, area in keys if key in now}
    _moved({row: area for row, area in home.items() if pairs[area] == row.area}, at, writer, moved)


def _moved(homes: Mapping[PlaceSaid, str], at: dt.datetime, writer: Writing, moved: dict[str, int]) -> None:
    if not homes:
        return
    writer.supersede(PlaceSaid, [row.pk for row in homes], at)
    kept = [name for name in SAYS if name != "area"]
    writer.add([
        PlaceSaid(place_id=row.place_id, area=area, pinyin=row.pinyin, initials=row.initials, paper=row.paper, recorded_at=at,
                  **{name: getattr(row, name) for name in kept})
        for row, area in homes.items()
    ])  # fmt: skip
    moved["places"] = len(homes)
