"""The family circle at the liaison's desk: pages to hand over on paper; and what families show to the unit."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import circle as actions
from lianxin.casework import circlepaper, circling
from lianxin.casework.refusals import NoSuchCase
from lianxin.console import papercodes, words
from lianxin.console.acting import attempt
from lianxin.engine import clock


@page("circle.hand")
def pages(request: Request) -> HttpResponse:
    """Whom this office hands a page: from whom, whether it was answered, when it was handed over last."""
    rows: dict[int, dict[str, Any]] = {}
    for one in circling.pages(request.actor.scope, at=clock.now()):
        row = rows.setdefault(one.soldier, {"soldier": one.soldier, "name": one.soldier_name, "from": [], "at": None})
        row["from"].append(
            {
                "id": one.id,
                "name": one.person_name,
                "relation": circlepaper.relation_words(one.relation),
                "state": one.state,
            }
        )
        row["at"] = max(filter(None, (row["at"], one.handed_at)), default=None)
    return render(request, "console/circle/pages.html", {"rows": list(rows.values())})


@page("circle.hand")
def printed(request: Request, person: int) -> HttpResponse:
    """One soldier's page, ready for the printer."""
    try:
        made = circlepaper.page(
            soldier=person, by=request.actor, at=clock.now(),
            code=lambda: papercodes.of_object(request, "circle", reverse("console:circle-pages") + f"#soldier-{person}"),
        )  # fmt: skip
    except NoSuchCase as nothing:
        raise Http404 from nothing
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="circle.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@page("circle.hand")
@require_POST
def handed(request: Request, person: int) -> HttpResponse:
    """The page was handed over today."""
    try:
        actions.handed(soldier=person, by=request.actor, at=clock.now())
    except NoSuchCase as nothing:
        raise Http404 from nothing
    return redirect("console:circle-pages")


@page("circle.hand")
@require_POST
def answered(request: Request, sheet: int) -> HttpResponse:
    """The soldier's signed answer to an invitation."""
    if sheet not in {one.id for one in circling.pages(request.actor.scope, at=clock.now())}:
        raise Http404
    agreed, named = request.POST.get("agreed") == "yes", request.POST.get("paper", "").strip()

    def act() -> None:
        actions.answer_on_paper(sheet=sheet, agreed=agreed, paper=named, by=request.actor, at=clock.now())

    attempt(request, act, _("Noted; the family is told."))
    return redirect("console:circle-pages")


@page("circle.unit")
def unit(request: Request) -> HttpResponse:
    """What families show to the unit, and counts without names."""
    now = clock.now()
    rows = [{"name": name, "row": row, "what": words.said(row.service_name),
             "kind": words.said(row.kind_name) if row.kind_name else ""}
            for name, row in circling.unit_sees(request.actor.scope, at=now)]  # fmt: skip
    given = {"rows": rows, "counts": circling.unit_counts(request.actor.scope, at=now)}
    return render(request, "console/circle/unit.html", given)


urls: list[URLPattern] = [
    path("circle/", pages, name="circle-pages"),
    path("circle/unit/", unit, name="circle-unit"),
    path("circle/<int:person>/page.pdf", printed, name="circle-page"),
    path("circle/<int:person>/handed/", handed, name="circle-handed"),
    path("circle/sheet/<int:sheet>/answer/", answered, name="circle-answered"),
]
