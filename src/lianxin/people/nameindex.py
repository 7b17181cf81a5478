"""The index behind search by a part of a name: one row for each person, one token for each character and area.

SQLite keeps a full-text table over spaced characters (its trigram index finds nothing for names of two); PostgreSQL has
an ordinary GIN index over the characters of ``name``, which needs no extension and no upkeep here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from lianxin.people.models import Person

LENGTHS = (4, 6, 9, 12)


def spaced(name: str) -> str:
    """张建国 → ``u5f20 u5efa u56fd``: every character a word of its own, whatever the tokenizer thinks of it."""
    return " ".join(f"u{ord(character):x}" for character in name.lower() if not character.isspace())


def areas(home: str) -> str:
    """The words that an area and all areas over it are found by."""
    return " ".join(f"a{home[:length]}" for length in LENGTHS if len(home) >= length)


def write(rows: Iterable[tuple[int, str, str]]) -> None:
    """Index new persons, given as (id, name, home)."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO people_names (rowid, characters, areas) VALUES (%s, %s, %s)",
            [(pk, spaced(name), areas(home)) for pk, name, home in rows],
        )


def refresh(persons: Sequence[int]) -> None:
    """Index these persons again, after their name or home changed."""
    if connection.vendor != "sqlite" or not persons:
        return
    with connection.cursor() as cursor:
        for start in range(0, len(persons), 900):
            some = persons[start : start + 900]
            cursor.executemany("DELETE FROM people_names WHERE rowid = %s", [(pk,) for pk in some])
            write(Person.objects.filter(pk__in=some).values_list("pk", "name", "home"))


def part(text: str, prefixes: Sequence[str]) -> Q:
    """Persons whose name holds ``text``, looked up in the index; under one of the area prefixes where any are given."""
    if connection.vendor == "postgresql":
        return Q(pk__in=RawSQL("SELECT id FROM people_person WHERE string_to_array(name, NULL) @> %s AND name LIKE %s",
                               [list(text), f"%{re.sub(r'([%_])', '', text)}%"]))  # fmt: skip
    asked = f'characters : "{spaced(text)}"'
    words = [f"a{prefix}" for prefix in prefixes if len(prefix) in LENGTHS and prefix.isdigit()]
    if words and len(words) == len(prefixes):
        asked += f" AND areas : ({' OR '.join(words)})"
    return Q(pk__in=RawSQL("SELECT rowid FROM people_names WHERE people_names MATCH %s", [asked]))
