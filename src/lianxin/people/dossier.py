"""The whole file of one person: as it is, or as it was on a day and as it was then known; and where each value is from.

Nothing here is kept: a past day is asked of the same rows as today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from lianxin.access import seal
from lianxin.engine import masking
from lianxin.engine.scope import Scope
from lianxin.journal.models import Entry
from lianxin.people import models
from lianxin.people.groups import GROUPS
from lianxin.people.hits import Hit
from lianxin.people.models import Kin, Membership, Particulars, Person, Scan, Verification
from lianxin.people.queries import reachable

WHO = ("name", "former_name", "sex", "born_on", "died_on", "home", "address", "hukou", "verified")
SHOWN = tuple(group for group in GROUPS if group not in {"kin", "membership"})

_NOBODY = ("", "")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: who set it, when, from which paper."""

    by: str
    at: dt.datetime
    paper: str
    entry: int
    ledger: str = ""  # the name of the ledger that said so


@dataclass(frozen=True, slots=True)
class Line:
    """One dated row as a page shows it. ``holds`` on the day asked; ``origins`` by value, of those that are older."""

    group: str
    id: int
    says: dict[str, Any]
    valid_from: dt.date | None
    valid_to: dt.date | None
    holds: bool
    origin: Origin
    superseded_at: dt.datetime | None = None
    verified_by: str = ""
    photo: int | None = None  # of the picture of its paper
    number: str = ""  # of its certificate, masked
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @property
    def paper(self) -> str:
        """The paper that the row itself was taken from."""
        return self.origin.paper


@dataclass(frozen=True, slots=True)
class Tie:
    """A relative: what they are to the person, since when, until when and why it ended."""

    row: Line
    kind: str
    other: Hit
    reachable: bool
    maintained: str = ""  # self | other


@dataclass(frozen=True, slots=True)
class Dossier:
    """A file on a day, as known at an instant."""

    id: int
    file_number: str
    day: dt.date
    who: Line | None
    lines: list[Line]
    ties: list[Tie]
    household: list[Hit]
    household_code: str
    memberships: list[Line]
    portrait: int | None
    portrait_line: Line | None


@dataclass(frozen=True, slots=True)
class _Asked:
    day: dt.date
    known_at: dt.datetime | None
    past: bool = False
    ahead: bool = False

    def known(self) -> Q:
        """Rows as known at the instant; ``past`` adds those that were superseded by then."""
        if self.known_at is None:
            return Q() if self.past else Q(superseded_at__isnull=True)
        before = Q(recorded_at__lte=self.known_at)
        return before if self.past else before & (Q(superseded_at__isnull=True) | Q(superseded_at__gt=self.known_at))

    def begun(self, row: Any) -> bool:
        return self.ahead or row.valid_from is None or row.valid_from <= self.day

    def holds(self, row: Any) -> bool:
        begun = row.valid_from is None or row.valid_from <= self.day
        return begun and (row.valid_to is None or row.valid_to >= self.day)


def dossier(
    scope: Scope, pk: int, *, day: dt.date, known_at: dt.datetime | None = None, past: bool = False, ahead: bool = False
) -> Dossier | None:
    """The file where the scope covers it (as it lies today), else None. ``past`` adds rows that were corrected,
    ``ahead`` those that begin later than the day."""
    found = Person.objects.filter(reachable(scope), pk=pk, visible=True, survivor__isnull=True).first()
    if found is None:
        return None
    asked = _Asked(day, known_at, past, ahead)
    rows = {name: _rows(GROUPS[name].model, found, asked) for name in SHOWN}
    who = _rows(Particulars, found, asked)
    ties = _kin(found, asked)
    homes = _rows(Membership, found, asked)
    scans = _rows(Scan, found, asked)
    seen = _Seen([*who, *ties, *homes, *scans, *(row for some in rows.values() for row in some)], found, scans)
    standing = [row for row in who if asked.holds(row) and _then(row, asked)]
    portraits = [row for row in scans if row.kind == "portrait" and _then(row, asked)]
    member = next((row for row in reversed(homes) if asked.holds(row) and _then(row, asked)), None)
    return Dossier(
        id=found.pk, file_number=found.file_number, day=day,
        who=seen.line("particulars", standing[-1], WHO, asked) if standing else None,
        lines=[seen.line(name, row, GROUPS[name].says, asked) for name in SHOWN for row in rows[name]],
        ties=_ties(scope, found, ties, seen, asked),
        household=_members(scope, member, found, asked) if member else [],
        household_code=_code(member),
        memberships=[seen.line("membership", row, ("family_id",), asked) for row in homes],
        portrait=portraits[-1].pk if portraits else None,
        portrait_line=seen.line("portrait", portraits[-1], (), asked) if portraits else None,
    )  # fmt: skip


