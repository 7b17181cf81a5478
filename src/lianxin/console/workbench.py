"""The workbench: policy staff write a service in the browser; every field writes the folder's own text."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.catalogue import drafted, draftfiles, drafting
from lianxin.console import workconditions, workexamples, workmoney, worknames, workparts, workwords
from lianxin.engine import clock
from lianxin.engine.problems import Problem
from lianxin.engine.refusal import Refusal
from lianxin.engine.sketch import Sketch

Data = dict[str, Any]
SHOW: Mapping[str, Callable[[Sketch], Data]] = {
    "basics": workparts.show_basics, "conditions": workconditions.show_conditions, "amount": workmoney.show_amount,
    "route": workparts.show_route, "materials": workparts.show_materials, "form": workparts.show_form,
    "examples": workexamples.show_examples,
}  # fmt: skip
READ: Mapping[str, Callable[[Sketch, Any, str], Any]] = {
    "basics": workparts.read_basics, "amount": workmoney.read_amount, "route": workparts.read_route,
    "materials": workparts.read_materials, "form": workparts.read_form, "examples": workexamples.read_examples,
}  # fmt: skip
SHOWN_LINES = 400  # of a difference


def found(request: Request, draft: int) -> Any:
    """The draft, or the answer of something that does not exist."""
    one = drafted.one(draft, request.actor.scope)
    if one is None:
        raise Http404
    return one


def said(problem: Problem) -> str:
    """A mistake in the page's language, with the nearest known name."""
    chinese = (get_language() or "zh").startswith("zh")
    near = problem.nearest
    if chinese:
        return problem.zh + (f"（最接近的是“{near}”）" if near else "")
    return problem.en + (f" (nearest known: {near})" if near else "")


def _part(request: Request, known: Sketch, draft: Any) -> str:
    part = request.GET.get("part", "")
    if part in workwords.PARTS:
        return part
    return "publish" if draft.state != "draft" else "basics"


@page("catalogue.drafts")
def draft(request: Request, draft: int) -> HttpResponse:
    """One draft, part by part."""
    one = found(request, draft)
    known = drafted.read(one)
    part = _part(request, known, one)
    here = drafting.arrive(draft=one.pk, by=request.actor, at=clock.now())
    given = {**_frame(request, one, known, part), "here": here, **_drawn(request, one, known, part)}
    return render(request, "console/workbench/draft.html", given)


def _frame(request: Request, one: Any, known: Sketch, part: str) -> Data:
    """What stands around every part: the line of parts with their mistakes, the budget, who may do what."""
    writes = one.state == "draft" and request.actor.may("catalogue.write")
    asked, most = known.burden()
    parts = [
        (code, title, f"{reverse('console:draft', args=[one.pk])}?part={code}",
         sum(each.problem.severity == "error" for each in known.of(code)))
        for code, title in workwords.PARTS.items()
    ]  # fmt: skip
    return {
        "draft": one, "part": part, "parts": parts, "writes": writes, "known": known,
        "name": (one.name_zh if (get_language() or "zh").startswith("zh") else one.name_en) or one.service,
        "state": workwords.STATES[one.state], "tone": workwords.STATE_TONES.get(one.state, ""),
        "problems": [(said(each.problem), each.problem, each.item) for each in known.of(part)],
        "elsewhere": [(title, href, count) for code, title, href, count in parts if count and code != part],
        "unread": [(said(each.problem), each.problem) for each in known.of("text")],
        "burden": asked, "budget": most, "over": asked > most,
        "sentences": _sentences(known), "service_url": reverse("console:service", args=[one.service]),
    }  # fmt: skip


def _sentences(known: Sketch) -> list[tuple[str, str]]:
    """All conditions in words, for the side of the page."""
    made, language = [], get_language() or "zh"
    for key in workconditions.LISTS:
        items = known.data.get(key)
        for one in items if isinstance(items, list) else []:
            node, _faults = known.read(str(one.get("test", ""))) if isinstance(one, dict) else (None, ())
            if node is not None:
                made.append(("" if key == "who" else _("not if"), known.sentence(node, clock.today())[language]))
    return made


def _drawn(request: Request, one: Any, known: Sketch, part: str) -> Data:
    """What the template of a part draws."""
    if part == "text":
        return _texts(request, one)
    if part == "publish":
        return _hand_in(request, one, known)
    shown = SHOW[part](known) if known.root is not None or part == "examples" else {}
    return {**shown, "base": drafted.digest(drafted.seen(one, part)), "readable": known.root is not None}


def _files(one: Any) -> dict[str, str]:
    """The texts of a draft and what their files are called."""
    return {"text": "service.yaml", "examples-text": "examples.yaml", **{f"paper:{name}": name for name in one.papers}}


def _texts(request: Request, one: Any) -> Data:
    names = _files(one)
    file = request.GET.get("file", "text")
    file = file if file in names else "text"
    return {
        "files": [(code, name, f"{reverse('console:draft', args=[one.pk])}?part=text&file={code}", code == file)
                  for code, name in names.items()],
        "file": file, "text": drafted.seen(one, file), "base": drafted.digest(drafted.seen(one, file)),
    }  # fmt: skip


