"""The list of people on its pages: own area only, saved under a name, taken away masked, recorded, and only by its owner."""

import datetime as dt
import io

import openpyxl
import pytest
from django.conf import settings as django_settings

from lianxin.access import actions as access
from lianxin.access import seal
from lianxin.access.models import Grant
from lianxin.console import background, taking
from lianxin.engine import clock
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.journal.models import Entry
from lianxin.people import models as people
from lianxin.people import taken
from tests.house.test_deny_by_default import signed_in
from tests.house.world import World

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
SYSTEM = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")
LIST, TAKE, SAVE, PICK = (f"/console/people/list/{one}" for one in ("", "take/", "save/", "pick/"))


@pytest.fixture
def world(db, settings, tmp_path):
    settings.DEMO = True
    settings.HOME = tmp_path
    return World.build(AT)


@pytest.fixture
def clerk(world):
    return signed_in(world.staff["clerk"])


def more(count, home="419902001001"):
    start = people.Person.objects.count()
    return [
        people.Person.objects.create(file_number=f"CC9{number:07d}", salt=seal.salt(), name="申酉", home=home, entry=1)
        for number in range(start, start + count)
    ]


def body(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_the_list_shows_ones_own_area_masked(world, clerk):
    assert "甲*丑" in body(clerk, LIST)
    assert "乙*卯" not in body(clerk, LIST + "?q=乙寅卯")
    assert "data-row" not in body(clerk, LIST + "?area=419903001001")
    assert "data-row" not in body(clerk, LIST + "?q=" + "%" * 80)


def test_a_county_must_narrow_first(world, settings):
    client = signed_in(world.staff["auditor"])
    assert client.get(LIST).status_code == 404  # may not search people at all
    reviewer = access.seat(username="county", name="丁", role="reviewer", area="419902", by=SYSTEM, at=AT)
    client = signed_in(reviewer)
    assert "data-row" not in body(client, LIST)
    assert "甲*丑" in body(client, LIST + "?area=419902001001")
    assert "data-row" in body(client, LIST + "?phone=yes&q=甲")


def test_forged_filters_ask_nothing(clerk):
    for query in (
        "age=0-999",
        "sex=x",
        "sort=salt",
        "list=999999",
        "list=x",
        "category=%27",
        "after=x.y",
        "area=%25",
        "alone=1",
    ):
        assert clerk.get(f"{LIST}?{query}").status_code == 200, query


def test_filters_are_saved_without_the_searched_words(world, clerk):
    done = clerk.post(SAVE + "?q=甲子丑&phone=yes&sort=name", {"name": "有电话的", "kind": "filters"})
    assert done.status_code == 302
    saved = people.SavedList.objects.get()
    assert (saved.name, saved.asks, saved.fixed) == ("有电话的", "phone=yes&sort=name", False)
    assert "phone=yes" in body(clerk, "/console/people/lists/")


def test_a_frozen_list_keeps_who_fitted(world, clerk):
    clerk.post(SAVE + "?q=甲", {"name": "冻结", "kind": "frozen"})
    saved = people.SavedList.objects.get()
    assert (saved.fixed, saved.frozen_on, saved.members.count()) == (True, clock.today(), 1)
    more(1)
    page = body(clerk, f"{LIST}?list={saved.pk}")
    assert "甲*丑" in page
    assert "申*" not in page


def test_people_are_picked_by_hand_and_taken_off(world, clerk):
    own, sibling = world.objects["own"]["person"], world.objects["sibling"]["person"]
    clerk.post(PICK, {"pick": [own, sibling, "x"], "name": "走访", "act": "add"})
    saved = people.SavedList.objects.get()
    assert [one.person_id for one in saved.members.all()] == [own]
    clerk.post(PICK, {"pick": [own], "list": saved.pk, "act": "take"})
    assert not saved.members.exists()
    assert people.SavedList.objects.count() == 1
    clerk.post(PICK, {"name": "空", "act": "add"})
    assert people.SavedList.objects.count() == 1


def test_a_list_of_somebody_else_reads_as_nothing(world, clerk):
    clerk.post(SAVE + "?phone=yes", {"name": "甲", "kind": "frozen"})
    saved = people.SavedList.objects.get()
    other = signed_in(world.staff["reviewer"])
    for url in (f"/console/people/lists/{saved.pk}/",):
        assert other.get(url).status_code == 404
    for act in ("share", "end"):
        assert other.post(f"/console/people/lists/{saved.pk}/{act}/").status_code == 404
    assert saved.name not in body(other, f"{LIST}?list={saved.pk}")
    other.post(PICK, {"pick": [world.objects["own"]["person"]], "list": saved.pk, "act": "take"})
    assert saved.members.count() == 1


def take(client, query="", **given):
    given = {"column": ["name", "phone", "id_number"], "place-name": "2", "place-phone": "1", "place-id_number": "3",
             "form": "xlsx", **given}  # fmt: skip
    return client.post(TAKE + query, given)


def with_numbers(world):
    person = people.Person.objects.get(pk=world.objects["own"]["person"])
    with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
        writing.supersede(people.Particulars, list(person.particulars.values_list("pk", flat=True)), AT)
        writing.add([people.Particulars(person=person, name=person.name, home=person.home, recorded_at=AT,
                                        id_sealed=seal.seal("419902195801010014", person.salt, "id"),
                                        phone_sealed=seal.seal("13900000001", person.salt, "phone"))])  # fmt: skip


def opened(client, answer):
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert page.status_code == 200
    file = client.get(answer.url + "file/")
    assert file.status_code == 200
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(file.content)).active.iter_rows()]


