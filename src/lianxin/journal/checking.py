"""Check the journal: walk the chain, compare every covered row, and name the first entry or row that does not hold."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import apps

from lianxin.journal import checkpoints
from lianxin.journal import rows as digests
from lianxin.journal.actions import SHORT, link_hash
from lianxin.journal.models import Covered, Dated, Entry, Erased, Head, Marks

_PLACED = "/superseded"
What = Literal["", "chain", "gone", "head", "altered", "missing", "added", "checkpoint"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk found: how much holds, and the first thing that does not.

    ``broken`` is the id of the first broken entry (0: the head, or an entry that is gone), ``link`` its place in the
    chain, ``because`` "chain", "gone", "head", "checkpoint" or the table whose rows differ, ``what`` happened to them
    ("altered", "missing", "added"), ``row`` the id of the first such row where it is still there.
    """

    entries: int
    rows: int
    broken: int | None = None
    because: str = ""
    link: int = 0
    what: What = ""
    row: int | None = None


def covered_models() -> list[type[Covered]]:
    """Every model whose rows are covered by entries."""
    return [model for model in apps.get_models() if issubclass(model, Covered)]


def _row_digests() -> dict[tuple[int, str], list[bytes]]:
    """The digests of all covered rows by (entry, table), read once through every table."""
    found: dict[tuple[int, str], list[bytes]] = defaultdict(list)
    for model in covered_models():
        table = model._meta.label_lower
        for _pk, entry, over, one in _digested(model):
            found[(entry, table)].append(one)
            if over is not None:
                found[(over, table + _PLACED)].append(one)
    return found


def _digested(model: type[Covered], **only: Any) -> Iterable[tuple[int, int, int | None, bytes]]:
    """(id, entry, the entry that superseded it, digest) of each row of a model."""
    names, empty = digests.columns(model), digests.blanks(model)
    marks = ["superseded_by"] if issubclass(model, Dated) else []
    erased = {
        row: bytes(digest)
        for row, digest in Erased.objects.filter(table=model._meta.label_lower).values_list("row", "digest")
    }
    rows = model._base_manager.filter(**only).values_list("id", "entry_id", *marks, *names)
    for row in rows.iterator(chunk_size=20000):
        told = digests.told(row[2 + len(marks) :], empty)
        yield row[0], row[1], row[2] if marks else None, erased.get(row[0]) or digests.digest(told)


def verify(against: Iterable[str] = ()) -> Verified:
    """Walk the chain from its first link and compare every entry's digests with the rows it covers.

    ``against`` are lines of published checkpoints: each must be signed and agree with the chain.
    """
    points = checkpoints.by_link(against)
    held = _row_digests()
    previous, count, rows = "", 0, 0
    for made in Entry.objects.order_by("link").iterator(chunk_size=5000):
        count += 1
        if made.link is not None and made.link > count:
            return Verified(count - 1, rows, 0, "gone", count)
        if made.link != count or made.previous != previous or link_hash(made) != made.hash:
            return Verified(count - 1, rows, made.pk, "chain", count)
        for said in made.rows:
            actual = held.pop((made.pk, said["table"]), [])
            if len(actual) != said["count"] or digests.together(actual) != said["digest"]:
                return _named(count - 1, rows, made, said)
            rows += len(actual)
        previous = made.hash
        if not all(one.agrees(made.hash) for one in points.pop(count, ())):
            return Verified(count - 1, rows, made.pk, "checkpoint", count)
    if held:
        entry, table = min(held)
        link = Entry.objects.filter(pk=entry).values_list("link", flat=True).first() or 0
        return Verified(count, rows, entry, table.removesuffix(_PLACED), link, "added", _first(entry, table))
    head = Head.objects.filter(pk=1).first()
    if points or (count and (head is None or head.hash != previous or head.length != count)):
        return Verified(count, rows, 0, "checkpoint" if points else "head", min(points, default=count))
    return Verified(count, rows)


def _first(entry: int, table: str) -> int | None:
    """The first row that claims to belong to an entry which never covered its table."""
    return min((row for row, _ in _rows_of(entry, table)), default=None)


def _rows_of(entry: int, table: str) -> list[tuple[int, bytes]]:
    model: Any = apps.get_model(table.removesuffix(_PLACED))
    only = {"superseded_by" if table.endswith(_PLACED) else "entry_id": entry}
    return [(row, one) for row, _entry, _over, one in _digested(model, **only)]


def _named(entries: int, rows: int, made: Entry, said: dict[str, Any]) -> Verified:
    """Which row of an entry differs: by the short marks of all its rows where it has several."""
    table, actual = said["table"], _rows_of(made.pk, said["table"])
    kept = Marks.objects.filter(entry=made.pk, table=table).values_list("marks", flat=True).first()
    expected = Counter(checkpoints.cut(bytes(kept)) if kept is not None else ())
    strange: list[int] = []
    for row, digest in sorted(actual):
        mark = digest[:SHORT]
        if expected[mark]:
            expected[mark] -= 1
        else:
            strange.append(row)
    what: What = "altered"
    if len(actual) != said["count"]:
        what = "missing" if len(actual) < said["count"] else "added"
    name = table.removesuffix(_PLACED)
    first = strange[0] if strange and (kept is not None or len(actual) == 1 or what == "added") else None
    return Verified(entries, rows, made.pk, name, made.link or 0, what, first)


def fingerprint() -> str:
    """A short mark of the chain's head that an outsider can write down and compare later."""
    head = Head.objects.filter(pk=1).first()
    return hashlib.sha256((head.hash if head else "").encode()).hexdigest()[:16]
