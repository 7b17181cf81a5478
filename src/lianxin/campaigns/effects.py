"""What casework asks of this room: a visit was paid, an errand was run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from lianxin.campaigns import actions, signing
from lianxin.engine.deliveries import Delivered, Delivery
from lianxin.engine.effects import handles, listens
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing


@handles("deliver-visit")
def deliver_visit(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """A visit to a household, counted under the class of the award it brings."""
    return actions.brought(kind="visit", deliveries=deliveries, by=by, at=at, writer=writer)


@handles("deliver-errand")
def deliver_errand(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """Help at a home, counted under its kind."""
    return actions.brought(kind="errand", deliveries=deliveries, by=by, at=at, writer=writer)


@handles("deliver-appointment")
def deliver_appointment(
    *, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing
) -> list[Delivered]:
    """Somebody was met: an hour of counsel, an examination. Counted once, without a word of what was said."""
    return actions.brought(kind="appointment", deliveries=deliveries, by=by, at=at, writer=writer)


@listens("person-died", "campaigns")
def person_died(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> None:
    """Nobody keeps a place for the dead, invites or reminds them; whoever waits moves up."""
    signing.stop_for(ids, by=by, at=at)
