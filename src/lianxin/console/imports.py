"""Load a ledger of people: look first what it would do, then load; the returned workbook; the history; undo as one."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import background, lists, workbook
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people import actions, queries

SMALL = 512 * 1024  # a file this small is read while one waits; a larger one goes to the queue
ENDINGS = {".xlsx", ".xls", ".csv"}
STATES = {"applying": _("under way"), "done": _("loaded"), "undone": _("taken back"), "failed": _("failed")}


def _folder() -> Path:
    folder = settings.HOME / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(folder)


def _note(token: str) -> Path:
    if not token.isalnum():
        raise Http404
    return _folder() / f"{token}.json"


def _said(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_note(token).read_text())
    return found


def _write(token: str, **more: Any) -> None:
    note = _note(token)
    said = {**(_said(token) if note.exists() else {}), **more}
    draft = note.with_suffix(".draft")
    draft.write_text(json.dumps(said, ensure_ascii=False))
    draft.replace(note)


def run(token: str, account: int, *, dry_run: bool) -> None:
    """Read one uploaded ledger, as a look or for good. Runs twice without harm: the importer knows the file."""
    said, at = _said(token), clock.now()
    actor = access.actor_numbered(account, at)
    if actor is None or not actor.may("people.import"):
        return
    out = _folder() / f"{token}-returned.xlsx"
    try:
        found = actions.import_people(
            path=_folder() / said["file"], by=actor, at=at, dry_run=dry_run, errors=out, area=_area(actor)
        )
    except Refusal as refusal:
        _write(token, working="", error=refusal.sentence)
        return
    result = {**found.summary(), "unknown": [[one.header or one.sheet, one.nearest] for one in found.unknown]}
    _write(token, working="", error="", **{"look" if dry_run else "done": result})


def _area(actor: Actor) -> str:
    """Where the actor may load: the one area of their scope."""
    return actor.scope.areas[0] if actor.scope.areas else actor.area


class Upload(forms.Form):
    """A ledger."""

    ledger = forms.FileField(label=_("Ledger"), help_text=_("xlsx, xls or csv; title rows and columns in any order are fine."),
                             widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}))  # fmt: skip

    def clean_ledger(self) -> UploadedFile[Any]:
        """Only files that the importer reads."""
        given: UploadedFile[Any] = self.cleaned_data["ledger"]
        if Path(given.name or "").suffix.lower() not in ENDINGS:
            raise forms.ValidationError(gettext("This is not an xlsx, xls or csv file. Nothing was changed."))
        return given


def _go(request: Request, token: str, size: int, *, dry_run: bool) -> None:
    account = request.actor.account or 0
    if size <= SMALL:
        run(token, account, dry_run=dry_run)
        return
    _write(token, working="look" if dry_run else "load")
    background.start("lianxin.console.imports.run", f"import-{token}-{dry_run}", token, account, dry_run=dry_run)


@page("people.import")
def imports(request: Request) -> HttpResponse:
    """Choose a ledger; what was loaded before."""
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given, token = form.cleaned_data["ledger"], secrets.token_hex(8)
        name = f"{token}/{Path(given.name).name[-120:]}"
        (_folder() / token).mkdir(mode=0o700)
        with (_folder() / name).open("wb") as out:
            for piece in given.chunks():
                out.write(piece)
        _write(token, file=name, name=Path(given.name).name[:120], account=request.actor.account, size=given.size)
        _go(request, token, given.size, dry_run=True)
        return redirect("console:import", token=token)
    after = request.GET.get("after", "")
    found = queries.imports(request.actor.scope, after=int(after) if after.isdigit() else 0, limit=21)
    lists.know_codes(request, [one.area for one in found])
    given_to = {
        "form": form, "rows": [(one, STATES.get(one.state, one.state)) for one in found[:20]],
        "next_key": found[19].id if len(found) > 20 else 0,
    }  # fmt: skip
    return render(request, "console/people/imports.html", given_to, status=422 if form.errors else 200)


def _mine(request: Request, token: str) -> dict[str, Any]:
    if not _note(token).exists():
        raise Http404
    said = _said(token)
    if said.get("account") != request.actor.account:
        raise Http404
    return said


@page("people.import")
def one(request: Request, token: str) -> HttpResponse:
    """What the ledger would do, or what it did."""
    said = _mine(request, token)
    returned = (_folder() / f"{token}-returned.xlsx").exists()
    return render(request, "console/people/import.html", {"said": said, "token": token, "returned": returned})


@page("people.import")
@require_POST
def load(request: Request, token: str) -> HttpResponse:
    """Load it for good."""
    said = _mine(request, token)
    if said.get("done") or said.get("working"):
        messages.info(request, gettext("This ledger is loaded already, or is being loaded; nothing was done twice."))
    elif not said.get("look"):
        raise Http404
    else:
        _go(request, token, said["size"], dry_run=False)
    return redirect("console:import", token=token)


@page("people.import")
def returned(request: Request, token: str) -> HttpResponse:
    """The same workbook with what must be mended."""
    said = _mine(request, token)
    path_out = _folder() / f"{token}-returned.xlsx"
    if not path_out.exists():
        raise Http404
    name = Path(said["name"]).stem + gettext(" - to mend") + ".xlsx"
    response = HttpResponse(path_out.read_bytes(), content_type=workbook.TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response


@page("people.import")
@require_POST
def undo(request: Request) -> HttpResponse:
    """Take a whole import back."""
    number = request.POST.get("run", "")[:40]
    if not number or not queries.imports(request.actor.scope, run=number, limit=1):
        raise Http404
    attempt(request, lambda: actions.undo_import(run=number, by=request.actor, at=clock.now()),
            _("Taken back as a whole; the files are as they were before."))  # fmt: skip
    return redirect("console:imports")


urls: list[URLPattern] = [
    path("import/", imports, name="imports"),
    path("import/undo/", undo, name="import-undo"),
    path("import/<slug:token>/", one, name="import"),
    path("import/<slug:token>/load/", load, name="import-load"),
    path("import/<slug:token>/returned/", returned, name="import-returned"),
]
