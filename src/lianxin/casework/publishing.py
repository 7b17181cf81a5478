"""Publicity (公示): masked, of the township at most, closing by itself; an objection brings the case back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access import seal
from lianxin.access.queries import area_names
from lianxin.casework import states
from lianxin.casework.models import Case, Objection, Publicity
from lianxin.casework.moving import Expected, Moving, entered, locked, run, step_of
from lianxin.casework.public import barred
from lianxin.casework.reasons import REASONS
from lianxin.casework.refusals import NoSuchCase, NotNow, Unfit
from lianxin.casework.telling import service_name, tell, tell_office
from lianxin.catalogue.queries import version
from lianxin.engine import clock, masking, workdays
from lianxin.engine.scope import Actor
from lianxin.people import identities

FOR = workdays.Time(7, "working days")
LONGEST = 2000
SOME = 500


def publicise(
    *, cases: Sequence[int] | int, by: Actor, at: dt.datetime, expected: Expected = None, words: str = ""
) -> list[Case]:
    """Put decisions on public notice for the days of their step. Refused for sealed services and barred facts."""

    def body(moving: Moving) -> None:
        for case in moving.cases:
            if barred(case):
                raise NotNow(_("This is never put on public notice; use the internal panel. Nothing was published."))
        moving.follow_all("publicise", words=words)
        names = identities.names(case.person_id for case in moving.cases if case.person_id is not None)
        places = area_names([case.area[:length] for case in moving.cases for length in (9, 6)])
        rows = []
        for case in moving.cases:
            until = workdays.due(at, step_of(case).for_ or FOR)
            case.due_at = until.at
            rows.append(
                Publicity(
                    case=case, area=case.area[:9], service=case.service, shown=shown(case, names, places),
                    from_on=clock.day(at), until_on=until.day,
                )
            )  # fmt: skip
        moving.settle()
        moving.writer.add(rows)
        tell(moving.cases, "publicised", by=by, at=at, writer=moving.writer)

    return run("publicise", cases=cases, by=by, at=at, expected=expected, body=body)


def shown(case: Case, names: dict[int, str], places: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Exactly what the public page shows: what the step lists, masked, and never finer than the township."""
    published = version(case.version_id)
    wanted = step_of(case).show or ("masked_name", "township")
    said: dict[str, Any] = {"service": service_name(published)}
    if "masked_name" in wanted and case.person_id is not None:
        said["masked_name"] = masking.name(names.get(case.person_id, ""))
    for level, length in (("township", 9), ("county", 6)):
        if level in wanted and case.area[:length] in places:
            zh, en = places[case.area[:length]]
            said[level] = {"zh": zh, "en": en}
    kind = published.service.kind(case.kind)
    if "kind" in wanted and kind is not None:
        said["kind"] = {"zh": kind.name.zh, "en": kind.name.en}
    if "amount" in wanted and case.amount is not None:
        said["amount"] = case.amount
    return said


def object_to(*, publicity: int, words: str, at: dt.datetime, contact: str = "", by: Actor | None = None) -> Objection:
    """Anybody says something against a public notice. Their contact is sealed; the case comes back to its desk.

    A second objection joins the first one under the same notice. Raises :class:`NoSuchCase` for a notice that is not
    up, :class:`Unfit` for no words.
    """
    said = words.strip()[:LONGEST]
    if len(said) < 4:
        raise Unfit(_("Say in a sentence what is wrong; you need not give your name."))
    actor = by or Actor(name="public")
    with transaction.atomic():
        up = Publicity.objects.filter(pk=publicity, state__in=["open", "objected"]).values_list("case_id", flat=True)
        if not up:
            raise NoSuchCase(_("There is no such notice; it may have ended."))
        case = locked([up[0]])[0]
        with entered([case], "case.object", actor, at, None) as writer:
            moving = Moving(writer, actor, at, [case])
            if case.state == states.PUBLICISED:
                moving.follow(case, "object")
                case.due_at = workdays.due(at, states.OBJECTION_WITHIN).at
                moving.settle()
                tell([case], "objection", by=actor, at=at, writer=writer)
                tell_office([case], "objection", by=actor, at=at, writer=writer)
            salt = seal.salt()
            sealed = seal.seal(contact.strip()[:60], salt, "contact") if contact.strip() else None
            made = writer.add([
                Objection(publicity_id=publicity, at=at, words=said, contact_sealed=sealed, salt=salt)
            ])[0]  # fmt: skip
            Publicity.objects.filter(pk=publicity).update(state="objected")
    return made


