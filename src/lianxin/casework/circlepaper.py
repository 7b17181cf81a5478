"""The page of a family circle for a soldier whose phone is restricted: only what was shown, printed and handed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianxin.access.queries import office_names
from lianxin.casework import circling
from lianxin.casework.refusals import NoSuchCase
from lianxin.casework.words import day_words, said
from lianxin.engine import clock, paper
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

TEMPLATE = Path(__file__).with_name("circle.typ")
# What somebody is to the reader.
RELATIONS = {
    "spouse": "husband or wife", "parent": "mother or father", "child": "son or daughter", "sibling": "brother or sister",
    "guardian": "guardian", "ward": "in your care", "fosterer": "foster parent", "fostered": "foster child",
    "household": "of your household",
}  # fmt: skip


def relation_words(code: str) -> str:
    """What a relative is to the reader, in words."""
    return pgettext("circle", RELATIONS.get(code, "relative"))


def page(*, soldier: int, code: Callable[[], paper.Code], by: Actor, at: dt.datetime) -> bytes:
    """The page as PDF, in the reader's language; printing it stands in the journal. ``code`` makes the sheet's own code.

    Raises :class:`NoSuchCase` where this office hands nothing to them.
    """
    rows = [one for one in circling.pages(by.scope, at=at) if one.soldier == soldier and one.state != "none"]
    if not rows or not by.may("circle.hand"):
        raise NoSuchCase(_("There is no such page."))
    seen = circling.on_page(soldier, [one.person for one in rows if one.state == "standing"], at=at)
    office = said_office(by.office)
    data = {
        "title": _("How it is going at home"), "for": _("For %(name)s") % {"name": rows[0].soldier_name},
        "day": day_words(clock.day(at)), "signature": _("Signed:"), "on": _("On:"), "office": office,
        "foot": _("Here stands only what your relative wants you to see. Whoever hands you this page has no copy of it."),
        "relatives": [_relative(one, seen.get(one.person, [])) for one in rows],
    }  # fmt: skip
    with journal.entry(action="circle.print", by=by, at=at, person=soldier) as writing:
        writing.say(pages=len(rows))
    return paper.pdf(TEMPLATE, data, at=at, code=code())


def said_office(office: int | None) -> str:
    """An office's name in the reader's language."""
    names = office_names([office]) if office is not None else {}
    return said(Name(*names[office])) if office is not None and office in names else ""


def _relative(one: circling.Page, seen: list[circling.Seen]) -> dict[str, Any]:
    return {
        "name": one.person_name, "relation": relation_words(one.relation), "invited": one.state != "standing",
        "asks": _("asks you into a family circle: each shows the other how matters at home are going, and may end it any "
                  "time."),
        "yes": _("I agree"), "no": _("I do not agree"), "nothing": _("Nothing is under way that they show."),
        "matters": [
            {"name": said(row.row.service_name) + (f" · {said(row.row.kind_name)}" if row.row.kind_name else ""),
             "state": row.row.state_words, "where": _where(row)}
            for row in seen
        ],
    }  # fmt: skip


def _where(one: circling.Seen) -> str:
    row = one.row
    if row.desk is None or row.state not in {"open", "waiting", "publicised", "underway", "review"}:
        return ""
    until = _("until %(day)s") % {"day": day_words(clock.day(row.due_at))} if row.due_at else ""
    return " · ".join(part for part in (row.desk.words, row.desk.phone, until) if part)
