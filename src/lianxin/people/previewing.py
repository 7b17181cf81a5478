"""What a ledger would do, before it does it: field by field, and who would gain or lose what.

A dry run gathers here what each chunk plans. The plan has a token: the file, and every row on file that it would touch;
loading with that token is refused where the files have moved so that the ledger would now do something else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.db.models import Max

from lianxin.engine import effects
from lianxin.engine.scope import Actor
from lianxin.journal.models import Entry
from lianxin.people import changewords
from lianxin.people.gathered import Change, Filing
from lianxin.people.identities import some
from lianxin.people.kinship import Ties
from lianxin.people.models import Kin, Person
from lianxin.people.overlay import Overlay
from lianxin.people.results import Line, Preview, Weighed

SHOWN = 300  # changes of files that are said one by one
NAMED = 100  # persons that a service names


class Gathering:
    """A dry run's plan, chunk by chunk. A context manager: the overlay is cleared up behind it."""

    def __init__(self, digest: str, *, weigh: bool) -> None:
        self._plan = hashlib.sha256(digest.encode())
        self._overlay = Overlay() if weigh else None
        self._stack = ExitStack()
        self._changes: list[Change] = []
        self._counts: Counter[str] = Counter()
        self._fresh: list[int] = []
        self.died = 0
        self.moved = 0

    def __enter__(self) -> Gathering:
        if self._overlay is not None:
            self._stack.enter_context(self._overlay)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def take(self, filing: Filing) -> None:
        """What one chunk plans."""
        fresh = {row[0] for row in filing.persons} | set(filing.revived)
        self._fresh += sorted(fresh)
        self.died += len(filing.died)
        self.moved += len(filing.moved)
        for change in filing.changes or ():
            if change.person in fresh:
                continue
            self._counts.update(changewords.fields(change))
            if len(self._changes) < SHOWN:
                self._changes.append(change)
        self._hash({model.__name__: rows for model, rows in filing.adds.items()}, filing.supersedes)
        if self._overlay is not None:
            self._overlay.take(filing)

    def tie(self, ties: Ties) -> None:
        """What is planned about relations."""
        self._counts.update(["kin"] * len(ties.adds))
        self._hash({"Kin": ties.adds}, {Kin: ties.gone})
        if self._overlay is not None:
            self._overlay.tie(ties)

    def _hash(self, adds: dict[str, list[tuple[Any, ...]]], gone: Any) -> None:
        """Everything but what is different each time: seals and the instant."""
        for name, rows in sorted(adds.items()):
            for row in rows:
                plain = [one for one in row if not isinstance(one, bytes | dt.datetime)]
                self._plan.update(repr((name, plain)).encode())
        for model, ids in sorted(gone.items(), key=lambda item: item[0].__name__):
            self._plan.update(repr((model.__name__, list(ids))).encode())

    def told(self, changed: set[int], day: dt.date, by: Actor) -> Preview:
        """The preview, once everything was taken."""
        weighed = self._weighed(sorted(changed), day, by) if self._overlay is not None else None
        token = f"{stamp()}.{self._plan.hexdigest()}"
        lines: list[Line] = changewords.lines(self._changes)
        return Preview(token, tuple(lines), dict(self._counts.most_common()), self.died, self.moved, weighed)

    def _weighed(self, changed: list[int], day: dt.date, by: Actor) -> tuple[Weighed, ...]:
        """The touched, their kin and their households, judged as things are and as they would be."""
        if "judge-now" not in effects.handled() or self._overlay is None:
            return ()
        persons, families = _around(changed)
        scope = by.scope
        before = effects.perform("judge-now", persons=persons, families=families, day=day, scope=scope)
        with self._overlay.standing():
            after = effects.perform("judge-now", persons=[*persons, *self._fresh], families=families, day=day,
                                    scope=scope)  # fmt: skip
        was = {one.service: one for one in before}
        made = [_compared(was.get(one.service), one) for one in after]
        made += [_compared(one, None) for one in before if one.service not in {two.service for two in after}]
        return tuple(one for one in made if one.gains or one.loses or one.differs)


def _compared(before: Any, after: Any) -> Weighed:
    import polars as pl

    one = after or before
    empty = pl.DataFrame(schema={"id": pl.Int64, "amount": pl.Int64})
    was, now = (side.frame if side is not None else empty for side in (before, after))
    gained, lost = now.join(was, on="id", how="anti"), was.join(now, on="id", how="anti")
    both = now.join(was, on="id", suffix="_was")
    differs = both.filter(pl.col("amount").ne_missing(pl.col("amount_was"))).height
    names = [tuple(side["id"].sort(descending=True).head(NAMED).to_list()) for side in (gained, lost)]
    return Weighed(
        one.service, one.zh, one.en, one.subject, gained.height, lost.height, differs,
        int(was["amount"].sum() or 0), int(now["amount"].sum() or 0),
        tuple(pk for pk in names[0] if pk > 0), names[1],
    )  # fmt: skip


def _around(changed: Sequence[int]) -> tuple[list[int], list[int]]:
    """The changed persons with their kin and those who live with them; and the households of all of these."""
    near = set(changed)
    for part in some(changed):
        rows = Kin.objects.filter(superseded_at__isnull=True)
        near.update(rows.filter(person_id__in=part).values_list("relative_id", flat=True))
        near.update(rows.filter(relative_id__in=part).values_list("person_id", flat=True))
    families: set[int] = set()
    for part in some(near):
        families.update(Person.objects.filter(pk__in=part, family__isnull=False).values_list("family_id", flat=True))
    for part in some(families):
        near.update(Person.objects.filter(family_id__in=part, visible=True).values_list("pk", flat=True))
    return sorted(near), sorted(families)


def stamp() -> str:
    """The state of the base: changes with every action that writes."""
    return str(Entry.objects.aggregate(last=Max("pk"))["last"] or 0)


def still(token: str) -> bool:
    """Whether nothing at all was written since the preview."""
    return token.partition(".")[0] == stamp()


def same(token: str, again: str) -> bool:
    """Whether two previews plan the same."""
    return token.partition(".")[2] == again.partition(".")[2]
