"""Achievements that no case produced: written down from a paper, agreed to by somebody else, counted by a figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import papers
from lianxin.console import figurewords as say
from lianxin.console import lists, words
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock, money
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.insight import definitions
from lianxin.insight.definitions import Definition
from lianxin.outcomes import attesting
from lianxin.outcomes.attesting import Attested, Said

STATES: dict[str, str | Promise] = {
    attesting.PENDING: _("waits for somebody else"), attesting.AGREED: _("agreed to, counted"),
    attesting.TURNED_DOWN: _("turned down"), attesting.TAKEN_BACK: _("taken back"),
}  # fmt: skip
VERBS: dict[str, str | Promise] = {
    attesting.AGREE: _("Agreed to"), attesting.TURN_DOWN: _("Turned down"), attesting.TAKE_BACK: _("Taken back"),
}  # fmt: skip
_TONES = {attesting.PENDING: "amber", attesting.AGREED: "pine"}


def figure_name(row: Attested) -> str:
    """The figure that it speaks for, by its name."""
    found = definitions.load().get(row.figure)
    return found.name[say.language()] if found else row.figure


def how_much(row: Attested) -> str:
    """Its quantity or amount, blank for one piece."""
    if row.amount is not None:
        return gettext("%(sum)s yuan") % {"sum": money.yuan(row.amount)}
    found = definitions.load().get(row.figure)
    unit = found.unit[say.language()] if found and not found.money else row.unit
    return f"{row.quantity} {unit}" if found is None or found.attest is None or row.quantity != 1 else ""


LISTING = lists.Listing(
    "attested", _("Achievements on paper"),
    (
        lists.Column("title", _("What was achieved"), head=True, href=lambda row: reverse("console:attested-one", args=[row.id])),
        lists.Column("figure", _("Figure"), value=figure_name),
        lists.Column("much", _("How much"), value=how_much),
        lists.Column("area", _("Area"), "area"),
        lists.Column("happened_on", _("Day"), "day"),
        lists.Column("paper", _("Paper")),
        lists.Column("by_name", _("Written down by")),
        lists.Column("state", _("State"), value=lambda row: words.of(STATES, row.state),
                     tone=lambda row: _TONES.get(row.state, "")),
    ),
    (lists.Filter("state", _("State"), tuple(STATES.items())),),
    words=_("Titles, coverage, documents, reported numbers: what no case produced has a paper and two people."),
    empty=_("Nothing is written down yet"), empty_words=_("Write an achievement down from its paper; somebody else agrees to it."),
    export="attest.view", template="console/insight/attested.html",
)  # fmt: skip


@page("attest.view")
def every(request: Request) -> HttpResponse:
    """All achievements of one's area, the newest first."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = attesting.listed(request.actor.scope, state=asked.get("state"), after=number_of(asked.after),
                                limit=asked.limit)  # fmt: skip
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    return lists.show(request, LISTING, fetch)


class NewForm(forms.Form):
    """An achievement, or a number that was reported by hand (``reported``)."""

    figure = forms.ChoiceField(label=_("The figure that it speaks for"))
    title = forms.CharField(label=_("What was achieved"), max_length=200)
    area = AreaField()
    on = forms.DateField(label=_("On"), widget=DayInput())
    quantity = forms.IntegerField(label=_("How many"), required=False, min_value=1,
                                  help_text=_("Only where the figure adds quantities; else it counts once."))  # fmt: skip
    yuan = forms.CharField(label=_("Money, in yuan"), required=False, max_length=20,
                           help_text=_("Only where the figure adds money."))  # fmt: skip
    paper = forms.CharField(label=_("The paper that shows it"), max_length=120,
                            help_text=_("Number or title of the document, and whose it is."))  # fmt: skip
    scan = forms.FileField(label=_("A picture of it (photo or PDF)"), required=False)

    def __init__(self, request: Request, *, reported: bool) -> None:
        super().__init__(request.POST or None, request.FILES or None)
        self.reported = reported
        wanted = [one for one in definitions.load().values() if reported or one.attest is not None]
        tongue = say.language()
        self.fields["figure"] = forms.ChoiceField(
            label=_("The figure that it speaks for"), initial=request.GET.get("figure", ""),
            choices=[(one.code, one.name[tongue]) for one in sorted(wanted, key=lambda one: one.name[tongue])],
        )  # fmt: skip
        area = self.fields["area"]
        assert isinstance(area, AreaField)
        area.scope, area.initial = request.actor.scope, min(request.actor.scope.areas, key=len, default="")
        self.order_fields(["figure"])
        if reported:
            del self.fields["title"]
            self.fields["on"].label = _("Counted up to and with")
            self.fields["quantity"].help_text = _("The number as it was reported.")

    def said(self) -> Said:
        """What is written down. Raises a refusal where the number is missing or is no amount."""
        given = self.cleaned_data
        definition = definitions.one(given["figure"])
        quantity, amount = self._much(definition)
        stored = (
            papers.keep(given["scan"].read(papers.LARGEST + 1), given["scan"].name or "") if given["scan"] else None
        )
        columns: dict[str, Any] = dict(definition.attest or {})
        if self.reported:
            columns = {"kind": "record", "service": attesting.REPORTED, "category": definition.code}
        return Said(
            figure=definition.code, title=given.get("title") or gettext("Reported by hand"), paper=given["paper"],
            area=given["area"], happened_on=given["on"], quantity=quantity, amount=amount,
            scan=stored.digest if stored else "", scan_type=stored.content_type if stored else "", **columns,
        )  # fmt: skip

    def _much(self, definition: Definition) -> tuple[int, int | None]:
        given = self.cleaned_data
        if definition.money:
            try:
                return 1, money.fen(given["yuan"].strip().replace(",", "").replace("，", ""))
            except ValueError as wrong:
                raise Refusal(str(_("Write the amount like 5000 or 5000.50."))) from wrong
        if given["yuan"].strip():
            raise Refusal(str(_("This figure counts no money; leave the amount empty.")))
        if (definition.kind == "quantity" or self.reported) and not given["quantity"]:
            raise Refusal(str(_("Say how many.")))
        return given["quantity"] if definition.kind == "quantity" or self.reported else 1, None


