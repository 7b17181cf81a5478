"""What a letter to a household says of its case: whom it goes to, where the case stands, what is asked or missing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lianxin.casework import states, subjects
from lianxin.casework.inbox import desk_of
from lianxin.casework.models import Case, Dispatch, Gap
from lianxin.casework.scopes import visible_cases
from lianxin.casework.shown import Desk
from lianxin.catalogue.queries import version
from lianxin.engine.declaration import Service
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor
from lianxin.people import queries as people

SOME = 800


@dataclass(frozen=True, slots=True)
class Letter:
    """The facts of one letter; its words are the page's."""

    case: int
    number: str
    person: int | None
    to: str
    address: str
    area: str
    service: Service
    kind: Name | None
    state: str
    step: str
    desk: Desk | None
    due_at: dt.datetime | None
    amount: int | None
    asked: Mapping[str, Any] = field(default_factory=dict)  # fields of the form that have no answer yet
    missing: Sequence[Name] = ()
    done: str = ""  # what whoever saw to it said of it, once it is done
    ended: dt.datetime | None = None

    @property
    def confirms(self) -> bool:
        """Whether it asks if all is well now."""
        return self.state == states.OPEN and self.step == "confirm"

    @property
    def proposal(self) -> bool:
        """Whether it asks for a yes or a no."""
        return self.state == states.PROPOSED


def letters(actor: Actor, cases: Sequence[int], *, at: dt.datetime) -> dict[int, Letter]:
    """Letters for those of the cases that exist for the actor; sealed ones are never put on paper."""
    once, found = list(dict.fromkeys(cases)), list[Case]()
    for start in range(0, len(once), SOME):
        rows = Case.objects.filter(visible_cases(actor.scope, at), pk__in=once[start : start + SOME], sealed=False)
        found += rows.select_related("office").order_by("pk")
    told = subjects.told(found)
    hits = people.hits(actor.scope, [person for some in told.values() for person in some])
    gaps: dict[int, list[Name]] = defaultdict(list)
    for start in range(0, len(found), SOME):
        open_gaps = Gap.objects.filter(case__in=found[start : start + SOME], met_at__isnull=True).order_by("pk")
        for number, code, name in open_gaps.values_list("case_id", "code", "name"):
            gaps[number].append(Name(name.get("zh", code), name.get("en", code)))
    done = dict(
        Dispatch.objects.filter(case__in=[one.pk for one in found], answer="done")
        .order_by("pk").values_list("case_id", "done_words")
    )  # fmt: skip
    made = {}
    for case in found:
        who = next((hits[one] for one in told.get(case.pk, ()) if one in hits), None)
        if who is not None:
            made[case.pk] = _letter(case, who, gaps[case.pk], done.get(case.pk, ""))
    return made


def _letter(case: Case, who: people.Hit, missing: Sequence[Name], done: str) -> Letter:
    service = version(case.version_id).service
    kind = service.kind(case.kind)
    properties = (service.form or {}).get("properties", {})
    asked = {name: one for name, one in properties.items() if case.form.get(name) in (None, "")}
    return Letter(
        case=case.pk, number=case.number, person=who.id, to=who.name, address=who.address, area=case.area, service=service,
        kind=kind.name if kind else None, state=case.state, step=case.step_name, desk=desk_of(case),
        due_at=None if case.paused_at else case.due_at, amount=case.amount,
        asked=asked if case.state == states.PROPOSED else {}, missing=missing,
        done=done if case.step_name == "confirm" or case.closed_at is not None else "",
        ended=case.closed_at if case.state in states.ENDED else None,
    )  # fmt: skip
