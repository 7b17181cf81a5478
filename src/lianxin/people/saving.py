"""Saved lists of people: make, change, give away to one's office; who is on them. Lists name people, they hold no facts.

A shared list is seen and filled by the owner's office, each inside their own scope; only the owner ends or shares it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from lianxin.access.permissions import require
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.people.hits import opened
from lianxin.people.identities import some, survivors
from lianxin.people.savedmodels import ListMember, SavedList, TakenColumns

MOST = 5000  # members of a fixed list
LISTS = 200  # that one account keeps


@dataclass(frozen=True, slots=True)
class Saved:
    """A list as its page shows it; ``people`` counts all members, inside the reader's scope or not."""

    id: int
    name: str
    mine: bool
    by_name: str
    shared: bool
    fixed: bool
    asks: str
    frozen_on: dt.date | None
    made_at: dt.datetime
    people: int


def _visible(by: Actor) -> Q:
    mine = Q(account=by.account) if by.account else Q(pk__in=[])
    return mine | Q(shared=True, office=by.office) if by.office else mine


def saved(by: Actor, *, after: int = 0, limit: int = 50) -> list[Saved]:
    """One's own lists and those shared with one's office, newest first."""
    rows = SavedList.objects.filter(_visible(by))
    if after:
        rows = rows.filter(pk__lt=after)
    return [_saved(one, by) for one in _counted(rows).order_by("-pk")[:limit]]


def saved_list(by: Actor, pk: int) -> Saved | None:
    """One list where the actor may see it."""
    found = _counted(SavedList.objects.filter(_visible(by), pk=pk)).first()
    return _saved(found, by) if found else None


def _counted(rows: QuerySet[SavedList]) -> QuerySet[SavedList]:
    return rows.annotate(people=Count("members"))


def _saved(one: SavedList, by: Actor) -> Saved:
    return Saved(one.pk, one.name, one.account == by.account, one.by_name, one.shared, one.fixed, one.asks,
                 one.frozen_on, one.made_at, int(getattr(one, "people", 0)))  # fmt: skip


def members(pk: int) -> list[int]:
    """The persons on a fixed list; who was merged into another file is that file. The caller narrows to a scope."""
    found = ListMember.objects.filter(list=pk).order_by("pk").values_list("person", flat=True)[:MOST]
    into = survivors()
    return list(dict.fromkeys(into.get(one, one) for one in found))


def columns(account: int | None) -> list[str]:
    """The columns that this account took away last."""
    found = TakenColumns.objects.filter(account=account or 0).values_list("codes", flat=True).first()
    return found.split(",") if found else []


def remember_columns(*, codes: Sequence[str], by: Actor, at: dt.datetime) -> None:
    """Keep which columns an account takes away: a habit of its own, nobody's data."""
    del at
    if by.account:
        TakenColumns.objects.update_or_create(account=by.account, defaults={"codes": ",".join(codes)[:400]})


def _list(by: Actor, pk: int, *, own: bool = False) -> SavedList:
    require(by, "people.search")
    found = SavedList.objects.filter(_visible(by), pk=pk).first()
    if found is None or (own and found.account != by.account):
        raise Refusal("this list is not yours to change; nothing was changed")
    return found


def save_list(
    *, name: str, by: Actor, at: dt.datetime, asks: str = "", persons: Sequence[int] | None = None,
    shared: bool = False, frozen_on: dt.date | None = None,
) -> int:  # fmt: skip
    """Keep filters (``asks``) or people (``persons``) under a name; returns the list's id.

    Of ``persons`` only those inside the actor's scope come on it. Raises ``Refusal`` for no name and for too many.
    """
    require(by, "people.search")
    name = name.strip()[:80]
    if not name:
        raise Refusal("give the list a name; nothing was saved")
    if persons is not None and len(persons) > MOST:
        raise Refusal("a fixed list holds 5,000 people at most; narrow it, nothing was saved")
    if SavedList.objects.filter(account=by.account or 0).count() >= LISTS:
        raise Refusal("you keep 200 lists already; take one away first, nothing was saved")
    with journal.entry(action="people.list", by=by, at=at, people=len(persons or ())):
        made = SavedList.objects.create(
            name=name, account=by.account or 0, office=by.office, by_name=by.name, shared=shared and by.office is not None,
            fixed=persons is not None, asks="" if persons is not None else asks[:400], frozen_on=frozen_on, made_at=at,
        )  # fmt: skip
        _put(made, persons or (), by, at)
    return int(made.pk)


def _put(found: SavedList, persons: Sequence[int], by: Actor, at: dt.datetime) -> int:
    held = set(ListMember.objects.filter(list=found).values_list("person", flat=True))
    come = [one for one in covered(by.scope, persons) if one not in held]
    if len(held) + len(come) > MOST:
        raise Refusal("a fixed list holds 5,000 people at most; nothing was changed")
    rows = [ListMember(list=found, person_id=one, by_account=by.account, at=at) for one in come]
    ListMember.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def covered(scope: Scope, persons: Sequence[int]) -> list[int]:
    """Those of some persons whom a scope may open, in their order."""
    there: set[int] = set()
    for part in some(sorted(set(persons))):
        there.update(opened(scope).filter(pk__in=part).values_list("pk", flat=True))
    return [one for one in dict.fromkeys(persons) if one in there]


def add_to_list(*, saved: int, persons: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """Put people on a fixed list; returns how many were not on it yet."""
    found = _list(by, saved)
    if not found.fixed:
        raise Refusal("this list follows its filters; nobody can be put on it by hand, nothing was changed")
    with journal.entry(action="people.list-add", by=by, at=at) as writing:
        added = _put(found, persons, by, at)
        writing.say(people=added)
    return added


def take_off_list(*, saved: int, persons: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """Take people off a fixed list; returns how many were on it."""
    found = _list(by, saved)
    with journal.entry(action="people.list-take", by=by, at=at) as writing:
        gone, _ = ListMember.objects.filter(list=found, person__in=covered(by.scope, persons)).delete()
        writing.say(people=gone)
    return gone


def share_list(*, saved: int, shared: bool, by: Actor, at: dt.datetime) -> None:
    """Share a list with one's office, or no longer."""
    found = _list(by, saved, own=True)
    if shared and found.office is None:
        raise Refusal("you belong to no office to share this with; nothing was changed")
    with journal.entry(action="people.list-share", by=by, at=at, shared=shared):
        found.shared = shared
        found.save(update_fields=["shared"])


def end_list(*, saved: int, by: Actor, at: dt.datetime) -> None:
    """Take a list away; the people on it stay as they are."""
    found = _list(by, saved, own=True)
    with journal.entry(action="people.list-end", by=by, at=at):
        found.delete()
