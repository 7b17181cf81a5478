"""Open a file for an audit or a discipline inquiry: read-only, masked, with a reason; the person is told later."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import looks
from lianxin.people.hits import opened
from lianxin.people.models import Person

SHORTEST = 8


def inquire(*, number: str, reason: str, until: dt.date, by: Actor, at: dt.datetime) -> int:
    """Open the file with this file number; answers the person. Raises a refusal where it may not be."""
    require(by, "inquiry.open")
    found: Person | None = opened(by.scope).filter(file_number=number.strip().upper()).first()
    if found is None:
        raise Refusal(_("There is no file with that number in your area."))
    if len(reason.strip()) < SHORTEST:
        raise Refusal(_("Say which inquiry it is and what it is about; the person reads it later."))
    longest = clock.day(at) + dt.timedelta(days=settings.INQUIRY_DAYS)
    if not clock.day(at) < until <= longest:
        raise Refusal(_("The person is told after today, and by %(day)s at the latest.") % {"day": longest.isoformat()})
    looks.inquire(person=found.pk, area=found.home, reason=reason.strip()[:200], until=until, by=by, at=at)
    return found.pk
