"""Rights that were refused: what was reported, how far it is, and what was found after both sides were heard."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.cards import hearing
from lianxin.casework import queries as casework
from lianxin.console import lists, shown, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.partners import queries as partners

LAST = "deliver"


def _next(row: casework.CaseRow) -> str:
    return str(_("write down what was found")) if row.state == "open" and row.step == LAST else ""


LISTING = lists.Listing(
    "refusals", _("Rights refused"),
    (
        lists.Column("due_at", _("Due"), "due"),
        lists.Column("who", _("Whom"), value=shown.who, href=lambda row: reverse("console:case", args=[row.id]), head=True),
        lists.Column("step", _("Step"), value=lambda row: words.of(words.STEPS, row.step)),
        lists.Column("state", _("State"), value=lambda row: row.state_words, tone=lambda row: words.STATE_TONES.get(row.state, "")),
        lists.Column("area", _("Residence"), "area"),
        lists.Column("number", _("Number")),
        lists.Column("next", _("Next"), value=_next, href=lambda row: reverse("console:refusal", args=[row.id]), screen_only=True),
    ),
    (lists.Filter("state", _("State"), (("open", words.STATES["open"]), ("delivered", words.STATES["delivered"]))),),
    words=_("Reported in one tap or one call; mediated first, both sides heard, answered within five working days."),
    empty=_("No right was refused"), export="people.export",
)  # fmt: skip


@page("case.deliver")
def refusals(request: Request) -> HttpResponse:
    """What was reported in one's area, the next due first."""
    actor, at = request.actor, clock.now()

    def fetch(asked: lists.Asked) -> lists.Page:
        filters = casework.Filters(service=hearing.SERVICE, state=asked.get("state"))
        made = casework.cases(
            actor.scope, filters, at=at, after=asked.after, limit=asked.limit, masked=shown.masked_for(actor)
        )
        return lists.Rows(made.rows, made.after)

    return lists.show(request, LISTING, fetch)


class FindingForm(forms.Form):
    """What was found."""

    upheld = forms.ChoiceField(label=_("Was the right refused?"), widget=forms.RadioSelect,
                               choices=(("yes", _("Yes: it counts against the place")), ("no", _("No"))))  # fmt: skip
    office = forms.ChoiceField(label=_("Under which plaque"), required=False, choices=())
    words = forms.CharField(label=_("What was found and agreed"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
                            help_text=_("One or two sentences; both sides read them."))  # fmt: skip

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("It has no plaque")), *offices]


@page("case.deliver")
def refusal(request: Request, case: int) -> HttpResponse:
    """One report: what was said, and at its last step what was found."""
    actor, at = request.actor, clock.now()
    view = casework.case(actor, case, at=at, masked=shown.masked_for(actor))
    if view is None or view.row.service != hearing.SERVICE:
        raise Http404
    zh = get_language() == "zh-hans"
    rows = partners.agreements(actor.scope, clock.day(at), state="open", limit=500)
    offices = [(str(row.office), f"{row.name if zh else row.name_en} {row.plaque}".strip()) for row in rows]
    form = FindingForm(request.POST or None, offices=offices)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act() -> None:
            hearing.find(case=case, upheld=said["upheld"] == "yes", words=said["words"], office=number_of(said["office"]),
                         by=actor, at=at)  # fmt: skip

        if attempt(request, act, _("Written down; the holder is told.")):
            return redirect("console:refusals")
    given = {"one": shown.opened(actor, view), "form": form, "ready": view.row.state == "open" and view.row.step == LAST,
             "found": hearing.finding(case)}  # fmt: skip
    return render(request, "console/cards/refusal.html", given, status=422 if form.errors else 200)


urls: list[URLPattern] = [
    path("refusals/", refusals, name="refusals"),
    path("refusals/<int:case>/", refusal, name="refusal"),
]
