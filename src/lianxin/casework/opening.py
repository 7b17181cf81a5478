"""Open cases: one that somebody asked for at the window, or ten thousand that matching found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import jsonschema
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.access import duty
from lianxin.casework import duplicates, judged, numbers, prefilled, states, subjects
from lianxin.casework.duplicates import FOUND
from lianxin.casework.models import Case, Listed, Move
from lianxin.casework.moving import apart, due_of, entered, listen_in, place
from lianxin.casework.refusals import NoSuchCase, NotYours, Unfit
from lianxin.casework.telling import Hearers, given, hearers, tell, tell_found, tell_office
from lianxin.catalogue.models import Version
from lianxin.catalogue.queries import Published, version
from lianxin.engine import clock, workdays
from lianxin.engine.forms import beyond
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor
from lianxin.journal import guard
from lianxin.journal.actions import Writing, insert_few
from lianxin.notices import actions as notices
from lianxin.people import changing, circles, identities
from lianxin.people.models import Family, Person

WORDS = 2000
NEEDS = {"unit": "need.unit", "organisation": "need.place"}  # who brings a need of a unit, or of the locality
FEW = 20  # cases that one statement takes, and answers with their ids


def open_cases(*, openings: Sequence[Opening], by: Actor, at: dt.datetime, writer: Writing | None = None) -> list[Case]:
    """Open a case for each opening that needs one; returns them, and for a person's own opening the one already there.

    A case starts at the first step of its service's route, on the desk over the subject's residence, or is proposed
    and waits for one confirmation. Subjects that already have the service, and second clicks, get no second case.
    Raises :class:`Unfit` for a form that does not fit, :class:`NoDesk`, :class:`NotYours`.
    """
    published = {opening.version: _published(opening.version) for opening in openings}
    _permit(openings, published, by, at)
    alone = _alone()
    fresh, existing = _apart_from_known(openings, published, by, at)
    if alone and not fresh:
        return existing  # a second click waits for nobody
    # All that is only read is read before: whoever writes has everybody else wait.
    made = _made(fresh, published, by, at)
    hearing = hearers(made)
    with transaction.atomic():
        if alone:  # somebody may have been faster by a moment: now nobody opens anything for these but us
            _held(openings)
            _still(openings, published, by, at)
            fresh, others = _apart_from_known([opening for _place, opening in fresh], published, by, at)
            made, existing = [made[place] for place, _opening in fresh], existing + others
        for group in apart(made):
            _settle(group, at)
            with entered(group, "case.open", by, at, writer) as writing:
                _open(group, by=by, at=at, writer=writing, hearing=hearing)
    return made + existing


def _held(openings: Sequence[Opening]) -> None:
    """Make whoever opens something for the same persons and households wait; on SQLite one writes at a time anyway."""
    if connection.features.has_select_for_update:
        for model, ids in ((Person, {one.person for one in openings}), (Family, {one.family for one in openings})):
            rows = model.objects.filter(pk__in=[one for one in ids if one is not None]).order_by("pk")
            list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _still(openings: Sequence[Opening], published: dict[int, Published], by: Actor, at: dt.datetime) -> None:
    """Ask again what was asked before the transaction and may have changed meanwhile: whether a file was merged into
    another one, and for whom ``by`` speaks (a mandate ends, a child comes of age). Raises what :func:`_permit` raises."""
    for part in identities.some({one.person for one in openings if one.person is not None}):
        if Person.objects.filter(pk__in=part, survivor__isnull=False).exists():
            raise Unfit(
                _("This file was joined with another one of the same person. Nothing was lost; open the page again.")
            )
    if not by.may("*") and _for_others(openings, by):
        _permit(openings, published, by, at)


def _alone() -> bool:
    """Whether no transaction is under way, so that others may write while we look."""
    return not connection.in_atomic_block


def _published(version_id: int) -> Published:
    try:
        return version(version_id)
    except Version.DoesNotExist as missing:
        raise NoSuchCase(_("There is no such service.")) from missing


def _permit(openings: Sequence[Opening], published: dict[int, Published], by: Actor, at: dt.datetime) -> None:
    """Who may open: the system, the subject (or under a mandate), staff for somebody of their area."""
    if by.may("*"):
        return
    speaks = (
        subjects.speaks_for(by, at) if _for_others(openings, by) else subjects.SpeaksFor(frozenset({by.person or 0}))
    )
    for opening in openings:
        if by.may(NEEDS.get(published[opening.version].service.subject, "case.open")) and _of_nobody(opening):
            continue
        if published[opening.version].service.mode == "organiser" and not by.may("case.open"):
            raise NotYours(_("This service is opened by the office. Ask at the window."))
        asked = Case(person_id=opening.person, family_id=opening.family, service=opening.service, mode="ask")
        if by.may("own.ask") and (speaks.covers(asked) or _from_afar(opening, published[opening.version], by, at)):
            continue
        if not by.may("case.open"):
            raise NotYours(_("You may not open this for somebody else."))
    _permit_areas(openings, by, speaks)


def _of_nobody(opening: Opening) -> bool:
    return opening.person is None and opening.family is None


def _for_others(openings: Sequence[Opening], by: Actor) -> bool:
    """Whether it takes a look at households and mandates to know for whom ``by`` speaks: for oneself it takes none."""
    return by.person is None or by.scope.reach == "area" or any(one.person != by.person for one in openings)


def _from_afar(opening: Opening, published: Published, by: Actor, at: dt.datetime) -> bool:
    """An ask for somebody in one's family circle: help for their home, never a sealed matter or their file."""
    service = published.service
    if by.person is None or opening.person is None or service.mode != "ask" or service.sealed:
        return False
    if any(step.as_ == "file" for step in service.route):
        return False
    return circles.tied(by.person, opening.person, clock.day(at))


