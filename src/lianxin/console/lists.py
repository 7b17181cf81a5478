"""The one list page: columns, filters as an address, keyset paging, xlsx, a printed form with signatures.

A page describes its list once (:class:`Listing`) and hands over ``fetch``, which asks a room's query for one page of
rows. Everything else is here, so that no list of ours forgets to mask, to record an export or to page by key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language

from lianxin.access.gate import Request
from lianxin.access.queries import area_names
from lianxin.access.templatetags import ui
from lianxin.console import papercodes, workbook
from lianxin.engine import clock
from lianxin.journal import actions as journal
from lianxin.journal import looks

Words = str | Promise
Kind = Literal["text", "money", "day", "moment", "number", "due", "area", "since"]
PAGE = 50
CHUNK = 500
EXPORT_LIMIT = 20_000
PRINT_LIMIT = 500


class Page(Protocol):
    """What a room's query answers: some rows, and the key after which the next ones follow (blank: no more)."""

    @property
    def rows(self) -> Sequence[Any]:
        """The rows of this page."""

    @property
    def next(self) -> str:
        """The key of the page after this one; blank on the last."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A page for queries that answer plain rows."""

    rows: Sequence[Any]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``code`` is the row's attribute (or key); ``value`` computes it instead."""

    code: str
    title: Words
    kind: Kind = "text"
    value: Callable[[Any], Any] | None = None
    href: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None  # pine | amber | red | gold | sky: shown as a tag
    sort: bool = False
    head: bool = False  # leads the card that a narrow screen shows instead of a row
    small: Callable[[Any], str] | None = None  # muted words beside the value
    whole: bool = False  # a number or a phone: never broken over two lines
    screen_only: bool = False

    def of(self, row: Any) -> Any:
        """The plain value of this column in a row."""
        if self.value is not None:
            return self.value(row)
        return row.get(self.code) if isinstance(row, dict) else getattr(row, self.code)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list may be narrowed by. ``chips`` show every choice; ``select``, ``text`` and ``day`` are
    fields; ``link`` shows nothing, the page links to it itself."""

    code: str
    title: Words
    choices: Sequence[tuple[str, Words]] = ()
    kind: Literal["chips", "select", "text", "day", "link"] = "chips"
    counts: dict[str, int] | None = None

    def reads(self, given: str) -> str:
        """What was asked, where it is a possible answer; blank otherwise, so that a forged address asks nothing."""
        given = given.strip()[:80]
        if self.kind in {"chips", "select", "link"}:
            return given if given in {code for code, _ in self.choices} else ""
        if self.kind == "day":
            try:
                return dt.date.fromisoformat(given).isoformat() if given else ""
            except ValueError:
                return ""
        return given


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a list: its filters, its order and the key to go on from."""

    filters: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    down: bool = False
    after: str = ""
    limit: int = PAGE

    def get(self, code: str, default: str = "") -> str:
        """The value of a filter, blank where none is set."""
        return self.filters.get(code, default)


Fetch = Callable[[Asked], Page]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its columns and filters, its words, and the permission that an export needs (blank: none)."""

    code: str
    title: Words
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    words: Words = ""
    empty: Words = ""
    empty_words: Words = ""
    export: str = ""
    exports: bool = True
    sort: str = ""
    down: bool = False
    template: str = "console/list.html"
    form_title: Words = ""

    def read(self, request: HttpRequest) -> Asked:
        """The question that an address asks; what is not on the allow-list is left out."""
        filters = {one.code: one.reads(request.GET.get(one.code, "")) for one in self.filters}
        sortable = {column.code for column in self.columns if column.sort}
        asked = request.GET.get("sort", "")
        sort, down = (asked.lstrip("-"), asked.startswith("-")) if asked.lstrip("-") in sortable else ("", False)
        if not sort:
            sort, down = self.sort, self.down
        kept = {code: value for code, value in filters.items() if value}
        return Asked(kept, sort, down, request.GET.get("after", "")[:200])


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as a page shows it."""

    column: Column
    text: str
    href: str = ""
    tone: str = ""
    small: str = ""
    light: str = ""

    @property
    def classes(self) -> str:
        """The classes of its place in a table: worked out here, for a page of fifty rows asks it hundreds of times."""
        column = self.column
        return " ".join(name for name, there in (
            ("n", column.kind in {"money", "number"}), ("lead", column.head), ("none", not self.text),
            ("whole", column.kind in {"due", "since", "day"}),
        ) if there)  # fmt: skip


