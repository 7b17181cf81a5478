"""The files as they would be, without writing them: views that stand before the real tables for this connection only.

A preview must judge people by facts that are not there yet. Writing them in a transaction and rolling it back would hold
the one writer's lock of SQLite for as long as a ledger takes; here the planned rows lie in temporary tables, and a
temporary view of the table's own name shows the real rows, less the superseded, plus the planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.db import connection

from lianxin.journal import actions as journal
from lianxin.people.entering import ANCHOR
from lianxin.people.gathered import KIN_LOADED, LOADED, Filing
from lianxin.people.identities import some
from lianxin.people.kinship import Ties
from lianxin.people.models import Family, Kin, Person

_MODELS: tuple[Any, ...] = (*LOADED, Kin, Person, Family)
_LAST = 1 << 60  # planned rows come after all that there are


class Overlay:
    """Gathers planned rows; :meth:`standing` lets them stand. Use it as a context manager: it clears up."""

    def __init__(self) -> None:
        self._ids = count(_LAST)
        self._used: set[str] = set()

    def __enter__(self) -> Overlay:
        with connection.cursor() as cursor:
            for model in _MODELS:
                table = model._meta.db_table
                cursor.execute(f'CREATE TEMP TABLE "_new_{table}" AS SELECT * FROM "{table}" WHERE 1 = 0')
                cursor.execute(f'CREATE TEMP TABLE "_gone_{table}" (id bigint PRIMARY KEY)')
        return self

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            for model in _MODELS:
                for name in ("_new_", "_gone_"):
                    cursor.execute(f'DROP TABLE IF EXISTS "{name}{model._meta.db_table}"')

    def take(self, filing: Filing) -> None:
        """What filing plans."""
        for model, rows in filing.adds.items():
            self._add(model, LOADED[model], rows)
        for model, ids in filing.supersedes.items():
            self._gone(model, ids)
        seen = [(*row[1:-1], True) for row in filing.persons]  # ``visible`` is the last of an anchor's columns
        self._add(Person, ANCHOR[1:], seen, [row[0] for row in filing.persons])
        self._add(Family, ("code", "home", "address"), [row[1:] for row in filing.families],
                  [row[0] for row in filing.families])  # fmt: skip

    def tie(self, ties: Ties) -> None:
        """What is planned about relations."""
        self._add(Kin, KIN_LOADED, ties.adds)
        self._gone(Kin, ties.gone)

    def _add(self, model: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]], ids: Sequence[int] = ()) -> None:
        if not rows:
            return
        numbered = [list(ids) or [next(self._ids) for _ in rows], *map(list, zip(*rows, strict=True))]
        self._used.add(model._meta.db_table)
        journal.insert_columns(model, ("id", *columns), numbered, table=f"_new_{model._meta.db_table}")

    def _gone(self, model: Any, ids: Sequence[int]) -> None:
        table = model._meta.db_table
        self._used |= {table} if ids else set()
        with connection.cursor() as cursor:
            for part in some(ids):
                marks = ",".join(["(%s)"] * len(part))
                cursor.execute(f'INSERT INTO "_gone_{table}" (id) VALUES {marks}', part)

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Everything that reads the files reads them as they would be."""
        real = "main" if connection.vendor == "sqlite" else "public"
        tables = sorted(self._used)
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(
                    f'CREATE TEMP VIEW "{table}" AS SELECT * FROM {real}."{table}" WHERE id NOT IN '
                    f'(SELECT id FROM "_gone_{table}") UNION ALL SELECT * FROM "_new_{table}"'
                )
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                for table in tables:
                    cursor.execute(f'DROP VIEW {"temp" if connection.vendor == "sqlite" else "pg_temp"}."{table}"')
