"""The ledger's contract: every header leads to its column, and the guide says what the code does."""

import pytest
from tools.import_guide import GUIDE, written

from lianxin.people.columns import COLUMNS, IGNORED, folded, names, recognise


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.code)
def test_every_name_of_a_column_leads_to_it(column):
    known = names()
    for header in (column.zh, column.en, column.code, *column.synonyms, f" {column.zh} ", f"*{column.zh}"):
        assert recognise(header, known) == (column, 1), header
    assert column.zh not in IGNORED


def test_numbered_headers_only_where_several_are_allowed():
    known = names()
    assert recognise("立功等级（2）", known)[1] == 2
    assert recognise("姓名2", known) is None
    assert folded("姓 名：") == "姓名"


@pytest.mark.parametrize(("header", "code"), [
    ("联系方式\n（手机）", "phone"), ("出生日期（必填）", "born_on"), ("身份证号（旧）", None), ("电话(亲属)", None),
])  # fmt: skip
def test_a_hint_in_brackets_is_passed_over_and_nothing_else_is(header, code):
    found = recognise(header, names())
    assert (found and found[0].code) == code


def test_the_guide_lists_every_column_as_the_code_has_it():
    text = GUIDE.read_text(encoding="utf-8")
    assert written(text) == text, "run python tools/import_guide.py"