def _new(request: Request, *, reported: bool) -> HttpResponse:
    form = NewForm(request, reported=reported)
    made: list[Any] = []

    def write() -> None:
        made.extend(attesting.attest(achievements=[form.said()], by=request.actor, at=clock.now()))

    done = _("Written down. It counts once somebody else agreed to it.")
    if request.method == "POST" and form.is_valid() and attempt(request, write, done):
        return redirect("console:attested-one", attestation=made[0].pk)
    wrong = request.method == "POST"
    title = _("A number reported by hand") if reported else _("Write an achievement down")
    return render(
        request, "console/insight/attested_new.html", {"form": form, "title": title}, status=422 if wrong else 200
    )


@page("attest.write")
def new(request: Request) -> HttpResponse:
    """Write an achievement down from its paper."""
    return _new(request, reported=False)


@page("attest.write")
def reported(request: Request) -> HttpResponse:
    """Write down what was reported by hand for a figure, to stand beside what is counted."""
    return _new(request, reported=True)


def _one(request: Request, pk: int) -> Attested:
    found = attesting.one(request.actor.scope, pk)
    if found is None:
        raise Http404
    return found


@page("attest.view")
def one(request: Request, attestation: int) -> HttpResponse:
    """One achievement: its paper, who wrote it down, who ruled, what it counts in."""
    found = _one(request, attestation)
    lists.know_codes(request, [found.area])
    rules = request.actor.may("attest.rule")
    known = definitions.load().get(found.figure)
    given = {
        "one": found, "figure": figure_name(found), "known": known is not None, "much": how_much(found),
        "state": words.of(STATES, found.state), "tone": _TONES.get(found.state, ""),
        "rulings": [(words.of(VERBS, ruling.verb), ruling) for ruling in found.rulings],
        "may_rule": rules and found.state == attesting.PENDING and found.account != request.actor.account,
        "own": found.state == attesting.PENDING and found.account == request.actor.account,
        "may_take_back": rules and found.state == attesting.AGREED,
    }  # fmt: skip
    return render(request, "console/insight/attested_one.html", given)


@page("attest.view")
def scan(request: Request, attestation: int) -> HttpResponse:
    """The paper's picture."""
    found = _one(request, attestation)
    if not found.scan:
        raise Http404
    response = HttpResponse(papers.read(found.scan), content_type=found.scan_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


@page("attest.rule")
@require_POST
def act(request: Request, attestation: int, what: str) -> HttpResponse:
    """Agree, turn down, or take back."""
    _one(request, attestation)
    by, at, reason = request.actor, clock.now(), request.POST.get("reason", "")
    deeds: dict[str, tuple[Callable[[], Any], str | Promise]] = {
        attesting.AGREE: (lambda: attesting.rule(attestations=[attestation], agreed=True, by=by, at=at),
                          _("Agreed to; it counts from now on.")),
        attesting.TURN_DOWN: (lambda: attesting.rule(attestations=[attestation], agreed=False, words=reason, by=by, at=at),
                              _("Turned down; whoever wrote it down reads why.")),
        attesting.TAKE_BACK: (lambda: attesting.take_back(attestation=attestation, reason=reason, by=by, at=at),
                              _("Taken back; every number that counted it has moved.")),
    }  # fmt: skip
    if what not in deeds:
        raise Http404
    attempt(request, *deeds[what])
    return redirect("console:attested-one", attestation=attestation)


urls: list[URLPattern] = [
    path("attested/", every, name="attested"),
    path("attested/new/", new, name="attested-new"),
    path("attested/reported/", reported, name="attested-reported"),
    path("attested/<int:attestation>/", one, name="attested-one"),
    path("attested/<int:attestation>/paper/", scan, name="attested-scan"),
    path("attested/<int:attestation>/do/<slug:what>/", act, name="attested-do"),
]
