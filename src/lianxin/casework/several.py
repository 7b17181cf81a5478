"""Several cases of one step at once: rehearsed first, so that a desk sees what would be done, then done as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.casework import deciding, delivering, publishing
from lianxin.casework.inbox import rows_of
from lianxin.casework.models import Case
from lianxin.casework.moving import service_of
from lianxin.casework.refusals import Unfit
from lianxin.casework.scopes import visible_cases
from lianxin.casework.shown import CaseRow
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor

MOST = 200  # cases in one go: what a person can look through before saying yes
UNCLEAR = "unclear"  # the reason with which sending back is rehearsed while none is given
WHATS = ("pass", "send-back", "take-up")
PASSES = frozenset({"accept", "verify", "review", "panel", "approve", "select", "respond", "publicise", "deliver"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What to do with them: ``pass`` to the next step, ``send-back`` to one before, or ``take-up``."""

    what: str
    to_step: int = 0
    reason: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Would:
    """One case and where it would be: step, state and office; or why it cannot be."""

    row: CaseRow
    step: str = ""
    state: str = ""
    office: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would become of each case, in the order of the inbox; ``earlier`` steps to which they may go back."""

    rows: list[Would]
    earlier: list[tuple[int, str]]

    @property
    def able(self) -> list[CaseRow]:
        """The cases that can go."""
        return [one.row for one in self.rows if not one.refused]


def rehearse(*, cases: Sequence[int], asked: Asked, by: Actor, at: dt.datetime) -> Rehearsed:
    """Do it and take it back in the same breath. Raises :class:`Unfit` where the cases do not belong together."""
    found = _chosen(cases, by, at)
    rows = {row.id: row for row in rows_of(found, at=at, masked=False)}
    earlier = [(place, step.step) for place, step in enumerate(service_of(found[0]).route[: found[0].step])]
    if asked.what == "send-back":
        to_step = asked.to_step if asked.to_step in dict(earlier) else earlier[-1][0] if earlier else 0
        asked = Asked(asked.what, to_step, asked.reason or UNCLEAR, asked.words)
    together = _tried([case.pk for case in found], rows, asked, by, at)
    if any(one.refused for one in together):
        together = [one for case in found for one in _tried([case.pk], rows, asked, by, at)]
    return Rehearsed(together, earlier)


def act(*, cases: Mapping[int, int], asked: Asked, by: Actor, at: dt.datetime) -> int:
    """Do it for all of ``cases`` (id → the lock that the page showed) as one action, or for none; returns how many."""
    if len(found := _chosen(list(cases), by, at)) < len(cases):
        raise Unfit(_("Some of these cases moved meanwhile; nothing was changed. Look at the list again."))
    return len(_do([case.pk for case in found], asked, by, at, cases))


def _chosen(cases: Sequence[int], by: Actor, at: dt.datetime) -> list[Case]:
    if not cases:
        raise Unfit(_("Tick some cases first."))
    if len(cases) > MOST:
        raise Unfit(_("Take at most %(most)s cases at once.") % {"most": MOST})
    seen = Case.objects.filter(visible_cases(by.scope, at), pk__in=cases, office__in=by.scope.offices)
    found = list(seen.select_related("office").order_by("due_at", "pk"))
    if not found:
        raise Unfit(_("None of these cases is on your desk any more; nothing was changed."))
    if len({(case.service, case.step_name) for case in found}) > 1:
        raise Unfit(_("Take cases of one service at one step; filter the list by them first."))
    return found


def _do(cases: list[int], asked: Asked, by: Actor, at: dt.datetime, expected: Mapping[int, int] | None) -> list[Case]:
    """The one action behind what was asked."""
    step = Case.objects.filter(pk__in=cases).values_list("step_name", flat=True).first() or ""
    acts: dict[str, Callable[[], list[Case]]] = {
        "send-back": lambda: deciding.send_back(cases=cases, to_step=asked.to_step, reason=asked.reason,
                                                words=asked.words, by=by, at=at, expected=expected),
        "take-up": lambda: deciding.take_up(cases=cases, by=by, at=at, expected=expected),
        "accept": lambda: deciding.accept(cases=cases, words=asked.words, by=by, at=at, expected=expected),
        "publicise": lambda: publishing.publicise(cases=cases, by=by, at=at, expected=expected),
        "deliver": lambda: delivering.deliver(cases=cases, words=asked.words, by=by, at=at, expected=expected),
        "advance": lambda: deciding.advance(cases=cases, words=asked.words, by=by, at=at, expected=expected),
    }  # fmt: skip
    if asked.what == "pass":
        if step not in PASSES:
            raise Unfit(_("This step asks something of each case; open them one by one."))
        return acts[step if step in acts else "advance"]()
    return acts[asked.what]()


def _tried(cases: list[int], rows: Mapping[int, CaseRow], asked: Asked, by: Actor, at: dt.datetime) -> list[Would]:
    """What the action would leave, from a transaction that is rolled back."""
    try:
        with transaction.atomic():
            done = _do(cases, asked, by, at, None)
            told = [
                Would(rows[case.pk], case.step_name, case.state, case.office.name if case.office else "")
                for case in done
            ]
            transaction.set_rollback(True)
    except Refusal as refusal:
        return [Would(rows[case], refused=refusal.sentence) for case in cases]
    return told
