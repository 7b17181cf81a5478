"""How every case moves: locked, checked, followed through the table, put on a desk with a due day, written, journalled.

The one form is set-based: an action loads its cases in one query, follows the same verb for all of them, and settles
them together. Nothing else assigns a state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.access.models import Office
from lianxin.casework import desks, states, subjects
from lianxin.casework.models import Case, Listed, Move
from lianxin.casework.permissions import FOR_SUBJECT, Place, may
from lianxin.casework.refusals import NoSuchCase, NotNow, NotYours, Stale
from lianxin.casework.words import done_words, state_words, when_words
from lianxin.catalogue.queries import version
from lianxin.engine import routes, workdays
from lianxin.engine.declaration import Service, Step
from lianxin.engine.routes import NotPossible, Position
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal.actions import Writing
from lianxin.notices import actions as notices

Expected = int | Mapping[int, int] | None
COLUMNS = (
    "version_id", "state", "step", "step_name", "level", "office_id", "desk", "assignee", "amount", "moved_at", "due_at",
    "paused_at", "closed_at", "stands_from", "stands_to", "promised_at", "form", "mandate", "version_lock",
)  # fmt: skip
SOME = 800


def service_of(case: Case) -> Service:
    """The declaration by which a case runs: the version it was opened under."""
    return version(case.version_id).service


def step_of(case: Case) -> Step:
    """The step at which a case stands."""
    return service_of(case).route[case.step]


def position(case: Case) -> Position:
    """Where a case stands, for the route machine."""
    return Position(case.state, case.step)


@dataclass
class Moving:
    """One action on some cases under one entry: follow verbs, then settle all of them."""

    writer: Writing
    by: Actor
    at: dt.datetime
    cases: list[Case]
    moves: list[Move] = field(default_factory=list)
    arrived: set[int] = field(
        default_factory=set
    )  # cases that came to another step, or back to one: a new desk and day
    under: dict[int, int] = field(default_factory=dict)  # case → the mandate under which staff speak for the subject

    def follow(
        self, case: Case, verb: str, *, to_step: int | None = None, reason: str = "", words: str = "",
        mandate: int | None = None,
    ) -> None:  # fmt: skip
        """Follow one verb for one case; raises :class:`NotNow` where the table leads nowhere."""
        before = position(case)
        try:
            after = routes.follow(states.TABLE, service_of(case).route, before, verb, to_step)
        except NotPossible as impossible:
            raise NotNow(
                _("This is not possible now: the case is %(state)s. Nothing was changed; open it again to see what is.")
                % {"state": state_words(case.state)}
            ) from impossible
        case.state, case.step = after.state, after.step
        fresh = (
            verb in {"confirm", "send-back", "reopen", "not-received", "give-up", "lose"} or after.step != before.step
        )
        if fresh and after.state in states.ON_A_DESK:
            self.arrived.add(case.pk)
        if after.state in states.ENDED:
            case.closed_at = case.closed_at if before.state in states.ENDED else self.at
            case.due_at = case.paused_at = None
        elif before.state in states.ENDED:
            case.closed_at = None
        if after.state == states.STANDING:
            case.due_at = None
        case.moved_at = self.at
        self.moves.append(
            Move(
                case_id=case.pk, at=self.at, by_account=self.by.account, by_name=self.by.name, office=self.by.office,
                verb=verb, from_state=before.state, to_state=after.state, from_step=before.step, to_step=after.step,
                reason=reason, words=words,
                mandate=mandate or (self.under.get(case.pk) if verb in FOR_SUBJECT else None),
            )
        )  # fmt: skip

    def follow_all(self, verb: str, *, reason: str = "", words: str = "") -> None:
        """The same verb for every case."""
        for case in self.cases:
            self.follow(case, verb, reason=reason, words=words)

    def settle(self) -> None:
        """Give the moved cases their desks and due days; write cases and moves. Settling twice settles once."""
        if not self.moves:
            return
        place([case for case in self.cases if case.pk in self.arrived and case.state in states.ON_A_DESK], at=self.at)
        moved = {move.case_id for move in self.moves}
        changed = [case for case in self.cases if case.pk in moved]
        for case in changed:
            case.version_lock += 1
        store(changed)
        now = {case.pk: case for case in changed}
        for move in self.moves:
            move.due_at = now[move.case_id].due_at
            move.seen(now[move.case_id])
        self.writer.add(self.moves)
        past = {one.case_id for one in self.moves if (one.from_state, one.from_step) != (one.to_state, one.to_step)}
        notices.overtaken(cases=past, by=self.by, at=self.at)
        self.moves = []
        listen_in([case for case in changed if case.sealed and case.pk in self.arrived], at=self.at, writer=self.writer)


def place(cases: Sequence[Case], *, at: dt.datetime) -> None:
    """Put cases that came to a step on its desk, with its due day. One query for the offices of all of them."""
    wanted: dict[int, desks.Wanted] = {}
    hands = {case.pk: (case.office_id, case.desk, case.assignee) for case in cases if case.sealed}
    for case in cases:
        step = step_of(case)
        case.step_name, case.desk, case.assignee = step.step, step.desk, None
        at_level = step.at or case.level or "township"
        if case.office_id is not None and (at_level == "subject" or at_level in desks.GIVERS):
            case.level = at_level
            continue
        case.level = at_level
        if at_level == "subject" or at_level in desks.GIVERS:
            at_level = "village"
        wanted[case.pk] = desks.Wanted(at_level, case.area, case.service if case.sealed else "")
    found = desks.offices_for(wanted.values(), at)
    for case in cases:
        if case.pk in wanted:
            case.office = found[wanted[case.pk]]
        if case.pk in hands and hands[case.pk][:2] == (case.office_id, case.desk):
            case.assignee = hands[case.pk][2]  # a sealed matter stays with its person while it stays at the desk
        case.paused_at = None
        case.due_at = due_of(case, at)


def promise(case: Case) -> workdays.Promise:
    """What the step at which a case stands promises."""
    step = step_of(case)
    if case.state == states.REVIEW:
        return states.REVIEW_WITHIN
    if step.within is not None:
        return step.within
    if step.step == "accept":
        return states.ACCEPT_WITHIN
    return states.CONFIRM_WITHIN if step.step in {"confirm", "call-back"} else states.STEP_WITHIN


def due_of(case: Case, at: dt.datetime) -> dt.datetime:
    """Until when the step is promised from ``at``; an ask's own promise is never passed before it is delivered."""
    due = workdays.due(at, promise(case)).at
    after_delivery = any(step.step == "deliver" for step in service_of(case).route[: case.step])
    if case.promised_at is not None and not after_delivery:
        return max(min(due, case.promised_at), at) if step_of(case).within else max(case.promised_at, at)
    return due


