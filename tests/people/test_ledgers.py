"""The ledgers besides people: recognised by headers, one road in, nothing else of a file changed, taken back as one."""

import datetime as dt
import zipfile

import openpyxl
import pytest

from lianxin.engine import effects
from lianxin.engine.scope import Actor, over
from lianxin.journal.queries import verify
from lianxin.people import actions, blanks, exchanges, importing
from lianxin.people.errors import LedgerRefused
from lianxin.people.ledgers import EVERY, KINDS
from lianxin.people.models import (
    Award,
    BankAccount,
    Import,
    Kin,
    Livelihood,
    Particulars,
    Person,
    Refused,
    Service,
    Standing,
    Suspension,
)
from tests.people.ledgers import (
    AT,
    CHILD,
    FAMILY,
    FATHER,
    MOTHER,
    OPERATOR,
    areas,
    as_csv,
    as_xls,
    as_xlsx,
    load,
    picture,
)

LATER = AT + dt.timedelta(days=30)
ROWS = {
    "kin": {"姓名": "张建国", "身份证号": FATHER, "亲属身份证号": MOTHER, "是亲属的": "配偶", "结婚日期": "1982-05-01",
            "离婚日期": "2020-01-02", "结束原因": "离婚"},
    "awards": {"姓名": "张建国", "身份证号": FATHER, "奖项": "二等功", "授奖日期": "1979.9.1", "战时立功": "是"},
    "disability": {"姓名": "张建国", "身份证号": FATHER, "残疾等级": "六级", "评定日期": "2026-02-01"},
    "accounts": {"姓名": "李秀兰", "身份证号": MOTHER, "开户银行": "澄川农商银行", "银行账号": "6222000000009999", "账户已核验": "是"},
    "deaths": {"姓名": "张建国", "身份证号": FATHER, "死亡日期": "2026-05-01"},
    "moves": {"姓名": "张建国", "身份证号": FATHER, "迁入地": "西川县/河西镇/柳河村", "迁移日期": "2026-04-01", "新地址": "8号"},
    "school": {"姓名": "张子涵", "身份证号": CHILD, "就读阶段": "初中", "学校名称": "河东镇中学", "入学日期": "2025-09-01"},
    "discharges": {"姓名": "张建国", "身份证号": FATHER, "退役时间": "1981-01-01", "安置方式": "自主就业"},
    "suspensions": {"姓名": "张建国", "身份证号": FATHER, "优待状态": "中止", "通知日期": "2026-03-01"},
    "work": {"姓名": "李秀兰", "身份证号": MOTHER, "就业状况": "失业", "失业登记": "是", "失业时间": "2026-03-01"},
}  # fmt: skip


@pytest.fixture
def home(db, tmp_path):
    areas()
    load(as_csv(tmp_path / "people.csv", FAMILY))
    return tmp_path


def read(path, ledger="auto", **given):
    return actions.import_ledger(ledger=ledger, path=path, by=OPERATOR, at=given.pop("at", LATER), **given)


def now(model, name, **more):
    return model.objects.filter(person__name=name, superseded_at__isnull=True, **more)


@pytest.mark.parametrize("ledger", sorted(ROWS))
def test_each_ledger_is_known_by_its_headers_and_taken_back_as_one(home, ledger):
    before = picture()
    path = as_xlsx(home / "ledger.xlsx", [ROWS[ledger]])
    first = read(path)
    assert (first.ledger, first.looks, first.unknown) == (ledger, ledger, ())
    assert first.summary() == {"read": 1, "added": 0, "changed": 1, "unchanged": 0, "refused": 0}
    assert picture() != before
    again = read(path, ledger)
    assert again.summary() == {"read": 1, "added": 0, "changed": 0, "unchanged": 1, "refused": 0}
    actions.undo_import(run=first.run, by=OPERATOR, at=LATER + dt.timedelta(days=1))
    assert picture() == before
    assert verify().broken is None


