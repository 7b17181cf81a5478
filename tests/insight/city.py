"""A small register of nobody: areas, files, figures and rows for the tests of this room."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from lianxin.access.models import Area
from lianxin.engine.scope import Actor
from lianxin.people.models import Person

BY = Actor(name="tester", area="4199")
AT = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
VILLAGES = ("419901001001", "419901001002", "419901002001", "419902001001")
FIGURES = {
    "rows": ("count", "kind = 'visit'", "to-date"),
    "people": ("count distinct person", "kind = 'visit' OR kind = 'payment'", "to-date"),
    "families": ("count distinct family", "service = 'good-news' AND kind = 'visit'", "2021-01-01.."),
    "years": ("count distinct year", "kind = 'payment'", "to-date"),
    "categories": ("count distinct category", "quantity >= 2", ""),
    "open-sites": ("count open", "kind = 'site'", "to-date"),
    "money": ("sum amount", "kind = 'payment' AND category IN ('a', 'b')", ""),
    "pieces": ("sum quantity", "NOT (category = 'a') AND happened_on <> DATE '2021-06-01'", "to-date"),
    "early": ("count", "ended_on IS NULL AND (amount > 500 OR person IS NOT NULL)", "2020-03-01..2021-12-31"),
    "sealed": ("count", "service = 'rights-case'", "to-date"),
    "mixed": ("count", "service IN ('rights-case', 'good-news')", "to-date"),
}


def catalogue(folder: Path) -> Path:
    """A catalogue of the figures above."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for code, (measure, where, period) in FIGURES.items():
        figure(folder, code, measure, where, period)
    return folder


def figure(folder: Path, code: str, measure: str, where: str, period: str) -> None:
    """One figure more in a catalogue."""
    said = f"code: {code}\nname: {{zh: 数{code}, en: number {code}}}\nunit: {{zh: 件, en: pieces}}\n"
    said += f'measure: {measure}\nwhere: "{where}"\n' + (f"period: {period}\n" if period else "")
    said += 'say: {zh: "有{value}件", en: "{value} pieces"}\n'
    said += "display: 万元\nshow: at-least\n" if code == "money" else ""
    (folder / "figures" / f"{code}.yaml").write_text(said, "utf-8")


def areas() -> None:
    """The city, two counties, three townships, four villages; 419901001002 went over to 419902001001 in 2022."""
    Area.objects.create(code="4199", name="澄川市", name_en="Chengchuan", level="city")
    for code, level in (("419901", "county"), ("419902", "county"), ("419901001", "township"),
                        ("419901002", "township"), ("419902001", "township")):  # fmt: skip
        parent = code[:4] if level == "county" else code[:6]
        Area.objects.create(code=code, name=f"区{code}", name_en=f"area {code}", level=level, parent_id=parent)
    for code in VILLAGES:
        Area.objects.create(code=code, name=f"村{code[-6:]}", level="village", parent_id=code[:9])
    gone = Area.objects.filter(code="419901001002")
    gone.update(successor="419902001001", ended_on=dt.date(2022, 6, 1))


def people(count: int, first: int = 0) -> list[int]:
    """Files of nobody in particular."""
    made = [
        Person(file_number=f"CC{number:08d}", salt=b"0" * 16, name=f"甲{number}", home=VILLAGES[number % 4], entry=1)
        for number in range(first, first + count)
    ]
    return [person.pk for person in Person.objects.bulk_create(made)]
