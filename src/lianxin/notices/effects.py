"""What the notices do when something happens elsewhere: a death stops every message; a decision is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lianxin.engine.effects import listens
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.notices import texts
from lianxin.notices.actions import Message, send
from lianxin.notices.models import Notice

__all__ = ["texts"]


@listens("person-died", "notices")
def stop_messages(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: object) -> None:
    """Close what is still to be said to the dead; nobody phones them."""
    rows = Notice.objects.filter(person__in=ids, state__in=["pending", "sent"])
    rows.update(state="done", done_at=at, done_by=by.account, said="")


@listens("set-aside-decided", "notices")
def tell_whoever_wrote(
    *, account: int, released: bool, area: str, by: Actor, at: dt.datetime, writer: Writing
) -> None:  # fmt: skip
    """Whoever wrote a text that was set aside reads whether it may be sent again."""
    template = "set-aside-released" if released else "set-aside-destroyed"
    send(notices=[Message(template, account=account, area=area)], by=by, at=at, writer=writer)
