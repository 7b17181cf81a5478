"""Write people for another system: as its format says, recorded with a reason, for one pair of eyes, for two days.

What was typed there is never typed here again, and the other way round: the same format is read back by the import.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.permissions import require
from lianxin.access.queries import within
from lianxin.engine import clock
from lianxin.engine.exchanges import Exchange, Field
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import guard
from lianxin.people import exchangefile, exchanges, outgoing
from lianxin.people.ledgers import EVERY
from lianxin.people.models import Export, Person
from lianxin.people.results import Progress
from lianxin.people.selecting import matching

HOURS = 48  # how long a written file can be fetched
CHUNK = 5000


def ask(*, exchange: str, area: str, changed: bool, reason: str, by: Actor, at: dt.datetime) -> Export:
    """Order a file. Raises :class:`Refusal` without a reason, for a format that is not there, or an area not one's own."""
    require(by, "people.export.whole")
    where = area or (by.scope.areas[0] if by.scope.areas else by.area)
    if not by.scope.covers(where):
        raise Refusal(_("This area is not yours; nothing was written."))
    if exchange not in exchanges.formats():
        raise Refusal(_("There is no such exchange format; nothing was written."))
    if len(reason.strip()) < 4:
        raise Refusal(_("Say in a few words what the file is for; it is recorded."))
    guard.check(reason)
    before = _last(exchange, where) if changed else None
    if changed and before is None:
        raise Refusal(_("Nothing was written in this format for this area yet: write everybody first."))
    return Export.objects.create(
        exchange=exchange, area=where, account=by.account, reason=reason.strip()[:200], at=at, day=clock.day(at),
        since=before.at if before else None, state="writing",
    )  # fmt: skip


def _last(exchange: str, area: str) -> Export | None:
    rows = Export.objects.filter(exchange=exchange, area=area, state__in=["ready", "gone"])
    return rows.order_by("at").last()


def write(*, export: int, by: Actor, at: dt.datetime, progress: Progress | None = None) -> Export:
    """Write the file that was ordered. Doing it twice writes the same file again."""
    require(by, "people.export.whole")
    made = Export.objects.get(pk=export)
    if made.account != by.account or made.state not in {"writing", "ready"}:
        raise Refusal(_("There is no such file to write."))
    form = exchanges.formats()[made.exchange]
    ids = _who(form, made.area, made.day)
    _path(made).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=_path(made).parent) as apart:
        content, made.rows = exchangefile.written(form, _table(form, ids, made, progress), Path(apart))
    made.digest = hashlib.sha256(content).hexdigest()
    salt = seal.salt()
    _path(made).write_bytes(salt + seal.seal(base64.b64encode(content).decode(), salt, "export"))
    made.state, made.expires_at = "ready", at + dt.timedelta(hours=HOURS)
    journal.note(
        action="people.exchange", by=by, at=at, area=made.area, purpose=made.reason, exchange=made.exchange,
        rows=made.rows, file=made.digest, changed=made.since is not None,
    )  # fmt: skip
    made.save()
    return made


def export(
    *, exchange: str, area: str, changed: bool, reason: str, by: Actor, at: dt.datetime,
    progress: Progress | None = None,
) -> Export:  # fmt: skip
    """Order and write in one."""
    made = ask(exchange=exchange, area=area, changed=changed, reason=reason, by=by, at=at)
    return write(export=made.pk, by=by, at=at, progress=progress)


def written_by(by: Actor, limit: int = 30, number: int | None = None) -> list[Export]:
    """The files written for the actor's area, newest first (or this one). Only who ordered one may open it."""
    require(by, "people.export.whole")
    rows = Export.objects.filter(within(by.scope, "area") | Q(account=by.account, account__isnull=False))
    return list((rows if number is None else rows.filter(pk=number)).order_by("-pk")[:limit])


def few(area: str, most: int) -> bool:
    """Whether an area has so few people that a file of them is written while one waits."""
    return Person.objects.filter(home__startswith=area)[: most + 1].count() <= most


def fail(export: int) -> None:
    """Whoever ordered the file may not have it any more."""
    Export.objects.filter(pk=export, state="writing").update(state="failed")


def content(export: Export) -> bytes:
    """The file's bytes. Raises ``FileNotFoundError`` where it has expired."""
    held = _path(export).read_bytes()
    return base64.b64decode(seal.unseal(held[16:], held[:16], "export"))


def discard(export: Export) -> None:
    """Delete the file; that it was written stays on record."""
    _path(export).unlink(missing_ok=True)
    Export.objects.filter(pk=export.pk).update(state="gone")


def expire(*, at: dt.datetime) -> int:
    """Delete every file whose time is over; returns how many."""
    over = list(Export.objects.filter(state="ready", expires_at__lte=at))
    for one in over:
        discard(one)
    return len(over)


def _path(export: Export) -> Path:
    return Path(settings.HOME) / "exports" / f"{export.pk}.sealed"


def _who(form: Exchange, area: str, day: dt.date) -> list[int]:
    """Whom a format is about, in an area, in the order of their files."""
    ids = Person.objects.filter(visible=True, survivor__isnull=True, home__startswith=area).order_by("pk")
    found = list(ids.values_list("pk", flat=True))
    return matching(form.rows, found, day) if form.rows is not None else found


def _table(form: Exchange, ids: list[int], made: Export, progress: Progress | None) -> Iterable[list[str]]:
    """The cells of every row, header by header; of those that differ from the last file, where only these are wanted."""
    codes = {field.column for field in form.fields if field.column}
    before = _last(made.exchange, made.area) if made.since is not None else None
    first = before.day if before is not None else made.day
    if made.since is not None:
        ids = outgoing.touched(ids, made.since, first, made.day)
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        now = outgoing.rows(some, codes, made.day, made.at)
        for row in (_changed(some, codes, now, made, first) if made.since is not None else now).iter_rows(named=True):
            yield [said(field, row.get(field.column)) for field in form.fields]
        if progress:
            progress(_("Writing"), min(start + CHUNK, len(ids)), len(ids))


def _changed(ids: list[int], codes: set[str], now: Any, made: Export, first: dt.date) -> Any:
    """The rows that say something else than when the last file was written."""
    then = outgoing.rows(ids, codes, first, made.since)
    differs = [one != two for one, two in zip(now.rows(), then.rows(), strict=True)]
    return now.filter(pl.Series(differs, dtype=pl.Boolean))


def said(field: Field, value: Any) -> str:
    """A value as the other system writes it."""
    if field.fixed or not field.column:
        return field.fixed
    if value is None:
        return ""
    column = EVERY[field.column]
    if isinstance(value, bool):
        return field.words.get("true" if value else "false", "是" if value else "否")
    if isinstance(value, dt.date):
        return value.strftime(_DAYS[field.days])
    if column.kind == "yuan":
        return f"{value // 100}.{value % 100:02d}"
    words: Mapping[str, str] = field.words or {code: one[0] for code, one in column.words.items()}
    return ";".join(words.get(one, one) for one in str(value).split(";")) if words else str(value)


_DAYS = {"iso": "%Y-%m-%d", "plain": "%Y%m%d", "slash": "%Y/%m/%d", "dots": "%Y.%m.%d", "han": "%Y年%m月%d日"}
