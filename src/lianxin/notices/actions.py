"""Send, read, call: no notice is lost silently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from lianxin.access.models import Account
from lianxin.access.queries import within
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import guard
from lianxin.notices.models import Notice
from lianxin.notices.queries import OF_OFFICES, visible_to
from lianxin.notices.templates import TEXTS
from lianxin.people.models import Person

WINDOW = ("desk", "phone")  # all that a sealed notice may say
SOME = 800  # cases of one query
TRIES = 3  # after so many unanswered calls somebody goes by


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a person, an account or an office. ``given`` never holds numbers of persons."""

    template: str
    person: int | None = None
    account: int | None = None
    office: int | None = None
    given: dict[str, Any] = field(default_factory=dict)
    case: int | None = None
    service: str = ""
    sealed: bool = False
    area: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """How some persons are reached: who reads the app, and of each whether there is a phone, the home, the day of death."""

    with_account: frozenset[int | None]
    known: Mapping[int, tuple[bool, str, dt.date | None]]

    def with_others(self, other: Reach) -> Reach:
        """Both."""
        return Reach(self.with_account | other.with_account, {**self.known, **other.known})


def reached(persons: Collection[int]) -> Reach:
    """Read how these persons are reached."""
    signed = Account.objects.filter(person__in=persons, is_active=True).values_list("person", flat=True)
    rows = Person.objects.filter(pk__in=persons).values_list("pk", "phone_mark", "home", "died_on")
    return Reach(frozenset(signed), {pk: (phone is not None, home, died) for pk, phone, home, died in rows})


@contextmanager
def _under(writer: journal.Writing | None, *, action: str, by: Actor, at: dt.datetime) -> Iterator[journal.Writing]:
    if writer is not None:
        yield writer
        return
    with journal.entry(action=action, by=by, at=at) as opened:
        yield opened


def send(
    *,
    notices: Sequence[Message],
    by: Actor,
    at: dt.datetime,
    writer: journal.Writing | None = None,
    first: bool = False,
    reach: Reach | None = None,
) -> int:
    """Send messages, each over the channel its receiver has, in the caller's transaction; returns how many.

    ``first``: nothing was said about their cases before, so that nothing is to be overtaken. ``reach``: how their
    persons are reached, read before the caller's transaction.

    A person with an account reads in the app; one with only a phone is put on the call list of their township; one
    with neither is visited. A sealed message says only "please come to the window". The dead receive nothing.
    """
    for message in notices:
        if message.template not in TEXTS:
            raise LookupError(f"no notice text is called {message.template}")
        if message.office is not None and message.template not in OF_OFFICES:
            raise LookupError(f"nobody of an office hears {message.template}")
    if reach is None:
        reach = reached({message.person for message in notices if message.person is not None})
    rows = []
    for message in notices:
        channel, area = "app", message.area
        if message.person is not None:
            phone, home, died = reach.known.get(message.person, (False, "", None))
            if died is not None:
                continue
            channel = "app" if message.person in reach.with_account else "call" if phone else "print"
            area = area or home
        rows.append(_row(message, channel, area, at))
    calls = {row.case for row in rows if row.case is not None and row.person is not None}
    with _under(writer, action="notices.send", by=by, at=at) as writing:
        if not first:
            overtaken(cases=calls, by=by, at=at)
        writing.add(rows)
    return len(rows)


def overtaken(*, cases: Collection[int], by: Actor, at: dt.datetime) -> int:
    """Close the calls and visits about cases that have moved past them: only the newest state is told. Returns how many.

    Within the caller's transaction; what was said in earlier tries stays.
    """
    ids, done = sorted(cases), 0
    for start in range(0, len(ids), SOME):
        # Asked by the case alone: beside the state and channel a database without statistics walks the whole call list.
        about = Notice.objects.filter(case__in=ids[start : start + SOME]).values_list("pk", "channel", "state")
        past = [pk for pk, channel, state in about if state == "pending" and channel in {"call", "print"}]
        for few in range(0, len(past), SOME):
            rows = Notice.objects.filter(pk__in=past[few : few + SOME], state="pending")
            done += rows.update(state="done", done_at=at, done_by=by.account)
    return done


def outdated(*, given: Mapping[str, Any], by: Actor, at: dt.datetime) -> int:
    """Close the calls and visits that say something which holds no more (of an event that is over). Returns how many."""
    rows = Notice.objects.filter(channel__in=["call", "print"], state="pending")
    for name, value in given.items():
        rows = rows.filter(**{f"given__{name}": value})
    return rows.update(state="done", done_at=at, done_by=by.account)


def _row(message: Message, channel: str, area: str, at: dt.datetime) -> Notice:
    sealed = message.sealed
    hidden = sealed and message.person is not None
    return Notice(
        person=message.person, account=message.account, office=message.office, area=area, channel=channel,
        template="listed" if hidden else message.template,
        given={key: message.given[key] for key in WINDOW if key in message.given} if hidden else message.given,
        case=message.case, service=message.service, sealed=sealed, created_at=at,
        state="sent" if channel == "app" else "pending", sent_at=at if channel == "app" else None,
    )  # fmt: skip


def read(*, ids: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """Mark one's own messages as read; others are left alone."""
    rows = Notice.objects.filter(visible_to(by), pk__in=ids, state="sent")
    return rows.update(state="read", done_at=at, done_by=by.account)


def called(*, notice: int, said: str, reached: bool, by: Actor, at: dt.datetime) -> bool:
    """Record a phone call of the call list: reached ends it with what was said, the third try in vain asks for a visit.

    Returns False where the notice is not on a list the actor may work, or is done already (a second click).
    """
    rows = Notice.objects.filter(pk=notice, channel__in=["call", "print"], state="pending")
    found = rows.first()
    if found is None or not by.scope.covers(found.area):
        return False
    guard.check(said)
    case, service = (None, found.service) if found.sealed else (found.case, "")  # its entry is for its list only
    with journal.entry(
        action="notices.call", by=by, at=at, person=found.person, case=case, area=found.area, service=service
    ):
        if reached:
            return bool(
                rows.update(state="done", said=said[:400], done_at=at, done_by=by.account, tries=F("tries") + 1)
            )
        channel = "print" if found.tries + 1 >= TRIES else found.channel
        return bool(rows.update(tries=F("tries") + 1, channel=channel, said=said[:400]))


def worked_off(*, before: dt.datetime, said: str, by: Actor, at: dt.datetime) -> int:
    """Close everything on the call list and the visit list written before an instant: worked off on paper.

    Only of the actor's own area; each keeps what was said of all of them. Returns how many.
    """
    rows = Notice.objects.filter(within(by.scope, "area"), channel__in=["call", "print"], state="pending",
                                 created_at__lt=before)  # fmt: skip
    with journal.entry(action="notices.worked-off", by=by, at=at) as writing:
        done = rows.update(state="done", said=said[:400], done_at=at, done_by=by.account, tries=F("tries") + 1)
        writing.say(notices=done)
    return done
