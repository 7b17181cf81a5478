"""Pictures of an event: redrawn without what rode along, with the consent of who can be recognised, looked at by two.

A child is never in a picture. No caption names the forces, a place of theirs or a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.campaigns import states
from lianxin.campaigns.models import Picture, Pictured, Signup, Terms
from lianxin.campaigns.refusals import NoSuchEvent, NotNow, Unfit
from lianxin.campaigns.terms import KEEP, opened
from lianxin.casework import papers
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.people import identities, wards


def add(
    *, event: int, data: bytes, caption: str, shown: Collection[int], no_child: bool, no_secret: bool, by: Actor,
    at: dt.datetime,
) -> Picture:  # fmt: skip
    """Put a picture to an event: ``shown`` are the sign-ups of those who can be recognised and have agreed.

    ``no_child`` and ``no_secret`` are the adder's word that no child, and nothing of the forces (camp, number plate,
    badge of a unit, equipment), is in it. It waits until somebody else has looked.
    """
    with opened(event, by) as (found, now):
        if now.state == "cancelled":
            raise NotNow(_("This event was cancelled; it has no pictures."))
        if not caption.strip():
            raise Unfit(_("Write what it shows, for those who cannot see it."))
        if not no_child or not no_secret:
            raise Unfit(_("Look again: no child may be recognised, and nothing of the forces may be seen."))
        rows = list(Signup.objects.filter(event=found, pk__in=list(shown)))
        people = wards.known(row.person for row in rows)
        if any(one.child(clock.day(at)) for one in people.values()):
            raise Unfit(_("Children are not shown in pictures. Take another one."))
        _nameless(caption, found.pk)
        kept = papers.keep(data)
        if kept.content_type == papers.PDF:
            raise Unfit(_("This is not a photo (JPEG, PNG, WebP). Nothing was lost; take a photo and send that."))
        with journal.entry(action="campaigns.picture", by=by, at=at, area=now.area) as writer:
            made = writer.add([
                Picture(event=found, caption=caption.strip()[:120], digest=kept.digest, size=kept.size,
                        content_type=kept.content_type, at=at, by_account=by.account)
            ])[0]  # fmt: skip
            writer.add([Pictured(picture=made, person=person, agreed_at=at) for person in people])
        return made


def release(*, picture: int, by: Actor, at: dt.datetime) -> Picture:
    """Somebody other than who added it has looked: from now on it is shown."""
    with transaction.atomic():
        row, now = _held(picture, by)
        if row.state == "shown":
            return row
        if "shown" not in states.PICTURE[row.state]:
            raise NotNow(_("This picture was taken down; it stays down."))
        if row.by_account == by.account and not by.may("*"):
            raise NotNow(_("Somebody else looks before it is shown: two pairs of eyes."))
        return _decided(row, now, "shown", "", by=by, at=at)


def take_down(*, picture: int, reason: str, by: Actor, at: dt.datetime) -> Picture:
    """Take a picture down, for good."""
    with transaction.atomic():
        row, now = _held(picture, by)
        if row.state == "down":
            return row
        if not reason.strip():
            raise Unfit(_("Say why it is taken down."))
        return _decided(row, now, "down", reason.strip()[:120], by=by, at=at)


def no_longer(*, picture: int, by: Actor, at: dt.datetime) -> None:
    """Somebody who is shown takes their consent back: the picture is taken down at once."""
    mine = Pictured.objects.filter(picture=picture, person__in=identities.files_of([by.person or 0]))
    if not mine.exists():
        raise NoSuchEvent(_("There is no such picture."))
    with transaction.atomic():
        row = Picture.objects.select_for_update(of=("self",)).get(pk=picture)
        now = Terms.objects.get(event=row.event_id, superseded_at__isnull=True)
        mine.filter(withdrawn_at__isnull=True).update(withdrawn_at=at)
        if row.state != "down":
            _decided(row, now, "down", "consent", by=by, at=at)


def content(row: Picture) -> bytes:
    """The picture itself."""
    return papers.read(row.digest)


def _held(picture: int, by: Actor) -> tuple[Picture, Terms]:
    row = Picture.objects.select_for_update(of=("self",)).filter(pk=picture).first()
    now = Terms.objects.filter(event=row.event_id, superseded_at__isnull=True).first() if row else None
    covered = now is not None and (by.may("*") or (by.may(KEEP) and by.scope.covers(now.area)))
    if row is None or now is None or not covered:
        raise NoSuchEvent(_("There is no such picture."))
    return row, now


def _decided(row: Picture, now: Terms, state: str, reason: str, *, by: Actor, at: dt.datetime) -> Picture:
    action = "campaigns.picture-shown" if state == "shown" else "campaigns.picture-down"
    with journal.entry(action=action, by=by, at=at, area=now.area):
        row.state, row.reason, row.decided_at, row.decided_by = state, reason, at, by.account
        Picture.objects.filter(pk=row.pk).update(state=state, reason=reason, decided_at=at, decided_by=by.account)
    return row


def _nameless(caption: str, event: int) -> None:
    """No name of somebody who signed up, or who answers for a child of them, in a caption."""
    rows = Signup.objects.filter(event=event).values_list("person", "guardian")
    people = {one for pair in rows for one in pair if one is not None}
    if any(len(name) > 1 and name in caption for name in identities.names(people).values()):
        raise Unfit(_("Leave names out of the caption: say what is going on."))
