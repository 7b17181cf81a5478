"""Around the imports: empty ledgers, headers mapped to columns and remembered, the history."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console import imports, ledgerwords, lists, workbook
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.partners import placeledger
from lianxin.people import blanks, exchanges, queries, templates, verifying
from lianxin.people.attributes import attribute_columns
from lianxin.people.reasons import REASONS


@page("people.import")
def blank(request: Request, ledger: str) -> HttpResponse:
    """An empty ledger with an example row and the allowed words."""
    del request
    try:
        data = placeledger.blank() if ledger == placeledger.LEDGER else blanks.workbook(ledger)
    except Refusal as refusal:
        raise Http404 from refusal
    return imports.sent(data, f"{ledgerwords.ledger(ledger)}.xlsx", workbook.TYPE)


def _options(ledger: str) -> list[tuple[str, str]]:
    kind = exchanges.kind(ledger)
    found = templates.choices(kind, attribute_columns()) if kind is not None else {}
    return [(code, ledgerwords.name(one.zh, one.en)) for code, one in found.items() if not code.startswith("fixed_")]


@page("people.import")
def headers(request: Request, token: str) -> HttpResponse:
    """Say which column each header of an uploaded ledger is; it is remembered for this set of headers."""
    said = imports.mine(request, token)
    path_in = imports.file_of(said)
    ledger = (said.get("look") or {}).get("ledger") or said.get("ledger") or "auto"
    try:
        found = templates.headers(path_in, request.POST.get("ledger", ledger)[:20], request.actor.area)
    except Refusal as refusal:
        imports.write(token, error=refusal.sentence)
        return redirect("console:import", token=token)
    if request.method == "POST" and request.POST.get("what") == "keep":
        mapping = {one.folded: request.POST.get(f"column-{place}", "")[:40] for place, one in enumerate(found.headers)}

        def act() -> None:
            templates.keep(name=request.POST.get("name", ""), ledger=found.kind.code, signature=found.signature,
                           mapping=mapping, by=request.actor, at=clock.now())  # fmt: skip

        if attempt(request, act, _("Remembered: these headers are read so from now on.")):
            imports.write(token, ledger=found.kind.code, error="")
            imports.go(request, token, said["size"], dry_run=True)
            return redirect("console:import", token=token)
    given = {
        "said": said, "token": token, "found": found, "options": _options(found.kind.code),
        "ledgers": ledgerwords.choices(), "rows": list(enumerate(found.headers)),
    }  # fmt: skip
    return render(
        request, "console/people/headers.html", given, status=422 if request.POST.get("what") == "keep" else 200
    )


@page("people.import")
def kept(request: Request) -> HttpResponse:
    """The office's templates: what each maps, under which name; rename, change, forget."""
    found = templates.kept(request.actor.area)
    number = request.POST.get("template", request.GET.get("template", ""))
    chosen = next((one for one in found if str(one.id) == number), None)
    if number and chosen is None:
        raise Http404
    if request.method == "POST" and chosen is not None:
        attempt(request, lambda: _change(request, chosen), _("Done."))
        return redirect(reverse("console:import-templates"))
    given: dict[str, Any] = {
        "rows": [(one, ledgerwords.ledger(one.ledger), _mapped(one)) for one in found], "chosen": chosen,
        "options": _options(chosen.ledger) if chosen else (),
        "headers": list(enumerate(chosen.mapping.items())) if chosen else (),
    }  # fmt: skip
    return render(request, "console/people/templates.html", given)


def _mapped(one: templates.Kept) -> list[tuple[str, str]]:
    return [(header, ledgerwords.column(code) if code else "") for header, code in one.mapping.items()]


def _change(request: Request, chosen: templates.Kept) -> None:
    by, at = request.actor, clock.now()
    if request.POST.get("what") == "forget":
        templates.forget(template=chosen.id, by=by, at=at)
        return
    mapping = {header: request.POST.get(f"column-{place}", "")[:40] for place, header in enumerate(chosen.mapping)}
    templates.change(template=chosen.id, name=request.POST.get("name", ""), mapping=mapping, by=by, at=at)


HISTORY = lists.Listing(
    "imports", _("Ledgers loaded"),
    (
        lists.Column("file_name", _("File"), head=True, href=lambda one: reverse("console:import-run", args=[one.id])),
        lists.Column("ledger", _("Which ledger"), value=lambda one: ledgerwords.ledger(one.ledger)),
        lists.Column("at", _("When"), "moment"),
        lists.Column("area", _("Area"), "area"),
        lists.Column("read", _("Rows read"), "number"), lists.Column("added", _("New"), "number"),
        lists.Column("changed", _("Changed"), "number"), lists.Column("refused", _("Sent back"), "number"),
        lists.Column("state", _("State"), value=lambda one: ledgerwords.state(one.state),
                     tone=lambda one: {"done": "pine", "applying": "amber"}.get(one.state, "")),
    ),
    words=_("Every ledger that was loaded in your area, newest first. Open one to see why rows came back, or to take it back."),
    export="people.import", empty=_("Nothing was loaded yet"),
    empty_words=_("Choose a ledger under “Load ledgers”; first you see what it would do."),
)  # fmt: skip


