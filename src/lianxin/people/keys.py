"""Where a search or a list goes on, as an address says it: the way it was found, home and person. No name stands in it."""

from __future__ import annotations

import re

from lianxin.people.nameindex import Key, said_of


def write(way: str, key: Key | None) -> str:
    """A key as text. A term is told by its place among the person's own."""
    if key is None:
        return way
    home, term, person = key
    said = said_of([person]).get(person) if term and person else None
    terms = said.terms() if said else []
    return f"{way}.{home}.{person}.{terms.index(term) if term in terms else ''}"


def read(text: str) -> tuple[str, Key | None]:
    """The way and the key again; what is no key asks from the beginning."""
    found = re.fullmatch(r"([a-z]+\d?)(?:\.(\d{0,12})\.(\d{1,19})\.(\d{0,3}))?", text, re.ASCII)
    if found is None:
        return "", None
    way, home, person, place = found.groups()
    if person is None:
        return way, None
    said = said_of([int(person)]).get(int(person)) if place else None
    terms = said.terms() if said else []
    return way, (home, terms[int(place)] if place and int(place) < len(terms) else "", int(person))
