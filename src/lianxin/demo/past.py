"""The ledgers of past years: what was brought, paid, mended and settled, one row for each closed piece of work."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from lianxin.demo import recipe
from lianxin.demo.city import Past
from lianxin.engine.money import plain_yuan
from lianxin.outcomes.columns import COLUMNS, KINDS

FIELDS = ("source", "kind", "service", "category", "area", "id_number", "household", "happened_on", "amount", "sealed")
HEADERS = [COLUMNS[code][0] for code in FIELDS]
Row = tuple[str, ...]


def write(folder: Path, pasts: Sequence[Past], holders: int) -> list[Path]:
    """Write the ledgers of closed work, one for each service; returns them in the order they are read back."""
    spouses = [spouse for past in pasts for spouse in past.spouses]
    ledgers: list[tuple[str, Iterable[Row]]] = [
        ("喜报奖励台账", _good_news(pasts)),
        ("随军家属补助台账", _allowances(spouses, holders)),
        ("农村籍退役士兵补助台账", _subsidies(pasts)),
        ("诉求办结台账", _asks(pasts)),
        ("涉军维权台账", _rights(pasts)),
    ]
    made = []
    for title, rows in ledgers:
        path = folder / f"{title}-{recipe.SINCE}-{recipe.UNTIL}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS)
            writer.writerows(rows)
        made.append(path)
    return made


def _good_news(pasts: Sequence[Past]) -> Iterator[Row]:
    visit, paid = KINDS["visit"][2], KINDS["payment"][2]
    serial = 0
    for past in pasts:
        for number, household, home, merit, on in past.good_news:
            serial += 1
            day = min(on + dt.timedelta(days=20 + serial % 60), recipe.last_ledger_day())
            fen = recipe.GOOD_NEWS[merit][1]
            rest = ("good-news", merit, home, number, household, day.isoformat())
            yield (f"XB{serial:05d}", visit, *rest, "", "")
            yield (f"XB{serial:05d}-J", paid, *rest, plain_yuan(fen), "")


def months_paid(spouses: Sequence[tuple[str, str, bool]], holders: int) -> list[list[dt.date]]:
    """The months for which each spouse was paid, together within the recipe's sum (scaled)."""
    rng = Random(f"{recipe.SEED}/allowances")  # noqa: S311  an invented city needs no secrecy
    least, most = (recipe.scaled(fen, holders) for fen in recipe.SPOUSES_FEN)
    least, most = (round(fen * len(spouses) / max(1, recipe.scaled(recipe.SPOUSES, holders))) for fen in (least, most))
    spans: list[list[dt.date]] = []
    for _, _, standing in spouses:
        if standing:
            start, count = _month(recipe.UNTIL, 1 + int(rng.random() * 8)), 12
        else:
            start = _month(recipe.SINCE + int(rng.random() * 5), 1 + int(rng.random() * 12))
            count = 7 + int(rng.random() * 16)
        spans.append(_from(start, count))
    order = list(range(len(spans)))
    rng.shuffle(order)
    for place in order * recipe.CAP_MONTHS:
        total = sum(recipe.spouse_fen(month) for span in spans for month in span)
        if least <= total <= most:
            break
        _nudge(spans[place], longer=total < least)
    return spans


def _nudge(span: list[dt.date], *, longer: bool) -> None:
    if longer and len(span) < recipe.CAP_MONTHS:
        before = span[0] - dt.timedelta(days=1)
        if before.year >= recipe.SINCE:
            span.insert(0, before.replace(day=1))
    elif not longer and len(span) > 2:
        span.pop(0)


def _month(year: int, month: int) -> dt.date:
    return dt.date(year, month, 1)


def _from(start: dt.date, count: int) -> list[dt.date]:
    months = [start.year * 12 + start.month - 1 + step for step in range(count)]
    return [dt.date(at // 12, at % 12 + 1, 1) for at in months if at // 12 <= recipe.UNTIL]


def _allowances(spouses: Sequence[tuple[str, str, bool]], holders: int) -> Iterator[Row]:
    paid = KINDS["payment"][1]
    for serial, ((number, home, _), months) in enumerate(zip(spouses, months_paid(spouses, holders), strict=True), 1):
        for month in months:
            on, yuan = month + dt.timedelta(days=19), plain_yuan(recipe.spouse_fen(month))
            rest = ("accomp-subsidy", "", home, number, "", on.isoformat(), yuan, "")
            yield (f"SJ{serial:04d}-{month:%Y%m}", paid, *rest)


def _subsidies(pasts: Sequence[Past]) -> Iterator[Row]:
    paid = KINDS["payment"][1]
    people = [one for past in pasts for one in past.subsidies]
    for serial, (number, home, years) in enumerate(people, 1):
        yuan = plain_yuan(recipe.SUBSIDY_FEN * years)
        for month in range(1, 13):
            on = dt.date(recipe.UNTIL, month, 25)
            rest = ("living-subsidy-rural60", "", home, number, "", on.isoformat(), yuan, "")
            yield (f"NT{serial:05d}-{on:%Y%m}", paid, *rest)


def _asks(pasts: Sequence[Past]) -> Iterator[Row]:
    rng = Random(f"{recipe.SEED}/asks")  # noqa: S311  an invented city needs no secrecy
    done, kinds = KINDS["errand"][1], _cards(recipe.ASK_KINDS)
    asks = [one for past in pasts for one in past.asks]
    for serial, (number, household, home) in enumerate(asks, 1):
        on = recipe.last_ledger_day() - dt.timedelta(days=int(rng.random() ** 1.6 * 1800))
        kind = kinds[int(rng.random() * len(kinds))]
        yield (f"SQ{serial:05d}", done, "household-help", kind, home, number, household, on.isoformat(), "", "")


def _rights(pasts: Sequence[Past]) -> Iterator[Row]:
    rng = Random(f"{recipe.SEED}/rights")  # noqa: S311  an invented city needs no secrecy
    people = [one for past in pasts for one in past.rights]
    kinds = _cards(recipe.split(len(people), recipe.RIGHTS))
    rng.shuffle(kinds)
    for serial, ((number, home), kind) in enumerate(zip(people, kinds, strict=True), 1):
        on = recipe.last_ledger_day() - dt.timedelta(days=int(rng.random() * 2100))
        yield (f"WQ{serial:04d}", KINDS["advice"][0], "rights-case", kind, home, number, "", on.isoformat(), "", "是")


def _cards(counts: Mapping[str, int]) -> list[str]:
    return [kind for kind, count in counts.items() for _ in range(count)]
