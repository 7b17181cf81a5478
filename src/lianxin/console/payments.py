"""Money: batches and the three hands they pass through, the bank's file, its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import whomay
from lianxin.access.actions import accounts_of, one_person
from lianxin.access.gate import Request, page
from lianxin.casework import sheets
from lianxin.console import lists, moneywords, papercodes, words
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock, money
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Scope
from lianxin.payments import actions, queries, replayed


def _named() -> dict[str, dict[str, str]]:
    return queries.names(queries.services())


def services() -> list[tuple[str, str]]:
    """Services that pay, for filters."""
    names = _named()
    return [(code, moneywords.service(names, code)) for code in sorted(names)]


def _listing(scope: Scope) -> lists.Listing:
    names, here = _named(), queries.batched(scope)
    return lists.Listing(
        "batches", _("Payment batches"),
        (
            lists.Column("number", _("Batch"), head=True, href=lambda row: reverse("console:batch", args=[row.pk])),
            lists.Column("service", _("Service"), value=lambda row: moneywords.service(names, row.service)),
            lists.Column("area", _("Area"), "area"),
            lists.Column("state", _("State"), value=lambda row: words.of(moneywords.BATCH, row.state),
                         tone=lambda row: moneywords.BATCH_TONES[row.state]),
            lists.Column("count", _("Lines"), "number"),
            lists.Column("total", _("Total, yuan"), "money"),
            lists.Column("made_at", _("Made"), "moment", small=lambda row: row.maker_name),
        ),
        (
            lists.Filter("state", _("State"), tuple(moneywords.BATCH.items())),
            lists.Filter("service", _("Service"), [one for one in services() if one[0] in here], kind="select"),
        ),
        words=_("Made, checked and approved by three different people; then it goes to the bank."),
        empty=_("No batch yet"), empty_words=_("A batch is made from what is due."),
        export="batch.view", template="console/payments/batches.html",
    )  # fmt: skip


@page("batch.view")
def batches(request: Request) -> HttpResponse:
    """Batches of one's area, newest first."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = queries.batches(
            request.actor.scope, state=asked.get("state"), service=asked.get("service"), limit=asked.limit,
            after=number_of(asked.after),
        )  # fmt: skip
        return lists.Rows(rows, str(rows[-1].pk) if len(rows) == asked.limit else "")

    waits = len(replayed.settlings(request.actor.scope, open_only=True))
    return lists.show(request, _listing(request.actor.scope), fetch, settlings=waits)


def _lines(number: str) -> lists.Listing:
    return lists.Listing(
        "batch", gettext("Batch %s") % number,
        (
            lists.Column("serial", _("Serial"), "number"),
            lists.Column("name", _("Name"), head=True),
            lists.Column("file_number", _("File number")),
            lists.Column("area", _("Area"), "area"),
            lists.Column("period", _("Period"), value=lambda row: moneywords.period(row.period)),
            lists.Column("amount", _("Yuan"), "money"),
            lists.Column("result", _("The bank says"), value=lambda row: words.of(moneywords.RESULTS, row.result),
                         small=lambda row: moneywords.returned(row.fault) if row.result == "returned" else ""),
        ),
        (lists.Filter("result", _("The bank says"), tuple(list(moneywords.RESULTS.items())[:3])),),
        export="batch.view", template="console/payments/batch.html",
    )  # fmt: skip


