"""The code on paper: for whoever has no phone, with the photo that the city holds, so that a second glance can compare."""

from __future__ import annotations

import base64
import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from PIL import Image

from lianxin.access import sealedfiles
from lianxin.access.queries import within
from lianxin.cards import credentials
from lianxin.cards.models import Card, Credential, Step
from lianxin.cards.states import HELD
from lianxin.engine import clock, qr
from lianxin.engine import paper as papers
from lianxin.engine.credential import PAPER
from lianxin.engine.scope import Actor, Scope
from lianxin.people.identities import some
from lianxin.people.models import Scan

TEMPLATE = Path(__file__).with_name("credential.typ")
PRINTED = 480  # pixels: 40 mm at 300 dots an inch
KINDS = {"veteran": "退役军人", "bereaved": "烈士、因公牺牲、病故军人遗属"}


def verifier_at(built: str) -> str:
    """Where codes send whoever scans them, in capitals: ``LIANXIN_CARD_ADDRESS`` (a counter's own address may be inside
    a closed network), else ``built``, the address of the page that asks."""
    given = settings.CARD_ADDRESS.rstrip("/")
    return (f"{given}/V/" if given else built).upper()


def paper(*, card: int, verify: str, by: Actor, at: dt.datetime) -> bytes:
    """One sheet as PDF. ``verify`` is the verifier's address in capitals. The sheet before it counts no more."""
    return _printed(credentials.give(cards=[card], form=PAPER, by=by, at=at), verify, at)


def papers_of(
    *, cards: Sequence[int], verify: str, by: Actor, at: dt.datetime, tell: Callable[[int], None] | None = None
) -> bytes:
    """The sheets of many cards as one PDF, in the order of where their holders live and what they are called. Either every
    one of them has its new code and the PDF is made, or nothing happened."""
    with transaction.atomic():
        issued = []
        for part in some(in_order(cards)):
            issued += credentials.give(cards=part, form=PAPER, by=by, at=at)
            if tell:
                tell(len(issued))
        return _printed(issued, verify, at)


def in_order(cards: Iterable[int]) -> list[int]:
    """Cards by the place and name of their holders, as somebody goes round with the sheets."""
    rows = [row for part in some(cards)
            for row in Card.objects.filter(pk__in=part).values_list("area", "holder__pinyin", "pk")]  # fmt: skip
    return [pk for _area, _name, pk in sorted(rows)]


def held(scope: Scope, *, box: int = 0, filing: int = 0, area: str = "", limit: int) -> list[int]:
    """The cards in their holders' hands that came out of a box, were filed in a filing or belong to an area of the scope."""
    rows = Card.objects.filter(within(scope, "area"), state__in=sorted(HELD))
    if box:
        rows = rows.filter(pk__in=Step.objects.filter(box=box, verb="hand").values("card"))
    elif filing:
        rows = rows.filter(filing=filing)
    else:
        rows = rows.filter(within(scope.narrowed(area), "area"))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def have(cards: Iterable[int], at: dt.datetime) -> set[int]:
    """Which of these cards have a sheet that still counts."""
    rows = (Credential.objects.filter(card__in=part, form=PAPER, withdrawn_at__isnull=True, until__gt=at)
            for part in some(cards))  # fmt: skip
    return {card for part in rows for card in part.values_list("card", flat=True)}


def _printed(issued: Sequence[credentials.Issued], verify: str, at: dt.datetime) -> bytes:
    rows = {row.pk: row for part in some(one.card for one in issued)
            for row in Card.objects.select_related("holder").filter(pk__in=part)}  # fmt: skip
    photos = _photos([row.holder_id for row in rows.values()])
    each = [
        {"name": rows[one.card].holder.name, "kind": KINDS[rows[one.card].kind], "until": clock.day(one.until).isoformat(),
         "qr": qr.address(verify, one.text), "short": one.short, "photo": photos.get(rows[one.card].holder_id, "")}
        for one in issued
    ]  # fmt: skip
    return papers.pdf(TEMPLATE, {"app": settings.APP_NAME, "each": each}, at=at, code=None)


def _photos(persons: Iterable[int]) -> dict[int, str]:
    """The portraits in these files, none where there is none (then a photo is glued on and stamped)."""
    found = {one.person_id: one.digest for part in some(persons)
             for one in Scan.objects.filter(person__in=part, kind="portrait", superseded_at__isnull=True)}  # fmt: skip
    return {person: picture(sealedfiles.read(digest)) for person, digest in found.items()}


def picture(data: bytes) -> str:
    """A portrait as large as it is printed, inside an SVG: a text, which the printer takes in at once (a list of its bytes
    costs it some hundred times their memory)."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as opened:
        made = opened.convert("RGB")
        made.thumbnail((PRINTED, PRINTED))
        made.save(out, "JPEG", quality=85)
    size = f'width="{made.width}" height="{made.height}"'
    text = base64.b64encode(out.getvalue()).decode()
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="data:image/jpeg;base64,{text}"/></svg>'
