"""The vocabulary of facts: what a condition may ask of a person, a family, an organisation or a unit.

One row per subject as of a day. A city adds its own facts in ``catalogue/attributes.yaml``; ``docs/facts.md`` is
generated from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Type = Literal["bool", "int", "decimal", "text", "date"]
Subject = Literal["person", "family", "organisation", "unit"]
Absent = bool | int | float | str | None
TYPES: tuple[Type, ...] = ("bool", "int", "decimal", "text", "date")
SUBJECTS: tuple[Subject, ...] = ("person", "family", "organisation", "unit")
INT64 = (-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both languages."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    ``absent`` is its value where the file has no row (None: unknown), by subject where ``absent_by`` says so.
    ``allowed`` maps each allowed text to its names (empty: any text); ``low``/``high`` bound an int.
    ``guards`` are facts that say whether this one can apply at all; a condition should ask one of them too.
    """

    code: str
    type: Type
    group: str
    name: Name
    subjects: tuple[Subject, ...] = ("person",)
    absent: Absent = None
    absent_by: tuple[tuple[Subject, Absent], ...] = ()
    allowed: Mapping[str, Name] = field(default_factory=dict, hash=False)
    low: int | None = None
    high: int | None = None
    bars_publicity: bool = False
    guards: tuple[str, ...] = ()
    label: str = ""

    def absent_for(self, subject: Subject) -> Absent:
        """The value of this fact for a ``subject`` whose file has no row."""
        return dict(self.absent_by).get(subject, self.absent)


GROUPS: dict[str, Name] = {
    "person": Name("本人", "person"),
    "service": Name("服役", "service"),
    "standing": Name("身份", "standing"),
    "awards": Name("立功受奖", "awards"),
    "family": Name("亲属", "family"),
    "livelihood": Name("生活", "livelihood"),
    "conduct": Name("待遇限制", "conduct"),
    "file": Name("档案", "file"),
    "judged": Name("本事项", "of the service judged"),
    "families": Name("家庭（户）", "families"),
    "organisations": Name("单位", "organisations"),
    "city": Name("本市增加", "added by the city"),
}


def _values(text: str) -> dict[str, Name]:
    """``code 中文 English words; …`` as allowed values."""
    rows = (part.strip().split(" ", 2) for part in text.split(";"))
    return {code: Name(zh, en) for code, zh, en in rows}


_MERITS = _values(
    "title 荣誉称号 honorary title; first 一等功 first-class merit; second 二等功 second-class merit; "
    "third 三等功 third-class merit; commendation 嘉奖 commendation; none 无 none"
)
_COUNTED: tuple[Subject, ...] = SUBJECTS


def _rows() -> Iterable[Fact]:
    yield from _person()
    yield from _service()
    yield from _standing_and_awards()
    yield from _family()
    yield from _livelihood()
    yield from _conduct_and_file()
    yield from _judged()
    yield from _families()
    yield from _organisations()


def _bool(code: str, group: str, zh: str, en: str, **more: object) -> Fact:
    more.setdefault("absent", False)
    return Fact(code, "bool", group, Name(zh, en), **more)  # type: ignore[arg-type]


def _fact(code: str, kind: Type, group: str, zh: str, en: str, **more: object) -> Fact:
    return Fact(code, kind, group, Name(zh, en), **more)  # type: ignore[arg-type]


def _person() -> Iterable[Fact]:
    who: tuple[Subject, ...] = ("person", "family", "organisation")
    yield _fact("age", "int", "person", "年龄", "age")
    yield _fact("sex", "text", "person", "性别", "sex", allowed=_values("male 男 male; female 女 female"))
    yield _bool("alive", "person", "在世", "alive", absent=True)
    yield _fact("died_on", "date", "person", "去世日期", "day of death", guards=("alive",))
    yield _fact(
        "residence", "text", "person", "居住地（12 位区划代码）", "residence (12-digit area code)", subjects=who
    )
    yield _fact("residence_county", "text", "person", "居住县（6 位）", "county of residence (6 digits)")
    yield _bool("resident_here", "person", "居住在本市", "lives in this city", subjects=who)
    yield _fact("hukou_county", "text", "person", "户籍县（6 位）", "county of household registration (6 digits)")
    yield _bool("hukou_here", "person", "户籍在本市", "registered in this city")
    yield _bool("rural_at_enlistment", "person", "入伍时为农村户籍", "rural registration at enlistment", absent=None)


