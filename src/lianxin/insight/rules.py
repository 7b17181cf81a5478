"""What a figure counts, in words: on pages and on the papers of a review. The catalogue's own text stays with the catalogue."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from lianxin.catalogue import queries as catalogue
from lianxin.engine import clock
from lianxin.engine.expressions import tree
from lianxin.engine.expressions.words import Speaker
from lianxin.engine.facts import Fact, Name
from lianxin.insight.figures import FigureValue

KINDS: dict[str, str | Promise] = {
    "visit": _("visit"), "payment": _("payment"), "card": _("card"), "placement": _("placement"),
    "appointment": _("appointment"), "honour": _("honour"), "seat": _("school seat"), "plaque": _("plaque"),
    "advice": _("advice"), "errand": _("errand"), "case": _("case"), "site": _("site"), "event": _("event"),
    "meeting": _("meeting"), "project": _("project"), "task": _("task"), "need": _("need"), "record": _("record"),
}  # fmt: skip
MEASURES: dict[str, str | Promise] = {
    "count": _("How many entries"), "open": _("How many stand on the last day"), "amount": _("The sum of the money"),
    "quantity": _("The sum of the quantities"), "mean": _("The mean of the quantities, to the whole"),
}  # fmt: skip
MEASURED: dict[str, str | Promise] = {
    "person": _("How many people, each once"), "family": _("How many households, each once"),
    "organisation": _("How many organisations, each once"), "place": _("How many places, each once"),
    "year": _("How many years"), "category": _("How many kinds"),
}  # fmt: skip
LEVELS: dict[str, str | Promise] = {
    "nation": _("the nation's"), "province": _("the province's"), "city": _("the city's"), "county": _("a county's"),
    "township": _("a township's"), "village": _("a village's"),
}  # fmt: skip
# What the register holds from no service of the catalogue: achievements on paper, and rooms that post by themselves.
BESIDES: dict[str, str | Promise] = {
    "leading-group": _("leading group"), "joint-creation": _("joint creation"), "coverage": _("coverage of a county"),
    "dual-community": _("dual-support community"), "community-life": _("classes and events"), "donation": _("gifts"),
}  # fmt: skip
BESIDE_KINDS: dict[str, str | Promise] = {
    "document": _("document sent out"), "covenant": _("covenant signed"), "service-year": _("year of better service"),
    "stations": _("stations everywhere"), "shops": _("shops everywhere"), "received-money": _("money received"),
    "given-money": _("money given on"),
}  # fmt: skip
COLUMNS: dict[str, str | Promise] = {
    "kind": _("What"), "service": _("Service"), "category": _("Kind"), "programme": _("Programme"), "level": _("Level"),
    "area": _("Area"), "happened_on": _("Day"), "ended_on": _("Last day"), "quantity": _("Quantity"), "unit": _("Unit"),
    "amount": _("Amount"), "person": _("Person"), "family": _("Household"), "organisation": _("Organisation"),
    "place": _("Place"),
}  # fmt: skip


def rule(value: FigureValue, language: str) -> str:
    """What is counted, in words: the measure, then the condition as a sentence over the register's columns."""
    definition, chinese = value.definition, language.startswith("zh")
    services = {code: one.service for code, one in catalogue.in_force(clock.today()).items()}
    asked = _services(definition.tree)
    named = [services[code] for code in asked if code in services] or list(services.values())
    allowed = {
        "kind": {code: _both(said) for code, said in KINDS.items()},
        "level": {code: _both(said) for code, said in LEVELS.items()},
        "service": {code: _both(said) for code, said in BESIDES.items()}
        | {code: one.name for code, one in services.items()},
        "category": {kind.code: kind.name for one in named for kind in one.kinds},
    }
    if asked & set(BESIDES):
        allowed["category"] |= {code: _both(said) for code, said in BESIDE_KINDS.items()}
    facts = {
        column: Fact(column, "text", "register", _both(title), allowed=allowed.get(column, {}))
        for column, title in COLUMNS.items()
    }
    head = _both({"distinct": MEASURED.get(definition.key, definition.key), **MEASURES}[definition.kind])
    said = Speaker(language, facts).say(definition.tree)
    return f"{head.zh}：{said}" if chinese else f"{head.en}: {said}"


def _services(node: tree.Node) -> set[str]:
    """The services that a condition names: a kind is said as that service calls it, not as another one does."""
    found: set[str] = set()
    for one in tree.walk(node):
        match one:
            case tree.Compare(left=tree.Fact(name="service"), right=tree.Literal(value=value)):
                found.add(str(value))
            case tree.In(operand=tree.Fact(name="service"), items=items):
                found |= {str(item.value) for item in items if isinstance(item, tree.Literal)}
    return found


def _both(said: str | Promise) -> Name:
    """A text in both languages, as conditions name things."""
    with override("zh-hans"):
        chinese = str(said)
    with override("en"):
        return Name(chinese, str(said))
