"""The board of the line: what runs, due first, who has it; filtered, exported, printed like any list."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.casework import queries
from lianxin.console import asks, line, lists, words
from lianxin.engine import clock


def _listing(request: Request) -> lists.Listing:
    kinds = [(one.code.split(":")[1], one.name) for one in line.kinds(request)]
    counts = queries.board_counts(request.actor.scope, at=clock.now())
    return lists.Listing(
        "board", _("What runs"),
        (
            lists.Column("due_at", _("Due"), "due", value=lambda one: one.row.due_at),
            lists.Column("kind", _("What it is"), head=True, href=lambda one: reverse("console:case", args=[one.id]),
                         small=lambda one: one.words[:60]),
            lists.Column("who", _("Household"), small=lambda one: one.address),
            lists.Column("has", _("Who has it"), small=lambda one: one.phone, whole=True),
            lists.Column("how", _("How it stands"), tone=lambda one: one.tone, small=lambda one: one.still),
            lists.Column("channel", _("How it came"), small=lambda one: one.reference, whole=True),
            lists.Column("opened_at", _("Since"), "since", value=lambda one: one.row.opened_at),
            lists.Column("number", _("Number"), value=lambda one: one.row.number),
        ),
        (
            lists.Filter("holds", _("Who has it"), (("desk", _("nobody yet")), ("helper", _("a helper")),
                                                    ("confirm", _("waits for a word"))), counts=counts),
            lists.Filter("light", _("Due"), (("red", _("over")), ("amber", _("soon due")))),
            lists.Filter("mine", _("Whose"), (("yes", _("mine")),)),
            lists.Filter("kind", _("What it is"), kinds, kind="select"),
            lists.Filter("channel", _("How it came"), tuple(words.CHANNELS.items()), kind="select"),
            lists.Filter("reference", _("Its number there (12345, a form)"), kind="text"),
        ),
        words=_("Every ask of the area that is not finished, the shortest clock first."), empty=_("Nothing is running"),
        empty_words=_("What you send from the desk appears here with its clock."), export="people.search",
        form_title=_("Asks in hand"),
    )  # fmt: skip


@page("case.dispatch")
def board(request: Request) -> HttpResponse:
    """Every ask that runs, due first."""
    actor, at = request.actor, clock.now()

    def fetch(asked: lists.Asked) -> lists.Page:
        wanted = queries.Asked(
            kind=asked.get("kind"), light=asked.get("light"), channel=asked.get("channel"), holds=asked.get("holds"),
            account=actor.account if asked.get("mine") else None, reference=asked.get("reference"),
        )  # fmt: skip
        found = queries.board(actor.scope, wanted, at=at, after=asked.after, limit=asked.limit)
        return lists.Rows(asks.shown(actor, found.rows), found.next)

    return lists.show(request, _listing(request), fetch)


urls: list[URLPattern] = [path("desk/board/", board, name="board")]
