"""What an opening must not open twice: a case already open or standing, an event already served, a double click."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from lianxin.casework import states
from lianxin.casework.models import Case
from lianxin.catalogue.queries import Published
from lianxin.engine.openings import Opening
from lianxin.outcomes.models import Outcome

DOUBLE_CLICK = dt.timedelta(minutes=2)
SOME = 800
RECURRING = frozenset({"monthly", "quarterly", "yearly"})
FOUND = "match"  # the channel of what nobody asked for: duplicates are left out in silence


@dataclass
class Known:
    """What the subjects of some openings of one service already have."""

    cases: dict[tuple[str, int], list[Case]]
    served: dict[tuple[str, int], dt.date]  # the newest unreversed delivery in the register


def known(published: Published, openings: Sequence[Opening], at: dt.datetime) -> Known:
    """Read once what the subjects already have of this service; of asks only what could be the same one once more."""
    service = published.service
    side = _side(published)
    ids = [one for one in dict.fromkeys(_subject(opening, side) for opening in openings) if one is not None]
    cases: dict[tuple[str, int], list[Case]] = {}
    served: dict[tuple[str, int], dt.date] = {}
    for start in range(0, len(ids), SOME):
        some = ids[start : start + SOME]
        for case in _cases(published, openings, some, side, at):
            subject = case.person_id if side == "person" else case.family_id
            if subject is not None:
                cases.setdefault((side, subject), []).append(case)
        if service.repeat in {"once", "per-event"}:
            outcomes = Outcome.objects.filter(
                service=service.code, reverses__isnull=True, reversals__isnull=True, **{f"{side}__in": some}
            )
            for subject, day in outcomes.values_list(side, "happened_on"):
                key = (side, subject)
                served[key] = max(day, served.get(key, day))
    return Known(cases, served)


def _cases(
    published: Published, openings: Sequence[Opening], subjects: Sequence[int], side: str, at: dt.datetime
) -> list[Case]:
    service = published.service
    if service.repeat == "on-demand":
        found = _lately(service.code, openings, subjects, side, at)
        if not found:
            return []  # nearly always so
        rows = Case.objects.filter(pk__in=found)
    else:
        rows = Case.objects.filter(service=service.code, **{f"{side}__in": subjects})
    return list(rows.select_related("office").order_by("pk"))


def _lately(
    service: str, openings: Sequence[Opening], subjects: Sequence[int], side: str, at: dt.datetime
) -> list[int]:
    """The cases of these subjects that may be the same ask: of the last minutes, or under a key that is sent again.

    Asked twice with each ask, once while nobody else can write; building the query took ten times as long as running it.
    """
    keys = sorted({one.reference for one in openings if one.reference})
    of_keys = f" OR reference IN ({', '.join(['%s'] * len(keys))})" if keys else ""
    statement = f"""
        SELECT id FROM "{Case._meta.db_table}" WHERE {side}_id IN ({", ".join(["%s"] * len(subjects))})
        AND service = %s AND (opened_at >= %s{of_keys})"""
    since = connection.ops.adapt_datetimefield_value(at - DOUBLE_CLICK)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*subjects, service, since, *keys])
        return [row[0] for row in cursor.fetchall()]


def already(
    published: Published, opening: Opening, have: Known, *, account: int | None, at: dt.datetime
) -> Case | bool:
    """The case that makes this opening needless, ``True`` where it was served before casework, else ``False``."""
    service = published.service
    side = _side(published)
    subject = _subject(opening, side)
    if subject is None:
        return False
    cases = have.cases.get((side, subject), [])
    if service.repeat == "on-demand":
        return _double_click(opening, cases, account, at)
    if service.repeat == "per-event" and opening.event_on is not None:
        for case in cases:
            asked_again = case.state == states.WITHDRAWN and opening.channel != FOUND  # they want it after all
            if case.event_on == opening.event_on and not asked_again:
                return case
        served = have.served.get((side, subject))
        return served is not None and served >= opening.event_on
    for case in cases:
        if case.state not in states.ENDED and (service.per != "cause" or case.cause == opening.cause):
            return case
    if service.repeat == "once" and service.per != "cause":
        for case in cases:
            if case.state == states.DELIVERED:
                return case
        return (side, subject) in have.served
    return False


def _double_click(opening: Opening, cases: Sequence[Case], account: int | None, at: dt.datetime) -> Case | bool:
    for case in reversed(cases):
        if opening.reference and case.reference == opening.reference and case.channel == opening.channel:
            return case
        same = (case.kind, case.words, case.opened_by, case.person_id, case.reference) == (
            opening.kind, opening.words, account, opening.person, opening.reference
        )  # fmt: skip
        if same and at - case.opened_at <= DOUBLE_CLICK and case.state not in states.ENDED:
            return case
    return False


def _side(published: Published) -> str:
    return "family" if published.service.subject == "family" or published.service.per == "family" else "person"


def _subject(opening: Opening, side: str) -> int | None:
    return opening.person if side == "person" else opening.family
