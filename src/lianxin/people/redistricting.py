"""When the map is redrawn, homes move: as dated rows with the paper 区划调整, in chunks, shown as one, undoable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, OuterRef, Subquery

from lianxin.engine import effects
from lianxin.engine.effects import listens
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import CHUNK, Writing
from lianxin.journal.models import Entry
from lianxin.people.models import Family, Particulars, Person

_MARKS = {"id", "entry_id", "superseded_by"}


def _columns() -> list[str]:
    return [field.attname for field in Particulars._meta.concrete_fields if field.attname not in _MARKS]


@listens("areas-counted", "people")
def count(*, codes: Sequence[str], into: dict[str, int]) -> None:
    """How many live in areas that are to be redrawn."""
    into["persons"] = sum(Person.objects.filter(home__in=part).count() for part in _parts(codes))


@listens("area-asked", "people")
def in_use(*, code: str, into: dict[str, int]) -> None:
    """Whether anybody lives in an area."""
    into["persons"] = Person.objects.filter(home=code)[:1000].count()


@listens("areas-redrawing", "people")
def stage(*, run: str, pairs: Mapping[str, str], on: dt.date, paper: str, by: Actor, at: dt.datetime, **_: Any) -> None:
    """Write the new homes as rows that nobody sees yet, in chunks of their own transactions."""
    last, codes = 0, list(pairs)
    while True:
        ids = sorted(
            pk for part in _parts(codes)
            for pk in Person.objects.filter(home__in=part, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]
        )[:CHUNK]  # fmt: skip
        if not ids:
            return
        last = ids[-1]
        with journal.entry(action="people.redistrict", by=by, at=at, run=run, purpose=paper) as writing:
            writing.say(persons=_stage(ids, pairs, on, paper, at, writing))


def _stage(
    ids: Sequence[int], pairs: Mapping[str, str], on: dt.date, paper: str, at: dt.datetime, writing: Writing
) -> int:
    names = _columns()
    place = {name: number for number, name in enumerate(names)}
    newest: dict[int, tuple[Any, ...]] = {}
    for part in _parts(ids):
        rows = Particulars.objects.filter(person__in=part, superseded_at__isnull=True)
        for row in rows.order_by(F("valid_from").asc(nulls_first=True), "pk").values_list(*names):
            newest[row[place["person_id"]]] = row
    made = []
    for row in newest.values():
        values: list[Any] = [bytes(one) if isinstance(one, memoryview) else one for one in row]
        since = values[place["valid_from"]]
        values[place["home"]] = pairs.get(values[place["home"]], values[place["home"]])
        values[place["valid_from"]] = on if since is None or since < on else since
        values[place["paper"]] = paper
        values[place["recorded_at"]] = values[place["superseded_at"]] = at  # unseen until it is shown as one
        made.append(tuple(values))
    return writing.load(Particulars, names, made)


@listens("areas-redrawn", "people")
def show(*, run: str, pairs: Mapping[str, str], moved: dict[str, int], by: Actor, at: dt.datetime, **_: Any) -> None:
    """Show the new homes, all at once; whoever moved away meanwhile keeps the later home."""
    entries = _entries(run)
    rows = Particulars.objects.filter(entry_id__in=entries, person__home__in=Subquery(_ended(run)))
    rows.update(superseded_at=None)
    moved["persons"] = sum(Person.objects.filter(home=code).update(home=into) for code, into in pairs.items())
    moved["households"] = sum(Family.objects.filter(home=code).update(home=into) for code, into in pairs.items())


def _ended(run: str) -> Any:
    from lianxin.access.models import Succession

    return Succession.objects.filter(run=run).values("code")


@listens("areas-redrawn-back", "people")
def back(
    *, run: str, pairs: Mapping[str, str], moved: dict[str, int], by: Actor, at: dt.datetime, writer: Writing, **_: Any
) -> None:
    """Homes go back to what the rows before said; whoever moved on since keeps the later home."""
    rows = Particulars.objects.filter(entry_id__in=_entries(run), superseded_at__isnull=True)
    rows = rows.filter(person__home=F("home"))
    ids = list(rows.values_list("person_id", flat=True))
    writer.supersede(Particulars, list(rows.values_list("pk", flat=True)), at)
    before = Particulars.objects.filter(person=OuterRef("pk"), superseded_at__isnull=True)
    home = before.order_by(F("valid_from").desc(nulls_last=True), "-pk").values("home")[:1]
    families: set[int] = set()
    for part in _parts(ids):
        people = Person.objects.filter(pk__in=part)
        people.update(home=Subquery(home))
        families |= set(people.filter(family__isnull=False).values_list("family_id", flat=True))
    member = Person.objects.filter(family=OuterRef("pk"), home__in=list(pairs)).order_by("pk").values("home")[:1]
    for part in _parts(sorted(families)):
        Family.objects.filter(pk__in=part, people__home__in=list(pairs)).update(home=Subquery(member))
    moved["persons"] = len(ids)
    if ids:
        effects.announce("person-changed", ids=ids, by=by, at=at)


def _entries(run: str) -> list[int]:
    return list(Entry.objects.filter(run=run, action="people.redistrict").values_list("pk", flat=True))


def _parts(things: Sequence[Any]) -> list[list[Any]]:
    ordered = list(things)
    return [ordered[start : start + 800] for start in range(0, len(ordered), 800)]
