"""The tree of areas for whoever keeps it: open it branch by branch, find, add, rename, merge, split, end, load a list."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import areas as keeping
from lianxin.access import redrawing, tree
from lianxin.access.gate import Request, page
from lianxin.access.redrawing import Change
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField, ScopedForm
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal

DAY = DayInput()
MOST_ROWS = 60_000
COUNTED = {"offices": _("offices"), "roles": _("roles"), "persons": _("persons"), "households": _("households"),
           "cases": _("open cases"), "areas": _("areas below"), "places": _("public places")}  # fmt: skip


class NewArea(forms.Form):
    """An area below the one that is open."""

    code = forms.RegexField(
        r"^\d{6}(\d{3}){0,2}$", label=_("Code"), help_text=_("6, 9 or 12 digits, of the official list")
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    english = forms.CharField(label=_("English name"), max_length=80, required=False)


class Rename(forms.Form):
    """A new name from a day on."""

    name = forms.CharField(label=_("New name"), max_length=60)
    english = forms.CharField(label=_("English name"), max_length=80, required=False)
    on = forms.DateField(label=_("From"), widget=DAY)
    paper = forms.CharField(label=_("By which document"), max_length=100)


class Merge(ScopedForm):
    """The area goes over into another."""

    into = AreaField(label=_("Into"))
    on = forms.DateField(label=_("From"), widget=DAY)
    paper = forms.CharField(label=_("By which document"), max_length=100)


class Split(forms.Form):
    """Some of the areas below go over to a new neighbour."""

    code = forms.RegexField(r"^\d{6}(\d{3})?$", label=_("Code of the new area"))
    name = forms.CharField(label=_("Its name"), max_length=60)
    parts = forms.MultipleChoiceField(label=_("What goes over to it"), widget=forms.CheckboxSelectMultiple)
    on = forms.DateField(label=_("From"), widget=DAY)
    paper = forms.CharField(label=_("By which document"), max_length=100)


class OfficialList(forms.Form):
    """The list as it is published."""

    file = forms.FileField(label=_("Official list"), help_text=_("xlsx or csv with code and name, English name if there is one"),
                           widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}))  # fmt: skip
    on = forms.DateField(label=_("New names hold from"), widget=DAY)
    paper = forms.CharField(label=_("By which document"), max_length=100)


@page("areas.manage")
def areas(request: Request) -> HttpResponse:
    """The tree, or what a search found."""
    text = request.GET.get("q", "").strip()
    scope = request.actor.scope
    given = {
        "text": text, "roots": [] if text else tree.roots(scope), "redrawings": tree.redrawings(scope, limit=5),
        "found": _found(tree.find(scope, text, limit=50, ended=True)) if text else [],
    }  # fmt: skip
    return render(request, "console/access/areas.html", given)


def _found(nodes: list[tree.Node]) -> list[tuple[tree.Node, str]]:
    above = tree.paths([node.code for node in nodes])
    place = 0 if get_language() == "zh-hans" else 1
    return [(node, above[node.code][place]) for node in nodes]


@page("areas.manage")
def branch(request: Request, code: str) -> HttpResponse:
    """What lies directly below an area: what the tree asks for when it is opened."""
    if tree.node(request.actor.scope, code) is None:
        raise Http404
    return render(request, "console/access/_branch.html", {"nodes": tree.branch(request.actor.scope, code)})


@page("home")
def pick(request: Request) -> HttpResponse:
    """What a picker offers for typed words: areas of one's own, or of the whole published division."""
    everywhere = bool(request.GET.get("everywhere")) and request.actor.scope.reach == "area"
    found = tree.find(request.actor.scope, request.GET.get("q", ""), limit=12, everywhere=everywhere)
    return render(request, "ui/area_options.html", {"found": _found(found)})


@page("areas.manage")
def area(request: Request, code: str) -> HttpResponse:
    """One area: its names over the years, what lies in it, what may be done with it."""
    node = tree.node(request.actor.scope, code)
    if node is None:
        raise Http404
    return _area(request, node)


