"""What a city gives out as open data: which figures, from which year on, under which licence. Only what is named goes out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from lianxin.engine import documents
from lianxin.engine.facts import Name
from lianxin.engine.problems import DeclarationErrors, Problem, nearest
from lianxin.engine.reading import Reader

FILE = "open-data.yaml"
_KEYS = ("publisher", "contact", "licence", "licence-address", "from", "figures")


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which words files go out."""

    publisher: Name
    contact: Name
    licence: Name
    licence_address: str
    from_year: int
    figures: tuple[str, ...]


def check(path: Path, figures: Collection[str]) -> list[Problem]:
    """Everything that is wrong with the file, over a catalogue with these figures."""
    try:
        return _read(path, figures)[1]
    except DeclarationErrors as errors:
        return list(errors.problems)


def read(path: Path, figures: Collection[str]) -> Terms:
    """The terms. Raises :class:`DeclarationErrors` with line and word of what is wrong."""
    made, problems = _read(path, figures)
    if made is None:
        raise DeclarationErrors(problems)
    return made


def _read(path: Path, figures: Collection[str]) -> tuple[Terms | None, list[Problem]]:
    reader = Reader(path.name)
    found = reader.mapping(documents.read(path), _KEYS, _KEYS[:3] + _KEYS[4:], "open-data")
    if found is None:
        return None, reader.problems
    publisher, contact, licence = (reader.name(found.get(key), key) for key in _KEYS[:3])
    since, codes = found.get("from"), list[str]()
    year = reader.value(since, "int", "from") if since else None
    if year is not None and not 1949 <= year <= 2100:
        reader.note(since.line if since else 1, str(year), "from 写年份，如 2020", "'from' is a year: 2020")
    for node in reader.listing(found.get("figures"), "figures"):
        code = reader.text(node, "figures")
        if code and code not in figures:
            reader.note(node.line, code, f"没有指标“{code}”", f"there is no figure '{code}'", nearest(code, figures))
        elif code in codes:
            reader.note(node.line, code, f"指标“{code}”写了两次", f"the figure '{code}' stands twice")
        codes.append(code)
    address = found.get("licence-address")
    if reader.errors() or publisher is None or contact is None or licence is None or year is None:
        return None, reader.problems
    return Terms(publisher, contact, licence, address.text if address else "", year, tuple(codes)), reader.problems