def may_export(request: Request, listing: Listing) -> bool:
    """Whether this actor may take this list away on paper or as a workbook."""
    return listing.exports and (not listing.export or request.actor.may(listing.export))


def show(
    request: Request, listing: Listing, fetch: Fetch, *, later: Callable[[], dict[str, Any]] | None = None, **extra: Any
) -> HttpResponse:
    """Answer a list's address: the page, its workbook (``as=xlsx``) or its printed form (``as=form``).

    ``later`` gives more of the page once the rows are known (the inbox's panel).
    """
    asked = listing.read(request)
    form = request.GET.get("as", "")
    if form in {"xlsx", "form"}:
        if not may_export(request, listing):
            raise PermissionDenied
        return _take_away(request, listing, asked, fetch, form)
    page = fetch(asked)
    know_areas(request, listing, page.rows)
    given = {
        "listing": listing,
        "columns": [_heading(request, column, asked) for column in listing.columns],
        "rows": [(row, [_cell(request, column, row) for column in listing.columns]) for row in page.rows],
        "filters": [_choices(request, one, asked) for one in listing.filters],
        "fields": any(one.kind not in {"chips", "link"} for one in listing.filters),
        "asked": asked,
        "next_page": _address(request, after=page.next) if page.next else "",
        "first_page": _address(request, after="") if asked.after else "",
        "xlsx": _address(request, **{"as": "xlsx", "after": ""}) if may_export(request, listing) else "",
        "printed": _address(request, **{"as": "form", "after": ""}) if may_export(request, listing) else "",
        **extra,
        **(later() if later else {}),
    }
    return render(request, listing.template, given)


def know_areas(request: HttpRequest, listing: Listing, rows: Sequence[Any]) -> None:
    """Read the names of all areas on a page in one query."""
    know_codes(request, [column.of(row) for column in listing.columns if column.kind == "area" for row in rows])


def know_codes(request: HttpRequest, codes: Sequence[str]) -> None:
    """Read the names of these areas in one query, for ``{% area %}`` and area columns."""
    known: dict[str, tuple[str, str]] = getattr(request, "known_areas", {})
    missing = [code for code in dict.fromkeys(codes) if code and code not in known]
    if missing:
        request.known_areas = {**known, **area_names(missing)}  # type: ignore[attr-defined]


def _area(request: HttpRequest, code: str) -> str:
    known: dict[str, tuple[str, str]] = getattr(request, "known_areas", {})
    return known.get(code, ("", ""))[0 if get_language() == "zh-hans" else 1]


def text(request: HttpRequest, column: Column, row: Any) -> str:
    """A value in words of the page's language."""
    value = column.of(row)
    if value is None or value == "":
        return ""
    if column.kind == "area":
        return _area(request, value)
    say: dict[str, Callable[[Any], str]] = {
        "money": ui.yuan, "day": ui.day, "moment": ui.moment, "due": ui.due, "since": ui.since,
    }  # fmt: skip
    return str(say.get(column.kind, str)(value))


def _cell(request: HttpRequest, column: Column, row: Any) -> Cell:
    return Cell(
        column, text(request, column, row),
        column.href(row) if column.href else "",
        column.tone(row) if column.tone else "",
        column.small(row) if column.small else "",
        ui.light(column.of(row)) if column.kind == "due" else "",
    )  # fmt: skip


def _address(request: HttpRequest, **changes: str) -> str:
    """This page's address with some of what it asks changed; blank values are left out."""
    query = request.GET.copy()
    for code, value in changes.items():
        query.pop(code, None)
        if value:
            query[code] = value
    text = query.urlencode()
    return f"?{text}" if text else request.path


