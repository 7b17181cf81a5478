"""A death stops every message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lianxin.engine.effects import listens
from lianxin.engine.scope import Actor
from lianxin.notices.models import Notice


@listens("person-died", "notices")
def stop_messages(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: object) -> None:
    """Close what is still to be said to the dead; nobody phones them."""
    rows = Notice.objects.filter(person__in=ids, state__in=["pending", "sent"])
    rows.update(state="done", done_at=at, done_by=by.account, said="")
