"""Whom an attestation is about: only at its step, only at its desk, and every look stands in the journal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q

from lianxin.access import seal
from lianxin.casework import states, subjects
from lianxin.casework.attesting import attestable
from lianxin.casework.models import Case
from lianxin.casework.moving import listed_among, place_of, visible
from lianxin.casework.permissions import may
from lianxin.catalogue.queries import version
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import looks
from lianxin.people.models import Kin, Particulars, Person

LAST = 4  # digits of the ID number


@dataclass(frozen=True, slots=True)
class Recognised:
    """What it takes to know somebody: the name, the end of the ID number, whose spouse (for one who follows)."""

    name: str
    tail: str
    spouse: str = ""


def recognised(actor: Actor, case: int, *, at: dt.datetime) -> Recognised | None:
    """The person whom ``actor`` is asked to attest for, and notes that they looked; None at any other step or desk."""
    found = Case.objects.select_related("office").filter(pk=case, state=states.OPEN, step_name="attest").first()
    if found is None or found.person_id is None:
        return None
    here = place_of(found, actor, subjects.speaks_for(actor, at), listed_among([found], actor, at))
    if not actor.may("case.attest") or not visible(found, actor, here) or not may(actor, "advance", here):
        return None
    person = Person.objects.get(pk=found.person_id)
    row = (
        Particulars.objects.filter(person=person, superseded_at__isnull=True)
        .order_by(F("valid_from").asc(nulls_first=True), "pk")
        .last()
    )
    number = seal.unseal(row.id_sealed, person.salt, "id") if row is not None and row.id_sealed else ""
    looks.opened(person=person.pk, area=found.area, by=actor, at=at, way="attest", case=found.pk)
    follows = "accompanying" in attestable(version(found.version_id))
    return Recognised(person.name, number[-LAST:], _spouse(person.pk, clock.day(at)) if follows else "")


def _spouse(person: int, day: dt.date) -> str:
    held = Kin.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        Q(person=person) | Q(relative=person), kind="spouse", superseded_at__isnull=True,
    ).select_related("person", "relative").order_by("-pk")  # fmt: skip
    return next((str(one.relative.name if one.person_id == person else one.person.name) for one in held), "")
