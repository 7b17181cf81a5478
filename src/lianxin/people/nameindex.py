"""The index behind search and lists: one row for each home, each beginning of what people are looked up by, each person.

Rows lie in the order (home, term, person), so that any question is one short walk for each home that a scope covers: a
village worker's is one, a city leader's some thousands, and neither grows with the number of people. Terms are:

- names and sounds from ``names.terms``; a whole name and its whole sound end with a bar, so that it can be asked for;
- ``#code`` for each category that an open row gives a person, whatever its days (the reader looks at the days);
- ``@words`` with person 0 for each run of Chinese characters in an address there, from every place on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from lianxin.engine import clock
from lianxin.people import names
from lianxin.people.identities import some, stood_for, survivors

CHUNK = 5000
PLACE = 12  # characters of a place's name that are compared
BAR = "|"
END = "\U0010ffff"
_RUNS = re.compile("[㐀-䶿一-鿿豈-﫿\U00020000-\U000323af]{2,}")
Key = tuple[str, str, int]  # home, term, person


def settle() -> int:
    """Bring the index up to date with what was written since; returns how many persons it looked at."""
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT person FROM people_stale ORDER BY person LIMIT {CHUNK}")
            stale = [row[0] for row in cursor.fetchall()]
            if stale:
                _again(stale)
                _many(cursor, "DELETE FROM people_stale WHERE person = %s", [(one,) for one in stale])
        done += len(stale)
        if len(stale) < CHUNK:
            return done


def refresh(persons: Sequence[int]) -> None:
    """Index these persons again now."""
    with connection.cursor() as cursor:
        _many(cursor, "INSERT INTO people_stale VALUES (%s) ON CONFLICT DO NOTHING", [(one,) for one in persons])
    settle()


def stale(persons: Sequence[int]) -> None:
    """These persons are indexed again at the next look: what a merge moves is found under the file that goes on."""
    with connection.cursor() as cursor:
        ahead = [(one,) for one in {*persons, *(survivors().get(one, one) for one in persons)}]
        _many(cursor, "INSERT INTO people_stale VALUES (%s) ON CONFLICT DO NOTHING", ahead)


def _many(cursor: Any, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        cursor.executemany(statement, rows)


@dataclass(frozen=True, slots=True)
class Said:
    """What the index knows of a person: where they live, names and categories (each joined by a bar), address."""

    home: str
    names: str
    categories: str
    address: str = ""

    def terms(self) -> list[str]:
        """Everything they are found by."""
        return [*names.terms(self.names), *(f"#{code}" for code in self.categories.split(BAR) if code)]

    def says(self) -> str:
        """What the index keeps of them beside their home."""
        return f"{self.names}\n{self.categories}"


def said(home: str, address: str, whole: Iterable[str], held: Iterable[str]) -> Said:
    """What is known of a file with these names, the present one first, and these categories."""
    return Said(home, BAR.join(dict.fromkeys(map(_whole, whole))), BAR.join(sorted(held)), address)


def places(address: str) -> Iterator[str]:
    """The words under which an address's places stand: every run of characters, from every place on but the last."""
    for run in _RUNS.findall(names.folded(address)):
        for start in range(len(run) - 1):
            yield "@" + run[start : start + PLACE]


def _again(stale: Sequence[int]) -> None:
    """Take out what the index held of these persons and put in what the files say."""
    before, now = said_of(stale), _on_file(stale)
    gone: list[Key] = []
    come: list[Key] = []
    for pk in stale:
        old, new = before.get(pk), now.get(pk)
        if old and new and (old.home, old.names, old.categories) == (new.home, new.names, new.categories):
            continue
        gone += [(old.home, term, pk) for term in old.terms()] if old and old.home else []
        come += [(new.home, term, pk) for term in new.terms()] if new and new.home else []
    come += {(one.home, term, 0) for one in now.values() if one.home for term in places(one.address)}
    with connection.cursor() as cursor:
        _many(cursor, "DELETE FROM people_terms WHERE home = %s AND term = %s AND person = %s", gone)
        _many(cursor, "DELETE FROM people_indexed WHERE person = %s", [(pk,) for pk in before])
        _fill(cursor, sorted(come), [(pk, one.home, one.says()) for pk, one in now.items()],
              sorted({(one.home,) for one in now.values() if one.home}))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entries:
    """What the index is to hold of new files: their rows by table, in order. Prepared away from the database."""

    persons: tuple[int, int]  # from the first to the last
    terms: list[Key]
    indexed: list[tuple[int, str, str]]
    homes: list[tuple[str]]


