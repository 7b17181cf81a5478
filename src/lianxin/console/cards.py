"""Cards at the desk: where each stands, one by one and in lists; handed over, lost, suspended; printed to be signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.cards import actions, queries, states
from lianxin.console import cardwords, lists
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal

SHOWN = ("filed", "made", "received", "missing", "delivered", "active", "lost", "suspended")
NOTICES = ("suspend", "resume", "cancel", "leave")


def office(row: queries.Row) -> str:
    """Where a card lies, in the page's language."""
    return row.office if get_language() == "zh-hans" else row.office_en


def where(row: queries.Row) -> str:
    """Where a card lies, as its list shows it."""
    if row.box is None:
        return ""
    return gettext("on its way to %(office)s") % {"office": office(row)} if row.state == states.MADE else office(row)


def _listing(scope: Any) -> lists.Listing:
    counts = queries.totals(scope)
    return lists.Listing(
        "cards",
        _("Preferential cards"),
        (
            lists.Column("name", _("Name"), head=True, href=lambda row: reverse("console:card", args=[row.id])),
            lists.Column("file_number", _("File number"), whole=True),
            lists.Column("kind", _("Kind"), value=lambda row: cardwords.said(cardwords.KINDS, row.kind)),
            lists.Column(
                "state",
                _("State"),
                value=lambda row: cardwords.said(cardwords.STATES, row.state),
                tone=lambda row: cardwords.TONES.get(row.state, ""),
            ),
            lists.Column("since", pgettext_lazy("preferential card", "Since"), "day"),
            lists.Column("due_on", _("Until"), "day"),
            lists.Column("where", _("Where it lies"), value=where, small=lambda row: row.box_number),
            lists.Column("area", _("Area"), "area"),
            lists.Column(
                "home",
                _("Handing over"),
                value=lambda row: gettext("bring it home") if row.to_home and not row.over else "",
            ),
        ),
        (
            lists.Filter(
                "state",
                _("State"),
                (*((code, cardwords.STATES[code]) for code in SHOWN), ("back", _("to go back"))),
                counts=counts,
            ),
            lists.Filter("kind", _("Kind"), tuple(cardwords.KINDS.items()), kind="select"),
            lists.Filter("late", _("Due"), (("yes", _("past their day")),), kind="select"),
            lists.Filter("text", _("Whole name or file number"), kind="text"),
            lists.Filter("box", _("Box"), kind="text"),
        ),
        words=_("From the filing with the province to the holder's hand: where each card is, and until when."),
        empty=_("No card here yet"),
        empty_words=_("Cards come to be when approved applications are filed with the province."),
        export="card.keep",
        template="console/cards/cards.html",
        form_title=_("Handing over of preferential cards"),
    )


@page("card.view")
def cards(request: Request) -> HttpResponse:
    """Cards of one's area; the printed form has a column to sign in."""
    scope, today = request.actor.scope, clock.today()

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = queries.cards(
            scope,
            state=asked.get("state"),
            kind=asked.get("kind"),
            text=asked.get("text"),
            box=number_of(asked.get("box")),
            late=today if asked.get("late") else None,
            after=number_of(asked.after),
            limit=asked.limit,
        )
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, _listing(scope), fetch)


@page("card.view")
@require_POST
def find(request: Request) -> HttpResponse:
    """A card that somebody holds in hand, by its number: sent, never in an address."""
    found = queries.numbered(request.actor.scope, request.POST.get("number", "")[:40])
    if found is None:

        def nobody() -> None:
            raise Refusal(gettext("No card of your area has this number."))

        attempt(request, nobody)
        return redirect("console:cards")
    return redirect("console:card", card=found)


def _one(request: Request, card: int) -> queries.View:
    found = queries.card(request.actor.scope, card)
    if found is None:
        raise Http404
    return found


@page("card.view")
def card(request: Request, card: int) -> HttpResponse:
    """One card: where it is, until when, what happened to it, what can be done."""
    one = _one(request, card)
    lists.know_codes(request, [one.row.area])
    given = {
        "one": one,
        "state": cardwords.said(cardwords.STATES, one.row.state),
        "tone": cardwords.TONES.get(one.row.state, ""),
        "kind": cardwords.said(cardwords.KINDS, one.row.kind),
        "where": where(one.row),
        "signers": cardwords.SIGNERS.items(),
        "steps": [
            (
                step,
                cardwords.said(cardwords.VERBS, step.verb),
                cardwords.said(cardwords.SIGNERS, step.signer) if step.signer else "",
            )
            for step in reversed(one.steps)
        ],
        "may": _may(request, one),
        "notices": [(code, cardwords.VERBS[code]) for code in NOTICES],
    }
    return render(request, "console/cards/card.html", given)


def _may(request: Request, one: queries.View) -> set[str]:
    """What this actor can do with a card as it stands."""
    held = {"activated": one.activated_on is not None, "lost": one.lost_on is not None}
    able = {verb for verb in states.LIFE if states.leads(verb, one.row.state, **held) is not None}
    found = able & {"hand", "activate", "lose", "recover"} if request.actor.may("card.keep") else set()
    if request.actor.may("card.keep") and one.row.over and one.row.box:
        found.add("destroy")
    if request.actor.may("card.file"):
        found |= able & {"turn-down", "make-again", *NOTICES}
    if "lose" in found and one.lost_on is not None:
        found.discard("lose")
    return found


@page("card.keep")
@require_POST
def act(request: Request, card: int, what: str) -> HttpResponse:
    """One deed on one card."""
    one, by, at = _one(request, card), request.actor, clock.now()
    asked, words = request.POST, request.POST.get("words", "")[:200]
    lock = number_of(asked.get("lock", ""))
    deeds: dict[str, Callable[[], object]] = {
        "hand": lambda: actions.hand(
            cards=card,
            signer=asked.get("signer", "")[:10],
            at_home=bool(asked.get("home")),
            expected=lock,
            by=by,
            at=at,
        ),
        "activate": lambda: actions.activate(cards=card, by=by, at=at),
        "lose": lambda: actions.lose(card=card, words=words, by=by, at=at),
        "recover": lambda: actions.recover(card=card, by=by, at=at),
        "destroy": lambda: actions.destroy(cards=[card], reason=words, by=by, at=at),
    }
    if by.may("card.file"):
        deeds |= {
            "turn-down": lambda: actions.turn_down(cards=[card], reason=words, by=by, at=at),
            "make-again": lambda: actions.make_again(cards=[card], reason=words, by=by, at=at),
            "notice": lambda: actions.notice(cards=[card], verb=asked.get("verb", "")[:10], paper=words, by=by, at=at),
        }
    if what not in deeds:
        raise Http404
    done = {
        "hand": _("Handed over; it counts in the register."),
        "lose": _("Noted as lost: nobody can use it any more."),
    }
    attempt(request, deeds[what], done.get(what, _("Done.")))
    return redirect("console:card", card=one.row.id)


urls: list[URLPattern] = [
    path("cards/", cards, name="cards"),
    path("cards/find/", find, name="card-find"),
    path("cards/<int:card>/", card, name="card"),
    path("cards/<int:card>/do/<slug:what>/", act, name="card-do"),
]
