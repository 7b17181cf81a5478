"""What must never be stored is found however it is written; what people ordinarily say passes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.engine import secrecy

PLAIN = {
    "designation": [
        "他在71325部队服役", "七一三二五部队", "丈夫在 7 1 3 2 5 部队", "原第五十四集团军某旅", "武警澄川支队三大队",
        "陆军第127师当兵", "379团2营4连", "番号 31456", "空军航空兵第19师", "装甲第六师", "海军舷号171", "澄川市33信箱12分队",
    ],
    "place": ["营区位于城西柳河村", "部队驻扎在东海市石桥镇", "北纬34度02分 东经113度，部队营区", "34.02341, 113.85012 部队在这"],
    "strength": ["全团共有1200人", "现有官兵800余名", "兵力约三千人"],
    "equipment": ["12辆坦克", "新到三架运输机"],
    "task": ["部队下周集结", "3月5日赴边境执行边境管控", "8月参加高原演习"],
}  # fmt: skip
DOUBTFUL = [
    "坐标 31.2304N,121.4737E 附近", "N31.2304 E121.4737", "31.2304°，121.4737°", "他们营有480人，老家水管漏", "他下周去执行护航任务",
    "我丈夫所在的XX旅三连，孩子没人接", "某团2营的", "他驻守在西沙某岛", "儿子驻防在边境口岸", "我儿子连里有120人", "去维和了，家里没人",
    "他在三连服役", "1979年在二团当过兵", "“青松连”官兵来访", "北江舰回家探亲", "34.02341,113.85012", "执行护航任务的军人家属",
]  # fmt: skip
ORDINARY = [
    "高考期间为学生保驾护航", "我们一共有12人", "他们社区服务大队有30人报名，志愿者", "住在护航路", "驻守岗位", "旅行团有40人", "送到维和医院",
    "我们旅游团一共30人", "单价 12.345，数量 10.500", "参加消防演习", "上三楼", "他们村有480人", "儿子在三中读书", "某团购群",
    "水管爆了，厨房漏水", "三连冠", "二连浩特", "第三师范学校", "住在五营镇三村", "六团路18号", "大连路", "66连心台", "张师傅修理店",
    "慰问官兵家庭137户", "帮助困难官兵100余人次", "退役军人服务站", "孩子读三年级二班", "荣立一等功", "执行专项任务官兵家庭",
    "体温38度5", "驻地部队官兵", "部队证明", "儿子在部队，已服役5年", "某部", "团圆饭", "连续三年", "军舰模型", "旗舰店", "第二连锁超市",
    "1200.50元", "0374-1234567", "13900001234", "419902001001", "三团村2组", "住一营巷", "王连长", "二师兄", "一团糟",
    "1976年12月入伍，1980年12月退役", "老兵座谈会共30人", "官兵家庭联谊60人", "军人执行作战任务获得功勋荣誉表彰的", "舰城共建",
    "优抚科", "雷达站路", "集结号", "上有老下有小", "营养不良", "四师傅面馆", "水表读数 34.5", "共建单位12家",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PLAIN.items() for text in texts])
def test_what_is_plain_is_certain(kind, text):
    found = secrecy.look(text)
    assert found is not None
    assert (found.certain, found.kind) == (True, kind)


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_only_looks_like_it_is_doubtful(text):
    found = secrecy.look(text)
    assert found is not None
    assert not found.certain


@pytest.mark.parametrize("text", ORDINARY)
def test_what_people_say_passes(text):
    assert secrecy.look(text) is None


def test_public_honours_pass_and_nothing_beside_them():
    public = ["青松连", "北江舰"]
    assert secrecy.look("“青松连”官兵和北江舰官兵来访", public) is None
    assert secrecy.look("“青松连”在71325部队", public).certain


@given(
    st.sampled_from([text for texts in PLAIN.values() for text in texts]),
    st.text(alphabet="水电孩子上学，。 一二三", max_size=30),
    st.text(alphabet="老人看病！？ 456", max_size=30),
)
def test_it_is_found_inside_other_words(text, before, after):
    assert secrecy.look(f"{before}。{text}。{after}") is not None


@given(st.sampled_from(PLAIN["designation"][:2]), st.data())
def test_gaps_wide_digits_and_invisible_signs_hide_nothing(text, data):
    wide = data.draw(st.booleans())
    gap = data.draw(st.sampled_from(["", " ", "\u200b", "\u3000", "\u2060", "\u202e", "\ufe0f", "-", "·"]))
    start = next(place for place, sign in enumerate(text) if sign in "0123456789七")
    digits = "".join(chr(ord(sign) + 0xFEE0) if wide and sign.isascii() else sign for sign in text[start : start + 5])
    assert secrecy.look(text[:start] + gap.join(digits) + text[start + 5 :]) is not None


@given(st.sampled_from("①㊀１𝟏"), st.sampled_from(["", "\u200b", "\u00ad"]))
def test_disguised_digits_hide_nothing(digit, gap):
    assert secrecy.look(f"他在{digit}{digit}{digit}{digit}{digit}部{gap}队").certain


@pytest.mark.parametrize("text", [*(text for texts in PLAIN.values() for text in texts), *DOUBTFUL])
def test_the_quick_look_misses_nothing(text):
    assert secrecy.suspicious(["水管爆了", text])


@pytest.mark.parametrize("sign", ["1 ", "部队", "一", "执行", "12345,", "3月", "全团", "12.345,", "7\u200b"])
def test_hostile_length_costs_no_more_than_its_length(sign):
    begun = time.process_time()
    secrecy.look(sign * (secrecy.LONGEST // len(sign)) + "部队演习")
    assert time.process_time() - begun < 15
