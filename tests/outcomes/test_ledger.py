"""Past ledgers: found headers, resolved people, named faults, no effect when repeated, fast."""

from __future__ import annotations

import csv
import datetime as dt
import time
from pathlib import Path

import openpyxl
import pytest

from lianxin.access import seal
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal
from lianxin.journal import queries as chain
from lianxin.outcomes.actions import import_outcomes
from lianxin.outcomes.models import Outcome
from lianxin.people.models import Family, Person

BY = Actor(name="tester", area="4199")
AT = dt.datetime(2023, 7, 1, tzinfo=dt.UTC)
HEAD = ["编号", "类别", "事项编码", "分类", "身份证号", "办结日期", "金额（元）", "地区代码"]


@pytest.fixture
def someone(db: None) -> Person:
    with journal.entry(action="test", by=BY, at=AT) as writer:
        family = writer.add([Family(code="H001", home="419901001001")])[0]
    return Person.objects.create(
        file_number="CC00000001", salt=b"0" * 16, name="甲", home="419901001001", family=family, entry=1,
        id_mark=seal.mark("419901199001011234", "id"),
    )  # fmt: skip


def workbook(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["澄川市送喜报台账（2020 年至 2023 年）"])
    sheet.append(HEAD)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_good_rows_enter_with_person_family_and_area(tmp_path: Path, someone: Person) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ["1", "送喜报", "good-news", "三等功", "419901199001011234", dt.date(2021, 3, 5), None, ""],
        ["2", "发放", "good-news", "三等功", "419901199001011234", "2021年3月6日", "1,000.50", ""],
        ["3", "场所", "site", "park", "", "2021/3/7", None, "4199"],
    )
    result = import_outcomes(path=path, by=BY, at=AT)
    assert result.summary() == {"read": 3, "added": 3, "unchanged": 0, "refused": 0}
    paid = Outcome.objects.get(source="ledger:2")
    assert (paid.kind, paid.amount, paid.happened_on) == ("payment", 100050, dt.date(2021, 3, 6))
    assert (paid.person, paid.family, paid.area) == (someone.pk, someone.family_id, "419901001001")
    assert chain.verify().broken is None
    again = import_outcomes(path=path, by=BY, at=AT)
    assert again.summary() == {"read": 3, "added": 0, "unchanged": 3, "refused": 0}
    assert Outcome.objects.count() == 3


def test_bad_rows_are_named_and_good_ones_enter(tmp_path: Path, someone: Person) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ["1", "送礼", "good-news", "", "", "2021-03-05", "", "4199"],
        ["2", "发放", "good-news", "", "419901199001019999", "2021-03-05", "", ""],
        ["3", "发放", "good-news", "", "", "2021-02-30", "", "4199"],
        ["4", "发放", "good-news", "", "", "2021-02-28", "十元", "4199"],
        ["5", "发放", "good-news", "", "", "2021-02-28", "10", ""],
        ["6", "发放", "good-news", "", "", "2021-02-28", "10", "4199"],
        ["6", "发放", "good-news", "", "", "2021-02-28", "10", "4199"],
        ["", "发放", "good-news", "", "", "2021-02-28", "10", "4199"],
    )
    result = import_outcomes(path=path, by=BY, at=AT)
    assert {(fault.row, fault.column, fault.reason) for fault in result.refused} == {
        (3, "类别", "unknown"), (4, "身份证号", "unknown"), (5, "日期", "unreadable"), (6, "金额（元）", "unreadable"),
        (7, "地区代码", "missing"), (9, "来源编号", "twice"), (10, "来源编号", "missing"),
    }  # fmt: skip
    assert list(Outcome.objects.values_list("source", flat=True)) == ["ledger:6"]


@pytest.mark.django_db
def test_gb18030_csv_and_dry_run(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        ",".join(HEAD).encode("gb18030") + "\n1,案件,rights-case,婚姻家庭,,2021-03-05,,4199".encode("gb18030")
    )
    assert import_outcomes(path=path, by=BY, at=AT, dry_run=True).added == 1
    assert not Outcome.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\x00\x01\x02"])
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, data: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Refusal):
            import_outcomes(path=tmp_path / name, by=BY, at=AT)


@pytest.mark.django_db
def test_fifty_thousand_rows_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for number in range(50_000):
            writer.writerow([number, "发放", "good-news", "", "", "2021-03-05", "100.00", "419901001001"])
    began = time.process_time()
    assert import_outcomes(path=path, by=BY, at=AT).added == 50_000
    assert time.process_time() - began < 60
