"""What other rooms ask of cards by name, and what cards hear from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lianxin.cards import derived, facts, filing, following
from lianxin.engine.deliveries import Delivered, Delivery
from lianxin.engine.effects import handles
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing

__all__ = ["derived", "facts", "following"]


@handles("deliver-card")
def deliver_card(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """File with the province; the case waits until the card is in its holder's hands."""
    return filing.file(deliveries=deliveries, by=by, at=at, writer=writer)