def test_what_each_ledger_writes(home):
    for place, ledger in enumerate(ROWS):
        read(as_csv(home / f"{ledger}.csv", [ROWS[ledger]]), at=LATER + dt.timedelta(minutes=place))
    kin = Kin.objects.get(superseded_at__isnull=True, kind="spouse")
    assert (kin.valid_from, kin.valid_to, kin.ended_by) == (dt.date(1982, 5, 1), dt.date(2020, 1, 2), "divorce")
    assert now(Award, "张建国", merit="second").get().wartime
    assert {(row.grade, row.valid_from, row.valid_to) for row in now(Standing, "张建国", code="disabled_soldier")} == {
        (7, None, dt.date(2026, 1, 31)), (6, dt.date(2026, 2, 1), None),
    }  # fmt: skip
    assert now(BankAccount, "李秀兰").get().verified
    father = Person.objects.get(name="张建国")
    assert (father.died_on, father.home, father.address) == (dt.date(2026, 5, 1), "419902001001", "8号")
    assert now(Particulars, "张建国", valid_to=dt.date(2026, 3, 31)).get().home == "419901001001"
    school = now(Livelihood, "张子涵", valid_to=None).get()
    assert (school.education_stage, school.school, school.valid_from) == ("junior", "河东镇中学", dt.date(2025, 9, 1))
    assert now(Service, "张建国").get().discharged_on == dt.date(1981, 1, 1)
    assert now(Suspension, "张建国").get().state == "suspended"
    work = now(Livelihood, "李秀兰", valid_to=None).get()
    assert (work.employment, work.monthly_income) == ("unemployed", 120050)


def test_a_ledger_changes_nothing_but_its_own(home):
    path = as_csv(home / "d.csv", [{**ROWS["deaths"], "性别": "男", "联系电话": "13900000000", "就业状况": "失业"}])
    result = read(path, "deaths")
    assert result.looks == "people"  # it has columns that a ledger of deaths has not
    assert [(one.header, one.elsewhere) for one in result.unknown] == [("就业状况", True)]
    assert now(Livelihood, "张建国").get().employment == "retired"
    assert now(Particulars, "张建国").count() == 1
    assert Person.objects.get(name="张建国").died_on == dt.date(2026, 5, 1)


def test_rooms_are_told_of_deaths_and_moves(home, monkeypatch):
    heard = []
    monkeypatch.setattr(effects, "announce", lambda name, **given: heard.append((name, list(given["ids"]))))
    father = Person.objects.get(name="张建国").pk
    read(as_csv(home / "d.csv", [ROWS["deaths"]]))
    read(as_csv(home / "m.csv", [ROWS["moves"]]), at=LATER + dt.timedelta(days=1))
    assert heard == [("person-died", [father]), ("person-changed", [father]), ("person-moved", [father]),
                     ("person-changed", [father])]  # fmt: skip


REFUSED = [
    ({"姓名": "张建国", "身份证号": CHILD, "死亡日期": "2026-05-01"}, "name-differs"),
    ({"姓名": "无此人", "出生日期": "1950-01-01", "居住地": "419901001001", "死亡日期": "2026-05-01"}, "nobody"),
    ({"姓名": "张建国", "死亡日期": "2026-05-01"}, "finds-missing"),
    ({"姓名": "张建国", "身份证号": FATHER, "死亡日期": ""}, "needed"),
    ({"姓名": "张建国", "身份证号": FATHER, "死亡日期": "2027-05-01"}, "future"),
    ({"姓名": "张建国", "身份证号": FATHER, "死亡日期": "1950-05-01"}, "before-birth"),
    ({"档案号": "CC99999999", "姓名": "张建国", "死亡日期": "2026-05-01"}, "nobody"),
    ({"姓名": "张建国", "身份证号": "4.19901195803120E+17", "死亡日期": "2026-05-01"}, "lost-digits"),
]


@pytest.mark.parametrize("row,reason", REFUSED, ids=[reason for _, reason in REFUSED])
def test_what_comes_back_says_why(home, row, reason):
    before, out = picture(), home / "back.xlsx"
    result = read(as_csv(home / "d.csv", [row]), "deaths", errors=out)
    assert (result.refused, result.changed) == (1, 0)
    assert picture() == before
    rows = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))
    assert rows[1][-2] and rows[1][-1], "reason and how to mend it"
    assert reason in set(Refused.objects.filter(run=result.run).values_list("reason", flat=True))


