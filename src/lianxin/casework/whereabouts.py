"""Where cases stand, as bare ids: for work that moves many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lianxin.access.queries import within
from lianxin.casework.models import Case, Objection, Publicity
from lianxin.engine.scope import Scope


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A case, where it belongs and whom it is about."""

    case: int
    area: str
    person: int | None
    family: int | None
    step: str


def standing_at(scope: Scope, *, service: str, states: Iterable[str], step: str = "") -> list[Whereabouts]:
    """The open (unsealed) cases of a service in some states, at one step where it is named, oldest first."""
    rows = Case.objects.filter(within(scope, "area"), service=service, state__in=list(states), sealed=False)
    if step:
        rows = rows.filter(step_name=step)
    found = rows.order_by("pk").values_list("pk", "area", "person_id", "family_id", "step_name")
    return [Whereabouts(*row) for row in found]


def notices_up(scope: Scope, *, service: str) -> list[tuple[int, int, str]]:
    """Public notices that are up: (notice, case, area), oldest first."""
    rows = Publicity.objects.filter(within(scope, "area"), service=service, state="open").order_by("pk")
    return list(rows.values_list("pk", "case_id", "area"))


def objections_open(scope: Scope) -> list[tuple[int, int, str]]:
    """Objections that nobody answered yet: (objection, case, area), oldest first."""
    rows = Objection.objects.filter(within(scope, "publicity__area"), answered_at__isnull=True).order_by("pk")
    return list(rows.values_list("pk", "publicity__case_id", "publicity__area"))
