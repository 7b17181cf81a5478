"""What holders hear of their card, in their own channel: where it is, until when, and whom to call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lianxin.access.models import Office
from lianxin.access.queries import offices_over
from lianxin.cards.models import Card
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.notices import actions as notices
from lianxin.notices.actions import Message
from lianxin.people.identities import some

KINDS = ("station", "centre", "bureau")


def stations(areas: Sequence[str]) -> dict[str, Office]:
    """The township's station over each of these areas: whom a holder calls."""
    ids = offices_over(sorted(set(areas)), "township", KINDS)
    known = {one.pk: one for part in some(ids.values()) for one in Office.objects.filter(pk__in=part)}
    return {area: known[pk] for area, pk in ids.items()}


def tell(
    cards: Sequence[Card],
    template: str,
    *,
    by: Actor,
    at: dt.datetime,
    writer: Writing,
    given: Mapping[str, Any] | None = None,
) -> int:
    """One message to each holder; a child's goes to the file it stands in, as all of its matters do."""
    over = stations([card.area for card in cards])
    made = []
    for card in cards:
        said: dict[str, Any] = dict(given or {})
        office = card.box.office if card.box_id and card.box else over.get(card.area)
        if office is not None:
            said |= {"desk": {"zh": office.name, "en": office.name_en or office.name}, "phone": office.phone}
        made.append(Message(template, person=card.holder_id, given=said, case=card.case, area=card.area))
    return notices.send(notices=made, by=by, at=at, writer=writer) if made else 0
