# ruff: noqa: E501  (a pattern is read by its line)
"""What must never be stored: unit designations, places, strength, equipment, tasks and movements of the forces.

Pure and quick: a text without any of the signs below costs one search. What is plain is refused (``certain``), what only
looks like it is left to the security administrator. Names that are public honours pass: they are taken out first.
Sources: 保守国家秘密法 §31 (no secrets in systems that are not made for them), 军人地位和权益保障法 §6.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lianxin.engine.refusal import Refusal

Kind = Literal["designation", "place", "strength", "equipment", "task"]
KINDS: tuple[Kind, ...] = ("designation", "place", "strength", "equipment", "task")
LONGEST = 200_000  # characters of one text that are looked through; longer ones are refused elsewhere

_GAP = r"[ \t·.\-_]"  # what is written inside a number to hide it
_D = r"[0-9一二三四五六七八九十百千零〇两]"
_UNIT = r"(?:集团军|师|旅|团|营|连|支队|大队|中队|分队|舰队|基地|哨所)"
_ARM = r"(?:装甲|坦克|机步|摩步|步兵|炮兵|防空|合成|空降|特战|特种|导弹|雷达|通信|工兵|工程|防化|航空兵|陆航|陆战|边防|海防|潜艇|驱逐舰|护卫舰|侦察|高炮|骑兵|汽车|运输|电子对抗|后勤|保障)"
_FORCES = r"(?:解放军|陆军|海军|空军|火箭军|战略支援部队|联勤保障部队|武警|武装警察|预备役|军区|战区|二炮|第二炮兵)"
_ABOUT = re.compile(
    r"部队|服役|入伍|参军|当兵|当过兵|官兵|战士|现役|军官|军士|士官|营区|军营|驻训|所属|隶属|编入|番号|军人|战友|退伍|转业|代号|驻地"
)
_HEADING = r"(?:[省市县区岛]|海域|方向|边境|高原|前线|一线|海峡|群岛|军港|机场)"
_DEGREES = (
    r"[NSEW东西南北]?\s*(?:[0-9]{1,2}|1[0-7][0-9])\.[0-9]{3,}\s*[°度]?\s*[NSEW]?"  # 34.02341 · N34.0234° · 113.850E
)
_DAY = rf"(?:{_D}{{1,4}}年)?{_D}{{1,3}}月(?:{_D}{{1,3}}[日号])?|{_D}{{1,3}}[日号]"

# A quick look: without one of these signs there is nothing to find.
_SIGNS = re.compile(
    rf"{_D}{_GAP}*部队|{_D}{_GAP}*(?:集团军|师|旅|团|营|连|支队|大队|中队|分队|舰队)|{_ARM}(?:师|旅|团|营|连|支队|大队)|番号|代号|舷号|信箱|驻|[全该我本](?:师|旅|团|营|连|支队|大队)|[\u4e00-\u9fff]舰|(?:连|营|团|旅|艇|班|中队|大队)[”\"』」]"
    rf"|[东西]经|[南北]纬|[0-9]{{1,3}}[°度][0-9]|[0-9]{{2,3}}\.[0-9]{{3,}}|[师旅营连队](?:里|上)?(?:一共|总共|共|现)?[有是]|[XxＸ×*＊某在的](?:师|旅|团)第?[一二三四五六七八九十0-9]|兵力|员额|官兵|坦克|装甲车|火炮|战机|导弹|雷达|战车|军舰|潜艇|弹药|歼击机|轰炸机|运输机|火箭炮|编制|兵员|满编|缺编|战士|人员"
    r"|营区|军营|哨所|阵地|指挥所|军港|演习|演训|战备|护航|维和|驻训|管控|封控|轮战|换防|移防|调防|转场|集结|开拔|巡航|实弹|作战|位于|坐落|座落|营房|训练场|出动|拉动|开赴|前出|机动"
)


_INSIDE = re.compile(rf"(?<=[0-9一二三四五六七八九十〇零]){_GAP}+(?={_D}|部队|集团军|师|旅|团|营|连|支队|大队)")
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\x00-\x08\x0e-\x1f\U000e0001-\U000e007f]"
)

# One of these stands in every sign: a text without them is not looked at again.
_TOUCH = re.compile(
    r"[队师旅团营连舰艇班番代舷信驻经纬°度兵员官坦装火战导雷潜弹哨阵指军演护维管封轮换移调转集开巡实作位坐座训出拉前机歼轰运编满缺人]|[0-9]\.[0-9]{3}"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One sign. ``near``: a doubtful one counts only near words about the forces."""

    kind: Kind
    certain: bool
    pattern: re.Pattern[str]
    near: bool = False


