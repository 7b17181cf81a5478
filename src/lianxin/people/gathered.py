"""What filing works with: the values of each dated group, the anchors of files, and rows gathered before they are written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lianxin.journal.models import Dated
from lianxin.people.models import (
    Attested,
    Attribute,
    Award,
    BankAccount,
    Livelihood,
    Membership,
    Particulars,
    Service,
    Standing,
    Suspension,
)

ONE = dt.timedelta(days=1)
Row = tuple[Any, ...]
Cells = Mapping[str, list[Any]]

VALUES: dict[type[Dated], tuple[str, ...]] = {
    Particulars: ("name", "former_name", "sex", "born_on", "died_on", "id_sealed", "phone_sealed", "home", "address",
                  "hukou", "verified", "photo"),
    Service: ("kind", "enlisted_on", "discharged_on", "settlement", "rural_at_enlistment", "expelled", "rank_class"),
    Standing: ("code", "grade", "cause", "role", "of_id", "graded_on", "number_sealed", "number_mark"),
    Award: ("merit", "wartime", "detail", "number_sealed", "number_mark"),
    Livelihood: ("employment", "unemployment_registered", "employer_insured", "monthly_income", "education_stage",
                 "in_education", "able_to_work", "school", "graduates_on", "employer_kind", "prior_employer"),
    Suspension: ("state", "political_rights"),
    Attested: ("code", "holds"),
    Attribute: ("code", "value"),
    BankAccount: ("bank", "number_sealed", "number_mark", "holder", "verified", "usable_from"),
    Membership: ("family_id",),
}  # fmt: skip
ABSENT: dict[type[Dated], Row] = {
    Particulars: ("", "", "", None, None, None, None, "", "", "", False, False),
    Service: ("", None, None, "", None, False, ""),
    Livelihood: ("", None, None, None, "", None, None, "", None, "", ""),
}
LOADED: dict[type[Dated], tuple[str, ...]] = {
    model: ("person_id", *names, "valid_from", "valid_to", "recorded_at", "paper") for model, names in VALUES.items()
}
KIN_LOADED = ("person_id", "relative_id", "kind", "basis", "ended_by", "maintained", "valid_from", "valid_to",
              "recorded_at", "paper")  # fmt: skip
NO_NUMBER: Row = (None, None, None, None)  # the end of a standing that says neither whose, nor when, nor a certificate
_MOVING = (6, 7, 8, 9)  # phone, home, address, hukou: what changes from a day on
_CARED = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)  # compared by value; numbers are compared by their marks


@dataclass(slots=True)
class Held:
    """An open row of a file."""

    id: int
    valid_from: dt.date | None
    values: Row


@dataclass(slots=True)
class Anchor:
    """What is held of a person who is on file already."""

    id: int
    salt: bytes
    id_mark: bytes | None
    phone_mark: bytes | None
    rows: dict[type[Dated], list[Held]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Change:
    """What one row of a file says before and after; None where there was none, or is none any more."""

    person: int
    model: type[Dated]
    old: Row | None
    new: Row | None
    since: dt.date | None


@dataclass(slots=True)
class Filing:
    """What is to be written for one piece of work."""

    at: dt.datetime
    day: dt.date
    adds: dict[type[Dated], list[Row]] = field(default_factory=lambda: defaultdict(list))
    supersedes: dict[type[Dated], list[int]] = field(default_factory=lambda: defaultdict(list))
    persons: list[Row] = field(default_factory=list)  # new anchors
    anchors: dict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))  # changes of old ones
    touched: set[int] = field(default_factory=set)
    moved: list[int] = field(default_factory=list)
    died: list[int] = field(default_factory=list)
    revived: list[int] = field(default_factory=list)  # undone once, here again
    families: list[tuple[int, str, str, str]] = field(default_factory=list)  # new ones: id, code, home, address
    changes: list[Change] | None = None  # gathered for a preview
    vouched: bool = False  # loaded at the machine: whoever signs in has no account verified by a ledger of their own

    def _note(self, person: int, model: type[Dated], old: Row | None, new: Row | None, since: dt.date | None) -> None:
        if self.changes is not None:
            self.changes.append(Change(person, model, old, new, since))

    def add(self, model: type[Dated], person: int, values: Row, start: dt.date | None, paper: str,
            end: dt.date | None = None) -> None:  # fmt: skip
        """A new row."""
        self._note(person, model, None, values, start)
        self._row(model, person, values, start, paper, end)

    def _row(self, model: type[Dated], person: int, values: Row, start: dt.date | None, paper: str,
             end: dt.date | None = None) -> None:  # fmt: skip
        self.adds[model].append((person, *values, start, end, self.at, paper))
        self.touched.add(person)

    def put(self, model: type[Dated], person: int, old: Held | None, values: Row, *, start: dt.date | None,
            since: dt.date | None, paper: str) -> bool:  # fmt: skip
        """Let ``values`` hold: newly from ``start``, instead of ``old`` from ``since`` on, or all along (None)."""
        if old is None:
            self.add(model, person, values, start, paper)
            return True
        if old.values == values:
            return False
        self.supersedes[model].append(old.id)
        self._note(person, model, old.values, values, since)
        if since is not None and (old.valid_from is None or old.valid_from < since):
            self._row(model, person, old.values, old.valid_from, paper, since - ONE)
            self._row(model, person, values, since, paper)
        else:
            self._row(model, person, values, old.valid_from, paper)
        return True

    def end(self, model: type[Dated], person: int, old: Held, since: dt.date, paper: str) -> None:
        """Let an open row hold until the day before ``since``; one that began later never held."""
        self.supersedes[model].append(old.id)
        self.touched.add(person)
        self._note(person, model, old.values, None, since)
        if old.valid_from is None or old.valid_from < since:
            self._row(model, person, old.values, old.valid_from, paper, since - ONE)


class Typed(dict[str, list[Any]]):
    """The cells of a chunk by column; a column that the ledger has not, or left blank, is nothing in every row."""

    def __init__(self, cells: Mapping[str, list[Any]], height: int) -> None:
        super().__init__(cells)
        self._nothing = [None] * height

    def __missing__(self, code: str) -> list[Any]:
        return self._nothing


@dataclass(slots=True)
class Given:
    """The rows of one chunk: typed columns, and who each row is."""

    cells: Cells
    ids: list[int]
    on_file: Mapping[int, Anchor]  # of those who are on file
    families: Mapping[str, int]
    awards: Mapping[int, Sequence[tuple[str, dt.date | None, bool]]]
    attributes: Sequence[str] = ()

    def over(self, *codes: str) -> Iterator[tuple[Any, ...]]:
        """(person, their held rows or None, paper, change day, values of ``codes`` …) where any value is given."""
        if not any(code in self.cells for code in codes):
            return
        held, wanted = self.on_file, len(codes)
        for row in zip(
            self.ids, self.cells["paper"], self.cells["changed_on"], *(self.cells[c] for c in codes), strict=True
        ):
            if row[3:].count(None) < wanted:
                person = row[0]
                yield (person, held.get(person), row[1] or "", *row[2:])
