"""Scan a sheet: a photo of it, or the short code under its picture, opens its case at the step where it stands now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.casework import papers, queries, sheets
from lianxin.casework.sheetcodes import opened as token_of
from lianxin.casework.sheetcodes import typed
from lianxin.console import casefields, shown, words
from lianxin.console.acting import attempt
from lianxin.console.cases import shown_file
from lianxin.engine import clock, qrread
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.notices import actions as notices
from lianxin.payments import queries as payments
from lianxin.people import queries as people

OPENS_AT_ONCE = ("list", "route", "card")  # nobody signs these; a code alone leads to what they show
KEPT = 30 * 60  # seconds for which a photo waits for its code to be typed
SALT = "lianxin.sheet"
_BATCH = re.compile(r"/console/payments/(\d+)/")


class ScanForm(forms.Form):
    """A photo, a code, or both."""

    photo = forms.FileField(label=_("Photo or scan of the sheet"), required=False, widget=forms.ClearableFileInput(
        attrs={"accept": "image/*,application/pdf", "capture": "environment", "data-reads-code": "code"}))  # fmt: skip
    code = forms.CharField(label=_("Or the code under the picture"), required=False, max_length=200, widget=forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}))  # fmt: skip
    kept = forms.CharField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Given:
    """What was sent: the photo's bytes, what names the sheet, and what keeps the photo while a code is typed."""

    data: bytes | None
    text: str
    kept: str


@page("sheet.scan")
def scan(request: Request) -> HttpResponse:
    """The page of every desk: photograph it, or type the code."""
    asked = request.GET.get("s", "")
    if asked and request.method == "GET":
        found = sheets.find(request.actor, asked, at=clock.now())
        if found is not None:
            return _opened(request, found, None)
        messages.error(request, _nothing())
    form = ScanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given: list[Given] = []
        if attempt(request, lambda: given.append(_given(form.cleaned_data))):
            found = sheets.find(request.actor, given[0].text, at=clock.now()) if given[0].text else None
            if found is not None:
                return _opened(request, found, given[0].data)
            card = _card(request, given[0].text)
            if card is not None:
                return redirect(card)
            kept: list[str] = []
            if attempt(request, lambda: kept.append(_kept(given[0]))):
                messages.error(request, _unread(given[0]))
            form = ScanForm(initial={"kept": "".join(kept)})
    status = 422 if request.method == "POST" else 200
    return render(
        request, "console/casework/scan.html", {"form": form, "waits": bool(form.initial.get("kept"))}, status=status
    )


def _given(said: dict[str, Any]) -> Given:
    """What was sent; a photo is looked at only. It is kept with its sheet, or held while its code is typed."""
    text = said["code"].strip()
    if said["photo"] is not None:
        data = said["photo"].read(papers.LARGEST + 1)
        papers.fits(data)
        text = text or qrread.read(data) or ""
        return Given(data, text, "")
    if said["kept"]:
        try:
            digest = signing.loads(said["kept"], salt=SALT, max_age=KEPT)
        except signing.BadSignature:
            return Given(None, text, "")
        try:
            return Given(papers.read(digest), text, said["kept"])
        except FileNotFoundError:  # it waited too long
            return Given(None, text, "")
    if not text:
        raise Refusal(gettext("Take a photo of the sheet, or type the code under its picture."))
    return Given(None, text, "")


def _kept(given: Given) -> str:
    """What keeps the photo while its code is typed, so that nobody has to take it twice; after that it is taken away."""
    papers.let_go(clock.now().timestamp() - KEPT)
    if given.data is None or given.kept:
        return given.kept
    return signing.dumps(papers.hold(given.data).digest, salt=SALT)


def _nothing() -> str:
    return gettext("This sheet says nothing here: it is none of ours, or belongs to another area.")


def _unread(given: Given) -> str:
    if not given.text:
        return gettext("The picture could not be read. The photo is kept: type the code that stands under the picture.")
    if token_of(given.text) is None and typed(given.text) is None:
        return gettext("One of these letters is wrong; look at the code once more. Nothing was lost.")
    return _nothing()


def _opened(request: Request, sheet: int, data: bytes | None) -> HttpResponse:
    """To the sheet, with its photo laid to the case."""
    back = sheets.sheet(request.actor, sheet, at=clock.now())
    if data is not None and back is not None and back.kind != "card":  # nobody signs a card: its photo is not kept
        attempt(request, lambda: _keep(request, back, data))
        return redirect("console:sheet", sheet=sheet)
    if back is not None and back.case is None and back.kind in OPENS_AT_ONCE and back.opens.startswith("/console/"):
        return redirect(back.opens)
    return redirect("console:sheet", sheet=sheet)


def _keep(request: Request, back: sheets.Back, data: bytes) -> None:
    fresh = sheets.take_back(sheet=back.id, data=data, by=request.actor, at=clock.now())
    if back.notice is not None:
        notices.called(
            notice=back.notice, said=gettext("The letter came back."), reached=True, by=request.actor, at=clock.now()
        )
    if back.case is None:
        messages.success(request, gettext("The photo lies with the sheet."))
        return
    messages.success(
        request,
        gettext("The photo lies with the case.") if fresh else gettext("This photo lies with the case already."),
    )


