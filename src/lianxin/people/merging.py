"""Merge files of one person and take a merge back, exactly; see :mod:`carrying` for how rows follow.

A merge with money or an account in it takes two people (``doubles.propose`` and ``doubles.agree``); both end here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access.models import Account
from lianxin.access.permissions import require
from lianxin.engine import effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import anchoring, nameindex
from lianxin.people.carrying import CHOSEN, LINES, Carrying, again, give_back, rounds
from lianxin.people.filing import journal_author
from lianxin.people.hits import opened
from lianxin.people.identities import some
from lianxin.people.mergemodels import Carried, Double, Merge
from lianxin.people.models import Person

CHUNK = 500
Assigned = Sequence[tuple[str, int]]  # (group, row) recorded on the survivor since, that belongs to the other file


def merge(
    *,
    pairs: Mapping[int, int],
    reason: str,
    by: Actor,
    at: dt.datetime,
    keep: Mapping[int, Mapping[str, str]] | None = None,
) -> list[int]:
    """Merge files: loser → survivor. Returns the ids of the merges, in the order of ``pairs``.

    ``keep`` says for a loser which row wins in a group (``carrying.LINES``): the survivor's (where it is left out), the
    loser's, or both stay. Raises a refusal, and changes nothing, where a file is not in the scope or is merged already.
    """
    require(by, "merge.propose")
    reason = reason.strip()[:200]
    if len(reason) < 2:
        raise Refusal(_("Say why these are one person; nothing was changed."))
    chosen = keep or {}
    if any(group not in LINES or how not in CHOSEN for one in chosen.values() for group, how in one.items()):
        raise Refusal(_("A file has no such part; nothing was changed."))
    _mergeable(pairs, by)
    made: dict[int, int] = {}
    for part in rounds(pairs):
        losers = list(part)
        for start in range(0, len(losers), CHUNK):
            few = {loser: part[loser] for loser in losers[start : start + CHUNK]}
            made |= _merge(few, reason, chosen, by, at)
    return [made[loser] for loser in pairs]


def _mergeable(pairs: Mapping[int, int], by: Actor) -> None:
    ends = {*pairs, *pairs.values()}
    if any(loser == survivor for loser, survivor in pairs.items()):
        raise Refusal(_("This is one and the same file; nothing was changed."))
    if set(pairs) & set(pairs.values()):
        raise Refusal(_("One of these files would be merged and go on at once; merge them one after the other."))
    found = {pk for part in some(ends) for pk in opened(by.scope).filter(pk__in=part).values_list("pk", flat=True)}
    if found != ends:
        raise Refusal(_("One of these files is not in your area, or was merged already; nothing was changed."))


def _merge(
    pairs: Mapping[int, int], reason: str, keep: Mapping[int, Mapping[str, str]], by: Actor, at: dt.datetime
) -> dict[int, int]:
    one = next(iter(pairs.values())) if len(pairs) == 1 else None
    with journal.entry(action="people.merge", by=by, at=at, person=one, merges=len(pairs)) as writing:
        return _apply(writing, pairs, reason, keep, by, at)


def _apply(writing: journal.Writing, pairs: Mapping[int, int], reason: str, keep: Mapping[int, Mapping[str, str]],
           by: Actor, at: dt.datetime) -> dict[int, int]:  # fmt: skip
    """Merge inside an entry that is open: pairs of one round."""
    rows = [Merge(loser_id=loser, survivor_id=survivor, at=at, keep=dict(keep.get(loser, {})), reason=reason)
            for loser, survivor in pairs.items()]  # fmt: skip
    merges = writing.add(rows)
    locked = Person.objects.select_for_update().filter(pk__in=list(pairs), survivor__isnull=True)
    losers = {person.pk: person for person in locked}
    if len(losers) != len(pairs):
        raise Refusal(_("One of these files is not in your area, or was merged already; nothing was changed."))
    for loser in losers.values():
        loser.survivor_id, loser.merged_at = pairs[loser.pk], at
    Person.objects.bulk_update(losers.values(), ["survivor", "merged_at"], batch_size=100)
    Carrying(writing, merges, at).run()
    anchoring.fill(writing, merges, at)
    _accounts(merges)
    told = [(one.pk, one.loser_id, one.survivor_id) for one in merges]
    effects.announce("person-merged", merges=told, by=by, at=at, writer=writing)
    _decided(pairs, "merged")
    _settle(pairs, by, at)
    return {one.loser_id: one.pk for one in merges}


def unmerge(*, merge: int, reason: str, by: Actor, at: dt.datetime, assign: Assigned = ()) -> None:
    """Take a merge back: both files are as they were, and what was recorded since stays with the survivor.

    ``assign`` names rows recorded on the survivor since the merge that belong to the other file. Later merges that
    build on this one (into the same file, of the file itself, over the same links) are taken back and done again, so
    that the order does not matter. Raises a refusal where it was taken back already or lies outside the scope.
    """
    require(by, "merge.approve")
    reason = reason.strip()[:200]
    if len(reason) < 2:
        raise Refusal(_("Say why these are two persons; nothing was changed."))
    found = Merge.objects.filter(pk=merge).first()
    if found is None or not _covers(by, found):
        raise Refusal(_("There is no such merge in your area; nothing was changed."))
    with journal.entry(action="people.unmerge", by=by, at=at, person=found.survivor_id, purpose=reason) as writing:
        found = Merge.objects.select_for_update().get(pk=merge)
        if found.undone_at is not None:
            raise Refusal(_("This merge was taken back already; nothing was changed."))
        later = _building_on(found)
        for one in [*reversed(later), found]:
            _undo(writing, one, by, at)
        _assigned(writing, found, assign, at)
        for one in later:
            _apply(writing, {one.loser_id: one.survivor_id}, one.reason, {one.loser_id: one.keep}, by, at)
        _decided({found.loser_id: found.survivor_id}, "dismissed", reason=reason, by=by, at=at)
        _settle({found.loser_id: found.survivor_id}, by, at)


def _covers(by: Actor, merge: Merge) -> bool:
    homes = Person.objects.filter(pk__in=[merge.loser_id, merge.survivor_id]).values_list("home", flat=True)
    return all(by.scope.covers(home) for home in homes)


def _building_on(first: Merge) -> list[Merge]:
    """The merges that stand on this one, over any number of steps, oldest first."""
    found: dict[int, Merge] = {}
    look = [first]
    while look:
        one = look.pop()
        on = Q(survivor=one.survivor_id) | Q(loser=one.survivor_id) | Q(pk__in=_over(one))
        for later in Merge.objects.filter(on, undone_at__isnull=True, pk__gt=one.pk):
            if later.pk not in found:
                found[later.pk] = later
                look.append(later)
    return [found[pk] for pk in sorted(found)]


def _over(merge: Merge) -> set[int]:
    """Merges that ended a row which this one had made."""
    made: dict[str, list[int]] = {}
    for table, new in Carried.objects.filter(merge=merge, new__isnull=False).values_list("table", "new"):
        if new is not None:
            made.setdefault(table, []).append(new)
    return {
        pk for table, rows in made.items() for part in some(rows)
        for pk in Carried.objects.filter(table=table, old__in=part, merge__undone_at__isnull=True).values_list("merge", flat=True)
    } - {merge.pk}  # fmt: skip


def _undo(writing: journal.Writing, merge: Merge, by: Actor, at: dt.datetime) -> None:
    effects.announce(
        "person-unmerged", merges=[(merge.pk, merge.loser_id, merge.survivor_id)], by=by, at=at, writer=writing
    )
    _accounts_back(merge)
    anchoring.empty(writing, merge, at)
    give_back(writing, [merge], at)
    Merge.objects.filter(pk=merge.pk).update(undone_at=at)
    Person.objects.filter(pk=merge.loser_id).update(survivor=None, merged_at=None)
    anchoring.household([merge])


def _assigned(writing: journal.Writing, merge: Merge, assign: Assigned, at: dt.datetime) -> None:
    """Rows that somebody recorded on the survivor since and that are the other person's go to that file."""
    ends = Person.objects.in_bulk([merge.loser_id, merge.survivor_id])
    salts = {pk: bytes(one.salt) for pk, one in ends.items()}
    for group, pk in assign:
        model = LINES[group][0] if group in LINES else None
        asked = {"pk": pk, "person_id": merge.survivor_id, "superseded_at__isnull": True, "recorded_at__gte": merge.at}
        row: Any = model._base_manager.filter(**asked).first() if model else None
        if model is None or row is None:
            raise Refusal(_("A row that was to go to the other file is not there any more; nothing was changed."))
        writing.supersede(model, [pk], at)
        writing.add([again(row, at, salts, person_id=merge.loser_id)])


