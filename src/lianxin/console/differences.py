"""Why a published number is another one today: as published, counted again as known then, as known today, and the rows."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.access.permissions import Refused
from lianxin.console import figurewords as say
from lianxin.console import lists, words
from lianxin.engine.asked import number_of
from lianxin.insight import differences, printing, queries, wording
from lianxin.insight.differences import Changed, Difference

WHYS: dict[str, str | Promise] = {
    "late": _("came late"), "reversed": _("was reversed"), "arrived": _("came from another area"),
    "left": _("went to another area"), "merged": _("files were merged"), "definition": _("the definition changed"),
}  # fmt: skip
_TONES = {"late": "pine", "arrived": "pine", "reversed": "amber", "left": "amber"}


def _number(found: Difference, value: int | None) -> str:
    return wording.exact(found.definition, value, say.language())


def _adds(found: Difference, value: int) -> str:
    return f"+{_number(found, value)}" if value > 0 else _number(found, value) if value else ""


def _listing(found: Difference) -> lists.Listing:
    said = say.Rows()

    return lists.Listing(
        f"difference-{found.definition.code}", found.definition.name[say.language()],
        (
            lists.Column("why", _("Why"), head=True, value=lambda one: words.of(WHYS, one.why),
                         tone=lambda one: _TONES.get(one.why, "")),
            lists.Column("adds", _("What it adds"), value=lambda one: _adds(found, one.adds)),
            lists.Column("since", _("Known since"), "moment"),
            lists.Column("happened_on", _("Day"), "day", value=lambda one: one.row.happened_on),
            lists.Column("who", _("Who"), value=lambda one: one.row.who, href=_file),
            lists.Column("area", _("Area"), "area", value=lambda one: one.row.area),
            lists.Column("service", _("Service"), value=lambda one: said.service(one.row)),
            lists.Column("quantity", _("Quantity"), "number", value=lambda one: one.row.quantity),
            lists.Column("amount", _("Amount"), "money", value=lambda one: one.row.amount),
            lists.Column("source", _("Source"), screen_only=True, value=lambda one: one.row.source),
        ),
        (lists.Filter("why", _("Why"), tuple(WHYS.items()), counts={why: rows for why, rows, _adds in found.counts}),),
        words=_("Each row that is counted otherwise today than when the review was published."),
        empty=_("No row is counted otherwise today"), export="figures.rows", template="console/insight/difference.html",
    )  # fmt: skip


def _file(one: Changed) -> str:
    return reverse("console:person", args=[one.row.person]) if one.row.person is not None else ""


@page("figures.rows")
def difference(request: Request, pk: int, code: str) -> HttpResponse:
    """One published number and what lies between it and today's."""
    publication = queries.publication(pk)
    if publication is None:
        raise Http404
    found = differences.of(publication, code, request.actor.scope)
    if found is None:
        raise Refused(code)
    lists.know_codes(request, [publication.area])

    def fetch(asked: lists.Asked) -> lists.Page:
        made, more = differences.page(found, why=asked.get("why"), after=number_of(asked.after) or 0, limit=asked.limit)
        return lists.Rows(made, str(more) if more else "")

    given: dict[str, Any] = {
        "one": publication, "days": printing.days(found.window, say.language()),
        "published": _number(found, found.published), "then": _number(found, found.then), "now": _number(found, found.now),
        "holds": found.then == found.published, "redefined": found.redefined,
        "reasons": [(words.of(WHYS, why), rows, _adds(found, adds)) for why, rows, adds in found.counts],
    }  # fmt: skip
    return lists.show(request, _listing(found), fetch, **given)


urls: list[URLPattern] = [
    path("review/published/<int:pk>/difference/<slug:code>/", difference, name="published-difference"),
]
