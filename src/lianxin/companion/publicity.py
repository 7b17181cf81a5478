"""Public notices (公示): what is on view, masked, and the form for whoever knows better."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianxin.access import queries as places
from lianxin.access import tries
from lianxin.access.adapter import address
from lianxin.access.gate import public
from lianxin.casework import actions
from lianxin.casework import queries as casework
from lianxin.companion.shell import in_language, sentence, show_public
from lianxin.engine import clock, money
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import over

LABELS = ("masked_name", "township", "county", "kind", "amount")
PAGE = 20
MOST, HOUR = 20, dt.timedelta(hours=1)  # objections from one address: a hall's phones share it, a script is stopped


@public
def notices(request: HttpRequest) -> HttpResponse:
    """What is on view today, of one county or of the whole city."""
    counties = places.children(over(settings.CITY), settings.CITY)
    chosen = request.GET.get("area", "")
    if chosen not in {county.code for county in counties}:
        chosen = ""
    after = request.GET.get("after", "")
    found = casework.publicities(
        chosen or settings.CITY, day=clock.today(), after=number_of(after) or 0, limit=PAGE + 1
    )
    context = {
        "areas": [(county.code, in_language((county.name, county.name_en or county.name))) for county in counties],
        "chosen": chosen, "rows": [_shown(one) for one in found[:PAGE]],
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
    }  # fmt: skip
    return show_public(request, "publicity", context)


@public
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what one knows, with or without a way to be reached."""
    one = casework.publicity(pk, day=clock.today())
    if one is None:
        raise Http404
    words, contact = request.POST.get("words", "").strip(), request.POST.get("contact", "").strip()[:60]
    error = ""
    if request.method == "POST":
        at = clock.now()
        try:
            if tries.count(f"objects-{address(request)}", at, HOUR) > MOST:
                raise Refusal(_("Many objections came from here within the hour. What you wrote is below; "
                                "send it again later, or tell the service station."))  # fmt: skip
            actions.object_to(publicity=pk, words=words, contact=contact, at=at)
        except Refusal as refusal:
            error = sentence(refusal)
        else:
            return redirect(request.path + "?sent=1")
    context = {"one": _shown(one), "words": words, "contact": contact, "error": error,
               "sent": request.GET.get("sent") == "1"}  # fmt: skip
    return show_public(request, "object", context, status=422 if error else 200)


def _shown(one: casework.PublicityShown) -> dict[str, Any]:
    """Exactly what may be shown, in the page's language."""
    labels = {"masked_name": _("Name"), "township": _("Township"), "county": pgettext("household", "County"), "kind": _("Kind"),
              "amount": _("Amount")}  # fmt: skip
    rows = []
    for code in LABELS:
        value: Any = one.shown.get(code)
        if value in (None, ""):
            continue
        if isinstance(value, dict):
            value = in_language((str(value.get("zh", "")), str(value.get("en") or value.get("zh", ""))))
        rows.append((labels[code], money.yuan(value) if code == "amount" else value))
    name = one.shown.get("service") or {}
    return {"id": one.id, "service": in_language((str(name.get("zh", one.service)), str(name.get("en", one.service)))),
            "until_on": one.until_on, "shown": rows}  # fmt: skip
