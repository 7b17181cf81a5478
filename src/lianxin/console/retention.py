"""What is due to be archived or deleted: proposed by one, decided by another; holds; certificates that can be checked."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console import lists, papercodes, words
from lianxin.console.acting import attempt
from lianxin.engine import clock, masking
from lianxin.people import retention

KINDS: dict[str, words.Words] = {"archive": _("archive after a death"), "delete": _("delete for good")}
STATES: dict[str, words.Words] = {
    "due": _("due"), "proposed": _("proposed, a second person decides"), "held": _("must stay: legal hold"),
    "done": _("carried out"),
}  # fmt: skip
LISTING = lists.Listing(
    "retention", _("Keeping and deleting"),
    (
        lists.Column("file_number", _("File number"), head=True, href=lambda row: reverse("console:disposal", args=[row.id])),
        lists.Column("name", _("Name"), value=lambda row: masking.name(row.name)),
        lists.Column("kind", _("What is proposed"), value=lambda row: words.of(KINDS, row.kind)),
        lists.Column("due_on", _("Term over"), "day"),
        lists.Column("area", _("Area"), "area"),
        lists.Column("state", _("State"), value=lambda row: words.of(STATES, row.state),
                     tone=lambda row: {"proposed": "amber", "done": "pine"}.get(row.state, "")),
    ),
    (lists.Filter("state", _("State"), tuple(STATES.items())),),
    words=_("Files whose term is over, found every night. Two people decide; a deletion leaves a certificate."),
    empty=_("Nothing is due"), exports=False,
)  # fmt: skip


@page("retention.decide")
def due(request: Request) -> HttpResponse:
    """What is due inside one's own area."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows, key = retention.listed(
            request.actor.scope, state=asked.get("state"), after=asked.after, limit=asked.limit
        )
        return lists.Rows(rows, key)

    return lists.show(request, LISTING, fetch)


@page("retention.decide")
def disposal(request: Request, pk: int) -> HttpResponse:
    """One file: what is proposed, by whom, and the certificate where it was carried out."""
    found = retention.one(request.actor.scope, pk)
    if found is None:
        raise Http404
    given: dict[str, Any] = {
        "one": found, "kind": words.of(KINDS, found.kind), "state": words.of(STATES, found.state),
        "mine": found.proposed_by == request.actor.account,
        "proof": retention.check_certificate(pk=pk) if found.digest else None,
        "printed": papercodes.when_printed(request) if found.digest else None,
    }  # fmt: skip
    return render(request, "console/people/disposal.html", given)


@page("retention.decide")
@require_POST
def disposal_act(request: Request, pk: int, what: str) -> HttpResponse:
    """Propose, agree, send back, hold, lift."""
    by, at, reason = request.actor, clock.now(), request.POST.get("reason", "")
    if retention.one(by.scope, pk) is None:
        raise Http404
    calls: dict[str, Any] = {
        "propose": lambda: retention.propose(pk=pk, reason=reason, by=by, at=at),
        "agree": lambda: retention.decide(pk=pk, agree=True, by=by, at=at),
        "back": lambda: retention.decide(pk=pk, agree=False, by=by, at=at),
        "hold": lambda: retention.hold(pk=pk, reason=reason, by=by, at=at),
        "lift": lambda: retention.lift(pk=pk, by=by, at=at),
    }
    if what not in calls:
        raise Http404
    attempt(request, calls[what], _("Done; it stands in the journal."))
    return redirect("console:disposal", pk=pk)


urls: list[URLPattern] = [
    path("retention/", due, name="retention"),
    path("retention/<int:pk>/", disposal, name="disposal"),
    path("retention/<int:pk>/<slug:what>/", disposal_act, name="disposal-act"),
]
