"""Make a release of open data: figures by county and year, with what must not be told left out, and its files.

A release looks at finished years only, at rows that nobody sealed, and at what went out before: earlier releases and
published reviews. What is written in its files is written once, when it is made; serving them counts nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from lianxin.access import queries as access
from lianxin.engine import clock, releasing
from lianxin.engine.problems import DeclarationErrors
from lianxin.engine.refusal import Refusal
from lianxin.insight import apart, definitions, differences, register, sealing, withholding, wording
from lianxin.insight.definitions import Definition
from lianxin.insight.homes import Homes
from lianxin.insight.models import Publication
from lianxin.insight.openmodels import Release
from lianxin.insight.register import CHILD, View, Window
from lianxin.insight.withholding import Atom, Block, Plan

ADDS = frozenset({"count", "distinct", "open", "amount", "quantity"})  # parts of these make their sum
PERSONAL = ("person", "family")  # keys of distinct counts that are people
_UNNAMED = register.UNNAMED_ROW


def terms() -> releasing.Terms:
    """What the catalogue says of open data. Raises :class:`Refusal` where it says nothing, or something wrong."""
    path = settings.CATALOGUE / releasing.FILE
    if not path.is_file():
        raise Refusal(gettext("The catalogue names nothing to give out: there is no open-data.yaml."))
    try:
        return releasing.read(path, definitions.load().keys())
    except DeclarationErrors as errors:
        raise Refusal(errors.problems[0].sentence("zh")) from errors


@dataclass(slots=True)
class Table:
    """One figure by area and year: values, households (:mod:`lianxin.insight.homes`) and keys of each cell."""

    definition: Definition
    view: View
    area: str
    years: tuple[int, ...]
    values: dict[Atom, int] = field(default_factory=dict)
    people: dict[Atom, set[int]] = field(default_factory=dict)
    keys: dict[Atom, set[tuple[int, Any]]] = field(default_factory=dict)  # each with the household that it is of

    def value(self, block: Block) -> int:
        """The figure over some cells together."""
        if self.definition.kind == "distinct":
            return len(set[Any]().union(*(self.keys.get(atom, ()) for atom in block)))
        return sum(self.values.get(atom, 0) for atom in block)


def window(years: Sequence[int]) -> Window:
    """The days of some years together."""
    return Window(dt.date(years[0], 1, 1), dt.date(years[-1], 12, 31))


def years_of(definition: Definition, first: int, last: int) -> tuple[int, ...]:
    """The whole years that a figure is told for; of what stands open on a day, the last one alone."""
    if definition.start is not None:
        first = max(first, definition.start.year + (definition.start > dt.date(definition.start.year, 1, 1)))
    if definition.end is not None:
        last = min(last, definition.end.year - (definition.end < dt.date(definition.end.year, 12, 31)))
    return (last,) if definition.kind == "open" and first <= last else tuple(range(first, last + 1))


def counted(definition: Definition, view: View, area: str, years: tuple[int, ...]) -> Table:
    """The table of a figure as a view knows it: one query."""
    made, homes = Table(definition, view, area, years), Homes()
    if not years:
        return made
    value = {"amount": "COALESCE(SUM(amount), 0)", "quantity": "COALESCE(SUM(quantity), 0)"}.get(
        definition.kind, "COUNT(*)"
    )
    key = f'"{definition.key}"' if definition.kind == "distinct" else "NULL"
    year = "0" if definition.kind == "open" else "year"
    part = f"substr(area, 1, {CHILD[len(area)]}) AS part"
    columns = f"{part}, {year} AS y, person, family, {key} AS k, {value}, COALESCE(SUM({_UNNAMED}), 0)"
    rows = view.select(definition, columns, area=area, window=window(years), tail="GROUP BY 1, 2, 3, 4, 5")
    for row in rows:
        homes.join(row[2], row[3])
    nobody = -(10**13)  # whoever is not named is nobody else
    for place, year_, person, family, key_, value_, unnamed in rows:
        who = homes.of(person, family)
        atom = (str(place), int(year_) or years[-1])
        made.values[atom] = made.values.get(atom, 0) + int(value_)
        some = made.people.setdefault(atom, set())
        if who is not None:
            some.add(who)
        for _each in range(min(int(unnamed), settings.SMALL_CELL)):
            nobody -= 1
            some.add(nobody)
        if key_ is not None:
            made.keys.setdefault(atom, set()).add((who if who is not None and definition.key in PERSONAL else 0, key_))
    return made


def areas_of(area: str) -> list[str]:
    """The areas one level below, those too that ended into another one."""
    return [one.code for one in access.parts(area)]


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as an earlier release told it, with the rows that it counted then."""

    release: int
    known_at: dt.datetime
    kept: Mapping[str, Any]

    @property
    def plan(self) -> Plan:
        """How it was cut."""
        cut = self.kept["cut"]
        periods = tuple(tuple(some) for some in cut["periods"])
        shown = {some: frozenset(alone) for some, alone in zip(periods, cut["shown"], strict=True)}
        return Plan(tuple(cut["areas"]), periods, shown, frozenset(cut["sums"]))


