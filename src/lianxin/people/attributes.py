"""The facts that this city added (attributes.yaml), as columns of the ledger under their Chinese names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianxin.engine import attributes
from lianxin.engine.facts import Fact
from lianxin.engine.refusal import Refusal
from lianxin.people.columns import Column, Kind
from lianxin.people.reasons import REASONS

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


def own() -> dict[str, Column]:
    """The city's own facts of persons by code."""
    path = Path(settings.CATALOGUE) / "attributes.yaml"
    return _own(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=4)
def _own(_path: Path, _written: int) -> dict[str, Column]:
    return {column.code: column for column in attribute_columns()}


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def called(code: str) -> str:
    """What one of them is called in the reader's language; its code where the city has given it up."""
    column = own().get(code)
    return code if column is None else column.zh if _chinese() else column.en


def kept(code: str, typed: str) -> str:
    """What was typed, as the file keeps it. Raises :class:`Refusal` saying what is wrong and how to mend it."""
    import polars as pl

    from lianxin.people import cells

    column = own().get(code)
    if column is None:
        raise Refusal(_("The city keeps no such fact; nothing was changed."))
    values, faults = cells.read(pl.Series(code, [typed], dtype=pl.String), column, lambda text: (text, None))
    if faults[0] is not None:
        wrong, mend = REASONS[faults[0]]
        words = "、".join(said for said, *_rest in column.words.values())
        mending = str(mend) % {"words": words} if "%(" in str(mend) else mend
        raise Refusal(_("%(wrong)s: %(mend)s.") % {"wrong": wrong, "mend": mending})
    found = values[0]
    return str(found).lower() if isinstance(found, bool) else "" if found is None else str(found)


def told(code: str, held: str) -> str:
    """A value that the file keeps, in words."""
    column = own().get(code)
    if column is None:
        return held
    if column.kind == "bool":
        return {"true": _("yes"), "false": _("no")}.get(held, held)
    return column.words[held][0] if held in column.words and _chinese() else held
