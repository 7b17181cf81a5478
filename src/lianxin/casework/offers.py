"""What helpers were offered, and the helpers whom a desk may ask."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from lianxin.access.models import Office
from lianxin.access.queries import within
from lianxin.casework.inbox import desk_of
from lianxin.casework.models import Case, Dispatch, Move
from lianxin.casework.scopes import offered_to
from lianxin.casework.shown import DispatchShown
from lianxin.catalogue.queries import version
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor, Scope, over
from lianxin.people import consents
from lianxin.people.models import Family, Person

OPEN = ("offered", "accepted")
KINDS = ("volunteer", "partner", "unit", "member", "court")
OURS = ("station", "centre")  # the service centre and the stations above: asked where nobody near by gives


def dispatched_to(actor: Actor, *, done: bool = False, after: int = 0, limit: int = 50) -> list[DispatchShown]:
    """The offers made to the actor's own office: what is open, soonest answer first; or (``done``) what was."""
    if not actor.may("case.respond") or not actor.scope.offices:
        return []
    rows = Dispatch.objects.filter(offered_to(actor.scope))
    if done:
        rows = rows.filter(answer__in=["done", "declined", "unanswered"]).order_by("-pk")
        if after:
            rows = rows.filter(pk__lt=after)
    else:
        rows = rows.filter(answer__in=OPEN, pk__gt=after).order_by("answer_by", "pk")
    return shown(list(rows.select_related("office", "case__office")[:limit]))


def offer(actor: Actor, dispatch: int) -> DispatchShown | None:
    """One offer made to the actor's own office; None where there is none."""
    rows = Dispatch.objects.filter(offered_to(actor.scope), pk=dispatch).select_related("office", "case__office")
    return next(iter(shown(list(rows))), None)


def shown(rows: Sequence[Dispatch]) -> list[DispatchShown]:
    """Offers as pages show them. An address and a surname go only to who took the job, and only with consent."""
    families = {row.case.family_id for row in rows if row.case.family_id is not None}
    persons = {row.case.person_id for row in rows if row.case.person_id is not None}
    addresses = dict(Family.objects.filter(pk__in=families).values_list("pk", "address"))
    people = {pk: (name, address) for pk, name, address in
              Person.objects.filter(pk__in=persons).values_list("pk", "name", "address")}  # fmt: skip
    willing, homes = consents.agreed(consents.HELPER, persons), consents.households_agreed(consents.HELPER, families)
    for pk in persons - willing:
        people.pop(pk, None)
    addresses = {pk: address for pk, address in addresses.items() if pk in homes or _asker_agrees(rows, pk, willing)}
    wrong = still_wrong([row.case_id for row in rows])
    return [_shown(row, addresses, people, wrong.get(row.case_id, "")) for row in rows]


def still_wrong(cases: Collection[int]) -> dict[int, str]:
    """What households said was not well after it had been called done, the last word of each: case → words."""
    said = Move.objects.filter(case__in=list(cases), verb="not-received").exclude(words="").order_by("pk")
    return dict(said.values_list("case_id", "words"))


def _asker_agrees(rows: Sequence[Dispatch], family: int, willing: set[int]) -> bool:
    """Whether a case of the household is one person's, who agreed."""
    return any(row.case.family_id == family and row.case.person_id in willing for row in rows)


def _shown(row: Dispatch, addresses: dict[int, str], people: dict[int, tuple[str, str]], wrong: str) -> DispatchShown:
    case = row.case
    service = version(case.version_id).service
    kind = service.kind(case.kind)
    name, address = people.get(case.person_id or 0, ("", ""))
    taken = row.answer in {"accepted", "done"}
    place = (addresses.get(case.family_id or 0) or address) if taken else ""
    return DispatchShown(
        id=row.pk, case=case.pk, number=case.number, office=row.office_id,
        helper=Name(row.office.name, row.office.name_en or row.office.name), service_name=service.name,
        kind_name=kind.name if kind else None, words=case.words or str(case.form.get("need", "")), added=row.words, place=place,
        who=name[:1] if taken else "", form=case.form, desk=desk_of(case), offered_at=row.offered_at,
        answer_by=row.answer_by, answer=row.answer, answered_at=row.answered_at, reason=row.reason,
        done_at=row.done_at, done_words=row.done_words, due_at=case.due_at,
        still=wrong if row.answer in OPEN else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GiverRow:
    """A helper whom a desk may ask."""

    id: int
    name: Name
    kind: str
    phone: str
    area: str
    open: int  # offers and jobs on their hands
    declined: bool  # said no (or nothing) to this case already


def givers(scope: Scope, *, area: str, case: int | None = None, limit: int = 40) -> list[GiverRow]:
    """Helpers near ``area``: of its village, township, county and city, nearest first, the least busy first among them.

    What each of them offers is kept by the room of campaigns; this list says who stands near and how busy they are.
    """
    if not scope.covers(area):
        return []
    near = [area[:length] for length in (12, 9, 6, 4) if len(area) >= length]
    asked = Q(kind__in=KINDS + OURS, area_id__in=near)
    if case is not None and Case.objects.filter(pk=case, person__isnull=True, family__isnull=True).exists():
        inside = within(over(area), "area_id") & Q(level__in=["city", "county"])
        asked |= Q(kind__in=(*KINDS, *OURS, "bureau")) & (Q(area_id__in=near) | inside)
    rows = Office.objects.filter(asked, open=True).annotate(
        busy=Count("dispatches", filter=Q(dispatches__answer__in=OPEN))
    )
    if case is not None:
        rows = rows.exclude(pk__in=Case.objects.filter(pk=case, office__isnull=False).values("office"))
    refused = set(
        Dispatch.objects.filter(case=case, answer__in=["declined", "unanswered"]).values_list("office_id", flat=True)
        if case is not None else []
    )  # fmt: skip
    found = [
        GiverRow(row.pk, Name(row.name, row.name_en or row.name), row.kind, row.phone, row.area_id, row.busy,
                 row.pk in refused)
        for row in rows
    ]  # fmt: skip
    found.sort(key=lambda row: (row.declined, row.kind in OURS, -len(row.area), row.open, row.id))
    return found[:limit]
