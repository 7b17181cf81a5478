"""Lines: what is due and why some wait, what came back, every line; and the books over all of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.queries import children
from lianxin.console import lists, moneywords, words
from lianxin.console.acting import attempt
from lianxin.console.payments import services
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.journal import actions as journal
from lianxin.payments import actions, queries

COLUMNS = (
    lists.Column("name", _("Name"), head=True),
    lists.Column("file_number", _("File number")),
    lists.Column("area", _("Area"), "area"),
    lists.Column("period", _("Period"), value=lambda row: moneywords.period(row.period)),
    lists.Column("amount", _("Yuan"), "money"),
)


def _after(asked: lists.Asked) -> int | None:
    return number_of(asked.after)


@page("batch.view")
def lines(request: Request) -> HttpResponse:
    """Every line of one's area, newest first."""
    names = queries.names(queries.services())
    listing = lists.Listing(
        "lines", _("Entitlement lines"),
        (
            *COLUMNS,
            lists.Column("service", _("Service"), value=lambda row: moneywords.service(names, row.service)),
            lists.Column("state", _("State"), value=lambda row: words.of(moneywords.LINE, row.state),
                         tone=lambda row: moneywords.LINE_TONES[row.state],
                         small=lambda row: moneywords.returned(row.fault) if row.state == "suspense" else ""),
            lists.Column("batch_number", _("Batch"),
                         href=lambda row: reverse("console:batch", args=[row.batch]) if row.batch else ""),
        ),
        (lists.Filter("state", _("State"), tuple(moneywords.LINE.items())),
         lists.Filter("service", _("Service"), services(), kind="select")),
        words=_("One line for each decision and period; it is paid once."), export="batch.view",
        empty=_("No line yet"), empty_words=_("Lines come from decisions that reached their payment step."),
        template="console/payments/lines.html",
    )  # fmt: skip

    def fetch(asked: lists.Asked) -> lists.Page:
        states = [asked.get("state")] if asked.get("state") else []
        rows = queries.lines(request.actor.scope, states=states, service=asked.get("service"), after=_after(asked),
                             limit=asked.limit)  # fmt: skip
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, listing, fetch)


@page("batch.view")
def due(request: Request) -> HttpResponse:
    """What is due of each service: ready for the bank, or waiting and why; the maker gathers it from here."""
    scope = request.actor.scope
    area = request.GET.get("area", "")
    area = area if scope.covers(area) else ""
    names = queries.names(queries.services())
    cards = [
        {
            "due": one, "name": moneywords.service(names, one.service),
            "waiting": [(moneywords.blocked(code), moneywords.way_out(code), n, code) for code, n in
                        sorted(one.waiting.items(), key=lambda item: -item[1])],
        }
        for one in queries.due(scope, clock.today(), area=area)
    ]  # fmt: skip
    home = scope.areas[0] if scope.areas else ""
    given = {"cards": cards, "area": area, "home": home, "areas": children(scope, home),
             "may_make": request.actor.may("batch.make")}  # fmt: skip
    return render(request, "console/payments/due.html", given)


@page("batch.make")
@require_POST
def make(request: Request) -> HttpResponse:
    """Gather a batch."""
    try:
        made = actions.make_batch(service=request.POST.get("service", ""), area=request.POST.get("area", ""),
                                  by=request.actor, at=clock.now())  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("console:due")
    waiting = sum(made.waiting.values())
    said = ngettext("%(n)d line gathered.", "%(n)d lines gathered.", made.count) % {"n": made.count}
    if waiting:
        said += gettext(" %(n)d wait, each with its reason.") % {"n": waiting}
    messages.success(request, said)
    return redirect("console:batch", batch=made.id)


@page("batch.view")
def waiting(request: Request, service: str) -> HttpResponse:
    """Due lines of a service that cannot be paid today, why, and the way out."""
    names = queries.names([service])
    if service not in names:
        raise Http404
    listing = lists.Listing(
        "waiting", gettext("Waiting: %s") % moneywords.service(names, service),
        (
            lists.Column("name", _("Name"), head=True, value=lambda row: row[0].name),
            lists.Column("file_number", _("File number"), value=lambda row: row[0].file_number),
            lists.Column("area", _("Area"), "area", value=lambda row: row[0].area),
            lists.Column("period", _("Period"), value=lambda row: moneywords.period(row[0].period)),
            lists.Column("amount", _("Yuan"), "money", value=lambda row: row[0].amount),
            lists.Column("why", _("Why it waits"), value=lambda row: moneywords.blocked(row[1]),
                         small=lambda row: moneywords.way_out(row[1])),
        ),
        export="batch.view", empty=_("Nothing waits"),
        empty_words=_("Everything due of this service can go to the bank."),
        template="console/payments/waiting.html",
    )  # fmt: skip

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = queries.waiting(request.actor.scope, clock.today(), service=service, after=_after(asked) or 0,
                               limit=asked.limit)  # fmt: skip
        return lists.Rows(rows, str(rows[-1][0].id) if len(rows) == asked.limit else "")

    return lists.show(request, listing, fetch, service=service)


