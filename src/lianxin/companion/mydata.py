"""What is held about me and who may see it: consents, the relatives I let in, and a copy of everything."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_q.tasks import async_task

from lianxin.access.gate import page
from lianxin.companion import reasons
from lianxin.companion.shell import in_language, mine, own, relatives, sentence, show
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.people import consents, copying


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that may be agreed to, as the page shows it."""

    scope: str
    title: str
    words: str
    article: str
    stands: bool
    since: object


def _lines(person: int) -> list[Line]:
    """The three things of one's own; who sees one's matters stands on the page of the family circle."""
    held = {one.scope: one for one in consents.history(person) if one.stands}
    made = []
    for scope, asked in consents.SCOPES.items():
        if scope != consents.CIRCLE:
            one = held.get(scope)
            made.append(Line(scope, in_language(asked.title), in_language(asked.words),
                             reasons.privacy_law(asked.article), one is not None, one.since if one else None))  # fmt: skip
    return made


@page("own.view")
def mydata(request: HttpRequest) -> HttpResponse:
    """My consents, my copy."""
    actor = mine(request)
    whose = _whose(request)
    past = [(in_language(consents.SCOPES[one.scope].title), one) for one in consents.history(whose) if not one.stands]
    context = {
        "lines": _lines(whose), "past": past[:20], "whose": whose if whose != own(actor) else None,
        "copy": copying.mine(account=actor.account, person=own(actor), at=clock.now()),
        "others": relatives(actor, whole=True),
        "back": reverse("household"), "back_to": _("My household"),
    }  # fmt: skip
    return show(request, "mydata", context, tab="household", keep=False)


def _whose(request: HttpRequest) -> int:
    """Oneself, or a ward of whom one is guardian."""
    actor = mine(request)
    asked = request.POST.get("for") or request.GET.get("for") or ""
    if not asked:
        return own(actor)
    if number_of(asked) is None or int(asked) not in actor.scope.persons:
        raise Http404
    return int(asked)


@page("own.ask")
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Agree to one thing, or take it back."""
    actor, at, whose = mine(request), clock.now(), _whose(request)
    scope, stop = request.POST.get("scope", ""), "stop" in request.POST
    try:
        if stop:
            consents.withdraw(person=whose, scope=scope, channel="app", by=actor, at=at)
        else:
            consents.give(person=whose, scope=scope, channel="app", by=actor, at=at)
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(
            request,
            _("Taken back. From now on nobody sees it.") if stop else _("Noted. You may take it back any time."),
        )
    return redirect(reverse("mydata") + (f"?for={whose}" if whose != own(actor) else ""))


@page("own.ask")
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Ask for the copy; it is made in the background."""
    actor = mine(request)
    try:
        made = copying.ask(person=own(actor), by=actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    else:
        if made.state == "working":
            async_task("lianxin.people.copying.make", made.pk, group=f"copy-{made.pk}", task_name="copy")
    return redirect("mydata")


@page("own.view")
def copy_file(request: HttpRequest) -> HttpResponse:
    """The file itself: only to the account that asked for it, while its hours last."""
    actor = mine(request)
    found = copying.mine(account=actor.account, person=own(actor), at=clock.now())
    if found is None or found.state != "ready":
        raise Http404
    response = HttpResponse(copying.content(copy=found), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{clock.today().isoformat()}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