def _heading(request: HttpRequest, column: Column, asked: Asked) -> dict[str, Any]:
    here = column.code == asked.sort and column.sort
    following = f"-{column.code}" if here and not asked.down else column.code
    return {
        "column": column,
        "href": _address(request, sort=following, after="") if column.sort else "",
        "sorted": ("descending" if asked.down else "ascending") if here else "",
    }


def _choices(request: HttpRequest, one: Filter, asked: Asked) -> dict[str, Any]:
    chosen = asked.get(one.code)
    options = [
        {"code": code, "title": title, "on": code == chosen, "href": _address(request, **{one.code: code, "after": ""}),
         "count": (one.counts or {}).get(code)}
        for code, title in one.choices
    ]  # fmt: skip
    return {"filter": one, "chosen": chosen, "options": options,
            "all": _address(request, **{one.code: "", "after": ""})}  # fmt: skip


def everything(fetch: Fetch, asked: Asked, limit: int) -> Iterator[Any]:
    """All rows of a question, page after page, up to ``limit``."""
    left, after = limit, ""
    while left > 0:
        page = fetch(replace(asked, after=after, limit=min(CHUNK, left)))
        yield from page.rows
        left -= len(page.rows)
        after = page.next
        if not after:
            return


def noted(request: Request, listing: Listing, asked: Asked, form: str, rows: int) -> int:
    """Write down that a list was taken away; the entry's id. What was typed may hold a name: said to be set, not what."""
    free = {one.code for one in listing.filters if one.kind == "text"}
    made = journal.note(
        action="list.export", by=request.actor, at=clock.now(), list=listing.code, form=form, rows=rows,
        filters={code: "…" if code in free else value for code, value in asked.filters.items()},
    )  # fmt: skip
    return int(made.pk)


def _take_away(request: Request, listing: Listing, asked: Asked, fetch: Fetch, form: str) -> HttpResponse:
    """A list on paper or as a workbook; who took which list with how many rows stands in the journal."""
    limit = EXPORT_LIMIT if form == "xlsx" else PRINT_LIMIT
    found = list(everything(fetch, asked, limit + 1))
    rows, cut = found[:limit], len(found) > limit
    columns = [column for column in listing.columns if not column.screen_only]
    know_areas(request, listing, rows)
    free = {one.code for one in listing.filters if one.kind == "text"}
    looks.contains(noted(request, listing, asked, form, len(rows)), _persons(rows))
    if form == "xlsx":
        return _workbook(request, listing, columns, rows)
    given = {
        "listing": listing, "columns": columns, "cut": cut, "limit": limit, "printed_at": clock.now(),
        "rows": [[text(request, column, row) for column in columns] for row in rows],
        "printed": papercodes.of_list(request, free=free),
    }  # fmt: skip
    return render(request, "ui/printed.html", given)


def _persons(rows: Sequence[Any]) -> set[int]:
    """Whose rows a list holds, so that they can be told of it."""
    found = {row.get("person") if isinstance(row, dict) else getattr(row, "person", None) for row in rows}
    return {one for one in found if isinstance(one, int)}


def _workbook(request: Request, listing: Listing, columns: Sequence[Column], rows: Sequence[Any]) -> HttpResponse:
    """The rows as xlsx: amounts, days and numbers stay what they are, everything else is plain text."""
    plain = {"money", "day", "moment", "number"}
    head = [workbook.Head(str(column.title), column.kind) for column in columns]
    body = (
        [column.of(row) if column.kind in plain else _plain(request, column, row) for column in columns] for row in rows
    )
    name = f"{listing.code}-{clock.today().isoformat()}.xlsx"
    return workbook.answer(name, str(listing.title), head, body)


def _plain(request: HttpRequest, column: Column, row: Any) -> Any:
    value = column.of(row)
    return value if column.kind == "due" else text(request, column, row)
