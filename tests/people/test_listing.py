"""Lists of people: each filter keeps exactly those who fit, in any order, page by page; saved lists keep to their owner."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.access import seal
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.people import listing, saving, sheet, taken
from lianxin.people.listing import Wanted, listed
from lianxin.people.models import BankAccount, Family, ListMember, Particulars, Person, SavedList, Service, Standing

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
DAY = AT.date()
OPERATOR = Actor(name="operator", area="4199", scope=over("4199"), permissions=frozenset({"*"}))
HERE, THERE = "419901001001", "419902001001"
CITY, TOWN = over("4199"), over("419901001")
MAY = frozenset({"people.search", "people.export"})
CLERK = Actor(account=7, name="周", office=1, area="419901001", scope=TOWN, permissions=MAY)
COLLEAGUE = Actor(account=8, name="吴", office=1, area="419901001", scope=TOWN, permissions=MAY)
STRANGER = Actor(account=9, name="郑", office=2, area="419902001", scope=over("419902001"), permissions=MAY)


def made(name="张三", home=HERE, **given):
    number = Person.objects.count() + 1
    return Person.objects.create(
        file_number=f"CC{number:08d}", salt=seal.salt(), name=name, home=home, entry=1, **given
    )


def wrote(*rows):
    with journal.entry(action="test", by=OPERATOR, at=AT) as writing:
        return [writing.add([row])[0] for row in rows]


def ids(scope, **wanted):
    return [hit.id for hit in listed(scope, Wanted(**wanted), day=DAY, limit=500).hits]


def test_nobody_reads_through_everyone(db):
    person = made()
    for wanted in ({}, {"sex": "male"}, {"age_from": 3}, {"alive": "yes"}, {"area": "419901"}):
        found = listed(CITY, Wanted(**wanted), day=DAY)
        assert (found.hits, found.hint) == ([], "narrow"), wanted
    for wanted in ({"text": "张"}, {"area": "419901001"}, {"verified": "no"}, {"phone": "no"}, {"account": "no"}):
        assert ids(CITY, **wanted) == [person.pk], wanted
    assert ids(TOWN) == ids(over(HERE)) == [person.pk]
    assert ids(over("419902001"), area="419901001") == ids(CITY, area="-") == []


def test_each_filter_keeps_who_fits(db):
    family = wrote(Family(code="H1", home=HERE), Family(code="H2", home=HERE))
    alone = made(sex="female", born_on=dt.date(1946, 5, 6), family=family[0], phone_mark=b"1", verified=True)
    pair = [made(sex="male", born_on=dt.date(1946, 5, 7), family=family[1], phone_mark=b"2"),
            made(sex="male", family=family[1], died_on=dt.date(2020, 1, 1))]  # fmt: skip
    wrote(
        BankAccount(
            person=alone, bank="甲", number_sealed=b"", number_mark=b"", holder="", verified=True, recorded_at=AT
        )
    )
    wrote(Standing(person=pair[0], code="combat", recorded_at=AT))
    expected = {
        ("sex", "female"): [alone], ("alive", "yes"): [alone, pair[0]], ("alive", "no"): [pair[1]],
        ("account", "yes"): [alone], ("account", "no"): pair, ("verified", "yes"): [alone], ("verified", "no"): pair,
        ("phone", "yes"): [alone, pair[0]], ("phone", "no"): [pair[1]], ("alone", "yes"): [alone, pair[0]],
        ("category", "combat"): [pair[0]], ("age_from", 80): [alone], ("age_to", 79): [pair[0]],
    }  # fmt: skip
    for (code, value), people in expected.items():
        assert ids(TOWN, **{code: value}) == [one.pk for one in people], (code, value)
    assert ids(TOWN, category="combat", sex="female") == ids(TOWN, text="张三", category="serving") == []
    assert ids(TOWN, text="张三", category="combat", sex="male") == [pair[0].pk]


@given(years=st.integers(0, 100), born=st.dates(dt.date(1930, 1, 1), dt.date(2026, 12, 31)), day=st.dates(dt.date(2024, 2, 1), dt.date(2028, 12, 31)))  # fmt: skip
def test_an_age_is_counted_on_the_birthday(db, years, born, day):
    Person.objects.all().delete()
    person = made(born_on=born)
    hit = listed(TOWN, Wanted(), day=day).hits[0]
    at_least = [one.id for one in listed(TOWN, Wanted(age_from=years), day=day).hits]
    at_most = [one.id for one in listed(TOWN, Wanted(age_to=years), day=day).hits]
    assert (at_least == [person.pk], at_most == [person.pk]) == (hit.age(day) >= years, hit.age(day) <= years)


@given(people=st.lists(st.tuples(st.sampled_from(["张三", "李四", "王"]), st.sampled_from([HERE, "419901001002"]),
                                 st.sampled_from([None, dt.date(1950, 1, 1), dt.date(1990, 1, 1)])), max_size=14),
       sort=st.sampled_from(["", "name", "age"]), down=st.booleans(), size=st.integers(1, 4),
       wanted=st.sampled_from([{}, {"text": "张"}, {"category": "combat"}, {"verified": "no"}]))  # fmt: skip
def test_pages_of_a_list_neither_repeat_nor_drop(db, people, sort, down, size, wanted):
    Standing.objects.all().delete()
    Person.objects.all().delete()
    rows = [made(name, home, born_on=born) for name, home, born in people]
    wrote(*(Standing(person=one, code="combat", recorded_at=AT) for one in rows[::2]))
    asked = {"day": DAY, "sort": sort, "down": down}
    whole = [hit.id for hit in listed(CITY, Wanted(area="419901001", **wanted), limit=500, **asked).hits]
    paged, after = [], ""
    for _ in range(40):
        page = listed(CITY, Wanted(area="419901001", **wanted), limit=size, after=after, **asked)
        paged += [hit.id for hit in page.hits]
        after = page.next
        if not after:
            break
    assert paged == whole
    fit = {one.pk for place, one in enumerate(rows) if ("text" not in wanted or "张" in one.name)
           and ("category" not in wanted or place % 2 == 0)}  # fmt: skip
    assert set(paged) == fit


def test_names_and_ages_are_put_in_order_and_many_are_not(db, monkeypatch):
    rows = [made("张三", pinyin="zhangsan", born_on=dt.date(1950, 1, 1)), made("李四", pinyin="lisi", born_on=dt.date(1960, 1, 1)),
            made("安", pinyin="an")]  # fmt: skip
    a, b, c = (one.pk for one in rows)

    def order(sort, down):
        return [hit.id for hit in listed(TOWN, Wanted(), day=DAY, sort=sort, down=down).hits]

    assert order("name", False) == [c, b, a]
    assert order("name", True) == [a, b, c]
    assert order("age", False) == [b, a, c]
    assert order("age", True) == [a, b, c]
    monkeypatch.setattr(listing, "SORTED", 2)
    found = listed(TOWN, Wanted(), day=DAY, sort="name")
    assert (found.hint, [hit.id for hit in found.hits]) == ("unsorted", [a, b, c])


def test_a_page_looks_at_so_many_people_and_then_says_go_on(db, monkeypatch):
    monkeypatch.setattr(listing, "ROOM", 2)
    monkeypatch.setattr(listing, "ROUNDS", 1)
    last = [made(verified=one == 6) for one in range(7)][-1]
    found, after = [], ""
    for _ in range(9):
        page = listed(TOWN, Wanted(verified="yes"), day=DAY, after=after, limit=5)
        found.append([hit.id for hit in page.hits])
        after = page.next
        if not after:
            break
    assert found == [[], [], [last.pk]]


def test_what_is_taken_away_is_masked_unless_in_full(db):
    person = made("林静好", address="青石巷", born_on=dt.date(1950, 1, 2))
    salt = person.salt
    wrote(
        Particulars(person=person, name="林静好", former_name="林小", home=HERE, hukou="419901", recorded_at=AT,
                    id_sealed=seal.seal("419901195001020010", salt, "id"), phone_sealed=seal.seal("13900000412", salt, "phone")),
        Service(person=person, kind="nco", enlisted_on=dt.date(1970, 1, 1), discharged_on=dt.date(1980, 1, 1), recorded_at=AT),
        Standing(person=person, code="disabled_soldier", grade=7, recorded_at=AT),
        Standing(person=person, code="combat", valid_to=DAY - dt.timedelta(days=1), recorded_at=AT),
        BankAccount(person=person, bank="甲", number_sealed=seal.seal("6222000000001234", salt, "account"), number_mark=b"1",
                    holder="林静好", verified=True, recorded_at=AT),
    )  # fmt: skip
    masked = sheet.rows(TOWN, [person.pk], sheet.CODES, day=DAY, whole=False)[0]
    assert (masked["name"], masked["former_name"], masked["id_number"], masked["phone"], masked["account"]) == (
        "林*好", "林*", "41*************010", "139****0412", "**** 1234")  # fmt: skip
    whole = sheet.rows(TOWN, [person.pk], sheet.CODES, day=DAY, whole=True)[0]
    assert (whole["name"], whole["id_number"], whole["phone"], whole["account"], whole["age"]) == (
        "林静好", "419901195001020010", "13900000412", "6222000000001234", 76)  # fmt: skip
    assert (whole["categories"], whole["disability_grade"], whole["township"]) == (
        ["veteran", "disabled_soldier"],
        7,
        "419901001",
    )
    assert sheet.rows(over("419902001"), [person.pk], sheet.CODES, day=DAY, whole=True) == []


def test_lists_are_ones_own_or_the_offices(db):
    here, there = made(), made(home=THERE)
    saved = saving.save_list(name="慰问名单", persons=[here.pk, there.pk], by=CLERK, at=AT)
    assert saving.members(saved) == [here.pk]  # nobody from elsewhere comes on it
    assert saving.saved_list(COLLEAGUE, saved) is None
    with pytest.raises(Refusal):
        saving.add_to_list(saved=saved, persons=[here.pk], by=COLLEAGUE, at=AT)
    saving.share_list(saved=saved, shared=True, by=CLERK, at=AT)
    assert saving.saved_list(COLLEAGUE, saved).people == 1
    assert saving.saved_list(STRANGER, saved) is None
    for refused in (lambda by: saving.end_list(saved=saved, by=by, at=AT),
                    lambda by: saving.share_list(saved=saved, shared=False, by=by, at=AT)):  # fmt: skip
        with pytest.raises(Refusal):
            refused(COLLEAGUE)
    other = made("李四")
    assert saving.add_to_list(saved=saved, persons=[other.pk, here.pk, there.pk], by=COLLEAGUE, at=AT) == 1
    assert ids(TOWN, saved=saved) == [here.pk, other.pk]
    assert ids(over("419902"), saved=saved) == []
    assert saving.take_off_list(saved=saved, persons=[here.pk], by=COLLEAGUE, at=AT) == 1
    assert ids(TOWN, saved=saved) == [other.pk]
    saving.end_list(saved=saved, by=CLERK, at=AT)
    assert not ListMember.objects.exists()
    assert set(Entry.objects.filter(action__startswith="people.list").values_list("action", flat=True)) == {
        "people.list", "people.list-share", "people.list-add", "people.list-take", "people.list-end"}  # fmt: skip


def test_a_list_refuses_what_it_cannot_hold(db, monkeypatch):
    person = made()
    with pytest.raises(Refusal):
        saving.save_list(name=" ", persons=[person.pk], by=CLERK, at=AT)
    monkeypatch.setattr(saving, "MOST", 1)
    other = made()
    with pytest.raises(Refusal):
        saving.save_list(name="甲", persons=[person.pk, other.pk], by=CLERK, at=AT)
    saved = saving.save_list(name="甲", persons=[person.pk], by=CLERK, at=AT)
    with pytest.raises(Refusal):
        saving.add_to_list(saved=saved, persons=[other.pk], by=CLERK, at=AT)
    filters = saving.save_list(name="乙", asks="category=combat", by=CLERK, at=AT)
    with pytest.raises(Refusal):
        saving.add_to_list(saved=filters, persons=[other.pk], by=CLERK, at=AT)
    assert SavedList.objects.get(pk=filters).asks == "category=combat"


def test_a_list_follows_a_merge(db):
    kept, merged = made(), made()
    saved = saving.save_list(name="甲", persons=[merged.pk, kept.pk], by=CLERK, at=AT)
    Person.objects.filter(pk=merged.pk).update(survivor=kept, merged_at=AT)
    assert saving.members(saved) == [kept.pk]


def test_a_file_is_gone_after_a_day(settings, tmp_path):
    settings.HOME = tmp_path
    token = taken.begin(7, AT, name="甲")
    taken.put(token, b"x")
    taken.write(token, state="done")
    assert taken.content(token, AT + dt.timedelta(hours=23)) == b"x"
    assert taken.content(token, AT + dt.timedelta(hours=24)) is None
    assert taken.read("../../etc", AT) is None
    assert taken.sweep(AT) == 0
    assert taken.sweep(AT + dt.timedelta(hours=25)) == 1
    assert list((tmp_path / "taken").iterdir()) == []