@page("batch.view")
def batch(request: Request, batch: int) -> HttpResponse:
    """One batch: its lines masked, its checks, who did what, and the one next act for whoever may do it."""
    view = queries.batch(request.actor.scope, batch, clock.today())
    if view is None:
        raise Http404

    def fetch(asked: lists.Asked) -> lists.Page:
        after = number_of(asked.after) or 0
        rows = queries.batch_lines(
            request.actor.scope, batch, after=after, limit=asked.limit, result=asked.get("result")
        )
        return lists.Rows(rows, str(rows[-1].serial) if len(rows) == asked.limit else "")

    found = view.batch
    return lists.show(
        request, _lines(found.number), fetch, view=view, batch=found, hands=_hands(found),
        purpose=moneywords.service({found.service: view.purpose}, found.service),
        state=words.of(moneywords.BATCH, found.state), tone=moneywords.BATCH_TONES[found.state],
        results=[(words.of(moneywords.RESULTS, code), *view.results[code]) for code in moneywords.RESULTS
                 if code in view.results],
        faults=[(row, moneywords.blocked(code), moneywords.way_out(code)) for row, code in view.faults],
        next_act=next_act(request, found), whose=whose(found), others=other_acts(request, found),
        photos=sheets.photos_of(request.actor, request.path, at=clock.now()),
    )  # fmt: skip


def _hands(found: Any) -> list[tuple[str, str, Any]]:
    """Who did what with a batch and when; what is still open has no name."""
    return [
        (gettext("made"), found.maker_name, found.made_at), (gettext("checked"), found.checker_name, found.checked_at),
        (gettext("approved"), found.approver_name, found.approved_at), (gettext("to the bank"), "", found.sent_at),
        (gettext("all answered"), "", found.settled_at),
    ]  # fmt: skip


NEXT = {
    "made": ("check", "batch.check"), "checked": ("approve", "batch.approve"), "approved": ("file", "batch.bank"),
    "sent": ("answer", "batch.bank"), "returned": ("resubmit", "batch.make"),
}  # fmt: skip
OTHERS = {
    "made": (("return", "batch.check"), ("cancel", "batch.make")),
    "checked": (("return", "batch.approve"), ("cancel", "batch.make")),
    "approved": (("cancel", "batch.approve"),),
    "returned": (("cancel", "batch.make"),),
    "sent": (("file", "batch.bank"),),
    "settled": (("file", "batch.bank"), ("answer", "batch.bank")),
}  # fmt: skip


def next_act(request: Request, found: Any) -> str:
    """The one primary act on this batch for this actor; ``other`` where another person must sign; blank: none."""
    act, permission = NEXT.get(found.state, ("", ""))
    if not act or not request.actor.may(permission):
        return ""
    return "other" if one_person(request.actor.account, signed(found)) else act


def signed(found: Any) -> set[int]:
    """Who has signed a batch and so does not sign the next act on it too."""
    hands = {"made": (found.maker,), "checked": (found.maker, found.checker)}.get(found.state, ())
    return {one for one in hands if one is not None}


def whose(found: Any) -> str:
    """Who may do the next act on a batch, by name; blank where nobody may yet."""
    _act, permission = NEXT.get(found.state, ("", ""))
    gone = {mine for one in signed(found) for mine in accounts_of(one)}
    return "、".join(whomay.named({permission}, found.area, without=gone)) if permission else ""


def other_acts(request: Request, found: Any) -> list[str]:
    """What else this actor may do with this batch."""
    return [act for act, permission in OTHERS.get(found.state, ()) if request.actor.may(permission)]


class Reason(forms.Form):
    """Why something is sent back, cancelled, taken out."""

    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


SIGNED: dict[str, tuple[Callable[..., Any], Any]] = {
    "check": (actions.check_batch, _("Checked. It waits for the approver.")),
    "approve": (actions.approve_batch, _("Approved. The bank's file can be written.")),
    "resubmit": (actions.resubmit_batch, _("Handed in again.")),
}
REASONED: dict[str, tuple[Callable[..., Any], Any]] = {
    "return": (actions.return_batch, _("Sent back to the maker.")),
    "cancel": (actions.cancel_batch, _("Cancelled; its lines are due again.")),
}


