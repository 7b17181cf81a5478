"""The statutes that the catalogue cites: their English titles, as published translations have them, and how many articles
each has, counted in the text of the edition named in docs/reference/cited-articles.md."""

from __future__ import annotations

import re

from lianxin.engine.problems import edits, nearest

TITLES = {
    "个人信息保护法": "Personal Information Protection Law",
    "信访工作条例": "Regulations on Letters and Visits",
    "兵役法": "Military Service Law",
    "军人地位和权益保障法": "Law on the Status, Rights and Interests of Military Personnel",
    "军人抚恤优待条例": "Regulations on Pensions and Preferential Treatment for Military Personnel",
    "国防教育法": "National Defence Education Law",
    "征兵工作条例": "Regulations on Conscription",
    "法律援助法": "Legal Aid Law",
    "烈士褒扬条例": "Regulations on Honouring Martyrs",
    "退役军人保障法": "Law on the Protection of Veterans",
    "退役军人安置条例": "Regulations on the Placement of Veterans",
    "人民调解法": "People's Mediation Law",
    "无障碍环境建设法": "Law on Building an Accessible Environment",
}


def english(law: str) -> str:
    """The English title of a statute; its own one where none is known."""
    return TITLES.get(law, law)


ARTICLES = {
    "个人信息保护法": 74, "人民法院在线调解规则": 30, "人民调解法": 35, "保守国家秘密法": 65, "信访工作条例": 50, "兵役法": 65,
    "军人地位和权益保障法": 71, "军人抚恤优待条例": 64, "国务院关于在线政务服务的若干规定": 16, "国防教育法": 42,
    "征兵工作条例": 74, "数据安全法": 55, "无障碍环境建设法": 72, "法律援助法": 71, "烈士褒扬条例": 70,
    "网络数据安全管理条例": 64, "退役军人保障法": 85, "退役军人安置条例": 93,
}  # fmt: skip
# Statutes of their own whose names are one or two characters from one above.
APART = frozenset({"民兵工作条例", "信访条例", "退役士兵安置条例"})
LONG = 8  # characters from which two slips are one name still
_NUMBER = re.compile(r"(?:第)?([0-9]{1,5})(?![0-9])")


def bare(law: str) -> str:
    """A statute's name as the catalogue writes it: without brackets and the name of the state."""
    return law.strip().strip("《》").removeprefix("中华人民共和国")


def misspelt(law: str) -> str:
    """The known statute that an unknown name is so close to that it must be meant; empty for what may be a local document.

    >>> misspelt("军人抚恤优侍条例"), misspelt("澄川市拥军优属规定"), misspelt("民兵工作条例")
    ('军人抚恤优待条例', '', '')
    """
    name = bare(law)
    if not name or name in ARTICLES or name in APART:
        return ""
    near = nearest(name, ARTICLES)
    return near if edits(name, near) <= (2 if len(near) >= LONG else 1) else ""


def beyond(law: str, article: str) -> int:
    """How many articles a known statute has, where ``article`` (one or several, by comma) is none of them; else 0.

    >>> beyond("军人抚恤优待条例", "46"), beyond("军人抚恤优待条例", "46、4600"), beyond("澄川市拥军优属规定", "4600")
    (0, 64, 0)
    """
    count = ARTICLES.get(bare(law), 0)
    if not count or not article:
        return 0
    for one in re.split(r"[,，、]", article):
        found = _NUMBER.match(one.strip())
        if found is None or not 1 <= int(found.group(1)) <= count:
            return count
    return 0
