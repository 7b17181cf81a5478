"""Ledgers through the door: dirty ones equal clean ones, repeats add nothing, a whole run can be taken back."""

import datetime as dt
import zipfile

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from lianxin.access import guarding
from lianxin.access.models import SetAside
from lianxin.engine.scope import Actor, over
from lianxin.engine.secrecy import Secret
from lianxin.journal.queries import verify
from lianxin.people import actions, ahead, importing, queries
from lianxin.people.errors import LedgerRefused
from lianxin.people.models import Attribute, BankAccount, Import, Livelihood, Particulars, Person, Refused
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
    number,
    picture,
)

LATER = AT + dt.timedelta(days=30)


@pytest.fixture
def home(db, tmp_path):
    areas()
    return tmp_path


def test_a_family_becomes_files(home):
    result = load(as_csv(home / "a.csv", FAMILY))
    assert result.summary() == {"read": 3, "added": 3, "changed": 0, "unchanged": 0, "refused": 0}
    found = picture()
    assert len(found["persons"]) == 3
    assert len(found["Kin"]) == 3  # spouse, father of, mother of
    assert len(found["Award"]) == len(found["Standing"]) == 2
    person = Person.objects.get(name="张建国")
    assert (person.sex, person.born_on, person.initials) == ("male", dt.date(1958, 3, 12), "zjg")
    assert Livelihood.objects.get(person__name="李秀兰").monthly_income == 120050
    assert verify().broken is None


@pytest.mark.parametrize("kind", ["utf-8-sig", "gb18030", "utf-16", "xlsx", "xls"])
def test_every_kind_of_file_says_the_same(home, kind):
    load(as_csv(home / "clean.csv", FAMILY))
    clean = picture()
    if kind == "xlsx":
        path = as_xlsx(home / "b.xlsx", FAMILY)
    elif kind == "xls":
        path = as_xls(home / "b.xls", FAMILY)
    else:
        path = as_csv(home / "b.csv", FAMILY, encoding=kind)
    assert load(path, at=LATER).summary() == {"read": 3, "added": 0, "changed": 0, "unchanged": 3, "refused": 0}
    assert picture() == clean


SYNONYMS = {"姓名": "姓 名*", "身份证号": "公民身份号码", "联系电话": "手机号码", "居住地": "现居住地", "户编号": "户码",
            "入伍时间": "入伍日期", "退役时间": "退伍时间"}  # fmt: skip
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@st.composite
def dirt(draw):
    """A way to spoil the clean ledger without changing what it says."""
    order = draw(st.permutations(range(12)))
    style = draw(st.sampled_from(["iso", "dots", "han", "plain", "serial", "day"]))
    wide, quote = draw(st.booleans()), draw(st.sampled_from(["", "'", " ", "\u3000"]))
    titles = draw(st.integers(0, 3))
    renamed = draw(st.sets(st.sampled_from(sorted(SYNONYMS))))
    area = draw(st.sampled_from(["code", "path", "run"]))
    return order, style, wide, quote, titles, renamed, area


def _day(text, style):
    day = dt.date.fromisoformat(text)
    return {
        "iso": text, "dots": f"{day.year}.{day.month}.{day.day}", "han": f"{day.year}年{day.month}月{day.day}日",
        "plain": f"{day:%Y%m%d}", "serial": (day - dt.date(1899, 12, 30)).days, "day": day,
    }[style]  # fmt: skip


def _spoilt(path, made):
    order, style, wide, quote, titles, renamed, area = made
    rows = []
    for row in FAMILY:
        new = {}
        for name, cell in row.items():
            if name in {"入伍时间", "退役时间"}:
                cell = _day(cell, style)
            elif name == "居住地":
                cell = {"code": cell, "path": "东川县/河东镇/柳河村", "run": "澄川市东川县河东镇柳河村"}[area]
            elif name in {"身份证号", "联系电话", "银行账号", "母亲身份证号"}:
                cell = quote + (cell.translate(_WIDE) if wide else cell).lower()
            new[SYNONYMS[name] if name in renamed else name] = cell
        rows.append(new)
    book = openpyxl.Workbook()
    page = book.active
    page.title = "第一批"
    for line in range(titles):
        page.append([f"某镇优抚对象台账 {line}"])
        page.merge_cells(start_row=line + 1, start_column=1, end_row=line + 1, end_column=6)
    names = list(dict.fromkeys(name for row in rows for name in row))
    names = [names[place] for place in order if place < len(names)] + names[12:]
    page.append(names)
    for row in rows:
        page.append([row.get(name) for name in names])
    page.append(["合计"] + [None] * (len(names) - 1) if names[0] == "姓名" else [None])
    book.save(path)


