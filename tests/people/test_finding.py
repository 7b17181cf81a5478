"""Finding people: whatever is typed for a name finds it inside the scope and never outside; pages neither repeat nor drop."""

import datetime as dt
import time

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from lianxin.access import actions as access
from lianxin.access import seal
from lianxin.engine.identity import check_digit
from lianxin.engine.scope import Actor, Scope, over
from lianxin.journal import actions as journal
from lianxin.people import actions, nameindex, names, walking
from lianxin.people.finding import find
from lianxin.people.models import Family, Particulars, Person, Service, Standing
from tests.people.ledgers import FAMILY, areas, as_csv, load

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
OPERATOR = Actor(name="operator", area="4199", scope=over("4199"), permissions=frozenset({"*"}))
HERE, THERE = "419901001001", "419902001001"
CITY, TOWN = over("4199"), over("419901001")


def made(name, home=HERE, **given):
    number = Person.objects.count() + 1
    given.setdefault("address", "")
    return Person.objects.create(
        file_number=f"CC{number:08d}", salt=seal.salt(), name=name, home=home, entry=1, **given
    )


def wrote(*rows):
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        for row in rows:
            writing.add([row])


def ids(scope, text, limit=1000):
    return [hit.id for hit in find(scope, text, limit=limit).hits]


SPELLINGS = {
    "张建国": ["张建国", "张建", "建国", "国", "張建國", "zhangjianguo", "zhang jian guo", "Zhāng Jiànguó", "zhang1jian4guo2", "zhangj",
             "zhangjg", "zjg", "zjguo", "zjianguo", "zhjg", "jianguo", "jguo", "jg", "guo", "zhangjianguo", "张jg", "张jianguo",
             "张j国", "zhang建国", "z建guo", "ｚｊｇ", "张 建 国", "ZJG", "zhang jianguo"],
    "单雄": ["shanxiong", "danxiong", "sx", "dx", "单", "單雄"],
    "翟让": ["zhairang", "dirang", "zr", "dr"],
    "区明": ["ouming", "quming", "om"],
    "解晋": ["xiejin", "jiejin", "xj", "解jin"],
    "仇英": ["qiuying", "chouying"],
    "查良": ["zhaliang", "chaliang"],
    "朴正": ["piaozheng", "puzheng"],
    "覃乐": ["qinle", "tanle", "qinyue", "tanyue", "ql", "ty"],
    "曾巩": ["zenggong", "zg"],
    "尉迟恭": ["yuchigong", "ycg", "尉迟", "yuchi"],
    "欧阳修": ["ouyangxiu", "oyx", "ouyang", "欧阳x", "歐陽修"],
    "万俟卨": ["moqi", "mq"],
    "单于明": ["chanyuming", "cym", "shanyuming"],
    "长孙无忌": ["zhangsunwuji", "zswj"],
    "吕绿": ["lv", "lü", "lǚ", "lyulv", "ll", "呂"],
    "䶮一": ["䶮", "龑", "yanyi", "龑一"],
    "龑二": ["䶮", "龑二", "yaner"],
    "𬱖𫖯": ["𬱖", "頔", "頔頫", "difu"],
    "阿卜杜·买买提": ["阿卜杜·买买提", "阿卜杜买买提", "阿卜杜•买买提", "买买提", "maimaiti", "abdmmt", "abudumaimaiti", "abodu"],
    "O’Neil李": ["oneil", "neil", "李"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, some in SPELLINGS.items() for text in some
                                            if (name, text) != ("阿卜杜·买买提", "abudumaimaiti")])  # fmt: skip
def test_a_name_is_found_by_each_of_its_spellings(db, name, text):
    person, other = made(name), made("钱多多")
    for scope in (over(HERE), TOWN, over("419901"), CITY):
        assert ids(scope, text) == [person.pk], (scope.areas, other.pk)
    assert ids(over(THERE), text) == ids(over("419902"), text) == []


@pytest.fixture(params=[0, 400])
def few(request, monkeypatch):
    """Both ways into the index: home after home, and those whom few share at once."""
    monkeypatch.setattr(walking, "FEW", request.param)
    return request.param


LETTERS = "张王李单曾翟区解仇查朴覃尉欧阳司马建国伟芳乐重行丽军䶮龑𬱖𫖯𠮷龘安西先·娜"
NAMES = st.text(LETTERS, min_size=1, max_size=5).filter(lambda name: name.strip("·"))


@st.composite
def spelled(draw, name):
    """Something that people type for a name: a part of it, each character as itself, whole sound or cut short."""
    plain = name.replace("·", "")
    start = draw(st.integers(0, len(plain) - 1))
    said = draw(st.sampled_from(names.readings(name) or [()]))  # the rarest characters have no known sound
    kind = draw(st.sampled_from(["characters", "sounds", "initials", "short", "mixed"]))
    if kind == "characters" or len(said) != len(plain):
        return plain[start : draw(st.integers(start + 1, len(plain)))]
    rest = said[start:]
    if kind == "sounds":
        return "".join(rest)[: draw(st.integers(1, len("".join(rest))))]
    if kind == "initials":
        return "".join(one[0] for one in rest)
    written = []
    for character, one in zip(plain[start:], rest, strict=True):
        cut = one[: draw(st.sampled_from([1, len(one)]))]
        written.append(character if kind == "mixed" and draw(st.booleans()) else cut)
    return "".join(written)


