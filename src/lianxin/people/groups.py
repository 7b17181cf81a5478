"""The dated groups of a file: what each may say, and which of its rows stand in one line, one true at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lianxin.journal.models import Dated
from lianxin.people import models


@dataclass(frozen=True, slots=True)
class Group:
    """One dated group.

    ``says`` are the values somebody may record. ``line`` names the values by which rows stand in one line: there, one
    is true at a time, a new one ends the one before and takes over what it leaves out (None: rows stand side by side).
    ``needs`` must be said. ``numbered`` groups keep the number of a certificate, sealed.
    """

    model: type[Dated]
    says: tuple[str, ...]
    line: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()
    numbered: bool = False


GROUPS: dict[str, Group] = {
    "service": Group(models.Service, ("kind", "rank_class", "enlisted_on", "discharged_on", "settlement",
                                      "rural_at_enlistment", "expelled"), ("enlisted_on",)),
    "standing": Group(models.Standing, ("code", "grade", "cause", "role", "of_id", "graded_on"),
                      ("code", "role", "of_id"), ("code",), numbered=True),
    "award": Group(models.Award, ("merit", "wartime", "detail"), None, ("merit",), numbered=True),
    "livelihood": Group(models.Livelihood, ("employment", "employer_kind", "prior_employer",
                                            "unemployment_registered", "employer_insured", "monthly_income",
                                            "education_stage", "in_education", "school", "graduates_on",
                                            "able_to_work"), ()),
    "suspension": Group(models.Suspension, ("state", "political_rights"), ()),
    "attested": Group(models.Attested, ("code", "holds"), ("code",), ("code", "holds")),
    "attribute": Group(models.Attribute, ("code", "value"), ("code",), ("code", "value")),
    "capacity": Group(models.Capacity, ("capacity",), (), ("capacity",)),
    "document": Group(models.Document, ("kind", "expires_on"), None, ("kind",), numbered=True),
    "membership": Group(models.Membership, ("family_id",), (), ("family_id",)),
    "kin": Group(models.Kin, ("person_id", "relative_id", "kind", "basis", "maintained", "ended_by"),
                 ("person_id", "relative_id", "kind"), ("kind",)),
}  # fmt: skip
_SEALED = ("number_sealed", "number_mark")


def values(group: Group, row: Any) -> dict[str, Any]:
    """What a row says, its sealed number included."""
    names = (*group.says, *_SEALED) if group.numbered else group.says
    return {name: getattr(row, name) for name in names if name != "person_id" or group.model is models.Kin}
