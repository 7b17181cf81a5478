"""A dated row of a file in words: the people ledger's own headers and words, so that both say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access.templatetags.ui import full_day
from lianxin.engine import facts, money
from lianxin.people import attributes
from lianxin.people.columns import BY_CODE
from lianxin.people.queries import Row

GROUPS: dict[str, str | Promise] = {
    "particulars": _("Who and where"), "service": _("Service in the forces"), "standing": _("Category"),
    "award": _("Award"), "livelihood": _("Work and schooling"), "suspension": _("Suspension"),
    "attested": _("Attested by the forces"), "attribute": _("Other facts"), "capacity": _("Capacity in law"),
    "document": _("Papers held"), "membership": _("Household"), "kin": _("Kin"),
}  # fmt: skip
KIN: dict[str, str | Promise] = {
    "spouse": _("spouse"), "parent": _("parent"), "child": _("child"), "sibling": _("brother or sister"),
    "fosterer": _("foster parent"), "guardian": _("guardian"), "ward": _("ward"), "fostered": _("foster child"),
    "supporter": _("supports them"), "supported": _("is supported by them"),
}  # fmt: skip
# attribute of a row → column of the ledger, where they are called differently
_COLUMNS = {
    ("service", "kind"): "service_kind", ("standing", "grade"): "disability_grade",
    ("standing", "role"): "bereaved_as", ("award", "wartime"): "merit_wartime", ("suspension", "state"): "suspension",
}  # fmt: skip
_STANDINGS = {"bereaved": _("bereaved family"), "fallen": _("died in service")}
# what no column of a ledger names: labels, and words for values
_LABELS: dict[str, str | Promise] = {
    "cause": _("cause"), "code": _("what"), "holds": _("attested as"), "rank_class": _("class of rank"),
    "graded_on": _("graded on"), "detail": _("in full"), "employer_kind": _("kind of employer"),
    "prior_employer": _("employer before"), "school": _("school"), "graduates_on": _("graduates on"),
    "capacity": _("capacity"), "kind": _("paper"), "expires_on": _("valid until"), "number": _("certificate number"),
    "basis": _("how it came about"), "ended_by": _("why it ended"), "maintained": _("maintained"), "value": _("value"),
    "of": _("file number of the soldier"), "relative": _("file number of the relative"), "family": _("household code"),
}  # fmt: skip
CHOICES: dict[tuple[str, str], dict[str, str | Promise]] = {
    ("award", "detail"): {
        "medal": _("medal"), "first_level": _("first-level commendation"), "second_level": _("second-level commendation"),
        "fourth": _("fourth-class war merit"), "good": _("soldier of four virtues"),
    },
    ("document", "kind"): {
        "id_card": _("identity card"), "household_book": _("household book"), "discharge": _("discharge certificate"),
        "disability": _("disabled soldier's certificate"), "martyr": _("martyr's certificate"),
        "death": _("certificate of death in service"), "preferential": _("preferential card"),
        "marriage": _("marriage certificate"), "birth": _("birth certificate"), "adoption": _("adoption certificate"),
        "merit": _("certificate of merit"), "other": _("another paper"),
    },
    ("kin", "basis"): {"birth": _("by birth"), "adoption": _("by adoption"), "step": _("by a parent's marriage"),
                       "remarriage": _("second marriage")},
    ("kin", "ended_by"): {"divorce": _("divorce"), "death": _("death"), "dissolved": _("dissolved")},
    ("kin", "maintained"): {"self": _("this person was maintained by the relative"),
                            "other": _("the relative was maintained by this person")},
}  # fmt: skip


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def label(group: str, name: str) -> str:
    """What a value of a row is called."""
    column = None if name == "kind" and group != "service" else BY_CODE.get(_COLUMNS.get((group, name), name))
    if column is None:
        return str(_LABELS.get(name, name))
    return column.zh if _chinese() else column.en


def _coded(group: str, name: str, code: str) -> str:
    if (group, name) in CHOICES:
        return str(CHOICES[group, name].get(code, code))
    if name in {"rank_class", "employer_kind", "prior_employer", "capacity"} and code in facts.VOCABULARY[name].allowed:
        known = facts.VOCABULARY[name].allowed[code]
        return known.zh if _chinese() else known.en
    if group == "standing" and name == "code":
        words = BY_CODE["categories"].words
        if code in _STANDINGS:
            return str(_STANDINGS[code])
    elif group == "standing" and name == "cause":
        words = {**BY_CODE["bereaved_of"].words, **BY_CODE["disability_cause"].words}
    elif name == "code" and code in facts.VOCABULARY:
        named = facts.VOCABULARY[code].name
        return named.zh if _chinese() else named.en
    else:
        column = BY_CODE.get(_COLUMNS.get((group, name), name))
        words = column.words if column else {}
    if code not in words:
        return code
    return words[code][0] if _chinese() else code.replace("_", " ")


def value(group: str, name: str, given: Any) -> str:
    """A value in words."""
    if given is None or given == "":
        return ""
    if isinstance(given, bool):
        return gettext("yes") if given else gettext("no")
    if isinstance(given, dt.date):
        return full_day(given)
    if name == "monthly_income":
        return money.yuan(int(given))
    return _coded(group, name, given) if isinstance(given, str) else str(given)


def told(group: str, given: Mapping[str, Any], areas: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What a row says, as name, label and words; empty values and plain noes are left out; ``areas`` by code."""
    made = []
    if group == "attribute":
        code = str(given.get("code", ""))
        return [("value", attributes.called(code), attributes.told(code, str(given.get("value") or "")))]
    for name, value_given in given.items():
        if name.endswith("_id") or (value_given is False and group not in {"attested", "livelihood"}):
            continue
        if name in {"name", "former_name", "address", "home", "hukou", "school", "value"}:
            words = areas.get(str(value_given or ""), str(value_given or ""))
        else:
            words = value(group, name, value_given)
        if words:
            made.append((name, label(group, name), words))
    return made


def says(row: Row, areas: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a row says, as pairs of label and words; as :func:`told`."""
    return [(title, words) for _name, title, words in told(row.group, row.says, areas)]


def hand(name: str) -> str:
    """Who wrote something down: a name, or that it came by a command on the server, where nobody's name is known."""
    return gettext("loaded on the server") if name == "operator" else name


def voucher(paper: str) -> str:
    """The paper behind a row; an attestation has none and is said to be one."""
    return gettext("attested by the liaison") if paper == "attest" else paper
