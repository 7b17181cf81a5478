"""Public notices that are up in one's own area, as everybody reads them; objections lie in the inbox."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.casework import queries
from lianxin.console import lists
from lianxin.engine import clock
from lianxin.engine.asked import number_of

NOTICES = lists.Listing(
    "publicity", _("Publicity and objections"),
    (
        lists.Column("who", _("As shown"), head=True),
        lists.Column("name", _("Service")),
        lists.Column("where", _("Where")),
        lists.Column("from_on", _("From"), "day"),
        lists.Column("until_on", _("Until"), "day"),
    ),
    words=_("This is exactly what the public page shows. A notice closes by itself; an objection comes into your inbox."),
    empty=_("Nothing is on public notice"), empty_words=_("Cases that reach this step appear here for their days."),
    form_title=_("Public notice"),
)  # fmt: skip


@page("case.publicise")
def publicity(request: Request) -> HttpResponse:
    """What is up today."""
    area = request.actor.scope.areas[0] if request.actor.scope.areas else ""

    def fetch(asked: lists.Asked) -> lists.Page:
        after = number_of(asked.after) or 0
        found = queries.publicities(area, day=clock.today(), after=after, limit=asked.limit + 1) if area else []
        more = str(found[asked.limit - 1].id) if len(found) > asked.limit else ""
        return lists.Rows(found[: asked.limit], more)

    return lists.show(request, NOTICES, fetch)


urls: list[URLPattern] = [path("publicity/", publicity, name="publicity")]