def _accounts(merges: Sequence[Merge]) -> None:
    """Whoever signed in for the loser signs in for the survivor; of two accounts the survivor's stays, one rests."""
    held = {
        one.person: one for part in some([pk for merge in merges for pk in (merge.loser_id, merge.survivor_id)])
        for one in Account.objects.filter(person__in=part)
    }  # fmt: skip
    for merge in merges:
        account = held.get(merge.loser_id)
        if account is None:
            continue
        kept = {"active": account.is_active}
        if merge.survivor_id in held:
            Account.objects.filter(pk=account.pk).update(is_active=False)
        else:
            Account.objects.filter(pk=account.pk).update(person=merge.survivor_id)
            kept["moved"] = True
        Carried.objects.create(merge=merge, table="access.account", old=account.pk, before=kept)


def _accounts_back(merge: Merge) -> None:
    for one in Carried.objects.filter(merge=merge, table="access.account"):
        account = Account.objects.filter(pk=one.old or 0)
        if one.before.get("moved"):
            account.update(person=merge.loser_id)
        else:
            account.update(is_active=one.before["active"])


def _settle(pairs: Mapping[int, int], by: Actor, at: dt.datetime) -> None:
    ends = sorted({*pairs, *pairs.values()})
    nameindex.stale(ends)
    effects.announce("person-changed", ids=ends, by=by, at=at)


def _decided(pairs: Mapping[int, int], state: str, *, reason: str = "", by: Actor | None = None,
             at: dt.datetime | None = None) -> None:  # fmt: skip
    """What became of the question whether they are one."""
    said: dict[str, Any] = {"state": state}
    if by is not None:
        said |= {"reason": reason, "account": by.account, "by_name": by.name, "decided_at": at}
    for one, other in ((min(pair), max(pair)) for pair in pairs.items()):
        Double.objects.filter(one=one, other=other).update(**said)


def author(merge: int) -> int | None:
    """The account that merged."""
    return journal_author(Merge.objects.values_list("entry", flat=True).get(pk=merge))
