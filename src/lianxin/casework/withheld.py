"""Why somebody who looks at a case has no button for its step, and who has: said where the button would be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext as _

from lianxin.access import whomay
from lianxin.casework import foureyes, states
from lianxin.casework.homing import VERB, unmanned
from lianxin.casework.models import Case
from lianxin.casework.permissions import Place, at_desk, needed
from lianxin.casework.words import step_words
from lianxin.engine.scope import Actor

STEP_VERBS = frozenset({"accept", "advance", "publicise", "dispatch", "deliver", "call-back", "received", "confirm"})


def why(found: Case, actor: Actor, here: Place, verbs: tuple[str, ...], at: dt.datetime) -> str:
    """One sentence, or blank where the step's verb is offered or nothing is to be done by a desk."""
    if not actor.office or found.sealed or found.office is None or found.state not in {states.OPEN, states.REVIEW}:
        return ""
    if not STEP_VERBS.isdisjoint(verbs):
        return ""
    if foureyes.agreed_already([found], actor):
        who = _others(found, here, without=foureyes.agreed(found))
        if who:
            return _("You agreed to this in the panel; somebody else approves it: %(who)s.") % {"who": who}
        return _("You agreed to this in the panel; somebody else must approve it, and there is nobody yet: "
                 "the security administrator opens an account for a second approver.")  # fmt: skip
    if here.subject and at_desk(actor, here):
        who = _others(found, here, without={actor.account or 0})
        return _("This is your own matter or your household's; a colleague does it: %(who)s.") % {"who": who or "—"}
    if unmanned(actor.scope, at, found.pk):
        return _("Nobody here may do this step (%(step)s) yet: the security administrator opens an account for it, "
                 "then it goes there by itself.") % {"step": step_words(found.step_name)}  # fmt: skip
    if found.level in {"subject"} or not found.step_name:
        return ""
    who = _others(found, here, without={actor.account or 0})
    named = f"{found.office.name}（{who}）" if who else found.office.name
    return _("This step (%(step)s) is done by %(office)s.") % {"step": step_words(found.step_name), "office": named}


def _others(found: Case, here: Place, *, without: Collection[int]) -> str:
    """Names of those who may do the step: of the office, else of one above it."""
    wanted = needed(VERB.get(found.step_name, "advance"), here)
    return "、".join(whomay.named(wanted, here.office_area, office=found.office_id, without=without))