def _permit_areas(openings: Sequence[Opening], by: Actor, speaks: subjects.SpeaksFor) -> None:
    if by.scope.reach != "area":
        return
    persons, families = subjects.homes(
        (one.person for one in openings if one.person), (one.family for one in openings if one.family)
    )
    for one in openings:
        home = persons.get(one.person or 0, "") or families.get(one.family or 0, "")
        if home and not by.scope.covers(home) and one.person not in speaks.persons:
            raise NoSuchCase(_("There is no such person in your area."))


def _apart_from_known(
    openings: Sequence[Opening], published: dict[int, Published], by: Actor, at: dt.datetime
) -> tuple[list[tuple[int, Opening]], list[Case]]:
    """The openings that need a case, each with its place, and the cases that stand in for a person's own second opening."""
    groups: dict[int, list[tuple[int, Opening]]] = {}
    for place_, opening in enumerate(openings):
        groups.setdefault(opening.version, []).append((place_, opening))
    fresh: list[tuple[int, Opening]] = []
    existing: list[Case] = []
    seen: set[tuple[object, ...]] = set()
    for number, some in groups.items():
        one = published[number]
        have = duplicates.known(one, [opening for _place, opening in some], at)
        for place_, opening in some:
            key = (number, opening.person, opening.family, opening.event_on, opening.cause, opening.words)
            stands = duplicates.already(one, opening, have, account=by.account, at=at)
            if key in seen or stands is True:
                if opening.channel != FOUND and key not in seen:
                    raise Unfit(_("This was received already; it is given once."))
                continue
            seen.add(key)
            if isinstance(stands, Case):
                if opening.channel != FOUND:
                    existing.append(stands)
                continue
            fresh.append((place_, opening))
    return fresh, existing


