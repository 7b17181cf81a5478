"""Who gives: volunteers and shops by what they can do, partners by their agreement and plaque."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.campaigns import queries as campaigns
from lianxin.console import lists
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.partners import queries as partners

KINDS = {"repair": _("repair"), "errand": _("run an errand"), "carry": _("carrying"), "accompany": _("company to hospital"),
         "children": _("minding children"), "other": _("something else")}  # fmt: skip


def _name(row: partners.Partner | campaigns.Offer) -> str:
    return row.name if get_language() == "zh-hans" else row.name_en


GIVERS = lists.Listing(
    "givers", _("Who can help"),
    (
        lists.Column("name", _("Name"), head=True, value=_name),
        lists.Column("kind", _("What"), value=lambda row: KINDS.get(row.kind, row.kind)),
        lists.Column("area", _("Serves"), "area"),
        lists.Column("hours", _("Hours"), value=lambda row: row.hours or gettext("always")),
        lists.Column("open_now", _("Now"), value=lambda row: gettext("open now") if row.open_now else gettext("closed now"),
                     tone=lambda row: "pine" if row.open_now else ""),
        lists.Column("load", _("In hand"), "number"),
        lists.Column("phone", _("Phone")),
    ),
    (lists.Filter("kind", _("What"), tuple(KINDS.items())),),
    words=_("Volunteer teams, shops and units that answer when a household asks."),
    empty=_("Nobody has offered yet"), export="case.dispatch",
)  # fmt: skip
PARTNERS = lists.Listing(
    "partners", _("Partners"),
    (
        lists.Column("name", _("Name"), head=True, value=_name),
        lists.Column("plaque", _("Plaque")),
        lists.Column("offer", _("What it offers")),
        lists.Column("area", _("Area"), "area"),
        lists.Column("phone", _("Phone")),
        lists.Column("since", _("Since"), "day"),
        lists.Column("until", _("Until"), "day"),
        lists.Column("state", _("State"), value=lambda row: gettext("in force") if row.in_force else gettext("ended"),
                     tone=lambda row: "gold" if row.in_force else ""),
    ),
    (lists.Filter("state", _("State"), (("open", _("in force")), ("ended", _("ended")))),
     lists.Filter("text", _("Name or plaque"), kind="text")),
    words=_("Shops, hospitals, lines and sites with an agreement; the plaque hangs while it is in force."),
    empty=_("No partner yet"), export="case.dispatch",
)  # fmt: skip


@page("case.dispatch")
def givers(request: Request) -> HttpResponse:
    """Offers of help in one's area."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = campaigns.offered(request.actor.scope, clock.now(), kind=asked.get("kind"), limit=asked.limit,
                                 after=number_of(asked.after) or 0)  # fmt: skip
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, GIVERS, fetch)


@page("case.dispatch")
def agreements(request: Request) -> HttpResponse:
    """Agreements of one's area."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = partners.agreements(request.actor.scope, clock.today(), state=asked.get("state"),
                                   text=asked.get("text"), limit=asked.limit,
                                   after=number_of(asked.after))  # fmt: skip
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, PARTNERS, fetch)


urls: list[URLPattern] = [
    path("givers/", givers, name="givers"),
    path("partners/", agreements, name="partners"),
]