def _service() -> Iterable[Fact]:
    ever = ("serving", "veteran")
    kinds = _values("officer 军官 officer; nco 军士 NCO; conscript 义务兵 conscript; cadet 学员 cadet")
    settled = _values(
        "transfer 转业 transfer to a civilian post; retirement 退休 retirement; monthly_pay 逐月领取退役金 monthly pay;"
        " demobilised 复员 demobilised; self_employed 自主就业 self-employment; assigned_job 安排工作 assigned job; "
        "maintained 供养 maintained by the state"
    )
    yield _bool("serving", "service", "现役军人", "serving", bars_publicity=True)
    yield _fact("service_kind", "text", "service", "服役类别", "kind of service", allowed=kinds, guards=ever)
    yield _fact("enlisted_on", "date", "service", "入伍日期", "day of enlistment", guards=ever)
    yield _fact("discharged_on", "date", "service", "退役日期", "day of discharge", guards=("veteran",))
    yield _fact("service_years", "int", "service", "服役年限", "years of service", guards=ever)
    yield _fact("days_since_discharge", "int", "service", "退役天数", "days since discharge", guards=("veteran",))
    yield _bool("veteran", "service", "退役军人", "veteran")
    yield _fact("settlement", "text", "service", "安置方式", "settlement", allowed=settled, guards=("veteran",))
    ranks = _values(
        "company 尉官 company officer; field 校官 field officer; general 将官 general officer; junior 初级军士 junior NCO; "
        "middle 中级军士 middle NCO; senior 高级军士 senior NCO"
    )
    yield _fact("rank_class", "text", "service", "军衔类别", "class of rank", allowed=ranks, guards=ever)
    yield _bool("expelled", "service", "被开除军籍", "expelled from the forces")
    yield _bool("unit_stationed_here", "service", "部队驻本市（经证明）", "unit stationed in this city (attested)",
                bars_publicity=True)  # fmt: skip


def _standing_and_awards() -> Iterable[Fact]:
    cause = _values("war 因战 war; duty 因公 duty; illness 因病 illness")
    yield _bool("combat", "standing", "参战", "took part in combat")
    yield _bool("nuclear_test", "standing", "参试", "took part in nuclear tests")
    yield _bool("returned_sick", "standing", "带病回乡", "returned home sick", bars_publicity=True)
    yield _bool("enlisted_before_1954", "standing", "1954 年 10 月 31 日前入伍", "enlisted by 31 October 1954")
    yield _bool("disabled_soldier", "standing", "残疾军人", "disabled soldier", bars_publicity=True)
    yield _fact("disability_grade", "int", "standing", "残疾等级", "disability grade", low=1, high=10,
                bars_publicity=True, guards=("disabled_soldier",))  # fmt: skip
    yield _fact("disability_cause", "text", "standing", "致残性质", "cause of disability", allowed=cause,
                bars_publicity=True, guards=("disabled_soldier",))  # fmt: skip
    yield _fact("best_merit", "text", "awards", "最高奖励", "highest award", allowed=_MERITS, absent="none")
    yield _bool("best_merit_wartime", "awards", "最高奖励为战时", "highest award won in war")
    yield _fact("newest_merit", "text", "awards", "最近一次奖励", "newest award", allowed=_MERITS, absent="none")
    yield _fact("newest_merit_on", "date", "awards", "最近一次奖励日期", "day of the newest award",
                guards=("newest_merit",))  # fmt: skip
    yield _fact("days_since_newest_merit", "int", "awards", "距最近一次奖励天数", "days since the newest award",
                guards=("newest_merit",))  # fmt: skip


def _family() -> Iterable[Fact]:
    of = _values("martyr 烈士 martyr; duty 因公牺牲 death on duty; illness 病故 death of illness")
    as_ = _values("spouse 配偶 spouse; parent 父母 parent; child 子女 child; sibling 兄弟姐妹 sibling")
    yield _bool("bereaved", "family", "烈士、因公牺牲、病故军人遗属", "bereaved family")
    yield _fact("bereaved_of", "text", "family", "遗属类别", "bereaved of", allowed=of, guards=("bereaved",))
    yield _fact("bereaved_as", "text", "family", "与牺牲病故军人关系", "bereaved as", allowed=as_, guards=("bereaved",))
    yield _bool("pension_kin", "family", "定期抚恤金亲属范围", "kin who may draw the regular pension")
    yield _bool("military_family", "family", "军人家属", "family of a serving soldier", bars_publicity=True)
    yield _bool("spouse_serving", "family", "配偶现役", "spouse is serving", bars_publicity=True)
    yield _bool("parent_serving", "family", "父母现役", "a parent is serving", bars_publicity=True)
    yield _bool("child_serving", "family", "子女现役", "a child is serving", bars_publicity=True)
    yield _bool("accompanying", "family", "经批准随军", "approved to accompany", bars_publicity=True)
    yield _fact("child_best_merit", "text", "family", "子女最高奖励", "a child's highest award", allowed=_MERITS,
                absent="none", bars_publicity=True)  # fmt: skip
    yield _fact("minor_children", "int", "family", "未成年子女数", "minor children", absent=0, bars_publicity=True)
    yield _bool("only_guardian", "family", "唯一监护人", "only guardian", bars_publicity=True)


