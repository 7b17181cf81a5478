"""What other rooms ask of casework by name, and what it hears from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from lianxin.casework import (
    derived,
    facts,
    filework,
    handedover,
    handing,
    homing,
    judged,
    merged,
    money,
    redistricting,
    states,
    subjects,
)
from lianxin.casework.asking import go_on
from lianxin.casework.models import Case, Gap, Paper
from lianxin.casework.moving import SOME, Moving, apart, entered, locked
from lianxin.casework.opening import open_cases
from lianxin.casework.standing import found_subjects, lost_subjects, review_lost, served_among
from lianxin.engine import clock
from lianxin.engine.deliveries import Delivered, Delivery, Paid
from lianxin.engine.effects import handles, listens
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.outcomes import actions as register
from lianxin.outcomes.models import Outcome

__all__ = ["derived", "facts", "handedover", "handing", "homing", "redistricting"]


@handles("open-cases")
def open_found(*, openings: Sequence[Opening], by: Actor, at: dt.datetime, writer: Writing) -> int:
    """Open what matching found; returns how many cases there are now that were not before."""
    return len(open_cases(openings=openings, by=by, at=at, writer=writer))


@handles("review-lost")
def review(*, service: str, subjects: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> int:
    """Review what matching no longer finds."""
    return lost_subjects(service=service, subjects=subjects, by=by, at=at)


@handles("review-found")
def found_again(*, service: str, subjects: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> int:
    """Let stand again what matching lost and finds again before anybody decided."""
    return found_subjects(service=service, subjects=subjects, by=by, at=at)


@handles("served")
def served(*, asked: Mapping[str, Sequence[int]], day: dt.date) -> set[tuple[str, int]]:
    """Of these subjects of each service those whose standing decision is paid as it should be."""
    return served_among(asked, day)


@handles("received-of-one")
def received_of_one(*, services: Sequence[str], kind: str, subject: int, day: dt.date) -> dict[str, dict[str, Any]]:
    """How often, when, and whether under way, of one subject for many services."""
    return facts.of_one(services=services, kind=kind, subject=subject, day=day)


@handles("received-of-some")
def received_of_some(
    *, services: Sequence[str], kind: str, subjects: Sequence[int], day: dt.date
) -> dict[tuple[str, int], dict[str, Any]]:
    """The same of a few subjects at once."""
    return facts.of_some(services=services, kind=kind, subjects=subjects, day=day)


@handles("deliver-advice")
def deliver_advice(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """Advice was given: counted at once."""
    return _post("advice", deliveries, by=by, at=at, writer=writer)


@handles("deliver-record")
def deliver_record(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """Something was put on record: counted at once."""
    return _post("record", deliveries, by=by, at=at, writer=writer)


@handles("deliver-file")
def deliver_file(*, deliveries: Sequence[Delivery], by: Actor, at: dt.datetime, writer: Writing) -> list[Delivered]:
    """What the form says is written into the file, in this transaction, and counted as a record."""
    filework.write([one.case for one in deliveries], by=by, at=at, writer=writer)
    return _post("record", deliveries, by=by, at=at, writer=writer)


def _post(
    kind: str, deliveries: Sequence[Delivery], *, by: Actor, at: dt.datetime, writer: Writing
) -> list[Delivered]:  # fmt: skip
    """Post to the register, once each; what was reversed and is delivered again is another row."""
    sources = _fresh_sources([one.source() for one in deliveries])
    before = _held(sources.values())
    rows = [
        register.Posted(
            kind=kind, service=one.service, area=one.area, happened_on=one.happened_on, source=sources[one.source()],
            person=one.person, family=one.family, case=one.case, category=one.counted_as, programme=one.programme,
            level=one.level, amount=one.amount, organisation=one.giver, sealed=one.sealed,
        )
        for one in deliveries
    ]  # fmt: skip
    register.post(outcomes=rows, by=by, at=at, writer=writer)
    return [
        Delivered(case=one.case, state="done", source=row.source, fresh=row.source not in before)
        for one, row in zip(deliveries, rows, strict=True)
    ]


def _fresh_sources(names: Sequence[str]) -> dict[str, str]:
    current = {name: name for name in names}
    number, todo = 1, set(names)
    while todo:
        gone = _held(current[name] + register.REVERSED for name in todo)
        todo = {name for name in todo if current[name] + register.REVERSED in gone}
        number += 1
        current |= {name: f"{name}:{number}" for name in todo}
    return current


def _held(sources: Iterable[str]) -> set[str]:
    names, found = list(dict.fromkeys(sources)), set[str]()
    for start in range(0, len(names), SOME):
        found |= set(Outcome.objects.filter(source__in=names[start : start + SOME]).values_list("source", flat=True))
    return found


@listens("payments-paid", "casework")
def payments_paid(*, payments: Sequence[Paid], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Money arrived."""
    money.paid(payments=payments, by=by, at=at, writer=writer)


