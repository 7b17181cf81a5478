"""Which version speaks on a day; versions that are coming, that begin, that are withdrawn before they began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.catalogue import waiting
from lianxin.catalogue.models import Version
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

COMING, SPEAKS, OVER, WITHDRAWN = "coming", "in-force", "over", "withdrawn"
DAYS = 400  # of which it is kept in memory what speaks
Row = tuple[str, int, int, dt.date, dt.date | None, dt.datetime]  # service, id, number, from, to, published


def rows(known_at: dt.datetime | None = None, services: Iterable[str] | None = None) -> list[Row]:
    """Versions that were not withdrawn (as known at the instant), oldest first."""
    found = Version.objects.order_by("service", "number")
    if services is not None:
        found = found.filter(service__in=list(services))
    if known_at is None:
        found = found.filter(withdrawn_at__isnull=True)
    else:
        found = found.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at), published_at__lte=known_at)
    return list(found.values_list("service", "pk", "number", "in_force_from", "in_force_to", "published_at"))


def choose(found: Iterable[Row], day: dt.date) -> dict[str, int]:
    """The id of the version of each service that speaks on ``day``.

    Among those whose days cover it, the one that was last put into effect: a planned one counts from its first day, a
    correction of the past from the day it was published. So a mend made before a planned day does not undo the plan. A
    day before every version has the first one, unless that is still to come.
    """
    best: dict[str, tuple[dt.date, int, int]] = {}
    first: dict[str, int] = {}
    for service, pk, number, since, until, published in found:
        put = clock.day(published)
        if since <= put:
            first.setdefault(service, pk)
        if since <= day and (until is None or day <= until):
            best[service] = max(best.get(service, (dt.date.min, 0, 0)), (max(since, put), number, pk))
    return {**first, **{service: pk for service, (_day, _number, pk) in best.items()}}


_known: tuple[tuple[Any, ...], dict[dt.date, dict[str, int]]] | None = None


def chosen(day: dt.date) -> dict[str, int]:
    """:func:`choose` over all versions as known now, from memory while none was published or withdrawn since.

    A version never changes but by being withdrawn once, so their count, the newest and the withdrawn tell every change.
    """
    global _known
    with connection.cursor() as cursor:  # off the index version_days: the rows themselves are long
        cursor.execute(
            f"SELECT COUNT(*), COUNT(withdrawn_at), MAX(id), MAX(published_at) FROM {Version._meta.db_table}"
        )
        mark = cursor.fetchone() or ()
    held = _known  # one look: another thread may put its own memory here meanwhile
    if held is None or held[0] != mark:
        held = _known = (mark, {})
    kept = held[1]
    if day not in kept:
        if len(kept) >= DAYS:
            kept.clear()
        kept[day] = choose(rows(), day)
    return kept[day]


def forget() -> None:
    """Choose anew: another database stands behind this process."""
    global _known
    _known = None


def states(versions: Iterable[Version], day: dt.date) -> dict[int, str]:
    """What each version of one service is on ``day``: coming, in force, over (another speaks now) or withdrawn."""
    some = list(versions)
    known = [
        (one.service, one.pk, one.number, one.in_force_from, one.in_force_to, one.published_at)
        for one in some if one.withdrawn_at is None
    ]  # fmt: skip
    speaking = set(choose(known, day).values())

    def state(one: Version) -> str:
        if one.withdrawn_at is not None:
            return WITHDRAWN
        if one.in_force_from > day:
            return COMING
        return SPEAKS if one.pk in speaking else OVER

    return {one.pk: state(one) for one in some}


def must_fit(from_on: dt.date | None, to_on: dt.date | None, reason: str, day: dt.date) -> None:
    """Raise :class:`Refusal` for days that no version can have."""
    if from_on is not None and from_on < day and not reason.strip():
        raise Refusal(
            _("A version that speaks of past days corrects the past: say why (a reason). Nothing was published.")
        )
    if to_on is not None and to_on < (from_on or day):
        raise Refusal(_("The last day lies before the first. Nothing was published."))


def activate(*, by: Actor, at: dt.datetime) -> list[str]:
    """Begin what was planned for today or, where the machine slept, for a day before; returns the services.

    Everyone is judged for them: by the nightly run, or within the minute. A repeat does nothing.
    """
    day = clock.day(at)
    with transaction.atomic():
        begun = list(
            Version.objects.filter(activated_at__isnull=True, withdrawn_at__isnull=True, in_force_from__lte=day)
            .select_for_update().order_by("pk")
        )  # fmt: skip
        if not begun:
            return []
        with journal.entry(action="catalogue.activate", by=by, at=at) as writing:
            Version.objects.filter(pk__in=[one.pk for one in begun]).update(activated_at=at)
            writing.say(begun={one.service: one.number for one in begun})
            waiting.put_services([one.service for one in begun], at=at)
    return [one.service for one in begun]


def withdraw(*, service: str, number: int, reason: str, by: Actor, at: dt.datetime) -> Version:
    """Take a version back before its first day. It stays on record, withdrawn, with who and why; it never spoke."""
    require(by, "catalogue.withdraw", area=settings.CITY)
    if not reason.strip():
        raise Refusal(_("Say why it is withdrawn; it stays on record with your reason."))
    with transaction.atomic():
        found = Version.objects.select_for_update().filter(service=service, number=number).first()
        if found is None or (found.sealed and service not in by.scope.sealed):
            raise Refusal(_("There is no such version."))
        if found.withdrawn_at is not None:
            return found  # the second click
        if found.in_force_from <= clock.day(at):
            raise Refusal(
                _("This version is in force already and is never taken back: publish another that says what should "
                  "hold, from which day, and why.")
            )  # fmt: skip
        with journal.entry(
            action="catalogue.withdraw", by=by, at=at, purpose=reason.strip()[:200],
            service=service if found.sealed else "", said=service, number=number,
        ):  # fmt: skip
            found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = at, by.name, reason.strip()[:200]
            found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    return found
