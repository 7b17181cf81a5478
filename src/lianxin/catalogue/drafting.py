"""Write services in the workbench: begin one, take one in, save a section. Every word is kept as text."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.access.permissions import Refused, require
from lianxin.catalogue import draftfiles
from lianxin.catalogue.drafted import OPEN, digest, newest_of, readable, seen
from lianxin.catalogue.draftfiles import Files
from lianxin.catalogue.draftmodels import Draft
from lianxin.catalogue.models import Version
from lianxin.engine import clock, documents, revising
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.reading import KEBAB
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.engine.sketch import SECTIONS
from lianxin.journal import actions as journal

SITTING = dt.timedelta(minutes=30)  # what one person saves within it is one entry of the journal
LONGEST = 60_000  # letters of one text; the longest shipped one has 6,000


class Conflict(Refusal):
    """Somebody else changed the same section meanwhile; nothing was overwritten. ``theirs`` is what stands there now."""

    def __init__(self, by: str, theirs: str) -> None:
        super().__init__(
            _("%(name)s changed this part meanwhile. Nothing was overwritten: what you wrote is still here.")
            % {"name": by}
        )
        self.by, self.theirs = by, theirs


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did. ``lost``: remarks of the author could not be kept in this part."""

    draft: Draft
    changed: bool
    lost: bool = False


def begin(*, service: str, by: Actor, at: dt.datetime) -> Draft:
    """A draft of the newest version of a service; the open one where there is one."""
    require(by, "catalogue.write", area=settings.CITY)
    open_one = Draft.objects.filter(service=service, state__in=OPEN).first()
    if open_one is not None and readable(open_one, by.scope):
        return open_one
    newest = newest_of(service)
    if newest is None:
        raise Refused("catalogue.write")
    listed(service, by, "catalogue.write")
    return _begun(draftfiles.of_version(newest), base=newest, by=by, at=at)


def begin_new(*, code: str, zh: str, en: str, by: Actor, at: dt.datetime) -> Draft:
    """A draft from nothing, sound from its first line."""
    require(by, "catalogue.write", area=settings.CITY)
    if not KEBAB.fullmatch(code) or len(code) > 60:
        raise Refusal(_("The code is made of small letters, digits and hyphens, as in winter-visit."))
    _must_be_new(code)
    return _begun(draftfiles.skeleton(code, zh, en, clock.day(at).isoformat()), base=None, by=by, at=at)


def take_in(*, data: bytes, by: Actor, at: dt.datetime) -> Draft:
    """A draft from a service's folder in a zip; beside the newest version of its code where there is one."""
    require(by, "catalogue.write", area=settings.CITY)
    files = draftfiles.from_zip(data)
    newest = newest_of(files.code)
    listed(files.code, by, "catalogue.write")
    return _begun(files, base=newest, by=by, at=at)


def _begun(files: Files, *, base: Version | None, by: Actor, at: dt.datetime) -> Draft:
    made = Draft(
        service=files.code, base=base, declaration=files.declaration, examples=files.examples, papers=files.papers,
        begun_by=by.account, begun_by_name=by.name, begun_at=at, saved_by=by.account, saved_by_name=by.name, saved_at=at,
        writers=[by.account] if by.account is not None else [],
    )  # fmt: skip
    _named(made)
    try:
        with journal.entry(action="catalogue.draft", by=by, at=at, service=hush(made)) as writing:
            made.save()
            writing.say(draft=made.pk, code=made.service, base=base.number if base else 0)
    except IntegrityError as fault:
        raise Refusal(
            _("A draft of this service is open already. Go on with that one, or give it up first.")
        ) from fault
    return made


def hush(draft: Draft) -> str:
    """An entry about a sealed service exists for its access list only."""
    return draft.service if draft.sealed else ""


def _named(draft: Draft) -> None:
    """What lists show of a draft, read from its text; unreadable text leaves it as it was."""
    try:
        said = documents.plain(documents.parse(draft.declaration, "service.yaml"))
    except DeclarationErrors:
        return
    if not isinstance(said, dict):
        return
    name = said.get("name")
    if isinstance(name, dict):
        draft.name_zh, draft.name_en = str(name.get("zh", ""))[:120], str(name.get("en", ""))[:200]
    code = str(said.get("code", ""))
    if draft.base_id is None and code != draft.service and KEBAB.fullmatch(code) and len(code) <= 60:
        _must_be_new(code)
        draft.service = code
    draft.sealed = said.get("sealed") is True or Version.objects.filter(service=draft.service, sealed=True).exists()


def _must_be_new(code: str) -> None:
    """A draft from nothing never takes the code of a service, whose text it would show and whose seal it could break."""
    if Version.objects.filter(service=code).exists():
        raise Refusal(_("There is a service of this code already; begin from it, or choose another code."))


def listed(service: str, by: Actor, permission: str) -> None:
    """A sealed service is written and published by those on its access list."""
    if service not in by.scope.sealed and Version.objects.filter(service=service, sealed=True).exists():
        raise Refused(permission)


def opened(draft: int, by: Actor) -> Draft:
    """The draft, locked, if its reader may see it."""
    found = Draft.objects.select_for_update().filter(pk=draft).first()
    if found is None or not readable(found, by.scope):
        raise Refused("catalogue.drafts")
    return found