def _then(row: Any, asked: _Asked) -> bool:
    """Whether the row was known as true at the instant asked about."""
    if asked.known_at is None:
        return row.superseded_at is None
    return row.superseded_at is None or row.superseded_at > asked.known_at


def _rows(model: Any, person: Person, asked: _Asked) -> list[Any]:
    """The rows that had begun by the day, oldest first."""
    rows = model.objects.filter(asked.known(), person=person)
    return [row for row in rows.order_by(F("valid_from").asc(nulls_first=True), "pk") if asked.begun(row)]


def _kin(person: Person, asked: _Asked) -> list[Any]:
    rows = Kin.objects.filter(asked.known(), Q(person=person) | Q(relative=person)).select_related("person", "relative")
    return [row for row in rows.order_by(F("valid_from").asc(nulls_first=True), "pk") if asked.begun(row)]


class _Seen:
    """What surrounds rows: the entries they were written under, who verified them, the pictures of their papers."""

    def __init__(self, rows: Sequence[Any], person: Person, scans: Sequence[Any]) -> None:
        self.person = person
        self.entries = authors(row.entry_id for row in rows)
        verified = Verification.objects.filter(person=person)
        by = authors(row.entry_id for row in verified)
        self.verified = {(row.group, row.row): by.get(row.entry_id, _NOBODY)[0] for row in verified}
        self.photos = {row.entry_id: row.pk for row in scans if row.kind == "paper"}

    def origin(self, row: Any) -> Origin:
        return _origin(row, self.entries)

    def line(self, group: str, row: Any, names: Sequence[str], asked: _Asked) -> Line:
        superseded = row.superseded_at if not _then(row, asked) else None
        number = getattr(row, "number_sealed", None)
        return Line(
            group, row.pk, _by_the_day(row, names, asked), row.valid_from, row.valid_to,
            asked.holds(row), self.origin(row), superseded, self.verified.get((group, row.pk), ""),
            self.photos.get(row.entry_id),
            masking.number(seal.unseal(number, self.person.salt, "paper")) if number else "",
        )  # fmt: skip


_TOLD_LATER = {"settlement": "discharged_on"}  # what is settled by a day of its own


def _by_the_day(row: Any, names: Sequence[str], asked: _Asked) -> dict[str, Any]:
    """What a row says, without what had not happened by a past day: a discharge, a death."""
    says = {name: getattr(row, name) for name in names}
    if asked.ahead:
        return says
    late = {name for name, value in says.items() if isinstance(value, dt.date) and value > asked.day}
    late -= {"graduates_on", "expires_on"}
    return {name: value for name, value in says.items() if name not in late and _TOLD_LATER.get(name) not in late}