@given(dirt())
def test_a_mangled_workbook_says_what_the_clean_one_says(django_db_blocker, tmp_path_factory, made):
    from django.db import transaction

    home = tmp_path_factory.mktemp("dirt")
    with django_db_blocker.unblock(), transaction.atomic():
        areas()
        load(as_csv(home / "clean.csv", FAMILY))
        _spoilt(home / "dirty.xlsx", made)
        found = load(home / "dirty.xlsx", at=LATER).summary()
        transaction.set_rollback(True)
    assert found == {"read": 3, "added": 0, "changed": 0, "unchanged": 3, "refused": 0}


test_a_mangled_workbook_says_what_the_clean_one_says = pytest.mark.usefixtures("db")(
    test_a_mangled_workbook_says_what_the_clean_one_says
)


def test_merged_cells_count_for_every_row_they_cover(home):
    path = as_xlsx(home / "m.xlsx", FAMILY)
    book = openpyxl.load_workbook(path)
    page = book.active
    column = next(cell.column for cell in page[1] if cell.value == "居住地")
    page.merge_cells(start_row=2, end_row=4, start_column=column, end_column=column)
    book.save(path)
    assert load(path).added == 3
    assert set(Person.objects.values_list("home", flat=True)) == {"419901001001"}


def test_sheets_add_up_to_one_person(home):
    more = [{"姓名": "张建国", "身份证号": FATHER, "立功等级": "二等功", "立功时间": "1979年3月"}]
    result = load(as_xlsx(home / "s.xlsx", FAMILY, 立功=more))
    assert (result.added, result.unchanged, result.refused) == (3, 1, 0)
    assert len(picture()["Award"]) == 3


BAD = [
    ({"身份证号": "4.19901E+17"}, "身份证号", "lost-digits"),
    ({"身份证号": FATHER[:17] + ("1" if FATHER[17] != "1" else "2")}, "身份证号", "id-check"),
    ({"性别": "女"}, "性别", "differs-from-id"),
    ({"入伍时间": "76.12.1"}, "入伍时间", "year-short"),
    ({"入伍时间": "1976"}, "入伍时间", "year-only"),
    ({"居住地": "柳河村"}, "居住地", "area-ambiguous"),
    ({"居住地": "东川县"}, "居住地", "area-short"),
    ({"联系电话": "12345"}, "联系电话", "phone"),
    ({"残疾等级": "十一级"}, "残疾等级", "grade"),
    ({"姓名": '=HYPERLINK("http://x")'}, "姓名", "name"),
    ({"退役时间": "1975-01-01"}, "退役时间", "before-enlisted"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "header", "reason"), BAD, ids=[case[2] for case in BAD])
def test_a_bad_row_comes_back_and_good_ones_load(home, change, header, reason):
    rows = [FAMILY[1], {**FAMILY[0], **change}, FAMILY[2]]
    result = load(as_xlsx(home / "in.xlsx", rows), errors=home / "out.xlsx")
    assert (result.added, result.refused) == (2, 1)
    page = openpyxl.load_workbook(home / "out.xlsx")["台账"]
    names = [cell.value for cell in page[1]]
    assert page.max_row == 4  # every row comes back, the good ones too
    assert names[-2:] == ["原因", "怎么改"]
    assert header in page.cell(3, len(names) - 1).value
    assert page.cell(3, len(names)).value
    assert page.cell(2, len(names) - 1).value is None
    wrong = page.cell(3, names.index(header) + 1)
    assert wrong.fill.fgColor.rgb == "FFFFF3C4"
    assert wrong.data_type != "f"


