"""What givers offer: kinds of help or a thing, where, on which days and hours, how many a week; paused and ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from lianxin.access.models import Office
from lianxin.access.permissions import Refused, require
from lianxin.campaigns.hours import fault
from lianxin.campaigns.models import Giver
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

SOME = 900
GIVING = ("volunteer", "partner", "unit", "member")
DAYS = "1234567"
LONGEST = dt.timedelta(days=366)


def offer(
    *, office: int, kinds: Sequence[str], area: str, by: Actor, at: dt.datetime, hours: str = "", weekdays: str = "",
    per_week: int | None = None, thing: str = "",
) -> list[Giver]:  # fmt: skip
    """Record that an office answers asks of ``kinds`` for households under ``area``, at ``hours`` (blank: always).

    ``hours`` reads ``08:00-12:00,14:00-18:00``; ``weekdays`` names days, Monday 1 (blank: every day); ``per_week`` how many
    at most from Monday to Sunday. ``thing`` is what is lent or given. A kind offered before is replaced by what is said
    now. Staff say it for the givers of their area; a giver's own people for their office, in its own area.
    """
    giver = Office.objects.filter(pk=office, open=True).first()
    _permit(by, office, area, giver)
    if fault(hours):
        raise Refusal(_("Write the hours like 08:00-12:00,14:00-18:00, or leave them empty for always."))
    if not kinds or giver is None:
        raise Refusal(_("Name an open office and at least one kind of help."))
    if not set(weekdays) <= set(DAYS):
        raise Refusal(_("Choose the days from Monday to Sunday."))
    if per_week is not None and not 1 <= per_week <= 500:
        raise Refusal(_("Say how many a week, from one on; or leave it empty."))
    with journal.entry(
        action="campaigns.offer-help", by=by, at=at, area=area, giver=office, kinds=sorted(kinds)
    ) as writer:
        held = Giver.objects.filter(office_id=office, kind__in=list(kinds), superseded_at__isnull=True)
        writer.supersede(Giver, list(held.values_list("pk", flat=True)), at)
        return writer.add([
            Giver(office_id=office, kind=kind, area=area, hours=hours.replace("，", ","), valid_from=clock.day(at),
                  recorded_at=at, weekdays="".join(sorted(set(weekdays))) if len(set(weekdays)) < len(DAYS) else "",
                  per_week=per_week, thing=thing.strip()[:120])
            for kind in dict.fromkeys(kinds)
        ])  # fmt: skip


def pause(*, offers: Sequence[int], until: dt.date | None, by: Actor, at: dt.datetime) -> list[Giver]:
    """Pause offers up to and with a day at most a year off; ``until`` None takes them up again."""
    rows = _open(offers, by)
    today = clock.day(at)
    if until is not None and not today <= until <= today + LONGEST:
        raise Refusal(_("A pause ends within a year, today at the earliest."))
    changed = [row for row in rows if row.paused_until != until]
    if not changed:
        return rows
    with journal.entry(action="campaigns.pause-help", by=by, at=at, area=changed[0].area) as writer:
        writer.supersede(Giver, [row.pk for row in changed], at)
        return writer.add([
            Giver(office_id=row.office_id, kind=row.kind, area=row.area, hours=row.hours, weekdays=row.weekdays,
                  per_week=row.per_week, thing=row.thing, paused_until=until, valid_from=row.valid_from,
                  valid_to=row.valid_to, recorded_at=at)
            for row in changed
        ])  # fmt: skip


def withdraw(*, offers: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """End offers; what was already accepted goes on."""
    rows = _open(offers, by)
    with journal.entry(action="campaigns.withdraw-help", by=by, at=at) as writer:
        return writer.supersede(Giver, [row.pk for row in rows], at)


def _open(offers: Sequence[int], by: Actor) -> list[Giver]:
    rows = list(Giver.objects.select_related("office").filter(pk__in=list(offers)[:SOME], superseded_at__isnull=True))
    for row in rows:
        _permit(by, row.office_id, row.area, row.office)
    return rows


def _permit(by: Actor, office: int, area: str, giver: Office | None) -> None:
    """Staff over the area; or the giver's own people, for where their office stands."""
    own = office in by.scope.offices and by.may("offer.own") and giver is not None and giver.kind in GIVING
    if own and giver is not None and (area.startswith(giver.area_id) or giver.area_id.startswith(area)):
        return
    if own and not by.may("case.dispatch"):
        raise Refused("case.dispatch")
    require(by, "case.dispatch", area=area)
