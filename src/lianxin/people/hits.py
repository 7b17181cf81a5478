"""A person as a list or a search shows them, and who may be shown at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lianxin.access.queries import NOTHING, within
from lianxin.engine import masking
from lianxin.engine.scope import Scope
from lianxin.people.models import Person


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found; the name is whole for those whose scope covers them."""

    id: int
    file_number: str
    name: str
    sex: str
    born_on: dt.date | None
    died_on: dt.date | None
    home: str
    address: str
    family: int | None

    @property
    def masked(self) -> str:
        """The name as lists show it."""
        return masking.name(self.name)

    def age(self, day: dt.date) -> int | None:
        """Full years on ``day``."""
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


def reachable(scope: Scope) -> Q:
    """Persons that a scope may open: those living under its areas, or oneself and those under a mandate."""
    if scope.reach == "area":
        return within(scope, "home")
    return Q(pk__in=scope.persons) if scope.reach == "self" else NOTHING


def opened(scope: Scope) -> QuerySet[Person]:
    """The files that a scope may open: in use, and not merged into another."""
    return Person.objects.filter(reachable(scope), visible=True, survivor__isnull=True)


def hit(person: Person) -> Hit:
    """A person as a hit."""
    return Hit(
        person.pk, person.file_number, person.name, person.sex, person.born_on, person.died_on, person.home,
        person.address, person.family_id,
    )  # fmt: skip
