"""What comes back from a visit: each report once, whatever the line did; what changed meanwhile is shown, not written over.

A report and each of its parts carry keys that the device made. Sent twice, half, or in another order, they are one.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.access import sealedfiles
from lianxin.access.templatetags.ui import full_day
from lianxin.campaigns import visiting
from lianxin.campaigns.models import Part, Report, Stop, Taken
from lianxin.casework import actions as casework
from lianxin.casework.models import Case
from lianxin.casework.refusals import NoSuchCase, NotNow, NotYours, Stale
from lianxin.catalogue import queries as catalogue
from lianxin.engine import clock
from lianxin.engine.openings import Opening
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.outcomes import actions as register
from lianxin.outcomes.posted import Posted
from lianxin.people import changing
from lianxin.people.models import Person

SERVICE = "home-visit"  # under which visits without a case of their own are counted
CHANGE = "contact-change"  # the service by which a file is put right
OUTCOMES = ("met", "away", "declined", "moved")
FIELDS = ("phone", "address")
LARGEST = 300_000  # bytes of a drawn signature
SOON = dt.timedelta(hours=1)  # how far a device's clock may run ahead


@dataclass(frozen=True, slots=True)
class SaidPart:
    """A need (``code`` is ``service:kind``), or a correction (``code`` is the field, ``value`` what it should be)."""

    key: str
    what: str
    code: str
    words: str = ""
    value: str = ""
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One visit as the device tells it. ``lock`` is the case's as it was taken along, ``known_at`` when that was."""

    key: str
    stop: int
    outcome: str
    happened_at: dt.datetime
    known_at: dt.datetime
    visit_key: str
    lock: int | None = None
    words: str = ""
    minutes: int | None = None
    signer: str = ""
    signature: str = ""  # a PNG as base64
    parts: Sequence[SaidPart] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a report: ``done``, ``conflict`` (some parts wait for the worker) or ``refused`` with a sentence."""

    key: str
    state: str
    words: str = ""
    parts: Sequence[tuple[str, str, str]] = field(default_factory=list)  # key, state, theirs


def receive(*, reports: Sequence[Said], by: Actor, at: dt.datetime) -> list[Answer]:
    """Take in some visits; each by itself, so that a broken line or one refused report costs the others nothing."""
    return [_one(one, by, at) for one in reports]


def _one(said: Said, by: Actor, at: dt.datetime) -> Answer:
    try:
        with transaction.atomic():
            held = Report.objects.filter(key=said.key).first()
            if held is not None:
                return _answer(held, by)
            return _answer(_written(said, by, at), by)
    except IntegrityError:  # the same report over two lines at once: the other one was first
        held = Report.objects.filter(key=said.key).first()
        return (
            _answer(held, by)
            if held is not None
            else Answer(said.key, "refused", _("Send it once more; nothing was lost."))
        )
    except Refusal as refusal:
        return Answer(said.key, "refused", _(refusal.sentence))


def _answer(held: Report, by: Actor) -> Answer:
    if held.by_account != by.account:
        raise Refusal(_("This visit was recorded by somebody else."))
    parts = [(one.key, one.state, one.theirs) for one in held.parts.order_by("pk")]
    waits = any(state == "conflict" for _key, state, _theirs in parts)
    return Answer(held.key, "conflict" if waits else "done", "", parts)


def _stop(said: Said, by: Actor) -> Stop:
    """The stop, for whoever has or had its list, or works in its area."""
    stop = Stop.objects.select_related("list", "family").select_for_update(of=("self",)).filter(pk=said.stop).first()
    if stop is None or not by.may(visiting.PERMISSION):
        raise Refusal(_("There is no such list."))
    went = stop.list.account == by.account or Taken.objects.filter(list=stop.list_id, account=by.account or 0).exists()
    if not went and not by.scope.covers(stop.list.area):
        raise Refusal(_("There is no such list."))
    return stop


def _written(said: Said, by: Actor, at: dt.datetime) -> Report:
    if said.outcome not in OUTCOMES or said.happened_at > at + SOON:
        raise Refusal(_("Say whether you met them; the day may not lie ahead. Nothing was lost."))
    stop = _stop(said, by)
    digest = _drawn(said.signature)
    family = stop.family
    with journal.entry(action="visits.report", by=by, at=at, area=family.home, visits=stop.list_id, stop=stop.pk,
                       outcome=said.outcome, parts=len(said.parts)) as writing:  # fmt: skip
        (made,) = writing.add([Report(
            stop=stop, key=said.key, outcome=said.outcome, happened_at=said.happened_at, received_at=at,
            by_account=by.account, by_name=by.name, words=said.words.strip()[:2000], minutes=said.minutes,
            signer=said.signer.strip()[:40] if digest else "", signature=digest,
            source=_source(stop, said.key) if said.outcome == "met" and stop.case is None else "",
        )])  # fmt: skip
        parts = [_visit(said, stop, made, by, at, writing)] if said.outcome == "met" else []
        for one in said.parts:
            parts.append(
                _need(one, stop, by, at) if one.what == "need" else _correction(one, stop, said.known_at, by, at)
            )
        for part in parts:
            part.report = made
        writing.add(parts)
        if said.outcome == "met":
            Stop.objects.filter(pk=stop.pk).update(state="visited", visited_on=clock.day(said.happened_at))
        elif stop.state == "planned":
            Stop.objects.filter(pk=stop.pk).update(state="away")
    return made


def _drawn(signature: str) -> str:
    """Keep a drawn signature among the sealed files; blank for none."""
    if not signature:
        return ""
    try:
        data = base64.b64decode(signature, validate=True)
    except binascii.Error as broken:
        raise Refusal(_("The signature cannot be read; let it be drawn again. Nothing was lost.")) from broken
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) > LARGEST:
        raise Refusal(_("The signature cannot be read; let it be drawn again. Nothing was lost."))
    return sealedfiles.keep(data)


def _source(stop: Stop, key: str) -> str:
    return f"visit:{stop.pk}" if stop.state != "visited" else f"visit:{stop.pk}:{key}"


def _visit(said: Said, stop: Stop, report: Report, by: Actor, at: dt.datetime, writing: Writing) -> Part:
    """The visit itself: delivers its case, or is counted; where somebody was there meanwhile, the worker decides."""
    part = Part(key=said.visit_key, what="visit", code=stop.list.occasion, state="done", case=stop.case)
    if stop.state == "visited":
        part.state, part.theirs = "conflict", _already(stop, report)
    elif stop.case is None:
        _count(stop, report, by, at, writing)
    else:
        theirs = _delivered(stop.case, said, by, at)
        if theirs:
            part.state, part.theirs = "conflict", theirs[:300]
    return part


def _already(stop: Stop, report: Report) -> str:
    other = stop.reports.filter(outcome="met").exclude(pk=report.pk).order_by("-pk").first()
    if other is None:
        return _("Somebody was there already.")
    return _("%(who)s was there on %(day)s: %(words)s") % {
        "who": other.by_name, "day": full_day(clock.day(other.happened_at)), "words": other.words[:160] or "—"}  # fmt: skip


def _count(stop: Stop, report: Report, by: Actor, at: dt.datetime, writing: Writing) -> None:
    register.post(by=by, at=at, writer=writing, outcomes=[Posted(
        kind="visit", service=SERVICE, programme=stop.list.occasion, category=stop.list.occasion,
        area=stop.family.home or stop.list.area,
        family=stop.family_id, organisation=stop.list.office, happened_on=clock.day(report.happened_at), source=report.source,
    )])  # fmt: skip


def _delivered(case: int, said: Said, by: Actor, at: dt.datetime, *, whatever: bool = False) -> str:
    """Deliver the case of a visit; what stands against it, or blank."""
    try:
        with transaction.atomic():
            casework.deliver(cases=case, by=by, at=at, words=said.words.strip()[:400], minutes=said.minutes,
                             expected=None if whatever else said.lock)  # fmt: skip
    except (Stale, NotNow, NotYours, NoSuchCase) as meanwhile:
        return _(meanwhile.sentence)
    return ""


def _need(one: SaidPart, stop: Stop, by: Actor, at: dt.datetime) -> Part:
    """What the household needs, as an ask on the road that every ask takes."""
    code, _colon, kind = one.code.partition(":")
    found = catalogue.visible(by.scope, clock.day(at)).get(code)
    if found is None or found.service.mode != "ask" or found.service.kind(kind) is None or not one.words.strip():
        raise Refusal(_("Say of each need what kind it is and in a few words what it is about. Nothing was lost."))
    opening = Opening(service=code, version=found.version_id, family=stop.family_id, area=stop.family.home, kind=kind,
                      channel="visit", words=one.words.strip()[:2000], person=_of(stop, one.person))  # fmt: skip
    opened = casework.open_cases(openings=[opening], by=by, at=at)
    return Part(key=one.key, what="need", code=one.code[:100], state="done", case=opened[0].pk if opened else None)


def _of(stop: Stop, person: int | None) -> int | None:
    """The person, where they live in the household."""
    return (
        Person.objects.filter(pk=person or 0, family=stop.family_id, visible=True).values_list("pk", flat=True).first()
    )


def _correction(one: SaidPart, stop: Stop, known_at: dt.datetime, by: Actor, at: dt.datetime) -> Part:
    """A word of the file that is wrong: a change on its own road, unless somebody changed it since the list was taken."""
    person = _of(stop, one.person)
    if one.code not in FIELDS or person is None or not one.value.strip():
        raise Refusal(_("Say whose phone or address it is, and what it is now. Nothing was lost."))
    part = Part(key=one.key, what="correction", code=one.code, state="done")
    clash = changing.clashes(person=person, says={one.code: one.value.strip()}, looked_at=known_at)
    if clash:
        part.state, part.theirs = "conflict", clash[0].now[:300]
    else:
        part.case = _changed(one, person, by, at)
    return part


def _changed(one: SaidPart, person: int, by: Actor, at: dt.datetime) -> int | None:
    found = catalogue.in_force(clock.day(at)).get(CHANGE)
    if found is None:
        raise Refusal(_("This city has no way to change a file from a visit; tell the desk."))
    opening = Opening(service=CHANGE, version=found.version_id, person=person, channel="visit",
                      form={one.code: one.value.strip()})  # fmt: skip
    opened = casework.open_cases(openings=[opening], by=by, at=at)
    return opened[0].pk if opened else None


def decide(*, part: SaidPart, report: str, mine: bool, by: Actor, at: dt.datetime) -> Answer:
    """The worker's word on what changed meanwhile: theirs stays and mine is dropped, or mine goes its way after all.

    ``part`` is sent again whole, since what it would write was never kept here. Deciding twice is deciding once.
    """
    try:
        with transaction.atomic():
            row = Part.objects.select_related("report__stop__list", "report__stop__family").select_for_update(of=("self",)).filter(
                key=part.key, report__key=report).first()  # fmt: skip
            if row is None or row.report.by_account != by.account:
                raise Refusal(_("There is no such list."))
            if row.state == "conflict":
                _decided(row, part, mine, by, at)
            return _answer(row.report, by)
    except Refusal as refusal:
        return Answer(report, "refused", _(refusal.sentence))


def _decided(row: Part, part: SaidPart, mine: bool, by: Actor, at: dt.datetime) -> None:
    stop, case, state = row.report.stop, row.case, "done" if mine else "dropped"
    with journal.entry(action="visits.decide", by=by, at=at, area=stop.family.home, stop=stop.pk, what=row.what,
                       mine=mine) as writing:  # fmt: skip
        if mine and row.what == "correction":
            person = _of(stop, part.person)
            if person is None:
                raise Refusal(_("They do not live in this household any more; tell the desk."))
            case = _changed(part, person, by, at)
        elif mine and row.what == "visit" and stop.case is not None and _still_open(stop.case):
            said = Said(row.report.key, stop.pk, "met", row.report.happened_at, at, row.key, words=row.report.words,
                        minutes=row.report.minutes)  # fmt: skip
            against = _delivered(stop.case, said, by, at, whatever=True)
            if against:
                raise Refusal(against)
        elif mine and row.what == "visit":
            if not row.report.source:
                raise Refusal(_("This was delivered meanwhile; your words stay with the visit."))
            _count(stop, row.report, by, at, writing)
        Part.objects.filter(pk=row.pk).update(state=state, case=case, decided_at=at, decided_by=by.account)


def _still_open(case: int) -> bool:
    return Case.objects.filter(pk=case, closed_at__isnull=True).exists()
