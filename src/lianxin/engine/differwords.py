"""The parts of a declaration in words, Chinese and English: steps, papers, values, days, what each part is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lianxin.engine import money
from lianxin.engine.declaration import Citation, Parameter, Step
from lianxin.engine.expressions.reference import Known, Table
from lianxin.engine.facts import Name

NOTHING = Name("（没有）", "(none)")
ALWAYS = Name("一直", "from the beginning")

MODES = {
    "ask": ("诉求", "an ask"), "apply": ("依申请", "on application"),
    "confirm": ("政策找人，本人确认一次", "found for them, one confirmation"),
    "automatic": ("免申即享", "without application"), "organiser": ("由工作人员发起", "opened by staff"),
}  # fmt: skip
REPEATS = {
    "once": ("一次", "once"), "monthly": ("按月", "every month"), "quarterly": ("按季", "every quarter"),
    "yearly": ("按年", "every year"), "per-event": ("每次事由一次", "for each event"),
    "on-demand": ("随需", "whenever needed"),
}  # fmt: skip
PERS = {"person": ("每人", "per person"), "family": ("每户", "per household"), "cause": ("每项事由", "per cause")}
SUBJECTS = {
    "person": ("个人", "a person"), "family": ("家庭", "a household"), "organisation": ("单位", "an organisation"),
    "unit": ("部队", "a unit"),
}  # fmt: skip
PILLARS = {"board": ("一盘棋", "one board"), "net": ("一张网", "one net"), "together": ("一体化", "all together")}
WORRIES = {"path": ("后路", "way ahead"), "home": ("后院", "the home"), "children": ("后代", "children")}
STEPS = {
    "accept": ("受理", "acceptance"), "attest": ("军地核实", "attestation"), "verify": ("核实", "verification"),
    "review": ("审核", "review"), "panel": ("内部评议", "internal panel"), "approve": ("审批", "approval"),
    "publicise": ("公示", "public notice"), "select": ("遴选", "selection"), "dispatch": ("派单", "finding a helper"),
    "respond": ("答复", "the helper's work"), "confirm": ("本人确认", "the person's confirmation"),
    "deliver": ("兑现", "delivery"), "call-back": ("回访", "call-back"),
}  # fmt: skip
PLACES = {
    "village": ("村（社区）", "village or community"), "township": ("乡镇（街道）", "township"),
    "county": ("县（市、区）", "county"), "city": ("市", "city"), "liaison": ("军地联络员", "military liaison"),
    "unit": ("部队", "unit"),
    "member": ("成员单位", "member unit"), "partner": ("拥军单位", "partner"), "volunteer": ("志愿者", "volunteers"),
    "subject": ("本人", "the person"),
}  # fmt: skip
UNITS = {
    "hours": ("小时", "hours"), "days": ("天", "days"), "working days": ("个工作日", "working days"),
    "months": ("个月", "months"),
}  # fmt: skip
DELIVERIES = {
    "card": ("发证", "a card"), "payment": ("发放", "a payment"), "visit": ("走访", "a visit"),
    "appointment": ("预约", "an appointment"), "placement": ("安置", "a placement"), "honour": ("表彰", "an honour"),
    "seat": ("学位", "a school seat"), "plaque": ("挂牌", "a plaque"), "advice": ("答复", "advice"),
    "errand": ("代办", "an errand"), "record": ("登记", "a record"), "file": ("记入档案", "a change of the file"),
}  # fmt: skip
SHOWN = {
    "masked_name": ("姓（名隐去）", "masked name"), "village": ("村（社区）", "village"), "township": ("乡镇", "township"),
    "county": ("县", "county"), "kind": ("类别", "kind"), "amount": ("金额", "amount"), "score": ("得分", "score"),
    "organisation": ("单位", "organisation"),
}  # fmt: skip
LABELS = {
    "name": ("名称", "name"), "summary": ("说明", "summary"), "pillar": ("板块", "pillar"), "worry": ("栏目", "menu"),
    "subject": ("对象", "whom it is for"), "mode": ("怎么开始", "how it starts"), "repeat": ("多久一次", "how often"),
    "per": ("按什么计次", "counted over"), "sealed": ("是否保密", "sealed"), "effective": ("有效日期", "days it exists"),
    "event": ("事由日期", "event"), "fee": ("收费", "fee"), "basis": ("依据", "basis"),
}  # fmt: skip
# The parts of a declaration, in the order in which they are told.
PARTS: dict[str, Name] = {
    "who": Name("条件", "conditions"), "unless": Name("不予享受的情形", "grounds against"),
    "amount": Name("金额", "amount"), "parameters": Name("数值", "numbers"), "service": Name("事项", "the service"),
    "kinds": Name("类别", "kinds"), "materials": Name("材料", "papers"), "form": Name("表单", "form"),
    "route": Name("流程", "route"),
}  # fmt: skip


def both(make: Callable[[int], str]) -> Name:
    """One word in both languages: ``make`` is asked with 0 (Chinese) and 1 (English)."""
    return Name(make(0), make(1))


def word(table: Mapping[str, tuple[str, str]], code: str) -> Name:
    """The words of a code; the code itself where it has none."""
    return Name(*table.get(code, (code, code)))


def day_said(day: dt.date | None) -> Name:
    """A day; None: from the beginning."""
    return Name(f"{day.year} 年 {day.month} 月 {day.day} 日", day.isoformat()) if day else ALWAYS


def cited(cite: Citation | None) -> Name:
    """A citation in brackets, blank where there is none."""
    if cite is None:
        return Name("", "")
    if cite.law:
        return Name(f"（{cite.law}{f'第{cite.article}条' if cite.article else ''}）",
                    f" ({cite.law}{f' art. {cite.article}' if cite.article else ''})")  # fmt: skip
    return Name(f"（{cite.source}）", f" ({cite.source})") if cite.source else Name("", "")


def value_said(parameter: Parameter, value: Known | Table) -> Name:
    """A parameter's value in words, tables row by row; None: no value."""
    if value is None:
        return NOTHING
    if isinstance(value, Mapping):
        rows = [(str(key), value_said(parameter, one)) for key, one in value.items()]
        return both(lambda place: "；".join(f"{key} {one.zh}" for key, one in rows) if not place
                     else "; ".join(f"{key} {one.en}" for key, one in rows))  # fmt: skip
    if parameter.unit == "fen" and isinstance(value, int) and not isinstance(value, bool):
        return Name(f"{money.yuan(value)} 元", f"{money.yuan(value)} yuan")
    if isinstance(value, dt.date):
        return day_said(value)
    unit = {"day": ("天", "days"), "month": ("个月", "months"), "year": ("年", "years"), "percent": ("%", "%")}
    zh, en = unit.get(parameter.unit, ("", ""))
    return Name(f"{value} {zh}".strip(), f"{value} {en}".strip())