def entries(known: Mapping[int, Said]) -> Entries:
    """The rows of files that the index does not know yet (those of a ledger have numbers without gaps)."""
    terms: set[Key] = {(one.home, term, pk) for pk, one in known.items() if one.home for term in one.terms()}
    terms |= {(one.home, term, 0) for one in known.values() if one.home for term in places(one.address)}
    return Entries((min(known), max(known)), sorted(terms), [(pk, one.home, one.says()) for pk, one in known.items()],
                   sorted({(one.home,) for one in known.values() if one.home}))  # fmt: skip


def put(new: Entries) -> None:
    """Write what :func:`entries` prepared; the files are looked at no more."""
    with connection.cursor() as cursor:
        _fill(cursor, new.terms, new.indexed, new.homes)
        cursor.execute("DELETE FROM people_stale WHERE person BETWEEN %s AND %s", new.persons)


def _fill(
    cursor: Any, terms: Sequence[Key], indexed: Sequence[tuple[int, str, str]], homes: Sequence[tuple[str]]
) -> None:
    _put(cursor, "people_terms", 3, terms)
    _put(cursor, "people_indexed", 3, indexed)
    _put(cursor, "people_homes", 1, homes)


def _put(cursor: Any, table: str, width: int, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert what is not there; on PostgreSQL many rows come by one statement over arrays."""
    if connection.vendor != "postgresql":
        _many(cursor, f"INSERT OR IGNORE INTO {table} VALUES ({', '.join(['%s'] * width)})", rows)
        return
    kinds = {"people_terms": "text[] text[] bigint[]", "people_indexed": "bigint[] text[] text[]"}.get(table, "text[]")
    arrays = ", ".join(f"%s::{kind}" for kind in kinds.split())
    if rows:
        given = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(f"INSERT INTO {table} SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING", given)


def said_of(persons: Sequence[int]) -> dict[int, Said]:
    """What the index holds of these persons."""
    found: dict[int, Said] = {}
    for pk, home, says in _rows("SELECT person, home, says FROM people_indexed WHERE person IN ({})", persons):
        whole, _, categories = says.partition("\n")
        found[pk] = Said(home, whole, categories)
    return found


def _on_file(persons: Sequence[int]) -> dict[int, Said]:
    """What the files say of these persons now."""
    more: dict[int, dict[str, None]] = defaultdict(dict)
    held: dict[int, set[str]] = defaultdict(set)
    into = stood_for(persons)
    for pk, name in _rows(
        "SELECT person_id, former_name FROM people_particulars "
        "WHERE person_id IN ({}) AND superseded_at IS NULL AND former_name <> ''", [*persons, *into],
    ):  # fmt: skip
        more[into.get(pk, pk)].setdefault(name)
    for pk, name in _rows("SELECT id, name FROM people_person WHERE id IN ({})", into):
        more[into[pk]].setdefault(name)
    for pk, code in _rows(
        "SELECT person_id, code FROM people_standing WHERE person_id IN ({}) AND superseded_at IS NULL", persons
    ):
        held[pk].add(code)
    today = clock.today()
    for pk, until in _rows(
        "SELECT person_id, discharged_on FROM people_service WHERE person_id IN ({}) AND superseded_at IS NULL", persons
    ):
        held[pk] |= served(until, today)
    return {
        pk: said(home, address, [name, *more.get(pk, ())], held.get(pk, ()))
        for pk, name, home, address in _rows("SELECT id, name, home, address FROM people_person WHERE id IN ({})", persons)
    }  # fmt: skip


def served(until: object, today: dt.date) -> set[str]:
    """The categories of a service that ends so: whoever is not discharged serves; a discharge that is still to come makes
    both to be looked at."""
    if until is None:
        return {"serving"}
    return {"veteran"} if str(until) <= today.isoformat() else {"serving", "veteran"}


def _whole(name: str) -> str:
    """A name without what joins names and lines here."""
    return name.replace(BAR, " ").replace("\n", " ")


def _rows(statement: str, persons: Iterable[int]) -> list[Any]:
    found: list[Any] = []
    for part in some(sorted(persons)):
        with connection.cursor() as cursor:
            cursor.execute(statement.format(",".join(str(int(one)) for one in part) or "NULL"))
            found += cursor.fetchall()
    return found
