"""Before a ledger is filed: its run, its rows read and checked, what may not come in left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
from django.conf import settings
from django.utils.translation import get_language

from lianxin.access.models import Area
from lianxin.engine import clock, secrecy
from lianxin.engine.beside import Here
from lianxin.engine.scope import Actor
from lianxin.journal import guard
from lianxin.people import ahead, exchanges, templates
from lianxin.people.attributes import attribute_columns
from lianxin.people.ledgers import Kind
from lianxin.people.models import Import
from lianxin.people.reading import ROW, SHEET, UID, Fault, Ledger
from lianxin.people.residences import Residences

Reading = Callable[[], Ledger]


def residences(by: Actor | None = None) -> Residences:
    """The city's areas for reading; a bare name means the village of that name among the reader's own."""
    own = by.scope.areas if by is not None else ()
    return Residences(dict(Area.objects.values_list("code", "name")), settings.CITY, own)


def begin(path: Path, told: str, by: Actor, at: dt.datetime, area: str, kind: Kind) -> Import:
    """A new run of this file (``told`` is its digest), not stored yet: a file nobody can read makes none."""
    guard.check(path.name)
    name = f"{kind.code[:12]}-{at:%Y%m%d-%H%M%S}-{told[:8]}"
    again = Import.objects.filter(run__startswith=name).count()
    return Import(
        run=f"{name}-{again + 1}" if again else name, ledger=kind.code, file_name=path.name[:200], file_digest=told,
        account=by.account, area=area or (by.scope.areas[0] if by.account and by.scope.areas else ""), at=at,
        state="applying",
    )  # fmt: skip


def reading(helper: Here, path: Path, by: Actor, at: dt.datetime, area: str, kind: Kind | None) -> Reading:
    """Begin to read a ledger, beside where there is somebody."""
    knows = ahead.Knows(
        residences(by), clock.day(at), attribute_columns(), exchanges.kinds(), templates.remembered(area or by.area),
        get_language() or "zh",
    )  # fmt: skip
    return helper.ask(ahead.read, path, kind, knows)


def prepared(read: Reading, by: Actor, area: str) -> Ledger:
    """The ledger as read and checked. Of the ledger of people, rows that live outside the area are refused."""
    found = read()
    inside = area or ("" if not by.scope.areas or by.account is None else None)
    allowed = (area,) if inside else by.scope.areas if inside is None else ()
    if allowed and found.kind.opens:
        under = pl.any_horizontal(pl.col("home").str.starts_with(prefix) for prefix in allowed).fill_null(True)
        elsewhere = found.rows.filter(~under)[UID].to_list()
        refuse(found, [Fault(uid, "home", "outside") for uid in elsewhere])
    refuse(found, _secrets(found.rows))
    return found


def _secrets(rows: pl.DataFrame) -> list[Fault]:
    """Cells that say what must never be stored: the row comes back; a doubtful text is set aside as well."""
    faults = []
    for code, kind in rows.schema.items():
        values = rows[code].drop_nulls().unique().to_list() if kind == pl.String and not code.startswith("#") else []
        if not secrecy.suspicious(values):
            continue
        met = {value: found for value in values if (found := guard.look(value)) is not None}
        for value, found in met.items():
            guard.doubt(found, value)
        held = rows.filter(pl.col(code).is_in(list(met))).select(UID, code)
        faults += [Fault(uid, code, "secret" if met[value].certain else "doubtful") for uid, value in held.iter_rows()]
    return faults


def refuse(found: Ledger, faults: Sequence[Fault]) -> None:
    """Take rows out of a ledger, with the reason."""
    if not faults:
        return
    found.faults += faults
    bad = [fault.uid for fault in faults]
    found.refused |= set(bad)
    found.rows = found.rows.filter(~pl.col(UID).is_in(bad))


_ROW = (UID, SHEET, ROW, "paper")
_TIED = ("id_number", "role", "household")  # by which relatives are found in the ledger of people


def settled(rows: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """The rows of a narrow ledger once everybody is found: only what it may write is left, under its own name."""
    turned = {new: old for old, new in kind.turns.items()}
    kept = [(code, turned.get(code, code)) for code in (*_ROW, *kind.writes)]
    return rows.select(
        *(pl.col(source).alias(code) for code, source in kept if source in rows.columns),
        *(pl.lit(None, dtype=pl.String).alias(code) for code in _TIED if code not in kind.writes),
    )