def save(*, draft: int, section: str, wanted: Any, base: str, by: Actor, at: dt.datetime, force: bool = False) -> Saved:
    """Write one section: the keys of a part (:data:`SECTIONS`), ``examples`` as data, or a whole text (``text``,
    ``examples-text``, ``paper:<name>``) as it stands.

    ``base`` is the fingerprint of that section as the page had it: other sections may have changed meanwhile, this one
    may not (:class:`Conflict`), unless ``force``. Saving the same again changes nothing.
    """
    require(by, "catalogue.write", area=settings.CITY)
    with transaction.atomic():
        found = opened(draft, by)
        if section not in {*SECTIONS, "examples", "text", "examples-text", *(f"paper:{name}" for name in found.papers)}:
            raise Refused("catalogue.write")
        if found.state != "draft":
            raise Refusal(_("This draft is handed in: it is read as it stands. Take it back to go on writing."))
        now = seen(found, section)
        if not force and base != digest(now) and not _same(now, wanted):
            raise Conflict(found.saved_by_name, _told(now))
        before, lost = (found.declaration, found.examples, dict(found.papers)), _write(found, section, wanted)
        if before == (found.declaration, found.examples, found.papers):
            return Saved(found, changed=False)
        _keep(found, by, at)
    return Saved(found, changed=True, lost=lost)


def _told(now: Any) -> str:
    return now if isinstance(now, str) else revising.block(now)


def _same(now: Any, wanted: Any) -> bool:
    return json.dumps(now, sort_keys=True) == json.dumps(wanted, sort_keys=True)


def _write(found: Draft, section: str, wanted: Any) -> bool:
    if isinstance(wanted, str) and len(wanted) > LONGEST:
        raise Refusal(_("This text is longer than any service's; nothing was saved."))
    if section == "text":
        found.declaration = wanted
    elif section == "examples-text":
        found.examples = wanted
    elif section.startswith("paper:"):
        found.papers = {**found.papers, section.removeprefix("paper:"): wanted}
    elif section == "examples":
        made = revising.revise(found.examples, wanted)
        found.examples = made.text
        return made.lost
    else:
        made = _section(found.declaration, section, wanted)
        found.declaration = made.text
        return made.lost
    return False


def _section(text: str, section: str, wanted: dict[str, Any]) -> revising.Revised:
    try:
        said = documents.plain(documents.parse(text, "service.yaml"))
    except DeclarationErrors as errors:
        raise Refusal(
            _("The text cannot be read at the moment (%(why)s). Put that right under “The text”; nothing was saved.")
            % {"why": errors.problems[0].sentence("zh")}
        ) from errors
    said = dict(said) if isinstance(said, dict) else {}
    for key in SECTIONS[section]:
        if key in wanted:
            said[key] = wanted[key]
        else:
            said.pop(key, None)
    return revising.revise(text, said)


def _keep(found: Draft, by: Actor, at: dt.datetime) -> None:
    sitting = found.saved_by == by.account and at - found.saved_at < SITTING
    found.number += 1
    found.saved_by, found.saved_by_name, found.saved_at = by.account, by.name, at
    if by.account is not None and by.account not in found.writers:
        found.writers = [*found.writers, by.account]
    _named(found)
    try:
        with transaction.atomic():
            found.save(update_fields=["declaration", "examples", "papers", "number", "saved_by", "saved_by_name", "saved_at",
                                      "writers", "service", "name_zh", "name_en", "sealed"])  # fmt: skip
    except IntegrityError as fault:
        raise Refusal(_("A draft of this code is open already; choose another code. Nothing was saved.")) from fault
    if not sitting:
        journal.note(action="catalogue.draft", by=by, at=at, service=hush(found), draft=found.pk, code=found.service,
                     number=found.number)  # fmt: skip


def arrive(*, draft: int, by: Actor, at: dt.datetime) -> list[str]:
    """Say that somebody has the page open; answers the names of the others who have, while it is being written. Nothing
    else is remembered."""
    with transaction.atomic():
        found = opened(draft, by)
        if found.state != "draft":
            return []
        fresh = {
            key: (name, moment)
            for key, (name, moment) in found.here.items()
            if at - dt.datetime.fromisoformat(moment) < dt.timedelta(minutes=3)
        }
        others = [name for key, (name, _moment) in fresh.items() if key != str(by.account)]
        found.here = {**fresh, str(by.account): (by.name, at.isoformat())}
        found.save(update_fields=["here"])
    return others


def look(*, draft: int, what: str, by: Actor, at: dt.datetime) -> None:
    """Remember that the texts as they stand were looked at: ``citations`` or ``preview``. A change asks for it again."""
    require(by, "catalogue.write", area=settings.CITY)
    with journal.entry(action="catalogue.draft-looked", by=by, at=at) as writing:
        found = opened(draft, by)
        found.looked = {**found.looked, what: digest([found.declaration, found.examples])}
        found.save(update_fields=["looked"])
        writing.entry.service = hush(found)
        writing.entry.save(update_fields=["service"])
        writing.say(draft=found.pk, what=what)
