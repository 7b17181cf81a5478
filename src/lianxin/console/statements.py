"""Settling with operators: rates with their papers, monthly statements through three hands, the operator's sheet beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.actions import one_person
from lianxin.access.gate import Request, page
from lianxin.access.queries import offices
from lianxin.cards import claims, statements, tariffs, usequeries
from lianxin.console import cardwords, lists, papercodes, usewords
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock, money
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal

LARGEST = 20 * 1024 * 1024
PER_USE = pgettext_lazy("card", "Yuan a use")

RATES = lists.Listing(
    "rates", _("What a use is paid with"),
    (
        lists.Column("scene", _("Where"), head=True, value=lambda row: cardwords.scene(row["scene"])),
        lists.Column("office", _("Operator"), value=lambda row: usewords.office(row["office"]) or str(_("every operator"))),
        lists.Column("line", _("Line or gate"), value=lambda row: row["line"] or str(_("every one"))),
        lists.Column("kind", _("For whom"), value=lambda row: usewords.kind(row["kind"]) if row["kind"] else str(_("everybody"))),
        lists.Column("fen", PER_USE, "money"),
        lists.Column("from_on", _("From"), "day"),
        lists.Column("until_on", _("Until"), "day"),
        lists.Column("paper", _("By which paper"), small=lambda row: row["maker"]),
        lists.Column("agreed", _("Agreed to by"), value=lambda row: row["agreed"] or str(_("nobody yet")),
                     tone=lambda row: "pine" if row["counts"] else "amber"),
    ),
    (
        lists.Filter("state", _("State"), (("counts", _("counts")), ("open", _("waits for a second hand")))),
        lists.Filter("scene", _("Where"), usewords.SCENE_CHOICES, kind="select"),
    ),
    words=_("Written down by one with its paper, agreed to by another; the narrowest rate counts, of two the later one."),
    empty=_("No rate yet"), empty_words=_("Without a rate no statement can be made."),
    export="catalogue.view", template="console/cards/rates.html",
)  # fmt: skip


class RateForm(forms.Form):
    """A rate."""

    scene = forms.ChoiceField(label=_("Where"), choices=())
    office = forms.TypedChoiceField(label=_("Operator"), coerce=int, required=False, empty_value=None)
    line = forms.CharField(label=_("One line or gate only"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("For whom"), choices=(), required=False)
    yuan = forms.DecimalField(label=PER_USE, max_digits=6, decimal_places=2, min_value=0)
    from_on = forms.DateField(label=_("From"), widget=DayInput())
    until_on = forms.DateField(label=_("Until"), widget=DayInput(), required=False)
    paper = forms.CharField(
        label=_("By which paper"), max_length=120, help_text=_("Number or name of the document, and whose it is.")
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given: dict[str, list[tuple[Any, Any]]] = {
            "scene": [*usewords.scenes()], "kind": [("", _("everybody")), *usewords.kinds()],
            "office": [("", _("every operator")), *((pk, name) for pk, name, _area in offices(request.actor.scope))],
        }  # fmt: skip
        for name, choices in given.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@page("catalogue.view")
def rates(request: Request) -> HttpResponse:
    """All rates; who may writes one down or agrees to one."""
    form = RateForm(request.POST or None, request=request) if request.actor.may(tariffs.KEEP) else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            said = form.cleaned_data
            fen = int(said.pop("yuan") * 100)
            if attempt(request, lambda: tariffs.write(**said, fen=fen, by=request.actor, at=clock.now()),
                       _("Written down; it counts when somebody else agrees.")):  # fmt: skip
                return redirect("console:rates")

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = tariffs.listed(
            scene=asked.get("scene"), state=asked.get("state"), after=number_of(asked.after), limit=asked.limit
        )
        return lists.Rows(rows, str(rows[-1]["id"]) if len(rows) == asked.limit else "")

    waiting = [(one, cardwords.scene(one["scene"])) for one in tariffs.listed(state="open")]
    return lists.show(request, RATES, fetch, form=form, waiting=waiting, may=request.actor.permissions)


@page("catalogue.view", fresh=True)
@require_POST
def rate_do(request: Request, rate: int, what: str) -> HttpResponse:
    """Agree to a rate, or take out one that nobody agreed to."""
    done: dict[str, tuple[str, Callable[..., None], Any]] = {
        "agree": (tariffs.AGREE, tariffs.agree, _("Agreed: it counts.")),
        "out": (tariffs.KEEP, tariffs.take_out, _("Taken out.")),
    }
    if what not in done or not request.actor.may(done[what][0]):
        raise Http404
    attempt(request, lambda: done[what][1](tariff=rate, by=request.actor, at=clock.now()), done[what][2])
    return redirect("console:rates")


LISTING = lists.Listing(
    "statements", _("Operators' statements"),
    (
        lists.Column("number", _("Statement"), head=True, href=lambda row: reverse("console:statement", args=[row.id])),
        lists.Column("office", _("Operator"), value=lambda row: usewords.office(row.office)),
        lists.Column("month", _("Month"), value=lambda row: f"{row.month:%Y-%m}", whole=True),
        lists.Column("state", _("State"), value=lambda row: cardwords.said(usewords.STATEMENT, row.state),
                     tone=lambda row: usewords.STATEMENT_TONES[row.state]),
        lists.Column("uses", pgettext_lazy("card", "Uses"), "number"),
        lists.Column("total", _("Total, yuan"), "money"),
        lists.Column("differing", _("Hours that differ"), "number"),
        lists.Column("made_at", _("Made"), "moment", small=lambda row: row.maker_name),
    ),
    (lists.Filter("state", _("State"), tuple(usewords.STATEMENT.items())),),
    words=_("From signed counts at agreed rates; made, checked and approved by three different people."),
    empty=_("No statement yet"), empty_words=_("A statement is made for a month that is over."),
    export="batch.view", template="console/cards/statements.html",
)  # fmt: skip


@page("batch.view")
def listed(request: Request) -> HttpResponse:
    """Statements of one's area; the maker makes one here."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = usequeries.statements(
            request.actor.scope, state=asked.get("state"), after=number_of(asked.after), limit=asked.limit
        )
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    operators = [(pk, usewords.office(names)) for pk, names in usequeries.operators(request.actor.scope)]
    last = clock.today().replace(day=1) - dt.timedelta(days=1)
    return lists.show(
        request, LISTING, fetch, operators=operators, may=request.actor.permissions, month=f"{last:%Y-%m}"
    )


