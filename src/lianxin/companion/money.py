"""Money: where each payment is, and the account it goes to."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianxin.access.gate import page
from lianxin.companion import said
from lianxin.companion.shell import Relative, in_language, mine, own, relatives, sentence, show
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.payments import objections
from lianxin.payments import queries as payments
from lianxin.payments.faults import RETURNED
from lianxin.people import filing
from lianxin.people import queries as people


def lines_of(actor: Actor, rows: list[payments.LineRow]) -> list[dict[str, Any]]:
    """Payment lines as their payee reads them: where each is, and for a returned one why and what to do."""
    names = payments.names(sorted({row.service for row in rows}))
    return [
        {
            "name": in_language((names.get(row.service, {}).get("zh", ""), names.get(row.service, {}).get("en", ""))),
            "period": _period(row.period), "amount": row.amount, "said": said.line(row.state),
            "tone": said.tone(row.state), "person": row.person, "trouble": _trouble(row, actor),
        }
        for row in rows
    ]  # fmt: skip


def _trouble(row: payments.LineRow, actor: Actor) -> str:
    if row.state != "suspense":
        return ""
    why = str(RETURNED.get(row.fault, RETURNED["other"])[0])
    if row.person != actor.person:
        return _("The bank sent it back: %(why)s Please ask the desk.") % {"why": why}
    return _("The bank sent it back: %(why)s Check the account; the same payment is then made again.") % {"why": why}


def _period(period: str) -> str:
    """2026-11, 2026Q4, 2026 or a day, as people say them."""
    year, _mark, rest = period.partition("-")
    if period == "once":
        return ""
    if "Q" in period:
        return pgettext("household", "quarter %(n)s of %(year)s") % {"year": period[:4], "n": period[-1]}
    if rest.isdigit():
        return pgettext("household", "for %(year)s-%(month)s") % {"year": year, "month": rest}
    return period


@page("own.view")
def money(request: HttpRequest) -> HttpResponse:
    """What is on its way, what has arrived, what came back and why."""
    actor = mine(request)
    rows = [row for one in _whom(actor) for row in payments.lines(actor.scope, person=one.id)]
    accounts = []
    for one in _whom(actor):
        file = people.person(actor.scope, one.id)
        for account in file.accounts if file else []:
            accounts.append({"bank": account.bank, "number": account.masked, "whose": one.name, "note": _note(account)})
    given = {"lines": lines_of(actor, rows), "accounts": accounts, "asked": _asked(actor)}
    return show(request, "money", given, tab="household")


def _asked(actor: Actor) -> list[dict[str, Any]]:
    """What is asked back of oneself and of those one acts for in everything."""
    whom = {one.id: one.name for one in _whom(actor)}
    found = objections.asked_of(list(whom))
    names = payments.names(sorted({one.service for one in found}))
    return [
        {
            "one": one, "whose": whom[one.person],
            "name": in_language((names.get(one.service, {}).get("zh", ""), names.get(one.service, {}).get("en", ""))),
            "periods": [_period(period) for period in one.periods],
        }
        for one in found
    ]  # fmt: skip


@page("own.ask")
def object_to(request: HttpRequest, service: str) -> HttpResponse:
    """Say that what is asked back is wrong: it becomes a case, and nothing is asked for until it is decided."""
    actor = mine(request)
    person = number_of(request.GET.get("for", "")) or own(actor)
    every = [one for one in _asked(actor) if (one["one"].person, one["one"].service) == (person, service)]
    asked = next((one for one in every if one["one"].waits is None), every[0] if every else None)
    if asked is None:
        raise Http404
    words, error = request.POST.get("words", "")[:2000], ""
    if request.method == "POST":
        try:
            made = objections.object_to(person=person, service=service, words=words, by=actor, at=clock.now())
        except Refusal as refusal:
            error = sentence(refusal)
        else:
            messages.success(request, _("Nothing is asked back until somebody has looked and told you."))
            return redirect(f"{reverse('case', args=[made.pk])}?sent=back-{service}")
    context = {
        **asked,
        "words": words,
        "error": error,
        "back": reverse("money"),
        "back_to": pgettext("household", "Money"),
    }
    return show(request, "objection", context, tab="household", status=422 if error else 200)


def _whom(actor: Actor) -> list[Relative]:
    return [Relative(own(actor), ""), *relatives(actor, whole=True)]


def _note(account: people.Account) -> str:
    if not account.verified:
        return _("new: somebody at the desk compares it first")
    if account.usable_from and account.usable_from > clock.today():
        return _("used from %(day)s on") % {"day": said.day(account.usable_from)}
    return ""


@page("own.ask")
def account(request: HttpRequest) -> HttpResponse:
    """Change one's own account: told beforehand how long it rests and who looks at it."""
    actor = mine(request)
    bank = request.POST.get("bank", "").strip()
    wrong: dict[str, str] = {}
    error = ""
    if request.method == "POST":
        number, again = _digits(request.POST.get("number", "")), _digits(request.POST.get("again", ""))
        if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 24):
            wrong["number"] = _("An account number has 12 to 24 digits.")
        elif number != again:
            wrong["again"] = _("The two numbers are not the same.")
        if not wrong:
            try:
                _change(actor, bank, number)
            except Refusal as refusal:
                error = sentence(refusal)
            else:
                messages.success(request, _("The new account has arrived. %(rest)s") % {"rest": _rest()})
                return redirect("money")
    context = {"rest": _rest(), "bank": bank, "wrong": wrong, "error": error, "back": reverse("money"),
               "back_to": pgettext("household", "Money")}  # fmt: skip
    return show(request, "account", context, tab="household", keep=False, status=422 if wrong or error else 200)


def _change(actor: Actor, bank: str, number: str) -> None:
    file = people.person(actor.scope, own(actor))
    filing.change_account(
        person=own(actor), bank=bank, number=number, holder=file.person.name if file else actor.name,
        paper="app", by=actor, at=clock.now(),
    )  # fmt: skip


def _digits(text: str) -> str:
    """What was typed without blanks and dashes, full width as plain: a Chinese keyboard writes it so."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "")


def _rest() -> str:
    days = settings.COOLING_OFF_DAYS
    if not days:
        return _("Somebody at the desk compares the new account first; then money goes there.")
    return ngettext(
        "Somebody at the desk compares the new account first; then it rests for %(n)s day before money goes there.",
        "Somebody at the desk compares the new account first; then it rests for %(n)s days before money goes there.",
        days,
    ) % {"n": days}