def promised_anew(case: Case, at: dt.datetime) -> dt.datetime | None:
    """Until when an ask that is opened again is promised: its kind's whole time, from now."""
    kind = service_of(case).kind(case.kind)
    return workdays.due(at, kind.within).at if case.mode == "ask" and kind is not None and kind.within else None


def store(cases: Sequence[Case]) -> None:
    """Write the pictures of cases back: one prepared statement, however many."""
    if not cases:
        return
    journal.update_columns(Case, COLUMNS, [(*(getattr(case, name) for name in COLUMNS), case.pk) for case in cases])


def listen_in(cases: Sequence[Case], *, at: dt.datetime, writer: Writing) -> None:
    """Sealed cases that came to an office: its people on the service's access list join the case's own list."""
    if not cases:
        return
    have = set(Listed.objects.filter(case__in=cases, until__isnull=True).values_list("case_id", "account"))
    grants = list(
        desks.list_grants({case.service for case in cases}, at).values_list(
            "account_id", "service", "area", "account__office_id"
        )
    )
    new: list[Listed] = []
    for case in cases:
        over = [row for row in grants if row[1] == case.service and case.area.startswith(row[2])]
        here = [row for row in over if row[3] == case.office_id] or over
        for account in dict.fromkeys(row[0] for row in here):
            if (case.pk, account) not in have:
                new.append(Listed(case_id=case.pk, account=account))
    writer.add(new)


def locked(ids: Sequence[int]) -> list[Case]:
    """The cases by their ids in the order given, locked until the transaction ends."""
    wanted = list(dict.fromkeys(ids))
    found: dict[int, Case] = {}
    for start in range(0, len(wanted), SOME):
        rows = Case.objects.select_for_update(of=("self",)).select_related("office")
        found |= {case.pk: case for case in rows.filter(pk__in=wanted[start : start + SOME]).order_by("pk")}
    if len(found) < len(wanted):
        raise NoSuchCase(_("There is no such case."))
    return [found[pk] for pk in wanted]


def place_of(case: Case, by: Actor, speaks: subjects.SpeaksFor, listed: frozenset[int]) -> Place:
    """What of a case decides who may act on it."""
    office: Office | None = case.office
    return Place(
        area=case.area, office=case.office_id, office_area=office.area_id if office else "",
        office_level=office.level if office else "", desk=case.desk, step=case.step_name, sealed=case.sealed,
        listed=case.pk in listed and (case.service in by.scope.sealed or by.may("case.sealed")),
        subject=speaks.covers(case), state=case.state, level=case.level, need=subjects.of_a_place(case),
    )  # fmt: skip


