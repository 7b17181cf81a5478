"""The words of the room: kinds of events and venues; kinds of help as the catalogue names them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from lianxin.catalogue import queries as catalogue

Pair = tuple[str, str]  # Chinese, English

EVENTS: Mapping[str, Pair] = {
    "class": ("课堂", "class"),
    "study": ("共学", "shared study"),
    "talk": ("宣讲", "talk"),
    "mixer": ("联谊", "mixer"),
    "festival": ("节日活动", "festival"),
    "wreath": ("祭扫", "wreath day"),
    "outing": ("出游观影", "outing"),
    "other": ("其他", "other"),
}
ADULTS = frozenset({"mixer"})
# 五进 (into Party schools, schools, communities, media, companies) and where else people meet.
VENUES: Mapping[str, Pair] = {
    "community": ("社区", "community"),
    "school": ("学校", "school"),
    "party-school": ("党校", "Party school"),
    "company": ("企业", "company"),
    "media": ("媒体", "media"),
    "memorial": ("纪念设施", "memorial"),
    "park": ("公园广场", "park or square"),
    "other": ("其他", "other"),
}


def helps(day: dt.date) -> dict[str, Pair]:
    """Kinds of help a giver may offer: the kinds of every open ask of the catalogue that is handed to helpers."""
    found: dict[str, Pair] = {}
    for one in catalogue.in_force(day).values():
        service = one.service
        if service.mode != "ask" or service.sealed or not any(step.step == "dispatch" for step in service.route):
            continue
        for kind in service.kinds:
            found.setdefault(kind.code, (kind.name.zh, kind.name.en))
    return found
