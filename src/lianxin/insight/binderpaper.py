"""A binder on paper: what was counted, from which figures, by which evidence, what is missing. Nobody's name of a resident."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from lianxin.engine import clock, paper
from lianxin.engine.assessing import HUNDRED
from lianxin.insight import review, wording
from lianxin.insight.binder import Counted, Line, Reviewed

TEMPLATE = Path(__file__).with_name("binder.typ")


def points(value: int | None) -> str:
    """Hundredths as points."""
    return "—" if value is None else f"{value / HUNDRED:g}"


def why(one: Line) -> list[str]:
    """What is missing, in words."""
    said = {"veto": _("veto: the whole fails"), "unknown": _("a number is not known"), "points": _("points are missing"),
            "evidence": _("evidence is missing")}  # fmt: skip
    return [said[each] for each in one.why]


def counted_by(one: Line, language: str) -> str:
    """The figures of a line with their numbers."""
    said = [f"{value.definition.name[language]} {wording.exact(value.definition, value.value, language, value.hidden)}"
            for value in one.values.values()]  # fmt: skip
    return ("；" if language.startswith("zh") else "; ").join(said)


def data(found: Counted, *, reviews: Sequence[Reviewed], trend: str, language: str, at: dt.datetime) -> dict[str, Any]:
    """The binder as plain data for its template."""
    tongue = "zh" if language.startswith("zh") else "en"
    groups = {group.code: group for group in found.version.tree.groups}
    with override(language):
        return {
            "language": tongue, "author": settings.APP_NAME, "title": found.version.tree.name[language],
            "under": _("%(area)s · %(year)d · version %(version)d of the tree · counted up to %(day)s") % {
                "area": review.name_of(found.binder.area, language), "year": found.binder.year,
                "version": found.version.number, "day": found.day.isoformat()},
            "total": f"{points(found.points)} / {points(found.most)}",
            "facts": [
                _("Bonus: %(points)s") % {"points": points(found.bonus)},
                _("Gaps: %(n)d of %(all)d indicators") % {"n": len(found.gaps), "all": len(found.lines)},
                _("Evidence that stands: %(n)d pieces") % {"n": sum(one.holding for one in found.lines)},
            ],
            "vetoes": [one.indicator.name[language] for one in found.vetoes], "trend": trend,
            "groups": [
                {"name": group.name[language], "source": group.source[language] if group.source else "",
                 "points": _given(_of(found, code)),
                 "lines": [
                     {"name": one.indicator.name[language], "points": f"{points(one.points)} / {points(one.indicator.points)}",
                      "counted": counted_by(one, language),
                      "evidence": " ".join(piece.called for piece in one.pieces if piece.holds),
                      "owner": f"{one.owner.name} · {one.owner.due_on.isoformat()}"}
                     for one in _of(found, code)]}
                for code, group in groups.items()
            ],
            "gaps": [[one.indicator.name[language], "；".join(why(one)) if tongue == "zh" else "; ".join(why(one)), one.owner.name,
                      one.owner.due_on.isoformat()] for one in found.gaps],
            "pieces": [[piece.called, one.indicator.name[language], piece.title, piece.on.isoformat(),
                        _("stands") if piece.holds else _("no longer")] for one in found.lines for piece in one.pieces],
            "reviews": [_review(found, one, language) for one in reviews if one.marks],
            "words": {
                "vetoes": _("Veto: the whole fails."), "trend": _("The score month by month"), "gaps": _("Gaps"),
                "pieces": _("Evidence"),
                "heads": [_("Indicator"), _("Points"), _("Counted from"), _("Evidence"), _("Whose, until")],
                "gap_heads": [_("Indicator"), _("What is missing"), _("Whose"), _("Until")],
                "piece_heads": [_("Code"), _("Indicator"), _("What it shows"), _("Day"), _("Stands")],
                "review_heads": [_("Indicator"), _("Self"), _("Reviewer"), _("Words")],
                "remark": _("Points are counted from the register of outcomes as known on %(day)s, with the eyes of whoever "
                            "may open nothing: a number behind which too few people stand is not counted. The codes open in "
                            "the console for those who may see them.") % {"day": clock.day(found.known_at or at).isoformat()},
            },
        }  # fmt: skip


def _given(lines: Sequence[Line]) -> str:
    """What the lines of a group give, of what they could."""
    return f"{points(sum(one.points or 0 for one in lines))} / {points(sum(one.indicator.points for one in lines))}"


def _of(found: Counted, group: str) -> list[Line]:
    return [one for one in found.lines if one.group == group]


def _review(found: Counted, one: Reviewed, language: str) -> dict[str, Any]:
    title = _("Mock review by %(name)s, %(day)s: %(points)s") % {
        "name": one.reviewer_name, "day": clock.day(one.at).isoformat(), "points": points(one.total(found.version.tree)),
    }  # fmt: skip
    lines = [[line.indicator.name[language], points(line.points), points(one.marks[line.code][0]), one.marks[line.code][1]]
             for line in found.lines if line.code in one.marks]  # fmt: skip
    return {"title": title, "lines": lines}


def pdf(
    found: Counted, *, reviews: Sequence[Reviewed], trend: str, language: str, at: dt.datetime, code: paper.Code | None
) -> bytes:  # fmt: skip
    """The binder on A4, with the code that opens it again."""
    return paper.pdf(TEMPLATE, data(found, reviews=reviews, trend=trend, language=language, at=at), at=at, code=code)
