"""What a condition looked at in the file, as its subject reads it: the fact and what the file says of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lianxin.access.queries import area_names
from lianxin.access.templatetags.ui import full_day
from lianxin.companion.shell import in_language
from lianxin.engine import facts, money
from lianxin.engine.declaration import Service
from lianxin.engine.explaining import Looked
from lianxin.engine.facts import Name

# Never held out to the person: that they live or died, and what only the window may talk about.
UNSAID = frozenset({"alive", "died_on", "suspension", "expelled", "political_rights", "capacity", "open_case"})
AREAS = frozenset({"residence", "residence_county", "hukou_county"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its code, what it is called, what the file says; ``held``: the file says something."""

    code: str
    name: str
    value: str
    held: bool


def of(row: Looked, service: Service) -> tuple[Fact, ...]:
    """The facts that a condition looked at, without what is not said."""
    return tuple(fact(service, code, value) for code, value in row.facts.items() if code not in UNSAID)


def fact(service: Service, code: str, value: Any) -> Fact:
    """One fact of a service in words."""
    known = service.facts.get(code) or facts.VOCABULARY.get(code)
    called = in_language(_pair(known.name)) if known is not None else code
    allowed = known.allowed if known is not None else {}
    return Fact(code, called.partition("（")[0].partition(" (")[0], _value(code, value, allowed), value is not None)


def name_of(service: Service, code: str) -> str:
    """What a fact is called."""
    return fact(service, code, None).name


def _value(code: str, value: Any, allowed: Any) -> str:
    if value is None:
        return _("not in our file")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return full_day(value)
    if code == "monthly_income":
        return f"{money.yuan(int(value))} {_('yuan')}"
    if code in AREAS:
        return in_language(area_names([value]).get(value, (value, value)))
    if value in allowed:
        return in_language(_pair(allowed[value]))
    return str(value)


def _pair(name: Name) -> tuple[str, str]:
    return name.zh, name.en
