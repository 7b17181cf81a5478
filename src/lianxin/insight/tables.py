"""Whole tables for an auditor's own tools, each row with its voucher: the entry that wrote it and its digest.

Only rows inside the scope; sealed rows only for their access list; no names of residents, no sealed values, no free words.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from lianxin.access.permissions import Refused
from lianxin.access.queries import within
from lianxin.engine import clock
from lianxin.engine.scope import Scope
from lianxin.insight.figures import FigureValue
from lianxin.insight.register import View
from lianxin.journal import rows as digests
from lianxin.journal.models import Covered, Entry
from lianxin.journal.queries import RESTRICTED

CHUNK = 2000
LARGEST_SAMPLE = 10_000
VOUCHER = ("voucher_entry", "voucher_link", "voucher_at", "voucher_by", "voucher_action", "voucher_hash", "row_said",
           "row_digest")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table that may be taken. ``of`` is the way to the row that carries area, service and the mark of sealing."""

    code: str
    model: str
    day: str
    of: str = ""
    without: tuple[str, ...] = ()
    apart: bool = True  # has rows that are sealed

    def path(self, name: str) -> str:
        """The way to a column of the row that carries it."""
        return f"{self.of}__{name}" if self.of else name


TABLES: dict[str, Table] = {
    table.code: table
    for table in (
        Table("entries", "journal.Entry", "at", without=("rows", "purpose"), apart=False),
        Table("grants", "access.Grant", "recorded_at", apart=False),
        Table("outcomes", "outcomes.Outcome", "happened_on"),
        Table("moves", "casework.Move", "at", of="case", without=("words",)),
        Table("periods", "casework.Period", "ordered_at", of="case"),
        Table("lines", "payments.Line", "created_at"),
        Table("batches", "payments.Batch", "made_at", without=("note",)),
        Table("attempts", "payments.Attempt", "batch__made_at", of="line", without=("account_id",)),
        Table("postings", "payments.Posting", "transaction__on", of="line"),
    )
}


def _rows(
    table: Table, scope: Scope, hidden: Sequence[str], since: dt.date | None, until: dt.date | None
) -> QuerySet[Any]:
    model: Any = apps.get_model(table.model)
    shown = within(scope, table.path("area"))
    if table.code == "entries" and any(len(area) <= 4 for area in scope.areas):
        shown |= Q(area="")
    found = model._base_manager.filter(shown)
    if table.apart:
        found = found.filter(Q(**{table.path("sealed"): False}) | Q(**{f"{table.path('service')}__in": scope.sealed}))
    else:
        found = found.exclude(service__in=[*hidden, RESTRICTED])
    dated = model._meta.get_field(table.day).get_internal_type() == "DateField" if "__" not in table.day else False
    dated = dated or table.day == "transaction__on"
    if since is not None:
        found = found.filter(**{f"{table.day}__gte": since if dated else clock.midnight(since)})
    if until is not None:
        after = until + dt.timedelta(days=1)
        found = found.filter(**{f"{table.day}__lt": after if dated else clock.midnight(after)})
    return found


def drawn(ids: Sequence[int], size: int, seed: str) -> list[int]:
    """A random sample that anybody draws again from the same rows, size and seed; in id order."""
    return sorted(random.Random(f"{seed}:{size}").sample(sorted(ids), min(size, len(ids), LARGEST_SAMPLE)))  # noqa: S311


def take(
    table: Table,
    scope: Scope,
    *,
    hidden: Sequence[str] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
    sample: int = 0,
    seed: str = "",
) -> Iterator[str]:
    """The table as csv (UTF-8 with a mark, for Excel), a piece at a time; ``sample`` rows of it where given."""
    found = _rows(table, scope, hidden, since, until)
    ids: list[int] | None = drawn(list(found.values_list("pk", flat=True)), sample, seed) if sample else None
    model: Any = apps.get_model(table.model)
    names = [field.attname for field in model._meta.concrete_fields
             if field.attname not in table.without and field.get_internal_type() != "BinaryField"]  # fmt: skip
    yield "\ufeff" + _line([*names, *(VOUCHER if issubclass(model, Covered) else ())])
    last = 0
    while True:
        if ids is None:
            part = list(found.filter(pk__gt=last).order_by("pk")[:CHUNK])
        else:
            part = list(found.filter(pk__in=ids[last : last + CHUNK]).order_by("pk"))
        if not part:
            return
        last = part[-1].pk if ids is None else last + CHUNK
        yield "".join(
            _line([*_values(row, names), *voucher])
            for row, voucher in zip(part, _vouchers(part, table.without), strict=True)
        )


def take_counted(value: FigureValue, *, scope: Scope) -> Iterator[str]:
    """The rows of the register behind a number or a question, as csv with their vouchers, a piece at a time."""
    if not scope.covers(value.area):
        raise Refused("audit.take")
    model: Any = apps.get_model("outcomes.Outcome")
    names = [field.attname for field in model._meta.concrete_fields]
    yield "\ufeff" + _line([*names, *VOUCHER])
    view, last = View(value.known_at, scope.sealed), 0
    while True:
        found = view.select(value.definition, "id", area=value.area, window=value.window,
                            tail=f"AND id > %s ORDER BY id LIMIT {CHUNK}", given=[last])  # fmt: skip
        if not found:
            return
        rows = model.objects.in_bulk([row[0] for row in found])
        part, last = [rows[row[0]] for row in found], found[-1][0]
        yield "".join(
            _line([*_values(row, names), *voucher]) for row, voucher in zip(part, _vouchers(part, ()), strict=True)
        )


def _values(row: Model, names: Sequence[str]) -> list[str]:
    return [_plain(getattr(row, name)) for name in names]


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    return "" if value is None else str(value)


def _line(cells: Sequence[str]) -> str:
    """One csv line."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_text(cell) for cell in cells])
    return out.getvalue()


def _text(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is text; a negative number is one."""
    formula = cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not cell.lstrip("-").isdigit()
    return f"'{cell}" if formula else cell


def _vouchers(rows: Sequence[Any], without: Sequence[str]) -> Iterator[list[str]]:
    """Each row's entry, what its digest was made of (where every column may be shown) and the digest."""
    if not isinstance(rows[0], Covered):
        yield from ([] for _ in rows)
        return
    model = type(rows[0])
    names, empty = digests.columns(model), digests.blanks(model)
    open_ = not set(names) & set(without)
    entries = Entry.objects.in_bulk({row.entry_id for row in rows})
    for row in rows:
        entry = entries[row.entry_id]
        said = digests.said(digests.told([getattr(row, name) for name in names], empty))
        digest = hashlib.sha256(said).hexdigest()
        yield [str(entry.pk), str(entry.link), _plain(entry.at), entry.by_name, entry.action, entry.hash,
               said.decode() if open_ else "", digest]  # fmt: skip
