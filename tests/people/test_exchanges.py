"""Round trips with other systems: out and in again changes nothing; what was changed on one side arrives on the other."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.access.permissions import Refused
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal.models import Entry
from lianxin.people import actions, exchanges, exporting
from lianxin.people.errors import LedgerRefused
from lianxin.people.models import Export, Livelihood, Person, Standing
from tests.people.ledgers import AT, CHILD, FAMILY, FATHER, OPERATOR, areas, as_csv, load, number, picture

LATER = AT + dt.timedelta(days=30)
CODES = sorted(exchanges.formats())
BEREAVED = {"姓名": "王桂英", "身份证号": number(dt.date(1950, 5, 5), 44), "居住地": "419901001002", "遗属类别": "烈士",
            "与牺牲病故者关系": "配偶", "牺牲病故时间": "1979-03-01", "就读阶段": "无"}  # fmt: skip
DEAD = {"姓名": "赵老", "身份证号": number(dt.date(1930, 5, 5), 55), "居住地": "419901001002", "去世日期": "2026-01-01"}


@pytest.fixture
def home(db, tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    areas()
    load(as_csv(tmp_path / "people.csv", [*FAMILY, BEREAVED, DEAD]))
    return tmp_path


def out(code, *, at=LATER, changed=False, by=OPERATOR, area=""):
    made = exporting.export(exchange=code, area=area, changed=changed, reason="季度上报", by=by, at=at)
    return made, exporting.content(made)


def cells(code, content):
    """Header and rows as the other system would read them."""
    if exchanges.formats()[code].file == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
        rows = rows[1:] if exchanges.formats()[code].title else rows
    else:
        coding = "gb18030" if exchanges.formats()[code].file.endswith("gb18030") else "utf-8-sig"
        rows = list(csv.reader(io.StringIO(content.decode(coding))))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def back(home, code, rows, *, at, errors=None, name="back"):
    book = openpyxl.Workbook()
    for line, row in enumerate([list(rows[0]), *(list(row.values()) for row in rows)], 1):
        for place, value in enumerate(row, 1):
            cell = book.active.cell(line, place)
            cell.value = value
            cell.data_type = "s"
    path = home / f"{name}.xlsx"
    book.save(path)
    return actions.import_ledger(ledger="auto", path=path, by=OPERATOR, at=at, errors=errors)


@pytest.mark.parametrize("code", CODES)
def test_out_and_in_again_changes_nothing(home, code):
    before = picture()
    made, content = out(code)
    assert made.rows >= 1, "the made-up people have somebody for every format"
    path = home / f"there.{'xlsx' if exchanges.formats()[code].file == 'xlsx' else 'csv'}"
    path.write_bytes(content)
    found = actions.import_ledger(ledger="auto", path=path, by=OPERATOR, at=LATER)
    assert (found.ledger, found.unknown) == (f"x-{code}", ())
    assert found.summary() == {"read": made.rows, "added": 0, "changed": 0, "unchanged": made.rows, "refused": 0}
    assert picture() == before


def test_what_was_edited_there_is_exactly_what_changes(home):
    _made, content = out("national-registry")
    rows = cells("national-registry", content)
    row = next(one for one in rows if one["公民身份号码"] == FATHER)
    row |= {"联系电话": "13700000000", "伤残等级代码": "G06", "就业状况": "在职"}
    result = back(home, "national-registry", rows, at=LATER)
    assert (result.changed, result.unchanged, result.refused) == (1, len(rows) - 1, 0)
    father = Person.objects.get(name="张建国")
    assert Standing.objects.get(person=father, code="disabled_soldier", superseded_at=None, valid_to=None).grade == 6
    assert Livelihood.objects.get(person=father, superseded_at=None, valid_to=None).employment == "employed"
    again = cells("national-registry", out("national-registry", at=LATER + dt.timedelta(days=1))[1])
    assert again == rows


def test_what_was_edited_here_is_exactly_what_the_next_file_shows(home):
    out("national-registry")
    made, content = out("national-registry", at=LATER + dt.timedelta(hours=1), changed=True)
    assert made.rows == 0
    load(as_csv(home / "e.csv", [{**FAMILY[0], "联系电话": "13600000000"}]), at=LATER + dt.timedelta(hours=2))
    new = {**FAMILY[0], "姓名": "新来的", "身份证号": number(dt.date(1958, 2, 2), 67), "户编号": "H9", "联系电话": ""}
    load(as_csv(home / "n.csv", [new]), at=LATER + dt.timedelta(hours=3))
    load(as_csv(home / "w.csv", [{**FAMILY[1], "月收入": "3000"}]), at=LATER + dt.timedelta(hours=3))
    _made, content = out("national-registry", at=LATER + dt.timedelta(hours=4), changed=True)
    rows = cells("national-registry", content)
    assert {(row["姓名"], row["联系电话"]) for row in rows} == {("张建国", "13600000000"), ("新来的", "")}
    assert out("national-registry", at=LATER + dt.timedelta(hours=5), changed=True)[0].rows == 0


def test_codes_that_nobody_declared_come_back_with_the_fix(home):
    rows = cells("national-registry", out("national-registry")[1])
    rows[0]["服役身份代码"] = "99"
    rows[0]["是否参战"] = "X"
    before, errors = picture(), home / "errors.xlsx"
    result = back(home, "national-registry", rows, at=LATER, errors=errors)
    assert (result.refused, result.changed) == (1, 0)
    assert picture() == before
    said = list(openpyxl.load_workbook(errors).active.iter_rows(values_only=True))[1]
    assert "服役身份代码" in said[-2]
    assert "10、20、30、40" in said[-1]
    assert "1、0" in said[-1]


EDITS = st.fixed_dictionaries({}, optional={
    "联系电话": st.sampled_from(["13911112222", "13933334444"]), "详细住址": st.sampled_from(["1号", "=2号", "+3号", "@4"]),
    "就业状况": st.sampled_from(["在职", "失业", "个体经营"]), "伤残等级代码": st.sampled_from(["G03", "G09"]),
    "现居住地区划代码": st.sampled_from(["419901001001", "419902001001"]), "安置方式代码": st.sampled_from(["05", "06"]),
})  # fmt: skip

NAMES = {"详细住址": "详细地址", "现居住地区划代码": "居住地", "伤残等级代码": "残疾等级", "安置方式代码": "安置方式"}
WORDS = {"G03": "三级", "G09": "九级", "05": "自主就业", "06": "安排工作"}


@given(st.lists(st.tuples(st.integers(0, 1), EDITS), min_size=1, max_size=4))
@settings(max_examples=12)
def test_any_edits_there_and_back_agree(tmp_path_factory, round_home, edits):
    """After each exchange both sides say the same, whoever edited."""
    home = tmp_path_factory.mktemp("round")
    for place, (side, edit) in enumerate(edits):
        at = round_home.next()
        rows = cells("national-registry", out("national-registry", at=at)[1])
        mine = next(row for row in rows if row["公民身份号码"] == FATHER)
        told = {header: value for header, value in edit.items() if value != mine[header]}
        if side:
            mine |= edit
            assert back(home, "national-registry", rows, at=at, name=f"b{place}").changed == bool(told)
        else:
            here = {NAMES.get(header, header): WORDS.get(value, value) for header, value in edit.items()}
            load(as_csv(home / f"h{place}.csv", [{"姓名": "张建国", "身份证号": FATHER, **here}]), at=at)
        seen = next(row for row in cells("national-registry", out("national-registry", at=round_home.next())[1])
                    if row["公民身份号码"] == FATHER)  # fmt: skip
        assert seen == {**mine, **edit}


class Clock:
    """Each call a day later, so that nothing happens at once."""

    def __init__(self):
        self.at = LATER

    def next(self):
        self.at += dt.timedelta(days=1)
        return self.at


@pytest.fixture
def round_home(home):
    return Clock()


def test_a_cell_that_could_run_is_text(home):
    load(as_csv(home / "e.csv", [{**FAMILY[0], "详细地址": "=HYPERLINK(1)"}]), at=LATER - dt.timedelta(days=1))
    _made, content = out("national-registry")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)")
    assert cell.data_type == "s"


def test_only_its_own_area_with_a_reason_for_those_who_may(home):
    mine = Actor(account=5, area="419902", scope=over("419902"), permissions=frozenset({"people.export.whole"}))
    assert out("national-registry", by=mine)[0].rows == 0
    with pytest.raises(Refusal):
        out("national-registry", by=mine, area="419901")
    with pytest.raises(Refused):
        out("national-registry", by=Actor(account=6, area="4199", scope=over("4199")))
    with pytest.raises(Refusal):
        exporting.export(exchange="national-registry", area="", changed=False, reason=" ", by=OPERATOR, at=LATER)
    with pytest.raises(Refusal, match=r"全部人员|write everybody"):
        out("bank-payroll", changed=True)
    out("national-registry", by=mine)
    noted = Entry.objects.filter(action="people.exchange").last()
    assert (noted.purpose, noted.detail["rows"], noted.area) == ("季度上报", 0, "419902")


def test_a_file_lies_sealed_and_goes_after_two_days(home, settings):
    made, _content = out("bank-payroll")
    stored = (settings.HOME / "exports" / f"{made.pk}.sealed").read_bytes()
    assert FATHER.encode() not in stored
    assert exporting.expire(at=LATER + dt.timedelta(hours=47)) == 0
    assert exporting.expire(at=LATER + dt.timedelta(hours=49)) == 1
    assert Export.objects.get(pk=made.pk).state == "gone"
    with pytest.raises(FileNotFoundError):
        exporting.content(made)


@pytest.mark.parametrize("spoil", ["column: nonsense", "words: {male: 1, female: 1}", "column: sex, fixed: x"])
def test_a_wrong_format_names_its_line(tmp_path, spoil, settings):
    (tmp_path / "exchanges").mkdir()
    text = f"code: bad\nname: {{zh: 坏, en: bad}}\nfile: xlsx\ncolumns:\n  - {{header: 身份证号, column: id_number}}\n  - {{header: 性别, {spoil}}}\n"
    (tmp_path / "exchanges" / "bad.yaml").write_text(text)
    settings.CATALOGUE = tmp_path
    with pytest.raises(LedgerRefused, match=r"bad\.yaml"):
        exchanges.formats()


def test_a_child_is_on_the_enrolment_list(home):
    rows = cells("enrolment", out("enrolment")[1])
    assert [(row["学生身份证号"], row["学段代码"], row["在读"]) for row in rows] == [(CHILD, "2", "是")]
