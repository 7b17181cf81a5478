"""Read and check the journal."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass

from django.apps import apps

from lianxin.journal import rows as digests
from lianxin.journal.actions import link_hash
from lianxin.journal.models import Covered, Dated, Entry, Erased, Head


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk of the journal found: how much holds, and the first entry that does not."""

    entries: int
    rows: int
    broken: int | None = None  # id of the first broken entry
    because: str = ""


def covered_models() -> list[type[Covered]]:
    """Every model whose rows are covered by entries."""
    return [model for model in apps.get_models() if issubclass(model, Covered)]


def _row_digests() -> dict[tuple[int, str], list[bytes]]:
    """The digests of all covered rows by (entry, table), read once through every table."""
    found: dict[tuple[int, str], list[bytes]] = defaultdict(list)
    erased = {(row.table, row.row): bytes(row.digest) for row in Erased.objects.all()}
    for model in covered_models():
        table = model._meta.label_lower
        names = digests.columns(model)
        dated = issubclass(model, Dated)
        marks = ["superseded_by"] if dated else []
        rows = model._base_manager.values_list("id", "entry_id", *marks, *names)
        for row in rows.iterator(chunk_size=20000):
            one = erased.get((table, row[0])) or digests.digest(row[2 + len(marks) :])
            found[(row[1], table)].append(one)
            if dated and row[2] is not None:
                found[(row[2], f"{table}/superseded")].append(one)
    return found


def verify() -> Verified:
    """Walk the chain from its first link and compare every entry's digests with the rows it covers."""
    held = _row_digests()
    previous, count, rows = "", 0, 0
    for made in Entry.objects.order_by("link").iterator(chunk_size=5000):
        count += 1
        if made.link != count or made.previous != previous or link_hash(made) != made.hash:
            return Verified(count - 1, rows, made.pk, "chain")
        for said in made.rows:
            actual = held.pop((made.pk, said["table"]), [])
            if len(actual) != said["count"] or digests.together(actual) != said["digest"]:
                return Verified(count - 1, rows, made.pk, said["table"])
            rows += len(actual)
        previous = made.hash
    if held:
        entry_id, table = min(held)
        return Verified(count, rows, entry_id, table)
    head = Head.objects.filter(pk=1).first()
    if count and (head is None or head.hash != previous or head.length != count):
        return Verified(count, rows, 0, "head")
    return Verified(count, rows)


def fingerprint() -> str:
    """A short mark of the chain's head that an outsider can write down and compare later."""
    head = Head.objects.filter(pk=1).first()
    return hashlib.sha256((head.hash if head else "").encode()).hexdigest()[:16]