def test_the_returned_workbook_can_be_mended_and_sent_again(home):
    rows = [FAMILY[1], {**FAMILY[0], "联系电话": "1"}, FAMILY[2]]
    load(as_xlsx(home / "in.xlsx", rows), errors=home / "out.xlsx")
    book = openpyxl.load_workbook(home / "out.xlsx")
    page = book["台账"]
    page.cell(3, [cell.value for cell in page[1]].index("联系电话") + 1).value = "13800001234"
    book.save(home / "out.xlsx")
    result = load(home / "out.xlsx", at=LATER)
    assert (result.added, result.refused, result.unknown) == (1, 0, ())
    assert len(picture()["Kin"]) == 3


def test_what_comes_back_is_in_the_ledgers_language_whoever_loads_it(home):
    rows = [{**FAMILY[0], "联系电话": "1"}]
    for language in ("en", "zh-hans"):
        with translation.override(language):
            load(as_xlsx(home / "in.xlsx", rows), errors=home / f"{language}.xlsx")
        page = openpyxl.load_workbook(home / f"{language}.xlsx")["台账"]
        assert [cell.value for cell in page[1]][-2:] == ["原因", "怎么改"]
        assert all(any("一" <= letter <= "鿿" for letter in cell.value) for cell in page[2][-2:])


def test_sent_again_with_another_fault_it_has_its_reasons_once(home):
    rows = [FAMILY[1], {**FAMILY[0], "联系电话": "1"}, FAMILY[2]]
    load(as_xlsx(home / "in.xlsx", rows), errors=home / "out.xlsx")
    book = openpyxl.load_workbook(home / "out.xlsx")
    page = book["台账"]
    names = [cell.value for cell in page[1]]
    page.cell(3, names.index("联系电话") + 1).value = "13800001234"
    page.cell(2, names.index("联系电话") + 1).value = "2"
    book.save(home / "mended.xlsx")
    load(home / "mended.xlsx", at=LATER, errors=home / "again.xlsx")
    page = openpyxl.load_workbook(home / "again.xlsx")["台账"]
    assert [cell.value for cell in page[1]] == names
    assert (page.cell(2, len(names)).value is None, page.cell(3, len(names)).value) == (False, None)


def test_repeat_adds_nothing_and_writes_nothing(home):
    path = as_csv(home / "a.csv", FAMILY)
    load(path)
    before = picture()
    again = load(path, at=LATER)
    assert again.summary() == {"read": 3, "added": 0, "changed": 0, "unchanged": 3, "refused": 0}
    assert picture() == before
    assert verify().broken is None


def test_a_change_keeps_what_held_before_and_a_blank_erases_nothing(home):
    load(as_csv(home / "a.csv", FAMILY))
    moved = [{"姓名": "李秀兰", "身份证号": MOTHER, "居住地": "419902001001", "变更日期": "2026-06-01", "就业状况": ""}]
    assert load(as_csv(home / "b.csv", moved), at=LATER).summary()["changed"] == 1
    rows = Particulars.objects.filter(person__name="李秀兰", superseded_at__isnull=True).order_by("valid_from")
    assert sorted((row.home, row.valid_from, row.valid_to) for row in rows) == [
        ("419901001001", None, dt.date(2026, 5, 31)), ("419902001001", dt.date(2026, 6, 1), None),
    ]  # fmt: skip
    assert Livelihood.objects.get(person__name="李秀兰").employment == "self_employed"
    assert Person.objects.get(name="李秀兰").home == "419902001001"
    assert verify().broken is None


def test_another_account_waits_for_a_second_person(home):
    load(as_csv(home / "a.csv", FAMILY))
    other = [{**FAMILY[0], "银行账号": "6222000000009999", "账户已核验": "是"}]
    load(as_csv(home / "b.csv", other), at=LATER)
    rows = BankAccount.objects.filter(superseded_at__isnull=True).order_by("pk")
    assert [row.verified for row in rows] == [True, False]


