"""One indicator of a binder: what it is counted from, its evidence with the picker, whose gap it is, what reviewers give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.console import assess, lists, words
from lianxin.console import figurewords as say
from lianxin.console.acting import attempt
from lianxin.console.figurewords import Asked
from lianxin.engine import assessing as trees
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.assessing import HUNDRED
from lianxin.engine.expressions.words import Speaker
from lianxin.engine.facts import Fact, Name
from lianxin.engine.refusal import Refusal
from lianxin.insight import assessing, evidence
from lianxin.insight import binder as binders
from lianxin.insight.binder import Counted, Line
from lianxin.insight.evidence import Binder


def _line(request: Request, code: str, year: int, indicator: str) -> tuple[Counted, Line]:
    where = assess.asked(request, code, year)
    found = assess.counted(request, where)
    line = next((one for one in found.lines if one.code == indicator), None) if found else None
    if found is None or line is None:
        raise Http404
    return found, line


def _address(where: Binder, indicator: str) -> str:
    return f"{reverse('console:binder-line', args=[where.code, where.year, indicator])}?{assess.query(where)}"


def formula(line: Line, language: str) -> tuple[str, str]:
    """The formula and the veto as sentences, with the figures' names."""
    names = {trees.name_of(code): value.definition.name for code, value in line.values.items()}
    with_evidence = {**names, trees.EVIDENCE: Name("成立的佐证件数", "pieces of evidence that stand")}
    facts = {name: Fact(name, "int", "register", said) for name, said in with_evidence.items()}
    speaker, one = Speaker(language, facts), line.indicator
    known = {trees.name_of(code) for code in one.figures} <= set(names)
    if not known:  # a figure that the catalogue has no more: as it was written
        return one.formula_text, one.veto_text
    return speaker.say(one.formula), speaker.say(one.veto) if one.veto is not None else ""


@page("assess.view")
def line(request: Request, code: str, year: int, indicator: str) -> HttpResponse:
    """One indicator of a binder in full."""
    found, one = _line(request, code, year, indicator)
    where, actor, language = found.binder, request.actor, say.language()
    sort = request.GET.get("from", "")
    sort = sort if sort in one.indicator.evidence else (one.indicator.evidence[0] if one.indicator.evidence else "")
    keeps, held = actor.may("assess.keep"), {(piece.sort, piece.ref) for piece in one.pieces}
    offered = evidence.offered(where, one.indicator, sort, today=clock.today()) if keeps and sort else []
    reviews = binders.mocks(where)
    asked = Asked(where.area, dt.date(where.year, 1, 1), found.day)
    counted, veto = formula(one, language)
    lists.know_codes(request, [where.area])
    given: dict[str, Any] = {
        "found": found, "one": one, "where": where, "query": assess.query(where), "name": one.indicator.name[language],
        "say": one.indicator.say[language] if one.indicator.say else "",
        "source": one.indicator.source[language] if one.indicator.source else "",
        "points": assess.points(one.points), "most": assess.points(one.indicator.points), "counted": counted, "veto": veto,
        "whys": [words.of(assess.WHYS, why) for why in one.why], "late": one.late(clock.today()),
        "figures": [(value, say.name(value), say.shown(value), f"{reverse('console:figure', args=[value.code])}?{asked.query}"
                     if actor.may("figures.view") else "") for value in one.values.values()],
        "pieces": [(piece, words.of(assess.SORTS, piece.sort), assess.opens(request, piece)) for piece in one.pieces],
        "sorts": [(each, words.of(assess.SORTS, each), each == sort) for each in one.indicator.evidence], "sort": sort,
        "offered": [(piece, (piece.sort, piece.ref) in held) for piece in offered], "keeps": keeps,
        "keepers": assess.holders(request, "assess.keep") if keeps else [],
        "reviews": [(review, assess.points(review.marks.get(indicator, (None, ""))[0]), review.marks.get(indicator, (0, ""))[1])
                    for review in reviews],
        "mine": next((review for review in reviews if review.reviewer == actor.account), None),
        "back": f"{reverse('console:binder', args=[code, year])}?{assess.query(where)}",
    }  # fmt: skip
    return render(request, "console/assess/line.html", given)


def _points(text: str) -> int:
    """Points as typed, in hundredths. Raises a refusal for what is no number."""
    try:
        return round(float(text.strip().replace("，", ".")) * HUNDRED)
    except (ValueError, OverflowError) as wrong:
        raise Refusal(gettext("Write the points like 2 or 1.5.")) from wrong


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as wrong:
        raise Refusal(gettext("Say until when.")) from wrong


@page("assess.view")
@require_POST
def act(request: Request, code: str, year: int, indicator: str, what: str) -> HttpResponse:
    """Bind evidence, take it out, name an owner, or write down what the reviewer gives."""
    found, _one = _line(request, code, year, indicator)
    where, by, at, given = found.binder, request.actor, clock.now(), request.POST
    refs = [ref for ref in map(number_of, given.getlist("ref")) if ref is not None]
    number = number_of(given.get("row", ""))
    deeds: dict[str, tuple[Callable[[], Any], str | Promise]] = {
        "bind": (lambda: evidence.bind(binder=where, indicator=indicator, sort=given.get("sort", ""), refs=refs, by=by, at=at),
                 _("In the binder.")),
        "let-go": (lambda: evidence.let_go(evidence=number or 0, reason=given.get("reason", ""), by=by, at=at),
                   _("Taken out; that it was there stays written.")),
        "charge": (lambda: assessing.charge(binder=where, indicator=indicator, owner=number or 0, due_on=_day(given.get("due", "")),
                                            words=given.get("words", ""), by=by, at=at), _("Named and told.")),
        "mark": (lambda: assessing.mark(mock=number or 0, indicator=indicator, points=_points(given.get("points", "")),
                                        words=given.get("words", ""), by=by, at=at), _("Written down.")),
    }  # fmt: skip
    if what not in deeds:
        raise Http404
    attempt(request, *deeds[what])
    return redirect(_address(where, indicator))


urls: list[URLPattern] = [
    path("assess/<slug:code>/<int:year>/line/<slug:indicator>/", line, name="binder-line"),
    path("assess/<slug:code>/<int:year>/line/<slug:indicator>/do/<slug:what>/", act, name="binder-do"),
]
