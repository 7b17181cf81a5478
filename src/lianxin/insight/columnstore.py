"""The copy of the register by columns as it lies in the home: made, added to, checked and found again. SQLite only.

The register is only added to, so the copy of its first rows never grows wrong: it says of which row it is the last and which
entry wrote that one, and what came after is read from the database each time (rows, and which older ones were taken back).
Sealed rows are never in it. It can be thrown away at any time; :func:`differences` counts both ways and compares.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from lianxin.insight.columns import DIMS, Now, Part, Run, frame_of

if TYPE_CHECKING:
    import polars as pl

FROM_ROWS = 100_000  # below, the database answers as fast
LAG = 50_000  # rows behind the copy that are read each time; more are put into it
AT_ONCE = 500_000  # rows that are put into it while somebody waits (a second or two); more wait for the night
CHUNK = 100_000
_DAY = "CAST(julianday({}) - 2440587.5 AS INTEGER)"
_READ = (
    "SELECT o.kind, o.service, o.programme, o.category, o.level, o.unit, o.area, o.id, "
    f"{_DAY.format('o.happened_on')}, {_DAY.format('o.ended_on')}, o.person, o.family, o.organisation, o.place, o.quantity, "
    "o.amount FROM outcomes_outcome o WHERE o.reverses_id IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM outcomes_outcome b WHERE b.reverses_id = o.id AND b.id <= %s) AND o.id <= %s AND "
)


@dataclass(frozen=True)
class Held:
    """The copy as it lies in the home: the rows up to and with ``last``."""

    last: int
    part: Part


def _read(where: str, given: Sequence[Any], upto: int) -> pl.DataFrame:
    import polars as pl

    parts = [frame_of([])]
    with connection.cursor() as cursor:
        cursor.execute(_READ + where, [upto, upto, *given])
        while rows := cursor.fetchmany(CHUNK):
            parts.append(frame_of(rows))
    return pl.concat(parts)


def _folder() -> Path:
    return settings.HOME / "columns"


def _newest() -> tuple[int, str]:
    """The newest row of the register and the entry that wrote it."""
    return _written(None)


def _written(pk: int | None) -> tuple[int, str]:
    with connection.cursor() as cursor:
        which, given = ("WHERE o.id = %s", [pk]) if pk is not None else ("ORDER BY o.id DESC LIMIT 1", [])
        cursor.execute(
            f"SELECT o.id, e.hash FROM outcomes_outcome o JOIN journal_entry e ON e.id = o.entry_id {which}", given
        )
        found: tuple[int, str] = cursor.fetchone() or (0, "")
        return found


_KEPT: dict[str, Any] = {}  # what this process holds of the copy: "held", and "now" by the newest row


def _held() -> Held | None:
    """The copy that lies in the home, where it is one of this very register."""
    try:
        said = json.loads((_folder() / "now.json").read_text())
    except (OSError, ValueError):
        return None
    kept: tuple[Any, Held] | None = _KEPT.get("held")
    if kept is not None and kept[0] == said:
        return kept[1]
    if _written(said["last"]) != (said["last"], said["hash"]):
        return None
    import polars as pl

    try:
        frame = pl.read_ipc(_folder() / said["file"])
    except (OSError, pl.exceptions.PolarsError):
        return None
    runs = tuple(Run(dict(zip(DIMS, facts, strict=True)), start, count) for facts, start, count in said["runs"])
    made = Held(said["last"], Part(frame, runs, tuple(said["areas"])))
    _KEPT["held"] = (said, made)
    return made


def refresh() -> int:
    """Put every row into the copy that is not in it yet; returns how many it holds. Nothing to do off SQLite and below
    :data:`FROM_ROWS`. Whoever reads the copy meanwhile goes on with the one they have."""
    if connection.vendor != "sqlite":
        return 0
    import polars as pl

    last, entry = _newest()
    if last < FROM_ROWS:
        return 0
    held = _held()
    if held is None:
        rows = _read("NOT o.sealed", [], last)
    elif held.last == last:
        return held.part.frame.height
    else:
        old = held.part.plain()
        gone = _gone(held.last)
        rows = pl.concat([
            old.filter(~pl.col("id").is_in(gone)) if gone else old, _read("NOT o.sealed AND o.id > %s", [held.last], last)
        ])  # fmt: skip
    _write(Part.of(rows), last, entry)
    return rows.height


def _write(part: Part, last: int, entry: str) -> None:
    """The file first, then what points to it; files that nothing points to go."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{last}-{entry[:8]}.arrow"
    part.frame.write_ipc(folder / f"{name}.part", compression="uncompressed")
    (folder / f"{name}.part").replace(folder / name)
    said = {"last": last, "hash": entry, "file": name, "areas": list(part.areas),
            "runs": [[[run.facts[one] for one in DIMS], run.start, run.count] for run in part.runs]}  # fmt: skip
    (folder / "now.json.part").write_text(json.dumps(said))
    (folder / "now.json.part").replace(folder / "now.json")
    for path in folder.glob("*.arrow"):
        if path.name != name:
            with contextlib.suppress(OSError):  # still read by somebody, on systems where that forbids it
                path.unlink()


