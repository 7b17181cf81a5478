"""Find people: by number exactly, by name in whatever way it is typed, by where they live or what they are.

The ways are tried in order and the first that finds somebody answers; a page's key says which way it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from django.db.models import Q

from lianxin.access import seal
from lianxin.access.queries import areas_named
from lianxin.engine import clock, identity
from lianxin.engine.scope import Scope
from lianxin.people import categories, keys, nameindex, names, walking
from lianxin.people.hits import Hit, hit, opened
from lianxin.people.identities import joined, survivors
from lianxin.people.models import Family, Person
from lianxin.people.nameindex import BAR, END, Key, Said
from lianxin.people.walking import Part

LONGEST = 60
STARTS = 4  # ways to cut a name that are looked up
PLACED = "at."
_NO_NAME = re.compile("[^a-z㐀-䶿一-鿿豈-﫿\U00020000-\U000323af〇]")
EVERYBODY = Q()


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, the key of the next ones (blank: no more), and how they were found: number, household, whole, begins, …"""

    hits: list[Hit]
    next: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, and for whom it is asked. ``where`` narrows further."""

    scope: Scope
    typed: str  # as numbers and addresses are compared
    name: str  # as names are compared
    where: Q
    limit: int


Way = Callable[[Asked, Key | None], Part]


def find(scope: Scope, text: str, *, limit: int = 20, after: str = "", where: Q = EVERYBODY) -> Found:
    """People inside the scope, a page of ``limit`` after the key ``after``.

    Whole numbers (ID, phone, file number, household code) are looked up as they are; a part of one finds nobody. Names
    are found whole first, then from any character or syllable on, then cut short; where no name fits, areas, categories
    and addresses are tried. A name and a place (``张建国 柳河村``) find who of that name lives there.
    """
    typed = plain(text)
    if not typed or scope.reach not in {"area", "self"}:
        return Found([])
    nameindex.settle()
    asked = Asked(scope, typed, _toneless(names.folded(typed))[:LONGEST], where, limit)
    if scope.reach == "self":
        return Found(_own(asked), way="own")
    if after.startswith(PLACED):
        return _at_place(scope, text, limit, after[len(PLACED) :], where)
    at, key = keys.read(after)
    for kind, ways in _kinds(asked).items():
        if ways and (not at or at in ways):
            found = _chain(asked, ways, at, key)
            if found.hits or found.next or at or kind == "number":
                return found
    return _at_place(scope, text, limit, "", where)


def _kinds(asked: Asked) -> dict[str, dict[str, Way]]:
    """The ways to read what was typed, by kind. The ways of one kind go on from each other; kinds stand in for each other."""
    exact = _exact(asked.typed)
    if exact is not None:
        return {"number": {"number": partial(_number, exact)}}
    kinds: dict[str, dict[str, Way]] = {}
    if re.fullmatch(r"(?=.{2,16}$)[A-Z]{1,4}[0-9A-Z-]+", asked.typed.upper()) and re.search(r"[0-9-]", asked.typed):
        kinds["household"] = {"household": _household}
    if asked.name and not _NO_NAME.search(asked.name):
        there = walking.rows(
            asked.scope, asked.name, asked.name + END, None, 1
        )  # one look, where two would find nobody
        kinds["name"] = {"whole": _whole, "begins": _begins} if there else {}
        starts = list(_starts(asked.name).items()) if re.search("[a-z]", asked.name) else []
        for place in range(len(starts)):
            kinds["name"][f"short{place}"] = partial(_short, starts[: place + 1])
    kinds |= {"area": {"area": _area}, "category": {"category": _category}, "address": {"address": _address}}
    return kinds


def _chain(asked: Asked, ways: Mapping[str, Way], at: str, key: Key | None) -> Found:
    """A page over ways that go on from each other: the next page begins where this one ended."""
    found: list[Hit] = []
    first = ""
    for code in list(ways)[list(ways).index(at) if at else 0 :]:
        left = asked.limit - len(found)
        part = ways[code](replace(asked, limit=max(left, 1)), key)
        key = None
        if left <= 0:
            if part.hits or part.key is not None:
                return Found(found, keys.write(code, None), first)
            continue
        found += part.hits
        first = first or (code if part.hits else "")
        if part.key is not None:
            return Found(found, keys.write(code, part.key), first)
    return Found(found, way=first)


def plain(text: str) -> str:
    """What was typed, as numbers are compared: full width as plain digits, no blanks, at most so long."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text[: LONGEST * 4])).replace("\0", "")[:LONGEST]


def _toneless(name: str) -> str:
    """What was typed without the tones written as digits."""
    return re.sub(r"(?<=[a-z])[1-5]", "", name)


def _own(asked: Asked) -> list[Hit]:
    """Of those one may see for oneself: whoever fits."""
    exact = _exact(asked.typed)
    people = opened(asked.scope).filter(asked.where).filter(EVERYBODY if exact is None else exact).order_by("pk")
    fitting = [hit(one) for one in people if exact is not None or names.fits(one.name, asked.name)]
    return fitting[: asked.limit]


def _exact(typed: str) -> Q | None:
    """The files with this number, where what was typed is a whole one."""
    upper = typed.upper()
    digits = re.sub(r"[-()+]", "", typed)
    if len(upper) == 15 and upper.isascii() and upper.isdigit():  # before 1999: no century, no check digit
        upper = upper[:6] + "19" + upper[6:]
        upper += identity.check_digit(upper)
    if identity.fault(upper) is None:
        return Q(id_mark__in=seal.marks(upper, "id"))
    if re.fullmatch(r"(86)?1\d{10}|0\d{9,11}", digits, re.ASCII):
        return Q(phone_mark__in=seal.marks(digits[2:] if digits.startswith("86") else digits, "phone"))
    if re.fullmatch(r"CC\d{1,12}", upper, re.ASCII):
        return Q(file_number__in=[upper, f"CC{int(upper[2:]):08d}"])
    return None