def make(
    *, area: str, from_year: int, to_year: int, known_at: dt.datetime, before: Sequence[Release]
) -> dict[str, Any]:  # fmt: skip
    """The content of a release: each figure's cells, what is left out and why, terms and version.

    ``before`` are the releases that left the house, withdrawn ones too, the oldest first.
    """
    said, known = terms(), definitions.load()
    sealed = register.sealed_services()
    parts = areas_of(area)
    told, left = [], []
    for code in said.figures:
        definition, years = known[code], years_of(known[code], from_year, to_year)
        earlier = [
            Told(one.pk, dt.datetime.fromisoformat(kept["known_at"]), kept)
            for one in before if one.area == area for kept in one.content["figures"] if kept["code"] == code
        ]  # fmt: skip
        made, why = _figure(definition, area, years, parts, known_at, earlier, sealed)
        if made is None:
            left.append({"code": code, "name": {"zh": definition.name.zh, "en": definition.name.en}, "why": why})
        else:
            told.append(made)
    return {
        "format": "lianxin-open-data-1", "area": area, "from": from_year, "to": to_year, "known_at": known_at.isoformat(),
        "least": settings.SMALL_CELL, "figures": told, "left_out": left,
        "terms": {"publisher": vars_of(said.publisher), "contact": vars_of(said.contact), "licence": vars_of(said.licence),
                  "licence_address": said.licence_address},
        "names": {code: dict(zip(("zh", "en"), pair, strict=True)) for code, pair in access.area_names([area, *parts]).items()},
    }  # fmt: skip


def vars_of(name: Any) -> dict[str, str]:
    """A name in both languages, ready for JSON."""
    return {"zh": name.zh, "en": name.en}


def _figure(
    definition: Definition, area: str, years: tuple[int, ...], parts: Sequence[str], known_at: dt.datetime,
    earlier: Sequence[Told], sealed: frozenset[str],
) -> tuple[dict[str, Any] | None, str]:  # fmt: skip
    """One figure as it is told, or why it is left out: years | measure | sealed | people | small | apart."""
    if not years:
        return None, "years"
    if definition.kind not in ADDS:
        return None, "measure"
    view = View(known_at, frozenset())
    if sealed and _count(definition, view.seeing(None), area, years) != _count(definition, view, area, years):
        return None, "sealed"
    table = counted(definition, view, area, years)
    if definition.kind == "open" and any(table.people.values()):
        return None, "people"  # what stands open on two days differs by people that no year names
    keys = table.keys if definition.kind == "distinct" and definition.key in PERSONAL else None
    places = sorted({*parts, *(part for part, _year in table.people)})
    if earlier:
        newest, made = (
            earlier[-1],
            withholding.extended(earlier[-1].plan, table.people, places, years, settings.SMALL_CELL, keys),
        )
        if made is None or any(
            withholding.tells(
                one.plan.blocks, made.blocks, _moved(definition, view, area, years, one), settings.SMALL_CELL
            )
            for one in reversed(earlier)
        ):
            return {**newest.kept, "carried": newest.kept.get("carried") or newest.release}, ""
    else:
        made = withholding.plan(table.people, places, years, settings.SMALL_CELL, keys)
    if made is None:
        return None, "small"
    if _beside_reviews(table, made, known_at):
        return None, "apart"
    return _kept(table, made, known_at), ""


def _count(definition: Definition, view: View, area: str, years: Sequence[int]) -> int:
    return int(view.select(definition, "COUNT(*)", area=area, window=window(years))[0][0])


def _moved(definition: Definition, view: View, area: str, years: tuple[int, ...], one: Told) -> dict[Atom, set[int]]:
    """Who stands behind rows that only one of two releases counts, by the cells where either has them."""
    old = differences.as_published(definition, one.kept)
    then = View(one.known_at, frozenset())
    before = _rows(old, then, area, tuple(one.kept["years"]))
    now = _rows(definition, view, area, years)
    homes = Homes()
    for row in (*before.values(), *now.values()):
        homes.join(*row[1])
    found: dict[Atom, set[int]] = {}
    nobody = -(10**13)
    for mine, other in ((before, now), (now, before)):
        for pk, (atom, whose, unnamed) in mine.items():
            if other.get(pk) == (atom, whose, unnamed):
                continue
            who = homes.of(*whose)
            some = found.setdefault(atom, set())
            if who is not None:
                some.add(who)
            for _each in range(min(unnamed, settings.SMALL_CELL)):
                nobody -= 1
                some.add(nobody)
    return found


def _rows(
    definition: Definition, view: View, area: str, years: tuple[int, ...]
) -> dict[int, tuple[Atom, tuple[int | None, int | None], int]]:
    """Every row that is counted: its cell, its person and family, how many unnamed it stands for."""
    year = "0" if definition.kind == "open" else "year"
    columns = f"id, substr(area, 1, {CHILD[len(area)]}) AS part, {year} AS y, person, family, {_UNNAMED}"
    rows = view.select(definition, columns, area=area, window=window(years))
    return {row[0]: ((str(row[1]), int(row[2]) or years[-1]), (row[3], row[4]), int(row[5])) for row in rows}


