"""A file as its page shows it: today, or as it was on a day and as it was then known; every row with where it is from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from lianxin.access.queries import area_names
from lianxin.console import filewords
from lianxin.engine import clock, masking
from lianxin.people import held, standing
from lianxin.people.dossier import Dossier, Line, Tie
from lianxin.people.mending import CLASHES

ORDER = ("standing", "service", "award", "livelihood", "capacity", "document", "suspension", "attested", "attribute")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which day is shown, and as known when; ``past`` when that is not simply now."""

    day: dt.date
    known: dt.date | None
    past: bool

    @property
    def known_at(self) -> dt.datetime | None:
        """The instant at which the day of knowledge ends."""
        return None if self.known is None else clock.midnight(self.known + dt.timedelta(days=1))


def asked(request: HttpRequest) -> Asked:
    """The day and the knowledge that an address asks for; what is no day asks for nothing."""
    day, known = _day(request.GET.get("as-of", "")), _day(request.GET.get("known-at", ""))
    today = clock.today()
    known = known if known is not None and known < today else None
    day = day if day is not None else known
    return Asked(day or today, known, known is not None or (day is not None and day != today))


def _day(text: str) -> dt.date | None:
    try:
        made = dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return made if 1880 <= made.year <= 2200 else None


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row: what it says, and the address of where it is from."""

    line: Line
    says: list[tuple[str, str, str]]
    href: str


@dataclass(frozen=True, slots=True)
class GroupShown:
    """One group of the file."""

    code: str
    title: str
    rows: list[RowShown]

    @property
    def once(self) -> bool:
        """Whether its rows are of one day (an award, an issue) instead of a time."""
        return self.code in {"award", "document"}


@dataclass(frozen=True, slots=True)
class Reason:
    """A standing and why: 军人家属: 配偶 张*国 现役; the law and its article."""

    name: str
    role: str
    who: str
    href: str
    of: str
    cause: str
    law: str
    article: str


def names_of(codes: Iterable[Any]) -> dict[str, str]:
    """Areas by code in the reader's language."""
    place = 0 if get_language() == "zh-hans" else 1
    return {code: names[place] for code, names in area_names(sorted({str(code) for code in codes if code})).items()}


def groups(file: Dossier) -> list[GroupShown]:
    """The rows of a file by group, those that hold first."""
    made = []
    for code in ORDER:
        lines = [line for line in file.lines if line.group == code]
        lines.sort(key=lambda line: (line.superseded_at is not None, not line.holds))
        rows = [shown(file.id, line, {}) for line in lines]
        if rows:
            made.append(GroupShown(code, str(filewords.GROUPS[code]), rows))
    return made


def shown(person: int, line: Line, areas: dict[str, str]) -> RowShown:
    """A row in words."""
    says = filewords.told(line.group, line.says, areas)
    if line.number:
        says.append(("number", filewords.label(line.group, "number"), line.number))
    return RowShown(line, says, reverse("console:person-row", args=[person, line.group, line.id]))


def ties(file: Dossier) -> list[tuple[str, Tie, list[str], str]]:
    """Relatives in words: what they are, the link, what is marked on it, where it is from."""
    made = []
    for tie in file.ties:
        marks = [words for _name, _label, words in filewords.told("kin", tie.row.says, {})]
        if tie.maintained:
            marks.append(str(filewords.CHOICES["kin", "maintained"][tie.maintained]))
        href = reverse("console:person-row", args=[file.id, "kin", tie.row.id])
        made.append((str(filewords.KIN.get(tie.kind, tie.kind)), tie, marks, href))
    return made


def reasons(file: Dossier, asked: Asked) -> list[Reason]:
    """What the person holds on the day through kin."""
    rules = standing.rules()[0]
    chinese = get_language() == "zh-hans"
    near = {tie.other.id for tie in file.ties if tie.reachable}
    return [
        Reason(
            rules[one.code].zh if chinese else rules[one.code].en, str(filewords.KIN.get(one.role, one.role)),
            masking.name(one.name), reverse("console:person", args=[one.other]) if one.other in near else "",
            rules[one.code].of, filewords.value("standing", "cause", one.cause), one.law, one.article,
        )
        for one in held.held([file.id], asked.day, asked.known_at)
    ]  # fmt: skip


def clashes(codes: Sequence[str]) -> list[tuple[Any, Any]]:
    """Contradictions in words: what, and how to mend it."""
    return [CLASHES[code] for code in codes if code in CLASHES]
