"""Read counts and statements within a scope. Nothing here reads a pseudonym: no list, no export, no page can show one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, Sum

from lianxin.access.queries import office_names, within
from lianxin.cards.models import Claim, DayClosed, Device, Statement, StatementLine, StatementStep, Tally
from lianxin.engine.scope import Scope


def hours(
    scope: Scope, *, scene: str = "", line: str = "", day: dt.date | None = None, after: str = "", limit: int = 50
) -> tuple[list[dict[str, Any]], str]:
    """Uses by day, hour, line and operator, all kinds together, the newest first; what is small is not said exactly.

    ``after`` is the key of the last row seen.
    """
    rows = Tally.objects.filter(within(scope, "area"), hour__gte=0)
    if scene:
        rows = rows.filter(scene=scene)
    if line:
        rows = rows.filter(line=line)
    if day is not None:
        rows = rows.filter(day=day)
    order = ("-day", "-hour", "line", "office", "scene")
    seen = _key(after)
    if seen is not None:
        on, hour, name, office, where = seen
        same = Q(day=on, hour=hour)
        rows = rows.filter(
            Q(day__lt=on) | Q(day=on, hour__lt=hour) | same & Q(line__gt=name) | same & Q(line=name, office__gt=office)
            | same & Q(line=name, office=office, scene__gt=where)
        )  # fmt: skip
    found: list[dict[str, Any]] = []
    for days in (2, 10, 60, 10_000):  # the newest days mostly fill a page: nothing older is added up for it
        newest = list(rows.order_by("-day").values_list("day", flat=True).distinct()[:days])
        some = rows.filter(day__gte=newest[-1]) if newest else rows
        summed = some.values("day", "hour", "line", "office", "scene").annotate(n=Sum("uses"), where=Min("area"))
        found = [dict(row) for row in summed.order_by(*order)[:limit]]
        if len(found) == limit or len(newest) < days:
            break
    names = office_names({row["office"] for row in found})
    for row in found:
        row["operator"] = names.get(row["office"], ("", ""))
        row["few"] = row["n"] < settings.SMALL_CELL
    last = found[-1] if len(found) == limit else None
    return found, "~".join(str(last[one.lstrip("-")]) for one in order) if last else ""


def _key(after: str) -> tuple[dt.date, int, str, int, str] | None:
    """The row after which the next ones follow; None where the address names none."""
    parts = after.split("~")
    try:
        day, hour, line, office, scene = parts
        return dt.date.fromisoformat(day), int(hour[:3]), line, int(office[:12]), scene
    except ValueError:
        return None


def often(*, limit: int = 7) -> list[DayClosed]:
    """How many cards were used implausibly often on the last days: numbers of the whole city."""
    return list(DayClosed.objects.filter(what="rates").order_by("-day")[:limit])


@dataclass(frozen=True, slots=True)
class Row:
    """A statement in a list."""

    id: int
    number: str
    office: tuple[str, str]
    area: str
    month: dt.date
    state: str
    uses: int
    total: int
    made_at: dt.datetime
    maker_name: str
    differing: int | None


def statements(
    scope: Scope, *, state: str = "", month: str = "", after: int | None = None, limit: int = 50
) -> list[Row]:
    """Statements of one's area, the newest first."""
    rows = Statement.objects.filter(within(scope, "area")).select_related("office")
    if state:
        rows = rows.filter(state=state)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[:limit])
    differ: dict[int, int] = {}
    for claim in Claim.objects.filter(statement__in=[one.pk for one in found]).order_by("pk"):
        differ[claim.statement_id] = claim.differing
    return [
        Row(one.pk, one.number, (one.office.name, one.office.name_en or one.office.name), one.area, one.month, one.state, one.uses,
            one.total, one.made_at, one.maker_name, differ.get(one.pk))
        for one in found
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """A statement's page."""

    one: Statement
    office: tuple[str, str]
    lines: list[StatementLine]
    steps: list[StatementStep]
    claims: list[Claim]


def statement(scope: Scope, pk: int) -> View | None:
    """One statement of the area with its lines, hands and what the operator said."""
    one = Statement.objects.filter(within(scope, "area"), pk=pk).select_related("office").first()
    if one is None:
        return None
    lines = StatementLine.objects.filter(statement=one).order_by("scene", "line", "kind", "pk")
    return View(one, (one.office.name, one.office.name_en or one.office.name), list(lines),
                list(StatementStep.objects.filter(statement=one).order_by("pk")),
                list(Claim.objects.filter(statement=one).order_by("-pk")[:6]))  # fmt: skip


def unnamed(one: Statement) -> tuple[int, int]:
    """Uses of the month that no pseudonym stands behind (by hand, too late, or invented), and all but the forces'."""
    first, last = one.month, (one.month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    rows = Tally.objects.filter(office=one.office_id, day__range=(first, last), hour__gte=0)
    sums = rows.aggregate(n=Sum("uses"), of=Sum("named"))
    return (sums["n"] or 0) - (sums["of"] or 0), sums["n"] or 0


def operators(scope: Scope) -> list[tuple[int, tuple[str, str]]]:
    """Offices of the area that have devices, for choices."""
    ids = Device.objects.filter(within(scope, "area")).values_list("office_id", flat=True).distinct()
    return sorted(office_names(set(ids)).items(), key=lambda one: one[1])
