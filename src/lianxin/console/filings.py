"""Filings with the province: each leaves as a workbook, and its answer comes back by file; so do the bank's activations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.cards import actions, filingfile
from lianxin.cards.answers import Answered
from lianxin.console import cardjobs, cardwords, lists, workbook
from lianxin.console.acting import attempt
from lianxin.console.cardjobs import Made
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import looks

WHOLE = "people.export.whole"
SHOWN = 200  # faults on a page; the workbook has them all
ENDS = (".xlsx", ".xls", ".csv")
LARGEST = 20 * 1024 * 1024

LISTING = lists.Listing(
    "filings", _("Filings with the province"),
    (
        lists.Column("number", _("Filing"), head=True, href=lambda row: reverse("console:filing", args=[row.id])),
        lists.Column("filed_on", _("Filed on"), "day"),
        lists.Column("due_on", _("Until"), "day"),
        lists.Column("count", _("Cards"), "number"),
        lists.Column("waiting", _("No answer yet"), "number"),
        lists.Column("agreed", _("Agreed, being made"), "number"),
        lists.Column("made", _("Made, not in hand yet"), "number"),
        lists.Column("turned", pgettext_lazy("preferential card", "turned down"), "number"),
        lists.Column("area", _("Area"), "area"),
    ),
    words=_("What was filed at once leaves as one workbook; the answer comes back in the same one."),
    empty=_("Nothing was filed yet"), empty_words=_("A filing comes to be when approved applications are filed with the province."),
    export="card.file", template="console/cards/filings.html",
)  # fmt: skip


@page("card.file")
def filings(request: Request) -> HttpResponse:
    """Filings of one's area."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = filingfile.filings(request.actor.scope, after=number_of(asked.after), limit=asked.limit)
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, LISTING, fetch)


class Upload(forms.Form):
    """A table that comes about cards."""

    file = forms.FileField(label=_("The file to take in"), help_text=_("xlsx, xls or csv, at most 20 MB."))

    def clean_file(self) -> Any:
        """A table of a known kind and bounded size."""
        found = self.cleaned_data["file"]
        if not found.name.lower().endswith(ENDS):
            raise forms.ValidationError(_("Save it as xlsx, xls or csv and send that."))
        if found.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 20 MB; split it."))
        return found


def _one(request: Request, filing: int) -> filingfile.Filed:
    found = filingfile.filings(request.actor.scope, pk=filing)
    if not found:
        raise Http404
    return found[0]


@page("card.file")
def filing(request: Request, filing: int) -> HttpResponse:
    """One filing: how it stands, its workbook, and the place for the answer."""
    one = _one(request, filing)

    def read(place: Path, dry: bool) -> Answered:
        return actions.read_answer(filing=filing, path=place, by=request.actor, at=clock.now(), dry_run=dry)

    given = _taken_in(request, read, name=one.number)
    given |= {
        "one": _one(request, filing),
        "whole": request.actor.may(WHOLE),
        "cards": f"{reverse('console:cards')}?state=filed",
    }
    return render(request, "console/cards/filing.html", given, status=given["status"])


@page("card.file")
def activations(request: Request) -> HttpResponse:
    """Which cards the bank activated on which day."""

    def read(place: Path, dry: bool) -> Answered:
        return actions.read_activations(path=place, by=request.actor, at=clock.now(), dry_run=dry)

    given = _taken_in(request, read, name=gettext("Activations"))
    return render(request, "console/cards/activations.html", given, status=given["status"])


def _taken_in(request: Request, read: Callable[[Path, bool], Answered], *, name: str) -> dict[str, Any]:
    """Look at a file or take it in; what the page says of it, with the rows that come back."""
    form = Upload(request.POST or None, request.FILES or None)
    dry = request.POST.get("what") != "take"
    made: list[Answered] = []
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        with TemporaryDirectory() as folder:
            place = Path(folder) / f"answer{Path(sent.name).suffix.lower()}"
            place.write_bytes(sent.read())
            attempt(request, lambda: made.append(read(place, dry)), "" if dry else _("Taken in."))
    found = made[0] if made else None
    refused = found.refused if found else []
    said = [(one.place, cardwords.HEADS.get(one.column, one.column), cardwords.said(cardwords.FAULTS, one.reason))
            for one in refused]  # fmt: skip
    return {
        "form": form, "found": found, "dry": dry, "faults": said[:SHOWN], "refused": len(refused),
        "done": [(cardwords.said(cardwords.DONE, code), n) for code, n in found.done.items()] if found else [],
        "back": _back(request, name, found, said) if found and refused else "",
        "status": 422 if form.errors else 200,
    }  # fmt: skip


def _back(request: Request, name: str, found: Answered, said: list[tuple[int, str, str]]) -> str:
    """The rows that were not taken, as they came, each with its reason: mended there, the same workbook is sent again."""
    words = {place: f"{column} {why}" for place, column, why in said}
    wide = len(found.header)
    rows = [[*found.cells[place][:wide], *[""] * (wide - len(found.cells[place])), why] for place, why in words.items()]
    head = [workbook.Head(cell) for cell in found.header] + [workbook.Head(gettext("Why it was not taken"))]
    title = gettext("Not taken of %(name)s") % {"name": name}
    return cardjobs.keep(request, title, workbook.write(title, head, rows), len(rows))


@page("card.file")
@require_POST
def leave(request: Request, filing: int) -> HttpResponse:
    """The workbook for the province: ID numbers in full only for those who may, and with a reason."""
    one = _one(request, filing)
    whole, reason = request.POST.get("whole") == "yes", request.POST.get("reason", "").strip()[:200]
    if whole and not request.actor.may(WHOLE):
        raise Http404
    made: list[HttpResponse] = []

    def act() -> None:
        if whole and len(reason) < 4:
            raise Refusal(gettext("Say what the full values are needed for; nothing was taken away."))
        rows, said = one.waiting + one.agreed, reason if whole else ""
        made.append(cardjobs.begin(request, "filing", one.number, rows=rows, filing=filing, whole=whole, reason=said))

    attempt(request, act)
    return made[0] if made else redirect("console:filing", filing=filing)


def _workbook(told: dict[str, Any], by: Actor, tell: Callable[[int], None]) -> Made:
    found = filingfile.filings(by.scope, pk=told["filing"])
    if not found or not by.may("card.file") or (told["whole"] and not by.may(WHOLE)):
        raise Refusal(gettext("Your account may not take this list any more. Nothing left the house."))
    persons: list[int] = []
    rows: list[list[Any]] = []
    for person, cells in filingfile.rows(by.scope, found[0], day=clock.today(), whole=told["whole"]):
        persons.append(person)
        rows.append(cells)
        if len(rows) % filingfile.CHUNK == 0:
            tell(len(rows))
    head = [workbook.Head(one.head, one.kind) for one in filingfile.COLUMNS]
    data = workbook.write(found[0].number, head, rows)
    noted = journal.note(action="list.export", by=by, at=clock.now(), purpose=told["reason"], list="filing", form="xlsx",
                         rows=len(rows), filters={"filing": found[0].number}, whole=told["whole"])  # fmt: skip
    looks.contains(noted.pk, persons)
    return Made(data, len(rows))


cardjobs.WORKS["filing"] = _workbook

urls: list[URLPattern] = [
    path("cards/filings/", filings, name="filings"),
    path("cards/filings/<int:filing>/", filing, name="filing"),
    path("cards/filings/<int:filing>/workbook/", leave, name="filing-leave"),
    path("cards/activations/", activations, name="activations"),
]
