"""Files about cards that are made apart: a filing's workbook, rows that were not taken, codes in sheets. Their page says how
far each is; the file waits a day for whoever asked for it, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.http import content_disposition_header

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import background, workbook
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people import taken

AT_ONCE = 300  # so many rows are written while one waits; more go to the queue
TYPES = {"xlsx": workbook.TYPE, "pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file; ``left`` is how many were left out, and each kind of file says why."""

    data: bytes
    rows: int
    left: int = 0


Work = Callable[[dict[str, Any], Actor, Callable[[int], None]], Made]
WORKS: dict[str, Work] = {}


def begin(
    request: Request, kind: str, name: str, *, rows: int, ending: str = "xlsx", at_once: int = AT_ONCE, **told: Any
) -> HttpResponse:
    """Make a file now where it is small, in the background where it is not; to its page."""
    at, account = clock.now(), request.actor.account or 0
    taken.sweep(at)
    token = taken.begin(account, at, kind=kind, name=name, of=rows, ending=ending, **told)
    if rows > at_once:
        background.start("lianxin.console.cardjobs.run", f"cards-{token}", token, account)
    else:
        run(token, account)
    return redirect("console:card-file", token=token)


def keep(request: Request, name: str, data: bytes, rows: int) -> str:
    """Keep a file that is made already; its token."""
    token = taken.begin(request.actor.account or 0, clock.now(), kind="kept", name=name, of=rows, ending="xlsx")
    taken.put(token, data)
    taken.write(token, state="done", rows=rows, left=0)
    return token


def run(token: str, account: int) -> None:
    """Make the file that an account asked for. What is made already is not made again."""
    at = clock.now()
    told, actor = taken.read(token, at), access.actor_numbered(account, at)
    if told is None or told["state"] == "done":
        return
    if actor is None or told["account"] != account or told["kind"] not in WORKS:
        taken.write(token, state="failed")
        return
    with translation.override(actor.language):
        try:
            made = WORKS[told["kind"]](told, actor, lambda rows: taken.write(token, rows=rows))
        except Refusal as refusal:
            taken.write(token, state="failed", why=refusal.sentence)
            return
    taken.put(token, made.data)
    taken.write(token, state="done", rows=made.rows, left=made.left)


def _mine(request: Request, token: str) -> dict[str, Any]:
    found = taken.read(token, clock.now())
    if found is None or found["account"] != request.actor.account or "ending" not in found:
        raise Http404
    return found


@page("card.keep")
def waiting(request: Request, token: str) -> HttpResponse:
    """How far the file is; the file when it is there."""
    return render(request, "console/cards/file.html", {"said": _mine(request, token), "token": token})


@page("card.keep")
def file(request: Request, token: str) -> HttpResponse:
    """The file, for whoever asked for it, for a day."""
    said = _mine(request, token)
    data = taken.content(token, clock.now())
    if said["state"] != "done" or data is None:
        raise Http404
    response = HttpResponse(data, content_type=TYPES[said["ending"]])
    name = f"{said['name']}-{said['at'][:10]}.{said['ending']}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response


urls: list[URLPattern] = [
    path("cards/files/<slug:token>/", waiting, name="card-file"),
    path("cards/files/<slug:token>/file/", file, name="card-file-fetch"),
]
