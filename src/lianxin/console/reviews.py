"""Reviews: text by people, numbers by figures; drafting with the picker, publishing, papers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console import figures as figurepages
from lianxin.console import figurewords as say
from lianxin.console import lists, papercodes
from lianxin.console.acting import attempt
from lianxin.console.figurewords import Asked
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.insight import actions, figures, printing, queries, review
from lianxin.insight.figures import FigureValue
from lianxin.insight.review import Built

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
}


class DraftForm(forms.Form):
    """The text of a draft, and the number of the one it was written over."""

    text = forms.CharField(
        label=_("Text"), strip=False, widget=forms.Textarea(attrs={"class": "review-text", "spellcheck": "false"})
    )
    expected = forms.IntegerField(required=False, widget=forms.HiddenInput)


def _known(code: str) -> str:
    if code not in review.codes():
        raise Http404
    return code


def _build(request: Request, code: str, found: Asked, text: str | None, before: dict[str, Any] | None) -> Built:
    actor = request.actor
    return review.build(
        code, from_on=found.from_on, to_on=found.to_on, area=found.area, scope=actor.scope, opens=figures.opens(actor),
        language=say.language(), text=text, before=before,
    )  # fmt: skip


def _draft(request: Request, code: str, found: Asked) -> Any:
    scope = request.actor.scope
    return queries.last_draft(scope, code=code, area=found.area, from_on=found.from_on, to_on=found.to_on)


@page("figures.view")
def every(request: Request) -> HttpResponse:
    """The reviews there are: to build, being drafted, published."""
    found = say.asked(request)
    drafts = queries.drafts(request.actor.scope) if request.actor.may("review.draft") else []
    published = queries.publications()
    lists.know_codes(request, [one.area for one in drafts] + [one.area for one in published])
    given = {
        "reviews": [(code, _title(code)) for code in review.codes()], "found": found, "query": found.query,
        "areas": say.choices(request, found), "published": published,
        "drafts": [(one, Asked(one.area, one.from_on, one.to_on).query) for one in drafts],
    }  # fmt: skip
    return render(request, "console/insight/reviews.html", given)


def _title(code: str) -> str:
    head = review.template(code, say.language()).lstrip().split("\n", 1)[0]
    return head.lstrip("# ").strip() or code


@page("figures.view")
def read(request: Request, code: str) -> HttpResponse:
    """A review as it stands today, with the chosen number's definition and rows at its side; or as a paper."""
    found = say.asked(request)
    draft = _draft(request, _known(code), found) if request.actor.may("review.draft") else None
    try:
        built = _build(request, code, found, draft.text if draft else None, draft.figures if draft else None)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("console:reviews")
    form = request.GET.get("as", "")
    if form in TYPES:
        return _paper(request, built, form)
    chosen = request.GET.get("figure", "")
    codes = [value.code for value in built.values]
    chosen = chosen if chosen in codes else (codes[0] if codes else "")
    panel = figurepages.shown(request, figurepages.one(request, chosen, found), found) if chosen else {}
    given = {
        **panel, "built": built, "code": code, "found": found, "query": found.query, "draft": draft, "chosen": chosen,
        "areas": say.choices(request, found), "moved": _moved(built), "may_draft": request.actor.may("review.draft"),
        "spelled": printing.spelled(built),
    }  # fmt: skip
    return render(request, "console/insight/review.html", given)


def _moved(built: Built) -> list[tuple[str, str, str]]:
    names = {value.code: say.name(value) for value in built.values}
    return [(names[code], before, now) for code, (before, now) in built.moved.items()]


def _link(request: Request) -> Any:
    def link(value: FigureValue) -> str:
        asked = Asked(value.area, value.window.from_on or dt.date(1949, 10, 1), value.window.to_on)
        return request.build_absolute_uri(f"{reverse('console:figure-rows', args=[value.code])}?{asked.query}")

    return link


def _paper(request: Request, built: Built, form: str) -> HttpResponse:
    at = clock.now()
    opens = f"{reverse('console:review', args=[built.code])}?{say.asked(request).query}"
    if form == "pdf":
        data = printing.pdf(built, at=at, link=_link(request), code=papercodes.of_object(request, "review", opens))
    elif form == "docx":
        data = printing.docx(built, at=at)
    else:
        paper = printing.data(built, at=at, link=_link(request))
        given = {"paper": paper, "alone": False, "printed": papercodes.of_form(request, "review", opens)}
        return render(request, "console/insight/paper.html", given)
    response = HttpResponse(data, content_type=TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{built.code}-{built.to_on.isoformat()}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page("review.draft")
def write(request: Request, code: str) -> HttpResponse:
    """The drafting page: text, the figures one may put in, and what the text says with its numbers."""
    found = say.asked(request)
    draft = _draft(request, _known(code), found)
    text = draft.text if draft else review.template(code, say.language())
    form = DraftForm(request.POST or None, initial={"text": text, "expected": draft.number if draft else None})
    wrong = ""
    if request.method == "POST" and form.is_valid():
        try:
            saved, built = actions.save_draft(
                code=code, from_on=found.from_on, to_on=found.to_on, area=found.area, text=form.cleaned_data["text"],
                by=request.actor, at=clock.now(), language=say.language(), expected=form.cleaned_data["expected"],
            )  # fmt: skip
        except Refusal as refusal:
            wrong = refusal.sentence
        else:
            said = gettext("Draft %(n)s is saved.") % {"n": saved.number}
            messages.success(request, said)
            for name, before, now in _moved(built):
                messages.warning(request, f"{name}：{before} → {now}" if say.language()[:2] == "zh"
                                 else f"{name}: {before} → {now}")  # fmt: skip
            return redirect(f"{reverse('console:review', args=[code])}?{found.query}")
    values = figurepages.counted(request, found)
    given = {
        "form": form, "wrong": wrong, "code": code, "found": found, "query": found.query, "draft": draft,
        "picker": [(value.code, say.name(value), say.in_text(value)) for value in values],
        "title": _title(code),
    }  # fmt: skip
    return render(request, "console/insight/write.html", given, status=422 if wrong else 200)


@page("review.draft")
@require_POST
def publish(request: Request, draft: int) -> HttpResponse:
    """Publish a draft; its numbers are kept as they are now."""
    made: list[Any] = []
    if attempt(request, lambda: made.append(actions.publish(draft=draft, by=request.actor, at=clock.now())),
               _("The review is published.")):  # fmt: skip
        return redirect("console:published", made[0].pk)
    return redirect("console:reviews")


@page("figures.view")
def published(request: Request, pk: int) -> HttpResponse:
    """A published review: every number as published, and as the register knows it today."""
    found = queries.publication(pk)
    if found is None:
        raise Http404
    asked = Asked(found.area, found.from_on, found.to_on)
    lists.know_codes(request, [found.area])
    now: dict[str, FigureValue] = {}
    if request.actor.scope.covers(found.area):
        try:
            now = {one.code: one for one in figurepages.counted(request, asked, list(found.figures))}
        except Refusal:
            now = {}
    given = {"one": found, "query": asked.query, "parts": queries.as_published(found, say.language()),
             "opens": figures.opens(request.actor),
             "numbers": queries.side_by_side(found, now, say.language())}  # fmt: skip
    return render(request, "console/insight/published.html", given)


urls: list[URLPattern] = [
    path("review/", every, name="reviews"),
    path("review/published/<int:pk>/", published, name="published"),
    path("review/publish/<int:draft>/", publish, name="review-publish"),
    path("review/<slug:code>/", read, name="review"),
    path("review/<slug:code>/write/", write, name="review-write"),
]
