"""Tell people what became of their money, and the payee's station what to mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lianxin.engine.scope import Actor
from lianxin.payments.models import Attempt


def tell(*, paid: Sequence[Attempt], back: Sequence[tuple[Attempt, str]], by: Actor, at: dt.datetime) -> None:
    """One notice to each payee; for what came back one more to the station over their home."""