@page("people.import")
def history(request: Request) -> HttpResponse:
    """All imports, by ledger, state and day."""
    filters = (
        lists.Filter("state", _("State"), tuple(ledgerwords.STATES.items())),
        lists.Filter("ledger", _("Which ledger"), ledgerwords.choices(), "select"),
        lists.Filter("since", _("From"), (), "day"), lists.Filter("until", _("To"), (), "day"),
    )  # fmt: skip

    def fetch(asked: lists.Asked) -> lists.Page:
        after = number_of(asked.after) or 0
        rows = queries.imports(
            request.actor.scope, after=after, limit=asked.limit + 1, ledger=asked.get("ledger"), state=asked.get("state"),
            since=asked.get("since"), until=asked.get("until"),
        )  # fmt: skip
        return lists.Rows(rows[: asked.limit], str(rows[asked.limit - 1].id) if len(rows) > asked.limit else "")

    return lists.show(request, dataclasses.replace(HISTORY, filters=filters), fetch)


@page("people.import")
def done(request: Request, run: int) -> HttpResponse:
    """One import: its counts, why rows came back, and taking it back."""
    found = queries.imports(request.actor.scope, number=run, limit=1)
    if not found:
        raise Http404
    lists.know_codes(request, [found[0].area])
    back = [
        (ledgerwords.column(column) if column else "", *map(str, REASONS.get(reason, (reason, ""))), count)
        for column, reason, count in queries.sent_back(found[0].run)
    ]
    differ = [pk for one in request.GET.getlist("differs")[: verifying.TYPED] if (pk := number_of(one))]
    given = {"one": found[0], "state": ledgerwords.state(found[0].state), "back": back,
             "ledger": ledgerwords.ledger(found[0].ledger), "waiting": verifying.waiting(request.actor, found[0].run).count(),
             "accounts": verifying.some_waiting(request.actor, found[0].run, only=differ), "differ": differ,
             "second": verifying.may_verify(request.actor, found[0].run)}  # fmt: skip
    return render(request, "console/people/loaded.html", given)


@page("people.import", fresh=True)
@require_POST
def verify(request: Request, run: int) -> HttpResponse:
    """A second person says the numbers again: typed off the papers, or by a second list, the one that the bank stamped."""
    found = queries.imports(request.actor.scope, number=run, limit=1)
    if not found:
        raise Http404
    done: list[verifying.Compared] = []
    asked: dict[str, Any] = {"run": found[0].run, "by": request.actor, "at": clock.now()}
    sent = request.FILES.get("list")

    def act() -> None:
        if sent is None:
            typed = {
                pk: str(text) for name, text in request.POST.items() if (pk := number_of(name.removeprefix("number-")))
            }
            done.append(verifying.verify_typed(numbers=typed, **asked))
            return
        with imports.passing(sent) as path:
            done.append(verifying.verify_listed(path=path, **asked))

    if not attempt(request, act):
        return redirect("console:import-run", run=run)
    _told(request, done[0], sent is not None)
    told = "".join(f"&differs={pk}" for pk in done[0].differs[: verifying.TYPED])
    return redirect(f"{reverse('console:import-run', args=[run])}?{told[1:]}")


def _told(request: Request, one: verifying.Compared, listed: bool) -> None:
    """What a second saying of the numbers brought."""
    if one.verified:
        messages.success(
            request, ngettext("%d account is verified.", "%d accounts are verified.", one.verified) % one.verified
        )
    elif not one.differs:
        messages.error(request, gettext("The list says nothing of the accounts that wait here; nothing was changed.") if listed
                       else gettext("No number was typed; nothing was changed."))  # fmt: skip
    if listed and one.unsaid and (one.verified or one.differs):
        messages.info(request, ngettext("%d account is not in the list and goes on waiting.",
                                        "%d accounts are not in the list and go on waiting.", one.unsaid) % one.unsaid)  # fmt: skip
    if one.differs:
        messages.error(request, ngettext(
            "%d number is not the one that was loaded. Look at the paper again; if the ledger was wrong, enter the account anew.",
            "%d numbers are not those that were loaded. Look at the papers again; where the ledger was wrong, enter the account "
            "anew.", len(one.differs)) % len(one.differs))  # fmt: skip


urls: list[URLPattern] = [
    path("import/blank/<slug:ledger>/", blank, name="import-blank"),
    path("import/history/", history, name="import-history"),
    path("import/run/<int:run>/", done, name="import-run"),
    path("import/run/<int:run>/accounts/", verify, name="import-accounts"),
    path("import/templates/", kept, name="import-templates"),
    path("import/file/<slug:token>/headers/", headers, name="import-headers"),
]
