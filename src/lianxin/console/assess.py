"""The binder of an assessment: every area's score, one binder with its gaps and trend, its evidence, its paper, one's own gaps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import queries as access
from lianxin.access.gate import Request, page
from lianxin.access.roles import ROLES
from lianxin.console import figurewords as say
from lianxin.console import lists, papercodes, words
from lianxin.console.acting import attempt
from lianxin.console.figurewords import Asked
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.assessing import HUNDRED
from lianxin.insight import assessing, binderpaper, charts, queries, trees
from lianxin.insight import binder as binders
from lianxin.insight.binder import Counted, Line, Reviewed
from lianxin.insight.charts import Bar
from lianxin.insight.evidence import Binder, Piece

WHYS: dict[str, str | Promise] = {
    "veto": _("veto: the whole fails"), "unknown": _("a number is not known"), "points": _("points are missing"),
    "evidence": _("evidence is missing"),
}  # fmt: skip
SORTS: dict[str, str | Promise] = {
    "row": _("a row of the register"), "attestation": _("achievement on paper"), "picture": _("picture"),
    "review": _("published review"),
}  # fmt: skip
_TONES = {"veto": "red", "unknown": "amber", "points": "amber", "evidence": "amber"}


def points(value: int | None) -> str:
    """Hundredths as people say points; a dash where they are not known."""
    return "—" if value is None else f"{value / HUNDRED:g}"


def asked(request: Request, code: str, year: int) -> Binder:
    """The binder that an address asks for: by default of one's own area."""
    area = request.GET.get("area", "")[:12]
    own = min(request.actor.scope.areas, key=len, default="")
    found = Binder(code, year, area if number_of(area) is not None else own)
    if not request.actor.scope.covers(found.area):
        raise Http404
    return found


def query(binder: Binder) -> str:
    """The address's own words, to carry on."""
    return urlencode({"area": binder.area})


def counted(request: Request, binder: Binder, known_at: dt.datetime | None = None) -> Counted | None:
    """The binder as known now, or then."""
    return binders.counted(binder, scope=request.actor.scope, today=clock.today(), known_at=known_at)


def _of(value: int | None, most: int) -> str:
    return f"{points(value)} / {points(most)}"


def _to(binder: Binder, indicator: str) -> str:
    return f"{reverse('console:binder-line', args=[binder.code, binder.year, indicator])}?{query(binder)}"


# -- every area


def _areas(code: str, year: int) -> lists.Listing:
    return lists.Listing(
        "assess", _("Assessment"),
        (
            lists.Column("area", _("Area"), "area", head=True,
                         href=lambda one: f"{reverse('console:binder', args=[code, year])}?area={one.area}"),
            lists.Column("points", _("Points"), value=lambda one: _of(one.points, one.most)),
            lists.Column("bonus", _("Bonus"), value=lambda one: points(one.bonus)),
            lists.Column("vetoes", _("Vetoes"), "number", tone=lambda one: "red" if one.vetoes else ""),
            lists.Column("gaps", _("Gaps"), "number"),
            lists.Column("day", _("Counted up to"), "day"),
        ),
        words=_("From inspection to normality: the score is counted each night from what the figures say, not before a visit."),
        empty=_("No score was kept yet"), empty_words=_("The night's work keeps one for each area once a tree is published."),
        template="console/assess/areas.html",
    )  # fmt: skip


@page("assess.view")
def every(request: Request) -> HttpResponse:
    """Every area's newest kept score, for one tree; from here to the binders."""
    today, codes = clock.today(), list(trees.published_codes())
    code = request.GET.get("tree", "")
    code = code if code in codes else (codes[0] if codes else "")
    kept = assessing.standing(request.actor.scope, code) if code else []
    version = trees.in_year(code, today.year) if code else None
    own = min(request.actor.scope.areas, key=len, default="")
    given: dict[str, Any] = {
        "codes": codes, "code": code, "version": version, "name": version.tree.name[say.language()] if version else "",
        "years": [(year, reverse("console:binder", args=[code, year])) for year in binders.years(code, today)] if code else [],
        "own": own,
    }  # fmt: skip
    return lists.show(request, _areas(code, today.year), lambda _asked: lists.Rows(kept), **given)


# -- one binder