def test_undo_restores_what_was(home):
    load(as_csv(home / "a.csv", FAMILY))
    before = picture()
    more = [
        {"姓名": "李秀兰", "身份证号": MOTHER, "居住地": "419902001001", "就业状况": "失业"},
        {"姓名": "王小明", "身份证号": number(dt.date(1990, 1, 1)), "居住地": "419901001002", "户编号": "H2"},
    ]
    run = load(as_csv(home / "b.csv", more), at=LATER).run
    assert picture() != before
    undone = actions.undo_import(run=run, by=OPERATOR, at=LATER + dt.timedelta(days=1))
    assert (undone.closed, undone.kept) == (1, ())
    assert picture() == before
    assert Person.objects.get(name="李秀兰").home == "419901001001"
    assert verify().broken is None
    with pytest.raises(LedgerRefused):
        actions.undo_import(run=run, by=OPERATOR, at=LATER)
    again = load(as_csv(home / "c.csv", more[1:]), at=LATER + dt.timedelta(days=2))
    assert again.added == 1


def test_undo_keeps_persons_used_since(home):
    run = load(as_csv(home / "a.csv", FAMILY)).run
    used = Person.objects.get(name="李秀兰")
    actions.record(person=used.pk, group="award", says={"merit": "third", "wartime": False},
                   valid_from=dt.date(2020, 1, 1), paper="order", at=LATER,
                   by=Actor(account=1, scope=over("4199"), permissions=frozenset({"people.edit"})))  # fmt: skip
    undone = actions.undo_import(run=run, by=OPERATOR, at=LATER)
    assert undone.kept == (used.file_number,)
    assert [one.name for one in Person.objects.filter(visible=True)] == ["李秀兰"]


