"""Read and check the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.scope import Scope
from lianxin.journal import looks
from lianxin.journal.checking import Verified, covered_models, fingerprint, verify
from lianxin.journal.models import Entry, Head

__all__ = ["Entry", "Listed", "Verified", "about", "covered_models", "entries", "fingerprint", "length", "verify"]

CITY_DIGITS = 4
RESTRICTED = "restricted"  # work on restricted lists: in the chain, and on no page


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
    shown = shown.exclude(service=RESTRICTED)
    return shown.exclude(service__in=hidden) if hidden else shown


def _page(found: QuerySet[Entry], after: str, limit: int) -> Listed:
    if number_of(after) is not None:
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
            found = found.filter(**{code: int(asked[code])}) if number_of(asked[code]) is not None else found.none()
    if asked.get("run"):
        found = found.filter(run=asked["run"])
    if asked.get("since"):
        found = found.filter(at__gte=clock.midnight(dt.date.fromisoformat(asked["since"])))
    if asked.get("until"):
        found = found.filter(at__lt=clock.midnight(dt.date.fromisoformat(asked["until"]) + dt.timedelta(days=1)))
    return _page(found, after, limit)


def about(
    person: int, *, hidden: Collection[str] = (), after: str = "", limit: int = 50, files: Collection[int] = (),
    but: int | None = None,
) -> Listed:  # fmt: skip
    """Who looked at a person's file or changed it, and who took away a list that it was on, newest first.

    Without what is held back (:func:`lianxin.journal.looks.inquire`). ``files`` were merged into this one;
    ``but`` leaves out what this account did itself.
    The caller has checked that it may be read.
    """
    found = Entry.objects.filter(
        Q(person__in=[person, *files]) | Q(pk__in=[one for file in (person, *files) for one in looks.lists_with(file)])
    )
    found = found.exclude(pk__in=looks.held_back(clock.now()))
    if but is not None:
        found = found.exclude(by_account=but)
    return _page(found.exclude(service__in=hidden) if hidden else found, after, limit)


def length() -> int:
    """How many entries the chain has."""
    head = Head.objects.filter(pk=1).first()
    return head.length if head else 0
