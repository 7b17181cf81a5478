"""Ratings: what people thought of it and what they said, by service, office and score."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.casework import queries
from lianxin.catalogue import queries as catalogue
from lianxin.console import lists, shown, words
from lianxin.engine import clock
from lianxin.engine.asked import number_of

SCORES = (("5", _("very good")), ("4", _("good")), ("3", _("fair")), ("2", _("poor")), ("1", _("bad")))
TONES = {5: "pine", 4: "pine", 3: "", 2: "amber", 1: "amber"}


def _listing(found: dict[str, Any], request: Request) -> lists.Listing:
    scores = dict(SCORES)
    services = [(code, words.said(one.service.name))
                for code, one in catalogue.visible(request.actor.scope, clock.today()).items()]  # fmt: skip
    return lists.Listing(
        "ratings", _("Ratings"),
        (
            lists.Column("at", _("When"), "moment"),
            lists.Column("score", _("Rating"), value=lambda row: str(scores[str(row.score)]),
                         tone=lambda row: TONES[row.score] or "sky"),
            lists.Column("words", _("What they said")),
            lists.Column("service_name", _("Service"), value=lambda row: words.said(row.service_name)),
            lists.Column("office", _("Office"), value=lambda row: words.said(row.office) if row.office else ""),
            lists.Column("who", _("Whom"), head=True, href=lambda row: reverse("console:case", args=[row.case])),
            lists.Column("area", _("Residence"), "area"),
            lists.Column("number", _("Number")),
        ),
        (
            lists.Filter("score", _("Rating"), SCORES, counts=found["scores"]),
            lists.Filter("service", _("Service"), services, kind="select"),
            lists.Filter("office", _("Office"), found["offices"], kind="select"),
        ),
        words=found["words"], empty=_("No rating yet"),
        empty_words=_("After a delivery the family is asked how it was; what they say stands here."),
        export="people.export", form_title=_("Ratings"),
    )  # fmt: skip


@page("case.view")
def ratings(request: Request) -> HttpResponse:
    """Every rating within one's area; the mean of the newest thousand stands above."""
    actor, at = request.actor, clock.now()

    def asked(service: str, office: str, score: str, after: str, limit: int) -> Any:
        return queries.ratings(actor.scope, at=at, service=service, office=office, score=score, after=after, limit=limit,
                               masked=shown.masked_for(actor))  # fmt: skip

    narrowed = {name: request.GET.get(name, "") for name in ("service", "office")}
    office = narrowed["office"] if number_of(narrowed["office"]) is not None else ""
    whole = asked(narrowed["service"], office, "", "", 1)
    said = say("%(mean).1f of 5, over the newest %(n)s") % {"mean": whole.mean, "n": sum(whole.scores.values())} \
        if whole.mean is not None else ""  # fmt: skip
    found = {"scores": whole.scores, "words": said,
             "offices": [(str(pk), words.said(name)) for pk, name in whole.offices]}  # fmt: skip

    def fetch(one: lists.Asked) -> lists.Page:
        made: lists.Page = asked(one.get("service"), one.get("office"), one.get("score"), one.after, one.limit)
        return made

    return lists.show(request, _listing(found, request), fetch)


urls: list[URLPattern] = [path("ratings/", ratings, name="ratings")]
