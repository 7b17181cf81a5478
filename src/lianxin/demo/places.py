"""The areas of the generated city: invented names from common syllables, in Chinese and in pinyin."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from lianxin.demo import recipe

_SOUND = {
    "清": "qing", "柳": "liu", "石": "shi", "桃": "tao", "松": "song", "枫": "feng", "梅": "mei", "竹": "zhu",
    "槐": "huai", "榆": "yu", "杏": "xing", "荷": "he", "芦": "lu", "兰": "lan", "菊": "ju", "金": "jin", "银": "yin",
    "玉": "yu", "白": "bai", "青": "qing", "红": "hong", "大": "da", "小": "xiao", "东": "dong", "西": "xi",
    "南": "nan", "北": "bei", "上": "shang", "下": "xia", "新": "xin", "长": "chang", "平": "ping", "安": "an",
    "和": "he", "泰": "tai", "福": "fu", "兴": "xing", "旺": "wang", "永": "yong", "云": "yun", "月": "yue",
    "星": "xing", "晨": "chen", "龙": "long", "凤": "feng", "鹤": "he", "雁": "yan", "溪": "xi", "坡": "po",
    "桥": "qiao", "滩": "tan", "岗": "gang", "集": "ji", "店": "dian", "坪": "ping", "沟": "gou", "湾": "wan",
    "塘": "tang", "泉": "quan", "岭": "ling", "口": "kou", "埠": "bu", "洼": "wa", "渡": "du", "寨": "zhai",
    "屯": "tun", "园": "yuan", "里": "li", "苑": "yuan", "庭": "ting", "华": "hua", "锦": "jin", "丰": "feng",
    "阳": "yang", "光": "guang", "文": "wen", "德": "de", "仁": "ren", "康": "kang", "宁": "ning", "乐": "le",
    "前": "qian", "后": "hou", "家": "jia", "庄": "zhuang", "营": "ying", "楼": "lou", "河": "he", "湖": "hu",
    "张": "zhang", "王": "wang", "李": "li", "赵": "zhao", "陈": "chen", "杨": "yang", "吴": "wu", "刘": "liu",
    "孙": "sun", "朱": "zhu", "胡": "hu", "郭": "guo", "何": "he", "高": "gao", "林": "lin", "郑": "zheng",
    "罗": "luo", "谢": "xie", "宋": "song", "唐": "tang", "许": "xu", "韩": "han", "冯": "feng", "曹": "cao",
    "彭": "peng", "曾": "zeng", "萧": "xiao", "田": "tian", "董": "dong", "潘": "pan", "袁": "yuan", "蔡": "cai",
    "蒋": "jiang", "余": "yu", "杜": "du", "叶": "ye", "程": "cheng", "魏": "wei", "苏": "su", "吕": "lv",
    "丁": "ding", "任": "ren", "卢": "lu", "姚": "yao", "沈": "shen", "钟": "zhong", "崔": "cui", "谭": "tan",
    "陆": "lu", "范": "fan", "汪": "wang", "廖": "liao", "贾": "jia", "夏": "xia", "韦": "wei", "方": "fang",
    "邹": "zou", "熊": "xiong", "孟": "meng", "秦": "qin", "邱": "qiu", "侯": "hou",
}  # fmt: skip
_TOWN_FIRST = "清柳桃松枫梅竹槐榆杏荷芦兰菊金银玉白青红云月星晨鹤雁"
_TOWN_LAST = "溪坡桥滩岗集店坪沟湾塘泉岭埠渡寨"
_STREET_FIRST = "新长平安和泰福兴旺永锦文德仁康宁乐丰"
_STREET_LAST = "华庭园苑里阳光泉桥溪湾塘"
_CLANS = "张王李赵陈杨吴刘孙朱胡郭何高林郑罗谢宋唐韩冯曹彭曾田董潘袁蔡蒋余杜叶程苏吕丁任卢姚沈钟崔谭陆范汪廖贾夏方邹熊孟秦邱侯"
_HAMLET = ("庄", "营", "楼", "沟", "寨", "屯", "湾", "塘", "岗", "洼", "河", "坡")
_BEFORE = ("", "", "", "大", "小", "东", "西", "前", "后", "上", "下")


@dataclass(frozen=True, slots=True)
class Place:
    """An area: its code, its names, and whether it is in the country."""

    code: str
    name: str
    english: str
    rural: bool


def sound(text: str) -> str:
    """The pinyin of a place's characters, one capital word."""
    return "".join(_SOUND[character] for character in text).capitalize()


def city() -> Place:
    """The city itself."""
    return Place(recipe.CITY, "澄川市", "Chengchuan City", False)


def places() -> list[Place]:
    """Every area of the city, parents first; the same for every size."""
    rng = Random(f"{recipe.SEED}/places")  # noqa: S311  invented names need no secrecy
    towns, streets = _pairs(rng, _TOWN_FIRST, _TOWN_LAST), _pairs(rng, _STREET_FIRST, _STREET_LAST)
    made = [city()]
    for code, name, english, kind, count, _ in recipe.COUNTIES:
        made.append(Place(code, name, english, kind == "rural"))
        for number in range(1, count + 1):
            country = number > (3 if kind == "rural" else count - 2)
            township = _township(f"{code}{number:03d}", (towns if country else streets).pop(), country, rng)
            made.append(township)
            made.extend(_villages(township, rng))
    return made


def _pairs(rng: Random, first: str, last: str) -> list[str]:
    pairs = [one + other for one in first for other in last if one != other]
    rng.shuffle(pairs)
    return pairs


def _township(code: str, name: str, country: bool, rng: Random) -> Place:
    if not country:
        return Place(code, f"{name}街道", f"{sound(name)} Subdistrict", False)
    town = rng.random() < 0.7
    return Place(code, f"{name}{'镇' if town else '乡'}", f"{sound(name)} {'Town' if town else 'Township'}", True)


def _villages(township: Place, rng: Random) -> list[Place]:
    count, made, used = rng.randint(*recipe.VILLAGES), list[Place](), set[str]()
    while len(made) < count:
        rural = township.rural and len(made) > 0  # the first is the town's own community
        name = _hamlet(rng) if rural else rng.choice(_STREET_FIRST) + rng.choice(_STREET_LAST)
        if name in used or name[0] == name[-1]:
            continue
        used.add(name)
        code = f"{township.code}{len(made) + 1 if not rural else 200 + len(made):03d}"
        kind, english = ("村", "Village") if rural else ("社区", "Community")
        made.append(Place(code, name + kind, f"{sound(name)} {english}", rural))
    return made


def _hamlet(rng: Random) -> str:
    clan, last = rng.choice(_CLANS), rng.choice(_HAMLET)
    return f"{rng.choice(_BEFORE)}{clan}{'家' if rng.random() < 0.6 else ''}{last}"
