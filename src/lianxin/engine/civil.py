# ruff: noqa: E501  (a pattern is read by its line)
"""What may stand on the map: public civil places of a closed list of kinds; never a place of the forces, never a home. Pure.

The guard of all texts (:mod:`lianxin.engine.secrecy`) refuses what says where the forces are. A name alone says nothing of
the kind ("西山营区"), but on a map it does: so a place's name, address and words are looked through once more, more strictly.
Sources: 保守国家秘密法 §31, 军事设施保护法 §2 (what is a military facility), 个人信息保护法 §28 (where somebody lives).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lianxin.engine.secrecy import folded


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of place: its names, the letter that its mark bears, other words that ledgers use for it."""

    zh: str
    en: str
    mark: tuple[str, str]
    also: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = MappingProxyType({
    "station": Kind("服务站", "service station", ("站", "S"), ("服务中心", "退役军人服务站", "退役军人服务中心", "站点")),
    "window": Kind("办事窗口", "service window", ("窗", "W"), ("窗口", "优先窗口", "办事大厅")),
    "hospital": Kind("医院窗口", "hospital with a window", ("医", "H"), ("医院", "优抚医院", "卫生院")),
    "shop": Kind("拥军门店", "supporting shop", ("店", "P"), ("门店", "商户", "拥军企业")),
    "scenic": Kind("景区场馆", "park or museum", ("景", "M"), ("景区", "场馆", "博物馆", "景点")),
    "line": Kind("公交线路", "bus line", ("车", "B"), ("公交", "公交专线", "拥军专线", "专线")),
    "park": Kind("双拥公园", "theme park", ("园", "G"), ("公园", "主题公园", "双拥主题公园")),
    "street": Kind("双拥街", "theme street", ("街", "T"), ("街区", "示范街", "双拥示范街", "双拥一条街")),
    "belt": Kind("宣传带", "publicity belt", ("带", "A"), ("双拥宣传带",)),
    "board": Kind("宣传栏", "notice boards", ("栏", "N"), ("双拥宣传栏",)),
    "school": Kind("国防教育基地", "defence-education place", ("教", "E"), ("教育基地", "国防教育点")),
    "memorial": Kind("烈士纪念设施", "martyrs' memorial", ("碑", "R"), ("烈士陵园", "纪念馆", "纪念碑", "陵园")),
})  # fmt: skip
LINES = frozenset({"line", "street", "belt"})  # may have a course: points one after another
OFFICES = frozenset({"station", "centre", "bureau", "partner"})  # whose office may have a place on the map
# The kinds of the register's highlight sites (its ``category``), and its lines.
SITES = frozenset({"park", "street", "belt", "board", "school"})

CAMP = "This reads like a place of the forces. Camps, posts, ranges and their offices are never put on the map. Nothing was stored."
HOME = "This reads like somebody's home. The map shows public places only. Nothing was stored."
NUMBERS = "Coordinates are written into their two fields only, never into a text. Nothing was stored."
KIND = "The map shows only kinds of public places that stand on its list. Nothing was stored."
OFFICE = "An office of this kind is not put on the map. Nothing was stored."

_ROADS = r"(?!.{0,2}(?:路|街|巷|大道|公园|广场|站台))"  # 海军路, 空军广场: names of roads, long public
_CAMP = re.compile(
    r"营区|军营|兵营|营房|营院|哨所|哨卡|哨位|边防连|阵地|弹药|军火|军械|军港|军用|军事(?!博物馆|体验|主题|文化)|雷达|导弹|火箭军|靶场|打靶|训练场|演习|演训|驻训|"
    r"指挥所|指挥部|司令部|军分区|警备区|省军区|战区|武装部|人武部|部队|驻军|武警|武装警察|解放军|预备役|联勤|军代表|干休所|军休|机要|洞库|战备|"
    rf"(?:陆军|海军|空军|边防|海防|空防){_ROADS}|(?<!集)团部|(?<!律)(?<!教)师部|(?<!经)(?<!运)营部|[旅连]部"
    r"|\b(?:barracks?|garrison|(?:army|military|naval|air) ?(?:camp|base|post|station|depot|airfield|area)|air ?base|missiles?|radar|firing range|ammunition)\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"(?:旧址|遗址|遗迹|故居|纪念馆|纪念碑|纪念园|纪念堂|陈列馆|博物馆|展览馆|陵园)$")
_PAST_KINDS = frozenset({"memorial", "scenic", "school"})
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严"
_HOME = re.compile(
    r"家属[院楼区]|宿舍|住宅|住址|住处|住所|寓所|家中|家门口|[0-9一二三四五六七八九十]+单元|[0-9]{3,4}室|"
    rf"(?m:^)[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?:同志|老人|先生|女士|大爷|大娘)?的?家(?m:$)|"
    r"(?:烈属|军属|遗属|老兵|退役军人|现役军人|士兵|军官|军人|功臣).{0,8}(?<!之)(?<!暖)(?:家|户)(?m:$)"
    r"|\b(?:home of|residence of|flat \d|apartment \d)",
    re.IGNORECASE,
)  # fmt: skip
_POINT = re.compile(r"[0-9]{1,3}\.[0-9]{3,}|[0-9]{1,3}\s*[°度]\s*[0-9]{1,2}|[东西]经|[南北]纬")


def kind_of(text: str) -> str:
    """The kind that a word of a ledger means; blank where it means none."""
    said = folded(text).strip()
    for code, kind in KINDS.items():
        if said.lower() in {code, kind.en} or said in {kind.zh, *kind.also}:
            return code
    return ""


def unfit(kind: str, texts: Iterable[str], *, office: str = "", public: Sequence[str] = ()) -> str:
    """Why a place may not be put on the map, in one sentence; blank where it may.

    ``texts`` are all that the place says (name, English name, address, words), ``office`` is the kind of the office that
    it belongs to. Names that are ``public`` honours (:func:`lianxin.journal.guard.public`) pass, as everywhere.
    """
    if kind not in KINDS:
        return KIND
    if office and office not in OFFICES:
        return OFFICE
    given = [text for text in texts if text]
    every = "\n".join(map(_tight, map(folded, given)))
    if not (_POINT.search(every) or _CAMP.search(every) or _HOME.search(every)):
        return ""  # nearly always: none of them says any such thing
    for text in given:
        said = re.sub(r"\s+", " ", folded(text)).strip()
        for name in public:
            said = said.replace(folded(name), "□") if len(name) > 1 else said
        if _POINT.search(said):
            return NUMBERS
        if _CAMP.search(_tight(said)) and not (kind in _PAST_KINDS and _PAST.search(said)):
            return CAMP
        if _HOME.search(_tight(said)):
            return HOME
    return ""


def _tight(text: str) -> str:
    """Chinese without the blanks that would hide a word; English keeps them."""
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)
