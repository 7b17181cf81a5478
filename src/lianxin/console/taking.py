"""Take a list of people away: choose columns and their order, masked unless in full with a reason, as workbook or as a
printed list to sign. Each taking stands in the journal; a workbook waits a day for whoever asked for it, and nobody else."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.console import background, filewords, lists, papercodes, peoplelist, peoplewords, workbook
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import looks
from lianxin.people import listing, saving, sheet, taken
from lianxin.people.columns import BY_CODE
from lianxin.people.listing import Wanted

MOST = 50_000  # rows of one workbook
AT_ONCE = 300  # so many are written while one waits; more go to the queue
WHOLE = "people.export.whole"
KINDS: dict[str, lists.Kind] = {
    "county": "area", "township": "area", "home": "area", "hukou": "area", "born_on": "day", "died_on": "day",
    "enlisted_on": "day", "discharged_on": "day", "age": "number", "disability_grade": "number",
}  # fmt: skip
OWN = {
    "age": _("Age"), "county": _("County"), "township": _("Township"), "categories": _("Category"),
    "account": _("Bank account"), "file_number": _("File number"), "home": _("Residence"), "name": _("Name"),
}  # fmt: skip


def title(code: str) -> str:
    """What a column is called: as in the people ledger, so that a workbook may come back as one."""
    column = BY_CODE.get(code)
    if code in OWN or column is None:
        return str(OWN.get(code, code))
    return column.zh if (get_language() or "zh").startswith("zh") else column.en


def _said(code: str, value: Any) -> Any:
    if code == "categories":
        return "；".join(str(peoplewords.CATEGORIES[one]) for one in value or ())
    if isinstance(value, bool) or code in {"sex", "service_kind", "employment"}:
        return filewords.value({"service_kind": "service", "employment": "livelihood"}.get(code, "particulars"),
                               {"service_kind": "kind"}.get(code, code), value)  # fmt: skip
    return value


def columns(codes: Sequence[str]) -> list[lists.Column]:
    """The chosen columns as a list has them."""

    def of(code: str) -> lists.Column:
        return lists.Column(code, title(code), KINDS.get(code, "text"), value=lambda row: _said(code, row[code]))

    return [of(code) for code in codes]


def _chosen(request: Request) -> list[str]:
    """The ticked columns, in the order of the numbers beside them."""
    places = {
        code: request.POST.get(f"place-{code}", "") for code in request.POST.getlist("column") if code in sheet.CODES
    }
    asked = list(places)
    return sorted(
        asked, key=lambda code: (99 if (place := number_of(places[code])) is None else place, asked.index(code))
    )


def _asked(request: Request) -> tuple[Wanted, str, bool, dict[str, str]]:
    """What the address asks, its order, and its filters as the journal may know them: never the words searched for."""
    described = peoplelist.described(request)
    asked = described.read(request)
    told = {code: "…" if code == "q" else value for code, value in asked.filters.items()}
    return peoplelist.wanted(request, asked), asked.sort, asked.down, told


@page("people.export")
def take(request: Request) -> HttpResponse:
    """Choose what to take; then take it."""
    if request.method == "POST":
        made = _take(request)
        if made is not None:
            return made
    held = [code for code in saving.columns(request.actor.account) if code in sheet.CODES] or list(sheet.USUAL)
    order = held + [code for code in sheet.CODES if code not in held]
    given = {
        "columns": [(place, code, title(code), code in held, code in sheet.MASKED) for place, code in enumerate(order, 1)],
        "query": request.GET.urlencode(), "whole": request.actor.may(WHOLE), "listing": peoplelist.described(request),
    }  # fmt: skip
    return render(request, "console/people/take.html", given, status=422 if request.method == "POST" else 200)


def _take(request: Request) -> HttpResponse | None:
    codes, reason = _chosen(request), request.POST.get("reason", "").strip()[:200]
    whole, form = request.POST.get("whole") == "yes", request.POST.get("form", "xlsx")
    if whole and not request.actor.may(WHOLE):
        raise Http404
    made: list[HttpResponse] = []

    def act() -> None:
        if not codes:
            raise Refusal(gettext("Choose at least one column; nothing was taken away."))
        if whole and len(reason) < 4:
            raise Refusal(gettext("Say what the full values are needed for; nothing was taken away."))
        saving.remember_columns(codes=codes, by=request.actor, at=clock.now())
        told = {"columns": codes, "whole": whole, "reason": reason if whole else ""}
        made.append(_printed(request, told) if form == "form" else _workbook(request, told))

    attempt(request, act)
    return made[0] if made else None


def _printed(request: Request, told: dict[str, Any]) -> HttpResponse:
    """A list to sign, on paper."""
    wanted, sort, down, filters = _asked(request)
    found = _rows(request.actor, wanted, sort, down, told, lists.PRINT_LIMIT + 1)
    rows, shown = found[: lists.PRINT_LIMIT], columns(told["columns"])
    _note(request.actor, told, filters, rows, "form")
    described = peoplelist.described(request)
    heading = request.POST.get("title", "").strip()[:60]
    lists.know_areas(request, dataclasses.replace(described, columns=shown), rows)
    given = {
        "listing": dataclasses.replace(described, form_title=heading or described.title), "columns": shown,
        "cut": len(found) > len(rows), "limit": lists.PRINT_LIMIT, "printed_at": clock.now(), "whole": told["whole"],
        "rows": [[lists.text(request, column, row) for column in shown] for row in rows],
        "back": f"{reverse('console:people-list')}?{request.GET.urlencode()}", "printed": papercodes.of_list(request),
    }  # fmt: skip
    response = render(request, "ui/printed.html", given)
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(actor: Actor, wanted: Wanted, sort: str, down: bool, told: dict[str, Any], most: int,
          token: str = "") -> list[sheet.Row]:  # fmt: skip
    """All rows, a page at a time; says how far it is where a token is given."""
    day, after, rows = clock.today(), "", list[sheet.Row]()
    while len(rows) < most:
        page = listing.listed(actor.scope, wanted, day=day, after=after, limit=min(lists.CHUNK, most - len(rows)), sort=sort,
                              down=down)  # fmt: skip
        rows += sheet.rows(actor.scope, [one.id for one in page.hits], told["columns"], day=day, whole=told["whole"])
        after = page.next
        if token:
            taken.write(token, rows=len(rows))
        if not after:
            break
    return rows


def _note(actor: Actor, told: dict[str, Any], filters: dict[str, str], rows: list[sheet.Row], form: str) -> None:
    noted = journal.note(
        action="list.export", by=actor, at=clock.now(), purpose=told["reason"], list="people", form=form, rows=len(rows),
        filters=filters, columns=told["columns"], whole=told["whole"],
    )  # fmt: skip
    looks.contains(noted.pk, [row["id"] for row in rows])


def _workbook(request: Request, told: dict[str, Any]) -> HttpResponse:
    """Make the workbook now where it is small, in the background where it is not; its page says how far it is."""
    wanted, sort, down, filters = _asked(request)
    actor, at = request.actor, clock.now()
    taken.sweep(at)
    told |= {"wanted": dataclasses.asdict(wanted), "sort": sort, "down": down, "filters": filters}
    token = taken.begin(actor.account or 0, at, name=str(peoplelist.described(request).title), **told)
    first = listing.listed(actor.scope, wanted, day=clock.today(), limit=AT_ONCE, sort=sort, down=down)
    if first.next:
        background.start("lianxin.console.taking.run", f"taken-{token}", token, actor.account or 0)
    else:
        run(token, actor.account or 0)
    return redirect("console:people-taken", token=token)


def run(token: str, account: int) -> None:
    """Write the workbook that an account asked for. A second run writes the same again and is recorded again."""
    at = clock.now()
    told, actor = taken.read(token, at), access.actor_numbered(account, at)
    if told is None or actor is None or not actor.may("people.export") or (told["whole"] and not actor.may(WHOLE)):
        taken.write(token, state="failed")
        return
    with translation.override(actor.language):
        rows = _rows(actor, Wanted(**told["wanted"]), told["sort"], told["down"], told, MOST + 1, token)
        cut, rows = len(rows) > MOST, rows[:MOST]
        shown = columns(told["columns"])
        codes = {row[column.code] for column in shown if column.kind == "area" for row in rows}
        place = 0 if actor.language == "zh-hans" else 1
        names = {code: both[place] for code, both in access.area_names(sorted(codes)).items()}
        body = [
            [names.get(row[one.code], row[one.code]) if one.kind == "area" else one.of(row) for one in shown]
            for row in rows
        ]
        data = workbook.write(told["name"], [workbook.Head(str(one.title), one.kind) for one in shown], body)
    _note(actor, told, told["filters"], rows, "xlsx")
    taken.put(token, data)
    taken.write(token, state="done", rows=len(rows), cut=cut)


def _mine(request: Request, token: str) -> dict[str, Any]:
    found = taken.read(token, clock.now())
    if found is None or found["account"] != request.actor.account:
        raise Http404
    return found


@page("people.export")
def waiting(request: Request, token: str) -> HttpResponse:
    """How far the workbook is; the file when it is there."""
    said = _mine(request, token)
    return render(request, "console/people/taken.html", {"said": said, "token": token, "limit": MOST})


@page("people.export")
def file(request: Request, token: str) -> HttpResponse:
    """The workbook, for whoever asked for it, for a day."""
    said = _mine(request, token)
    data = taken.content(token, clock.now())
    if said["state"] != "done" or data is None:
        raise Http404
    response = HttpResponse(data, content_type=workbook.TYPE)
    name = f"{said['name']}-{said['at'][:10]}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response


urls: list[URLPattern] = [
    path("people/list/take/", take, name="people-take"),
    path("people/taken/<slug:token>/", waiting, name="people-taken"),
    path("people/taken/<slug:token>/file/", file, name="people-taken-file"),
]
