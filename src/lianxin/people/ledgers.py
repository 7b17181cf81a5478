"""The ledgers that bureaus send: which columns each may have, how it is recognised, and what of a file it may write.

All go one road: a ledger is read into the same columns as the ledger of people, finds persons on file by the same keys,
and is filed by the same code. What stands here is the whole difference between them.
"""

# ruff: noqa: E501  (a table is read by its lines)

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lianxin.people.columns import BY_CODE, COLUMNS, MOURNED, Column, Words, folded

KEY = ("file_number", "name", "former_name", "id_number", "sex", "born_on", "phone", "home", "county", "township",
       "village", "household")  # fmt: skip
FINDS = ("id_number", "file_number", "name")  # one of them heads a column of every ledger
ABOUT = ("changed_on", "paper")

ENDED: Words = {
    "divorce": ("离婚", "离异"),
    "death": ("死亡", "去世", "丧偶"),
    "dissolved": ("解除", "解除收养", "终止"),
}
BASIS: Words = {
    "birth": ("亲生", "血亲", "出生"),
    "adoption": ("收养", "领养"),
    "step": ("继", "继亲", "继父母子女"),
    "remarriage": ("再婚",),
}

# Columns that only these ledgers have.
EXTRA: tuple[Column, ...] = (
    Column("kin_since", "关系开始日期", "relation since", "date", "kin", ("结婚日期", "登记日期", "收养日期", "关系起始日期", "结婚登记日期")),
    Column("kin_until", "关系结束日期", "relation until", "date", "kin", ("离婚日期", "解除日期", "终止日期", "关系终止日期", "离婚登记日期")),
    Column("kin_ended_by", "结束原因", "ended by", "choice", "kin", ("解除原因", "终止原因"), ENDED),
    Column("kin_basis", "关系成因", "basis of the relation", "choice", "kin", ("成因", "关系性质"), BASIS),
    Column("fallen", "牺牲病故性质", "cause of death in service", "choice", "standing", ("死亡性质", "牺牲性质"), MOURNED,
           zh_note="现役中牺牲、病故的填，其他不填", en_note="only for those who died in service"),
    Column("moved_to", "迁入地", "moved to", "area", "particulars", ("新居住地", "迁往地", "迁往", "现居地", "迁入地区划", "迁入地代码", "去向"),
           zh_note="区划代码或全名；迁出本市写 外地", en_note="area code or names; out of the city write 外地"),
    Column("moved_on", "迁移日期", "moved on", "date", "particulars", ("迁出日期", "迁入日期", "迁移时间", "搬迁日期", "迁出时间")),
    Column("moved_from", "迁出地", "moved from", "area", "particulars", ("原居住地", "原住地", "迁出地区划"),
           zh_note="只用来核对", en_note="only compared with the file"),
    Column("new_address", "新地址", "new address", "text", "particulars", ("迁入地址", "现地址", "新住址"), size=120),
    Column("school", "学校", "school", "text", "livelihood", ("学校名称", "就读学校", "所在学校", "录取学校"), size=60),
    Column("enrolled_on", "入学日期", "enrolled on", "date", "livelihood", ("入学时间", "入学年月", "学籍起始日期")),
    Column("graduates_on", "毕业日期", "graduates on", "date", "livelihood", ("毕业时间", "预计毕业日期", "预计毕业时间")),
)  # fmt: skip
EVERY: dict[str, Column] = BY_CODE | {column.code: column for column in EXTRA}


@dataclass(frozen=True, slots=True)
class Kind:
    """One ledger. ``says`` are the columns besides the keys; a header must name one of ``marks``.

    ``needs`` must be filled in each row; ``writes`` reach the file (after ``turns`` renamed them), so nothing else of a
    file can change. ``opens`` may open new files. ``headers`` are names that a column has only in this ledger. Columns
    of an exchange format (``columns``) stand instead of the usual ones.
    """

    code: str
    zh: str
    en: str
    says: tuple[str, ...]
    marks: tuple[str, ...]
    needs: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    turns: Mapping[str, str] = field(default_factory=dict, hash=False)
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    opens: bool = False
    many: bool = False  # several rows of one person are usual
    zh_note: str = ""
    en_note: str = ""
    example: Mapping[str, str] = field(default_factory=dict, hash=False)
    columns: tuple[Column, ...] = ()  # of an exchange format

    def known(self, attributes: Iterable[Column] = ()) -> dict[str, Column]:
        """Every folded header that this ledger understands, and its column."""
        found: dict[str, Column] = {}
        for column in self.columns:
            for header in (column.zh, *column.synonyms):
                found.setdefault(folded(header), column)
        for code, headers in self.headers.items():
            for header in headers:
                found.setdefault(folded(header), EVERY[code])
        if self.columns:
            return found
        for column in (*(EVERY[code] for code in self.codes), *(attributes if self.opens else ())):
            for header in (column.zh, column.en, column.code, *column.synonyms):
                found.setdefault(folded(header), column)
        return found

    @property
    def codes(self) -> tuple[str, ...]:
        """All its columns, the keys first."""
        if self.columns:
            return tuple(column.code for column in self.columns)
        return self.says if self.opens else (*KEY, *self.says, "paper")


PEOPLE = Kind(
    "people", "人员", "people", tuple(column.code for column in COLUMNS), ("name",), opens=True,
    zh_note="建档立卡的总台账；新的人建新档", en_note="the ledger of the files themselves; new people get new files",
)  # fmt: skip

