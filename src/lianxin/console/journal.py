"""The journal for the auditor: who did what, who looked at whom, and whether the chain holds."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.catalogue import queries as catalogue
from lianxin.console import background, lists, words
from lianxin.engine import clock
from lianxin.engine.scope import Scope
from lianxin.journal import actions, queries

VERIFY = "journal-verify"


def _how_many(entry: Any) -> str:
    return " · ".join(f"{said['table'].split('.')[-1]} {said['count']}" for said in entry.rows)


ENTRIES = lists.Listing(
    "journal", _("Journal"),
    (
        lists.Column("at", _("When"), "moment"),
        lists.Column("by_name", _("Who"), head=True),
        lists.Column("action", _("What"), value=lambda entry: words.deed(entry.action)),
        lists.Column("purpose", _("Why")),
        lists.Column("person", _("Person"), value=lambda entry: entry.person or ""),
        lists.Column("case", _("Case"), value=lambda entry: entry.case or ""),
        lists.Column("area", _("Area"), "area"),
        lists.Column("rows", _("Rows"), value=_how_many),
        lists.Column("link", _("Link"), "number"),
    ),
    (
        lists.Filter("action", _("What"), words.DEEDS_ASKED),
        lists.Filter("by", _("Who"), kind="text"),
        lists.Filter("person", _("Person"), kind="text"),
        lists.Filter("case", _("Case"), kind="text"),
        lists.Filter("since", _("From"), kind="day"),
        lists.Filter("until", _("To"), kind="day"),
    ),
    words=_("Every action leaves one entry; each entry carries the mark of the one before it."),
    empty=_("No entry yet"), template="console/journal/entries.html",
)  # fmt: skip


def hidden(scope: Scope) -> list[str]:
    """The sealed services on whose list the scope does not stand: their entries do not exist for it."""
    found = catalogue.in_force(clock.today())
    return [code for code, one in found.items() if one.service.sealed and code not in scope.sealed]


@page("journal.view")
def entries(request: Request) -> HttpResponse:
    """Entries inside one's own area."""
    scope = request.actor.scope

    def fetch(asked: lists.Asked) -> lists.Page:
        return queries.entries(
            scope, asked=asked.filters, hidden=hidden(scope), after=asked.after, limit=asked.limit
        )  # fmt: skip

    return lists.show(
        request, ENTRIES, fetch, length=queries.length(), fingerprint=queries.fingerprint(),
        checked=background.latest(VERIFY),
    )  # fmt: skip


@page("journal.view")
@require_POST
def verify(request: Request) -> HttpResponse:
    """Have the whole chain walked in the background; the page shows what was found."""
    background.start("lianxin.journal.queries.verify", VERIFY)
    actions.note(action="journal.verify", by=request.actor, at=clock.now())
    return redirect("console:journal")


urls: list[URLPattern] = [
    path("journal/", entries, name="journal"),
    path("journal/verify/", verify, name="journal-verify"),
]
