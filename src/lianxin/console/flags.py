"""Two work lists over the files: what contradicts and how to mend it, and which standings end before long."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.access.gate import Request, page
from lianxin.console import lists
from lianxin.people import standing, turning
from lianxin.people.mending import CLASHES


def _named(code: str) -> str:
    rule = standing.rules()[0].get(code.removeprefix(turning.END))
    return code if rule is None else rule.zh if get_language() == "zh-hans" else rule.en


def _href(row: turning.Flagged) -> str:
    return reverse("console:person", args=[row.person.id])


def _said(row: turning.Flagged) -> tuple[str, str]:
    what, mend = CLASHES.get(row.code, (row.code, ""))
    return str(what), str(mend)


_WHO = lists.Column("who", _("Whom"), value=lambda row: row.person.masked, head=True, href=_href)
_HOME = lists.Column("home", _("Residence"), "area", value=lambda row: row.person.home)


def _show(request: Request, listing: lists.Listing, *, ending: bool) -> HttpResponse:
    def fetch(asked: lists.Asked) -> lists.Page:
        code = asked.get("code")
        rows, after = turning.flagged(
            request.actor.scope, ending=ending, code=code, after=asked.after, limit=asked.limit
        )
        return lists.Rows(rows, after)

    return lists.show(request, listing, fetch)


@page("people.view")
def contradictions(request: Request) -> HttpResponse:
    """Files that contradict themselves."""
    columns = (
        _WHO,
        lists.Column("what", _("What contradicts"), value=lambda row: _said(row)[0]),
        lists.Column("mend", _("How to mend it"), value=lambda row: _said(row)[1]),
        _HOME, lists.Column("since", _("Seen since"), "day"),
    )  # fmt: skip
    kinds = [(code, said[0]) for code, said in CLASHES.items()]
    return _show(request, lists.Listing(
        "contradictions", _("Contradictions in files"), columns, (lists.Filter("code", _("What"), kinds, kind="select"),),
        words=_("What cannot be true together. Nothing is mended by itself: compare with the papers and correct the file."),
        empty=_("No file contradicts itself"), empty_words=_("Every night all files are looked through again."),
        export="people.export",
    ), ending=False)  # fmt: skip


@page("people.view")
def endings(request: Request) -> HttpResponse:
    """Standings that end within two months."""
    columns = (
        _WHO, lists.Column("what", _("Standing"), value=lambda row: _named(row.code)),
        lists.Column("until", _("Ends on"), "day"), _HOME,
    )  # fmt: skip
    kinds = [(turning.END + code, _named(code)) for code in standing.rules()[0]]
    return _show(request, lists.Listing(
        "endings", _("What ends soon"), columns, (lists.Filter("code", _("Standing"), kinds, kind="select"),),
        words=_("These standings end by themselves on their day. What hangs on them is reviewed then; tell the family before."),
        empty=_("Nothing ends within two months"), empty_words=_("The list is made anew every night."),
        export="people.export",
    ), ending=True)  # fmt: skip


urls: list[URLPattern] = [
    path("contradictions/", contradictions, name="contradictions"),
    path("endings/", endings, name="endings"),
]
