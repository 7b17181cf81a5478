"""Figures: the list, one figure with its definition and its parts, the rows behind it, the leader's one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.access.permissions import Refused
from lianxin.console import figurewords as say
from lianxin.console import lists, papercodes, words
from lianxin.console.figurewords import Asked
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.register import CASE_KINDS
from lianxin.engine.scope import Actor
from lianxin.insight import figures, printing, rows, rules
from lianxin.insight.figures import FigureValue
from lianxin.outcomes import attesting
from lianxin.payments import queries as payments


def counted(request: Request, found: Asked, codes: list[str] | None = None) -> list[FigureValue]:
    """Figures over what the address asks, with this actor's eyes."""
    actor = request.actor
    return figures.evaluate(
        from_on=found.from_on, to_on=found.to_on, area=found.area, scope=actor.scope, opens=figures.opens(actor),
        codes=codes,
    )  # fmt: skip


def one(request: Request, code: str, found: Asked) -> FigureValue:
    """One figure in full; an unknown code is a page that does not exist."""
    actor = request.actor
    try:
        return figures.figure(
            code=code, from_on=found.from_on, to_on=found.to_on, area=found.area, scope=actor.scope,
            opens=figures.opens(actor),
        )  # fmt: skip
    except Refusal as refusal:
        raise Refused(code) from refusal


def total(request: Request, code: str, found: Asked) -> FigureValue:
    """One figure's total, as it is kept; an unknown code is a page that does not exist."""
    try:
        return counted(request, found, [code])[0]
    except Refusal as refusal:
        raise Refused(code) from refusal


def _listing(found: Asked) -> lists.Listing:
    return lists.Listing(
        "figures", _("Figures"),
        (
            lists.Column("name", _("Figure"), value=say.name, head=True,
                         href=lambda value: f"{reverse('console:figure', args=[value.code])}?{found.query}"),
            lists.Column("value", _("The number"), "number", value=say.shown),
            lists.Column("said", _("As a review says it"), value=say.in_text),
            lists.Column("period", _("Period"), value=lambda value: _days(value, found)),
            lists.Column("version", _("Version"), value=lambda value: value.version),
        ),
        words=_("Nothing here was reported upwards: each number is counted from the register and opens its rows."),
        empty=_("No figure in the catalogue"), template="console/insight/figures.html",
    )  # fmt: skip


@page("figures.view")
def every(request: Request) -> HttpResponse:
    """All figures of the catalogue over an area and a period."""
    found = say.asked(request)
    values = counted(request, found)
    given: dict[str, Any] = {"found": found, "query": found.query, "areas": say.choices(request, found)}
    return lists.show(request, _listing(found), lambda asked: lists.Rows(values), **given)


@page("figures.view")
def figure(request: Request, code: str) -> HttpResponse:
    """One figure: its number, definition, what was left out, areas and years side by side."""
    found = say.asked(request)
    value = one(request, code, found)
    return render(request, "console/insight/figure.html", {**shown(request, value, found), "found": found,
                  "areas": say.choices(request, found), "query": found.query,
                  "reported": _reported(request, value, found)})  # fmt: skip


def _reported(request: Request, value: FigureValue, found: Asked) -> dict[str, Any]:
    """What was reported by hand for this figure here, beside what is counted up to the same day."""
    told = attesting.reported(request.actor.scope, value.code, value.area)
    if told is None:
        return {}
    [then] = counted(request, Asked(found.area, min(found.from_on, told.happened_on), told.happened_on), [value.code])
    number = told.amount if value.definition.money else told.quantity
    apart = None if then.value is None or number is None else then.value - number
    return {"one": told, "number": say.of(value, number), "counted": say.shown(then), "apart": apart,
            "difference": say.of(value, apart)}  # fmt: skip


def shown(request: Request, value: FigureValue, found: Asked) -> dict[str, Any]:
    """A figure as pages and panels show it."""
    return {
        "value": value, "name": say.name(value), "number": say.shown(value), "said": say.in_text(value),
        "rule": rules.rule(value, say.language()), "code_rule": printing.rule(value), "days": _days(value, found),
        "by_area": say.cells(value, value.by_area), "area_bars": say.bars(value, value.by_area),
        "by_year": say.cells(value, value.by_year), "year_bars": say.bars(value, value.by_year),
        "may_open": figures.opens(request.actor) and value.rows > 0, "opens": figures.opens(request.actor),
    }  # fmt: skip


def _line(source: str) -> int | None:
    """The payment line that a row of the register came from."""
    parts = source.split(":")
    return number_of(parts[1]) if parts[0] == "payment" and len(parts) > 1 else None


def _attestation(source: str) -> int | None:
    """The achievement that a row of the register came from."""
    return number_of(source.removeprefix(attesting.SOURCE)) if source.startswith(attesting.SOURCE) else None


def _source(row: rows.Opened) -> str:
    line = _line(row.source)
    paper = _attestation(row.source)
    if paper is not None:
        return gettext("Achievement %(n)d, on paper") % {"n": paper}
    return gettext("Payment line %(n)d") % {"n": line} if line is not None else row.source