@listens("payments-returned", "casework")
def payments_returned(*, payments: Sequence[Paid], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Money came back."""
    money.returned(payments=payments, by=by, at=at, writer=writer)


@listens("person-died", "casework")
def person_died(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> None:
    """Proposals to the dead lapse, standing decisions go to review; nobody writes to them."""
    with transaction.atomic():
        for some in _chunks(ids):
            rows = Case.objects.filter(person__in=some, state__in=[states.PROPOSED, states.STANDING]).order_by("pk")
            found = locked(list(rows.values_list("pk", flat=True)))
            review_lost(cases=found, by=by, at=at, reason="died")


@listens("person-moved", "casework")
def person_moved(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> None:
    """What stands or is proposed goes with the person; what a desk has begun it finishes."""
    del by, at
    for some in _chunks(ids):
        homes: dict[str, list[int]] = {}
        for person, home in subjects.homes(some, ())[0].items():
            if home.startswith(settings.CITY):  # who leaves the city keeps their desk until the transfer is settled
                homes.setdefault(home, []).append(person)
        for home, persons in homes.items():
            Case.objects.filter(person__in=persons, state__in=[states.PROPOSED, states.STANDING]).update(area=home)


@listens("person-merged", "casework")
def person_merged(*, merges: merged.Merged, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Two files are one person's."""
    merged.follow(merges=merges, by=by, at=at, writer=writer)


@listens("person-unmerged", "casework")
def person_unmerged(*, merges: merged.Merged, by: Actor, at: dt.datetime, writer: Writing) -> None:
    """They are two persons' after all."""
    merged.give_back(merges=merges, by=by, at=at, writer=writer)


@listens("household-joined", "casework")
def household_joined(*, pairs: Mapping[int, int], by: Actor, at: dt.datetime, writer: Writing) -> None:
    """Two households are one."""
    merged.joined(pairs=pairs, by=by, at=at, writer=writer)


@listens("person-weighed", "casework")
def person_weighed(*, ids: Sequence[int], found: dict[str, dict[int, int]], **_: Any) -> None:
    """How many cases, running decisions on money, outcomes and papers these persons have."""
    cases = Case.objects.filter(person__in=ids, sealed=False).order_by()
    standing = cases.filter(state=states.STANDING, amount__isnull=False)
    kept = {"cases": cases, "standing": standing, "outcomes": Outcome.objects.filter(person__in=ids, sealed=False).order_by(),
            "papers": Paper.objects.filter(person__in=ids).order_by()}  # fmt: skip
    for what, rows in kept.items():
        found[what] = {person: int(count) for person, count in rows.values_list("person").annotate(n=Count("pk"))}


@listens("person-changed", "casework")
def person_changed(*, ids: Sequence[int], by: Actor, at: dt.datetime, **_: Any) -> None:
    """Facts that a waiting case lacked and that the file knows now meet their gaps; the clock may go on by itself."""
    lacking = Gap.objects.filter(kind="fact", met_at__isnull=True, case__state=states.WAITING)
    if len(ids) > SOME:  # who waits is few beside a ledger
        waiting = set(lacking.values_list("case__person", flat=True).distinct())
        ids = [one for one in ids if one in waiting]
    for some in _chunks(ids):
        gaps = list(lacking.filter(case__person__in=some))
        if gaps:
            _meet(gaps, by=by, at=at)


def _meet(gaps: Sequence[Gap], *, by: Actor, at: dt.datetime) -> None:
    with transaction.atomic():
        cases = locked([gap.case_id for gap in gaps])
        verdicts = dict(zip((case.pk for case in cases), judged.judged(cases, clock.day(at)), strict=True))
        met = [gap for gap in gaps if (found := verdicts[gap.case_id]) is not None and gap.code not in found.missing]
        if not met:
            return
        Gap.objects.filter(pk__in=[gap.pk for gap in met]).update(met_at=at)
        lacking = set(Gap.objects.filter(case__in=cases, met_at__isnull=True).values_list("case_id", flat=True))
        for group in apart([case for case in cases if case.pk not in lacking]):
            with entered(group, "case.resume", by, at, None) as writer:
                moving = Moving(writer, by, at, group)
                for case in group:
                    go_on(moving, case)
                moving.settle()


def _chunks(ids: Sequence[int]) -> list[list[int]]:
    every = list(ids)
    return [every[start : start + SOME] for start in range(0, len(every), SOME)]
