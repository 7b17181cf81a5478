"""The facts that this city added (attributes.yaml), as columns of the ledger under their Chinese names."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from lianxin.engine import attributes
from lianxin.engine.facts import Fact
from lianxin.people.columns import Column, Kind

_KINDS: dict[str, Kind] = {"bool": "bool", "int": "number", "decimal": "number", "text": "text", "date": "date"}


def attribute_columns() -> tuple[Column, ...]:
    """A column for each fact of persons that the city added."""
    path = Path(settings.CATALOGUE) / "attributes.yaml"
    facts = attributes.read(path) if path.is_file() else {}
    return tuple(_column(fact) for fact in facts.values() if "person" in fact.subjects)


def _column(fact: Fact) -> Column:
    words = {code: (name.zh, name.en) for code, name in fact.allowed.items()}
    kind: Kind = "choice" if words else _KINDS[fact.type]
    return Column(fact.code, fact.name.zh, fact.name.en, kind, "attribute", words=words, size=120)
