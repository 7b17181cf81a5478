"""Programmes and their events: begun, planned, changed, cancelled. What holds of an event stands in one row of terms."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from lianxin.access.models import Office
from lianxin.access.permissions import require
from lianxin.campaigns import signing, states
from lianxin.campaigns.kinds import ADULTS, EVENTS, VENUES
from lianxin.campaigns.models import Event, Programme, Signup, Terms
from lianxin.campaigns.refusals import NoSuchEvent, NotNow, Unfit
from lianxin.campaigns.terms import KEEP, opened, replaced, restate
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people.standing import rules

LONGEST = dt.timedelta(days=31)
# A place of the forces is never a place of ours, whatever else its name says.
_CAMP = re.compile(
    r"营区|军营|营房|兵营|哨所|阵地|训练场|靶场|军港|军用机场|军事管理区|部队大院|部队驻地|指挥所|弹药|"
    r"barrack|camp\b|garrison|naval base|air base",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What an event is to be: instants in UTC, ages in full years, ``places`` None for as many as come."""

    title: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    venue: str = "community"
    title_en: str = ""
    until_at: dt.datetime | None = None
    places: int | None = None
    age_from: int | None = None
    age_to: int | None = None
    words: str = ""


def begin(
    *, kind: str, name: str, area: str, by: Actor, at: dt.datetime, name_en: str = "", words: str = "",
    office: int | None = None,
) -> Programme:  # fmt: skip
    """Begin a programme for the households under ``area``, kept by ``office`` (the actor's own where none is given)."""
    require(by, KEEP, area=area)
    keeper = _office(office or by.office)
    if kind not in EVENTS or not name.strip():
        raise Unfit(_("Give the programme a kind and a name."))
    number = Programme.objects.filter(area=area, kind=kind).count() + 1
    with journal.entry(action="campaigns.programme", by=by, at=at, area=area, kind=kind) as writer:
        return writer.add([
            Programme(code=f"{kind}-{area}-{number}", kind=kind, name=name.strip()[:60], name_en=name_en.strip()[:80],
                      words=words.strip()[:400], area=area, office=keeper, recorded_at=at)
        ])[0]  # fmt: skip


def end(*, programme: int, by: Actor, at: dt.datetime) -> Programme:
    """End a programme: no new events. Those that are planned go on until they are held or cancelled."""
    found = _programme(programme, by)
    if found.ended_on is None:
        with journal.entry(action="campaigns.programme-ended", by=by, at=at, area=found.area):
            found.ended_on = clock.day(at)
            Programme.objects.filter(pk=found.pk).update(ended_on=found.ended_on)
    return found


def plan(*, programme: int, said: Said, by: Actor, at: dt.datetime, again: int = 0, every_days: int = 7) -> list[Event]:
    """Plan an event of a programme, and ``again`` more of the same, each ``every_days`` later (a weekly class)."""
    found = _programme(programme, by)
    if found.ended_on is not None:
        raise NotNow(_("This programme has ended; begin another."))
    if not 0 <= again <= 52 or not 1 <= every_days <= 31:
        raise Unfit(_("Repeat it at most 52 times, every 1 to 31 days."))
    with journal.entry(action="campaigns.plan-event", by=by, at=at, area=found.area, events=again + 1) as writer:
        made = writer.add([Event(programme=found, office=found.office, recorded_at=at) for _n in range(again + 1)])
        later = [dt.timedelta(days=every_days) * number for number in range(again + 1)]
        writer.add([_terms(one, found, _moved(said, by_), at) for one, by_ in zip(made, later, strict=True)])
        return made


def change(*, event: int, said: Said, by: Actor, at: dt.datetime, expected: int | None = None) -> Terms:
    """Change what holds of an event. Whoever has a place hears of another time or place; more places go to the waiting."""
    with opened(event, by, expected) as (found, now):
        if now.state != "open":
            raise NotNow(_("This event is over or was cancelled; nothing was changed."))
        wanted = _terms(found, found.programme, said, at)
        if wanted.places is not None and wanted.places < signing.taken(found.pk):
            raise Unfit(_("More people have a place than that; ask somebody to step back first."))
        with journal.entry(action="campaigns.change-event", by=by, at=at, area=now.area) as writer:
            made = replaced(writer, now, wanted, at)
            if (now.place, now.starts_at) != (made.place, made.starts_at):
                Signup.objects.filter(event=found, reminded_at__isnull=False).update(reminded_at=None)
                signing.close_calls(found.pk, by=by, at=at)
                signing.tell(found.pk, made, "event-changed", writer=writer, by=by, at=at)
            signing.move_up(found, made, by=by, at=at, writer=writer)
        return made


