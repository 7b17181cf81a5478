"""One row of a file: where each of its values is from, its history; correct it, end it, withdraw it, verify it; pictures."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import papers
from lianxin.console import filepage, filewords
from lianxin.console.acting import attempt
from lianxin.console.fileforms import FORMS, EndForm, FactForm, PortraitForm, WithdrawForm
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.people import actions, dossier, groups, queries


def opened(request: Request, person: int) -> queries.PersonFile:
    """The file where the scope covers it; elsewhere it is not there."""
    found = queries.person(request.actor.scope, person)
    if found is None:
        raise Http404
    return found


def photo_of(request: Request, name: str = "photo") -> actions.Photo | None:
    """The picture that came along, checked, drawn anew and kept sealed."""
    given = request.FILES.get(name)
    if given is None or isinstance(given, list):
        return None
    kept = papers.keep(given.read(), given.name or "")
    return actions.Photo(kept.digest, kept.size, kept.content_type)


def write(request: Request, person: int, group: str, form: FactForm, corrects: int | None = None) -> None:
    """Record what a form says."""
    says = form.says()
    if group == "kin":
        found = queries.person_numbered(request.actor.scope, str(says.pop("relative")))
        if found is None:
            raise Refusal(str(_("There is no file with that number in your area; nothing was changed.")))
        says["relative"] = found
    given = form.cleaned_data
    actions.record(person=person, group=group, says=says, valid_from=given["valid_from"], paper=given["paper"],
                   by=request.actor, at=clock.now(), corrects=corrects, photo=photo_of(request))  # fmt: skip


@page("people.edit")
def record(request: Request, person: int, group: str) -> HttpResponse:
    """Record one fact with the paper it was taken from."""
    if group not in FORMS:
        raise Http404
    file = opened(request, person)
    form = FORMS[group](request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and attempt(
        request, lambda: write(request, person, group, form),
        _("It stands in the file; what follows from it is judged again tonight."),
    ):  # fmt: skip
        return redirect("console:person", person=person)
    given = {"file": file, "form": form, "group": filewords.GROUPS[group]}
    return render(request, "console/people/record.html", given, status=422 if form.errors else 200)


def _line(request: Request, person: int, group: str, row: int) -> tuple[dossier.Dossier, dossier.Line]:
    file = dossier.dossier(request.actor.scope, person, day=clock.today(), past=True, ahead=True)
    if file is None:
        raise Http404
    lines = [*file.lines, *file.memberships, *(tie.row for tie in file.ties), *([file.who] if file.who else [])]
    found = next((line for line in lines if (line.group, line.id) == (group, row)), None)
    if found is None:
        raise Http404
    return file, found


@page("people.view")
def row(request: Request, person: int, group: str, row: int) -> HttpResponse:
    """Where each value of one row is from, and what may be done with it."""
    return _row(request, person, group, row)


def _row(request: Request, person: int, group: str, row: int, status: int = 200, **more: Any) -> HttpResponse:
    file, line = _line(request, person, group, row)
    scope = request.actor.scope
    areas = filepage.names_of(line.says.get(name) for name in ("home", "hukou"))
    found = dossier.origins(scope, person, group, row) or {}
    says = [(name, label, words, found.get(name, line.origin)) for name, label, words in filewords.told(
        group, line.says, areas)]  # fmt: skip
    tie = next((one for one in file.ties if one.row.id == row), None) if group == "kin" else None
    relative = (str(filewords.KIN.get(tie.kind, tie.kind)), tie.other) if tie else None
    may = "people.edit" in request.actor.permissions and line.superseded_at is None and group in groups.GROUPS
    given = {
        "file": opened(request, person), "line": line, "says": says, "relative": relative, "may": may,
        "group": filewords.GROUPS[group], "historic": group not in {"kin", "membership"},
        "corrects": may and group in FORMS and group not in {"kin", "membership"}, "code": group,
        "end": more.get("end") or EndForm(auto_id="end_%s"), "wrong": more.get("wrong") or WithdrawForm(),
    }  # fmt: skip
    response = render(request, "console/people/row.html", given, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("people.edit")
def correct(request: Request, person: int, group: str, row: int) -> HttpResponse:
    """Say what is right instead: the wrong row is superseded and stays readable."""
    _file, line = _line(request, person, group, row)
    if group not in FORMS or group in {"kin", "membership"} or line.superseded_at is not None:
        raise Http404
    begin: dict[str, Any] = {
        name: ("yes" if value else "no") if isinstance(value, bool) else value for name, value in line.says.items()
    }
    if begin.get("monthly_income") is not None:
        begin["monthly_income"] = f"{begin['monthly_income'] / 100:.2f}"
    begin["valid_from"] = line.valid_from
    form = FORMS[group](request.POST or None, request.FILES or None, initial=begin)
    if request.method == "POST" and form.is_valid() and attempt(
        request, lambda: write(request, person, group, form, corrects=row), _("Corrected; what it said before can still be read."),
    ):  # fmt: skip
        return redirect("console:person", person=person)
    given = {"file": opened(request, person), "form": form, "group": filewords.GROUPS[group]}
    return render(request, "console/people/record.html", given, status=422 if form.errors else 200)


@page("people.edit")
@require_POST
def end(request: Request, person: int, group: str, row: int) -> HttpResponse:
    """Let a row hold no longer from a day on."""
    _line(request, person, group, row)
    form = EndForm(request.POST, auto_id="end_%s")
    if form.is_valid() and attempt(
        request,
        lambda: actions.end_row(person=person, group=group, row=row, since=form.cleaned_data["since"],
                                reason=form.cleaned_data["reason"], paper=form.cleaned_data["paper"],
                                by=request.actor, at=clock.now()),
        _("Ended; the file keeps what held until then."),
    ):  # fmt: skip
        return redirect("console:person", person=person)
    return _row(request, person, group, row, 422, end=form)


@page("people.edit")
@require_POST
def withdraw(request: Request, person: int, group: str, row: int) -> HttpResponse:
    """Take back a row that was never true."""
    _line(request, person, group, row)
    form = WithdrawForm(request.POST)
    if form.is_valid() and attempt(
        request,
        lambda: actions.withdraw(person=person, group=group, row=row, reason=form.cleaned_data["why"],
                                 by=request.actor, at=clock.now()),
        _("Withdrawn; it can still be read among the corrected rows."),
    ):  # fmt: skip
        return redirect("console:person", person=person)
    return _row(request, person, group, row, 422, wrong=form)


@page("people.edit")
@require_POST
def verify(request: Request, person: int, group: str, row: int) -> HttpResponse:
    """A second person has compared the row with its paper."""
    _line(request, person, group, row)
    attempt(request, lambda: actions.verify_row(person=person, group=group, row=row, by=request.actor, at=clock.now()),
            _("Verified."))  # fmt: skip
    return redirect("console:person-row", person=person, group=group, row=row)


@page("people.view")
def history(request: Request, person: int, group: str, name: str) -> HttpResponse:
    """Everything the file ever said of one value."""
    file = opened(request, person)
    found = dossier.history(request.actor.scope, person, group, name)
    if found is None:
        raise Http404
    areas = filepage.names_of(one.value for one in found if name in {"home", "hukou"})
    told = [
        (one, next((words for _n, _l, words in filewords.told(group, {name: one.value}, areas)), "")) for one in found
    ]
    given = {"file": file, "told": told, "label": filewords.label(group, name), "group": filewords.GROUPS[group]}
    response = render(request, "console/people/history.html", given)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("people.edit")
def portrait(request: Request, person: int) -> HttpResponse:
    """The person's picture, in place of the one before."""
    file = opened(request, person)
    form = PortraitForm(request.POST or None, request.FILES or None)

    def act() -> None:
        given = request.FILES.get("photo")
        data = given.read() if given is not None and not isinstance(given, list) else b""
        if papers.kind_of(data) == papers.PDF:
            raise Refusal(str(_("A portrait is a photo, not a PDF; nothing was changed.")))
        name = given.name if given is not None and not isinstance(given, list) else ""
        kept = papers.keep(data, name or "")
        photo = actions.Photo(kept.digest, kept.size, kept.content_type)
        actions.keep_portrait(person=person, photo=photo, paper=form.cleaned_data["paper"], by=request.actor,
                              at=clock.now())  # fmt: skip

    if request.method == "POST" and form.is_valid() and attempt(request, act, _("The photo is in the file.")):
        return redirect("console:person", person=person)
    given = {"file": file, "form": form, "group": _("Photo")}
    return render(request, "console/people/record.html", given, status=422 if form.errors else 200)


@page("people.view")
def picture(request: Request, person: int, scan: int) -> HttpResponse:
    """A portrait, or the photo of a paper: shown as what it is and never run."""
    found = dossier.scan(request.actor.scope, person, scan)
    if found is None:
        raise Http404
    response = HttpResponse(papers.read(found.digest), content_type=found.content_type)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


_ROW = "people/<int:person>/row/<slug:group>/<int:row>/"
urls: list[URLPattern] = [
    path("people/<int:person>/record/<slug:group>/", record, name="person-record"),
    path(_ROW, row, name="person-row"),
    path(f"{_ROW}correct/", correct, name="person-correct"),
    path(f"{_ROW}end/", end, name="person-end"),
    path(f"{_ROW}withdraw/", withdraw, name="person-withdraw"),
    path(f"{_ROW}verify/", verify, name="person-verify-row"),
    path("people/<int:person>/history/<slug:group>/<slug:name>/", history, name="person-history"),
    path("people/<int:person>/portrait/", portrait, name="person-portrait"),
    path("people/<int:person>/picture/<int:scan>/", picture, name="person-picture"),
]
