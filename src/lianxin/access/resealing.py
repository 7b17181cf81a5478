"""Change the key while the pages work: add one, make it active, seal everything anew in chunks, retire the old one.

Which columns are sealed, the declarations say (:mod:`lianxin.engine.personal`). Each chunk is one short transaction that
also keeps where it stopped; a killed run goes on from there. The journal covers the rows as they were and as they are.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import BinaryField, F, Func, Model, Q, Value
from django.utils.translation import gettext as _

from lianxin.access import keyring, seal, sealedfiles
from lianxin.access.models import KeyMark, Rotation
from lianxin.engine import clock, personal
from lianxin.engine.personal import Sealed, Table
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.models import Covered

CHUNK = 2000
FILES = 40
Progress = Callable[[str, int, int], None]


def check(*, at: dt.datetime) -> None:
    """Whether the keys file belongs to this database; raises :class:`Refusal` that says what to do where it does not."""
    ring = keyring.ring(fresh=True)
    held = {row.key: row for row in KeyMark.objects.all()}
    for number, row in held.items():
        key = ring.keys.get(number)
        if row.retired_at is None and (key is None or not key.seal or key.fingerprint() != row.fingerprint):
            raise Refusal(
                _("Key %(key)s of the keys file %(file)s is not the one under which this city's numbers are sealed. It is "
                  "lost or belongs to another city: put back the copy you keep of it. Nothing was changed.")
                % {"key": number, "file": keyring.path()}
            )  # fmt: skip
    if not held and not _opens_one():
        raise Refusal(
            _("The keys file %(file)s does not open what is sealed here: it belongs to another city. Put back the copy "
              "you keep of it. Nothing was changed.") % {"file": keyring.path()}
        )  # fmt: skip
    for key in ring.live:  # a stop between the database's word and the file's
        if key.id in held and held[key.id].retired_at is not None and key.state != keyring.ACTIVE:
            keyring.retire(key.id)
    new = [key for key in ring.live if key.id not in held]
    KeyMark.objects.bulk_create([KeyMark(key=key.id, fingerprint=key.fingerprint(), seen_at=at) for key in new])


def _opens_one() -> bool:
    """Whether the newest sealed value of each table opens (a database from before keys were marked)."""
    for table, columns in parts():
        one = columns[0]
        row = _model(table)._base_manager.filter(_held(one)).order_by("-pk").values_list(one.column, one.salt).first()
        if row is not None:
            try:
                seal.unseal(row[0], row[1], one.field)
            except ValueError:
                return False
    return True


def begin(*, cipher: str, by: Actor, at: dt.datetime) -> Rotation:
    """Put a new key on the ring and note that everything goes over to it; goes on with one begun before."""
    running = Rotation.objects.exclude(state="done").first()
    if running is not None:
        return running
    before = keyring.ring(fresh=True).active
    key = keyring.add(cipher=cipher, day=clock.day(at).isoformat())
    with journal.entry(action="keys.added", by=by, at=at, key=key.id, cipher=cipher):
        check(at=at)
        return Rotation.objects.create(key=key.id, before=before.id, cipher=key.cipher, state="added", started_at=at)


def run(*, cipher: str, by: Actor, progress: Progress | None = None, most: int = 0) -> Rotation:
    """The whole change, from wherever it stands; ``most`` limits the chunks (0: to the end)."""
    found = begin(cipher=cipher, by=by, at=clock.now())
    if found.state == "added":
        time.sleep(keyring.LOOKS_EVERY * 1.5)  # every process has seen the new key and opens what it seals
        keyring.activate(found.key)
        time.sleep(keyring.LOOKS_EVERY * 1.5)  # and from here on none seals under the old one
        Rotation.objects.filter(pk=found.pk).update(state="sealing")
    chunks = 0
    while not most or chunks < most:
        chunks += 1
        if not step(by=by, at=clock.now()):
            break
        if progress is not None:
            progress(_("sealed anew"), Rotation.objects.get(pk=found.pk).values, 0)
    return Rotation.objects.get(pk=found.pk)


def step(*, by: Actor, at: dt.datetime) -> bool:
    """One chunk of a running change; False when nothing is left to do."""
    with transaction.atomic():
        found = Rotation.objects.select_for_update().filter(state="sealing").first()
        if found is None:
            return False
        todo = parts()
        if found.part < len(todo):
            done = _rows(found, *todo[found.part], by=by, at=at)
        else:
            done = _files(found)
        if not done:
            found.part, found.after = found.part + 1, ""
        if found.part <= len(todo):
            found.save(update_fields=["part", "after", "values", "broken"])
            return True
        return not _finish(found, by=by, at=at)


def _finish(found: Rotation, *, by: Actor, at: dt.datetime) -> bool:
    """Retire the old key where nothing lies under it any more; otherwise go through everything once more."""
    if left():
        found.part, found.after = 0, ""
        if found.broken:
            raise Refusal(_("%(n)s values cannot be opened; the old key is kept. Have the journal verified.")
                          % {"n": found.broken})  # fmt: skip
        found.save(update_fields=["part", "after"])
        return False
    with journal.entry(action="keys.retired", by=by, at=at, key=found.before, values=found.values):
        KeyMark.objects.filter(key=found.before).update(retired_at=at)
        found.state, found.ended_at = "done", at
        found.save(update_fields=["state", "ended_at"])
    transaction.on_commit(lambda: keyring.retire(found.before))
    return True


def parts() -> list[tuple[Table, tuple[Sealed, ...]]]:
    """Every table with sealed columns, in the order of rooms."""
    return [(table, table.sealed) for table in personal.tables() if table.sealed]


def left() -> int:
    """How many values and files do not lie under the active key."""
    count = 0
    for table, columns in parts():
        for one in columns:
            count += _elsewhere(_model(table), one).count()
    return count


def _model(table: Table) -> type[Model]:
    return apps.get_model(table.model)


def _held(one: Sealed) -> Q:
    return Q(**{f"{one.column}__isnull": False}) & ~Q(**{one.column: b""})


def _elsewhere(model: type[Model], one: Sealed) -> Any:
    """Rows whose value lies under another key than the active one: its first byte says so."""
    first = Func(F(one.column), Value(1), Value(1), function="substr", output_field=BinaryField())
    rows = model._base_manager.filter(_held(one)).annotate(**{f"under_{one.column}": first})
    return rows.exclude(**{f"under_{one.column}": keyring.ring().active.version})


def _rows(found: Rotation, table: Table, columns: tuple[Sealed, ...], *, by: Actor, at: dt.datetime) -> bool:
    model: Any = _model(table)
    ids: set[int] = set()
    for one in columns:
        rows = _elsewhere(model, one).filter(pk__gt=int(found.after or 0)).order_by("pk")
        ids.update(rows.values_list("pk", flat=True)[:CHUNK])
    some = sorted(ids)[:CHUNK]
    if not some:
        return False
    new, marks, broken = _sealed_anew(model, columns, some)
    if issubclass(model, Covered):
        with journal.entry(
            action="keys.sealed-anew", by=by, at=at, run=f"keys-{found.key}", table=table.model
        ) as writing:
            writing.rewrite(model, new)
    else:
        marks[model].update(new)
    for other, values in marks.items():
        _set(other, values)
    found.after = str(some[-1])
    found.values += sum(name in {one.column for one in columns} for row in new.values() for name in row)
    found.broken += broken
    return True


Changes = dict[int, dict[str, Any]]


def _sealed_anew(
    model: type[Model], columns: tuple[Sealed, ...], ids: list[int]
) -> tuple[Changes, dict[type[Model], Changes], int]:
    """For these rows: their new values, the marks of other tables that follow, and how many could not be opened."""
    ring = keyring.ring()
    active = ring.active
    new: Changes = defaultdict(dict)
    others: dict[type[Model], Changes] = defaultdict(lambda: defaultdict(dict))
    broken = 0
    for one in columns:
        ways = [(way, *_owner(model, way)) for way in one.marks]
        names = [one.column, one.salt, *(name for way, _, key in ways for name in (way, key))]
        for row in model._base_manager.filter(_held(one), pk__in=ids).values_list("pk", *names):
            pk, sealed, salt = row[0], bytes(row[1]), row[2]
            if sealed[:1] == active.version:
                continue
            try:
                value = seal.unseal(sealed, salt, one.field)
            except ValueError:
                broken += 1
                continue
            new[pk][one.column] = seal.seal(value, salt, one.field)
            for place, (way, owner, _key) in enumerate(ways):
                held, owned = row[3 + 2 * place], row[4 + 2 * place]
                if held is not None and bytes(held) in seal.marks(value, one.field):
                    name, mark = way.rpartition("__")[2], seal.mark_under(active, value, one.field)
                    (new[pk] if owner is model else others[owner][owned])[name] = mark
    return new, others, broken


def _owner(model: type[Model], way: str) -> tuple[type[Model], str]:
    """The model that carries a mark, and the way to its id."""
    relation, _, _name = way.rpartition("__")
    if not relation:
        return model, "pk"
    related: Any = model._meta.get_field(relation).related_model
    return related, f"{relation}_id"


def _set(model: type[Model], values: Changes) -> None:
    """Give rows that no entry covers other values, by id."""
    by_names: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for pk, said in values.items():
        names = tuple(sorted(said))
        by_names[names].append((*(said[name] for name in names), pk))
    for names, rows in by_names.items():
        journal.update_columns(model, names, rows)


def _files(found: Rotation) -> bool:
    some = sealedfiles.stored(found.after, FILES)
    for digest in some:
        try:
            found.values += sealedfiles.reseal(digest)
        except ValueError:
            found.broken += 1
    if some:
        found.after = some[-1]
    return bool(some)
