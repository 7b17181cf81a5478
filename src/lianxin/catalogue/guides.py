"""The guide to a service (办事指南) from its declaration: for a page, for A4, for a poster, for the whole booklet.

Nothing is written by hand: basis, conditions, money, papers, steps with their times, all as the version in force says them.
What an item keeps for the desk (``tell: desk``) is not printed; the reader is asked to come.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext, pgettext

from lianxin.access.templatetags.ui import full_day
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import laws, money, paper
from lianxin.engine.declaration import Citation, Fee, Parameter, Service, Within
from lianxin.engine.explaining import explain
from lianxin.engine.facts import Name

GUIDE, POSTER = (Path(__file__).with_name(name) for name in ("guide.typ", "poster.typ"))
FEW = 6  # conditions on a poster
Pairs = tuple[tuple[str, str], ...]
STEPS = {
    "accept": "acceptance", "attest": "attestation", "verify": "verification", "review": "review",
    "panel": "internal panel", "approve": "approval", "publicise": "public notice", "select": "selection",
    "dispatch": "finding a helper", "respond": "the helper's work", "confirm": "your confirmation",
    "deliver": "delivery", "call-back": "call-back",
}  # fmt: skip
PLACES = {
    "village": "village or community", "township": "township", "county": "county", "city": "city",
    "liaison": "military liaison", "unit": "unit", "member": "member unit", "partner": "partner",
    "volunteer": "volunteers", "subject": "the household itself",
}  # fmt: skip
REPEATS = {
    "once": "once", "monthly": "every month", "quarterly": "every quarter", "yearly": "every year",
    "per-event": "for each event", "on-demand": "whenever needed",
}  # fmt: skip
MODES = {
    "ask": "Say the word at any time: in the app, by phone or at the desk.",
    "apply": "You apply: in the app, at the desk, or the desk does it for you.",
    "confirm": "We find you and tell you; one word from you starts it. Nobody told you? Ask the desk.",
    "automatic": "Without application: it comes by itself. If it did not come, ask the desk.",
    "organiser": "The desk arranges it. Tell them if you would like to take part.",
}
WITHIN = {
    "hours": "within %(n)s hours", "days": "within %(n)s days", "working days": "within %(n)s working days",
    "months": "within %(n)s months",
}  # fmt: skip
DOORS = (("path", "Way ahead"), ("home", "The home"), ("children", "Children"), ("", "File and everything else"))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where to ask, as it is printed."""

    name: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """One service as its reader needs it, in the page's language."""

    code: str
    name: str
    summary: str
    mode: str
    how: str
    rhythm: str
    worry: str
    sealed: bool
    who: Pairs  # words and law
    not_if: tuple[str, ...]
    at_desk: bool  # something more is talked about in person
    gives: str
    numbers: Pairs
    illustrative: bool
    kinds: Pairs
    bring: tuple[str, ...]
    held: tuple[str, ...]
    others: Pairs  # a paper, and who brings it
    typed: tuple[str, ...]
    steps: tuple[tuple[str, str, str], ...]
    longest: str
    fee: str  # with its basis; blank where it costs nothing
    basis: tuple[str, ...]
    version: int


def offered(day: dt.date) -> dict[str, Published]:
    """What a family may find: services for persons and families, without sealed lists that staff alone keep."""
    return {
        code: one
        for code, one in in_force(day).items()
        if one.service.subject in {"person", "family"} and not (one.service.sealed and one.service.mode == "organiser")
    }


def listed(day: dt.date) -> list[tuple[str, list[Published]]]:
    """What stands in the public list and the booklet, by the app's doors; what only staff begin stands there where it
    has a door."""
    found = offered(day).values()
    groups = []
    for worry, title in DOORS:
        mine = [
            one for one in found if (one.service.worry or "") == worry and (worry or one.service.mode != "organiser")
        ]
        if mine:
            groups.append((gettext(title), sorted(mine, key=lambda one: (_ORDER[one.service.mode], one.service.code))))
    return groups


_ORDER = {"ask": 0, "apply": 1, "confirm": 2, "automatic": 3, "organiser": 4}


def guide(found: Published, day: dt.date) -> Guide:
    """The guide to one service as it is on ``day``."""
    return _guide(found, day, get_language() or "zh")


