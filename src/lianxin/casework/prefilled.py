"""What a service's form asks and the file says already: filled in when the case is opened, to be corrected by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from lianxin.casework.models import Case
from lianxin.catalogue.queries import version
from lianxin.engine.forms import beyond
from lianxin.people.models import Livelihood

MARK = "x-known"  # a field of a form names here what of the file answers it
SOME = 800


def fill(made: Sequence[Case], day: dt.date) -> None:
    """Write into new cases what their files answer; one query for each thing that is asked, nothing is overwritten."""
    wanted: dict[str, list[tuple[Case, str]]] = {}
    for case in made:
        schema: Any = version(case.version_id).service.form or {}
        for name, one in schema.get("properties", {}).items():
            if one.get(MARK) in KNOWN and case.person_id is not None and case.form.get(name) in (None, ""):
                wanted.setdefault(one[MARK], []).append((case, name))
    for mark, places in wanted.items():
        answers = KNOWN[mark](sorted({case.person_id for case, _name in places if case.person_id is not None}), day)
        for case, name in places:
            answer = answers.get(case.person_id or 0)
            properties = (version(case.version_id).service.form or {}).get("properties", {})
            if answer is not None and not beyond(properties, {name: answer}, day):
                case.form = {**case.form, name: answer}


def _unemployed_since(persons: Sequence[int], day: dt.date) -> dict[int, str]:
    """Since when each is out of work: the day on which the row begins that says so today."""
    found: dict[int, str] = {}
    for start in range(0, len(persons), SOME):
        rows = Livelihood.objects.filter(
            person__in=persons[start : start + SOME], superseded_at__isnull=True, valid_to__isnull=True,
            employment="unemployed", valid_from__lte=day,
        )  # fmt: skip
        found |= {person: since.isoformat() for person, since in rows.order_by("pk").values_list("person", "valid_from")
                  if since is not None}  # fmt: skip
    return found


KNOWN: dict[str, Callable[[Sequence[int], dt.date], dict[int, str]]] = {"unemployed-since": _unemployed_since}