def _listing(found: Counted, reviews: list[Reviewed]) -> lists.Listing:
    language = say.language()
    names = {group.code: group.name[language] for group in found.version.tree.groups}
    last = reviews[0] if reviews else None

    columns = [
        lists.Column("name", _("Indicator"), head=True, value=lambda one: one.indicator.name[language],
                     href=lambda one: _to(found.binder, one.code)),
        lists.Column("group", _("Group"), value=lambda one: names[one.group]),
        lists.Column("points", _("Points"),
                     value=lambda one: _of(one.points, one.indicator.points) + (" +" if one.indicator.bonus else "")),
        lists.Column("evidence", _("Evidence"), value=lambda one: f"{one.holding} / {one.indicator.least}"),
        lists.Column("why", _("What is missing"), value=lambda one: " · ".join(words.of(WHYS, why) for why in one.why),
                     tone=lambda one: "red" if one.late(clock.today()) or "veto" in one.why else _TONES.get(one.why[0], "")
                     if one.why else ""),
        lists.Column("owner", _("Whose"), value=lambda one: one.owner.name),
        lists.Column("due", _("Until"), "day", value=lambda one: one.owner.due_on),
    ]  # fmt: skip
    if last is not None:
        columns += [
            lists.Column(
                "mock", _("The reviewer gives"), value=lambda one: points(last.marks.get(one.code, (None, ""))[0])
            ),
            lists.Column("apart", _("Difference"), value=lambda one: _apart(one, last)),
        ]
    return lists.Listing(
        f"binder-{found.binder.code}-{found.binder.year}-{found.binder.area}", found.version.tree.name[language], columns,
        (lists.Filter("show", _("Show"), (("gaps", _("gaps")), ("late", _("after their day")))),
         lists.Filter("group", _("Group"), tuple(names.items()), kind="select")),
        empty=_("Nothing is missing here"), template="console/assess/binder.html", export="assess.view",
    )  # fmt: skip


def _apart(one: Line, review: Reviewed) -> str:
    given = review.marks.get(one.code)
    if given is None or one.points is None or given[0] == one.points:
        return ""
    return f"{(given[0] - one.points) / HUNDRED:+g}"


@page("assess.view")
def binder(request: Request, code: str, year: int) -> HttpResponse:
    """One binder: its score, vetoes, trend, reviewers, and every indicator with what is missing; as workbook and form too."""
    where = asked(request, code, year)
    found = counted(request, where)
    if found is None:
        messages.info(request, gettext("No tree of indicators is published for that year."))
        return redirect("console:assess")
    reviews = binders.mocks(where)

    def fetch(wanted: lists.Asked) -> lists.Page:
        rows = [one for one in found.lines if wanted.get("group") in ("", one.group)]
        if wanted.get("show") == "gaps":
            rows = [one for one in rows if one.why]
        if wanted.get("show") == "late":
            rows = [one for one in rows if one.late(clock.today())]
        return lists.Rows(rows)

    lists.know_codes(request, [where.area])
    return lists.show(request, _listing(found, reviews), fetch, later=lambda: _around(request, found, reviews))


def _around(request: Request, found: Counted, reviews: list[Reviewed]) -> dict[str, Any]:
    where, actor, language = found.binder, request.actor, say.language()
    keeps = actor.may("assess.keep")
    reviewers = holders(request, "assess.review") if keeps else []
    return {
        "found": found, "where": where, "query": query(where), "total": points(found.points), "most": points(found.most),
        "bonus": points(found.bonus), "vetoes": [one.indicator.name[language] for one in found.vetoes],
        "late": sum(one.late(clock.today()) for one in found.lines), "trend": trend(request, found),
        "years": [(one, reverse("console:binder", args=[where.code, one])) for one in binders.years(where.code, clock.today())],
        "areas": say.choices(request, Asked(where.area, dt.date(where.year, 1, 1), found.day)),
        "then": _as_published(request, where),
        "reviews": [(one, points(one.total(found.version.tree)), len(one.marks)) for one in reviews],
        "keeps": keeps, "reviewers": reviewers, "lines": len(found.lines),
    }  # fmt: skip


def holders(request: Request, permission: str) -> list[access.Holder]:
    """Who in the reader's area may do this, each once."""
    roles = [code for code, role in ROLES.items() if permission in role.may]
    return list({one.id: one for one in access.holders(request.actor.scope, roles)}.values())


def _as_published(request: Request, where: Binder) -> list[tuple[Any, str]]:
    """The score as it was known when each of the area's reviews of that year was published."""
    made = []
    for one in queries.publications():
        if (
            one.area == where.area
            and one.known_at.year in (where.year, where.year + 1)
            and one.to_on.year == where.year
        ):
            then = counted(request, where, one.known_at)
            made.append((one, points(then.points) if then else "—"))
    return made[:5]


def trend(request: Request, found: Counted) -> str:
    """The score month by month as a drawing; blank where there is nothing to compare yet."""
    rows = assessing.trend(request.actor.scope, found.binder.code, found.binder.area)
    bars = [
        Bar(f"{one.month:%Y-%m}", gettext("%(points)s of %(most)s") % {"points": points(one.points), "most": points(one.most)}
            + (" *" if one.afterwards else ""), one.points)
        for one in rows
    ]  # fmt: skip
    return charts.svg(gettext("The score month by month"), bars)


# -- all evidence, the paper, one's own gaps


