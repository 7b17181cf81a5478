"""What the city opened, met for and built in past years: one ledger of closed work, read by the writing process.

Everything that a review counts of it is decided here. Nobody's unit stands in it and no number of a camp.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from lianxin.demo import recipe
from lianxin.demo.city import Past
from lianxin.engine.money import plain_yuan
from lianxin.outcomes.columns import COLUMNS, KINDS

FIELDS = (
    "source", "kind", "service", "programme", "category", "level", "area", "id_number", "happened_on", "ended_on",
    "quantity", "unit", "amount",
)  # fmt: skip
Row = tuple[str, ...]
CITY = recipe.CITY
COUNTIES = tuple(county[0] for county in recipe.COUNTIES)

CHOSEN = {"selection-veteran": 60, "selection-supporter": 40, "selection-spouse": 30}  # persons, each once
FIRMS = 10
SITES = {"park": 6, "street": 9, "belt": 4, "board": 12, "school": 5}
TENS = ("best", "measure", "highlight", "policy", "deed")
VENUES = ("party-school", "school", "community", "media", "firm")
PLAQUES = 164  # hung before this house was used; with the agreements made since 200 余
LINES = 3
DEFENCE_FIRMS = 5
AID = {"army": 406_000_000, "local": 203_000_000}  # fen
PROJECTS = {"planting": 6, "breeding": 6, "solar": 4}
ROADS = (8, 6, 7, 5, 5, 4)  # kilometres
VISITS = 4  # to the ship and to the company


def write(folder: Path, pasts: Sequence[Past], today: dt.date) -> Path:
    """The ledger of the whole city, up to ``today``: what comes every year came this year too."""
    path = folder / f"双拥工作台账-{recipe.SINCE}-{today.year}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([COLUMNS[code][0] for code in FIELDS])
        writer.writerows(_rows(pasts, today))
    return path


def _row(
    source: str, kind: str, service: str, area: str, on: str, *, programme: str = "", category: str = "", level: str = "",
    number: str = "", ended: str = "", quantity: int = 1, unit: str = "", fen: int | None = None,
) -> Row:  # fmt: skip
    return (
        source, KINDS[kind][0], service, programme, category, level, area, number, on, ended, str(quantity), unit,
        "" if fen is None else plain_yuan(fen),
    )  # fmt: skip


def _rows(pasts: Sequence[Past], today: dt.date) -> Iterator[Row]:
    yield from _chosen(pasts)
    yield from _standing()
    yield from _worked()
    yield from (row for row in _yearly(today.year) if row[FIELDS.index("happened_on")] <= today.isoformat())


def _chosen(pasts: Sequence[Past]) -> Iterator[Row]:
    """Those chosen in the city's selections; a small city has fewer."""
    supporters = [(one[0], one[2]) for past in pasts for one in past.asks]
    people = {
        "selection-veteran": [one[:2] for past in pasts for one in past.subsidies], "selection-supporter": supporters,
        "selection-spouse": [one[:2] for past in pasts for one in past.spouses],
    }  # fmt: skip
    for service, count in CHOSEN.items():
        held, done = people[service], set[str]()
        for place in range(min(count, len(held))):
            number, home = held[place * len(held) // min(count, len(held))]
            if number not in done:
                done.add(number)
                year = 2021 + place * 5 // count
                yield _row(f"PX-{service}-{place}", "honour", service, home, f"{year}-11-1{place % 9}", number=number,
                           level="city")  # fmt: skip
    for place in range(FIRMS):
        yield _row(f"PX-firm-{place}", "honour", "selection-firm", COUNTIES[place % 6], "2023-07-28", level="city")


def _standing() -> Iterator[Row]:
    """What stands open: places, lines, plaques, firms; one park of before was closed again."""
    for category, count in SITES.items():
        for place in range(count):
            year, month = 2020 + place % 4, 3 + place % 8
            yield _row(f"ZD-{category}-{place}", "site", "highlight-site", COUNTIES[place % 6],
                       f"{year}-{month:02d}-1{place % 9}", category=category)  # fmt: skip
    yield _row(
        "ZD-park-closed", "site", "highlight-site", COUNTIES[3], "2016-05-11", category="park", ended="2021-09-30"
    )
    for place in range(LINES):
        yield _row(f"ZX-{place}", "site", "army-bus-line", CITY, f"2022-0{4 + place}-01")
    for place in range(DEFENCE_FIRMS):
        yield _row(f"PT-{place}", "record", "defence-firm", CITY, f"202{place % 4}-06-15")
    for place in range(PLAQUES):
        yield _row(f"YM-{place:03d}", "plaque", "merchant-offer", COUNTIES[place % 6],
                   f"202{place % 5}-0{1 + place % 9}-08", category="partner")  # fmt: skip


def _worked() -> Iterator[Row]:
    for place, ten in enumerate(TENS):
        yield _row(f"SD-{ten}", "record", "five-tens", CITY, f"2023-0{3 + place}-20", category=ten)
    yield _row("GJ-lecture", "event", "defence-education", COUNTIES[0], "2023-06-07", programme="liberation-day",
               category="school")  # fmt: skip
    yield _row("GY-minutes", "event", "child-event", CITY, "2023-05-28", quantity=75, unit="minute")
    for place, (crop, count) in enumerate(PROJECTS.items()):
        for number in range(count):
            yield _row(f"YJ-{crop}-{number}", "project", "aid-project", COUNTIES[3 + number % 3],
                       f"202{1 + (place + number) % 3}-0{4 + number % 5}-25", programme=crop, category="industry")  # fmt: skip
    for place, km in enumerate(ROADS):
        yield _row(f"YJ-road-{place}", "project", "aid-project", COUNTIES[3 + place % 3], f"202{1 + place % 3}-11-05",
                   category="road", quantity=km, unit="km")  # fmt: skip


def _yearly(until: int) -> Iterator[Row]:
    """What comes every year: defence education in five kinds of places, the chiefs' meetings, the visits to ship and company."""
    for year in range(recipe.SINCE, until + 1):
        for place, venue in enumerate(VENUES):
            yield _row(f"GJ-{year}-{venue}", "event", "defence-education", COUNTIES[(year + place) % 6],
                       f"{year}-09-1{place + 2}", category=venue)  # fmt: skip
        for half, month in enumerate((3, 10)):
            yield _row(f"JZ-{year}-{half}", "meeting", "chiefs-meeting", CITY, f"{year}-{month:02d}-16")
        yield _row(
            f"ZF-JS-{year}", "event", "pair-building", CITY, f"{year}-05-20", category="company" if year % 2 else "ship"
        )
