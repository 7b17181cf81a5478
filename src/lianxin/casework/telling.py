"""Every move that matters to the subject is told: what happened, who has it, until when, and the phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lianxin.access.models import Office
from lianxin.casework import desks, subjects
from lianxin.casework.models import Case
from lianxin.catalogue.queries import Published, version
from lianxin.engine.scope import Actor
from lianxin.journal.actions import Writing
from lianxin.notices.actions import Message, Reach, reached, send

Pair = dict[str, str]
# Whoever makes a call or carries a note reads it too: the name of those who listen would say what it is about.
QUIETLY: Pair = {"zh": "服务中心值班", "en": "The centre's duty desk"}


def pair(name: Any) -> Pair:
    """A catalogue's name as notices keep it."""
    return {"zh": name.zh, "en": name.en}


def service_name(published: Published) -> Pair:
    """The service in both languages."""
    return pair(published.service.name)


def office_name(office: Office) -> Pair:
    """The office in both languages."""
    return {"zh": office.name, "en": office.name_en or office.name}


def kind_name(case: Case, published: Published) -> Pair:
    """What was asked for: the kind, or the service where it has none."""
    kind = published.service.kind(case.kind)
    return pair(kind.name) if kind is not None else service_name(published)


def given(case: Case, office: Office | None, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a notice about ``case`` may say; never a number of a person."""
    published = version(case.version_id)
    said: dict[str, Any] = {
        "service": service_name(published), "kind": kind_name(case, published), "number": case.number,
    }  # fmt: skip
    if office is not None:
        name = office_name(office) if office.kind != desks.COUNSEL else QUIETLY
        said |= {"desk": name, "phone": office.phone}
    if case.due_at is not None:
        said["until"] = case.due_at.isoformat()
    if more:
        said |= {key: value for key, value in more.items() if value not in (None, "")}
    return said


def tell(
    cases: Sequence[Case],
    template: str,
    *,
    by: Actor,
    at: dt.datetime,
    writer: Writing,
    more: Mapping[int, Mapping[str, Any]] | None = None,
    first: bool = False,
    hearers: Hearers | None = None,
) -> int:
    """Tell the subject of every case; ``more`` adds words by case. Whoever did it themselves in the app is told too.

    ``first``: these cases are new, nothing was ever said about them that this could overtake. ``hearers``: who hears of
    them, where it was read before.
    """
    heard = subjects.told(cases) if hearers is None else {case.pk: hearers.persons[id(case)] for case in cases}
    notices = [
        Message(
            template, person=person, given=given(case, case.office, (more or {}).get(case.pk)), case=case.pk,
            service=case.service, sealed=case.sealed, area=case.area,
        )
        for case in cases
        for person in heard.get(case.pk, [])
    ]  # fmt: skip
    notices += [  # a unit's or the locality's need is told to whoever brought it
        Message(template, account=case.opened_by, given=given(case, case.office, (more or {}).get(case.pk)), case=case.pk,
                service=case.service, area=case.area)
        for case in cases
        if case.opened_by is not None and not case.sealed and subjects.of_a_place(case)
    ]  # fmt: skip
    reach = hearers.reach if hearers is not None else None
    return send(notices=notices, by=by, at=at, writer=writer, first=first, reach=reach) if notices else 0


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who hears of some cases that are not written yet (by the instance), and how they are reached."""

    persons: Mapping[int, Sequence[int]]
    reach: Reach


def hearers(cases: Sequence[Case]) -> Hearers:
    """Read who will hear of new cases, before the transaction that writes them; each case needs a ``pk`` for the moment."""
    reach = reached({case.person_id for case in cases if case.person_id is not None})
    heard = subjects.told(cases, gone=[pk for pk, (_phone, _home, died) in reach.known.items() if died is not None])
    persons = {id(case): heard.get(case.pk, []) for case in cases}
    others = {person for some in persons.values() for person in some} - reach.known.keys()
    return Hearers(persons, reach.with_others(reached(others)) if others else reach)


def tell_found(
    cases: Sequence[Case], *, by: Actor, at: dt.datetime, writer: Writing, first: bool = False,
    hearers: Hearers | None = None,
) -> None:  # fmt: skip
    """Tell the subjects of what matching found for them; where it gives nothing, that their word is asked for."""
    words = {case.pk for case in cases if version(case.version_id).service.asks_word}
    worth = {case.pk: {"amount": case.amount} for case in cases}
    for template, some in (
        ("case-word", [case for case in cases if case.pk in words]),
        ("case-proposed", [case for case in cases if case.pk not in words]),
    ):
        tell(some, template, by=by, at=at, writer=writer, more=worth, first=first, hearers=hearers)


def tell_office(
    cases: Sequence[Case],
    template: str,
    *,
    by: Actor,
    at: dt.datetime,
    writer: Writing,
    office: Office | None = None,
    more: Mapping[str, Any] | None = None,
) -> int:
    """Tell an office (the case's own unless one is given). Sealed cases are never told to whole offices."""
    notices = []
    for case in cases:
        to = office or case.office
        if case.sealed or to is None:
            continue
        notices.append(
            Message(
                template, office=to.pk, given=given(case, to, more), case=case.pk, service=case.service, area=to.area_id
            )
        )
    return send(notices=notices, by=by, at=at, writer=writer) if notices else 0
