"""My card: the ground on which it is issued, where the card itself is, and until when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianxin.access.gate import page
from lianxin.companion import mycards
from lianxin.companion.shell import mine, own, show
from lianxin.engine import clock, masking
from lianxin.outcomes import queries as outcomes
from lianxin.people import categories, held
from lianxin.people import queries as people

# What somebody is, as the household reads it: the ground on which a card is issued.
STANDINGS = {
    "veteran": "veteran", "serving": "serving in the forces", "bereaved": "family of the fallen",
    "disabled_soldier": "disabled in service", "combat": "served in combat", "nuclear_test": "took part in tests",
    "returned_sick": "came home ill", "enlisted_before_1954": "enlisted before November 1954",
    "accompanying": "family that moved with the unit", "military_family": "family of somebody who serves",
}  # fmt: skip
SHOWN = 50


@page("own.view")
def card(request: HttpRequest) -> HttpResponse:
    """The standing that the file holds, whether a card was delivered, and what to do where one is wanted."""
    actor, today = mine(request), clock.today()
    person = own(actor)
    grounds = [(_said(code), "") for code in categories.of([person], today).get(person, [])]
    known = {words for words, _through in grounds}
    for one in held.held([person], today):
        words = _said(one.code)
        if words not in known:
            known.add(words)
            grounds.append((words, _("through %(name)s") % {"name": masking.name(one.name)} if one.name else ""))
    file = people.person(actor.scope, person)
    rows = outcomes.of_person(actor.scope, person, None, limit=SHOWN)
    context = {
        "name": file.person.name if file else "", "file_number": file.person.file_number if file else "",
        "verified": file.verified if file else False, "grounds": grounds,
        "cards": [row for row in rows if row.kind == "card" and not row.reversed],
        **mycards.about(actor),
        "back": reverse("household"), "back_to": _("My household"),
    }  # fmt: skip
    return show(request, "card", context, tab="papers")


def _said(code: str) -> str:
    return pgettext("standing", STANDINGS[code]) if code in STANDINGS else pgettext("standing", "family")
