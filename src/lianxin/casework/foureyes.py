"""Two people decide: whoever agreed to a case in the panel does not also approve it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from lianxin.access.actions import accounts_of
from lianxin.casework.models import Case, Move
from lianxin.casework.moving import service_of, step_of
from lianxin.casework.refusals import NotYours
from lianxin.engine.scope import Actor


def agreed_already(cases: Sequence[Case], by: Actor) -> set[int]:
    """Of the cases at their approval those to which this account agreed in the panel. The system has no account."""
    if by.account is None:
        return set()
    at_approval = [case for case in cases if step_of(case).step == "approve"]
    if not at_approval:
        return set()
    mine = accounts_of(by.account)
    moves = Move.objects.filter(case__in=at_approval, verb="advance", by_account__in=mine)
    route = {case.pk: service_of(case).route for case in at_approval}
    return {
        case
        for case, step in moves.values_list("case", "from_step")
        if step is not None and step < len(route[case]) and route[case][step].step == "panel"
    }


def agreed(case: Case) -> set[int]:
    """The accounts of those who agreed to a case in the panel."""
    panel = [index for index, step in enumerate(service_of(case).route) if step.step == "panel"]
    moves = Move.objects.filter(case=case, verb="advance", from_step__in=panel, by_account__isnull=False)
    return {mine for one in set(moves.values_list("by_account", flat=True)) if one for mine in accounts_of(one)}


def require(cases: Sequence[Case], by: Actor) -> None:
    """Raise :class:`NotYours` where the same person would be panel and approval."""
    if agreed_already(cases, by):
        raise NotYours(_("You agreed to this in the panel; somebody else approves it. Nothing was changed."))