@page("batch.view", fresh=True)
@require_POST
def act(request: Request, batch: int, what: str) -> HttpResponse:
    """One act on a batch; who may is the action's to say."""
    by, at = request.actor, clock.now()
    if queries.batch(by.scope, batch, clock.today(), checks=False) is None:
        raise Http404
    reason = request.POST.get("reason", "")[:200]
    if what in SIGNED:
        done, said = SIGNED[what]
        attempt(request, lambda: done(batch=batch, by=by, at=at), said)
    elif what in REASONED:
        done, said = REASONED[what]
        attempt(request, lambda: done(batch=batch, reason=reason, by=by, at=at), said)
    elif what == "take-out":
        lines = [one for one in map(number_of, request.POST.getlist("line")) if one is not None]
        attempt(request, lambda: actions.take_out(batch=batch, lines=lines, reason=reason, by=by, at=at),
                _("Taken out; they are due again."))  # fmt: skip
    else:
        raise Http404
    return redirect("console:batch", batch=batch)


@page("batch.bank", fresh=True)
@require_POST
def bank_file(request: Request, batch: int) -> HttpResponse:
    """The bank's file; writing it the first time sends the batch. Full account numbers leave the house only here."""
    if queries.batch(request.actor.scope, batch, clock.today(), checks=False) is None:
        raise Http404
    try:
        file = actions.bank_file(batch=batch, form=request.POST.get("form", "xlsx"), by=request.actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("console:batch", batch=batch)
    response = HttpResponse(file.data, content_type=file.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie("taken", f"batch-{batch}", max_age=120, samesite="Strict", secure=request.is_secure())  # ui.js
    return response


class Upload(forms.Form):
    """The bank's return file and the bank's day."""

    file = forms.FileField(label=_("The file from the bank"), help_text=_("xlsx, xls or csv, as the bank gave it"))
    on = forms.DateField(label=_("The bank's day"), required=False, widget=DayInput(),
                         help_text=_("Today where it stays empty"))  # fmt: skip


@page("batch.bank")
def answer(request: Request, batch: int) -> HttpResponse:
    """Upload what the bank answered; a file that does not agree changes nothing and says which row."""
    view = queries.batch(request.actor.scope, batch, clock.today(), checks=False)
    if view is None:
        raise Http404
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            read = actions.read_return(
                batch=batch, data=file.read(), name=file.name, on=form.cleaned_data["on"], by=request.actor,
                at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
        else:
            messages.success(request, told(read))
            return redirect("console:batch", batch=batch)
    given = {"form": form, "batch": view.batch, "answers": view.answers}
    return render(request, "console/payments/answer.html", given, status=422 if form.errors else 200)


def told(read: actions.Read) -> str:
    """What a return file did, in one sentence."""
    if read.repeated:
        return gettext("This file was read before; nothing was changed.")
    said = gettext("%(n)d payments arrived (%(sum)s yuan), %(back)d came back.") % {
        "n": read.paid, "sum": money.yuan(read.paid_amount), "back": read.returned}  # fmt: skip
    return said + (gettext(" %(n)d have no answer yet.") % {"n": read.waiting} if read.waiting else "")


@page("batch.view")
def sheet(request: Request, batch: int) -> HttpResponse:
    """The batch on paper: what, how much in figures and numerals, by county, three signatures."""
    view = queries.batch(request.actor.scope, batch, clock.today())
    if view is None:
        raise Http404
    found = view.batch
    counties = queries.batch_counties(request.actor.scope, batch)
    given = {
        "batch": found, "purpose": moneywords.service({found.service: view.purpose}, found.service),
        "capital": money.capital(found.total), "counties": counties, "hands": _hands(found)[:3],
        "printed_at": clock.now(), "printed": papercodes.of_form(request, "bank", reverse("console:batch", args=[batch])),
    }  # fmt: skip
    return render(request, "console/payments/sheet.html", given)


urls: list[URLPattern] = [
    path("payments/", batches, name="batches"),
    path("payments/<int:batch>/", batch, name="batch"),
    path("payments/<int:batch>/do/<slug:what>/", act, name="batch-act"),
    path("payments/<int:batch>/file/", bank_file, name="batch-file"),
    path("payments/<int:batch>/answer/", answer, name="batch-answer"),
    path("payments/<int:batch>/sheet/", sheet, name="batch-sheet"),
]
