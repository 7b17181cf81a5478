"""What a use is paid with: written with its paper by one, agreed to by another, found by scene, operator, line, kind, day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access.actions import apart
from lianxin.access.permissions import require
from lianxin.access.queries import office_names
from lianxin.cards.models import Tariff
from lianxin.cards.refusals import NoSuchCard, NotNow
from lianxin.cards.scenes import CLASSES, SCENES
from lianxin.cards.useread import MILITARY
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

KEEP, AGREE = "tariff.keep", "tariff.agree"
MOST = 100_000  # fen for one use
Rate = Callable[[str, str, str, dt.date], int | None]  # scene, line, kind, day


def write(
    *, scene: str, fen: int, from_on: dt.date, paper: str, by: Actor, at: dt.datetime, office: int | None = None,
    line: str = "", kind: str = "", until_on: dt.date | None = None,
) -> Tariff:  # fmt: skip
    """Write a rate down; it counts when somebody else agreed to it."""
    require(by, KEEP, area=settings.CITY)
    if scene not in SCENES or (kind and kind not in (*CLASSES, MILITARY)) or not 0 <= fen <= MOST or not paper.strip():
        raise Refusal(_("Say for which place and kind, how much one use is paid with, and the paper that says so."))
    if until_on is not None and until_on < from_on:
        raise Refusal(_("The last day is before the first."))
    with transaction.atomic(), journal.entry(action="cards.tariff", by=by, at=at, scene=scene, fen=fen) as writer:
        return writer.add([Tariff(
            scene=scene, office=office, line=line.strip()[:40], kind=kind, fen=fen, valid_from=from_on, valid_to=until_on,
            paper=paper.strip()[:120], maker=by.account, maker_name=by.name[:80], recorded_at=at,
        )])[0]  # fmt: skip


def _held(tariff: int) -> Tariff:
    found = Tariff.objects.select_for_update().filter(pk=tariff, superseded_at__isnull=True).first()
    if found is None:
        raise NoSuchCard(_("There is no such rate."))
    return found


def agree(*, tariff: int, by: Actor, at: dt.datetime) -> None:
    """The second hand."""
    require(by, AGREE, area=settings.CITY)
    with transaction.atomic():
        found = _held(tariff)
        if found.agreed is not None:
            return
        apart(by.account, [found.maker], _("Whoever wrote the rate down does not agree to it. Ask somebody else."))
        with journal.entry(action="cards.tariff-agree", by=by, at=at, tariff=tariff):
            found.agreed, found.agreed_name, found.agreed_at = by.account, by.name[:80], at
            found.save(update_fields=["agreed", "agreed_name", "agreed_at"])


def take_out(*, tariff: int, by: Actor, at: dt.datetime) -> None:
    """Take out a rate that nobody agreed to yet; one that counts is followed by another."""
    require(by, KEEP, area=settings.CITY)
    with transaction.atomic():
        found = _held(tariff)
        if found.agreed is not None:
            raise NotNow(_("This rate counts. Write another one from a later day on; nothing was changed."))
        with journal.entry(action="cards.tariff", by=by, at=at, tariff=tariff) as writer:
            writer.supersede(Tariff, [tariff], at)


def rates(office: int) -> Rate:
    """How much one use at this operator is paid with on a day: the narrowest rate that counts, of two the later one."""
    found = Tariff.objects.filter(
        Q(office__isnull=True) | Q(office=office), agreed__isnull=False, superseded_at__isnull=True
    )
    rows = list(found)
    known: dict[tuple[str, str, str, dt.date], int | None] = {}

    def fen(scene: str, line: str, kind: str, day: dt.date) -> int | None:
        asked = (scene, line, kind, day)
        if asked not in known:
            fits = [
                row for row in rows
                if row.scene == scene and row.line in ("", line) and row.kind in ("", kind) and row.valid_from is not None
                and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
            ]  # fmt: skip
            best = max(fits, key=lambda one: (one.office is not None, bool(one.line), bool(one.kind), one.valid_from, one.pk),
                       default=None)  # fmt: skip
            known[asked] = None if best is None else best.fen
        return known[asked]

    return fen


def listed(*, scene: str = "", state: str = "", after: int | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """All rates, the newest first: the city's own, no secret among its staff."""
    rows = Tariff.objects.filter(superseded_at__isnull=True)
    if scene:
        rows = rows.filter(scene=scene)
    if state:
        rows = rows.filter(agreed__isnull=state != "counts")
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[:limit])
    names = office_names({one.office for one in found if one.office is not None})
    return [
        {"id": one.pk, "scene": one.scene, "office": names.get(one.office or 0, ("", "")), "line": one.line, "kind": one.kind,
         "fen": one.fen, "from_on": one.valid_from, "until_on": one.valid_to, "paper": one.paper, "maker": one.maker_name,
         "agreed": one.agreed_name, "counts": one.agreed is not None}
        for one in found
    ]  # fmt: skip
