"""What a figure counts, in words: on pages and on the papers of a review. The catalogue's own text stays with the catalogue."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from lianxin.catalogue import queries as catalogue
from lianxin.engine import clock
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
    "quantity": _("The sum of the quantities"),
}  # fmt: skip
MEASURED: dict[str, str | Promise] = {
    "person": _("How many people, each once"), "family": _("How many households, each once"),
    "organisation": _("How many organisations, each once"), "place": _("How many places, each once"),
    "year": _("How many years"), "category": _("How many kinds"),
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
    allowed = {
        "kind": {code: _both(said) for code, said in KINDS.items()},
        "service": {code: one.name for code, one in services.items()},
        "category": {kind.code: kind.name for one in services.values() for kind in one.kinds},
    }
    facts = {
        column: Fact(column, "text", "register", _both(title), allowed=allowed.get(column, {}))
        for column, title in COLUMNS.items()
    }
    head = _both({"distinct": MEASURED.get(definition.key, definition.key), **MEASURES}[definition.kind])
    said = Speaker(language, facts).say(definition.tree)
    return f"{head.zh}：{said}" if chinese else f"{head.en}: {said}"


def _both(said: str | Promise) -> Name:
    """A text in both languages, as conditions name things."""
    with override("zh-hans"):
        chinese = str(said)
    with override("en"):
        return Name(chinese, str(said))