def _area(request: Request, node: tree.Node, **wrong: Any) -> HttpResponse:
    scope, today = request.actor.scope, clock.today()
    below = tree.branch(scope, node.code, ended=True)
    split = wrong.get("split") or Split(initial={"on": today})
    field: Any = split.fields["parts"]
    field.choices = [(one.code, f"{one.said(get_language() or '')} {one.code}") for one in below if not one.successor]
    given = {
        "node": node, "below": below, "history": tree.history(node.code), "above": tree.heads(node.code)[:-1],
        "use": [(count, COUNTED.get(name, name)) for name, count in keeping.in_use(node.code).items()],
        "new": wrong.get("new") or NewArea(initial={"code": node.code}),
        "rename": wrong.get("rename") or Rename(initial={"name": node.name, "english": node.english, "on": today}),
        "merge": wrong.get("merge") or Merge(scope=scope, initial={"on": today}),
        "split": split, "today": today, "plan": wrong.get("plan"),
    }  # fmt: skip
    return render(request, "console/access/area.html", given, status=422 if wrong and "plan" not in wrong else 200)


@page("areas.manage")
@require_POST
def change(request: Request, code: str, what: str) -> HttpResponse:
    """Add below, rename, merge, split or end; mergers and splits show first what they would move."""
    node = tree.node(request.actor.scope, code)
    if node is None or what not in _ACTS:
        raise Http404
    return _ACTS[what](request, node)


def _add(request: Request, node: tree.Node) -> HttpResponse:
    form = NewArea(request.POST)
    if form.is_valid():
        attempt(
            request, lambda: keeping.add(**form.cleaned_data, by=request.actor, at=clock.now()), _("The area is added.")
        )
        return redirect("console:area", code=node.code)
    return _area(request, node, new=form)


