"""The drafts there are, how one begins, and how two people decide about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.catalogue import drafted, drafting, handing, queries
from lianxin.console import lists, words, workwords
from lianxin.console.acting import attempt
from lianxin.console.workbench import found
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal


def _name(one: Any) -> str:
    return (one.name_zh if (get_language() or "zh").startswith("zh") else one.name_en) or str(one.service)


DRAFTS = lists.Listing(
    "drafts", _("Workbench"),
    (
        lists.Column("name", _("Service"), head=True, value=_name, href=lambda one: reverse("console:draft", args=[one.pk])),
        lists.Column("state", _("State"), value=lambda one: words.of(workwords.STATES, one.state),
                     tone=lambda one: workwords.STATE_TONES.get(one.state, "")),
        lists.Column("begun_by_name", _("Begun by")), lists.Column("saved_by_name", _("Last written by")),
        lists.Column("saved_at", _("Last written"), "moment"),
    ),
    (lists.Filter("state", _("State"), tuple(workwords.STATES.items())),),
    words=_("Services that are being written. What one writes, another publishes."),
    empty=_("Nothing is being written"), empty_words=_("Begin from a service in force, from nothing, or from a folder."),
    exports=False, template="console/workbench/drafts.html",
)  # fmt: skip


class NewForm(forms.Form):
    """A draft from nothing."""

    zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    code = forms.CharField(
        label=_("Code"), max_length=60, help_text=_("small letters, digits, hyphens, as in winter-visit")
    )


class FolderForm(forms.Form):
    """A draft from a folder."""

    folder = forms.FileField(label=_("The service's folder as a zip"), widget=forms.FileInput(attrs={"accept": ".zip"}))


@page("catalogue.drafts")
def drafts(request: Request) -> HttpResponse:
    """What is being written, and the ways to begin."""
    return _desk(request)


def _desk(
    request: Request, new: NewForm | None = None, folder: FolderForm | None = None, status: int = 200
) -> HttpResponse:
    def fetch(asked: lists.Asked) -> lists.Page:
        after = number_of(asked.after) or 0
        rows = drafted.listed(request.actor.scope, state=asked.get("state"), after=after, limit=asked.limit)
        return lists.Rows(rows, str(rows[-1].pk) if len(rows) == asked.limit else "")

    def later() -> dict[str, Any]:
        known = queries.visible(request.actor.scope, clock.today())
        named = sorted((words.said(one.service.name), code) for code, one in known.items())
        return {"services": named, "new": new or NewForm(), "folder": folder or FolderForm()}

    response = lists.show(request, DRAFTS, fetch, later=later, writes=request.actor.may("catalogue.write"))
    response.status_code = status
    return response


def _opened(request: Request, act: Callable[[], Any]) -> HttpResponse:
    made: list[Any] = []
    if attempt(request, lambda: made.append(act())):
        return redirect("console:draft", made[0].pk)
    return redirect("console:drafts")


@page("catalogue.write")
@require_POST
def begin(request: Request) -> HttpResponse:
    """Begin from a service in force; the draft that is open already opens again."""
    code = request.POST.get("service", "")
    return _opened(request, lambda: drafting.begin(service=code, by=request.actor, at=clock.now()))


@page("catalogue.write")
def begin_new(request: Request) -> HttpResponse:
    """Begin from nothing. The address stays after a refusal: opened again it is the desk."""
    if request.method != "POST":
        return redirect("console:drafts")
    form = NewForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = drafting.begin_new(code=given["code"].strip(), zh=given["zh"], en=given["en"], by=request.actor,
                                      at=clock.now())  # fmt: skip
        except Refusal as refusal:
            form.add_error("code", refusal.sentence)
        else:
            return redirect("console:draft", made.pk)
    return _desk(request, new=form, status=422)


@page("catalogue.write")
def take_in(request: Request) -> HttpResponse:
    """Begin from a folder in a zip. The address stays after a refusal: opened again it is the desk."""
    if request.method != "POST":
        return redirect("console:drafts")
    form = FolderForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            made = drafting.take_in(data=form.cleaned_data["folder"].read(), by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.add_error("folder", refusal.sentence)
        else:
            messages.success(request, str(_("The folder is taken in.")))
            return redirect("console:draft", made.pk)
    return _desk(request, folder=form, status=422)


def _back(draft: int, part: str = "publish") -> HttpResponse:
    return redirect(f"{reverse('console:draft', args=[draft])}?part={part}")


def _day(request: Request) -> dt.date | None:
    """The first day as the author wrote it; blank is the day of publication."""
    said = request.POST.get("from_on", "").strip()
    try:
        return dt.date.fromisoformat(said) if said else None
    except ValueError as wrong:
        raise Refusal(gettext("The first day cannot be read; write it like 2027-01-01.")) from wrong


@page("catalogue.write")
@require_POST
def act(request: Request, draft: int, what: str) -> HttpResponse:
    """What an author does with a draft: hand in, take back, tick, compare, give up."""
    one, by, at = found(request, draft), request.actor, clock.now()
    words_ = request.POST.get("words", "")
    acts: dict[str, tuple[Callable[[], Any], Any]] = {
        "submit": (lambda: handing.submit(draft=one.pk, words=words_, from_on=_day(request), by=by, at=at),
                   _("Handed in. Somebody else looks at it and publishes.")),
        "take-back": (lambda: handing.take_back(draft=one.pk, by=by, at=at), _("It is back with you.")),
        "citations": (lambda: drafting.look(draft=one.pk, what="citations", by=by, at=at), ""),
        "preview": (lambda: drafting.look(draft=one.pk, what="preview", by=by, at=at), ""),
        "compared": (lambda: handing.compared(draft=one.pk, by=by, at=at), _("It stands on the newest version now.")),
        "drop": (lambda: handing.drop(draft=one.pk, by=by, at=at), _("The draft is given up; its text stays readable.")),
    }  # fmt: skip
    if what not in acts:
        raise Http404
    attempt(request, *acts[what])
    return _back(one.pk)


@page("catalogue.drafts")
@require_POST
def publish(request: Request, draft: int) -> HttpResponse:
    """The second hand publishes; whoever may only read or write the draft is told that somebody else does."""
    one = found(request, draft)
    if not request.actor.may("catalogue.approve"):
        messages.error(request, gettext("Somebody else publishes: whoever approves services. Nothing was published."))
        return _back(one.pk)
    return _publish(request, draft)


@page("catalogue.approve", fresh=True)
def _publish(request: Request, draft: int) -> HttpResponse:
    """With the second step of signing in as fresh as for money."""
    one = found(request, draft)
    number = number_of(request.POST.get("number", "")) or 0
    attempt(request, lambda: handing.publish(draft=one.pk, number=number, by=request.actor, at=clock.now()),
            _("Published. From its first day on it is what people are judged by."))  # fmt: skip
    return _back(one.pk)


@page("catalogue.approve")
@require_POST
def give_back(request: Request, draft: int) -> HttpResponse:
    """Back to its author with a reason."""
    one = found(request, draft)
    reason = request.POST.get("reason", "")
    attempt(request, lambda: handing.give_back(draft=one.pk, reason=reason, by=request.actor, at=clock.now()),
            _("Given back to its author."))  # fmt: skip
    return _back(one.pk)


urls: list[URLPattern] = [
    path("workbench/", drafts, name="drafts"),
    path("workbench/begin/", begin, name="draft-begin"),
    path("workbench/new/", begin_new, name="draft-new"),
    path("workbench/import/", take_in, name="draft-import"),
    path("workbench/<int:draft>/do/<slug:what>/", act, name="draft-act"),
    path("workbench/<int:draft>/publish/", publish, name="draft-publish"),
    path("workbench/<int:draft>/give-back/", give_back, name="draft-give-back"),
]
