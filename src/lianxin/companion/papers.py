"""Our papers: what the file says of us and what was photographed once."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from lianxin.access.gate import page
from lianxin.casework import queries as casework
from lianxin.companion import household, matters
from lianxin.companion.shell import mine, own, relatives, show
from lianxin.engine import clock
from lianxin.people import queries as people


@page("own.view")
def papers(request: HttpRequest) -> HttpResponse:
    """Everything on file, newest first."""
    actor = mine(request)
    names = {one.id: one.name for one in relatives(actor)}
    rows = [
        {
            "id": one.id,
            "name": matters.paper_name(one.code, one.name),
            "at": one.at,
            "whose": names.get(one.person or 0, ""),
        }
        for one in casework.papers_of(actor.scope)
    ]
    context = {"rows": rows, "identity": household.identity_of(people.person(actor.scope, own(actor)))}
    return show(request, "papers", context, tab="papers")


@page("own.view")
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper, as it was handed in; never kept by the browser."""
    found = casework.paper(mine(request), pk, at=clock.now())
    if found is None:
        raise Http404
    content, kind, _name = found
    response = HttpResponse(content, content_type=kind)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    return response
