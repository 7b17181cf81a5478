"""Messages: what happened with the household's matters, newest first; opening the page marks them as read."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from lianxin.access.gate import page
from lianxin.companion.shell import english, mine, show
from lianxin.engine import clock
from lianxin.engine.asked import number_of
from lianxin.notices import actions
from lianxin.notices import queries as notices

PAGE = 20
_FIRST = re.compile(r"^(.+?[。.!！])\s*(.*)$", re.S)


def parts(words: str) -> tuple[str, str]:
    """A message's first sentence, which is its title, and the rest."""
    found = _FIRST.match(words.strip())
    return (found.group(1).rstrip("。."), found.group(2)) if found else (words.strip(), "")


def said(one: notices.Shown) -> tuple[str, str]:
    """A message in the page's language, title and text."""
    return parts(one.words("en" if english() else "zh-hans"))


def address(one: notices.Shown) -> str:
    """Where a message leads: to the proposal's reasons, or to its case."""
    if one.template == "case-proposed" and one.service:
        return reverse("why", args=[one.service])
    return reverse("case", args=[one.case]) if one.case else ""


@page("own.view")
def inbox(request: HttpRequest) -> HttpResponse:
    """All messages, a page at a time."""
    actor = mine(request)
    after = request.GET.get("after", "")
    found = notices.mine(actor, after=number_of(after), limit=PAGE + 1)
    shown = found[:PAGE]
    rows = []
    for one in shown:
        title, text = said(one)
        rows.append({"title": title, "text": text, "at": one.created_at, "new": one.state in {"sent", "pending"},
                     "url": address(one)})  # fmt: skip
    context = {"rows": rows, "more": shown[-1].id if len(found) > PAGE else None}
    unread = [one.id for one in shown if one.state in {"sent", "pending"} and one.channel == "app"]
    response = show(request, "messages", context, tab="home")
    if unread:
        actions.read(ids=unread, by=actor, at=clock.now())
    return response
