"""Who asks, and what their office covers. Every query takes a :class:`Scope`; every action an :class:`Actor`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Reach = Literal["area", "assigned", "self", "none"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be seen.

    ``areas`` are code prefixes (city 4, county 6, township 9, village 12 digits); ``reach`` says how they are used:
    ``area`` all that the prefixes cover, ``assigned`` only what was handed to ``offices`` or ``account``,
    ``self`` only ``persons`` (oneself and those under a mandate), ``none`` nothing.
    ``named`` are persons for whom a mandate names services: those matters of theirs, and nothing else of them.
    ``sealed`` names the sealed services on whose access list the actor stands; all other sealed rows do not exist.
    """

    reach: Reach = "none"
    areas: tuple[str, ...] = ()
    offices: tuple[int, ...] = ()
    account: int | None = None
    persons: tuple[int, ...] = ()
    sealed: frozenset[str] = frozenset()
    named: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def covers(self, area: str) -> bool:
        """Whether ``area`` lies under one of the prefixes. A blank area is covered by nobody."""
        return self.reach == "area" and bool(area) and any(area.startswith(prefix) for prefix in self.areas)

    def narrowed(self, area: str) -> Scope:
        """The same scope limited to ``area`` where that lies inside it; to nothing where it does not."""
        if self.covers(area):
            return Scope("area", (area,), self.offices, self.account, self.persons, self.sealed)
        inside = tuple(prefix for prefix in self.areas if prefix.startswith(area))
        reach: Reach = self.reach if inside or self.reach != "area" else "none"
        return Scope(reach, inside, self.offices, self.account, self.persons, self.sealed)

    def unlisted(self) -> Scope:
        """The same scope of somebody who stands on no access list."""
        return Scope(self.reach, self.areas, self.offices, self.account, self.persons)


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone acting: an account in its office, or the system itself (``account`` None)."""

    account: int | None = None
    name: str = "system"
    office: int | None = None
    area: str = ""
    person: int | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    desks: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=Scope)
    language: str = "zh-hans"
    stands_for: int | None = None  # the absent account whose work is being done; ``account`` is who does it

    def may(self, permission: str) -> bool:
        """Whether a role grants ``permission``; ``*`` is the system's own. Where is a matter of the scope."""
        return permission in self.permissions or "*" in self.permissions


def over(*areas: str, sealed: frozenset[str] = frozenset()) -> Scope:
    """A scope over whole areas, for the system's own work (match, figures, commands)."""
    return Scope("area", areas, sealed=sealed)
