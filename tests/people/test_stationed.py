"""Where a unit is stationed may be attested on the soldier's own row or on the spouse's: it is one fact of both."""

import datetime as dt

import pytest

from lianxin.people import facts
from tests.people.ledgers import FAMILY, areas, as_csv, load

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 5, 6)


def said(home, soldier, spouse):
    areas()
    rows = [{**FAMILY[0], "退役时间": "", "入伍时间": "2001-12-01", "立功等级": "", "立功时间": "", "部队驻本地": soldier},
            {**FAMILY[1], "部队驻本地": spouse}]  # fmt: skip
    load(as_csv(home / "a.csv", rows))
    frame = facts.frame(subject="person", day=DAY, codes=["unit_stationed_here"]).sort("id")
    from lianxin.people.models import Person

    by = dict(zip(frame["id"].to_list(), frame["unit_stationed_here"].to_list(), strict=True))
    one = facts.frame(subject="person", day=DAY, codes=["unit_stationed_here"],
                      ids=[Person.objects.get(name="李秀兰").pk])  # fmt: skip
    assert one["unit_stationed_here"][0] == by[Person.objects.get(name="李秀兰").pk]  # one is judged like all
    return [by[Person.objects.get(name=name).pk] for name in ("张建国", "李秀兰")]


@pytest.mark.parametrize(("soldier", "spouse", "found"), [
    ("是", "", [True, True]), ("", "是", [True, True]), ("", "", [False, False]), ("是", "否", [True, False]),
])  # fmt: skip
def test_it_is_one_fact_of_both_and_ones_own_word_comes_first(tmp_path, soldier, spouse, found):
    assert said(tmp_path, soldier, spouse) == found


def test_a_total_under_the_serial_number_is_no_person(tmp_path):
    areas()
    rows = [{"序号": "1", **FAMILY[0]}, {"序号": "合 计", "姓名": "1人"}]
    result = load(as_csv(tmp_path / "a.csv", rows))
    assert (result.read, result.added, result.refused) == (1, 1, 0)
