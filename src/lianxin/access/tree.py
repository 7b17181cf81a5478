"""The tree of areas, opened branch by branch: search by name, pinyin or code, paths, former names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from lianxin.access.models import Area, AreaName, Redrawing
from lianxin.access.queries import area_names, within
from lianxin.engine.scope import Scope

MOST = 400  # of one branch; a longer one is searched
LENGTHS = (4, 6, 9, 12)


def serving(scope: Scope, field: str) -> Q:
    """Rows of the scope, and those of the areas over it: what a township or the city keeps for the households below it."""
    above = {one[:length] for one in scope.areas for length in LENGTHS if length < len(one)}
    return (
        within(scope, field) | Q(**{f"{field}__in": sorted(above)})
        if scope.reach == "area" and above
        else within(scope, field)
    )


@dataclass(frozen=True, slots=True)
class Node:
    """An area as the tree shows it; ``open`` says that areas in being lie below it."""

    code: str
    name: str
    english: str
    level: str
    open: bool
    ended_on: dt.date | None = None
    successor: str = ""

    def said(self, language: str) -> str:
        """Its name in a language."""
        return self.name if language == "zh-hans" else self.english


@dataclass(frozen=True, slots=True)
class Named:
    """What an area was called, from a day to a day."""

    name: str
    english: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    paper: str


@dataclass(frozen=True, slots=True)
class Redrawn:
    """One redrawing as the list shows it."""

    id: int
    run: str
    on: dt.date
    paper: str
    at: dt.datetime
    by_name: str
    state: str
    pairs: dict[str, str]
    moved: dict[str, int]


def _nodes(rows: QuerySet[Area]) -> list[Node]:
    below = Area.objects.filter(parent=OuterRef("pk"), successor="")
    return [
        Node(row.code, row.name, row.name_en or row.name, row.level, row.under, row.ended_on, row.successor)
        for row in rows.annotate(under=Exists(below))
    ]


def roots(scope: Scope) -> list[Node]:
    """Where a scope's tree begins."""
    if scope.reach != "area":
        return []
    return _nodes(Area.objects.filter(code__in=scope.areas, successor="").order_by("code"))


def branch(scope: Scope, parent: str, *, ended: bool = False) -> list[Node]:
    """The areas directly below ``parent`` that the scope covers; those that ended only where asked for."""
    rows = Area.objects.filter(within(scope, "code"), parent=parent).order_by("code")
    return _nodes(rows[:MOST] if ended else rows.filter(successor="", ended_on__isnull=True)[:MOST])


def node(scope: Scope, code: str) -> Node | None:
    """One area inside the scope."""
    found = _nodes(Area.objects.filter(within(scope, "code"), pk=code))
    return found[0] if found else None


def find(scope: Scope, text: str, *, limit: int = 20, everywhere: bool = False, ended: bool = False) -> list[Node]:
    """Areas by code, name, pinyin or initials, the nearest match first, the higher level before the lower.

    ``everywhere`` looks at the whole published division, for a form that names an area beyond one's own.
    """
    said = "".join(text.split())[:60]
    if not said:
        return []
    rows = Area.objects.all() if everywhere else Area.objects.filter(within(scope, "code"))
    if not ended:
        rows = rows.filter(successor="", ended_on__isnull=True)
    if said.isascii() and said.isdigit():
        return _nodes(rows.filter(code__startswith=said).order_by("code")[:limit])
    low = said.lower()
    beginnings = Q(name__startswith=said) | Q(pinyin__startswith=low) | Q(initials__startswith=low)
    if len(said) > 1:
        beginnings |= Q(name__contains=said) | Q(name_en__icontains=text.strip())
    rank = Case(
        When(name__startswith=said, then=Value(0)), When(initials=low, then=Value(1)),
        When(pinyin__startswith=low, then=Value(2)), When(initials__startswith=low, then=Value(3)),
        default=Value(4), output_field=IntegerField(),
    )  # fmt: skip
    level = Case(*(When(level=one, then=Value(place)) for place, one in enumerate(("city", "county", "township"))),
                 default=Value(3), output_field=IntegerField())  # fmt: skip
    return _nodes(rows.filter(beginnings).order_by(rank, level, "code")[:limit])


def resolve(scope: Scope, text: str, *, everywhere: bool = False) -> str | None:
    """The one area in being that a typed code or whole name means; None where it means none or several."""
    said = "".join(text.split())
    rows = Area.objects.filter(successor="", ended_on__isnull=True)
    if not everywhere:
        rows = rows.filter(within(scope, "code"))
    if said.isascii() and said.isdigit():
        return said if rows.filter(pk=said).exists() else None
    exact = Q(name=said) | Q(name_en__iexact=text.strip()) | Q(pinyin=said.lower())
    found = list(rows.filter(exact).values_list("code", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def nearest(code: str) -> tuple[str, str] | None:
    """The area in being whose code is most like one that there is not, and its name; None where none is like it."""
    known = dict(Area.objects.filter(successor="", ended_on__isnull=True).values_list("code", "name"))
    alike = get_close_matches(code, [one for one in known if len(one) == len(code)], 1, 0.5)
    return (alike[0], known[alike[0]]) if alike else None


def heads(code: str) -> list[str]:
    """The codes of an area and of those above it, the city first."""
    return [code[:length] for length in LENGTHS if length <= len(code)]


def paths(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The names of what lies above each area (without the city), joined, in both languages."""
    wanted = {code: heads(code)[1:-1] for code in codes}
    names = area_names(sorted({one for above in wanted.values() for one in above}))
    return {
        code: tuple(" ".join(names.get(one, (one, one))[place] for one in above) for place in (0, 1))  # type: ignore[misc]
        for code, above in wanted.items()
    }


def history(code: str) -> list[Named]:
    """What an area was called over the years, the oldest first; empty where it never changed."""
    rows = AreaName.objects.filter(area=code, superseded_at__isnull=True).order_by(
        F("valid_from").asc(nulls_first=True), "pk"
    )
    return [Named(row.name, row.name_en or row.name, row.valid_from, row.valid_to, row.paper) for row in rows]


def names_on(codes: Sequence[str], day: dt.date) -> dict[str, tuple[str, str]]:
    """What areas were called on a day: the old name for days before a renaming."""
    found = area_names(codes)
    rows = AreaName.objects.filter(area__in=set(codes), superseded_at__isnull=True).order_by("pk")
    for code, name, english, start, end in rows.values_list("area", "name", "name_en", "valid_from", "valid_to"):
        if (start is None or start <= day) and (end is None or day <= end):
            found[code] = (name, english or name)
    return found


def redrawings(scope: Scope, *, limit: int = 50) -> list[Redrawn]:
    """The redrawings of areas inside the scope, newest first."""
    rows = Redrawing.objects.order_by("-pk")[: limit * 2]
    return [
        Redrawn(row.pk, row.run, row.on, row.paper, row.at, row.by_name, row.state, row.pairs, row.moved)
        for row in rows if all(scope.covers(code) for code in row.pairs)
    ][:limit]  # fmt: skip