def test_found_by_name_birth_and_township_where_there_is_no_number(home):
    row = {"姓名": "张建国", "出生日期": "1958年3月12日", "居住地": "东川县/河东镇/前王村", "死亡日期": "2026-05-01"}
    assert read(as_csv(home / "d.csv", [row]), "deaths").changed == 1


def test_the_same_person_twice(home):
    rows = [ROWS["deaths"], ROWS["deaths"], {**ROWS["deaths"], "死亡日期": "2026-05-02"}]
    result = read(as_csv(home / "d.csv", rows), "deaths")
    assert (result.changed, result.unchanged, result.refused) == (1, 1, 1)
    assert Person.objects.get(name="张建国").died_on == dt.date(2026, 5, 1)


def test_an_office_reaches_only_its_own_people(home):
    away = Actor(account=7, area="419902", scope=over("419902"), permissions=frozenset({"people.import"}))
    path = as_csv(home / "d.csv", [ROWS["deaths"]])
    result = actions.import_ledger(ledger="deaths", path=path, by=away, at=LATER)
    assert (result.changed, result.refused) == (0, 1)
    mine = Actor(account=8, area="419901", scope=over("419901"), permissions=frozenset({"people.import"}))
    moved = actions.import_ledger(ledger="moves", path=as_csv(home / "m.csv", [ROWS["moves"]]), by=mine, at=LATER)
    assert moved.changed == 1, "an office may send its own people to another county"


def test_the_wrong_ledger_is_named(home):
    path = as_csv(home / "d.csv", [ROWS["deaths"]])
    with pytest.raises(LedgerRefused, match="死亡"):
        read(path, "awards")
    with pytest.raises(LedgerRefused, match="auto"):
        read(path, "nonsense")


@pytest.mark.parametrize("kind", ["xls", "gb18030", "titled"])
def test_dirty_files(home, kind):
    row = {"姓  名*": "张 建国", "公民身份号码": FATHER.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
           "死亡日期": "二〇二六年五月一日"}  # fmt: skip
    if kind == "xls":
        path = as_xls(home / "d.xls", [row])
    elif kind == "gb18030":
        path = as_csv(home / "d.csv", [row], encoding="gb18030")
    else:
        path = as_csv(home / "d.csv", [row], title=["东川县死亡人员台账", "填表人：某某"])
    result = read(path)
    assert (result.ledger, result.changed) == ("deaths", 1)


def test_relations_follow_their_dates(home):
    read(as_csv(home / "k.csv", [ROWS["kin"]]))
    load(as_csv(home / "again.csv", FAMILY), at=LATER + dt.timedelta(days=1))
    assert not Kin.objects.filter(kind="spouse", superseded_at__isnull=True, valid_to__isnull=True).exists()
    again = {"身份证号": FATHER, "亲属身份证号": MOTHER, "是亲属的": "配偶", "结婚日期": "2022-02-02"}
    read(as_csv(home / "k2.csv", [again]), "kin", at=LATER + dt.timedelta(days=2))
    assert Kin.objects.filter(kind="spouse", superseded_at__isnull=True, valid_from=dt.date(2022, 2, 2)).exists()


def test_undo_leaves_what_was_corrected_since(home):
    moved = read(as_csv(home / "m.csv", [ROWS["moves"]]))
    away = {**ROWS["moves"], "迁入地": "外地", "迁移日期": "2026-05-20"}
    read(as_csv(home / "m2.csv", [away]), at=LATER + dt.timedelta(days=1))
    before = picture()
    done = actions.undo_import(run=moved.run, by=OPERATOR, at=LATER + dt.timedelta(days=2))
    assert done.kept == (Person.objects.get(name="张建国").file_number,)
    assert picture() == before


@pytest.mark.parametrize("ledger", sorted(KINDS))
def test_the_empty_template_is_read_as_its_own_ledger(home, ledger):
    path = home / "t.xlsx"
    path.write_bytes(blanks.workbook(ledger))
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == 2
    assert book.worksheets[0].max_row == 2
    result = read(path, dry_run=True)
    assert (result.ledger, result.read) == (ledger, 1)
    assert not [one for one in result.unknown if one.header]


