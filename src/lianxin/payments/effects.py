"""What casework asks of this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lianxin.engine.deliveries import Delivered, Delivery
from lianxin.engine.effects import handles
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.payments import actions, doubled
from lianxin.payments import derived as derived  # registered with the walk of the journal

__all__ = ["doubled"]


@handles("deliver-payment")
def deliver_payment(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """Lines owed, unique on case and period."""
    return actions.owe(deliveries=deliveries, by=by, at=at, writer=writer)
