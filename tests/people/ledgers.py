"""Ledgers for tests: sound rows, and workbooks written by other libraries than the product's."""

import csv
import datetime as dt
import io
import zipfile
import zlib

import openpyxl
import xlwt

from lianxin.access import actions as access
from lianxin.engine.identity import check_digit
from lianxin.engine.scope import Actor, over
from lianxin.people import actions
from lianxin.people.models import (
    Award,
    BankAccount,
    Kin,
    Livelihood,
    Membership,
    Particulars,
    Person,
    Service,
    Standing,
    Suspension,
)

AT = dt.datetime(2026, 5, 6, 1, 2, 3, tzinfo=dt.UTC)
OPERATOR = Actor(name="operator", area="4199", scope=over("4199"), permissions=frozenset({"*"}))
AREAS = [
    ("4199", "澄川市", "Chengchuan"), ("419901", "东川县", ""), ("419902", "西川县", ""), ("419901001", "河东镇", ""),
    ("419902001", "河西镇", ""), ("419901001001", "柳河村", ""), ("419901001002", "前王村", ""),
    ("419902001001", "柳河村", ""),
]  # fmt: skip


def areas():
    access.add_areas(areas=AREAS, by=OPERATOR, at=AT)


def number(born, order=11, area="419901"):
    first = f"{area}{born:%Y%m%d}{order:03d}"
    return first + check_digit(first)


FATHER = number(dt.date(1958, 3, 12), 11)
MOTHER = number(dt.date(1960, 7, 1), 22)
CHILD = number(dt.date(2012, 9, 9), 33)
FAMILY = [
    {"姓名": "张建国", "身份证号": FATHER, "联系电话": "13800001234", "居住地": "419901001001", "户编号": "H1", "与户主关系": "户主",
     "服役类别": "义务兵", "入伍时间": "1976-12-01", "退役时间": "1980-12-01", "入伍时农村户籍": "是", "优抚类别": "参战",
     "残疾等级": "七级", "残疾性质": "因公", "立功等级": "三等功;嘉奖", "立功时间": "1978-08-01;1979-08-01",
     "就业状况": "退休", "开户银行": "澄川银行", "银行账号": "6222000000001234", "账户已核验": "是"},
    {"姓名": "李秀兰", "身份证号": MOTHER, "居住地": "419901001001", "户编号": "H1", "与户主关系": "配偶", "就业状况": "务农",
     "月收入": "1200.50"},
    {"姓名": "张子涵", "身份证号": CHILD, "居住地": "419901001001", "户编号": "H1", "与户主关系": "子女",
     "母亲身份证号": MOTHER, "就读阶段": "小学", "在读": "是"},
]  # fmt: skip


def headers(rows):
    return list(dict.fromkeys(header for row in rows for header in row))


def as_csv(path, rows, *, encoding="utf-8", title=(), names=None):
    names = names or headers(rows)
    text = io.StringIO()
    out = csv.writer(text)
    for line in title:
        out.writerow([line])
    out.writerow(names)
    out.writerows([[row.get(name, "") for name in names] for row in rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_xlsx(path, rows, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, some in ({"台账": rows} | sheets).items():
        page = book.create_sheet(name)
        names = headers(some)
        page.append(names)
        for row in some:
            page.append([row.get(one) for one in names])
    book.save(path)
    return path


def swollen(path, size, claims=10):
    """The workbook with one more part of ``size`` bytes, for which the archive claims ``claims``."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b"a" * size)
        part = archive.getinfo("xl/more.xml")
        part.file_size, part.CRC = claims, zlib.crc32(b"a" * claims)
    return path


def as_xls(path, rows):
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    for at, row in enumerate([dict(zip(headers(rows), headers(rows), strict=True)), *rows]):
        for place, name in enumerate(headers(rows)):
            page.write(at, place, row.get(name, ""))
    book.save(str(path))
    return path


def load(path, **given):
    return actions.import_people(path=path, by=OPERATOR, at=given.pop("at", AT), **given)


def picture():
    """All that is open on file, without ids, seals and instants: what two imports of the same people agree on."""
    names = {pk: (name, bytes(mark or b"")) for pk, name, mark in Person.objects.values_list("pk", "name", "id_mark")}
    seen = set(Person.objects.filter(visible=True).values_list("pk", flat=True))
    found = {"persons": sorted(names[pk] for pk in seen)}
    for model, columns in (
        (Particulars, ("name", "sex", "born_on", "died_on", "home", "address", "hukou", "verified")),
        (Service, ("kind", "enlisted_on", "discharged_on", "settlement", "rural_at_enlistment", "expelled")),
        (Standing, ("code", "grade", "cause", "role")), (Award, ("merit", "wartime")),
        (Livelihood, ("employment", "monthly_income", "education_stage", "in_education", "school")),
        (BankAccount, ("bank", "number_mark", "holder", "verified")), (Membership, ("family__code",)),
        (Suspension, ("state", "political_rights")), (Kin, ("relative", "kind", "basis", "ended_by")),
    ):  # fmt: skip
        rows = model.objects.filter(superseded_at__isnull=True).values_list(
            "person", "valid_from", "valid_to", *columns
        )
        found[model.__name__] = sorted(
            repr((names[row[0]], *(names[one] if model is Kin and place == 2 else bytes(one)
                 if isinstance(one, memoryview) else one for place, one in enumerate(row[1:]))))
            for row in rows
        )  # fmt: skip
    return found
