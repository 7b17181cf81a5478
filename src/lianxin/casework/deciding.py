"""The desks' own verbs: accept, pass on, send back, refuse; and the subject's: confirm, decline, withdraw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from lianxin.casework import attesting, foureyes, judged, states, subjects, waiving
from lianxin.casework.models import Case, Dispatch, Publicity
from lianxin.casework.moving import SOME, Expected, Moving, promised_anew, run, service_of, step_of
from lianxin.casework.reasons import REASONS
from lianxin.casework.refusals import NotNow, NotYours, Unfit
from lianxin.casework.telling import Pair, tell, tell_office
from lianxin.engine import clock
from lianxin.engine.scope import Actor


def confirm_proposed(
    *,
    cases: Sequence[int] | int,
    by: Actor,
    at: dt.datetime,
    expected: Expected = None,
    mandate: int | None = None,
    words: str = "",
) -> list[Case]:
    """The subject's one confirmation; the route starts. Staff confirm only under a recorded mandate in force.

    ``mandate`` names it; without one, a mandate given to this member of staff (or to the clerks) is looked for.
    Nothing was decided before: each is judged anew under the version in force on this day, which it keeps, with what it
    is worth by it. Raises :class:`NotNow` where the subject is no longer entitled.
    """

    def body(moving: Moving) -> None:
        _of_today([case for case in moving.cases if case.state == states.PROPOSED], clock.day(at))
        speaks = subjects.speaks_for(by, at)
        clerk = subjects.clerk_mandates(moving.cases, by, at, named=mandate)
        for case in moving.cases:
            own = case.person_id in speaks.persons or case.family_id in speaks.families
            under = speaks.mandate_for(case) or clerk.get(case.pk)
            if not own and not by.may("*") and (under is None or mandate not in {None, under}):
                raise NotYours(
                    _("This person's word is missing: record a mandate first, then confirm. Nothing was lost.")
                )
            moving.follow(case, "confirm", words=words, mandate=None if own else under)
            case.mandate = case.mandate or (None if own else under)

    return run("confirm", cases=cases, by=by, at=at, expected=expected, body=_told(body, "case-opened"))


def _of_today(cases: Sequence[Case], day: dt.date) -> None:
    """Give proposals the version that speaks on ``day`` and what they are worth by it. A fact that the file lacks since is
    for the desks to ask for."""
    for case, verdict in zip(cases, judged.judged(cases, day, spoken=True), strict=True):
        if verdict is None or verdict.verdict == "not_entitled":
            raise NotNow(
                _(
                    "By today's rules and what the file says, this is not found any more: nothing was opened, nothing was "
                    "lost. The page of the service says why; if the file is wrong, say so there."
                )
            )
        case.version_id = verdict.version
        case.amount = case.amount if verdict.verdict == "unknown" else verdict.amount


def decline(
    *, cases: Sequence[int] | int, by: Actor, at: dt.datetime, expected: Expected = None, words: str = ""
) -> list[Case]:
    """The subject does not want it: a proposal, or what was opened for them without asking."""

    def body(moving: Moving) -> None:
        for case in moving.cases:
            if case.state != states.PROPOSED and case.mode != "automatic":
                raise NotNow(_("This was asked for; withdraw it instead."))
        moving.follow_all("decline", words=words)

    return run("decline", cases=cases, by=by, at=at, expected=expected, body=_told(body, "withdrawn"))


def withdraw(
    *, cases: Sequence[int] | int, by: Actor, at: dt.datetime, expected: Expected = None, words: str = ""
) -> list[Case]:
    """The subject takes it back; open offers to helpers are taken back too."""

    def body(moving: Moving) -> None:
        moving.follow_all("withdraw", words=words)
        recall(moving.cases, at)

    return run("withdraw", cases=cases, by=by, at=at, expected=expected, body=_told(body, "withdrawn"))


def accept(
    *,
    cases: Sequence[int] | int,
    by: Actor,
    at: dt.datetime,
    expected: Expected = None,
    words: str = "",
    waive: bool = False,
) -> list[Case]:
    """Complete: the case is accepted and goes to the next step's desk.

    Raises :class:`NotNow` where papers or answers are missing, unless the desk waives the rest with a word why.
    """

    def body(moving: Moving) -> None:
        lacks = waiving.lacking(moving, waive=waive, words=words)
        for case in moving.cases:
            if case.sealed and case.office_id == by.office:
                case.assignee = by.account  # one named person, whom the subject is told, from the first word on
        moving.follow_all("accept", words=words)
        _keep(lacks, moving)

    return run("accept", cases=cases, by=by, at=at, expected=expected, body=_told(body, "case-accepted"))


def advance(
    *,
    cases: Sequence[int] | int,
    by: Actor,
    at: dt.datetime,
    expected: Expected = None,
    words: str = "",
    facts: Mapping[str, bool] | None = None,
    waive: bool = False,
) -> list[Case]:
    """This step is done: attest, verify, review, panel, approve, select, respond. Also accepts at an ``accept`` step.

    ``waive`` is :func:`accept`'s.
    ``facts`` are what an ``attest`` step says of the forces, true or false; they are recorded to the person's file.
    """

    def body(moving: Moving) -> None:
        foureyes.require(moving.cases, by)
        approved = [case for case in moving.cases if step_of(case).step == "approve"]
        attested = [case for case in moving.cases if step_of(case).step == "attest"]
        if facts:
            attesting.record(attested, facts, by=by, at=at, writer=moving.writer)
        lacks = waiving.lacking(moving, waive=waive, words=words)
        for case in moving.cases:
            moving.follow(case, "accept" if step_of(case).step == "accept" else "advance", words=words)
        _keep(lacks, moving)
        worth = {case.pk: {"amount": case.amount} for case in approved}
        tell(approved, "approved", by=by, at=at, writer=moving.writer, more=worth)
        others = [case for case in moving.cases if case not in approved and case.step_name != "confirm"]
        tell(
            [case for case in others if case.mode != "ask" and case.step_name == "deliver"],
            "case-advanced", by=by, at=at, writer=moving.writer,
        )  # fmt: skip
        _ask_liaisons(moving)

    return run("advance", cases=cases, by=by, at=at, expected=expected, body=body, also=["accept"])


def _keep(lacks: waiving.Lacking, moving: Moving) -> None:
    """Settle, then keep what was waived by which move."""
    moves = {move.case_id: move for move in moving.moves}
    moving.settle()
    if lacks:
        waiving.keep(lacks, moves, moving)


def send_back(
    *,
    cases: Sequence[int] | int,
    to_step: int,
    reason: str,
    by: Actor,
    at: dt.datetime,
    expected: Expected = None,
    words: str = "",
) -> list[Case]:
    """Back to an earlier step of the route, with a reason."""
    why = reason_pair(reason, words, "send-back")

    def body(moving: Moving) -> None:
        for case in moving.cases:
            moving.follow(case, "send-back", to_step=to_step, reason=reason, words=words)

    return run(
        "send-back", cases=cases, by=by, at=at, expected=expected, body=_told(body, "case-returned", {"reason": why})
    )


def refuse(
    *, cases: Sequence[int] | int, reason: str, by: Actor, at: dt.datetime, expected: Expected = None, words: str = ""
) -> list[Case]:
    """Not approved: the subject reads the reason, the clause, who decided and how to have it looked at again."""
    why = reason_pair(reason, words, "refuse")

    def body(moving: Moving) -> None:
        offices = {case.pk: case.office for case in moving.cases}
        moving.follow_all("refuse", reason=reason, words=words)
        recall(moving.cases, at)
        moving.settle()
        more = {case.pk: {"reason": why, "clause": clause(case)} for case in moving.cases if offices[case.pk]}
        tell(moving.cases, "case-refused", by=by, at=at, writer=moving.writer, more=more)

    return run("refuse", cases=cases, by=by, at=at, expected=expected, body=body)


def reopen(
    *,
    cases: Sequence[int] | int,
    by: Actor,
    at: dt.datetime,
    reason: str = "looked-at-again",
    to_step: int | None = None,
    expected: Expected = None,
    words: str = "",
) -> list[Case]:
    """Open again what ended: at the given step, else (refused) where it was refused, else at the first step."""
    reason_pair(reason, words, "reopen")

    def body(moving: Moving) -> None:
        for case in moving.cases:
            place = to_step if to_step is not None else case.step if case.state == states.REFUSED else 0
            moving.follow(case, "reopen", to_step=place, reason=reason, words=words)
            case.promised_at = promised_anew(case, at)

    return run("reopen", cases=cases, by=by, at=at, expected=expected, body=_told(body, "reopened"))


def take_up(*, cases: Sequence[int] | int, by: Actor, at: dt.datetime, expected: Expected = None) -> list[Case]:
    """Somebody of the office makes it theirs; it stays visible to the others."""

    def body(moving: Moving) -> None:
        for case in moving.cases:
            moving.follow(case, "take-up")
            case.assignee = by.account

    return run("take-up", cases=cases, by=by, at=at, expected=expected, body=body)


def note(
    *, cases: Sequence[int] | int, words: str, by: Actor, at: dt.datetime, expected: Expected = None
) -> list[Case]:
    """A word for the record that moves nothing."""
    if not words.strip():
        raise Unfit(_("Write a word or two first."))

    def body(moving: Moving) -> None:
        moving.follow_all("note", words=words.strip()[:2000])

    return run("note", cases=cases, by=by, at=at, expected=expected, body=body)


def recall(cases: Sequence[Case], at: dt.datetime) -> None:
    """Take back what is still offered to helpers, and take down what is still on public notice."""
    ids = [case.pk for case in cases]
    for start in range(0, len(ids), SOME):
        some = ids[start : start + SOME]
        Dispatch.objects.filter(case__in=some, answer__in=["offered", "accepted"]).update(
            answer="withdrawn", answered_at=at
        )
        Publicity.objects.filter(case__in=some, state__in=["open", "objected"]).update(state="closed", closed_at=at)


def reason_pair(reason: str, words: str, verb: str) -> Pair:
    """A reason's words, with the desk's own in place of "another reason"; raises :class:`Unfit` for none."""
    found = REASONS.get(reason)
    if found is None or verb not in found.for_:
        raise Unfit(_("Choose a reason first; nothing was changed."))
    if found.code == "other":
        if not words.strip():
            raise Unfit(_("Say in a few words why; the person reads it."))
        return {"zh": words.strip(), "en": words.strip()}
    return found.pair


def clause(case: Case) -> Pair | str:
    """The law and article on which a service rests, as a refusal cites it."""
    for one in service_of(case).basis:
        if one.law:
            article = f"第{one.article}条" if one.article else ""
            return {
                "zh": f"《{one.law}》{article}",
                "en": f"{one.law}{', article ' + one.article if one.article else ''}",
            }
    return ""


def _told(
    body: Callable[[Moving], None], template: str, more: Mapping[str, object] | None = None
) -> Callable[[Moving], None]:
    """``body``, settled, and the subjects told."""

    def whole(moving: Moving) -> None:
        body(moving)
        moving.settle()
        said = {case.pk: dict(more or {}) for case in moving.cases}
        tell(moving.cases, template, by=moving.by, at=moving.at, writer=moving.writer, more=said)
        _ask_liaisons(moving)

    return whole


def _ask_liaisons(moving: Moving) -> None:
    here = [case for case in moving.cases if case.step_name == "attest" and case.pk in moving.arrived]
    tell_office(here, "attest-please", by=moving.by, at=moving.at, writer=moving.writer)