@page("batch.make")
@require_POST
def make(request: Request) -> HttpResponse:
    """Make the statement of an operator for a month."""
    office, month = number_of(request.POST.get("office", "")), MonthForm(request.POST)
    made: list[int] = []
    if office is not None and month.is_valid():
        attempt(
            request,
            lambda: made.append(
                statements.make(office=office, month=month.cleaned_data["month"], by=request.actor, at=clock.now()).pk
            ),
            _("Made. It waits for the checker."),
        )
    return redirect("console:statement", statement=made[0]) if made else redirect("console:statements")


class MonthForm(forms.Form):
    """A month."""

    month = forms.DateField(input_formats=["%Y-%m"])


def _listing(number: str) -> lists.Listing:
    return lists.Listing(
        "statement", number,
        (
            lists.Column("scene", _("Where"), value=lambda row: cardwords.scene(row.scene)),
            lists.Column("line", _("Line or gate"), head=True, value=lambda row: row.line or "—"),
            lists.Column("kind", _("For whom"), value=lambda row: usewords.kind(row.kind)),
            lists.Column("uses", pgettext_lazy("card", "Uses"), "number"),
            lists.Column("fen", PER_USE, "money"),
            lists.Column("amount", _("Yuan"), "money"),
            lists.Column("words", _("Correction"), value=lambda row: f"{row.words}（{row.paper}）" if row.correction else ""),
        ),
        export="batch.view", template="console/cards/statement.html",
    )  # fmt: skip


