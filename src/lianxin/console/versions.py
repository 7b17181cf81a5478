"""Versions of services: which speak, which are coming, what differs between two of them, withdrawing one in time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.catalogue import scheduling, versionlist
from lianxin.catalogue.versionlist import VersionRow
from lianxin.console import lists, papercodes, words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.engine.differing import Difference
from lianxin.engine.differwords import PARTS

STATES: dict[str, words.Words] = {
    "coming": _("coming"), "in-force": _("in force"), "over": _("replaced"), "withdrawn": _("withdrawn before its day"),
}  # fmt: skip
TONES = {"coming": "amber", "in-force": "pine"}
HOW: dict[str, words.Words] = {"added": _("new"), "removed": _("gone"), "changed": _("changed")}
HOW_TONES = {"added": "pine", "removed": "red", "changed": "amber"}


def _listing() -> lists.Listing:
    return lists.Listing(
        "versions", _("Versions of services"),
        (
            lists.Column("name", _("Service"), head=True, value=lambda row: words.said(row.name),
                         href=lambda row: reverse("console:service-versions", args=[row.service])),
            lists.Column("number", _("Version"), "number"),
            lists.Column("state", _("State"), value=lambda row: words.of(STATES, row.state),
                         tone=lambda row: TONES.get(row.state, "")),
            lists.Column("in_force_from", _("From"), "day",
                         small=lambda row: gettext("corrects the past") if row.backwards else ""),
            lists.Column("in_force_to", _("To"), "day"),
            lists.Column("published_at", _("Published"), "moment", small=lambda row: row.approved_by),
        ),
        (lists.Filter("state", _("State"), tuple(STATES.items())),),
        words=_("Each publication is a version for good: it speaks from its first day, by itself. What is coming can be "
                "withdrawn until then."),
        empty=_("No version yet"), empty_words=_("`lianxin catalogue publish` stores the first ones."),
    )  # fmt: skip


@page("catalogue.view")
def versions(request: Request) -> HttpResponse:
    """All versions, the newest act first."""

    def fetch(asked: lists.Asked) -> lists.Page:
        start = number_of(asked.after) or 0
        rows = versionlist.all_versions(request.actor.scope, clock.today(), state=asked.get("state"))
        some = rows[start : start + asked.limit]
        return lists.Rows(some, str(start + asked.limit) if len(rows) > start + asked.limit else "")

    return lists.show(request, _listing(), fetch)


def _known(request: Request, code: str) -> list[VersionRow]:
    rows = versionlist.all_versions(request.actor.scope, clock.today(), service=code)
    if not rows:
        raise Http404
    return sorted(rows, key=lambda row: -row.number)


def reaches(request: Request) -> bool:
    """Whether the office covers the whole city: a version speaks there."""
    return request.actor.scope.covers(settings.CITY)


@page("catalogue.view")
def of_service(request: Request, code: str) -> HttpResponse:
    """The versions of one service, newest first; any two of them are compared from here."""
    rows = _known(request, code)
    newest = next((row for row in rows if row.state != "withdrawn"), rows[0])
    before = next(
        (row.number for row in rows if row.number < newest.number and row.state != "withdrawn"), newest.number
    )
    given = {
        "code": code, "name": words.said(rows[0].name), "several": len(rows) > 1,
        "rows": [(row, words.of(STATES, row.state), TONES.get(row.state, "")) for row in rows],
        "old": before, "new": newest.number, "may_withdraw": request.actor.may("catalogue.withdraw") and reaches(request),
    }  # fmt: skip
    return render(request, "console/catalogue/versions.html", given)


def _told(found: list[Difference]) -> list[dict[str, Any]]:
    """Differences by part, in the order in which a declaration is read."""
    language = get_language() or "zh"
    made = []
    for part, title in PARTS.items():
        some = [
            {"how": words.of(HOW, one.how), "tone": HOW_TONES[one.how], "what": one.what[language], "since": one.since,
             "before": one.before[language] if one.before else "", "after": one.after[language] if one.after else ""}
            for one in found if one.part == part
        ]  # fmt: skip
        if some:
            made.append({"title": title[language], "rows": some})
    return made


@page("catalogue.view")
def compare(request: Request, code: str) -> HttpResponse:
    """What differs between two versions, in words; printable."""
    rows = {row.number: row for row in _known(request, code)}
    old, new = (number_of(request.GET.get(key, "")) or 0 for key in ("old", "new"))
    if old not in rows or new not in rows:
        raise Http404
    found = versionlist.compared(request.actor.scope, code, old, new)
    if found is None:
        raise Http404
    given = {
        "code": code, "name": words.said(rows[new].name), "old": rows[old], "new": rows[new], "parts": _told(found),
        "states": [words.of(STATES, rows[number].state) for number in (old, new)], "printed_at": clock.today(),
        "printed": papercodes.when_printed(request),
    }  # fmt: skip
    return render(request, "console/catalogue/compare.html", given)


@page("catalogue.withdraw", fresh=True)
@require_POST
def withdraw(request: Request, code: str) -> HttpResponse:
    """Take a coming version back, with a reason."""
    number = number_of(request.POST.get("number", "")) or 0
    attempt(request, lambda: scheduling.withdraw(
        service=code, number=number, reason=request.POST.get("reason", ""), by=request.actor, at=clock.now(),
    ), gettext("It is withdrawn and will not take effect; who and why stay on record."))  # fmt: skip
    return redirect("console:service-versions", code)


urls: list[URLPattern] = [
    path("versions/", versions, name="versions"),
    path("services/<slug:code>/versions/", of_service, name="service-versions"),
    path("services/<slug:code>/versions/compare/", compare, name="service-compare"),
    path("services/<slug:code>/versions/withdraw/", withdraw, name="service-withdraw"),
]
