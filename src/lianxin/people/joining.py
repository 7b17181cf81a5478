"""Two households found double are joined: members move as dated memberships, and the old code still finds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.engine import effects
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import anchoring, nameindex
from lianxin.people.carrying import again
from lianxin.people.identities import some
from lianxin.people.mergemodels import Joined
from lianxin.people.models import Family, Membership

ONE = dt.timedelta(days=1)


def by_codes(*, code: str, into: str, since: dt.date, by: Actor, at: dt.datetime) -> int:
    """Join the household with one printed code to another; see :func:`join`."""
    codes = {
        family.code: family.pk
        for family in Family.objects.filter(code__in=[code.strip().upper(), into.strip().upper()])
    }
    if len(codes) < 2:
        raise Refusal(_("There are no such two households in your area; nothing was changed."))
    return join(pairs={codes[code.strip().upper()]: codes[into.strip().upper()]}, since=since, by=by, at=at)


def join(*, pairs: Mapping[int, int], since: dt.date, by: Actor, at: dt.datetime) -> int:
    """Household → the one it joins, from ``since`` on; returns how many members moved. Raises a refusal, and changes
    nothing, for households outside the scope, the same twice, or one that has joined another already."""
    require(by, "merge.propose")
    ends = {*pairs, *pairs.values()}
    homes = dict(Family.objects.filter(pk__in=ends).values_list("pk", "home"))
    gone = Joined.objects.filter(family__in=ends).exists()
    if (
        len(homes) != len(ends)
        or set(pairs) & set(pairs.values())
        or gone
        or not all(map(by.scope.covers, homes.values()))
    ):
        raise Refusal(_("There are no such two households in your area; nothing was changed."))
    with journal.entry(
        action="people.join-households", by=by, at=at, area=homes[next(iter(pairs.values()))]
    ) as writing:
        writing.add([Joined(family_id=family, into_id=into, at=at, since=since) for family, into in pairs.items()])
        moved = [row for row in _open(pairs) if row.valid_to is None or row.valid_to >= since]
        writing.supersede(Membership, [row.pk for row in moved], at)
        before = [row for row in moved if row.valid_from is None or row.valid_from < since]
        writing.add([again(row, at, {}, valid_to=since - ONE) for row in before])
        there = {row.person_id for row in _open(pairs.values())}
        coming = [row for row in moved if row.person_id not in there]
        writing.add([
            again(row, at, {}, family_id=pairs[row.family_id], valid_from=max(since, row.valid_from or since)) for row in coming
        ])  # fmt: skip
        persons = sorted({row.person_id for row in moved})
        anchoring.at_home(persons)
        effects.announce("household-joined", pairs=dict(pairs), by=by, at=at, writer=writing)
        nameindex.stale(persons)
        effects.announce("person-changed", ids=persons, by=by, at=at)
    return len(coming)


def _open(families: Iterable[int]) -> list[Membership]:
    return [
        row for part in some(families)
        for row in Membership.objects.filter(family__in=part, superseded_at__isnull=True).order_by("pk")
    ]  # fmt: skip
