"""The operator's own statement beside the signed counts: a sheet with line, day, hour and uses; what differs is named."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from lianxin.access.permissions import require
from lianxin.cards.models import Claim, Statement, Tally
from lianxin.cards.refusals import NoSuchCard
from lianxin.cards.statements import first_of
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.outcomes import ledger

HEADERS: dict[str, tuple[str, ...]] = {
    "line": ("线路", "线路或闸口", "闸口", "line"),
    "day": ("日期", "day", "date"),
    "hour": ("时段", "小时", "hour"),
    "uses": ("人次", "次数", "uses"),
}
_BY_WORD = {word: code for code, words in HEADERS.items() for word in words}
KEPT = 500  # differences that are kept and shown, the largest first
ROWS = 200_000
_DAY = re.compile(r"^(\d{4})\D+(\d{1,2})\D+(\d{1,2})(\D.*)?$")
_HOUR = re.compile(r"^(\d{1,2})(:\d{2}.*|时.*|点.*)?$")
Hour = tuple[str, dt.date, int]


def read(path: Path) -> dict[Hour, int]:
    """What the sheet says by line, day and hour. Raises a refusal that names the first row that cannot be read."""
    places: dict[str, int] | None = None
    found: dict[Hour, int] = {}
    for _sheet, place, cells in ledger.read(path):
        if places is None:
            places = _header(cells)
            continue
        if place > ROWS:
            raise Refusal(_("The sheet has more than %(most)d rows; split it by month.") % {"most": ROWS})
        said = {code: cells[at] if at < len(cells) else None for code, at in places.items()}
        if not any(_text(cell) for cell in said.values()):
            continue
        try:
            key = (_text(said["line"])[:40], _day(said["day"]), _hour(said["hour"]))
            uses = int(float(_text(said["uses"]) or "0"))
            if not key[0] or not 0 <= uses <= 10_000_000:
                raise ValueError(place)
        except (ValueError, OverflowError):
            raise Refusal(
                _("Row %(row)d cannot be read: line, day, hour and uses. Nothing was taken.") % {"row": place}
            ) from None
        found[key] = found.get(key, 0) + uses
    if places is None:
        raise Refusal(_("The sheet has no row with the headers 线路, 日期, 时段, 人次; nothing was taken."))
    return found


def _header(cells: Sequence[Any]) -> dict[str, int] | None:
    found = {_BY_WORD[word]: at for at, cell in enumerate(cells) if (word := _text(cell).lower()) in _BY_WORD}
    return found if found.keys() == HEADERS.keys() else None


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()


def _day(cell: Any) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    match = _DAY.match(_text(cell))
    if match is None:
        raise ValueError(cell)
    return dt.date(int(match[1]), int(match[2]), int(match[3]))


def _hour(cell: Any) -> int:
    if isinstance(cell, dt.datetime | dt.time):
        return cell.hour
    match = _HOUR.match(_text(cell))
    if match is None or not 0 <= int(match[1]) <= 23:
        raise ValueError(cell)
    return int(match[1])


def compare(*, statement: int, path: Path, name: str, by: Actor, at: dt.datetime) -> Claim:
    """Lay the operator's sheet beside the counts; the same file again changes nothing. Changes no count of ours."""
    data = path.read_bytes()
    with transaction.atomic():
        found = Statement.objects.select_for_update().filter(pk=statement).first()
        if found is None or not by.scope.covers(found.area):
            raise NoSuchCard(_("There is no such statement in your area."))
        require(by, "batch.make", area=found.area)
        digest = hashlib.sha256(data).hexdigest()
        before = Claim.objects.filter(statement=found, digest=digest).first()
        if before is not None:
            return before
        theirs, ours = read(path), _ours(found)
        first, last = first_of(found.month)
        if any(not first <= day <= last for _line, day, _hour in theirs):
            raise Refusal(_("The sheet has days outside of the month. Nothing was taken."))
        keys = theirs.keys() | ours.keys()
        rows = [
            (*key, ours.get(key, 0), theirs.get(key, 0))
            for key in keys
            if _differ(ours.get(key, 0), theirs.get(key, 0))
        ]
        rows.sort(key=lambda row: (-abs((row[3] if row[3] >= settings.SMALL_CELL else 0) - row[4]), row[:3]))
        with journal.entry(
            action="cards.statement-claim", by=by, at=at, area=found.area, statement=found.number
        ) as writer:
            return writer.add([Claim(
                statement=found, digest=digest, file_name=Path(name).name[:200], at=at, by_account=by.account,
                by_name=by.name[:80] or "-", uses=sum(theirs.values()), ours=sum(ours.values()), same=len(keys) - len(rows),
                differing=len(rows), found=[[row[0], row[1].isoformat(), row[2], _said(row[3]), row[4]] for row in rows[:KEPT]],
            )])[0]  # fmt: skip


def _differ(ours: int, theirs: int) -> bool:
    """Whether it is to be talked about. Two small numbers are the same: a sheet of guesses would read ours out otherwise."""
    small = settings.SMALL_CELL
    return (ours >= small or theirs >= small) and ours != theirs


def _said(ours: int) -> int | None:
    """Our count as whoever settles may read it; None for fewer than a small cell, none at all among them."""
    return ours if ours >= settings.SMALL_CELL else None


def _ours(found: Statement) -> dict[Hour, int]:
    first, last = first_of(found.month)
    rows = Tally.objects.filter(office=found.office_id, day__range=(first, last), hour__gte=0).order_by("line")
    return {
        (line, day, hour): uses
        for line, day, hour, uses in rows.values_list("line", "day", "hour").annotate(n=Sum("uses"))
    }
