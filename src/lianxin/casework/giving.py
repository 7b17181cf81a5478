"""Helpers: an ask is offered to a volunteer team, a partner or a unit, who take it or say why not, and do it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.access.models import Office
from lianxin.casework import delivering, papers, states, subjects
from lianxin.casework.models import Case, Dispatch, Paper
from lianxin.casework.moving import SOME, Expected, Moving, apart, entered, locked, run, step_of
from lianxin.casework.papers import Upload
from lianxin.casework.refusals import NoSuchCase, NotNow, NotYours, Unfit
from lianxin.casework.telling import office_name, tell, tell_office
from lianxin.engine import workdays
from lianxin.engine.scope import Actor

GIVERS = frozenset({"volunteer", "partner", "unit", "member", "court", "station", "centre"})

OF_PLACES = frozenset({"bureau"})  # who answers for needs of a unit or of the locality besides
DONE_PHOTO, MOST_PHOTOS = "done-photo", 3


def dispatch(
    *,
    case: int,
    office: int,
    by: Actor,
    at: dt.datetime,
    words: str = "",
    answer_within: workdays.Promise | None = None,
    expected: Expected = None,
) -> Dispatch:
    """Offer a case to one helper. A fresh offer takes the one before back; nobody is left waiting for two.

    They are asked to answer within the step's time (2 hours where it names none), never past what was promised.
    """
    to = Office.objects.filter(pk=office, kind__in=GIVERS | OF_PLACES, open=True).first()
    if to is None:
        raise NoSuchCase(_("There is no such helper."))
    made: list[Dispatch] = []

    def body(moving: Moving) -> None:
        one = moving.cases[0]
        wide = subjects.of_a_place(one)  # a need of a whole county or city is also for an office inside it
        over = one.area.startswith(to.area_id) or (wide and to.area_id.startswith(one.area))
        if not over or (to.kind in OF_PLACES and not wide):  # a helper stands over the place, never beside it
            raise NoSuchCase(_("There is no such helper."))
        if to.pk == one.office_id:
            raise Unfit(_("It is on this desk already. Take it on yourself, or name a colleague."))
        moving.follow(one, "dispatch", words=words)
        _close(one, at)
        within = answer_within or step_of(one).within or states.ANSWER_WITHIN
        one.due_at = workdays.due(at, within).at
        moving.settle()
        made.extend(
            moving.writer.add([
                Dispatch(case=one, office=to, offered_at=at, answer_by=one.due_at, words=words.strip()[:400])
            ])
        )  # fmt: skip
        tell_office([one], "offered", by=by, at=at, writer=moving.writer, office=to)

    run("dispatch", cases=case, by=by, at=at, expected=expected, body=body)
    if not made:  # a second click: the offer that the first one made
        return Dispatch.objects.filter(case=case, office=to).order_by("-pk")[0]
    return made[0]


@transaction.atomic
def answer_dispatch(*, dispatch: int, accept: bool, by: Actor, at: dt.datetime, reason: str = "") -> Dispatch:
    """The helper takes it, or says why not; given back after having been taken, the desk finds another."""
    found, case = _own(dispatch, by, at)
    wanted = "accepted" if accept else "declined"
    if found.answer == wanted and found.answered_by == by.account:
        return found  # a second click
    if found.answer not in ({"offered"} if accept else {"offered", "accepted"}):
        raise NotNow(_("This is no longer offered to you. Thank you; somebody else has it."))
    if not accept and not reason.strip():
        raise Unfit(_("Say in a word why not, so that the desk finds the right helper."))
    helper = {"helper": office_name(found.office), "reason": reason.strip()}
    taken = found.answer == "accepted"
    with entered([case], f"case.{'take' if accept else 'turn-down'}", by, at, None) as writer:
        moving = Moving(writer, by, at, [case])
        verb = "take" if accept else "give-up" if taken else "turn-down"
        if step_of(case).step == "respond" and verb in {"take", "turn-down"}:
            verb = "note"  # offered from the helper's own step: the case is where it is
        moving.follow(case, verb, words=reason.strip()[:400])
        if not accept:
            case.due_at = at if case.promised_at is None else min(max(case.promised_at, at), at + _AN_HOUR)
        moving.settle()
        Dispatch.objects.filter(pk=found.pk).update(
            answer=wanted, answered_at=at, answered_by=by.account, reason=reason.strip()[:200]
        )
        if accept:
            tell([case], "accepted-by-helper", by=by, at=at, writer=writer, more={case.pk: helper})
        else:
            tell_office([case], "helper-declined", by=by, at=at, writer=writer, more=helper)
    found.refresh_from_db()
    return found


_AN_HOUR = dt.timedelta(hours=1)


@transaction.atomic
def done_dispatch(
    *, dispatch: int, words: str, by: Actor, at: dt.datetime, minutes: int | None = None, files: Sequence[Upload] = ()
) -> Dispatch:
    """The helper says with a word or a photo that it is done: it is delivered and counted, the household asked to confirm."""
    found, case = _own(dispatch, by, at)
    if found.answer == "done" and found.answered_by is not None:
        return found
    if found.answer != "accepted":
        raise NotNow(_("Take it first; then say when it is done."))
    if minutes is not None and not 0 < minutes <= 24 * 60:
        raise Unfit(_("Give the time it took in minutes, up to one day."))
    if not words.strip() and not files:
        raise Unfit(_("Say in a word what was done, or add a photo; the family reads it."))
    stored = [papers.keep(one.data, one.name) for one in files[:MOST_PHOTOS]]
    with entered([case], "case.done", by, at, None) as writer:
        moving = Moving(writer, by, at, [case])
        if step_of(case).step == "respond":
            moving.follow(case, "advance", words=words.strip()[:400])
        delivered = step_of(case).step == "deliver" and case.state == states.OPEN
        if delivered and step_of(case).as_ in {"errand", "visit", "advice", "record"}:
            delivering.bring(moving, [case], giver=found.office_id, minutes=minutes, words=words.strip()[:400])
        moving.settle()
        writer.add([
            Paper(case=case, code=DONE_PHOTO, name="办好的照片", content_type=one.content_type, size=one.size,
                  digest=one.digest, at=at, by_account=by.account)
            for one in stored
        ])  # fmt: skip
        Dispatch.objects.filter(pk=found.pk).update(
            answer="done", done_at=at, done_words=words.strip()[:400], minutes=minutes
        )
        delivering.tell_ends(moving, [case])
    found.refresh_from_db()
    return found


def return_unanswered(*, by: Actor, at: dt.datetime) -> int:
    """Offers not answered in time come back to their desk, amber; what nobody confirmed in time ends."""
    rows = Dispatch.objects.filter(answer="offered", answer_by__lt=at).order_by("pk")
    found = list(rows.select_related("office")[:SOME])
    if found:
        _return(found, by, at)
    return len(found) + delivering.close_unconfirmed(by=by, at=at)


def _return(found: list[Dispatch], by: Actor, at: dt.datetime) -> None:
    with transaction.atomic():
        cases = locked([one.case_id for one in found])
        Dispatch.objects.filter(pk__in=[one.pk for one in found], answer="offered").update(
            answer="unanswered", answered_at=at
        )
        here = [case for case in cases if case.state == states.OPEN and step_of(case).step == "dispatch"]
        for group in apart(here):
            with entered(group, "case.turn-down", by, at, None) as writer:
                moving = Moving(writer, by, at, group)
                moving.follow_all("turn-down", reason="unanswered")
                for case in group:
                    case.due_at = at + _AN_HOUR
                moving.settle()
                tell_office(group, "helper-silent", by=by, at=at, writer=writer)


def _own(dispatch: int, by: Actor, at: dt.datetime) -> tuple[Dispatch, Case]:
    """An offer made to the actor's own office (or one that a desk answers for a helper on the phone), locked."""
    found = Dispatch.objects.select_related("office").filter(pk=dispatch).first()
    if found is None:
        raise NoSuchCase(_("There is no such request."))
    case = locked([found.case_id])[0]
    mine = found.office_id in by.scope.offices and by.may("case.respond")
    if not mine and not by.may("*"):
        if not by.scope.covers(case.area) or case.sealed:
            raise NoSuchCase(_("There is no such request."))
        if not by.may("case.dispatch"):
            raise NotYours(_("This is for the helper to answer."))
    return found, case


def _close(case: Case, at: dt.datetime) -> None:
    Dispatch.objects.filter(Q(answer="offered") | Q(answer="accepted"), case=case).update(
        answer="withdrawn", answered_at=at
    )
