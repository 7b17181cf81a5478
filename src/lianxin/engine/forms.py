"""What a service's form says of days: ``formatMinimum`` and ``formatMaximum`` of a date, a day or ``today``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

TODAY = "today"


def bound(prop: Mapping[str, Any], key: str, day: dt.date) -> str:
    """The first (``formatMinimum``) or last (``formatMaximum``) day of a date field, written as ISO; empty for none."""
    said = str(prop.get(key, ""))
    return day.isoformat() if said == TODAY else said


def beyond(properties: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any], day: dt.date) -> list[str]:
    """The date fields whose value lies before their first or after their last day, in the order of the form.

    >>> beyond({"since": {"format": "date", "formatMaximum": "today"}}, {"since": "2030-01-01"}, dt.date(2026, 1, 1))
    ['since']
    """
    found = []
    for name, prop in properties.items():
        value = given.get(name)
        if prop.get("format") != "date" or value in (None, ""):
            continue
        first, last = bound(prop, "formatMinimum", day), bound(prop, "formatMaximum", day)
        if (first and str(value) < first) or (last and str(value) > last):
            found.append(name)
    return found