def by_number(typed: str) -> Q | None:
    """The files with this number, where what was typed (see :func:`plain`) is a whole one."""
    return _exact(typed)


def _number(exact: Q, asked: Asked, key: Key | None) -> Part:
    return walking.by_home(asked.scope, asked.where & _goes_on(exact), after=key, limit=asked.limit)


def _goes_on(which: Q) -> Q:
    """The same, and whoever a file that it finds was merged into."""
    merged = list(Person.objects.filter(which, survivor__isnull=False).values_list("pk", flat=True)[:LONGEST])
    if not merged:
        return which
    into = survivors()
    return which | Q(pk__in=[into[pk] for pk in merged if pk in into])


def _household(asked: Asked, key: Key | None) -> Part:
    families = joined(list(Family.objects.filter(code=asked.typed.upper()).values_list("pk", flat=True)))
    return walking.by_home(asked.scope, asked.where & _goes_on(Q(family__in=families)), after=key, limit=asked.limit)


def _whole(asked: Asked, key: Key | None) -> Part:
    low = asked.name + BAR
    return walking.by_term(asked.scope, low, low + "\1", asked.where, after=key, limit=asked.limit)


def _begins(asked: Asked, key: Key | None) -> Part:
    """Any part of a name, and initials; without those whose whole name it is."""
    low = asked.name

    def keeps(found: Key, said: Said) -> bool:
        terms = [term for term in said.terms() if term.startswith(low)]
        return found[1] == min(terms, default="") and low + BAR not in terms

    step = partial(walking.rows, asked.scope, low, low + END)
    return walking.collect(asked.scope, step, keeps, asked.where, after=key, limit=asked.limit)


Start = tuple[str, list[list[str]]]  # initials, and the sets of patterns that a term under them fits


def _short(starts: Sequence[Start], asked: Asked, key: Key | None) -> Part:
    """Syllables cut short (zhang jg) or written as characters (张jg), under the last of ``starts``; whoever is found
    under an earlier one or without cutting is left out."""
    start, likes = starts[-1]

    def keeps(found: Key, said: Said) -> bool:
        terms = said.terms()
        if any(term.startswith(asked.name) for term in terms) or not names.fits(said.names, asked.name):
            return False
        under = [[term for term in terms if _like(term, patterns)] for _, patterns in starts]
        return not any(under[:-1]) and found[1] == min(under[-1], default="")

    step = partial(walking.rows, asked.scope, start, start + END, like=likes)
    return walking.collect(asked.scope, step, keeps, asked.where, after=key, limit=asked.limit)


def _starts(text: str) -> dict[str, list[list[str]]]:
    """Initials under which ``text`` may be looked up, and the patterns that its syllables make there."""
    starts: dict[str, list[list[str]]] = {}
    for pieces in names.cut(text):
        if len(pieces) < 2:
            continue
        said = "".join(f"% {piece}" if piece.isascii() else "% " for piece in pieces)
        written = [f"%{piece}%" for piece in pieces if not piece.isascii()]
        for letters in product(*(names.initials(piece) for piece in pieces)):
            starts.setdefault("".join(letters), []).append([f"{''.join(letters)}{said}%", *written])
    return dict(list(starts.items())[:STARTS])


def _like(term: str, patterns: Sequence[Sequence[str]]) -> bool:
    """Whether a term fits all patterns of one of these sets, as LIKE has it."""
    return any(all(_one_like(term, pattern) for pattern in some) for some in patterns)


def _one_like(term: str, pattern: str) -> bool:
    first, *rest = pattern.split("%")
    place = len(first)
    if not term.startswith(first):
        return False
    for piece in rest:
        place = term.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return True


def _area(asked: Asked, key: Key | None) -> Part:
    """Who lives in the areas of this name."""
    codes = [area.code for area in areas_named(asked.scope, asked.typed)]
    if not codes:
        return Part([], None)
    return walking.by_home(within_only(asked.scope, codes), asked.where, after=key, limit=asked.limit)


def within_only(scope: Scope, codes: Sequence[str]) -> Scope:
    """The same scope over these areas only; the caller took them from inside it."""
    return replace(scope, areas=tuple(codes))


def _category(asked: Asked, key: Key | None) -> Part:
    """Who is what the word says, today."""
    code = categories.named(asked.typed)
    if code is None:
        return Part([], None)
    return walking.by_category(asked.scope, code, asked.where, day=clock.today(), after=key, limit=asked.limit)


def _address(asked: Asked, key: Key | None) -> Part:
    """Who lives at an address that says so; a number alone is no address."""
    runs = [term for term in nameindex.places(asked.typed) if len(term) > 2]
    place = max(runs, key=len, default="")
    if not place:
        return Part([], None)
    return walking.by_address(asked.scope, place[1:], asked.typed, asked.where, after=key, limit=asked.limit)


def _at_place(scope: Scope, text: str, limit: int, after: str, where: Q) -> Found:
    """A name and a place typed together."""
    words = text[: LONGEST * 2].split()[:4]
    for place, word in enumerate(words if len(words) > 1 else []):
        areas = areas_named(scope, word)
        rest = " ".join(words[:place] + words[place + 1 :])
        if areas:
            found = find(within_only(scope, [one.code for one in areas]), rest, limit=limit, after=after, where=where)
            if found.hits:
                return replace(found, next=PLACED + found.next if found.next else "")
    return Found([])
