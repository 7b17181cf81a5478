"""Read and check the journal."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q, QuerySet

from lianxin.engine import clock
from lianxin.engine.scope import Scope
from lianxin.journal import rows as digests
from lianxin.journal.actions import link_hash
from lianxin.journal.models import Covered, Dated, Entry, Erased, Head

CITY_DIGITS = 4


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
        names, empty = digests.columns(model), digests.blanks(model)
        dated = issubclass(model, Dated)
        marks = ["superseded_by"] if dated else []
        rows = model._base_manager.values_list("id", "entry_id", *marks, *names)
        for row in rows.iterator(chunk_size=20000):
            one = erased.get((table, row[0])) or digests.digest(digests.told(row[2 + len(marks) :], empty))
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


@dataclass(frozen=True, slots=True)
class Listed:
    """Some entries, newest first, and the key after which older ones follow (blank: none)."""

    rows: list[Entry]
    next: str = ""


def _visible(scope: Scope, hidden: Collection[str]) -> QuerySet[Entry]:
    """Entries inside the scope's areas, without those of sealed services on whose list it does not stand.

    An entry without an area (a command at the machine) belongs to whoever covers the whole city.
    """
    if scope.reach != "area":
        return Entry.objects.none()
    inside = Q()
    for prefix in scope.areas:
        inside |= Q(area__gte=prefix, area__lt=prefix + ":")
        if len(prefix) <= CITY_DIGITS:
            inside |= Q(area="")
    shown = Entry.objects.filter(inside) if scope.areas else Entry.objects.none()
    return shown.exclude(service__in=hidden) if hidden else shown


def _page(found: QuerySet[Entry], after: str, limit: int) -> Listed:
    if after.isdigit():
        found = found.filter(pk__lt=int(after))
    rows = list(found.order_by("-pk")[: limit + 1])
    return Listed(rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else "")


def entries(
    scope: Scope, *, asked: Mapping[str, str] | None = None, hidden: Collection[str] = (), after: str = "",
    limit: int = 50,
) -> Listed:  # fmt: skip
    """What was done, newest first. ``asked`` may narrow by ``action`` (a beginning), ``by`` (a name), ``case``,
    ``person``, ``run``, ``since`` and ``until`` (ISO days in Shanghai); ``hidden`` are sealed services left out."""
    asked = asked or {}
    found = _visible(scope, hidden)
    if asked.get("action"):
        found = found.filter(action__startswith=asked["action"])
    if asked.get("by"):
        found = found.filter(by_name=asked["by"])
    for code in ("case", "person"):
        if asked.get(code):
            found = found.filter(**{code: int(asked[code])}) if asked[code].isdigit() else found.none()
    if asked.get("run"):
        found = found.filter(run=asked["run"])
    if asked.get("since"):
        found = found.filter(at__gte=clock.midnight(dt.date.fromisoformat(asked["since"])))
    if asked.get("until"):
        found = found.filter(at__lt=clock.midnight(dt.date.fromisoformat(asked["until"]) + dt.timedelta(days=1)))
    return _page(found, after, limit)


def about(person: int, *, hidden: Collection[str] = (), after: str = "", limit: int = 50) -> Listed:
    """Who looked at a person's file or changed it, newest first. The caller has checked that it may be read."""
    found = Entry.objects.filter(person=person)
    return _page(found.exclude(service__in=hidden) if hidden else found, after, limit)


def length() -> int:
    """How many entries the chain has."""
    head = Head.objects.filter(pk=1).first()
    return head.length if head else 0
