"""Restricted lists (border duty, missions): apart from the file, sealed, seen by their two roles, gone on their day.

Neither match nor search, export, copy, figure or journal knows what stands here: no key leads from these rows to a person
or back, the journal says only that a list was worked on, and what remains of a campaign is one attested count.
Never a place, a unit or a task.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.actions import accounts_of
from lianxin.access.permissions import require
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import guard
from lianxin.people.protectedmodels import Restricted, RestrictedCount

KEEP, CONFIRM = "restricted.keep", "restricted.confirm"
KINDS = ("border", "mission")
_FIELD = "restricted"


@dataclass(frozen=True, slots=True)
class Line:
    """One household of a list, as its two roles see it."""

    id: int
    kind: str
    name: str
    household: str
    address: str
    expires_on: dt.date
    confirmed: bool
    visited: bool


def may(by: Actor) -> bool:
    """Whether the actor is one of the two roles; the system itself is not."""
    return KEEP in by.permissions or CONFIRM in by.permissions


def _may(by: Actor, permission: str) -> None:
    if permission not in by.permissions:  # "*" does not open these lists
        require(Actor(), permission)


def put(*, kind: str, name: str, household: str, address: str, expires_on: dt.date, by: Actor, at: dt.datetime) -> None:
    """The keeper puts a household on a list until a day; the liaison confirms it."""
    _may(by, KEEP)
    today = clock.day(at)
    if kind not in KINDS or not name.strip() or not household.strip():
        raise Refusal(_("Give the list, a name and the household's code."))
    if not today < expires_on <= today + dt.timedelta(days=settings.RESTRICTED_DAYS):
        raise Refusal(_("A line ends by itself: after today, and within %(n)s days.") % {"n": settings.RESTRICTED_DAYS})
    guard.check([name, household, address])
    salt, code = seal.salt(), household.strip().upper()[:20]
    said = json.dumps(
        {"name": name.strip()[:60], "household": code, "address": address.strip()[:120]}, ensure_ascii=False
    )
    made = Restricted(kind=kind, salt=salt, sealed=seal.seal(said, salt, _FIELD), expires_on=expires_on,
                      mark=seal.mark(f"{kind}:{code}", _FIELD), kept_by=by.account or 0)  # fmt: skip
    try:
        with transaction.atomic():
            if Restricted.objects.filter(kind=kind, mark__in=seal.marks(f"{kind}:{code}", _FIELD)).exists():
                raise IntegrityError
            made.save(force_insert=True)
    except IntegrityError:
        raise Refusal(_("This household is on the list already.")) from None
    _note(by, at)


def _note(by: Actor, at: dt.datetime) -> None:
    """The journal knows that somebody worked on restricted lists, and nothing else: no list, person, area or count."""
    journal.note(
        action="restricted", by=Actor(account=by.account, name=by.name, office=by.office), at=at, service="restricted"
    )


def confirm(*, pk: int, by: Actor, at: dt.datetime) -> None:
    """The liaison confirms a line; never whoever put it there."""
    _may(by, CONFIRM)
    if not Restricted.objects.filter(pk=pk, expires_on__gt=clock.day(at), confirmed_by=None).exclude(
        kept_by__in=accounts_of(by.account or 0)
    ).update(confirmed_by=by.account):  # fmt: skip
        raise Refusal(_("This line is confirmed already, or it is your own."))
    _note(by, at)


def visited(*, pk: int, by: Actor, at: dt.datetime) -> None:
    """The keeper notes that the household was visited: one mark, no words, no day."""
    _may(by, KEEP)
    if not Restricted.objects.filter(pk=pk, expires_on__gt=clock.day(at), confirmed_by__isnull=False).update(
        visited=True
    ):
        raise Refusal(_("This line is not confirmed yet."))
    _note(by, at)


def take_off(*, pk: int, by: Actor, at: dt.datetime) -> None:
    """Take a line off before its day: it is gone."""
    _may(by, KEEP)
    Restricted.objects.filter(pk=pk).delete()
    _note(by, at)


def attest(*, kind: str, by: Actor, at: dt.datetime) -> int:
    """The confirmer attests how many confirmed households of a list were visited; the count is all that remains."""
    _may(by, CONFIRM)
    done = Restricted.objects.filter(kind=kind, visited=True, confirmed_by__isnull=False).count()
    if kind not in KINDS or not done:
        raise Refusal(_("Nothing on this list was visited yet."))
    with journal.entry(action="restricted", by=Actor(account=by.account, name=by.name, office=by.office), at=at,
                       service="restricted"):  # fmt: skip
        RestrictedCount.objects.create(kind=kind, on=clock.day(at), households=done, attested_by=by.account or 0)
        Restricted.objects.filter(kind=kind, visited=True).delete()
    return done


def expire(*, at: dt.datetime) -> int:
    """Every night: lines whose day has come are gone, whatever became of them."""
    return Restricted.objects.filter(expires_on__lte=clock.day(at)).delete()[0]


def lines(by: Actor, *, at: dt.datetime) -> list[Line]:
    """All lines, for the two roles; for everybody else there are none."""
    if not may(by):
        return []
    made = []
    for row in Restricted.objects.filter(expires_on__gt=clock.day(at)).order_by("kind", "pk"):
        said = json.loads(seal.unseal(row.sealed, row.salt, _FIELD))
        made.append(Line(row.pk, row.kind, said["name"], said["household"], said["address"], row.expires_on,
                         row.confirmed_by is not None, row.visited))  # fmt: skip
    return made


def counts(by: Actor) -> list[RestrictedCount]:
    """What was attested, for the two roles."""
    return list(RestrictedCount.objects.order_by("-pk")[:50]) if may(by) else []
