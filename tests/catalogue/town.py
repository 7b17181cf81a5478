"""A small town for trying drafts: two counties, a dozen veterans of known ages, and one allowance in force."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

from lianxin.access import actions as access
from lianxin.catalogue import actions
from lianxin.engine.declaration import Service
from lianxin.engine.declaring import load_service
from lianxin.engine.scope import Actor, over
from lianxin.people import models
from tests.people.test_facts import person, write

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 6)
SYSTEM = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199", name="operator")
EAST, WEST = "419902001001", "419903001001"
DECLARED = """
code: {code}
name: {{zh: 老兵津贴, en: Veterans' allowance}}
summary: {{zh: 按月发给老兵, en: Paid monthly to veterans}}
pillar: net
subject: person
mode: automatic
{sealed}
effective: {{from: 2020-01-01, to: null}}
basis: [{{source: 测试, standing: illustrative}}]
parameters:
  age_from: {{name: {{zh: 起领年龄, en: age from}}, unit: year, standing: illustrative, values: {{2020-01-01: {age}}}}}
  rate: {{name: {{zh: 每月标准, en: monthly rate}}, unit: fen, standing: illustrative, values: {{2020-01-01: {rate}}}}}
who:
  - {{test: veteran, say: {{zh: 退役军人, en: a veteran}}}}
  - {{test: "age >= :age_from", say: {{zh: 到了年龄, en: old enough}}}}
  - {{test: "{more}", say: {{zh: 还要, en: and}}}}
amount: {amount}
repeat: {repeat}
per: person
route: [{{step: deliver, as: payment, at: city, within: 10 working days}}]
"""
EXAMPLES = """
- {{name: {{zh: 甲, en: a}}, day: 2026-01-01, given: {{veteran: true, age: 90, able_to_work: false, monthly_income: 0}}, expect: {{verdict: entitled}}}}
- {{name: {{zh: 乙, en: b}}, day: 2026-01-01, given: {{veteran: false, age: 9, able_to_work: true, monthly_income: 90000000}}, expect: {{verdict: not_entitled}}}}
"""


def declare(folder: Path, *, code: str = "old-soldier", age: int = 60, rate: int = 10000, more: str = "age > 18",
            amount: str = ":rate", repeat: str = "monthly", sealed: bool = False) -> Path:  # fmt: skip
    """A service folder."""
    made = folder / code
    made.mkdir(parents=True, exist_ok=True)
    said = DECLARED.format(code=code, age=age, rate=rate, more=more, amount=amount, repeat=repeat,
                           sealed="sealed: true" if sealed else "")  # fmt: skip
    (made / "service.yaml").write_text(said, "utf-8")
    (made / "examples.yaml").write_text(EXAMPLES.format(), "utf-8")
    return made


def draft(folder: Path, **given: Any) -> Service:
    """A compiled draft."""
    return load_service(declare(folder / "draft", **given))


def build(folder: Path, ages: dict[str, list[int]] | None = None) -> dict[int, models.Person]:
    """The areas, the people (file number → person, in the order given) and version 1 of the allowance."""
    access.add_areas(areas=[("4199", "澄川市", "Chengchuan"), ("419902", "东城区", "East"), ("419903", "西城区", "West"),
                            (EAST, "柳村", "Willow"), (WEST, "桃村", "Peach")], by=SYSTEM, at=AT)  # fmt: skip
    made = {}
    for area, some in (ages or {EAST: [50, 58, 59, 61, 70, 80], WEST: [40, 57, 62, 63, 64, 90]}).items():
        for age in some:
            number = len(made) + 1
            one = person(number, born_on=dt.date(DAY.year - age, 1, 1), home=area)
            models.Person.objects.filter(pk=one.pk).update(home=area)
            write(models.Service(person=one, kind="conscript", enlisted_on=dt.date(DAY.year - age + 18, 9, 1),
                                 discharged_on=dt.date(DAY.year - age + 20, 9, 1)))  # fmt: skip
            made[number] = one
    actions.publish(path=declare(folder), by=SYSTEM, at=AT, approved_by="two people")
    return made


def broken_zip(how: int) -> bytes:
    """A zip whose one file was damaged on its way."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as out:
        out.writestr("winter-visit/service.yaml", "code: winter-visit\n" * 40)
    data = bytearray(made.getvalue())
    start = 30 + len("winter-visit/service.yaml")
    for place in range(start, start + 24):
        data[place] ^= 0xFF
    return bytes(data)
