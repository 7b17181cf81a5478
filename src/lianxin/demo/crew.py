"""Those who do the city's work while it is built: real accounts at real desks, at hours at which people work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from lianxin.access.queries import account_named, actor_of
from lianxin.demo import recipe
from lianxin.engine import clock
from lianxin.engine.scope import Actor, Scope, over

Progress = Callable[[str, int, int], None]
Thing = TypeVar("Thing")


@dataclass
class Crew:
    """Accounts by sign-in name, offices by key, the moment of building, and the size of the city."""

    keys: Mapping[str, int]
    by: Actor
    now: dt.datetime
    holders: int
    plan: Mapping[str, Any]
    progress: Progress
    rng: Random = field(default_factory=lambda: Random(f"{recipe.SEED}/walk"))  # noqa: S311  no secrecy needed
    _actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """The whole city."""
        return over(recipe.CITY)

    def actor(self, username: str) -> Actor:
        """Somebody of the staff."""
        if username not in self._actors:
            account = account_named(username)
            if account is None:
                raise LookupError(f"nobody signs in as {username}")
            self._actors[username] = actor_of(account, self.now)
        return self._actors[username]

    def clerk(self, area: str) -> Actor:
        """The clerk of the township in which an area lies."""
        return self.actor(f"clerk.{area[:9]}")

    def county(self, post: str, area: str) -> Actor:
        """Somebody of the county centre: reviewer, decider or rights."""
        return self.actor(f"{post}.{area[:6]}")

    def ago(self, days: int, hour: int = 9) -> dt.datetime:
        """Some minutes past ``hour`` on the working day ``days`` days ago, or on the Friday before; never later than now."""
        day = clock.day(self.now) - dt.timedelta(days=days)
        while day.weekday() >= 5:
            day -= dt.timedelta(days=1)
        at = clock.midnight(day) + dt.timedelta(hours=hour, minutes=self.rng.randrange(55))
        return min(at, self.now)

    def scaled(self, count: int, least: int = 1) -> int:
        """A count of the default city in this one."""
        return recipe.scaled(count, self.holders, least)

    def some(self, things: Sequence[Thing], share: float) -> list[Thing]:
        """A random share of some things, in their order."""
        return [thing for thing in things if self.rng.random() < share]


def grouped(things: Iterable[Thing], key: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    """Things by a key, keys in order."""
    groups: dict[str, list[Thing]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return dict(sorted(groups.items()))
