"""Signed-in sessions: opened, seen, timed out, ended the moment a person is disabled or a role ends.

The session names its visit; a visit that ended makes the next request a stranger's. Network addresses and places are
not columns here, for nobody; what kind of browser it was is kept of staff only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth import logout
from django.http import HttpRequest

from lianxin.access import queries
from lianxin.access.models import Account, Visit
from lianxin.access.roles import ROLES
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

KEY = "visit"
OVER = "over"  # in the stranger's session that follows: why the one before ended
EVERY = dt.timedelta(minutes=1)  # how exactly the last sign of life is known
_BROWSERS = (("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone|iPad", "iOS"), ("Mac OS", "macOS"),
            ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as its owner and the security administrator see it."""

    id: int
    at: dt.datetime
    seen_at: dt.datetime
    ended_at: dt.datetime | None
    why: str
    how: str
    browser: str
    current: bool = False


def kind(agent: str) -> str:
    """What kind of browser it was, in two words; never more of the line than that."""
    words = [next((name for mark, name in table if re.search(mark, agent)), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(word for word in words if word)


def limits(account: Account, at: dt.datetime, *, keep: bool = False) -> tuple[dt.timedelta, dt.timedelta]:
    """Idle and absolute time-out of an account: the strictest of its roles; a resident's where it has none."""
    day = clock.day(at)
    held = [one.role for one in queries.grants_of(account, keep=keep) if one.valid_to is None or one.valid_to >= day]
    roles = [ROLES[role] for role in held if role in ROLES] or [ROLES["resident"]]
    return (
        dt.timedelta(minutes=min(role.idle for role in roles)),
        dt.timedelta(hours=min(role.hours for role in roles)),
    )


def opened(request: HttpRequest, account: Account, how: str, at: dt.datetime) -> Visit:
    """Somebody signed in: the session gets its visit, and the journal its line."""
    _, longest = limits(account, at)
    staff = account.is_staff_member
    visit = Visit.objects.create(
        account=account, at=at, seen_at=at, until=at + longest, how=how,
        browser=kind(request.headers.get("User-Agent", "")) if staff else "",
    )  # fmt: skip
    request.session[KEY] = visit.pk
    actor = Actor(account=account.pk, name=account.name, office=account.office_id)
    if how != "earlier":
        journal.note(action="access.sign-in", by=actor, at=at, person=account.person, how=how)
    return visit


def alive(request: HttpRequest, at: dt.datetime) -> bool:
    """Whether the session still stands; one that timed out or was ended is signed out here."""
    account = request.user
    if not isinstance(account, Account):
        return True
    visit = Visit.objects.filter(pk=int(request.session.get(KEY) or 0), account=account).first()
    if visit is None:
        how = "demo" if request.session.get("persona") else "earlier"
        opened(request, account, how, at)
        return True
    why = _over(visit, account, at)
    if why:
        Visit.objects.filter(pk=visit.pk, ended_at__isnull=True).update(ended_at=at, why=why)
        logout(request)
        idle, _ = limits(account, at)
        # Said once, on the page where one signs in; and which of the two pages that is.
        request.session[OVER] = [why, int(idle.total_seconds() // 60), account.is_staff_member]
        return False
    if at - visit.seen_at >= EVERY:
        Visit.objects.filter(pk=visit.pk).update(seen_at=at)
    return True


def _over(visit: Visit, account: Account, at: dt.datetime) -> str:
    if visit.ended_at is not None:
        return visit.why or "out"
    if not account.is_active:
        return "closed"
    if visit.until is not None and at >= visit.until:
        return "time"
    idle, _ = limits(account, at, keep=True)
    return "idle" if at - visit.seen_at >= idle else ""


def end(*, accounts: Sequence[int], why: str, at: dt.datetime, but: int | None = None) -> int:
    """End every session of these accounts (but one, where it is one's own); it works with the next request."""
    rows = Visit.objects.filter(account__in=list(accounts), ended_at__isnull=True)
    if but is not None:
        rows = rows.exclude(pk=but)
    return rows.update(ended_at=at, why=why)


def end_others(*, keep: int | None, by: Actor, at: dt.datetime) -> int:
    """End one's own sessions elsewhere; the one asked from goes on."""
    if by.account is None:
        return 0
    with journal.entry(action="access.sessions-ended", by=by, at=at) as writing:
        done = end(accounts=[by.account], why="others", at=at, but=keep)
        writing.say(sessions=done)
    return done


def of(account: int, *, current: int | None = None, limit: int = 20) -> list[Seen]:
    """The newest sessions of an account."""
    rows = Visit.objects.filter(account=account).order_by("-pk")[:limit]
    return [Seen(row.pk, row.at, row.seen_at, row.ended_at, row.why, row.how, row.browser, row.pk == current)
            for row in rows]  # fmt: skip


def left(request: HttpRequest, at: dt.datetime) -> None:
    """Somebody signed out by themselves."""
    Visit.objects.filter(pk=int(request.session.get(KEY) or 0), ended_at__isnull=True).update(ended_at=at, why="out")