def links_of(actor: Actor, found: Sequence[rows.Opened]) -> dict[str, str]:
    """Source → the achievement's paper or the batch it was paid with, for those who may see such."""
    papers = {row.source: pk for row in found if (pk := _attestation(row.source)) is not None}
    shown = {source: reverse("console:attested-one", args=[pk]) for source, pk in papers.items()}
    cases = {
        row.source: reverse("console:case", args=[row.case]) for row in found if row.kind in CASE_KINDS and row.case
    }
    return (
        (shown if actor.may("attest.view") else {}) | (cases if actor.may("case.view") else {}) | _batches(actor, found)
    )


def _batches(actor: Actor, found: Sequence[rows.Opened]) -> dict[str, str]:
    if not actor.may("batch.view"):
        return {}
    lines = {row.source: line for row in found if (line := _line(row.source)) is not None}
    batches = payments.batches_of(actor.scope, list(lines.values()))
    return {source: reverse("console:batch", args=[batches[line]]) for source, line in lines.items() if line in batches}


def _days(value: FigureValue, found: Asked) -> str:
    """The days counted, and why they are not the days asked for where they are not."""
    days = printing.days(value.window, say.language())
    own = figures.window_of(value.definition, found.from_on, found.to_on)
    if value.window != own:
        why = gettext("(the days are set so that the number speaks of no single person)")
    elif own.to_on != found.to_on:
        why = gettext("(it has a last day of its own)")
    elif own.from_on is None:
        why = gettext("(from the beginning; the last day is the one chosen above)")
    elif own.from_on != found.from_on:
        why = gettext("(it has a first day of its own; the last day is the one chosen above)")
    else:
        return days
    return f"{days} {why}"


def rows_listing(value: FigureValue, found: Asked, links: dict[str, str], title: str = "") -> lists.Listing:
    """The list of a number's rows; ``links`` lead from a row's source to its paper or batch."""
    said = say.Rows()
    return lists.Listing(
        f"figure-{value.code}", title or say.name(value),
        (
            lists.Column("happened_on", _("Day"), "day"),
            lists.Column("who", _("Who"), head=True, href=_file),
            lists.Column("area", _("Area"), "area"),
            lists.Column("service", _("Service"), value=said.service),
            lists.Column("kind", _("What"), value=lambda row: words.of(rules.KINDS, row.kind)),
            lists.Column("category", _("Kind"), value=said.category),
            lists.Column("quantity", _("Quantity"), "number"),
            lists.Column("amount", _("Amount"), "money"),
            lists.Column("source", _("Source"), screen_only=True, value=_source, href=lambda row: links.get(row.source, "")),
        ),
        words=f"{say.shown(value)} · {_days(value, found)}",
        empty=_("No row that you may open"), export="figures.rows", template="console/insight/rows.html",
    )  # fmt: skip


def _file(row: rows.Opened) -> str:
    return reverse("console:person", args=[row.person]) if row.person is not None else ""


@page("figures.rows")
def opened(request: Request, code: str) -> HttpResponse:
    """The rows behind a number, newest first, for those whose office covers them."""
    found = say.asked(request)
    value = total(request, code, found)
    scope = request.actor.scope
    links: dict[str, str] = {}

    def fetch(asked: lists.Asked) -> lists.Page:
        made = rows.page(value, scope=scope, after=asked.after, limit=asked.limit)
        links.update(links_of(request.actor, made.rows))
        return made

    given: dict[str, Any] = {"value": value, "found": found, "query": found.query, "areas": say.choices(request, found)}
    return lists.show(request, rows_listing(value, found, links), fetch, **given)


@page("figures.view")
def leader(request: Request) -> HttpResponse:
    """The leader's one page: every number beside the same days a year before, and the areas side by side."""
    found = say.asked(request)
    before = Asked(found.area, _year_before(found.from_on), _year_before(found.to_on))
    values = counted(request, found)
    past = {value.code: value for value in counted(request, before)}
    cards = [
        {"value": value, "name": say.name(value), "number": say.in_text(value), "unit": _unit(value),
         "change": _change(value, past[value.code]), "days": _days(value, found)}
        for value in values
    ]  # fmt: skip
    given = {"cards": cards, "found": found, "areas": say.choices(request, found), "query": found.query,
             "at": clock.now(), "past": before, "printed": papercodes.when_printed(request, "review")}  # fmt: skip
    lists.know_codes(request, [found.area])
    return render(request, "console/insight/leader.html", given)


def _unit(value: FigureValue) -> str:
    return "" if value.definition.money else value.definition.unit[say.language()]


def _year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _change(now: FigureValue, then: FigureValue) -> str:
    """How the number stands to the same days a year before.

    Blank where either is not shown, where nothing moved, and where the days overlap (a count since some first day).
    """
    first = now.window.from_on
    if first is None or first <= then.window.to_on or now.value is None or not then.value:
        return ""
    share = round((now.value - then.value) * 100 / then.value)
    return f"{share:+d} %" if share else ""


urls: list[URLPattern] = [
    path("figures/", every, name="figures"),
    path("figures/one-page/", leader, name="leader"),
    path("figures/<slug:code>/", figure, name="figure"),
    path("figures/<slug:code>/rows/", opened, name="figure-rows"),
]
