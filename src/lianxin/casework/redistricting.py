"""When the map is redrawn, open cases go along with those they are about; closed ones stay as they were decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.engine.effects import listens
from lianxin.people.models import Family, Person


def _open(codes: Sequence[str]) -> QuerySet[Case]:
    return Case.objects.filter(area__in=codes).exclude(state__in=states.ENDED)


@listens("areas-counted", "casework")
def count(*, codes: Sequence[str], into: dict[str, int]) -> None:
    """How many open cases lie in areas that are to be redrawn."""
    parts = [list(codes)[start : start + 800] for start in range(0, len(codes), 800)]
    into["cases"] = sum(_open(part).count() for part in parts)


@listens("area-asked", "casework")
def in_use(*, code: str, into: dict[str, int]) -> None:
    """Whether an open case lies in an area."""
    into["cases"] = _open([code])[:1000].count()


@listens("areas-redrawn", "casework")
def move(*, pairs: Mapping[str, str], moved: dict[str, int], **_: Any) -> None:
    """Open cases lie in the area that took over."""
    moved["cases"] = sum(_open([code]).update(area=into) for code, into in pairs.items())


@listens("areas-redrawn-back", "casework")
def back(*, pairs: Mapping[str, str], moved: dict[str, int], **_: Any) -> None:
    """Open cases go back where their subjects live again."""
    person = Person.objects.filter(pk=OuterRef("person"), home__in=list(pairs)).values("home")[:1]
    family = Family.objects.filter(pk=OuterRef("family"), home__in=list(pairs)).values("home")[:1]
    rows = _open(sorted(set(pairs.values())))
    home = Coalesce(Subquery(person), Subquery(family), "area")
    moved["cases"] = rows.update(area=home)