def listed_among(cases: Sequence[Case], by: Actor, at: dt.datetime) -> frozenset[int]:
    """On which of the sealed ones among these cases the actor is listed."""
    sealed = [case.pk for case in cases if case.sealed]
    if not sealed or by.account is None:
        return frozenset()
    rows = Listed.objects.filter(case__in=sealed, account=by.account).exclude(until__lte=at)
    return frozenset(rows.values_list("case_id", flat=True))


def permit(cases: Sequence[Case], verb: str, by: Actor, at: dt.datetime) -> None:
    """Raise :class:`NoSuchCase` for what does not exist for the actor, :class:`NotYours` for what is not theirs."""
    if by.may("*"):
        return
    speaks, listed = subjects.speaks_for(by, at), listed_among(cases, by, at)
    for case in cases:
        here = place_of(case, by, speaks, listed)
        if not visible(case, by, here):
            raise NoSuchCase(_("There is no such case."))
        if not may(by, verb, here):
            raise NotYours(
                _("This is done by %(office)s, not at your desk. Nothing was changed.")
                % {"office": case.office.name if case.office else "—"}
            )


def visible(case: Case, by: Actor, here: Place) -> bool:
    """Whether a case exists for the actor."""
    if here.subject:
        return True
    if case.sealed:
        return here.listed
    return by.scope.covers(case.area) or case.office_id in by.scope.offices


def repeated(cases: Sequence[Case], verbs: Sequence[str], by: Actor, expected: Expected) -> bool:
    """Whether this is the second click of what the same person has just done from the same page."""
    if expected is None or not cases:
        return False
    if any(case.version_lock != _expected(case, expected, 0) + 1 for case in cases):
        return False
    last: dict[int, tuple[str, int | None]] = {}
    for case, verb, account in (
        Move.objects.filter(case__in=cases).order_by("pk").values_list("case_id", "verb", "by_account")
    ):
        last[case] = (verb, account)
    return all(last.get(case.pk, ("", -1)) in {(verb, by.account) for verb in verbs} for case in cases)


def _expected(case: Case, expected: Expected, absent: int) -> int:
    if expected is None:
        return absent
    return expected if isinstance(expected, int) else expected.get(case.pk, absent)


def fresh(cases: Sequence[Case], expected: Expected) -> None:
    """Raise :class:`Stale` where a case moved after the page was opened; it says what happened, and by whom."""
    for case in cases:
        if _expected(case, expected, case.version_lock) == case.version_lock:
            continue
        last = Move.objects.filter(case=case).order_by("-pk").first()
        if last is None:
            continue
        raise Stale(
            _("%(who)s moved this case on %(when)s: %(what)s. Nothing of yours was saved; look at it again.")
            % {"who": last.by_name, "when": when_words(last.at), "what": done_words(last.verb)}
        )


@contextmanager
def entered(
    cases: Sequence[Case], action: str, by: Actor, at: dt.datetime, writer: Writing | None
) -> Iterator[Writing]:
    """The entry of an action: the given writer's, or a new one that says which case and person it is about."""
    if writer is not None:
        yield writer
        return
    one = cases[0] if len(cases) == 1 else None
    sealed = cases[0].service if cases and cases[0].sealed else ""
    with journal.entry(
        action=action, by=by, at=at, person=one.person_id if one else None, case=one.pk if one else None,
        service=sealed, area=one.area if one else "",
    ) as made:  # fmt: skip
        if one is None:
            made.say(cases=len(cases))
        yield made


def apart(cases: Sequence[Case]) -> list[list[Case]]:
    """Open cases together, those of each sealed service under an entry of their own."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.service if case.sealed else "", []).append(case)
    return list(groups.values())


def run(
    verb: str, *, cases: Sequence[int] | int, by: Actor, at: dt.datetime, expected: Expected,
    body: Callable[[Moving], None], also: Sequence[str] = (), writer: Writing | None = None, action: str = "",
) -> list[Case]:  # fmt: skip
    """Carry out one verb: lock, refuse what is stale or not the actor's, let ``body`` follow the verbs, settle.

    ``also`` names the verbs that ``body`` may end in, so that a second click is known as one. Returns the cases.
    """
    ids = [cases] if isinstance(cases, int) else list(cases)
    with transaction.atomic():
        found = locked(ids)
        if repeated(found, [verb, *also], by, expected):
            return found
        permit(found, verb, by, at)
        fresh(found, expected)
        for group in apart(found):
            with entered(group, action or f"case.{verb}", by, at, writer) as writing:
                moving = Moving(writing, by, at, group, under=_under(verb, group, by, at))
                body(moving)
                moving.settle()
    return found


def _under(verb: str, cases: Sequence[Case], by: Actor, at: dt.datetime) -> dict[int, int]:
    """The mandates under which staff say for the subjects what is theirs to say; none are needed for their own."""
    if verb not in FOR_SUBJECT or by.office is None or by.account is None:
        return {}
    return subjects.clerk_mandates(cases, by, at)
