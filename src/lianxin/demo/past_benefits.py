"""What the city had given before this house was used: cards, plaques, pensions, visits and relief, noted household by
household while people are written, and written as ledgers of closed work.

Who is paid by the period, and what, is judged by the catalogue's own services on the last day of the ledgers. A few of
everything are left out: those are the people whom matching finds.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from lianxin.demo import recipe
from lianxin.demo.members import Household, Member
from lianxin.engine import attributes
from lianxin.engine.declaration import Service
from lianxin.engine.declaring import load_service
from lianxin.engine.explaining import verdict_of
from lianxin.engine.money import plain_yuan
from lianxin.outcomes.columns import COLUMNS, KINDS

FIELDS = (
    "source", "kind", "service", "category", "area", "id_number", "household", "happened_on", "quantity", "amount", "sealed",
)  # fmt: skip
HEADERS = [COLUMNS[code][0] for code in FIELDS]
Row = tuple[str, ...]

# of the default city
PERIODICAL = (
    "disability-pension", "nursing", "bereaved-pension", "living-subsidy-combat", "living-subsidy-sick",
    "living-subsidy-pre1954", "conscript-family",
)  # fmt: skip
LEFT_OUT = {"honour-plaque": 0.006, "bereaved-pension": 0.04, "nursing": 0.03, "martyr-contact": 0.3}
LEFT_OUT_ELSE = 0.015
NEW_VETERANS = 240  # discharged this season, told in a ledger of their own
GREAT_WALL = (1_040, 3_000, 2_000)  # soldiers of eleven years, yuan for most and for some: 3,000,000 in all
GREAT_WALL_SOME = 120
GREAT_WALL_YEARS = (2013, 2023)
HARDSHIP = 106  # reliefs for soldiers in hardship
ATTESTED = {"visit-border": 958, "visit-mission": 137}  # soldiers' families visited: counts, nobody's name
_FEASTS = {"spring-festival": (1, 22), "qingming": (4, 3), "army-day": (7, 30)}
SMALL_INCOMES = (0.86, 0.94)  # of the bereaved: of small income below the first, unknown above the second


def catalogue() -> Path:
    """The catalogue by which the past is judged."""
    return Path(os.environ.get("LIANXIN_CATALOGUE") or Path(__file__).resolve().parents[3] / "catalogue")


class Paying:
    """The services paid by the period, as they judged the city's people on the last day of the ledgers."""

    def __init__(self, folder: Path) -> None:
        places = {code: folder / "services" / code for code in (*PERIODICAL, "self-employ-grant")}
        self._services: dict[str, Service] = {
            code: load_service(place, facts=attributes.vocabulary_for(place)) for code, place in places.items() if place.is_dir()
        }  # fmt: skip
        self._known: dict[Any, int | None] = {}

    def worth(self, code: str, day: dt.date, **facts: Any) -> int | None:
        """Fen for one period; None where the service does not entitle."""
        service = self._services.get(code)
        if service is None:
            return None
        given = {name: facts[name] for name in service.fact_names() if name in facts}
        key = (code, day, *given.values())
        if key not in self._known:
            self._known[key] = verdict_of(service, given, day).amount
        return self._known[key]


@dataclass(slots=True)
class Given:
    """What ledgers of past years say was given to people of one county."""

    rng: Random
    paying: Paying
    rows: list[Row] = field(default_factory=list)
    soldiers: list[tuple[str, str, str, int]] = field(default_factory=list)  # number, household, home, since which year
    leaving: list[tuple[str, str]] = field(default_factory=list)  # name, number: may be discharged this season

    def left_out(self, code: str) -> bool:
        """Whether this one was forgotten."""
        return self.rng.random() < LEFT_OUT.get(code, LEFT_OUT_ELSE)

    def day(self, since: dt.date, until: dt.date) -> str:
        """A day of those."""
        return (since + dt.timedelta(days=int(self.rng.random() * max(1, (until - since).days)))).isoformat()


def shape(household: Household, rng: Random) -> None:
    """What the bereaved live on: their pension depends on it."""
    if household.kind != "bereaved":
        return
    one, chance = household.members[0], rng.random()
    grown = one.born.year <= recipe.UNTIL - 18
    if one.bereaved_as == "child" and grown:
        one.employment, one.insured, one.income = "employed", True, 3200 + int(chance * 4000) // 100 * 100
    elif one.bereaved_as == "child":
        one.employment, one.stage = "student", "junior"
    elif chance < SMALL_INCOMES[0]:
        one.employment, one.insured, one.income = "none", False, 300 + int(chance * 1600) // 100 * 100
    elif chance < SMALL_INCOMES[1]:
        one.employment, one.insured, one.income = "retired", True, 3600
    else:
        one.employment = "none"


