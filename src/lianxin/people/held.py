"""Which standing somebody holds on a day through their kin, with the reason; and which of them end before long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lianxin.people import facts, kinfacts, standing
from lianxin.people.dated import Asked
from lianxin.people.identities import names

CODES = frozenset(standing.rules()[0])


@dataclass(frozen=True, slots=True)
class Held:
    """One standing: whose, which, through whom (full name: mask it), as what, and the article it stands on."""

    person: int
    code: str
    other: int
    name: str
    role: str
    cause: str
    law: str
    article: str


def held(ids: Sequence[int], day: dt.date, known_at: dt.datetime | None = None) -> list[Held]:
    """What each of ``ids`` holds on the day through kin, as known at the instant."""
    rows = _rows(Asked(day, known_at, tuple(ids)))
    called = names(other for _self, _code, other, _role, _cause in rows)
    rules = standing.rules()[0]
    made = []
    for person, code, other, role, cause in rows:
        rule = rules[code]
        made.append(Held(person, code, other, called.get(other, ""), role, cause, rule.law, rule.article))
    return made


def everyone(day: dt.date) -> set[tuple[int, str, int, str]]:
    """(person, standing, through whom, as what) of everyone who holds any on the day."""
    return {(person, code, other, role) for person, code, other, role, _cause in _rows(Asked(day))}


def _rows(asked: Asked) -> list[tuple[int, str, int, str, str]]:
    import polars as pl

    known = kinfacts.known(asked, facts.frame)
    living = kinfacts.derived(asked, known)
    rows = pl.concat([living, kinfacts.of_fallen(asked, known)])
    said = kinfacts.said_accompanying(asked).filter("accompanying")["id"].to_list()
    over = set(kinfacts.no_longer_accompanying(asked, said, known))
    kept = [one for one in said if one not in over]
    rows = rows.filter((pl.col("set") != "accompanying") | pl.col("self").is_in(kept))
    if asked.ids is not None:
        rows = rows.filter(pl.col("self").is_in(list(asked.ids)))
    found: list[tuple[int, str, int, str, str]] = list(rows.sort("self", "set", "other").iter_rows())
    return found
