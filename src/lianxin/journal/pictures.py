"""Rows that are only pictures of covered rows: how a case or a batch stands is what its last record says.

A picture changes with every act, so no digest can cover it; what it shows is covered row by row instead
(:class:`~lianxin.journal.models.Shows`), and the walk compares.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Max, Model

from lianxin.engine.scope import Actor
from lianxin.journal.actions import entry
from lianxin.journal.models import Covered, Shows

Values = tuple[Any, ...]
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Altered:
    """A picture that is not what its last record says (``entry`` 0: it has none)."""

    table: str
    row: int
    entry: int


Derived = Callable[[], Iterable[Altered]]
_DERIVED: list[Derived] = []


def derives(altered: Derived) -> Derived:
    """Register rows whose state other covered rows say, without a record of their own: what differs is found as well."""
    _DERIVED.append(altered)
    return altered


def records() -> list[tuple[type[Covered], Shows, type[Model]]]:
    """Every model whose rows another is a picture of: the record, how it shows, the picture."""
    found = []
    for model in apps.get_models():
        if issubclass(model, Covered) and model.shows is not None:
            picture = model._meta.get_field(model.shows.of).related_model
            assert isinstance(picture, type)
            found.append((model, model.shows, picture))
    return found


def altered() -> Iterator[Altered]:
    """The pictures that do not agree with their last record, those of one table by their ids; then what is derived."""
    for record, shows, picture in records():
        said = _last(record, shows)
        rows = picture._base_manager.order_by("pk").values_list("pk", *shows.columns)
        for pk, *stands in rows.iterator(chunk_size=20000):
            entry, *last = said.get(pk, (0,))
            if stands != last:
                yield Altered(picture._meta.label_lower, pk, entry)
    for derived in _DERIVED:
        yield from derived()


def _last(record: type[Covered], shows: Shows) -> dict[int, Values]:
    """For each picture what its last record says of it, behind the record's entry."""
    of = f"{shows.of}_id"
    newest = record._base_manager.order_by().values(of).annotate(newest=Max("pk")).values("newest")
    rows = record._base_manager.filter(pk__in=newest).values_list(of, "entry_id", *shows.columns.values())
    return {row[0]: row[1:] for row in rows.iterator(chunk_size=20000)}


def begin(*, by: Actor, at: dt.datetime, came: Collection[str] | None = None) -> int:
    """Write down how pictures of an older home stand, once, when their records first can say so; returns how many.

    A record that exists is only given the columns that came later; what else differs stays for the walk to find.
    ``came`` names those of now, where records could say the rest already: nothing else is written down then.
    """
    done = 0
    for record, shows, picture in records():
        said = _last(record, shows)
        rows = picture._base_manager.order_by("pk").values_list("pk", *shows.columns)
        wrong = [row for row in rows.iterator(chunk_size=20000) if said.get(row[0], (0,))[1:] != row[1:]]
        for start in range(0, len(wrong), CHUNK):
            done += _begin(record, shows, wrong[start : start + CHUNK], set(said), came, by, at)
    return done


def _begin(
    record: type[Covered], shows: Shows, wrong: Sequence[Values], known: set[int], came: Collection[str] | None,
    by: Actor, at: dt.datetime,
) -> int:  # fmt: skip
    own = list(shows.columns.values())
    new = [row for row in wrong if row[0] not in known] if came is None else []
    later = set(record.later) if came is None else set(record.later) & set(came)
    if not new and not later:
        return 0
    stands = {row[0]: {name: row[place] for place, name in enumerate(own, 1) if name in later} for row in wrong}
    whole = {shows.of, "id", "entry", *own} >= {field.name for field in record._meta.concrete_fields}
    of = f"{shows.of}_id"
    with entry(action="journal.begin", by=by, at=at, table=record._meta.label_lower) as writer:
        added = [record(**{of: row[0]}, **dict(zip(own, row[1:], strict=True))) for row in new if whole]
        writer.add(added)
        last = record._base_manager.filter(**{f"{of}__in": [row[0] for row in wrong if row[0] in known]})
        ids = last.order_by().values(of).annotate(newest=Max("pk")).values_list(of, "newest")
        given = {newest: stands[pk] for pk, newest in ids if stands[pk]}
        count = len(added) + writer.rewrite(record, given)
        writer.say(rows=count)
    return count
