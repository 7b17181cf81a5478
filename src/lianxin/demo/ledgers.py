"""Write the city down as bureaus would: people ledgers by county, ledgers of past years' closed work.

The files carry the headers of the product's own importers and are read back through them.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lianxin.demo.city import City, Past
from lianxin.demo.members import Household, Member
from lianxin.people.columns import (
    BY_CODE,
    CATEGORY,
    CAUSE,
    EMPLOYMENT,
    MERIT,
    MOURNED,
    MOURNER,
    ROLE,
    SERVICE_KIND,
    SETTLEMENT,
    STAGE,
    Words,
)

Cells = Callable[[Member], str]


def _word(table: Words) -> dict[str, str]:
    return {"": "", **{code: words[0] for code, words in table.items()}}


_ROLE, _KIND, _SETTLED, _CAUSE, _MOURNED, _MOURNER, _MERIT, _WORK, _STAGE, _CATEGORY = map(
    _word,
    (ROLE, SERVICE_KIND, SETTLEMENT, CAUSE, MOURNED, MOURNER, MERIT, EMPLOYMENT, STAGE, CATEGORY),
)
_BOOL = {None: "", True: "是", False: "否"}
PEOPLE = (
    "name", "id_number", "sex", "born_on", "phone", "home", "address", "hukou", "died_on", "verified", "photo",
    "household", "role", "spouse", "father", "mother", "service_kind", "enlisted_on", "discharged_on", "settlement",
    "rural_at_enlistment", "categories", "disability_grade", "disability_cause", "disabled_from", "bereaved_of",
    "bereaved_as", "bereaved_from", "accompanying", "accompanying_from", "merit", "merit_on", "employment",
    "unemployment_registered", "employer_insured", "monthly_income", "education_stage", "livelihood_from", "bank",
    "account", "account_verified", "unit_stationed_here",
)  # fmt: skip
HEADERS = [BY_CODE[code].zh for code in PEOPLE]


def _row(one: Member) -> tuple[str, ...]:
    """One person's cells, in the order of ``PEOPLE``."""
    merit, merit_on = one.merits[0] if one.merits else ("", None)
    return (
        one.name, one.number, "男" if one.male else "女", one.born.isoformat(), one.phone, one.home, one.address,
        one.hukou, _day(one.died), _BOOL[one.verified], "是" if one.photo else "", one.household, _ROLE[one.role],
        one.spouse, one.father, one.mother, _KIND[one.kind], _day(one.enlisted), _day(one.discharged),
        _SETTLED[one.settlement], _BOOL[one.rural], _CATEGORY[one.categories], str(one.grade or ""),
        _CAUSE[one.cause], _day(one.disabled_from), _MOURNED[one.bereaved_of], _MOURNER[one.bereaved_as],
        _day(one.bereaved_from), "是" if one.accompanying_from else "", _day(one.accompanying_from), _MERIT[merit],
        _day(merit_on), _WORK[one.employment], _BOOL[one.registered], _BOOL[one.insured],
        "" if one.income is None else str(one.income), _STAGE[one.stage], _day(one.since), one.bank if one.account
        else "", one.account, "是" if one.account_verified else "", _BOOL[one.stationed],
    )  # fmt: skip


def _day(on: dt.date | None) -> str:
    return on.isoformat() if on else ""


def people_of(city: City, county: str, folder: Path, past: Past) -> list[Path]:
    """Write one county's people: a csv of its residents and, where forces live, a workbook of their families."""
    apart: list[Household] = []
    plain = folder / f"{county}-人员台账.csv"
    with plain.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(_rows(city.county(county, past), apart))
    if not apart:
        return [plain]
    book = folder / f"{county}-随军家庭台账.xlsx"
    _workbook(book, "随军家庭台账", HEADERS, (_row(member) for home in apart for member in home.members))
    return [plain, book]


def awards_of(pasts: Iterable[Past], folder: Path) -> Path:
    """Write the season's awards as the liaison hands them over: a few columns, people who are on file already."""
    path = folder / "本季立功台账.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([BY_CODE[code].zh for code in ("name", "id_number", "merit", "merit_on")])
        for past in pasts:
            for name, number, merit, on in past.fresh:
                writer.writerow([name, number, _MERIT[merit], on.isoformat()])
    return path


def _rows(households: Iterable[Household], apart: list[Household]) -> Iterator[tuple[str, ...]]:
    for household in households:
        if household.kind == "accompanying":
            apart.append(household)
            continue
        for member in household.members:
            yield _row(member)


def _workbook(path: Path, title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A workbook as offices make them: a title over the table, everything as text."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(title[:31])
        sheet.write_string(0, 0, title)
        sheet.write_row(1, 0, headers)
        for number, row in enumerate(rows, 2):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, place, cell)
