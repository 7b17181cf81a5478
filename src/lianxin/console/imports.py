"""Load a ledger: look first what it would do and who would gain or lose, then load; the returned workbook; the history."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import background, ledgerwords, lists, workbook
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.partners import placeledger
from lianxin.people import actions, queries

SMALL = 512 * 1024  # a file this small is read while one waits; a larger one goes to the queue
ENDINGS = {".xlsx", ".xls", ".csv"}
KEPT = dt.timedelta(days=7)  # how long an upload waits
RECENT = 5  # imports on the first page; all are in the history


def folder() -> Path:
    """Where uploaded ledgers wait."""
    found = settings.HOME / "imports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(found)


def sweep() -> None:
    """Take away uploads that nobody came back to: they hold names and numbers."""
    over = clock.now().timestamp() - KEPT.total_seconds()
    for note in folder().glob("*.json"):
        if note.stat().st_mtime < over:
            shutil.rmtree(folder() / note.stem, ignore_errors=True)
            note.with_name(f"{note.stem}-returned.xlsx").unlink(missing_ok=True)
            note.unlink(missing_ok=True)


def _note(token: str) -> Path:
    if not token.isalnum():
        raise Http404
    return folder() / f"{token}.json"


def _said(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_note(token).read_text())
    return found


def write(token: str, **more: Any) -> None:
    """Say more of an uploaded ledger."""
    note = _note(token)
    said = {**(_said(token) if note.exists() else {}), **more}
    draft = note.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(said, ensure_ascii=False))
    draft.replace(note)


def file_of(said: dict[str, Any]) -> Path:
    """The uploaded file itself. Raises 404 where it was loaded and taken away."""
    found = folder() / said["file"]
    if not found.exists():
        raise Http404
    return found


def run(token: str, account: int, *, dry_run: bool) -> None:
    """Read one uploaded ledger, as a look or for good. Runs twice without harm: the importer knows the file."""
    said, at = _said(token), clock.now()
    actor = access.actor_numbered(account, at)
    if actor is None or not actor.may("people.import"):
        return
    out, look = folder() / f"{token}-returned.xlsx", said.get("look") or {}
    out.unlink(missing_ok=True)
    try:
        with translation.override(actor.language):
            found = placeledger.import_ledger(
                ledger=said.get("ledger", "auto") if dry_run else look["ledger"], path=folder() / said["file"], by=actor,
                at=at, dry_run=dry_run, weigh=dry_run, errors=out, area=_area(actor),
                as_previewed="" if dry_run else look.get("preview", {}).get("token", ""),
            )  # fmt: skip
    except Refusal as refusal:
        write(token, working="", error=refusal.sentence, look=None, unread=dry_run)
        return
    result = {
        **found.summary(), "ledger": found.ledger, "looks": found.looks, "run": found.run, "remarks": found.remarks,
        "unknown": [[one.header or one.sheet, one.nearest, one.elsewhere] for one in found.unknown],
        "preview": dataclasses.asdict(found.preview) if found.preview is not None else {},
    }  # fmt: skip
    write(token, working="", error="", **{"look" if dry_run else "done": result})
    if not dry_run:
        (folder() / said["file"]).unlink(missing_ok=True)


@contextmanager
def passing(sent: UploadedFile[Any]) -> Iterator[Path]:
    """A sent ledger on disk while it is read, and not longer. Raises :class:`Refusal` for what is none."""
    ending = Path(sent.name or "").suffix.lower()
    if ending not in ENDINGS:
        raise Refusal(gettext("This is not an xlsx, xls or csv file. Nothing was changed."))
    found = folder() / f"{secrets.token_hex(8)}{ending}"
    try:
        found.touch(mode=0o600)
        with found.open("wb") as out:
            for piece in sent.chunks():
                out.write(piece)
        yield found
    finally:
        found.unlink(missing_ok=True)


def _area(actor: Actor) -> str:
    """Where the actor may load: the one area of their scope."""
    return actor.scope.areas[0] if actor.scope.areas else actor.area


class Upload(forms.Form):
    """A ledger."""

    ledger = forms.FileField(label=_("File"), help_text=_("xlsx, xls or csv; title rows and columns in any order are fine."),
                             widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}))  # fmt: skip
    kind = forms.ChoiceField(label=_("Which ledger"), required=False,
                             help_text=_("Leave it as it is: the headers say which ledger it is."))  # fmt: skip

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [("auto", gettext("As its headers say")), *ledgerwords.choices()]  # type: ignore[attr-defined]

    def clean_ledger(self) -> UploadedFile[Any]:
        """Only files that the importer reads."""
        given: UploadedFile[Any] = self.cleaned_data["ledger"]
        if Path(given.name or "").suffix.lower() not in ENDINGS:
            raise forms.ValidationError(gettext("This is not an xlsx, xls or csv file. Nothing was changed."))
        return given


def go(request: Request, token: str, size: int, *, dry_run: bool) -> None:
    """Read it now where it is small, in the background where it is not."""
    account = request.actor.account or 0
    if size <= SMALL:
        run(token, account, dry_run=dry_run)
        return
    write(token, working="look" if dry_run else "load")
    background.start("lianxin.console.imports.run", f"import-{token}-{dry_run}", token, account, dry_run=dry_run)


@page("people.import")
def imports(request: Request) -> HttpResponse:
    """Choose a ledger; the empty ones to fill in; what was loaded last."""
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sweep()
        given, token = form.cleaned_data["ledger"], secrets.token_hex(8)
        name = f"{token}/{Path(given.name).name[-120:]}"
        (folder() / token).mkdir(mode=0o700)
        with (folder() / name).open("wb") as out:
            for piece in given.chunks():
                out.write(piece)
        write(token, file=name, name=Path(given.name).name[:120], account=request.actor.account, size=given.size,
              ledger=form.cleaned_data["kind"] or "auto")  # fmt: skip
        go(request, token, given.size, dry_run=True)
        return redirect("console:import", token=token)
    found = queries.imports(request.actor.scope, limit=RECENT)
    lists.know_codes(request, [one.area for one in found])
    given_to = {
        "form": form, "rows": [(one, ledgerwords.state(one.state), ledgerwords.ledger(one.ledger)) for one in found],
        "ledgers": ledgerwords.described(),
    }  # fmt: skip
    return render(request, "console/people/imports.html", given_to, status=422 if form.errors else 200)


def mine(request: Request, token: str) -> dict[str, Any]:
    """What is said of an upload of one's own; anybody else's reads as nothing."""
    if not _note(token).exists():
        raise Http404
    said = _said(token)
    if said.get("account") != request.actor.account:
        raise Http404
    return said


@page("people.import")
def one(request: Request, token: str) -> HttpResponse:
    """What the ledger would do, or what it did."""
    said = mine(request, token)
    found = said.get("done") or said.get("look") or {}
    given = {
        "said": said, "token": token, "returned": (folder() / f"{token}-returned.xlsx").exists(), "found": found,
        "ledger": ledgerwords.ledger(found.get("ledger", "")), "looks": ledgerwords.ledger(found.get("looks", "")),
        "here": found.get("ledger") == found.get("looks"),
        "unread": [header for header, _near, elsewhere in found.get("unknown", ()) if elsewhere],
        "unknown": [(header, near) for header, near, elsewhere in found.get("unknown", ()) if not elsewhere],
        "preview": _preview(request, found.get("preview") or {}) if not said.get("done") else None,
    }  # fmt: skip
    return render(request, "console/people/import.html", given)


def _preview(request: Request, preview: dict[str, Any]) -> dict[str, Any] | None:
    """The preview in words; names only of those whom the reader may open."""
    if not preview:
        return None
    weighed = preview["weighed"] or []
    ids = {line["person"] for line in preview["lines"]} | {
        pk for one in weighed if one["subject"] == "person" for pk in (*one["gained"], *one["lost"])
    }
    seen = queries.hits(request.actor.scope, sorted(ids))
    return {
        **preview,
        "counts": [(ledgerwords.column(code), count) for code, count in preview["counts"].items()],
        "lines": [(seen.get(line["person"]), ledgerwords.column(line["field"]), line) for line in preview["lines"]],
        "weighed": [
            {**one, "name": ledgerwords.name(one["zh"], one["en"]), "more": one["after"] - one["before"],
             "gainers": [seen[pk] for pk in one["gained"] if one["subject"] == "person" and pk in seen],
             "losers": [seen[pk] for pk in one["lost"] if one["subject"] == "person" and pk in seen]}
            for one in weighed
        ],
    }  # fmt: skip


@page("people.import")
@require_POST
def load(request: Request, token: str) -> HttpResponse:
    """Load it for good, as it was seen; or look again."""
    said = mine(request, token)
    if said.get("done") or said.get("working"):
        messages.info(request, gettext("This ledger is loaded already, or is being loaded; nothing was done twice."))
    elif request.POST.get("again") and said.get("file"):
        write(token, error="")
        go(request, token, said["size"], dry_run=True)
    elif not said.get("look"):
        raise Http404
    else:
        go(request, token, said["size"], dry_run=False)
    return redirect("console:import", token=token)


@page("people.import")
def returned(request: Request, token: str) -> HttpResponse:
    """The same workbook with what must be mended."""
    said = mine(request, token)
    path_out = folder() / f"{token}-returned.xlsx"
    if not path_out.exists():
        raise Http404
    return sent(path_out.read_bytes(), Path(said["name"]).stem + gettext(" - to mend") + ".xlsx", workbook.TYPE)


def sent(data: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to keep, never from a cache."""
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response


@page("people.import")
@require_POST
def undo(request: Request) -> HttpResponse:
    """Take a whole import back; says who stays because somebody used their file since."""
    number = request.POST.get("run", "")[:40]
    if not number or not queries.imports(request.actor.scope, run=number, limit=1):
        raise Http404
    kept: list[str] = []

    def act() -> None:
        kept.extend(actions.undo_import(run=number, by=request.actor, at=clock.now()).kept)

    if attempt(request, act, _("Taken back as a whole; the files are as they were before.")) and kept:
        said = gettext("%(count)s files stay as they are, because they were used or corrected since: %(files)s")
        messages.warning(request, said % {"count": len(kept), "files": "、".join(kept[:12])})
    return redirect(reverse("console:import-history"))


urls: list[URLPattern] = [
    path("import/", imports, name="imports"),
    path("import/undo/", undo, name="import-undo"),
    path("import/file/<slug:token>/", one, name="import"),
    path("import/file/<slug:token>/load/", load, name="import-load"),
    path("import/file/<slug:token>/returned/", returned, name="import-returned"),
]
