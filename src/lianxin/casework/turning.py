"""An ask that the community cannot meet itself: a colleague of its own takes it on, or it becomes a case of a service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from lianxin.access.models import Account
from lianxin.casework.board import line_services
from lianxin.casework.deciding import recall
from lianxin.casework.models import Case, Dispatch, Paper
from lianxin.casework.moving import Expected, Moving, run, service_of, store
from lianxin.casework.opening import open_cases
from lianxin.casework.refusals import NoSuchCase, Unfit
from lianxin.casework.scopes import visible_cases
from lianxin.casework.telling import office_name, pair, tell
from lianxin.catalogue.queries import Published, in_force
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor
from lianxin.notices.actions import overtaken
from lianxin.people.models import Person


def take_on(
    *, case: int, by: Actor, at: dt.datetime, account: int | None = None, expected: Expected = None
) -> Dispatch:
    """Somebody of the desk's own office does it: oneself, or the colleague ``account``. Nobody else is asked any more."""
    helper = Account.objects.select_related("office").filter(pk=account or by.account or 0, is_active=True).first()
    if helper is None or helper.office is None:
        raise NoSuchCase(_("There is no such colleague."))
    office = helper.office
    made: list[Dispatch] = []

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        if office.pk not in {one.office_id, by.office}:
            raise Unfit(_("Choose a colleague of your own office, or hand it to another office."))
        recall([one], at)
        moving.follow(one, "dispatch", words=helper.name)
        moving.follow(one, "take")
        moving.settle()
        one.assignee = helper.pk
        store([one])
        made.extend(
            moving.writer.add([
                Dispatch(case=one, office=office, offered_at=at, answer="accepted", answered_at=at,
                         answered_by=helper.pk)
            ])
        )  # fmt: skip
        told = {one.pk: {"helper": office_name(office)}}
        tell([one], "accepted-by-helper", by=by, at=at, writer=moving.writer, more=told)

    run("dispatch", cases=case, by=by, at=at, expected=expected, body=body, also=["take"])
    return made[0] if made else Dispatch.objects.filter(case=case, office=office).order_by("-pk")[0]


def becomes(case: Case, day: dt.date) -> list[Published]:
    """Services into which an ask of this kind is turned, as its declaration names them, likeliest first."""
    kind = service_of(case).kind(case.kind)
    known = in_force(day)
    return [known[code] for code in (kind.becomes if kind else ()) if code in known]


def may_become(by: Actor, case: Case, day: dt.date) -> dict[str, Published]:
    """Every service into which this actor may turn an ask: what its kind names, and what their desk opens anyway.

    A sealed one that the kind names may be handed in by anybody; whoever is not on its list sees nothing of it after.
    """
    found = {one.service.code: one for one in becomes(case, day)}
    asks = set(line_services(day))  # an ask of the line does not become another: it is handed to somebody else
    for code, one in in_force(day).items():
        open_to = (not one.service.sealed or code in by.scope.sealed) and one.service.mode != "organiser"
        if code not in asks and open_to and one.service.subject in {"person", "family"}:
            found.setdefault(code, one)
    return found


def ways_up(actor: Actor, case: int, *, at: dt.datetime) -> list[tuple[Published, bool]]:
    """Into what the actor may turn an ask that they may see, and whether its kind names it; those first."""
    found = Case.objects.filter(visible_cases(actor.scope, at), pk=case, mode="ask").first()
    if found is None:
        return []
    named = {one.service.code for one in becomes(found, clock.day(at))}
    return [(one, code in named) for code, one in may_become(actor, found, clock.day(at)).items()]


def hand_up(
    *,
    case: int,
    service: str,
    by: Actor,
    at: dt.datetime,
    person: int | None = None,
    kind: str = "",
    form: Mapping[str, Any] | None = None,
    words: str = "",
    expected: Expected = None,
) -> Case:
    """Turn an ask into a case of ``service`` with everything already filled in; the ask ends, both know of each other.

    Whoever is named (``person``), else whoever asked, is its subject; their words, what came along (papers) and the
    answers of the ask's form that fit go with it. Where the subject has such a case already the ask joins it. The
    household is told. Raises :class:`Unfit` where the service asks for a person and none is named.
    """
    made: list[Case] = []

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        published = may_become(by, one, clock.day(at)).get(service)
        if one.mode != "ask" or published is None:
            raise Unfit(_("An ask cannot be turned into this service. Nothing was changed."))
        subject = person or one.person_id
        if subject is None and published.service.subject == "person":
            raise Unfit(_("Say first for whom of the household it is."))
        if subject is not None and not _lives_there(one, subject):
            raise Unfit(_("This person does not belong to the household that asked."))
        opening = Opening(
            service=service, version=published.version_id, person=subject, family=one.family_id, area=one.area,
            kind=kind, channel=one.channel, words=words.strip() or one.words, form=_form(one, published, form or {}),
        )  # fmt: skip
        found = open_cases(openings=[opening], by=by, at=at)
        if not found:
            raise Unfit(_("This was received already; it is given once."))
        new = found[0]
        recall([one], at)
        one.became_id = new.pk
        moving.follow(one, "hand-up", words="" if new.sealed else new.number)
        moving.settle()
        Case.objects.filter(pk=one.pk).update(became=new)
        _papers(one, new, moving)
        told: dict[str, Any] = {} if new.sealed else {"becomes": pair(published.service.name), "number": new.number}
        if new.office is not None and not new.sealed:
            told |= {"desk": office_name(new.office), "phone": new.office.phone,
                     "until": new.due_at.isoformat() if new.due_at else None}  # fmt: skip
        overtaken(cases=[new.pk], by=by, at=at)  # one call to the household, not two
        tell([one], "ask-became", by=by, at=at, writer=moving.writer, more={one.pk: told})
        made.append(new)

    run("hand-up", cases=case, by=by, at=at, expected=expected, body=body)
    return made[0] if made else _became(case)


def _became(case: int) -> Case:
    found = Case.objects.get(pk=case).became
    if found is None:
        raise NoSuchCase(_("There is no such case."))
    return found


def _lives_there(case: Case, person: int) -> bool:
    if person == case.person_id:
        return True
    return case.family_id is not None and Person.objects.filter(pk=person, family=case.family_id).exists()


def _form(case: Case, published: Published, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed now, over the ask's own answers to questions of the same name."""
    asked = (published.service.form or {}).get("properties", {})
    kept = {name: value for name, value in case.form.items() if name in asked}
    return {**kept, **{name: value for name, value in given.items() if value not in (None, "")}}


def _papers(case: Case, new: Case, moving: Moving) -> None:
    """What was handed in with the ask lies with the case too; the file on disk is one."""
    have = set(Paper.objects.filter(case=new).values_list("digest", flat=True))
    rows = Paper.objects.filter(case=case).exclude(digest__in=have).order_by("pk")
    moving.writer.add([
        Paper(person=new.person_id, case=new, code=row.code, name=row.name, content_type=row.content_type, size=row.size,
              digest=row.digest, at=moving.at, by_account=moving.by.account)
        for row in rows
    ])  # fmt: skip
