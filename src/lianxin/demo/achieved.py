"""What the city achieved without a case: written down from papers by one desk, agreed to by another."""

from __future__ import annotations

import datetime as dt

from lianxin.demo import recipe
from lianxin.demo.crew import Crew
from lianxin.demo.past_achieved import AID, CITY, COUNTIES
from lianxin.outcomes import attesting
from lianxin.outcomes.attesting import Said


def move(crew: Crew) -> None:
    """Attest everything of the past, and one number as it was once reported by hand."""
    said = [*attested(), Said(figure="streets", title="手工上报", paper="创建汇报材料 2023", kind="record",
                              service=attesting.REPORTED, category="streets", area=CITY, happened_on=dt.date(2023, 12, 31),
                              quantity=9)]  # fmt: skip
    made = attesting.attest(achievements=said, by=crew.actor("panel"), at=crew.ago(30, 9))
    attesting.rule(attestations=[one.pk for one in made], agreed=True, by=crew.actor("approver"), at=crew.ago(29, 10))


def attested() -> list[Said]:
    """What two people attest from papers: titles, honours from outside, coverage, documents, money."""
    honours = (
        ("titles-nation", "city", "nation", [(year, f"{year}年命名") for year in (2000, 2004, 2008, 2012, 2016, 2020)]),
        ("titles-province", "city", "province",
         [(year, f"{year}年命名") for year in (1993, 1996, 2000, 2004, 2008, 2012, 2016, 2020)]),
        ("persons-honoured-nation", "person", "nation",
         [(2021, "全国拥军人物"), (2022, "全国五一劳动奖章"), (2022, "全国服务保障先进个人"),
          (2023, "全国服务保障先进个人（二）")]),
        ("persons-honoured-province", "person", "province",
         [(2021, "省级好人"), (2021, "省级最美退役军人"), (2022, "省级最美退役军人（二）")]),
        ("projects-province", "project", "province", [(2022, "退役士兵安置工作")]),
        ("projects-nation", "project", "nation", [(2023, "法律援助律师志愿服务团关爱青少年")]),
        ("pairs-province", "pair", "province", [(2023, f"共建示范单位 {place}") for place in range(1, 16)]),
        ("pairs-nation", "pair", "nation", [(2022, "双拥社区入选")]),
        ("units-province", "unit", "province", [(2021, "双拥社区")]),
        ("collective-merits", "forces", "", [(2023, "集体一等功")]),
    )  # fmt: skip
    made = [
        Said(figure=code, title=title, paper=f"表彰决定 {year}-{place + 1:02d}", kind="honour", service="honour-register",
             category=category, level=level, area=CITY, happened_on=dt.date(year, 4, 18))
        for code, category, level, held in honours for place, (year, title) in enumerate(held)
    ]  # fmt: skip
    made += [
        Said(figure="stations-rated", title=f"“枫桥式”服务站 {place + 1}", paper="评定通报 2022", kind="honour",
             service="station-rating", category="fengqiao", level="province", area=county, happened_on=dt.date(2022, 12, 9))
        for place, county in enumerate(COUNTIES[:3])
    ]  # fmt: skip
    made += [
        Said(figure="enlistment-years", title=f"{year}年度超额完成", paper=f"征兵工作通报 {year}", kind="record",
             service="enlistment", category="over-met", area=CITY, happened_on=dt.date(year, 10, 15))
        for year in range(recipe.SINCE, recipe.UNTIL + 1)
    ]  # fmt: skip
    for figure, category, day, titles in (
        ("group-documents", "document", dt.date(2022, 3, 1), ("加强新时代双拥工作的意见", "领导小组成员单位职责")),
        ("covenants", "covenant", dt.date(2021, 8, 1), ("拥政爱民公约",)),
        ("service-years", "service-year", dt.date(2022, 2, 10), ("服务体系建设提升年",)),
    ):
        made += [Said(figure=figure, title=title, paper=f"双拥办发 {day.year}-{place + 3}", kind="record",
                      service="leading-group", category=category, area=CITY, happened_on=day)
                 for place, title in enumerate(titles)]  # fmt: skip
    made += [
        Said(figure="group-meetings", title=title, paper=f"会议纪要 {day.isoformat()}", kind="meeting",
             service="leading-group", category="meeting", area=CITY, happened_on=day)
        for title, day in (("动员会", dt.date(2023, 3, 7)), ("推进会", dt.date(2023, 4, 18)), ("协调会", dt.date(2023, 5, 9)),
                           ("领导小组全体会议", dt.date(2023, 6, 1)))
    ]  # fmt: skip
    made += [
        Said(figure="creations", title=title, paper="创建工作方案 2023", kind="record", service="joint-creation", area=CITY,
             happened_on=dt.date(2023, 3, 7))
        for title in ("全国文明城市", "国家卫生城市", "全国双拥模范城")
    ]  # fmt: skip
    made.append(Said(figure="dual-communities", title="双拥社区建成", paper="社区设立批复 2020", kind="site",
                     service="dual-community", area=COUNTIES[0], happened_on=dt.date(2020, 8, 1)))  # fmt: skip
    made += [
        Said(figure=f"counties-with-{category}", title="全覆盖", paper="覆盖情况核查表 2023", kind="record", service="coverage",
             category=category, area=county, happened_on=dt.date(2023, 5, 31))
        for category in ("stations", "shops") for county in COUNTIES
    ]  # fmt: skip
    made += [
        Said(figure=f"aid-{programme}-yuan", title="帮扶资金到账", paper="资金到账凭证汇总 2023", kind="project",
             service="aid-project", programme=programme, category="funds", area=CITY, happened_on=dt.date(2023, 6, 20),
             amount=fen)
        for programme, fen in AID.items()
    ]  # fmt: skip
    return made
