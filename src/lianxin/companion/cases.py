"""My matters: the list, one page for each, and everything a household may do with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import page
from lianxin.casework import actions
from lianxin.casework import queries as casework
from lianxin.casework.queries import CaseView
from lianxin.casework.refusals import NoSuchCase
from lianxin.catalogue import queries as catalogue
from lianxin.companion import fields, matters, reasons, said, sending
from lianxin.companion.shell import mine, sentence, show
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor

PAGE = 20
SHORT, WORD = 200, 400  # characters of a reason, of a word of thanks


@page("own.view")
def matters_list(request: HttpRequest) -> HttpResponse:
    """What runs, and what has ended."""
    actor = mine(request)
    rows = [row for row in matters.of_household(actor) if row.state != "proposed"]
    after = request.GET.get("after", "")
    ended = [row for row in rows if row.state in said.ENDED and (number_of(after) is None or row.id < int(after))]
    running = [] if after else [row for row in rows if row.state not in said.ENDED]
    context = {
        "running": [matters.card(row, None, actor) for row in running],
        "ended": [matters.card(row, None, actor) for row in ended[:PAGE]],
        "more": ended[PAGE - 1].id if len(ended) > PAGE else None,
    }  # fmt: skip
    return show(request, "cases", context, tab="cases", keep=not any(row.sealed for row in rows))


@page("own.view")
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One matter: where it stands, who has it, until when, what is missing, what happened."""
    return _page(request, pk, sent=request.GET.get("sent", "")[:80])


def _view(actor: Actor, pk: int) -> CaseView:
    view = casework.case(actor, pk, at=clock.now())
    if view is None or not view.mine:
        raise Http404
    return view


def _page(
    request: HttpRequest, pk: int, *, sent: str = "", problem: str = "", given: dict[str, Any] | None = None
) -> HttpResponse:
    actor = mine(request)
    view = _view(actor, pk)
    context = {"one": matters.opened(actor, view, given), "sent": sent, "problem": problem, "scores": said.scores(),
               "typed": sending.said(request) if problem else "", "well": request.POST.get("well", ""),
               "back": reverse("cases"), "back_to": _("Matters")}  # fmt: skip
    keep = not view.row.sealed and not sent and not problem
    return show(request, "case", context, tab="cases", keep=keep, status=422 if problem else 200)


def _done(request: HttpRequest, pk: int, do: Callable[[Actor, int | None], object], words: str) -> HttpResponse:
    """Carry out one verb and come back to the case; what could not be done is said there, and nothing is lost."""
    lock = request.POST.get("expected", "")
    try:
        do(mine(request), number_of(lock))
    except NoSuchCase as nothing:
        raise Http404 from nothing
    except Refusal as refusal:
        return _page(request, pk, problem=sentence(refusal))
    if words:
        messages.success(request, words)
    return redirect("case", pk)


