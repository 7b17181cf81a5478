"""What the military liaison attests goes into the person's file as true or false, never a unit, a place or a task."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from lianxin.casework.models import Case
from lianxin.casework.refusals import Unfit
from lianxin.catalogue.queries import Published, version
from lianxin.engine import clock, effects
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.people.models import Attested

ATTESTABLE = frozenset({"unit_stationed_here", "accompanying"})


def attestable(published: Published) -> tuple[str, ...]:
    """The facts of a service that only the forces can say, in the order of its conditions."""
    return tuple(code for code in published.service.fact_names() if code in ATTESTABLE)


def record(cases: Sequence[Case], facts: Mapping[str, bool], *, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Record attested facts for the persons of cases at their ``attest`` step, and announce that they changed."""
    for case in cases:
        wrong = [code for code in facts if code not in attestable(version(case.version_id))]
        if wrong:
            raise Unfit(_("“%(fact)s” is not attested for this service.") % {"fact": wrong[0]})
    persons = sorted({case.person_id for case in cases if case.person_id is not None})
    if not persons or not facts:
        return
    held = {
        (person, code): (pk, holds)
        for pk, person, code, holds in Attested.objects.filter(
            person__in=persons, code__in=list(facts), superseded_at__isnull=True, valid_to__isnull=True
        ).values_list("pk", "person_id", "code", "holds")
    }
    day = clock.day(at)
    changed = [(p, code) for p in persons for code in facts if held.get((p, code), (0, None))[1] != facts[code]]
    writer.supersede(Attested, [held[key][0] for key in changed if key in held], at)
    writer.add([
        Attested(person_id=person, code=code, holds=facts[code], valid_from=day, recorded_at=at, paper="attest")
        for person, code in changed
    ])  # fmt: skip
    if changed:
        effects.announce("person-changed", ids=sorted({person for person, _code in changed}), by=by, at=at)