def _rule(kind: Kind, certain: bool, pattern: str, near: bool = False) -> Rule:
    return Rule(kind, certain, re.compile(pattern), near)


# Words in which a number and a unit's word mean something else: 三连冠, 二连浩特, 第三师范, 五营镇, 六团路.
_ELSE = r"(?!心|冠|浩特|环|体|续|任|号|襟|锁|载|贯|着|接|日|夜|年|声|同|线|带|带班|范|傅|生|资|兄|姐|妹|哥|弟|娘|徒|父|长城|圆|聚|购|员|结|伙|子|练|办|游|馆|客|业|养|销|收|利|盈|地|私|救|建|盘|村|镇|乡|路|街|巷|庄|屯|小区|社区|组|里|桥|站|口|井|坝|场|村委|中学|小学|学校|幼儿园)"
_ORDINARY_SHIPS = r"(?<!旗)(?<!军)(?<!战)(?<!护卫)(?<!驱逐)(?<!登陆)(?<!补给)(?<!巡洋)(?<!训练)(?<!炮)(?<!母)(?<!一艘)(?<!这艘)(?<!某)(?<!老)(?<!上)(?<!在)(?<!潜)"

RULES: tuple[Rule, ...] = (
    _rule("designation", True, rf"(?<!{_D})(?<!\.){_D}{{4,6}}部队"),
    _rule("designation", True, rf"(?:番号|代号)(?:是|为|:|：)?\s*[A-Za-z]?{_D}{{3,6}}"),
    _rule("designation", True, rf"第?{_D}{{1,4}}集团军"),
    _rule("designation", True, rf"{_FORCES}[^，。；,;\n]{{0,10}}?第?{_D}{{1,6}}(?:部队|{_UNIT}){_ELSE}"),
    _rule("designation", True, rf"第?{_D}{{1,5}}{_ARM}{{1,2}}(?:师|旅|团|营|连|支队|大队){_ELSE}"),
    _rule("designation", True, rf"{_ARM}{{1,2}}第?{_D}{{1,5}}(?:师|旅|团|营|连|支队|大队){_ELSE}"),
    _rule("designation", True, rf"舷号\D{{0,3}}{_D}{{2,4}}"),
    _rule("designation", True, rf"信箱\s*{_D}{{1,4}}\s*(?:分队|号分队)|{_D}{{2,6}}\s*(?:号)?信箱\s*{_D}{{1,4}}\s*分队"),
    _rule("designation", True, rf"{_D}{{1,5}}师{_D}{{1,5}}团|{_D}{{1,5}}旅{_D}{{1,5}}营|{_D}{{1,5}}团{_D}{{1,5}}营|{_D}{{1,5}}营{_D}{{1,5}}连"),
    _rule("designation", False, rf"第?{_D}{{1,5}}(?:师|旅|团|营|连|支队|大队|中队|分队|舰队){_ELSE}", near=True),
    _rule("designation", False, rf"(?:[XxＸ×*＊某]{{1,4}}|所在的?)(?:师|旅|团)第?{_D}{{1,3}}(?:营|连){_ELSE}"),
    _rule("designation", False, rf"[\u4e00-\u9fff]{{2}}{_ORDINARY_SHIPS}舰(?!队|艇|船|长|员|载|上|只|城)", near=False),
    _rule("designation", False, r"[“\"『「][\u4e00-\u9fff]{2,8}(?:连|营|团|旅|艇|班|中队|大队)[”\"』」]", near=True),
    _rule("place", True, r"(?:营区|军营|营房|哨所|阵地|弹药库|指挥所|军用机场|军港|雷达站|导弹基地|训练场)\s*(?:位于|坐落|座落|地址(?:是|为|:|：)|设在|建在|就在)"),
    _rule("place", True, rf"(?:部队|连队|单位)\s*(?:驻扎?(?:在|于)|驻地(?:是|为|在|:|：)|位于)\s*[\u4e00-\u9fff]{{2,12}}(?:省|市|县|区|乡|镇|村|岛|山|路|{_HEADING})"),
    _rule("place", False, rf"[东西]经\s*{_D}{{1,9}}|[南北]纬\s*{_D}{{1,9}}"),
    _rule("place", False, r"[0-9]{1,3}(?:°|度)\s*[0-9]{1,2}(?:′|'|分)\s*(?:[0-9.]+(?:″|\"|秒))?\s*[NSEW东西南北]?"),
    _rule("place", False, rf"(?<![0-9.]){_DEGREES}\s*[,，;；/\s]\s*{_DEGREES}(?![0-9.])"),
    _rule("place", False, r"驻(?:守|扎|防)(?:在|于)?\s*[\u4e00-\u9fff]{1,12}?(?:省|市|县|岛|礁|州|山|港|口岸|高原|边境|边防|前线|一线|海峡|群岛)"),
    _rule("strength", True, rf"(?:兵力|编制员额|编制人数|实有兵员|在编官兵|现有官兵|驻有官兵|常驻官兵|满编|缺编)[^，。；,;\n]{{0,6}}?{_D}{{1,9}}\s*(?:余|多)?(?:人|名|员|%)?"),
    _rule("strength", True, rf"(?:全|该|我|本)(?:师|旅|团|营|连|支队|大队)(?:共有|现有|共|有)?[^，。；,;\n]{{0,4}}?{_D}{{1,9}}\s*(?:余|多)?(?:人|名|员)"),
    _rule("strength", False, rf"(?:部队|营区|军营|哨所|基地|连队)[^，。；,;\n]{{0,8}}?(?:官兵|战士|兵员|人员|干部)[^，。；,;\n]{{0,3}}?{_D}{{1,9}}\s*(?:余|多)?(?:人|名|员)(?!次)"),
    _rule("strength", False, rf"(?:他|她|你|我|咱|人家)(?:们|家|爱人|儿子|丈夫)?(?:的)?(?:那个|这个)?(?:师|旅|营|连|支队|大队)(?:里|上)?(?:一共|总共|共|现)?(?:有|是)[^，。；,;\n]{{0,3}}?{_D}{{2,9}}\s*(?:余|多|来)?(?:人|名|号人)"),
    _rule("equipment", True, rf"{_D}{{1,9}}\s*(?:余|多)?(?:辆|门|架|艘|枚|台|部|套)[^，。；,;\n]{{0,8}}?(?:坦克|装甲车|火炮|战机|导弹|雷达|战车|军舰|潜艇|歼击机|轰炸机|运输机|火箭炮)"),
    _rule("task", True, r"(?:部队|连队|全师|全旅|全团|全营|全连|我部|该部)[^，。；,;\n]{0,8}?(?:开拔|换防|移防|调防|转场|集结|出动|拉动|开赴|前出)"),
    _rule("task", True, rf"(?:{_DAY})[^，。；,;\n]{{0,12}}?(?:执行|担负|参加|开赴|赴|前往)[^，。；,;\n]{{0,10}}?(?:作战|战备值班|实兵演习|演习|演训|实弹|护航|维和|边境管控|驻训|封控|轮战|机动|巡航)"),
    _rule("task", True, rf"(?:执行|担负|参加|开赴|赴)[^，。；,;\n]{{0,12}}?{_HEADING}[^，。；,;\n]{{0,8}}?(?:作战|战备|演习|演训|实弹|护航|维和|管控|驻训|封控|轮战|巡航)"),
    _rule("task", False, r"(?:执行|担负|参加|开赴|赴|去|上)[^，。；,;\n]{0,8}?(?:战备值班|(?<!保驾)护航|维和|边境管控|封控任务|轮战)(?!医院|路|街|社区|村|小区|宾馆|公司)"),
    _rule("task", False, r"(?:执行|担负|参加|开赴|赴)[^，。；,;\n]{0,10}?(?:战备值班|演习|演训|实弹|护航|维和|边境管控|驻训|封控|轮战|巡航)", near=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says that it must not: its kind, whether that is plain, and the words themselves."""

    kind: Kind
    certain: bool
    words: str


class Secret(Refusal):
    """Something that must not be stored was about to be written; nothing was."""

    def __init__(self, found: Found) -> None:
        super().__init__(SENTENCES[found.kind] if found.certain else DOUBTFUL)
        self.found = found


SENTENCES: dict[Kind, str] = {
    "designation": "This names a unit of the forces. Such names may not be kept here; write “the unit” instead. Nothing was stored.",
    "place": "This says where the forces are. Places of the forces may not be kept here; leave the place out. Nothing was stored.",
    "strength": "This says how strong a unit is. Such numbers may not be kept here; leave them out. Nothing was stored.",
    "equipment": "This speaks of the forces' equipment. It may not be kept here; leave it out. Nothing was stored.",
    "task": "This says what the forces do, when or where. It may not be kept here; write “on duty” instead. Nothing was stored.",
}  # fmt: skip
DOUBTFUL = "This may say something about the forces that may not be kept. It was set aside for the security administrator; write it without the unit, place, number or task and send it again."


def folded(text: str) -> str:
    """The text with full-width, ringed and other disguised signs as their plain ones, and without invisible ones."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return _UNSEEN.sub("", text)


def plain(text: str) -> str:
    """The text as it is compared: :func:`folded`, and gaps inside numbers closed."""
    return _INSIDE.sub(_closed, folded(text[:LONGEST]))


def _closed(gap: re.Match[str]) -> str:
    return gap[0] if "." in gap[0] else ""


@lru_cache(maxsize=8)
def _passing(names: tuple[str, ...]) -> re.Pattern[str] | None:
    kept = sorted({plain(name) for name in names if len(name) > 1}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, kept))) if kept else None