def test_a_workbook_has_the_chosen_columns_in_their_order_masked(world, clerk):
    with_numbers(world)
    rows = opened(clerk, take(clerk, "?q=甲子丑"))
    assert rows == [["联系电话", "姓名", "身份证号"], ["139****0001", "甲*丑", "41*************014"]]
    entry = Entry.objects.filter(action="list.export").get()
    assert (entry.detail["list"], entry.detail["rows"], entry.detail["filters"]) == ("people", 1, {"q": "…"})
    assert (entry.detail["columns"], entry.detail["whole"]) == (["phone", "name", "id_number"], False)
    assert "甲子丑" not in str(entry.detail)
    page = body(clerk, TAKE)
    assert page.index('name="place-phone"') < page.index('name="place-name"') < page.index('name="place-sex"')


def test_full_values_need_a_permission_and_a_reason(world, clerk):
    with_numbers(world)
    assert take(clerk, whole="yes", reason="").status_code == 422
    assert take(clerk, column=[]).status_code == 422
    assert not Entry.objects.filter(action="list.export").exists()
    rows = opened(clerk, take(clerk, whole="yes", reason="入户走访核对"))
    assert rows[1] == ["13900000001", "甲子丑", "419902195801010014"]
    entry = Entry.objects.filter(action="list.export").get()
    assert (entry.purpose, entry.detail["whole"]) == ("入户走访核对", True)
    assert take(signed_in(world.staff["worker"])).status_code == 404


def test_who_may_export_but_not_in_full_gets_nothing_in_full(world, clerk, monkeypatch):
    monkeypatch.setattr(taking, "WHOLE", "nobody.has.this")
    assert take(clerk, whole="yes", reason="入户走访核对").status_code == 404
    assert 'name="whole"' not in body(clerk, TAKE)


def test_a_list_to_sign_is_printed_and_recorded(world, clerk):
    page = take(clerk, form="form", title="慰问品签领表").content.decode()
    assert "慰问品签领表" in page
    assert 'class="sign"' in page
    assert "甲*丑" in page
    assert Entry.objects.get(action="list.export").detail["form"] == "form"


def test_many_rows_are_written_in_the_background_and_only_for_their_owner(world, clerk, monkeypatch):
    monkeypatch.setattr(taking, "AT_ONCE", 2)
    more(7)
    started = []
    monkeypatch.setattr(background, "start", lambda function, group, *args: started.append((function, args)))
    answer = take(clerk)
    assert [function for function, _ in started] == ["lianxin.console.taking.run"]
    assert clerk.get(answer.url + "file/").status_code == 404
    assert "hx-trigger" in body(clerk, answer.url)
    taking.run(*started[0][1])
    assert len(opened(clerk, answer)) == 10
    for stranger in ("reviewer", "approver"):
        other = signed_in(world.staff[stranger])
        assert other.get(answer.url).status_code == other.get(answer.url + "file/").status_code == 404
    monkeypatch.setattr(taken, "KEPT", dt.timedelta(0))
    assert clerk.get(answer.url + "file/").status_code == clerk.get(answer.url).status_code == 404


def test_an_account_that_lost_its_role_gets_no_file(world, clerk, monkeypatch):
    started = []
    monkeypatch.setattr(taking, "AT_ONCE", 0)
    more(2)
    monkeypatch.setattr(background, "start", lambda function, group, *args: started.append(args))
    take(clerk)
    Grant.objects.filter(account=world.staff["clerk"]).update(superseded_at=AT)
    taking.run(*started[0])
    assert not list((django_settings.HOME / "taken").glob("*.xlsx"))
    assert not Entry.objects.filter(action="list.export").exists()
