"""Hand over what lies in somebody's hands before their account closes; find what stayed with a closed one.

Rooms above count and move what is theirs when they hear ``in-hands-asked`` and ``handed-over``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from lianxin.access.models import Account, Sits, StandIn
from lianxin.access.permissions import Refused, require
from lianxin.access.queries import within
from lianxin.engine import clock, effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.journal import actions as journal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed over to whom; ``entry`` is its line in the journal."""

    entry: int
    name: str
    to: tuple[str, ...]
    moved: dict[str, int]
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Orphan:
    """A closed account with something still in its hands."""

    id: int
    name: str
    area: str
    held: dict[str, int]


def in_hands(accounts: Sequence[int], day: dt.date) -> dict[int, dict[str, int]]:
    """What lies in the hands of accounts: account → kind → how many; accounts with nothing are left out."""
    found: dict[int, dict[str, int]] = {account: {} for account in accounts}
    seats = Sits.objects.filter(account__in=found, superseded_at__isnull=True, desk__open=True)
    for account in seats.values_list("account", flat=True):
        found[account]["desks"] = found[account].get("desks", 0) + 1
    stands = StandIn.objects.filter(substitute__in=found, superseded_at__isnull=True, valid_to__gte=day)
    for account in stands.values_list("substitute", flat=True):
        found[account]["absences"] = found[account].get("absences", 0) + 1
    effects.announce("in-hands-asked", into=found, day=day)
    return {account: held for account, held in found.items() if held}


def hand_over(*, account: int, to: Sequence[int], by: Actor, at: dt.datetime) -> Receipt:
    """Give everything in somebody's hands to colleagues of the same office, shared out evenly; one's own, or as a keeper.

    Raises :class:`Refusal` for a receiver who cannot take it; then nothing was moved.
    """
    found = Account.objects.filter(pk=account).select_related("office").first()
    if found is None or found.office is None:
        raise Refused("accounts.manage")
    if account != by.account:
        require(by, "accounts.manage", area=found.office.area_id)
    takers = list(
        Account.objects.filter(pk__in=to, office=found.office, is_active=True).exclude(pk=account).order_by("pk")
    )
    if not in_hands([account], clock.day(at)):
        raise Refusal(gettext("Nothing lies in these hands any more; nothing was changed."))
    if not takers or len(takers) != len(set(to)):
        raise Refusal(gettext("Choose colleagues of the same office whose accounts are open."))
    moved: dict[str, int] = {}
    with journal.entry(action="access.handed-over", by=by, at=at, area=found.office.area_id, account=account,
                       to=[one.pk for one in takers]) as writing:  # fmt: skip
        seats = list(Sits.objects.filter(account=found, superseded_at__isnull=True).select_related("desk"))
        writing.supersede(Sits, [seat.pk for seat in seats], at)
        held = set(Sits.objects.filter(account=takers[0], superseded_at__isnull=True).values_list("desk", flat=True))
        fresh = [Sits(desk=seat.desk, account=takers[0], valid_from=clock.day(at), recorded_at=at)
                 for seat in seats if seat.desk_id not in held]  # fmt: skip
        writing.add(fresh)
        if seats:
            moved["desks"] = len(seats)
        stands = StandIn.objects.filter(substitute=found, superseded_at__isnull=True, valid_to__gte=clock.day(at))
        ended = writing.supersede(StandIn, list(stands.values_list("pk", flat=True)), at)
        if ended:
            moved["absences"] = ended
        effects.announce("handed-over", account=account, to=[one.pk for one in takers], by=by, at=at, writer=writing,
                         moved=moved)  # fmt: skip
        writing.say(**moved)
    return Receipt(writing.id, found.name, tuple(one.name for one in takers), moved, at)


def orphans(scope: Scope, day: dt.date, *, limit: int = 200) -> list[Orphan]:
    """Closed accounts inside the scope that still hold something: there should be none."""
    rows = Account.objects.filter(within(scope, "office__area_id"), is_active=False).select_related("office")
    closed = {row.pk: row for row in rows.order_by("-pk")[:5000]}
    held = in_hands(list(closed), day)
    return [Orphan(pk, closed[pk].name, closed[pk].office.area_id if closed[pk].office else "", what)  # type: ignore[union-attr]
            for pk, what in list(held.items())[:limit]]  # fmt: skip
