"""Feed other systems: write people in their format, everybody or what changed; the same format is loaded like a ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import background, imports, ledgerwords, lists
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.people import exchangefile, exchanges, exporting

MAY = "people.export.whole"
AT_ONCE = 2000  # people of an area who are written while one waits; more go to the queue


class Order(forms.Form):
    """What to write."""

    exchange = forms.ChoiceField(label=_("Format"), widget=forms.RadioSelect)
    which = forms.ChoiceField(label=_("Which people"), choices=[
        ("all", _("Everybody it is about")), ("changed", _("Only what changed since the last file of this format")),
    ])  # fmt: skip
    reason = forms.CharField(
        label=_("What is it for?"), max_length=200, min_length=4,
        help_text=_("It holds names and numbers in full. Your name and the reason are kept in the journal."),
    )  # fmt: skip

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        formats = exchanges.formats()
        self.fields["exchange"].choices = [  # type: ignore[attr-defined]
            (code, ledgerwords.name(one.name.zh, one.name.en)) for code, one in formats.items()
        ]


@page(MAY)
def feed(request: Request) -> HttpResponse:
    """Choose a format; the files that wait, and those that were written."""
    exporting.expire(at=clock.now())
    form = Order(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(request, lambda: _order(request, form.cleaned_data)):
        return redirect("console:feed")
    rows = exporting.written_by(request.actor)
    lists.know_codes(request, [one.area for one in rows])
    given = {
        "form": form, "formats": exchanges.formats(),
        "rows": [(one, ledgerwords.ledger(f"{exchanges.PREFIX}{one.exchange}"), one.account == request.actor.account)
                 for one in rows],
        "working": any(one.state == "writing" for one in rows),
    }  # fmt: skip
    return render(request, "console/people/feed.html", given, status=422 if request.method == "POST" else 200)


def _order(request: Request, wanted: dict[str, Any]) -> None:
    made = exporting.ask(
        exchange=wanted["exchange"], area="", changed=wanted["which"] == "changed", reason=wanted["reason"],
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    if exporting.few(made.area, AT_ONCE):
        run(made.pk, request.actor.account or 0)
    else:
        background.start("lianxin.console.feeding.run", f"exchange-{made.pk}", made.pk, request.actor.account or 0)


def run(export: int, account: int) -> None:
    """Write what an account ordered. A second run writes the same again and is recorded again."""
    at = clock.now()
    actor = access.actor_numbered(account, at)
    if actor is None or not actor.may(MAY):
        exporting.fail(export)
        return
    exporting.write(export=export, by=actor, at=at)


@page(MAY)
def fetch(request: Request, file: int) -> HttpResponse:
    """The file, for whoever ordered it, while its two days last."""
    rows = exporting.written_by(request.actor, number=file)
    found = next((one for one in rows if one.account == request.actor.account), None)
    if found is None or found.state != "ready":
        raise Http404
    try:
        data = exporting.content(found)
    except FileNotFoundError as gone:
        raise Http404 from gone
    form = exchanges.formats().get(found.exchange)
    if form is None:
        raise Http404
    name = exchangefile.name(form, found.day.isoformat(), zh=ledgerwords.zh())
    return imports.sent(data, name, exchangefile.TYPES[form.file])


urls: list[URLPattern] = [
    path("exchange/", feed, name="feed"),
    path("exchange/file/<int:file>/", fetch, name="feed-file"),
]
