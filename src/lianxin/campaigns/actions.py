"""Write what givers offer, and post what was brought to a household."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lianxin.access.models import Office
from lianxin.campaigns.models import Hours
from lianxin.campaigns.offering import GIVING, offer, pause, withdraw
from lianxin.casework.models import Dispatch
from lianxin.engine.deliveries import Delivered, Delivery
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.outcomes import actions as register
from lianxin.outcomes.models import Outcome
from lianxin.outcomes.posted import Posted
from lianxin.people.awarded import merits
from lianxin.people.models import Person

__all__ = ["brought", "fresh_sources", "offer", "pause", "withdraw"]
SOME = 900


def brought(
    *, kind: str, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing
) -> list[Delivered]:  # fmt: skip
    """Post visits (``kind="visit"``) or errands to the register, once each; givers' hours are counted with them.

    A visit counts under the class of the award it brings, an errand under its kind. A delivery that was reversed and
    is brought again is another row of the register.
    """
    deliveries = with_givers(with_families(with_awards(deliveries)))
    sources = fresh_sources([one.source() for one in deliveries])
    before = _known(sources.values())
    rows = [_posted(kind, one, sources[one.source()]) for one in deliveries]
    register.post(outcomes=rows, by=by, at=at, writer=writer)
    fresh = [one for one in deliveries if sources[one.source()] not in before]
    writer.add(list(_hours(fresh, at)))
    return [
        Delivered(case=one.case, state="done", source=row.source, fresh=row.source not in before)
        for one, row in zip(deliveries, rows, strict=True)
    ]


def with_awards(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Deliveries for an award on a day, counted under its class where the case gave no word of its own."""
    bare = {(one.person, one.event_on) for one in deliveries if not one.counted_as}
    found = merits((person, day) for person, day in bare if person and day)
    return [
        replace(one, category=found[one.person, one.event_on])
        if not one.counted_as and one.person and one.event_on and (one.person, one.event_on) in found
        else one
        for one in deliveries
    ]


def with_families(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Deliveries to a person, counted for the household the person lives in today."""
    ids = sorted({one.person for one in deliveries if one.person and not one.family})
    homes: dict[int, int | None] = {}
    for start in range(0, len(ids), SOME):
        homes.update(Person.objects.filter(pk__in=ids[start : start + SOME]).values_list("pk", "family_id"))
    return [one if one.family else replace(one, family=homes.get(one.person or 0)) for one in deliveries]


def _posted(kind: str, one: Delivery, source: str) -> Posted:
    return Posted(
        kind=kind, service=one.service, programme=one.programme, category=one.counted_as, level=one.level,
        area=one.area, person=one.person, family=one.family, organisation=one.giver, case=one.case,
        happened_on=one.happened_on, source=source, sealed=one.sealed,
    )  # fmt: skip


def _known(sources: Iterable[str]) -> set[str]:
    names = list(dict.fromkeys(sources))
    found: set[str] = set()
    for start in range(0, len(names), SOME):
        found.update(Outcome.objects.filter(source__in=names[start : start + SOME]).values_list("source", flat=True))
    return found


def fresh_sources(names: Sequence[str]) -> dict[str, str]:
    """The register's name for each delivery: the plain one, or the next after those that were reversed."""
    current = {name: name for name in names}
    number = 1
    todo = set(names)
    while todo:
        reversed_ = _known(current[name] + register.REVERSED for name in todo)
        todo = {name for name in todo if current[name] + register.REVERSED in reversed_}
        number += 1
        current.update({name: f"{name}:again{number}" for name in todo})
    return current


def with_givers(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Deliveries by whom they were done: the office that said it had done what was handed to it, else who delivers."""
    cases = sorted({one.case for one in deliveries})
    done: dict[int, tuple[int, int | None]] = {}
    for start in range(0, len(cases), SOME):
        rows = Dispatch.objects.filter(case_id__in=cases[start : start + SOME], answer="done").order_by("pk")
        done.update({case: (office, account) for case, office, account in
                     rows.values_list("case_id", "office_id", "answered_by")})  # fmt: skip
    return [
        replace(one, giver=done[one.case][0], giver_account=done[one.case][1]) if one.case in done else one
        for one in deliveries
    ]


def _hours(deliveries: Sequence[Delivery], at: dt.datetime) -> Iterator[Hours]:
    """Time that givers gave; the offices of the state do their duty and are not counted here."""
    ids = {one.giver for one in deliveries if one.giver is not None}
    givers = set(Office.objects.filter(pk__in=ids, kind__in=GIVING).values_list("pk", flat=True))
    for one in deliveries:
        if one.giver in givers:
            yield Hours(office_id=one.giver, account=one.giver_account, case=one.case, minutes=one.minutes or 0,
                        valid_from=one.happened_on, recorded_at=at)  # fmt: skip