def standing_said(one: Parameter) -> Name:
    """Where a number comes from."""
    if one.standing == "illustrative":
        return Name("示意数值", "a made-up number")
    source = cited(one.cite)
    return Name(f"有出处{source.zh}", f"found{source.en}")


def within(one: Any) -> Name:
    """A promised time; blank where none is promised."""
    return both(lambda place: f"{one.amount} {UNITS[one.unit][place]}" if one is not None else "")


def kind_said(one: Any) -> Name:
    """A kind with its time and what it may become."""
    time = within(one.within)
    becomes = ", ".join(one.becomes)
    zh = [one.name.zh, f"{time.zh}内" if time.zh else "", f"可转为 {becomes}" if becomes else ""]
    en = [one.name.en, f"within {time.en}" if time.en else "", f"may become {becomes}" if becomes else ""]
    return joined(zh, en)


def material_said(one: Any) -> Name:
    """A paper: who issues it, whether the file may hold it."""
    place = word(PLACES, one.from_) if one.from_ else Name("", "")
    zh = [one.name.zh, f"{place.zh}出具" if place.zh else "", "档案里有就不收" if one.held else ""]
    en = [one.name.en, f"from {place.en}" if place.en else "", "not asked when on file" if one.held else ""]
    return joined(zh, en)


def joined(zh: Sequence[str], en: Sequence[str]) -> Name:
    """Parts with commas between them, blank ones left out."""
    return Name("，".join(one for one in zh if one), ", ".join(one for one in en if one))


def step_said(one: Step) -> Name:
    """One desk of the route: where, how long, what it brings."""
    name, time, shown = word(STEPS, one.step), within(one.within), within(one.for_)
    place = word(PLACES, one.at) if one.at else Name("", "")
    brings = word(DELIVERIES, one.as_) if one.as_ else Name("", "")
    desk = f" {one.desk}" if one.desk else ""
    listed = joined([word(SHOWN, code).zh for code in one.show], [word(SHOWN, code).en for code in one.show])
    zh = [name.zh, f"{place.zh}{desk}" if place.zh else "", f"{time.zh}内" if time.zh else "",
          f"公示 {shown.zh}" if shown.zh else "", f"示出{listed.zh}" if one.show else "", brings.zh]  # fmt: skip
    en = [name.en, f"{place.en}{desk}" if place.en else "", f"within {time.en}" if time.en else "",
          f"shown for {shown.en}" if shown.en else "", f"showing {listed.en}" if one.show else "", brings.en]  # fmt: skip
    return joined(zh, en)


def order_said(steps: Sequence[Step]) -> Name:
    """The steps in their order."""
    names = [word(STEPS, one.step) for one in steps]
    return Name(" → ".join(one.zh for one in names), " → ".join(one.en for one in names))
