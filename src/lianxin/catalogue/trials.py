"""Trials that somebody makes at the console: kept in files under the home for a day, for whoever made them alone.

No row is written anywhere: a trial is the draft, the numbers that its maker may see, and a frame of bare ids.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

from lianxin.catalogue import draftfiles, hiding, whatif
from lianxin.catalogue.queries import in_force
from lianxin.engine.declaration import Service
from lianxin.engine.declaring import service_from_data
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.people import identities

KEPT = dt.timedelta(hours=24)
AT_ONCE = 400_000  # files that are judged while one waits: twice a city; more go to the queue
OPENS = "gap.view"  # who may open the people, and so sees every cell
WRITES = "catalogue.drafts"  # who may try conditions of their own


def _folder() -> Path:
    folder = Path(settings.HOME) / "trials"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def begin(*, draft: Service, day: dt.date, changed: list[dict[str, str]], by: Actor, at: dt.datetime) -> str:
    """A new trial of ``draft``; ``changed`` says in words which numbers differ. Returns its token.

    Raises :class:`Refusal` where the draft may not be tried.
    """
    whatif.refuse(draft, in_force(day).get(draft.code))
    _sweep(at)
    token = secrets.token_hex(16)
    write(token, account=by.account, areas=list(by.scope.areas), at=at.isoformat(), day=day.isoformat(), state="working", stage="",
          source=json.loads(json.dumps(draft.to_data(), default=str)), changed=changed, opens=by.may(OPENS))  # fmt: skip
    return token


def large() -> bool:
    """Whether judging everybody takes so long that one should not wait for it."""
    return identities.newest() > AT_ONCE


def run(token: str, by: Actor) -> None:
    """Judge the trial's draft inside the scope of who made it, and keep the result. A second run gives the same."""
    said = _read(token)
    if said is None:
        return
    draft = service_from_data(said["source"], facts=draftfiles.facts())
    try:
        found = whatif.weigh(draft, dt.date.fromisoformat(said["day"]), scope=by.scope,
                             progress=lambda stage: write(token, stage=stage))  # fmt: skip
    except Refusal as refusal:
        write(token, state="failed", error=refusal.sentence)
        return
    result = found.to_json()
    if said["opens"]:
        path = _folder() / f"{token}.arrow"
        path.touch(mode=0o600)
        found.touched.write_ipc(path)
    else:
        result = hiding.told(result, least=settings.SMALL_CELL, largest=found.largest)
    write(token, state="done", result=result)


def read(token: str, by: Actor, at: dt.datetime) -> dict[str, Any] | None:
    """What is kept of a trial, for its maker; None for anybody else, when its day is over, and where its maker may see less
    by now than then."""
    said = _read(token)
    if said is None or said["account"] != by.account or _over(said, at):
        return None
    if said["areas"] != list(by.scope.areas) or (said["opens"] and not by.may(OPENS)):
        return None
    return said


def people(token: str, *, change: str, area: str, after: int, limit: int) -> list[dict[str, Any]]:
    """Some of the people of a trial by id: of one kind of change, in an area. One more than ``limit`` says there are more."""
    import polars as pl

    path = _folder() / f"{token}.arrow"
    if not token.isalnum() or not path.exists():
        return []
    rows = pl.scan_ipc(path).filter(pl.col("id") > after)
    if change == "open":
        rows = rows.filter(pl.col("missing") != "")
    elif change:
        rows = rows.filter(pl.col("change") == change)
    if area:
        rows = rows.filter(pl.col("area").str.starts_with(area))
    return rows.head(limit).collect().to_dicts()


def write(token: str, **more: Any) -> None:
    """Say more of a trial."""
    note = _folder() / f"{token}.json"
    said = {**(json.loads(note.read_text("utf-8")) if note.exists() else {}), **more}
    draft = note.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    draft.replace(note)


def _read(token: str) -> dict[str, Any] | None:
    note = _folder() / f"{token}.json"
    if not token.isalnum() or not token.isascii() or not note.exists():
        return None
    said: dict[str, Any] = json.loads(note.read_text("utf-8"))
    return said


def _over(said: dict[str, Any], at: dt.datetime) -> bool:
    return dt.datetime.fromisoformat(said["at"]) + KEPT <= at


def _sweep(at: dt.datetime) -> None:
    """Take away what is older than a day."""
    for note in _folder().glob("*.json"):
        said = _read(note.stem)
        if said is not None and _over(said, at):
            note.with_suffix(".arrow").unlink(missing_ok=True)
            note.unlink(missing_ok=True)
