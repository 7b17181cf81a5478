"""The two lists: needs of the forces and of the locality, brought, handed to an office, done or declined with a reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import actions, needs
from lianxin.casework.scopes import PLACE_NEEDS, UNIT_NEEDS
from lianxin.casework.words import done_words
from lianxin.catalogue import queries as catalogue
from lianxin.console import lists, words
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.openings import Opening
from lianxin.engine.refusal import Refusal

TITLES = {UNIT_NEEDS: _("What the forces need"), PLACE_NEEDS: _("What the locality needs")}
STATES = (
    ("running", _("being done")),
    ("overdue", _("overdue")),
    ("done", _("done")),
    ("declined", _("declined, with a reason")),
)


def _has(row: needs.Need) -> str:
    """The owner: the office that took it on or is asked, else the one on whose desk it lies."""
    if row.helper is not None:
        return words.said(row.helper)
    return row.row.desk.words if row.row.desk is not None else ""


def _kind(row: needs.Need) -> str:
    return words.said(row.row.kind_name) if row.row.kind_name else ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _runs(row: needs.Need) -> bool:
    return row.row.state in needs.RUNNING


COLUMNS = (
    lists.Column("need", _("What is needed"), head=True, href=lambda row: reverse("console:need", args=[row.id]),
                 small=_kind),
    lists.Column("list", _("List"), value=lambda row: TITLES[row.row.service]),
    lists.Column("has", _("Who has it"), value=_has),
    lists.Column("wished", _("Wished by"), "day", value=lambda row: _day(row.wished)),
    lists.Column("due", _("Due"), "due", value=lambda row: row.row.due_at),
    lists.Column("state", _("State"), value=lambda row: row.row.state_words,
                 tone=lambda row: "red" if row.row.light == "red" and _runs(row) else words.STATE_TONES.get(row.row.state, "")),
    lists.Column("opened", _("Brought"), "day", value=lambda row: clock.day(row.row.opened_at)),
    lists.Column("number", _("Number"), value=lambda row: row.row.number),
)  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    known = catalogue.in_force(clock.today())
    return [(kind.code, words.said(kind.name)) for code in needs.LISTS if code in known
            for kind in known[code].service.kinds]  # fmt: skip


def _listing() -> lists.Listing:
    return lists.Listing(
        "needs", _("The two lists"), COLUMNS,
        (
            lists.Filter("list", _("List"), tuple(TITLES.items())),
            lists.Filter("state", _("State"), STATES),
            lists.Filter("kind", _("Kind"), tuple(dict(_kinds()).items())),
            lists.Filter("mine", _("Whose"), (("yes", _("brought by me")),)),
        ),
        words=_("What the forces need of the locality, and the locality of the forces. Each has an owner, a day and an end."),
        empty=_("No need yet"),
        empty_words=_("Whoever brings a need sees here at whose desk it is, until when, and what came of it."),
        export="need.view", template="console/needs/list.html", form_title=_("The two lists"),
    )  # fmt: skip


def _cells(one: needs.Counted) -> list[tuple[Any, int, str]]:
    """A list's numbers, each with the address of its rows."""
    values = (one.running, one.overdue, one.done, one.declined)
    return [
        (said, value, f"?list={one.service}&state={code}") for (code, said), value in zip(STATES, values, strict=True)
    ]


@page("need.view")
def listed(request: Request) -> HttpResponse:
    """Both lists of one's area, or what one brought; how much runs, is overdue, was done and declined this year."""
    actor, at, today = request.actor, clock.now(), clock.today()

    def fetch(asked: lists.Asked) -> lists.Page:
        wanted = needs.Asked(asked.get("list"), asked.get("state"), asked.get("kind"), bool(asked.get("mine")))
        rows = needs.needs(actor, wanted, at=at, after=number_of(asked.after), limit=asked.limit)
        return lists.Rows(rows, str(rows[-1].id) if len(rows) == asked.limit else "")

    def counted() -> dict[str, Any]:
        since = clock.midnight(today.replace(month=1, day=1))
        return {"counted": [(TITLES[one.service], _cells(one)) for one in needs.counted(actor, since=since, at=at)]}

    return lists.show(request, _listing(), fetch, later=counted, may_bring=bool(needs.may_bring(actor)))


