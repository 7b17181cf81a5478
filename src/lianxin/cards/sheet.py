"""The code on paper: for whoever has no phone, with the photo that the city holds, so that a second glance can compare."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings

from lianxin.access import sealedfiles
from lianxin.cards import credentials
from lianxin.cards.models import Card
from lianxin.engine import clock, qr
from lianxin.engine import paper as papers
from lianxin.engine.credential import PAPER
from lianxin.engine.scope import Actor
from lianxin.people.models import Scan

TEMPLATE = Path(__file__).with_name("credential.typ")
KINDS = {"veteran": "退役军人", "bereaved": "烈士、因公牺牲、病故军人遗属"}


def verifier_at(built: str) -> str:
    """Where codes send whoever scans them, in capitals: ``LIANXIN_CARD_ADDRESS`` (a counter's own address may be inside
    a closed network), else ``built``, the address of the page that asks."""
    given = settings.CARD_ADDRESS.rstrip("/")
    return (f"{given}/V/" if given else built).upper()


def paper(*, card: int, verify: str, by: Actor, at: dt.datetime) -> bytes:
    """One sheet as PDF. ``verify`` is the verifier's address in capitals. The sheet before it counts no more."""
    issued = credentials.give(cards=[card], form=PAPER, by=by, at=at)[0]
    row = Card.objects.select_related("holder").get(pk=card)
    data = {
        "app": settings.APP_NAME, "name": row.holder.name, "kind": KINDS[row.kind], "until": clock.day(issued.until).isoformat(),
        "qr": qr.address(verify, issued.text), "short": issued.short, "photo": list(_photo(row.holder_id)),
    }  # fmt: skip
    return papers.pdf(TEMPLATE, data, at=at, code=None)


def _photo(person: int) -> bytes:
    """The portrait in the file, empty where there is none (then a photo is glued on and stamped)."""
    found = Scan.objects.filter(person=person, kind="portrait", superseded_at__isnull=True).first()
    return sealedfiles.read(found.digest) if found else b""