@page("assess.view")
def pieces(request: Request, code: str, year: int) -> HttpResponse:
    """Everything that is in a binder, by indicator."""
    where = asked(request, code, year)
    found = counted(request, where)
    if found is None:
        return redirect("console:assess")
    language = say.language()
    rows = [(one, piece) for one in found.lines for piece in one.pieces]
    listing = lists.Listing(
        f"evidence-{code}-{year}-{where.area}", _("Evidence of the binder"),
        (
            lists.Column("called", _("Code"), head=True, value=lambda row: row[1].called, href=lambda row: opens(request, row[1])),
            lists.Column("indicator", _("Indicator"), value=lambda row: row[0].indicator.name[language]),
            lists.Column("sort", _("What"), value=lambda row: words.of(SORTS, row[1].sort)),
            lists.Column("title", _("What it shows"), value=lambda row: row[1].title),
            lists.Column("on", _("Day"), "day", value=lambda row: row[1].on),
            lists.Column("holds", _("Stands"), value=lambda row: gettext("yes") if row[1].holds else gettext("no longer"),
                         tone=lambda row: "" if row[1].holds else "red"),
            lists.Column("by", _("Bound by"), value=lambda row: row[1].by_name),
        ),
        empty=_("Nothing is in this binder yet"), export="assess.view", template="console/assess/evidence.html",
    )  # fmt: skip
    lists.know_codes(request, [where.area])
    back = f"{reverse('console:binder', args=[code, year])}?{query(where)}"
    return lists.show(request, listing, lambda _asked: lists.Rows(rows), where=where, back=back)


def opens(request: Request, piece: Piece) -> str:
    """Where a piece of evidence opens, for whoever may see it there."""
    actor = request.actor
    if piece.sort == "attestation" and actor.may("attest.view"):
        return reverse("console:attested-one", args=[piece.ref])
    if piece.sort == "review" and actor.may("figures.view"):
        return reverse("console:published", args=[piece.ref])
    return ""


@page("assess.view")
def paper(request: Request, code: str, year: int) -> HttpResponse:
    """The binder on paper: tree, score, evidence by code, gaps."""
    where = asked(request, code, year)
    found = counted(request, where)
    if found is None:
        return redirect("console:assess")
    back = f"{reverse('console:binder', args=[code, year])}?{query(where)}"
    data = binderpaper.pdf(
        found, reviews=binders.mocks(where), trend=trend(request, found), language=say.language(), at=clock.now(),
        code=papercodes.of_object(request, "form", back),
    )  # fmt: skip
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{year}-{where.area}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


MINE = lists.Listing(
    "assess-mine", _("My gaps"),
    (
        lists.Column("name", _("Indicator"), head=True, value=lambda row: row[1].indicator.name[say.language()],
                     href=lambda row: _to(row[0].binder, row[1].code)),
        lists.Column("area", _("Area"), "area", value=lambda row: row[0].binder.area),
        lists.Column("why", _("What is missing"), value=lambda row: " · ".join(words.of(WHYS, why) for why in row[1].why),
                     tone=lambda row: "red" if row[1].late(clock.today()) else "amber"),
        lists.Column("due", _("Until"), "day", value=lambda row: row[1].owner.due_on),
        lists.Column("words", _("What was said"), value=lambda row: row[1].owner.words),
    ),
    words=_("What somebody asked you to close, the soonest due first. You are reminded before the day, on it and each week after."),
    empty=_("Nothing waits for you"), export="assess.view",
)  # fmt: skip


@page("assess.view")
def mine(request: Request) -> HttpResponse:
    """The gaps that the reader was charged with and that are still open."""
    rows = binders.mine(request.actor.account, request.actor.scope, clock.today())
    return lists.show(request, MINE, lambda _asked: lists.Rows(rows))


@page("assess.keep")
@require_POST
def reviewer(request: Request, code: str, year: int) -> HttpResponse:
    """Name who reviews this binder as the assessors would."""
    where, chosen = asked(request, code, year), number_of(request.POST.get("reviewer", ""))
    if chosen is None:
        raise Http404
    attempt(request, lambda: assessing.name_reviewer(binder=where, reviewer=chosen, by=request.actor, at=clock.now()),
            _("Named; from now on that person writes points and words at each indicator."))  # fmt: skip
    return redirect(f"{reverse('console:binder', args=[code, year])}?{query(where)}")


urls: list[URLPattern] = [
    path("assess/", every, name="assess"),
    path("assess/mine/", mine, name="assess-mine"),
    path("assess/<slug:code>/<int:year>/", binder, name="binder"),
    path("assess/<slug:code>/<int:year>/evidence/", pieces, name="binder-evidence"),
    path("assess/<slug:code>/<int:year>/paper.pdf", paper, name="binder-paper"),
    path("assess/<slug:code>/<int:year>/reviewer/", reviewer, name="binder-reviewer"),
]
