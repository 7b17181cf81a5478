"""Alarming words are heard in whatever spelling; what only sounds like them is not. The list is the shipped one."""

from pathlib import Path

import pytest

from lianxin.catalogue import hotlines
from lianxin.engine.alarm import Alarm

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shipped(settings):
    settings.CATALOGUE = ROOT / "catalogue"
    return hotlines.in_force()


@pytest.mark.parametrize("text", [
    "我真的不想活了", "活 不 下 去", "想　死的心都有", "夜里老想着跳楼", "他又喝酒，要打死我", "我老公家暴，孩子在哭", "她写了遗书",
    "气死我了，真不想活", "想、死。", "I want to DIE", "he hits me every night", "I’m going to kill myself",
    "no reason\nto live", "ＳＵＩＣＩＤＥ", "跳楼梯，后来说要跳楼",
])  # fmt: skip
def test_danger_is_heard(shipped, text):
    assert shipped.alarm.heard(text)


@pytest.mark.parametrize("text", [
    "气死我了，水管又漏", "累死了，想请人搬米", "热死了，空调不转", "想死你了，什么时候回来", "超市跳楼价，帮我带袋米", "孩子饿死了，谁帮忙做顿饭",
    "孩子老跳楼梯，楼下有意见", "老人不想活动，想请人陪", "帮忙装上吊扇", "年轻生命", "请人亲自杀鸡", "想参加防自杀讲座", "手机死机", "死胡同口的灯不亮",
    "门锁死了打不开", "this heat is killing us softly", "a talk on suicide prevention", "my skill himself", "",
])  # fmt: skip
def test_false_friends_are_not(shipped, text):
    assert not shipped.alarm.heard(text)


def test_every_number_has_words_in_both_languages(shipped):
    assert {"120", "110"} <= {one.number for one in shipped.hotlines}
    assert all(one.name[0] and one.name[1] and one.when[0] and one.when[1] for one in shipped.hotlines)
    assert hotlines.for_words("水管漏了", "") == ()
    assert hotlines.for_words("水管漏了", "不想活了") == shipped.hotlines


def test_an_empty_list_hears_nothing():
    assert not Alarm(()).heard("不想活了")


def test_what_a_page_takes_along_is_the_whole_list(shipped):
    latin, han = shipped.alarm.plain()["words"]
    assert len(latin) + len(han) == len(set(shipped.alarm.words))
    assert all(word.isascii() for word in latin)
    assert not any(word.isascii() for word in han)
