"""Questions of one's own over the register: chart, table, workbook; kept and shared; the rows behind each line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.catalogue import queries as catalogue
from lianxin.console import figures as pages
from lianxin.console import figurewords as say
from lianxin.console import lists, words
from lianxin.console.acting import attempt
from lianxin.console.words import Words
from lianxin.engine import clock, money
from lianxin.engine.asked import number_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.register import KINDS, LEVELS
from lianxin.insight import asking, rows, rules, tables
from lianxin.insight.asking import Answer, Asked, Line
from lianxin.insight.figures import FigureValue
from lianxin.journal import actions as journal

MEASURES: dict[str, Words] = {
    "count": _("How many entries"), "count distinct person": _("How many people, each once"),
    "count distinct family": _("How many households, each once"), "sum amount": _("The sum of the money"),
    "sum quantity": _("The sum of the quantities"),
    "count distinct organisation": _("How many organisations, each once"), "count distinct place": _("How many places, each once"),
}  # fmt: skip
GROUPS: dict[str, Words] = {
    "service": _("Service"), "kind": _("What"), "category": _("Kind"), "programme": _("Programme"), "level": _("Level"),
    "county": _("County"), "township": _("Township"), "village": _("Village"), "month": _("Month"), "quarter": _("Quarter"),
    "year": _("Year"),
}  # fmt: skip
LEVELS_SAID: dict[str, Words] = {
    "nation": _("the nation"), "province": _("the province"), "city": _("city"), "county": _("county"),
    "township": _("township"), "village": _("village or community"),
}  # fmt: skip
NOTHING: Words = _("(nothing said)")
AREAS = ("county", "township", "village")
COLUMNS = 12  # of a chart


def question(request: Request) -> Asked:
    """The question of an address; what cannot be read is the usual: entries of this year by service."""
    given, found = request.GET, say.asked(request)
    by = tuple(dict.fromkeys(one for one in (given.get("by", "service"), given.get("and", "")) if one in GROUPS))
    measure = given.get("measure", "count")
    only = {name: value for name, value in filters(request).items() if asking.possible(name, value)}
    return Asked(measure if measure in MEASURES else "count", found.area, found.from_on, found.to_on, by, only)


def filters(request: Request) -> dict[str, str]:
    """What the address narrows to, possible or not."""
    said = {name: request.GET.get(name, "").strip()[:60] for name in asking.FILTERS}
    return {name: value for name, value in said.items() if value}


def address(asked: Asked) -> str:
    """A question as an address says it."""
    by = [*asked.by, "", ""]
    said = {"measure": asked.measure, "by": by[0], "and": by[1], **asked.only, "area": asked.area,
            "from": asked.from_on.isoformat(), "to": asked.to_on.isoformat()}  # fmt: skip
    return urlencode({name: value for name, value in said.items() if value or name == "by"})


class Speaker:
    """The groups of one answer in words."""

    def __init__(self, lines: list[Line], asked: Asked) -> None:
        by, self.service = asked.by, asked.only.get("service", "")
        self.services = {code: one.service for code, one in catalogue.in_force(clock.today()).items()}
        codes = [
            key
            for line in lines
            for name, key in zip(by, line.keys, strict=True)
            if name in ("county", "township", "village")
        ]
        self.areas = access.area_names([code for code in codes if code])

    def say(self, name: str, key: str | None) -> str:
        """One key of a group."""
        if key is None or key == "":
            return str(NOTHING)
        if name == "service":
            found = self.services.get(key)
            return words.said(found.name) if found else str(words.of(say.OTHERS, key))
        if name == "kind":
            return str(words.of(rules.KINDS, key))
        if name == "level":
            return str(words.of(LEVELS_SAID, key))
        if name in AREAS:
            return say.pick(self.areas.get(key, (key, key)))
        if name == "category":
            return self.category(key)
        return key

    def category(self, key: str) -> str:
        """A kind within the service asked for, or a merit, by its name; where services differ, all that it is called."""
        asked = [self.services[self.service]] if self.service in self.services else self.services.values()
        names = dict.fromkeys(words.said(kind.name) for one in asked for kind in one.kinds if kind.code == key)
        return " / ".join(names) or str(words.of(say.MERITS, key))


def _value(answer: Answer, value: int | None) -> str:
    if value is None:
        return "—"
    return gettext("%(sum)s yuan") % {"sum": money.yuan(value)} if answer.definition.money else f"{value:,}"


def _listing(answer: Answer) -> lists.Listing:
    asked, speaker = answer.asked, Speaker(answer.lines, answer.asked)
    heads = [
        lists.Column(f"key{place}", GROUPS[name], head=place == 0,
                     value=lambda line, place=place, name=name: speaker.say(name, line.keys[place]),  # type: ignore[misc]
                     href=(lambda line: _rows(asked, line)) if answer.exact and place == 0 else None)
        for place, name in enumerate(asked.by)
    ]  # fmt: skip
    money_of = answer.definition.money
    number = lists.Column("value", MEASURES[asked.measure], "money" if money_of else "number",
                          value=lambda line: line.value if money_of else _plain(line.value))  # fmt: skip
    return lists.Listing(
        "explore", _("Ask the register"), (*heads, number),
        words=_("Questions of one's own: what to count, of which entries, put together by what.") if answer.exact else
        _("Numbers are cut down and small ones hidden, so that no two questions together speak of one person."),
        empty=_("No entry answers this"), empty_words=_("Choose other days, another area, or fewer filters."),
        export="figures.view", template="console/insight/explore.html",
    )  # fmt: skip


def _plain(value: int | None) -> Any:
    return "—" if value is None else value


def _rows(asked: Asked, line: Line) -> str:
    return f"{reverse('console:explore-rows')}?{address(asked.narrowed(line.keys))}" if line.rows else ""


def _bars(answer: Answer, speaker: Speaker) -> list[say.Bar]:
    """A chart over one grouping, where a person would rather look."""
    known = [line for line in answer.lines if line.value is not None]
    if len(answer.asked.by) != 1 or len(known) < 2 or max(line.value or 0 for line in known) <= 0:
        return []
    dated = answer.asked.by[0] in ("month", "quarter", "year")
    some = known[-COLUMNS:] if dated else sorted(known, key=lambda line: -(line.value or 0))[:COLUMNS]
    top = max(line.value or 0 for line in some)
    step, roomy = say.WIDTH / len(some), len(some) <= say.ROOMY
    made = []
    for place, line in enumerate(some):
        height = say.BARS * max(line.value or 0, 0) / top
        made.append(say.Bar(
            round(place * step + step * 0.12, 1), round(20 + say.BARS - height, 1), round(step * 0.76, 1), round(height, 1),
            round(place * step + step / 2, 1), speaker.say(answer.asked.by[0], line.keys[0])[:7] if roomy else "",
            _short(answer, line.value or 0) if roomy else "", place == len(some) - 1 and dated,
        ))  # fmt: skip
    return made


def _short(answer: Answer, value: int) -> str:
    whole = value // 100 if answer.definition.money else value
    return f"{whole / 10_000:.1f}{gettext('×10⁴')}" if whole >= 100_000 else f"{whole:,}"


@page("figures.view")
def explore(request: Request) -> HttpResponse:
    """Ask, look, take away, keep."""
    asked = question(request)
    try:
        answer = asking.ask(asked, by=request.actor)
    except Refusal as refusal:
        raise Http404 from refusal
    found = say.asked(request)
    speaker = Speaker(answer.lines, answer.asked)
    exact = answer.exact
    given: dict[str, Any] = {
        "asked": answer.asked, "exact": exact, "query": address(answer.asked), "total": _value(answer, answer.total.value),
        "measures": [(code, title, code == asked.measure) for code, title in MEASURES.items()],
        "groups": [(code, title, code == (asked.by[:1] or ("",))[0]) for code, title in GROUPS.items()
                   if exact or code != "village"],
        "seconds": [(code, title, len(asked.by) > 1 and code == asked.by[1]) for code, title in GROUPS.items()] if exact else [],
        "kinds": [(code, words.of(rules.KINDS, code), asked.only.get("kind") == code) for code in KINDS],
        "levels": [(code, words.of(LEVELS_SAID, code), asked.only.get("level") == code) for code in LEVELS],
        "services": sorted(((code, words.said(one.service.name), asked.only.get("service") == code)
                            for code, one in catalogue.visible(request.actor.scope, clock.today()).items()),
                           key=lambda one: one[1]),
        "found": found, "areas": say.choices(request, found), "bars": _bars(answer, speaker), "more": answer.more,
        "yaml": answer.asked.yaml("my-figure", "数字的名称", "the figure's name"), "where": answer.asked.where,
        "label": str(MEASURES[asked.measure]), "may_open": exact and bool(answer.total.rows),
        "whole_rows": f"{reverse('console:explore-rows')}?{address(replace(asked, by=()))}",
    }  # fmt: skip
    given["ignored"] = len(filters(request)) > len(asked.only)
    return lists.show(request, _listing(answer), lambda _: lists.Rows(answer.lines), **given)


@page("figures.rows")
def opened(request: Request) -> HttpResponse:
    """The rows behind a line of an answer."""
    asked = question(request)
    try:
        value = asking.rows_of(asked, by=request.actor)
    except Refusal as refusal:
        raise Http404 from refusal
    found = say.asked(request)
    links: dict[str, str] = {}
    listing = replace(pages.rows_listing(value, found, links, gettext("Rows of a question")),
                      template="console/insight/explore_rows.html")  # fmt: skip

    def fetch(one: lists.Asked) -> lists.Page:
        made = rows.page(value, scope=request.actor.scope, after=one.after, limit=one.limit)
        links.update(pages.links_of(request.actor, made.rows))
        return made

    given: dict[str, Any] = {"query": address(asked), "back": f"{reverse('console:explore')}?{address(asked)}"}
    return lists.show(request, listing, fetch, **given)


def _sent(request: Request, value: FigureValue, name: str, **said: str) -> HttpResponse:
    """Rows with their vouchers as a file that streams; that it was taken stands in the journal."""
    journal.note(action="journal.take", by=request.actor, at=clock.now(), table="outcomes", rows=value.rows, **said)
    pieces = tables.take_counted(value, scope=request.actor.scope)
    answer: Any = StreamingHttpResponse((one.encode() for one in pieces), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{clock.today().isoformat()}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page("audit.take")
def table(request: Request) -> HttpResponse:
    """The rows of a question, whole, each with its voucher."""
    asked = question(request)
    try:
        value = asking.rows_of(asked, by=request.actor)
    except Refusal as refusal:
        raise Http404 from refusal
    return _sent(
        request, value, "register", where=asked.where, area=asked.area, since=str(asked.from_on), until=str(asked.to_on)
    )


@page("audit.take")
def figure_table(request: Request, code: str) -> HttpResponse:
    """The rows of a figure, whole, each with its voucher."""
    found = say.asked(request)
    value = pages.total(request, code, found)
    return _sent(request, value, code, figure=code, area=found.area, since=str(value.window.from_on or ""),
                 until=str(value.window.to_on))  # fmt: skip


class Keeping(forms.Form):
    """Under which name a question is kept."""

    name = forms.CharField(label=_("Name of the question"), max_length=80)
    shared = forms.BooleanField(label=_("For all whose office covers this area"), required=False)


@page("figures.view")
@require_POST
def keep(request: Request) -> HttpResponse:
    """Keep what the address asks."""
    asked, form = question(request), Keeping(request.POST)
    back = f"{reverse('console:explore')}?{address(asked)}"
    name = form.cleaned_data["name"] if form.is_valid() else ""
    shared = bool(form.is_valid() and form.cleaned_data["shared"])
    done = attempt(request, lambda: asking.keep(name=name, asked=asked, query=address(asked), shared=shared, by=request.actor,
                                                at=clock.now()), _("Saved. You find it under Kept questions."))  # fmt: skip
    return redirect("console:questions" if done else back)


KEPT = lists.Listing(
    "questions", _("Kept questions"),
    (
        lists.Column("name", _("Name of the question"), head=True,
                     href=lambda one: f"{reverse('console:explore')}?{one.asks}"),
        lists.Column("area", _("Area"), "area"),
        lists.Column("by_name", _("Made by")),
        lists.Column("made_at", _("Made on"), "moment"),
        lists.Column("shared", _("Shared"), value=lambda one: gettext("with all over this area") if one.shared else
                     gettext("with nobody")),
        lists.Column("open", _("More"), screen_only=True, value=lambda one: gettext("Open"),
                     href=lambda one: reverse("console:question", args=[one.pk])),
    ),
    words=_("One's own and those that others share over one's own area. Each reader sees an answer with their own eyes."),
    empty=_("No question is kept yet"), empty_words=_("Ask the register, then keep the question under a name."), exports=False,
)  # fmt: skip


@page("figures.view")
def questions(request: Request) -> HttpResponse:
    """What was kept."""

    def fetch(asked: lists.Asked) -> lists.Page:
        found = asking.kept(request.actor, after=number_of(asked.after) or 0, limit=asked.limit)
        return lists.Rows(found, str(found[-1].pk) if len(found) == asked.limit else "")

    return lists.show(request, KEPT, fetch)


@page("figures.view")
def one(request: Request, question: int) -> HttpResponse:
    """One kept question: open it, or take one's own away."""
    actor = request.actor
    found = asking.one(actor.scope, actor, question)
    if found is None:
        raise Http404
    if request.method == "POST":
        done = attempt(
            request, lambda: asking.end(question=question, by=actor, at=clock.now()), _("The question is gone.")
        )
        return redirect("console:questions" if done else request.path)
    lists.know_codes(request, [found.area])
    return render(request, "console/insight/question.html", {"one": found, "mine": found.account == actor.account})


urls: list[URLPattern] = [
    path("explore/", explore, name="explore"),
    path("explore/rows/", opened, name="explore-rows"),
    path("explore/table/", table, name="explore-table"),
    path("figures/<slug:code>/table/", figure_table, name="figure-table"),
    path("explore/keep/", keep, name="explore-keep"),
    path("explore/kept/", questions, name="questions"),
    path("explore/kept/<int:question>/", one, name="question"),
]
