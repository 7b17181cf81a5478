"""Letters on paper: for a case, or for everybody whom neither app nor phone reaches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.queries import office_over
from lianxin.access.templatetags.ui import full_day
from lianxin.casework import letters as facts
from lianxin.casework import sheets
from lianxin.casework.letters import Letter
from lianxin.casework.shown import Desk
from lianxin.console import words
from lianxin.console.acting import attempt
from lianxin.console.papercodes import drawn
from lianxin.engine import clock, money, paper
from lianxin.engine.facts import Name
from lianxin.engine.refusal import Refusal
from lianxin.notices import queries as notices

TEMPLATE = Path(__file__).with_name("letter.typ")
MOST = 100  # letters of one print


def pdf(data: bytes, name: str) -> HttpResponse:
    """A paper to look at and print; never kept by the browser."""
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


@page("case.open")
@require_POST
def letter(request: Request, case: int) -> HttpResponse:
    """The letter of one case: it asks for a yes or no, or says where the case stands."""
    found = facts.letters(request.actor, [case], at=clock.now())
    if case not in found:
        raise Http404
    return pdf(_written(request, [(found[case], "", None)]), "letter")


@page("calls.view")
@require_POST
def letters(request: Request) -> HttpResponse:
    """Everything on the list of those to go by, as letters to hand over: the oldest first, so many at a time."""
    actor = request.actor
    waiting = notices.call_list(actor.scope, visits=True, limit=MOST)
    found = facts.letters(actor, [one.case for one in waiting if one.case is not None], at=clock.now())
    language = get_language() or "zh-hans"
    told = [(found[one.case], one.words(language), one.id) for one in waiting if one.case in found]
    made: list[bytes] = []

    def act() -> None:
        if not told:
            raise Refusal(gettext("Nobody waits for a letter; nothing was printed."))
        made.append(_written(request, told))

    if not attempt(request, act):
        return redirect(f"{reverse('console:calls')}?visits=1")
    return pdf(made[0], "letters")


def _written(request: Request, told: Sequence[tuple[Letter, str, int | None]]) -> bytes:
    """The letters as one paper; each sheet has its own code."""
    at = clock.now()
    wanted = [
        sheets.Wanted("proposal" if one.proposal else "status", case=one.case, notice=notice)
        for one, _words, notice in told
    ]
    codes = sheets.print_sheets(wanted=wanted, by=request.actor, at=at)
    pages = [_page(one, said, at) for one, said, _notice in told]
    return paper.pdf(TEMPLATE, {"letters": pages, **_frame(at)}, at=at, code=[drawn(request, one) for one in codes])


def _frame(at: dt.datetime) -> dict[str, Any]:
    chinese = (get_language() or "zh").startswith("zh")
    labels = {
        "missing": gettext("Still missing; tick what you enclose:"), "sign": gettext("Signature"),
        "day": gettext("Day"), "proxy": gettext("If somebody signs for you: their name, and what they are to you"),
        "phone": gettext("Phone"), "stamp": gettext("For a stamp or a word of whoever certifies"),
        "back": gettext("Bring this sheet, or a photo of it, to any desk: the code opens your case where it stands."),
    }  # fmt: skip
    return {"lang": "zh" if chinese else "en", "labels": labels, "day": full_day(clock.day(at))}


def _page(one: Letter, said: str, at: dt.datetime) -> dict[str, Any]:
    name = words.said(one.service.name) + (f" · {words.said(one.kind)}" if one.kind else "")
    desk = desk_of(one.area) if one.proposal or one.desk is None else one.desk  # a yes is handed in close by
    title = gettext("Where your matter stands")
    if one.proposal:
        title = gettext("We ask for your word")
    elif one.confirms:
        title = gettext("Is it done, and is all well?")
    given = {
        "title": title,
        "to": gettext("%(name)s:") % {"name": one.to}, "address": one.address, "missing": [words.said(gap) for gap in one.missing],
        "asks": _ticks(one), "asked": [words.title(field, code) for code, field in one.asked.items()],
        "stamp": not one.proposal and bool(one.missing), "desk": words.said(desk.name) if desk else settings.APP_NAME,
        "phone": desk.phone if desk else "", "where": desk.address if desk else "",
        "words": [said] if said else [], "facts": [],
    }  # fmt: skip
    given.update(_proposed(one, name) if one.proposal else _standing(one, name, said))
    return given


def _ticks(one: Letter) -> dict[str, str] | None:
    """The two boxes that somebody ticks, and what they may add: to a proposal, and once it is said to be done."""
    if one.proposal:
        return {
            "yes": gettext("Yes, please"),
            "no": gettext("No, thank you"),
            "why": gettext("Why not (a word is enough):"),
        }
    if one.confirms:
        return {"yes": gettext("Yes, all is well"), "no": gettext("No, not yet"),
                "why": gettext("What is still wrong, or a word of thanks:")}  # fmt: skip
    return None


def _proposed(one: Letter, name: str) -> dict[str, Any]:
    worth = f"{money.yuan(one.amount)} {gettext('yuan')}" if one.amount else ""
    rhythm = words.of(words.REPEATS, one.service.repeat)
    told = [gettext("By your file you may have: %(name)s.") % {"name": name}, words.said(one.service.summary)]
    facts_ = [(gettext("How much"), f"{worth} · {rhythm}")] if worth else []
    facts_.append((gettext("Under which law"), words.cites(one.service.basis)))
    told.append(gettext("You need fill in nothing that we already have. Tick, sign, and hand this sheet to whoever brought "
                        "it or to any desk. Without your word nothing is done."))  # fmt: skip
    return {"words": told, "facts": facts_}


def _standing(one: Letter, name: str, said: str) -> dict[str, Any]:
    told = [
        (gettext("Number"), one.number),
        (gettext("What about"), name),
        (gettext("State"), words.of(words.STATES, one.state)),
    ]
    if one.ended is not None:
        told.append((gettext("Ended on"), full_day(clock.day(one.ended))))
    elif one.desk is not None:
        told.append((gettext("With whom"), f"{words.said(one.desk.name)} · {words.of(words.STEPS, one.step)}"))
    if one.due_at is not None and one.ended is None:
        told.append((gettext("Until when"), full_day(clock.day(one.due_at))))
    if one.amount:
        told.append((gettext("How much"), f"{money.yuan(one.amount)} {gettext('yuan')}"))
    if one.done:
        told.append((gettext("What was done"), one.done))
    asked = (
        [gettext("Tick, sign, and hand this sheet to whoever brought it or to any desk; or call.")]
        if one.confirms
        else []
    )
    return {"words": [*([said] if said else []), *asked], "facts": told}


def desk_of(area: str) -> Desk | None:
    """The nearest office over an area that has a phone."""
    for level, length in (("village", 12), ("township", 9), ("county", 6), ("city", 4)):
        office = office_over(area, level) if len(area) >= length else None
        if office is not None and office.phone:
            name = Name(office.name, office.name_en or office.name)
            return Desk(office.pk, name, office.phone, office.level, office.address)
    return None


urls: list[URLPattern] = [
    path("cases/<int:case>/letter/", letter, name="case-letter"),
    path("calls/letters/", letters, name="letters"),
]