def note(household: Household, given: Given) -> None:
    """Note what this household was given by the last day of the ledgers."""
    last = recipe.last_ledger_day()
    add, day = given.rows.append, given.day
    if not given.left_out("honour-plaque"):
        add(row("GP" + household.code, "plaque", "honour-plaque", household.home, household=household.code,
                 on=day(dt.date(2019, 5, 1), last)))  # fmt: skip
    for one in household.members:
        if one.died is not None:
            continue
        if one.holder:
            began = max(dt.date(2021, 12, 1), one.discharged or dt.date(2021, 12, 1))
            add(row("YD" + one.number, "card", "preferential-card", one.home, one.number, on=day(began, last),
                    category="bereaved" if household.kind == "bereaved" else "veteran"))  # fmt: skip
        for code, fen in _paid(one, given):
            if not given.left_out(code):
                add(
                    row(
                        f"{_SHORT[code]}{one.number}",
                        "payment",
                        code,
                        one.home,
                        one.number,
                        on=f"{recipe.UNTIL}-12-20",
                        fen=fen,
                    )
                )
        if one.holder:
            _cared_for(one, given)
        if one.kind and one.discharged is None and one.enlisted is not None:
            given.soldiers.append((one.number, household.code, one.home, one.enlisted.year + 1))
            if household.kind == "serving" and one.kind != "officer" and one.enlisted.year < recipe.UNTIL:
                given.leaving.append((one.name, one.number))


_SHORT = {
    "disability-pension": "CJ", "nursing": "HL", "bereaved-pension": "DQ", "living-subsidy-combat": "CZ",
    "living-subsidy-sick": "BH", "living-subsidy-pre1954": "FY", "conscript-family": "YW", "self-employ-grant": "ZZ",
}  # fmt: skip
_NOBODY = {"hukou_here": True, "alive": True, "suspension": "none", "expelled": False, "mental_disability": False,
           "pension_kin": False, "received_count": 0, "nuclear_test": False}  # fmt: skip


def _paid(one: Member, given: Given) -> Iterator[tuple[str, int]]:
    """What somebody was paid for the last period: the service and fen."""
    facts = _facts(one)
    for code in PERIODICAL if facts else ():
        fen = given.paying.worth(code, recipe.last_ledger_day(), **facts)
        if fen is not None:
            yield code, fen
    if one.settlement == "self_employed" and one.discharged and one.discharged.year >= recipe.UNTIL - 1:
        days, served = 60, one.discharged.year - (one.enlisted or one.discharged).year
        fen = given.paying.worth(
            "self-employ-grant", min(one.discharged + dt.timedelta(days=days), recipe.last_ledger_day()), veteran=True,
            settlement=one.settlement, service_kind=one.kind, days_since_discharge=days, service_years=served,
            best_merit="none", best_merit_wartime=False, **_NOBODY,
        )  # fmt: skip
        if fen is not None:
            yield "self-employ-grant", fen


def _facts(one: Member) -> dict[str, Any]:
    """What the periodical services look at, of those whom one might concern."""
    concerned = one.grade or one.categories or one.bereaved_of or (one.kind == "conscript" and not one.discharged)
    if not concerned:
        return {}
    said: dict[str, Any] = {
        **_NOBODY, "serving": bool(one.kind) and one.discharged is None, "veteran": one.discharged is not None,
        "service_kind": one.kind or None, "disabled_soldier": one.grade is not None, "disability_grade": one.grade,
        "disability_cause": one.cause or None, "bereaved": bool(one.bereaved_of), "bereaved_of": one.bereaved_of or None,
        "bereaved_as": one.bereaved_as or None, "age": recipe.UNTIL - one.born.year - 1,
        "monthly_income": None if one.income is None else one.income * 100, "employer_insured": one.insured,
        "combat": one.categories == "combat", "returned_sick": one.categories == "returned_sick",
        "enlisted_before_1954": one.categories == "enlisted_before_1954",
    }  # fmt: skip
    if one.enlisted and one.enlisted.year >= recipe.UNTIL:
        said["serving"] = False  # a recruit of the last year: not paid yet
    return said


def _cared_for(one: Member, given: Given) -> None:
    """Visits of the last year, and who has a contact."""
    if one.bereaved_of or (one.grade is not None and one.grade <= 4):
        for feast, (month, day) in _FEASTS.items():
            if given.rng.random() < 0.93:
                on = dt.date(recipe.UNTIL, month, day).isoformat()
                source = f"ZF{one.number}-{month}"
                given.rows.append(row(source, "visit", "festival-visit", one.home, one.number, on=on, category=feast))
    minor = one.bereaved_as == "child" and one.born.year > recipe.UNTIL - 18
    if one.bereaved_of == "martyr" and minor and not given.left_out("martyr-contact"):
        on = given.day(dt.date(2024, 10, 8), recipe.last_ledger_day())
        given.rows.append(row("LX" + one.number, "record", "martyr-contact", one.home, one.number, on=on))