class NeedForm(forms.Form):
    """A need in one sentence: what, of which kind, by which day. Nothing of a unit, a place, a number or a task."""

    kind = forms.ChoiceField(label=_("What it is about"))
    need = forms.CharField(label=_("What is needed (no unit, place, number or task)"), max_length=120)
    by = forms.DateField(label=_("Wished by"), widget=DayInput(), required=False)

    def clean_by(self) -> dt.date | None:
        """A day that is still to come."""
        by: dt.date | None = self.cleaned_data["by"]
        if by is not None and by < clock.today():
            raise forms.ValidationError(gettext("This day is over; choose one that is still to come."))
        return by


@page("need.view")
def new(request: Request) -> HttpResponse:
    """Bring a need in: it goes to the dual-support office, which studies it and finds it an owner."""
    open_to = {one.service.code: one for one in needs.may_bring(request.actor)}
    if not open_to:  # reads the lists and brings nothing
        return redirect("console:needs")
    form = NeedForm(request.POST or None)
    groups = [(str(TITLES[code]), [(f"{code}:{kind.code}", words.said(kind.name)) for kind in one.service.kinds])
              for code, one in open_to.items()]  # fmt: skip
    form.fields["kind"].choices = [("", "")] + (groups if len(groups) > 1 else groups[0][1])  # type: ignore[attr-defined]
    made: list[Any] = []

    def bring() -> None:
        given = form.cleaned_data
        code, _colon, kind = given["kind"].partition(":")
        said = {"need": given["need"].strip(), "by": given["by"].isoformat() if given["by"] else ""}
        opening = Opening(service=code, version=open_to[code].version_id, area=request.actor.area, kind=kind,
                          channel="liaison" if code == UNIT_NEEDS else "counter", form=said)  # fmt: skip
        made.extend(actions.open_cases(openings=[opening], by=request.actor, at=clock.now()))

    if request.method == "POST" and form.is_valid() and attempt(request, bring):
        messages.success(request, gettext("%(number)s is on the list; the clock runs.") % {"number": made[0].number})
        return redirect("console:need", need=made[0].pk)
    unit = list(open_to) == [UNIT_NEEDS]
    given = {"form": form, "unit": unit}
    return render(request, "console/needs/new.html", given, status=422 if request.method == "POST" else 200)


@page("need.view")
def need(request: Request, need: int) -> HttpResponse:
    """One need: its steps, who has it and until when, what was done, and the word of whoever brought it."""
    found = needs.need(request.actor, need, at=clock.now())
    if found is None:
        raise Http404
    one, view = found
    given = {
        "one": one, "view": view, "title": TITLES[one.row.service], "kind": _kind(one), "has": _has(one),
        "wished": _day(one.wished), "tone": words.STATE_TONES.get(one.row.state, ""),
        "steps": [(words.step(step.step, step.as_), "" if step.where == "ahead" else step.where) for step in view.steps],
        "moves": [(move, done_words(move.verb)) for move in view.moves],
        "may_say": one.mine and "received" in view.verbs, "may_take_back": one.mine and "withdraw" in view.verbs,
        "whole": request.actor.may("case.open") and request.actor.may("people.view"),
    }  # fmt: skip
    return render(request, "console/needs/need.html", given)


@page("need.view")
@require_POST
def need_say(request: Request, need: int) -> HttpResponse:
    """Whoever brought it says that it is done and how good it was, that it is not, or takes it back."""
    actor, at, what = request.actor, clock.now(), request.POST.get("what", "")
    found = needs.need(actor, need, at=at)
    if found is None or not found[0].mine:
        raise Http404
    said, score = request.POST.get("words", "").strip()[:400], number_of(request.POST.get("score", ""))

    def act() -> None:
        if what == "back":
            actions.withdraw(cases=[need], words=said, by=actor, at=at)
            return
        if what == "no" and not said:
            raise Refusal(gettext("Say in a word what is still wanting."))
        good = score if what == "yes" and score in {1, 2, 3, 4, 5} else None
        actions.confirm_received(case=need, received=what == "yes", score=good, words=said, by=actor, at=at)

    if what not in {"yes", "no", "back"}:
        raise Http404
    attempt(request, act, _("Noted; whoever did it reads it."))
    return redirect("console:need", need=need)


urls: list[URLPattern] = [
    path("needs/", listed, name="needs"),
    path("needs/new/", new, name="need-new"),
    path("needs/<int:need>/", need, name="need"),
    path("needs/<int:need>/say/", need_say, name="need-say"),
]