def cancel(*, event: int, reason: str, by: Actor, at: dt.datetime, expected: int | None = None) -> Terms:
    """Cancel an event; everybody with a place or waiting is told why."""
    with opened(event, by, expected) as (found, now):
        if now.state == "cancelled":
            return now
        if "cancelled" not in states.EVENT[now.state]:
            raise NotNow(_("This event is over or was cancelled; nothing was changed."))
        if not reason.strip():
            raise Unfit(_("Say why; whoever signed up reads it."))
        with journal.entry(action="campaigns.cancel-event", by=by, at=at, area=now.area) as writer:
            made = restate(writer, now, at, state="cancelled", reason=reason.strip()[:200])
            signing.close_calls(found.pk, by=by, at=at)
            signing.tell(found.pk, made, "event-cancelled", writer=writer, by=by, at=at, waiting=True)
            Signup.objects.filter(event=found, state__in=states.LIVE).update(
                state="cancelled", reason="event", moved_at=at, moved_by=by.account
            )
        return made


def _moved(said: Said, by: dt.timedelta) -> Said:
    until = said.until_at + by if said.until_at else None
    return replace(said, starts_at=said.starts_at + by, ends_at=said.ends_at + by, until_at=until)


def _terms(event: Event, programme: Programme, said: Said, at: dt.datetime) -> Terms:
    _check(programme, said, at)
    age_from = said.age_from
    if programme.kind in ADULTS:
        age_from = max(age_from or 0, rules()[1])
    return Terms(
        event=event, area=programme.area, title=said.title.strip()[:60], title_en=said.title_en.strip()[:80],
        venue=said.venue, place=said.place.strip()[:80], starts_at=said.starts_at, ends_at=said.ends_at,
        until_at=min(said.until_at or said.starts_at, said.ends_at), places=said.places, age_from=age_from,
        age_to=said.age_to, words=said.words.strip()[:1000], state="open", valid_from=clock.day(at), recorded_at=at,
    )  # fmt: skip


def _check(programme: Programme, said: Said, at: dt.datetime) -> None:
    if not said.title.strip() or not said.place.strip():
        raise Unfit(_("Say what it is and where."))
    if said.venue not in VENUES:
        raise Unfit(_("Choose what kind of place it is."))
    if _CAMP.search(said.place) or _CAMP.search(said.words) or _CAMP.search(said.title):
        raise Unfit(_("Name a civilian place where people meet: places of the forces may not be kept here."))
    if not at - LONGEST < said.starts_at < said.ends_at <= said.starts_at + LONGEST:
        raise Unfit(_("It ends after it begins, within 31 days, and begins no longer than a month ago."))
    if said.places is not None and not 1 <= said.places <= 100_000:
        raise Unfit(_("Give at least one place, or leave it empty for as many as come."))
    if said.age_from is not None and said.age_to is not None and said.age_from > said.age_to:
        raise Unfit(_("The youngest is older than the oldest."))
    if programme.kind in ADULTS and said.age_to is not None and said.age_to < rules()[1]:
        raise Unfit(_("This is for grown-ups."))


def _programme(programme: int, by: Actor) -> Programme:
    found = Programme.objects.select_related("office").filter(pk=programme).first()
    if found is None or not (by.may("*") or by.scope.covers(found.area)):
        raise NoSuchEvent(_("There is no such programme."))
    require(by, KEEP, area=found.area)
    return found


def _office(office: int | None) -> Office:
    found = Office.objects.filter(pk=office, open=True).first() if office else None
    if found is None:
        raise Unfit(_("Name the office that keeps it."))
    return found
