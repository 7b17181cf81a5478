"""Who came: ticked off a list, walked in, counted once in the register; the event closed, and taken back where wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from lianxin.campaigns import signing, states
from lianxin.campaigns.actions import fresh_sources
from lianxin.campaigns.models import Event, Hours, Signup, Terms
from lianxin.campaigns.refusals import NoSuchEvent, NotNow, Unfit
from lianxin.campaigns.terms import opened, restate
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.outcomes import actions as register
from lianxin.outcomes.posted import Posted
from lianxin.people import wards

SERVICE = "community-life"  # what the register calls it; the programme says which
EARLY = dt.timedelta(hours=2)  # the doors open before it begins


def attend(
    *, event: int, came: Collection[int], stayed_away: Collection[int] = (), by: Actor, at: dt.datetime,
    expected: int | None = None,
) -> int:  # fmt: skip
    """Tick who came and who did not, by sign-up; returns how many are present now.

    Whoever came is counted once (``appointment``), whoever was ticked by mistake is taken back. Ids that are not of
    this event change nothing.
    """
    with opened(event, by, expected) as (found, now):
        _begun(now, at)
        rows = {row.pk: row for row in Signup.objects.filter(event=found, state="taken")}
        fresh = [rows[pk] for pk in came if pk in rows and rows[pk].came is not True]
        gone = [rows[pk] for pk in stayed_away if pk in rows and rows[pk].came is not False and pk not in set(came)]
        if fresh or gone:
            with journal.entry(action="campaigns.attend", by=by, at=at, area=now.area, came=len(fresh)) as writer:
                _count(found, now, fresh, by=by, at=at, writer=writer)
                _discount([row for row in gone if row.source], by=by, at=at, writer=writer)
                Signup.objects.filter(pk__in=[row.pk for row in gone]).update(came=False, source="")
        return Signup.objects.filter(event=found, came=True).count()


def walk_in(*, event: int, person: int, by: Actor, at: dt.datetime, guardian: int | None = None) -> Signup:
    """Somebody of the area came without having signed up: they have a place and are counted at once.

    A child comes with a parent or guardian, who is named.
    """
    with opened(event, by) as (found, now):
        _begun(now, at)
        who = wards.known([person]).get(person)
        if who is None or not (by.may("*") or by.scope.covers(who.home)) or who.died_on is not None:
            raise NoSuchEvent(_("There is no such person in your area."))
        answers = signing.answering(who, guardian, by, at)
        row = Signup.objects.filter(event=found, person=person, state__in=states.LIVE).first()
        if row is not None and row.came:
            return row
        with journal.entry(action="campaigns.walk-in", by=by, at=at, person=person, area=now.area) as writer:
            if row is None:
                row = writer.add([
                    Signup(event=found, person=person, guardian=answers, channel="walk-in", at=at, state="taken",
                           by_account=by.account, moved_at=at, moved_by=by.account)
                ])[0]  # fmt: skip
            elif row.state == "waiting":
                Signup.objects.filter(pk=row.pk).update(state="taken", moved_at=at, moved_by=by.account)
            _count(found, now, [row], by=by, at=at, writer=writer)
        row.refresh_from_db()
        return row


def hold(*, event: int, unnamed: int = 0, by: Actor, at: dt.datetime, expected: int | None = None) -> Terms:
    """The event took place: it is counted, with those who came and gave no name; nobody signs up any more."""
    if not 0 <= unnamed <= 100_000:
        raise Unfit(_("Say how many came without giving a name: none, or a number."))
    with opened(event, by, expected) as (found, now):
        if now.state == "held":
            return now
        if "held" not in states.EVENT[now.state]:
            raise NotNow(_("This event was cancelled; nothing was counted."))
        _begun(now, at)
        with journal.entry(action="campaigns.hold-event", by=by, at=at, area=now.area, unnamed=unnamed) as writer:
            made = restate(writer, now, at, state="held", unnamed=unnamed)
            register.post(outcomes=_of_event(found, made), by=by, at=at, writer=writer)
            Signup.objects.filter(event=found, state="waiting").update(
                state="cancelled", reason="event", moved_at=at, moved_by=by.account
            )
            signing.close_calls(found.pk, by=by, at=at)
        return made


def take_back(*, event: int, by: Actor, at: dt.datetime, reason: str, expected: int | None = None) -> Terms:
    """It was closed by mistake: what was counted of the event is reversed, and it is open again for ticking."""
    with opened(event, by, expected) as (found, now):
        if now.state == "open":
            return now
        if now.state != "held":
            raise NotNow(_("This event was cancelled; nothing was counted."))
        if not reason.strip():
            raise Unfit(_("Say why it is taken back."))
        with journal.entry(
            action="campaigns.reopen-event", by=by, at=at, area=now.area, purpose=reason[:200]
        ) as writer:
            sources = [one.source for one in _of_event(found, now)]
            register.reverse(sources=sources, by=by, at=at, reason="taken back", writer=writer)
            return restate(writer, now, at, state="open", unnamed=0)


def helped(*, event: int, office: int, minutes: int, by: Actor, at: dt.datetime, account: int | None = None) -> Hours:
    """Time that a giver gave at an event, confirmed by whoever keeps it; said again, the last word holds."""
    if not 0 < minutes <= 24 * 60:
        raise Unfit(_("Give the time it took in minutes, up to one day."))
    with opened(event, by) as (found, now):
        _begun(now, at)
        with journal.entry(action="campaigns.helped", by=by, at=at, area=now.area, giver=office) as writer:
            held = Hours.objects.filter(event=found.pk, office=office, account=account, superseded_at__isnull=True)
            writer.supersede(Hours, list(held.values_list("pk", flat=True)), at)
            return writer.add([
                Hours(office_id=office, account=account, event=found.pk, minutes=minutes,
                      valid_from=clock.day(now.starts_at), recorded_at=at)
            ])[0]  # fmt: skip


def _begun(now: Terms, at: dt.datetime) -> None:
    if now.state == "cancelled":
        raise NotNow(_("This event was cancelled; nothing was counted."))
    if at < now.starts_at - EARLY:
        raise NotNow(_("It has not begun yet; tick when people come."))


def _count(
    event: Event, now: Terms, rows: Sequence[Signup], *, by: Actor, at: dt.datetime, writer: Writing
) -> None:  # fmt: skip
    """Post whoever came, each once; what was reversed and comes again is another row."""
    if not rows:
        return
    families = {pk: one.family for pk, one in wards.known(row.person for row in rows).items()}
    names = fresh_sources([f"event:{event.pk}:{row.pk}" for row in rows])
    register.post(
        outcomes=[
            Posted(kind="appointment", service=SERVICE, programme=event.programme.code, category=event.programme.kind,
                   area=now.area, person=row.person, family=families.get(row.person), organisation=event.office_id,
                   happened_on=clock.day(now.starts_at), source=names[f"event:{event.pk}:{row.pk}"])
            for row in rows
        ], by=by, at=at, writer=writer,
    )  # fmt: skip
    for row in rows:
        row.came, row.source = True, names[f"event:{event.pk}:{row.pk}"]
    Signup.objects.bulk_update(rows, ["came", "source"], batch_size=200)


def _discount(rows: Sequence[Signup], *, by: Actor, at: dt.datetime, writer: Writing) -> None:
    if rows:
        sources = [row.source for row in rows]
        register.reverse(sources=sources, by=by, at=at, reason="ticked by mistake", writer=writer)


def _of_event(event: Event, now: Terms) -> list[Posted]:
    """What the register counts of an event that took place: itself, and those who gave no name. Named by its terms,
    so that one held again after a mistake counts anew."""
    itself = Posted(
        kind="event", service=SERVICE, programme=event.programme.code, category=event.programme.kind, area=now.area,
        organisation=event.office_id, happened_on=clock.day(now.starts_at), ended_on=clock.day(now.ends_at),
        source=f"event:{event.pk}:held:{now.pk}",
    )  # fmt: skip
    if not now.unnamed:
        return [itself]
    unnamed = replace(itself, kind="appointment", source=f"event:{event.pk}:unnamed:{now.pk}", ended_on=None,
                      quantity=now.unnamed, unit="person")  # fmt: skip
    return [itself, unnamed]


def event_of(source: str) -> int | None:
    """The event behind a row of the register; None where the row came in from a ledger."""
    kind, _, rest = source.partition(":")
    return number_of(rest.partition(":")[0]) if kind == "event" else None