def authors(entries: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Who wrote each entry, and the name of the ledger that was loaded with it; blank where none was."""
    rows = list(Entry.objects.filter(pk__in=set(entries)).values_list("pk", "by_name", "run"))
    runs = {run for _pk, _name, run in rows if run}
    files = dict(models.Import.objects.filter(run__in=runs).values_list("run", "file_name")) if runs else {}
    return {pk: (name, files.get(run, "")) for pk, name, run in rows}


def _origin(row: Any, by: Mapping[int, tuple[str, str]]) -> Origin:
    name, ledger = by.get(row.entry_id, _NOBODY)
    return Origin(name, row.recorded_at, row.paper, row.entry_id, ledger)


_OTHER = {"parent": "child", "fosterer": "fostered", "child": "parent", "guardian": "ward", "supporter": "supported"}


def _ties(scope: Scope, person: Person, rows: Sequence[Any], seen: _Seen, asked: _Asked) -> list[Tie]:
    others = {row.person_id if row.relative_id == person.pk else row.relative_id for row in rows}
    near = set(Person.objects.filter(reachable(scope), pk__in=others, visible=True).values_list("pk", flat=True))
    made = []
    for row in rows:
        mine = row.relative_id == person.pk
        other = row.person if mine else row.relative
        kept = {"person": "other" if mine else "self", "relative": "self" if mine else "other"}.get(row.maintained, "")
        line = seen.line("kin", row, ("basis", "ended_by"), asked)
        made.append(
            Tie(line, row.kind if mine else _OTHER.get(row.kind, row.kind), _hit(other), other.pk in near, kept)
        )
    return sorted(made, key=lambda tie: (not tie.row.holds, tie.row.superseded_at is not None))


def _hit(person: Person) -> Hit:
    return Hit(
        person.pk, person.file_number, person.name, person.sex, person.born_on, person.died_on, person.home,
        person.address, person.family_id,
    )  # fmt: skip


def _code(member: Any) -> str:
    return str(member.family.code) if member is not None else ""


def _members(scope: Scope, member: Any, person: Person, asked: _Asked) -> list[Hit]:
    """Who lived in the same household on the day, eldest first, as far as the scope covers them."""
    rows = [row for row in Membership.objects.filter(asked.known(), family=member.family_id) if asked.holds(row)]
    ids = {row.person_id for row in rows} - {person.pk}
    found = Person.objects.filter(reachable(scope), pk__in=ids, visible=True, survivor__isnull=True)
    return [_hit(one) for one in found.order_by("born_on", "pk")]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the file ever said of a value: what, over which days, from where; and when it was corrected."""

    value: Any
    valid_from: dt.date | None
    valid_to: dt.date | None
    origin: Origin
    superseded_at: dt.datetime | None
    superseded_by: str


def history(scope: Scope, pk: int, group: str, name: str) -> list[Told] | None:
    """Everything the file said of one value, newest known first; None where the file or the value is not there."""
    found = Person.objects.filter(reachable(scope), pk=pk, visible=True, survivor__isnull=True).first()
    model: Any = Particulars if group == "particulars" else GROUPS[group].model if group in SHOWN else None
    names = WHO if group == "particulars" else GROUPS[group].says if group in SHOWN else ()
    if found is None or model is None or name not in names:
        return None
    rows = list(model.objects.filter(person=found).order_by("recorded_at", "pk"))
    by = authors([row.entry_id for row in rows] + [row.superseded_by for row in rows if row.superseded_by])
    told: dict[tuple[Any, ...], Told] = {}
    for row in rows:
        value = getattr(row, name)
        if value in (None, "", False) and not any(getattr(one, name) not in (None, "", False) for one in rows):
            continue
        key = (value, row.valid_from, row.valid_to)
        first = told.get(key)
        origin = first.origin if first else _origin(row, by)
        told[key] = Told(value, row.valid_from, row.valid_to, origin, row.superseded_at,
                         by.get(row.superseded_by or 0, _NOBODY)[0])  # fmt: skip
    return sorted(told.values(), key=lambda one: one.origin.at, reverse=True)


def origins(scope: Scope, pk: int, group: str, row: int) -> dict[str, Origin] | None:
    """Of each value of a row: who set it first and left it unchanged until this row took it over.

    Rows of a line carry values over; a value is as old as the first of the rows that say it without a break.
    """
    found = Person.objects.filter(reachable(scope), pk=pk, visible=True, survivor__isnull=True).first()
    kept = GROUPS.get(group)
    model: Any = Particulars if group == "particulars" else kept.model if kept is not None and group in SHOWN else None
    if found is None or model is None:
        return None
    rows = list(model.objects.filter(person=found).order_by("recorded_at", "pk"))
    place = next((at for at, one in enumerate(rows) if one.pk == row), None)
    if place is None:
        return None
    names = WHO if group == "particulars" else kept.says if kept is not None else ()
    alone = kept is not None and kept.line is None
    by = authors(one.entry_id for one in rows)
    made = {}
    for name in names:
        value, first = getattr(rows[place], name), rows[place]
        for one in () if alone else reversed(rows[:place]):
            if getattr(one, name) != value:
                break
            first = one
        if value not in (None, "", False):
            made[name] = _origin(first, by)
    return made


def scan(scope: Scope, pk: int, row: int) -> models.Scan | None:
    """A picture in a file that the scope covers: its digest and its type."""
    covered = Person.objects.filter(reachable(scope), pk=pk, visible=True, survivor__isnull=True)
    return Scan.objects.filter(pk=row, person__in=covered.values("pk")).first()
