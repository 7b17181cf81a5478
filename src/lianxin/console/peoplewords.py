"""Words of searches and lists of people: what they are, and how they were found."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CATEGORIES: dict[str, str | Promise] = {
    "veteran": _("veteran"), "serving": _("serving"), "bereaved": _("bereaved family"),
    "disabled_soldier": _("disabled soldier"), "combat": _("took part in combat"),
    "nuclear_test": _("took part in nuclear tests"), "returned_sick": _("returned home sick"),
    "enlisted_before_1954": _("enlisted before November 1954"), "accompanying": _("accompanying family"),
}  # fmt: skip
FOUND_BY: dict[str, str | Promise] = {
    "number": _("by number"), "household": _("by household code"), "whole": _("whole names first"),
    "begins": _("by a part of the name"), "short": _("by syllables cut short"), "area": _("by area"),
    "category": _("by category"), "address": _("by address"), "own": _("among your own"),
}  # fmt: skip


def found_by(way: str) -> str | Promise:
    """How people were found, in words."""
    return FOUND_BY.get(way.rstrip("0123456789"), "")