def answer_objection(
    *,
    objection: int,
    upheld: bool,
    finding: str,
    by: Actor,
    at: dt.datetime,
    to_step: int | None = None,
    expected: Expected = None,
) -> Case:
    """What was found. Not upheld: the notice goes on to its end (at once where its days are over). Upheld: back to an
    earlier step where ``to_step`` is given, else refused. The finding is for the file; the subject hears the result."""
    said = finding.strip()[:LONGEST]
    if not said:
        raise Unfit(_("Write what was found; it stays on file."))
    found = Objection.objects.select_related("publicity").filter(pk=objection, answered_at__isnull=True).first()
    if found is None:
        raise NoSuchCase(_("There is no open objection of this kind."))
    notice = found.publicity
    others = Objection.objects.filter(publicity=notice, answered_at__isnull=True).exclude(pk=found.pk)

    def body(moving: Moving) -> None:
        case = moving.cases[0]
        if upheld and to_step is not None:
            moving.follow(case, "send-back", to_step=to_step, reason="objection-upheld")
        elif upheld:
            moving.follow(case, "refuse", reason="objection-upheld")
        elif others.exists():
            moving.follow(case, "note", reason="not-upheld")
        else:
            moving.follow(case, "overrule")
            case.due_at = max(workdays.end_of(notice.until_on), at)
        moving.settle()
        ended = {"upheld": upheld, "finding": said, "answered_at": at, "answered_by": by.account}
        (Objection.objects.filter(publicity=notice, answered_at__isnull=True) if upheld
         else Objection.objects.filter(pk=found.pk)).update(**ended)  # fmt: skip
        _notice_after(notice, case, upheld, at)
        _tell_result(moving, case, upheld)

    ids = notice.case_id
    return run("overrule", cases=ids, by=by, at=at, expected=expected, body=body, also=["refuse", "send-back", "note"])[
        0
    ]


def _notice_after(notice: Publicity, case: Case, upheld: bool, at: dt.datetime) -> None:
    if upheld:
        Publicity.objects.filter(pk=notice.pk).update(state="closed", closed_at=at)
    elif case.state == states.PUBLICISED:
        Publicity.objects.filter(pk=notice.pk).update(state="open")


def _tell_result(moving: Moving, case: Case, upheld: bool) -> None:
    if not upheld:
        return
    template = "case-refused" if case.state == states.REFUSED else "case-returned"
    more = {case.pk: {"reason": REASONS["objection-upheld"].pair}}
    tell([case], template, by=moving.by, at=moving.at, writer=moving.writer, more=more)


def close_due_publicity(*, by: Actor, at: dt.datetime) -> int:
    """Close the notices whose days are over and send their cases on; safe to run twice. Returns how many."""
    done = 0
    while True:
        due = Publicity.objects.filter(state="open", until_on__lt=clock.day(at)).order_by("until_on", "pk")
        ids = list(due.values_list("pk", "case_id")[:SOME])
        if not ids:
            return done
        with transaction.atomic():
            cases = locked([case for _pk, case in ids])
            going = [case for case in cases if case.state == states.PUBLICISED]
            Publicity.objects.filter(pk__in=[pk for pk, _case in ids]).update(state="closed", closed_at=at)
            with entered(going, "case.close-notice", by, at, None) as writer:
                moving = Moving(writer, by, at, going)
                moving.follow_all("close-notice")
                moving.settle()
        done += len(going)