def _made(
    fresh: Sequence[tuple[int, Opening]], published: dict[int, Published], by: Actor, at: dt.datetime
) -> list[Case]:
    """The cases of these openings, on their desks and with their due days, not written yet."""
    areas = _areas([opening for _place, opening in fresh])
    made = [_case(opening, published[opening.version], areas, by, at) for _place, opening in fresh]
    _named(made)
    prefilled.fill(made, clock.day(at))
    _judge(made, at)
    _under(made, by, at)
    place(made, at=at)
    _on_duty(made, at)
    for case in made:
        case.due_at = None if case.state == states.PROPOSED else due_of(case, at)
    return made


def _named(made: Sequence[Case]) -> None:
    for place_, case in enumerate(made, 1):
        case.pk = -place_  # a name for this moment: the database gives the ids


def _areas(openings: Sequence[Opening]) -> tuple[dict[int, str], dict[int, str]]:
    bare = [one for one in openings if not one.area]
    persons, _families = subjects.homes((one.person for one in bare if one.person), ())
    homeless = [one.family for one in bare if one.family and not persons.get(one.person or 0)]
    return persons, subjects.homes((), homeless)[1] if homeless else {}


def _case(
    opening: Opening, published: Published, areas: tuple[dict[int, str], dict[int, str]], by: Actor, at: dt.datetime
) -> Case:
    service = published.service
    kind = service.kind(opening.kind)
    if service.kinds and kind is None and opening.channel != FOUND:
        raise Unfit(_("Choose what it is about first; nothing was lost."))
    form = fitting(published, opening.form, clock.day(at))
    guard.check(opening.words, form)
    changing.read(changing.said(service.form, form, None))
    form = changing.closed(service.form, form, opening.person)
    promised = workdays.due(at, kind.within).at if kind is not None and kind.within and service.mode == "ask" else None
    return Case(
        service=service.code, version_id=published.version_id, mode=service.mode, sealed=service.sealed,
        kind=kind.code if kind else "", person_id=opening.person, family_id=opening.family, cause=opening.cause[:60],
        event_on=opening.event_on,
        area=opening.area or areas[0].get(opening.person or 0, "") or areas[1].get(opening.family or 0, "") or by.area,
        channel=opening.channel, opened_by=by.account, words=opening.words.strip()[:WORDS], form=form,
        state=states.PROPOSED if opening.proposed else states.OPEN, step=0, amount=opening.amount, opened_at=at,
        moved_at=at, promised_at=promised, mandate=opening.mandate, reference=opening.reference.strip()[:40],
    )  # fmt: skip


def fitting(published: Published, given: dict[str, object], day: dt.date) -> dict[str, object]:
    """The part of a form that its service asks for; raises :class:`Unfit` for a value of the wrong kind.

    What is missing is not refused here: it becomes one list of everything that is missing.
    """
    schema = published.service.form
    if not schema:
        return {}
    properties = schema.get("properties", {})
    kept = {name: value for name, value in given.items() if name in properties and value not in (None, "")}
    loose = {key: value for key, value in schema.items() if key != "required"}
    checker = jsonschema.Draft202012Validator(loose, format_checker=jsonschema.FormatChecker())
    for fault in checker.iter_errors(kept):
        name = str(fault.absolute_path[0]) if fault.absolute_path else ""
        title = properties.get(name, {}).get("title", name)
        raise Unfit(_("“%(field)s” cannot be read; please fill it in again. Nothing was lost.") % {"field": title})
    for name in beyond(properties, kept, day):
        title = properties[name].get("title", name)
        raise Unfit(
            _("“%(field)s” is a day that cannot be right; please look again. Nothing was lost.") % {"field": title}
        )
    return kept


def _under(made: Sequence[Case], by: Actor, at: dt.datetime) -> None:
    """What staff open for somebody whose mandate they hold is opened under it."""
    if by.office is None or by.account is None or not made:
        return
    held = subjects.clerk_mandates(made, by, at)
    for case in made:
        case.mandate = case.mandate or held.get(case.pk)


