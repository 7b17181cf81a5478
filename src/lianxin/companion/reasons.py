"""Why somebody is entitled, in kind words: found, not yet found, or please ask at the window; never a cross."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.catalogue import guides, hoping
from lianxin.catalogue.queries import Explained
from lianxin.companion import factwords
from lianxin.companion.shell import english
from lianxin.engine import clock, laws
from lianxin.engine.declaration import Citation, Service, Within
from lianxin.engine.explaining import Looked

_ARTICLES = {"第二十三条": "23", "第二十九条": "29"}
GRAVE = hoping.GRAVE


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as its subject reads it."""

    words: str
    state: str  # found | yet | desk | note
    cite: str = ""
    todo: str = ""
    looked: tuple[factwords.Fact, ...] = ()
    helps: tuple[tuple[str, str], ...] = ()  # services that help, and their addresses


def said(name: object) -> str:
    """A name of the catalogue in the page's language."""
    return str(getattr(name, "en" if english() else "zh", "") or "")


def grave(explained: Explained) -> bool:
    """Whether a condition about death, sickness or wounds does not hold: then the service is not spoken of."""
    return any(row.holds is not True and set(row.facts) & GRAVE for row in explained.result.conditions if _who(row))


def desk_only(explained: Explained) -> bool:
    """Whether something that only the window may talk about speaks against it."""
    return any(row.tell == "desk" and row.good is False for row in explained.result.conditions)


def lines(explained: Explained) -> list[Line]:
    """Every condition worth reading: all of ``who``; of ``unless`` those that hold or are not known."""
    made: list[Line] = []
    for row in explained.result.conditions:
        if row.good is True:
            if _who(row):
                made.append(Line(said(row.say), "found", law(row.cite), looked=factwords.of(row, explained.service)))
        elif row.tell == "desk":
            made.append(Line("", "desk"))
        elif _who(row):
            made.append(
                Line(said(row.say), "yet", law(row.cite), _todo(row), factwords.of(row, explained.service), _helps(row))
            )
        elif row.good is False:
            made.append(Line(said(row.say), "note", law(row.cite), looked=factwords.of(row, explained.service)))
    return made


def missing(explained: Explained) -> list[str]:
    """The facts that the file lacks, by name, without those that are never asked for."""
    known = explained.service.facts
    return [said(known[code].name) for code in explained.result.missing if code in known and code not in GRAVE]


def law(cite: Citation | None) -> str:
    """Where a condition is written."""
    if cite is None:
        return ""
    named = laws.english(cite.law) if english() else cite.law
    if cite.law and cite.article:
        return _("%(law)s, article %(article)s") % {"law": named, "article": cite.article}
    return named or cite.source


def privacy_law(article: str) -> str:
    """An article of the law on personal information (个人信息保护法), in the page's language."""
    if not english():
        return f"《个人信息保护法》{article}"
    return _("Personal Information Protection Law, article %(article)s") % {"article": _ARTICLES.get(article, article)}


def rhythm(service: Service) -> str:
    """How often it comes."""
    return {
        "monthly": _("a month"), "quarterly": _("a quarter"), "yearly": _("a year"), "once": _("once"),
    }.get(service.repeat, "")  # fmt: skip


def within(promised: Within | None) -> str:
    """A promised time."""
    if promised is None:
        return ""
    words = {
        "hours": _("within %(n)s hours"), "days": _("within %(n)s days"),
        "working days": _("within %(n)s working days"), "months": _("within %(n)s months"),
    }  # fmt: skip
    return words[promised.unit] % {"n": promised.amount}


def _who(row: Looked) -> bool:
    """Whether a row is one of ``who`` and not of ``unless``."""
    return not row.label.startswith("unless")


def _todo(row: Looked) -> str:
    """What one can do: only where the person can act on it, and never about what nobody chooses."""
    if not row.changeable or set(row.facts) & GRAVE:
        return ""
    advised = hoping.advice(list(row.facts))
    return (
        said(advised.words)
        if advised
        else _("You can do something about this. The desk tells you how, or does it with you.")
    )


def _helps(row: Looked) -> tuple[tuple[str, str], ...]:
    """The services that help with a condition on which the person can act."""
    advised = hoping.advice(list(row.facts)) if _todo(row) else None
    offered = guides.offered(clock.today()) if advised else {}
    return tuple((said(offered[code].service.name), reverse("service", args=[code])) for code in advised.helps
                 if code in offered) if advised else ()  # fmt: skip
