"""Check the journal: walk the chain, compare every covered row, and name the first entry or row that does not hold."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import apps

from lianxin.journal import checkpoints, pictures
from lianxin.journal import rows as digests
from lianxin.journal.actions import REWRITTEN, SHORT, link_hash
from lianxin.journal.models import Covered, Dated, Entry, Head, Marks, Rewritten

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
        for _row, entry, table, one in _digested(model):
            found[(entry, table)].append(one)
    return found


def _digested(model: type[Covered], **only: Any) -> Iterable[tuple[int, int, str, bytes]]:
    """(id, entry, table as the entry names it, digest that the row had then) for every entry that covers a row."""
    names, empty = digests.columns(model), digests.blanks(model)
    over = ["superseded_by"] if issubclass(model, Dated) else []
    table, former = model._meta.label_lower, Former(model._meta.label_lower)
    rows = model._base_manager.filter(**only).values_list("id", "entry_id", *over, *names)
    for row in rows.iterator(chunk_size=20000):
        now = digests.digest(digests.told(row[2 + len(over) :], empty))
        yield row[0], row[1], table, former.then(row[0], row[1], now)
        if over and row[2] is not None:
            yield row[0], row[2], table + _PLACED, former.then(row[0], row[2], now)
        for entry in former.entries(row[0]):
            yield row[0], entry, table + REWRITTEN, former.then(row[0], entry, now)


class Former:
    """What the digests of a table's rows were before entries rewrote them."""

    def __init__(self, table: str) -> None:
        self._of: dict[int, list[tuple[int, int, bytes]]] = defaultdict(list)
        self._links: dict[int, int] = {}
        entries = list(Rewritten.objects.filter(table=table).values_list("entry", "former"))
        if not entries:
            return
        self._links = {pk: link or 0 for pk, link in Entry.objects.values_list("pk", "link").iterator(chunk_size=20000)}
        for entry, former in entries:
            for row, digest in unpacked(bytes(former)):
                self._of[row].append((self._links.get(entry, 0), entry, digest))
        for changes in self._of.values():
            changes.sort()

    def then(self, row: int, entry: int, now: bytes) -> bytes:
        """The digest of a row as an entry left it: what the first later rewriting found, or what it is now."""
        if row not in self._of:
            return now
        link = self._links.get(entry, 0)
        return next((digest for at, _entry, digest in self._of[row] if at > link), now)

    def entries(self, row: int) -> list[int]:
        """The entries that rewrote a row."""
        return [entry for _link, entry, _digest in self._of.get(row, ())]


def unpacked(former: bytes) -> Iterable[tuple[int, bytes]]:
    """The rows of a :class:`Rewritten` with the digests they had."""
    for start in range(0, len(former), 40):
        yield int.from_bytes(former[start : start + 8], "big"), former[start + 8 : start + 40]


def verify(against: Iterable[str] = ()) -> Verified:
    """Walk the chain from its first link and compare every entry's digests with the rows it covers.

    ``against`` are lines of published checkpoints: each must be signed and agree with the chain, and so must those kept
    beside it, which somebody who has the database alone cannot sign.
    """
    points = checkpoints.by_link(against)
    for point in checkpoints.kept():
        points.setdefault(point.link, []).append(point)
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
        return Verified(count, rows, entry, _plain(table), link, "added", _first(entry, table))
    head = Head.objects.filter(pk=1).first()
    if points or (count and (head is None or head.hash != previous or head.length != count)):
        return Verified(count, rows, 0, "checkpoint" if points else "head", min(points, default=count))
    for one in pictures.altered():
        link = Entry.objects.filter(pk=one.entry).values_list("link", flat=True).first() or 0
        return Verified(count, rows, one.entry, one.table, link, "altered" if one.entry else "added", one.row)
    return Verified(count, rows)


def _first(entry: int, table: str) -> int | None:
    """The first row that claims to belong to an entry which never covered its table."""
    return min((row for row, _ in _rows_of(entry, table)), default=None)


def _plain(table: str) -> str:
    """The table itself, whatever an entry did to its rows."""
    return table.removesuffix(_PLACED).removesuffix(REWRITTEN)


def _rows_of(entry: int, table: str) -> list[tuple[int, bytes]]:
    model: Any = apps.get_model(_plain(table))
    only: dict[str, Any] = {"superseded_by" if table.endswith(_PLACED) else "entry_id": entry}
    if table.endswith(REWRITTEN):
        kept = Rewritten.objects.filter(entry=entry, table=_plain(table)).values_list("former", flat=True)
        only = {"pk__in": [row for former in kept for row, _digest in unpacked(bytes(former))]}
    return [(row, one) for row, by, name, one in _digested(model, **only) if (by, name) == (entry, table)]


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
    name = _plain(table)
    first = strange[0] if strange and (kept is not None or len(actual) == 1 or what == "added") else None
    return Verified(entries, rows, made.pk, name, made.link or 0, what, first)


def fingerprint() -> str:
    """A short mark of the chain's head that an outsider can write down and compare later."""
    head = Head.objects.filter(pk=1).first()
    return hashlib.sha256((head.hash if head else "").encode()).hexdigest()[:16]
