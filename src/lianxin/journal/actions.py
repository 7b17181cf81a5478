"""Write the journal: open an entry, write rows under it, close it into the chain, all in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Field, Model

from lianxin.engine.scope import Actor
from lianxin.journal import guard
from lianxin.journal import rows as digests
from lianxin.journal.models import Covered, Dated, Entry, Head, Marks, Rewritten

Row = TypeVar("Row", bound=Covered)
CHUNK = 5000
FEW = 40
REWRITTEN = "/rewritten"  # behind a table: its rows as this entry left them
SHORT = 4  # bytes of a row's digest that name it among the rows of its entry


@dataclass(frozen=True, slots=True)
class Ready:
    """Rows of a model that wait to be loaded: by columns as the driver takes them, and the digest of each."""

    model: type[Covered]
    columns: tuple[str, ...]
    values: Sequence[Sequence[Any]]
    digests: list[bytes]


class Writing:
    """The open entry: rows written through it carry its id and are covered by its digest."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.id: int = entry.pk
        self._digests: dict[str, list[bytes]] = {}

    def _cover(self, table: str, digest: bytes) -> None:
        self._digests.setdefault(table, []).append(digest)

    def add(self, items: Sequence[Row]) -> list[Row]:
        """Insert model instances (few or thousands) under this entry; returns them with their ids."""
        if not items:
            return []
        model = type(items[0])
        names = digests.columns(model)
        guard.check_rows(model, ([getattr(item, name) for item in items] for name in names))
        for item in items:
            item.entry_id = self.id
        made = _insert_items(model, items)
        for item in made:
            self._cover(model._meta.label_lower, digests.of(model, [getattr(item, name) for name in names]))
        return made

    def load(self, model: type[Covered], columns: Sequence[str], values: Iterable[Sequence[Any]]) -> int:
        """Insert prepared tuples through the database's fastest road; returns how many.

        ``columns`` are attribute names (``person_id``) and must name every covered column that has no default in
        ``values``' tuples; columns left out are null or blank and must be so in the database too. Values are Python
        values (dates, datetimes in UTC, bytes, dicts for JSON columns).
        """
        given = list(zip(*values, strict=True))
        guard.check_rows(model, given)
        return self._put(_ready(model, columns, given))

    def put(self, ready: Ready) -> int:
        """:meth:`load` of what :func:`ready` prepared, perhaps in another process."""
        guard.check_rows(ready.model, ready.values)
        return self._put(ready)

    def _put(self, ready: Ready) -> int:
        count = len(ready.digests)
        if count:
            self._digests.setdefault(ready.model._meta.label_lower, []).extend(ready.digests)
            put_columns(ready.model, [*ready.columns, "entry_id"], [*ready.values, [self.id] * count])
        return count

    def supersede(self, model: type[Dated], ids: Sequence[int], at: dt.datetime) -> int:
        """Mark rows as no longer known true from ``at`` on; they stay readable with ``known-at``."""
        done = 0
        names = digests.columns(model)
        for start in range(0, len(ids), 900):
            some = ids[start : start + 900]
            rows = model._base_manager.filter(pk__in=some, superseded_at__isnull=True)
            for row in rows.select_for_update().values_list(*names):
                self._cover(f"{model._meta.label_lower}/superseded", digests.of(model, row))
            done += rows.update(superseded_at=at, superseded_by=self.id)
        return done

    def rewrite(self, model: type[Covered], values: Mapping[int, Mapping[str, Any]]) -> int:
        """Give covered rows other values in place, by id: for what must not be kept (erased, sealed under an old key).

        A correction never comes this way. The entry covers the rows as they are now, and what their digests were
        stays beside, so that every older entry still closes. Ids that are gone are left out.
        """
        table, names = model._meta.label_lower, digests.columns(model)
        rows = list(model._base_manager.filter(pk__in=list(values)).select_for_update().order_by("pk"))
        former = []
        for row in rows:
            before = digests.of(model, [getattr(row, name) for name in names])
            former.append(row.pk.to_bytes(8, "big") + before)
            for name, value in values[row.pk].items():
                setattr(row, name, value)
            self._cover(table + REWRITTEN, digests.of(model, [getattr(row, name) for name in names]))
        changed = sorted({name for given in values.values() for name in given})
        if rows and changed:
            update_columns(model, changed, [(*(getattr(row, name) for name in changed), row.pk) for row in rows])
            Rewritten.objects.create(entry=self.id, table=table, former=b"".join(former))
        return len(rows)

    def say(self, **detail: Any) -> None:
        """Add counts and codes to the entry's detail; never personal data."""
        self.entry.detail.update(detail)


