"""Opening hours as an office says them: ``08:00-12:00,14:00-18:00``; blank is always."""

from __future__ import annotations

import datetime as dt
import re

from lianxin.engine import clock

_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")


def spans(hours: str) -> list[tuple[dt.time, dt.time]]:
    """The spans of a day; ``ValueError`` for anything else. A span may pass midnight (``20:00-06:00``)."""
    found = []
    for piece in filter(None, (part.strip() for part in hours.replace("，", ",").split(","))):
        read = _SPAN.match(piece)
        if read is None:
            raise ValueError(f"not hours of a day: {piece[:20]!r}")
        a, b, c, d = (int(group) for group in read.groups())
        found.append((dt.time(a, b), dt.time(c, d)))
    return found


def fault(hours: str) -> bool:
    """Whether ``hours`` cannot be read."""
    try:
        spans(hours)
    except ValueError:
        return True
    return False


def open_at(hours: str, at: dt.datetime) -> bool:
    """Whether an office with these hours is open at an instant, by Shanghai's clock."""
    now = at.astimezone(clock.SHANGHAI).time()
    said = spans(hours)
    if not said:
        return True
    return any(a <= now < b if a < b else now >= a or now < b for a, b in said)
