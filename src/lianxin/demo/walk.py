"""The open work of the generated city: some thousands of cases that walk their routes through the product's actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lianxin.catalogue import actions as catalogue
from lianxin.demo import (
    achieved,
    asks,
    assessed,
    benefits,
    cards,
    circles,
    counted,
    given,
    life,
    line,
    mapped,
    matters,
    money,
    present_benefits,
    rounds,
    takeover,
)
from lianxin.demo.crew import Crew, Progress
from lianxin.engine import clock
from lianxin.engine.scope import Actor

GONE_LIVE = 60  # days ago, when the ledgers were read in
FOUND = 6  # days ago, when everyone was matched


def everything(
    *, keys: Mapping[str, int], plan: Mapping[str, Any], holders: int, by: Actor, at: dt.datetime, progress: Progress
) -> None:
    """Take over what stood, match everyone, and move what was found; ends with money in every state."""
    crew = Crew(keys, by, at, holders, plan, progress)
    stages = (
        ("taken over", takeover.standing), ("paid on", present_benefits.take_over), ("matching", _match),
        ("benefits", benefits.move), ("what was found", present_benefits.move), ("asks", asks.move),
        ("the line", line.move), ("sealed matters", matters.move), ("family circles", circles.move),
        ("life of the place", life.move), ("givers", given.move), ("visits", rounds.move),
        ("money", money.move), ("achieved", achieved.move), ("cards", cards.move), ("the map", mapped.move),
        ("uses", counted.move),
        ("assessed", assessed.move),
    )  # fmt: skip
    for number, (said, stage) in enumerate(stages):
        progress(said, number, len(stages))
        stage(crew)
    progress("open work", len(stages), len(stages))


def _match(crew: Crew) -> None:
    at = crew.ago(FOUND, 2)
    catalogue.match(as_of=clock.day(at), by=crew.by, at=at)