def row(
    source: str, kind: str, service: str, area: str, number: str = "", *, on: str, household: str = "", category: str = "",
    quantity: int = 1, fen: int | None = None, sealed: bool = False,
) -> Row:  # fmt: skip
    """One line of a ledger of closed work."""
    yuan = "" if fen is None else plain_yuan(fen)
    return (
        source,
        KINDS[kind][0],
        service,
        category,
        area,
        number,
        household,
        on,
        str(quantity),
        yuan,
        "是" if sealed else "",
    )


def write(folder: Path, county: str, given: Given) -> list[Path]:
    """The ledgers of one county; what they hold is no longer kept."""
    made = [written(folder / f"{county}-在享和已享台账-{recipe.UNTIL}.csv", given.rows)]
    given.rows = []
    return made


def write_city(folder: Path, every: Sequence[Given], holders: int) -> list[Path]:
    """The ledgers of what the whole city gave: relief for soldiers, and the counts that the liaison attested."""
    soldiers = sorted(one for given in every for one in given.soldiers)
    rng = Random(f"{recipe.SEED}/relief")  # noqa: S311  an invented city needs no secrecy
    rng.shuffle(soldiers)
    rows = [*_great_wall(soldiers, holders), *_hardship(soldiers, holders, rng), *_attested(holders)]
    return [written(folder / f"专项救助慰问台账-{GREAT_WALL_YEARS[0]}-{recipe.UNTIL}.csv", rows)]


def _great_wall(soldiers: Sequence[tuple[str, str, str, int]], holders: int) -> Iterator[Row]:
    """Eleven years, each to others: as many soldiers and as much money as the city's recipe says."""
    (count, most, least), (first, last) = GREAT_WALL, GREAT_WALL_YEARS
    wanted, small = recipe.scaled(count, holders, 3), recipe.scaled(GREAT_WALL_SOME, holders)
    years = last - first + 1
    longest = sorted(soldiers, key=lambda one: one[3])[:wanted]  # whoever served longest was there in the early years
    for place, (number, _, home, since) in enumerate(longest):
        year = max(first + place * years // max(1, len(longest)), since)
        yuan = least if place < small else most
        yield row(
            f"GCC{place:05d}",
            "payment",
            "great-wall-relief",
            home,
            number,
            on=f"{min(year, last)}-07-25",
            fen=yuan * 100,
        )


def _hardship(soldiers: Sequence[tuple[str, str, str, int]], holders: int, rng: Random) -> Iterator[Row]:
    kinds = ("illness", "illness", "livelihood", "accident", "disaster")
    for place, (number, _, home, since) in enumerate(soldiers[: recipe.scaled(HARDSHIP, holders, 2)]):
        year = max(recipe.SINCE, since) + int(rng.random() * max(1, recipe.UNTIL - max(recipe.SINCE, since)))
        on, fen = f"{min(year, recipe.UNTIL)}-{1 + place % 12:02d}-15", 300_000 if year < 2024 else 500_000
        yield row(
            f"KN{place:04d}", "payment", "hardship-active", home, number, on=on, category=kinds[place % 5], fen=fen
        )


def _attested(holders: int) -> Iterator[Row]:
    """Two counts a year for each list, of the whole city and of nobody by name."""
    days = [(year, month) for year in range(recipe.SINCE, recipe.UNTIL + 1) for month in (1, 7)]
    for service, total in ATTESTED.items():
        parts = recipe.split(
            recipe.scaled(total, holders, len(days)), {f"{year}-{month:02d}": 1 for year, month in days}
        )
        for on, quantity in parts.items():
            yield row(f"{service}-{on}", "visit", service, recipe.CITY, on=f"{on}-20", quantity=quantity, sealed=True)


def discharges(folder: Path, every: Sequence[Given], apart: Iterable[str], holders: int, today: dt.date) -> Path:
    """The season's discharged soldiers, as the forces hand them over: a ledger of a few columns, people on file already."""
    from lianxin.people.columns import BY_CODE, SETTLEMENT

    known = set(apart)
    may = [(name, number) for given in every for name, number in given.leaving if number not in known]
    count = min(recipe.scaled(NEW_VETERANS, holders, 6), len(may))
    rng = Random(f"{recipe.SEED}/discharges")  # noqa: S311  an invented city needs no secrecy
    path = folder / "本季退役台账.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([BY_CODE[code].zh for code in ("name", "id_number", "discharged_on", "settlement")])
        for place in range(count):
            name, number = may[place * len(may) // count]
            on = today - dt.timedelta(days=12 + int(rng.random() * 34))
            how = "assigned_job" if rng.random() < 0.12 else "self_employed"
            writer.writerow([name, number, on.isoformat(), SETTLEMENT[how][0]])
    return path


def written(path: Path, rows: Iterable[Row]) -> Path:
    """Write the lines under their headers."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(rows)
    return path