@page("batch.view")
def returned(request: Request) -> HttpResponse:
    """What the bank sent back: why, what still stands against paying it again, and the button that does so."""
    scope = request.actor.scope
    after = request.GET.get("after", "")
    rows = queries.lines(scope, states=["suspense"], after=number_of(after))
    stands = queries.repayable(scope, clock.today(), rows)
    names = queries.names(queries.services())
    over, file = queries.stations(rows), request.actor.may("people.view")
    given = {
        "rows": [
            {"row": row, "service": moneywords.service(names, row.service), "why": moneywords.returned(row.fault),
             "out": moneywords.way_out(row.fault), "against": moneywords.blocked(stands[row.id]),
             "way": moneywords.way_out(stands[row.id]), "by_bank": row.fault in actions.BY_BANK,
             "period": moneywords.period(row.period), "station": _station(over, row.area),
             "file": reverse("console:person", args=[row.person]) if file and row.person else ""}
            for row in rows
        ],
        "next": rows[-1].id if len(rows) == queries.PAGE else "", "may": request.actor.may("batch.make"),
    }  # fmt: skip
    return render(request, "console/payments/returned.html", given)


def _station(over: dict[str, tuple[str, str, str]], area: str) -> str:
    """The office that keeps the payee's file, with its phone."""
    zh, en, phone = over.get(area, ("", "", ""))
    name = zh if (get_language() or "zh").startswith("zh") else en
    return f"{name} {phone}".strip()


@page("batch.make")
@require_POST
def repay(request: Request) -> HttpResponse:
    """Returned lines become due again where the account was mended."""
    ids = [one for one in map(number_of, request.POST.getlist("line")) if one is not None]
    words_ = request.POST.get("words", "").strip()[:200]
    done = actions.repay(lines=ids, words=words_, by=request.actor, at=clock.now())
    if done.again:
        said = ngettext("%(n)d line is due again.", "%(n)d lines are due again.", len(done.again))
        messages.success(request, said % {"n": len(done.again)})
    for code in sorted(set(done.waiting.values())):
        messages.warning(request, f"{moneywords.blocked(code)} {moneywords.way_out(code)}")
    return redirect("console:returned")


@page("batch.check")
@require_POST
def settle(request: Request, service: str) -> HttpResponse:
    """A checker says of a waiting line that it is no duplicate, or that it is not owed."""
    by, at = request.actor, clock.now()
    line, reason = request.POST.get("line", ""), request.POST.get("reason", "")[:200]
    if number_of(line) is None:
        raise Http404
    if request.POST.get("what") == "cancel":
        attempt(request, lambda: actions.cancel_lines(lines=[int(line)], reason=reason, by=by, at=at),
                _("Cancelled; the books have taken it back."))  # fmt: skip
    else:
        attempt(request, lambda: actions.clear_duplicate(line=int(line), reason=reason, by=by, at=at),
                _("Cleared; it goes with the next batch."))  # fmt: skip
    return redirect("console:waiting", service=service)


def _books() -> lists.Listing:
    return lists.Listing(
        "books", _("Books"),
        (
            lists.Column("id", _("No."), "number"),
            lists.Column("on", _("Day"), "day"),
            lists.Column("how", _("What"), head=True, value=lambda row: words.of(moneywords.MOVES, row.how)),
            lists.Column("amount", _("Yuan"), "money"),
            lists.Column("lines", _("Lines"), "number"),
            lists.Column("number", _("Batch"),
                         href=lambda row: reverse("console:batch", args=[row.batch]) if row.batch else ""),
        ),
        words=_("Every fen stands in one place: owed, on its way, paid, or come back."), export="ledger.view",
        empty=_("Nothing was posted yet"), template="console/payments/books.html",
    )  # fmt: skip


@page("ledger.view")
def books(request: Request) -> HttpResponse:
    """Accounts with their balances, transactions below."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = queries.transactions(request.actor.scope, after=_after(asked), limit=asked.limit)
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    names = queries.names(queries.services())
    accounts: list[tuple[str, Any]] = [
        (moneywords.account(one.account, names), one) for one in queries.books(request.actor.scope)
    ]
    return lists.show(request, _books(), fetch, accounts=accounts, whole=queries.whole(request.actor.scope))


@page("ledger.view")
@require_POST
def prove(request: Request) -> HttpResponse:
    """Walk the books now and say what was found, or hand them over as an hledger journal."""
    if not queries.whole(request.actor.scope):
        raise Http404
    if request.POST.get("what") == "export":
        journal.note(action="payments.export-books", by=request.actor, at=clock.now())
        response = HttpResponse(queries.hledger_export(), content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="books.journal"'
        return response
    found = queries.verify_books()
    if found.broken:
        messages.error(request, gettext("The books do not hold: %s") % found.broken)
    else:
        said = gettext("The books hold: %(t)d transactions, %(l)d lines.")
        messages.success(request, said % {"t": found.transactions, "l": found.lines})
    return redirect("console:books")


urls: list[URLPattern] = [
    path("payments/due/", due, name="due"),
    path("payments/make/", make, name="batch-make"),
    path("payments/due/<slug:service>/", waiting, name="waiting"),
    path("payments/due/<slug:service>/settle/", settle, name="settle"),
    path("payments/lines/", lines, name="lines"),
    path("payments/returned/", returned, name="returned"),
    path("payments/returned/repay/", repay, name="repay"),
    path("payments/books/", books, name="books"),
    path("payments/books/prove/", prove, name="books-prove"),
]
