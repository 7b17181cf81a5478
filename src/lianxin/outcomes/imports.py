"""Bring past years' ledgers of closed work into the register: fixed dates, stable sources, repeated without effect."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.outcomes.columns import COLUMNS
from lianxin.outcomes.ledger import Fault, Line, lines
from lianxin.outcomes.models import Outcome
from lianxin.people import identities

PREFIX = "ledger:"
CHUNK = 5000  # rows in one transaction, well under a second
SOME = 900
COLUMN_NAMES = (
    "kind", "service", "programme", "category", "level", "area", "person", "family", "organisation", "place", "case",
    "happened_on", "ended_on", "quantity", "unit", "amount", "source", "reverses_id", "sealed", "recorded_at",
)  # fmt: skip
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class ImportResult:
    """What became of a ledger: counts, and each refused row with its place and reason."""

    run: str
    read: int = 0
    added: int = 0
    unchanged: int = 0
    refused: list[Fault] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        """The counts, as a command prints them."""
        return {"read": self.read, "added": self.added, "unchanged": self.unchanged, "refused": len(self.refused)}


def import_outcomes(
    *, path: Path, by: Actor, at: dt.datetime, dry_run: bool = False, progress: Progress | None = None
) -> ImportResult:
    """Post a ledger (xlsx, xls, csv) of closed work; good rows enter, the others are named in ``refused``.

    A person is found by ID number or file number, a household by its code or through the person; the area is the
    ledger's, or else the home on file. Killed or repeated, it goes on where it stood: a source enters once. ``at`` is
    when the register learned it. Raises :class:`~lianxin.engine.refusal.Refusal` for a file that is no ledger.
    """
    result = ImportResult(run=f"outcomes-{uuid4().hex[:12]}")
    good = _read(path, result)
    good = _resolved(good, result)
    known = _known([line.values["source"] for line in good])
    fresh = [line for line in good if line.values["source"] not in known]
    result.unchanged = len(good) - len(fresh)
    result.added = len(fresh)
    if dry_run:
        return result
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for start in range(0, len(fresh), CHUNK):
        some = fresh[start : start + CHUNK]
        _load(some, by, at, result.run, digest)
        if progress:
            progress("outcomes", start + len(some), len(fresh))
    return result


def _read(path: Path, result: ImportResult) -> list[Line]:
    good: list[Line] = []
    seen: set[str] = set()
    for found in lines(path):
        result.read += 1
        if isinstance(found, Fault):
            result.refused.append(found)
            continue
        source = PREFIX + found.values["source"]
        if source in seen or len(source) > 110:
            reason = "twice" if source in seen else "unreadable"
            result.refused.append(Fault(found.sheet, found.row, COLUMNS["source"][0], reason))
            continue
        seen.add(source)
        found.values["source"] = source
        good.append(found)
    return good


def _resolved(good: list[Line], result: ImportResult) -> list[Line]:
    """Lines whose person, household and area are found; the others are refused."""

    def asked(code: str) -> list[str]:
        return [line.values[code] for line in good if line.values.get(code)]

    by_number = identities.numbered(asked("id_number"))
    by_file = identities.filed(asked("file_number"))
    by_household = identities.households(asked("household"))
    kept = []
    for line in good:
        missing = _place(line.values, by_number, by_file, by_household)
        if missing:
            reason = "missing" if missing == "area" else "unknown"
            result.refused.append(Fault(line.sheet, line.row, COLUMNS[missing][0], reason))
        else:
            kept.append(line)
    return kept


def _place(
    values: dict[str, Any],
    by_number: Mapping[str, tuple[int, int | None, str]],
    by_file: Mapping[str, tuple[int, int | None, str]],
    by_household: Mapping[str, tuple[int, str]],
) -> str:
    """Put person, family and area into ``values``; the column that names nobody, or nothing where all is found."""
    values["person"] = values["family"] = None
    home = ""
    for code, table in (("id_number", by_number), ("file_number", by_file)):
        if key := values.get(code):
            if key not in table:
                return code
            values["person"], values["family"], home = table[key]
            break
    if household := values.get("household"):
        if household not in by_household:
            return "household"
        values["family"], family_home = by_household[household]
        home = home or family_home
    values["area"] = values.get("area") or home
    return "" if values["area"] else "area"


def _known(sources: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(sources), SOME):
        some = sources[start : start + SOME]
        known.update(Outcome.objects.filter(source__in=some).values_list("source", flat=True))
    return known


def _load(some: list[Line], by: Actor, at: dt.datetime, run: str, digest: str) -> None:
    """One chunk: open rows under one entry, those of each sealed service under an entry of its own."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in some:
        groups.setdefault(line.values["service"] if line.values.get("sealed") else "", []).append(line.values)
    for service, rows in groups.items():
        with journal.entry(action="outcomes.import", by=by, at=at, service=service, run=run) as writer:
            writer.load(Outcome, COLUMN_NAMES, [_tuple(values, at) for values in rows])
            writer.say(rows=len(rows), file=digest)


def _tuple(values: dict[str, Any], at: dt.datetime) -> tuple[Any, ...]:
    get = values.get
    quantity = get("quantity")
    return (
        values["kind"], values["service"][:60], (get("programme") or "")[:60], (get("category") or "")[:60],
        get("level") or "", values["area"], values["person"], values["family"], get("organisation"), get("place"), None,
        values["happened_on"], get("ended_on"), 1 if quantity is None else quantity, (get("unit") or "")[:20],
        get("amount"), values["source"], None, bool(get("sealed")), at,
    )  # fmt: skip
