"""The list of areas is taken as bureaus keep it, and only for this city; people before areas are told the way."""

from __future__ import annotations

import argparse
import csv
import datetime as dt

import openpyxl
import pytest

from lianxin.access.models import Area
from lianxin.engine.refusal import Refusal
from lianxin.insight import commands
from lianxin.insight.register import Window
from lianxin.ops import ledgers


def imported(path):
    return ledgers.areas(argparse.Namespace(file=path))


def test_a_list_with_a_title_its_own_order_and_numbers_is_taken(db, tmp_path):
    book = openpyxl.Workbook()
    for row in (["澄川市行政区划表"], [], ["序号", "英文名称", "行政区划名称", "区划代码（12位）"], [1, "Chengchuan", "澄川市", 419900],
                [2, "", "临水县", 419902], [3, None, "河东镇", "４１９９０２００１"], [4, "", " 柳河村 ", 419902001001.0],
                [5, "", "河西镇", "419902002000"], ["", "", "", "注：以民政公布为准"]):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "区划.xlsx")
    assert imported(tmp_path / "区划.xlsx") == 0
    assert dict(Area.objects.values_list("code", "name")) == {
        "4199": "澄川市", "419902": "临水县", "419902001": "河东镇", "419902001001": "柳河村", "419902002": "河西镇",
    }  # fmt: skip
    assert Area.objects.get(pk="4199").name_en == "Chengchuan"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_of_another_order_or_without_headers_is_taken(db, tmp_path, encoding):
    (tmp_path / "a.csv").write_text("名称,代码\n临水县,419902\n", encoding=encoding)
    (tmp_path / "b.csv").write_text("419902001,河东镇,Hedong\n", encoding=encoding)
    assert imported(tmp_path / "a.csv") == imported(tmp_path / "b.csv") == 0
    assert Area.objects.get(pk="419902001").name_en == "Hedong"
    assert Area.objects.get(pk="419902").name == "临水县"


def test_areas_of_another_city_are_refused_whole(db, tmp_path):
    (tmp_path / "a.csv").write_text("4199,澄川市\n410102,别处\n", encoding="utf-8")
    with pytest.raises(Refusal, match=r"4199.*LIANXIN_CITY"):
        imported(tmp_path / "a.csv")
    assert not Area.objects.exists()


def test_the_template_is_read_back(db, tmp_path):
    out = tmp_path / "空表.xlsx"
    ledgers.template(argparse.Namespace(file=out, ledger="areas"))
    assert imported(out) == 0
    assert Area.objects.filter(pk="419902", name="临水县").exists()


def test_people_before_areas_are_told_the_command_once(db, tmp_path, capsys):
    with (tmp_path / "people.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["姓名", "出生日期", "手机", "家庭住址"], ["张三", "1958-03-12", "13800001234", "东川县/河东镇/柳河村"]]
        )
    given = argparse.Namespace(file=tmp_path / "people.csv", errors=None, what="people", dry_run=True)
    assert ledgers.ledger(given) == 3
    assert capsys.readouterr().err.count("import areas") == 1


def test_a_figure_is_printed_in_yuan_with_its_days(db, monkeypatch):
    from lianxin.insight import definitions
    from lianxin.insight.figures import FigureValue

    monkeypatch.setenv("LIANXIN_LANGUAGE", "zh")
    counted = definitions.load()
    money, count = (next(one for one in counted.values() if bool(one.money) is kind) for kind in (True, False))
    window = Window(dt.date(2026, 1, 1), dt.date(2026, 11, 30))
    said = [commands.line(FigureValue(one, "4199", window, None, 123456)) for one in (money, count)]
    assert "1,234.56 元" in said[0]
    assert " 123456 " in said[1]
    assert all("2026-01-01 至 2026-11-30" in one for one in said)
