"""One event and what holds of it: opened and locked for whoever keeps it, its terms superseded and never edited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.campaigns.models import Event, Terms
from lianxin.campaigns.refusals import NoSuchEvent, Stale
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing

KEEP = "event.keep"
_KEPT = ("event_id", "area", "title", "title_en", "venue", "place", "starts_at", "ends_at", "until_at", "places", "age_from",
         "age_to", "words", "state", "reason", "unnamed")  # fmt: skip


@contextmanager
def opened(event: int, by: Actor, expected: int | None = None) -> Iterator[tuple[Event, Terms]]:
    """An event of the actor's area and its terms, locked until the block ends, for whoever keeps events.

    ``expected`` is the id of the terms that the page showed; others mean that the page is old.
    """
    with transaction.atomic():
        found, now = locked(event)
        if not by.may("*") and not by.scope.covers(now.area):
            raise NoSuchEvent(_("There is no such event."))
        require(by, KEEP)
        if expected is not None and expected != now.pk:
            raise Stale(_("Somebody changed this event after you opened the page. Nothing was changed; look again."))
        yield found, now


def locked(event: int) -> tuple[Event, Terms]:
    """An event and its terms; nobody else signs up or changes it until the transaction ends."""
    found = Event.objects.select_for_update(of=("self",)).select_related("programme", "office").filter(pk=event).first()
    now = Terms.objects.filter(event=event, superseded_at__isnull=True).first()
    if found is None or now is None:
        raise NoSuchEvent(_("There is no such event."))
    return found, now


def restate(writer: Writing, now: Terms, at: dt.datetime, **changes: object) -> Terms:
    """The terms with some of what they say changed, as another row."""
    kept = {name: getattr(now, name) for name in _KEPT} | changes
    return replaced(writer, now, Terms(**kept, valid_from=clock.day(at), recorded_at=at), at)


def replaced(writer: Writing, now: Terms, made: Terms, at: dt.datetime) -> Terms:
    """Other terms in place of those that held."""
    writer.supersede(Terms, [now.pk], at)
    return writer.add([made])[0]
