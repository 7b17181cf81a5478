"""What a family circle shows: to a relative, to the one who decides what is shown, to the unit's political officer.

Shown of a matter are its name, its state, its desk, its day and its step line; never words, papers, amounts, numbers or
an office's people. Sealed matters show to nobody. A ward's matter shows only where the guardian said so for that one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from lianxin.access.models import Office
from lianxin.casework import states
from lianxin.casework.circlemodels import CircleShare, CircleSheet, CircleWord
from lianxin.casework.inbox import rows_of
from lianxin.casework.models import Case
from lianxin.casework.shown import CaseRow, StepShown
from lianxin.casework.viewing import steps_of
from lianxin.casework.words import said
from lianxin.catalogue.queries import version
from lianxin.engine import clock
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor, Scope
from lianxin.people import circles, identities
from lianxin.people.models import Person

RECENT = dt.timedelta(days=45)  # what ended is shown so long
MOST = 40
LEVELS = ("township", "county", "city")


@dataclass(frozen=True, slots=True)
class Seen:
    """A relative's matter as it is seen from far away. ``thanked``: the words that were said, blank for none."""

    owner: int
    row: CaseRow
    version: int
    steps: list[StepShown]
    mine: bool  # asked for by the viewer
    thanked: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A matter of one's own (or of a ward) and whether one relative, or the unit, sees it."""

    row: CaseRow
    shown: bool
    ward: bool
    to_unit: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How matters of the families that agreed to be counted are going, without names; None where too few."""

    families: int | None
    running: int | None
    late: int | None
    done: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page to hand over: for whom, from whom, whether both agreed, and when it was handed over last."""

    id: int
    soldier: int
    soldier_name: str
    person: int
    person_name: str
    relation: str
    state: str  # standing | invited (the soldier has not answered) | asked | none
    handed_at: dt.datetime | None


def _owned(persons: Sequence[int], at: dt.datetime) -> Q:
    """Matters of these persons: their own and what their household asked for as a whole."""
    families = Person.objects.filter(pk__in=persons, family__isnull=False).values("family")
    recent = ~Q(state__in=states.ENDED) | Q(closed_at__gte=at - RECENT)
    mine = Q(person__in=persons) | Q(family__in=families, person__isnull=True)
    return mine & recent & Q(sealed=False) & ~Q(state=states.PROPOSED)


def _decided(persons: Sequence[int], relative: int) -> dict[tuple[int, int | None], bool]:
    rows = CircleShare.objects.filter(person__in=persons, relative__in=identities.files_of([relative])).order_by("pk")
    return {(person, case): shown for person, case, shown in rows.values_list("person_id", "case_id", "shown")}


def seen(viewer: Actor, owners: Sequence[int], *, at: dt.datetime) -> dict[int, list[Seen]]:
    """What these relatives show to the viewer, newest first, by relative. The caller has no need to check the tie."""
    if viewer.person is None:
        return {}
    return _seen(viewer.person, viewer.account, owners, at)


def _seen(viewer: int, account: int | None, owners: Sequence[int], at: dt.datetime) -> dict[int, list[Seen]]:
    tied = set(circles.standing(viewer, clock.day(at)))
    persons = [one for one in owners if one in tied]
    if not persons:
        return {}
    decided = _decided(persons, viewer)
    families: dict[int, list[int]] = defaultdict(list)
    for pk, family in Person.objects.filter(pk__in=persons).values_list("pk", "family_id"):
        if family is not None:
            families[family].append(pk)
    wards = [case for (_p, case), shown in decided.items() if case is not None and shown]
    rows = Case.objects.filter(_owned(persons, at) | Q(pk__in=wards, sealed=False)).select_related("office")
    found: list[tuple[int, Case]] = []
    for case in rows.order_by("-pk")[: MOST * len(persons)]:
        for owner in [case.person_id] if case.person_id in persons else families.get(case.family_id or 0, persons):
            said = decided.get((owner or 0, case.pk))
            usual = decided.get((owner or 0, None), False) and case.person_id in {owner, None}
            own_ask = case.opened_by is not None and case.opened_by == account
            if owner is not None and (said if said is not None else usual or own_ask):
                found.append((owner, case))
                break
    return _grouped(found, viewer, account, at)


def _grouped(
    found: Sequence[tuple[int, Case]], viewer: int, account: int | None, at: dt.datetime
) -> dict[int, list[Seen]]:
    rows = {row.id: row for row in rows_of([case for _owner, case in found], at=at, masked=True)}
    words = dict(CircleWord.objects.filter(case__in=list(rows), person=viewer).values_list("case_id", "words"))
    made: dict[int, list[Seen]] = defaultdict(list)
    for owner, case in found:
        made[owner].append(
            Seen(owner, rows[case.pk], case.version_id, steps_of(case, version(case.version_id)),
                 case.opened_by is not None and case.opened_by == account, words.get(case.pk, ""))
        )  # fmt: skip
    return made


def sees(viewer: Actor, case: int, *, at: dt.datetime) -> Seen | None:
    """One matter of somebody in the viewer's circle, where it is shown."""
    if viewer.person is None:
        return None
    shown = seen(viewer, circles.standing(viewer.person, clock.day(at)), at=at)
    return next((one for rows in shown.values() for one in rows if one.row.id == case), None)


