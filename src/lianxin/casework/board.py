"""The board of the line: every ask that runs, due first, and who has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianxin.access.models import Account
from lianxin.casework import inbox, states
from lianxin.casework.models import Case, Dispatch
from lianxin.casework.offers import OPEN, still_wrong
from lianxin.casework.scopes import visible_cases
from lianxin.casework.shown import CaseRow, number_there
from lianxin.catalogue.queries import in_force
from lianxin.engine import clock
from lianxin.engine.facts import Name
from lianxin.engine.scope import Actor, Scope

RUNNING = (states.OPEN, states.WAITING)
HELPED = "confirm"  # the step at which an ask waits for the household's word


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an ask: the helper or the office, who of it, and how it stands (offered | accepted | desk | confirm)."""

    name: Name | None
    person: str
    how: str
    phone: str = ""
    dispatch: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One line of the board. ``still``: what the household said is not well yet, where it was called done before."""

    row: CaseRow
    holder: Holder
    words: str
    reference: str
    still: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is narrowed to. ``holds``: desk (nobody else has it), helper, confirm (done, not yet confirmed)."""

    kind: str = ""
    light: str = ""
    channel: str = ""
    holds: str = ""
    account: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Some asks, and the key of the next ones."""

    rows: list[Ask]
    next: str = ""


def line_services(day: dt.date) -> list[str]:
    """The services of the line: what households ask for and somebody is sent for, named or not."""
    return [
        code
        for code, one in in_force(day).items()
        if one.service.mode == "ask"
        and not one.service.sealed
        and any(step.step == "dispatch" for step in one.service.route)
    ]


def board(scope: Scope, asked: Asked, *, at: dt.datetime, after: str = "", limit: int = 50) -> Board:
    """The asks that run inside the scope, the shortest clock first. Five queries, whatever their number."""
    page = inbox.page_of(_narrowed(_running(scope, at), asked, at), at=at, after=after, limit=limit)
    return Board(_asks(page.rows), page.after)


def counts(scope: Scope, *, at: dt.datetime) -> dict[str, int]:
    """How many run (``all``), are overdue (``red``), lie with nobody (``desk``) or wait for a word (``confirm``)."""
    rows = _running(scope, at)
    asked = {"all": Asked(), "red": Asked(light="red"), "desk": Asked(holds="desk"), "confirm": Asked(holds="confirm")}
    return {name: _narrowed(rows, one, at).order_by()[: inbox.MOST].count() for name, one in asked.items()}


def of_household(scope: Scope, family: int, *, at: dt.datetime, limit: int = 8) -> tuple[list[Ask], list[CaseRow]]:
    """What a household has running (asks with who has them), and what it had lately, newest first; sealed ones never."""
    mine = Q(family=family) | Q(person__family=family)
    rows = Case.objects.filter(mine, visible_cases(scope, at), sealed=False).select_related("office")
    running = inbox.rows_of(
        list(rows.filter(state__in=states.ON_A_DESK | {states.PROPOSED}).order_by("due_at", "-pk")[:limit]),
        at=at, masked=False,
    )  # fmt: skip
    ended = list(rows.filter(state__in=states.ENDED, mode="ask").order_by("-closed_at", "-pk")[:limit])
    return _asks(running), inbox.rows_of(ended, at=at, masked=False)


def brought_by(by: Actor, *, at: dt.datetime, limit: int = 30) -> list[CaseRow]:
    """The asks that this account brought in for others, newest first; whom they are about is not said."""
    rows = Case.objects.filter(opened_by=by.account, channel="liaison", mode="ask", sealed=False).select_related(
        "office"
    )
    found = inbox.rows_of(list(rows.order_by("-pk")[:limit]), at=at, masked=True) if by.account is not None else []
    return [replace(row, who="", person=None, family=None) for row in found]


def _running(scope: Scope, at: dt.datetime) -> QuerySet[Case]:
    return Case.objects.filter(
        visible_cases(scope, at), service__in=line_services(clock.day(at)), state__in=RUNNING, sealed=False
    )


def _narrowed(rows: QuerySet[Case], asked: Asked, at: dt.datetime) -> QuerySet[Case]:
    exact = {"kind": asked.kind, "channel": asked.channel, "reference": asked.reference}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if asked.light == "red":
        rows = rows.filter(due_at__lt=at, paused_at__isnull=True)
    elif asked.light == "amber":
        rows = rows.filter(due_at__gte=at, due_at__lte=inbox.soon(at), paused_at__isnull=True)
    if asked.account is not None:
        rows = rows.filter(assignee=asked.account)
    held = Exists(Dispatch.objects.filter(case=OuterRef("pk"), answer__in=OPEN))
    if asked.holds == "helper":
        rows = rows.filter(held)
    elif asked.holds == "desk":
        rows = rows.filter(~held).exclude(step_name=HELPED)
    elif asked.holds == "confirm":
        rows = rows.filter(step_name=HELPED)
    return rows


def _asks(rows: Sequence[CaseRow]) -> list[Ask]:
    ids = [row.id for row in rows]
    offers: dict[int, Dispatch] = {}
    found = Dispatch.objects.filter(case__in=ids, answer__in=[*OPEN, "done"]).select_related("office")
    for one in found.order_by("pk"):
        offers[one.case_id] = one
    more = {pk: (words, number_there(channel, reference)) for pk, words, channel, reference in
            Case.objects.filter(pk__in=ids).values_list("pk", "words", "channel", "reference")}  # fmt: skip
    accounts = {row.assignee for row in rows if row.assignee is not None}
    names = dict(Account.objects.filter(pk__in=accounts).values_list("pk", "name"))
    wrong = still_wrong([row.id for row in rows if row.step != HELPED])
    return [
        Ask(row, _holder(row, offers.get(row.id), names), *more.get(row.id, ("", "")), still=wrong.get(row.id, ""))
        for row in rows
    ]  # fmt: skip


def _holder(row: CaseRow, offer: Dispatch | None, names: dict[int, str]) -> Holder:
    person = names.get(row.assignee or 0, "")
    if offer is not None:
        office = offer.office
        if offer.answer == "done" and row.step != HELPED:  # the household said no: it lies on the desk again
            return Holder(row.desk.name if row.desk else None, person, "again", row.desk.phone if row.desk else "")
        how = "confirm" if row.step == HELPED else offer.answer
        return Holder(Name(office.name, office.name_en or office.name), person, how, office.phone, offer.pk)
    return Holder(row.desk.name if row.desk else None, person, "confirm" if row.step == HELPED else "desk",
                  row.desk.phone if row.desk else "")  # fmt: skip
