"""Which cases exist for a scope: one condition on rows for lists, counts, search and a single case."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from lianxin.access.queries import NOTHING, within
from lianxin.casework.circlemodels import CircleShare
from lianxin.casework.models import Dispatch, Listed
from lianxin.engine.scope import Scope
from lianxin.people.models import Person

UNIT_NEEDS, PLACE_NEEDS = "unit-support", "locality-support"  # the two lists (双清单)


def visible_cases(scope: Scope, at: dt.datetime | None = None) -> Q:
    """Open cases inside the scope, and the sealed ones on whose list its account stands.

    ``area``: by residence, and what lies in one's own office; ``assigned``: one's own office's; ``self``: one's own
    (the first of ``persons``), what a mandate covers, and the asks of one's own household, never those of the household
    of somebody one acts for (decision 29) nor what an asker hid from this relative in the family circle; of sealed ones
    only one's own. A scope without an account (the system's own) sees the sealed services that it names.
    """
    if scope.reach == "self":
        families = Person.objects.filter(pk__in=scope.persons[:1], family__isnull=False).values("family")
        mine = Q(person=scope.persons[0]) if scope.persons else NOTHING
        household = Q(family__in=families, sealed=False) & (
            Q(person__isnull=True) | Q(mode="ask") & ~_hidden_from(scope)
        )
        for person, services in scope.named:
            mine |= Q(person=person, service__in=services, sealed=False)
        return mine | Q(person__in=scope.persons, sealed=False) | household
    if scope.reach == "none":
        return NOTHING
    reach = within(scope, "area", listed=True) if scope.reach == "area" else NOTHING
    if scope.offices:
        reach |= Q(office__in=scope.offices)
    if scope.account is not None and scope.reach == "assigned":  # a unit's need that one brought, wherever it went
        reach |= Q(service=UNIT_NEEDS, person__isnull=True, family__isnull=True, opened_by=scope.account)
    return (reach & Q(sealed=False)) | _sealed(scope, reach, at)


def _hidden_from(scope: Scope) -> Q:
    """Asks of somebody of the household who said last that this relative is not to see them; never what one opened oneself."""
    said = CircleShare.objects.filter(relative__in=scope.persons[:1], case__isnull=False)
    later = said.filter(case=OuterRef("case"), person=OuterRef("person"), pk__gt=OuterRef("pk"))
    hidden = Q(Exists(said.filter(~Exists(later), case=OuterRef("pk"), person=OuterRef("person"), shown=False)))
    return hidden & ~Q(opened_by=scope.account) if scope.account is not None else hidden


def _sealed(scope: Scope, reach: Q, at: dt.datetime | None) -> Q:
    if not scope.sealed:
        return NOTHING
    if scope.account is None:
        return reach & Q(sealed=True, service__in=scope.sealed)
    listed = Listed.objects.filter(case=OuterRef("pk"), account=scope.account)
    in_force = Q(until__isnull=True) if at is None else Q(until__isnull=True) | Q(until__gt=at)
    return Q(Exists(listed.filter(in_force)), sealed=True, service__in=scope.sealed)


def offered_to(scope: Scope) -> Q:
    """The offers made to the actor's own offices."""
    return Q(office__in=scope.offices) if scope.offices else Q(pk__in=Dispatch.objects.none())