@page("own.ask")
@require_POST
def supplement(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in what was missing: all of it, or as much as there is."""
    view = _view(mine(request), pk)
    schema = matters.gap_schema(view)
    values, errors = fields.read(schema, request.POST.dict())
    if errors:
        problem = " ".join(dict.fromkeys(errors.values()))
        return _page(request, pk, problem=problem, given=fields.kept(schema, request.POST.dict()))
    gaps = [gap for gap in view.gaps if gap.met_at is None]
    spoken = {gap.code: request.POST.get(f"said-{gap.code}", "").strip()[:200] for gap in gaps}
    files = sending.uploads_of(request, [(f"paper-{gap.code}", gap.code) for gap in gaps])
    told = [f"{reasons.said(gap.name)}: {spoken[gap.code]}" for gap in gaps if spoken[gap.code]]
    answered = {**values, **{code: words for code, words in spoken.items() if words}}
    return _done(
        request, pk,
        lambda actor, lock: actions.supplement(case=pk, files=files, fields=answered, words="\n".join(told), by=actor,
                                               at=clock.now(), expected=lock),
        _("It has arrived. Thank you."),
    )  # fmt: skip


@page("own.ask")
@require_POST
def say_yes(request: HttpRequest, pk: int) -> HttpResponse:
    """The one word to a proposal; what only the applicant knows comes along with it."""
    actor = mine(request)
    view = _view(actor, pk)
    schema = catalogue.version(view.version).service.form or {}
    values, errors = fields.read(schema, request.POST.dict())
    if errors:
        messages.error(request, " ".join(dict.fromkeys(errors.values())))
        return redirect(_reasons(actor, view))

    def do(by: Actor, lock: int | None) -> None:
        actions.confirm_proposed(cases=pk, by=by, at=clock.now(), expected=lock)
        if not values.items() <= view.form.items():  # what was known already is no news
            actions.supplement(case=pk, fields=values, by=by, at=clock.now())

    answer = _done(request, pk, do, "")
    return redirect(reverse("case", args=[pk]) + f"?sent=yes-{pk}") if answer.status_code == 302 else answer


def _reasons(actor: Actor, view: CaseView) -> str:
    mandate = f"?for={view.row.person}" if view.row.person != actor.person else ""
    return reverse("why", args=[view.row.service]) + mandate


@page("own.ask")
@require_POST
def say_no(request: HttpRequest, pk: int) -> HttpResponse:
    """Not now, with a word why."""
    words = sending.said(request)
    if long := sending.too_long(words, SHORT):
        return _page(request, pk, problem=long)
    return _done(
        request, pk, lambda actor, lock: actions.decline(cases=pk, by=actor, at=clock.now(), expected=lock, words=words),
        _("As you wish. It stays yours: ask for it at any time."),
    )  # fmt: skip


@page("own.ask")
@require_POST
def received(request: HttpRequest, pk: int) -> HttpResponse:
    """All is well (and how it was), or not yet: then it is taken up again."""
    well, words = request.POST.get("well") == "yes", sending.said(request)
    if long := sending.too_long(words, WORD):
        return _page(request, pk, problem=long)
    if not well and not words:
        return _page(request, pk, problem=_("Please say what is still wrong, so that it can be mended."))
    return _done(
        request, pk,
        lambda actor, lock: actions.confirm_received(case=pk, received=well, score=_score(request) if well else None,
                                                     words=words, by=actor, at=clock.now(), expected=lock),
        _("Thank you. They will be told.") if well else _("It is taken up again."),
    )  # fmt: skip


@page("own.ask")
@require_POST
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """How it was, once for each ending."""
    score, words = _score(request), sending.said(request)
    if score is None:
        return _page(request, pk, problem=_("Please choose how it was."))
    if long := sending.too_long(words, WORD):
        return _page(request, pk, problem=long)
    return _done(
        request, pk, lambda actor, _lock: actions.rate(case=pk, score=score, words=words, by=actor, at=clock.now()),
        _("Thank you. They will be told."),
    )  # fmt: skip


def _score(request: HttpRequest) -> int | None:
    given = request.POST.get("score", "")
    return int(given) if given in {"1", "2", "3", "4", "5"} else None


@page("own.ask")
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a refusal looked at again."""
    words = sending.said(request)
    if not words or (long := sending.too_long(words)):
        return _page(request, pk, problem=long if words else _("Please say in a few words what it is about."))
    return _done(
        request, pk, lambda actor, lock: actions.reopen(cases=pk, by=actor, at=clock.now(), expected=lock, words=words),
        _("It is looked at again."),
    )  # fmt: skip


@page("own.ask")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it, after saying so twice."""
    if request.POST.get("sure") != "yes":
        return _page(request, pk, problem=_("Please tick that it should stop."))
    words = sending.said(request)
    if long := sending.too_long(words, SHORT):
        return _page(request, pk, problem=long)
    return _done(
        request, pk, lambda actor, lock: actions.withdraw(cases=pk, by=actor, at=clock.now(), expected=lock, words=words),
        _("It has stopped. You may ask again at any time."),
    )  # fmt: skip