def choices(person: int, relative: int, *, at: dt.datetime) -> list[Choice]:
    """A person's own matters and those of their wards, with what the relative sees of each."""
    wards = circles.wards_of(person, at)
    decided = _decided([person], relative)
    to_unit = dict(CircleShare.objects.filter(person=person, office__isnull=False, case__isnull=False).order_by("pk")
                   .values_list("case_id", "shown"))  # fmt: skip
    theirs = Q(person__in=wards, sealed=False) & (~Q(state__in=states.ENDED) | Q(closed_at__gte=at - RECENT))
    found = list(Case.objects.filter(_owned([person], at) | theirs & ~Q(state=states.PROPOSED)).select_related("office")
                 .order_by("-pk")[:MOST])  # fmt: skip
    usual = decided.get((person, None), False)
    rows = {row.id: row for row in rows_of(found, at=at, masked=False)}
    return [
        Choice(rows[case.pk], decided.get((person, case.pk), usual and case.person_id not in wards),
               case.person_id in wards, to_unit.get(case.pk, False))
        for case in found
    ]  # fmt: skip


def shows_by_itself(owner: int, relative: int) -> bool:
    """Whether matters show to a relative without a word for each."""
    return _decided([owner], relative).get((owner, None), False)


def is_counted(owner: int) -> bool:
    """Whether a person lets the unit's political officer count their matters without names."""
    rows = CircleShare.objects.filter(person=owner, office__isnull=False, case__isnull=True).order_by("-pk")
    return bool(rows.values_list("shown", flat=True).first())


def liaison_over(area: str) -> Office | None:
    """The nearest liaison office over a place."""
    for level, length in (("township", 9), ("county", 6), ("city", 4)):
        found = Office.objects.filter(area_id=area[:length], level=level, kind="liaison", open=True).order_by("pk")
        if len(area) >= length and (office := found.first()) is not None:
            return office
    return None


def liaison_of(person: int) -> str:
    """The name of the liaison office over a person's home, in the reader's language; blank where there is none yet."""
    home = Person.objects.filter(pk=person).values_list("home", flat=True).first()
    office = liaison_over(home or "")
    return said(Name(office.name, office.name_en or office.name)) if office is not None else ""


def wants_paper(owner: int, soldier: int) -> bool:
    """Whether a page of one's matters is to be handed over to this relative."""
    return CircleSheet.objects.filter(person=owner, soldier=soldier, ended_at__isnull=True).exists()


def pages(scope: Scope, *, at: dt.datetime) -> list[Page]:
    """The pages that this liaison office hands over, by soldier; only its own."""
    if not scope.offices:
        return []
    rows = list(CircleSheet.objects.filter(office__in=scope.offices, ended_at__isnull=True).order_by("soldier", "pk"))
    called = identities.names([one.person_id for one in rows] + [one.soldier_id for one in rows])
    day = clock.day(at)
    ties = {pk: {tie.person: tie for tie in circles.ties(pk, day)} for pk in {one.soldier_id for one in rows}}
    made = []
    for one in rows:
        tie = ties[one.soldier_id].get(one.person_id)
        made.append(Page(one.pk, one.soldier_id, called.get(one.soldier_id, ""), one.person_id,
                         called.get(one.person_id, ""), tie.relation if tie else "", tie.state if tie else "none",
                         one.handed_at))  # fmt: skip
    return made


def on_page(soldier: int, owners: Sequence[int], *, at: dt.datetime) -> dict[int, list[Seen]]:
    """What stands on a soldier's printed page. The caller has shown that the page is its office's to hand over."""
    return _seen(soldier, None, owners, at)


def unit_sees(scope: Scope, *, at: dt.datetime) -> list[tuple[str, CaseRow]]:
    """The matters that families show to the unit's political officer, with the name of who shows each."""
    if not scope.offices:
        return []
    newest: dict[tuple[int, int], bool] = {}
    rows = CircleShare.objects.filter(office__in=scope.offices, case__isnull=False).order_by("pk")
    for person, case, shown in rows.values_list("person_id", "case_id", "shown"):
        if case is not None:
            newest[(case, person)] = shown
    whose = {case: person for (case, person), shown in newest.items() if shown}
    recent = ~Q(state__in=states.ENDED) | Q(closed_at__gte=at - RECENT)
    found = list(Case.objects.filter(recent, pk__in=list(whose), sealed=False).select_related("office").order_by("-pk"))
    called = identities.names(whose.values())
    return [(called.get(whose[row.id], ""), row) for row in rows_of(found, at=at, masked=True)]


def unit_counts(scope: Scope, *, at: dt.datetime) -> Counts:
    """How matters of the families that agreed to be counted go: families, running, late, done within the time shown.

    Nothing below the smallest cell is said, so that no count betrays a family or how many serve.
    """
    newest: dict[int, bool] = {}
    rows = CircleShare.objects.filter(office__in=scope.offices, case__isnull=True, relative__isnull=True).order_by("pk")
    newest.update(rows.values_list("person_id", "shown"))
    persons = [person for person, shown in newest.items() if shown]
    found = Case.objects.filter(_owned(persons, at)) if persons else Case.objects.none()
    told: Counter[str] = Counter()
    for state, due in found.values_list("state", "due_at"):
        told["done" if state in states.ENDED else "late" if due is not None and due < at else "running"] += 1
    if len(persons) < settings.SMALL_CELL:
        return Counts(None, None, None, None)

    def cell(count: int) -> int | None:
        return count if count >= settings.SMALL_CELL or count == 0 else None

    return Counts(len(persons), cell(told["running"]), cell(told["late"]), cell(told["done"]))