@contextmanager
def entry(
    *,
    action: str,
    by: Actor,
    at: dt.datetime,
    purpose: str = "",
    area: str = "",
    person: int | None = None,
    case: int | None = None,
    service: str = "",
    run: str = "",
    **detail: Any,
) -> Iterator[Writing]:
    """Open the entry of one action; everything inside is one transaction, and a failure leaves nothing."""
    with transaction.atomic():
        made = Entry(
            at=at, by_account=by.account, by_name=by.name, office=by.office, action=action, purpose=purpose,
            area=area or by.area, person=person, case=case, service=service, run=run, detail=detail,
        )  # fmt: skip
        insert_few([made])
        writing = Writing(made)
        yield writing
        _close(writing)


def note(*, action: str, by: Actor, at: dt.datetime, **given: Any) -> Entry:
    """An entry that covers no rows (a reveal, an export, a refused attempt)."""
    with entry(action=action, by=by, at=at, **given) as writing:
        pass
    return writing.entry


def ready(model: type[Covered], columns: Sequence[str], values: Iterable[Sequence[Any]]) -> Ready:
    """Make rows ready for :meth:`Writing.put`; pure, so that it may be done away from the database. Columns as in
    :meth:`Writing.load`; a model with JSON is loaded, because its texts are looked at before they become one."""
    if any(model._meta.get_field(name).get_internal_type() == "JSONField" for name in columns):
        raise ValueError(f"{model.__name__} holds JSON: load its rows")
    return _ready(model, columns, list(zip(*values, strict=True)))


def _ready(model: type[Covered], columns: Sequence[str], given: Sequence[Sequence[Any]]) -> Ready:
    covered = digests.columns(model)
    missing = [name for name in covered if name not in columns and name not in model.later]
    if missing:
        raise ValueError(f"{model.__name__}: give every covered column, missing {', '.join(missing)}")
    if not given:
        return Ready(model, tuple(columns), [[]] * len(columns), [])
    left_out = dict(zip(model.later, digests.blanks(model), strict=True))
    cells = [given[columns.index(name)] if name in columns else [left_out[name]] * len(given[0]) for name in covered]
    return Ready(model, tuple(columns), adapted(model, columns, given), digests.many(model, cells))


def _close(writing: Writing) -> None:
    made = writing.entry
    made.rows = [
        {"table": table, "count": len(found), "digest": digests.together(found)}
        for table, found in sorted(writing._digests.items())
    ]
    Marks.objects.bulk_create(
        [
            Marks(entry=made.pk, table=table, marks=b"".join(sorted(one[:SHORT] for one in found)))
            for table, found in writing._digests.items()
            if len(found) > 1
        ]
    )
    # Written by hand: the head is everybody's, whoever holds it makes all others wait, and building a query takes longer
    # than running it.
    made.previous, length = _head()
    made.link = length + 1
    made.hash = link_hash(made)
    names = ["detail", "rows", "previous", "link", "hash"]
    update_columns(Entry, names, [(*(getattr(made, name) for name in names), made.pk)])
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{_HEAD}" SET hash = %s, length = %s WHERE id = 1', [made.hash, made.link])


_HEAD = Head._meta.db_table


def _head() -> tuple[str, int]:
    """The last link's hash and place, locked until the transaction ends."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT hash, length FROM "{_HEAD}" WHERE id = 1{lock}')
        found = cursor.fetchone()
    if found is None:
        Head.objects.get_or_create(pk=1)
        return _head()
    return str(found[0]), int(found[1])


def link_hash(made: Entry) -> str:
    """The hash that binds an entry to its predecessor."""
    said = [
        made.previous, made.link, made.pk, made.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        made.by_account, made.by_name, made.office, made.action, made.purpose, made.area, made.person, made.case,
        made.service, made.run, made.detail, made.rows,
    ]  # fmt: skip
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _insert_items(model: type[Row], items: Sequence[Row]) -> list[Row]:
    """Insert instances and give them their ids. SQLite takes few parameters a statement, so many rows go one by one
    through one prepared statement, under ids taken from the table's own counter inside this write transaction."""
    if len(items) <= FEW and all(item.pk is None for item in items):
        insert_few(items)
        return list(items)
    if connection.vendor != "sqlite" or len(items) <= FEW:
        made: list[Row] = model._base_manager.bulk_create(items, batch_size=CHUNK)
        return made
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    for place, item in enumerate(items, last + 1):
        item.pk = place
        item._state.adding = False
    names = [field.attname for field in model._meta.concrete_fields]
    insert(model, names, [tuple(getattr(item, name) for name in names) for item in items])
    return list(items)


