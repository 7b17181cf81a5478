"""The journal for the auditor: who did what, who looked at whom, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.catalogue import queries as catalogue
from lianxin.console import background, lists, words
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.scope import Scope
from lianxin.insight import tables
from lianxin.journal import actions, checkpoints, queries, wording
from lianxin.people import copywords, identities

VERIFY = "journal-verify"


def _how_many(entry: Any) -> str:
    return " · ".join(f"{_table(said['table'])} {said['count']}" for said in entry.rows)


def _table(label: str) -> str:
    """A covered table in the reader's words; the ending that says that rows were superseded stays a word too."""
    name, _slash, ending = label.partition("/")
    said = copywords.called(name, get_language() or "zh")
    return f"{said}（{gettext('superseded')}）" if ending else said


# The file numbers of the persons on the page that is being made.
FILES: ContextVar[Mapping[int, str]] = ContextVar("files", default={})  # noqa: B039  (never changed in place)
ENTRIES = lists.Listing(
    "journal", _("Journal"),
    (
        lists.Column("at", _("When"), "moment"),
        lists.Column("by_name", _("Who"), head=True),
        lists.Column("action", _("What"), value=lambda entry: words.deed(entry.action)),
        lists.Column("purpose", _("Why")),
        lists.Column("person", _("File"), value=lambda entry: FILES.get().get(entry.person, "")),
        lists.Column("case", _("Case"), value=lambda entry: entry.case or ""),
        lists.Column("area", _("Area"), "area"),
        lists.Column("rows", _("Rows"), value=_how_many),
        lists.Column("link", _("Link"), "number"),
    ),
    (
        lists.Filter("action", _("What"), words.DEEDS_ASKED),
        lists.Filter("by", _("Who"), kind="text"),
        lists.Filter("person", _("File number"), kind="text"),
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
        filters = dict(asked.filters)
        number = filters.get("person", "").strip().upper()
        if number and not number.isdigit():
            filters["person"] = str(identities.filed([number]).get(number, (0,))[0])
        found = queries.entries(scope, asked=filters, hidden=hidden(scope), after=asked.after, limit=asked.limit)
        FILES.set(identities.file_numbers(row.person for row in found.rows if row.person))
        return found

    checked = background.latest(VERIFY)
    found = checked.result if checked and checked.state == "done" else None
    broken = wording.broken(found) if found and found.broken is not None else ""
    return lists.show(
        request, ENTRIES, fetch, length=queries.length(), fingerprint=queries.fingerprint(), checked=checked,
        broken=broken, checkpoint=checkpoints.latest(), signed_with=checkpoints.public_key(),
    )  # fmt: skip


@page("journal.view")
@require_POST
def verify(request: Request) -> HttpResponse:
    """Have the whole chain walked in the background; the page shows what was found."""
    background.start("lianxin.journal.queries.verify", VERIFY)
    actions.note(action="journal.verify", by=request.actor, at=clock.now())
    return redirect("console:journal")


TABLES: dict[str, words.Words] = {
    "entries": _("Entries of the journal"), "grants": _("Roles given"), "outcomes": _("Register of outcomes"),
    "moves": _("What was done with cases"), "periods": _("Deliveries of cases"), "lines": _("Entitlement lines"),
    "batches": _("Payment batches"), "attempts": _("What the bank was told and answered"), "postings": _("Postings"),
}  # fmt: skip


class Taking(forms.Form):
    """Which days, and whether all rows or a random sample of them."""

    table = forms.ChoiceField(label=_("Table"), choices=list(TABLES.items()))
    since = forms.DateField(label=_("From"), required=False, widget=DayInput())
    until = forms.DateField(label=_("To"), required=False, widget=DayInput())
    sample = forms.IntegerField(label=_("A random sample of so many rows"), required=False, min_value=1,
                                max_value=tables.LARGEST_SAMPLE, help_text=_("Blank: all rows."))  # fmt: skip
    seed = forms.CharField(label=_("Number for the draw"), max_length=20, required=False,
                           help_text=_("Whoever draws with the same number draws the same rows."))  # fmt: skip


@page("audit.take")
def taking(request: Request) -> HttpResponse:
    """Take a whole table, or a sample of it, as csv with a voucher for each row; that it was taken stands in the journal."""
    form = Taking(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, scope = form.cleaned_data, request.actor.scope
        table = tables.TABLES[said["table"]]
        actions.note(action="journal.take", by=request.actor, at=clock.now(), table=table.code, sample=said["sample"] or 0,
                     seed=said["seed"], since=str(said["since"] or ""), until=str(said["until"] or ""))  # fmt: skip
        pieces = tables.take(table, scope, hidden=hidden(scope), since=said["since"], until=said["until"],
                             sample=said["sample"] or 0, seed=said["seed"])  # fmt: skip
        answer: Any = StreamingHttpResponse(
            (piece.encode() for piece in pieces), content_type="text/csv; charset=utf-8"
        )
        answer.headers["Content-Disposition"] = f'attachment; filename="{table.code}-{clock.today().isoformat()}.csv"'
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return render(request, "console/journal/taking.html", {"form": form}, status=422 if form.errors else 200)


urls: list[URLPattern] = [
    path("journal/", entries, name="journal"),
    path("journal/tables/", taking, name="journal-tables"),
    path("journal/verify/", verify, name="journal-verify"),
]