def _beside_reviews(table: Table, plan: Plan, known_at: dt.datetime) -> bool:
    """Whether a published review's number, subtracted from one of these, would speak of too few people."""
    before = told_in_reviews(table.definition.code, [table.area, *plan.areas])
    for place, years, value in cells(table, plan):
        if value is None or place not in before:
            continue
        now = apart.Told(window(years), known_at, wording.said(table.definition, value, "zh"))
        if apart.few_between(table.definition, table.view, place, now, before[place]) is not None:
            return True
    return any(
        apart.few_beside(definition=table.definition, view=table.view, area=place, now=one,
                         beside=[apart.Cells(_alone(plan, place), known_at)]) is not None
        for place, reviews in before.items() for one in reviews
    )  # fmt: skip


def _alone(plan: Plan, area: str) -> tuple[Window, ...]:
    """The periods of which an area, or the whole, is told alone."""
    return tuple(window(some) for some in plan.periods if area not in plan.areas or area in plan.shown[some])


def spans_in_releases(area: str, releases: Iterable[Release]) -> dict[str, list[apart.Cells]]:
    """The periods of which releases told an area alone, by figure: none of them is within another."""
    found: dict[str, list[apart.Cells]] = {}
    for release in releases:
        for kept in release.content["figures"]:
            if area == release.area or area in kept["cut"]["areas"]:
                told = Told(release.pk, dt.datetime.fromisoformat(kept["known_at"]), kept)
                found.setdefault(kept["code"], []).append(apart.Cells(_alone(told.plan, area), told.known_at))
    return found


def told_in_reviews(code: str, areas: Iterable[str]) -> dict[str, list[apart.Told]]:
    """A figure as published reviews told it, by area."""
    found: dict[str, list[apart.Told]] = {}
    for made in Publication.objects.filter(area__in=list(areas)).order_by("pk"):
        kept = made.figures.get(code)
        if kept is not None and kept["value"] is not None:
            since = dt.date.fromisoformat(kept["from"]) if kept["from"] else None
            one = apart.Told(Window(since, dt.date.fromisoformat(kept["to"])), made.known_at, kept["said"]["zh"])
            found.setdefault(made.area, []).append(one)
    return found


def told_in_releases(
    area: str, releases: Iterable[Release], known: Mapping[str, Definition]
) -> dict[str, list[apart.Told]]:
    """What releases told of an area, by figure: what a review is compared with before it is published."""
    found: dict[str, list[apart.Told]] = {}
    for release in releases:
        for kept in release.content["figures"]:
            definition = known.get(kept["code"])
            for cell in kept["cells"] if definition is not None else ():
                if cell["area"] == area and cell["value"] is not None and definition is not None:
                    said = wording.said(definition, cell["value"], "zh")
                    span = window((cell["from"], cell["to"]))
                    found.setdefault(kept["code"], []).append(apart.Told(span, release.known_at, said))
    return found


def cells(table: Table, plan: Plan) -> list[tuple[str, tuple[int, ...], int | None]]:
    """Every cell of a figure as it is told: area, years, value (None: not told alone)."""
    made: list[tuple[str, tuple[int, ...], int | None]] = []
    every = tuple(year for years in plan.periods for year in years)
    spans = [every, *plan.periods] if len(plan.periods) > 1 else [every]
    for years in spans:
        made.append((table.area, years, table.value(frozenset((area, year) for area in plan.areas for year in years))))
        alone = plan.sums if years == every and len(plan.periods) > 1 else plan.shown[years]
        made += [
            (area, years, table.value(frozenset((area, year) for year in years)) if area in alone else None)
            for area in plan.areas
        ]
    return made


def _kept(table: Table, plan: Plan, known_at: dt.datetime) -> dict[str, Any]:
    definition, years = table.definition, sorted(year for some in plan.periods for year in some)
    committed = sealing.commit(definition, table.area, window(years), known_at)
    return {
        "code": definition.code, "name": vars_of(definition.name), "unit": vars_of(definition.unit),
        "measure": f"{definition.kind} {definition.key}".strip(), "where": definition.where, "version": definition.version,
        "years": [years[0], years[-1]] if len(years) > 1 else [years[0], years[0]], "money": definition.money,
        "root": committed.root.hex(), "rows": len(committed.leaves), "known_at": known_at.isoformat(),
        "cells": [{"area": area, "from": some[0], "to": some[-1], "value": value} for area, some, value in cells(table, plan)],
        "cut": {"areas": plan.areas, "periods": plan.periods, "shown": [sorted(plan.shown[some]) for some in plan.periods],
                "sums": sorted(plan.sums)},
    }  # fmt: skip


def last_finished_year(at: dt.datetime) -> int:
    """The last year that is over."""
    return clock.day(at).year - 1