@given(data=st.data(), people=st.lists(st.tuples(NAMES, st.sampled_from([HERE, "419901001002", THERE])), min_size=1,
                                       max_size=12))  # fmt: skip
def test_whoever_is_on_file_is_found_inside_the_scope_and_never_outside(db, few, data, people):
    Person.objects.all().delete()
    rows = [made(name, home) for name, home in people]
    wanted = data.draw(st.sampled_from(rows))
    text = data.draw(spelled(wanted.name))
    for scope in (over(HERE), over("419901"), over("419902"), over(HERE, THERE), CITY):
        found = ids(scope, text)
        assert (wanted.pk in found) == scope.covers(wanted.home), (text, scope.areas)
        homes = dict(Person.objects.filter(pk__in=found).values_list("pk", "home"))
        assert all(scope.covers(home) for home in homes.values())
        assert len(found) == len(set(found))


@given(people=st.lists(st.tuples(st.text("张建国张单伟", min_size=1, max_size=4), st.sampled_from([HERE, THERE])), min_size=1,
                       max_size=25),
       text=st.sampled_from(["张", "zhang", "z", "zj", "建", "jg", "张j", "zhjg", "shan", "s"]), size=st.integers(1, 4))  # fmt: skip
def test_pages_neither_repeat_nor_drop(db, few, people, text, size):
    Person.objects.all().delete()
    for name, home in people:
        made(name, home)
    for scope in (CITY, TOWN):
        whole, paged, after = ids(scope, text), [], ""
        for _ in range(40):
            page = find(scope, text, limit=size, after=after)
            paged += [hit.id for hit in page.hits]
            after = page.next
            if not after:
                break
        assert paged == whole


def test_a_search_shows_whole_names_first(db):
    late, early = made("张伟", home="419901001009"), made("张伟民", home="419901001001")
    assert ids(CITY, "张伟") == [late.pk, early.pk]
    assert ids(CITY, "zhangwei") == [late.pk, early.pk]


@pytest.mark.parametrize("text", ["%", "_", "''", "'; DROP TABLE people_terms;--", "张\0", "\0", "🙂", "张%", "x" * 5000,
                                  "张" * 5000, "a" * 60, "zh" * 30, "\"张\" OR 1", "characters:*", "NEAR(张 建)", "-张", "@青石",
                                  "#combat", "|", "张|", "\\", "..", "，", "\u202e张", "\ud83d\ude42".encode("utf-16", "surrogatepass").decode("utf-16")])  # fmt: skip
def test_hostile_words_are_answered_quickly_and_find_nobody_by_trick(db, text):
    made("李四", address="青石巷")
    began = time.process_time()
    assert ids(CITY, text) == []
    assert time.process_time() - began < 8


@pytest.mark.parametrize("after", ["x", "whole.1", "whole.419901001001.99999.5", "begins.'.1.2", "short9.1.1.1", "at.", "at.at.", "🙂",
                                   "number.419901001001.1."])  # fmt: skip
def test_a_forged_key_asks_nothing_special(db, after):
    made("张三")
    assert len(find(CITY, "张", after=after).hits) <= 1


def test_numbers_are_found_whole_and_in_every_writing(db):
    first = "41990119580312001"
    number = first + check_digit(first)
    old = "419901580312001"
    person = made("赵六", id_mark=seal.mark(number, "id"), phone_mark=seal.mark("13900000412", "phone"))
    wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
    for text in (number, number.lower(), number.translate(wide), f" {number[:6]} {number[6:]} ", old, "13900000412",
                 "139 0000 0412", "139-0000-0412", "+86 139 0000 0412", "１３９００００04１２", person.file_number,
                 person.file_number.lower(), f"cc{int(person.file_number[2:])}"):  # fmt: skip
        assert ids(TOWN, text) == [person.pk], text
        assert ids(over(THERE), text) == []
    for part in (number[-4:], number[:14], number[-6:], "0412", "1390000"):
        assert ids(CITY, part) == []


def test_an_id_number_that_ends_in_x_is_found_with_a_small_one(db):
    first = next(first for order in range(1, 999) if check_digit(first := f"41990119580312{order:03d}") == "X")
    person = made("赵六", id_mark=seal.mark(first + "X", "id"))
    assert ids(CITY, first + "x") == ids(CITY, first + "ｘ") == [person.pk]