def _livelihood() -> Iterable[Fact]:
    work = _values(
        "employed 在职 employed; self_employed 自营 self-employed; unemployed 未就业 unemployed; student 在读 student; "
        "retired 退休 retired; none 不在劳动力 outside the labour force"
    )
    stage = _values(
        "none 未入学 none; nursery 幼儿园 nursery; primary 小学 primary; junior 初中 junior secondary; "
        "senior 高中 senior secondary; vocational 职业学校 vocational; university 大学 university"
    )
    yield _fact("employment", "text", "livelihood", "就业状态", "employment", allowed=work)
    yield _bool("unemployment_registered", "livelihood", "已登记失业", "registered as unemployed", absent=None)
    yield _bool("employer_insured", "livelihood", "单位参保", "insured by an employer", absent=None)
    yield _fact("monthly_income", "int", "livelihood", "月收入（分）", "monthly income (fen)")
    yield _fact("education_stage", "text", "livelihood", "学段", "stage of education", allowed=stage)
    yield _bool("in_education", "livelihood", "在读", "in education", absent=None)
    employer = _values(
        "office 机关 government office; institution 事业单位 public institution; state_firm 国有企业 state firm; "
        "firm 民营企业 private firm; own 个体 own business; farm 务农 farm; other 其他 other"
    )
    yield _fact("employer_kind", "text", "livelihood", "单位性质", "kind of employer", allowed=employer,
                guards=("employment",))  # fmt: skip
    yield _fact("prior_employer", "text", "livelihood", "原单位性质", "kind of employer before", allowed=employer)
    yield _bool("able_to_work", "livelihood", "有劳动能力", "able to work", absent=None, bars_publicity=True)


def _conduct_and_file() -> Iterable[Fact]:
    capacity = _values("full 完全 full; limited 限制 limited; none 无 none")
    suspended = _values("none 无 none; suspended 中止 suspended; cancelled 取消 cancelled")
    card = _values(
        "none 未申领 none; applied 已申请 applied; issued 已制发 issued; active 已激活 active; lost 挂失 lost; "
        "suspended 停用 suspended; cancelled 注销 cancelled"
    )
    yield _fact("suspension", "text", "conduct", "省级中止或取消待遇通知", "provincial notice in force",
                allowed=suspended, absent="none")  # fmt: skip
    yield _bool("political_rights", "conduct", "享有政治权利", "has political rights", absent=True)
    yield _fact("capacity", "text", "conduct", "行为能力（经宣告）", "capacity in law (as declared)", allowed=capacity,
                absent="full", bars_publicity=True)  # fmt: skip
    yield _bool("file_verified", "file", "档案已核验", "file verified")
    yield _bool("bank_verified", "file", "银行账户已核验", "bank account verified")
    yield _bool("photo_on_file", "file", "有照片", "photo on file")
    yield _bool("regular_benefit", "file", "正在领取定期待遇", "draws a regular allowance")
    yield _fact("confirm_due_on", "date", "file", "年度确认日（领取满整年的当天）", "day of the yearly confirmation",
                guards=("regular_benefit",))  # fmt: skip
    yield _fact(
        "card_state", "text", "file", "优待证状态", "state of the preferential card", allowed=card, absent="none"
    )


def _judged() -> Iterable[Fact]:
    yield _fact("received_count", "int", "judged", "已享受次数", "times received", subjects=_COUNTED, absent=0)
    yield _fact("days_since_received", "int", "judged", "距上次享受天数", "days since last received", subjects=_COUNTED,
                guards=("received_count",))  # fmt: skip
    yield _bool("open_case", "judged", "正在办理", "a case is open", subjects=_COUNTED)


def _families() -> Iterable[Fact]:
    of: tuple[Subject, ...] = ("family",)
    yield _fact("members", "int", "families", "家庭人数", "members", subjects=of, absent=0)
    yield _bool("has_serving", "families", "家有现役军人", "has a serving member", subjects=of, bars_publicity=True)
    yield _bool("has_veteran", "families", "家有退役军人", "has a veteran", subjects=of)
    yield _bool("has_bereaved", "families", "家有遗属", "has a bereaved member", subjects=of)
    yield _bool("has_minor", "families", "家有未成年人", "has a minor", subjects=of, bars_publicity=True)


def _organisations() -> Iterable[Fact]:
    of: tuple[Subject, ...] = ("organisation",)
    yield _fact("organisation_kind", "text", "organisations", "单位类别", "kind of organisation", subjects=of)
    yield _bool("licence_valid", "organisations", "证照有效", "licence valid", subjects=of)
    yield _bool("credit_bad", "organisations", "失信", "bad credit", subjects=of)
    yield _fact("level", "text", "organisations", "级别", "level", subjects=of)


VOCABULARY: Mapping[str, Fact] = {fact.code: fact for fact in _rows()}


def of_subject(subject: Subject, facts: Mapping[str, Fact] = VOCABULARY) -> dict[str, Fact]:
    """The facts that a service judging ``subject`` may use."""
    return {code: fact for code, fact in facts.items() if subject in fact.subjects}


def absent_values(subject: Subject, facts: Mapping[str, Fact] = VOCABULARY) -> dict[str, Absent]:
    """For each fact of ``subject``, its value where the file has no row."""
    return {code: fact.absent_for(subject) for code, fact in of_subject(subject, facts).items()}