def test_every_ledger_says_only_columns_that_there_are():
    for kind in exchanges.kinds():
        codes = {*kind.says, *kind.marks, *kind.needs, *kind.writes, *kind.headers, *kind.example} - {"changed_on"}
        assert codes <= {*EVERY, *(column.code for column in kind.columns)}, kind.code
        assert set(kind.turns) <= set(kind.says)


def test_later_columns_survive_a_change_and_its_undo(home):
    read(as_csv(home / "s.csv", [ROWS["school"]]))
    ledger = read(
        as_csv(home / "w.csv", [{"身份证号": CHILD, "就业状况": "学生"}]), "work", at=LATER + dt.timedelta(days=1)
    )
    assert now(Livelihood, "张子涵", valid_to=None).get().school == "河东镇中学"
    actions.undo_import(run=ledger.run, by=OPERATOR, at=LATER + dt.timedelta(days=2))
    assert now(Livelihood, "张子涵", valid_to=None).get().school == "河东镇中学"


def test_a_formula_comes_back_as_text(home):
    out = home / "back.xlsx"
    rows = [
        {"姓名": said, "身份证号": FATHER, "死亡日期": "2026-05-01"} for said in ("=1+1", "+cmd", "-2+3", "@SUM(A1)")
    ]
    result = read(as_csv(home / "d.csv", rows), "deaths", errors=out)
    assert result.refused == 4
    cells = [cell for row in openpyxl.load_workbook(out).active.iter_rows(min_row=2) for cell in row if cell.value]
    assert all(cell.data_type == "s" for cell in cells)
    assert {cell.value for cell in cells if cell.column == 1} == {"=1+1", "+cmd", "-2+3", "@SUM(A1)"}


def test_a_killed_run_goes_on_where_it_stopped(home, monkeypatch):
    path = as_csv(home / "d.csv", [ROWS["deaths"]])
    with monkeypatch.context() as broken:
        broken.setattr(importing, "show", lambda run: (_ for _ in ()).throw(RuntimeError("the power failed")))
        with pytest.raises(RuntimeError):
            read(path)
    again = read(path, at=LATER + dt.timedelta(hours=1))
    assert (again.resumed, again.changed, again.refused) == (True, 1, 0)
    assert Import.objects.get(run=again.run).state == "done"
    actions.undo_import(run=again.run, by=OPERATOR, at=LATER + dt.timedelta(days=1))
    assert Person.objects.get(name="张建国").died_on is None


def test_a_messy_workbook(home):
    """Titles, a merged cell over two rows, a formula with its last value, an empty sheet, another ledger's sheet."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(["东川县迁移人员登记表"])
    page.merge_cells("A1:D1")
    page.append([])
    page.append(["序号", "姓名", "身份证号", "迁入地", "迁移日期"])
    page.append([1, "张建国", FATHER, "419901001002", dt.datetime(2026, 4, 1)])
    page.append([2, "李秀兰", MOTHER, None, 46113])
    page.merge_cells("D4:D5")
    page.append(["合计", "", 2])
    book.create_sheet("说明")
    book.create_sheet("其他").append(["备注", "随便写的"])
    path = home / "m.xlsx"
    book.save(path)
    result = read(path)
    assert (result.ledger, result.read, result.changed, result.refused) == ("moves", 2, 2, 0)
    assert {person.home for person in Person.objects.filter(name__in=["张建国", "李秀兰"])} == {"419901001002"}


@pytest.mark.parametrize("spoil", ["locked", "bomb", "picture", "empty"])
def test_what_is_no_workbook_gets_one_sentence(home, spoil):
    path = home / "x.xlsx"
    if spoil == "locked":
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"))
    elif spoil == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b'<c r="XFD1048576">' + b"0" * 50_000_000)
    else:
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 200 if spoil == "picture" else b"")
    with pytest.raises(LedgerRefused) as told:
        read(path, "deaths")
    assert "\n" not in told.value.sentence
    assert len(told.value.sentence) < 200
