"""Open one new file (建档) at a counter: what a ledger of one row would do, with the doubles shown before, not after."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lianxin.engine.beside import Here
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.people import queries
from lianxin.people.columns import BY_CODE
from lianxin.people.hits import Hit
from lianxin.people.locking import alone
from lianxin.people.models import Family, Person
from lianxin.people.reasons import REASONS

LEDGER = "窗口建档.csv"
ASKED = ("name", "id_number", "sex", "born_on", "phone", "home", "address", "hukou", "household", "role", "paper")
LOOKED_AT = 40


class Wrong(Refusal):
    """The new file cannot be opened so; ``columns`` says what to mend where. Nothing was stored."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        super().__init__(" ".join(columns.values()))
        self.columns = dict(columns)


class OnFile(Refusal):
    """This person has a file already; ``person`` is its id where the scope covers it."""

    def __init__(self, person: int | None, words: str) -> None:
        super().__init__(words)
        self.person = person


@dataclass(frozen=True, slots=True)
class Opened:
    """The new file."""

    person: int
    file_number: str


def alike(scope: Scope, name: str, born_on: dt.date | None) -> list[Hit]:
    """Files inside the scope that may be the same person's: the same name, born on the same day or on no known day."""
    found = queries.find(scope, name, limit=LOOKED_AT).hits if len(name) > 1 else []
    return [one for one in found if one.name == name and (born_on is None or one.born_on in {None, born_on})]


def register(*, says: Mapping[str, str], by: Actor, at: dt.datetime) -> Opened:
    """Open a file from what was typed (ledger column → text); without a household code a new household is begun.

    Raises :class:`Wrong` (column by column) and :class:`OnFile`.
    """
    from lianxin.people import identify, ordering, preparing  # they bring polars
    from lianxin.people.ledgers import PEOPLE

    given = {code: says[code].strip() for code in ASKED if says.get(code, "").strip()}
    if given.get("role", "户主") == "户主" and "household" not in given:
        given |= {"role": "户主", "household": _new_code(given.get("home", ""), at)}
    with tempfile.TemporaryDirectory() as folder, alone():
        path = Path(folder) / LEDGER
        _written(path, given, at)
        found = preparing.prepared(preparing.reading(Here(), path, by, at, "", PEOPLE), by, "")
        _refuse([(fault.column, fault.reason) for fault in found.faults])
        known = identify.known(found.rows, by.scope if by.account is not None else None)
        _met(known, by)
        ordering.run_alone(ordering.Order(path, PEOPLE, by, at), None)
        opened = Person.objects.filter(run__startswith=f"{PEOPLE.code}-{at:%Y%m%d-%H%M%S}", entry__gt=0).latest("pk")
    return Opened(opened.pk, opened.file_number)


def _written(path: Path, given: Mapping[str, str], at: dt.datetime) -> None:
    """The ledger of one row. The instant in a column nobody reads tells it from the same row typed another time."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writing = csv.writer(out)
        writing.writerow([*(BY_CODE[code].zh for code in given), "录入时刻"])
        writing.writerow([*given.values(), at.isoformat()])


def _new_code(home: str, at: dt.datetime) -> str:
    """A code for a household that is begun today: its area's last digits, the day, a number."""
    base = f"H{home[-6:]}{at:%y%m%d}"
    held = set(Family.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for number in range(1, 1000) if (code := f"{base}{number:03d}") not in held)


def _refuse(faults: list[tuple[str, str]]) -> None:
    said: dict[str, str] = {}
    for column, reason in faults:
        wrong, mend = REASONS[reason]
        words: Any = BY_CODE.get(column)
        listed = "、".join(word for word, *_rest in words.words.values()) if words and words.words else ""
        mending = str(mend) % {"words": listed} if "%(" in str(mend) else mend
        said.setdefault(column, _("%(wrong)s: %(mend)s.") % {"wrong": wrong, "mend": mending})
    if said:
        raise Wrong(said)


def _met(known: Any, by: Actor) -> None:
    """Refuse where the row is somebody who has a file: inside the scope with the way there, else without."""
    person = next(iter(known.persons.values()), None)
    if person is None and not known.faults:
        return
    elsewhere = [fault for fault in known.faults if fault.reason == "outside"]
    if person is not None and not elsewhere:
        raise OnFile(person, _("This person has a file already; nothing was stored."))
    if elsewhere:
        raise OnFile(None, _("This number has a file in another area. Have it moved here; nothing was stored."))
    _refuse([(fault.column, fault.reason) for fault in known.faults])
