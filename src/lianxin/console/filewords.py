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
from lianxin.people.columns import BY_CODE
from lianxin.people.queries import Row

GROUPS: dict[str, str | Promise] = {
    "particulars": _("Who and where"), "service": _("Service in the forces"), "standing": _("Category"),
    "award": _("Award"), "livelihood": _("Work and schooling"), "suspension": _("Suspension"),
    "attested": _("Attested by the forces"), "attribute": _("Other facts"),
}  # fmt: skip
KIN: dict[str, str | Promise] = {
    "spouse": _("spouse"), "parent": _("parent"), "child": _("child"), "sibling": _("brother or sister"),
    "fosterer": _("foster parent"), "guardian": _("guardian"), "ward": _("ward"),
}  # fmt: skip
# attribute of a row → column of the ledger, where they are called differently
_COLUMNS = {
    ("service", "kind"): "service_kind", ("standing", "grade"): "disability_grade",
    ("standing", "role"): "bereaved_as", ("award", "wartime"): "merit_wartime", ("suspension", "state"): "suspension",
}  # fmt: skip
_STANDINGS = {"bereaved": _("bereaved family")}


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def label(group: str, name: str) -> str:
    """What a value of a row is called."""
    column = BY_CODE.get(_COLUMNS.get((group, name), name))
    if column is None:
        return {"cause": gettext("cause"), "code": gettext("what"), "holds": gettext("attested as")}.get(name, name)
    return column.zh if _chinese() else column.en


def _coded(group: str, name: str, code: str) -> str:
    if group == "standing" and name == "code":
        words = BY_CODE["categories"].words
        if code in _STANDINGS:
            return str(_STANDINGS[code])
    elif group == "standing" and name == "cause":
        words = {**BY_CODE["bereaved_of"].words, **BY_CODE["disability_cause"].words}
    elif name == "code" and code in facts.VOCABULARY:
        known = facts.VOCABULARY[code].name
        return known.zh if _chinese() else known.en
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


def says(row: Row, areas: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a row says, as pairs of label and words; empty values and plain noes are left out; ``areas`` by code."""
    made = []
    for name, given in row.says.items():
        if given is False and row.group not in {"attested", "livelihood"}:
            continue
        if name in {"name", "former_name", "address", "home", "hukou"} and row.group == "particulars":
            words = areas.get(str(given or ""), str(given or ""))
        else:
            words = value(row.group, name, given)
        if words:
            made.append((label(row.group, name), words))
    return made
