"""How a name sounds, for search: 张建国 → zhangjianguo, zjg. Read character by character, surnames from a table."""

from __future__ import annotations

import re
from functools import cache

# Surnames that are read otherwise than the character alone.
SURNAMES = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "翟": "zhai", "区": "ou", "查": "zha", "朴": "piao", "解": "xie",
    "覃": "qin", "尉": "wei", "盖": "ge", "任": "ren", "华": "hua", "洗": "xian", "冼": "xian", "种": "chong",
    "缪": "miao", "宁": "ning", "召": "shao", "燕": "yan", "那": "na", "乐": "yue", "员": "yun", "黑": "he",
    "秘": "bi", "折": "she", "长": "chang", "万": "wan", "柏": "bai", "卜": "bu", "令": "ling", "过": "guo",
    "逄": "pang", "逯": "lu", "褚": "chu", "隗": "kui", "郇": "xun", "晁": "chao", "都": "du", "哈": "ha",
    "句": "gou", "车": "che", "石": "shi", "沈": "shen", "贾": "jia", "阚": "kan", "佴": "nai", "葛": "ge",
}  # fmt: skip
COMPOUND = {
    "欧阳": "ouyang", "上官": "shangguan", "司马": "sima", "诸葛": "zhuge", "东方": "dongfang", "皇甫": "huangfu",
    "尉迟": "yuchi", "公孙": "gongsun", "令狐": "linghu", "慕容": "murong", "长孙": "zhangsun", "宇文": "yuwen",
    "夏侯": "xiahou", "司徒": "situ", "万俟": "moqi", "单于": "chanyu", "澹台": "tantai", "呼延": "huyan",
    "端木": "duanmu", "独孤": "dugu", "申屠": "shentu", "闻人": "wenren", "轩辕": "xuanyuan", "钟离": "zhongli",
}  # fmt: skip
_COMPOUND_INITIALS = {
    "欧阳": "oy", "上官": "sg", "司马": "sm", "诸葛": "zg", "东方": "df", "皇甫": "hf", "尉迟": "yc", "公孙": "gs",
    "令狐": "lh", "慕容": "mr", "长孙": "zs", "宇文": "yw", "夏侯": "xh", "司徒": "st", "万俟": "mq", "单于": "cy",
    "澹台": "tt", "呼延": "hy", "端木": "dm", "独孤": "dg", "申屠": "st", "闻人": "wr", "轩辕": "xy", "钟离": "zl",
}  # fmt: skip


@cache
def sound(character: str) -> str:
    """The commonest reading of one character, without tone; a Latin letter is itself; anything else is silent."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    from pypinyin import Style, lazy_pinyin

    said = lazy_pinyin(character, style=Style.NORMAL, errors="ignore", v_to_u=False)
    return re.sub(r"[^a-z]", "", said[0].lower()) if said else ""


def sounds(name: str) -> tuple[str, str]:
    """Pinyin and initials of a whole name, cut to what their columns hold."""
    head = name[:2]
    if len(name) > 2 and head in COMPOUND:
        first, initials, rest = COMPOUND[head], _COMPOUND_INITIALS[head], name[2:]
    else:
        first = SURNAMES.get(name[:1]) or sound(name[:1])
        initials, rest = first[:1], name[1:]
    said = [sound(character) for character in rest]
    return (first + "".join(said))[:120], (initials + "".join(one[:1] for one in said))[:30]
