"""What the road's two entrances hand to casework: a case to be opened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to open for one subject under one published version.

    ``proposed`` cases wait for the subject's one confirmation; others start at the first step of the route. ``amount``
    is fen of one period as judged. The effect ``open-cases(openings=…, by=…, at=…, writer=…)`` opens one or ten
    thousand, leaves out subjects that already have an open or standing case of the service (for the same ``event_on``
    where that is given), and returns how many it opened.
    """

    service: str
    version: int
    person: int | None = None
    family: int | None = None
    area: str = ""
    kind: str = ""
    channel: str = "match"
    words: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    event_on: dt.date | None = None
    cause: str = ""
    amount: int | None = None
    proposed: bool = False
    mandate: int | None = None
    reference: str = ""  # under which number it came from elsewhere: a 12345 transfer, a form
