"""Decide about two files: lay side by side, look ahead, propose, agree, dismiss. What is shown is what a scope covers.

A pair across counties exists for the level that covers both; below it one is told only that the city may know more.
Where money or an account is concerned one person proposes and another agrees (docs/decisions/0009).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lianxin.access.actions import apart
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.engine import clock, effects
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal
from lianxin.people import doubles, facts, merging
from lianxin.people.carrying import LINES, group_of
from lianxin.people.hits import Hit, hit, opened
from lianxin.people.mergemodels import Carried, Double, Merge
from lianxin.people.models import BankAccount, Person

STATES = ("open", "proposed", "dismissed", "merged")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files as a page shows them; ``merge`` where they are one now."""

    id: int
    one: Hit
    other: Hit
    area: str
    score: int
    signs: list[str]
    state: str
    survivor: int | None
    keep: dict[str, str]
    reason: str
    account: int | None
    by_name: str
    decided_at: dt.datetime | None
    merge: int | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a merge means: facts before and after, what follows, how many rows it would write."""

    facts: list[tuple[str, Any, Any]]  # code, the survivor's before, after
    counts: dict[str, tuple[int, int]]  # what → of the survivor, of the other
    twice: list[tuple[str, str, list[str]]]  # service, period, states of the lines
    carried: dict[str, int]  # table → rows
    two_people: bool


@dataclass(frozen=True, slots=True)
class Pairs:
    """Some pairs and the key of the next."""

    rows: list[Pair] = field(default_factory=list)
    next: str = ""


def listed(scope: Scope, *, state: str = "", after: str = "", limit: int = 50) -> Pairs:
    """The pairs that a scope covers whole, the likeliest first; in one state or in any."""
    rows = _covered(scope).filter(state=state) if state else _covered(scope)
    if "." in after:
        points, pk = (int(part) for part in after.split(".", 1) if number_of(part) is not None)
        rows = rows.filter(Q(score__lt=points) | Q(score=points, pk__gt=pk))
    found = list(rows.order_by("-score", "pk")[: limit + 1])
    more = f"{found[limit - 1].score}.{found[limit - 1].pk}" if len(found) > limit else ""
    return Pairs([_pair(row) for row in found[:limit]], more)


def elsewhere(scope: Scope, *, limit: int = 50) -> list[Hit]:
    """Files of the scope with a possible double outside it: which one it is, the level that covers both knows."""
    if scope.reach != "area":
        return []
    pairs = Double.objects.filter(state__in=["open", "proposed"])
    for area in scope.areas:
        pairs = pairs.exclude(area__startswith=area)
    mine = opened(scope).filter(Q(pk__in=pairs.values("one")) | Q(pk__in=pairs.values("other")))
    return [hit(one) for one in mine.order_by("pk")[:limit]]


def pair(scope: Scope, pk: int) -> Pair | None:
    """One pair, where the scope covers both files."""
    row = _covered(scope).filter(pk=pk).first()
    return _pair(row, whole=True) if row else None


def of_person(scope: Scope, person: int) -> list[Pair]:
    """The open questions about one file."""
    rows = _covered(scope).filter(Q(one=person) | Q(other=person), state__in=["open", "proposed", "merged"])
    return [_pair(row, whole=True) for row in rows.order_by("-score", "pk")[:8]]


def _covered(scope: Scope) -> QuerySet[Double]:
    rows: QuerySet[Double] = Double.objects.select_related("one", "other")
    return rows.filter(within(scope, "area")) if scope.reach == "area" else rows.none()


def _pair(row: Double, *, whole: bool = False) -> Pair:
    merge = None
    if whole and row.state == "merged":
        ends = [row.one_id, row.other_id]
        merge = (
            Merge.objects.filter(loser__in=ends, survivor__in=ends, undone_at__isnull=True)
            .values_list("pk", flat=True)
            .last()
        )
    return Pair(row.pk, hit(row.one), hit(row.other), row.area, row.score, list(row.signs), row.state, row.survivor,
                dict(row.keep), row.reason, row.account, row.by_name, row.decided_at, merge)  # fmt: skip


def beside(*, one: str, other: str, by: Actor, at: dt.datetime) -> int:
    """Lay two files side by side by their numbers; returns the pair. Raises a refusal for files outside the scope."""
    require(by, "merge.propose")
    numbers = [text.strip().upper() for text in (one, other)]
    found = {person.file_number: person for person in opened(by.scope).filter(file_number__in=numbers)}
    if len(found) < 2:
        raise Refusal(_("Give the numbers of two different files in your area; nothing was changed."))
    first, second = sorted(person.pk for person in found.values())
    points, signs, area = doubles.compare(first, second)
    row, _made = Double.objects.get_or_create(
        one_id=first,
        other_id=second,
        defaults={"area": area, "score": points, "signs": signs, "state": "open", "found_at": at},
    )
    return int(row.pk)


def two_people(persons: Sequence[int]) -> bool:
    """Whether money or an account is concerned on both sides, or either was paid: then two people decide."""
    if BankAccount.objects.filter(person__in=persons, superseded_at__isnull=True).exists():
        return True
    weighed = _weighed(persons)
    return any(weighed.get(what) for what in ("lines", "standing"))


def _weighed(persons: Sequence[int]) -> dict[str, dict[int, int]]:
    """What rooms hold of these persons: what → person → how many."""
    found: dict[str, dict[int, int]] = {}
    effects.announce("person-weighed", ids=list(persons), found=found)
    return found


def look_ahead(*, double: int, survivor: int, keep: Mapping[str, str], by: Actor, at: dt.datetime) -> Ahead:
    """Merge, look, and take everything back before anybody sees it."""
    row = _open(double, by)
    loser = _loser(row, survivor)
    both, day = [survivor, loser], clock.day(at)
    weighed = {what: (of.get(survivor, 0), of.get(loser, 0)) for what, of in _weighed(both).items()}
    before = facts.frame(subject="person", day=day, ids=both).to_dicts()
    with transaction.atomic():
        (merge,) = merging.merge(pairs={loser: survivor}, reason=_("looking ahead"), keep={loser: keep}, by=by, at=at)
        after = facts.frame(subject="person", day=day, ids=both).to_dicts()
        twice: list[tuple[str, str, list[str]]] = effects.perform("paid-twice", person=survivor)
        carried = Counter(Carried.objects.filter(merge=merge).values_list("table", flat=True))
        transaction.set_rollback(True)
    mine = next(one for one in before if one["id"] == survivor)
    then = next(one for one in after if one["id"] == survivor)
    changed = [(code, mine[code], value) for code, value in then.items() if value != mine[code]]
    return Ahead(
        changed, {what: pair for what, pair in weighed.items() if any(pair)}, twice, dict(carried), two_people(both)
    )


def twice(person: int) -> list[tuple[str, str, list[str]]]:
    """Lines for the same service and period that a merged person has more than one of: service, period, states."""
    found: list[tuple[str, str, list[str]]] = effects.perform("paid-twice", person=person)
    return found


def propose(*, double: int, survivor: int, keep: Mapping[str, str], reason: str, by: Actor, at: dt.datetime) -> str:
    """Say that two files are one person's. Returns ``merged`` where that was enough, ``proposed`` where a second
    person must agree."""
    row = _open(double, by)
    loser = _loser(row, survivor)
    if row.state not in {"open", "dismissed"}:
        raise Refusal(_("Somebody has decided about these files meanwhile; nothing was changed."))
    reason = _reason(reason)
    if not two_people([survivor, loser]):
        merging.merge(pairs={loser: survivor}, reason=reason, keep={loser: keep}, by=by, at=at)
        _say(row, "merged", reason, by, at, survivor=survivor, keep=dict(keep))
        return "merged"
    _note("people.double-proposed", row, survivor, by, at)
    _say(row, "proposed", reason, by, at, survivor=survivor, keep=dict(keep))
    return "proposed"


def agree(*, double: int, by: Actor, at: dt.datetime) -> int:
    """A second person agrees, and the files are merged; returns the merge."""
    require(by, "merge.approve")
    row = _open(double, by)
    if row.state != "proposed" or row.survivor is None:
        raise Refusal(_("Nobody proposes this now; nothing was changed."))
    if by.account is not None:
        apart(by.account, [row.account],
              _("Whoever proposed it may not agree to it; ask a colleague. Nothing was changed."))  # fmt: skip
    loser = _loser(row, row.survivor)
    (made,) = merging.merge(pairs={loser: row.survivor}, reason=row.reason, keep={loser: row.keep}, by=by, at=at)
    _say(row, "merged", row.reason, by, at)
    return made


def turn_down(*, double: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """The proposal is not agreed to: the question is open again, with the reason."""
    require(by, "merge.approve")
    row = _open(double, by)
    if row.state != "proposed":
        raise Refusal(_("Nobody proposes this now; nothing was changed."))
    _note("people.double-turned-down", row, row.one_id, by, at)
    _say(row, "open", _reason(reason), by, at, survivor=None, keep={})


def dismiss(*, double: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """They are two persons. The pair stays away until what speaks for it changes."""
    row = _open(double, by)
    if row.state != "open":
        raise Refusal(_("Somebody has decided about these files meanwhile; nothing was changed."))
    reason = _reason(reason)
    _note("people.double-dismissed", row, row.one_id, by, at)
    _say(row, "dismissed", reason, by, at)


def _open(double: int, by: Actor) -> Double:
    require(by, "merge.propose")
    row = Double.objects.filter(within(by.scope, "area"), pk=double).first() if by.scope.reach == "area" else None
    if row is None:
        raise Refusal(_("There are no such two files in your area; nothing was changed."))
    return row


def _loser(row: Double, survivor: int) -> int:
    ends = [row.one_id, row.other_id]
    if survivor not in ends:
        raise Refusal(_("Say which of the two files goes on; nothing was changed."))
    return next(pk for pk in ends if pk != survivor)


def _reason(reason: str) -> str:
    reason = reason.strip()[:200]
    if len(reason) < 2:
        raise Refusal(_("Say why, in a few words; nothing was changed."))
    return reason


def _say(row: Double, state: str, reason: str, by: Actor, at: dt.datetime, **more: Any) -> None:
    Double.objects.filter(pk=row.pk).update(
        state=state, reason=reason, account=by.account, by_name=by.name, decided_at=at, **more
    )


def _note(action: str, row: Double, person: int, by: Actor, at: dt.datetime) -> None:
    home = Person.objects.filter(pk=person).values_list("home", flat=True).first() or ""
    journal.note(action=action, by=by, at=at, person=person, area=home, score=row.score)


def since(merge: int) -> list[tuple[str, Any]]:
    """Rows recorded on the survivor since a merge, by hand: (group, row). Somebody may give them to the other file."""
    made = Merge.objects.get(pk=merge)
    found: list[tuple[str, Any]] = []
    for group, (model, _line) in LINES.items():
        carried = Carried.objects.filter(table=model._meta.label_lower, new__isnull=False).values("new")
        asked = {"person": made.survivor_id, "superseded_at__isnull": True, "recorded_at__gte": made.at}
        rows = model._base_manager.filter(**asked).exclude(pk__in=carried)
        found += [(group, row) for row in rows.order_by("pk") if group_of(row, group)]
    return found