def _hand_in(request: Request, one: Any, known: Sketch) -> Data:
    actor = request.actor
    before = draftfiles.of_version(one.base) if one.base else None
    lines = list(difflib.unified_diff(
        (before.declaration + before.examples if before else "").splitlines(),
        (one.declaration + one.examples).splitlines(), lineterm="", n=2,
    ))[2:]  # fmt: skip
    mine = actor.account in {*one.writers, one.submitted_by}
    return {
        "today": clock.today(), "checks": drafted.checks(one, known), "citations": drafted.citations(known),
        "numbers": [(words_of(parameter.name), parameter.standing) for parameter in known.parameters.values()],
        "lines": [(line[:1], line) for line in lines[:SHOWN_LINES]], "more_lines": len(lines) > SHOWN_LINES,
        "may_submit": one.state == "draft" and actor.may("catalogue.write"), "mine": mine,
        "may_take_back": one.state == "submitted" and actor.may("catalogue.write"),
        "may_decide": one.state == "submitted" and actor.may("catalogue.approve"),
        "newer": drafted.newer(one) if one.state == "draft" else None,
    }  # fmt: skip


def words_of(name: Any) -> str:
    """A name in the page's language."""
    return str(name[get_language() or "zh"])


@page("catalogue.write")
@require_POST
def save(request: Request, draft: int, part: str) -> HttpResponse:
    """Keep one part as it was filled in. What the page draws anew comes back; typed words are never taken away."""
    one = found(request, draft)
    section = request.POST.get("file", "text") if part == "text" else part
    if part not in (*READ, "conditions", "text") or (part == "text" and section not in _files(one)):
        raise Http404
    act = request.POST.get("act", "") or request.POST.get("asked", "")
    known = drafted.read(one)
    more: Data = {}
    wanted: Any
    try:
        if part == "conditions":
            wanted, turn = workconditions.read_conditions(known, request.POST, act)
            more = {"half": turn.half, "views": turn.views, "spoken": turn.spoken}
        else:
            wanted = request.POST.get("text", "").replace("\r\n", "\n") if part == "text" else READ[part](
                known, request.POST, act)  # fmt: skip
        done = drafting.save(draft=one.pk, section=section, wanted=wanted, base=request.POST.get("base", ""),
                             by=request.actor, at=clock.now(), force=act == "force")  # fmt: skip
    except Refusal as refusal:
        return _not_saved(request, one, part, refusal)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('console:draft', args=[one.pk])}?part={part}")
    return _answer(request, part, section, done, act, more)


def _not_saved(request: Request, one: Any, part: str, refusal: Refusal) -> HttpResponse:
    given = {"refusal": refusal.sentence, "draft": one, "part": part, "theirs": getattr(refusal, "theirs", None)}
    if not request.headers.get("HX-Request"):  # nothing of the page before is left: what was written comes along
        apart = {"csrfmiddlewaretoken", "act", *(["text"] if part == "text" else [])}
        given["sent"] = [
            (name, value) for name in request.POST if name not in apart for value in request.POST.getlist(name)
        ]
        given["mine"] = request.POST.get("text", "") if part == "text" else None
        return render(request, "console/workbench/refused.html", given, status=409)
    return render(request, "console/workbench/_refused.html", given, status=409)


def _answer(request: Request, part: str, section: str, done: drafting.Saved, act: str, more: Data) -> HttpResponse:
    known = drafted.read(done.draft)
    given = {**_frame(request, done.draft, known, part), "answer": True, "lost": done.lost,
             "base": drafted.digest(drafted.seen(done.draft, section))}  # fmt: skip
    anew = bool(act and act != "force") or request.POST.get("shape") == "1"
    if part == "conditions":
        given |= workconditions.show_conditions(known, **more)
    elif part in SHOW:
        given |= SHOW[part](known)
    response = render(request, "console/workbench/_answer.html", {**given, "anew": anew, "readable": True})
    response.headers["X-Saved"] = str(done.draft.number)
    return response


@page("catalogue.drafts")
def facts(request: Request, draft: int) -> HttpResponse:
    """Facts and numbers whose name fits what was typed: the options of a row's first field."""
    known = drafted.read(found(request, draft))
    options = worknames.options(known, request.GET.get("q", "")[:40])
    return render(request, "console/workbench/_options.html", {"options": options})


@page("catalogue.drafts")
@require_POST
def here(request: Request, draft: int) -> HttpResponse:
    """Who else has the page open, asked now and then."""
    found(request, draft)
    others = drafting.arrive(draft=draft, by=request.actor, at=clock.now())
    return render(request, "console/workbench/_here.html", {"here": others, "draft_pk": draft})


@page("catalogue.drafts")
def export(request: Request, draft: int) -> HttpResponse:
    """The folder in a zip, as `lianxin catalogue check` reads it."""
    one = found(request, draft)
    response = HttpResponse(draftfiles.packed(one), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{one.service}-{one.number}.zip"'
    return response


urls: list[URLPattern] = [
    path("workbench/<int:draft>/", draft, name="draft"),
    path("workbench/<int:draft>/save/<slug:part>/", save, name="draft-save"),
    path("workbench/<int:draft>/facts/", facts, name="draft-facts"),
    path("workbench/<int:draft>/here/", here, name="draft-here"),
    path("workbench/<int:draft>/export/", export, name="draft-export"),
]