@page("batch.view")
def statement(request: Request, statement: int) -> HttpResponse:
    """One statement: its lines, its hands, what the operator counted, and the next act for whoever may do it."""
    view = _view(request, statement)
    one, by = view.one, request.actor
    lists.know_codes(request, [one.area])
    acts = [act for act, permission, from_states in ACTS if one.state in from_states and by.may(permission)]
    wrote = [step.by_account for step in view.steps if step.verb in ("make", "correct", "resubmit")]
    hands: dict[str, list[Any]] = {"check": [one.maker, *wrote], "approve": [one.maker, *wrote, one.checker]}
    signed = {act: {who for who in hands.get(act, ()) if who is not None} for act in acts}
    blocked = [act for act in acts if signed[act] and one_person(by.account, signed[act])]
    claim = view.claims[0] if view.claims else None
    bare, counted = usequeries.unnamed(one)
    return lists.show(
        request, _listing(one.number), lambda asked: lists.Rows(view.lines), view=view, one=one, claim=claim,
        bare=100 * bare // counted if counted else None,
        office=usewords.office(view.office), state=cardwords.said(usewords.STATEMENT, one.state),
        tone=usewords.STATEMENT_TONES[one.state], acts=[act for act in acts if act not in blocked], blocked=blocked,
        steps=[(cardwords.said(usewords.HANDS, step.verb), step) for step in view.steps], scenes=usewords.scenes(),
        kinds=usewords.kinds(), today=clock.today(), paper=reverse("console:statement-paper", args=[one.pk]),
    )  # fmt: skip


ACTS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("check", statements.CHECK, frozenset({"made"})),
    ("approve", statements.APPROVE, frozenset({"checked"})),
    ("resubmit", statements.MAKE, frozenset({"returned"})),
    ("pay", statements.BANK, frozenset({"approved"})),
    ("correct", statements.MAKE, frozenset({"made", "returned"})),
    ("claim", statements.MAKE, frozenset({"made", "returned", "checked", "approved"})),
    ("return", statements.CHECK, frozenset({"made", "checked"})),
    ("return", statements.APPROVE, frozenset({"checked"})),
    ("cancel", statements.MAKE, frozenset({"made", "returned", "checked"})),
    ("reverse", statements.APPROVE, frozenset({"approved"})),
)


def _view(request: Request, statement: int) -> usequeries.View:
    view = usequeries.statement(request.actor.scope, statement)
    if view is None:
        raise Http404
    return view


class CorrectForm(forms.Form):
    """A correction."""

    scene = forms.CharField(max_length=12)
    line = forms.CharField(max_length=40, required=False)
    kind = forms.CharField(max_length=10)
    uses = forms.IntegerField(min_value=-10_000_000, max_value=10_000_000)
    yuan = forms.DecimalField(max_digits=6, decimal_places=2, min_value=0)
    words = forms.CharField(max_length=200)
    paper = forms.CharField(max_length=120)


NOTHING: dict[str, Any] = {"scene": "", "line": "", "kind": "", "uses": 0, "yuan": 0, "words": "", "paper": ""}


class PayForm(forms.Form):
    """When it was paid."""

    on = forms.DateField()
    paper = forms.CharField(max_length=120)


WORDED: dict[str, tuple[Callable[..., None], Any]] = {
    "return": (statements.send_back, _("Sent back to the maker.")),
    "cancel": (statements.cancel, _("Cancelled; the month can be settled anew.")),
    "reverse": (statements.reverse, _("Taken back, in the register too; the month can be settled anew.")),
}
PLAIN: dict[str, tuple[Callable[..., None], Any]] = {
    "check": (statements.check, _("Checked. It waits for the approver.")),
    "approve": (statements.approve, _("Approved; its uses stand in the register.")),
    "resubmit": (statements.resubmit, _("Handed in again.")),
}


