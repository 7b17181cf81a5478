"""What departments counted in past years without names: places given, seats, check-ups, screenings, county by county."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

from lianxin.demo import recipe
from lianxin.demo.past_benefits import Row, row, written

_YEARS = tuple(dt.date(year, 9, 10) for year in range(recipe.SINCE, recipe.UNTIL + 1))

# service: kind, category, how many in the default city, on which days; a single day is one row of the whole city
COUNTED: Mapping[str, tuple[str, str, int, tuple[dt.date, ...]]] = {
    "officer-placement": ("placement", "", 86, _YEARS),
    "soldier-placement": ("placement", "", 856, _YEARS),
    "accomp-placement": ("placement", "", 19, _YEARS),
    "child-school": ("seat", "", 282, _YEARS),
    "hero-checkup": ("appointment", "qingming", 31, (dt.date(2023, 4, 3),)),
    "eye-screening": ("appointment", "", 3_060, (dt.date(2022, 10, 15), dt.date(2023, 10, 14))),
    "cataract-surgery": ("appointment", "", 53, (dt.date(2022, 11, 10), dt.date(2023, 11, 9))),
    "child-event": ("appointment", "", 206, (dt.date(2023, 5, 28),)),
}


def write(folder: Path, holders: int) -> Path:
    """The ledger of the whole city."""
    return written(folder / f"安置入学体检眼健康台账-{recipe.SINCE}-{recipe.UNTIL}.csv", rows(holders))


def rows(holders: int) -> Iterator[Row]:
    """Quantities by day and county, nobody's name; together what the recipe says for a city of ``holders``."""
    shares = {county[0]: county[5] for county in recipe.COUNTIES}
    for service, (kind, category, total, days) in COUNTED.items():
        counties = shares if len(days) > 1 else {recipe.CITY: 1}
        parts = {f"{county}/{day}": share for county, share in counties.items() for day in days}
        for place, quantity in recipe.split(recipe.scaled(total, holders, 1), parts).items():
            county, on = place.split("/")
            if quantity:
                yield row(f"{service}-{place}", kind, service, county, on=on, category=category, quantity=quantity)