def _rename(request: Request, node: tree.Node) -> HttpResponse:
    form = Rename(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        names = [(node.code, said["name"], said["english"])]
        attempt(request, lambda: keeping.rename(names=names, on=said["on"], paper=said["paper"], by=request.actor,
                                                at=clock.now()), _("The new name holds from that day on."))  # fmt: skip
        return redirect("console:area", code=node.code)
    return _area(request, node, rename=form)


def _merge(request: Request, node: tree.Node) -> HttpResponse:
    form = Merge(request.POST, scope=request.actor.scope)
    if not form.is_valid():
        return _area(request, node, merge=form)
    return _redraw(request, node, form, "merge", [Change(node.code, form.cleaned_data["into"])], [])


def _split(request: Request, node: tree.Node) -> HttpResponse:
    form = Split(request.POST)
    below = tree.branch(request.actor.scope, node.code)
    field: Any = form.fields["parts"]
    field.choices = [(one.code, one.name) for one in below]
    if not form.is_valid():
        return _area(request, node, split=form)
    said = form.cleaned_data
    width = len(below[0].code) - len(node.code) if below else 0
    changes = [Change(code, said["code"] + code[-width:]) for code in said["parts"]]
    return _redraw(request, node, form, "split", changes, [(said["code"], said["name"], "")])


def _redraw(
    request: Request, node: tree.Node, form: Any, what: str, changes: list[Change], adds: list[tuple[str, str, str]]
) -> HttpResponse:
    """First what it would do, then, when that was seen, the thing itself."""
    said = form.cleaned_data
    if "sure" in request.POST:
        attempt(request, lambda: redrawing.redraw(changes=changes, adds=adds, on=said["on"], paper=said["paper"],
                                                  by=request.actor, at=clock.now()),
                _("The map is redrawn; everything in it has gone along. It can be taken back as one."))  # fmt: skip
        return redirect("console:areas")
    made: list[redrawing.Plan] = []
    if not attempt(request, lambda: made.append(redrawing.plan(changes=changes, adds=adds, by=request.actor))):
        return redirect("console:area", code=node.code)
    names = {code: name for code, (name, _english) in made[0].new.items()}
    plan = {
        "what": what, "form": form, "posted": [(name, value) for name, values in request.POST.lists() for value in values
                                               if name != "csrfmiddlewaretoken"],
        "rows": [(made[0].names[code], code, into, names.get(into, "")) for code, into in sorted(made[0].pairs.items())][:200],
        "count": len(made[0].pairs), "new": len(made[0].new),
        "moves": [(count, COUNTED.get(name, name)) for name, count in redrawing.counts(made[0]).items()],
    }  # fmt: skip
    return _area(request, node, **{what: form}, plan=plan)


def _end(request: Request, node: tree.Node) -> HttpResponse:
    attempt(request, lambda: keeping.end(code=node.code, on=clock.today(), by=request.actor, at=clock.now()),
            _("The area has ended."))  # fmt: skip
    return redirect("console:area", code=node.code)


_ACTS: dict[str, Callable[[Request, tree.Node], HttpResponse]] = {
    "add": _add, "rename": _rename, "merge": _merge, "split": _split, "end": _end,
}  # fmt: skip


@page("areas.manage")
@require_POST
def undo(request: Request) -> HttpResponse:
    """Take a redrawing back as one."""
    attempt(request, lambda: redrawing.undo(run=request.POST.get("run", ""), by=request.actor, at=clock.now()),
            _("It is taken back; everything that had moved with it is home again."))  # fmt: skip
    return redirect("console:areas")


@page("areas.manage")
def official(request: Request) -> HttpResponse:
    """Load the official list: first what it would add, rename and end, then load."""
    form = OfficialList(request.POST or None, request.FILES or None, initial={"on": clock.today()})
    said: keeping.Preview | None = None
    if request.method == "POST" and "rows" in request.POST:
        try:
            rows = list(csv.reader(io.StringIO(request.POST["rows"])))[:MOST_ROWS]
            on = OfficialList.base_fields["on"].clean(request.POST.get("on"))
        except (csv.Error, forms.ValidationError):  # not what the page before sent
            return redirect("console:area-list")
        if attempt(request, lambda: keeping.load(rows=rows, on=on, paper=request.POST.get("paper", ""), by=request.actor,
                                                 at=clock.now()), _("The list is loaded.")):  # fmt: skip
            return redirect("console:areas")
        return redirect("console:area-list")
    text = ""
    if request.method == "POST" and form.is_valid():
        try:
            rows = read(form.cleaned_data["file"].read())
        except Refusal as refusal:
            form.add_error("file", gettext(refusal.sentence))
        else:
            said = keeping.preview(rows=rows, scope=request.actor.scope, whole=True)
            out = io.StringIO()
            csv.writer(out).writerows(rows)
            text = out.getvalue()
    given = {"form": form, "said": said, "text": text, "on": request.POST.get("on"), "paper": request.POST.get("paper")}
    return render(request, "console/access/area_list.html", given, status=422 if form.errors else 200)


def read(data: bytes) -> list[list[str]]:
    """The rows (code, name, English name) of a list in xlsx, xls or csv. Raises :class:`Refusal` where there are none."""
    from lianxin.people import arealists, workbook  # they bring polars

    workbook.bounded(io.BytesIO(data), cells=MOST_ROWS * 10, unpacked=256 * 1024 * 1024)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "list"
        kept.write_bytes(data)
        rows = arealists.read(kept)
    if not any(code[:4].isdigit() for _sheet, _line, code, _name, _english in rows):
        raise Refusal(gettext("No row has a code; write the headers 区划代码 and 名称 over the codes and the names."))
    return [[code, name, english] for _sheet, _line, code, name, english in rows[:MOST_ROWS]]


urls: list[URLPattern] = [
    path("areas/", areas, name="areas"),
    path("areas/pick/", pick, name="area-pick"),
    path("areas/list/", official, name="area-list"),
    path("areas/undo/", undo, name="area-undo"),
    path("areas/<str:code>/", area, name="area"),
    path("areas/<str:code>/below/", branch, name="area-branch"),
    path("areas/<str:code>/do/<slug:what>/", change, name="area-change"),
]