_ME = {"name": "张三", "id_number": "419901195803120114"}
KINDS: dict[str, Kind] = {kind.code: kind for kind in (
    PEOPLE,
    Kind("kin", "亲属关系", "kin", ("spouse", "father", "mother", "guardian", "kin_number", "kin_kind", "kin_since", "kin_until",
                                "kin_ended_by", "kin_basis"),
         ("kin_number", "spouse", "father", "mother", "guardian"), many=True,
         zh_note="谁是谁的什么人，从哪天起，到哪天止；双方都要已在档", en_note="who is whose, since when, until when; both must be on file",
         example={**_ME, "kin_number": "419901196007010226", "kin_kind": "配偶", "kin_since": "1982-05-01", "kin_basis": ""}),
    Kind("awards", "立功受奖", "awards", ("merit", "merit_on", "merit_wartime"), ("merit",), ("merit", "merit_on"),
         headers={"merit_on": ("授奖日期", "奖励日期", "批准日期"), "merit": ("奖项", "奖励", "功奖")}, many=True,
         zh_note="一次一行，或几次写在一格里用 ; 隔开", en_note="one award a row, or several in a cell joined by ;",
         example={**_ME, "merit": "三等功", "merit_on": "1978-08-01", "merit_wartime": "否"}),
    Kind("disability", "残疾", "disability", ("disability_grade", "disability_cause", "disabled_from"), ("disability_grade",),
         ("disability_grade",), ("disability_grade", "disability_cause", "disabled_from", "changed_on"),
         headers={"disability_grade": ("等级", "新等级", "调整后等级"), "disabled_from": ("评定日期", "批准日期", "调整日期"),
                  "disability_cause": ("性质",)},
         zh_note="评残和调整等级；原等级留在历史里", en_note="grades and regrades; the grade before stays in the history",
         example={**_ME, "disability_grade": "七级", "disability_cause": "因公", "disabled_from": "1981-03-01"}),
    Kind("accounts", "银行账户", "bank accounts", ("bank", "account", "holder", "account_verified"), ("account",),
         ("account", "bank"), ("bank", "account", "holder", "account_verified", "changed_on"),
         zh_note="每个账户都要另一人核验后才用；换账户在此之前仍用原来的", en_note="every account waits for a second person; until then a changed one leaves the old in use",
         example={**_ME, "bank": "澄川银行", "account": "6222000000001234", "holder": "张三", "account_verified": "是"}),
    Kind("deaths", "死亡", "deaths", ("died_on", "fallen"), ("died_on",), ("died_on",), ("died_on", "fallen"),
         headers={"died_on": ("注销日期", "火化日期", "死亡登记日期")},
         zh_note="登记后，邀请、慰问、评价提醒立即停止", en_note="invitations, greetings and prompts stop at once",
         example={**_ME, "died_on": "2026-01-31"}),
    Kind("moves", "迁移", "moves", ("moved_to", "moved_on", "moved_from", "new_address", "hukou"), ("moved_to",), ("moved_to",),
         ("home", "address", "hukou", "changed_on"),
         turns={"moved_to": "home", "moved_on": "changed_on", "new_address": "address"},
         zh_note="村与村、县与县之间，或迁出本市", en_note="between villages or counties, or out of the city",
         example={**_ME, "moved_to": "419902001001", "moved_on": "2026-03-01", "new_address": "12号"}),
    Kind("school", "学籍入学", "school", ("education_stage", "in_education", "school", "enrolled_on", "graduates_on"),
         ("education_stage", "school"), (),
         ("education_stage", "in_education", "school", "graduates_on", "livelihood_from"), turns={"enrolled_on": "livelihood_from"},
         headers={"education_stage": ("学历层次", "培养层次")},
         zh_note="在读阶段、学校、入学和毕业", en_note="stage, school, enrolment and graduation",
         example={"name": "张子涵", "id_number": "419901201209090334", "education_stage": "小学", "in_education": "是",
                  "school": "河东镇中心小学", "enrolled_on": "2019-09-01"}),
    Kind("discharges", "退役", "discharges", ("service_kind", "enlisted_on", "discharged_on", "settlement"), ("discharged_on",),
         ("discharged_on",), ("service_kind", "enlisted_on", "discharged_on", "settlement"),
         zh_note="退役时间和安置方式", en_note="day of discharge and settlement",
         example={**_ME, "service_kind": "义务兵", "enlisted_on": "1976-12-01", "discharged_on": "1980-12-01", "settlement": "自主就业"}),
    Kind("suspensions", "优待中止", "suspension notices", ("suspension", "suspended_on", "political_rights"), ("suspension",),
         ("suspension",), ("suspension", "suspended_on", "political_rights"),
         headers={"suspended_on": ("通知日期", "生效日期", "恢复日期")},
         zh_note="中止、取消、恢复的通知", en_note="notices that suspend, cancel or restore",
         example={**_ME, "suspension": "中止", "suspended_on": "2026-02-01"}),
    Kind("work", "就业", "work and income", ("employment", "unemployment_registered", "employer_insured", "monthly_income",
                                         "able_to_work", "livelihood_from"),
         ("employment", "unemployment_registered", "monthly_income"), (),
         ("employment", "unemployment_registered", "employer_insured", "monthly_income", "able_to_work", "livelihood_from"),
         zh_note="就业、失业登记、收入", en_note="employment, registered unemployment, income",
         example={**_ME, "employment": "失业", "unemployment_registered": "是", "livelihood_from": "2026-01-01"}),
)}  # fmt: skip