@page("batch.view", fresh=True)
@require_POST
def act(request: Request, statement: int, what: str) -> HttpResponse:
    """One act on a statement; who may is the action's to say."""
    _view(request, statement)
    given: dict[str, Any] = {"statement": statement, "by": request.actor, "at": clock.now()}
    if what in PLAIN:
        attempt(request, lambda: PLAIN[what][0](**given), PLAIN[what][1])
    elif what in WORDED:
        words = request.POST.get("words", "")[:200]
        attempt(request, lambda: WORDED[what][0](words=words, **given), WORDED[what][1])
    elif what == "pay":
        pay = PayForm(request.POST)
        given |= pay.cleaned_data if pay.is_valid() else {"on": clock.today(), "paper": ""}
        attempt(request, lambda: statements.pay(**given), _("Written down as paid."))
    elif what == "correct":
        form = CorrectForm(request.POST)
        given |= form.cleaned_data if form.is_valid() else NOTHING
        fen = int(given.pop("yuan") * 100)
        attempt(request, lambda: statements.correct(fen=fen, **given), _("Corrected."))
    elif what == "claim":
        _claim(request, given)
    else:
        raise Http404
    return redirect("console:statement", statement=statement)


def _claim(request: Request, given: dict[str, Any]) -> None:
    sent = request.FILES.get("file")
    suffix = Path(sent.name or "").suffix.lower() if sent else ""
    if sent is None or suffix not in (".xlsx", ".xls", ".csv") or (sent.size or 0) > LARGEST:
        attempt(request, _no_sheet)
        return
    with TemporaryDirectory() as folder:
        place = Path(folder) / f"sheet{suffix}"
        place.write_bytes(sent.read())
        attempt(request, lambda: claims.compare(path=place, name=sent.name or "", **given), _("Compared."))


def _no_sheet() -> None:
    raise Refusal(gettext("Choose the operator's sheet: xlsx, xls or csv, at most 20 MB."))


@page("batch.view")
def paper(request: Request, statement: int) -> HttpResponse:
    """The statement on paper: by line and kind, the sum in words, three signatures and the operator's seal."""
    view = _view(request, statement)
    lists.know_codes(request, [view.one.area])
    rows = [(cardwords.scene(row.scene), row, usewords.kind(row.kind)) for row in view.lines]
    given = {
        "one": view.one, "office": usewords.office(view.office), "rows": rows, "capital": money.capital(abs(view.one.total)),
        "state": cardwords.said(usewords.STATEMENT, view.one.state), "printed_at": clock.now(),
        "printed": papercodes.of_form(request, "form", reverse("console:statement", args=[statement])),
    }  # fmt: skip
    return render(request, "console/cards/statement_paper.html", given)


DIFFERENCES = lists.Listing(
    "differences", _("Where the operator counted otherwise"),
    (
        lists.Column("line", _("Line or gate"), head=True, value=lambda row: row[0]),
        lists.Column("day", _("Day"), value=lambda row: row[1], whole=True),
        lists.Column("hour", _("Hour"), "number", value=lambda row: row[2]),
        lists.Column("ours", _("Signed counts"), "number", value=lambda row: _few() if row[3] is None else row[3]),
        lists.Column("theirs", _("The operator's"), "number", value=lambda row: row[4]),
        lists.Column("more", _("Difference"), "number", value=lambda row: "" if row[3] is None else row[4] - row[3]),
    ),
    words=_("The largest first; at most 500 are kept."), empty=_("Nothing differs"), export="batch.view",
)  # fmt: skip


def _few() -> str:
    return gettext("fewer than %(n)d") % {"n": settings.SMALL_CELL}


@page("batch.view")
def differences(request: Request, statement: int) -> HttpResponse:
    """The hours of lines in which the operator's last sheet says something else."""
    view = _view(request, statement)
    found = view.claims[0].found if view.claims else []
    return lists.show(request, DIFFERENCES, lambda asked: lists.Rows(found))


urls: list[URLPattern] = [
    path("rates/", rates, name="rates"),
    path("rates/<int:rate>/do/<slug:what>/", rate_do, name="rate-do"),
    path("statements/", listed, name="statements"),
    path("statements/make/", make, name="statement-make"),
    path("statements/<int:statement>/", statement, name="statement"),
    path("statements/<int:statement>/do/<slug:what>/", act, name="statement-do"),
    path("statements/<int:statement>/paper/", paper, name="statement-paper"),
    path("statements/<int:statement>/differences/", differences, name="statement-differences"),
]