def _judge(made: Sequence[Case], at: dt.datetime) -> None:
    """What a person's own opening would be worth: judged now, in one frame for each service."""
    bare = [case for case in made if case.amount is None and version(case.version_id).service.amount is not None]
    for case, verdict in zip(bare, judged.judged(bare, clock.day(at)), strict=True):
        case.amount = verdict.amount if verdict else None


def _settle(made: list[Case], at: dt.datetime) -> None:
    """Give new cases their numbers, and write them."""
    numbered(made, at)
    insert(made)


def numbered(made: Sequence[Case], at: dt.datetime) -> None:
    """Give new cases (all sealed, or none) their numbers, and a name for this moment: the database gives the ids."""
    for place_, (case, number) in enumerate(
        zip(made, numbers.take(len(made), clock.day(at), sealed=made[0].sealed), strict=True), 1
    ):
        case.number, case.pk = number, -place_


def _on_duty(made: Sequence[Case], at: dt.datetime) -> None:
    """Asks go to whoever is on duty over the place, where the roster has somebody with an account: by night above all."""
    asks = [case for case in made if case.mode == "ask" and not case.sealed and case.step_name == "dispatch"]
    answering = duty.answering((case.area for case in asks), at) if asks else {}
    for case in asks:
        if case.area in answering:
            case.assignee = answering[case.area].account


def _tell_on_duty(made: Sequence[Case], by: Actor, at: dt.datetime, writer: Writing) -> None:
    some = [
        notices.Message("ask-on-duty", account=case.assignee, given=given(case, case.office), case=case.pk,
                        service=case.service, area=case.area)
        for case in made
        if case.mode == "ask" and case.assignee not in {None, by.account}
    ]  # fmt: skip
    if some:
        notices.send(notices=some, by=by, at=at, writer=writer)


def _open(made: list[Case], *, by: Actor, at: dt.datetime, writer: Writing, hearing: Hearers) -> None:
    writer.add([_first_move(case, by, at) for case in made])
    sealed = [case for case in made if case.sealed]
    _list_opener(sealed, by, writer)
    listen_in(sealed, at=at, writer=writer)
    proposed = [case for case in made if case.state == states.PROPOSED]
    opened = [case for case in made if case.state != states.PROPOSED]
    tell_found(proposed, by=by, at=at, writer=writer, first=True, hearers=hearing)
    tell(opened, "case-opened", by=by, at=at, writer=writer, first=True, hearers=hearing)
    _tell_on_duty(opened, by, at, writer)
    tell_office([case for case in opened if case.step_name == "attest"], "attest-please", by=by, at=at, writer=writer)


def _first_move(case: Case, by: Actor, at: dt.datetime) -> Move:
    return Move(
        case_id=case.pk, at=at, by_account=by.account, by_name=by.name, office=by.office,
        verb="propose" if case.state == states.PROPOSED else "open", from_state="", to_state=case.state, to_step=0,
        words=case.words, due_at=case.due_at, mandate=case.mandate,
    ).seen(case)  # fmt: skip


def _list_opener(sealed: Sequence[Case], by: Actor, writer: Writing) -> None:
    """Staff on a sealed service's list who open a case stand on it; others hand it in and see it no more."""
    if by.account is not None and by.may("case.sealed"):
        account = by.account
        writer.add([Listed(case_id=case.pk, account=account) for case in sealed if case.service in by.scope.sealed])


def insert(made: Sequence[Case]) -> None:
    """Insert cases through one prepared statement and give them the ids that the database chose."""
    if len(made) <= FEW:
        for case in made:
            case.pk = None
        insert_few(made)
        return
    fields = [field for field in Case._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    rows = [[field.get_db_prep_save(getattr(case, field.attname), connection) for field in fields] for case in made]
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{Case._meta.db_table}" ({names}) VALUES ({marks})', rows)
    by_number = {case.number: case for case in made}
    span = Case.objects.filter(number__gte=made[0].number, number__lte=made[-1].number)
    for pk, number in span.values_list("pk", "number"):
        by_number[number].pk = pk
        by_number[number]._state.adding = False
