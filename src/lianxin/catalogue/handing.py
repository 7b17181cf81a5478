"""A finished draft changes hands: handed in, taken back, given back, published by a second person, or given up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.access.actions import apart
from lianxin.access.permissions import require
from lianxin.catalogue import actions, draftfiles
from lianxin.catalogue.drafted import checks, newest_of
from lianxin.catalogue.drafting import hush, listed, opened
from lianxin.catalogue.draftmodels import Draft
from lianxin.catalogue.models import Version
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal


def submit(*, draft: int, words: str, from_on: dt.date | None, by: Actor, at: dt.datetime) -> Draft:
    """Hand a draft in: every check must be green. Handing in twice is once."""
    require(by, "catalogue.write", area=settings.CITY)
    with journal.entry(action="catalogue.submit", by=by, at=at) as writing:
        found = opened(draft, by)
        if found.state == "submitted" and found.submitted_by == by.account:
            return found
        _must_be(found, "draft")
        if not words.strip():
            raise Refusal(_("Say in a sentence what changes and why; whoever decides reads it first."))
        open_points = [one for one in checks(found) if not one.good]
        if open_points:
            raise Refusal(_("Not yet: %(what)s.") % {"what": open_points[0].said})
        found.state, found.words, found.from_on = "submitted", words.strip()[:400], from_on
        found.submitted_by, found.submitted_by_name, found.submitted_at = by.account, by.name, at
        found.decided_by, found.decided_by_name, found.decided_at, found.reason = None, "", None, ""
        found.number += 1  # its words and its first day are part of what is signed
        found.save(update_fields=["state", "number", "words", "from_on", "submitted_by", "submitted_by_name", "submitted_at",
                                  "decided_by", "decided_by_name", "decided_at", "reason"])  # fmt: skip
        _say(writing, found)
    return found


def _say(writing: journal.Writing, found: Draft, **more: Any) -> None:
    writing.entry.service = hush(found)
    writing.entry.save(update_fields=["service"])
    writing.say(draft=found.pk, code=found.service, number=found.number, by_author=found.submitted_by, **more)


def _must_be(found: Draft, state: str) -> None:
    if found.state == state:
        return
    said = {
        "draft": _("This draft is back with its author."), "submitted": _("This draft is handed in already."),
        "published": _("This draft is published already."), "dropped": _("This draft was given up."),
    }  # fmt: skip
    raise Refusal(f"{said[found.state]} {_('Nothing was changed.')}")


def take_back(*, draft: int, by: Actor, at: dt.datetime) -> Draft:
    """Whoever handed it in takes it back to go on writing."""
    require(by, "catalogue.write", area=settings.CITY)
    with journal.entry(action="catalogue.take-back", by=by, at=at) as writing:
        found = opened(draft, by)
        if found.state == "draft":
            return found
        _must_be(found, "submitted")
        found.state = "draft"
        found.save(update_fields=["state"])
        _say(writing, found)
    return found


def give_back(*, draft: int, reason: str, by: Actor, at: dt.datetime) -> Draft:
    """Back to its author, with a reason."""
    require(by, "catalogue.approve", area=settings.CITY)
    with journal.entry(action="catalogue.return", by=by, at=at) as writing:
        found = opened(draft, by)
        _must_be(found, "submitted")
        if not reason.strip():
            raise Refusal(_("Say why it goes back: its author reads this and nothing else."))
        found.state, found.reason = "draft", reason.strip()[:400]
        found.decided_by, found.decided_by_name, found.decided_at = by.account, by.name, at
        found.save(update_fields=["state", "reason", "decided_by", "decided_by_name", "decided_at"])
        _say(writing, found)
    return found


def publish(*, draft: int, number: int, by: Actor, at: dt.datetime) -> Draft:
    """The second hand: stores the version exactly as it was handed in. Nobody who wrote in it publishes it."""
    require(by, "catalogue.approve", area=settings.CITY)
    with journal.entry(action="catalogue.approve", by=by, at=at) as writing:
        found = opened(draft, by)
        if found.state == "published" and found.decided_by == by.account:
            return found  # the second click of the same hand
        _must_be(found, "submitted")
        if found.number != number:
            raise Refusal(_("It was changed after you opened this page. Look at it again; nothing was published."))
        apart(by.account, {*found.writers, found.submitted_by, found.begun_by},
              _("You wrote in this draft; somebody else publishes it. Nothing was published."))  # fmt: skip
        listed(found.service, by, "catalogue.approve")
        _newest(found)
        made = _stored(found, by, at)
        found.state, found.version = "published", made
        found.decided_by, found.decided_by_name, found.decided_at = by.account, by.name, at
        found.save(update_fields=["state", "version", "decided_by", "decided_by_name", "decided_at"])
        _say(writing, found, version=made.number)
    return found


def _newest(found: Draft) -> None:
    """A version published since the draft began would be undone by it."""
    newest = newest_of(found.service)
    if newest is not None and newest.pk != found.base_id:
        raise Refusal(
            _(
                "Version %(n)s was published after this draft was begun. Give it back: its author compares the two first."
            )
            % {"n": newest.number}
        )


def _first_day(found: Draft, at: dt.datetime) -> dt.date | None:
    """The day that its author gave it; today where that day came while the draft lay with the second hand: what was
    planned never turns into a correction of the past by waiting."""
    handed_in = clock.day(found.submitted_at or at)
    late = found.from_on is not None and handed_in <= found.from_on < clock.day(at)
    return None if late else found.from_on


def _stored(found: Draft, by: Actor, at: dt.datetime) -> Version:
    with draftfiles.folder(found) as path:
        both = f"{found.submitted_by_name} · {by.name}"[:80]
        made = actions.publish(
            path=path, by=by, at=at, approved_by=both, from_on=_first_day(found, at), reason=found.words
        )
    if not any(one.service == found.service and one.new for one in made):
        raise Refusal(_("It says the same as the version in force; there is nothing to publish."))
    return Version.objects.get(service=found.service, number=made[0].number)


def compared(*, draft: int, by: Actor, at: dt.datetime) -> Draft:
    """Its author compared the draft with the newest version and lets it stand on that one."""
    require(by, "catalogue.write", area=settings.CITY)
    with journal.entry(action="catalogue.draft-compared", by=by, at=at) as writing:
        found = opened(draft, by)
        _must_be(found, "draft")
        listed(found.service, by, "catalogue.write")
        found.base = newest_of(found.service)
        found.number += 1  # what it is compared with is part of what is signed
        found.save(update_fields=["base", "number"])
        _say(writing, found, base=found.base.number if found.base else 0)
    return found


def drop(*, draft: int, by: Actor, at: dt.datetime) -> Draft:
    """Give a draft up. Its text stays readable in the list of what was given up."""
    require(by, "catalogue.write", area=settings.CITY)
    with journal.entry(action="catalogue.draft-dropped", by=by, at=at) as writing:
        found = opened(draft, by)
        if found.state == "dropped":
            return found
        _must_be(found, "draft")
        found.state = "dropped"
        found.save(update_fields=["state"])
        _say(writing, found)
    return found
