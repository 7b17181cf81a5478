"""Names of the generated people: common surnames and given names by generation, a few with rare characters."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random

from lianxin.demo.avoided import avoided

_SURNAMES = (
    ("王李张刘陈", 62), ("杨赵黄周吴", 24), ("徐孙胡朱高林何郭马罗", 12),
    ("梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕", 5),
    ("苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江顾侯邵孟龙万段雷钱汤尹黎", 2),
    ("易常武乔贺赖龚文", 2),
)  # fmt: skip
_WEIGHED = [(character, weight) for group, weight in _SURNAMES for character in group]
_SURNAME = [character for character, _ in _WEIGHED]
_SURNAME_AT = list(accumulate(weight for _, weight in _WEIGHED))

_GENERATION = "国建志文德永世明玉金春家振兴广成宗保洪庆天长学安福祥荣秀桂"
_OLD_MALE = "山林发生旺财田有贵才富清元顺海江河水泉堂昌禄寿松柏"
_OLD_FEMALE = "英兰珍芳莲花凤梅云霞翠香娥菊枝琴仙娣妹玲"
_MID_MALE = "军强勇伟峰涛斌辉刚鹏超波健民平东亮凯宁飞磊雷旭鸣权"
_MID_FEMALE = "丽敏静燕红娟艳萍莉慧婷雪洁倩颖琳璐娜佳晶虹蓉"
_YOUNG_FIRST = "浩子宇梓俊泽晨嘉雨思博睿一文天明佳若欣诗梦语依承铭景昊"
_YOUNG_MALE = "轩宇豪杰然涵辰阳航昊泽霖翔毅哲熙霄恒川"
_YOUNG_FEMALE = "涵萱怡妍彤雯瑶悦琪菲婷蕊凝溪禾棠宁瑜"
RARE = "䶮㛃𫖯𬱖𬀩𬍛"
_RARE_SHARE = 0.003


def surname(rng: Random) -> str:
    """A surname, as frequent as in life."""
    return _SURNAME[bisect(_SURNAME_AT, rng.random() * _SURNAME_AT[-1])]


def given(rng: Random, male: bool, year: int) -> str:
    """A given name such as people born in ``year`` have."""
    chance = rng.random()
    if chance < _RARE_SHARE:
        return RARE[int(chance / _RARE_SHARE * len(RARE))]
    if year < 1965:
        first, last, single = _GENERATION, _OLD_MALE if male else _OLD_FEMALE, 0.12
    elif year < 1995:
        first, last, single = _GENERATION, _MID_MALE if male else _MID_FEMALE, 0.34
    else:
        first, last, single = _YOUNG_FIRST, _YOUNG_MALE if male else _YOUNG_FEMALE, 0.16
    one = last[int(rng.random() * len(last))]
    if chance < single:
        return one
    return first[int(rng.random() * len(first))] + one


def named(rng: Random, male: bool, year: int, family: str = "") -> str:
    """A whole name that is no well-known person's; ``family`` is the surname where it is inherited."""
    while True:
        name = (family or surname(rng)) + given(rng, male, year)
        if not avoided(name):
            return name
