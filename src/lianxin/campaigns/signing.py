"""Sign up for an event, wait for a place, step back; whoever waits moves up; reminders the day before.

A child is signed up by a parent or guardian alone, who hears everything in its stead. The dead are never reminded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.campaigns import states
from lianxin.campaigns.models import Event, Signup, Terms
from lianxin.campaigns.refusals import NoSuchEvent, NotNow, Unfit
from lianxin.campaigns.terms import KEEP, locked, opened
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.notices import actions as notices
from lianxin.notices.actions import Message
from lianxin.notices.queries import already_told
from lianxin.people import identities, wards
from lianxin.people.wards import Known

SOME = 800
BEFORE = dt.timedelta(hours=30)  # a reminder goes out so long before, the evening before a morning
CHANNELS = ("app", "counter", "phone")


def near(home: str, area: str) -> bool:
    """Whether an event for the households under ``area`` is one for somebody who lives at ``home``.

    Its own area, any above it, and the neighbours of the same township.
    """
    return bool(home) and (home.startswith(area) or (len(home) >= 9 and area.startswith(home[:9])))


def sign_up(
    *, event: int, person: int, by: Actor, at: dt.datetime, channel: str = "app", guardian: int | None = None
) -> Signup:
    """A place for ``person``, or one in the waiting list where all are taken; a second click changes nothing.

    Residents sign up themselves and the children they answer for; whoever keeps the event signs up people of their
    area at the counter or on the phone, a child through ``guardian``.
    """
    if channel not in CHANNELS:
        raise Unfit(_("Say how they came: in the app, at the counter or on the phone."))
    with transaction.atomic():
        found, now = locked(event)
        who = _whom(person, now, by)
        if now.state != "open" or at >= now.until_at:
            raise NotNow(_("Sign-up for this is closed."))
        answers = answering(who, guardian, by, at)
        _fits(who, now)
        here = Signup.objects.filter(event=found, person__in=identities.files_of([person]), state__in=states.LIVE)
        held = here.first()
        if held is not None:
            return held
        full = now.places is not None and taken(found.pk) >= now.places
        with journal.entry(action="campaigns.sign-up", by=by, at=at, person=person, area=who.home) as writer:
            made = writer.add([
                Signup(event=found, person=person, guardian=answers, channel=channel, at=at, by_account=by.account,
                       state="waiting" if full else "taken", moved_at=at, moved_by=by.account)
            ])[0]  # fmt: skip
            _tell([made], now, "event-waiting" if full else "event-place", by=by, at=at, writer=writer)
        return made


def step_back(*, signup: int, by: Actor, at: dt.datetime) -> Signup:
    """Give a place back, or leave the waiting list; whoever waits longest moves up and hears of it."""
    row = Signup.objects.filter(pk=signup).first()
    if row is None:
        raise NoSuchEvent(_("There is no such place."))
    with transaction.atomic():
        found, now = locked(row.event_id)
        row.refresh_from_db()
        _mine_or_kept(row, now, by)
        if row.state == "cancelled":
            return row
        if now.state == "held" or row.came is not None:
            raise NotNow(_("It has taken place; nothing was changed."))
        own = by.person is not None and by.person in {row.person, row.guardian}
        with journal.entry(action="campaigns.step-back", by=by, at=at, person=row.person, area=now.area) as writer:
            _cancel([row.pk], "self" if own else "desk", by=by, at=at)
            if now.state == "open":
                move_up(found, now, by=by, at=at, writer=writer)
    row.refresh_from_db()
    return row


def move_up(event: Event, now: Terms, *, by: Actor, at: dt.datetime, writer: Writing) -> list[Signup]:
    """Give free places to those who wait, in their order. The caller holds the event."""
    if now.state != "open" or at >= now.ends_at:
        return []
    waiting = Signup.objects.filter(event=event, state="waiting").order_by("pk")
    free = None if now.places is None else max(0, now.places - taken(event.pk))
    rows = list(waiting if free is None else waiting[:free])
    if rows:
        Signup.objects.filter(pk__in=[row.pk for row in rows]).update(state="taken", moved_at=at, moved_by=by.account)
        _tell(rows, now, "event-moved-up", by=by, at=at, writer=writer)
    return rows


def invite(*, event: int, persons: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """Invite grown-ups of the area for whom it is meant, each once; returns how many.

    The dead, children, those of another age, those elsewhere and those who have a place are left out in silence.
    """
    with opened(event, by) as (found, now):
        if now.state != "open" or at >= now.until_at:
            raise NotNow(_("Sign-up for this is closed."))
        day = clock.day(at)
        able = {
            pk for pk, who in wards.known(persons).items()
            if who.died_on is None and not who.child(day) and (by.may("*") or by.scope.covers(who.home)) and _fitting(who, now)
        }  # fmt: skip
        able -= set(Signup.objects.filter(event=found, state__in=states.LIVE).values_list("person", flat=True))
        able -= already_told(able, "event-invited", event=event)
        if not able:
            return 0
        with journal.entry(action="campaigns.invite", by=by, at=at, area=now.area, invited=len(able)) as writer:
            rows = [Signup(event=found, person=person) for person in sorted(able)]  # not kept: only whom to tell
            return _tell(rows, now, "event-invited", by=by, at=at, writer=writer)


def remind(*, by: Actor, at: dt.datetime) -> int:
    """Remind everybody with a place of what begins within a day, once; returns how many were told."""
    soon = Terms.objects.filter(superseded_at__isnull=True, state="open", starts_at__gt=at, starts_at__lte=at + BEFORE)
    told = 0
    for now in soon.order_by("starts_at", "pk"):
        with transaction.atomic():
            rows = Signup.objects.select_for_update().filter(
                event=now.event_id, state="taken", reminded_at__isnull=True
            )
            some = list(rows.order_by("pk"))
            if not some:
                continue
            with journal.entry(action="campaigns.remind", by=by, at=at, area=now.area) as writer:
                told += _tell(some, now, "event-tomorrow", by=by, at=at, writer=writer)
            _update([row.pk for row in some], reminded_at=at)
    return told


def stop_for(ids: Sequence[int], *, by: Actor, at: dt.datetime, reason: str = "died") -> int:
    """Take somebody off everything ahead; the places go to whoever waits. Returns how many places."""
    rows = list(Signup.objects.filter(person__in=identities.files_of(ids), state__in=states.LIVE, came__isnull=True))
    done = 0
    for event in sorted({row.event_id for row in rows}):
        with transaction.atomic():
            found, now = locked(event)
            if now.state != "open":
                continue
            mine = [row.pk for row in rows if row.event_id == event]
            with journal.entry(action="campaigns.step-back", by=by, at=at, area=now.area) as writer:
                done += _cancel(mine, reason, by=by, at=at)
                move_up(found, now, by=by, at=at, writer=writer)
    return done


def taken(event: int) -> int:
    """How many places of an event are taken."""
    return Signup.objects.filter(event=event, state="taken").count()


def tell(
    event: int, now: Terms, template: str, *, by: Actor, at: dt.datetime, writer: Writing, waiting: bool = False
) -> int:
    """Tell everybody with a place (and those waiting)."""
    wanted = states.LIVE if waiting else ("taken",)
    rows = list(Signup.objects.filter(event=event, state__in=wanted).order_by("pk"))
    return _tell(rows, now, template, by=by, at=at, writer=writer)


def close_calls(event: int, *, by: Actor, at: dt.datetime) -> int:
    """Nobody phones about an event that is over or changed: what was still to be said of it is closed."""
    return notices.outdated(given={"event": event}, by=by, at=at)


def _tell(
    rows: Sequence[Signup], now: Terms, template: str, *, by: Actor, at: dt.datetime, writer: Writing
) -> int:  # fmt: skip
    """One message to each who is told: the guardian of a child, once for all of theirs."""
    to = dict.fromkeys(row.guardian or row.person for row in rows)
    office = now.event.office
    given = {
        "event": now.event_id, "title": {"zh": now.title, "en": now.title_en or now.title}, "place": now.place,
        "until": now.starts_at.isoformat(), "desk": {"zh": office.name, "en": office.name_en or office.name},
        "phone": office.phone, "reason": now.reason,
    }  # fmt: skip
    made = [Message(template, person=person, given=given) for person in to]
    return notices.send(notices=made, by=by, at=at, writer=writer) if made else 0


def _whom(person: int, now: Terms, by: Actor) -> Known:
    """The person, where this actor may sign them up for this event."""
    who = wards.known([person]).get(person)
    keeper = by.may("*") or (by.may(KEEP) and by.scope.covers(now.area))
    if who is None or not (
        by.may("*") or (keeper and by.scope.covers(who.home)) or (by.may("own.ask") and near(who.home, now.area))
    ):
        raise NoSuchEvent(_("There is no such event or person in your area."))
    if who.died_on is not None:
        raise Unfit(_("This person has died. Nothing was written."))
    return who


def answering(who: Known, guardian: int | None, by: Actor, at: dt.datetime) -> int | None:
    """Who answers for a child; None for a grown-up, who signs up themselves or is signed up by whoever keeps it."""
    own = by.person is not None and not by.office
    if not who.child(clock.day(at)):
        if own and who.id != by.person and who.id not in wards.acts_for(by.person or 0, clock.day(at)):
            raise NoSuchEvent(_("There is no such event or person in your area."))
        return None
    able = {one.id for one in wards.guardians([who.id], clock.day(at)).get(who.id, [])}
    answers = by.person if own else guardian
    if answers is None or answers not in able:
        raise Unfit(_("A child is signed up by a parent or guardian on file. Name who answers for it."))
    return answers


def _fits(who: Known, now: Terms) -> None:
    """Whether the age is one that the event is for; who has no birthday on file is let in."""
    if not _fitting(who, now):
        raise Unfit(_("This is for another age: %(ages)s.") % {"ages": ages(now.age_from, now.age_to)})


def _fitting(who: Known, now: Terms) -> bool:
    age = who.age(clock.day(now.starts_at))
    if age is None:
        return True
    return (now.age_from is None or age >= now.age_from) and (now.age_to is None or age <= now.age_to)


def ages(youngest: int | None, oldest: int | None) -> str:
    """For which ages, in words."""
    if youngest is not None and oldest is not None:
        return _("%(a)s to %(b)s years") % {"a": youngest, "b": oldest}
    if youngest is not None:
        return _("from %(a)s years") % {"a": youngest}
    return _("up to %(b)s years") % {"b": oldest} if oldest is not None else ""


def _mine_or_kept(row: Signup, now: Terms, by: Actor) -> None:
    mine = by.may("own.ask") and by.person is not None and by.person in {row.person, row.guardian}
    mine = mine or (by.may("own.ask") and row.person in by.scope.persons)
    if not (mine or by.may("*") or (by.may(KEEP) and by.scope.covers(now.area))):
        raise NoSuchEvent(_("There is no such place."))


def _cancel(ids: Sequence[int], reason: str, *, by: Actor, at: dt.datetime) -> int:
    return _update(ids, live=True, state="cancelled", reason=reason, moved_at=at, moved_by=by.account)


def _update(ids: Iterable[int], *, live: bool = False, **changes: object) -> int:
    done, every = 0, list(ids)
    for start in range(0, len(every), SOME):
        rows = Signup.objects.filter(pk__in=every[start : start + SOME])
        done += (rows.filter(state__in=states.LIVE) if live else rows).update(**changes)
    return done
