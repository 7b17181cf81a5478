"""Walk the index behind search inside a scope: home after home, in the order of its keys, a bounded number of steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace

from lianxin.access.queries import after as behind
from lianxin.engine.scope import Scope
from lianxin.people import categories
from lianxin.people.hits import Hit, hit, opened, reachable
from lianxin.people.models import Person
from lianxin.people.nameindex import END, Key, Said, said_of

STEPS = 5  # times that one question goes on looking
ROWS = 60  # of the index that it looks at first
MOST = 3000  # rows of one step
FEW = 400  # rows of one range of terms in the whole city
TOWNSHIP = 9  # digits of an area's code that is a township or smaller
HOMES = 60  # villages in which one question compares addresses
LAST = 2**62  # behind every person of a home
BARE = Replace("address", Value(" "), Value(""))


@dataclass(frozen=True, slots=True)
class Part:
    """Some hits and the key after which the walk goes on (None: it is at its end)."""

    hits: list[Hit]
    key: Key | None


def rows(
    scope: Scope, low: str, high: str, after: Key | None, limit: int, like: Sequence[Sequence[str]] = ()
) -> list[Key]:
    """Keys whose term lies in [low, high) after a key; with ``like`` only terms that fit one of its sets of patterns.

    The database is held to this order: for each home in turn one walk along the index. A planner that guessed otherwise
    would be right for one name and slow for the next. Over a county or more, where that is many walks for perhaps nobody,
    what only few people have is read at once from the other side.
    """
    if any(len(prefix) < TOWNSHIP for prefix in scope.areas):
        few = _few(low, high, like)
        if few is not None:
            return sorted(key for key in few if scope.covers(key[0]) and (after is None or key > after))[:limit]
    values: list[Any] = []
    homes = " OR ".join("(h.home >= %s AND h.home < %s)" for _ in scope.areas) or "1 = 0"
    for prefix in scope.areas:
        values += [prefix, behind(prefix)]
    if after is not None:
        homes = f"({homes}) AND h.home >= %s"
        values.append(after[0])
    inner: list[Any] = [low, high]
    where = "t.home = h.home AND t.term >= %s AND t.term < %s"
    if after is not None:
        where += " AND (t.home > %s OR (t.term, t.person) > (%s, %s))"
        inner += [after[0], after[1], after[2]]
    if like:
        where += f" AND ({' OR '.join(' AND '.join(['t.term LIKE %s'] * len(some)) for some in like)})"
        inner += [pattern for some in like for pattern in some]
    if connection.vendor == "postgresql":
        walk = (
            f"SELECT t.home, t.term, t.person FROM people_homes h CROSS JOIN LATERAL (SELECT * FROM people_terms t "
            f"WHERE {where} ORDER BY t.term, t.person LIMIT %s) t WHERE {homes} ORDER BY h.home, t.term, t.person LIMIT %s"
        )
        given = [*inner, limit, *values, limit]
    else:
        walk = (
            f"SELECT t.home, t.term, t.person FROM people_homes h CROSS JOIN people_terms t ON {where} "
            f"WHERE {homes} ORDER BY h.home, t.term, t.person LIMIT %s"
        )
        given = [*inner, *values, limit]
    with connection.cursor() as cursor:
        cursor.execute(walk, given)
        return [(home, term, person) for home, term, person in cursor.fetchall()]


def _few(low: str, high: str, like: Sequence[Sequence[str]]) -> list[Key] | None:
    """Everybody of a range of terms in the whole city where they are few; None where they are many."""
    where, given = "term >= %s AND term < %s", [low, high]
    if like:
        where += f" AND ({' OR '.join(' AND '.join(['term LIKE %s'] * len(some)) for some in like)})"
        given += [pattern for some in like for pattern in some]
    index = "INDEXED BY people_terms_by_term" if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT home, term, person FROM people_terms {index} WHERE {where} LIMIT {FEW + 1}", given)
        found = [(home, term, person) for home, term, person in cursor.fetchall()]
    return found if len(found) <= FEW else None


def collect(
    scope: Scope, step: Callable[[Key | None, int], list[Key]], keeps: Callable[[Key, Said], bool], where: Q,
    *, after: Key | None, limit: int,
) -> Part:  # fmt: skip
    """Hits of the keys that ``step`` gives and ``keeps`` accepts, one for each person, under ``where``."""
    found: list[tuple[Key, Hit]] = []
    key, ended, looked, size = after, False, 0, max(ROWS, limit + 1)
    for _ in range(STEPS):
        keys = step(key, size)
        looked += len(keys)
        persons = opened(scope).filter(where).in_bulk([one[2] for one in keys])
        said = said_of(list(persons))
        found += [
            (one, hit(persons[one[2]]))
            for one in keys
            if one[2] in persons and one[2] in said and keeps(one, said[one[2]])
        ]
        key, ended = (keys[-1] if keys else key), len(keys) < size
        if ended or len(found) > limit:
            break
        wanting = limit + 1 - len(found)  # so many more, at the rate so far and a quarter on top
        size = min(max(wanting * looked * 5 // (4 * max(len(found), 1)), ROWS), MOST)
    if len(found) > limit:
        return Part([one for _, one in found[:limit]], found[limit - 1][0])
    return Part([one for _, one in found], None if ended else key)


def by_term(scope: Scope, low: str, high: str, where: Q, *, after: Key | None, limit: int) -> Part:
    """Everybody of one range of terms, each at the first of their terms in it."""

    def step(key: Key | None, size: int) -> list[Key]:
        return rows(scope, low, high, key, size)

    def keeps(key: Key, said: Said) -> bool:
        return key[1] == min((term for term in said.terms() if low <= term < high), default="")

    return collect(scope, step, keeps, where, after=after, limit=limit)


def by_category(scope: Scope, code: str, where: Q, *, day: dt.date, after: Key | None, limit: int) -> Part:
    """Everybody of whom a category holds on the day, by home."""
    term = f"#{code}"
    return by_term(scope, term, term + "\1", where & categories.holds(code, day), after=after, limit=limit)


def by_home(scope: Scope, where: Q, *, after: Key | None, limit: int, room: int = 0) -> Part:
    """Everybody who lives in the scope, by home. With ``room`` it looks at so many people only and says where to go on."""
    edge = _edge(scope, after, room) if room else None
    asked = _beyond(opened(scope).alias(bare=BARE).filter(where).order_by("home", "pk"), after)
    if edge is not None:
        asked = asked.filter(Q(home__lt=edge[0]) | Q(home=edge[0], pk__lte=edge[2]), home__lte=edge[0])
    found = list(asked[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Part([hit(one) for one in found[:limit]], (last.home, "", last.pk) if last else edge)


def _beyond(people: QuerySet[Person], after: Key | None) -> QuerySet[Person]:
    if after is None:
        return people
    return people.filter(Q(home__gt=after[0]) | Q(home=after[0], pk__gt=after[2]), home__gte=after[0])


def _edge(scope: Scope, after: Key | None, room: int) -> Key | None:
    """The key ``room`` people further on, read off the index alone; None where there are not so many."""
    ahead = _beyond(Person.objects.filter(reachable(scope)).order_by("home", "pk"), after)
    found = ahead.values_list("home", "pk")[room : room + 1].first()
    return (found[0], "", found[1]) if found else None


def by_address(scope: Scope, place: str, text: str, where: Q, *, after: Key | None, limit: int) -> Part:
    """Who lives where an address says ``text``; ``place`` is its longest run of characters."""
    homes = list(_places(scope, place, after))
    wanted = where & Q(home__in=homes, bare__contains=text)
    part = by_home(scope, wanted, after=after, limit=limit) if homes else Part([], None)
    if part.key is not None or len(homes) < HOMES:
        return part
    return Part(part.hits, (homes[-1], "", LAST))


def _places(scope: Scope, place: str, after: Key | None) -> Iterator[str]:
    """The first homes where a place is, from the one of ``after`` on."""
    low = "@" + place
    seen: set[str] = set()
    start = (after[0], "", 0) if after is not None else None
    while len(seen) < HOMES:
        keys = rows(scope, low, low + END, start, HOMES * 4)
        for key in keys:
            if key[0] not in seen and len(seen) < HOMES:
                seen.add(key[0])
                yield key[0]
        if len(keys) < HOMES * 4:
            return
        start = keys[-1]