def look(text: str, public: Sequence[str] = ()) -> Found | None:
    """The gravest thing that a text says and must not; None where it says nothing.

    ``public`` are names that are public honours (a heroes' company, a ship with the city's name): they pass.
    """
    if not suspicious((text,)):
        return None
    said = plain(text)
    passing = _passing(tuple(public))
    if passing is not None:
        said = passing.sub("□", said)
    doubtful: Found | None = None
    for rule in RULES:
        for met in rule.pattern.finditer(said):
            if rule.near and not _ABOUT.search(said, max(0, met.start() - 16), met.end() + 16):
                continue
            if rule.certain:
                return Found(rule.kind, True, met[0])
            doubtful = doubtful or Found(rule.kind, False, met[0])
            break
    if doubtful is not None and doubtful.kind == "place" and _ABOUT.search(said):
        return Found("place", True, doubtful.words)
    return doubtful


def strings(value: object) -> Iterable[str]:
    """Every text inside a value: a text itself, or those in the lists and mappings of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(key)
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def suspicious(texts: Iterable[str]) -> bool:
    """Whether any of many texts is worth a closer look: quick, and never less than :func:`look` finds."""
    given = list(texts)
    every = "\n".join(given)
    if not every.isascii() and (not unicodedata.is_normalized("NFKC", every) or _UNSEEN.search(every)):
        given = [folded(text) for text in given]
        every = "\n".join(given)
    if not _TOUCH.search(every):
        return False
    return bool(_SIGNS.search("\n".join(text for text in given if _TOUCH.search(text))))
