"""Read drafts: lists, one draft as far as its text can be read, and the check list before it is handed in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.catalogue import draftfiles
from lianxin.catalogue.draftmodels import Draft
from lianxin.catalogue.models import Version
from lianxin.engine import checking
from lianxin.engine.declaration import Citation
from lianxin.engine.scope import Scope
from lianxin.engine.sketch import SECTIONS, Sketch, sketch

OPEN = ("draft", "submitted")


def readable(draft: Draft, scope: Scope) -> bool:
    """The city's own people see drafts; of a sealed service only its access list, and who wrote it before it was one."""
    if not scope.covers(settings.CITY):
        return False
    return not draft.sealed or draft.service in scope.sealed or scope.account in draft.writers


def listed(scope: Scope, *, state: str = "", after: int = 0, limit: int = 50) -> list[Draft]:
    """Drafts, the newest begun first: those that are open, or in one ``state``."""
    if not scope.covers(settings.CITY):
        return []
    rows = Draft.objects.filter(state=state) if state else Draft.objects.filter(state__in=OPEN)
    rows = rows.filter(Q(sealed=False) | Q(service__in=list(scope.sealed))).defer("declaration", "examples", "papers")
    return list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[:limit])


def open_of(service: str, scope: Scope) -> Draft | None:
    """The draft of a service that is being written, if the scope may know of it."""
    found = Draft.objects.filter(service=service, state__in=OPEN).first()
    return found if found is not None and readable(found, scope) else None


def one(draft: int, scope: Scope) -> Draft | None:
    """A draft by its id."""
    found = Draft.objects.select_related("base", "version").filter(pk=draft).first()
    return found if found is not None and readable(found, scope) else None


def digest(value: Any) -> str:
    """The mark by which a page says which text it had."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:24]


def read(draft: Draft) -> Sketch:
    """The draft's texts, read and checked."""
    return sketch(draft.service, draft.declaration, draft.examples, draftfiles.facts())


def seen(draft: Draft, section: str) -> Any:
    """What one section says now, as it is saved: its keys, the examples, or a text."""
    if section == "text":
        return draft.declaration
    if section == "examples-text":
        return draft.examples
    if section.startswith("paper:"):
        return draft.papers.get(section.removeprefix("paper:"), "")
    known = read(draft)
    if section == "examples":
        return known.cases
    return {key: known.data[key] for key in SECTIONS[section] if key in known.data}


def newest_of(service: str) -> Version | None:
    """The last version of a service that was not withdrawn, also one whose day is still to come."""
    return Version.objects.filter(service=service, withdrawn_at__isnull=True).order_by("-number").first()


def newer(draft: Draft) -> Version | None:
    """A version published after the draft was begun, other than its own."""
    newest = newest_of(draft.service)
    return newest if newest is not None and newest.pk not in (draft.base_id, draft.version_id) else None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the check list: ``section`` is where it is put right, ``what`` names one that a person ticks."""

    good: bool
    said: str
    section: str
    what: str = ""


def checks(draft: Draft, known: Sketch | None = None) -> list[Check]:
    """Everything that must be so before a draft is handed in."""
    known = known or read(draft)
    language = (get_language() or "zh")[:2]
    first = next(iter(known.errors), None)
    with draftfiles.folder(draft) as path:
        errors = checking.check(path).errors
    said = errors[0].sentence(language) if errors else _("the checker finds no mistake")
    made = [Check(not errors, said, first.section if first else "text")]
    half = [one for one in known.shown if len(one.truths) < 2]
    both = _("every condition is true in one example and false in another")
    lacking = _("%(test)s has no example both ways") % {"test": half[0].test} if half else both
    made.append(Check(known.service is not None and not half, lacking if known.service else both, "examples"))
    made.append(_standing(known))
    now = digest([draft.declaration, draft.examples])
    made.append(Check(draft.looked.get("citations") == now, _("citations and numbers were compared with the document"),
                      "amount", "citations"))  # fmt: skip
    made.append(Check(draft.looked.get("preview") == now, _("what it changes for people was looked at"), "publish",
                      "preview"))  # fmt: skip
    late = newer(draft)
    behind = _("version %(n)s came after this draft was begun") % {"n": late.number} if late else ""
    made.append(Check(late is None, behind or _("it stands on the newest version"), "publish"))
    return made


def _standing(known: Sketch) -> Check:
    good = _("every number says whether it is found or illustrative, and where it stands")
    given = known.data.get("parameters")
    lacking = [code for code, one in (given.items() if isinstance(given, dict) else ())
               if not isinstance(one, dict) or "standing" not in one]  # fmt: skip
    if lacking:
        return Check(
            False, _("%(code)s does not say whether it is found or illustrative") % {"code": lacking[0]}, "amount"
        )
    return Check(True, good, "amount")


def citations(known: Sketch) -> Sequence[tuple[str, Citation]]:
    """Everything the service cites, with what it is cited for, for its author to compare with the law."""
    if known.service is None:
        return []
    service, language = known.service, get_language() or "zh"
    made = [(_("the service"), one) for one in service.basis]
    made += [(one.name[language], one.cite) for one in service.parameters.values() if one.cite]
    made += [(one.say[language], one.cite) for one in (*service.who, *service.unless) if one.cite]
    return made
