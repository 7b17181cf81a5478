"""Open cases that lie with an office that stands in, and the office they belong to, once there is one.

Where no office of a step's level stands over the residence, the next higher one has the case (``desks``). When the right
one is opened or seated, what is open goes there by itself: at once, and again each night. What a person handed on by
hand stays where they put it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from lianxin.access.models import Grant, Office
from lianxin.access.queries import under
from lianxin.access.roles import ROLES
from lianxin.casework import desks, states
from lianxin.casework.models import Case, Move
from lianxin.casework.moving import SOME, Expected, Moving, apart, entered, locked, run
from lianxin.casework.permissions import Place, needed
from lianxin.casework.refusals import NoSuchCase
from lianxin.casework.scopes import visible_cases
from lianxin.casework.telling import tell, tell_found, tell_office
from lianxin.engine import clock
from lianxin.engine.effects import listens
from lianxin.engine.scope import Actor, Scope
from lianxin.journal.actions import Writing

BY_HAND = "hand-on"  # somebody of the desk chose another office
BY_ITSELF = "come-home"
FEW = 50  # areas that are asked for one by one; more are looked at as a whole
GROUP = ("level", "area", "office", "sealed", "service")


def bring_home(
    *, by: Actor, at: dt.datetime, areas: Collection[str] | None = None, writer: Writing | None = None
) -> int:
    """Give open cases that lie with a stand-in to the office of their step's level; returns how many went.

    ``areas``: only cases under these codes. One query finds the groups, one the offices; a second run moves nothing.
    The day that was promised to the household stays.
    """
    target = _targets(areas, at)
    moved = 0
    for ids in _chunks(target):
        with transaction.atomic():
            for group in apart(locked(list(ids))):
                with entered(group, "case.come-home", by, at, writer) as writing:
                    moved += _carry(Moving(writing, by, at, group), ids, BY_ITSELF)
    return moved


def _carry(moving: Moving, to: dict[int, Office], verb: str, words: str = "") -> int:
    """Move locked cases to their offices; the households and whoever attests are told who has it now."""
    went = [case for case in moving.cases if case.office_id != to[case.pk].pk]
    for case in went:
        before = case.office.name if case.office else "—"
        case.office, case.assignee = to[case.pk], None
        moving.follow(case, verb, words=words or f"{before} → {case.office.name}")
    moving.settle()
    fresh = [case for case in went if case.state in {states.OPEN, states.PROPOSED} and case.step == 0]
    tell_found(
        [case for case in fresh if case.state == states.PROPOSED], by=moving.by, at=moving.at, writer=moving.writer
    )
    for template, some in (
        ("case-opened", [case for case in fresh if case.state == states.OPEN]),
        ("case-handed", [case for case in went if case not in fresh and case.state in states.ON_A_DESK]),
    ):
        tell(some, template, by=moving.by, at=moving.at, writer=moving.writer)
    waits = [case for case in went if case.step_name == "attest" and case.state == states.OPEN]
    tell_office(waits, "attest-please", by=moving.by, at=moving.at, writer=moving.writer)
    return len(went)


def _targets(areas: Collection[str] | None, at: dt.datetime) -> dict[int, Office]:
    """Case → the office it belongs to, for every open case that lies with a stand-in while another could have it."""
    stray = _strays()
    if areas is not None:
        inside = Q(pk__in=[])
        for code in areas:
            inside |= under(code, "area")
        stray = stray.filter(inside)
    groups = list(stray.order_by().values_list(*GROUP).distinct())
    wanted = {key: desks.Wanted(key[0], key[1], key[4] if key[3] else "") for key in groups}
    found: dict[int, Office] = {}
    for home in _by_office(wanted, at):
        office, keys = home
        for start in range(0, len(keys), 100):
            some = Q(pk__in=[])
            for level, area, old, sealed, service in keys[start : start + 100]:
                one = Q(level=level, area=area, office=old, sealed=sealed)
                some |= one & Q(service=service) if sealed else one
            found |= dict.fromkeys(stray.filter(some).values_list("pk", flat=True), office)
    by_hand = set[int]()
    ids = list(found)
    for start in range(0, len(ids), SOME):
        rows = Move.objects.filter(case__in=ids[start : start + SOME], verb=BY_HAND, to_step=F("case__step"))
        by_hand |= set(rows.values_list("case", flat=True))
    return {case: office for case, office in found.items() if case not in by_hand}


def _by_office(
    wanted: dict[tuple[Any, ...], desks.Wanted], at: dt.datetime
) -> Iterator[tuple[Office, list[tuple[Any, ...]]]]:
    chosen = desks.offices_for(wanted.values(), at, strict=False)
    homes: dict[int, tuple[Office, list[tuple[Any, ...]]]] = {}
    for key, one in wanted.items():
        office = chosen.get(one)
        if office is None or office.pk == key[2] or office.kind not in desks.KINDS.get(key[0], desks.OURS):
            continue  # from one that stands in for another kind to a second such one: no help
        homes.setdefault(office.pk, (office, []))[1].append(key)
    return iter(homes.values())


def _strays() -> QuerySet[Case]:
    """Open cases whose office is not of the level or kind that their step names, or is closed."""
    ours = Q(level__in=desks.UPWARDS) & ~Q(office__level=F("level"))
    others = Q(pk__in=[])
    for level in ("liaison", "member"):
        others |= Q(level=level) & ~Q(office__kind__in=desks.KINDS[level])
    closed = Q(office__open=False, level__in=[*desks.UPWARDS, "liaison", "member"])
    return Case.objects.filter(ours | others | closed, office__isnull=False).exclude(state__in=states.ENDED)


def _chunks(target: dict[int, Office]) -> Iterator[dict[int, Office]]:
    rows = sorted(target.items())
    for start in range(0, len(rows), SOME):
        yield dict(rows[start : start + SOME])


@listens("offices-seated", "casework")
def seated(*, areas: Sequence[str], by: Actor, at: dt.datetime, **_more: Any) -> None:
    """An office was opened or somebody sat down in one: what waited for it goes there."""
    bring_home(by=by, at=at, areas=areas if len(areas) <= FEW else None)


def hand_on(*, case: int, office: int, words: str, by: Actor, at: dt.datetime, expected: Expected = None) -> Case:
    """Whoever has a case hands it to another office over the residence that may do this step; it stays there.

    Raises :class:`NoSuchCase` for an office that may not have it.
    """

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        to = next((row for row in _may_have(one) if row.pk == office), None)
        if to is None:
            raise NoSuchCase(_("There is no such office."))
        _carry(moving, {one.pk: to}, BY_HAND, words.strip()[:2000])

    return run(BY_HAND, cases=case, by=by, at=at, expected=expected, body=body)[0]


def _may_have(case: Case) -> list[Office]:
    """Open offices over the residence, of the kind the step asks or at its level and above; nearest first."""
    if case.sealed:  # goes by its own list alone
        return []
    heads = [case.area[:length] for length in desks.LENGTH.values() if len(case.area) >= length]
    first = desks.UPWARDS.index(case.level) if case.level in desks.UPWARDS else 0
    kinds = desks.KINDS.get(case.level, ()) if case.level not in desks.GIVERS else ()
    fits = Q(kind__in=desks.OURS, level__in=desks.UPWARDS[first:]) | Q(
        kind__in=[one for one in kinds if one != desks.COUNSEL]
    )
    rows = Office.objects.filter(fits, area_id__in=heads, open=True).exclude(pk=case.office_id or 0)
    return sorted(rows, key=lambda row: (row.kind in desks.OURS, -len(row.area_id), row.pk))


def may_have(actor: Actor, case: int, at: dt.datetime) -> list[tuple[int, str, str, str]]:
    """To which offices a case may be handed on: id, Chinese and English name, kind; empty where it is not seen."""
    found = Case.objects.filter(visible_cases(actor.scope, at), pk=case).first()
    if found is None:
        return []
    return [(row.pk, row.name, row.name_en or row.name, row.kind) for row in _may_have(found)]


@dataclass(frozen=True, slots=True)
class Unmanned:
    """Open cases at a desk where nobody may do their step: at which office, what step, who would."""

    office: str
    area: str
    step: str
    level: str
    count: int
    permissions: frozenset[str]


def unmanned(scope: Scope, at: dt.datetime, case: int | None = None) -> list[Unmanned]:
    """Where open cases wait for somebody who is not there, the most first; ``case``: for one case alone.

    Whoever sits in the office or, over areas, in one above it counts. The number of queries does not grow with cases.
    """
    rows = Case.objects.filter(
        visible_cases(scope, at), state__in=[states.OPEN, states.REVIEW], office__isnull=False, sealed=False
    ).exclude(level__in=[*desks.GIVERS, "subject"])
    if case is not None:
        rows = rows.filter(pk=case)
    groups = rows.order_by().values_list(
        "office", "office__name", "office__area", "office__level", "level", "step_name"
    ).annotate(count=Count("pk"))  # fmt: skip
    held = _held(at) if groups else []
    found = []
    for office, name, area, office_level, level, step, count in groups:
        place = Place(
            area=area, office=office, office_area=area, office_level=office_level, desk="", step=step, level=level
        )
        wanted = needed(VERB.get(step, "advance"), place)
        if not any(wanted & may and (at_ == office or (reach and area.startswith(reach))) for at_, reach, may in held):
            found.append(Unmanned(name, area, step, level, count, wanted))
    return sorted(found, key=lambda one: -one.count)


VERB = {
    "accept": "accept",
    "publicise": "publicise",
    "dispatch": "dispatch",
    "deliver": "deliver",
    "call-back": "call-back",
}


def _held(at: dt.datetime) -> list[tuple[int | None, str, frozenset[str]]]:
    """Who may do what where: the office of an account, the area its role reaches over, the permissions."""
    day = clock.day(at)
    rows = Grant.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        superseded_at__isnull=True, account__is_active=True, role__in=[role for role in ROLES if role != "resident"],
    ).order_by().values_list("account__office", "area", "role").distinct()  # fmt: skip
    return [(office, area if ROLES[role].reach == "area" else "", ROLES[role].may) for office, area, role in rows]
