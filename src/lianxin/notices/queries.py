"""Read messages and the call list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from lianxin.access.queries import within
from lianxin.engine.scope import Actor, Scope
from lianxin.notices.models import Notice
from lianxin.notices.templates import words
from lianxin.people import identities

SOME = 800


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as a page shows it; ``words(language)`` is its text."""

    id: int
    template: str
    given: dict[str, Any]
    channel: str
    state: str
    created_at: dt.datetime
    person: int | None
    case: int | None
    service: str
    area: str
    tries: int
    said: str

    def words(self, language: str) -> str:
        """The text in one language."""
        return words(self.template, self.given, language)

    @property
    def zh(self) -> str:
        """The Chinese text."""
        return self.words("zh-hans")

    @property
    def en(self) -> str:
        """The English text."""
        return self.words("en")


def _shown(row: Notice, *, to_caller: bool = False) -> Shown:
    """A row as a page shows it; a caller is not told which case or service a sealed one is about."""
    hidden = to_caller and row.sealed
    return Shown(
        row.pk, row.template, row.given, row.channel, row.state, row.created_at, row.person,
        None if hidden else row.case, "" if hidden else row.service, row.area, row.tries, row.said,
    )  # fmt: skip


# To an office is said what its people are to do: only those hear it who may. An administrator hears none of it.
_DESK = frozenset({"case.accept", "case.review", "case.approve", "case.dispatch", "case.deliver", "case.respond"})
_WORK = _DESK | {"case.attest"}
OF_OFFICES: dict[str, frozenset[str]] = {
    "attest-please": frozenset({"case.attest"}), "objection": frozenset({"case.publicise", *_DESK}), "not-done": _WORK,
    "thanks": frozenset({"case.respond", "case.deliver", "offer.own"}), "all-came": _WORK, "review-please": _DESK,
    "offered": frozenset({"case.respond"}), "helper-declined": _DESK, "helper-silent": _DESK, "why-looked": _WORK,
    "payment-returned-desk": _DESK, "recovery-claimed-desk": _DESK,
    "circle-thanks": frozenset({"home"}), "circle-paper": frozenset({"circle.hand", "people.bind"}),
}  # fmt: skip


def visible_to(actor: Actor) -> Q:
    """The notices addressed to this actor: to their person, their account or their office."""
    mine = Q(pk__in=[])
    if actor.person is not None:
        mine |= Q(person__in=identities.files_of([actor.person]))
    if actor.account is not None:
        mine |= Q(account=actor.account)
    if actor.office is not None:
        heard = [name for name, may in OF_OFFICES.items() if any(actor.may(one) for one in may)]
        mine |= Q(office=actor.office, template__in=heard)
    return mine


def mine(actor: Actor, *, after: int | None = None, limit: int = 30) -> list[Shown]:
    """One's own messages, newest first; ``after`` is the id of the last one seen."""
    rows = Notice.objects.filter(visible_to(actor))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return [_shown(row) for row in rows.order_by("-pk")[:limit]]


def unread_count(actor: Actor) -> int:
    """How many of one's own messages are unread, counted to 100 at most."""
    return Notice.objects.filter(visible_to(actor), state="sent").order_by()[:100].count()


def call_list(scope: Scope, *, visits: bool = False, after: int = 0, limit: int = 50) -> list[Shown]:
    """Who to phone (or visit) inside the scope, oldest first. Sealed ones say only "please come to the window"."""
    rows = Notice.objects.filter(
        within(scope, "area"), channel="print" if visits else "call", state="pending", pk__gt=after
    )
    return [_shown(row, to_caller=True) for row in rows.order_by("pk")[:limit]]


def within_reach(scope: Scope, notice: int) -> bool:
    """Whether a call or visit, waiting or done, lies inside the scope."""
    return Notice.objects.filter(within(scope, "area"), pk=notice, channel__in=["call", "print"]).exists()


def call_count(scope: Scope) -> int:
    """How many calls wait inside the scope, counted to 1,000 at most."""
    rows = Notice.objects.filter(within(scope, "area"), channel="call", state="pending")
    return rows.order_by()[:1000].count()


def of_case(case: int) -> list[Shown]:
    """All messages about one case, oldest first; the caller has shown that it may see the case."""
    return [_shown(row) for row in Notice.objects.filter(case=case).order_by("pk")]


def of_person(scope: Scope, person: int, *, limit: int = 20) -> list[Shown]:
    """What was said to a person, newest first. The caller has shown that it may see the person; messages about sealed
    services exist only for their lists."""
    rows = Notice.objects.filter(Q(sealed=False) | Q(service__in=scope.sealed), person=person)
    return [_shown(row) for row in rows.order_by("-pk")[:limit]]


def already_told(persons: Collection[int], template: str, **given: object) -> set[int]:
    """Those of these persons who were sent this text with these words before."""
    found: set[int] = set()
    ids = sorted(persons)
    for start in range(0, len(ids), SOME):
        rows = Notice.objects.filter(person__in=ids[start : start + SOME], template=template)
        rows = rows.filter(**{f"given__{name}": value for name, value in given.items()})
        found |= {person for person in rows.values_list("person", flat=True) if person is not None}
    return found