def test_a_killed_run_is_invisible_and_resumes(home, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    path = as_csv(home / "a.csv", FAMILY)
    real, calls = ahead.write, []

    def dies(*given):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*given)

    monkeypatch.setattr(ahead, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        load(path)
    assert not Person.objects.filter(visible=True).exists()
    assert Person.objects.count() == 2
    monkeypatch.setattr(ahead, "write", real)
    result = load(path, at=LATER)
    assert result.resumed
    assert result.summary() == {"read": 3, "added": 3, "changed": 0, "unchanged": 0, "refused": 0}
    assert Person.objects.filter(visible=True).count() == 3
    assert len(picture()["Kin"]) == 3
    assert Import.objects.count() == 1
    assert verify().broken is None


def test_another_file_first_undoes_a_killed_run(home, monkeypatch):
    monkeypatch.setattr(importing, "link", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        load(as_csv(home / "a.csv", FAMILY))
    monkeypatch.undo()
    result = load(as_csv(home / "b.csv", FAMILY[1:2]), at=LATER)
    assert result.undone == "a.csv"
    assert [one.name for one in Person.objects.filter(visible=True)] == ["李秀兰"]


def test_dry_run_counts_and_writes_nothing(home):
    assert load(as_csv(home / "a.csv", FAMILY), dry_run=True).added == 3
    assert not Person.objects.exists()
    assert not Import.objects.exists()


def test_people_without_a_number_are_known_again(home):
    rows = [{"姓名": "赵大娘", "出生日期": "1935-01-02", "居住地": "419901001001", "联系电话": "13900000000"}]
    assert load(as_csv(home / "a.csv", rows)).added == 1
    assert load(as_csv(home / "b.csv", [{**rows[0], "详细地址": "3号"}]), at=LATER).changed == 1
    named = {**rows[0], "身份证号": number(dt.date(1935, 1, 2), 22)}
    assert load(as_csv(home / "c.csv", [named]), at=LATER).changed == 1
    assert Person.objects.count() == 1
    bare = [{"姓名": "赵大娘", "出生日期": "1935-01-02", "居住地": "419901001001"}]
    assert load(as_csv(home / "d.csv", bare), at=LATER).refused == 1


def test_rows_outside_the_area_are_refused(home):
    elsewhere = [FAMILY[1], {**FAMILY[2], "居住地": "419902001001", "户编号": "H9"}]
    result = load(as_csv(home / "a.csv", elsewhere), area="419901")
    assert (result.added, result.refused) == (1, 1)


def test_unknown_headers_and_relatives_are_told(home):
    rows = [{**FAMILY[2], "最喜欢的颜色": "绿", "联系电话号": "13800001234"}]
    result = load(as_csv(home / "a.csv", rows), errors=home / "out.xlsx")
    assert [(one.header, one.nearest) for one in result.unknown] == [("最喜欢的颜色", ""), ("联系电话号", "联系电话")]
    assert (result.added, result.remarks) == (1, 1)
    assert (home / "out.xlsx").exists()


def test_wrong_headers_name_what_was_found_and_what_is_near(home):
    path = as_csv(home / "a.csv", [{"名": "张三", "身份证号码1": CHILD, "电话号": "1"}])
    with pytest.raises(LedgerRefused) as refused:
        load(path)
    assert "身份证号码1" in refused.value.sentence
    assert "身份证号" in refused.value.sentence


@pytest.mark.parametrize(
    "kind", ["empty", "junk", "zip", "html", "header-only", "nul", "cells", "truncated", "long-cell"]
)
def test_what_is_no_ledger_is_refused_in_one_sentence(home, kind):
    path = home / "x.xlsx"
    if kind == "cells":
        as_xlsx(path, FAMILY)
        parts = {}
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        )
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
    elif kind == "truncated":
        data = as_xlsx(path, FAMILY).read_bytes()
        path.write_bytes(data[: len(data) // 2])
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.txt", "x")
    else:
        data = {"empty": b"", "junk": bytes(range(256)) * 50, "html": "<html><table><tr><td>姓名".encode(),
                "long-cell": ("姓名,身份证号\n" + "甲" * 150_000 + ",1\n").encode(), "header-only": "随便,什么\n".encode(), "nul": b"a\x00b,c"}[kind]  # fmt: skip
        path.write_bytes(data)
    with pytest.raises(LedgerRefused) as refused:
        load(path)
    assert refused.value.sentence.count("\n") == 0
    assert not Person.objects.exists()
    assert not Import.objects.exists()


def test_a_locked_workbook_is_refused(home):
    path = home / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(LedgerRefused) as refused:
        load(path)
    assert "密码" in refused.value.sentence


def test_no_number_is_logged_or_journalled(home, caplog, capfd):
    load(as_csv(home / "a.csv", [*FAMILY, {"姓名": "坏", "身份证号": FATHER[:-1]}]))
    from lianxin.journal.models import Entry

    said = caplog.text + "".join(capfd.readouterr()) + repr(list(Entry.objects.values_list("detail", "by_name")))
    assert FATHER[:14] not in said
    assert "13800001234" not in said


def test_a_citys_own_facts_are_columns(home, settings):
    settings.CATALOGUE = home
    (home / "attributes.yaml").write_text(
        "- {code: frontier_medic, type: bool, absent: false, name: {zh: 边防卫生员, en: frontier medic}}\n"
        "- {code: years_abroad, type: int, name: {zh: 驻外年数, en: years abroad}}\n", encoding="utf-8"
    )  # fmt: skip
    rows = [{**FAMILY[1], "边防卫生员": "是", "驻外年数": "3"}, {**FAMILY[2], "驻外年数": "三年多"}]
    result = load(as_csv(home / "a.csv", rows))
    assert (result.added, result.refused, result.unknown) == (1, 1, ())
    found = sorted(Attribute.objects.values_list("code", "value"))
    assert found == [("frontier_medic", "true"), ("years_abroad", "3")]


def test_imported_people_are_found_by_any_part_of_their_name(home):
    load(as_csv(home / "a.csv", FAMILY))
    for text in ("建国", "国", "张建国", "zhangjg"[:5], "zjg", FATHER, "13800001234", "H1"):
        assert "张建国" in [hit.name for hit in queries.search(over("419901001"), text)], text
        assert queries.search(over("419902"), text) == []


def test_a_row_that_speaks_of_the_forces_comes_back_and_a_doubt_is_set_aside(home):
    rows = [{**FAMILY[0], "依据材料": "71325部队证明"}, {**FAMILY[1], "详细地址": "原三连服役，柳河村"}, FAMILY[2]]
    result = load(as_csv(home / "a.csv", rows))
    assert (result.added, result.refused) == (1, 2)
    assert sorted(Refused.objects.values_list("column", "reason")) == [("address", "doubtful"), ("paper", "secret")]
    guarding.empty_out(where="lianxin import", by=OPERATOR)
    assert SetAside.objects.get().kind == "designation"


def test_a_ledger_whose_name_is_a_secret_is_not_taken(home):
    with pytest.raises(Secret):
        load(as_csv(home / "71325部队.csv", FAMILY))
    assert not Import.objects.exists()
