"""A draft's questions as the app draws them: the same fields, on a page that the workbench shows beside the builder."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.clickjacking import xframe_options_sameorigin

from lianxin.access.gate import Request, page
from lianxin.catalogue import drafted
from lianxin.companion import fields, reasons


@xframe_options_sameorigin
@page("catalogue.drafts")
def preview(request: Request, draft: int) -> HttpResponse:
    """What an applicant would see; nothing can be sent from here."""
    one = drafted.one(draft, request.actor.scope)
    if one is None:
        raise Http404
    known = drafted.read(one)
    form = known.data.get("form")
    sound = isinstance(form, dict) and not any(each.problem.severity == "error" for each in known.of("form"))
    asked = fields.fields(form) if isinstance(form, dict) and sound else []
    papers = known.service.materials if known.service else ()
    given = {"fields": asked, "papers": [(reasons.said(paper.name), paper.held) for paper in papers],
             "unsound": form is not None and not sound}  # fmt: skip
    response = render(request, "companion/form_preview.html", given)
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; style-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; form-action 'none'"
    )
    return response


urls: list[URLPattern] = [path("form-preview/<int:draft>/", preview, name="form-preview")]