def test_addresses_areas_categories_and_a_name_with_a_place(db):
    areas()
    lin = made("林静", address="青石巷 3 号楼 2 单元 501")
    out = made("林静", home=THERE, address="青石巷 3 号楼")
    wrote(Standing(person=lin, code="combat", recorded_at=AT), Standing(person=out, code="combat", recorded_at=AT))
    assert ids(TOWN, "青石巷") == ids(TOWN, "石巷3号楼") == ids(TOWN, "青石巷 3 号楼2单元") == [lin.pk]
    assert ids(CITY, "青石巷") == [lin.pk, out.pk]
    assert ids(CITY, "青石巷4号") == []
    assert ids(CITY, "河东镇") == [lin.pk]
    assert ids(TOWN, "参战") == [lin.pk]
    assert ids(CITY, "参战") == [lin.pk, out.pk]
    assert ids(CITY, "林静 河西镇") == ids(CITY, "河西镇 lj") == [out.pk]
    assert ids(TOWN, "林静 河西镇") == []
    assert find(CITY, "青石巷", limit=1).next
    assert [hit.id for hit in find(CITY, "青石巷", limit=1, after=find(CITY, "青石巷", limit=1).next).hits] == [out.pk]


def test_a_category_is_asked_as_of_today(db):
    today = dt.date.today()
    one, past, ahead = made("甲"), made("乙"), made("丙")
    wrote(Standing(person=one, code="combat", valid_from=today, recorded_at=AT),
          Standing(person=past, code="combat", valid_to=today - dt.timedelta(days=1), recorded_at=AT),
          Standing(person=ahead, code="combat", valid_from=today + dt.timedelta(days=1), recorded_at=AT))  # fmt: skip
    assert ids(CITY, "参战") == [one.pk]
    wrote(Service(person=past, kind="nco", enlisted_on=dt.date(2000, 1, 1), recorded_at=AT))
    wrote(Service(person=ahead, kind="nco", enlisted_on=dt.date(2000, 1, 1), discharged_on=today, recorded_at=AT))
    assert (ids(CITY, "现役"), ids(CITY, "退役军人")) == ([past.pk], [ahead.pk])


def test_the_index_follows_whoever_writes(db):
    person = made("张三")
    assert ids(CITY, "张三") == [person.pk]
    Person.objects.filter(pk=person.pk).update(name="李四")
    assert (ids(CITY, "张三"), ids(CITY, "lisi")) == ([], [person.pk])
    Person.objects.filter(pk=person.pk).update(home=THERE)
    assert (ids(TOWN, "李四"), ids(over(THERE), "李四")) == ([], [person.pk])
    wrote(Particulars(person=person, name="李四", former_name="王小二", home=THERE, recorded_at=AT))
    assert ids(CITY, "王小二") == ids(CITY, "wxe") == [person.pk]
    row = Particulars.objects.get()
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        writing.supersede(Particulars, [row.pk], AT)
    assert ids(CITY, "王小二") == []
    Particulars.objects.all().delete()
    person.delete()
    assert ids(CITY, "李四") == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_terms WHERE person > 0")
        assert cursor.fetchone()[0] == 0


def test_who_is_not_in_use_is_not_found(db):
    kept, hidden, merged = made("张三"), made("张三", visible=False), made("张三")
    Person.objects.filter(pk=merged.pk).update(survivor=kept)
    assert ids(CITY, "张三") == [kept.pk]
    assert ids(Scope("self", persons=(kept.pk, hidden.pk)), "zs") == [kept.pk]
    assert ids(Scope("self", persons=(hidden.pk,)), "zs") == []
    assert ids(Scope("assigned"), "zs") == ids(Scope(), "zs") == []


def test_an_import_and_its_undoing_are_followed(db, tmp_path):
    areas()
    result = load(as_csv(tmp_path / "a.csv", FAMILY))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_stale")
        assert cursor.fetchone()[0] == 0
    assert [hit.name for hit in find(TOWN, "zjg").hits] == ["张建国"]
    assert ids(TOWN, "h1") != [] == ids(over(THERE), "h1")
    actions.undo_import(run=result.run, by=OPERATOR, at=AT + dt.timedelta(days=1))
    assert ids(CITY, "zjg") == []


def test_what_is_written_while_the_index_is_behind_is_caught_up_in_one_go(db):
    rows = [Person(file_number=f"CC{number:08d}", salt=b"1", name="张三", home=HERE, entry=1) for number in range(2500)]
    Person.objects.bulk_create(rows)
    assert nameindex.settle() == 2500
    assert len(ids(CITY, "张三", limit=3000)) == 2500


def test_a_household_code_finds_its_members(db):
    access.add_areas(areas=[("4199", "澄川市", "Chengchuan")], by=OPERATOR, at=AT)
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        family, begun = writing.add([Family(code="CC-7Q4M", home=HERE), Family(code="H014001261129001", home=HERE)])
    person = made("张三", family=family)
    made("张三", family=family, home=THERE)
    other = made("李四", family=begun)
    assert ids(TOWN, "cc-7q4m") == [person.pk]
    assert ids(TOWN, "h014001261129001") == [other.pk]  # as long as a code of a household begun at the counter is
