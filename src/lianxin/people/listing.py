"""Lists of people: a search and filters together, a page at a time, never counting anybody.

Search first: nobody browses everyone. A list shows people when something narrows it (see :func:`narrows`); each page
looks at a bounded number of people, so that a list of which few fit says "go on" instead of taking long.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from lianxin.engine.scope import Scope
from lianxin.people import categories, keys, nameindex, saving, walking
from lianxin.people.finding import EVERYBODY, Found, find
from lianxin.people.hits import Hit
from lianxin.people.models import BankAccount, Person

ROOM = 20_000  # people that one page looks at where filters alone narrow
ROUNDS = 3  # pages' worth of looking before a page says "go on"
SORTED = 3000  # people that can be put in another order
SMALL = 9  # digits of an area's code: a township or a village is small enough to be read through
ORDERS = {"name": "pinyin", "age": "born_on"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; blank asks nothing. ``yes``/``no`` for what holds or does not."""

    text: str = ""
    area: str = ""
    category: str = ""
    age_from: int | None = None
    age_to: int | None = None
    sex: str = ""
    alive: str = ""
    account: str = ""
    verified: str = ""
    phone: str = ""
    alone: str = ""
    saved: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of people. ``hint`` says why it shows nobody or not in the order asked: ``narrow`` | ``unsorted``."""

    hits: list[Hit]
    next: str = ""
    hint: str = ""


def narrows(scope: Scope, wanted: Wanted) -> bool:
    """Whether a list asks for few enough to be shown: a search, a category, a saved list, a township or village (asked
    for, or all that the reader has), or one of the work lists (no phone, no account, not verified, living alone)."""
    area = scope.narrowed(wanted.area) if wanted.area else scope
    small = area.reach == "area" and bool(area.areas) and all(len(code) >= SMALL for code in area.areas)
    work = "no" in {wanted.account, wanted.verified, wanted.phone} or wanted.alone == "yes"
    return bool(wanted.text or wanted.category or wanted.saved is not None or small or work)


def listed(
    scope: Scope, wanted: Wanted, *, day: dt.date, after: str = "", limit: int = 50, sort: str = "", down: bool = False
) -> Listed:
    """People inside the scope who fit, a page of ``limit`` after the key ``after``; by home, or by name or age."""
    if not narrows(scope, wanted):
        return Listed([], hint="narrow")
    nameindex.settle()
    if wanted.area:
        scope = scope.narrowed(wanted.area)
    where = _where(wanted, day)
    if sort in ORDERS:
        ordered = _ordered(scope, wanted, where, day, after, limit, sort, down)
        if ordered is not None:
            return ordered
    found = _page(scope, wanted, where, day, "" if after.startswith("sorted") else after, limit)
    return Listed(found.hits, found.next, "unsorted" if sort in ORDERS else "")


def _page(scope: Scope, wanted: Wanted, where: Q, day: dt.date, after: str, limit: int) -> Found:
    hits: list[Hit] = []
    for _ in range(ROUNDS):
        part = _part(scope, wanted, where, day, after, limit - len(hits))
        hits += part.hits
        after = part.next
        if not after or len(hits) >= limit:
            break
    return Found(hits, after)


def _part(scope: Scope, wanted: Wanted, where: Q, day: dt.date, after: str, limit: int) -> Found:
    if wanted.text:
        if wanted.category:
            where &= categories.holds(wanted.category, day)
        return find(scope, wanted.text, limit=limit, after=after, where=where)
    _, key = keys.read(after)
    if wanted.category and wanted.saved is None:
        part = walking.by_category(scope, wanted.category, where, day=day, after=key, limit=limit)
        return Found(part.hits, keys.write("category", part.key) if part.key else "")
    if wanted.category:
        where &= categories.holds(wanted.category, day)
    part = walking.by_home(scope, where, after=key, limit=limit, room=0 if wanted.saved is not None else ROOM)
    return Found(part.hits, keys.write("home", part.key) if part.key else "")


def _ordered(
    scope: Scope, wanted: Wanted, where: Q, day: dt.date, after: str, limit: int, sort: str, down: bool
) -> Listed | None:
    """A page in another order than by home; None where too many fit to be put in order."""
    found = _page(scope, wanted, where, day, "", SORTED)
    if found.next:
        return None
    people = Person.objects.filter(pk__in=[one.id for one in found.hits])
    column = F(ORDERS[sort])
    order = column.desc(nulls_last=True) if down != (sort == "age") else column.asc(nulls_last=True)
    ids = list(people.order_by(order, "pk").values_list("pk", flat=True))
    last = after.removeprefix("sorted.")
    begin = ids.index(int(last)) + 1 if last.isascii() and last.isdigit() and int(last) in ids else 0
    some = ids[begin : begin + limit]
    by_id = {one.id: one for one in found.hits}
    more = len(ids) > begin + limit
    return Listed([by_id[one] for one in some], f"sorted.{some[-1]}" if more else "")


def _where(wanted: Wanted, day: dt.date) -> Q:
    """The filters that are looked up in each file."""
    living = Q(died_on__isnull=True) | Q(died_on__gt=day)
    where = EVERYBODY
    if wanted.saved is not None:
        where &= Q(pk__in=saving.members(wanted.saved))
    if wanted.sex in {"male", "female"}:
        where &= Q(sex=wanted.sex)
    if wanted.age_from is not None:
        where &= Q(born_on__lte=_years_before(day, wanted.age_from))
    if wanted.age_to is not None:
        where &= Q(born_on__gt=_years_before(day, wanted.age_to + 1))
    account = BankAccount.objects.filter(person=OuterRef("pk"), superseded_at__isnull=True, verified=True)
    near = Person.objects.filter(living, family=OuterRef("family"), visible=True, survivor__isnull=True)
    alone = Q(family__isnull=False) & ~Exists(near.exclude(pk=OuterRef("pk")))
    for said, holds in (
        (wanted.alive, living), (wanted.verified, Q(verified=True)), (wanted.phone, Q(phone_mark__isnull=False)),
        (wanted.account, Q(Exists(account))), (wanted.alone, alone & living),
    ):  # fmt: skip
        if said in {"yes", "no"}:
            where &= holds if said == "yes" else ~holds
    return where


def _years_before(day: dt.date, years: int) -> dt.date:
    """The last birth date of those who are so many full years old; who was born on 29 February has aged by 1 March."""
    year = max(day.year - years, 1)
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 2, 28)
    return day.replace(year=year)