def insert_few(items: Sequence[Model]) -> None:
    """INSERT some tens of instances of one model and give them the ids that the database chose.

    What ``bulk_create`` does, with a statement that is built once: building it takes six times as long as running it, and
    a writer has everybody else wait. Columns that the database itself fills are given like all others.
    """
    model = type(items[0])
    fields, statement = _prepared(model, len(items))
    values: list[Any] = []
    for item in items:
        for field in fields:
            if field.is_relation and getattr(item, field.attname) is None and field.is_cached(item):
                setattr(
                    item, field.attname, getattr(field.get_cached_value(item), "pk", None)
                )  # saved since it was set
            values.append(field.get_db_prep_save(field.pre_save(item, True), connection))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for item, (key,) in zip(items, cursor.fetchall(), strict=True):
            item.pk = key
            item._state.adding, item._state.db = False, connection.alias


@lru_cache(maxsize=400)
def _prepared(model: type[Model], count: int) -> tuple[list[Any], str]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    rows = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    return fields, f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {rows} RETURNING "id"'


def insert(model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """INSERT prepared tuples of a model that no entry covers; see :func:`insert_columns`."""
    if rows:
        insert_columns(model, columns, list(zip(*rows, strict=True)))


def update_columns(model: type[Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """UPDATE by id, the id last in each row: one prepared statement, 20 times faster than a ``CASE`` over ids."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    columns = zip(*rows, strict=True)
    ready = [_adapted(field, column) for field, column in zip(fields, columns, strict=False)]
    given = list(zip(*ready, [row[-1] for row in rows], strict=True))
    wanted = ", ".join(f'"{field.column}" = %s' for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {wanted} WHERE id = %s', given)


def insert_columns(
    model: type[Model], columns: Sequence[str], values: Sequence[Sequence[Any]], *, table: str = ""
) -> None:
    """INSERT values given by columns: COPY on PostgreSQL, executemany on SQLite; 10 times faster than instances.

    ``table`` names a table of the same columns that stands in for the model's own.
    """
    put_columns(model, columns, adapted(model, columns, values), table=table)


def adapted(model: type[Model], columns: Sequence[str], values: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Values given by columns as the database's driver takes them; asks the database nothing."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [_adapted(by_name[name], column) for name, column in zip(columns, values, strict=True)]


def put_columns(model: type[Model], columns: Sequence[str], ready: Sequence[Sequence[Any]], *, table: str = "") -> None:
    """:func:`insert_columns` of :func:`adapted` values."""
    by_name = {field.attname: field.column for field in model._meta.concrete_fields}
    names = ", ".join(f'"{by_name[name]}"' for name in columns)
    table = f'"{table or model._meta.db_table}"'
    rows = zip(*ready, strict=True)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


_NATIVE = {str, int, bool, bytes, type(None)}


def _adapted(field: Field[Any, Any], column: Sequence[Any]) -> Sequence[Any]:
    """A column as the database's driver takes it. Days and instants repeat: each is adapted once."""
    kinds = set(map(type, column))
    if kinds <= _NATIVE and field.get_internal_type() != "JSONField":
        return column
    if kinds <= {dt.date, type(None)} and field.get_internal_type() == "DateField":
        plain = connection.vendor != "sqlite"  # SQLite keeps days as text; psycopg takes them as they are
        return column if plain else [None if value is None else value.isoformat() for value in column]
    if kinds <= {dt.date, dt.datetime, type(None)}:
        known = {value: None if value is None else field.get_db_prep_save(value, connection) for value in set(column)}
        return [known[value] for value in column]
    return [None if value is None else field.get_db_prep_save(value, connection) for value in column]
