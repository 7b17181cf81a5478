"""Write the ledgers in a process of their own, county by county, while the city's offices and imports go on beside."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import queue
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from lianxin.demo import past, past_achieved, past_benefits, past_counted, recipe
from lianxin.demo.city import WIFE_AT, City, Past
from lianxin.demo.ledgers import awards_of, people_of

PATIENCE = 300  # seconds without a word from the writing process before it is given up


@dataclass(slots=True)
class Written:
    """What the writing process left: ledgers of people as they come, each county's last one with those of its closed work;
    then the city's closed work, and what is planned with them."""

    people: list[Path] = field(default_factory=list)
    after: dict[Path, list[Path]] = field(default_factory=dict)
    closed: list[Path] = field(default_factory=list)
    awards: Path | None = None
    discharges: Path | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    persons: int = 0
    holders: int = 0


def write_all(folder: str, holders: int, today: dt.date, told: Any) -> None:
    """Write every ledger into ``folder`` and tell of each; runs in the writing process."""
    city, pasts = City(holders, today), []
    paying = past_benefits.Paying(past_benefits.catalogue())
    for county in city.counties():
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            return  # the build was killed
        given = past_benefits.Given(Random(f"{recipe.SEED}/given/{county}"), paying)  # noqa: S311  no secrecy needed
        noted = Past(given=given)
        paths = people_of(city, county, Path(folder), noted)
        closed = past_benefits.write(Path(folder), county, given)
        told.put(("people", ([str(path) for path in paths], [str(path) for path in closed])))
        pasts.append(noted)
    every = [noted.given for noted in pasts if noted.given is not None]
    paths = [*past.write(Path(folder), pasts, holders), *past_benefits.write_city(Path(folder), every, holders),
             past_counted.write(Path(folder), holders), past_achieved.write(Path(folder), pasts, today)]  # fmt: skip
    apart = [row[0] for noted in pasts for row in noted.good_news] + [row[1] for noted in pasts for row in noted.fresh]
    leaving = past_benefits.discharges(Path(folder), every, apart, holders, today)
    counts = (sum(noted.persons for noted in pasts), sum(noted.holders for noted in pasts))
    awards = awards_of(pasts, Path(folder))
    told.put(("closed", ([str(path) for path in paths], str(awards), str(leaving), plan(pasts, holders), counts)))


def plan(pasts: list[Past], holders: int) -> dict[str, Any]:
    """Whom the open work is about: the personas, those who are paid already, who asks, who has a matter."""
    near = [household for noted in pasts for _, household, home in noted.asks if home == WIFE_AT][:5]
    asks = [household for noted in pasts for _, household, home in noted.asks if home != WIFE_AT]
    rights = [number for noted in pasts for number, _ in noted.rights]
    return {
        "stars": {name: number for noted in pasts for name, number in noted.stars.items()},
        "spouses": [number for noted in pasts for number, _, standing in noted.spouses if standing],
        "subsidies": [number for noted in pasts for number, _, _ in noted.subsidies],
        "asks": near + _spread(asks, recipe.scaled(recipe.OPEN_ASKS, holders, 12)),
        "rights": _spread(rights, recipe.scaled(recipe.OPEN_RIGHTS, holders, 4)),
    }


def _spread(things: list[str], count: int) -> list[str]:
    """``count`` of some things, evenly from first to last."""
    return [things[place * len(things) // count] for place in range(min(count, len(things)))] if things else []


class Writer:
    """The writing process as seen from the one that imports."""

    def __init__(self, folder: Path, holders: int, today: dt.date) -> None:
        self.folder = folder
        context = multiprocessing.get_context("spawn")
        self._told: Any = context.Queue()
        self._process = context.Process(
            target=write_all, args=(str(folder), holders, today, self._told), daemon=True
        )  # fmt: skip
        self.written = Written()
        self._process.start()

    def people(self) -> Iterator[Path]:
        """The ledgers of people, each as soon as it is written; afterwards ``written`` is whole."""
        while True:
            kind, said = self._next()
            if kind == "closed":
                closed, awards, leaving, self.written.plan, counts = said
                self.written.awards, self.written.discharges = Path(awards), Path(leaving)
                self.written.closed = [Path(name) for name in closed]
                self.written.persons, self.written.holders = counts
                self._process.join()
                return
            names, closed = said
            self.written.after[Path(names[-1])] = [Path(name) for name in closed]
            for name in names:
                self.written.people.append(Path(name))
                yield Path(name)

    def stop(self) -> None:
        """End the writing process, finished or not."""
        if self._process.is_alive():
            self._process.terminate()
        self._process.join(5)

    def _next(self) -> Any:
        for _ in range(PATIENCE):
            try:
                return self._told.get(timeout=1)
            except queue.Empty:
                if not self._process.is_alive():
                    raise RuntimeError("the ledgers could not be written") from None
        raise RuntimeError("writing the ledgers takes too long")


def summary(written: Written) -> dict[str, Any]:
    """What is kept about the written ledgers: counts, nobody's number."""
    return {"persons": written.persons, "holders": written.holders}