@lru_cache(maxsize=512)
def _guide(found: Published, day: dt.date, _language: str) -> Guide:
    service = found.service
    opened = explain(service, {}, day)
    shown = [row for row in opened.conditions if row.tell != "desk"]
    return Guide(
        code=service.code, name=_said(service.name), summary=_said(service.summary), mode=service.mode,
        how=gettext(MODES[service.mode]), rhythm=gettext(REPEATS[service.repeat]), worry=service.worry or "",
        sealed=service.sealed,
        who=tuple((_said(row.say), law(row.cite)) for row in shown if not row.label.startswith("unless")),
        not_if=tuple(_said(row.say) for row in shown if row.label.startswith("unless")),
        at_desk=len(shown) < len(opened.conditions), gives=_said(opened.amount_sentence) if opened.amount_sentence else "",
        numbers=_numbers(service, day), illustrative=any(one.standing == "illustrative" for one in service.parameters.values()),
        kinds=tuple((_said(one.name), within(one.within)) for one in service.kinds),
        bring=tuple(_said(one.name) for one in service.materials if not one.held and one.from_ in _OWN),
        held=tuple(_said(one.name) for one in service.materials if one.held),
        others=tuple((_said(one.name), place(one.from_)) for one in service.materials
                     if not one.held and one.from_ not in _OWN),
        typed=_typed(service), steps=_steps(service), longest=_longest(service), fee=_fee(service.fee),
        basis=tuple(dict.fromkeys(words for words in map(law, service.basis) if words)), version=found.number,
    )  # fmt: skip


_OWN = frozenset({"", "subject", "applicant"})


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def _said(name: Name) -> str:
    return name.zh if _chinese() else name.en


def law(cite: Citation | None) -> str:
    """A citation as a guide writes it: 《军人抚恤优待条例》第五十一条."""
    if cite is None:
        return ""
    if not cite.law:
        return cite.source if _chinese() else gettext("a rule of the city, shown as an example")
    if _chinese():
        return f"《{cite.law}》" + (f"第{_numeral(cite.article)}条" if cite.article else "")
    named = laws.english(cite.law)
    return gettext("%(law)s, article %(article)s") % {"law": named, "article": cite.article} if cite.article else named


def _numeral(article: str) -> str:
    """An article's number as Chinese statutes write it: 51 → 五十一; anything else as it stands."""
    if not article.isdecimal() or not 0 < int(article) < 1000:
        return article
    digits, number = "零一二三四五六七八九", int(article)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    said = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (digits[ones] if ones else "")


def within(promised: Within | None) -> str:
    """A promised time."""
    return gettext(WITHIN[promised.unit]) % {"n": promised.amount} if promised else ""


def place(code: str) -> str:
    """Who does a step, or who brings a paper."""
    return gettext(PLACES[code]) if code in PLACES else code


def _steps(service: Service) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (gettext(STEPS[step.step]), place(step.at), within(step.within or step.for_)) for step in service.route
    )


def _longest(service: Service) -> str:
    """All steps together, where their times can be added."""
    times = [step.within or step.for_ for step in service.route]
    told = [one for one in times if one is not None]
    if not told or len({one.unit for one in told}) > 1 or len(told) < 2:
        return ""
    return f"{sum(one.amount for one in told)} {gettext(told[0].unit)}"


def _fee(fee: Fee | None) -> str:
    """What it costs and by what; blank where it is free."""
    return pgettext("guide", "; ").join([_said(fee.say), law(fee.cite)]) if fee is not None else ""


def _typed(service: Service) -> tuple[str, ...]:
    found = []
    for name, one in (service.form or {}).get("properties", {}).items():
        title = one.get("title", name) if isinstance(one, Mapping) else name
        if isinstance(title, Mapping):
            title = title.get("zh" if _chinese() else "en", name)
        elif not _chinese():
            title = one.get("x-title-en", title)
        found.append(str(title))
    return tuple(found)


