"""How the ``lianxin demo`` command reaches this face: by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lianxin.engine.effects import handles


@handles("build-demo-city")
def build_city(*, home: Path, people: int, progress: Any) -> None:
    """Build the city in ``home`` unless a finished one stands there."""
    from lianxin.demo import build

    build.city(home=home, people=people, progress=progress)


@handles("begin-demo-city")
def begin_city(*, home: Path, people: int) -> None:
    """Begin to write the ledgers of a city that is to be built, while the database is made for it."""
    from lianxin.demo import build

    build.begin(home=home, people=people)


@handles("announce-demo-city")
def announce_city(*, port: int, serving: bool) -> None:
    """Print the addresses and the personas."""
    from lianxin.demo import build

    build.announce(port=port, serving=serving)
