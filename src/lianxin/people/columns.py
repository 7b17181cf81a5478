"""The people ledger (人员台账): which columns it may have, under which names, and what their cells may say.

This is the contract of the import, of the generated city and of ``docs/import.md``, which is made from it.
"""

# ruff: noqa: E501  (a table is read by its lines)

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Kind = Literal[
    "text",
    "name",
    "id",
    "date",
    "phone",
    "area",
    "bool",
    "choice",
    "grade",
    "yuan",
    "account",
    "code",
    "person",
    "number",
]
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code, its canonical Chinese header, the names bureaus give it, and how its cells are read.

    ``group`` is the dated group of the file that it feeds. ``many`` columns may be repeated with a number behind the
    header (立功等级2) or hold several values joined by ``;``. ``words`` are the words of a choice, by stored value;
    the first word of each is the canonical one.
    """

    code: str
    zh: str
    en: str
    kind: Kind
    group: str
    synonyms: tuple[str, ...] = ()
    words: Words = field(default_factory=dict, hash=False)
    many: bool = False
    required: bool = False
    size: int = 0  # longest text that fits
    zh_note: str = ""
    en_note: str = ""


YES = ("是", "有", "√", "✓", "y", "yes", "true", "1", "对", "已", "t")
NO = ("否", "无", "×", "✗", "n", "no", "false", "0", "不是", "没有", "未", "f", "x")

SEX: Words = {"male": ("男", "男性", "m", "male"), "female": ("女", "女性", "f", "female")}
SERVICE_KIND: Words = {
    "officer": ("军官", "干部", "警官"),
    "nco": ("军士", "士官", "警士"),
    "conscript": ("义务兵", "战士", "士兵"),
    "cadet": ("学员", "军校学员"),
}
SETTLEMENT: Words = {
    "transfer": ("转业", "计划分配", "自主择业"),
    "retirement": ("退休", "离休", "离退休"),
    "monthly_pay": ("逐月领取退役金", "逐月", "逐月领取"),
    "demobilised": ("复员",),
    "self_employed": ("自主就业", "退伍", "自谋职业"),
    "assigned_job": ("安排工作", "政府安排工作", "安置工作"),
    "maintained": ("供养", "国家供养"),
}
CAUSE: Words = {
    "war": ("因战", "因战致残"),
    "duty": ("因公", "因公致残"),
    "illness": ("因病", "因病致残"),
}
MOURNED: Words = {
    "martyr": ("烈士", "烈士遗属", "烈属"),
    "duty": ("因公牺牲", "因公牺牲军人", "因公牺牲军人遗属"),
    "illness": ("病故", "病故军人", "病故军人遗属"),
}
MOURNER: Words = {
    "spouse": ("配偶", "妻子", "丈夫", "妻", "夫", "遗孀"),
    "parent": ("父母", "父亲", "母亲", "父", "母", "抚养人"),
    "child": ("子女", "儿子", "女儿", "子", "女"),
    "sibling": ("兄弟姐妹", "兄弟", "姐妹", "哥哥", "弟弟", "姐姐", "妹妹", "兄", "弟", "姐", "妹"),
}
KIN: Words = {
    "spouse": ("配偶", "妻子", "丈夫", "妻", "夫"),
    "parent": ("父母", "父亲", "母亲", "父", "母"),
    "child": ("子女", "儿子", "女儿", "子", "女", "独生子", "独生女", "长子", "次子", "长女", "次女"),
    "sibling": ("兄弟姐妹", "兄弟", "姐妹", "哥哥", "弟弟", "姐姐", "妹妹", "兄", "弟", "姐", "妹"),
    "fosterer": ("抚养人", "养父", "养母", "养父母"),
    "guardian": ("监护人",),
}
ROLE: Words = {
    "head": ("户主", "本人"),
    **{kind: words for kind, words in KIN.items() if kind in {"spouse", "parent", "child", "sibling"}},
    "other": ("其他", "祖父母", "祖父", "祖母", "外祖父", "外祖母", "孙子女", "孙子", "孙女", "儿媳", "女婿", "其他亲属",
              "非亲属"),
}  # fmt: skip
MERIT: Words = {
    "title": ("荣誉称号", "授予荣誉称号", "荣誉称号奖章"),
    "first": ("一等功", "一等", "一等战功"),
    "second": ("二等功", "二等", "二等战功"),
    "third": ("三等功", "三等", "三等战功"),
    "commendation": ("嘉奖", "表彰", "四有优秀"),
}
EMPLOYMENT: Words = {
    "employed": ("在职", "就业", "已就业", "在业", "在岗"),
    "self_employed": ("个体经营", "自主创业", "灵活就业", "个体", "务农"),
    "unemployed": ("失业", "未就业", "无业", "待业", "无工作"),
    "student": ("学生", "在校学生"),
    "retired": ("退休", "离退休"),
    "none": ("不适用", "学龄前", "无"),
}
STAGE: Words = {
    "none": ("无", "未入学"),
    "nursery": ("幼儿园", "学前", "学前教育"),
    "primary": ("小学",),
    "junior": ("初中",),
    "senior": ("高中",),
    "vocational": ("职业学校", "中职", "职高", "技校", "中专", "高职"),
    "university": ("大学", "本科", "大专", "专科", "研究生", "硕士", "博士"),
}
SUSPENSION: Words = {
    "none": ("正常", "无", "恢复"),
    "suspended": ("中止", "暂停"),
    "cancelled": ("取消",),
}
CATEGORY: Words = {
    "combat": ("参战", "参战退役人员", "参战人员", "参战退役军人"),
    "nuclear_test": ("参试", "参试退役人员", "参试人员", "参加核试验"),
    "returned_sick": ("带病回乡", "带病回乡退伍军人", "带病回乡退役军人"),
    "enlisted_before_1954": ("1954年10月31日前入伍", "在乡复员军人", "建国初期入伍"),
    "disabled_soldier": ("残疾军人", "伤残军人"),
    "accompanying": ("随军家属", "随军"),
}

COLUMNS: tuple[Column, ...] = (
    # Who somebody is.
    Column("file_number", "档案号", "file number", "code", "key", ("档案编号", "建档编号", "人员编号"), size=20,
           zh_note="系统给的编号；填了就按它找人", en_note="given by the system; where filled, it finds the person"),
    Column("name", "姓名", "name", "name", "particulars", ("名字", "人员姓名", "对象姓名", "真实姓名", "姓名(必填)"),
           required=True, size=60),
    Column("former_name", "曾用名", "former name", "name", "particulars", ("原名", "别名"), size=60),
    Column("id_number", "身份证号", "ID number", "id", "particulars",
           ("身份证号码", "公民身份号码", "身份证", "居民身份证号", "证件号码", "证件号", "身份号码", "公民身份证号码"),
           zh_note="18 位；请把这一列设为文本", en_note="18 characters; format the column as text"),
    Column("sex", "性别", "sex", "choice", "particulars", (), SEX),
    Column("born_on", "出生日期", "date of birth", "date", "particulars", ("出生年月", "出生年月日", "生日", "出生时间")),
    Column("phone", "联系电话", "phone", "phone", "particulars",
           ("电话", "手机", "手机号", "手机号码", "联系方式", "联系电话(手机)", "移动电话")),
    Column("home", "居住地", "residence", "area", "particulars",
           ("现居住地", "常住地", "居住地区划", "现住地", "居住区划代码", "所属区划", "所属村社区", "所在村(社区)", "居住地代码"),
           zh_note="12 位区划代码，或 县/乡镇/村 全名；也可以分三列填", en_note="area code, or county/township/village names"),
    Column("county", "县(市、区)", "county", "text", "particulars", ("县区", "县市区", "县", "区县", "所在县区"), size=60),
    Column("township", "乡镇(街道)", "township", "text", "particulars", ("乡镇", "街道", "乡镇街道", "所在乡镇"), size=60),
    Column("village", "村(社区)", "village", "text", "particulars", ("村", "社区", "村社区", "所在村"), size=60),
    Column("address", "详细地址", "address", "text", "particulars",
           ("地址", "家庭住址", "居住地址", "现住址", "住址", "家庭地址", "门牌号"), size=120),
    Column("hukou", "户籍地", "place of registration", "area", "particulars",
           ("户籍所在地", "户口所在地", "户籍地区划", "户籍地代码", "户籍区划"),
           zh_note="区划代码或全名；本市以外写 外地", en_note="area code or names; outside the city write 外地"),
    Column("died_on", "去世日期", "date of death", "date", "particulars", ("死亡日期", "去世时间", "死亡时间", "病故时间")),
    Column("verified", "已核实", "file verified", "bool", "particulars", ("是否核实", "信息已核实", "核实")),
    Column("photo", "有照片", "photo on file", "bool", "particulars", ("是否有照片", "照片")),
    # Household and kin.
    Column("household", "户编号", "household code", "code", "membership", ("户码", "户号", "家庭编号", "家庭户号"), size=16,
           zh_note="同一编号是一户", en_note="rows with one code are one household"),
    Column("role", "与户主关系", "relation to the head", "choice", "kin", ("与户主的关系", "户主关系", "家庭关系"), ROLE),
    Column("spouse", "配偶身份证号", "spouse's ID number", "person", "kin", ("配偶证件号", "配偶身份证", "爱人身份证号"),
           zh_note="身份证号或档案号", en_note="ID or file number"),
    Column("father", "父亲身份证号", "father's ID number", "person", "kin", ("父亲证件号", "父亲身份证"),
           zh_note="身份证号或档案号", en_note="ID or file number"),
    Column("mother", "母亲身份证号", "mother's ID number", "person", "kin", ("母亲证件号", "母亲身份证"),
           zh_note="身份证号或档案号", en_note="ID or file number"),
    Column("guardian", "监护人身份证号", "guardian's ID number", "person", "kin", ("监护人证件号", "监护人身份证"),
           zh_note="身份证号或档案号", en_note="ID or file number"),
    Column("kin_number", "亲属身份证号", "relative's ID number", "person", "kin", ("亲属证件号", "关系人身份证号"), many=True,
           zh_note="身份证号或档案号", en_note="ID or file number"),
    Column("kin_kind", "是亲属的", "is the relative's", "choice", "kin", ("与亲属关系", "亲属关系", "与关系人关系"), KIN, many=True,
           zh_note="本人是该亲属的什么人", en_note="what this person is to that relative"),
    # Service in the forces: kind, years and settlement; never a unit.
    Column("service_kind", "服役类别", "kind of service", "choice", "service", ("人员身份", "军人类别", "服役身份", "兵役类别"),
           SERVICE_KIND),
    Column("enlisted_on", "入伍时间", "enlisted on", "date", "service", ("入伍日期", "参军时间", "入伍年月", "参军日期")),
    Column("discharged_on", "退役时间", "discharged on", "date", "service",
           ("退役日期", "退伍时间", "退伍日期", "退出现役时间", "复员时间", "退役年月")),
    Column("settlement", "安置方式", "settlement", "choice", "service", ("退役安置方式", "安置类别", "安置去向"), SETTLEMENT),
    Column("rural_at_enlistment", "入伍时农村户籍", "rural at enlistment", "bool", "service",
           ("入伍时户口性质", "入伍时户籍", "入伍时是否农村户籍", "农村籍", "是否农村籍"),
           zh_note="是/否，或 农村/城镇", en_note="是/否, or 农村/城镇"),
    Column("expelled", "开除军籍", "expelled", "bool", "service", ("是否开除军籍", "除名")),
    # Dated standings.
    Column("categories", "优抚类别", "categories", "choice", "standing", ("优抚对象类别", "人员类别", "对象类别", "身份类别"),
           CATEGORY, many=True, zh_note="几类用 ; 隔开", en_note="several are joined by ;"),
    Column("combat", "参战", "combat", "bool", "standing", ("是否参战", "参战人员")),
    Column("nuclear_test", "参试", "nuclear test", "bool", "standing", ("是否参试", "参试人员", "参加核试验")),
    Column("returned_sick", "带病回乡", "returned sick", "bool", "standing", ("是否带病回乡",)),
    Column("enlisted_before_1954", "1954年10月31日前入伍", "enlisted before 1954-10-31", "bool", "standing", ("在乡复员军人",)),
    Column("disability_grade", "残疾等级", "disability grade", "grade", "standing", ("伤残等级", "评残等级", "残疾级别"),
           zh_note="一级至十级或 1–10", en_note="1 to 10"),
    Column("disability_cause", "残疾性质", "disability cause", "choice", "standing", ("伤残性质", "致残原因", "残疾原因"), CAUSE),
    Column("disabled_from", "评残时间", "disabled from", "date", "standing", ("评残日期", "残疾评定时间")),
    Column("bereaved_of", "遗属类别", "bereaved of", "choice", "standing", ("三属类别", "遗属身份", "优抚遗属类别"), MOURNED),
    Column("bereaved_as", "与牺牲病故者关系", "bereaved as", "choice", "standing",
           ("与烈士关系", "与牺牲者关系", "与逝者关系", "遗属关系"), MOURNER),
    Column("bereaved_from", "牺牲病故时间", "bereaved from", "date", "standing", ("牺牲时间", "牺牲病故日期")),
    Column("accompanying", "随军家属", "accompanying spouse", "bool", "standing", ("是否随军", "随军")),
    Column("accompanying_from", "随军时间", "accompanying from", "date", "standing", ("随军日期", "批准随军时间")),
    # Awards.
    Column("merit", "立功等级", "award", "choice", "award", ("立功受奖", "奖励等级", "立功情况", "功奖等级"), MERIT, many=True),
    Column("merit_on", "立功时间", "awarded on", "date", "award", ("立功日期", "受奖时间", "奖励时间", "立功受奖时间"), many=True),
    Column("merit_wartime", "战时立功", "in wartime", "bool", "award", ("是否战时", "战功"), many=True),
    # Livelihood.
    Column("employment", "就业状况", "employment", "choice", "livelihood", ("就业情况", "工作状况", "就业状态"), EMPLOYMENT),
    Column("unemployment_registered", "失业登记", "registered unemployed", "bool", "livelihood",
           ("是否失业登记", "已失业登记", "办理失业登记")),
    Column("employer_insured", "单位参保", "insured by employer", "bool", "livelihood", ("用人单位参保", "是否单位参保")),
    Column("monthly_income", "月收入", "monthly income", "yuan", "livelihood", ("月收入(元)", "月均收入", "每月收入"),
           zh_note="元", en_note="in yuan"),
    Column("education_stage", "就读阶段", "education stage", "choice", "livelihood", ("学段", "在读阶段", "教育阶段"), STAGE),
    Column("in_education", "在读", "in education", "bool", "livelihood", ("是否在读", "在校")),
    Column("able_to_work", "有劳动能力", "able to work", "bool", "livelihood", ("劳动能力", "是否有劳动能力")),
    Column("livelihood_from", "就业情况自", "livelihood since", "date", "livelihood", ("就业变化时间", "失业时间", "就业时间")),
    # Where money goes.
    Column("bank", "开户银行", "bank", "text", "account", ("开户行", "银行", "银行名称", "发放银行"), size=60),
    Column("account", "银行账号", "account number", "account", "account",
           ("银行卡号", "账号", "卡号", "银行账户", "社保卡银行账号", "帐号", "银行帐号"),
           zh_note="请设为文本", en_note="format as text"),
    Column("holder", "户名", "account holder", "name", "account", ("账户名", "开户人", "开户名"), size=60,
           zh_note="不填就是本人姓名", en_note="the person's own name where blank"),
    Column("account_verified", "账户已核验", "account verified", "bool", "account", ("账户核验", "银行账户已核验"),
           zh_note="只是说明；账户都要另一人核验后才用", en_note="a remark only; every account waits for a second person"),
    # Attested by the forces, conduct.
    Column("unit_stationed_here", "部队驻本地", "unit stationed here", "bool", "attested", ("部队驻本市", "部队在本市", "部队驻地在本市"),
           zh_note="由军地联络员证明；写在军人或其配偶的行都行；不写部队", en_note="attested by the liaison, on the soldier's row or the spouse's; never which unit"),
    Column("suspension", "优待状态", "suspension", "choice", "suspension", ("优待中止", "待遇状态"), SUSPENSION),
    Column("suspended_on", "中止取消时间", "suspended on", "date", "suspension", ("优待中止时间",)),
    Column("political_rights", "享有政治权利", "has political rights", "bool", "suspension", ("政治权利",)),
    # About the row itself.
    Column("changed_on", "变更日期", "changed on", "date", "row", ("变动日期", "信息变更日期", "生效日期"),
           zh_note="搬家、换工作等从哪天起；不填就是导入当天", en_note="since when a change holds; the day of import where blank"),
    Column("paper", "依据材料", "paper", "text", "row", ("材料依据", "证明材料", "来源"), size=120),
)  # fmt: skip

IGNORED = ("序号", "编号", "备注", "说明", "原因", "怎么改", "行号", "no", "no.", "年龄", "民族", "填表人", "签名", "签字")  # fmt: skip

BY_CODE: dict[str, Column] = {column.code: column for column in COLUMNS}

_FOLD = str.maketrans({"（": "(", "）": ")", "／": "/", "：": ":", "、": "、", "＊": "*", "　": " "})
_HINTED = re.compile(r"^(.+?)\((.+)\)$")  # 联系方式(手机), 出生日期(必填): a hint about the same column
_HINTS = ("必填", "选填", "可空", "公历", "阳历", "18位", "格式", "如", "例", "年月日", "元", "required", "optional")
_NUMBERED = re.compile(r"^(.*?)[\s_(（]*([2-9]|1\d)[)）]?$")


@lru_cache(4096)
def folded(header: str) -> str:
    """A header as it is compared: full-width folded, blanks, stars and closing colons removed, lower case."""
    text = str(header).translate(_FOLD)
    text = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)
    return re.sub(r"[\s*:﻿]+", "", text).lower()


def names(attributes: Iterable[Column] = ()) -> dict[str, Column]:
    """Every folded header and the column it names; a city's own attributes come after the ledger's columns."""
    found: dict[str, Column] = {}
    for column in (*COLUMNS, *attributes):
        for header in (column.zh, column.en, column.code, *column.synonyms):
            found.setdefault(folded(header), column)
    return found


def recognise(header: str, known: Mapping[str, Column]) -> tuple[Column, int] | None:
    """The column a header names and its number (1 where it has none); None for a header nobody knows."""
    text = folded(header)
    if text in known:
        return known[text], 1
    numbered = _NUMBERED.match(text)
    if numbered and (column := known.get(numbered[1])) is not None and column.many:
        return column, int(numbered[2])
    if (hinted := _HINTED.match(text)) and (column := known.get(hinted[1])) is not None:
        hint = hinted[2]
        if known.get(hint) is column or hint.startswith(_HINTS):
            return column, 1
    return None