def _gone(last: int) -> list[int]:
    """Rows up to ``last`` that were taken back after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reverses_id FROM outcomes_outcome WHERE id > %s AND reverses_id <= %s", [last, last])
        return [row[0] for row in cursor.fetchall()]


def now(sealed: frozenset[str] | None) -> Now | None:
    """The register of this moment for whoever stands on the lists of these services (None: sees all), or None where the
    database is to be asked: it is small, or the copy lies too far behind."""
    if connection.vendor != "sqlite":
        return None
    last, entry = _newest()
    if last < FROM_ROWS:
        return None
    key = (last, entry, sealed)
    kept: dict[Any, Now] = _KEPT.setdefault("now", {})
    if key in kept:
        return kept[key]
    held = _held()
    behind = last - (held.last if held else 0)
    if behind > LAG:
        if behind > AT_ONCE:
            return None
        refresh()
        held = _held()
    if held is None:
        return None
    if any(other[:2] != key[:2] for other in kept):
        kept.clear()
    made = Now((held.part, *_since(held.last, last, sealed)), tuple(_gone(held.last)))
    kept[key] = made
    return made


def _since(after: int, last: int, sealed: frozenset[str] | None) -> Iterable[Part]:
    if last > after:
        yield Part.of(_read("NOT o.sealed AND o.id > %s", [after], last))
    if sealed is None:
        yield Part.of(_read("o.sealed", [], last))
    elif sealed:
        yield Part.of(_read(f"o.sealed AND o.service IN ({', '.join(['%s'] * len(sealed))})", sorted(sealed), last))


def differences() -> list[str]:
    """The sorts of which the copy says another number of rows or another sum than the register does; nothing where they
    agree, or where there is no copy."""
    import polars as pl

    held = _held() if connection.vendor == "sqlite" else None
    if held is None:
        return []
    told = held.part.plain().group_by(*DIMS).agg(
        pl.len().cast(pl.Int64), pl.col("quantity", "amount").sum(), pl.col("person", "day").cast(pl.Int64).sum()
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(DIMS)}, COUNT(*), SUM(quantity), COALESCE(SUM(amount), 0), COALESCE(SUM(person), 0), "
            f"SUM({_DAY.format('o.happened_on')}) FROM outcomes_outcome o WHERE o.reverses_id IS NULL AND NOT o.sealed "
            "AND NOT EXISTS (SELECT 1 FROM outcomes_outcome b WHERE b.reverses_id = o.id AND b.id <= %s) AND o.id <= %s "
            "GROUP BY 1, 2, 3, 4, 5, 6", [held.last, held.last],
        )  # fmt: skip
        asked = {tuple(row[:6]): tuple(row[6:]) for row in cursor.fetchall()}
    found = {tuple(row[:6]): tuple(row[6:]) for row in told.rows()}
    return sorted(" ".join(filter(None, one)) for one in {*asked, *found} if asked.get(one) != found.get(one))


def forget() -> None:
    """Throw the copy away; it is made anew when it is next wanted."""
    _KEPT.clear()
    shutil.rmtree(_folder(), ignore_errors=True)