def _numbers(service: Service, day: dt.date) -> Pairs:
    """Every number of law on the day: its name and value; of a table a line for each value of its first fact."""
    made: list[tuple[str, str]] = []
    for one in service.parameters.values():
        value = one.on(day)
        if not isinstance(value, Mapping):
            made.append((_said(one.name), _one(one, value)))
            continue
        lines: dict[str, list[str]] = {}
        for key, cell in value.items():
            keys = key if isinstance(key, tuple) else (key,)
            said = [_key(service, fact, part) for fact, part in zip(one.by, keys, strict=True)]
            lines.setdefault(said[0] if len(said) > 1 else "", []).append(f"{' '.join(said[-1:])} {_one(one, cell)}")
        made += [(f"{_said(one.name)} · {head}" if head else _said(one.name), pgettext("guide", "; ").join(cells))
                 for head, cells in lines.items()]  # fmt: skip
    return tuple(made)


def _key(service: Service, fact: str, key: Any) -> str:
    """A value of a table's fact in words."""
    known = service.facts[fact]
    text = str(key).lower() if isinstance(key, bool) else str(key)
    if text in known.allowed:
        return _said(known.allowed[text])
    if known.type == "bool":
        return _said(known.name) if key is True else gettext("otherwise")
    return f"{_said(known.name)} {text}{gettext(': ')}"


def _one(parameter: Parameter, value: Any) -> str:
    if parameter.unit == "fen" and isinstance(value, int):
        return f"{money.yuan(value)} {gettext('yuan')}"
    if isinstance(value, dt.date):
        return full_day(value)
    unit = {"day": gettext("days"), "month": gettext("months"), "percent": "%"}
    return f"{value} {unit[parameter.unit]}" if parameter.unit in unit else str(value)


def guide_pdf(guides: Sequence[tuple[Guide, str]], desk: Desk, *, title: str, at: dt.datetime) -> bytes:
    """Guides as A4, each on a page of its own with the code that opens its page (an SVG); ``title``: the whole as a
    booklet with a cover and a list of contents."""
    data = {"guides": [{**asdict(one), "qr": code} for one, code in guides], **_frame(desk, title, at)}
    return _compiled(GUIDE, json.dumps(data, ensure_ascii=False), at.replace(hour=0, minute=0, second=0, microsecond=0))


def poster_pdf(one: Guide, code: str, address: str, desk: Desk, *, size: str, at: dt.datetime) -> bytes:
    """A poster, ``size`` a3 or a4: what it is, for whom, how to begin, and a code that opens the service's page."""
    data = {**asdict(one), "who": [words for words, _law in one.who[:FEW]], "qr": code, "link": address, "size": size,
            **_frame(desk, "", at)}  # fmt: skip
    return _compiled(
        POSTER, json.dumps(data, ensure_ascii=False), at.replace(hour=0, minute=0, second=0, microsecond=0)
    )


@lru_cache(maxsize=256)
def _compiled(template: Path, data: str, at: dt.datetime) -> bytes:
    """The same guide of the same day is set once."""
    return paper.pdf(template, json.loads(data), at=at, code=None)  # the same for everybody


def _frame(desk: Desk, title: str, at: dt.datetime) -> dict[str, Any]:
    labels = {
        "who": gettext("Who may have it"), "not_if": gettext("Not where"), "all": gettext("Everybody may ask; nothing is tested."),
        "desk": gettext("Is something different with you? Come and ask; we look at it together."),
        "gives": gettext("What you get"), "rhythm": gettext("How often"), "kinds": gettext("What can be asked for"),
        "how": gettext("How to begin"), "bring": gettext("To bring"),
        "none": gettext("Nothing. What the file holds is never asked for again."),
        "held": gettext("Already in the file"), "others": gettext("Comes without you"), "typed": gettext("We ask you for"),
        "steps": gettext("The way"), "longest": gettext("At most"), "fee": gettext("Fee"), "free": pgettext("fee", "none"),
        "basis": gettext("Basis"), "ask": gettext("Where to ask"), "phone": gettext("Phone"),
        "illustrative": gettext("Numbers are examples until the city sets its own."),
        "scan": gettext("Scan to read it or to begin"), "contents": gettext("Contents"),
        "printed": gettext("Printed %(day)s") % {"day": full_day(at.date())},
        "kind": gettext("Guide to a service"), "sealed": gettext("Only the people who work on it can see that it exists."),
        "version": gettext("version"),
    }  # fmt: skip
    doors = {code: gettext(words) for code, words in DOORS}
    return {
        "labels": labels,
        "desk": asdict(desk),
        "title": title,
        "doors": doors,
        "lang": "zh" if _chinese() else "en",
    }
