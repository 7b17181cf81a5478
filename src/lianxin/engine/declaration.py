"""A service as data: what ``catalogue/services/<code>/service.yaml`` declares, read, typed and checked.

``declaring.load_service`` reads one from a folder, ``service_from_data`` one that was stored with ``to_data``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from lianxin.engine.expressions import tree
from lianxin.engine.expressions.reference import Known, Table
from lianxin.engine.facts import Fact, Name, Subject, Type
from lianxin.engine.problems import Problem

Pillar = Literal["board", "net", "together"]
Worry = Literal["path", "home", "children"]
Mode = Literal["ask", "apply", "confirm", "automatic", "organiser"]
Repeat = Literal["once", "monthly", "quarterly", "yearly", "per-event", "on-demand"]
Per = Literal["person", "family", "cause"]
Unit = Literal["hours", "days", "working days", "months"]

PILLARS: tuple[Pillar, ...] = ("board", "net", "together")
WORRIES: tuple[Worry, ...] = ("path", "home", "children")
MODES: tuple[Mode, ...] = ("ask", "apply", "confirm", "automatic", "organiser")
REPEATS: tuple[Repeat, ...] = ("once", "monthly", "quarterly", "yearly", "per-event", "on-demand")
PERS: tuple[Per, ...] = ("person", "family", "cause")
UNITS: tuple[Unit, ...] = ("hours", "days", "working days", "months")
STEPS = (
    "accept", "attest", "verify", "review", "panel", "approve", "publicise", "select", "dispatch", "respond",
    "confirm", "deliver", "call-back",
)  # fmt: skip
DELIVERIES = (
    "card", "payment", "visit", "appointment", "placement", "honour", "seat", "plaque", "advice", "errand", "record",
    "file",
)  # fmt: skip
PLACES = (
    "village", "township", "county", "city", "liaison", "unit", "member", "partner", "volunteer", "subject",
)  # fmt: skip
SHOWN = ("masked_name", "village", "township", "county", "kind", "amount", "score", "organisation")
PARAMETER_UNITS = ("fen", "day", "month", "year", "date", "count", "percent", "text")
BURDEN_BUDGET = 5  # typed fields and papers asked for; the format's warning limit


@dataclass(frozen=True, slots=True)
class Within:
    """A promised time: ``Within(5, "working days")``."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A law, or any other source; ``article`` only where it was verified."""

    law: str = ""
    article: str = ""
    standing: str = "found"  # found | illustrative
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """What somebody pays for it, in words, and where that is written; a service without one is free."""

    say: Name
    cite: Citation


@dataclass(frozen=True, slots=True)
class Step:
    """One desk of the route."""

    step: str
    at: str = ""
    desk: str = ""
    within: Within | None = None
    as_: str = ""
    for_: Within | None = None
    show: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind chosen when a case opens, posted to the register as ``category``; an ask's kind carries its own time.

    ``becomes``: the services into which an ask of this kind is turned where it is more than help, likeliest first.
    """

    code: str
    name: Name
    within: Within | None = None
    becomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """A paper. ``held``: never asked for when the file holds it."""

    code: str
    name: Name
    from_: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One item of ``who`` or ``unless``. ``tell`` desk: the subject only reads "please come to the window"."""

    test: str
    tree: tree.Node
    say: Name
    cite: Citation | None = None
    changeable: bool = False
    tell: Literal["subject", "desk"] = "subject"


@dataclass(frozen=True, slots=True)
class Amount:
    """What is paid, in fen, as an expression."""

    text: str
    tree: tree.Node


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated number (or date, text, table) of law. ``by``: the facts by which a table is looked up."""

    code: str
    name: Name
    unit: str
    standing: str
    type: Type
    values: tuple[tuple[dt.date, Known | Table], ...]
    by: tuple[str, ...] = ()
    cite: Citation | None = None

    def since(self, day: dt.date) -> dt.date | None:
        """From when the value of ``day`` holds; None before the first."""
        return max((since for since, _ in self.values if since <= day), default=None)

    def on(self, day: dt.date) -> Known | Table:
        """The latest value on or before ``day``; None before the first."""
        found: Known | Table = None
        for since, value in self.values:
            if since <= day:
                found = value
        return found


@dataclass(frozen=True, slots=True)
class Effective:
    """The first and last day on which the service exists; None is open."""

    from_: dt.date | None
    to: dt.date | None

    def covers(self, day: dt.date) -> bool:
        """Whether the service exists on ``day``."""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Service:
    """One service of the catalogue, checked. Two services are the same only if they are one object."""

    code: str
    name: Name
    summary: Name
    pillar: Pillar
    subject: Subject
    mode: Mode
    effective: Effective
    basis: tuple[Citation, ...]
    who: tuple[Condition, ...]
    repeat: Repeat
    per: Per
    route: tuple[Step, ...]
    worry: Worry | None = None
    sealed: bool = False
    kinds: tuple[Kind, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    unless: tuple[Condition, ...] = ()
    amount: Amount | None = None
    fee: Fee | None = None
    event: str = ""
    materials: tuple[Material, ...] = ()
    form: Mapping[str, Any] | None = None
    warnings: tuple[Problem, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)  # the vocabulary it was read with
    source: Mapping[str, Any] = field(default_factory=dict)

    def trees(self) -> tuple[tree.Node, ...]:
        """All that decides a verdict: ``who``, ``unless``, the amount."""
        items = tuple(item.tree for item in (*self.who, *self.unless))
        return items if self.amount is None else (*items, self.amount.tree)

    def is_matched(self) -> bool:
        """Whether matching judges it: asks have no conditions, and of a sealed application nobody is told."""
        return bool(self.who) and self.mode != "ask" and not (self.sealed and self.mode == "apply")

    @property
    def asks_word(self) -> bool:
        """Whether it gives nothing and asks for a word only: what is confirmed goes into the file (年度确认)."""
        return self.mode == "confirm" and self.route[-1].as_ == "file"

    def fact_names(self) -> tuple[str, ...]:
        """The facts that a verdict may look at."""
        return _fact_names(self)

    def values_on(self, day: dt.date) -> dict[str, Known | Table]:
        """Every parameter's value on ``day``."""
        return {code: parameter.on(day) for code, parameter in self.parameters.items()}

    def kind(self, code: str) -> Kind | None:
        """The kind called ``code``."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def typed_fields(self) -> tuple[str, ...]:
        """What the applicant must type."""
        properties = (self.form or {}).get("properties", {})
        return tuple(properties) if isinstance(properties, Mapping) else ()

    def burden(self) -> int:
        """Typed fields plus papers that the file does not hold."""
        return len(self.typed_fields()) + sum(not material.held for material in self.materials)

    def to_data(self) -> dict[str, Any]:
        """The declaration as JSON-ready data; ``service_from_data`` reads it back."""
        return dict(self.source)


@lru_cache(maxsize=1024)
def _fact_names(service: Service) -> tuple[str, ...]:
    return tree.fact_names(*service.trees())