@page("home")
def short(request: Request, token: str) -> HttpResponse:
    """What a phone's own camera opens: staff come to the sheet, a household to its own case, others to nothing."""
    actor = request.actor
    if actor.may("sheet.scan"):
        return redirect(f"{reverse('console:scan')}?s={token}")
    found = token_of(token)
    if found is not None and found.case is not None and queries.case(actor, found.case, at=clock.now()) is not None:
        return redirect("case", pk=found.case)
    if found is not None and found.kind == "card" and actor.may("own.view"):
        return redirect("home")  # the household's own card, under its own phone
    raise Http404


def _sheet(request: Request, sheet: int) -> sheets.Back:
    back = sheets.sheet(request.actor, sheet, at=clock.now())
    if back is None:
        raise Http404
    batch = _BATCH.match(back.opens) if back.kind == "bank" else None
    if batch and payments.batch(request.actor.scope, int(batch[1]), clock.today(), checks=False) is None:
        raise Http404  # of a sealed service, to those on its list alone
    return back


@page("sheet.scan")
def sheet(request: Request, sheet: int) -> HttpResponse:
    """One sheet: what it was printed for, where its case is now, and what is to be done with it."""
    back = _sheet(request, sheet)
    if back.case is None:
        photos = sheets.photos_of_sheet(request.actor, sheet, at=clock.now())
        given = {"sheet": back, "name": words.said(sheets.pair(back.kind)), "photos": photos,
                 "opens": back.opens if back.opens.startswith("/console/") else ""}  # fmt: skip
        return render(request, "console/casework/sheet_alone.html", given)
    view = queries.case(request.actor, back.case, at=clock.now(), masked=shown.masked_for(request.actor))
    if view is None:
        raise Http404
    asks = back.kind == "proposal" and view.row.state == "proposed" and not back.answer
    given = {
        "sheet": back, "name": words.said(sheets.pair(back.kind)), "one": shown.opened(request.actor, view),
        "was": words.of(words.STATES, back.state), "was_step": _step(view, back.step), "asks": asks,
        "form": _answers(view) if asks else None,
    }  # fmt: skip
    return render(request, "console/casework/sheet.html", given)


def _step(view: queries.CaseView, step: int | None) -> str:
    if step is None or step >= len(view.steps) or view.row.state == "proposed":
        return ""
    return words.of(words.STEPS, view.steps[step].step)


def _answers(view: queries.CaseView, data: Any = None) -> forms.Form:
    """What the letter asked beside yes or no."""
    form = forms.Form(data)
    unfilled = [name for name in view.fields if view.form.get(name) in (None, "")]
    form.fields |= casefields.asked({"properties": view.fields}, clock.today(), only=unfilled, needed=False)
    return form


def _card(request: Request, text: str) -> str | None:
    """The desk with the household whose card was scanned; its code alone is on it."""
    if not (4 < len(text) <= 20 and request.actor.may("case.dispatch")):
        return None
    house = next((one for one in people.households(request.actor.scope, text) if one.code == text.upper()), None)
    return f"{reverse('console:desk')}?{urlencode({'q': house.code, 'house': house.id})}" if house else None


def _photo_sent(request: Request, back: sheets.Back) -> HttpResponse:
    photo = request.FILES.get("photo")
    if photo is not None:
        attempt(request, lambda: _keep(request, back, photo.read(papers.LARGEST + 1)))
    return redirect("console:sheet", sheet=back.id)


@page("home")
def sheet_photo(request: Request, sheet: int, photo: int) -> HttpResponse:
    """The photo of a signed sheet that belongs to no case, shown as what it is and never run."""
    _sheet(request, sheet)
    found = sheets.photo(request.actor, sheet, photo, at=clock.now())
    if found is None:
        raise Http404
    return shown_file(*found)


@page("sheet.scan")
@require_POST
def answer(request: Request, sheet: int, what: str) -> HttpResponse:
    """What was ticked on the signed letter, or a photo of the sheet that comes after its code was typed."""
    back, actor = _sheet(request, sheet), request.actor
    if what not in {"yes", "no", "photo"} or (back.case is None and what != "photo"):
        raise Http404
    if back.case is None:
        return _photo_sent(request, back)
    view = queries.case(actor, back.case, at=clock.now())
    if view is None:
        raise Http404
    if what == "photo":
        return _photo_sent(request, back)
    form = _answers(view, request.POST)
    lock = request.POST.get("expected", "")
    if form.is_valid():
        attempt(
            request,
            lambda: sheets.answered(sheet=sheet, yes=what == "yes", fields=casefields.said(form.cleaned_data), by=actor,
                                    at=clock.now(), expected=number_of(lock)),
            _("Confirmed under the signed sheet; it has begun.") if what == "yes" else _("Withdrawn as they asked."),
        )  # fmt: skip
    else:
        messages.error(request, gettext("Something is not filled in rightly; nothing was changed."))
    return redirect("console:sheet", sheet=sheet)


urls: list[URLPattern] = [
    path("scan/", scan, name="scan"),
    path("s/<slug:token>/", short, name="short"),
    path("sheets/<int:sheet>/", sheet, name="sheet"),
    path("sheets/<int:sheet>/photo/<int:photo>/", sheet_photo, name="sheet-photo"),
    path("sheets/<int:sheet>/<slug:what>/", answer, name="sheet-answer"),
]
# The pictures on paper hold their address in capitals: they are smaller so.
capitals: list[URLPattern] = [path("S/<slug:token>/", short, name="short-capitals")]
